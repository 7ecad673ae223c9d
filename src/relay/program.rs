use std::io::Read as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

use super::listener::{RelayListener, broken};
use crate::diag::{Text, plain, shown, system, text};

/// Bytes taken at once: 50 ms.
const TAKEN: usize = 4_800;
/// What is kept of its complaints.
const WORDS_MOST: u64 = 4_096;
/// How often it is looked whether it still gives sound, and after how many looks without any it is ended: fifteen seconds.
const LOOK_EVERY: Duration = Duration::from_millis(500);
const STILL_MOST: u32 = 30;

/// A program whose output is sound, as it is: 16 bits, little-endian, one channel, 48,000 a second. No shell, nothing to read.
pub(super) fn run(words: &[String], listener: &RelayListener) -> Result<(), Text> {
    let Some((program, arguments)) = words.split_first() else { return Ok(()) };
    let name = shown(program);
    let mut command = Command::new(program);
    // A group of its own, so that what it starts ends with it.
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut child = command.spawn().map_err(|error| {
        let Text { vi, en } = system(&error);
        text!("lệnh «{name}» không chạy được: {vi}", "the command \"{name}\" cannot be run: {en}")
    })?;
    let words = child.stderr.take().map(|mut stderr| {
        std::thread::spawn(move || {
            let mut words = Vec::new();
            let _ = (&mut stderr).take(WORDS_MOST).read_to_end(&mut words);
            let _ = std::io::copy(&mut stderr, &mut std::io::sink());
            String::from_utf8_lossy(&words).into_owned()
        })
    });
    let progress = Arc::new(Progress::default());
    let group = Pid::from_child(&child);
    let (seen, watched) = (progress.clone(), listener.clone());
    // Its number is nobody else's until it is buried below.
    let watch = std::thread::spawn(move || {
        seen.watch(&watched, || {
            let _ = kill_process_group(group, Signal::KILL);
        })
    });
    let heard = child.stdout.take().map_or(Ok(()), |stdout| hear(stdout, listener, &progress));
    progress.over.store(true, Ordering::Release);
    let is_still = watch.join().unwrap_or(false);
    let _ = kill_process_group(group, Signal::KILL);
    let status = child.wait();
    let words = words.and_then(|words| words.join().ok()).unwrap_or_default();
    heard?;
    if is_still {
        return Err(text!("lệnh «{name}» không đưa tiếng ra", "the command \"{name}\" gives no sound"));
    }
    let last = words.lines().rev().find(|line| !line.trim().is_empty()).map(plain);
    let status = status.map_or_else(|error| error.to_string(), |status| status.to_string());
    let said = last.map_or(status, |last| shown(&last));
    Err(text!("lệnh «{name}» đã tắt: {said}", "the command \"{name}\" has ended: {said}"))
}

/// How far a program has come, as whoever watches it sees.
#[derive(Default)]
struct Progress {
    taken: AtomicU64,
    over: AtomicBool,
}

impl Progress {
    /// End it where nobody listens any more, or where it gives nothing: whether it gave nothing.
    fn watch(&self, listener: &RelayListener, end: impl Fn()) -> bool {
        let (mut taken, mut still) = (0, 0);
        while !self.over.load(Ordering::Acquire) {
            listener.clock().wait(LOOK_EVERY);
            let now = self.taken.load(Ordering::Relaxed);
            still = if now == taken { still + 1 } else { 0 };
            taken = now;
            if listener.is_over() || still > STILL_MOST {
                end();
                return still > STILL_MOST;
            }
        }
        false
    }
}

/// Its samples, until it ends.
fn hear(mut stdout: impl std::io::Read, listener: &RelayListener, progress: &Progress) -> Result<(), Text> {
    let mut sent = listener.begin();
    let (mut bytes, mut held) = (vec![0; TAKEN], 0);
    loop {
        let count = stdout.read(&mut bytes[held..]).map_err(|error| broken(&error))?;
        if count == 0 {
            return Ok(());
        }
        progress.taken.fetch_add(count as u64, Ordering::Relaxed);
        let have = held + count;
        let samples: Vec<i16> =
            bytes[..have].chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
        // Half a sample waits for its other half.
        held = have % 2;
        bytes[0] = bytes[have - 1];
        listener.hand(&samples, &mut sent)?;
    }
}

/// Samples as they come, from whatever gives them.
pub(super) fn samples(from: impl std::io::Read, listener: &RelayListener) -> Result<(), Text> {
    hear(from, listener, &Progress::default())
}

/// A line-in, by the system's own recorder.
pub(super) fn capture(device: &str, listener: &RelayListener) -> Result<(), Text> {
    let words = ["arecord", "-q", "-D", device, "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", "48000", "-"];
    run(&words.map(str::to_owned), listener).map_err(|why| {
        let Text { vi, en } = why;
        text!("ngõ vào: {vi} (cần gói alsa-utils)", "line-in: {en} (the package alsa-utils is needed)")
    })
}
