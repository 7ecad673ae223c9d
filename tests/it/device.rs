//! Real sound: an output through ALSA into a sound server, recorded and measured in samples.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use jiff::SignedDuration;
use loa::clock::{Clock, MachineClock};
use loa::instant::Wall;
use loa::output::{Device, DeviceName, Ending, Lane, Notice, Output, VoiceId};
use loa::station::{Channel, ZoneIx};

use crate::kit::{click, pulse};

/// Longer than any wait in these tests should take.
const LIMIT: Duration = Duration::from_secs(20);

struct Player {
    device: Device,
    notices: mpsc::Receiver<Notice>,
    clock: Arc<dyn Clock>,
}

impl Player {
    fn new(name: &str, lanes: Vec<Lane>) -> Self {
        Self::on(DeviceName::Alsa(name.to_owned()), lanes)
    }

    fn on(name: DeviceName, lanes: Vec<Lane>) -> Self {
        let (tell, notices) = mpsc::channel();
        let clock: Arc<dyn Clock> = Arc::new(MachineClock);
        let sink = Arc::new(move |notice| {
            let _ = tell.send(notice);
        });
        Self { device: Device::new(name, lanes, click::open(), Arc::clone(&clock), sink), notices, clock }
    }

    fn prepare(&mut self, voice: u64, zone: u16, length: Duration) {
        self.device.prepare(VoiceId(voice), ZoneIx(zone), click::programme(length), Duration::ZERO);
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

    fn wait_ended(&self, voice: u64) -> (Wall, Duration, Option<SignedDuration>, Ending) {
        self.wait(|notice| match notice {
            Notice::Ended { voice: ended, at, played, start_error, ending } if ended == VoiceId(voice) => {
                Some((at, played, start_error, ending))
            }
            _ => None,
        })
    }
}

fn lane(zone: u16, channel: Channel) -> Lane {
    Lane { zone: ZoneIx(zone), channel, gain_db: 0.0 }
}

#[test]
fn clicks_are_heard_as_far_apart_as_they_were_scheduled() {
    let Some(rig) = pulse::inside(&["--exact", "device::clicks_are_heard_as_far_apart_as_they_were_scheduled"]) else {
        return;
    };
    hear_clicks(&rig, DeviceName::Alsa("default".to_owned()));
}

#[cfg(feature = "pulseaudio")]
#[test]
fn clicks_through_the_sound_server_itself_are_as_punctual() {
    let Some(rig) = pulse::inside(&["--exact", "device::clicks_through_the_sound_server_itself_are_as_punctual"])
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
    player.device.start(VoiceId(0), player.clock.wall());
    assert_eq!(player.wait_ended(0).3, Ending::Finished);

    // Odd distances, so that no click falls on a block's border by design; zones take turns.
    let first = player.clock.wall() + Duration::from_millis(800);
    let at: Vec<Wall> = (0..8_u64).map(|n| first + Duration::from_micros(n * 333_337)).collect();
    for (voice, at) in (1..).zip(&at) {
        player.prepare(voice, (voice % 2) as u16, Duration::from_millis(100));
        player.device.start(VoiceId(voice), *at);
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
    player.device.start(VoiceId(9), player.clock.wall());
    player.wait_ended(9);
    let heard = recorder.stop();

    for error in &errors {
        assert!(error.unsigned_abs() < Duration::from_millis(1), "{errors:?}");
    }
    let left = click::onsets(&heard, pulse::CHANNELS, 0);
    let right = click::onsets(&heard, pulse::CHANNELS, 1);
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
fn a_server_that_goes_away_ends_its_voices_and_is_explained_to_the_next() {
    let Some(rig) =
        pulse::inside(&["--exact", "device::a_server_that_goes_away_ends_its_voices_and_is_explained_to_the_next"])
    else {
        return;
    };
    let mut player = Player::new("default", vec![lane(0, Channel::Both)]);
    player.prepare(1, 0, Duration::from_mins(1));
    player.wait_ready(1);
    player.device.start(VoiceId(1), player.clock.wall());
    player.wait(|notice| matches!(notice, Notice::Position(..)).then_some(()));
    rig.kill_server();
    let (_, played, _, ending) = player.wait_ended(1);
    assert_eq!(ending, Ending::DeviceLost);
    assert!(played > Duration::from_millis(900) && played < Duration::from_secs(10), "{played:?}");

    player.prepare(2, 0, Duration::from_secs(1));
    let why = player.wait(|notice| match notice {
        Notice::Failed(VoiceId(2), why) => Some(why),
        _ => None,
    });
    assert!(why.en.contains("sound"), "{why}");
}

#[test]
fn a_device_that_is_not_there_is_refused_by_name() {
    let why = Device::probe(&DeviceName::Alsa("no-such-card".to_owned()), &[]).expect_err("it is not there");
    assert!(why.en.contains("no-such-card") && why.vi.contains("no-such-card"), "{why}");
    let mut player = Player::new("no-such-card", vec![lane(0, Channel::Both)]);
    player.prepare(1, 0, Duration::from_secs(1));
    let told = player.wait(|notice| match notice {
        Notice::Failed(_, why) => Some(why),
        _ => None,
    });
    assert_eq!(told, why);
}
