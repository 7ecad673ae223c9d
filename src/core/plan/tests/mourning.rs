//! Music is silent in a mourning, speech is not.

use std::sync::Arc;
use std::time::Duration;

use super::{line, one, schedule, sounds};
use crate::calendar::sample::at;
use crate::diag::{Lang, Severity, Text};
use crate::plan::sample::{library, station};
use crate::plan::{Airing, Cause, PlanContext, because, findings, jobs, plan};
use crate::schedule::Class::{Emergency, Normal};
use crate::schedule::{Broadcast, Chime, Kind, Mourning, Play, Schedule};

fn mourning(from: &str, until: &str) -> Mourning {
    Mourning { name: "Quốc tang".to_owned(), from: from.parse().unwrap(), until: until.parse().unwrap() }
}

fn playing(id: &str, time: &str, play: &[Play]) -> Broadcast {
    Broadcast { play: play.to_vec(), ..one(id, time, Normal, 600) }
}

fn music(name: &str) -> Play {
    Play::Music(name.to_owned())
}

fn speech(name: &str) -> Play {
    Play::Sound(name.to_owned())
}

/// Two whole days of mourning, 2 and 3 December 2026, over music, speech, and both.
fn two_days() -> Schedule {
    let mut schedule = schedule([
        Broadcast { kind: Kind::Music, ..one("n", "05:00", Normal, 600) },
        one("t", "06:00", Normal, 600),
        playing(
            "c",
            "07:00",
            &[Play::Chime(Chime::Rising), music("n"), speech("t"), Play::Pause(Duration::from_secs(2))],
        ),
        playing(
            "x",
            "08:00",
            &[Play::Chime(Chime::Rising), music("n"), Play::Pause(Duration::from_secs(2)), Play::Chime(Chime::Falling)],
        ),
        Broadcast { kind: Kind::Music, ..one("e", "09:00", Emergency, 600) },
        playing("m", "10:00", &[music("khong"), speech("t")]),
    ]);
    schedule.mourning = vec![mourning("2026-12-02T00:00", "2026-12-04T00:00")];
    schedule
}

fn airings(schedule: &Schedule, from: &str, to: &str) -> Vec<Airing> {
    let (station, library) = (station(1), sounds(&[("n", 3), ("t", 1), ("e", 1)]));
    plan(schedule, &station, &library, at(from, &station.timezone), at(to, &station.timezone))
}

fn lines(schedule: &Schedule, day: &str) -> Vec<String> {
    let found = airings(schedule, &format!("{day}T00:00"), &format!("{day}T23:59:59"));
    found.iter().map(|airing| line(airing, &station(1))).collect()
}

#[test]
fn music_is_refused_bulletins_stay_and_what_is_mixed_keeps_its_words() {
    let usual = [
        "n 05:00-05:03 play",
        "t 06:00-06:01 play",
        "c 07:00-07:04 play",
        "x 08:00-08:03 play",
        "e 09:00-09:01 play",
        "m 10:00-10:01 miss no_sound",
    ];
    let in_mourning = [
        "n 05:00-05:03 refuse mourning",
        "t 06:00-06:01 play",
        "c 07:00-07:01 play",
        "x 08:00-08:03 refuse mourning",
        "e 09:00-09:01 play",
        "m 10:00-10:01 play",
    ];
    let schedule = two_days();
    for (day, expected) in
        [("2026-12-01", usual), ("2026-12-02", in_mourning), ("2026-12-03", in_mourning), ("2026-12-04", usual)]
    {
        assert_eq!(lines(&schedule, day), expected, "{day}");
    }
    let mixed = &airings(&schedule, "2026-12-02T07:00", "2026-12-02T07:01")[0];
    let names: Vec<&str> = mixed.programme.items.iter().map(|item| item.name.as_str()).collect();
    assert_eq!(names, ["chime", "t", "pause 2s"]);
}

#[test]
fn a_mourning_may_begin_and_end_within_a_day() {
    let music = |id, time| Broadcast { kind: Kind::Music, ..one(id, time, Normal, 600) };
    let mut schedule = schedule([
        music("n", "11:57"),
        // It would run into the mourning.
        Broadcast { play: vec![speech("n")], ..music("a", "11:58") },
        Broadcast { play: vec![speech("t")], ..music("b", "12:59") },
        Broadcast { play: vec![speech("t")], ..music("d", "13:00") },
    ]);
    schedule.mourning = vec![mourning("2026-12-02T12:00", "2026-12-02T13:00")];
    assert_eq!(
        lines(&schedule, "2026-12-02"),
        ["n 11:57-12:00 play", "a 11:58-12:01 refuse mourning", "b 12:59-13:00 refuse mourning", "d 13:00-13:01 play"]
    );
}

#[test]
fn the_player_is_given_what_the_plan_shows() {
    let (schedule, station, library) = (two_days(), station(1), sounds(&[("n", 3), ("t", 1), ("e", 1)]));
    let (from, to) = (at("2026-12-02T00:00", &station.timezone), at("2026-12-03T00:00", &station.timezone));
    let jobs = jobs(&schedule, &station, &library, from, to).remove(0);
    let planned = plan(&schedule, &station, &library, from, to);
    assert_eq!(jobs.len(), planned.len());
    for (job, airing) in jobs.iter().zip(&planned) {
        assert_eq!(job.programme, airing.programme, "{}", airing.broadcast.id);
        let zone = crate::station::ZoneIx(0);
        let again = crate::plan::programme(&schedule, &station, &library, &job.broadcast, zone, job.scheduled);
        assert_eq!(again, airing.programme, "{}", airing.broadcast.id);
        let refused = matches!(airing.reason.as_deref(), Some(Cause::Mourning(_)));
        assert_eq!(job.programme.silenced.is_some(), refused);
    }
}

#[test]
fn music_does_not_hold_up_speech_in_a_mourning() {
    let mut schedule = two_days();
    schedule.broadcasts.push(Arc::new(one("t", "05:01", Normal, 600)));
    assert_eq!(lines(&schedule, "2026-12-02")[1], "t 05:01-05:02 play");
    assert_eq!(lines(&schedule, "2026-12-01")[1], "t 05:03-05:04 wait waits:n");
}

#[test]
fn the_refusal_names_the_mourning_and_its_days_in_both_languages() {
    let sentence = |mourning: Mourning| -> Text {
        let mut schedule = two_days();
        schedule.mourning = vec![mourning];
        let (station, library) = (station(1), library(&[]));
        let airing = &airings(&schedule, "2026-12-02T05:00", "2026-12-02T05:01")[0];
        because(airing, &PlanContext::new(&schedule, &station, &library, crate::instant::Wall::MIN)).unwrap()
    };
    let days = sentence(mourning("2026-12-02T00:00", "2026-12-04T00:00"));
    assert_eq!(
        days.get(Lang::Vi),
        "«n» (05:00 ngày 02/12/2026, schedules/thu.toml:1) bị từ chối: là nhạc, mà từ 02/12/2026 đến hết ngày 03/12/2026 có tang («Quốc tang»); bản tin vẫn phát. Cách sửa: nếu đây không phải nhạc, bỏ kind = \"music\"; nếu hết tang, sửa [mourning]."
    );
    assert_eq!(
        days.get(Lang::En),
        "\"n\" (05:00 on 2026-12-02, schedules/thu.toml:1) is refused: it is music, and from 2026-12-02 until 2026-12-03 is a time of mourning (\"Quốc tang\"); bulletins go on. Cure: if this is no music, take away kind = \"music\"; if the mourning is over, change [mourning]."
    );
    let one_day = sentence(mourning("2026-12-02T00:00", "2026-12-03T00:00"));
    assert!(one_day.vi.contains("mà ngày 02/12/2026 có tang"), "{}", one_day.vi);
    let nameless = Mourning { name: String::new(), ..mourning("2026-12-01T12:00", "2026-12-02T13:00") };
    let hours = sentence(nameless);
    assert!(
        hours.vi.contains("từ 12:00 ngày 01/12/2026 đến 13:00 ngày 02/12/2026 có tang; bản tin vẫn phát"),
        "{}",
        hours.vi
    );
    assert!(
        hours.en.contains("from 12:00 on 2026-12-01 until 13:00 on 2026-12-02 is a time of mourning; bulletins go on"),
        "{}",
        hours.en
    );
}

#[test]
fn a_bed_is_music_and_so_may_a_chime_be_that_is_a_file_and_the_words_stay() {
    let mut schedule = schedule([
        Broadcast {
            chime: Some("n".to_owned()),
            bed: Some("n".to_owned()),
            ..playing("a", "06:00", &[Play::Chime(Chime::Rising), speech("t")])
        },
        Broadcast { bed: Some("n".to_owned()), class: Emergency, ..playing("e", "07:00", &[speech("t")]) },
    ]);
    schedule.mourning = vec![mourning("2026-12-02T00:00", "2026-12-04T00:00")];
    let plays = |day: &str, of: usize| {
        let programme = &airings(&schedule, &format!("{day}T00:00"), &format!("{day}T23:59:59"))[of].programme;
        let files: Vec<&str> = programme.sounds().map(|item| item.source().map_or("chime", |(file, _)| file)).collect();
        files.join(" ")
    };
    assert_eq!(plays("2026-12-01", 0), "n.mp3 t.mp3 n.mp3");
    assert_eq!(plays("2026-12-02", 0), "chime t.mp3");
    assert_eq!(plays("2026-12-02", 1), "t.mp3 n.mp3", "an alarm is not touched");
}

#[test]
fn speech_that_another_broadcast_calls_music_is_told_where_and_one_that_was_over_before_does_not_count() {
    let of = |until: &str| {
        let other = Broadcast {
            kind: Kind::Music,
            until: Some(until.parse().unwrap()),
            title: "Nhạc chiều".to_owned(),
            ..playing("x", "17:00", &[speech("t")])
        };
        let mut schedule = schedule([one("t", "06:00", Normal, 600), other]);
        schedule.mourning = vec![mourning("2026-12-02T00:00", "2026-12-04T00:00")];
        schedule
    };
    assert_eq!(lines(&of("2026-12-01"), "2026-12-02"), ["t 06:00-06:01 play"]);
    let schedule = of("2026-12-02");
    assert_eq!(lines(&schedule, "2026-12-02")[0], "t 06:00-06:01 refuse mourning");
    let (station, library) = (station(1), sounds(&[("t", 1)]));
    let airing = &airings(&schedule, "2026-12-02T05:59", "2026-12-02T06:01")[0];
    let ground = PlanContext::new(&schedule, &station, &library, crate::instant::Wall::MIN);
    let said = because(airing, &ground).unwrap().vi;
    assert!(said.contains("được gọi là nhạc ở «Nhạc chiều» (schedules/thu.toml:1)"), "{said}");
    let from = at("2026-12-01T00:00", &station.timezone);
    let found = findings(&schedule, &station, &library, from, from + Duration::from_hours(24 * 7));
    let found: Vec<_> = found.iter().map(|one| (one.code, one.severity)).collect();
    assert_eq!(found, [("mourning", Severity::Warning)]);
}
