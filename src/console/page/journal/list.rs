//! The rows: the look back, what is asked for, one row for an occurrence under the day it belongs to, and the way further
//! back.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use jiff::civil::Date;
use maud::{Markup, html};

use super::super::report;
use super::asked::{OUTCOMES, RowsAsked, Show};
use super::people::ActsLeaf;
use super::{proof, read, words};
use crate::app::App;
use crate::diag::{Lang, Text, figure, plain, text};
use crate::fact::{Entry, EntryKind};
use crate::fields::Fields;
use crate::gate::Who;
use crate::instant::Wall;
use crate::journal::{Bookmark, JournalError, Names, Reader, export, looking_back, today};
use crate::plan::weekday_name;
use crate::report::{Occurrence, joined};
use crate::sentence::capital;
use crate::shell::{self, Page};
use crate::station::Station;
use crate::typed;

/// Rows of the journal on a page: four zones and thirteen airings make a day.
const ROWS: usize = 120;

/// Rows that are looked at for one page; a filter that lets little through is followed page by page.
const LOOKED_MOST: u32 = 4_000;

/// What a page shows.
struct Leaf {
    rows: Vec<Entry>,
    next: Option<Bookmark>,
    back: Option<Text>,
    is_stale: bool,
}

/// The rows that are asked for.
pub(super) async fn list(State(app): State<App>, who: Who, RawQuery(query): RawQuery) -> Response {
    let fields = Fields::read(query.unwrap_or_default().as_bytes());
    let (look, now, lang) = (app.look().await, app.now().wall, who.lang);
    let station = &look.world.station;
    let asked = RowsAsked::read(&fields, station, now);
    let names = names(&app, &look.world);
    let is_of_people = asked.show == Show::Acts && asked.said.is_none();
    let acts = if is_of_people {
        Some(ActsLeaf::read(&app, &asked, fields.get("before"), &station.timezone).await)
    } else {
        None
    };
    let is_rows = asked.said.is_none() && !is_of_people;
    let leaf = if is_rows { leaf(&app, &asked, station, now).await.map(Some) } else { Ok(None) };
    let body = html! {
        @if let Ok(Some(Leaf { back: Some(back), .. })) = &leaf { p.sum { (back.get(lang)) } }
        @if leaf.is_ok() { (proof::said(app.proof(), app.site(), app.now(), &station.timezone, lang).await) }
        (waiting(&app, lang))
        (report::buttons(station, now, lang))
        p.actions { a.button href="/journal/heard" { (text!("Có người hỏi: lúc ấy phát gì?", "Somebody asks: what played then?").get(lang)) } }
        (form(&asked, station, lang))
        @if let Some(acts) = &acts { (acts.drawn(&asked, &station.timezone, &who)) }
        @match &leaf {
            Err(why) => p.said role="alert" { (why.get(lang)) "." },
            Ok(None) => {},
            Ok(Some(leaf)) => (rows(leaf, &asked, station, &names, lang)),
        }
    };
    shell::page(&app, &who, Page::of(text!("Nhật ký", "Journal")), &body)
}

/// Rows that the station could not write yet stand on no page.
fn waiting(app: &App, lang: Lang) -> Markup {
    let status = app.door().status();
    let rows =
        status.as_ref().filter(|status| status.journal.writes == Some(false)).map_or(0, |one| one.journal.waiting);
    html! {
        @if rows > 0 { p.said.bad role="alert" { (text!(
            "Chưa ghi được nhật ký: {rows} dòng mới nhất đang chờ nên chưa có ở đây và trong sổ in. Loa vẫn phát.",
            "The journal cannot be written: the newest rows wait ({rows}), and are neither here nor in a printed book. Sound goes on."
        ).get(lang)) } }
    }
}

/// What zones, campaigns and sounds are called.
pub(crate) fn names(app: &App, world: &crate::player::World) -> Names {
    crate::report::names(&world.station, &world.schedule, app.own_accounts())
}

async fn leaf(app: &App, asked: &RowsAsked, station: &Station, now: Wall) -> Result<Leaf, Text> {
    let (asked, tz) = (asked.clone(), station.timezone.clone());
    read(app, move |reader| {
        let (from, to) = (asked.begins(&tz), asked.ends(&tz));
        let (rows, next) = page(reader, &asked, from, (asked.place.unwrap_or(Bookmark::before(to)), ROWS))?;
        let mut airings = reader.airings(today(now, &tz), now)?;
        let horns = reader.horns(today(now, &tz))?;
        for row in &mut airings {
            horns.mark(row);
        }
        let back = looking_back(&airings, &reader.uncounted(today(now, &tz))?, now, &tz);
        Ok::<_, JournalError>(Leaf { rows, next, back, is_stale: reader.is_stale() })
    })
    .await
}

/// A page of rows from `place` on, and where the next one begins. What stands at one moment is on one page.
pub(crate) fn page(
    reader: &Reader,
    asked: &RowsAsked,
    from: Wall,
    (place, most): (Bookmark, usize),
) -> Result<(Vec<Entry>, Option<Bookmark>), JournalError> {
    let mut rows: Vec<Entry> = Vec::new();
    let moment = |row: &Entry| row.planned.or(row.started).unwrap_or(row.written);
    let horns = reader.horns(from)?;
    let next = reader.back(from, place, LOOKED_MOST, |mut entry| {
        horns.mark(&mut entry);
        let is_full = rows.len() >= most && rows.last().is_some_and(|last| moment(last) != moment(&entry));
        if !is_full && asked.wants(&entry) {
            rows.push(entry);
        }
        !is_full
    })?;
    Ok((rows, next))
}

fn form(asked: &RowsAsked, station: &Station, lang: Lang) -> Markup {
    let tabs = |show: Show| RowsAsked { show, outcome: None, ..asked.clone() }.written();
    html! {
        nav.tabs aria-label=(text!("Loại dòng", "Kinds of rows").get(lang)) {
            @for show in Show::ALL {
                a href={ "/journal?" (tabs(show)) } aria-current=[(show == asked.show).then_some("true")] {
                    (show.title().get(lang))
                }
            }
        }
        @if let Some(said) = &asked.said { p.said role="alert" { (said.get(lang)) } }
        details.filter open[asked.said.is_some()] {
            summary { (text!("Chọn ngày, cụm loa, kết quả, người", "Choose days, zone, outcome, person").get(lang)) }
            form method="get" action="/journal" {
                input type="hidden" name="show" value=(asked.show.name());
                label { (text!("Từ ngày", "From").get(lang))
                    input name="from" value=(typed::date(asked.from)) inputmode="numeric" required; }
                label { (text!("Đến hết ngày", "To the end of").get(lang))
                    input name="to" value=(typed::date(asked.to)) inputmode="numeric" required; }
                (zones(&asked.zone, station, lang))
                @if asked.show == Show::Airings {
                    label { (text!("Kết quả", "Outcome").get(lang))
                        select name="outcome" {
                            option value="" { (text!("Mọi kết quả", "Any").get(lang)) }
                            @for (name, outcome) in OUTCOMES {
                                option value=(name) selected[asked.outcome == Some(outcome)] { (export::outcome(outcome).get(lang)) }
                            }
                        }
                    }
                }
                label { (text!("Người ra lệnh hay duyệt", "Who ordered or approved").get(lang))
                    input name="who" value=(asked.who) maxlength="80"; }
                button.main { (text!("Xem", "Show").get(lang)) }
            }
        }
    }
}

/// The zones and groups of the station, to choose one.
pub(super) fn zones(chosen: &str, station: &Station, lang: Lang) -> Markup {
    let is_known =
        chosen.is_empty() || station.zones.iter().any(|zone| zone.id == chosen) || station.groups.contains_key(chosen);
    html! {
        label { (text!("Cụm loa", "Zone").get(lang))
            select name="zone" {
                option value="" { (text!("Mọi cụm loa", "All zones").get(lang)) }
                @for zone in &station.zones {
                    option value=(zone.id) selected[zone.id == chosen] { (zone.title) }
                }
                @for group in station.groups.keys() {
                    option value=(group) selected[group == chosen] { (text!("Nhóm", "Group").get(lang)) " " (group) }
                }
                @if !is_known { option value=(chosen) selected { (chosen) } }
            }
        }
    }
}

fn rows(leaf: &Leaf, asked: &RowsAsked, station: &Station, names: &Names, lang: Lang) -> Markup {
    let order: Vec<String> = station.zones.iter().map(|zone| zone.id.clone()).collect();
    let told = joined(leaf.rows.clone());
    let tz = &station.timezone;
    let day = |one: &Occurrence| {
        let row = one.told();
        row.planned.or(row.started).unwrap_or(row.written)
    };
    let mut days: Vec<(Date, Wall, Vec<&Occurrence>)> = Vec::new();
    for one in &told {
        let date = day(one).zoned(tz).date();
        match days.last_mut() {
            Some((known, _, ones)) if *known == date => ones.push(one),
            _ => days.push((date, day(one), vec![one])),
        }
    }
    let query = asked.written();
    html! {
        @if leaf.is_stale { p.said { (text!(
            "Trang này không đọc được những dòng mới nhất; báo người quản trị xem quyền của thư mục state/.",
            "This page cannot read the newest rows; tell the administrator to look at the rights of state/."
        ).get(lang)) } }
        @if told.is_empty() {
            p { @if leaf.next.is_some() { (text!(
                "Trong khoảng vừa xem không có dòng nào như vậy.", "Nothing of the kind in the stretch that was looked at."
            ).get(lang)) } @else if asked.is_unfiltered() { (text!(
                "Những ngày này chưa có lượt phát nào.", "Nothing was aired in these days."
            ).get(lang)) } @else { (text!(
                "Không có dòng nào như vậy.", "There are no such rows."
            ).get(lang)) } }
        }
        @for (_, at, ones) in &days {
            section {
                h2 { (capital(weekday_name(*at, tz).get(lang))) " " (figure::date(*at, tz).get(lang)) }
                ol.moments { @for one in ones { (row(one, station, names, &order, lang)) } }
            }
        }
        p.actions {
            @if let Some(next) = leaf.next {
                a.button href={ "/journal?" (query) "&at=" (next.written()) } { (text!("Xem tiếp những dòng trước đó", "Earlier rows").get(lang)) }
            }
            @if asked.place.is_some() {
                a.button href={ "/journal?" (query) } { (text!("Về những dòng mới nhất", "Back to the newest").get(lang)) }
            }
        }
        p.actions {
            a.button href={ "/journal/table.xlsx?" (query) } { (text!("Tải về cho Excel", "Download for Excel").get(lang)) }
            a.button href={ "/journal/table.csv?" (query) } { (text!("Tải về dạng CSV", "Download as CSV").get(lang)) }
        }
    }
}

fn row(one: &Occurrence, station: &Station, names: &Names, order: &[String], lang: Lang) -> Markup {
    let entry = one.told();
    let zones = if one.covers(order) {
        text!("mọi cụm loa", "all zones").get(lang).to_owned()
    } else {
        one.zones(names, order)
    };
    let at = words::when(entry);
    let late = entry.planned.filter(|planned| {
        entry.kind == EntryKind::Airing
            && figure::clock(*planned, &station.timezone) != figure::clock(at, &station.timezone)
    });
    html! {
        li { a.moment.across href={ "/journal/row/" (entry.seq) } {
            span.time { (at.zoned(&station.timezone).strftime("%H:%M").to_string()) }
            span.what { span.title { (plain(&names.title(entry, lang))) } @if !zones.is_empty() { " " small.where { (plain(&zones)) } } }
            span.came.(words::kind(entry)) {
                @if entry.kind == EntryKind::Airing { (words::outcomes(entry, &one.rows().iter()).get(lang)) }
                @if let Some(why) = words::why(entry, &names.own) { @if entry.outcome.is_some() { ": " } (why.get(lang)) }
                @if let Some(planned) = late.filter(|_| entry.started.is_some()) {
                    " (" (text!("dự kiến", "planned").get(lang)) " " (figure::clock(planned, &station.timezone)) ")"
                }
            }
        } }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::fact::Outcome;
    use crate::fields::Fields;
    use crate::journal::Journal;

    /// 2026-11-30T07:53:20+07:00.
    const NOW: Wall = Wall::from_secs(1_796_000_000);

    #[test]
    fn a_page_reads_so_many_rows_and_no_more_however_many_there_are_and_whatever_is_asked() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal.db");
        let station = Station::default();
        {
            let mut journal = Journal::open_loose(&path, NOW, &station.timezone).unwrap().journal;
            let row = |ix: u64| Entry {
                kind: EntryKind::Airing,
                written: NOW - Duration::from_secs(20 * ix),
                planned: Some(NOW - Duration::from_secs(20 * ix)),
                zone: Some("thon-1".into()),
                broadcast: Some("ban-tin".into()),
                outcome: Some(if ix == 9_000 { Outcome::Refused } else { Outcome::Played }),
                ..Entry::default()
            };
            journal.batch(|batch| (0..20_000).rev().try_for_each(|ix| batch.note(&row(ix)).map(drop))).unwrap();
        }
        let reader = Reader::open(&path).unwrap().unwrap();
        let turn = |query: &str| {
            let asked = RowsAsked::read(&Fields::read(query.as_bytes()), &station, NOW);
            assert_eq!(asked.said, None);
            let (from, mut place) = (asked.begins(&station.timezone), Bookmark::before(asked.ends(&station.timezone)));
            let mut pages = Vec::new();
            loop {
                let (rows, next) = page(&reader, &asked, from, (place, ROWS)).unwrap();
                pages.push(rows.len());
                match next {
                    Some(next) if pages.len() < 5 => place = next,
                    _ => return pages,
                }
            }
        };
        assert_eq!(turn("from=2026-10-01&to=2026-12-01"), [ROWS; 5]);
        // One in twenty thousand: found on the way, and no page looks at more than its share.
        assert_eq!(turn("from=2026-10-01&to=2026-12-01&outcome=refused"), [0, 0, 1, 0, 0]);
    }
}
