//! A province on one box: what a page costs grows with what it shows, and not with its square. Each page of a large station
//! is asked in turns with that of one a tenth as large; what looks at every pair would take a hundred times as long.

use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use rusqlite::Connection;

use super::kit::Console;
use crate::kit::Station;

/// Ten times as much may take so many times as much work: linear, with what the first look at it costs.
const TIMES_MOST: u32 = 40;

/// What takes less is not told from what the machine does besides.
const NOTHING: Duration = Duration::from_millis(250);

fn station(tenths: usize) -> Station {
    let (zones, broadcasts, sounds) = (30 * tenths, 300 * tenths, 1_000 * tenths);
    let station = Station::new();
    let mut toml = "name = \"Tỉnh\"\n[clock]\ntrust = \"always\"\n".to_owned();
    for number in 0..zones {
        let _ = write!(toml, "[zones.z{number}]\ntitle = \"Thôn {number}\"\noutput = \"null\"\n");
    }
    station.write("loa.toml", &toml);
    let mut text = String::new();
    for number in 0..broadcasts {
        let minute = 300 + number * 7 % 840;
        let _ = write!(
            text,
            "[[broadcast]]\nid = \"b{number}\"\ntitle = \"Mục {number}\"\nat = \"{:02}:{:02}\"\ndays = \"T2\"\nzones = [\"z{}\", \"z{}\"]\nplay = [\"tin-{}\"]\nwait = \"30m\"\n",
            minute / 60,
            minute % 60,
            number % zones,
            (number + 1) % zones,
            number % sounds
        );
        if number % 100 == 99 {
            station.write(&format!("schedules/f{}.toml", number / 100), &text);
            text.clear();
        }
    }
    for number in 0..sounds {
        fs::write(station.path("audio").join(format!("tin-{number}.wav")), b"RIFF").unwrap();
    }
    station
}

/// People who are there beside the one who looks.
fn crowd(station: &Station, tenths: usize) {
    let mut db = Connection::open(station.path("state/console.db")).unwrap();
    let tx = db.transaction().unwrap();
    for number in 0..100 * tenths {
        let login = format!("nguoi{number}");
        tx.execute(
            "INSERT INTO person (name, login, role, zones, approves, made) VALUES (?1, ?2, 'reviewer', '', 0, 0)",
            (format!("Người {number}"), login),
        )
        .unwrap();
    }
    tx.commit().unwrap();
}

/// How long a process has kept a processor busy, by the kernel's books. What its neighbours do is not in it.
fn worked(process: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let (_, after) = stat.rsplit_once(") ").unwrap();
    let ticks = after.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum::<u64>();
    // The kernel's unit for them, a hundredth of a second on every machine that Linux runs on.
    Duration::from_millis(ticks * 10)
}

#[test]
#[ignore = "long"]
fn every_page_of_a_province_costs_ten_times_as_much_as_that_of_a_tenth_of_it_and_not_a_hundred() {
    let stations = [station(1), station(10)];
    let pages = [Console::start(&stations[0]), Console::start(&stations[1])];
    let mut browsers = [pages[0].person("Tư", "admin", &[]), pages[1].person("Tư", "admin", &[])];
    for (station, tenths) in stations.iter().zip([1, 10]) {
        crowd(station, tenths);
    }
    for path in [
        "/",
        "/today.svg",
        "/schedule",
        "/schedule?zone=z7",
        "/schedule/off",
        "/schedule/versions",
        "/schedule/broadcast?id=b7",
        "/sounds",
        "/sounds?show=unused",
        "/sounds?show=better",
        "/sounds?q=tin-99",
        "/sounds/tin-7.wav",
        "/sounds/slot/tin-7",
        "/journal",
        "/people",
        "/machine",
    ] {
        let mut ask = |at: usize| {
            let before = worked(pages[at].pid());
            let page = browsers[at].get(path);
            assert!(page.status == 200 || path == "/machine", "{path}: {} {}", page.status, page.body);
            (worked(pages[at].pid()).saturating_sub(before), page.body.len())
        };
        // The first of each is worked out, the second is what everybody after him gets.
        for which in ["first", "next"] {
            let ((small, _), (large, length)) = (ask(0), ask(1));
            println!("{path}, {which}: {small:.1?}, {large:.1?}, {} KB", length / 1_000);
            assert!(large < small.max(NOTHING) * TIMES_MOST, "{path}, {which}: {small:?} grew to {large:?}");
        }
    }
    let memory = fs::read_to_string(format!("/proc/{}/status", pages[1].pid())).unwrap();
    println!(
        "{}",
        memory.lines().filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM")).collect::<String>()
    );
}
