//! Files that are cut off, damaged, mislabelled or made to hurt.

use std::cell::Cell;
use std::path::Path;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

use loa::audio::{Decoder, measure};
use loa::plan::Fault;

use super::ear;
use crate::kit::Station;

const FORMATS: &[(&str, &[&str])] = &[
    ("s16.wav", &["-c:a", "pcm_s16le"]),
    ("ulaw.wav", &["-c:a", "pcm_mulaw"]),
    ("ms.wav", &["-c:a", "adpcm_ms"]),
    ("a.aiff", &["-c:a", "pcm_s16be"]),
    ("a.caf", &["-c:a", "pcm_s16le"]),
    ("alac.caf", &["-c:a", "alac"]),
    ("opus.caf", &["-c:a", "libopus"]),
    ("flac.ogg", &["-c:a", "flac"]),
    ("mp3.wav", &["-c:a", "libmp3lame", "-f", "wav"]),
    ("a.flac", &["-c:a", "flac"]),
    ("a.mp3", &["-c:a", "libmp3lame"]),
    ("bare.mp3", &["-c:a", "libmp3lame", "-write_xing", "0", "-id3v2_version", "0"]),
    ("a.ogg", &["-c:a", "libvorbis"]),
    ("a.opus", &["-c:a", "libopus"]),
    ("a.m4a", &["-c:a", "aac", "-movflags", "faststart"]),
    ("alac.m4a", &["-c:a", "alac"]),
    ("a.aac", &["-c:a", "aac"]),
    ("a.webm", &["-c:a", "libopus"]),
    ("fragments.mp4", &["-c:a", "aac", "-movflags", "frag_keyframe+empty_moov"]),
];

thread_local! {
    static WATCHED: Cell<bool> = const { Cell::new(false) };
    static BROKEN: Cell<bool> = const { Cell::new(false) };
}
static PANICS: AtomicU32 = AtomicU32::new(0);
static HOOK: Once = Once::new();

/// Decodes to the end. A panic inside a library (in a build with overflow checks symphonia has some
/// on hostile headers) has to come out as a fault; one in loa's own code is counted.
fn decode(bytes: Vec<u8>) -> Result<u64, Fault> {
    HOOK.call_once(|| {
        loa::audio::hush_decoders();
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let ours = panic.location().is_none_or(|at| at.file().starts_with("src") || at.file().starts_with("tests"));
            if WATCHED.get() && ours {
                PANICS.fetch_add(1, Ordering::SeqCst);
            }
            if WATCHED.get() && !ours {
                BROKEN.set(true);
            }
            usual(panic);
        }));
    });
    WATCHED.set(true);
    let found: Result<u64, Fault> = (|| {
        let mut decoder = Decoder::open_bytes(bytes)?;
        let (mut frames, mut block) = (0, Vec::new());
        while decoder.read(&mut block)? {
            frames += block.len() as u64;
            assert!(block.iter().all(|sample| sample.abs() <= 1.0), "out of range");
            block.clear();
        }
        Ok(frames)
    })();
    WATCHED.set(false);
    if BROKEN.take() {
        assert_eq!(found.as_ref().unwrap_err().code, "damaged");
    }
    found
}

fn sources(dir: &Path) -> Vec<(&'static str, Vec<u8>)> {
    let made = |(name, arguments): &(&'static str, &[&str])| {
        let path = dir.join(name);
        ear::write_wav(&dir.join("source.wav"), 48_000, 1, &ear::burst(48_000)[20_000..40_000]);
        ear::convert(&dir.join("source.wav"), &path, arguments);
        (*name, std::fs::read(path).unwrap())
    };
    FORMATS.iter().map(made).collect()
}

/// A small generator of repeatable chance (Marsaglia's xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

#[test]
#[ignore = "long"]
fn a_file_cut_anywhere_stops_nothing_and_is_found_out_where_its_length_is_written_in_it() {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in sources(dir.path()) {
        let whole = decode(bytes.clone()).unwrap();
        for tenth in 0..10 {
            let cut = bytes[..bytes.len() * tenth / 10].to_vec();
            let path = dir.path().join("cut");
            std::fs::write(&path, &cut).unwrap();
            let decoded = decode(cut);
            assert!(
                decoded.is_err() || decoded.as_ref().is_ok_and(|frames| *frames <= whole),
                "{name} {tenth}: {decoded:?}"
            );
            // These say nowhere how long they are, so what is left of them is a whole sound.
            if !["bare.mp3", "mp3.wav", "a.aac", "fragments.mp4", "a.webm"].contains(&name) && tenth < 7 {
                let fault = measure(&path).unwrap_err();
                assert!(
                    ["truncated", "not_audio", "no_frames", "damaged"].contains(&fault.code.as_str()),
                    "{name} {tenth}: {fault:?}"
                );
            }
        }
    }
    assert_eq!(PANICS.load(Ordering::SeqCst), 0);
}

#[test]
#[ignore = "long"]
fn two_hundred_mutations_of_every_format_let_no_panic_out() {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in sources(dir.path()) {
        for seed in 1..=200_u64 {
            let mut chance = Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
            let mut mutant = bytes.clone();
            // Half of the time only the header, where the sizes are.
            let reach = if chance.below(2) == 0 { mutant.len().min(400) } else { mutant.len() };
            for _ in 0..=chance.below(16) {
                let at = chance.below(reach);
                mutant[at] = chance.below(256) as u8;
            }
            if chance.below(4) == 0 {
                let at = chance.below(mutant.len());
                let until = (at + chance.below(500)).min(mutant.len());
                mutant.drain(at..until);
            }
            let _ = decode(mutant);
            assert_eq!(PANICS.load(Ordering::SeqCst), 0, "{name}, seed {seed}");
        }
    }
}

#[test]
fn bytes_without_sense_are_no_sound() {
    let mut chance = Chance(7);
    let noise: Vec<u8> = (0..200_000).map(|_| chance.below(256) as u8).collect();
    assert!(decode(noise).is_err());
    assert_eq!(decode(Vec::new()).unwrap_err().code, "not_audio");
    assert_eq!(decode(vec![0; 100_000]).unwrap_err().code, "not_audio");
    assert!(decode(b"RIFF\xff\xff\xff\xffWAVEfmt ".to_vec()).is_err());
    assert!(decode(b"\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00".to_vec()).is_err());
    assert_eq!(PANICS.load(Ordering::SeqCst), 0);
}

/// A whole sound but for its number of channels: bytes in a frame times channels is more than fits the field.
fn wave_of(channels: u16) -> Vec<u8> {
    let mut bytes = b"RIFF\x64\0\0\0WAVEfmt \x10\0\0\0\x01\0".to_vec();
    bytes.extend(channels.to_le_bytes());
    bytes.extend(48_000_u32.to_le_bytes());
    bytes.extend(96_000_u32.to_le_bytes());
    bytes.extend(b"\x02\0\x10\0data\x40\0\0\0");
    bytes.extend([0; 64]);
    bytes
}

#[test]
fn a_header_that_breaks_a_decoder_is_refused_without_a_programmers_words() {
    assert!(decode(wave_of(1)).is_ok());
    assert!(decode(wave_of(0xFFD0)).is_err());
    let station = Station::new();
    let path = station.path("hop.wav");
    std::fs::write(&path, wave_of(0xFFD0)).unwrap();
    let said = station.loa(&["load", path.to_str().unwrap()]);
    assert_eq!(said.code, 1);
    assert!(said.out.contains("damaged") && !said.err.contains("panicked"), "{} {}", said.out, said.err);
}

#[test]
fn the_name_of_a_file_is_never_trusted() {
    let dir = tempfile::tempdir().unwrap();
    let path = ear::burst_as(dir.path(), "a.flac", 44_100, 1, &["-c:a", "flac"]);
    let disguised = dir.path().join("a.mp3");
    std::fs::rename(path, &disguised).unwrap();
    assert_eq!(measure(&disguised).unwrap().codec, "flac");
}

#[test]
fn a_megabyte_of_cover_picture_before_the_sound_is_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    let path = ear::burst_as(dir.path(), "a.mp3", 44_100, 1, &["-c:a", "libmp3lame", "-id3v2_version", "0"]);
    // ID3v2.3 §3.1: the size in four times seven bits; then one APIC frame.
    let picture = vec![0xAB; 1_000_000];
    let body = picture.len() + 14;
    let mut bytes = b"ID3\x03\x00\x00".to_vec();
    let tag = body + 10;
    bytes.extend([21, 14, 7, 0].map(|shift| (tag >> shift & 0x7F) as u8));
    bytes.extend(b"APIC");
    bytes.extend((body as u32).to_be_bytes());
    bytes.extend(b"\x00\x00\x00image/jpeg\x00\x03\x00");
    bytes.extend(&picture);
    bytes.extend(std::fs::read(&path).unwrap());
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(measure(&path).unwrap().frames, 66_150 + 123);
}

#[test]
fn of_several_tracks_the_first_with_sound_is_heard() {
    let dir = tempfile::tempdir().unwrap();
    let source = dir.path().join("source.wav");
    ear::write_wav(&source, 44_100, 1, &ear::burst(44_100));
    let video = dir.path().join("clip.mp4");
    let picture =
        ["-f", "lavfi", "-i", "testsrc=size=64x64:rate=10:duration=1.5", "-map", "1:v", "-map", "0:a", "-c:v", "mpeg4"];
    ear::convert(&source, &video, &[&picture[..], &["-c:a", "aac"]].concat());
    let (_, heard) = ear::hear(&video);
    assert!(ear::onset(&heard).abs_diff(22_050) < 88, "{}", ear::onset(&heard));
}

#[test]
fn a_picture_without_sound_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let source = dir.path().join("source.wav");
    ear::write_wav(&source, 8_000, 1, &[0.0; 8]);
    let video = dir.path().join("mute.mp4");
    let picture = ["-f", "lavfi", "-i", "testsrc=size=64x64:rate=10:duration=0.5", "-map", "1:v", "-c:v", "mpeg4"];
    ear::convert(&source, &video, &picture);
    assert_eq!(measure(&video).unwrap_err().code, "no_frames");
}

#[test]
fn what_loa_cannot_play_is_refused_with_the_cure() {
    let dir = tempfile::tempdir().unwrap();
    let speex = ear::burst_as(dir.path(), "a.spx", 16_000, 1, &["-c:a", "libspeex"]);
    let fault = measure(&speex).unwrap_err();
    assert!(fault.message.vi.contains("Speex") && fault.message.vi.contains("hãy"), "{fault:?}");
    let wma = ear::burst_as(dir.path(), "a.wma", 44_100, 1, &["-c:a", "wmav2"]);
    assert!(measure(&wma).is_err());
}

#[test]
fn a_file_still_being_copied_is_told_to_wait() {
    use std::io::Write;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.wav");
    ear::write_wav(&path, 48_000, 1, &ear::burst(48_000).repeat(4));
    let copying = std::sync::atomic::AtomicBool::new(true);
    let fault = std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
            while copying.load(Ordering::SeqCst) {
                file.write_all(b"x").unwrap();
            }
        });
        let fault = (0..200).find_map(|_| measure(&path).err());
        copying.store(false, Ordering::SeqCst);
        fault
    });
    assert_eq!(fault.unwrap().code, "changing");
}

/// Puts a fill element with replication data (ISO/IEC 14496-3 §4.4.1.1) before every frame's end.
pub(crate) fn with_replication(adts: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while at + 7 <= adts.len() {
        let header = &adts[at..at + 7];
        let length = usize::from(header[3] & 3) << 11 | usize::from(header[4]) << 3 | usize::from(header[5]) >> 5;
        let mut bits: Vec<bool> = adts[at + 7..at + length]
            .iter()
            .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1))
            .collect();
        while bits.pop() == Some(false) {}
        // The last set bit is gone already; the end mark has two more.
        bits.truncate(bits.len() - 2);
        let mut put = |value: u32, width: u32| bits.extend((0..width).rev().map(|bit| value >> bit & 1 == 1));
        put(0b110, 3);
        put(9, 4);
        put(0b1101, 4);
        (0..17).for_each(|n| put(n * 7 % 16, 4));
        put(0b111, 3);
        let body: Vec<u8> = bits
            .chunks(8)
            .map(|byte| (0..8).fold(0, |value, bit| value << 1 | u8::from(byte.get(bit).copied().unwrap_or(false))))
            .collect();
        let size = body.len() + 7;
        let mut header = header.to_vec();
        header[3] = header[3] & 0xFC | (size >> 11) as u8;
        header[4] = (size >> 3) as u8;
        header[5] = header[5] & 0x1F | (size << 5) as u8;
        out.extend(header);
        out.extend(body);
        at += length;
    }
    out
}

#[test]
fn he_aac_is_refused_even_where_only_its_frames_tell() {
    let dir = tempfile::tempdir().unwrap();
    let plain = ear::burst_as(dir.path(), "a.aac", 22_050, 1, &["-c:a", "aac", "-b:a", "32k"]);
    assert!(measure(&plain).is_ok());
    let bytes = std::fs::read(&plain).unwrap();
    let fault = decode(with_replication(&bytes)).unwrap_err();
    assert!(fault.message.vi.contains("HE-AAC"), "{fault:?}");
}

#[test]
#[ignore = "long"]
fn speech_in_plain_aac_at_low_rates_is_not_taken_for_he_aac() {
    let dir = tempfile::tempdir().unwrap();
    let speech = dir.path().join("speech.wav");
    let text = "Ủy ban nhân dân xã thông báo lịch tiêm phòng cho trẻ em dưới sáu tuổi";
    ear::speak(&speech, text);
    for (rate, channels, bits) in
        [("8000", "1", "16k"), ("16000", "1", "24k"), ("22050", "2", "48k"), ("24000", "1", "64k")]
    {
        for name in ["a.aac", "a.m4a"] {
            let path = dir.path().join(name);
            ear::convert(&speech, &path, &["-ar", rate, "-ac", channels, "-c:a", "aac", "-b:a", bits]);
            let facts = measure(&path).unwrap_or_else(|fault| panic!("{name} {rate}: {}", fault.message));
            assert_eq!(facts.rate.to_string(), rate);
        }
    }
}
