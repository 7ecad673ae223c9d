use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::{Date, DateTime, Time, time};

use super::background::Rank;
use super::handle::Handle;
use super::log::Log;
use crate::audio::{self, library};
use crate::checkup::coming::{ComingDays, faulty};
use crate::checkup::{Finding, Rehearsed};
use crate::clock::Clock;
use crate::diag::{Text, text};
use crate::instant::Wall;
use crate::plan::HeardSoFar;
use crate::player::{Event, Snapshot, World};
use crate::reason::Reason;

/// Deep in the night, hours before the first lawful minute: who reads the finding at breakfast can still
/// cure it before most of what is due.
const FROM: Time = time(2, 30, 0, 0);
/// A rehearsal that has not begun by then is left for the next night.
const UNTIL: Time = time(4, 30, 0, 0);

/// How far ahead it looks: a sound for the weekly bulletin is found missing a week early.
const AHEAD: Duration = Duration::from_hours(7 * 24);

/// Nothing is begun this short before an airing: the longest sound there may be is decoded in less, on a
/// slow machine too.
const NEAR: Duration = Duration::from_mins(20);

/// How often it looks whether it is time.
const LOOK_EVERY: Duration = Duration::from_mins(1);

/// Once a night, on a thread of its own and at the lowest priority, decode everything that is due in the
/// next seven days, and tell what would fail. The simulation has no such thread: it reads no file.
pub(super) fn start(log: Log, clock: Arc<dyn Clock>, handle: Handle) -> io::Result<()> {
    std::thread::Builder::new().name("rehearsal".to_owned()).spawn(move || {
        Rank::Rehearsing.take();
        let mut last = None;
        loop {
            clock.wait(LOOK_EVERY);
            let snapshot = handle.snapshot();
            let local = handle.now().zoned(&snapshot.world.station.timezone).datetime();
            if !is_due(local, last, is_near(&snapshot, handle.now())) {
                continue;
            }
            let stop = || is_near(&handle.snapshot(), handle.now());
            if let Some(found) = rehearse(handle.station_dir(), &snapshot.world, handle.now(), &stop) {
                last = Some(local.date());
                tell(found, &handle, &log);
            }
        }
    })?;
    Ok(())
}

/// Whether it is time, at this local time, after the rehearsal of that day.
fn is_due(now: DateTime, last: Option<Date>, near: bool) -> bool {
    (FROM..UNTIL).contains(&now.time()) && last != Some(now.date()) && !near
}

/// Something sounds, or will soon; or the clock is not believed, and nobody knows.
fn is_near(snapshot: &Snapshot, now: Wall) -> bool {
    snapshot.distrust.is_some()
        || snapshot.zones.iter().any(|zone| {
            let soon = zone.next.as_ref().is_some_and(|next| next.start <= now + NEAR);
            zone.playing.is_some() || zone.waiting > 0 || soon
        })
}

/// Decode what is due from `now` on; `None` where `stop` has said so between two sounds.
fn rehearse(dir: &Path, world: &World, now: Wall, stop: &dyn Fn() -> bool) -> Option<Rehearsed> {
    let coming = ComingDays::new(&world.schedule, &world.station, &world.library, HeardSoFar::at(now), now + AHEAD);
    let mut findings = coming.findings;
    for (file, title) in &coming.files {
        if stop() {
            return None;
        }
        match audio::examine_aside(&library::audio_dir(dir).join(file), &mut |_, _| {}) {
            // Somebody is copying it: the files' thread looks at it again in a moment.
            Err(fault) if fault.code == "changing" => {}
            Err(fault) => findings.push(faulty(file, title, &fault)),
            Ok(measured) => {
                let known = world.library.sounds.get(file).and_then(|sound| sound.facts.as_ref().ok());
                if known.is_some_and(|known| known.sha256 != measured.facts.sha256) {
                    findings.push(changed(file, title));
                }
            }
        }
    }
    Some(Rehearsed { at: now.rfc3339(&world.station.timezone), sounds: coming.files.len(), findings })
}

/// Its bytes are others than when it was measured, with the same size and the same time: a card that loses
/// its memory looks like this.
fn changed(file: &str, title: &str) -> Finding {
    Finding::warning(
        "sound_changed",
        text!(
            "«{title}»: nội dung audio/{file} đã khác lúc được đo, dù tên, cỡ và ngày như cũ",
            "\"{title}\": audio/{file} is not what it was when it was measured, with the same size and date"
        ),
        text!(
            "nạp lại từ bản gốc: loa load {file}; kiểm tra thẻ nhớ",
            "take it in again: loa load {file}; check the card"
        ),
    )
}

fn tell(found: Rehearsed, handle: &Handle, log: &Log) {
    let (count, sounds) = (found.findings.len(), found.sounds);
    for one in &found.findings {
        let (message, help) = (&one.message, &one.help);
        log.warn(&Text {
            vi: format!("{} → {}", message.vi, help.vi), en: format!("{} → {}", message.en, help.en)
        });
    }
    let title = format!("diễn tập đêm: đã giải mã {sounds} âm thanh của 7 ngày tới");
    handle.send(Event::Note { reason: Reason::Rehearsal(count as u64), title });
    handle.change_standing(|standing| standing.rehearsal = Some(found));
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, datetime};

    use super::*;
    use crate::calendar::sample::{at, daily};
    use crate::plan::sample::{library, station};
    use crate::player::{Now, Player};
    use crate::schedule::Schedule;

    #[test]
    fn it_is_time_once_a_night_in_the_quiet_hours_with_nothing_near() {
        let table = [
            (datetime(2026, 12, 1, 2, 29, 59, 0), None, false, false),
            (datetime(2026, 12, 1, 2, 30, 0, 0), None, false, true),
            (datetime(2026, 12, 1, 2, 30, 0, 0), None, true, false),
            (datetime(2026, 12, 1, 3, 0, 0, 0), Some(date(2026, 12, 1)), false, false),
            (datetime(2026, 12, 2, 3, 0, 0, 0), Some(date(2026, 12, 1)), false, true),
            (datetime(2026, 12, 1, 4, 30, 0, 0), None, false, false),
        ];
        for (now, last, near, due) in table {
            assert_eq!(is_due(now, last, near), due, "{now} {last:?} {near}");
        }
    }

    fn world(ids: &[&str], known: &[(&str, u64)]) -> World {
        let broadcasts = ids.iter().map(|id| Arc::new(daily(id, &["05:30"]))).collect();
        let schedule = Arc::new(Schedule { broadcasts, ..Schedule::default() });
        World { station: Arc::new(station(1)), schedule, library: Arc::new(library(known)) }
    }

    #[test]
    fn an_airing_near_keeps_it_from_beginning() {
        let world = world(&["a"], &[("a.mp3", 20)]);
        let look = |hour: &str| {
            let wall = at(&format!("2026-12-01T{hour}"), &world.station.timezone);
            let now = Now { wall, mono: crate::instant::Mono::default() };
            is_near(&Player::new(world.clone(), now, Wall::MIN).snapshot(now), wall)
        };
        assert!(!look("05:09") && look("05:10") && !look("05:31"));
    }

    #[test]
    fn every_sound_that_is_due_is_decoded_and_what_fails_is_told() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("audio")).unwrap();
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: 8_000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut wav = hound::WavWriter::create(dir.path().join("audio/a.wav"), spec).unwrap();
        (0..8_000).for_each(|frame| wav.write_sample(if frame % 16 < 8 { 9_000_i16 } else { -9_000 }).unwrap());
        wav.finalize().unwrap();
        std::fs::write(dir.path().join("audio/b.wav"), "no sound at all").unwrap();
        let world = world(&["a", "b", "c"], &[("a.wav", 1), ("b.wav", 1), ("other.wav", 1)]);
        let now = at("2026-12-01T02:30", &world.station.timezone);
        let found = rehearse(dir.path(), &world, now, &|| false).unwrap();
        let codes: Vec<&str> = found.findings.iter().map(|one| one.code.as_str()).collect();
        // `c` is not there at all, `a` is another sound than the one that was measured, `b` cannot play.
        assert_eq!((codes, found.sounds), (vec!["sound_missing", "sound_changed", "sound_faulty"], 2));
        assert_eq!(rehearse(dir.path(), &world, now, &|| true), None);
    }
}
