//! A station that looks like one of the field: the schedules and sounds of the sample station, a week behind it, a session
//! that plays, and a recording of tomorrow that nobody has handed in yet.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Duration;

use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use loa::fact::{AudioRef, Entry, EntryKind, Outcome};
use loa::instant::Wall;
use loa::journal::Journal;
use loa::schedule::Class;

use crate::console::{Console, journal};
use crate::kit::card::Cards;
use crate::kit::{Daemon, Station};

/// The hour at which this village lives, whatever the clock says: its time zone is chosen after it.
const HOUR: i64 = 5;

/// Seconds from writing the schedule to the first sound: a daemon looks at its files every second or so.
const LEAD: i64 = 5;

const ZONES: [(&str, &str); 6] = [
    ("thon-1", "Thôn 1"),
    ("thon-2", "Thôn 2"),
    ("da-nghit", "Thôn Đạ Nghịt"),
    ("lieng-bong", "Thôn Liêng Bông"),
    ("trung-tam", "Chợ trung tâm"),
    ("truong-hoc", "Trường học"),
];

const SOUNDS: [&str; 6] = [
    "ban-tin-chieu.mp3",
    "ban-tin-sang.mp3",
    "gio-tiep-dan.mp3",
    "nhac-hieu.ogg",
    "phong-chay-rung.mp3",
    "tam-biet.mp3",
];

/// What sounds in the morning, again and again: as long as somebody looks at the pages.
const PROGRAMME: &str = "chuong-trinh-sang.wav";

/// What has sounded on each day behind: when, what, how long.
const MORNING: [(&str, &str, &str, u64); 4] = [
    ("05:05", "nhac-hieu", "Nhạc hiệu và lời chào buổi sáng", 16),
    ("05:06", "ban-tin-sang", "Bản tin sáng của xã", 27),
    ("17:00", "ban-tin-chieu", "Bản tin chiều của xã", 22),
    ("17:01", "phong-chay-rung", "Phòng cháy rừng mùa khô", 23),
];

/// Its time zone: the one in which it is now five in the morning.
fn zone(now: Wall) -> (TimeZone, String) {
    let hour = now.nanos().div_euclid(3_600_000_000_000).rem_euclid(24);
    let east = (HOUR - hour + 35).rem_euclid(24) - 11;
    // POSIX turns the sign round.
    let name = match east {
        0 => "Etc/GMT".to_owned(),
        1.. => format!("Etc/GMT-{east}"),
        _ => format!("Etc/GMT+{}", -east),
    };
    (TimeZone::get(&name).unwrap(), name)
}

/// The station, and the sound cards that its zones hang on.
pub(super) struct Village {
    pub(super) station: Station,
    tz: TimeZone,
    _cards: Option<Cards>,
}

/// The village; on sound cards of the test's own where there is a C compiler, else on none.
pub(super) fn village() -> Village {
    let now = journal::now();
    let (tz, name) = zone(now);
    let cards = Cards::new(&["trai", "giua", "phai"]);
    let mut station = Station::new();
    if let Some(cards) = &cards {
        station = station.with(cards.environment());
    }
    let mut about =
        format!("name = \"Đài truyền thanh xã Đông Giang\"\ntimezone = \"{name}\"\n[clock]\ntrust = \"always\"\n");
    for (at, (id, title)) in ZONES.iter().enumerate() {
        let output =
            if cards.is_some() { format!("device:{}", ["trai", "giua", "phai"][at / 2]) } else { "null".to_owned() };
        let channel = ["left", "right"][at % 2];
        let _ = write!(about, "[zones.{id}]\ntitle = \"{title}\"\noutput = \"{output}\"\nchannel = \"{channel}\"\n");
    }
    about += "[groups]\nvung-cao = [\"da-nghit\", \"lieng-bong\"]\n";
    station.write("loa.toml", &about);
    for file in SOUNDS {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("audio").join(file);
        fs::copy(from, station.path("audio").join(file)).unwrap();
    }
    station.tone(PROGRAMME, 40.0, 440.0);
    write_journal(&station, now, &tz);
    write_schedule(&station, now + Duration::from_mins(50), &tz);
    Village { station, tz, _cards: cards }
}

impl Village {
    /// Begin the morning's programme, and wait until the page shows that it sounds.
    pub(super) fn sounds(&self, daemon: &Daemon<'_>, console: &Console<'_>) {
        let anybody = console.person("Vũ Thị Sáu", "official", &[]);
        let shows = |path: &str, words: &str| anybody.clone().get(path).body.contains(words);
        daemon.wait_until("every sound is known", || SOUNDS.iter().all(|name| shows("/say", name)));
        daemon.wait_until("the programme is known", || shows("/say", PROGRAMME));
        daemon.wait_until("nothing is to be examined any more", || !shows("/say", "máy chưa nghe đến"));
        write_schedule(&self.station, journal::now(), &self.tz);
        daemon.wait_until("the page shows what sounds", || shows("/", "Đang phát"));
    }
}

fn write_schedule(station: &Station, now: Wall, tz: &TimeZone) {
    let first = Wall::from_secs(now.nanos().div_euclid(1_000_000_000) + LEAD).zoned(tz);
    let (date, time) = (first.date(), first.time().strftime("%H:%M:%S").to_string());
    let everyday = |id: &str, title: &str, at: &str, play: &str, more: &str| {
        format!("[[broadcast]]\nid = \"{id}\"\ntitle = \"{title}\"\nat = \"{at}\"\nplay = \"{play}\"\n{more}\n")
    };
    let today = date.to_string();
    let text = [
        "[rules]\nhours = [\"05:00-06:30\", \"11:00-11:45\", \"17:00-18:30\"]\n\n".to_owned(),
        everyday(
            "chuong-trinh-sang",
            "Chương trình phát thanh sáng",
            &time,
            "chuong-trinh-sang",
            &format!("zones = [\"thon-1\", \"thon-2\"]\ndates = [{today}]\nrepeat = 10\n"),
        ),
        everyday("nhac-hieu", "Nhạc hiệu và lời chào buổi sáng", "06:05", "nhac-hieu", ""),
        everyday("ban-tin-sang", "Bản tin sáng của xã", "06:06", "ban-tin-sang", ""),
        everyday(
            "gio-tiep-dan",
            "Hướng dẫn nộp hồ sơ ở Trung tâm Phục vụ hành chính công xã",
            "06:06:10",
            "gio-tiep-dan",
            "zones = [\"thon-1\", \"thon-2\"]\n",
        ),
        everyday(
            "tiem-chung",
            "Lịch tiêm chủng Thôn Đạ Nghịt và Thôn Liêng Bông",
            "06:15",
            "tiem-chung",
            "zones = [\"vung-cao\"]\n",
        ),
        everyday(
            "thieu-nhi",
            "Chương trình thiếu nhi",
            "11:15",
            "chuong-trinh-sang",
            "zones = [\"truong-hoc\"]\ndays = [\"Sat\", \"Sun\"]\n",
        ),
        everyday("phong-chay-rung", "Phòng cháy rừng mùa khô", "17:00:20", "phong-chay-rung", "class = \"priority\"\n"),
        everyday("ban-tin-chieu", "Bản tin chiều của xã", "17:01", "ban-tin-chieu", ""),
        everyday(
            "dem-nhac",
            "Đêm ca nhạc mừng xã nông thôn mới",
            "20:00",
            "nhac-hieu",
            "zones = [\"trung-tam\"]\ndays = [\"Sat\"]\n",
        ),
        everyday("ket-thuc", "Lời kết buổi chiều", "17:05", "tam-biet", ""),
    ];
    station.write("schedules/lich-xa.toml", &text.concat());
}

/// A week of mornings and evenings; once the power was lost, once somebody pressed stop.
fn write_journal(station: &Station, now: Wall, tz: &TimeZone) {
    let today = now.zoned(tz).date();
    let first = today.saturating_sub(7.days());
    fs::create_dir_all(station.path("state")).unwrap();
    let begins = moment(first, "00:00", tz);
    let mut journal = Journal::open_loose(&station.path("state/journal.db"), begins, tz).unwrap().journal;
    journal.note(&Entry { written: begins, reason: Some("started".into()), ..Entry::default() }).unwrap();
    let mut rows = Vec::new();
    for day in 0..=7 {
        let date = first.saturating_add(i64::from(day).days());
        for (time, id, title, seconds) in MORNING {
            let planned = moment(date, time, tz);
            if planned + Duration::from_mins(2) > now {
                continue;
            }
            for (zone, _) in ZONES {
                let is_dark = day == 6 && time == "17:00" && zone.contains('-') && zone.starts_with(['d', 'l']);
                let is_cut = day == 5 && time == "05:06" && zone == "thon-2";
                rows.push(row(zone, (id, title), planned, seconds, is_dark, is_cut));
            }
        }
    }
    for row in &rows {
        journal.note(row).unwrap();
    }
    journal.batch(|batch| batch.alive(now)).unwrap();
}

fn row(zone: &str, (id, title): (&str, &str), planned: Wall, seconds: u64, is_dark: bool, is_cut: bool) -> Entry {
    let heard = if is_dark {
        0
    } else if is_cut {
        seconds / 2
    } else {
        seconds
    };
    let reason = if is_dark { "power_lost" } else { "stopped: Trần Thị Hai" };
    Entry {
        kind: EntryKind::Airing,
        written: planned + Duration::from_secs(heard),
        zone: Some(zone.into()),
        broadcast: Some(id.into()),
        title: title.into(),
        class: Some(Class::Normal),
        planned: Some(planned),
        started: (!is_dark).then_some(planned),
        ended: (!is_dark).then(|| planned + Duration::from_secs(heard)),
        start_error_ms: (!is_dark).then_some(0.4),
        seconds_planned: Some(seconds as f64),
        seconds_played: Some(heard as f64),
        outcome: Some(if is_dark {
            Outcome::Missed
        } else if is_cut {
            Outcome::Partial
        } else {
            Outcome::Played
        }),
        reason: (is_dark || is_cut).then(|| reason.into()),
        audio: vec![AudioRef { file: format!("{id}.mp3"), sha256: "0".repeat(64) }],
        ..Entry::default()
    }
}

fn moment(date: Date, time: &str, tz: &TimeZone) -> Wall {
    let time = jiff::civil::Time::strptime("%H:%M", time).unwrap();
    date.to_datetime(time).to_zoned(tz.clone()).unwrap().timestamp().into()
}
