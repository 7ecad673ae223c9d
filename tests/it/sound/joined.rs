//! Several files in one: all of it is heard, or it is told with what to do.

use std::path::Path;

use loa::audio::examine_bytes;

use super::ear;

const SECONDS: f64 = 1.0;

fn made(dir: &Path, name: &str, arguments: &[&str]) -> Vec<u8> {
    let source = dir.join("scale.wav");
    ear::write_wav(&source, 44_100, 1, &ear::scale(44_100, SECONDS));
    ear::convert(&source, &dir.join(name), arguments);
    std::fs::read(dir.join(name)).unwrap()
}

/// One of each kind that people have, and whether two of it one behind the other are heard whole.
const FORMATS: &[(&str, &[&str], bool)] = &[
    ("a.mp3", &["-c:a", "libmp3lame"], true),
    ("bare.mp3", &["-c:a", "libmp3lame", "-write_xing", "0", "-id3v2_version", "0"], true),
    ("a.mp2", &["-c:a", "mp2", "-b:a", "128k"], true),
    ("a.aac", &["-c:a", "aac"], true),
    ("a.flac", &["-c:a", "flac"], true),
    ("a.ogg", &["-c:a", "libvorbis"], true),
    ("a.opus", &["-c:a", "libopus"], true),
    ("flac.ogg", &["-c:a", "flac"], true),
    ("dash.mp4", &["-c:a", "aac", "-movflags", "empty_moov+default_base_moof", "-frag_duration", "250000"], true),
    ("a.wav", &["-c:a", "pcm_s16le"], false),
    ("odd.wav", &["-ar", "8001", "-c:a", "pcm_u8"], false),
    ("piped.wav", &["-c:a", "pcm_s16le", "-f", "wav", "-seekable", "0"], false),
    ("mp3.wav", &["-c:a", "libmp3lame", "-f", "wav"], false),
    ("rf64.wav", &["-rf64", "always"], false),
    ("a.w64", &["-f", "w64"], false),
    ("a.aiff", &["-c:a", "pcm_s16be"], false),
    ("a.caf", &["-c:a", "pcm_s16le"], false),
    ("alac.caf", &["-c:a", "alac"], false),
    ("a.m4a", &["-c:a", "aac"], false),
    ("front.m4a", &["-c:a", "aac", "-movflags", "faststart"], false),
    ("places.mp4", &["-c:a", "aac", "-movflags", "empty_moov", "-frag_duration", "250000"], false),
    ("a.webm", &["-c:a", "libopus"], false),
    ("live.webm", &["-c:a", "libopus", "-live", "1"], false),
    ("a.mkv", &["-c:a", "aac"], false),
];

/// Heard whole, or told.
fn expect(name: &str, bytes: Vec<u8>, is_whole: bool) {
    match examine_bytes(bytes) {
        Ok(measured) => {
            assert!(is_whole, "{name} is heard for {} s", measured.measures.seconds);
            assert!(
                (measured.measures.seconds - 2.0 * SECONDS).abs() < 0.25,
                "{name}: {} s",
                measured.measures.seconds
            );
            assert!(measured.measures.lost.is_empty(), "{name}: {:?}", measured.measures.lost);
        }
        Err(fault) => {
            assert!(!is_whole && fault.code == "joined", "{name}: {fault:?}");
            assert!(fault.message.vi.contains("hãy nạp từng tệp gốc"), "{fault:?}");
        }
    }
}

#[test]
#[ignore = "long"]
fn two_files_in_one_are_heard_whole_or_told() {
    let dir = tempfile::tempdir().unwrap();
    let files: Vec<Vec<u8>> = FORMATS.iter().map(|(name, arguments, _)| made(dir.path(), name, arguments)).collect();
    for (file, (name, _, is_whole)) in files.iter().zip(FORMATS) {
        expect(name, file.repeat(2), *is_whole);
    }
    // Each of one kind behind the next of another.
    for (number, (name, ..)) in FORMATS.iter().enumerate() {
        let (other, _, _) = FORMATS[(number + 5) % FORMATS.len()];
        let both = [files[number].as_slice(), &files[(number + 5) % FORMATS.len()]].concat();
        let is_whole = ["a.flac", "a.ogg", "a.opus", "flac.ogg"].contains(name) && other.ends_with("ogg");
        if *name == "piped.wav" {
            // It goes to the end of the file, whatever stands there.
            continue;
        }
        expect(&format!("{name}, {other}"), both, is_whole);
    }
}

#[test]
fn a_flac_of_another_rate_behind_a_flac_is_heard_to_its_end() {
    let dir = tempfile::tempdir().unwrap();
    let first = made(dir.path(), "a.flac", &["-c:a", "flac", "-ar", "16000"]);
    let second = made(dir.path(), "b.flac", &["-c:a", "flac", "-ac", "2", "-sample_fmt", "s32"]);
    expect("16 and 44.1 kHz", [first.as_slice(), &second].concat(), true);
    expect("44.1 and 16 kHz", [second.as_slice(), &first].concat(), true);
    // What the first of them lacks is told as what it is: a hole.
    let fault = examine_bytes([&first[..first.len() / 4], &second].concat()).err().unwrap();
    assert_eq!(fault.code, "damaged", "{fault:?}");
}

#[test]
fn an_ogg_that_nobody_can_read_hides_no_other_and_is_not_hidden() {
    let dir = tempfile::tempdir().unwrap();
    let speex = made(dir.path(), "a.spx", &["-c:a", "libspeex", "-ar", "16000"]);
    let vorbis = made(dir.path(), "a.ogg", &["-c:a", "libvorbis"]);
    expect("Vorbis, Speex", [vorbis.as_slice(), &speex].concat(), false);
    let fault = examine_bytes([speex.as_slice(), &vorbis].concat()).err().unwrap();
    assert!(fault.message.en.contains("Speex"), "{fault:?}");
}
