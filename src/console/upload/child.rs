//! A program that is started for a while: no shell, few words of the environment, behind everything else that the machine
//! does, with an end in time and in what it may say. What is wrong with it is its own end, and not the console's.

use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use tokio::time::timeout;

use crate::diag::{Text, ending, system, text};

/// What it may say, in bytes.
const SAID_MOST: u64 = 1 << 20;

/// The last of what it complains of that is kept, in bytes, and so much is taken at once.
const COMPLAINT_MOST: usize = 4_096;

/// What it may write into one file, in bytes: more than the largest sound.
const FILE_MOST: u64 = 600 << 20;

/// What it may take of memory: ten times what the largest sound takes to decode.
const MEMORY_MOST: u64 = 2 << 30;

/// The last of all.
const NICE: i32 = 19;

/// How a child ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Ended {
    /// By itself, and said this.
    Itself {
        /// It says that all went well.
        is_well: bool,
        /// It came to an end of its own, and was not killed.
        is_whole: bool,
        /// On its standard output.
        said: Vec<u8>,
        /// On its standard error, the last of it.
        complaint: String,
        /// By which code, or which signal.
        ending: Text,
    },
    /// It took too long, and was ended.
    Late,
    /// It could not be started.
    NotStarted(Text),
}

/// Run `words` with `input` as its standard input, at most so long.
pub(crate) async fn run(words: &[OsString], input: &[u8], most: Duration) -> Ended {
    let Some((program, arguments)) = words.split_first() else {
        return Ended::NotStarted(text!("không có lệnh nào", "there is no command"));
    };
    let mut command = Command::new(program);
    command.args(arguments).env_clear().env("LC_ALL", "C.UTF-8").kill_on_drop(true);
    command.env("PATH", "/usr/local/bin:/usr/bin:/bin");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // A process of its own, which looks for no strays: no GroupChild.
    command.process_group(0);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return Ended::NotStarted(system(&error)),
    };
    bound(child.id());
    // Dropped before the child is, whose number is nobody else's until it is buried, nor as long as its group has somebody.
    let _group = Group(pid(child.id()));
    let (mut to, from, complaint) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let work = async {
        let feed = async {
            if let Some(to) = &mut to {
                // Who does not listen to the end has heard enough.
                let _ = to.write_all(input).await;
            }
            drop(to.take());
        };
        let hear = async {
            let mut said = Vec::new();
            if let Some(mut from) = from {
                let _ = (&mut from).take(SAID_MOST).read_to_end(&mut said).await;
                // What says more is heard to its end: that is no fault of it.
                let _ = tokio::io::copy(&mut from, &mut tokio::io::sink()).await;
            }
            said
        };
        let grumble = async {
            let said = match complaint {
                Some(from) => last_of(from).await,
                None => Vec::new(),
            };
            String::from_utf8_lossy(&said).trim().to_owned()
        };
        let ((), said, complaint) = tokio::join!(feed, hear, grumble);
        (child.wait().await, said, complaint)
    };
    // A child that is dropped is killed, with whatever it has started.
    match timeout(most, work).await {
        Err(_) => Ended::Late,
        Ok((status, said, complaint)) => {
            let status = status.ok();
            let is_well = status.is_some_and(|status| status.success());
            let (code, signal) = status.map_or((None, None), |status| (status.code(), status.signal()));
            Ended::Itself { is_well, is_whole: code.is_some(), said, complaint, ending: ending(code, signal) }
        }
    }
}

/// The last of what comes, to its end.
async fn last_of(mut from: impl AsyncRead + Unpin) -> Vec<u8> {
    let (mut last, mut piece) = (Vec::new(), [0; COMPLAINT_MOST]);
    while let Ok(count @ 1..) = from.read(&mut piece).await {
        last.extend_from_slice(&piece[..count]);
        last.drain(..last.len().saturating_sub(COMPLAINT_MOST));
    }
    last
}

/// A child's group: whatever is left of it when this is dropped is killed.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(pid) = self.0 {
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }
}

fn pid(child: Option<u32>) -> Option<Pid> {
    child.and_then(|id| Pid::from_raw(id as i32))
}

/// Put it behind everything else, and set its bounds. Where that is refused it runs all the same, and ends in time.
fn bound(child: Option<u32>) {
    use rustix::process::{Resource, Rlimit, prlimit, setpriority_process};
    let Some(pid) = pid(child) else { return };
    let _ = setpriority_process(Some(pid), NICE);
    for (what, most) in [(Resource::Fsize, FILE_MOST), (Resource::As, MEMORY_MOST), (Resource::Core, 0)] {
        let _ = prlimit(Some(pid), what, Rlimit { current: Some(most), maximum: Some(most) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether it lives: one that is dead and not buried yet does not.
    fn is_living(pid: &str) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
    }

    #[tokio::test]
    async fn what_says_much_runs_to_its_end_and_the_last_of_it_is_kept_with_how_it_ended() {
        const LOG: &str = "n=0; while [ $n -lt 3000 ]; do echo 'a line of a log' >&2; n=$((n + 1)); done; \
                           echo 'no such voice' >&2; ";
        for (end, is_whole, how) in [("exit 3", true, "mã thoát 3"), ("kill -9 $$", false, "bị tín hiệu SIGKILL dừng")]
        {
            let words: Vec<OsString> = ["/bin/sh", "-c", &format!("{LOG}{end}")].map(OsString::from).to_vec();
            let ended = run(&words, b"", Duration::from_secs(30)).await;
            let Ended::Itself { is_well, is_whole: whole, complaint, ending, .. } = ended else { panic!("{ended:?}") };
            assert_eq!((is_well, whole, ending.vi.as_str()), (false, is_whole, how));
            assert!(complaint.len() <= COMPLAINT_MOST && complaint.ends_with("no such voice"), "{complaint}");
        }
    }

    #[tokio::test]
    async fn what_takes_too_long_is_ended_with_what_it_has_started() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("pid");
        let script = format!("sleep 1000 & echo $! >{}; wait", file.display());
        let words: Vec<OsString> = ["/bin/sh", "-c", &script].map(OsString::from).to_vec();
        assert_eq!(run(&words, b"", Duration::from_secs(2)).await, Ended::Late);
        let started = std::fs::read_to_string(&file).unwrap();
        let started = started.trim();
        assert!(!started.is_empty());
        for _ in 0..50 {
            if !is_living(started) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{started} lives on");
    }
}
