//! One row of the journal, with all that stands in it: when, why, by whom, from which files, and the hash that holds it.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::{list, read, sound, words};
use crate::app::App;
use crate::diag::{Lang, Text, figure, plain, text};
use crate::fact::{Entry, EntryKind};
use crate::gate::Who;
use crate::instant::Wall;
use crate::journal::{Bookmark, JournalError, Names, Reader, export, seal};
use crate::reason::Reason;
use crate::shell::{self, Page};
use crate::station::Station;

/// Rows of one moment that are looked at for the other zones of an airing.
const BESIDE_MOST: u32 = 1_000;

/// What was relayed is kept an hour at a time, and told a moment later.
const KEPT_WITHIN: Duration = Duration::from_mins(65);

/// A row, and what belongs to it.
struct FoundRow {
    entry: Entry,
    /// The same airing in other zones.
    beside: Vec<Entry>,
    /// What is kept of what it relayed.
    kept: Vec<Entry>,
    /// Which of its files can still be heard.
    heard: Vec<bool>,
}

/// All of one row.
pub(super) async fn row(State(app): State<App>, who: Who, Path(seq): Path<u64>) -> Response {
    let (lang, dir, look) = (who.lang, app.dir().to_owned(), app.look().await);
    let tz = look.world.station.timezone.clone();
    let found = read(&app, move |reader| {
        let Some(mut entry) = reader.row(seq)? else { return Ok::<_, JournalError>(None) };
        let mut beside = beside(reader, &entry)?;
        let horns = reader.horns(entry.planned.unwrap_or(entry.written))?;
        std::iter::once(&mut entry).chain(&mut beside).for_each(|row| horns.mark(row));
        let kept = kept(reader, &entry, &tz)?;
        let heard = entry.audio.iter().map(|audio| sound::is_there(&dir, audio)).collect();
        Ok(Some(FoundRow { entry, beside, kept, heard }))
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
    let names = list::names(&app, &look.world);
    let title = plain(&names.title(&found.entry, lang)).into_owned();
    let body = html! {
        (facts(&found, &look.world.station, &names, lang))
        (files(&found, lang))
        (relayed(&found.kept, lang))
        (others(&found.beside, &names, lang))
        (back(lang))
    };
    shell::page(&app, &who, Page::of(Text { vi: title.clone(), en: title }), &body)
}

/// The same airing in other zones.
fn beside(reader: &Reader, entry: &Entry) -> Result<Vec<Entry>, JournalError> {
    let (EntryKind::Airing, Some(planned), Some(broadcast)) = (entry.kind, entry.planned, &entry.broadcast) else {
        return Ok(Vec::new());
    };
    let mut others = Vec::new();
    let moment = Duration::from_millis(1);
    reader.back(planned, Bookmark::before(planned + moment), BESIDE_MOST, |other| {
        if other.seq != entry.seq && other.broadcast.as_ref() == Some(broadcast) {
            others.push(other);
        }
        true
    })?;
    others.reverse();
    Ok(others)
}

/// What is kept of the higher stations that an airing had.
fn kept(reader: &Reader, entry: &Entry, tz: &TimeZone) -> Result<Vec<Entry>, JournalError> {
    let (EntryKind::Airing, Some(started)) = (entry.kind, entry.started) else { return Ok(Vec::new()) };
    let ended = entry.ended.unwrap_or(entry.written);
    let (mut relays, mut kept) = (BTreeSet::new(), Vec::new());
    let from = entry.planned.map_or(started, |planned| planned.min(started));
    reader.back(from, Bookmark::before(ended + KEPT_WITHIN), BESIDE_MOST, |row| {
        match &row.reason {
            Some(Reason::Relayed(stretch)) if row.zone == entry.zone && row.broadcast == entry.broadcast => {
                relays.insert(stretch.relay.clone());
            }
            Some(Reason::RelayKept(_)) => kept.push(row),
            _ => {}
        }
        true
    })?;
    let local = |at: Wall| at.zoned(tz).datetime();
    kept.retain(|row| match &row.reason {
        Some(Reason::RelayKept(stretch)) => {
            relays.contains(&stretch.relay) && stretch.from <= local(ended) && local(started) <= stretch.to
        }
        _ => false,
    });
    kept.reverse();
    Ok(kept)
}

fn relayed(kept: &[Entry], lang: Lang) -> Markup {
    html! {
        @if !kept.is_empty() {
            h2 { (text!("Nghe lại phần tiếp sóng", "Hear again what was relayed").get(lang)) }
            ul.moments {
                @for row in kept {
                    li { a.moment.dated href={ "/journal/row/" (row.seq) } {
                        span.what { (row.reason.as_ref().map(|reason| reason.words().get(lang).to_owned()).unwrap_or_default()) }
                    } }
                }
            }
        }
    }
}

fn back(lang: Lang) -> Markup {
    html! { p { a.back href="/journal" { (text!("Về nhật ký", "Back to the journal").get(lang)) } } }
}

fn facts(FoundRow { entry, .. }: &FoundRow, station: &Station, names: &Names, lang: Lang) -> Markup {
    let tz = &station.timezone;
    let person = |by: &str| names.own.named(by, lang);
    let fact = |name: Text, value: Option<String>| {
        html! {
            @if let Some(value) = value { dt { (name.get(lang)) } dd { (plain(&value)) } }
        }
    };
    let at = |at: Option<Wall>| at.map(|at| words::instant(at, tz).get(lang).to_owned());
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

fn files(FoundRow { entry, heard, .. }: &FoundRow, lang: Lang) -> Markup {
    let was_heard = entry.seconds_played.is_some_and(|seconds| seconds > 0.0);
    let is_kept = matches!(entry.reason, Some(Reason::RelayKept(_)));
    let heading = match (is_kept, was_heard) {
        (true, _) => text!("Nghe lại", "Hear it again"),
        (_, true) => text!("Đã phát từ các tệp này", "Played from these files"),
        _ => text!("Các tệp lẽ ra được phát", "Files that were to be played"),
    };
    let hint = if is_kept {
        text!(
            "Tiếng của đài cấp trên như đã đưa ra loa, trước khi đài chỉnh to nhỏ. Chỗ im là lúc không tiếp sóng được.",
            "The higher station's sound as it went to the horns, before this station set the volume. Where it is silent, nothing was relayed."
        )
    } else {
        text!(
            "Đúng tệp mà nhật ký ghi, như được nộp; đài chỉnh to nhỏ khi phát.",
            "The very file that stands in the journal, as it was handed in; the station sets the volume when it plays."
        )
    };
    let gone = if is_kept {
        text!(
            "Bản ghi ấy không còn trên máy này: đã quá số ngày giữ, hoặc phải bỏ bớt cho đủ chỗ.",
            "That recording is not on this machine any more: its days were over, or room was needed."
        )
    } else {
        text!(
            "Tệp ấy không còn trên máy này: đã bị thay hai lần, bị xóa, hoặc nằm ở nơi khác.",
            "That file is not on this machine any more: replaced twice, deleted, or kept elsewhere."
        )
    };
    html! {
        @if !entry.audio.is_empty() {
            section.files {
                h2 { (heading.get(lang)) }
                @for (place, (audio, heard)) in entry.audio.iter().zip(heard).enumerate() {
                    article {
                        h3 { (plain(&audio.file)) }
                        @if *heard {
                            audio controls preload="none" aria-label=(audio.file)
                                src={ "/journal/row/" (entry.seq) "/sound/" (place) } {}
                            p.hint { (hint.get(lang)) }
                        } @else {
                            p.said { (gone.get(lang)) }
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
