//! The week of a zone, or of all of them: for each day its head (date, day of the moon, feasts, lawful hours, days off) and
//! its airings with what becomes of each. A list on a phone, seven columns where there is room. Worked out from the files
//! as they are; what is past is told by the journal, with the title that it had then, and with what is in no file any more.

use std::collections::{BTreeMap, HashMap};

use axum::extract::{RawQuery, State};
use axum::response::Response;
use jiff::ToSpan as _;
use jiff::civil::Date;
use maud::{Markup, html};

use super::ask::{Sight, every, work, zone_named, zone_title};
use super::came::{came, gone};
use super::turn::{filter, others, turn, unknown};
use super::verdict::verdict;
use super::{ask, said, versions};
use crate::app::App;
use crate::calendar::{Calendar, day_of, lunar_of};
use crate::daemon::WrittenPast;
use crate::diag::{Lang, Text, plain, text};
use crate::fields::Fields;
use crate::gate::Who;
use crate::instant::Wall;
use crate::page::remedy::About;
use crate::plan::{self, Airing, Verdict};
use crate::player::World;
use crate::role::Right;
use crate::schedule::{Cancel, Class, DaySet};
use crate::sentence::capital;
use crate::shell::{self, Page};
use crate::station::ZoneIx;

/// Rows that are drawn at once, on a page of some 400 KB. Twenty hamlets that hear the same thirty broadcasts a day have 210.
const ROWS_MOST: usize = 600;

/// What airings have in common that differ in their zone only: due, start, broadcast, verdict, and what is said of it.
type Alike = (Wall, Wall, String, Verdict, Option<String>);

/// What is known of what is behind.
#[derive(Clone, Copy)]
struct WeekBehind<'a> {
    now: Wall,
    journal: &'a WrittenPast,
    /// When broadcasts were last added or changed.
    touched: &'a BTreeMap<String, Wall>,
}

impl WeekBehind<'_> {
    /// The journal has nothing of it, and the files may have said something else at its time.
    fn is_newer(&self, row: &WeekRow, world: &World) -> bool {
        let touched = self.touched.get(&row.airing.broadcast.id);
        touched.is_some_and(|at| *at > row.airing.scheduled)
            && self.journal.is_silent_of(&row.airing, &row.zones, &world.station)
    }
}

/// A week, ready to be drawn.
pub(super) struct WeekSeen {
    pub(super) days: Vec<WeekDay>,
}

/// A day of it.
pub(super) struct WeekDay {
    date: Date,
    feasts: Vec<String>,
    /// Lawful hours of each zone that is shown, the same ones once.
    hours: Vec<String>,
    off: Vec<Text>,
    pub(super) rows: Vec<WeekRow>,
}

/// Airings that differ in their zone only.
pub(super) struct WeekRow {
    airing: Airing,
    pub(super) zones: Vec<ZoneIx>,
}

impl WeekSeen {
    /// The week from `monday` on, in these zones.
    pub(super) fn of(world: &World, monday: Date, zones: &[ZoneIx], lang: Lang) -> Self {
        let tz = &world.station.timezone;
        let midnight =
            |date: Date| date.to_zoned(tz.clone()).map_or_else(|_| Wall::from_secs(0), |at| Wall::from(at.timestamp()));
        let (from, to) = (midnight(monday), midnight(monday.saturating_add(7.days())));
        let calendar = Calendar::new(tz, &world.schedule, from, to);
        let mut days: Vec<WeekDay> =
            (0..7).map(|day| day_head(world, &calendar, monday.saturating_add(day.days()), zones, lang)).collect();
        // Airings that were due before midnight may start after it.
        let airings = plan::plan(&world.schedule, &world.station, &world.library, from, to);
        let mut places: HashMap<Alike, (usize, usize)> = HashMap::new();
        for airing in airings.into_iter().filter(|airing| zones.contains(&airing.zone)) {
            let date = airing.scheduled.zoned(tz).date();
            let Some(day) = days.iter().position(|day| day.date == date) else { continue };
            let said = verdict(world, &airing).map(|said| said.vi);
            let key = (airing.scheduled, airing.start, airing.broadcast.id.clone(), airing.verdict, said);
            let (day, row) = *places.entry(key).or_insert_with(|| {
                days[day].rows.push(WeekRow { airing: airing.clone(), zones: Vec::new() });
                (day, days[day].rows.len() - 1)
            });
            days[day].rows[row].zones.push(airing.zone);
        }
        for day in &mut days {
            day.rows.sort_by_key(|row| (row.airing.scheduled, row.airing.start));
        }
        Self { days }
    }

    /// The same; where that is more than is drawn at once, in the first of several zones alone, which is given too.
    fn within(world: &World, monday: Date, zones: &[ZoneIx], lang: Lang) -> (Self, Option<ZoneIx>) {
        let week = Self::of(world, monday, zones, lang);
        let rows: usize = week.days.iter().map(|day| day.rows.len()).sum();
        match zones {
            [first, _, ..] if rows > ROWS_MOST => (Self::of(world, monday, &[*first], lang), Some(*first)),
            _ => (week, None),
        }
    }
}

fn day_head(world: &World, calendar: &Calendar, date: Date, zones: &[ZoneIx], lang: Lang) -> WeekDay {
    let number = day_of(date);
    let holds = |set: &DaySet| calendar.days_of(set, number, number).next().is_some();
    let schedule = &world.schedule;
    let feast = |holiday: &&crate::schedule::Holiday| {
        holiday.from_year.is_none_or(|year| year <= date.year()) && holds(&holiday.dates)
    };
    let mut feasts: Vec<String> = schedule.holidays.iter().filter(feast).map(|holiday| holiday.name.clone()).collect();
    feasts.dedup();
    let weekday = date.weekday().to_monday_zero_offset() as u8;
    let (mut hours, mut off): (Vec<String>, Vec<(&Cancel, Vec<ZoneIx>)>) = (Vec::new(), Vec::new());
    for zone in zones {
        let rules = schedule.rules.of(*zone);
        let told = if rules.days & (1 << weekday) == 0 {
            text!("không được phát", "nothing may play").get(lang).to_owned()
        } else {
            rules.hours_of(weekday).told(lang)
        };
        if !hours.contains(&told) {
            hours.push(told);
        }
        for cancel in rules.cancelled.iter().filter(|cancel| cancel.first <= date && date <= cancel.last) {
            match off.iter_mut().find(|(known, _)| *known == &**cancel) {
                Some((_, own)) => own.push(*zone),
                None => off.push((cancel, vec![*zone])),
            }
        }
    }
    let off = off.into_iter().map(|(cancel, own)| off_said(world, cancel, &own, zones)).collect();
    WeekDay { date, feasts, hours, off, rows: Vec::new() }
}

/// `Im tiếng 07:00-18:00 01/12: đám tang (Thôn 3)`.
fn off_said(world: &World, cancel: &Cancel, own: &[ZoneIx], shown: &[ZoneIx]) -> Text {
    let why = if cancel.why.is_empty() { String::new() } else { format!(": {}", cancel.why) };
    let names: Vec<&str> = own.iter().map(|zone| zone_title(&world.station, *zone)).collect();
    let place = if own.len() == shown.len() { String::new() } else { format!(" ({})", names.join(", ")) };
    match &cancel.hours {
        None => text!("Nghỉ phát{why}{place}", "No broadcasts{why}{place}"),
        Some(hours) => {
            let end = |at: jiff::civil::DateTime| format!("{} {}", said::clock(at.time()), at.strftime("%d/%m"));
            let (from, until) = (end(hours.start), end(hours.end));
            text!("Im từ {from} đến {until}{why}{place}", "Silent from {from} to {until}{why}{place}")
        }
    }
}

/// The lines of each day by their time: what the files plan, and what the journal has besides.
fn lines(
    world: &World,
    week: &WeekSeen,
    zone: Option<&str>,
    behind: WeekBehind<'_>,
    (lang, may_read): (Lang, bool),
) -> Vec<Vec<(Wall, Markup)>> {
    let (station, tz) = (&world.station, &world.station.timezone);
    let drawn = |row: &WeekRow| html! { li { (airing(world, row, zone, behind, lang)) } };
    let line = |row: &WeekRow| (row.airing.scheduled, drawn(row));
    let mut lines: Vec<Vec<_>> = week.days.iter().map(|day| day.rows.iter().map(line).collect()).collect();
    let rows = week.days.iter().flat_map(|day| &day.rows);
    let planned = rows.flat_map(|row| row.zones.iter().map(move |zone| (&row.airing, *zone)));
    let shown = zone.and_then(|id| zone_named(station, id)).map_or_else(|| every(station), |zone| vec![zone]);
    for (at, line) in gone(&behind.journal.beside(planned, &shown, station), station, may_read, lang) {
        let date = at.zoned(tz).date();
        if let Some(place) = week.days.iter().position(|day| day.date == date) {
            lines[place].push((at, line));
        }
    }
    for day in &mut lines {
        day.sort_by_key(|(at, _)| *at);
    }
    lines
}

/// The week drawn; `zone` is the one that was chosen. Whoever `may_read` the journal is led to its rows.
fn drawn(
    world: &World,
    week: &WeekSeen,
    zone: Option<&str>,
    behind: WeekBehind<'_>,
    (lang, may_read): (Lang, bool),
) -> Markup {
    let lines = lines(world, week, zone, behind, (lang, may_read));
    let is_long = lines.iter().map(Vec::len).sum::<usize>() > ROWS_MOST;
    let most = if is_long { ROWS_MOST / lines.len().max(1) } else { usize::MAX };
    let today = behind.now.zoned(&world.station.timezone).date();
    let say = |text: &Text| text.get(lang).to_owned();
    // What holds on each day is said once.
    let lawful =
        week.days.first().map(|day| &day.hours).filter(|hours| week.days.iter().all(|day| day.hours == **hours));
    html! {
        @if let Some(hours) = lawful {
            p.lawful { (say(&text!("Được phát: ", "Lawful: "))) (hours.join(" · ")) }
        }
        div.week { @for (day, lines) in week.days.iter().zip(lines) {
            @let moon = lunar_of(day.date);
            section.day.today[day.date == today].past[day.date < today] {
                h2 { (say(&said::day(day.date))) " "
                    small.moon[matches!(moon.day, 1 | 15)] { (say(&moon.short())) " " (say(&text!("âm lịch", "lunar"))) } }
                @for feast in &day.feasts { p.feast { (feast) } }
                @for off in &day.off { p.said { (say(off)) } }
                @if lawful.is_none() { p.lawful { (say(&text!("Được phát: ", "Lawful: "))) (day.hours.join(" · ")) } }
                @if lines.is_empty() { p.hint { (say(&text!("Không có lượt phát nào.", "Nothing."))) } }
                @let more = lines.len().saturating_sub(most);
                ul { @for (_, line) in lines.into_iter().take(most) { (line) } }
                @if more > 0 && week.days.len() > 1 {
                    @let day = day.date.to_string();
                    a.button href={ "/schedule?" (ask::query(&[("zone", zone.unwrap_or_default()), ("week", &day), ("day", "1")])) } {
                        (say(&text!("Còn {more} lượt nữa trong ngày", "{more} more on this day"))) }
                } @else if more > 0 {
                    p.hint { (say(&text!("Còn {more} lượt nữa trong ngày: chọn một cụm loa để xem.", "{more} more on this day: choose a zone to see them."))) }
                }
            }
        } }
    }
}

/// One row of a day, and the way to its page.
fn airing(world: &World, row: &WeekRow, zone: Option<&str>, behind: WeekBehind<'_>, lang: Lang) -> Markup {
    let WeekBehind { now, journal: past, .. } = behind;
    let tz = &world.station.timezone;
    let WeekRow { airing, zones } = row;
    let is_past = airing.end < now;
    let is_newer = is_past && behind.is_newer(row, world);
    let told = if is_newer {
        Some(text!(
            "không có trong nhật ký: mục này được thêm hoặc sửa sau lúc ấy",
            "not in the journal: it was added or changed after that"
        ))
    } else if is_past {
        came(past, airing, zones, &world.station)
    } else {
        verdict(world, airing)
    };
    let first = zones.first().and_then(|zone| world.station.zones.get(usize::from(zone.0)));
    let own = zone.or_else(|| first.map(|zone| zone.id.as_str())).unwrap_or_default();
    let about = About { id: &airing.broadcast.id, at: airing.scheduled, zone: own };
    // What it was called then.
    let written = zones.iter().filter(|_| is_past).find_map(|zone| past.told(airing, *zone, &world.station));
    let title = plain(written.map_or(&airing.broadcast.title, |row| &row.title));
    html! {
        a.moment.past[is_past].wrong[told.is_some() && !is_newer] href=(about.page(tz)) {
            span.time { (plan::clock(airing.scheduled, tz)) }
            span.what { span.title { (title) } " "
                @match airing.broadcast.class {
                    Class::Normal => {},
                    Class::Priority => small.came { (text!("Ưu tiên", "Priority").get(lang)) " " },
                    Class::Emergency => small.came.missed { (text!("Khẩn cấp", "Emergency").get(lang)) " " },
                }
                @if zone.is_none() && zones.len() < world.station.zones.len() {
                    small.where { (zones.iter().map(|zone| zone_title(&world.station, *zone)).collect::<Vec<_>>().join(", ")) " " }
                }
                @if let Some(told) = &told { small.came.partial[!is_newer] { (capital(told.get(lang))) } }
            }
        }
    }
}

/// `GET /schedule?zone=ID&week=DATE`; `past` asks for the days behind on a phone too, `day` for that day alone.
pub(super) async fn page(State(app): State<App>, who: Who, RawQuery(query): RawQuery) -> Response {
    let desk = Sight::of(&app, &who).await;
    let fields = Fields::read(query.unwrap_or_default().as_bytes());
    let (lang, may, may_read) = (who.lang, who.may(Right::Schedule), who.may(Right::Journal));
    let zone = zone_named(desk.station(), fields.get("zone")).map(|zone| (fields.get("zone").to_owned(), zone));
    let unknown = unknown(&desk, &fields);
    let date = said::date_of(fields.get("week"), desk.today).unwrap_or(desk.today);
    let (monday, is_one_day) = (said::monday(date), fields.is_ticked("day"));
    let (working, dir) = (desk.clone(), app.dir().to_owned());
    let (id, own) = zone.map_or_else(|| (None, every(desk.station())), |(id, zone)| (Some(id), vec![zone]));
    let (week, broken, id, alone) = work(move || {
        let world = &working.look.world;
        let (mut week, alone) = WeekSeen::within(world, monday, &own, lang);
        if is_one_day {
            week.days.retain(|day| day.date == date);
        }
        let alone = alone.and_then(|zone| world.station.zones.get(usize::from(zone.0)));
        let id = alone.map(|zone| zone.id.clone()).or(id);
        // What cannot be kept now is kept with the next change.
        let _ = working.editor.notice(working.now);
        let pages = working.editor.read().unwrap_or_default();
        let begins =
            |day: Date| day.to_zoned(world.station.timezone.clone()).map_or(working.now, |at| at.timestamp().into());
        let until = begins(monday.saturating_add(7.days()));
        let journal = WrittenPast::read(&dir, begins(monday), until, working.now);
        let touched = working.editor.history().and_then(|history| history.touched(begins(monday))).unwrap_or_default();
        let behind = WeekBehind { now: working.now, journal: &journal, touched: &touched };
        let seen = drawn(world, &week, id.as_deref(), behind, (lang, may_read));
        let alone = alone.map(|zone| zone.title.clone());
        (seen, versions::broken(&working, lang, may, &pages), id, alone)
    })
    .await;
    let chosen = id.as_deref().unwrap_or_default();
    let this = said::monday(desk.today);
    let has_past = monday == this && desk.today > this && !fields.is_ticked("past") && !is_one_day;
    let body = html! {
        @if let Some(title) = &alone { p.said role="status" { (text!(
            "Tuần này có quá nhiều lượt phát để xem mọi cụm loa một lúc. Dưới đây là {title}; xin chọn cụm loa khác trong ô dưới.",
            "This week has too many airings for all zones at once. Below is {title}; choose another zone in the box below."
        ).get(lang)) } }
        @if is_one_day { p { a.button href={ "/schedule?" (ask::query(&[("zone", chosen), ("week", &monday.to_string())])) } {
            (text!("Xem cả tuần", "The whole week").get(lang)) } } }
        @for said in &unknown { p.said role="status" { (said.get(lang)) } }
        (broken)
        div.bar {
            (turn(&desk, chosen, monday, lang))
            (filter(&desk, chosen, monday, lang))
            @if may || has_past { p.actions {
                @if may { a.button.main href={ "/schedule/new?" (ask::query(&[("zone", chosen)])) } { (text!("Thêm mục phát", "Add a broadcast").get(lang)) } }
                @if has_past { a.button.plain.narrow-only href={ "/schedule?" (ask::query(&[("zone", chosen), ("past", "1")])) } {
                    (text!("Cả ngày đã qua", "Days behind").get(lang)) } }
            } }
        }
        div.days.whole[!has_past] { (week) }
        (others(chosen, monday, may, lang))
    };
    shell::page(&app, &who, Page::of(text!("Lịch phát", "Schedule")), &body)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::plan::sample::{library, station};
    use crate::schedule::{self, Reading};

    fn world(zones: u16, text: &str, files: &[(&str, u64)]) -> World {
        let station = station(zones);
        let source = crate::diag::SourceFile { path: "schedules/a.toml".to_owned(), text: text.to_owned() };
        let (schedule, found) = schedule::check(&[source], &station, Reading { today: "2026-11-28".parse().unwrap() });
        assert!(found.iter().all(|found| !found.is_error()), "{found:?}");
        World { station: Arc::new(station), schedule: Arc::new(schedule), library: Arc::new(library(files)) }
    }

    fn drawn_of(world: &World, zone: Option<u16>) -> (WeekSeen, String) {
        let zones = zone.map_or_else(|| every(&world.station), |zone| vec![ZoneIx(zone)]);
        let week = WeekSeen::of(world, "2026-11-30".parse().unwrap(), &zones, Lang::Vi);
        let markup = markup_of(world, &week);
        (week, markup)
    }

    fn markup_of(world: &World, week: &WeekSeen) -> String {
        let now = crate::calendar::sample::at("2026-11-30T00:00", &world.station.timezone);
        let journal = WrittenPast::read(std::path::Path::new(""), now, now, Wall::MIN);
        let behind = WeekBehind { now, journal: &journal, touched: &BTreeMap::new() };
        drawn(world, week, None, behind, (Lang::Vi, true)).into_string()
    }

    #[test]
    fn each_day_has_its_moon_its_feast_its_hours_and_what_becomes_of_each_airing() {
        let text = "[rules]\nhours = [\"05:00-06:30\"]\n\n[[holiday]]\nname = \"Ngày hội\"\ndate = 2026-12-02\n\n\
                    [[cancel]]\nfrom = 2026-12-01T05:00:00\nuntil = 2026-12-01T18:00:00\nwhy = \"đám tang\"\n\n\
                    [[broadcast]]\nid = \"a\"\ntitle = \"Bản tin\"\nat = \"05:30\"\nplay = \"a\"\n\n\
                    [[broadcast]]\nid = \"b\"\ntitle = \"Theo sau\"\nat = \"05:31\"\nplay = \"a\"\n\n\
                    [[broadcast]]\nid = \"c\"\ntitle = \"Trưa\"\nat = \"12:00\"\nplay = \"a\"\n\n\
                    [[broadcast]]\nid = \"d\"\ntitle = \"Chưa thu\"\nat = \"06:00\"\nplay = \"d\"\n";
        let world = world(2, text, &[("a.mp3", 120)]);
        let (_, markup) = drawn_of(&world, None);
        for said in [
            "Thứ Hai 30/11",
            "22/10 âm lịch",
            "Ngày hội",
            "Được phát: 05:00-06:30",
            "Im từ 05:00 01/12 đến 18:00 01/12: đám tang",
            "Trùng giờ với «Bản tin», chờ đến 05:32",
            "Từ chối: ngoài giờ được phép phát",
            "Thiếu bản ghi",
            "Nghỉ phát: đám tang",
        ] {
            assert!(markup.contains(said), "{said}\n{markup}");
        }
    }

    #[test]
    fn zones_that_are_quiet_for_different_reasons_are_told_apart() {
        let cancel =
            |zone: &str, why: &str| format!("[[cancel]]\ndate = 2026-12-01\nzones = [\"{zone}\"]\nwhy = \"{why}\"\n\n");
        let station = station(3);
        let ids: Vec<&str> = station.zones.iter().map(|zone| zone.id.as_str()).collect();
        let text = format!(
            "{}{}{}[[broadcast]]\nid = \"a\"\nat = \"05:30\"\nplay = \"a\"\n",
            cancel(ids[0], "đám tang"),
            cancel(ids[1], "mất điện"),
            cancel(ids[2], "mất điện")
        );
        let world = world(3, &text, &[("a.mp3", 60)]);
        let (week, markup) = drawn_of(&world, None);
        let rows: Vec<usize> = week.days[1].rows.iter().map(|row| row.zones.len()).collect();
        assert_eq!(rows, [1, 2], "{markup}");
        assert!(markup.contains("Nghỉ phát: đám tang") && markup.contains("Nghỉ phát: mất điện"), "{markup}");
        assert_eq!(week.days[0].rows.len(), 1);
    }

    #[test]
    fn of_more_than_is_drawn_at_once_the_first_zone_is_shown_and_of_each_day_its_beginning() {
        let mut text = String::new();
        for number in 0..400 {
            use std::fmt::Write as _;
            let (hour, minute, zone) = (5 + number / 40, number % 40, number % 4);
            let (first, other) = (zone_id(0), zone_id(1 + zone));
            writeln!(text, "[[broadcast]]\nid = \"m{number}\"\nat = \"{hour:02}:{minute:02}\"\nplay = \"a\"").unwrap();
            writeln!(text, "zones = [\"{first}\", \"{other}\"]\n").unwrap();
        }
        let world = world(8, &text, &[("a.mp3", 10)]);
        let monday = "2026-11-30".parse().unwrap();
        let (mut week, alone) = WeekSeen::within(&world, monday, &every(&world.station), Lang::Vi);
        assert_eq!(alone, Some(ZoneIx(0)));
        assert!(week.days.iter().flat_map(|day| &day.rows).all(|row| row.zones == [ZoneIx(0)]));
        let markup = markup_of(&world, &week);
        assert!(markup.len() < 500_000 && markup.contains("lượt nữa trong ngày"), "{}", markup.len());
        // All of one day, by the button below it.
        week.days.truncate(1);
        let markup = markup_of(&world, &week);
        assert!(markup.len() < 500_000 && !markup.contains("lượt nữa"), "{}", markup.len());
        let (week, alone) = WeekSeen::within(&world, monday, &[ZoneIx(7)], Lang::Vi);
        assert!(alone.is_none() && week.days.iter().all(|day| day.rows.is_empty()));
    }

    fn zone_id(number: usize) -> String {
        station(8).zones[number].id.clone()
    }

    #[test]
    fn twenty_hamlets_that_hear_the_same_are_one_row() {
        let mut text = String::new();
        for number in 0..30 {
            use std::fmt::Write as _;
            let (hour, minute) = (5 + number / 10, number % 10 * 5);
            writeln!(text, "[[broadcast]]\nid = \"m{number}\"\nat = \"{hour:02}:{minute:02}\"\nplay = \"a\"\n")
                .unwrap();
        }
        let world = world(20, &text, &[("a.mp3", 60)]);
        let (week, markup) = drawn_of(&world, None);
        assert_eq!(week.days.iter().map(|day| day.rows.len()).collect::<Vec<_>>(), [30; 7]);
        assert!(week.days.iter().flat_map(|day| &day.rows).all(|row| row.zones.len() == 20));
        assert!(markup.len() < 150_000, "{}", markup.len());
        let (week, _) = drawn_of(&world, Some(3));
        assert!(week.days.iter().flat_map(|day| &day.rows).all(|row| row.zones == [ZoneIx(3)]));
    }
}
