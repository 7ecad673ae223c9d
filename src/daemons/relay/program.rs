use std::io::{self, Read as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

use super::listener::{RelayListener, broken};
use crate::diag::{Text, ending, foreign, plain, shown, system, text};
use crate::incoming::wire::WireFrame;
use crate::machine::GroupChild;

/// Bytes taken at once: 50 ms.
const TAKEN: usize = 4_800;
/// What is kept of its complaints.
const WORDS_MOST: u64 = 4_096;
/// How often it is looked whether it still gives sound, and after how many looks without any it is ended: fifteen seconds.
const LOOK_EVERY: Duration = Duration::from_millis(500);
const STILL_MOST: u32 = 30;
/// And after how many looks without any sound at all that is told: four seconds.
const STILL_TOLD: u32 = 8;

/// How a program ended that was to give sound.
enum ProgramEnd {
    /// It could not be begun.
    Unstarted(io::Error),
    /// It came faster than anybody could speak.
    Fast,
    /// It gave nothing for too long; whether it had given something before.
    Still(bool),
    /// Its sound could not be taken.
    Untaken(Text),
    /// By itself: with its last words, and by this code or signal.
    Ended(Option<String>, Text),
}

/// A program whose output is sound, as it is: 16 bits, little-endian, one channel, 48,000 a second. No shell, nothing to read.
pub(super) fn run(words: &[String], listener: &RelayListener) -> Result<(), Text> {
    let Some(program) = words.first() else { return Ok(()) };
    let name = shown(program);
    Err(match play(words, listener, still(&name, false)) {
        ProgramEnd::Unstarted(error) => text!(
            error = system(&error);
            "lệnh «{name}» không chạy được: {error}",
            "the command \"{name}\" cannot be run: {error}"
        ),
        ProgramEnd::Fast => text!(
            "lệnh «{name}» gửi nhanh hơn tiếng thật: đây không phải tiếng trực tiếp (ffmpeg đọc tệp thì thêm -re trước -i)",
            "the command \"{name}\" sends faster than sound: this is nothing live (ffmpeg that reads a file: put -re before -i)"
        ),
        ProgramEnd::Still(has_begun) => still(&name, has_begun),
        ProgramEnd::Untaken(why) => why,
        ProgramEnd::Ended(last, status) => text!(
            said = last.map_or(status, |last| Text { vi: last.clone(), en: last });
            "lệnh «{name}» đã tắt: {said}",
            "the command \"{name}\" has ended: {said}"
        ),
    })
}

/// It gives nothing, or nothing more.
fn still(name: &str, has_begun: bool) -> Text {
    if has_begun {
        return text!("lệnh «{name}» ngừng đưa tiếng ra", "the command \"{name}\" gives no more sound");
    }
    text!("lệnh «{name}» không đưa tiếng ra", "the command \"{name}\" gives no sound")
}

/// Let it give its sound until it ends. Where nothing has come of it after a while the listener is told so before.
fn play(words: &[String], listener: &RelayListener, nothing: Text) -> ProgramEnd {
    let (program, arguments) = words.split_first().map_or(("", words), |(program, rest)| (program.as_str(), rest));
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = match GroupChild::start(&mut command) {
        Ok(child) => child,
        Err(error) => return ProgramEnd::Unstarted(error),
    };
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
        seen.watch(&watched, &nothing, || {
            let _ = kill_process_group(group, Signal::KILL);
        })
    });
    let heard = child.stdout.take().map_or(Ok(()), |stdout| hear(stdout, listener, &progress));
    progress.over.store(true, Ordering::Release);
    let is_still = watch.join().unwrap_or(false);
    let _ = kill_process_group(group, Signal::KILL);
    let status = child.wait();
    let words = words.and_then(|words| words.join().ok()).unwrap_or_default();
    if listener.is_too_fast() {
        return ProgramEnd::Fast;
    }
    if let Err(why) = heard {
        return ProgramEnd::Untaken(why);
    }
    if is_still {
        return ProgramEnd::Still(progress.taken.load(Ordering::Relaxed) > 0);
    }
    let last = words.lines().rev().find(|line| !line.trim().is_empty()).map(|last| shown(&plain(last)));
    let status = status.map_or_else(|error| system(&error), |status| ending(status.code(), status.signal()));
    ProgramEnd::Ended(last, status)
}

/// How far a program has come, as whoever watches it sees.
#[derive(Default)]
struct Progress {
    taken: AtomicU64,
    over: AtomicBool,
}

impl Progress {
    /// End it where nobody listens any more, or where it gives nothing: whether it gave nothing. Where nothing has come of
    /// it after a while that is told before.
    fn watch(&self, listener: &RelayListener, nothing: &Text, end: impl Fn()) -> bool {
        let (mut taken, mut still) = (0, 0);
        while !self.over.load(Ordering::Acquire) {
            listener.clock().wait(LOOK_EVERY);
            let now = self.taken.load(Ordering::Relaxed);
            still = if now == taken { still + 1 } else { 0 };
            taken = now;
            if taken == 0 && still == STILL_TOLD {
                listener.say(&WireFrame::Trouble(nothing.clone()));
            }
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

/// The system's own recorder.
const RECORDER: &str = "arecord";

/// A line-in, by the system's own recorder.
pub(super) fn capture(device: &str, listener: &RelayListener) -> Result<(), Text> {
    let words = [RECORDER, "-q", "-D", device, "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", "48000", "-"];
    let device = shown(device);
    let silent = text!("ngõ vào {device} không đưa tiếng ra", "the input {device} gives no sound");
    Err(match play(&words.map(str::to_owned), listener, silent.clone()) {
        ProgramEnd::Unstarted(error) if error.kind() == io::ErrorKind::NotFound => text!(
            "không có chương trình {RECORDER}: hãy cài gói alsa-utils",
            "there is no program {RECORDER}: install the package alsa-utils"
        ),
        ProgramEnd::Unstarted(error) => {
            text!(error = system(&error); "không chạy được {RECORDER} ({error})", "{RECORDER} cannot be run ({error})")
        }
        ProgramEnd::Fast => text!(
            "ngõ vào {device} gửi nhanh hơn tiếng thật: đó không phải micrô hay dây",
            "the input {device} sends faster than sound: it is no microphone and no wire"
        ),
        ProgramEnd::Still(true) => {
            text!("ngõ vào {device} ngừng đưa tiếng ra", "the input {device} gives no more sound")
        }
        ProgramEnd::Still(false) => silent,
        ProgramEnd::Untaken(why) => why,
        ProgramEnd::Ended(last, status) => match last {
            Some(said) if LACKS.iter().any(|lack| said.contains(lack)) => {
                text!("không có thiết bị {device}, xem arecord -L", "there is no device {device}, see arecord -L")
            }
            Some(said) => text!(
                said = foreign(&said);
                "ngõ vào {device}: {said}",
                "the input {device}: {said}"
            ),
            None => {
                text!(status = status; "ngõ vào {device} đã tắt: {status}", "the input {device} has ended: {status}")
            }
        },
    })
}

/// What the recorder says of a device that is not there.
const LACKS: [&str; 3] = ["No such file or directory", "No such device", "Unknown PCM"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::MachineClock;

    fn nobody() -> RelayListener {
        RelayListener::nobody(Arc::new(MachineClock))
    }

    fn ran(words: &[&str]) -> String {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        run(&words, &nobody()).unwrap_err().vi
    }

    #[test]
    fn a_program_that_gives_no_sound_says_what_became_of_it() {
        for (script, said) in [
            ("exit 124", "lệnh «sh» đã tắt: mã thoát 124"),
            ("kill -9 $$", "lệnh «sh» đã tắt: bị tín hiệu SIGKILL dừng"),
            ("echo hong >&2; exit 1", "lệnh «sh» đã tắt: hong"),
        ] {
            assert_eq!(ran(&["sh", "-c", script]), said);
        }
    }

    #[test]
    fn one_that_cannot_be_run_says_why() {
        assert_eq!(ran(&["/khong/co/lenh"]), "lệnh «/khong/co/lenh» không chạy được: không có tệp hay thư mục ấy");
    }

    #[test]
    fn a_program_that_comes_faster_than_sound_is_called_a_program() {
        let listener = nobody();
        let why = run(&["cat".to_owned(), "/dev/zero".to_owned()], &listener).unwrap_err();
        assert!(why.vi.starts_with("lệnh «cat» gửi nhanh hơn tiếng thật"), "{}", why.vi);
        assert!(listener.was_too_fast() && !listener.was_too_fast());
    }

    #[test]
    fn an_input_that_is_not_there_is_told_so_once_in_both_languages() {
        let Err(why) = capture("plughw:CARD=khongco", &nobody()) else { panic!("there is no such device") };
        if why.en.contains("alsa-utils") {
            eprintln!("SKIPPED: needs arecord");
            return;
        }
        assert_eq!(why.vi, "không có thiết bị plughw:CARD=khongco, xem arecord -L");
        assert_eq!(why.en, "there is no device plughw:CARD=khongco, see arecord -L");
    }
}
