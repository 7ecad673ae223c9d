//! Several cards and channels at once, heard: each zone with its own level, delay, language and chain; a card
//! that goes away leaves the others playing.

use std::time::Duration;

use crate::kit::late::is_on_time;
use crate::kit::pulse::{self, Rig};
use crate::kit::{Station, broadcast_at, one_channel, onsets, whole_second_in};

const ZONES: &str = "[zones.thon-1]\noutput = \"device:default\"\nchannel = \"left\"\nloudness = \"off\"\n\
                     [zones.thon-2]\noutput = \"device:default\"\nchannel = \"right\"\nloudness = \"off\"\nlanguages = [\"kho\"]\ngain_db = -6.0\ndelay_ms = 250\n\
                     [zones.thon-3]\noutput = \"device:second\"\nloudness = -26\nchain = \"speech\"\nlanguages = [\"kho\", \"vi\"]\n";
const ANY_HOUR: &str = "[rules]\nhours = [\"00:00-24:00\"]\n";
/// From writing the schedule to the sound: time to start the daemon, to open both devices, and to find the
/// gains.
const LEAD_S: i64 = 7;
const LOUD: f32 = 0.02;
const QUIET: usize = 4_800;
/// Frames that are judged.
const PART: usize = 14_400;
/// Where no sample came for longer than this, the sink itself was held up.
const HELD_UP: Duration = Duration::from_millis(60);

#[test]
#[ignore = "long"]
fn zones_on_two_cards_each_have_their_own_sound_and_one_card_less_takes_nothing_from_the_other() {
    let Some(rig) = pulse::punctual(&[
        "--exact",
        "--nocapture",
        "zones::zones_on_two_cards_each_have_their_own_sound_and_one_card_less_takes_nothing_from_the_other",
    ]) else {
        return;
    };
    perform(&rig);
}

/// The loudest sample, and the pitch, of what sounds from `onset` on for `length` frames.
fn tone(samples: &[f32], onset: usize, length: usize) -> (f32, f32) {
    let part = &samples[onset..onset + length];
    let peak = part.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    let rises = part.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count();
    (peak, rises as f32 * pulse::RATE as f32 / length as f32)
}

fn perform(rig: &Rig) {
    let mut second_card = rig.second();
    let station = Station::new();
    let at = whole_second_in(LEAD_S);
    station
        .tone("a.vi.wav", 2.0, 440.0)
        .tone("a.kho.wav", 2.0, 880.0)
        .write("loa.toml", ZONES)
        .write("schedules/a.toml", &(ANY_HOUR.to_owned() + &broadcast_at("a", at, "\"a\"", "")));
    let (mut horn, mut second) = (rig.record(), second_card.record());
    let daemon = station.run();
    let status = || station.loa(&["status", "--json"]).json();
    let sounds = |zone: usize| status()["zones"][zone]["playing"]["broadcast"] == "a";
    daemon.wait_until("all sound", || (0..3).all(sounds));
    second.listen(Duration::from_millis(500));
    let heard_second = second.stop();
    // The card of the third hamlet is pulled out in the middle of its sound.
    second_card.kill_server();
    let rows = || {
        let rows = station.loa(&["journal", "--json"]).rows();
        rows.into_iter().filter(|row| row["kind"] == "airing").collect::<Vec<_>>()
    };
    daemon.wait_until("the zones of the other card are over", || rows().len() >= 2);
    horn.listen(Duration::from_millis(300));
    let held_up = horn.longest_gap() > HELD_UP;
    let heard = horn.stop();
    let one = |heard: &[f32], channel: usize| one_channel(heard, pulse::CHANNELS, channel);
    let (left, right) = (one(&heard, 0), one(&heard, 1));
    let (begin_left, begin_right) = (onsets(&left, LOUD, QUIET), onsets(&right, LOUD, QUIET));
    let pieces = (begin_left.len(), begin_right.len());
    assert!(held_up && pieces.0 > 0 && pieces.1 > 0 || pieces == (1, 1), "each is one sound without a gap: {pieces:?}");
    let (level_left, pitch_left) = tone(&left, begin_left[0], PART);
    let (level_right, pitch_right) = tone(&right, begin_right[0], PART);
    println!("left {level_left} at {pitch_left} Hz, right {level_right} at {pitch_right} Hz");
    assert!((pitch_left - 440.0).abs() < 5.0 && (pitch_right - 880.0).abs() < 5.0, "{pitch_left} {pitch_right}");
    assert!((level_left - 0.5).abs() < 0.01, "untouched: {level_left}");
    assert!((20.0 * (level_right / level_left).log10() + 6.0).abs() < 0.2, "6 dB softer: {level_right}");
    let late = (begin_right[0] as f64 - begin_left[0] as f64) / 48.0;
    assert!((late - 250.0).abs() < 2.0, "a quarter of a second later: {late} ms");
    let third = one(&heard_second, 0);
    let begin = onsets(&third, LOUD, QUIET);
    assert_eq!(begin.len(), 1);
    let (level, pitch) = tone(&third, begin[0], PART);
    println!("second {level} at {pitch} Hz");
    assert!((pitch - 880.0).abs() < 10.0, "its first language first: {pitch}");
    assert!((0.05..0.15).contains(&level), "at its own loudness: {level}");
    let played: Vec<_> = rows().into_iter().filter(|row| row["outcome"] == "played").collect();
    let zones: Vec<_> = played.iter().map(|row| row["zone"].as_str().unwrap().to_owned()).collect();
    assert_eq!(zones, ["thon-1", "thon-2"], "{:#?}", rows());
    for row in played {
        assert!(is_on_time(row["start_error_ms"].as_f64().unwrap(), 5.0), "{row}");
    }
}
