//! `loa plan`: the airings as a table or as JSON; one of them explained ([`why`]); all of them drawn
//! ([`draw`]). What has come is told from the journal ([`past`]).

mod asked;
mod draw;
mod past;
mod table;
mod why;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use self::table::table;
use super::page::Page;
use super::{Context, files, when};
use crate::clock::Clock;
use crate::daemon::{PlannedRow, WrittenPast, heard_so_far};
use crate::instant::Wall;
use crate::plan::{Library, PlanContext};
use crate::schedule::Schedule;
use crate::station::Station;

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
    let ground = PlanContext::knowing(schedule, station, library, heard_so_far(&context.dir, station, now));
    let mut airings = ground.plan(from, to);
    airings.retain(|airing| zones.contains(&airing.zone));
    let past = WrittenPast::read(&context.dir, from, to, now);
    if context.json {
        let rows: Vec<PlannedRow> = airings.iter().map(|airing| past.row(airing, &ground, context.lang)).collect();
        return Ok(serde_json::to_string(&rows)? + "\n");
    }
    Ok(table(&airings, &ground, &past, context.lang))
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
    use std::sync::Arc;

    use serde_json::Value;

    use super::*;
    use crate::calendar::sample::{at, daily};
    use crate::cli::{Exit, Failure};
    use crate::diag::Lang;
    use crate::fact::{Entry, Outcome};
    use crate::plan;
    use crate::plan::sample::{library, station};
    use crate::schedule::Broadcast;
    use crate::station::ZoneIx;

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
            let begins = at("2026-12-01T04:00", &station.timezone);
            let ahead = WrittenPast::read(Path::new(""), begins, begins, Wall::MIN);
            let said = table(&airings, &PlanContext::new(&schedule, &station, &library, Wall::MIN), &ahead, Lang::Vi);
            assert_eq!(said.lines().filter(|line| line.contains("05:00")).count(), 1, "{said}");
            assert!(said.contains(shown) && said.contains("T3 01/12/2026 (23/10)"), "{said}");
        }
    }

    /// A day with an airing every hour from 05:00 to 11:00, as `loa plan` tells it at 09:01 by a journal that has rows.
    fn morning(rows: Option<&[(i8, Outcome)]>, lang: Lang, json: bool) -> String {
        let dir = tempfile::tempdir().unwrap();
        let (station, library) = (station(1), library(&[("a.mp3", 120)]));
        let tz = &station.timezone;
        if let Some(rows) = rows {
            let path = crate::site::Site::new(dir.path()).journal();
            std::fs::create_dir(dir.path().join("state")).unwrap();
            let mut journal = crate::journal::Journal::open(&path, at("2026-12-01T04:00", tz), tz).unwrap().journal;
            for (hour, outcome) in rows {
                let planned = at(&format!("2026-12-01T{hour:02}:00"), tz);
                let heard = *outcome == Outcome::Played;
                let row = Entry {
                    kind: crate::fact::EntryKind::Airing,
                    written: planned,
                    zone: Some("thon-1".to_owned()),
                    broadcast: Some("a".to_owned()),
                    planned: Some(planned),
                    started: heard.then_some(planned),
                    ended: heard.then_some(planned + std::time::Duration::from_mins(2)),
                    outcome: Some(*outcome),
                    ..Entry::default()
                };
                journal.finish(&hour.to_string(), &row).unwrap();
            }
        }
        let mut broadcast = daily("a", &["05:00", "06:00", "07:00", "08:00", "09:00", "10:00", "11:00"]);
        broadcast.if_missed = crate::schedule::IfMissed::Late(std::time::Duration::from_mins(30));
        let schedule = Schedule { broadcasts: vec![Arc::new(broadcast)], ..Schedule::default() };
        let context = Context { dir: dir.path().to_owned(), lang, json };
        let question = Question { from: Some("05:00".to_owned()), to: Some("12:00".to_owned()), ..Question::default() };
        answer(&context, &question, &schedule, &station, &library, at("2026-12-01T09:01", tz)).unwrap()
    }

    #[test]
    fn what_is_past_and_stands_nowhere_is_never_said_to_have_been_heard() {
        let rows = [(5, Outcome::Played), (6, Outcome::Missed), (7, Outcome::Refused)];
        let said = morning(Some(&rows), Lang::Vi, false);
        let words = ["đã phát", "bị lỡ (1)", "bị từ chối (2)", "không rõ (3)", "đang trong giờ (4)"];
        for word in words {
            assert!(said.contains(word), "no {word} in {said}");
        }
        assert_eq!(said.matches("┆ phát ").count(), 2, "only what is to come plays: {said}");
        assert!(said.contains("(3) Nhật ký chưa có dòng nào về lần phát này."), "{said}");
        assert!(
            said.ends_with(
                "4 lượt đã qua, theo nhật ký: 1 đã phát, 0 phát một phần, 1 bị lỡ, 1 bị từ chối, 1 không có trong nhật ký.\n\
                 1 lượt đang trong giờ, chưa xong.\n\
                 2 lượt phát: 2 đúng giờ, 0 phải chờ, 0 bị từ chối, 0 không phát được.\n"
            ),
            "{said}"
        );
        let rows: Vec<Value> = serde_json::from_str(&morning(Some(&rows), Lang::En, true)).unwrap();
        let happened: Vec<_> = rows.iter().map(|row| row["happened"].as_str().unwrap_or("-")).collect();
        assert_eq!(happened, ["played", "missed", "refused", "unknown", "due", "-", "-"]);
    }

    #[test]
    fn without_a_journal_nobody_knows_what_was_heard_this_morning() {
        let said = morning(None, Lang::En, false);
        assert_eq!(said.matches("not known (1)").count(), 5, "{said}");
        assert!(
            said.contains("5 airings are past; without a journal nobody knows whether they were heard.\n2 airings:"),
            "{said}"
        );
        // One that was just begun has nothing of the morning.
        let said = morning(Some(&[]), Lang::En, false);
        assert_eq!(said.matches("not known (1)").count(), 4, "{said}");
        assert!(said.contains("0 played, 0 partly, 0 missed, 0 refused, 4 not in it."), "{said}");
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
