//! Sources as they are met: what is followed, what is refused, and whether the command that is named helps.

use std::process::{Command, Stdio};

use super::source::{Ended, Fetcher, ffmpeg, is_whole, tones};
use crate::kit::{Authority, Radio, Station};
use crate::sound::with_replication;

/// Seconds of a tone as ffmpeg makes it into a file of this form; `None`, aloud, where there is no ffmpeg.
fn made(seconds: u32, rate: u32, form: &[&str]) -> Option<Vec<u8>> {
    let tone = format!("sine=frequency=440:sample_rate={rate}:duration={seconds}");
    let arguments = ["-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", &tone, "-af", "volume=6dB"];
    let done = Command::new("ffmpeg").args(arguments).args(form).arg("-").stdin(Stdio::null()).output();
    match done {
        Ok(made) if made.status.success() => Some(made.stdout),
        other => {
            eprintln!("SKIPPED: needs ffmpeg ({other:?})");
            None
        }
    }
}

/// The command that a refusal names, for this address.
fn cure(said: &[String], address: &str) -> String {
    let named = said.iter().find_map(|why| why.split_once("command = ").map(|(_, command)| command.to_owned()));
    named.unwrap_or_else(|| panic!("no command is named: {said:?}")).replace("ADDRESS", address)
}

#[test]
#[ignore = "long"]
fn shoutcast_1_and_encrypted_hls_are_refused_and_the_command_that_is_named_plays_them() {
    let Some(mp3) = Radio::mp3() else { return };
    let old =
        Radio::stream("ICY 200 OK\r\nicy-name: x\r\nicy-br: 128\r\nContent-Type: audio/mpeg\r\n\r\n", mp3, 16_000);
    let dir = tempfile::tempdir().unwrap();
    let secret = Radio::files(dir.path());
    std::fs::write(dir.path().join("key"), [7; 16]).unwrap();
    let key = dir.path().join("key");
    let info = dir.path().join("key.info");
    std::fs::write(&info, format!("{}\n{}\n", secret.address("key"), key.display())).unwrap();
    let list = dir.path().join("list.m3u8");
    let hls = ["-c:a", "aac", "-f", "hls", "-hls_time", "2", "-hls_list_size", "8", "-hls_key_info_file"];
    let Some(maker) = ffmpeg(&[&hls[..], &[info.to_str().unwrap(), list.to_str().unwrap()]].concat()) else { return };
    let _maker = Ended(maker);
    let station = Station::new();
    let (old, secret) = (old.address("live"), secret.address("list.m3u8"));
    let relays = format!("[relays.old]\nurl = \"{old}\"\n[relays.secret]\nhls = \"{secret}\"\n");
    let fetcher = Fetcher::start(&station, &relays);
    while !list.exists() {
        std::thread::park_timeout(std::time::Duration::from_millis(100));
    }
    for (id, address, says) in [("old", &old, "SHOUTcast 1"), ("secret", &secret, "encrypted")] {
        let (samples, troubles) = fetcher.hear(id, 1);
        assert!(samples.is_empty() && troubles.iter().any(|why| why.contains(says)), "{id}: {troubles:?}");
        let command = cure(&troubles, address);
        station.write("loa.toml", &format!("[relays.{id}]\ncommand = {command}\n"));
        let (samples, troubles) = fetcher.hear(id, 6);
        assert!(samples.len() >= 6 * 48_000 && is_whole(&samples), "{id}: {} samples, {troubles:?}", samples.len());
        station.write("loa.toml", &relays);
    }
}

#[test]
#[ignore = "long"]
fn a_station_over_https_is_heard_by_its_own_authority_and_told_of_where_its_certificate_is_no_good() {
    let Some(radio) = Radio::tone() else { return };
    let authority = Authority::new();
    let [good, old] =
        [2090, 2021].map(|until| format!("https://127.0.0.1:{}/live", authority.before(radio.port(), until)));
    let station = Station::new();
    let relays = format!("[relays.good]\nurl = \"{good}\"\n[relays.old]\nurl = \"{old}\"\n");
    let fetcher = Fetcher::start(&station, &relays);
    let told = |id, why: &str| {
        let (samples, troubles) = fetcher.hear(id, 1);
        assert!(samples.is_empty() && troubles.iter().any(|said| said.contains(why)), "{id}: {troubles:?}");
    };
    // By those whom browsers know, it is nobody's; and not by a file that is not there, or has none.
    told("good", "write it in [relays.good] ca");
    let relays = relays.replace("/live\"\n", "/live\"\nca = \"dai-tinh.pem\"\n");
    station.write("loa.toml", &relays);
    told("good", "dai-tinh.pem");
    station.write("dai-tinh.pem", "xin chao");
    told("good", "no certificate in PEM");
    station.write("dai-tinh.pem", &authority.pem);
    let (samples, troubles) = fetcher.hear("good", 6);
    assert!(samples.len() >= 6 * 48_000 && is_whole(&samples), "{} samples, {troubles:?}", samples.len());
    told("old", "certificate has expired");
}

#[test]
#[ignore = "long"]
fn he_aac_is_refused_before_any_of_it_is_heard() {
    let Some(plain) = made(20, 22_050, &["-ac", "1", "-c:a", "aac", "-b:a", "32k", "-f", "adts"]) else { return };
    let pace = plain.len() / 20;
    let head = "HTTP/1.0 200 OK\r\nContent-Type: audio/aacp\r\n\r\n";
    let (he, low) = (Radio::stream(head, with_replication(&plain), pace), Radio::stream(head, plain, pace));
    let station = Station::new();
    let (he, low) = (he.address("a"), low.address("a"));
    let fetcher = Fetcher::start(&station, &format!("[relays.he]\nurl = \"{he}\"\n[relays.low]\nurl = \"{low}\"\n"));
    let (samples, troubles) = fetcher.hear("he", 1);
    assert!(samples.is_empty(), "{} samples", samples.len());
    assert!(troubles.iter().all(|why| why.contains("HE-AAC")) && !troubles.is_empty(), "{troubles:?}");
    assert!(cure(&troubles, &he).contains(&he));
    // The same without it is heard, from its beginning.
    let (samples, troubles) = fetcher.hear("low", 4);
    assert!(samples.len() >= 4 * 48_000 && is_whole(&samples), "{} samples, {troubles:?}", samples.len());
}

#[test]
#[ignore = "long"]
fn what_is_no_sound_is_told_whatever_it_says_of_itself() {
    let html = "<html><body>không phải tiếng</body></html>".repeat(500).into_bytes();
    let noise: Vec<u8> = (0..400_000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let of = |kind: &str, body: &[u8]| {
        let head = format!("HTTP/1.0 200 OK\r\nContent-Type: {kind}\r\n\r\n");
        Radio::stream(&head, body.to_vec(), 200_000)
    };
    let table = [
        ("page", of("text/html; charset=utf-8", &html), "text/html"),
        ("picture", of("image/png", &noise), "image/png"),
        ("list", of("application/vnd.apple.mpegurl", b"#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\na.ts\n"), "`hls`"),
        ("lie", of("audio/mpeg", &html), "no sound"),
        ("noise", of("application/ogg", &noise), "no sound"),
    ];
    let station = Station::new();
    let relays = table.each_ref().map(|(id, radio, _)| format!("[relays.{id}]\nurl = \"{}\"\n", radio.address("x")));
    let fetcher = Fetcher::start(&station, &relays.concat());
    for (id, _, says) in &table {
        let (samples, troubles) = fetcher.hear(id, 1);
        assert!(samples.len() < 4_800, "{id}: {} samples", samples.len());
        assert!(troubles.iter().any(|why| why.contains(says)), "{id}: {troubles:?}");
    }
}

#[test]
#[ignore = "long"]
fn a_chained_ogg_goes_on_when_its_rate_its_codec_and_its_titles_change() {
    let songs: [(u32, &[&str]); 4] = [
        (44_100, &["-ac", "2", "-c:a", "libvorbis", "-metadata", "title=Bài một", "-f", "ogg"]),
        (22_050, &["-ac", "1", "-c:a", "libvorbis", "-metadata", "title=Bài hai", "-f", "ogg"]),
        (48_000, &["-ac", "1", "-c:a", "libopus", "-metadata", "artist=Ai đó", "-f", "ogg"]),
        (32_000, &["-ac", "2", "-c:a", "flac", "-f", "ogg"]),
    ];
    let mut chain = Vec::new();
    for (rate, form) in songs {
        let Some(song) = made(5, rate, form) else { return };
        chain.extend(song);
    }
    let pace = chain.len() / 20;
    let radio = Radio::stream("HTTP/1.0 200 OK\r\nContent-Type: application/ogg\r\n\r\n", chain, pace);
    let station = Station::new();
    let fetcher = Fetcher::start(&station, &format!("[relays.ogg]\nurl = \"{}\"\n", radio.address("a.ogg")));
    // Once round, and into the first again.
    let (samples, troubles) = fetcher.hear("ogg", 24);
    assert!(samples.len() >= 24 * 48_000 && troubles.is_empty(), "{} samples, {troubles:?}", samples.len());
    let (tones, all) = tones(&samples);
    assert!(tones * 100 >= all * 96, "{tones} of {all}");
}

#[test]
#[ignore = "long"]
fn a_stream_that_stands_still_is_told_and_followed_again() {
    let Some(radio) = Radio::tone() else { return };
    let station = Station::new();
    let fetcher = Fetcher::start(&station, &format!("[relays.live]\nurl = \"{}\"\n", radio.address("live")));
    let (samples, _) = fetcher.hear("live", 2);
    assert!(samples.len() >= 96_000);
    radio.freeze(true);
    let (_, troubles) = fetcher.hear("live", 5);
    assert!(troubles.iter().any(|why| why.contains("nothing came")), "{troubles:?}");
    radio.freeze(false);
    let (samples, troubles) = fetcher.hear("live", 4);
    assert!(samples.len() >= 4 * 48_000 && is_whole(&samples), "{troubles:?}");
}

#[test]
#[ignore = "long"]
fn a_line_in_is_heard_through_the_systems_recorder() {
    let arguments = ["--exact", "relay::odd::a_line_in_is_heard_through_the_systems_recorder", "--nocapture"];
    let Some(rig) = crate::kit::pulse::inside(&arguments) else { return };
    if Command::new("arecord").arg("--version").stdout(Stdio::null()).status().is_err() {
        return eprintln!("SKIPPED: needs the package alsa-utils");
    }
    assert!(rig.pactl(&["info"]).contains("horn"));
    // What is played into the sink comes out of its monitor, as a cable from a receiver would bring it.
    let Some(player) = ffmpeg(&["-af", "volume=6dB", "-f", "pulse", "-device", "horn", "line"]) else { return };
    let _player = Ended(player);
    let station = Station::new();
    let fetcher =
        Fetcher::start(&station, "[relays.line]\nline-in = \"line\"\n[relays.none]\nline-in = \"khong-co\"\n");
    let (samples, troubles) = fetcher.hear("line", 6);
    assert!(samples.len() >= 6 * 48_000, "{} samples, {troubles:?}", samples.len());
    let (tones, all) = tones(&samples[samples.len() - 4 * 48_000..]);
    assert!(tones * 100 >= all * 90, "{tones} of {all}");
    let (samples, troubles) = fetcher.hear("none", 1);
    assert!(samples.is_empty() && troubles.iter().any(|why| why.contains("khong-co")), "{troubles:?}");
}
