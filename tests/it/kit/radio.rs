use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::Thread;
use std::time::Duration;

/// A higher station on this machine: over HTTP it sends a stream without an end, as fast as it is heard, or the files of a
/// directory. It can fall silent, stand still, run thin and come back, as the real ones do.
pub(crate) struct Radio {
    port: u16,
    shared: Arc<Shared>,
}

enum Sends {
    Stream { head: String, body: Vec<u8>, pace: usize },
    Files(PathBuf),
}

struct Shared {
    is_on: AtomicBool,
    /// Nothing is sent, and nobody hangs up.
    is_frozen: AtomicBool,
    /// Hundredths of the pace at which it is heard.
    speed: AtomicU32,
    over: AtomicBool,
    sends: Sends,
    /// What it was asked for, header by header.
    asked: Mutex<Vec<String>>,
}

/// Bytes a second of an MP3 of 128 kbit/s, and those sent at a time: 48 ms.
const PACE: usize = 16_000;
const PART: usize = 768;
const HEAD: &str = "HTTP/1.0 200 OK\r\nContent-Type: audio/mpeg\r\nicy-name: Đài\r\n\r\n";

impl Radio {
    /// A tone of 440 Hz as an MP3 that never ends; `None`, aloud, where nothing makes one.
    pub(crate) fn tone() -> Option<Self> {
        Some(Self::stream(HEAD, Self::mp3()?, PACE))
    }

    /// The same, of which every other 24 seconds are silence: the first are not.
    pub(crate) fn half_silent() -> Option<Self> {
        let silence = Self::encoded("anullsrc=sample_rate=48000:channel_layout=mono,atrim=end=24")?;
        Some(Self::stream(HEAD, [Self::mp3()?, silence].concat(), PACE))
    }

    /// The head of an answer as it is, and behind it a body again and again, so many bytes a second.
    pub(crate) fn stream(head: &str, body: Vec<u8>, pace: usize) -> Self {
        Self::start(Sends::Stream { head: head.to_owned(), body, pace })
    }

    /// Half a minute of a tone of 440 Hz as an MP3 of 128 kbit/s; `None`, aloud, where nothing makes one.
    pub(crate) fn mp3() -> Option<Vec<u8>> {
        Self::encoded("sine=frequency=440:sample_rate=48000:duration=24")
    }

    fn encoded(sound: &str) -> Option<Vec<u8>> {
        let sound = ["-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", sound];
        let form = [
            "-af",
            "volume=6dB",
            "-c:a",
            "libmp3lame",
            "-b:a",
            "128k",
            "-write_xing",
            "0",
            "-id3v2_version",
            "0",
            "-f",
            "mp3",
            "-",
        ];
        match Command::new("ffmpeg").args(sound).args(form).stdin(Stdio::null()).output() {
            Ok(made) if made.status.success() => Some(made.stdout),
            other => {
                eprintln!("SKIPPED: needs ffmpeg with MP3 ({other:?})");
                None
            }
        }
    }

    /// The files of a directory, as they are at each moment.
    pub(crate) fn files(dir: &Path) -> Self {
        Self::start(Sends::Files(dir.to_owned()))
    }

    fn start(sends: Sends) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            is_on: AtomicBool::new(true),
            is_frozen: AtomicBool::new(false),
            speed: AtomicU32::new(100),
            over: AtomicBool::new(false),
            sends,
            asked: Mutex::default(),
        });
        let ours = shared.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if ours.over.load(Ordering::Acquire) {
                    return;
                }
                let (stream, ours) = (stream.unwrap(), ours.clone());
                // Who hangs up ends his own conversation.
                std::thread::spawn(move || drop(ours.serve(stream)));
            }
        });
        Self { port, shared }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn address(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    /// Off the air: every connection ends, and none is answered; or back on it.
    pub(crate) fn switch(&self, is_on: bool) {
        self.shared.is_on.store(is_on, Ordering::Release);
    }

    /// Stand still with every connection open; or go on, with all that was due meanwhile.
    pub(crate) fn freeze(&self, is_frozen: bool) {
        self.shared.is_frozen.store(is_frozen, Ordering::Release);
    }

    /// Send so many hundredths of what is heard, from now on.
    pub(crate) fn thin(&self, speed: u32) {
        self.shared.speed.store(speed, Ordering::Release);
    }

    /// Whether somebody has sent this.
    pub(crate) fn was_asked(&self, what: &str) -> bool {
        self.shared.asked.lock().unwrap().iter().any(|line| line.contains(what))
    }
}

impl Drop for Radio {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::Release);
        self.switch(false);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl Shared {
    fn serve(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let mut path = String::new();
        for line in BufReader::new(stream.try_clone()?).lines() {
            let line = line?;
            if line.is_empty() {
                break;
            }
            if path.is_empty() {
                line.split(' ').nth(1).unwrap_or("/").clone_into(&mut path);
            }
            self.asked.lock().unwrap().push(line);
        }
        if !self.is_on.load(Ordering::Acquire) {
            return stream.write_all(b"HTTP/1.0 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        }
        let dir = match &self.sends {
            Sends::Stream { head, body, pace } => return self.send(stream, head, body, *pace),
            Sends::Files(dir) => dir,
        };
        match std::fs::read(dir.join(path.trim_start_matches('/'))) {
            Ok(bytes) => {
                stream.write_all(format!("HTTP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n", bytes.len()).as_bytes())?;
                stream.write_all(&bytes)
            }
            Err(_) => stream.write_all(b"HTTP/1.0 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
        }
    }

    fn send(&self, mut stream: TcpStream, head: &str, body: &[u8], pace: usize) -> std::io::Result<()> {
        stream.write_all(head.as_bytes())?;
        let (clock, mut heard) = (Pace::new(), Duration::ZERO);
        let is_on = || self.is_on.load(Ordering::Acquire);
        for part in body.chunks(PART).cycle().take_while(|_| is_on()) {
            while self.is_frozen.load(Ordering::Acquire) && is_on() {
                std::thread::park_timeout(Duration::from_millis(20));
            }
            stream.write_all(part)?;
            // Two seconds at once, as servers do, and then as it is heard.
            let length = part.len() as u64 * 100_000_000 / pace as u64;
            heard += Duration::from_micros(length / u64::from(self.speed.load(Ordering::Acquire)));
            clock.wait(heard.saturating_sub(Duration::from_secs(2)));
        }
        Ok(())
    }
}

/// A stop-watch of a real process.
struct Pace(std::time::SystemTime, Thread);

impl Pace {
    #[expect(clippy::disallowed_methods, reason = "a real stream is sent in real time")]
    fn new() -> Self {
        Self(std::time::SystemTime::now(), std::thread::current())
    }

    fn wait(&self, until: Duration) {
        debug_assert_eq!(self.1.id(), std::thread::current().id());
        while let Some(left) = until.checked_sub(self.0.elapsed().unwrap_or(until)).filter(|left| !left.is_zero()) {
            std::thread::park_timeout(left);
        }
    }
}
