//! Whole recordings with what recorders, phones and taggers do to them: they play to the sample, and nothing in
//! them moves.

use std::path::Path;

use loa::audio::{Decoder, examine_bytes, measure};

use super::ear;
use super::pages;

/// Length of the scale, in seconds.
const SECONDS: f64 = 4.0;

/// Decodes bytes to the end: the samples and their rate.
fn hear(name: &str, bytes: &[u8]) -> (Vec<f32>, u32) {
    let mut decoder =
        Decoder::open_bytes(bytes.to_vec()).unwrap_or_else(|fault| panic!("{name}: {}", fault.message.en));
    let mut samples = Vec::new();
    while decoder.read(&mut samples).unwrap_or_else(|fault| panic!("{name}: {}", fault.message.en)) {}
    (samples, decoder.rate().hz())
}

/// The scale in another format.
pub(super) fn made(dir: &Path, name: &str, rate: u32, arguments: &[&str]) -> Vec<u8> {
    let source = dir.join("scale.wav");
    ear::write_wav(&source, rate, 1, &ear::scale(rate, SECONDS));
    ear::convert(&source, &dir.join(name), arguments);
    std::fs::read(dir.join(name)).unwrap()
}

/// Every quarter of a second of the scale is where it was, and there are as many.
pub(super) fn expect_whole(name: &str, bytes: &[u8]) {
    expect_steps(name, bytes, &(0..16).collect::<Vec<_>>());
}

/// These steps of the scale are heard, one after the other.
fn expect_steps(name: &str, bytes: &[u8], steps: &[u32]) {
    let (samples, rate) = hear(name, bytes);
    let expected = steps.len() as f64 * ear::STEP_S;
    let length = samples.len() as f64 / f64::from(rate);
    assert!((length - expected).abs() < 0.06, "{name}: {length} s, not {expected}");
    assert_eq!(ear::steps(&samples, rate), steps, "{name}");
    let measured = examine_bytes(bytes.to_vec()).unwrap_or_else(|fault| panic!("{name}: {}", fault.message.en));
    assert_eq!(measured.facts.frames, samples.len() as u64, "{name}: what plays is what was measured");
    assert!(measured.measures.lost.is_empty(), "{name}: {:?}", measured.measures.lost);
}

fn put(bytes: &mut [u8], at: usize, value: [u8; 4]) {
    bytes[at..at + 4].copy_from_slice(&value);
}

pub(super) fn find(bytes: &[u8], word: &[u8]) -> usize {
    bytes.windows(word.len()).position(|window| window == word).unwrap()
}

#[test]
#[ignore = "long"]
fn an_ogg_plays_whole_whatever_its_positions_say_and_without_an_end_mark() {
    let dir = tempfile::tempdir().unwrap();
    let formats: [(&str, &[&str]); 4] = [
        ("opus", &["-c:a", "libopus", "-b:a", "32k", "-f", "ogg"]),
        // As Android's muxer writes it: a page for every packet.
        ("android", &["-c:a", "libopus", "-b:a", "32k", "-page_duration", "20000", "-f", "ogg"]),
        ("vorbis", &["-c:a", "libvorbis", "-f", "ogg"]),
        ("flac", &["-c:a", "flac", "-f", "ogg"]),
    ];
    for (name, arguments) in formats {
        let whole = made(dir.path(), name, 48_000, arguments);
        expect_whole(name, &whole);
        let first = pages::split(&whole).iter().position(|page| pages::granule(page) > 0).unwrap();
        let edit = |what: &str, change: &dyn Fn(usize, usize, &mut Vec<u8>)| {
            let mut all = pages::split(&whole);
            let last = all.len() - 1;
            for (at, page) in all.iter_mut().enumerate().skip(first) {
                change(at, last, page);
            }
            expect_whole(&format!("{name}, {what}"), &pages::join(all));
        };
        edit("no end mark", &|_, _, page| page[5] &= !4);
        edit("an hour later", &|_, _, page| pages::move_granule(page, 172_800_000));
        edit("stuck", &|_, _, page| pages::set_granule(page, 960));
        edit("last too early", &|at, last, page| {
            if at == last {
                pages::set_granule(page, 960);
            }
        });
        edit("last too late", &|at, last, page| {
            if at == last {
                pages::move_granule(page, 96_000);
            }
        });
        edit("none written", &|at, last, page| {
            if at > first && at < last {
                pages::set_granule(page, -1);
            }
        });
        let mut unsummed = pages::split(&whole).concat();
        let at = find(&unsummed, b"OggS") + 22;
        put(&mut unsummed, at, [0; 4]);
        expect_whole(&format!("{name}, no checksum"), &unsummed);
        let twice = (0..16).chain(0..16).collect::<Vec<_>>();
        let (samples, rate) = hear(name, &whole.repeat(2));
        assert!((samples.len() as f64 / f64::from(rate) - 2.0 * SECONDS).abs() < 0.06, "{name}, chained");
        assert_eq!(ear::steps(&samples, rate), twice, "{name}, chained");
    }
}

#[test]
#[ignore = "long"]
fn a_wav_plays_whole_whatever_lengths_are_written_in_it() {
    let dir = tempfile::tempdir().unwrap();
    let formats: [(&str, u32, &[&str]); 6] = [
        ("s16.wav", 16_000, &["-c:a", "pcm_s16le", "-bitexact"]),
        ("u8.wav", 8_000, &["-c:a", "pcm_u8", "-bitexact"]),
        ("s24.wav", 44_100, &["-ac", "2", "-c:a", "pcm_s24le", "-bitexact"]),
        ("s32.wav", 96_000, &["-c:a", "pcm_s32le", "-bitexact"]),
        ("f32.wav", 32_000, &["-c:a", "pcm_f32le", "-bitexact"]),
        ("ulaw.wav", 8_000, &["-c:a", "pcm_mulaw", "-bitexact"]),
    ];
    for (name, rate, arguments) in formats {
        let whole = made(dir.path(), name, rate, arguments);
        expect_whole(name, &whole);
        let data = find(&whole, b"data");
        let (riff, sound) = ((whole.len() - 8) as u32, (whole.len() - data - 8) as u32);
        let lengths: [(&str, u32, u32); 9] = [
            ("both zero", 0, 0),
            ("both greatest", u32::MAX, u32::MAX),
            ("both greatest with a sign", 0x7FFF_FFFF, 0x7FFF_FFFF),
            ("the header counted in", riff + 44, sound + 44),
            ("RIFF eight short", riff - 8, sound),
            ("no sound, RIFF right", riff, 0),
            ("RIFF of nothing, sound unknown", 0x23, u32::MAX),
            ("two gigabytes", 0x8000_0024, 0x8000_0000),
            ("RIFF of nothing", 0, sound),
        ];
        // A chunk of an odd length that is not padded, before a length that looks like letters.
        for sound in [sound, 0x8130_3030] {
            let mut bytes = whole.clone();
            put(&mut bytes, data + 4, sound.to_le_bytes());
            let note = [b"LIST".as_slice(), &7_u32.to_le_bytes(), b"INFOabc"].concat();
            bytes.splice(data..data, note);
            expect_whole(&format!("{name}, a note without its pad, {sound}"), &bytes);
        }
        // What lies behind the half of the sound that is stated is more of it: of 16 bits that can be seen.
        let half = (name == "s16.wav").then_some(("RIFF right, half of the sound", riff, sound / 2));
        for (what, riff, sound) in lengths.into_iter().chain(half) {
            let mut bytes = whole.clone();
            put(&mut bytes, 4, riff.to_le_bytes());
            put(&mut bytes, data + 4, sound.to_le_bytes());
            expect_whole(&format!("{name}, {what}"), &bytes);
            let note =
                [b"LIST".as_slice(), &18_u32.to_le_bytes(), b"INFOISFT", &6_u32.to_le_bytes(), b"Lavf59"].concat();
            if sound >= 2_000_000_000 || (sound == 0 && riff == 0) {
                expect_whole(&format!("{name}, {what}, a note behind"), &[bytes, note].concat());
            }
        }
        let mut bits = whole.clone();
        bits[32..34].copy_from_slice(&16_u16.to_le_bytes());
        expect_whole(&format!("{name}, a frame's bits for its bytes"), &bits);
        // A chunk of odd length in front, padded as it should be and not.
        let odd = [b"LIST".as_slice(), &17_u32.to_le_bytes(), b"INFOISFT", &5_u32.to_le_bytes(), b"Lavf5"].concat();
        expect_whole(&format!("{name}, padded"), &[&whole[..12], &odd, &[0], &whole[12..]].concat());
        expect_whole(&format!("{name}, not padded"), &[&whole[..12], &odd, &whole[12..]].concat());
    }
    let rate = 22_050;
    let long: [(&str, &[&str]); 4] = [
        ("rf64.wav", &["-rf64", "always"]),
        ("wave64.w64", &["-f", "w64"]),
        ("six.wav", &["-ac", "6"]),
        ("mp3.wav", &["-ar", "44100", "-c:a", "libmp3lame", "-f", "wav"]),
    ];
    for (name, arguments) in long {
        expect_whole(name, &made(dir.path(), name, rate, arguments));
    }
}

#[test]
fn what_was_recorded_after_the_lengths_were_written_is_heard() {
    let dir = tempfile::tempdir().unwrap();
    let mut bytes = made(dir.path(), "flushed.wav", 16_000, &["-bitexact"]);
    let data = find(&bytes, b"data");
    let half = (bytes.len() - data - 8) as u32 / 4 * 2;
    put(&mut bytes, 4, (half + data as u32).to_le_bytes());
    put(&mut bytes, data + 4, half.to_le_bytes());
    expect_whole("flushed", &bytes);
    // What is no sound is none, wherever it stands.
    let whole = made(dir.path(), "followed.wav", 16_000, &["-bitexact"]);
    let junk: Vec<u8> = (0..40_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    expect_whole("followed", &[whole, junk].concat());
}

#[test]
#[ignore = "long"]
fn aiff_and_caf_play_whole_in_every_coding() {
    let dir = tempfile::tempdir().unwrap();
    let formats: [(&str, &[&str]); 12] = [
        ("s16.aiff", &["-c:a", "pcm_s16be"]),
        ("s24.aiff", &["-c:a", "pcm_s24be", "-ac", "2"]),
        ("sowt.aifc", &["-c:a", "pcm_s16le", "-f", "aiff"]),
        ("float.aifc", &["-c:a", "pcm_f32be", "-f", "aiff"]),
        ("s16le.caf", &["-c:a", "pcm_s16le"]),
        ("s24be.caf", &["-c:a", "pcm_s24be", "-ac", "2"]),
        ("f32le.caf", &["-c:a", "pcm_f32le"]),
        ("f64be.caf", &["-c:a", "pcm_f64be"]),
        ("ulaw.caf", &["-c:a", "pcm_mulaw"]),
        ("ima.caf", &["-c:a", "adpcm_ima_qt"]),
        ("alac.caf", &["-c:a", "alac"]),
        ("opus.caf", &["-c:a", "libopus", "-ar", "48000"]),
    ];
    for (name, arguments) in formats {
        expect_whole(name, &made(dir.path(), name, 44_100, arguments));
    }
    let whole = made(dir.path(), "s16.aiff", 44_100, &["-c:a", "pcm_s16be"]);
    let (common, sound) = (find(&whole, b"COMM"), find(&whole, b"SSND"));
    for (form, frames, size) in
        [(Some(0), None, None), (None, None, Some(0)), (Some(0), Some(0), Some(0)), (None, Some(0), None)]
    {
        let mut bytes = whole.clone();
        for (at, value) in [(4, form), (common + 10, frames), (sound + 4, size)] {
            if let Some(value) = value {
                put(&mut bytes, at, u32::to_be_bytes(value));
            }
        }
        expect_whole(&format!("AIFF {form:?} {frames:?} {size:?}"), &bytes);
    }
}

/// An ID3v1, and an APEv2 with its header.
fn tags() -> (Vec<u8>, Vec<u8>) {
    let id3 = [b"TAG".as_slice(), &[b' '; 125]].concat();
    let edge = |flags: u32| {
        let numbers = [2_000_u32, 42, 1, flags, 0, 0].map(u32::to_le_bytes).concat();
        [b"APETAGEX".as_slice(), &numbers].concat()
    };
    (id3, [edge(0xA000_0000), vec![7; 10], edge(0x8000_0000)].concat())
}

/// A FLAC with a picture in front of its sound, whose block says the lower three bytes of its length.
fn with_picture(whole: &[u8], size: u32) -> Vec<u8> {
    let numbers = |all: &[u32]| all.iter().flat_map(|number| number.to_be_bytes()).collect::<Vec<u8>>();
    let kind = b"image/jpeg";
    let head = [&numbers(&[3, 10])[..], kind, &numbers(&[0, 600, 600, 24, 0, size])].concat();
    let length = (head.len() as u32 + size).to_be_bytes();
    // Behind STREAMINFO, which is not the last block any more.
    let (front, rest) = whole.split_at(42);
    let mut front = front.to_vec();
    front[4] &= 0x7F;
    let picture: Vec<u8> = (0..size).map(odd_byte).collect();
    [&front[..], &[6], &length[1..], &head, &picture, rest].concat()
}

pub(super) fn odd_byte(at: u32) -> u8 {
    (at.wrapping_mul(2_654_435_761) >> 13) as u8
}

#[test]
#[ignore = "long"]
fn tags_in_front_and_behind_and_wrong_totals_take_nothing_from_a_sound() {
    let dir = tempfile::tempdir().unwrap();
    let (id3, ape) = tags();
    let front = b"ID3\x04\0\0\0\0\0\x05hello".to_vec();
    let formats: [(&str, u32, &[&str]); 4] = [
        ("a.flac", 44_100, &["-c:a", "flac"]),
        ("b.flac", 16_000, &["-c:a", "flac"]),
        ("a.mp3", 44_100, &["-c:a", "libmp3lame"]),
        ("b.mp3", 22_050, &["-c:a", "libmp3lame", "-write_xing", "0", "-id3v2_version", "0"]),
    ];
    for (name, rate, arguments) in formats {
        let whole = made(dir.path(), name, rate, arguments);
        for parts in [
            vec![&whole, &id3],
            vec![&whole, &ape],
            vec![&front, &whole, &ape, &id3],
            vec![&front, &front, &whole, &id3, &id3],
        ] {
            let bytes: Vec<u8> = parts.into_iter().flatten().copied().collect();
            expect_whole(name, &bytes);
        }
        // Bytes that are no tag that anybody knows: a tag without a foot, a line's end, a text, and what looks random.
        let odd: [Vec<u8>; 3] = [
            [front.as_slice(), b"Xa Dong Giang\r\n"].concat(),
            (0..90_000_u32).map(odd_byte).collect(),
            vec![0; 3_000],
        ];
        for odd in odd {
            expect_whole(&format!("{name}, {} bytes behind", odd.len()), &[whole.as_slice(), &odd].concat());
        }
        if name == "a.mp3" {
            // Room that was taken in advance, where the first frame says that all of them are there.
            expect_whole("a.mp3 and much room behind", &[whole.as_slice(), &vec![0; 200_000]].concat());
        }
        if name.ends_with("flac") {
            for total in [0_u64, 1_000, 64_000] {
                let mut bytes = whole.clone();
                bytes[21] = bytes[21] & 0xF0 | (total >> 32) as u8;
                put(&mut bytes, 22, (total as u32).to_be_bytes());
                expect_whole(&format!("{name}, {total} samples"), &bytes);
            }
            for size in [70_000, 17_000_000, 34_000_000] {
                expect_whole(&format!("{name}, a picture of {size} bytes"), &with_picture(&whole, size));
            }
        }
    }
}

#[test]
fn a_stream_that_changes_its_shape_is_heard_to_its_end() {
    let dir = tempfile::tempdir().unwrap();
    let part = |name: &str, arguments: &[&str]| made(dir.path(), name, 44_100, arguments);
    let mono = part("mono.mp3", &["-c:a", "libmp3lame", "-ar", "44100"]);
    let bare = part(
        "bare.mp3",
        &["-c:a", "libmp3lame", "-ar", "44100", "-ac", "2", "-write_xing", "0", "-id3v2_version", "0"],
    );
    let fast = part("fast.mp3", &["-c:a", "libmp3lame", "-ar", "48000", "-id3v2_version", "0"]);
    let slow = part("slow.mp3", &["-c:a", "libmp3lame", "-ar", "22050", "-ac", "2"]);
    let narrow = part("narrow.aac", &["-c:a", "aac", "-ar", "16000"]);
    let wide = part("wide.aac", &["-c:a", "aac", "-ar", "44100", "-ac", "2"]);
    let cases = [
        ("mono, stereo", &mono, &bare),
        ("stereo, mono", &bare, &mono),
        ("44.1, 48 kHz", &mono, &fast),
        ("22.05, 48 kHz", &slow, &fast),
        ("48, 22.05 kHz", &fast, &slow),
        ("AAC", &narrow, &wide),
    ];
    for (name, first, second) in cases {
        let (samples, rate) = hear(name, &[first.as_slice(), second].concat());
        let length = samples.len() as f64 / f64::from(rate);
        assert!((length - 2.0 * SECONDS).abs() < 0.15, "{name}: {length} s");
        let steps = ear::steps(&samples[samples.len() - (rate as usize)..], rate);
        assert!(steps.iter().any(|step| *step >= 13), "{name}: its end is not heard: {steps:?}");
    }
}

/// An edit list in the place of that of an MP4 whose index stands at its end: lengths in ms, starts in ticks, speeds.
fn with_edits(mp4: &[u8], edits: &[(u32, i32, u32)]) -> Vec<u8> {
    let list = find(mp4, b"elst") - 4;
    let old = u32::from_be_bytes(mp4[list..list + 4].try_into().unwrap()) as usize;
    let mut new = [b"elst\0\0\0\0".as_slice(), &(edits.len() as u32).to_be_bytes()].concat();
    for (length, start, speed) in edits {
        new.extend([length.to_be_bytes(), start.to_be_bytes(), speed.to_be_bytes()].concat());
    }
    let size = (new.len() + 4) as u32;
    let mut out = [&mp4[..list], &size.to_be_bytes(), &new, &mp4[list + old..]].concat();
    for name in [b"moov", b"trak", b"edts"] {
        let at = mp4.windows(4).rposition(|window| window == name).unwrap() - 4;
        let was = u32::from_be_bytes(out[at..at + 4].try_into().unwrap());
        put(&mut out, at, (was + size - old as u32).to_be_bytes());
    }
    out
}

/// Start, media time and rate of each edit.
type Edits = Vec<(u32, i32, u32)>;

#[test]
fn an_edit_list_is_followed_as_it_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let one = 0x1_0000;
    for (name, arguments) in [("a.m4a", ["-c:a", "aac"]), ("alac.m4a", ["-c:a", "alac"])] {
        let whole =
            made(dir.path(), name, 44_100, &[&arguments[..], &["-use_editlist", "1", "-movflags", "0"]].concat());
        let whole = if whole.windows(4).any(|word| word == b"elst") { whole } else { continue };
        let skip = if name == "a.m4a" { 1_024 } else { 0 };
        let at = |step: i32| skip + step * 11_025;
        let cases: [(&str, Edits, Vec<u32>); 6] = [
            (
                "cut in the middle",
                vec![(1_000, at(0), one), (1_000, at(12), one)],
                [0..4, 12..16].into_iter().flatten().collect(),
            ),
            (
                "a part twice",
                vec![(1_000, at(2), one), (1_000, at(2), one)],
                [2..6, 2..6].into_iter().flatten().collect(),
            ),
            ("backwards", vec![(500, at(12), one), (500, at(4), one), (500, at(8), one)], vec![12, 13, 4, 5, 8, 9]),
            ("empty in front", vec![(3_000, -1, one), (1_000, at(4), one)], (4..8).collect()),
            ("three", vec![(500, at(1), one), (500, at(5), one), (500, at(9), one)], vec![1, 2, 5, 6, 9, 10]),
            ("the end only", vec![(0, at(8), one)], (8..16).collect()),
        ];
        for (what, edits, steps) in cases {
            expect_steps(&format!("{name}, {what}"), &with_edits(&whole, &edits), &steps);
        }
        let paused = with_edits(&whole, &[(1_000, at(0), one), (3_000, -1, one), (1_000, at(4), one)]);
        let (samples, rate) = hear(name, &paused);
        assert!((samples.len() as f64 / f64::from(rate) - 5.0).abs() < 0.05, "{name}, empty in the middle");
        assert!(samples[rate as usize * 2..rate as usize * 3].iter().all(|sample| sample.abs() < 1e-6));
        let fault = examine_bytes(with_edits(&whole, &[(1_000, at(0), 2 * one)])).err().unwrap();
        assert_eq!(fault.code, "unsupported", "a part at twice the speed");
    }
}

#[test]
fn of_several_sounds_the_first_that_can_be_decoded_is_heard_by_its_own_edit() {
    let dir = tempfile::tempdir().unwrap();
    let source = dir.path().join("scale.wav");
    ear::write_wav(&source, 48_000, 1, &ear::scale(48_000, SECONDS));
    let film = dir.path().join("two.mp4");
    let arguments = ["-map", "0", "-map", "0", "-c:a:0", "ac3", "-filter:a:0", "atrim=0:2", "-c:a:1", "aac"];
    ear::convert(&source, &film, &arguments);
    expect_whole("AC-3, then AAC", &std::fs::read(&film).unwrap());
    assert_eq!(measure(&film).unwrap().codec, "aac");
}
