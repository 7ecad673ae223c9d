//! Music under a programme: heard sample by sample.

use std::path::Path;
use std::time::Duration;

use loa::audio::chain::{CEILING_DBTP, Treatment};
use loa::audio::{ProgrammeStream, Sounds, measure};
use loa::instant::Rate;
use loa::plan::{Item, Programme, Under};

use super::ear;
use super::reel::{play, programme};

/// What a bed is turned down to under speech.
const LOW: f32 = 0.1;

/// A second and a third of music that is nowhere the same, and ends on another level than it begins on.
fn music() -> Vec<f32> {
    (0..64_000).map(|n| ((n * 7_919) % 30_011) as f32 / 32_768.0 - 0.4).collect()
}

/// A programme on a bed.
fn on_bed(dir: &Path, items: &[&str], samples: &[f32]) -> Programme {
    ear::write_wav(&dir.join("nen.wav"), 48_000, 1, samples);
    let facts = measure(&dir.join("nen.wav")).unwrap();
    Programme { bed: Some(Item { bed: Under::Full, ..Item::file("nen.wav", &facts) }), ..programme(dir, items) }
}

fn hear(dir: &Path, programme: &Programme, skip: Duration) -> Vec<f32> {
    play(dir, programme, Rate::STANDARD, skip)
}

#[test]
fn a_bed_shorter_than_its_programme_goes_round_without_a_gap_a_step_or_a_doubled_sample() {
    let dir = tempfile::tempdir().unwrap();
    let programme = on_bed(dir.path(), &["chime", "15000", "chime"], &music());
    let (_, round) = ear::hear(&dir.path().join("nen.wav"));
    let heard = hear(dir.path(), &programme, Duration::ZERO);
    assert_eq!(heard.len(), 21 * 48_000);
    // It begins with the pause, rises for three seconds, and has gone where the chime begins.
    for (frame, sample) in heard.iter().enumerate().take(15 * 48_000).skip(6 * 48_000) {
        let music = round[(frame - 3 * 48_000) % round.len()];
        assert!(sample.to_bits() == music.to_bits(), "{frame}: {sample} {music}");
    }
    let chimes = hear(dir.path(), &Programme { bed: None, ..programme }, Duration::ZERO);
    let bells = [0..3 * 48_000, 18 * 48_000..21 * 48_000];
    assert!(bells.into_iter().all(|bell| heard[bell.clone()] == chimes[bell]), "chimes ring alone");
}

#[test]
fn under_speech_it_is_twenty_decibels_lower_and_speech_is_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let words: Vec<f32> = (0..5 * 48_000).map(|n| 0.3 * (n as f32 * 0.05).sin()).collect();
    ear::write_wav(&dir.path().join("a.wav"), 48_000, 1, &words);
    let programme = on_bed(dir.path(), &["a.wav", "4000", "a.wav"], &music());
    let (_, words) = ear::hear(&dir.path().join("a.wav"));
    let (_, round) = ear::hear(&dir.path().join("nen.wav"));
    let heard = hear(dir.path(), &programme, Duration::ZERO);
    let bed = |frame: usize| round[frame % round.len()];
    for frame in 48_000..5 * 48_000 {
        assert!((heard[frame] - words[frame] - LOW * bed(frame)).abs() < 1e-6, "{frame}");
    }
    for (frame, sample) in heard.iter().enumerate().take(8 * 48_000).skip(6 * 48_000) {
        assert!((sample - bed(frame)).abs() < 1e-6, "{frame}: between them it has the room to itself");
    }
    // From the very first sample of the next words on.
    for frame in 9 * 48_000..13 * 48_000 {
        assert!((heard[frame] - words[frame - 9 * 48_000] - LOW * bed(frame)).abs() < 1e-6, "{frame}");
    }
    assert!((heard.last().unwrap() - words.last().unwrap()).abs() < 1e-4, "faded out at the end");
}

#[test]
fn a_programme_on_a_bed_entered_in_its_middle_sounds_as_if_heard_from_the_start() {
    let dir = tempfile::tempdir().unwrap();
    ear::burst_as(dir.path(), "a.mp3", 44_100, 1, &["-c:a", "libmp3lame"]);
    let programme = on_bed(dir.path(), &["chime", "a.mp3", "2500", "a.mp3", "1000"], &music());
    let whole = hear(dir.path(), &programme, Duration::ZERO);
    for ms in [1, 1_999, 2_001, 3_500, 5_432, 8_000, 9_400] {
        let skip = Duration::from_millis(ms);
        assert!(hear(dir.path(), &programme, skip) == whole[48 * ms as usize..], "{ms} ms");
    }
    assert!(hear(dir.path(), &programme, programme.length + Duration::from_secs(1)).is_empty());
}

#[test]
fn words_and_music_together_stay_under_the_ceiling() {
    let dir = tempfile::tempdir().unwrap();
    ear::write_wav(&dir.path().join("a.wav"), 48_000, 1, &vec![0.88; 3 * 48_000]);
    let loud: Vec<f32> = music().iter().map(|sample| sample.signum() * 0.89).collect();
    let programme = on_bed(dir.path(), &["a.wav", "6000"], &loud);
    let ceiling = 10.0_f32.powf(CEILING_DBTP as f32 / 20.0);
    let heard = hear(dir.path(), &programme, Duration::ZERO);
    assert!(heard.iter().all(|sample| sample.abs() <= ceiling));
    assert!(heard[48_000..96_000].iter().any(|sample| *sample > ceiling * 0.9));
}

#[test]
fn a_bed_that_is_gone_or_changed_leaves_the_words_alone_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    ear::write_wav(&dir.path().join("a.wav"), 48_000, 1, &ear::burst(48_000));
    let programme = on_bed(dir.path(), &["a.wav", "5000", "a.wav"], &music());
    let spoken = hear(dir.path(), &Programme { bed: None, ..programme.clone() }, Duration::ZERO);
    let with_fault = || {
        let mut reel = ProgrammeStream::open(
            &Sounds::new(dir.path()),
            &programme,
            Rate::STANDARD,
            Duration::ZERO,
            &Treatment::untouched(),
        )
        .unwrap();
        let mut heard = vec![0.0; spoken.len() + 1];
        let count = reel.fill(&mut heard);
        heard.truncate(count);
        (heard, reel.fault().is_some())
    };
    ear::write_wav(&dir.path().join("nen.wav"), 48_000, 1, &vec![0.5; 4_800]);
    assert!(with_fault() == (spoken.clone(), true), "changed");
    std::fs::remove_file(dir.path().join("nen.wav")).unwrap();
    assert!(with_fault() == (spoken.clone(), true), "gone");
}
