use std::path::Path;

use super::source::{Ended, Fetcher, Icecast, ffmpeg, is_whole, liquidsoap, tones};
use crate::kit::{Radio, Station};

#[test]
#[ignore = "long"]
fn a_server_that_sends_no_sound_is_told_with_the_cure() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("page"), "<html>không phải tiếng</html>".repeat(4_000)).unwrap();
    let key = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n#EXTINF:4,\na.ts\n";
    std::fs::write(dir.path().join("key.m3u8"), key).unwrap();
    let radio = Radio::files(dir.path());
    let (page, key) = (radio.address("page"), radio.address("key.m3u8"));
    let station = Station::new();
    let fetcher = Fetcher::start(
        &station,
        &format!(
            "[relays.page]\nurl = \"{page}\"\n[relays.key]\nhls = \"{key}\"\n[relays.no]\ncommand = [\"/nonexistent\"]\n"
        ),
    );
    for (id, says) in [("page", "no sound"), ("key", "ffmpeg"), ("no", "cannot be run"), ("khac", "names no relay")] {
        let (samples, troubles) = fetcher.hear(id, 1);
        assert!(samples.is_empty() && troubles.iter().any(|why| why.contains(says)), "{id}: {troubles:?}");
    }
}

#[test]
#[ignore = "long"]
fn hls_in_ts_in_adts_and_in_mp4_is_heard_without_a_hole() {
    let hls = ["-f", "hls", "-hls_time", "2", "-hls_list_size", "6", "-hls_flags", "delete_segments"];
    let forms: [(&str, &[&str]); 4] = [
        ("ts", &["-c:a", "aac", "-hls_segment_type", "mpegts"]),
        ("mp3", &["-c:a", "libmp3lame", "-hls_segment_type", "mpegts"]),
        ("adts", &["-c:a", "aac", "-hls_segment_filename", "adts%d.aac"]),
        ("mp4", &["-c:a", "aac", "-hls_segment_type", "fmp4", "-hls_fmp4_init_filename", "init.mp4"]),
    ];
    let dir = tempfile::tempdir().unwrap();
    let mut makers = Vec::new();
    for (name, form) in forms {
        let own = dir.path().join(name);
        std::fs::create_dir(&own).unwrap();
        let list = own.join("list.m3u8");
        let mut form: Vec<String> = form.iter().map(|word| (*word).to_owned()).collect();
        for word in &mut form {
            if Path::new(word.as_str()).extension().is_some_and(|ending| ending == "aac") {
                *word = own.join(&*word).to_string_lossy().into_owned();
            }
        }
        let form: Vec<&str> = form.iter().map(String::as_str).collect();
        let arguments = [&form, &hls[..], &[list.to_str().unwrap()]].concat();
        let Some(maker) = ffmpeg(&arguments) else { return };
        makers.push(Ended(maker));
    }
    let radio = Radio::files(dir.path());
    let station = Station::new();
    let relays =
        forms.map(|(name, _)| format!("[relays.{name}]\nhls = \"{}\"\n", radio.address(&format!("{name}/list.m3u8"))));
    let fetcher = Fetcher::start(&station, &relays.concat());
    for (name, _) in forms {
        let (samples, troubles) = fetcher.hear(name, 10);
        assert!(samples.len() >= 480_000, "{name}: {} samples, {troubles:?}", samples.len());
        assert!(is_whole(&samples), "{name}: a hole; {troubles:?}");
    }
}

#[test]
#[ignore = "long"]
fn what_icecast_sends_is_heard_in_every_form() {
    let Some(icecast) = Icecast::start() else { return };
    let forms: [(&str, &[&str]); 5] = [
        ("mp3", &["-c:a", "libmp3lame", "-b:a", "128k", "-content_type", "audio/mpeg", "-f", "mp3"]),
        ("aac", &["-c:a", "aac", "-b:a", "128k", "-content_type", "audio/aac", "-f", "adts"]),
        ("vorbis", &["-c:a", "libvorbis", "-b:a", "96k", "-content_type", "application/ogg", "-f", "ogg"]),
        ("opus", &["-c:a", "libopus", "-b:a", "96k", "-content_type", "application/ogg", "-f", "ogg"]),
        ("flac", &["-c:a", "flac", "-content_type", "application/ogg", "-f", "ogg"]),
    ];
    let mut sources = Vec::new();
    for (name, form) in forms {
        let Some(source) = ffmpeg(&[form, &[icecast.source(name).as_str()]].concat()) else { return };
        sources.push(Ended(source));
    }
    let station = Station::new();
    let relays = forms.map(|(name, _)| format!("[relays.{name}]\nurl = \"{}\"\n", icecast.address(name)));
    let fetcher = Fetcher::start(&station, &relays.concat());
    for (name, _) in forms {
        let (samples, troubles) = fetcher.hear(name, 8);
        assert!(samples.len() >= 384_000, "{name}: {} samples, {troubles:?}", samples.len());
        assert!(is_whole(&samples), "{name}: a hole; {troubles:?}");
    }
}

/// A studio's own program: MP3, and Ogg that begins a new stream with each title, as its listeners get it.
#[test]
#[ignore = "long"]
fn what_a_studio_sends_by_liquidsoap_is_heard_without_a_hole_over_every_title() {
    let Some(icecast) = Icecast::start() else { return };
    let Some(_studio) = liquidsoap(&icecast) else { return };
    let station = Station::new();
    let forms = ["mp3", "vorbis", "opus"];
    let relays = forms.map(|name| format!("[relays.{name}]\nurl = \"{}\"\n", icecast.address(name)));
    let fetcher = Fetcher::start(&station, &relays.concat());
    for name in forms {
        let (samples, troubles) = fetcher.hear(name, 12);
        assert!(samples.len() >= 576_000, "{name}: {} samples, {troubles:?}", samples.len());
        if name == "opus" {
            // It leaves out 80 ms with each new title itself (pre-skip, and none more at the end): a piece or two of a twentieth of a
            // second each time, and no more than those.
            let (good, all) = tones(&samples[48_000..]);
            assert!(all - good <= 5 * 3, "{name}: {good} of {all}; {troubles:?}");
        } else {
            assert!(is_whole(&samples), "{name}: a hole; {troubles:?}");
        }
    }
}
