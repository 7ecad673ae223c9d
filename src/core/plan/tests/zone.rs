//! Nights on which the clocks change, through the plan: what is due, and what the lawful hours let pass.

use jiff::ToSpan;

use super::{schedule, sounds};
use crate::calendar::sample::{at, cron, daily, day, zone};
use crate::plan::plan;
use crate::plan::sample::station;
use crate::schedule::{Broadcast, Hours, Rules};

/// Time zone, date, lawful hours, times written, and what becomes of each, all by hand.
type Night = (&'static str, &'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const NIGHTS: [Night; 14] = [
    // Nothing happens in Vietnam.
    (
        "Asia/Ho_Chi_Minh",
        "2026-03-29",
        "02:00-03:00",
        &["01:59", "02:00", "02:30", "03:00"],
        &["01:59+07:00 refuse", "02:00+07:00 play", "02:30+07:00 play", "03:00+07:00 refuse"],
    ),
    (
        "Asia/Ho_Chi_Minh",
        "2026-10-25",
        "02:00-03:00",
        &["01:59", "02:30", "03:00"],
        &["01:59+07:00 refuse", "02:30+07:00 play", "03:00+07:00 refuse"],
    ),
    // 02:00 becomes 03:00: what was due between is due at 03:00, when hours up to 03:00 are over.
    (
        "Europe/Prague",
        "2026-03-29",
        "01:00-03:00",
        &["01:58", "02:30", "03:30"],
        &["01:58+01:00 play", "03:00+02:00 refuse", "03:30+02:00 refuse"],
    ),
    (
        "Europe/Prague",
        "2026-03-29",
        "02:30-04:00",
        &["01:58", "02:00", "02:30", "03:30"],
        &["01:58+01:00 refuse", "03:00+02:00 play", "03:30+02:00 play"],
    ),
    // 03:00 becomes 02:00: a doubled time is due the first time, and hours that end in it end the first time.
    (
        "Europe/Prague",
        "2026-10-25",
        "01:00-02:30",
        &["01:30", "02:15", "02:45", "03:00"],
        &["01:30+02:00 play", "02:15+02:00 play", "02:45+02:00 refuse", "03:00+01:00 refuse"],
    ),
    (
        "Europe/Prague",
        "2026-10-25",
        "02:45-04:00",
        &["02:15", "02:45", "03:00"],
        &["02:15+02:00 refuse", "02:45+02:00 play", "03:00+01:00 play"],
    ),
    (
        "America/New_York",
        "2026-03-08",
        "00:00-02:30",
        &["01:30", "02:00", "02:59", "04:00"],
        &["01:30-05:00 play", "03:00-04:00 refuse", "04:00-04:00 refuse"],
    ),
    (
        "America/New_York",
        "2026-11-01",
        "01:30-02:00",
        &["01:00", "01:30", "01:59", "02:00"],
        &["01:00-04:00 refuse", "01:30-04:00 play", "01:59-04:00 play", "02:00-05:00 refuse"],
    ),
    // Half an hour only: 02:00 becomes 02:30, and in autumn 02:00 becomes 01:30.
    (
        "Australia/Lord_Howe",
        "2026-10-04",
        "02:00-03:00",
        &["01:45", "02:00", "02:15", "02:30", "02:45", "03:00"],
        &["01:45+10:30 refuse", "02:30+11:00 play", "02:45+11:00 play", "03:00+11:00 refuse"],
    ),
    (
        "Australia/Lord_Howe",
        "2026-04-05",
        "01:15-01:45",
        &["01:15", "01:40", "01:45", "02:00"],
        &["01:15+11:00 play", "01:40+11:00 play", "01:45+11:00 refuse", "02:00+10:30 refuse"],
    ),
    // An hour back for the fasting month, and an hour forward after it.
    (
        "Africa/Casablanca",
        "2026-02-15",
        "02:00-03:00",
        &["01:59", "02:30", "03:00"],
        &["01:59+01:00 refuse", "02:30+01:00 play", "03:00+00:00 refuse"],
    ),
    (
        "Africa/Casablanca",
        "2026-03-22",
        "02:00-03:00",
        &["01:30", "02:30", "03:30"],
        &["01:30+00:00 refuse", "03:00+01:00 refuse", "03:30+01:00 refuse"],
    ),
    (
        "Africa/Casablanca",
        "2026-03-22",
        "02:00-04:00",
        &["01:30", "02:30", "03:30"],
        &["01:30+00:00 refuse", "03:00+01:00 play", "03:30+01:00 play"],
    ),
    // The whole day is lawful to its last second, the day with 23 hours as well.
    (
        "Europe/Prague",
        "2026-03-29",
        "00:00-24:00",
        &["00:00", "02:30", "23:59"],
        &["00:00+01:00 play", "03:00+02:00 play", "23:59+02:00 play"],
    ),
];

fn rules(written: &str) -> Rules {
    let seconds = |clock: &str| -> u32 {
        let (hour, minute) = clock.split_once(':').unwrap();
        hour.parse::<u32>().unwrap() * 3600 + minute.parse::<u32>().unwrap() * 60
    };
    let (from, to) = written.split_once('-').unwrap();
    Rules { hours: Hours(std::iter::once(seconds(from)..seconds(to)).collect()), ..Rules::default() }
}

/// What becomes of a broadcast of one minute on that day.
fn told(broadcast: Broadcast, (tz, date, hours, ..): &Night) -> Vec<String> {
    let mut schedule = schedule([broadcast]);
    schedule.rules = rules(hours).into();
    let mut station = station(1);
    station.timezone = zone(tz);
    let midnight = |date: jiff::civil::Date| at(&format!("{date}T00:00"), &station.timezone);
    let (today, tomorrow) = (day(date), day(date).saturating_add(1.day()));
    let airings = plan(&schedule, &station, &sounds(&[("a", 1)]), midnight(today), midnight(tomorrow));
    let local = |airing: &crate::plan::Airing| airing.start.zoned(&station.timezone).strftime("%H:%M%:z").to_string();
    airings.iter().map(|airing| format!("{} {}", local(airing), airing.verdict.code())).collect()
}

#[test]
fn nights_on_which_the_clocks_change_go_as_written_by_hand() {
    for night in NIGHTS {
        let (tz, date, hours, times, expected) = night;
        for by_cron in [false, true] {
            let mut found = Vec::new();
            for time in times {
                let (hour, minute) = time.split_once(':').unwrap();
                let broadcast =
                    if by_cron { cron("a", &format!("0 {minute} {hour} * * *")) } else { daily("a", &[time]) };
                let of_time = told(broadcast, &night);
                assert_eq!(of_time.len(), 1, "{tz} {date} {time}: once, not never and not twice");
                found.extend(of_time);
            }
            found.dedup();
            assert_eq!(found, expected, "{tz} {date} {hours} {}", if by_cron { "cron" } else { "at" });
        }
        let together = told(daily("a", times), &night);
        assert_eq!(together, expected, "{tz} {date} {hours}, all times in one broadcast");
    }
}
