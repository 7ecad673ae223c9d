use std::process::ExitCode;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use qrcode::QrCode;
use qrcode::render::unicode;

use super::page::Page;
use super::sheet::{self, Sheet};
use super::token::{self, TokenWanted};
use super::{Context, Exit, Failure, files};
use crate::clock::Clock;
use crate::console::address::{LISTEN, good_at, only_here, reachable};
use crate::console::role::{Right, Role};
use crate::console::{Deed, NewPerson, People, PeopleError, Person, tls};
use crate::diag::{Text, figure, shown, text};
use crate::disk;
use crate::instant::Wall;
use crate::site::Site;
use crate::station::{Station, ZoneIx};

/// Who may use the page.
#[derive(Args, Debug)]
pub(super) struct UserArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// Thêm một người; in ra đường dẫn để người ấy đặt mật khẩu. | Let somebody in; prints a link to set a password.
    Add {
        /// Họ tên, như người trong xã vẫn gọi. | The person's name.
        name: String,
        /// operator: trưởng thôn; official: cán bộ; reviewer: người kiểm tra; admin: quản trị. | The role.
        #[arg(long, value_name = "ROLE", value_parser = roles())]
        role: Role,
        /// Chỉ các cụm loa hay nhóm này (trưởng thôn). | Only these zones or groups (operator).
        #[arg(long, value_name = "ZONE")]
        zones: Vec<String>,
        /// Người này được duyệt mục phát của người khác (không cho trưởng thôn). | May approve what others wrote (not for an operator).
        #[arg(long)]
        approves: bool,
    },
    /// Cấp lại đường dẫn đặt mật khẩu. | A new link, for a forgotten password.
    Link {
        /// Họ tên. | The person's name.
        name: String,
    },
    /// Ai đang dùng được trang. | Everybody who may use the page.
    List,
    /// Cấp mã truy cập cho một chương trình, thay mặt một người. | A token for a program, in somebody's name.
    Token {
        /// Họ tên người chịu trách nhiệm. | The person in whose name it acts.
        name: String,
        /// Mã này dùng làm gì. | What it is for.
        #[arg(long = "for", value_name = "TEXT")]
        purpose: String,
        /// Vai trò của mã; không ghi thì như của người ấy. | Its role; else that of the person.
        #[arg(long, value_name = "ROLE", value_parser = roles())]
        role: Option<Role>,
        /// Chỉ các cụm loa hay nhóm này (trưởng thôn). | Only these zones or groups (operator).
        #[arg(long, value_name = "ZONE")]
        zones: Vec<String>,
        /// Mã này được duyệt, nếu người ấy được duyệt. | May approve, where the person may.
        #[arg(long)]
        approves: bool,
        /// Ngày hết hạn; không ghi thì một năm. | Its last day; else in a year.
        #[arg(long, value_name = "T")]
        until: Option<String>,
    },
    /// Các mã truy cập còn dùng được. | The tokens that are good.
    Tokens,
    /// Thu hồi một mã truy cập. | Take a token back.
    Revoke {
        /// Số của mã, xem bằng loa user tokens. | Its number, as loa user tokens shows it.
        #[arg(value_name = "N")]
        id: i64,
        /// Thôi cho dùng cả những người vào bằng mã này. | Put out those whom it has let in, too.
        #[arg(long)]
        people: bool,
    },
    /// Thôi không cho dùng trang; tên vẫn còn trong nhật ký. | Put somebody out; the journal still names him.
    Remove {
        /// Họ tên. | The person's name.
        name: String,
    },
}

/// The roles that a person is given: whoever writes another is told all of them.
fn roles() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.map(Role::name)).try_map(|name| name.parse::<Role>())
}

pub(super) fn run(context: &Context, clock: &dyn Clock, args: UserArgs) -> anyhow::Result<ExitCode> {
    files::is_station(context)?;
    let station = disk::station::load(&context.dir).0;
    let mut people = People::open(&Site::new(&context.dir).people()).map_err(|error| failure(&error))?;
    match args.action {
        Action::Add { name, role, zones, approves } => {
            let zones = zones_of(&station, role, &zones)?;
            may_approve(role, approves)?;
            let new = NewPerson { name: &name, role, zones: &zones, approves };
            let added = people.add(&new, clock.wall()).map_err(|error| failure(&error))?;
            let person = added.ok_or_else(|| taken(&name))?;
            token::keep(&mut people, Deed::PersonAdded, &person.name, clock.wall());
            if person.approves {
                token::keep(&mut people, Deed::ApprovalGiven, &person.name, clock.wall());
            }
            invite(context, clock, &station, &mut people, &person)
        }
        Action::Link { name } => {
            let person = found(&people, &name)?;
            token::keep(&mut people, Deed::LinkMade, &person.name, clock.wall());
            invite(context, clock, &station, &mut people, &person)
        }
        Action::Remove { name } => {
            let person = found(&people, &name)?;
            people.end(person.id, clock.wall()).map_err(|error| failure(&error))?;
            token::keep(&mut people, Deed::PersonEnded, &person.name, clock.wall());
            let name = &person.name;
            let said = text!(
                "{name} không vào trang được nữa; các điện thoại của người ấy đã bị đăng xuất.",
                "{name} may not use the page any more; his phones are logged out."
            );
            Page::line(said.get(context.lang));
            Ok(ExitCode::SUCCESS)
        }
        Action::List => list(context, &people),
        Action::Token { name, purpose, role, zones, approves, until } => {
            let person = found(&people, &name)?;
            // Nothing named: those of the person, whoever he is by then.
            let own = role.unwrap_or(person.role);
            may_approve(own, approves)?;
            let zones = if zones.is_empty() && !person.zones.is_empty() {
                Vec::new()
            } else {
                zones_of(&station, own, &zones)?
            };
            let wanted = TokenWanted { person, purpose, role, zones, approves, until };
            token::make(context, clock, &station, &mut people, &wanted)
        }
        Action::Tokens => token::list(context, &station, &people),
        Action::Revoke { id, people: all } => token::revoke(context, &mut people, (id, all), clock.wall()),
    }
}

fn failure(error: &PeopleError) -> Failure {
    Failure::new(Exit::Io, error.text())
}

fn taken(name: &str) -> Failure {
    let name = shown(name);
    Failure::new(
        Exit::Findings,
        text!(
            "đã có người tên «{name}» (hoặc tên không có chữ nào): thêm chữ để phân biệt, hoặc gõ: loa user link \"{name}\"",
            "somebody is called \"{name}\" already (or the name has no letter): add a word, or type: loa user link \"{name}\""
        ),
    )
}

fn found(people: &People, name: &str) -> anyhow::Result<Person> {
    let person = people.named(name).map_err(|error| failure(&error))?.filter(|person| !person.has_ended);
    let name = shown(name);
    Ok(person.ok_or_else(|| {
        Failure::new(
            Exit::Usage,
            text!("không có ai tên «{name}»; xem: loa user list", "nobody is called \"{name}\"; see: loa user list"),
        )
    })?)
}

/// Whether somebody of this role can be marked as one who approves, where that is asked for.
fn may_approve(role: Role, is_asked: bool) -> Result<(), Failure> {
    if !is_asked || role.may(Right::Approvals) {
        return Ok(());
    }
    let role = role.title();
    Err(Failure::new(
        Exit::Usage,
        text!(
            role = role;
            "vai trò {role} không duyệt mục phát: bỏ --approves, hoặc chọn vai trò khác",
            "the role of {role} approves nothing: leave --approves out, or choose another role"
        ),
    ))
}

/// Ids of the zones that a person is bound to.
fn zones_of(station: &Station, role: Role, names: &[String]) -> Result<Vec<String>, Failure> {
    if names.is_empty() {
        return match station.zones.as_slice() {
            _ if !role.has_zones() => Ok(Vec::new()),
            // Written down: a zone that is added later is not his.
            [only] => Ok(vec![only.id.clone()]),
            [] => Err(Failure::new(
                Exit::Findings,
                text!(
                    "trưởng thôn cần có cụm loa của mình mà loa.toml chưa có cụm nào đọc được; xem: loa check",
                    "an operator needs a zone, and loa.toml has none that can be read; see: loa check"
                ),
            )),
            zones => {
                let known = zones.iter().map(|zone| zone.id.as_str()).collect::<Vec<_>>().join(", ");
                Err(Failure::new(
                    Exit::Usage,
                    text!(
                        "trưởng thôn cần có cụm loa của mình: --zones {known}",
                        "an operator needs zones: --zones {known}"
                    ),
                ))
            }
        };
    }
    if !role.has_zones() {
        return Err(Failure::new(
            Exit::Usage,
            text!(
                "chỉ trưởng thôn (operator) mới gắn với cụm loa; người khác thấy cả đài: bỏ --zones",
                "only an operator is bound to zones; others see all of the station: leave --zones out"
            ),
        ));
    }
    let found = station.find(names.join(",").as_str()).map_err(|unknown| Failure::new(Exit::Usage, unknown.text))?;
    Ok(found.into_iter().map(|ZoneIx(place)| station.zones[usize::from(place)].id.clone()).collect())
}

/// What lets a person in, once.
pub(super) struct MadeLink {
    pub(super) link: String,
    pub(super) until: Wall,
}

/// Make a link for a person.
pub(super) fn made(
    context: &Context,
    station: &Station,
    people: &mut People,
    person: &Person,
    now: Wall,
) -> Result<MadeLink, Failure> {
    let invite = people.invite(person.id, now).map_err(|error| failure(&error))?;
    let certificate = station.certificate.as_ref();
    let names = certificate.map(|files| tls::names(&Site::new(&context.dir), files)).unwrap_or_default();
    let address = good_at(station.console.unwrap_or(LISTEN), &names);
    let scheme = if station.certificate.is_some() { "https" } else { "http" };
    Ok(MadeLink { link: format!("{scheme}://{address}/invite/{}", invite.token), until: invite.until })
}

/// Print a link, and the same as a picture for a phone.
pub(super) fn invite(
    context: &Context,
    clock: &dyn Clock,
    station: &Station,
    people: &mut People,
    person: &Person,
) -> anyhow::Result<ExitCode> {
    let MadeLink { link, until: end } = made(context, station, people, person, clock.wall())?;
    let until = end.rfc3339(&station.timezone);
    if context.json {
        Page::line(
            serde_json::json!({"name": person.name, "role": person.role.name(), "zones": person.zones, "link": link, "until": until}),
        );
        return Ok(ExitCode::SUCCESS);
    }
    let moment = figure::moment(end, &station.timezone);
    let (name, role, until) = (&person.name, person.role.title(), moment.get(context.lang).to_owned());
    let said = text!(
        role = role;
        "{name} ({role}) mở đường dẫn này để đặt mật khẩu; dùng được một lần, đến {until}:",
        "{name} ({role}) opens this link to set a password; it is good once, until {until}:"
    );
    Page::line(said.get(context.lang));
    Page::line(format_args!("\n  {link}\n"));
    if let Ok(code) = QrCode::new(link.as_bytes()) {
        Page::line(
            code.render::<unicode::Dense1x2>()
                .dark_color(unicode::Dense1x2::Light)
                .light_color(unicode::Dense1x2::Dark)
                .build(),
        );
    }
    let listen = reachable(station.console.unwrap_or(LISTEN));
    if let Some(said) = only_here(listen) {
        Page::line(said.get(context.lang));
    }
    Ok(ExitCode::SUCCESS)
}

fn list(context: &Context, people: &People) -> anyhow::Result<ExitCode> {
    let all = people.everybody().map_err(|error| failure(&error))?;
    if context.json {
        let rows: Vec<serde_json::Value> = all
            .iter()
            .map(|person| {
                serde_json::json!({"name": person.name, "role": person.role.name(), "zones": person.zones,
                    "approves": person.approves, "ready": person.is_ready, "ended": person.has_ended})
            })
            .collect();
        Page::line(serde_json::Value::Array(rows));
        return Ok(ExitCode::SUCCESS);
    }
    let head = [
        text!("Họ tên", "Name"),
        text!("Vai trò", "Role"),
        text!("Cụm loa", "Zones"),
        text!("Duyệt", "Approves"),
        text!("Tình trạng", "State"),
    ];
    let mut sheet = Sheet::new(head.each_ref().map(|word| word.get(context.lang)));
    for person in &all {
        let state = match person {
            Person { has_ended: true, .. } => text!("đã thôi", "ended"),
            Person { is_ready: false, .. } => text!("chưa đặt mật khẩu", "no password yet"),
            _ => text!("dùng được", "ready"),
        };
        let zones = if person.zones.is_empty() { text!("tất cả", "all") } else { both(&person.zones.join(", ")) };
        let role = person.role.title();
        let approves = if person.approves { text!("được duyệt", "yes") } else { text!("không", "no") };
        sheet
            .row([&both(&person.name), &role, &zones, &approves, &state].map(|text| text.get(context.lang).to_owned()));
    }
    Page::text(sheet.text(sheet::columns()));
    Ok(ExitCode::SUCCESS)
}

fn both(words: &str) -> Text {
    Text { vi: words.to_owned(), en: words.to_owned() }
}
