//! Real sound: an output through ALSA into a sound server, recorded and measured in samples.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use jiff::SignedDuration;
use loa::clock::Clock;
use loa::diag::Text;
use loa::instant::Wall;
use loa::machine::MachineClock;
use loa::output::{Device, DeviceName, OutputLane};
use loa::station::{Channel, ZoneIx};
use loa::voice::{Ending, Notice, Output, VoiceId, VoiceOrder};

use crate::kit::{click, one_channel, onsets, pulse};

/// Longer than any wait in these tests should take.
const LIMIT: Duration = Duration::from_secs(20);
/// A stream that has been heard for this long plays, and is not merely waking up.
const AWAKE: Duration = Duration::from_millis(3_500);
/// Longer than a stream that was opened just now may take to wake, with two attempts at it.
const WAKING: Duration = Duration::from_secs(9);
/// A device that does not play any more is noticed this soon.
const NOTICED: Duration = Duration::from_secs(2);

struct Player {
    device: Device,
    notices: mpsc::Receiver<Notice>,
    clock: Arc<dyn Clock>,
}

impl Player {
    fn new(name: &str, lanes: Vec<OutputLane>) -> Self {
        Self::on(DeviceName::Alsa(name.to_owned()), lanes)
    }

    fn on(name: DeviceName, lanes: Vec<OutputLane>) -> Self {
        let (tell, notices) = mpsc::channel();
        let clock: Arc<dyn Clock> = Arc::new(MachineClock);
        let sink = Arc::new(move |notice| {
            let _ = tell.send(notice);
        });
        Self { device: Device::new(name, lanes, click::open(), Arc::clone(&clock), sink), notices, clock }
    }

    fn prepare(&mut self, voice: u64, zone: u16, length: Duration) {
        self.device.order(
            VoiceId(voice),
            VoiceOrder::Prepare { zone: ZoneIx(zone), programme: click::programme(length), skip: Duration::ZERO },
        );
    }

    fn wait<T>(&self, mut found: impl FnMut(Notice) -> Option<T>) -> T {
        loop {
            let notice = self.notices.recv_timeout(LIMIT).expect("a notice in time");
            if let Some(wanted) = found(notice) {
                return wanted;
            }
        }
    }

    fn wait_ready(&self, voice: u64) {
        self.wait(|notice| match notice {
            Notice::Ready(ready) if ready == VoiceId(voice) => Some(()),
            Notice::Failed(_, why) => panic!("{why}"),
            _ => None,
        });
    }

    /// The reason why its device cannot be had.
    fn wait_hindered(&self, voice: u64) -> Text {
        self.wait(|notice| match notice {
            Notice::Hindered(told, why) if told == VoiceId(voice) => Some(why),
            _ => None,
        })
    }

    /// Let a long voice sound, and wait until the output knows its device as one that plays.
    fn play(&mut self, voice: u64, zone: u16) {
        self.prepare(voice, zone, Duration::from_mins(1));
        self.wait_ready(voice);
        self.device.order(VoiceId(voice), VoiceOrder::Start(self.clock.wall()));
        self.wait(|notice| match notice {
            Notice::Position(of, heard) if of == VoiceId(voice) && heard > AWAKE => Some(()),
            Notice::Ended { .. } => panic!("it ended too early: {notice:?}"),
            _ => None,
        });
    }

    /// How long after now `voice` is told to be lost, and why.
    fn wait_lost(&self, voice: u64) -> (Duration, Text) {
        let before = self.clock.mono();
        let why = self.wait_hindered(voice);
        let after = self.clock.mono().after(before);
        assert_eq!(self.wait_ended(voice).3, Ending::DeviceLost);
        (after, why)
    }

    /// For so long no voice begins or ends.
    fn assert_unheard(&self, length: Duration) {
        let until = self.clock.mono() + length;
        loop {
            match self.notices.recv_timeout(until.after(self.clock.mono())) {
                Err(_) => return,
                Ok(notice) => assert!(!matches!(notice, Notice::Started(..) | Notice::Ended { .. }), "{notice:?}"),
            }
        }
    }

    fn wait_ended(&self, voice: u64) -> (Wall, Duration, Option<SignedDuration>, Ending) {
        self.wait(|notice| match notice {
            Notice::Ended { voice: ended, at, played, start_error, ending } if ended == VoiceId(voice) => {
                Some((at, played, start_error, ending))
            }
            _ => None,
        })
    }
}

fn lane(zone: u16, channel: Channel) -> OutputLane {
    OutputLane { zone: ZoneIx(zone), channel, gain_db: 0.0, delay: Duration::ZERO, sent: None }
}

/// The frames at which clicks begin in one channel of a recording.
fn clicks(heard: &[f32], channel: usize) -> Vec<usize> {
    onsets(&one_channel(heard, pulse::CHANNELS, channel), click::LOUD, click::QUIET)
}

#[test]
#[ignore = "long"]
fn clicks_are_heard_as_far_apart_as_they_were_scheduled() {
    let Some(rig) = pulse::punctual(&["--exact", "device::clicks_are_heard_as_far_apart_as_they_were_scheduled"])
    else {
        return;
    };
    hear_clicks(&rig, DeviceName::Alsa("default".to_owned()));
}

#[cfg(feature = "pulseaudio")]
#[test]
fn clicks_through_the_sound_server_itself_are_as_punctual() {
    let Some(rig) = pulse::punctual(&["--exact", "device::clicks_through_the_sound_server_itself_are_as_punctual"])
    else {
        return;
    };
    hear_clicks(&rig, DeviceName::Pulse("horn".to_owned()));
}

fn hear_clicks(rig: &pulse::Rig, name: DeviceName) {
    let recorder = rig.record();
    let mut player = Player::on(name, vec![lane(0, Channel::One(1)), lane(1, Channel::One(2))]);
    // A first voice opens the device and lets the timeline settle.
    player.prepare(0, 0, Duration::from_secs(2));
    player.wait_ready(0);
    player.device.order(VoiceId(0), VoiceOrder::Start(player.clock.wall()));
    assert_eq!(player.wait_ended(0).3, Ending::Finished);

    // Odd distances, so that no click falls on a block's border by design; zones take turns.
    let first = player.clock.wall() + Duration::from_millis(800);
    let at: Vec<Wall> = (0..8_u64).map(|n| first + Duration::from_micros(n * 333_337)).collect();
    for (voice, at) in (1..).zip(&at) {
        player.prepare(voice, (voice % 2) as u16, Duration::from_millis(100));
        player.device.order(VoiceId(voice), VoiceOrder::Start(*at));
    }
    let mut errors = Vec::new();
    for voice in 1..=8 {
        let (_, played, error, ending) = player.wait_ended(voice);
        assert_eq!(ending, Ending::Finished);
        assert_eq!(played, Duration::from_millis(100));
        errors.push(error.expect("a measured start"));
    }
    // Enough silence after the last that its click has left the recorder's buffer.
    player.prepare(9, 0, Duration::from_millis(500));
    player.device.order(VoiceId(9), VoiceOrder::Start(player.clock.wall()));
    player.wait_ended(9);
    let heard = recorder.stop();

    for error in &errors {
        assert!(error.unsigned_abs() < Duration::from_millis(1), "{errors:?}");
    }
    let (left, right) = (clicks(&heard, 0), clicks(&heard, 1));
    // The opening and the closing voice were late, hence faded in, which swallows a click.
    assert_eq!((left.len(), right.len()), (4, 4));
    let mut onsets = [left, right].concat();
    onsets.sort_unstable();
    for (n, onset) in onsets.iter().enumerate() {
        let heard = (onset - onsets[0]) as f64 / f64::from(pulse::RATE) * 1e3;
        let asked = at[n].since(at[0]).as_secs_f64() * 1e3;
        assert!((heard - asked).abs() < 1.0, "click {n}: {heard} ms, asked {asked} ms");
    }
}

#[test]
#[ignore = "long"]
fn a_server_that_goes_away_ends_its_voice_is_told_to_the_next_and_plays_that_when_it_is_back() {
    let Some(mut rig) = pulse::inside(&[
        "--exact",
        "device::a_server_that_goes_away_ends_its_voice_is_told_to_the_next_and_plays_that_when_it_is_back",
    ]) else {
        return;
    };
    let mut player = Player::new("default", vec![lane(0, Channel::Both)]);
    player.play(1, 0);
    rig.kill_server();
    let (after, why) = player.wait_lost(1);
    println!("a server killed is noticed after {after:?}: {}", why.en);
    assert!(after < NOTICED, "{after:?}");

    // The next voice waits, and knows why; nobody gives it up before who prepared it does.
    player.prepare(2, 0, Duration::from_millis(300));
    player.device.order(VoiceId(2), VoiceOrder::Start(player.clock.wall()));
    let why = player.wait_hindered(2);
    assert!(why.en.contains("sound") && why.vi.contains("âm thanh"), "{why}");
    rig.restart_server();
    assert_eq!(player.wait_ended(2).3, Ending::Finished);
}

#[test]
#[ignore = "long"]
fn a_sink_that_stands_still_is_noticed_within_two_seconds_and_plays_the_next_voice_when_it_moves_again() {
    let Some(rig) = pulse::inside(&[
        "--exact",
        "--nocapture",
        "device::a_sink_that_stands_still_is_noticed_within_two_seconds_and_plays_the_next_voice_when_it_moves_again",
    ]) else {
        return;
    };
    let mut player = Player::new("default", vec![lane(0, Channel::Both)]);
    player.play(1, 0);
    rig.pactl(&["suspend-sink", "horn", "1"]);
    let (after, why) = player.wait_lost(1);
    println!("a suspended sink is noticed after {after:?}: {}", why.en);
    assert!(after < NOTICED, "{after:?}");
    // The next one is given to a stream that never moves: nothing is told of it until it is truly heard.
    player.prepare(2, 0, Duration::from_millis(300));
    player.device.order(VoiceId(2), VoiceOrder::Start(player.clock.wall()));
    player.wait_hindered(2);
    player.assert_unheard(WAKING);
    rig.pactl(&["suspend-sink", "horn", "0"]);
    assert_eq!(player.wait_ended(2).3, Ending::Finished);
}

#[test]
#[ignore = "long"]
fn one_card_taken_away_leaves_the_zones_on_the_other_one_playing() {
    let Some(rig) =
        pulse::inside(&["--exact", "device::one_card_taken_away_leaves_the_zones_on_the_other_one_playing"])
    else {
        return;
    };
    let mut second = rig.second();
    let mut here = Player::new("default", vec![lane(0, Channel::Both)]);
    let mut there = Player::new("second", vec![lane(1, Channel::Both)]);
    there.play(1, 1);
    here.prepare(2, 0, Duration::from_secs(4));
    here.wait_ready(2);
    here.device.order(VoiceId(2), VoiceOrder::Start(here.clock.wall()));
    second.kill_server();
    let (after, _) = there.wait_lost(1);
    assert!(after < NOTICED, "{after:?}");
    let (_, played, _, ending) = here.wait_ended(2);
    assert_eq!((played, ending), (Duration::from_secs(4), Ending::Finished));
    // It is put back, at another rate.
    second.restart_server_at(44_100);
    there.prepare(3, 1, Duration::from_millis(300));
    there.device.order(VoiceId(3), VoiceOrder::Start(there.clock.wall()));
    assert_eq!(there.wait_ended(3).3, Ending::Finished);
}

#[test]
fn a_device_that_swallows_samples_without_playing_them_is_noticed() {
    let Some(_rig) =
        pulse::inside(&["--exact", "device::a_device_that_swallows_samples_without_playing_them_is_noticed"])
    else {
        return;
    };
    let player = &mut Player::new("swallow", vec![lane(0, Channel::Both)]);
    // Found out while the voice waits for its time.
    player.prepare(1, 0, Duration::from_mins(10));
    let why = player.wait_hindered(1);
    assert!(why.en.contains("swallows"), "{why}");
}

#[test]
#[ignore = "long"]
fn a_zone_with_a_delay_is_heard_that_much_later_and_reports_its_own_time() {
    let Some(rig) =
        pulse::punctual(&["--exact", "device::a_zone_with_a_delay_is_heard_that_much_later_and_reports_its_own_time"])
    else {
        return;
    };
    let recorder = rig.record();
    let late = OutputLane { delay: Duration::from_millis(250), ..lane(1, Channel::One(2)) };
    let mut player = Player::new("default", vec![lane(0, Channel::One(1)), late]);
    player.prepare(0, 0, Duration::from_secs(2));
    player.device.order(VoiceId(0), VoiceOrder::Start(player.clock.wall()));
    player.wait_ended(0);
    let at = player.clock.wall() + Duration::from_secs(1);
    for voice in [1, 2] {
        player.prepare(voice, voice as u16 - 1, Duration::from_millis(600));
        player.device.order(VoiceId(voice), VoiceOrder::Start(at));
    }
    let mut ends = Vec::new();
    for voice in [1, 2] {
        let (end, played, error, ending) = player.wait_ended(voice);
        assert_eq!((played, ending), (Duration::from_millis(600), Ending::Finished));
        assert!(error.is_some_and(|error| error.unsigned_abs() < Duration::from_millis(1)), "{error:?}");
        ends.push(end);
    }
    assert!(ends[1].since(ends[0]).abs() < SignedDuration::from_millis(1), "{ends:?}");
    let heard = recorder.stop();
    let first = |channel| clicks(&heard, channel).last().copied().expect("a click");
    let apart = (first(1) as f64 - first(0) as f64) / f64::from(pulse::RATE) * 1e3;
    assert!((apart - 250.0).abs() < 1.0, "{apart} ms apart");
}

#[test]
#[ignore = "long"]
fn sixty_four_zones_begin_together_with_as_many_voices_ready_behind_them() {
    const ZONES: u16 = 64;
    let Some(_rig) = pulse::punctual(&[
        "--exact",
        "--nocapture",
        "device::sixty_four_zones_begin_together_with_as_many_voices_ready_behind_them",
    ]) else {
        return;
    };
    let mut player = Player::new("default", (0..ZONES).map(|zone| lane(zone, Channel::Both)).collect());
    let zones = u64::from(ZONES);
    for voice in 0..2 * zones {
        player.prepare(voice, (voice % zones) as u16, Duration::from_secs(1));
        player.wait_ready(voice);
    }
    let first = player.clock.wall() + Duration::from_secs(2);
    for voice in 0..2 * zones {
        player.device.order(VoiceId(voice), VoiceOrder::Start(first + Duration::from_secs(voice / zones * 2)));
    }
    let mut errors = Vec::new();
    for _ in 0..2 * zones {
        let (voice, ending, error) = player.wait(|notice| match notice {
            Notice::Ended { voice, ending, start_error, .. } => Some((voice, ending, start_error)),
            _ => None,
        });
        assert_eq!(ending, Ending::Finished, "{voice:?}");
        errors.push(error.expect("a measured start").as_secs_f64().abs() * 1e3);
    }
    errors.sort_by(f64::total_cmp);
    println!("128 starts on 64 zones: error p50 {:.3} ms, max {:.3} ms", errors[64], errors[127]);
    assert!(errors[127] < 1.0, "{errors:?}");
}

#[test]
fn a_device_that_is_not_there_is_named_and_waited_for() {
    let why = Device::probe(&DeviceName::Alsa("no-such-card".to_owned()), &[]).expect_err("it is not there");
    assert!(why.en.contains("no-such-card") && why.vi.contains("no-such-card"), "{why}");
    let mut player = Player::new("no-such-card", vec![lane(0, Channel::Both)]);
    player.prepare(1, 0, Duration::from_secs(1));
    assert_eq!(player.wait_hindered(1), why);
    player.device.order(VoiceId(1), VoiceOrder::Cut(None));
    assert_eq!(player.wait_ended(1).3, Ending::Cut);
}
