use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};

use loa::incoming::wire::{WireFrame, WireReader};

use crate::kit::Station;

/// `loa relay` on a station, ended with the value.
pub(super) struct Fetcher<'a> {
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
    pub(super) fn start(station: &'a Station, relays: &str) -> Self {
        station.write("loa.toml", relays);
        let child = station.command(&["relay"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Self { station, child }
    }

    /// Samples of a relay until there are `seconds` of them, and what was said of it; less where nothing comes any more.
    pub(super) fn hear(&self, id: &str, seconds: usize) -> (Vec<i16>, Vec<String>) {
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
pub(super) fn is_whole(samples: &[i16]) -> bool {
    samples[48_000..].chunks_exact(2_400).all(is_tone)
}

/// How many of the pieces of a twentieth of a second are that tone, of how many.
pub(super) fn tones(samples: &[i16]) -> (usize, usize) {
    let pieces = samples.chunks_exact(2_400);
    (pieces.clone().filter(|part| is_tone(part)).count(), pieces.len())
}

fn is_tone(part: &[i16]) -> bool {
    let turn = std::f64::consts::TAU * 440.0 / 48_000.0;
    let (mut re, mut im, mut all) = (0.0, 0.0, 1.0);
    for (at, sample) in part.iter().enumerate() {
        let sample = f64::from(*sample);
        re += sample * (turn * at as f64).cos();
        im += sample * (turn * at as f64).sin();
        all += sample * sample;
    }
    // The share of the tone in all the power.
    2.0 * (re * re + im * im) / (part.len() as f64 * all) > 0.95
}

/// A tone without an end, as it is heard, made into something by these arguments; `None`, aloud, where there is no ffmpeg.
pub(super) fn ffmpeg(arguments: &[&str]) -> Option<Child> {
    let tone = ["-nostdin", "-loglevel", "error", "-re", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100"];
    let child = Command::new("ffmpeg").args(tone).args(["-ac", "2"]).args(arguments).stdin(Stdio::null()).spawn();
    child.map_err(|error| eprintln!("SKIPPED: needs ffmpeg ({error})")).ok()
}

/// A program that is ended with the value.
pub(super) struct Ended(pub(super) Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A real server of streams, ended with the value.
pub(super) struct Icecast {
    port: u16,
    server: Ended,
    _dir: tempfile::TempDir,
}

impl Icecast {
    /// `None`, aloud, where there is none.
    pub(super) fn start() -> Option<Self> {
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
        let server = match server {
            Ok(server) => Ended(server),
            Err(error) => {
                eprintln!("SKIPPED: needs icecast2 ({error})");
                return None;
            }
        };
        for _ in 0..400 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(Self { port, server, _dir: dir });
            }
            std::thread::park_timeout(std::time::Duration::from_millis(50));
        }
        panic!("icecast2 does not listen")
    }

    /// Where a source sends what it makes.
    pub(super) fn source(&self, name: &str) -> String {
        format!("icecast://source:p@127.0.0.1:{}/{name}", self.port)
    }

    /// Where it is listened to.
    pub(super) fn address(&self, name: &str) -> String {
        format!("http://127.0.0.1:{}/{name}", self.port)
    }

    /// `STOP` or `CONT`: stands still with all connections open, or goes on.
    pub(super) fn signal(&self, name: &str) {
        let told = Command::new("kill").args([format!("-{name}"), self.server.0.id().to_string()]).status();
        assert!(told.unwrap().success());
    }
}

/// A tone of 440 Hz, sent in three forms by the program that many studios have, with a new title every three seconds. `None`,
/// aloud, where there is none.
pub(super) fn liquidsoap(icecast: &Icecast) -> Option<Ended> {
    let port = icecast.port;
    let sent = |form: &str, name: &str| {
        format!("output.icecast({form}, host=\"127.0.0.1\", port={port}, password=\"p\", mount=\"{name}\", s)\n")
    };
    let script = format!(
        "settings.init.allow_root.set(true)\ns = insert_metadata(amplify(0.5, sine(440.)))\n\
         thread.run(every=3., {{s.insert_metadata([(\"title\", \"tin \" ^ string_of(time()))])}})\n{}{}{}",
        sent("%mp3(bitrate=128)", "mp3"),
        sent("%vorbis(quality=0.5)", "vorbis"),
        sent("%opus(bitrate=96)", "opus"),
    );
    match Command::new("liquidsoap").arg(script).stdout(Stdio::null()).stderr(Stdio::null()).spawn() {
        Ok(child) => Some(Ended(child)),
        Err(error) => {
            eprintln!("SKIPPED: needs liquidsoap ({error})");
            None
        }
    }
}
