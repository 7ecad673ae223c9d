//! What phones, Zalo, computers and broken sticks hand over, and the verdict on each.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::kit::Station;
use crate::sound::ear;

const WORDS: &str = "Kính thưa bà con. Ủy ban nhân dân xã thông báo: sáng mai, đúng bảy giờ, tiêm phòng cho trẻ em dưới sáu \
                     tuổi tại nhà văn hóa thôn. Xin cảm ơn bà con đã lắng nghe.";

/// Loads all files at once and gives what was said of each.
fn load(station: &Station, files: &[PathBuf]) -> Vec<Value> {
    let mut arguments = vec!["load", "--json"];
    arguments.extend(files.iter().map(|file| file.to_str().unwrap()));
    station.loa(&arguments).rows()
}

/// `loaded`, `refused: CODE`, and the warnings behind it.
fn verdict(row: &Value) -> String {
    if row["verdict"] == "refused" {
        return format!("refused: {}", row["reason"]["code"].as_str().unwrap());
    }
    let warnings: Vec<&str> =
        row["warnings"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
    [vec![row["verdict"].as_str().unwrap()], warnings].concat().join(" ")
}

/// Compares every row with what is expected of it, and fails with all differences at once.
fn expect(station: &Station, cases: &[(PathBuf, &str)]) -> Vec<Value> {
    let files: Vec<PathBuf> = cases.iter().map(|(path, _)| path.clone()).collect();
    let rows = load(station, &files);
    assert_eq!(rows.len(), cases.len());
    let mut wrong = Vec::new();
    for (row, (path, expected)) in rows.iter().zip(cases) {
        let found = verdict(row);
        println!("{:24} {found}", path.file_name().unwrap().to_string_lossy());
        if found != *expected {
            wrong.push(format!("{}: {found}, not {expected}: {row}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    rows
}

#[test]
#[ignore = "long"]
fn every_format_rate_and_layout_is_taken_under_its_true_ending() {
    let station = Station::new();
    let dir = tempfile::tempdir().unwrap();
    let speech = dir.path().join("speech.wav");
    ear::speak(&speech, WORDS);
    let video = ["-f", "lavfi", "-i", "testsrc=size=64x64:rate=5:duration=13", "-map", "1:v", "-map", "0:a"];
    let mpeg4 = [&video[..], &["-c:v", "mpeg4", "-c:a", "aac", "-b:a", "64k"]].concat();
    let vp8 = [&video[..], &["-c:v", "libvpx", "-c:a", "libopus"]].concat();
    let narrow = "loaded sound_narrow";
    let cases: &[(&str, &[&str], &str, &str)] = &[
        ("cbr8000.mp3", &["-ar", "8000", "-c:a", "libmp3lame", "-b:a", "16k"], narrow, "mp3"),
        ("cbr11025.mp3", &["-ar", "11025", "-c:a", "libmp3lame", "-b:a", "24k"], "loaded", "mp3"),
        ("cbr16000.mp3", &["-ar", "16000", "-c:a", "libmp3lame", "-b:a", "32k"], "loaded", "mp3"),
        ("cbr22050.mp3", &["-ar", "22050", "-c:a", "libmp3lame", "-b:a", "48k"], "loaded", "mp3"),
        ("cbr24000.mp3", &["-ar", "24000", "-c:a", "libmp3lame", "-b:a", "48k"], "loaded", "mp3"),
        ("cbr32000.mp3", &["-ar", "32000", "-c:a", "libmp3lame", "-b:a", "64k"], "loaded", "mp3"),
        ("cbr44100.mp3", &["-ar", "44100", "-c:a", "libmp3lame", "-b:a", "128k"], "loaded", "mp3"),
        ("cbr48000.mp3", &["-ar", "48000", "-ac", "2", "-c:a", "libmp3lame", "-b:a", "128k"], "loaded", "mp3"),
        ("vbr.mp3", &["-ar", "44100", "-c:a", "libmp3lame", "-q:a", "5"], "loaded", "mp3"),
        ("vbr-bare.mp3", &["-ar", "44100", "-c:a", "libmp3lame", "-q:a", "5", "-write_xing", "0"], "loaded", "mp3"),
        ("mono.m4a", &["-ar", "44100", "-c:a", "aac", "-b:a", "64k"], "loaded", "m4a"),
        ("stereo.m4a", &["-ar", "48000", "-ac", "2", "-c:a", "aac", "-b:a", "96k"], "loaded", "m4a"),
        ("adts.aac", &["-ar", "44100", "-c:a", "aac", "-b:a", "64k"], "loaded", "aac"),
        ("phone.3gp", &["-ar", "16000", "-c:a", "aac", "-b:a", "32k"], "loaded", "3gp"),
        ("vorbis.ogg", &["-ar", "44100", "-c:a", "libvorbis", "-q:a", "4"], "loaded", "ogg"),
        ("opus.opus", &["-ar", "48000", "-c:a", "libopus", "-b:a", "32k"], "loaded", "opus"),
        ("zalo.ogg", &["-ar", "48000", "-c:a", "libopus", "-b:a", "24k", "-application", "voip"], "loaded", "opus"),
        ("mono.flac", &["-c:a", "flac"], "loaded", "flac"),
        ("six.flac", &["-ac", "6", "-c:a", "flac"], "loaded sound_dead_channel", "flac"),
        ("s16.wav", &["-c:a", "pcm_s16le"], "loaded", "wav"),
        ("u8.wav", &["-c:a", "pcm_u8"], "loaded", "wav"),
        ("s24.wav", &["-ar", "48000", "-c:a", "pcm_s24le"], "loaded", "wav"),
        ("f32.wav", &["-ar", "96000", "-c:a", "pcm_f32le"], "loaded", "wav"),
        ("alaw.wav", &["-ar", "8000", "-c:a", "pcm_alaw"], narrow, "wav"),
        ("mulaw.wav", &["-ar", "16000", "-c:a", "pcm_mulaw"], "loaded", "wav"),
        ("ima.wav", &["-c:a", "adpcm_ima_wav"], "loaded", "wav"),
        ("ms.wav", &["-c:a", "adpcm_ms"], "loaded", "wav"),
        ("piped.wav", &["-c:a", "pcm_s16le", "-f", "wav", "-seekable", "0"], "loaded", "wav"),
        ("old.aiff", &["-c:a", "pcm_s16be"], "loaded", "aiff"),
        ("video.mp4", &mpeg4, "loaded", "mp4"),
        ("video.mov", &mpeg4, "loaded", "mov"),
        ("video.mkv", &mpeg4, "loaded", "mkv"),
        ("video.webm", &vp8, "loaded", "webm"),
    ];
    let mut expected = Vec::new();
    for (name, arguments, verdict, _) in cases {
        let path = dir.path().join(name);
        ear::convert(&speech, &path, arguments);
        expected.push((path, *verdict));
    }
    // Each by another name, so that no two are one stem.
    let rows = expect(&station, &expected.iter().map(|(path, verdict)| (renamed(path), *verdict)).collect::<Vec<_>>());
    for (row, (name, _, _, ending)) in rows.iter().zip(cases) {
        let file = row["file"].as_str().unwrap();
        assert!(file.ends_with(&format!(".{ending}")), "{name}: {file}");
        let seconds = row["measures"]["seconds"].as_f64().unwrap();
        assert!((seconds - rows[19]["measures"]["seconds"].as_f64().unwrap()).abs() < 0.15, "{name}: {seconds} s");
        assert!(station.path("audio").join(file).exists());
    }
    // What was taken in is known to everything else, without another measurement.
    let before = fs::read(station.path("state/facts.json")).unwrap();
    station.write("schedules/a.toml", "[[broadcast]]\nid = \"a\"\nat = \"05:30\"\nplay = \"s16-wav\"\n");
    assert_eq!(station.loa(&["check"]).code, 0);
    assert_eq!(fs::read(station.path("state/facts.json")).unwrap(), before);
}

/// `cbr.mp3` as `cbr-mp3.dat`: the ending says nothing, the stem everything.
fn renamed(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap().to_string_lossy().replace('.', "-");
    let to = path.with_file_name(format!("{name}.dat"));
    fs::rename(path, &to).unwrap();
    to
}

#[test]
#[ignore = "long"]
fn a_file_cut_at_any_tenth_is_refused() {
    let station = Station::new();
    let dir = tempfile::tempdir().unwrap();
    let speech = dir.path().join("speech.wav");
    ear::speak(&speech, WORDS);
    let formats: &[(&str, &[&str])] = &[
        ("a.mp3", &["-ar", "44100", "-c:a", "libmp3lame", "-b:a", "64k"]),
        ("b.wav", &["-c:a", "pcm_s16le"]),
        ("c.flac", &["-c:a", "flac"]),
        ("d.m4a", &["-ar", "44100", "-c:a", "aac"]),
        ("e.m4a", &["-ar", "44100", "-c:a", "aac", "-movflags", "faststart"]),
        ("f.ogg", &["-ar", "44100", "-c:a", "libvorbis"]),
        ("g.opus", &["-c:a", "libopus"]),
        ("h.wav", &["-c:a", "adpcm_ima_wav"]),
    ];
    let mut cut = Vec::new();
    for (name, arguments) in formats {
        let whole = dir.path().join(name);
        ear::convert(&speech, &whole, arguments);
        let bytes = fs::read(&whole).unwrap();
        for tenth in 0..10 {
            let path = dir.path().join(format!("cut{tenth}-{name}"));
            fs::write(&path, &bytes[..bytes.len() * tenth / 10]).unwrap();
            cut.push((path, tenth));
        }
    }
    let rows = load(&station, &cut.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>());
    for (row, (path, tenth)) in rows.iter().zip(&cut) {
        let code = row["reason"]["code"].as_str().unwrap_or_else(|| panic!("{} was taken", path.display()));
        let fits = if *tenth == 0 {
            code == "not_audio"
        } else {
            ["truncated", "not_audio", "no_frames", "damaged"].contains(&code)
        };
        assert!(fits, "{}: {code}", path.display());
        assert!(*tenth < 5 || ["truncated", "damaged"].contains(&code), "{}: {code}", path.display());
        // A phone's own format says how long it was meant to be: its cure is to copy it again.
        let is_m4a = path.extension().is_some_and(|ending| ending == "m4a");
        assert!(!is_m4a || *tenth < 5 || code == "truncated", "{}: {code}", path.display());
    }
    assert_eq!(fs::read_dir(station.path("audio")).unwrap().count(), 0, "nothing is left behind");
}

#[test]
#[ignore = "long"]
fn each_defect_of_a_recording_is_named_and_what_nobody_would_hear_is_refused() {
    let station = Station::new();
    let dir = tempfile::tempdir().unwrap();
    let speech = dir.path().join("speech.wav");
    ear::speak(&speech, WORDS);
    // Filters of ffmpeg on the clean voice.
    let cases: &[(&str, &str, &str)] = &[
        ("clean", "anull", "loaded"),
        ("silent", "volume=0", "refused: silent"),
        ("faint", "volume=-75dB", "refused: silent"),
        ("quiet", "volume=-30dB", "loaded sound_quiet"),
        ("clipped", "volume=20dB", "loaded sound_clipped"),
        ("offset", "dcshift=0.1", "loaded sound_offset"),
        ("late", "adelay=4000", "loaded sound_silent_head"),
        ("lingering", "apad=pad_dur=12", "loaded sound_silent_tail"),
        ("dead-left", "pan=stereo|c0=0*c0|c1=c0", "loaded sound_dead_channel"),
        ("reversed", "pan=stereo|c0=c0|c1=-1*c0", "refused: cancelled"),
        ("nearly-reversed", "pan=stereo|c0=c0|c1=-0.8*c0", "loaded sound_reversed"),
        ("telephone", "aresample=8000,highpass=300,lowpass=3000:p=2,aresample=44100", "loaded sound_narrow"),
        ("two-halves", "asplit[a][b];[b]adelay=9000[c];[a]apad=whole_dur=20[d];[d][c]amix=normalize=0", "loaded"),
    ];
    let mut expected = Vec::new();
    for (name, filter, verdict) in cases {
        let path = dir.path().join(format!("{name}.flac"));
        ear::convert(&speech, &path, &["-filter_complex", filter, "-c:a", "flac"]);
        expected.push((path, *verdict));
    }
    let gap = dir.path().join("gap.wav");
    let mut samples = spoken(&speech);
    let twice = samples.clone();
    samples.extend(vec![0.0; 22_050 * 9]);
    samples.extend(twice);
    ear::write_wav(&gap, 22_050, 1, &samples);
    expected.push((gap, "loaded sound_silent_gap"));
    let noisy = dir.path().join("noisy.wav");
    let mut state = 1_u32;
    let hum = |sample: &f32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        sample * 0.5 + 0.04 * ((state >> 8) as f32 / 8_388_608.0 - 1.0)
    };
    let loud: Vec<f32> = samples.iter().map(hum).collect();
    ear::write_wav(&noisy, 22_050, 1, &loud);
    expected.push((noisy, "loaded sound_noisy"));
    let rows = expect(&station, &expected);
    for row in rows.iter().filter(|row| row["verdict"] == "loaded") {
        let report = fs::read_to_string(station.path(row["report"].as_str().unwrap())).unwrap();
        assert!(report.starts_with("<svg") && report.contains("sóng âm"));
    }
}

/// The samples of a WAV file.
fn spoken(path: &Path) -> Vec<f32> {
    let mut reader = hound::WavReader::open(path).unwrap();
    reader.samples::<i16>().map(|sample| f32::from(sample.unwrap()) / 32_768.0).collect()
}

#[test]
#[ignore = "long"]
fn lies_about_length_and_size_are_found_out() {
    let station = Station::new();
    let dir = tempfile::tempdir().unwrap();
    let speech = dir.path().join("speech.wav");
    ear::speak(&speech, WORDS);
    let at = |name: &str| dir.path().join(name);
    // A WAV that claims a day of 8 kHz, 16 bit.
    ear::convert(&speech, &at("day.wav"), &["-ar", "8000", "-c:a", "pcm_s16le", "-bitexact"]);
    let mut wav = fs::read(at("day.wav")).unwrap();
    let day = 24 * 3_600 * 8_000 * 2_u32;
    wav[4..8].copy_from_slice(&(day + 36).to_le_bytes());
    wav[40..44].copy_from_slice(&day.to_le_bytes());
    fs::write(at("day.wav"), &wav).unwrap();
    // An MP3 whose Xing header counts the frames of a day.
    ear::convert(&speech, &at("day.mp3"), &["-ar", "44100", "-c:a", "libmp3lame", "-b:a", "64k"]);
    let mut mp3 = fs::read(at("day.mp3")).unwrap();
    let tag = mp3.windows(4).position(|word| word == b"Xing" || word == b"Info").unwrap();
    mp3[tag + 8..tag + 12].copy_from_slice(&(24 * 3_600 * 44_100 / 1_152_u32).to_be_bytes());
    // The same with its bytes counted right: the frames are wrong, and all is there.
    fs::write(at("counted.mp3"), &mp3).unwrap();
    mp3[tag + 12..tag + 16].copy_from_slice(&700_000_000_u32.to_be_bytes());
    fs::write(at("day-mp3.mp3"), &mp3).unwrap();
    // Five megabytes of tag before the sound.
    ear::convert(&speech, &at("tagged.mp3"), &["-c:a", "libmp3lame", "-b:a", "64k", "-id3v2_version", "0"]);
    let mut tagged = b"ID3\x03\x00\x00".to_vec();
    let size = 5_000_000_u32 + 10;
    tagged.extend([21, 14, 7, 0].map(|shift| (size >> shift & 0x7F) as u8));
    tagged.extend(b"PRIV\x00\x4C\x4B\x40\x00\x00");
    tagged.extend(vec![0xAB; 5_000_000]);
    tagged.extend(fs::read(at("tagged.mp3")).unwrap());
    fs::write(at("tagged.mp3"), tagged).unwrap();
    // Holes on the disk: too big, and too long.
    fs::File::create(at("huge.wav")).unwrap().set_len(513 * 1024 * 1024).unwrap();
    let hours = 4_100_u32 * 4_000 * 4;
    let mut long = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
    long[4..8].copy_from_slice(&(hours + 36).to_le_bytes());
    long.extend(4_000_u32.to_le_bytes());
    long.extend(4_000_u32.to_le_bytes());
    long.extend(b"\x01\0\x08\0data");
    long.extend(hours.to_le_bytes());
    fs::write(at("long.wav"), long).unwrap();
    fs::File::options().write(true).open(at("long.wav")).unwrap().set_len(u64::from(hours) + 44).unwrap();
    // A header of zeros, and one that is another format's.
    let mut zeroed = fs::read(&speech).unwrap();
    zeroed[..64].fill(0);
    fs::write(at("zeroed.wav"), &zeroed).unwrap();
    let mut wrong = fs::read(&speech).unwrap();
    wrong[..4].copy_from_slice(b"fLaC");
    fs::write(at("wrong.wav"), &wrong).unwrap();
    // Decoded only: four hours are measured in seconds by a release build, not by this one.
    let mut decoder = loa::audio::Decoder::open(&at("long.wav")).unwrap();
    let mut samples = Vec::new();
    let fault = loop {
        samples.clear();
        if let Err(fault) = decoder.read(&mut samples) {
            break fault;
        }
        assert!(!samples.is_empty(), "it ended");
    };
    assert_eq!(fault.code, "too_long");
    expect(
        &station,
        &[
            (at("day.wav"), "refused: truncated"),
            (at("day-mp3.mp3"), "refused: truncated"),
            (at("counted.mp3"), "loaded"),
            (at("tagged.mp3"), "loaded"),
            (at("huge.wav"), "refused: too_large"),
            (at("zeroed.wav"), "refused: not_audio"),
            (at("wrong.wav"), "refused: not_audio"),
            (at("missing.mp3"), "refused: unreadable"),
        ],
    );
}

#[test]
#[ignore = "long"]
fn what_is_no_sound_or_no_known_sound_gets_a_sentence_with_the_cure() {
    let station = Station::new();
    let dir = tempfile::tempdir().unwrap();
    let speech = dir.path().join("speech.wav");
    ear::speak(&speech, "Xin chào bà con.");
    let at = |name: &str| dir.path().join(name);
    ear::convert(&speech, &at("old.wma"), &["-c:a", "wmav2"]);
    ear::convert(&speech, &at("old.spx"), &["-ar", "16000", "-c:a", "libspeex"]);
    ear::convert(&speech, &at("stream.ts"), &["-c:a", "libmp3lame"]);
    ear::convert(&speech, &at("law.mov"), &["-ar", "8000", "-c:a", "pcm_mulaw"]);
    // More than Layer II lets one channel have; the encoder refuses it at the rates of speech, for another reason.
    ear::convert(&speech, &at("odd.mp2"), &["-ac", "1", "-ar", "48000", "-c:a", "mp2", "-b:a", "384k"]);
    let bytes: [(&str, &[u8]); 9] = [
        ("empty.mp3", b""),
        ("song.mid", b"MThd\0\0\0\x06\0\x01\0\x02\0\x60MTrk"),
        ("letter.pdf", b"%PDF-1.4\n%\xE2\xE3\xCF\xD3\n1 0 obj\n"),
        ("letter.docx", b"PK\x03\x04\x14\0\x06\0[Content_Types].xml word/document.xml"),
        ("songs.zip", b"PK\x03\x04\x14\0\0\0\x08\0bai-hat.mp3"),
        ("list.m3u", b"#EXTM3U\n#EXTINF:123,Bai hat\nbai-hat.mp3\n"),
        ("letter.txt", "Kính gửi bà con thôn 3".as_bytes()),
        ("picture.jpg", b"\xFF\xD8\xFF\xE0\0\x10JFIF\0"),
        ("wide.amr", b"#!AMR-WB\n\x44\0\0\0"),
    ];
    for (name, content) in bytes {
        fs::write(at(name), content).unwrap();
    }
    let not_audio = "refused: not_audio";
    let rows = expect(
        &station,
        &[
            (at("old.wma"), "refused: unsupported"),
            (at("old.spx"), "refused: unsupported"),
            (at("stream.ts"), "refused: unsupported"),
            (at("law.mov"), "refused: unsupported"),
            (at("odd.mp2"), "refused: unsupported"),
            (at("song.mid"), "refused: unsupported"),
            (at("wide.amr"), "refused: unsupported"),
            (at("empty.mp3"), not_audio),
            (at("letter.pdf"), not_audio),
            (at("letter.docx"), not_audio),
            (at("songs.zip"), not_audio),
            (at("list.m3u"), not_audio),
            (at("letter.txt"), not_audio),
            (at("picture.jpg"), not_audio),
        ],
    );
    let words = [
        "Windows Media",
        "Speex",
        "MPEG-TS",
        "µ-law",
        "MPEG Layer II",
        "MIDI",
        "AMR-WB, the recorder of an old phone",
        "empty",
        "PDF",
        "Word",
        "ZIP",
        "playlist",
        "text file",
        "picture",
    ];
    for (row, word) in rows.iter().zip(words) {
        let message = row["reason"]["message"].as_str().unwrap();
        assert!(message.contains(word), "{message}");
    }
}
