//! The whole daemon, heard: schedules and commands go in at one end, and at the other an ear on the
//! sound server's own monitor finds each sound where it belongs.

use std::time::Duration;

use jiff::ToSpan;
use loa::clock::Clock;
use loa::machine::MachineClock;

use crate::kit::late::is_on_time;
use crate::kit::pulse::{self, Recorder, Rig};
use crate::kit::{Station, broadcast_at, one_channel, onsets, wait_for, whole_second_in};

const TWO_HORNS: &str = "[zones.thon-1]\noutput = \"device:default\"\nchannel = \"left\"\nloudness = \"off\"\n\
                         [zones.thon-2]\noutput = \"device:default\"\nchannel = \"right\"\nloudness = \"off\"\n";
const ANY_HOUR: &str = "[rules]\nhours = [\"00:00-24:00\"]\n";
/// Seconds after the first, and the channel.
const PERFORMANCE: [(i64, usize); 8] = [(0, 0), (1, 1), (2, 1), (4, 0), (6, 1), (7, 0), (9, 1), (11, 0)];
/// From writing the schedule to the first sound: time to start the daemon and to open the device.
const LEAD_S: i64 = 6;
/// Where the monitor was silent for longer than this, the sink itself was held up and its buffers
/// ran dry: nothing that plays into it can be on time then.
const HELD_UP: Duration = Duration::from_millis(60);
/// The simulated card counts each block in whole microseconds and runs fast by what it cuts off: the more, the smaller
/// the blocks that a busy machine lets it take (308 ppm were seen). Crystals are better than that.
const STEEPEST_PPM: f64 = 500.0;
/// No start is farther off, in milliseconds.
const FARTHEST_MS: f64 = 1.0;
/// Louder than half a tone.
const LOUD: f32 = 0.2;
/// Frames of silence that part two sounds.
const QUIET: usize = 4_800;

#[test]
#[ignore = "long"]
fn eight_broadcasts_in_two_zones_are_heard_when_they_were_scheduled_and_the_journal_agrees() {
    let Some(rig) = pulse::punctual(&[
        "--exact",
        "--nocapture",
        "sounding::eight_broadcasts_in_two_zones_are_heard_when_they_were_scheduled_and_the_journal_agrees",
    ]) else {
        return;
    };
    let (findings, gap) = perform(&rig);
    if findings.is_empty() {
        return;
    }
    assert!(gap > HELD_UP, "the sink ran smoothly (at most {gap:?} without a sample), and yet:\n{findings}");
    eprintln!("the sink itself was held up for {gap:?}, so once more; what was found:\n{findings}");
    let (findings, gap) = perform(&rig);
    assert!(findings.is_empty(), "also the second time (at most {gap:?} without a sample):\n{findings}");
}

/// Play all of [`PERFORMANCE`]: what is wrong with it, and the longest time the sink was held up.
fn perform(rig: &Rig) -> (String, Duration) {
    let station = Station::new();
    let first = whole_second_in(LEAD_S);
    let mut schedule = ANY_HOUR.to_owned();
    for (n, (after, channel)) in PERFORMANCE.iter().enumerate() {
        let at = first.checked_add(after.seconds()).unwrap();
        let zone = format!("zones = [\"thon-{}\"]", channel + 1);
        schedule.push_str(&broadcast_at(&format!("muc-{n}"), at, "\"a\"", &zone));
    }
    station.tone("a.wav", 0.5, 440.0).write("loa.toml", TWO_HORNS).write("schedules/a.toml", &schedule);
    let mut recorder = rig.record();
    let daemon = station.run();
    recorder.listen(Duration::from_secs(LEAD_S as u64 + 1 + 11 + 1));
    let rows = || station.loa(&["journal", "--json"]).rows();
    daemon.wait_until("eight airings are recorded", || rows().len() >= PERFORMANCE.len());
    let journal = rows();
    let gap = recorder.longest_gap();
    let heard = recorder.stop();
    assert_eq!(daemon.end(), 0);

    let mut findings = Vec::new();
    let played: Vec<_> = journal.iter().filter(|row| row["kind"] == "airing" && row["outcome"] == "played").collect();
    if played.len() != PERFORMANCE.len() {
        findings.push(format!("eight are played in the journal: {journal:#?}"));
    }
    for row in played {
        let error = row["start_error_ms"].as_f64();
        if error.is_none_or(|error| error.abs() >= FARTHEST_MS) {
            findings.push(format!("{} began {error:?} ms off, says the journal", row["broadcast"]));
        }
    }
    findings.extend(judge(&heard));
    (findings.join("\n"), gap)
}

/// What the ear has against the recording. Its seconds are the sink's own, which run off from the machine's
/// like any card's: a straight line through the onsets is fitted out, and may not be steep.
fn judge(heard: &[f32]) -> Vec<String> {
    let mut found: Vec<(usize, usize)> = (0..pulse::CHANNELS)
        .flat_map(|channel| {
            onsets(&one_channel(heard, pulse::CHANNELS, channel), LOUD, QUIET)
                .into_iter()
                .map(move |onset| (onset, channel))
        })
        .collect();
    found.sort_unstable();
    if found.iter().map(|(_, channel)| *channel).ne(PERFORMANCE.iter().map(|(_, channel)| *channel)) {
        return vec![format!("heard at (frame, channel): {found:?}")];
    }
    let at: Vec<f64> = PERFORMANCE.iter().map(|(after, _)| *after as f64).collect();
    let first = found[0].0;
    let late: Vec<f64> = found
        .iter()
        .zip(&at)
        .map(|((onset, _), after)| (onset - first) as f64 / f64::from(pulse::RATE) * 1e3 - after * 1e3)
        .collect();
    let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len() as f64;
    let (middle, level) = (mean(&at), mean(&late));
    let joint: f64 = at.iter().zip(&late).map(|(x, y)| (x - middle) * (y - level)).sum();
    let slope = joint / at.iter().map(|x| (x - middle).powi(2)).sum::<f64>();
    let off: Vec<f64> = at.iter().zip(&late).map(|(x, y)| y - level - slope * (x - middle)).collect();
    let ppm = slope * 1e3;
    println!("eight onsets, in ms off the line through them (the sink ran {ppm:+.0} ppm): {off:.3?}");
    let fine = ppm.abs() < STEEPEST_PPM && off.iter().all(|off| off.abs() < FARTHEST_MS);
    if fine { Vec::new() } else { vec![format!("the onsets lie {off:.3?} ms off a line of {ppm:+.0} ppm")] }
}

#[test]
#[ignore = "long"]
fn an_alert_sounds_at_once_and_a_stop_silences_at_once() {
    let Some(rig) =
        pulse::punctual(&["--exact", "--nocapture", "sounding::an_alert_sounds_at_once_and_a_stop_silences_at_once"])
    else {
        return;
    };
    let station = Station::new();
    station.tone("lu.wav", 1.0, 880.0).tone("dai.wav", 20.0, 440.0);
    station.write("loa.toml", TWO_HORNS).write("schedules/a.toml", ANY_HOUR);
    let mut recorder = rig.record();
    let daemon = station.run();
    // The daemon answers a moment before it has read what lies in audio/; this test is about sound
    // that it knows.
    recorder.listen(Duration::from_secs(3));
    let mut asked = Vec::new();
    // The first one finds the device closed, the others find it open.
    for sound in ["lu", "lu", "lu", "dai"] {
        asked.push(order(&station, &mut recorder, &["alert", sound, "--by", "A", "--why", "lũ về"]));
        recorder.listen(Duration::from_secs(2));
    }
    let stopped = order(&station, &mut recorder, &["stop"]);
    recorder.listen(Duration::from_secs(1));
    let heard = one_channel(&recorder.stop(), pulse::CHANNELS, 0);
    assert_eq!(daemon.end(), 0);

    let onsets = onsets(&heard, LOUD, QUIET);
    assert_eq!(onsets.len(), asked.len(), "each alert is heard once: {onsets:?}");
    let ms = |frames: usize| frames as f64 / f64::from(pulse::RATE) * 1e3;
    let after: Vec<f64> = asked.iter().zip(&onsets).map(|(asked, onset)| ms(onset - asked)).collect();
    let last = heard.iter().rposition(|sample| sample.abs() > 0.01).unwrap_or(0);
    let silent = ms(last.saturating_sub(stopped));
    println!("from command to sound, in ms: device closed {:.0}, open {:.0?}", after[0], &after[1..]);
    println!("from stop to silence, in ms: {silent:.0}");
    // Far above what is measured on a quiet machine, far below what waiting for anything would take.
    assert!(after[0] < 2_500.0, "{after:?}");
    assert!(after[1..].iter().all(|after| *after < 1_000.0), "{after:?}");
    assert!(silent < 1_000.0, "{silent}");
}

/// Run a command; the frame that the recording had reached when it was given.
fn order(station: &Station, recorder: &mut Recorder, arguments: &[&str]) -> usize {
    let frame = recorder.frames();
    let before = MachineClock.mono();
    let said = station.loa(arguments);
    assert_eq!(said.code, 0, "{said:?}");
    println!("{}: answered within {:?}", arguments[0], MachineClock.mono().after(before));
    frame
}

#[test]
#[ignore = "long"]
fn an_airing_whose_server_dies_goes_on_when_it_is_back_and_one_that_finds_none_starts_as_soon_as_there_is() {
    let Some(mut rig) = pulse::inside(&[
        "--exact",
        "--nocapture",
        "sounding::an_airing_whose_server_dies_goes_on_when_it_is_back_and_one_that_finds_none_starts_as_soon_as_there_is",
    ]) else {
        return;
    };
    let station = Station::new();
    let first = whole_second_in(LEAD_S);
    let at = |seconds: i64| first.checked_add(seconds.seconds()).unwrap();
    let mut schedule = ANY_HOUR.to_owned();
    schedule.push_str(&broadcast_at("dai", at(0), "\"dai\"", ""));
    schedule.push_str(&broadcast_at("sau", at(15), "\"a\"", ""));
    schedule.push_str(&broadcast_at("cuoi", at(23), "\"a\"", ""));
    station.tone("dai.wav", 6.0, 440.0).tone("a.wav", 0.5, 440.0);
    station.write("loa.toml", "[zones.thon-1]\noutput = \"device:default\"\n").write("schedules/a.toml", &schedule);
    let daemon = station.run();
    let rows = || {
        let mut rows = station.loa(&["journal", "--json"]).rows();
        rows.retain(|row| row["kind"] == "airing");
        rows
    };
    let on_air = || station.loa(&["status", "--json"]).json()["zones"][0]["playing"]["title"].is_string();
    daemon.wait_until("the long one is on air", on_air);
    wait_for(at(2));
    rig.kill_server();
    wait_for(at(4));
    rig.restart_server();
    daemon.wait_until("the long one is over", || !rows().is_empty());
    rig.kill_server();
    // A second too late, and yet within the grace of a start.
    wait_for(at(16));
    rig.restart_server();
    daemon.wait_until("the second and", || rows().len() >= 2);
    daemon.wait_until("the last one are over", || rows().len() >= 3);
    let rows = rows();
    let log = daemon.log();
    assert_eq!(daemon.end(), 0);

    let row = |id: &str| rows.iter().find(|row| row["broadcast"] == id).unwrap_or_else(|| panic!("{id}: {rows:#?}"));
    println!("{rows:#?}");
    let long = row("dai");
    assert_eq!(long["outcome"], "played", "{rows:#?}\n{log}");
    assert!(
        long["reason"].as_str().is_some_and(|why| why.starts_with("device_lost: ") && why.contains("the sound device")),
        "{long:#}"
    );
    // What lay in the server's buffers is counted as heard, no more.
    assert!((5.8..6.2).contains(&long["seconds_played"].as_f64().unwrap()), "{long:#}");
    let second = row("sau");
    assert_eq!(second["outcome"], "played", "{rows:#?}\n{log}");
    assert!((900.0..5_000.0).contains(&second["start_error_ms"].as_f64().unwrap()), "{second:#}");
    let last = row("cuoi");
    assert_eq!(last["outcome"], "played", "{rows:#?}\n{log}");
    assert!(is_on_time(last["start_error_ms"].as_f64().unwrap(), 20.0), "{last:#}");
}
