//! `loa setup`: a station's name, its hamlets, where each is heard, and who looks after its page. Asked on the terminal,
//! or given on the line; with `--link` somebody answers the same on the page. Writes the first `loa.toml` and replaces none.

mod ask;

use std::io::IsTerminal as _;
use std::path::Path;
use std::process::ExitCode;

use clap::Args;
use qrcode::QrCode;
use qrcode::render::unicode;
use serde_json::json;

use self::ask::Asker;
use super::page::Page;
use super::place::ChosenStation;
use super::quiet::without_noise;
use super::{Context, Exit, Failure, door, user};
use crate::backup::is_free;
use crate::clock::Clock;
use crate::console::address::reachable;
use crate::console::role::Role;
use crate::console::{NewPerson, People, is_name};
use crate::diag::{Lang, figure, plain, shown, text};
use crate::disk::station::{is_unset, load};
use crate::output::playable;
use crate::setup::{self, FirstAnswers, Hamlet, Horn, NOWHERE, NotSet, SetupLink};
use crate::site::Site;

/// Where the page listens unless somebody says otherwise: phones of the village have to reach it. Nobody comes in without
/// a link.
const LISTEN: &str = "0.0.0.0:8080";

/// Hamlets that share a card are parted by left and right. What a card says of more channels is often the system's promise
/// and not the card's; who knows better writes it into `loa.toml`.
const CHANNELS_MOST: u16 = 2;

/// `loa setup`.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct SetupArgs {
    /// Tên đài. | The station's name.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Một thôn, có thể kèm ngõ ra: "Thôn 1=null"; thôn nào cũng ghi. | A hamlet, with its output if need be: "Hamlet 1=null"; one for each.
    #[arg(long, value_name = "ZONE")]
    zone: Vec<String>,
    /// Tiếng của đài: vi hay en. | The station's language: vi or en.
    #[arg(long, value_name = "LANG")]
    language: Option<Lang>,
    /// Trang mở ở địa chỉ nào; không ghi thì 0.0.0.0:8080. | Where the page listens; else 0.0.0.0:8080.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Người quản trị đầu tiên của trang. | The first administrator of the page.
    #[arg(long, value_name = "WHO")]
    admin: Option<String>,
    /// In đường dẫn dùng một lần để trả lời trên điện thoại. | Print a link, good once, to answer on a phone instead.
    #[arg(long, conflicts_with_all = ["name", "zone", "language", "admin"])]
    link: bool,
}

pub(super) fn run(context: &Context, clock: &dyn Clock, args: &SetupArgs) -> anyhow::Result<ExitCode> {
    may_be_set_up(&context.dir)?;
    let site = Site::new(&context.dir);
    let horns = horns();
    if args.link {
        return link(context, clock, &site, horns, args.listen.as_deref().unwrap_or(LISTEN));
    }
    let (answers, admin) = answered(context, args, &horns)?;
    // Before anything is written: a name that nobody can log in with leaves nothing half done.
    if !is_name(&admin) {
        let admin = shown(&admin);
        let said = text!("«{admin}» không dùng làm tên người được", "\"{admin}\" cannot be the name of a person");
        return Err(Failure::new(Exit::Findings, said).into());
    }
    let ran = door::is_running(context);
    setup::write(&site, &answers, &horns).map_err(|why| refused(&why))?;
    // It leads nowhere by now.
    let _ = SetupLink::spend(&site);
    let mut people = People::open(&site.people()).map_err(|error| Failure::new(Exit::Io, error.text()))?;
    let new = NewPerson { name: &admin, role: Role::Admin, zones: &[], approves: false };
    let added = people.add(&new, clock.wall()).and_then(|person| match person {
        Some(person) => Ok(Some(person)),
        // A name that was there before the station was.
        None => people.named(&admin),
    });
    let person = added.map_err(|error| Failure::new(Exit::Io, error.text()))?;
    let station = load(&context.dir).0;
    let person = person.ok_or_else(|| {
        Failure::new(
            Exit::Findings,
            text!("chưa thêm được {admin}: gõ loa user add", "{admin} could not be added: type loa user add"),
        )
    })?;
    if context.json {
        let made = user::made(context, &station, &mut people, &person, clock.wall())?;
        let zones: Vec<_> = station.zones.iter().map(|zone| json!({"id": zone.id, "title": zone.title})).collect();
        let until = made.until.rfc3339(&station.timezone);
        Page::line(
            json!({"dir": context.dir, "name": station.name, "zones": zones, "link": made.link, "until": until}),
        );
        return Ok(ExitCode::SUCCESS);
    }
    let (name, count, dir) = (plain(&station.name), station.zones.len(), context.dir.display());
    Page::line(
        text!(
            "Đã cài đặt «{name}»: {count} cụm loa, ghi ở {dir}/loa.toml.\nLịch còn trống: loa chưa phát gì theo lịch cho đến khi có người thêm mục phát.",
            "\"{name}\" is set up: zones: {count}, written in {dir}/loa.toml.\nThe schedule is empty: nothing is played by it until somebody adds a broadcast."
        )
        .get(context.lang),
    );
    if !ran {
        let said = text!("Chạy đài: loa --dir {dir} run", "Run the station: loa --dir {dir} run");
        Page::line(said.get(context.lang));
    }
    user::invite(context, clock, &station, &mut people, &person)
}

/// A station that waits for it, or a place where there is nothing, named or at hand: what has something else in it is a slip.
fn may_be_set_up(dir: &Path) -> Result<(), Failure> {
    if is_unset(dir) {
        return Ok(());
    }
    match ChosenStation::refusal(dir) {
        None => Err(refused(&NotSet::taken(dir))),
        Some(_) if is_free(dir).is_ok() => Ok(()),
        Some(refusal) => Err(refusal),
    }
}

fn refused(why: &NotSet) -> Failure {
    let exit = match why {
        NotSet::IsSet | NotSet::IsBegun | NotSet::Answers(_) => Exit::Findings,
        NotSet::Io(error) if error.kind() == std::io::ErrorKind::PermissionDenied => Exit::Permission,
        NotSet::Io(_) => Exit::Io,
    };
    Failure::new(exit, why.text())
}

/// What this account can play on.
fn horns() -> Vec<Horn> {
    let found = without_noise(playable).into_iter().filter(|one| one.trouble.is_none() && one.channels > 0);
    found
        .map(|one| {
            let output = one.name.written();
            let title = if one.title.is_empty() { output.clone() } else { one.title };
            Horn { output, title, channels: one.channels.min(CHANNELS_MOST) }
        })
        .collect()
}

/// All answers, and who is the first on the page: of the line; what is missing there, of the terminal.
fn answered(context: &Context, args: &SetupArgs, horns: &[Horn]) -> Result<(FirstAnswers, String), Failure> {
    let stdin = std::io::stdin();
    let mut asker = stdin.is_terminal().then(|| Asker::new(stdin.lock(), context.lang));
    let name = given_or(args.name.clone(), "--name", &mut asker, Asker::name)?;
    let hamlets: Vec<Hamlet> = args.zone.iter().map(|zone| hamlet(zone, horns)).collect();
    let hamlets = Some(hamlets).filter(|given| !given.is_empty());
    let hamlets = given_or(hamlets, "--zone", &mut asker, |asker| asker.hamlets(horns))?;
    let admin = given_or(args.admin.clone(), "--admin", &mut asker, Asker::admin)?;
    let language = if args.language == Some(Lang::En) { "en" } else { "vi" }.to_owned();
    let listen = args.listen.clone().unwrap_or_else(|| LISTEN.to_owned());
    Ok((FirstAnswers { name, hamlets, language, listen }, admin))
}

/// What the line says, or else a person at the terminal.
fn given_or<T, R>(
    given: Option<T>,
    option: &str,
    asker: &mut Option<Asker<R>>,
    ask: impl FnOnce(&mut Asker<R>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    match (given, asker) {
        (Some(given), _) => Ok(given),
        (None, Some(asker)) => ask(asker),
        (None, None) => Err(missing(option)),
    }
}

/// `Thôn 1=device:default`; without an output the first card that there is.
fn hamlet(written: &str, horns: &[Horn]) -> Hamlet {
    let first = horns.first().map_or(NOWHERE, |horn| horn.output.as_str());
    let (title, output) = match written.split_once('=') {
        // The name of a card has an equals sign too.
        Some((title, output)) => (title, output.trim()),
        None => (written, first),
    };
    Hamlet { title: title.trim().to_owned(), output: output.to_owned() }
}

fn missing(option: &str) -> Failure {
    Failure::new(
        Exit::Usage,
        text!(
            "thiếu {option}; gõ loa setup trên bàn phím của máy thì loa hỏi từng câu",
            "{option} is missing; on a terminal loa setup asks for each"
        ),
    )
}

/// Print what lets somebody answer on the page.
fn link(context: &Context, clock: &dyn Clock, site: &Site, horns: Vec<Horn>, listen: &str) -> anyhow::Result<ExitCode> {
    let address: std::net::SocketAddr = listen.parse().map_err(|_| {
        let listen = shown(listen);
        let said = text!(
            "«{listen}» không phải là địa chỉ IP kèm cổng; viết: --listen 0.0.0.0:8080",
            "\"{listen}\" is not an IP address with a port; write: --listen 0.0.0.0:8080"
        );
        Failure::new(Exit::Usage, said)
    })?;
    let made = SetupLink::make(site, horns, listen.to_owned(), clock.wall());
    let (token, until) = made.map_err(|error| Failure::new(Exit::Io, error.text()))?;
    let link = format!("http://{}/setup/{token}", reachable(address));
    let tz = load(&context.dir).0.timezone;
    if context.json {
        Page::line(json!({"link": link, "until": until.rfc3339(&tz)}));
        return Ok(ExitCode::SUCCESS);
    }
    let until = figure::moment(until, &tz).get(context.lang).to_owned();
    let said = text!(
        "Mở đường dẫn này trên điện thoại hay máy tính cùng mạng với hộp loa để cài đặt đài; dùng được một lần, đến {until}:",
        "Open this link on a phone or computer in the box's network to set the station up; it is good once, until {until}:"
    );
    Page::line(said.get(context.lang));
    Page::line(format_args!("\n  {link}\n"));
    if let Ok(code) = QrCode::new(link.as_bytes()) {
        let mut code = code.render::<unicode::Dense1x2>();
        let code = code.dark_color(unicode::Dense1x2::Light).light_color(unicode::Dense1x2::Dark).build();
        Page::line(code);
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hamlet_has_the_card_that_is_named_and_else_the_first_there_is() {
        let horn = Horn { output: "device:default".to_owned(), title: "USB".to_owned(), channels: 2 };
        for (written, horns, title, output) in [
            ("Thôn 1", &[][..], "Thôn 1", "null"),
            ("Thôn 1", std::slice::from_ref(&horn), "Thôn 1", "device:default"),
            ("Thôn 1 = null", std::slice::from_ref(&horn), "Thôn 1", "null"),
            ("A=device:plughw:CARD=Device,DEV=0", &[], "A", "device:plughw:CARD=Device,DEV=0"),
        ] {
            assert_eq!(
                hamlet(written, horns),
                Hamlet { title: title.to_owned(), output: output.to_owned() },
                "{written}"
            );
        }
    }
}
