//! Somebody complains of a time and a place: what played there then, that nothing of this station did, or that the journal
//! cannot say. Each of the three is said only where it is known.

use std::time::Duration;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::{list, read, words};
use crate::app::App;
use crate::diag::{Lang, Text, figure, plain, text};
use crate::fact::{Entry, EntryKind};
use crate::fields::Fields;
use crate::gate::Who;
use crate::instant::Wall;
use crate::journal::{Bookmark, JournalError, Names, Reader};
use crate::reason::{Reason, Span};
use crate::shell::{self, Page};
use crate::station::{Station, ZoneIx};
use crate::typed::time_of;
use crate::typed::{self, date_behind};

/// A person's watch, and his memory.
const ABOUT: Duration = Duration::from_mins(10);

/// Nothing sounds longer, and nothing waits longer.
const BACK: Duration = Duration::from_hours(24);

/// Rows that are looked at around the time.
const LOOKED_MOST: u32 = 20_000;

/// What a start writes first tells how long the station was off.
const NEXT_MOST: u32 = 300;

/// A station that is on says so each minute.
const SIGN_OF_LIFE: Duration = Duration::from_mins(2);

/// What the journal knows of a minute.
#[derive(Clone, PartialEq, Debug, Default)]
struct Known {
    /// What sounded in it.
    then: Vec<Entry>,
    /// What sounded, or was to, about that time.
    about: Vec<Entry>,
    /// The station was off, from when to when.
    off: Option<Span>,
    /// The clock was not believed at that time.
    is_clock_doubted: bool,
    /// Rows are missing since the disk could not write.
    has_gap: bool,
    /// The journal begins behind it, then.
    begins: Option<Wall>,
    /// The station gave its last sign of life before it, then.
    last_alive: Option<Wall>,
}

/// What is asked: a minute, and the zones.
struct Question {
    at: Wall,
    zones: Vec<String>,
}

/// Date, minute, place: what played?
pub(super) async fn heard(State(app): State<App>, who: Who, RawQuery(query): RawQuery) -> Response {
    let fields = Fields::read(query.unwrap_or_default().as_bytes());
    let (look, lang, now) = (app.look().await, who.lang, app.now().wall);
    let station = &look.world.station;
    let question =
        (!fields.get("day").is_empty() || !fields.get("time").is_empty()).then(|| question(&fields, station, now));
    let answer = match question {
        None => html! {},
        Some(Err(said)) => html! { p.said role="alert" { (said.get(lang)) } },
        Some(Ok(Question { at, zones })) => {
            let tz = station.timezone.clone();
            let asked = zones.clone();
            match read(&app, move |reader| known(reader, at, &asked, now, &tz)).await {
                Err(why) => html! { p.said role="alert" { (why.get(lang)) "." } },
                Ok(known) => {
                    let sounding = sounding(&app, at, now, &zones);
                    answer(&known, sounding.as_deref(), at, station, &list::names(&app, &look.world), lang)
                }
            }
        }
    };
    let today = now.zoned(&station.timezone).date();
    let day = date_behind(fields.get("day"), today).unwrap_or(today);
    let body = html! {
        div.answer aria-live="polite" { (answer) }
        form.narrow method="get" action="/journal/heard" {
            label { (text!("Ngày", "Date").get(lang))
                input name="day" value=(typed::date(day)) inputmode="numeric" required maxlength="20"; }
            label { (text!("Lúc, ví dụ 05:30 hoặc 17h15", "Time, such as 05:30").get(lang))
                input name="time" value=(fields.get("time")) inputmode="text" required maxlength="20"; }
            (list::zones(fields.get("zone"), station, lang))
            button.main { (text!("Xem lúc ấy phát gì", "See what played then").get(lang)) }
        }
        p { a.back href="/journal" { (text!("Về nhật ký", "Back to the journal").get(lang)) } }
    };
    shell::page(&app, &who, Page::of(text!("Lúc ấy phát gì?", "What played then?")), &body)
}

fn question(fields: &Fields, station: &Station, now: Wall) -> Result<Question, Text> {
    let today = now.zoned(&station.timezone).date();
    let day = date_behind(fields.get("day"), today).ok_or_else(typed::bad_date)?;
    let time = time_of(fields.get("time")).ok_or_else(typed::bad_time)?;
    let at = DateTime::from_parts(day, time).to_zoned(station.timezone.clone());
    let at: Wall = at.map_or(Wall::MAX, |at| at.timestamp().into());
    if at > now {
        return Err(text!("Lúc ấy chưa đến. Xin chọn lại.", "That time is still to come. Choose again."));
    }
    let zones = match fields.get("zone") {
        "" => Vec::new(),
        name => match station.find(name) {
            Ok(zones) => {
                let id = |ZoneIx(place): ZoneIx| station.zones.get(usize::from(place)).map(|zone| zone.id.clone());
                zones.into_iter().filter_map(id).collect()
            }
            Err(_) => vec![name.to_owned()],
        },
    };
    Ok(Question { at, zones })
}

/// What the journal knows of the minute that begins at `at`.
fn known(reader: &Reader, at: Wall, zones: &[String], now: Wall, tz: &TimeZone) -> Result<Known, JournalError> {
    let mut known = Known::default();
    let end = at + Duration::from_mins(1);
    let mut clock_said = false;
    reader.back(at - BACK, Bookmark::before(end + ABOUT), LOOKED_MOST, |entry| {
        if entry.kind == EntryKind::Note {
            let is_before = entry.written < end;
            match &entry.reason {
                Some(Reason::ClockUntrusted(_)) if is_before && !clock_said => {
                    (known.is_clock_doubted, clock_said) = (true, true);
                }
                Some(Reason::ClockTrusted(_) | Reason::ClockConfirmed(_)) if is_before => clock_said = true,
                _ => {}
            }
        } else if zones.is_empty() || entry.zone.as_ref().is_some_and(|zone| zones.contains(zone)) {
            known.add(entry, at, end);
        }
        true
    })?;
    for entry in reader.written_from(at, NEXT_MOST)? {
        match &entry.reason {
            Some(Reason::StationOff(off)) => {
                let spans = |span: &Span| span.from <= local(end, tz) && local(at, tz) <= span.to;
                known.off = known.off.or(off.span.filter(spans));
            }
            Some(Reason::JournalGap(_)) => known.has_gap = true,
            _ => {}
        }
    }
    known.begins = reader.first()?.map(|first| first.written).filter(|first| *first > end);
    known.last_alive = reader.alive()?.filter(|alive| at > *alive + SIGN_OF_LIFE && now > *alive + SIGN_OF_LIFE);
    // As a village tells it: in the order in which it was heard.
    known.then.reverse();
    known.about.reverse();
    Ok(known)
}

fn local(at: Wall, tz: &TimeZone) -> DateTime {
    at.zoned(tz).datetime()
}

impl Known {
    fn add(&mut self, entry: Entry, at: Wall, end: Wall) {
        let planned = entry.planned.unwrap_or(entry.written);
        let (from, to) = match (entry.started, entry.heard()) {
            (Some(_), Some(heard)) => (heard.from, heard.to),
            _ => (planned, planned),
        };
        if entry.started.is_some() && from < end && to > at {
            self.then.push(entry);
        } else if from < end + ABOUT && to > at - ABOUT {
            self.about.push(entry);
        }
    }

    /// Whether silence can be told from not knowing.
    fn knows(&self) -> bool {
        self.off.is_none() && !self.has_gap && self.begins.is_none() && self.last_alive.is_none()
    }
}

/// What sounds now in one of the zones, where it began before the minute that is asked for: it has no row yet.
fn sounding(app: &App, at: Wall, now: Wall, zones: &[String]) -> Option<String> {
    if now.after(at) > BACK {
        return None;
    }
    let status = app.door().status()?;
    let mut of_these = status.zones.iter().filter(|zone| zones.is_empty() || zones.contains(&zone.zone));
    of_these.find_map(|zone| {
        let playing = zone.playing.as_ref()?;
        let started: jiff::Timestamp = playing.started.parse().ok()?;
        (Wall::from(started) < at + Duration::from_mins(1)).then(|| playing.title.clone())
    })
}

fn answer(known: &Known, sounding: Option<&str>, at: Wall, station: &Station, names: &Names, lang: Lang) -> Markup {
    let tz = &station.timezone;
    let when = figure::moment(at, tz);
    html! {
        h2 { (when.get(lang)) }
        ul.moments { @for entry in &known.then { (told(entry, tz, names, lang)) } }
        @if let Some(title) = sounding {
            p { strong { (plain(title)) } " " (text!("đang phát từ trước lúc ấy đến giờ.", "began before then and still plays.").get(lang)) }
        }
        @if known.then.is_empty() && sounding.is_none() { (nothing(known, tz, lang)) }
        @if known.is_clock_doubted { p.said { (text!(
            "Lúc ấy đồng hồ của đài chưa đáng tin: giờ trong nhật ký có thể lệch.",
            "The station's clock was not trusted then: the times in the journal may be off."
        ).get(lang)) } }
        @if !known.about.is_empty() {
            h3 { (text!("Trong khoảng mười phút trước và sau", "Within ten minutes of it").get(lang)) }
            ul.moments { @for entry in &known.about { (told(entry, tz, names, lang)) } }
        }
        p.hint { (text!(
            "Nhật ký ghi những gì đài này đưa ra loa. Tiếng từ nguồn khác, hay loa tự kêu rè, nhật ký không biết.",
            "The journal has what this station sent to its horns. Of sound from elsewhere, or a horn that crackles by itself, it knows nothing."
        ).get(lang)) }
    }
}

/// `«Bản tin sáng» ở Thôn 3, từ 05:30:00 đến 05:34:10`.
fn told(entry: &Entry, tz: &TimeZone, names: &Names, lang: Lang) -> Markup {
    let zone = plain(names.zone(entry.zone.as_deref().unwrap_or_default())).into_owned();
    let clock = |at: Wall| at.zoned(tz).strftime("%H:%M:%S").to_string();
    let time = if let Some(heard) = entry.started.and_then(|_| entry.heard()) {
        let (from, to) = (clock(heard.from), clock(heard.to));
        text!("{zone}, từ {from} đến {to}", "{zone}, from {from} to {to}")
    } else {
        let planned = clock(entry.planned.unwrap_or(entry.written));
        text!("{zone}, dự kiến {planned}", "{zone}, planned for {planned}")
    };
    html! {
        li { a.moment.dated href={ "/journal/row/" (entry.seq) } {
            span.what { (plain(&names.title(entry, lang))) " " small.where { (time.get(lang)) } }
            span.came.(words::kind(entry)) {
                (words::outcome(entry).get(lang))
                @if let Some(why) = words::why(entry, &names.own) { @if entry.outcome.is_some() { ": " } (why.get(lang)) }
            }
        } }
    }
}

/// Nothing stands in the journal: because nothing played, or because it does not know.
fn nothing(known: &Known, tz: &TimeZone, lang: Lang) -> Markup {
    let moment = |at: DateTime| {
        at.to_zoned(tz.clone()).map_or_else(|_| text!("?", "?"), |at| figure::moment(at.timestamp().into(), tz))
    };
    let said = match known {
        Known { off: Some(Span { from, to }), .. } => text!(
            from = moment(*from), to = moment(*to);
            "Nhật ký không biết: đài không hoạt động từ {from} đến {to}. Máy này không đưa gì ra loa trong lúc ấy.",
            "The journal does not know: the station was off from {from} to {to}. This machine sent nothing to the horns meanwhile."
        ),
        Known { begins: Some(begins), .. } => text!(
            begins = figure::moment(*begins, tz);
            "Nhật ký không biết: dòng đầu tiên ghi lúc {begins}.",
            "The journal does not know: its first row was written at {begins}."
        ),
        Known { last_alive: Some(alive), .. } => text!(
            alive = figure::moment(*alive, tz);
            "Nhật ký không biết: lần cuối đài báo còn chạy là {alive}.",
            "The journal does not know: the station gave its last sign of life at {alive}."
        ),
        Known { has_gap: true, .. } => text!(
            "Nhật ký không biết chắc: sau lúc ấy ổ đĩa có lúc không ghi được, nhật ký thiếu dòng.",
            "The journal is not sure: after that the disk could not write for a while, and rows are missing."
        ),
        _ => text!("Không có gì phát ở đây lúc ấy.", "Nothing played here at that time."),
    };
    html! { p.said[!known.knows()] { strong { (said.get(lang)) } } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::Outcome;
    use crate::journal::Journal;

    /// 2026-11-30T07:53:00+07:00.
    const NOW: Wall = Wall::from_secs(1_795_999_980);

    fn ago(minutes: u64) -> Wall {
        NOW - Duration::from_secs(minutes * 60)
    }

    fn zone() -> TimeZone {
        TimeZone::get("Asia/Ho_Chi_Minh").unwrap()
    }

    fn note(minutes: u64, reason: &str) -> Entry {
        Entry { written: ago(minutes), reason: Some(reason.into()), ..Entry::default() }
    }

    fn airing(zone: &str, planned: u64, length: Option<u64>) -> Entry {
        Entry {
            kind: EntryKind::Airing,
            written: ago(planned.saturating_sub(length.unwrap_or(0))),
            zone: Some(zone.into()),
            broadcast: Some("ban-tin".into()),
            planned: Some(ago(planned)),
            started: length.map(|_| ago(planned)),
            ended: length.map(|length| ago(planned - length)),
            outcome: Some(if length.is_some() { Outcome::Played } else { Outcome::Missed }),
            ..Entry::default()
        }
    }

    fn asked(rows: &[Entry], minutes: u64, zones: &[&str]) -> (Known, String) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal.db");
        let mut journal = Journal::open_loose(&path, ago(600), &zone()).unwrap().journal;
        for row in rows {
            journal.note(row).unwrap();
        }
        journal.batch(|batch| batch.alive(NOW)).unwrap();
        drop(journal);
        let reader = Reader::open(&path).unwrap().unwrap();
        let zones: Vec<String> = zones.iter().map(|&zone| zone.to_owned()).collect();
        let known = known(&reader, ago(minutes), &zones, NOW, &zone()).unwrap();
        let said = nothing(&known, &zone(), Lang::Vi).into_string();
        (known, said)
    }

    #[test]
    fn what_sounded_in_the_minute_is_found_in_the_zone_that_was_asked_for() {
        let rows = [
            note(500, "started"),
            airing("thon-1", 60, Some(5)),
            airing("thon-2", 58, None),
            note(1, "amplifier_off: a"),
        ];
        for (minutes, zones, then, about) in [
            (60, vec!["thon-1"], 1, 0),
            (57, vec!["thon-1"], 1, 0),
            (55, vec!["thon-1"], 0, 1),
            (57, vec!["thon-2"], 0, 1),
            (57, vec![], 1, 1),
            (300, vec![], 0, 0),
        ] {
            let (known, _) = asked(&rows, minutes, &zones);
            assert_eq!((known.then.len(), known.about.len()), (then, about), "{minutes} {zones:?}");
        }
    }

    #[test]
    fn silence_is_told_from_not_knowing() {
        let calm = [note(500, "started"), airing("thon-1", 60, Some(5))];
        let (known, said) = asked(&calm, 300, &["thon-1"]);
        assert!(known.knows() && said.contains("Không có gì phát"), "{said}");
        // Before the first row; while it was off.
        let (known, said) = asked(&calm, 550, &[]);
        assert!(!known.knows() && said.contains("dòng đầu tiên"), "{said}");
        let off = [note(500, "started"), note(200, "station_off: 2026-11-30 02:00:00..04:33:00")];
        let (known, said) = asked(&off, 300, &[]);
        assert!(!known.knows() && said.contains("02:00 ngày 30/11/2026"), "{said}");
        let (known, _) = asked(&off, 199, &[]);
        assert!(known.knows());
    }

    #[test]
    fn a_time_is_read_here_as_everywhere_else_and_a_bare_number_is_asked_about() {
        let station = Station::default();
        let ask = |time: &str| {
            let fields = Fields::read(format!("day=2026-11-29&time={}", crate::escaped::escaped(time)).as_bytes());
            question(&fields, &station, NOW)
                .map(|question| question.at.zoned(&station.timezone).strftime("%H:%M").to_string())
        };
        for (written, expected) in [
            ("05:30", "05:30"),
            ("5h30", "05:30"),
            ("530", "05:30"),
            ("17h", "17:00"),
            ("17 giờ", "17:00"),
            ("5 rưỡi chiều", "17:30"),
            ("1715", "17:15"),
        ] {
            assert_eq!(ask(written).as_deref(), Ok(expected), "{written}");
            assert_eq!(time_of(written).map(|time| time.strftime("%H:%M").to_string()).as_deref(), Some(expected));
        }
        // Five in the morning, five in the afternoon, or half of a time: the form asks.
        for written in ["5", "17", "25:00", "", "sáng"] {
            assert!(ask(written).is_err_and(|said| said.vi.contains("Ví dụ: 05:30")), "{written}");
        }
    }
}
