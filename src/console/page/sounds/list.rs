//! All sounds: name, length, verdict, next airing, where used; the versions of one in several languages side by side.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use maud::{Markup, html};

use super::stock::{Quality, SoundStock};
use crate::app::App;
use crate::checkup::alarms::of_an_alarm;
use crate::diag::{Lang, Text, fold, text};
use crate::escaped::escaped;
use crate::fields::Fields;
use crate::shell::{self, Page};
use crate::upload::note::HandState as Stage;
use crate::who::Who;

/// Rows of one page: a phone draws them at once.
const ROWS: usize = 60;

/// Which sounds are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Show {
    All,
    Better,
    Unused,
    Away,
}

impl Show {
    const ALL: [(Self, &'static str); 4] =
        [(Self::All, ""), (Self::Better, "better"), (Self::Unused, "unused"), (Self::Away, "away")];

    fn of(word: &str) -> Self {
        Self::ALL.into_iter().find(|(_, own)| *own == word).map_or(Self::All, |(show, _)| show)
    }

    fn text(self) -> Text {
        match self {
            Self::All => text!("Tất cả", "All"),
            Self::Better => text!("Cần xem lại", "To be looked at"),
            Self::Unused => text!("Chưa dùng", "Not used"),
            Self::Away => text!("Đã cất", "Put away"),
        }
    }
}

pub(super) async fn list(State(app): State<App>, who: Who, uri: Uri) -> Response {
    let asked = Fields::read(uri.query().unwrap_or_default().as_bytes());
    let (words, show) = (asked.get("q").to_owned(), Show::of(asked.get("show")));
    let page: usize = asked.get("page").parse().unwrap_or(1).max(1);
    let stock = SoundStock::of(&app).await;
    let lang = who.lang;
    let bare = fold(&words);
    let is_meant = |file: &str| bare.is_empty() || fold(file).contains(&bare);
    let files: Vec<&str> = match show {
        Show::Away => stock.kept.iter().map(String::as_str).filter(|file| is_meant(file)).collect(),
        _ => stock
            .files()
            .into_iter()
            .filter(|file| is_meant(file))
            .filter(|file| show != Show::Better || stock.word(file) != Quality::Good)
            .filter(|file| {
                show != Show::Unused || (stock.uses(file).is_empty() && of_an_alarm(stock.station(), file).is_none())
            })
            .collect(),
    };
    let mut groups: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for file in &files {
        groups.entry(stock.stem(file)).or_default().push(file);
    }
    let pages = groups.len().div_ceil(ROWS).max(1);
    let page = page.min(pages);
    let body = html! {
        p.actions {
            a.button.main href="/sounds/new" { (text!("Nộp bản ghi", "Hand in").get(lang)) }
            a.button href="/sounds/read" { (text!("Máy đọc", "Synthetic voice").get(lang)) }
        }
        (on_the_way(&app, &who))
        form.inline method="get" action="/sounds" role="search" {
            label { (text!("Tìm theo tên", "Find by name").get(lang))
                input type="search" name="q" value=(words) maxlength="80"; }
            label { (text!("Xem", "Show").get(lang))
                select name="show" data-sends="" {
                    @for (one, word) in Show::ALL { option value=(word) selected[one == show] { (one.text().get(lang)) } }
                } }
            button { (text!("Xem", "Show").get(lang)) }
        }
        @if groups.is_empty() {
            p.hint { (if words.is_empty() && show == Show::All {
                text!("Chưa có bản ghi nào. Bấm «Nộp bản ghi» để thêm.", "There is no sound yet. Hand one in.")
            } else {
                text!("Không có bản ghi nào như vậy.", "There is no such sound.")
            }.get(lang)) }
        }
        ul.sounds {
            @for (stem, files) in groups.iter().skip((page - 1) * ROWS).take(ROWS) {
                li {
                    h2 { (stem) }
                    @for file in files { (version(&stock, file, show, lang)) }
                }
            }
        }
        @if pages > 1 {
            nav.pages aria-label=(text!("Các trang danh sách", "Pages of the list").get(lang)) {
                @let to = |page: usize| {
                    let word = Show::ALL.iter().find(|(one, _)| *one == show).map_or("", |(_, word)| word);
                    let mut query = form_urlencoded::Serializer::new("/sounds?".to_owned());
                    query = form_urlencoded::Serializer::for_suffix(query.finish(), "/sounds?".len());
                    query.append_pair("q", &words).append_pair("show", word).append_pair("page", &page.to_string()).finish()
                };
                @if page > 1 { a.button href=(to(page - 1)) { (text!("Trang trước", "Back").get(lang)) } }
                span { (text!("Trang {page} trên {pages}", "Page {page} of {pages}").get(lang)) }
                @if page < pages { a.button href=(to(page + 1)) { (text!("Trang sau", "On").get(lang)) } }
            }
        }
    };
    shell::page(&app, &who, Page::of(text!("Bản ghi", "Sounds")), &body)
}

/// One version of a sound.
fn version(stock: &SoundStock, file: &str, show: Show, lang: Lang) -> Markup {
    let word = stock.word(file);
    let users: Vec<&str> = stock.uses(file).into_iter().map(|broadcast| broadcast.title.as_str()).collect();
    html! {
        a.row href={ "/sounds/" (escaped(file)) } {
            span {
                @if let Some(language) = stock.language(file) { span.tag { (language) } " " }
                @if show == Show::Away {
                    (file)
                } @else {
                    span.word.(word.class()) { (word.text().get(lang)) }
                    @if let Some(length) = stock.length(file) { " · " (length.get(lang)) }
                }
            }
            @if show == Show::Away {
                small { (text!("Đã cất, lấy lại được", "Put away, can be brought back").get(lang)) }
            } @else {
                small {
                    @if let Some(next) = stock.next(file) {
                        (text!("Phát lần tới", "Plays next").get(lang)) " " (next.words.get(lang))
                    } @else if let Some(next) = stock.unapproved(file) {
                        @let (vi, en) = (&next.words.vi, &next.words.en);
                        (text!("Phải duyệt trước {vi}, nếu không thì không phát", "To be approved before {en}, or it does not play").get(lang))
                    } @else if let Some(sound) = of_an_alarm(stock.station(), file) {
                        @let Text { vi, en } = sound.role.title();
                        (text!("Dùng cho {vi}", "For {en}").get(lang))
                    } @else {
                        @let days = stock.days();
                        (text!("Chưa có lượt phát trong {days} ngày tới", "Not heard within {days} days").get(lang))
                    }
                    @if let Some(first) = users.first() {
                        " · " (text!("dùng trong", "used by").get(lang)) " " (first)
                        @if users.len() > 1 { " +" (users.len() - 1) }
                    }
                    " · " (file)
                }
            }
        }
    }
}

/// What this person has begun and not ended.
fn on_the_way(app: &App, who: &Who) -> Markup {
    let lang = who.lang;
    let own: Vec<_> =
        app.uploads().of(who.person().id).into_iter().filter(|(_, note, _)| note.state.is_open()).collect();
    html! {
        @if !own.is_empty() {
            section.card {
                h2 { (text!("Đang nộp dở", "On the way").get(lang)) }
                @for (id, note, has) in &own {
                    @let percent = ((has * 100 + note.length / 2) / note.length.max(1)).min(100);
                    p.actions {
                        a.button href={ "/sounds/upload/" (id) } { (note.sound) }
                        @match note.state {
                            Stage::Receiving => (text!("đã nhận {percent}%", "{percent}% received").get(lang)),
                            Stage::Taking => (text!("máy đang nghe", "being listened to").get(lang)),
                            _ => (text!("chờ nghe thử", "to be heard first").get(lang)),
                        }
                    }
                }
            }
        }
    }
}
