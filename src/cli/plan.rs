//! `loa plan`: the airings as a table or as JSON; one of them explained ([`why`]); all of them drawn
//! ([`draw`]). What has come is told from the journal ([`past`]).

mod asked;
mod draw;
mod past;
mod why;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use comfy_table::{ContentArrangement, Table, presets};
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::Value;

use self::past::Past;
use super::{Context, files, when};
use crate::calendar::lunar_of;
use crate::clock::Clock;
use crate::diag::{Lang, Text, plain_lines, text};
use crate::instant::Wall;
use crate::journal::{Outcome, export};
use crate::plan::{self, Airing, Ground, Library, Row, Verdict};
use crate::schedule::Schedule;
use crate::station::Station;

/// What `loa plan` is asked.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct Question {
    /// Từ lúc nào: 2026-12-01T05:00, 05:00, +2h; mặc định là bây giờ. From when; default: now.
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub(super) from: Option<String>,
    /// Đến lúc nào; mặc định là 24 giờ sau. Until when; default: 24 hours later.
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub(super) to: Option<String>,
    /// Chỉ các cụm loa hay nhóm này: mã hoặc tên, nhiều thì cách nhau dấu phẩy. Only these zones or groups.
    #[arg(long, value_name = "ZONE")]
    pub(super) zone: Option<String>,
    /// Giải thích một lần phát: --why MỤC-PHÁT GIỜ, ví dụ --why ban-tin-sang 1/12 05:30. Explain one.
    #[arg(long, num_args = 2.., value_names = ["BROADCAST", "AT"], conflicts_with_all = ["from", "to", "svg"])]
    pub(super) why: Option<Vec<String>>,
    /// Vẽ một ngày hay một tuần vào tệp này (- là in ra). Draw a day or a week; - is standard output.
    #[arg(long, value_name = "F", conflicts_with = "json")]
    pub(super) svg: Option<PathBuf>,
}

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
    std::io::stdout().write_all(said.as_bytes())?;
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
    let ground = Ground::new(schedule, station, library);
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

/// A table for people: a line for each airing, and below it why some wait, are refused or are missed.
fn table(airings: &[Airing], ground: &Ground<'_>, past: &Past, lang: Lang) -> String {
    if airings.is_empty() {
        let nothing = text!("Không có lượt phát nào.\n", "Nothing is planned.\n");
        return nothing.get(lang).to_owned();
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(match lang {
        Lang::Vi => ["Ngày (âm lịch)", "Bắt đầu", "Kết thúc", "Cụm loa", "Mục phát", "Loại", "Kết luận"],
        Lang::En => ["Date (lunar)", "Start", "End", "Zone", "Broadcast", "Class", "Verdict"],
    });
    let (station, tz) = (ground.station(), ground.tz());
    let mut notes: Vec<String> = Vec::new();
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
            let (vi, en) = (told.vi, told.en);
            let at = plan::clock(airing.scheduled, tz);
            text!("«{title}» ({at}). {vi}.", "\"{title}\" ({at}). {en}.")
        });
        let planned = || if row.is_some() { None } else { plan::because(airing, ground) };
        if let Some(text) = said.or_else(planned) {
            // What is true of several zones is said once.
            let note = text.get(lang).to_owned();
            let place = notes.iter().position(|known| *known == note).unwrap_or(notes.len());
            let _ = write!(verdict, " ({})", place + 1);
            if place == notes.len() {
                notes.push(note);
            }
        }
        table.add_row([
            day(airing.start, tz, lang),
            plan::clock(airing.start, tz),
            plan::clock(airing.end, tz),
            station.zones.get(usize::from(airing.zone.0)).map(|zone| zone.title.clone()).unwrap_or_default(),
            airing.broadcast.title.clone(),
            airing.broadcast.class.name(lang).to_owned(),
            verdict,
        ]);
    }
    let mut out = format!("{}\n", plain_lines(&table.to_string()));
    for (number, note) in notes.iter().enumerate() {
        let _ = writeln!(out, "({}) {}", number + 1, plain_lines(note));
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

/// A date with its lunar one: `24/11/2026 (16/10)`.
fn day(at: Wall, tz: &TimeZone, lang: Lang) -> String {
    let (solar, lunar) = (plan::date(at, tz), lunar_of(at.zoned(tz).date()).short());
    format!("{} ({})", solar.get(lang), lunar.get(lang))
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
