use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use loa::incoming::wire::{WireFrame, WireReader};

use crate::kit::{Radio, Station};

/// `loa relay` on a station, ended with the value.
struct Fetcher<'a> {
    station: &'a Station,
    child: Child,
}

impl Drop for Fetcher<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl<'a> Fetcher<'a> {
    fn start(station: &'a Station, relays: &str) -> Self {
        station.write("loa.toml", relays);
        let child = station.command(&["relay"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Self { station, child }
    }

    /// Samples of a relay until there are `seconds` of them, and what was said of it; less where nothing comes any more.
    fn hear(&self, id: &str, seconds: usize) -> (Vec<i16>, Vec<String>) {
        let socket = self.station.path("state/relay/relay.sock");
        let connect = || {
            for _ in 0..400 {
                if let Ok(stream) = UnixStream::connect(&socket) {
                    return stream;
                }
                std::thread::park_timeout(std::time::Duration::from_millis(50));
            }
            panic!("loa relay does not listen")
        };
        let mut stream = connect();
        stream.write_all(format!("{id}\n").as_bytes()).unwrap();
        let (mut reader, mut bytes) = (WireReader::default(), vec![0; 16_384]);
        let (mut samples, mut troubles) = (Vec::new(), Vec::new());
        // It says every second that it is there: so long nobody waits.
        let mut alive = 0;
        while samples.len() < seconds * 48_000 && alive < 25 && troubles.len() < 6 {
            let count = stream.read(&mut bytes).unwrap();
            reader.push(&bytes[..count]);
            while let Some(frame) = reader.frame().unwrap() {
                match frame {
                    WireFrame::Samples(more) => samples.extend(more),
                    WireFrame::Trouble(why) => troubles.push(why.en),
                    WireFrame::Alive => alive += 1,
                    WireFrame::Hold(_) | WireFrame::Over => {}
                }
            }
            if count == 0 {
                break;
            }
        }
        (samples, troubles)
    }
}

/// Whether a tone of 440 Hz is all that is heard from the second second on, and nowhere a hole.
fn is_whole(samples: &[i16]) -> bool {
    let turn = std::f64::consts::TAU * 440.0 / 48_000.0;
    samples[48_000..].chunks_exact(2_400).all(|part| {
        let (mut re, mut im, mut all) = (0.0, 0.0, 1.0);
        for (at, sample) in part.iter().enumerate() {
            let sample = f64::from(*sample);
            re += sample * (turn * at as f64).cos();
            im += sample * (turn * at as f64).sin();
            all += sample * sample;
        }
        // The share of the tone in all the power.
        2.0 * (re * re + im * im) / (part.len() as f64 * all) > 0.95
    })
}

fn ffmpeg(arguments: &[&str]) -> Option<Child> {
    let tone = ["-nostdin", "-loglevel", "error", "-re", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100"];
    let child = Command::new("ffmpeg").args(tone).args(["-ac", "2"]).args(arguments).stdin(Stdio::null()).spawn();
    child.map_err(|error| eprintln!("SKIPPED: needs ffmpeg ({error})")).ok()
}

struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

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
    let dir = tempfile::tempdir().unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let log = dir.path().display();
    let settings = format!(
        "<icecast><limits><sources>9</sources><burst-size>65535</burst-size></limits><authentication><source-password>p</source-password><admin-user>a</admin-user><admin-password>p</admin-password></authentication><hostname>localhost</hostname><listen-socket><port>{port}</port><bind-address>127.0.0.1</bind-address></listen-socket><paths><logdir>{log}</logdir><webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot></paths><logging><errorlog>e.log</errorlog><accesslog>a.log</accesslog></logging><security><chroot>0</chroot><changeowner><user>nobody</user><group>nogroup</group></changeowner></security></icecast>"
    );
    let file = dir.path().join("icecast.xml");
    std::fs::write(&file, settings).unwrap();
    assert!(Command::new("chmod").args(["-R", "a+rwX"]).arg(dir.path()).status().unwrap().success());
    let server = Command::new("icecast2").arg("-c").arg(&file).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let _server = match server {
        Ok(server) => Ended(server),
        Err(error) => return eprintln!("SKIPPED: needs icecast2 ({error})"),
    };
    std::thread::park_timeout(std::time::Duration::from_secs(2));
    let forms: [(&str, &[&str]); 5] = [
        ("mp3", &["-c:a", "libmp3lame", "-b:a", "128k", "-content_type", "audio/mpeg", "-f", "mp3"]),
        ("aac", &["-c:a", "aac", "-b:a", "128k", "-content_type", "audio/aac", "-f", "adts"]),
        ("vorbis", &["-c:a", "libvorbis", "-b:a", "96k", "-content_type", "application/ogg", "-f", "ogg"]),
        ("opus", &["-c:a", "libopus", "-b:a", "96k", "-content_type", "application/ogg", "-f", "ogg"]),
        ("flac", &["-c:a", "flac", "-content_type", "application/ogg", "-f", "ogg"]),
    ];
    let mut sources = Vec::new();
    for (name, form) in forms {
        let address = format!("icecast://source:p@127.0.0.1:{port}/{name}");
        let Some(source) = ffmpeg(&[form, &[address.as_str()]].concat()) else { return };
        sources.push(Ended(source));
    }
    let station = Station::new();
    let relays = forms.map(|(name, _)| format!("[relays.{name}]\nurl = \"http://127.0.0.1:{port}/{name}\"\n"));
    let fetcher = Fetcher::start(&station, &relays.concat());
    for (name, _) in forms {
        let (samples, troubles) = fetcher.hear(name, 8);
        assert!(samples.len() >= 384_000, "{name}: {} samples, {troubles:?}", samples.len());
        assert!(is_whole(&samples), "{name}: a hole; {troubles:?}");
    }
}
