//! The frame of every page: head, the way to the other pages, the stop at the foot, and what is said when something
//! could not be done. One page is one look at the station: it says of what minute it is.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{DOCTYPE, Markup, html};

use super::alarm;
use super::app::App;
use super::asset;
use super::escaped::escaped;
use super::once;
use super::people::Person;
use super::role::Right;
use super::sentence::sentence;
use super::who::Who;
use crate::diag::{Lang, Text, text};
use crate::station::{Approval, Station};

/// What a page is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Page {
    /// Its heading.
    pub(super) title: Text,
    /// What a program is told.
    pub(super) status: StatusCode,
}

impl Page {
    /// A page that is as it should be.
    pub(super) fn of(title: Text) -> Self {
        Self { title, status: StatusCode::OK }
    }
}

/// The pages that people go to every day, and the right that draws each. They stand in one row, on a phone too.
fn places(station: &Station) -> Vec<(&'static str, Right, Text)> {
    let all = [
        ("/", Right::See, text!("Hôm nay", "Today")),
        ("/schedule", Right::See, text!("Lịch phát", "Schedule")),
        ("/sounds", Right::Sounds, text!("Bản ghi", "Sounds")),
        ("/approvals", Right::Approvals, text!("Duyệt", "Approvals")),
        ("/journal", Right::Journal, text!("Nhật ký", "Journal")),
        ("/district", Right::District, text!("Mạng loa", "Fleet")),
    ];
    let is_here = |path: &str| match path {
        "/approvals" => station.approval == Approval::Required,
        "/district" => station.fleet.is_some(),
        _ => true,
    };
    all.into_iter().filter(|(path, ..)| is_here(path)).collect()
}

/// What is gone to now and then: it stands in the person's own menu.
fn seldom() -> [(&'static str, Right, Text); 3] {
    [
        ("/emergency", Right::Alert, text!("Báo khẩn cấp", "Emergency")),
        ("/machine", Right::Machine, text!("Máy", "Machine")),
        ("/people", Right::People, text!("Người dùng", "People")),
    ]
}

/// What a hamlet head does, by its name, and where he reads; he has no row of pages.
fn own(station: &Station) -> Vec<(&'static str, Right, Text)> {
    let does = [
        ("/sounds/new", Right::Sounds, text!("Nộp bản ghi", "Hand in a recording")),
        ("/say", Right::Say, text!("Phát ngay", "Play now")),
        ("/talk", Right::Say, text!("Nói trực tiếp", "Speak live")),
    ];
    let mut all = places(station);
    all.splice(1..1, does);
    all
}

/// `body` in the frame.
pub(super) fn page(app: &App, who: &Who, page: Page, body: &Markup) -> Response {
    let lang = who.lang;
    let Page { title, status } = page;
    let known = app.station();
    let station = &known.name;
    let code = if lang == Lang::En { "en" } else { "vi" };
    let (style, script) = asset::addresses();
    // A hamlet head has one page to go by: it leads to the others, as his menu does.
    let has_bar = who.person.as_ref().is_some_and(|person| !person.role.has_zones());
    let markup = html! {
        (DOCTYPE)
        html lang=(code) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title.get(lang)) " · " (station) }
                link rel="stylesheet" href=(style);
                link rel="icon" href="/icon.svg" type="image/svg+xml";
                script src=(script) defer {}
            }
            body data-unsent=[who.may(Right::Stop).then(|| unsent().get(lang).to_owned())] {
                a.skip href="#main" { (text!("Đến nội dung", "To the content").get(lang)) }
                header {
                    // Where the row is full, the name stands above the heading.
                    a.station.spared[has_bar] href="/" { (station) }
                    @if has_bar {
                        nav aria-label=(text!("Các trang", "Pages").get(lang)) { (links(who, &places(&known))) }
                    }
                    @if let Some(person) = &who.person { (menu(who, person, &if has_bar { Vec::new() } else { own(&known) })) }
                }
                @if who.person.is_some() {
                    // The script asks for it anew; what is drawn holds for this moment.
                    section #alarms data-alarm={ "/alarm?at=" (escaped(&who.path)) } aria-label=(text!("Báo động", "Alarms").get(lang)) { (alarm::bar(app, who, &known, &who.path)) }
                }
                main #main tabindex="-1" {
                    @if has_bar { p.above { (station) } }
                    h1 { (title.get(lang)) }
                    (body)
                }
                @if who.person.is_none() { footer { (language(who)) } }
                @if who.may(Right::Stop) && who.path != "/stop" {
                    // One tap, on every page, without a question.
                    form.stop method="post" action="/stop" { button.stop { (stop_name(who, &known).get(lang)) } }
                }
            }
        }
    };
    let html = axum::response::Html(once::marked(&markup.into_string()));
    (status, html).into_response()
}

fn links(who: &Who, places: &[(&str, Right, Text)]) -> Markup {
    let is_in = |path: &str| if path == "/" { who.path == "/" } else { who.path.starts_with(path) };
    // `/sounds/new` lies in `/sounds` too.
    let nearest = places.iter().map(|(path, ..)| *path).filter(|path| is_in(path)).max_by_key(|path| path.len());
    let here = |path: &str| nearest == Some(path);
    html! {
        @for (path, right, name) in places {
            @if who.may(*right) {
                a href=(path) aria-current=[here(path).then_some("page")] { (name.get(who.lang)) }
            }
        }
    }
}

/// What is the person's own, and what is seldom gone to; opens without script.
fn menu(who: &Who, person: &Person, own: &[(&str, Right, Text)]) -> Markup {
    let lang = who.lang;
    html! {
        details.menu {
            summary {
                span.name { (person.name) }
                svg viewBox="0 0 24 24" aria-hidden="true" { path d="M4 6h16M4 12h16M4 18h16" {} }
            }
            div {
                p { strong { (person.name) } br; span.hint { (person.role.title().get(lang)) } }
                (links(who, own))
                @if person.id > 0 { a href="/me" aria-current=[(who.path == "/me").then_some("page")] {
                    (text!("Mật khẩu, điện thoại", "Password, phones").get(lang))
                } }
                (links(who, &seldom()))
                (language(who))
                form method="post" action="/logout" { button { (text!("Đăng xuất", "Log out").get(lang)) } }
            }
        }
    }
}

/// The same page in the other language.
fn language(who: &Who) -> Markup {
    let (value, name) = if who.lang == Lang::En { ("vi", "Tiếng Việt") } else { ("en", "English") };
    html! {
        form method="post" action="/language" {
            input type="hidden" name="back" value=(who.address);
            button name="lang" value=(value) lang=(value) { (name) }
        }
    }
}

/// What the script says while a stop does not reach the station, and what once it has given up.
fn unsent() -> Text {
    text!(
        "Chưa dừng được, hay chưa biết đã dừng: không liên lạc được với đài, đang thử lại.|Chưa biết đã dừng hay chưa. Có mạng lại thì bấm nút này lần nữa, hoặc tắt tăng âm tại chỗ.",
        "Not stopped, or not known: the station cannot be reached, trying again.|It is not known whether it has stopped. Press again once the network is back, or switch the amplifier off."
    )
}

/// What the button says that silences all that a person may silence.
pub(super) fn stop_name(who: &Who, station: &Station) -> Text {
    let zones = who.zones(Right::Stop, station);
    let titles: Vec<&str> = zones.iter().map(|zone| zone.title.as_str()).collect();
    let (count, is_own) = (titles.len(), who.person.as_ref().is_some_and(|person| !person.zones.is_empty()));
    match (is_own, &titles[..]) {
        (_, [one]) => text!("Dừng loa {one}", "Stop {one}"),
        (true, [one, other]) => text!("Dừng loa {one}, {other}", "Stop {one}, {other}"),
        (true, _) => text!("Dừng {count} cụm loa", "Stop {count} zones"),
        (false, _) => text!("Dừng tất cả các loa", "Stop all"),
    }
}

/// Something could not be done: said in the frame, with the way back.
pub(super) fn refused(app: &App, who: &Who, why: &Text) -> Response {
    told(app, who, StatusCode::UNPROCESSABLE_ENTITY, &text!("Chưa làm được", "Not done"), why)
}

/// The machine failed.
pub(super) fn failed(app: &App, who: &Who, why: &Text) -> Response {
    told(app, who, StatusCode::INTERNAL_SERVER_ERROR, &text!("Máy có lỗi", "The machine failed"), why)
}

fn told(app: &App, who: &Who, status: StatusCode, title: &Text, why: &Text) -> Response {
    let body = html! {
        p.said role="alert" { (sentence(why.get(who.lang))) }
        p { a.button href="/" { (text!("Về trang Hôm nay", "Back to Today").get(who.lang)) } }
    };
    page(app, who, Page { title: title.clone(), status }, &body)
}
