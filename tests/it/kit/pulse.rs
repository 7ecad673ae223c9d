//! A PulseAudio server of the test's own, with one silent sink, `horn`, and ALSA's `default` led to
//! it, and ALSA's `line` to what comes out of it; on demand another one, to which ALSA's `second` leads. Nothing of the machine's own sound is touched.
//! Killed on drop.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use loa::clock::Clock;
use loa::machine::MachineClock;

use super::late::judged;

/// Names the rig's directory to a program that runs inside it.
const INSIDE: &str = "LOA_SOUND_RIG";
/// Longer than any start of a sound server or a recorder.
const START_LIMIT: Duration = Duration::from_secs(20);
/// What `parec` is asked for, and what the sink runs at.
pub(crate) const RATE: u32 = 48_000;
/// Channels of the sink.
pub(crate) const CHANNELS: usize = 2;

/// The simulated card is a process among others: on a crowded machine its own clock runs away by
/// milliseconds. A fault of loa fails every attempt; a crowd does not, or is told as one.
const ATTEMPTS: usize = 3;

/// One test at a time that judges punctuality: two would compete for the processor.
#[allow(dead_code, reason = "the benchmark is alone anyway")]
static ALONE: Mutex<()> = Mutex::new(());

/// The directory of the second server, in that of the first.
const SECOND: &str = "second";

/// A server as seen by a program that runs inside the rig.
pub(crate) struct Rig {
    directory: PathBuf,
    /// The server that was started in here, if one was.
    here: Option<Server>,
}

/// Run this program again inside a rig of its own: `Some` is returned inside, `None` outside once
/// the inner run has succeeded (or where there is no PulseAudio to be had, after saying so).
///
/// ALSA reads its configuration from the environment, and a program must not change its own.
pub(crate) fn inside(arguments: &[&str]) -> Option<Rig> {
    if let Some(directory) = std::env::var_os(INSIDE) {
        return Some(Rig { directory: directory.into(), here: None });
    }
    let installed = |program: &str| Command::new(program).arg("--version").stdout(Stdio::null()).status().is_ok();
    if !installed("pulseaudio") || !installed("parec") {
        eprintln!("SKIPPED: needs the packages pulseaudio, pulseaudio-utils and libasound2-plugins");
        return None;
    }
    let program = std::env::current_exe().expect("this program has a path");
    // A test runs itself, whether it takes long or not; a benchmark has no such words.
    let itself: &[&str] = if arguments.contains(&"--exact") { &["--include-ignored"] } else { &[] };
    judged(&format!("inside the rig {arguments:?}"), ATTEMPTS, || {
        let directory = Server::furnish();
        let _server = Server::start(directory.path(), RATE);
        let ran = environment(&mut hurried(&program), directory.path())
            .args(arguments)
            .args(itself)
            .env(INSIDE, directory.path())
            .stderr(Stdio::inherit())
            .output()
            .expect("this program can be run again");
        let said = String::from_utf8_lossy(&ran.stdout);
        println!("{said}");
        if !ran.status.success() {
            return Err(ran.status.to_string());
        }
        assert!(itself.is_empty() || said.contains(" 1 passed;"), "{arguments:?} ran no test");
        Ok(())
    });
    None
}

/// The same for a test that judges milliseconds: no two of these run at once.
#[allow(dead_code, reason = "the benchmark is alone anyway")]
pub(crate) fn punctual(arguments: &[&str]) -> Option<Rig> {
    let is_outside = std::env::var_os(INSIDE).is_none();
    let _alone = is_outside.then(|| ALONE.lock().unwrap_or_else(PoisonError::into_inner));
    inside(arguments)
}

/// A program that goes before the other tests, where the system allows it: a sound card would not wait
/// for them either.
fn hurried(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new("nice");
    command.args(["-n", "-15"]).arg(program);
    command
}

/// The server itself.
struct Server {
    process: Child,
}

impl Server {
    /// A directory with all that a server and its listeners need.
    fn furnish() -> tempfile::TempDir {
        let directory = tempfile::tempdir().expect("a directory");
        let second = directory.path().join(SECOND);
        for home in [directory.path(), &second] {
            // Nobody checks it, but the protocol knows no shorter one and no absent one.
            fs::create_dir_all(home.join(".config/pulse")).expect("a directory for the cookie");
            fs::write(home.join(".config/pulse/cookie"), [0; 256]).expect("the cookie");
        }
        let led =
            |home: &Path| format!("type pulse\n  server \"unix:{}\"\n  device \"horn\"\n", socket(home).display());
        let (horn, second) = (led(directory.path()), led(&second));
        let line = led(directory.path()).replace("\"horn\"", "\"horn.monitor\"");
        let config = format!(
            "defaults.namehint.showall on\npcm.!default {{\n  {horn}}}\nctl.!default {{\n  {horn}}}\n\
             pcm.second {{\n  {second}}}\npcm.line {{\n  {line}}}\npcm.swallow {{\n  type null\n}}\n"
        );
        fs::write(directory.path().join("asound.conf"), config).expect("ALSA's configuration");
        directory
    }

    fn start(directory: &Path, rate: u32) -> Self {
        let socket = socket(directory);
        let mut command = hurried("pulseaudio");
        environment(&mut command, directory)
            .args(["-n", "--exit-idle-time=-1", "--daemonize=no", "--use-pid-file=no", "--log-target=stderr", "-vv"])
            .arg(format!("--load=module-null-sink sink_name=horn rate={rate} channels={CHANNELS}"))
            .arg(format!("--load=module-native-protocol-unix auth-anonymous=1 socket={}", socket.display()))
            .stderr(Stdio::piped());
        let mut process = command.spawn().expect("pulseaudio starts");
        let log = process.stderr.take().expect("its log is piped");
        let server = Self { process };
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            // To the end, so that the server never waits for a reader.
            for line in BufReader::new(log).lines().map_while(Result::ok) {
                if line.contains("Daemon startup complete") {
                    let _ = tell.send(());
                }
            }
        });
        told.recv_timeout(START_LIMIT).expect("pulseaudio says that it is up");
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn socket(directory: &Path) -> PathBuf {
    directory.join("native")
}

fn environment<'a>(command: &'a mut Command, directory: &Path) -> &'a mut Command {
    command
        .env("HOME", directory)
        .env("XDG_RUNTIME_DIR", directory)
        .env("XDG_CONFIG_HOME", directory.join(".config"))
        .env("PULSE_RUNTIME_PATH", directory)
        .env("PULSE_SERVER", format!("unix:{}", socket(directory).display()))
        .env("ALSA_CONFIG_PATH", directory.join("asound.conf"))
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("PULSE_SINK")
}

impl Rig {
    /// Begin to record what the sink plays; returns once samples come.
    pub(crate) fn record(&self) -> Recorder {
        let mut command = Command::new("parec");
        let mut process = environment(&mut command, &self.directory)
            .args(["--device=horn.monitor", "--raw", "--format=float32le", "--latency-msec=20"])
            .arg(format!("--rate={RATE}"))
            .arg(format!("--channels={CHANNELS}"))
            .stdout(Stdio::piped())
            .spawn()
            .expect("parec starts");
        let mut pipe = process.stdout.take().expect("its output is piped");
        let (tell, told) = mpsc::channel();
        let gap = Arc::new(AtomicU64::new(0));
        let longest = Arc::clone(&gap);
        let ear = std::thread::spawn(move || {
            let (mut bytes, mut buffer) = (Vec::new(), vec![0; 65_536]);
            let mut before = None;
            loop {
                match pipe.read(&mut buffer) {
                    Ok(0) | Err(_) => return bytes,
                    Ok(count) => bytes.extend_from_slice(&buffer[..count]),
                }
                let now = MachineClock.mono();
                let waited = before.replace(now).map_or(Duration::ZERO, |before| now.after(before));
                longest.fetch_max(waited.as_millis() as u64, Ordering::Relaxed);
                let _ = tell.send(bytes.len());
            }
        });
        let bytes = told.recv_timeout(START_LIMIT).expect("the recorder hears the sink");
        Recorder { process, ear: Some(ear), told, bytes, gap }
    }
}

#[allow(dead_code, reason = "the benchmark has no use for any of it")]
impl Rig {
    /// Another card: a server of its own, since one server leads the sound of a sink that is gone to another.
    pub(crate) fn second(&self) -> Self {
        let directory = self.directory.join(SECOND);
        Self { here: Some(Server::start(&directory, RATE)), directory }
    }

    /// End the server, as a sound card that is pulled out would.
    pub(crate) fn kill_server(&mut self) {
        match self.here.take() {
            Some(server) => drop(server),
            None => drop(self.pactl(&["exit"])),
        }
    }

    /// Start it again, as a sound card that is plugged in again.
    pub(crate) fn restart_server(&mut self) {
        self.restart_server_at(RATE);
    }

    /// The same with a card that runs at another rate.
    pub(crate) fn restart_server_at(&mut self, rate: u32) {
        self.here = Some(Server::start(&self.directory, rate));
    }

    /// Tell the server something; its answer.
    pub(crate) fn pactl(&self, arguments: &[&str]) -> String {
        let said = environment(&mut Command::new("pactl"), &self.directory).args(arguments).output();
        let said = said.expect("pactl runs");
        assert!(said.status.success(), "pactl {arguments:?}: {said:?}");
        String::from_utf8_lossy(&said.stdout).trim().to_owned()
    }
}

/// A running recording.
pub(crate) struct Recorder {
    process: Child,
    ear: Option<JoinHandle<Vec<u8>>>,
    told: mpsc::Receiver<usize>,
    bytes: usize,
    gap: Arc<AtomicU64>,
}

#[allow(dead_code, reason = "the benchmark has no use for all of it")]
impl Recorder {
    /// Frames recorded so far: no more than the sink has played.
    pub(crate) fn frames(&mut self) -> usize {
        self.bytes = self.told.try_iter().last().unwrap_or(self.bytes);
        self.bytes / 4 / CHANNELS
    }

    /// Wait until the sink has played for this much longer.
    pub(crate) fn listen(&mut self, length: Duration) {
        let until = self.frames() + (length.as_secs_f64() * f64::from(RATE)) as usize;
        while self.bytes / 4 / CHANNELS < until {
            self.bytes = self.told.recv_timeout(START_LIMIT).expect("the sink goes on");
        }
    }

    /// The longest time for which no sample came: the sink, or the whole machine, was held up.
    pub(crate) fn longest_gap(&self) -> Duration {
        Duration::from_millis(self.gap.load(Ordering::Relaxed))
    }

    /// Stop, and give what was heard: interleaved, [`CHANNELS`] per frame.
    pub(crate) fn stop(mut self) -> Vec<f32> {
        let _ = self.process.kill();
        let bytes = self.ear.take().and_then(|ear| ear.join().ok()).expect("the recording");
        let sample = |four: &[u8]| f32::from_le_bytes(four.try_into().expect("four bytes"));
        bytes.chunks_exact(4).map(sample).collect()
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
