//! The day of three people: the official writes the schedule, a hamlet head hands in what it lacks, it plays, and who
//! reviews finds it again. One browser; who sits before it changes with the cookie of the session.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::{Date, DateTime, Time};
use loa::clock::Clock as _;
use loa::machine::MachineClock;

use super::driver::{By, Driver};
use super::wire::Wire;
use super::{day_official, day_operator, day_reviewer, picture};
use crate::console::{Console, PASSWORD};
use crate::kit::late::{TwoClocks, is_on_time, slack};
use crate::kit::{Daemon, Station, onsets, wav_file, whole_second_in};

/// What the hamlet head hands in lasts, in seconds; and the two airings of it are so far apart.
const SOUND_S: f64 = 8.8;
pub(super) const APART_S: i64 = 12;

/// Louder than half of the tone.
const LOUD: f32 = 0.2;

/// Frames of silence that part two sounds.
const QUIET: usize = 4_800;

/// A person who is logged in, in the browser.
pub(super) struct Login<'a> {
    driver: &'a Driver,
    root: &'a str,
    session: String,
}

impl<'a> Login<'a> {
    /// A new person opens his link and sets a password.
    pub(super) fn new(driver: &'a Driver, root: &'a str, link: &str) -> Self {
        driver.open(&format!("{root}{link}"));
        driver.fill(By::Css("input[name=password]"), PASSWORD);
        driver.fill(By::Css("input[name=again]"), PASSWORD);
        driver.press(By::Css("main form button"));
        driver.until("the first page", || driver.address() == format!("{root}/"));
        Self { driver, root, session: driver.cookie("loa") }
    }

    /// He sits down before the browser.
    pub(super) fn sits_down(&self) {
        self.driver.keep(self.root, "loa", &self.session);
    }

    /// He looks at his first page, and has done nothing yet.
    pub(super) fn comes(&self) {
        self.sits_down();
        self.driver.open(&format!("{}/", self.root));
        self.driver.taps();
    }
}

/// All that the three share.
pub(super) struct Scene<'a> {
    pub(super) station: &'a Station,
    pub(super) daemon: &'a Daemon<'a>,
    pub(super) console: &'a Console<'a>,
    pub(super) driver: &'a Driver,
    pub(super) wire: &'a Wire,
    pub(super) root: &'a str,
    pub(super) hours: Hours,
}

impl Scene<'_> {
    /// What was on the screen at this step is left beside the pictures of the pages.
    pub(super) fn seen(&self, name: &str) {
        let width = self.driver.run("return innerWidth").as_u64().unwrap_or(360);
        picture(self.driver, &format!("day-{name}"), width as u32);
    }
}

/// Hours of the day that suit a test at any hour: they are far enough from now that nothing of them happens meanwhile.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hours {
    /// The morning's news is at half past this one.
    pub(super) news: i8,
    /// In this one nothing may play.
    pub(super) forbidden: i8,
}

impl Hours {
    fn of(now: DateTime) -> Self {
        Self { news: (now.hour() + 6) % 24, forbidden: (now.hour() + 9) % 24 }
    }

    fn lawful(self) -> String {
        let (from, to) = (self.forbidden, self.forbidden + 1);
        let spans = [(0, from), (to, 24)].into_iter().filter(|(from, to)| from < to);
        let spans: Vec<String> = spans.map(|(from, to)| format!("\"{from:02}:00-{to:02}:00\"")).collect();
        spans.join(", ")
    }
}

/// The station's time.
pub(super) fn here() -> DateTime {
    MachineClock.wall().zoned(&jiff::tz::TimeZone::get("Asia/Ho_Chi_Minh").unwrap()).datetime()
}

/// As people type a day.
pub(super) fn typed(date: Date) -> String {
    date.strftime("%d/%m/%Y").to_string()
}

fn station(hours: Hours) -> Station {
    let station = Station::new();
    station.tone("tin.wav", 60.0, 440.0).write(
        "loa.toml",
        "name = \"Xã Đông Giang\"\n[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"wav:thon-1.wav\"\nloudness = \"off\"\n\
         [zones.thon-2]\ntitle = \"Thôn 2\"\noutput = \"null\"\n[clock]\ntrust = \"always\"\n",
    );
    station.write(
        "schedules/lich.toml",
        &format!(
            "# Lịch của xã\n[rules]\nhours = [{}]\n\n[[broadcast]]\nid = \"ban-tin\"\ntitle = \"Bản tin sáng\"\n\
             at = \"{:02}:30\"\nplay = \"tin\"\n",
            hours.lawful(),
            hours.news
        ),
    );
    station
}

/// A recording: sixteen bits, so many channels and samples a second of what `sample` gives.
pub(super) fn recording(place: &Path, rate: u32, channels: u16, frames: u32, sample: impl Fn(u32) -> f32) -> PathBuf {
    let whole = (0..frames).map(|frame| (sample(frame).clamp(-1.0, 1.0) * 32_767.0) as i16);
    wav_file(place, rate, channels, whole.flat_map(|sample| std::iter::repeat_n(sample, usize::from(channels))));
    place.to_owned()
}

/// A tone that is loud from its first sample.
pub(super) fn tone(rate: u32, level: f32) -> impl Fn(u32) -> f32 {
    move |frame| level * (frame as f32 / rate as f32 * 440.0 * std::f32::consts::TAU).cos()
}

#[test]
#[ignore = "long"]
fn three_people_have_their_day() {
    let Some(driver) = Driver::start() else { return };
    let hours = Hours::of(here());
    let station = station(hours);
    let daemon = station.run();
    daemon.wait_until("it knows the sound", || station.loa(&["status", "--json"]).json()["sounds"] == 1);
    let console = Console::start(&station);
    let wire = Wire::to(console.address);
    let root = format!("http://{}", wire.address);
    let scene = Scene {
        station: &station,
        daemon: &daemon,
        console: &console,
        driver: &driver,
        wire: &wire,
        root: &root,
        hours,
    };
    driver.be(1280, 900, false);
    let hai = Login::new(&driver, &root, &console.link("Trần Thị Hai", "official", &[]));
    driver.be(360, 740, false);
    let nam = Login::new(&driver, &root, &console.link("Nguyễn Văn Năm", "operator", &["thon-1"]));

    day_official::adds_with_the_help_of_the_page(&scene, &hai);
    day_official::moves_leaves_out_and_calls_off(&scene, &hai);
    day_official::deletes_restores_and_sees_who_changed_what(&scene, &hai);
    day_official::shares_a_broadcast_with_another(&scene, &hai);
    day_operator::hands_in(&scene, &nam);
    day_operator::sees_that_the_page_is_old(&scene, &nam);
    let clocks = TwoClocks::now();
    let first = day_official::has_it_played_soon(&scene, &hai);
    day_operator::hears_it_and_stops_it(&scene, &nam, first);
    let ba = Login::new(&driver, &root, &console.link("Lê Văn Ba", "reviewer", &[]));
    day_reviewer::finds_it_and_answers_a_complaint(&scene, &ba, first);
    let rows = station.loa(&["journal", "--json"]).rows();
    assert_eq!(daemon.end(), 0);
    played(&station, &rows, &clocks);
}

/// What the horn got, and what the journal says of it.
fn played(station: &Station, rows: &[serde_json::Value], clocks: &TwoClocks) {
    let own: Vec<_> = rows.iter().filter(|row| row["kind"] == "airing" && row["outcome"] != "missed").collect();
    let whole = own.iter().find(|row| row["outcome"] == "played").unwrap_or_else(|| panic!("{rows:#?}"));
    assert!(is_on_time(whole["start_error_ms"].as_f64().unwrap(), 50.0), "{whole:#}");
    assert!((whole["seconds_played"].as_f64().unwrap() - SOUND_S).abs() < 0.05, "{whole:#}");
    let stopped: Vec<_> = own.iter().filter(|row| row["outcome"] == "partial").collect();
    assert_eq!(stopped.len(), 2, "{rows:#?}");
    assert!(stopped.iter().all(|row| row["reason"].as_str().unwrap().contains("Nguyễn Văn Năm")), "{stopped:#?}");
    let mut wav = hound::WavReader::open(station.path("thon-1.wav")).unwrap();
    let rate = wav.spec().sample_rate as usize;
    let samples: Vec<f32> = wav.samples::<i16>().map(|sample| f32::from(sample.unwrap()) / 32_768.0).collect();
    let found = onsets(&samples, LOUD, QUIET);
    assert_eq!(found.len(), 3, "twice by the schedule, once let go on: {found:?}");
    let apart = found[1] - found[0];
    assert!(clocks.are_apart(apart, APART_S as usize * rate, rate), "{apart} frames lie between the two: {found:?}");
}

/// When something may begin that somebody is still to type, save and have read by the daemon.
pub(super) fn soon() -> DateTime {
    whole_second_in(12 + 2 * slack())
}

/// `05:30:20`, as it can be typed.
pub(super) fn clock(time: Time) -> String {
    time.strftime("%H:%M:%S").to_string()
}

/// Where the browser puts what it downloads.
pub(super) fn downloads(station: &Station) -> PathBuf {
    let place = station.path("downloads");
    fs::create_dir_all(&place).unwrap();
    place
}
