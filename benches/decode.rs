//! How fast sound is decoded, and how fast a known library is read. Each decode takes a minute of
//! stereo noise, so 10 ms in the report is 6,000 times faster than it plays.

#![allow(missing_docs, reason = "criterion's macros make items without any")]

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use loa::audio::{Decoder, Resampler, chime, library};
use loa::instant::{Rate, Wall};
use loa::plan::Wanted;

const FORMATS: &[(&str, &[&str])] = &[
    ("pcm.wav", &["-c:a", "pcm_s16le"]),
    ("flac.flac", &["-c:a", "flac"]),
    ("mp3.mp3", &["-c:a", "libmp3lame", "-b:a", "128k"]),
    ("aac.m4a", &["-c:a", "aac", "-b:a", "128k"]),
    ("vorbis.ogg", &["-c:a", "libvorbis", "-q:a", "4"]),
    ("opus.opus", &["-c:a", "libopus", "-b:a", "64k"]),
    ("alac.m4a", &["-c:a", "alac"]),
];

fn noise(path: &Path, arguments: &[&str]) {
    let made = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", "anoisesrc=c=pink:d=60:r=44100:a=0.3", "-ac", "2"])
        .args(arguments)
        .arg(path)
        .status();
    assert!(made.expect("ffmpeg is installed").success());
}

fn decode(path: &Path) -> usize {
    let mut decoder = Decoder::open(path).expect("a sound");
    let (mut frames, mut block) = (0, Vec::new());
    while decoder.read(&mut block).expect("no damage") {
        frames += block.len();
        block.clear();
    }
    frames
}

fn formats(criterion: &mut Criterion) {
    let dir = tempfile::tempdir().expect("a directory");
    for (name, arguments) in FORMATS {
        let path = dir.path().join(name);
        noise(&path, arguments);
        criterion
            .bench_function(&format!("decode a minute of {name}"), |bencher| bencher.iter(|| black_box(decode(&path))));
    }
}

fn resample(criterion: &mut Criterion) {
    let minute = vec![0.1_f32; 44_100 * 60];
    let from = Rate::new(44_100).expect("not zero");
    criterion.bench_function("resample a minute to 48 kHz", |bencher| {
        bencher.iter(|| {
            let mut resampler = Resampler::new(from, Rate::STANDARD).expect("usual rates");
            let mut out = Vec::with_capacity(48_000 * 60);
            minute.chunks(1_152).for_each(|piece| resampler.push(piece, &mut out).expect("whole chunks"));
            resampler.finish(&mut out).expect("an end");
            black_box(out.len())
        });
    });
    criterion.bench_function("make the chime", |bencher| {
        bencher.iter(|| black_box(chime::chime(Rate::STANDARD, loa::schedule::Chime::Rising).len()));
    });
}

fn thousand_known(criterion: &mut Criterion) {
    let station = tempfile::tempdir().expect("a directory");
    let audio = library::audio_dir(station.path());
    std::fs::create_dir(&audio).expect("a directory");
    let first = audio.join("0.wav");
    noise(&first, &["-t", "0.1", "-ac", "1", "-c:a", "pcm_s16le"]);
    for number in 1..1_000 {
        std::fs::copy(&first, audio.join(format!("{number}.wav"))).expect("room");
    }
    library::scan(station.path(), &Wanted::default(), Wall::MAX, &mut |_, _| {}).settle();
    criterion.bench_function("read a library of 1,000 known sounds", |bencher| {
        bencher.iter(|| {
            let (library, unknown) = library::known(station.path(), &Wanted::default());
            assert!(unknown.is_empty());
            black_box(library.sounds.len())
        });
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    targets = formats, resample, thousand_known
}
criterion_main!(benches);
