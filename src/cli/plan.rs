//! `loa plan`: the airings as a table or as JSON; one of them explained ([`why`]); all of them drawn
//! ([`draw`]). What has come is told from the journal ([`past`]).

mod asked;
mod draw;
mod past;
mod why;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::Value;

use self::past::Past;
use super::page::Page;
use super::sheet::{self, Sheet};
use super::{Context, files, when};
use crate::calendar::lunar_of;
use crate::clock::Clock;
use crate::diag::{Lang, Text, figure, text};
use crate::instant::Wall;
use crate::journal::{Outcome, export};
use crate::plan::{self, Airing, Ground, Library, Row, Verdict};
use crate::schedule::{Broadcast, Class, Schedule};
use crate::station::{Station, ZoneIx};

/// What `loa plan` is asked.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct Question {
    /// Từ lúc nào: 2026-12-01T05:00, 05:00, +2h; mặc định là bây giờ. | From when; default: now.
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub(super) from: Option<String>,
    /// Đến lúc nào; mặc định là 24 giờ sau. | Until when; default: 24 hours later.
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub(super) to: Option<String>,
    /// Chỉ các cụm loa hay nhóm này: mã hoặc tên, nhiều thì cách nhau dấu phẩy. | Only these zones or groups.
    #[arg(long, value_name = "ZONE")]
    pub(super) zone: Option<String>,
    /// Giải thích một lần phát: --why MỤC-PHÁT GIỜ, ví dụ --why ban-tin-sang 1/12 05:30. | Explain one.
    #[arg(long, num_args = 2.., value_names = ["BROADCAST", "AT"], conflicts_with_all = ["from", "to", "svg"])]
    pub(super) why: Option<Vec<String>>,
    /// Vẽ một ngày hay một tuần vào tệp này (- là in ra). | Draw a day or a week; - is standard output.
    #[arg(long, value_name = "F", conflicts_with = "json")]
    pub(super) svg: Option<PathBuf>,
}

/// Names of zones that are longer than this together are counted where they are all there are.
const NAMES_MOST: usize = 40;

/// `loa plan` on the station that `context` names.
pub(super) fn run(context: &Context, clock: &dyn Clock, question: &Question) -> anyhow::Result<ExitCode> {
    let (world, sources) = files::read(context, clock)?;
    if let Some(words) = &question.why {
        return why::run(context, &world, &sources, words, question.zone.as_deref(), clock.wall());
    }
    if let Some(file) = &question.svg {
        return draw::run(context, &world, question, file, clock.wall());
    }
    let said = answer(context, question, &world.schedule, &world.station, &world.library, clock.wall())?;
    if context.json {
        Page::data(said);
    } else {
        Page::text(said);
    }
    Ok(ExitCode::SUCCESS)
}

/// The answer: what to print.
pub(super) fn answer(
    context: &Context,
    question: &Question,
    schedule: &Schedule,
    station: &Station,
    library: &Library,
    now: Wall,
) -> anyhow::Result<String> {
    let (from, to) = when::window(question.from.as_deref(), question.to.as_deref(), now, &station.timezone)?;
    let zones = files::zones(station, question.zone.as_deref())?;
    let mut airings = plan::plan(schedule, station, library, from, to);
    airings.retain(|airing| zones.contains(&airing.zone));
    let ground = Ground::new(schedule, station, library, now);
    let past = Past::read(&context.dir, from, to, now);
    if context.json {
        let told = |airing| Told {
            row: Row::new(airing, &ground, context.lang),
            journal: past.of(airing, station).and_then(|row| past::json(row, &station.timezone)),
        };
        let rows: Vec<Told> = airings.iter().map(told).collect();
        return Ok(serde_json::to_string(&rows)? + "\n");
    }
    Ok(table(&airings, &ground, &past, context.lang))
}

/// A row of the plan, and what the journal has of it where its time has come.
#[derive(Serialize)]
struct Told {
    #[serde(flatten)]
    row: Row,
    #[serde(skip_serializing_if = "Option::is_none")]
    journal: Option<Value>,
}

/// Airings that differ in their zone only: a row of the table.
#[derive(PartialEq, Eq, Hash)]
struct Alike<'a> {
    start: Wall,
    end: Wall,
    broadcast: &'a str,
    verdict: String,
}

/// A table for people: a line for each airing, hamlets that hear the same in one, and below it why some wait, are
/// refused or are missed. What is past is told by the journal.
fn table(airings: &[Airing], ground: &Ground<'_>, past: &Past, lang: Lang) -> String {
    if airings.is_empty() {
        let nothing = text!("Không có lượt phát nào.\n", "Nothing is planned.\n");
        return nothing.get(lang).to_owned();
    }
    let mut notes: Vec<String> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut rows: Vec<(&Airing, String, Vec<ZoneIx>)> = Vec::new();
    let (station, tz) = (ground.station(), ground.tz());
    let mut places: HashMap<Alike<'_>, usize> = HashMap::new();
    for airing in airings {
        let row = past.of(airing, station);
        let mut verdict = match row.and_then(|row| row.outcome) {
            Some(outcome) => export::outcome(outcome).get(lang).to_owned(),
            None => airing.verdict.name(lang).to_owned(),
        };
        // What was heard as it was planned needs no more words.
        let of_journal = row.filter(|row| row.outcome != Some(Outcome::Played) || row.reason.is_some());
        let said = of_journal.map(|row| {
            let (told, title) = (past::sentence(row, tz), &airing.broadcast.title);
            let at = plan::clock(airing.scheduled, tz);
            text!(told = told; "«{title}» ({at}). {told}.", "\"{title}\" ({at}). {told}.")
        });
        let planned = || if row.is_some() { None } else { plan::because(airing, ground) };
        if let Some(said) = said.or_else(planned) {
            // What is true of several zones is said once.
            let note = *known.entry(said.get(lang).to_owned()).or_insert_with_key(|said| {
                notes.push(said.clone());
                notes.len()
            });
            let _ = write!(verdict, " ({note})");
        }
        let Airing { start, end, .. } = *airing;
        let alike = Alike { start, end, broadcast: &airing.broadcast.id, verdict: verdict.clone() };
        let place = *places.entry(alike).or_insert_with(|| {
            rows.push((airing, verdict, Vec::new()));
            rows.len() - 1
        });
        rows[place].2.push(airing.zone);
    }
    let mut sheet = Sheet::new(match lang {
        Lang::Vi => ["Ngày (âm lịch)", "Giờ phát", "Cụm loa", "Mục phát", "Kết luận"],
        Lang::En => ["Date (lunar)", "Time", "Zone", "Broadcast", "Verdict"],
    });
    for (airing, verdict, zones) in rows {
        sheet.row([
            day(airing.start, tz, lang),
            format!(
                "{} {}",
                sheet::bound(&format!("{} –", plan::clock(airing.start, tz))),
                plan::clock(airing.end, tz)
            ),
            among(station, &zones, lang),
            subject(&airing.broadcast, lang),
            verdict,
        ]);
    }
    let mut out = sheet.text(sheet::columns());
    for (number, note) in notes.iter().enumerate() {
        out += &sheet::paragraph(&format!("({}) ", number + 1), note, sheet::text_columns());
    }
    let (told, ahead): (Vec<&Airing>, Vec<&Airing>) =
        airings.iter().partition(|airing| past.of(airing, station).is_some_and(|row| row.outcome.is_some()));
    if !told.is_empty() {
        let count = |outcome| {
            let rows = told.iter().filter_map(|airing| past.of(airing, station));
            rows.filter(|row| row.outcome == Some(outcome)).count()
        };
        out += outcomes(told.len(), count).get(lang);
    }
    if told.is_empty() || !ahead.is_empty() {
        out += &summary(&ahead, lang);
    }
    out
}

fn outcomes(all: usize, count: impl Fn(Outcome) -> usize) -> Text {
    let (played, partial) = (count(Outcome::Played), count(Outcome::Partial));
    let (missed, refused) = (count(Outcome::Missed), count(Outcome::Refused));
    text!(
        "{all} lượt đã qua, theo nhật ký: {played} đã phát, {partial} phát một phần, {missed} bị lỡ, {refused} bị từ chối.\n",
        "{all} airings are past, by the journal: {played} played, {partial} partly, {missed} missed, {refused} refused.\n"
    )
}

/// The names of zones, as short as they can be said.
fn among(station: &Station, zones: &[ZoneIx], lang: Lang) -> String {
    let title = |zone: &ZoneIx| station.zones.get(usize::from(zone.0)).map(|zone| zone.title.as_str());
    let all = zones.len();
    let named = figure::joined(zones.iter().filter_map(title));
    if all == station.zones.len() && named.chars().count() > NAMES_MOST {
        return text!("cả {all} cụm loa", "all {all} zones").get(lang).to_owned();
    }
    sheet::names(&named)
}

/// `Bản tin sáng (ban-tin-sang)`: the title, the id that `--why` takes, and the class where it is not the usual one.
fn subject(broadcast: &Broadcast, lang: Lang) -> String {
    let Broadcast { id, title, class, .. } = broadcast;
    let mut said = title.clone();
    if id != title {
        let _ = write!(said, " ({id})");
    }
    if *class != Class::Normal {
        let _ = write!(said, " [{}]", sheet::bound(class.name(lang)));
    }
    said
}

/// A date with its day of the week and its lunar one: `T3 24/11/2026 (16/10)`.
fn day(at: Wall, tz: &TimeZone, lang: Lang) -> String {
    let (solar, lunar) = (figure::day(at, tz), lunar_of(at.zoned(tz).date()).short());
    format!("{} ({})", sheet::bound(solar.get(lang)), lunar.get(lang))
}

fn summary(airings: &[&Airing], lang: Lang) -> String {
    let count = |verdict: Verdict| airings.iter().filter(|airing| airing.verdict == verdict).count();
    let (all, play, wait) = (airings.len(), count(Verdict::Play), count(Verdict::Wait));
    let (refuse, miss) = (count(Verdict::Refuse), count(Verdict::Miss));
    let text = text!(
        "{all} lượt phát: {play} đúng giờ, {wait} phải chờ, {refuse} bị từ chối, {miss} không phát được.\n",
        "{all} airings: {play} on time, {wait} wait, {refuse} refused, {miss} missed.\n"
    );
    text.get(lang).to_owned()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::Arc;

    use super::*;
    use crate::calendar::sample::{at, daily};
    use crate::cli::{Exit, Failure};
    use crate::plan::sample::{library, station};

    fn ask(question: &Question, lang: Lang, json: bool) -> anyhow::Result<String> {
        let broadcasts = vec![Arc::new(daily("a", &["05:00"])), Arc::new(daily("b", &["05:01"]))];
        let schedule = Schedule { broadcasts, ..Schedule::default() };
        let (station, library) = (station(1), library(&[("a.mp3", 120), ("b.mp3", 60)]));
        let context = Context { dir: PathBuf::new(), lang, json };
        let now = at("2026-12-01T04:00", &station.timezone);
        answer(&context, question, &schedule, &station, &library, now)
    }

    #[test]
    fn people_get_a_table_with_the_reasons_below() {
        let said = ask(&Question::default(), Lang::Vi, false).unwrap();
        let lines: Vec<&str> = said.lines().collect();
        assert!(lines[1].contains("Ngày") && lines[1].contains("Kết luận"), "{said}");
        assert!(lines.iter().any(|line| line.contains("05:02") && line.contains("chờ (1)")), "{said}");
        assert!(
            said.contains("(1) «b» (05:01 ngày 01/12/2026, schedules/thu.toml:1) chờ đến 05:02 vì «a» (05:00"),
            "{said}"
        );
        assert!(said.ends_with("2 lượt phát: 1 đúng giờ, 1 phải chờ, 0 bị từ chối, 0 không phát được.\n"), "{said}");
    }

    #[test]
    fn hamlets_that_hear_the_same_are_one_row_however_many_there_are() {
        for (zones, shown) in [(4, "Thôn 1–4"), (64, "Thôn 1–64")] {
            let everywhere = (0..zones).map(ZoneIx).collect();
            let broadcasts = vec![Arc::new(Broadcast { zones: everywhere, ..daily("a", &["05:00"]) })];
            let schedule = Schedule { broadcasts, ..Schedule::default() };
            let mut station = station(zones);
            for (zone, number) in station.zones.iter_mut().zip(1..) {
                zone.title = format!("Thôn {number}");
            }
            let library = library(&[("a.mp3", 120)]);
            let airings = plan::plan(
                &schedule,
                &station,
                &library,
                at("2026-12-01T04:00", &station.timezone),
                at("2026-12-01T06:00", &station.timezone),
            );
            assert_eq!(airings.len(), usize::from(zones));
            let said = table(&airings, &Ground::new(&schedule, &station, &library, Wall::MIN), &Past::Ahead, Lang::Vi);
            assert_eq!(said.lines().filter(|line| line.contains("05:00")).count(), 1, "{said}");
            assert!(said.contains(shown) && said.contains("T3 01/12/2026 (23/10)"), "{said}");
        }
    }

    #[test]
    fn programs_get_an_array_also_of_nothing() {
        let rows: serde_json::Value =
            serde_json::from_str(&ask(&Question::default(), Lang::En, true).unwrap()).unwrap();
        assert_eq!(rows[1]["verdict"], "wait");
        assert_eq!(rows[1]["reason"], "waits");
        let empty = Question { from: Some("06:00".to_owned()), to: Some("07:00".to_owned()), ..Question::default() };
        assert_eq!(ask(&empty, Lang::En, true).unwrap(), "[]\n");
        assert_eq!(ask(&empty, Lang::Vi, false).unwrap(), "Không có lượt phát nào.\n");
    }

    #[test]
    fn a_wrong_question_is_a_usage_error_that_says_what_is_known() {
        let zone = Question { zone: Some("thon-9".to_owned()), ..Question::default() };
        let backwards =
            Question { from: Some("06:00".to_owned()), to: Some("05:00".to_owned()), ..Question::default() };
        let endless = Question { to: Some("2126-01-01".to_owned()), ..Question::default() };
        let unread = Question { from: Some("sáng mai".to_owned()), ..Question::default() };
        for question in [&zone, &backwards, &endless, &unread] {
            let error = ask(question, Lang::Vi, false).unwrap_err();
            assert_eq!(error.downcast_ref::<Failure>().map(Failure::exit), Some(Exit::Usage), "{question:?}");
        }
        assert!(ask(&zone, Lang::En, false).unwrap_err().to_string().contains("thon-1"));
        let known = Question { zone: Some("thon-1".to_owned()), ..Question::default() };
        assert!(ask(&known, Lang::En, false).is_ok());
    }
}
