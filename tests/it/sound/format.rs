//! Every format a phone or an editor may hand over.

use super::ear;

struct Case {
    name: &'static str,
    arguments: &'static [&'static str],
    rate: u32,
    codec: &'static str,
}

const fn case(name: &'static str, arguments: &'static [&'static str], rate: u32, codec: &'static str) -> Case {
    Case { name, arguments, rate, codec }
}

const LOSSY: &[Case] = &[
    case("cbr.mp3", &["-c:a", "libmp3lame", "-b:a", "64k"], 44_100, "mp3"),
    case("vbr.mp3", &["-c:a", "libmp3lame", "-q:a", "4"], 44_100, "mp3"),
    case("low.mp3", &["-c:a", "libmp3lame", "-b:a", "16k"], 16_000, "mp3"),
    case("bare.mp3", &["-c:a", "libmp3lame", "-b:a", "64k", "-write_xing", "0"], 44_100, "mp3"),
    case("layer2.mp2", &["-c:a", "mp2", "-b:a", "192k"], 44_100, "mp2"),
    case("a.m4a", &["-c:a", "aac", "-b:a", "96k"], 44_100, "aac"),
    case("front.m4a", &["-c:a", "aac", "-b:a", "96k", "-movflags", "faststart"], 48_000, "aac"),
    case("fragments.mp4", &["-c:a", "aac", "-b:a", "96k", "-movflags", "frag_keyframe+empty_moov"], 44_100, "aac"),
    case("phone.3gp", &["-c:a", "aac", "-b:a", "64k"], 44_100, "aac"),
    case("low.m4a", &["-c:a", "aac", "-b:a", "32k"], 22_050, "aac"),
    case("unedited.m4a", &["-c:a", "aac", "-b:a", "96k", "-use_editlist", "0"], 44_100, "aac"),
    case("mp3.mkv", &["-c:a", "libmp3lame"], 44_100, "mp3"),
    case("vorbis.mkv", &["-c:a", "libvorbis"], 44_100, "vorbis"),
    case("mp3.mp4", &["-c:a", "libmp3lame"], 44_100, "mp3"),
    case("stream.wav", &["-c:a", "pcm_s16le", "-f", "wav", "-seekable", "0"], 44_100, "pcm"),
    case("adts.aac", &["-c:a", "aac", "-b:a", "96k"], 44_100, "aac"),
    case("low.aac", &["-c:a", "aac", "-b:a", "32k"], 16_000, "aac"),
    case("video.mkv", &["-c:a", "aac", "-b:a", "96k"], 44_100, "aac"),
    case("a.ogg", &["-c:a", "libvorbis", "-q:a", "5"], 44_100, "vorbis"),
    case("a.opus", &["-c:a", "libopus", "-b:a", "64k"], 48_000, "opus"),
    case("voice.ogg", &["-c:a", "libopus", "-b:a", "24k", "-application", "voip"], 48_000, "opus"),
    case("web.webm", &["-c:a", "libopus", "-b:a", "64k"], 48_000, "opus"),
    case("opus.mp4", &["-c:a", "libopus", "-b:a", "64k"], 48_000, "opus"),
    case("ulaw.wav", &["-c:a", "pcm_mulaw"], 8_000, "pcm"),
    case("alaw.wav", &["-c:a", "pcm_alaw"], 8_000, "pcm"),
    case("ima.wav", &["-c:a", "adpcm_ima_wav"], 44_100, "adpcm"),
    case("ms.wav", &["-c:a", "adpcm_ms"], 44_100, "adpcm"),
];

const LOSSLESS: &[Case] = &[
    case("s16.wav", &["-c:a", "pcm_s16le"], 44_100, "pcm"),
    case("s24.wav", &["-c:a", "pcm_s24le"], 48_000, "pcm"),
    case("f32.wav", &["-c:a", "pcm_f32le"], 44_100, "pcm"),
    case("big.aiff", &["-c:a", "pcm_s16be"], 44_100, "pcm"),
    case("a.flac", &["-c:a", "flac"], 44_100, "flac"),
    case("flac.ogg", &["-c:a", "flac"], 44_100, "flac"),
    case("flac.mkv", &["-c:a", "flac"], 44_100, "flac"),
    case("alac.m4a", &["-c:a", "alac"], 44_100, "alac"),
];

#[test]
fn what_is_lossless_comes_out_sample_by_sample() {
    let dir = tempfile::tempdir().unwrap();
    for case in LOSSLESS {
        for channels in [1, 2] {
            let made = ear::burst_as(dir.path(), case.name, case.rate, channels, case.arguments);
            let (decoder, heard) = ear::hear(&made);
            let (_, source) = ear::hear(&dir.path().join(format!("{}.source.wav", case.name)));
            assert_eq!(decoder.codec(), case.codec, "{}", case.name);
            assert_eq!(decoder.channels(), channels, "{}", case.name);
            assert_eq!(heard.len(), source.len(), "{}", case.name);
            assert!(heard == source, "{}", case.name);
            assert!(!decoder.is_short(), "{}", case.name);
        }
    }
}

#[test]
#[ignore = "long"]
fn lossy_sound_starts_within_two_milliseconds_of_its_time() {
    let dir = tempfile::tempdir().unwrap();
    for case in LOSSY {
        let made = ear::burst_as(dir.path(), case.name, case.rate, 1, case.arguments);
        let (decoder, heard) = ear::hear(&made);
        let rate = decoder.rate().hz();
        let onset_ms = ear::onset(&heard) as f64 * 1000.0 / f64::from(rate);
        let length = ear::burst(case.rate).len();
        println!(
            "{:14} {:6} {onset_ms:8.2} ms {:7} of {length} frames, {} skipped",
            case.name,
            decoder.codec(),
            heard.len(),
            decoder.skipped()
        );
        assert_eq!(decoder.codec(), case.codec, "{}", case.name);
        assert!((onset_ms - ear::ONSET_MS as f64).abs() < 2.0, "{}: {onset_ms} ms", case.name);
        assert!(!decoder.is_short(), "{}", case.name);
    }
}
