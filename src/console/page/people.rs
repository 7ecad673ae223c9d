//! The people who may use the page: who they are, and letting somebody in. Each has a page of his own ([`person`]).

use axum::extract::{RawQuery, State};
use axum::http::header::HOST;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};
use qrcode::{Color, QrCode};
use std::fmt::Write as _;

use super::login::complaint;
use crate::act::{self, PersonAsked, Undone};
use crate::address::{self, LISTEN};
use crate::app::App;
use crate::diag::{Lang, Text, figure, text};
use crate::fields::Fields;
use crate::gate::{self, Need, Who};
use crate::people::{Invite, LetInByToken, NAME_MOST, Person};
use crate::role::{Right, Role};
use crate::route::{Ask, Route, route};
use crate::sentence::capital;
use crate::shell::{self, Page};
use crate::station::Station;

pub(super) const ROUTES: &[Route] = &[
    route(Ask::Get, "/people", Need::Right(Right::People), || get(list)),
    route(Ask::Post, "/people", Need::Right(Right::People), || axum::routing::post(add)),
];

/// What a form says of a person.
pub(super) struct Typed {
    pub(super) name: String,
    pub(super) role: Option<Role>,
    pub(super) zones: Vec<String>,
    pub(super) approves: bool,
}

impl Typed {
    /// Nothing yet.
    fn nothing() -> Self {
        Self { name: String::new(), role: None, zones: Vec::new(), approves: false }
    }

    pub(super) fn of(person: &Person) -> Self {
        let Person { name, role, zones, approves, .. } = person.clone();
        Self { name, role: Some(role), zones, approves }
    }

    pub(super) fn read(fields: &Fields, station: &Station) -> Self {
        let chosen: Vec<&str> = fields.all("zone").collect();
        let known = station.zones.iter().map(|zone| &zone.id).filter(|id| chosen.contains(&id.as_str()));
        Self {
            name: fields.get("name").to_owned(),
            role: fields.get("role").parse().ok(),
            zones: known.cloned().collect(),
            approves: fields.is_ticked("approves"),
        }
    }

    /// The same without the name.
    pub(super) fn asked(&self) -> PersonAsked {
        PersonAsked { role: self.role, zones: self.zones.clone(), approves: self.approves }
    }
}

/// Role, zones, and whether he approves.
pub(super) fn choices(who: &Who, station: &Station, written: &Typed) -> Markup {
    let lang = who.lang;
    html! {
        fieldset {
            legend { (text!("Vai trò", "Role").get(lang)) }
            @for role in Role::ALL {
                label.tick {
                    input type="radio" name="role" value=(role.name()) required checked[written.role == Some(role)];
                    span { strong { (capital(role.title().get(lang))) } br; small { (capital(does(role).get(lang))) } }
                }
            }
        }
        @if station.zones.len() > 1 {
            fieldset {
                legend { (text!("Cụm loa (chỉ cho trưởng thôn)", "Zones (for a hamlet head only)").get(lang)) }
                @for zone in &station.zones {
                    label.tick {
                        input type="checkbox" name="zone" value=(zone.id) checked[written.zones.contains(&zone.id)];
                        span { (zone.title) }
                    }
                }
            }
        }
        label.tick {
            input type="checkbox" name="approves" checked[written.approves];
            span { (text!("Được duyệt mục phát của người khác (không dành cho trưởng thôn)", "May approve what others wrote (not for a hamlet head)").get(lang)) }
        }
    }
}

/// What a role is for, in a line.
fn does(role: Role) -> Text {
    match role {
        Role::Operator => {
            text!("nộp bản ghi, phát và dừng loa của thôn mình", "hands in sound, plays and stops in his own zones")
        }
        Role::Official => {
            text!("soạn lịch, bản ghi, phát và dừng mọi cụm loa", "schedule, sounds, and orders in every zone")
        }
        Role::Reviewer => text!("chỉ xem và in nhật ký", "reads and prints the journal"),
        Role::Night => text!("báo khẩn cấp và dừng loa, một đêm", "alerts and stops, for a night"),
        Role::Admin => text!("mọi việc, cả người dùng và máy", "everything, people and machine too"),
    }
}

/// The zones of a person, as people call them.
pub(super) fn zones_of(person: &Person, station: &Station) -> Text {
    if person.zones.is_empty() {
        return text!("tất cả các cụm loa", "every zone");
    }
    let title =
        |id: &String| station.zones.iter().find(|zone| zone.id == *id).map_or(id.clone(), |zone| zone.title.clone());
    let all = person.zones.iter().map(title).collect::<Vec<_>>().join(", ");
    Text { vi: all.clone(), en: all }
}

/// Whether he can come in.
pub(super) fn state_of(person: &Person) -> Text {
    match person {
        Person { has_ended: true, .. } => text!("đã thôi", "put out"),
        Person { is_ready: false, .. } => text!("chưa đặt mật khẩu", "no password yet"),
        _ => text!("dùng được", "ready"),
    }
}

/// By what a program has let somebody in, and whether that still holds.
pub(super) fn let_in(one: &LetInByToken) -> Text {
    let purpose = crate::diag::plain(&one.purpose);
    if one.has_ended {
        text!(
            "do chương trình «{purpose}» cho vào, mã truy cập ấy đã bị thu hồi: xem lại người này",
            "let in by the program \"{purpose}\", whose token was taken back: look at this person again"
        )
    } else {
        text!("do chương trình «{purpose}» cho vào", "let in by the program \"{purpose}\"")
    }
}

/// `GET /people?saved=ID`: everybody, and that somebody was saved.
async fn list(State(app): State<App>, who: Who, RawQuery(query): RawQuery) -> Response {
    let asked = Fields::read(query.unwrap_or_default().as_bytes());
    let saved = asked.get("saved").parse().ok().and_then(|id| app.people().person(id).ok().flatten());
    let saved = saved.map(|Person { name, .. }| text!("Đã lưu: {name}.", "Saved: {name}."));
    everybody(&app, &who, StatusCode::OK, &Typed::nothing(), saved.as_ref().map(Ok))
}

/// What a person is at this station, in a line.
pub(super) fn summary(person: &Person, station: &Station, lang: Lang) -> String {
    let zones = zones_of(person, station);
    let approves = person.approves.then(|| text!("được duyệt", "approves"));
    let all = [Some(person.role.title()), Some(zones), approves];
    all.iter().flatten().map(|part| capital(part.get(lang))).collect::<Vec<_>>().join(" · ")
}

fn everybody(
    app: &App,
    who: &Who,
    status: StatusCode,
    written: &Typed,
    said: Option<Result<&Text, &Text>>,
) -> Response {
    let lang = who.lang;
    let station = app.station();
    let people = match app.people().everybody() {
        Ok(people) => people,
        Err(error) => return shell::failed(app, who, &error.text()),
    };
    let by_programs = app.people().let_in_by_tokens().unwrap_or_default();
    let program =
        |person: &Person| by_programs.iter().find(|(_, one)| one.person.id == person.id).map(|(_, one)| let_in(one));
    let (ended, there): (Vec<_>, Vec<_>) = people.iter().partition(|person| person.has_ended);
    let row = |person: &Person| {
        html! {
            li { a.row href={ "/people/" (person.id) } {
                strong { (person.name) }
                small { (summary(person, &station, lang)) " · " (capital(state_of(person).get(lang)))
                    @if let Some(said) = program(person) { br; (capital(said.get(lang))) }
                }
            } }
        }
    };
    let body = html! {
        @match said {
            Some(Ok(saved)) => p.said.well role="status" { (saved.get(lang)) },
            wrong => (complaint(who, wrong.and_then(Result::err))),
        }
        ul.list { @for person in there { (row(person)) } }
        @if !ended.is_empty() {
            details {
                summary { (text!("Đã thôi", "Put out").get(lang)) }
                ul.list { @for person in ended { (row(person)) } }
            }
        }
        section.card {
            h2 { (text!("Thêm người", "Let somebody in").get(lang)) }
            form.narrow method="post" action="/people" {
                label { (text!("Họ tên, như người trong xã vẫn gọi", "The name, as people call him").get(lang))
                    input name="name" value=(written.name) maxlength=(NAME_MOST) autocapitalize="words" required; }
                (choices(who, &station, written))
                button.main { (text!("Thêm người", "Let somebody in").get(lang)) }
            }
        }
    };
    shell::page(app, who, Page { title: text!("Người dùng", "People"), status }, &body)
}

/// Let somebody in, and show the link.
async fn add(State(app): State<App>, who: Who, headers: HeaderMap, fields: Fields) -> Response {
    let station = app.station();
    let written = Typed::read(&fields, &station);
    let wrong = |said: Text| everybody(&app, &who, StatusCode::UNPROCESSABLE_ENTITY, &written, Some(Err(&said)));
    if let Err(said) = written.asked().bound(&station) {
        return wrong(said);
    }
    if let Some(ask) = gate::sure_or_ask(&app, &who, &fields) {
        return ask;
    }
    match act::add_person(&app, &who, &written.name, &written.asked()) {
        Ok(person) => invite(&app, &who, &headers, &person),
        Err(Undone::Failed(why)) => shell::failed(&app, &who, &why),
        Err(why) => wrong(why.text().clone()),
    }
}

/// A new link for a person, to be opened or photographed.
pub(super) fn invite(app: &App, who: &Who, headers: &HeaderMap, person: &Person) -> Response {
    match act::link_person(app, who, person) {
        Ok(invite) => show(app, who, headers, person, &invite),
        Err(why) => shell::failed(app, who, why.text()),
    }
}

fn show(app: &App, who: &Who, headers: &HeaderMap, person: &Person, invite: &Invite) -> Response {
    let (lang, station) = (who.lang, app.station());
    let (page, only_here) = address_of_page(app, headers);
    let link = format!("{page}/invite/{}", invite.token);
    let until = figure::moment(invite.until, &station.timezone).get(lang).to_owned();
    let name = &person.name;
    let said = text!(
        "{name} mở đường dẫn này, hoặc chụp hình vuông bằng điện thoại, rồi đặt mật khẩu. Dùng được một lần, đến {until}. Đường dẫn cũ không còn dùng được.",
        "{name} opens this link, or points a phone at the square, and sets a password. It is good once, until {until}. Older links are void."
    );
    let body = html! {
        p { (said.get(lang)) }
        p.link { code { (link) } }
        (square(&link, &text!("Đường dẫn dưới dạng hình vuông để chụp", "The link as a square for a camera"), who))
        @if let Some(said) = only_here { p.said { (said.get(lang)) } }
        p.hint { (text!(
            "Trên điện thoại: vào Wi-Fi của đài và tắt dữ liệu di động trước khi mở.",
            "On the phone: join the station's Wi-Fi and switch mobile data off first."
        ).get(lang)) }
        p { a.button href="/people" { (text!("Về danh sách người dùng", "Back to the people").get(lang)) } }
    };
    let title = text!("Đường dẫn cho {name}", "A link for {name}");
    shell::page(app, who, Page::of(title), &body)
}

/// Where phones find the page, `http://192.168.4.1:8080`; and what to say where that is of no use to them.
pub(super) fn address_of_page(app: &App, headers: &HeaderMap) -> (String, Option<Text>) {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let address = address::shown_at(host, app.station().console.unwrap_or(LISTEN), &app.certified());
    let scheme = if app.is_encrypted() { "https" } else { "http" };
    (format!("{scheme}://{address}"), address.parse().ok().and_then(address::only_here))
}

/// A QR code; nothing where there is too much to say.
pub(super) fn square(link: &str, label: &Text, who: &Who) -> Markup {
    /// White around it, in squares: readers need four.
    const EDGE: usize = 4;
    let Ok(code) = QrCode::new(link.as_bytes()) else { return html! {} };
    let width = code.width();
    let dark = code.to_colors().into_iter().enumerate().filter(|(_, color)| *color == Color::Dark);
    let mut path = String::new();
    for (at, _) in dark {
        let _ = write!(path, "M{} {}h1v1h-1z", at % width + EDGE, at / width + EDGE);
    }
    let whole = width + 2 * EDGE;
    html! {
        svg.qr role="img" aria-label=(label.get(who.lang)) viewBox={ "0 0 " (whole) " " (whole) } width="240" height="240" {
            rect width=(whole) height=(whole) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    }
}
