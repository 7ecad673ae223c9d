use std::f32::consts::TAU;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use super::wav::wav_file;

/// A station in a temporary directory, gone when it is dropped.
pub(crate) struct Station {
    dir: tempfile::TempDir,
    environment: Vec<(&'static str, String)>,
}

/// What a command said and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: i32,
}

impl Said {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}\n{}", self.out, self.err))
    }

    /// The array that most commands print.
    pub(crate) fn rows(&self) -> Vec<serde_json::Value> {
        self.json().as_array().cloned().unwrap_or_else(|| panic!("not an array: {}", self.out))
    }
}

impl Station {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("schedules")).unwrap();
        fs::create_dir(dir.path().join("audio")).unwrap();
        Self { dir, environment: Vec::new() }
    }

    /// With this in the environment of every `loa` on it.
    pub(crate) fn with(mut self, environment: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        self.environment.extend(environment);
        self
    }

    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Write a file of the station, atomically, as a good editor does.
    pub(crate) fn write(&self, name: &str, text: &str) -> &Self {
        let path = self.path(name);
        let draft = path.with_extension("draft");
        fs::write(&draft, text).unwrap();
        if name.starts_with("audio/") {
            recorded_earlier(&draft);
        }
        fs::rename(draft, path).unwrap();
        self
    }

    /// A mono 48 kHz 16-bit tone in `audio/`, sounding from its first sample.
    pub(crate) fn tone(&self, file: &str, seconds: f64, hz: f32) -> &Self {
        let (path, frames) = (self.path("audio").join(file), (seconds * 48_000.0).round() as u32);
        // A cosine: loud from the first sample, so that an onset is one frame and no other.
        let sample = |frame: u32| (TAU * hz * frame as f32 / 48_000.0).cos() * 0.5;
        wav_file(&path, 48_000, 1, (0..frames).map(|frame| (sample(frame) * 32_767.0) as i16));
        recorded_earlier(&path);
        self
    }

    /// Run `loa` on this station, in English, to its end.
    pub(crate) fn loa(&self, arguments: &[&str]) -> Said {
        let output = self.command(arguments).output().unwrap();
        Said {
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
            code: output.status.code().unwrap_or(-1),
        }
    }

    /// `loa` on this station, not started yet.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_loa"));
        command.args(["--lang", "en", "--dir"]).arg(self.dir()).args(arguments);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// What the page does: a command over the socket, and the daemon's answer.
    pub(crate) fn order(&self, command: &serde_json::Value) -> serde_json::Value {
        let mut stream = UnixStream::connect(self.path("state/loa.sock")).unwrap();
        writeln!(stream, "{command}").unwrap();
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// Start `loa run` and wait until it answers.
    pub(crate) fn run(&self) -> Daemon<'_> {
        let log = fs::File::create(self.path("daemon.log")).unwrap();
        self.run_showing(log)
    }

    /// The same with what it says going elsewhere than into [`Daemon::log`].
    pub(crate) fn run_showing(&self, log: impl Into<Stdio>) -> Daemon<'_> {
        self.start(self.command(&["run"]).stderr(log))
    }

    /// The same of another directory, said by its arguments; it runs once `is_up`.
    pub(crate) fn start_elsewhere(&self, arguments: &[&str], log: fs::File, is_up: impl Fn() -> bool) -> Daemon<'_> {
        super::late::begin();
        let child = self.command(arguments).stderr(log).spawn().unwrap();
        let daemon = Daemon { station: self, child };
        daemon.wait_until("it answers", is_up);
        daemon
    }

    /// The same with a command that leads to it.
    pub(crate) fn start(&self, command: &mut Command) -> Daemon<'_> {
        super::late::begin();
        let child = spawn(command);
        let daemon = Daemon { station: self, child };
        daemon.wait_until("it answers", || self.loa(&["status"]).code == 0);
        daemon
    }
}

/// Gives a sound the date of a recording: of one that was written to a moment ago loa waits three seconds to see whether
/// somebody is still copying it. No two have the same.
pub(crate) fn recorded_earlier(path: &Path) {
    static COUNT: AtomicU64 = AtomicU64::new(1_770_000_000);
    let date = UNIX_EPOCH + Duration::from_secs(COUNT.fetch_add(1, Ordering::Relaxed));
    fs::File::options().write(true).open(path).unwrap().set_modified(date).unwrap();
}

/// A running `loa run`, killed when it is dropped.
pub(crate) struct Daemon<'a> {
    station: &'a Station,
    child: Child,
}

impl Daemon<'_> {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Wait until `what` is so; fail with the daemon's log after a minute, which a machine that does ten things at once
    /// may need.
    #[expect(clippy::disallowed_methods, reason = "a real process has to be waited for in real time")]
    pub(crate) fn wait_until(&self, what: &str, is_so: impl Fn() -> bool) {
        for _ in 0..1_200 {
            if is_so() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("waited in vain until {what}; the daemon said:\n{}", self.log());
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.station.path("daemon.log")).unwrap_or_default()
    }

    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.pid().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Ask it to end and wait until it has; returns its exit code.
    pub(crate) fn end(mut self) -> i32 {
        self.signal("TERM");
        self.child.wait().unwrap().code().unwrap_or(-1)
    }
}

impl Drop for Daemon<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Start a program that may have been written a moment ago: a test beside this one that starts another just then holds it
/// open for writing, for an instant.
fn spawn(command: &mut Command) -> Child {
    loop {
        match command.spawn() {
            Err(busy) if busy.kind() == std::io::ErrorKind::ExecutableFileBusy => std::thread::yield_now(),
            started => return started.unwrap(),
        }
    }
}
