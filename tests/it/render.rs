//! What a zone sends, sample by sample.

use crate::kit::Station;

/// Where samples lie is asked here, not how loud they are.
const ONE_ZONE: &str = "[zones.thon-1]\noutput = \"null\"\nloudness = \"off\"\n";

fn samples(station: &Station, from: &str, to: &str, zone: &str) -> Vec<i16> {
    let out = station.path("out.wav");
    let said = station.loa(&["render", "--from", from, "--to", to, "--zone", zone, "--out", out.to_str().unwrap()]);
    assert_eq!(said.code, 0, "{said:?}");
    let mut wav = hound::WavReader::open(out).unwrap();
    assert_eq!((wav.spec().channels, wav.spec().sample_rate, wav.spec().bits_per_sample), (1, 48_000, 16));
    wav.samples().collect::<Result<_, _>>().unwrap()
}

fn clip(station: &Station, file: &str) -> Vec<i16> {
    hound::WavReader::open(station.path("audio").join(file)).unwrap().samples().collect::<Result<_, _>>().unwrap()
}

fn assert_silent(samples: &[i16]) {
    assert!(samples.iter().all(|sample| *sample == 0), "silence expected");
}

#[test]
fn a_clip_is_rendered_sample_by_sample_at_its_second() {
    let station = Station::new();
    station.tone("a.wav", 1.0, 440.0).write("loa.toml", ONE_ZONE).write(
        "schedules/a.toml",
        "[[broadcast]]\nid = \"a\"\nat = \"05:30:01\"\ndates = [2026-12-01]\nplay = [\"a\"]\n",
    );
    let heard = samples(&station, "2026-12-01T05:30:00", "2026-12-01T05:30:03", "thon-1");
    assert_eq!(heard.len(), 3 * 48_000);
    assert_silent(&heard[..48_000]);
    assert_eq!(heard[48_000..96_000], clip(&station, "a.wav"));
    assert_silent(&heard[96_000..]);
}

#[test]
fn two_clips_back_to_back_have_no_gap_and_no_overlap() {
    let station = Station::new();
    station.tone("a.wav", 0.503, 440.0).tone("b.wav", 0.25, 997.0).write("loa.toml", ONE_ZONE).write(
        "schedules/a.toml",
        "[[broadcast]]\nid = \"a\"\nat = \"05:30\"\ndates = [2026-12-01]\nplay = [\"a\", \"b\", \"pause 250ms\", \"a\"]\n",
    );
    let heard = samples(&station, "2026-12-01T05:30:00", "2026-12-01T05:30:02", "thon-1");
    let (a, b) = (clip(&station, "a.wav"), clip(&station, "b.wav"));
    let expected: Vec<i16> = [&a[..], &b[..], &vec![0; 12_000], &a[..]].concat();
    assert_eq!(heard[..expected.len()], expected);
    assert_silent(&heard[expected.len()..]);
}

#[test]
fn a_repeated_broadcast_is_heard_again_after_its_gap_to_the_sample_and_the_plan_knows_it() {
    let station = Station::new();
    station.tone("a.wav", 0.503, 440.0).write("loa.toml", ONE_ZONE).write(
        "schedules/a.toml",
        "[[broadcast]]\nid = \"a\"\nat = \"05:30\"\ndates = [2026-12-01]\nplay = [\"a\"]\nrepeat = 3\ngap = \"250ms\"\n\
         [[broadcast]]\nid = \"b\"\nat = \"05:30\"\ndates = [2026-12-02]\nplay = \"a\"\nrepeat = 2\n",
    );
    let heard = samples(&station, "2026-12-01T05:30:00", "2026-12-01T05:30:03", "thon-1");
    let a = clip(&station, "a.wav");
    let gap = vec![0; 12_000];
    let expected: Vec<i16> = [&a[..], &gap, &a, &gap, &a].concat();
    assert_eq!(heard[..expected.len()], expected);
    assert_silent(&heard[expected.len()..]);
    let rows = station.loa(&["plan", "--json", "--from", "2026-12-02T05:00", "--to", "2026-12-02T06:00"]).rows();
    let names: Vec<&str> =
        rows[0]["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["a", "pause 2s", "a"]);
    station.write(
        "schedules/a.toml",
        "[[broadcast]]\nid = \"a\"\nat = \"05:30\"\nplay = \"a\"\nrepeat = 11\n\
         [[broadcast]]\nid = \"b\"\nat = \"05:40\"\nplay = \"a\"\ngap = \"5s\"\n",
    );
    let codes: Vec<String> =
        station.loa(&["check", "--json"]).rows().iter().map(|row| row["code"].to_string()).collect();
    assert_eq!(codes, ["\"out_of_range\"", "\"idle_gap\""]);
}

#[test]
fn an_airing_that_waits_starts_on_the_frame_after_the_last_of_the_one_before() {
    let station = Station::new();
    station.tone("a.wav", 1.503, 440.0).tone("b.wav", 0.25, 997.0).write("loa.toml", ONE_ZONE).write(
        "schedules/a.toml",
        "[[broadcast]]\nid = \"a\"\nat = \"05:30:00\"\ndates = [2026-12-01]\nplay = [\"a\"]\n\
         [[broadcast]]\nid = \"b\"\nat = \"05:30:01\"\ndates = [2026-12-01]\nplay = [\"b\"]\n",
    );
    let heard = samples(&station, "2026-12-01T05:30:00", "2026-12-01T05:30:03", "thon-1");
    let expected: Vec<i16> = [clip(&station, "a.wav"), clip(&station, "b.wav")].concat();
    assert_eq!(heard[..expected.len()], expected);
    assert_silent(&heard[expected.len()..]);
}

#[test]
fn an_interrupted_airing_goes_on_where_it_was_cut_without_a_click() {
    let station = Station::new();
    station.tone("dai.wav", 3.0, 440.0).tone("gap.wav", 1.0, 997.0).write("loa.toml", ONE_ZONE).write(
        "schedules/a.toml",
        "[[broadcast]]\nid = \"dai\"\nat = \"05:30:00\"\ndates = [2026-12-01]\nplay = [\"dai\"]\n\
         [[broadcast]]\nid = \"gap\"\nclass = \"priority\"\nat = \"05:30:01\"\ndates = [2026-12-01]\nplay = [\"gap\"]\n",
    );
    let heard = samples(&station, "2026-12-01T05:30:00", "2026-12-01T05:30:05", "thon-1");
    let (long, urgent) = (clip(&station, "dai.wav"), clip(&station, "gap.wav"));
    let fade = 240;
    assert_eq!(heard[..48_000 - fade], long[..48_000 - fade], "untouched up to the fade");
    assert_eq!(heard[48_000..96_000], urgent, "the urgent one is whole and in its place");
    assert_eq!(heard[96_000 + fade..4 * 48_000], long[48_000 + fade..], "it goes on at the very sample");
    assert_silent(&heard[4 * 48_000..]);
    let at_cut = &heard[48_000 - fade..48_000];
    assert!(at_cut.last().unwrap().abs() < 20, "the fade has reached silence: {:?}", at_cut.last());
}

#[test]
fn a_window_that_begins_in_the_middle_of_an_airing_hears_its_middle() {
    let station = Station::new();
    station
        .tone("a.wav", 4.0, 441.0)
        .write("loa.toml", ONE_ZONE)
        .write("schedules/a.toml", "[[broadcast]]\nid = \"a\"\nat = \"05:30\"\ndates = [2026-12-01]\nplay = [\"a\"]\n");
    let heard = samples(&station, "2026-12-01T05:30:01", "2026-12-01T05:30:03", "thon-1");
    assert_eq!(heard, clip(&station, "a.wav")[48_000..3 * 48_000]);
}

#[test]
fn each_zone_hears_its_own_language_and_only_its_own_broadcasts() {
    let station = Station::new();
    station
        .tone("tin.vi.wav", 0.5, 440.0)
        .tone("tin.kho.wav", 0.25, 660.0)
        .write(
            "loa.toml",
            "[zones.mot]\noutput = \"null\"\nloudness = \"off\"\nlanguages = [\"vi\"]\n[zones.hai]\noutput = \"null\"\nloudness = \"off\"\nlanguages = [\"vi\", \"kho\"]\n[zones.ba]\noutput = \"null\"\nloudness = \"off\"\n",
        )
        .write(
            "schedules/a.toml",
            "[[broadcast]]\nid = \"a\"\nzones = [\"mot\", \"hai\"]\nat = \"05:30\"\ndates = [2026-12-01]\nplay = [\"tin\"]\n",
        );
    let window = ("2026-12-01T05:30:00", "2026-12-01T05:30:01");
    let (vi, kho) = (clip(&station, "tin.vi.wav"), clip(&station, "tin.kho.wav"));
    assert_eq!(samples(&station, window.0, window.1, "mot")[..vi.len()], vi);
    assert_silent(&samples(&station, window.0, window.1, "mot")[vi.len()..]);
    assert_eq!(samples(&station, window.0, window.1, "hai")[..vi.len() + kho.len()], [&vi[..], &kho[..]].concat());
    assert_silent(&samples(&station, window.0, window.1, "ba"));
}

/// The level of samples in dB; the differences of levels are what is asked.
fn level(samples: &[i16]) -> f64 {
    let power: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / samples.len() as f64;
    10.0 * power.log10()
}

#[test]
fn volume_follows_the_local_hour_without_a_click_and_an_emergency_is_as_loud_as_ever() {
    let station = Station::new();
    station.tone("a.wav", 20.0, 440.0).tone("e.wav", 2.0, 440.0).write("loa.toml", ONE_ZONE).write(
        "schedules/a.toml",
        "[rules]\nhours = [\"05:00-07:00\"]\nvolume = [{ hours = \"05:00-06:00\", db = -6 }]\n\
         [[broadcast]]\nid = \"a\"\nat = \"05:59:50\"\ndates = [2026-12-01]\nplay = [\"a\"]\n\
         [[broadcast]]\nid = \"e\"\nat = \"05:30:00\"\ndates = [2026-12-01]\nplay = [\"e\"]\nclass = \"emergency\"\nby = \"A\"\nwhy = \"b\"\n",
    );
    let heard = samples(&station, "2026-12-01T05:59:50", "2026-12-01T06:00:10", "thon-1");
    let clip = clip(&station, "a.wav");
    let second = 48_000;
    let lowered = level(&heard[second..10 * second]) - level(&clip[second..10 * second]);
    assert!((lowered + 6.0).abs() < 0.05, "{lowered}");
    assert_eq!(heard[10 * second + 4_800..], clip[10 * second + 4_800..], "from 06:00 on it is untouched");
    let step = |samples: &[i16]| samples.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs()).max();
    assert!(step(&heard[9 * second..11 * second]) <= step(&clip), "no click where it changes");
    let gliding = level(&heard[10 * second + 1_800..10 * second + 3_000]) - level(&clip[..1_200]);
    assert!((-4.0..-1.0).contains(&gliding), "half way it is half as much: {gliding}");
    let alert = samples(&station, "2026-12-01T05:30:00", "2026-12-01T05:30:02", "thon-1");
    assert_eq!(alert, self::clip(&station, "e.wav"));
}

#[test]
fn what_was_heard_earlier_in_the_day_counts_where_a_rendering_begins_later() {
    let station = Station::new();
    station.tone("a.wav", 1.0, 440.0).write("loa.toml", ONE_ZONE).write(
        "schedules/a.toml",
        "[rules]\nmax_sessions_per_day = 2\n\
         [[broadcast]]\nid = \"a\"\nat = [\"05:30\", \"11:00\", \"17:00\"]\ndates = [2026-12-01]\nplay = [\"a\"]\n",
    );
    let noon = samples(&station, "2026-12-01T11:00:00", "2026-12-01T11:00:01", "thon-1");
    assert_eq!(noon, clip(&station, "a.wav"));
    assert_silent(&samples(&station, "2026-12-01T17:00:00", "2026-12-01T17:00:01", "thon-1"));
    let said = station.loa(&["simulate", "--json", "--from", "2026-12-01T16:59", "--to", "2026-12-01T17:01"]);
    assert_eq!(said.rows().iter().filter(|row| row["reason"] == "too_many_sessions").count(), 1, "{}", said.out);
}
