//! The weekly log book and the monthly report as who prints them meets them: from the journal of a station, by the command
//! line, in every form.

mod form;
mod paper;
mod seal;

use std::path::Path;
use std::time::Duration;

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use loa::fact::{AudioRef, Entry, EntryKind, Intent, Outcome};
use loa::instant::Wall;
use loa::journal::Journal;
use loa::schedule::Class;
use loa::site::Site;

use crate::kit::{Said, Station};

/// A commune of four hamlets, and a campaign.
const STATION: &str = r#"name = "Đài truyền thanh xã Đông Giang"
[zones.thon-1]
title = "Thôn 1"
output = "null"
[zones.thon-2]
title = "Thôn 2"
output = "null"
[zones.thon-3]
title = "Thôn 3"
output = "null"
languages = ["vi", "kho"]
[zones.thon-4]
title = "Thôn 4"
output = "null"
languages = ["vi", "kho"]
[report]
to = "Phòng Văn hóa, Khoa học và Thông tin"
keeper = "Trần Thị Hai"
signer = "Nguyễn Văn An"
"#;

const SCHEDULE: &str = r#"[rules]
hours = ["05:00-21:00"]
[campaigns.cai-cach]
title = "Cải cách hành chính"
target = "8 per week"
[[broadcast]]
id = "nop-ho-so"
title = "Hướng dẫn nộp hồ sơ trực tuyến"
campaign = "cai-cach"
at = "05:31"
play = ["chime"]
"#;

/// A broadcast: id, title, when, how long, its campaign.
type Daily = (&'static str, &'static str, (i8, i8, i8), u64, Option<&'static str>);

/// What plays each day: id, title, when, how long, its campaign.
const DAY: [Daily; 8] = [
    ("mo-dau", "Nhạc hiệu và lời chào buổi sáng", (5, 30, 0), 18, None),
    ("ban-tin-sang", "Bản tin sáng của xã", (5, 30, 20), 38, None),
    ("nop-ho-so", "Hướng dẫn nộp hồ sơ trực tuyến", (5, 31, 0), 65, Some("cai-cach")),
    ("ket-thuc-sang", "Lời kết buổi sáng", (5, 34, 0), 22, None),
    ("mo-dau-chieu", "Nhạc hiệu và lời chào buổi chiều", (17, 0, 0), 18, None),
    ("ban-tin-chieu", "Bản tin chiều của xã & thông báo <mới>", (17, 1, 0), 41, None),
    ("nop-ho-so", "Hướng dẫn nộp hồ sơ trực tuyến", (17, 1, 30), 65, Some("cai-cach")),
    ("ket-thuc-chieu", "Lời kết buổi chiều", (17, 3, 45), 22, None),
];

pub(crate) fn tz() -> TimeZone {
    TimeZone::get("Asia/Ho_Chi_Minh").unwrap()
}

pub(crate) fn at(day: Date, (hour, minute, second): (i8, i8, i8)) -> Wall {
    day.at(hour, minute, second, 0).to_zoned(tz()).unwrap().timestamp().into()
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A row that an airing ends with, without what came of it.
fn airing(zone: usize, of: usize, day: Date) -> Entry {
    let (id, title, time, length, campaign) = DAY[of];
    let planned = at(day, time);
    let mut audio = vec![AudioRef { file: format!("{id}.vi.mp3"), sha256: "a".repeat(64) }];
    if zone >= 2 && id == "nop-ho-so" {
        audio.push(AudioRef { file: format!("{id}.kho.m4a"), sha256: "b".repeat(64) });
    }
    Entry {
        kind: EntryKind::Airing,
        written: planned + seconds(length + 1),
        zone: Some(format!("thon-{}", zone + 1)),
        broadcast: Some(id.to_owned()),
        title: title.to_owned(),
        class: Some(if id.starts_with("ban-tin") { Class::Priority } else { Class::Normal }),
        planned: Some(planned),
        seconds_planned: Some(length as f64 + if zone >= 2 && id == "nop-ho-so" { 40.0 } else { 0.0 }),
        audio,
        campaign: campaign.map(str::to_owned),
        approved_by: Some("ông Năm, 16:05 hôm trước".to_owned()),
        ..Entry::default()
    }
}

fn heard(row: Entry, late: u64) -> Entry {
    let (planned, length) = (row.planned.unwrap(), row.seconds_planned.unwrap());
    let started = planned + seconds(late);
    let ended = started + Duration::from_secs_f64(length);
    Entry {
        started: Some(started),
        ended: Some(ended),
        start_error_ms: Some(0.1),
        seconds_played: Some(length),
        outcome: Some(Outcome::Played),
        written: ended + seconds(1),
        ..row
    }
}

fn note(reason: &str, title: &str, written: Wall) -> Entry {
    Entry { kind: EntryKind::Note, title: title.to_owned(), reason: Some(reason.into()), written, ..Entry::default() }
}

/// Days of a station, the one after `cut` with a power cut in the morning and an alert at night.
pub(crate) fn rows(first: Date, count: i32, cut: Date) -> Vec<Entry> {
    let mut rows = Vec::new();
    for day in first.series(jiff::Span::new().days(1)).take(usize::try_from(count).unwrap()) {
        for of in 0..DAY.len() {
            for zone in 0..4 {
                let row = airing(zone, of, day);
                rows.push(match (day == cut, of) {
                    (true, 1) => Entry {
                        ended: Some(row.planned.unwrap() + seconds(12)),
                        seconds_played: Some(12.4),
                        outcome: Some(Outcome::Partial),
                        reason: Some("power_lost".into()),
                        ..heard(row, 0)
                    },
                    (true, 2 | 3) => Entry {
                        seconds_played: Some(0.0),
                        outcome: Some(Outcome::Missed),
                        reason: Some(format!("station_off: {day} 05:30:32..05:40:00").as_str().into()),
                        ..row
                    },
                    (true, 7) if zone == 3 => Entry {
                        seconds_played: Some(0.0),
                        outcome: Some(Outcome::Refused),
                        reason: Some("session_too_long".into()),
                        ..row
                    },
                    // One zone begins a minute later than the others.
                    (false, 3) if zone == 2 => heard(row, 70),
                    _ => heard(row, 0),
                });
            }
            if day == cut && of == 3 {
                let (from, to) = (at(day, (5, 30, 32)), at(day, (5, 40, 0)));
                let reason = format!("station_off: {day} 05:30:32..05:40:00");
                rows.push(Entry {
                    started: Some(from), ended: Some(to), ..note(&reason, "đài không hoạt động", to)
                });
            }
        }
        if day == cut {
            let night = at(day, (22, 10, 0));
            let mut ordered = note("alert: ông Năm (hoa): nước lên", "canh-bao-lu", night);
            ordered.order = Some("7".into());
            rows.push(ordered);
            for zone in 0..4 {
                rows.push(Entry {
                    broadcast: Some("canh-bao-lu".into()),
                    title: "canh-bao-lu".into(),
                    class: Some(Class::Emergency),
                    planned: Some(night),
                    seconds_planned: Some(38.0),
                    reason: Some("alert: ông Năm (hoa): nước lên".into()),
                    campaign: None,
                    approved_by: None,
                    order: Some("7".into()),
                    ..heard(Entry { planned: Some(night), seconds_planned: Some(38.0), ..airing(zone, 0, day) }, 1)
                });
            }
        }
    }
    // As the station writes them: when each is over.
    rows.sort_by_key(|row| row.written);
    rows
}

/// A journal with these rows, each with its intent and its start before it.
pub(crate) fn write(dir: &Path, rows: &[Entry]) {
    let path = Site::new(dir).journal();
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let first = rows[0].planned.unwrap() - seconds(60);
    let mut journal = Journal::open_loose(&path, first, &tz()).unwrap().journal;
    journal.note(&note("started", "Đài bắt đầu chạy", first)).unwrap();
    for (ix, row) in rows.iter().enumerate() {
        if row.kind == EntryKind::Note {
            journal.note(row).unwrap();
            continue;
        }
        let key = format!("k/{ix}");
        let draft = Entry { started: None, ended: None, ..row.clone() };
        journal.intend(&Intent { key: key.clone(), at: row.planned.unwrap(), draft }).unwrap();
        if let Some(started) = row.started {
            journal.begin(&key, started, started).unwrap();
        }
        journal.finish(&key, row).unwrap();
    }
}

/// `loa` on this station in Vietnamese, to its end.
pub(crate) fn vi(station: &Station, arguments: &[&str]) -> Said {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_loa"));
    command.args(["--lang", "vi", "--dir"]).arg(station.dir()).args(arguments);
    let output = command.output().unwrap();
    Said {
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap_or(-1),
    }
}

/// The station with the first week of October that is whole, 5 to 11, and its power cut on the Wednesday.
pub(crate) fn station() -> Station {
    let station = Station::new();
    station.write("loa.toml", STATION).write("schedules/a.toml", SCHEDULE);
    write(station.dir(), &rows(date(2026, 10, 5), 7, date(2026, 10, 7)));
    station
}
