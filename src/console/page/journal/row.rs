//! One row of the journal, with all that stands in it: when, why, by whom, from which files, and the hash that holds it.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::{list, read, sound, words};
use crate::console::app::App;
use crate::console::gate::Who;
use crate::console::shell::{self, Page};
use crate::diag::{Lang, Text, figure, plain, text};
use crate::fact::{Entry, EntryKind};
use crate::journal::{Bookmark, JournalError, Names, export, seal};
use crate::station::Station;

/// Rows of one moment that are looked at for the other zones of an airing.
const BESIDE_MOST: u32 = 1_000;

/// A row, those of the same airing in other zones, and which of its files can still be heard.
type Found = (Entry, Vec<Entry>, Vec<bool>);

/// All of one row.
pub(super) async fn row(State(app): State<App>, who: Who, Path(seq): Path<u64>) -> Response {
    let (lang, dir) = (who.lang, app.dir().to_owned());
    let found = read(&app, move |reader| {
        let Some(mut entry) = reader.row(seq)? else { return Ok::<_, JournalError>(None) };
        let mut beside = beside(reader, &entry)?;
        let horns = reader.horns(entry.planned.unwrap_or(entry.written))?;
        std::iter::once(&mut entry).chain(&mut beside).for_each(|row| horns.mark(row));
        let heard = entry.audio.iter().map(|audio| sound::is_there(&dir, audio)).collect();
        Ok(Some((entry, beside, heard)))
    })
    .await;
    let found = match found {
        Ok(Some(found)) => found,
        Ok(None) => {
            let page =
                Page { title: text!("Không có dòng này", "There is no such row"), status: StatusCode::NOT_FOUND };
            return shell::page(&app, &who, page, &back(lang));
        }
        Err(why) => return shell::refused(&app, &who, &why),
    };
    let look = app.look().await;
    let names = list::names(&app, &look.world);
    let title = plain(&names.title(&found.0, lang)).into_owned();
    let body = html! {
        (facts(&found, &look.world.station, &names, lang))
        (files(&found, lang))
        (others(&found.1, &names, lang))
        (back(lang))
    };
    shell::page(&app, &who, Page::of(Text { vi: title.clone(), en: title }), &body)
}

/// The same airing in other zones.
fn beside(reader: &crate::journal::Reader, entry: &Entry) -> Result<Vec<Entry>, JournalError> {
    let (EntryKind::Airing, Some(planned), Some(broadcast)) = (entry.kind, entry.planned, &entry.broadcast) else {
        return Ok(Vec::new());
    };
    let mut others = Vec::new();
    let moment = std::time::Duration::from_millis(1);
    reader.back(planned, Bookmark::before(planned + moment), BESIDE_MOST, |other| {
        if other.seq != entry.seq && other.broadcast.as_ref() == Some(broadcast) {
            others.push(other);
        }
        true
    })?;
    others.reverse();
    Ok(others)
}

fn back(lang: Lang) -> Markup {
    html! { p { a.back href="/journal" { (text!("Về nhật ký", "Back to the journal").get(lang)) } } }
}

fn facts((entry, ..): &Found, station: &Station, names: &Names, lang: Lang) -> Markup {
    let tz = &station.timezone;
    let person = |by: &str| names.own.named(by, lang);
    let fact = |name: Text, value: Option<String>| {
        html! {
            @if let Some(value) = value { dt { (name.get(lang)) } dd { (plain(&value)) } }
        }
    };
    let at = |at: Option<crate::instant::Wall>| at.map(|at| words::instant(at, tz).get(lang).to_owned());
    let length = |seconds: Option<f64>| seconds.map(|seconds| words::length(seconds).get(lang).to_owned());
    html! {
        @if entry.kind == EntryKind::Airing {
            p.{ "came " (words::kind(entry)) } {
                strong.mark { (words::outcome(entry).get(lang)) }
                @if let Some(why) = words::why(entry, &names.own) { ": " (why.get(lang)) }
            }
        } @else if let Some(why) = words::why(entry, &names.own) {
            p { (why.get(lang)) }
        }
        dl.facts {
            (fact(text!("Cụm loa", "Zone"), entry.zone.as_deref().map(|id| names.zone(id).to_owned())))
            (fact(text!("Dự kiến", "Planned"), at(entry.planned)))
            (fact(text!("Bắt đầu", "Started"), at(entry.started)))
            (fact(text!("Lệch giờ", "Start error"), entry.start_error_ms.map(|error| {
                text!(error = figure::decimal(error, 1); "{error} mili giây", "{error} ms").get(lang).to_owned()
            })))
            (fact(text!("Kết thúc", "Ended"), at(entry.ended)))
            (fact(text!("Dài dự kiến", "Length planned"), length(entry.seconds_planned)))
            (fact(text!("Đã phát", "Played"), length(entry.seconds_played)))
            (fact(text!("Loại bản tin", "Class"), entry.class.map(|class| export::class(class).get(lang).to_owned())))
            (fact(text!("Đợt tuyên truyền", "Campaign"), entry.campaign.as_deref().map(|id| names.campaign(id).to_owned())))
            (fact(text!("Người ra lệnh", "Ordered by"), words::who(entry).map(person)))
            (fact(text!("Số lệnh", "Order"), entry.order.clone()))
            (fact(text!("Người duyệt", "Approved by"), entry.approved_by.as_deref().map(person)))
            (fact(text!("Ghi lúc", "Written"), at(Some(entry.written))))
            (fact(text!("Số dòng", "Row"), Some(words::count(entry.seq).get(lang).to_owned())))
            (fact(text!("Mã chép vào sổ", "Code for the book"), Some(seal(entry.seq, &entry.hash))))
        }
        details { summary { (text!("Mã băm đầy đủ của dòng này", "The whole hash of this row").get(lang)) } p.code { (entry.hash) } }
    }
}

fn files((entry, _, heard): &Found, lang: Lang) -> Markup {
    let was_heard = entry.seconds_played.is_some_and(|seconds| seconds > 0.0);
    html! {
        @if !entry.audio.is_empty() {
            section.files {
                h2 { @if was_heard { (text!("Đã phát từ các tệp này", "Played from these files").get(lang)) }
                    @else { (text!("Các tệp lẽ ra được phát", "Files that were to be played").get(lang)) } }
                @for (place, (audio, heard)) in entry.audio.iter().zip(heard).enumerate() {
                    article {
                        h3 { (plain(&audio.file)) }
                        @if *heard {
                            audio controls preload="none" aria-label=(audio.file)
                                src={ "/journal/row/" (entry.seq) "/sound/" (place) } {}
                            p.hint { (text!(
                                "Đúng tệp mà nhật ký ghi, như được nộp; đài chỉnh to nhỏ khi phát.",
                                "The very file that stands in the journal, as it was handed in; the station sets the volume when it plays."
                            ).get(lang)) }
                        } @else {
                            p.said { (text!(
                                "Tệp ấy không còn trên máy này: đã bị thay hai lần, bị xóa, hoặc nằm ở nơi khác.",
                                "That file is not on this machine any more: replaced twice, deleted, or kept elsewhere."
                            ).get(lang)) }
                        }
                        details { summary { "SHA-256" } p.code { (audio.sha256) } }
                    }
                }
            }
        }
    }
}

fn others(beside: &[Entry], names: &Names, lang: Lang) -> Markup {
    html! {
        @if !beside.is_empty() {
            h2 { (text!("Cùng lượt này ở cụm loa khác", "The same in other zones").get(lang)) }
            ul.moments {
                @for other in beside {
                    li { a.moment.dated href={ "/journal/row/" (other.seq) } {
                        span.what { (plain(other.zone.as_deref().map(|id| names.zone(id)).unwrap_or_default())) }
                        span.came.(words::kind(other)) {
                            (words::outcome(other).get(lang))
                            @if let Some(why) = words::why(other, &names.own) { ": " (why.get(lang)) }
                        }
                    } }
                }
            }
        }
    }
}
