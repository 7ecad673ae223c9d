//! Programmes joined, skipped into, and broken underneath.

use std::path::Path;
use std::time::Duration;

use loa::audio::chain::Treatment;
use loa::audio::{AudioError, ProgrammeStream, Resampler, Sounds, chime, measure};
use loa::instant::{Frames, Rate};
use loa::plan::{Item, ItemSound, Programme, Under};
use loa::schedule::Chime;

use super::ear;
use crate::kit::wav_file;

/// A programme out of file names, `chime`, and pauses in milliseconds (`800`).
pub(super) fn programme(dir: &Path, play: &[&str]) -> Programme {
    let item = |name: &str| match (name, name.parse()) {
        ("chime", _) => Item {
            name: name.into(),
            sound: ItemSound::Chime(Chime::Rising),
            length: loa::plan::CHIME_LENGTH,
            bed: Under::Silent,
        },
        (_, Ok(ms)) => {
            Item { name: name.into(), sound: ItemSound::Pause, length: Duration::from_millis(ms), bed: Under::Full }
        }
        _ => {
            let facts = measure(&dir.join(name)).unwrap_or_else(|fault| panic!("{name}: {}", fault.message));
            Item::file(name, &facts)
        }
    };
    let items: Vec<_> = play.iter().map(|name| item(name)).collect();
    Programme { length: items.iter().map(|item| item.length).sum(), items, ..Programme::default() }
}

pub(super) fn play(dir: &Path, programme: &Programme, rate: Rate, skip: Duration) -> Vec<f32> {
    let mut reel = ProgrammeStream::open(&Sounds::new(dir), programme, rate, skip, &Treatment::untouched()).unwrap();
    let mut heard = Vec::new();
    let mut piece = [0.0; 777];
    loop {
        let count = reel.fill(&mut piece);
        heard.extend_from_slice(&piece[..count]);
        if count < piece.len() {
            assert!(reel.fault().is_none(), "{:?}", reel.fault());
            assert_eq!(reel.fill(&mut piece), 0);
            return heard;
        }
    }
}

fn resampled(samples: &[f32], from: Rate, to: Rate) -> Vec<f32> {
    let mut resampler = Resampler::new(from, to).unwrap();
    let mut made = Vec::new();
    resampler.push(samples, &mut made).unwrap();
    resampler.finish(&mut made).unwrap();
    made
}

#[test]
fn back_to_back_clips_are_the_decoded_files_without_a_gap_or_an_overlap() {
    let dir = tempfile::tempdir().unwrap();
    ear::write_wav(&dir.path().join("a.wav"), 48_000, 1, &ear::burst(48_000));
    ear::burst_as(dir.path(), "b.mp3", 44_100, 2, &["-c:a", "libmp3lame"]);
    std::fs::remove_file(dir.path().join("b.mp3.source.wav")).unwrap();
    let programme = programme(dir.path(), &["a.wav", "b.mp3", "250", "chime", "a.wav"]);

    let (_, a) = ear::hear(&dir.path().join("a.wav"));
    let (decoder, b) = ear::hear(&dir.path().join("b.mp3"));
    let b = resampled(&b, decoder.rate(), Rate::STANDARD);
    let wanted = [a.clone(), b, vec![0.0; 12_000], chime::chime(Rate::STANDARD, Chime::Rising), a].concat();

    let heard = play(dir.path(), &programme, Rate::STANDARD, Duration::ZERO);
    assert_eq!(heard.len(), wanted.len());
    assert!(heard == wanted);
    assert_eq!(Rate::STANDARD.frames(programme.length), Frames(heard.len() as u64));
}

#[test]
fn a_mono_file_at_the_outputs_rate_passes_bit_for_bit() {
    let dir = tempfile::tempdir().unwrap();
    let samples: Vec<f32> = (-16_384..16_384).map(|n| n as f32 / 16_384.0).collect();
    ear::write_wav(&dir.path().join("a.wav"), 44_100, 1, &samples);
    let programme = programme(dir.path(), &["a.wav"]);
    assert!(play(dir.path(), &programme, Rate::new(44_100).unwrap(), Duration::ZERO) == samples);
}

#[test]
fn stereo_is_folded_to_its_mean_and_never_clips() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("stereo.wav");
    let frames = [(16_384_i16, 0_i16), (0, -8_192), (-32_768, -32_768), (32_767, 32_767), (20_000, -20_000)];
    wav_file(&path, 48_000, 2, frames.into_iter().flat_map(|(left, right)| [left, right]));
    let (_, heard) = ear::hear(&path);
    let full = 32_767.0 / 32_768.0;
    assert_eq!(heard, [0.25, -0.125, -1.0, full, 0.0]);
}

#[test]
#[ignore = "long"]
fn skipping_into_a_programme_gives_the_very_samples_of_the_whole() {
    let dir = tempfile::tempdir().unwrap();
    ear::burst_as(dir.path(), "a.mp3", 44_100, 1, &["-c:a", "libmp3lame"]);
    ear::burst_as(dir.path(), "b.ogg", 44_100, 1, &["-c:a", "libvorbis"]);
    ear::burst_as(dir.path(), "c.opus", 48_000, 1, &["-c:a", "libopus"]);
    ear::write_wav(&dir.path().join("d.wav"), 96_000, 1, &ear::burst(96_000));
    let programme = programme(dir.path(), &["d.wav", "a.mp3", "300", "b.ogg", "chime", "c.opus"]);
    for rate in [Rate::STANDARD, Rate::new(44_100).unwrap()] {
        let whole = play(dir.path(), &programme, rate, Duration::ZERO);
        for ms in [0, 1, 700, 1_501, 1_503, 2_345, 3_100, 4_000, 6_789, 8_500] {
            let skip = Duration::from_millis(ms);
            let rest = play(dir.path(), &programme, rate, skip);
            assert!(rest == whole[rate.frames(skip).0 as usize..], "{ms} ms at {} Hz", rate.hz());
        }
        assert!(play(dir.path(), &programme, rate, programme.length + Duration::from_secs(1)).is_empty());
    }
}

#[test]
fn what_is_no_longer_what_was_planned_does_not_play() {
    let dir = tempfile::tempdir().unwrap();
    ear::write_wav(&dir.path().join("a.wav"), 48_000, 1, &ear::burst(48_000));
    let alone = programme(dir.path(), &["a.wav"]);
    let amid = programme(dir.path(), &["200", "100", "a.wav", "chime"]);
    ear::write_wav(&dir.path().join("a.wav"), 48_000, 1, &vec![0.1; 48_000]);
    match ProgrammeStream::open(
        &Sounds::new(dir.path()),
        &alone,
        Rate::STANDARD,
        Duration::ZERO,
        &Treatment::untouched(),
    ) {
        Err(AudioError::Sound { file, fault }) => {
            assert_eq!((file.as_str(), fault.code.as_str()), ("a.wav", "changed"));
        }
        other => panic!("{:?}", other.err()),
    }
    // Behind other items it is left out, and said; the rest is heard.
    let mut reel =
        ProgrammeStream::open(&Sounds::new(dir.path()), &amid, Rate::STANDARD, Duration::ZERO, &Treatment::untouched())
            .unwrap();
    let mut heard = vec![0.0; 500_000];
    assert_eq!(reel.fill(&mut heard), 14_400 + 144_000);
    assert_eq!(reel.fault().and_then(AudioError::fault).map(|fault| fault.code.as_str()), Some("changed"));
}

/// A WAV of 8 kHz with this many frames of one value.
fn flat(path: &Path, frames: u32, value: i16) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 8_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    // In place, as a copy over it is.
    let file = std::fs::File::options().write(true).create(true).truncate(false).open(path).unwrap();
    let mut wav = hound::WavWriter::new(std::io::BufWriter::new(file), spec).unwrap();
    (0..frames).for_each(|_| wav.write_sample(value).unwrap());
    wav.finalize().unwrap();
}

fn item(dir: &Path, name: &str, frames: u64) -> Item {
    let digest = std::process::Command::new("sha256sum").arg(dir.join(name)).output().unwrap();
    let sha256 = String::from_utf8(digest.stdout).unwrap()[..64].to_owned();
    let facts = loa::plan::Facts { sha256, frames, rate: 8_000, channels: 1, codec: "pcm".to_owned(), loudness: None };
    Item::file(name, &facts)
}

#[test]
fn of_a_file_that_is_written_over_nothing_is_heard_but_what_was_planned() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.wav");
    let rate = Rate::new(8_000).unwrap();
    let large = loa::audio::limit::LENT_FILE_BYTES as u32 / 2 + 8_000;
    for (frames, is_whole) in [(80_000, true), (large, false)] {
        for (what, change) in [
            ("written over", (|path: &Path| flat(path, 90_000, -9_000)) as fn(&Path)),
            ("cut off", |path| std::fs::File::options().write(true).open(path).unwrap().set_len(50_000).unwrap()),
        ] {
            flat(&path, frames, 9_000);
            let once = item(dir.path(), "a.wav", u64::from(frames));
            let programme =
                Programme { length: once.length * 2, items: vec![once.clone(), once], ..Programme::default() };
            let sounds = Sounds::new(dir.path());
            let mut reel =
                ProgrammeStream::open(&sounds, &programme, rate, Duration::ZERO, &Treatment::untouched()).unwrap();
            let mut heard = vec![0.0; 40_000];
            assert_eq!(reel.fill(&mut heard), 40_000);
            let date = std::fs::metadata(&path).unwrap().modified().unwrap();
            change(&path);
            // What a copy that keeps the date does in the end.
            std::fs::File::options().write(true).open(&path).unwrap().set_modified(date).unwrap();
            let mut rest = vec![0.0; 2 * frames as usize];
            let count = reel.fill(&mut rest);
            assert!(rest[..count].iter().chain(&heard).all(|sample| *sample > 0.2), "{what}: something new is heard");
            let changed = reel.fault().and_then(AudioError::changed);
            if is_whole {
                assert_eq!((count, changed), (2 * frames as usize - 40_000, None), "{what}");
            } else {
                assert!(count < frames as usize - 40_000, "{what}: {count}");
                assert_eq!(changed, Some("a.wav"), "{what}");
            }
        }
    }
}

#[test]
fn a_large_file_that_another_is_put_in_the_place_of_goes_on_playing() {
    let dir = tempfile::tempdir().unwrap();
    let frames = loa::audio::limit::LENT_FILE_BYTES as u32 / 2 + 8_000;
    let path = dir.path().join("a.wav");
    flat(&path, frames, 9_000);
    let once = item(dir.path(), "a.wav", u64::from(frames));
    let programme = Programme { length: once.length, items: vec![once], ..Programme::default() };
    let rate = Rate::new(8_000).unwrap();
    let mut reel =
        ProgrammeStream::open(&Sounds::new(dir.path()), &programme, rate, Duration::ZERO, &Treatment::untouched())
            .unwrap();
    let mut heard = vec![0.0; frames as usize];
    assert_eq!(reel.fill(&mut heard[..40_000]), 40_000);
    flat(&dir.path().join("b.wav"), frames, -9_000);
    std::fs::rename(dir.path().join("b.wav"), &path).unwrap();
    assert_eq!(reel.fill(&mut heard[40_000..]), frames as usize - 40_000);
    assert!(heard.iter().all(|sample| *sample > 0.2) && reel.fault().is_none());
}

#[test]
fn a_file_that_ends_before_or_after_its_planned_length_is_cut_there() {
    let dir = tempfile::tempdir().unwrap();
    ear::write_wav(&dir.path().join("a.wav"), 48_000, 1, &vec![0.25; 48_000]);
    let mut longer = programme(dir.path(), &["a.wav", "chime"]);
    longer.items[0].length = Duration::from_millis(1_500);
    let mut reel = ProgrammeStream::open(
        &Sounds::new(dir.path()),
        &longer,
        Rate::STANDARD,
        Duration::ZERO,
        &Treatment::untouched(),
    )
    .unwrap();
    assert_eq!(reel.fill(&mut vec![0.0; 500_000]), 48_000 + 144_000);
    assert!(reel.fault().is_some());

    let mut shorter = programme(dir.path(), &["a.wav", "chime"]);
    shorter.items[0].length = Duration::from_millis(500);
    let mut reel = ProgrammeStream::open(
        &Sounds::new(dir.path()),
        &shorter,
        Rate::STANDARD,
        Duration::ZERO,
        &Treatment::untouched(),
    )
    .unwrap();
    assert_eq!(reel.fill(&mut vec![0.0; 500_000]), 24_000 + 144_000);
    assert!(reel.fault().is_none());
}

#[test]
fn missing_sound_and_ways_out_of_the_directory_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let inside = dir.path().join("audio");
    std::fs::create_dir(&inside).unwrap();
    ear::write_wav(&dir.path().join("a.wav"), 48_000, 1, &vec![0.25; 4_800]);
    let mut programme = programme(dir.path(), &["a.wav"]);
    if let ItemSound::File { file, .. } = &mut programme.items[0].sound {
        *file = "../a.wav".into();
    }
    assert!(matches!(
        ProgrammeStream::open(
            &Sounds::new(&inside),
            &programme,
            Rate::STANDARD,
            Duration::ZERO,
            &Treatment::untouched()
        ),
        Err(AudioError::Sound { .. })
    ));
    programme.missing.push("nop-ho-so".into());
    assert!(matches!(
        ProgrammeStream::open(
            &Sounds::new(&inside),
            &programme,
            Rate::STANDARD,
            Duration::ZERO,
            &Treatment::untouched()
        ),
        Err(AudioError::Missing(_))
    ));
}

#[test]
fn a_reel_can_be_sent_to_another_thread() {
    fn sent<T: Send>() {}
    sent::<ProgrammeStream>();
}
