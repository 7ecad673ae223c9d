use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

use super::relay::Relay;
use crate::clock::Clock;
use crate::diag::{Text, system, text};

/// A command gets this long: a box on the network that has not answered by now will not.
const LIMIT: Duration = Duration::from_secs(4);

/// Its end is looked for this often.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// Two programs: one puts the amplifier on, the other off. Neither is given anything to read, nor a shell;
/// what they complain of goes where loa's own complaints go.
pub(super) struct Programs {
    on: Vec<String>,
    off: Vec<String>,
    clock: Arc<dyn Clock>,
}

impl Programs {
    pub(super) const fn new(on: Vec<String>, off: Vec<String>, clock: Arc<dyn Clock>) -> Self {
        Self { on, off, clock }
    }
}

impl Relay for Programs {
    fn set(&mut self, on: bool) -> Result<(), Text> {
        let words = if on { &self.on } else { &self.off };
        let (name, child) = start(words)?;
        let ended = wait(child, self.clock.as_ref()).map_err(|error| broken(&name, &error))?;
        match ended {
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(text!(
                "lệnh «{name}» báo lỗi ({status}): hãy chạy thử bằng tay",
                "the command \"{name}\" failed ({status}): try it by hand"
            )),
            None => {
                let seconds = LIMIT.as_secs();
                Err(text!(
                    "lệnh «{name}» chạy quá {seconds} giây nên bị dừng: hãy chạy thử bằng tay",
                    "the command \"{name}\" took more than {seconds} s and was ended: try it by hand"
                ))
            }
        }
    }
}

fn start(words: &[String]) -> Result<(String, Child), Text> {
    let (program, arguments) =
        words.split_first().map_or((String::new(), &[][..]), |(first, rest)| (first.clone(), rest));
    let mut command = Command::new(&program);
    // A group of its own, so that what it starts ends with it.
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).process_group(0);
    match command.spawn() {
        Ok(child) => Ok((program, child)),
        Err(error) => Err(broken(&program, &error)),
    }
}

/// How it ended; `None` where it had to be ended.
fn wait(mut child: Child, clock: &dyn Clock) -> io::Result<Option<ExitStatus>> {
    let began = clock.mono();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if clock.mono().after(began) > LIMIT {
            let group = Pid::from_child(&child);
            let _ = kill_process_group(group, Signal::KILL);
            let _ = child.kill();
            child.wait()?;
            return Ok(None);
        }
        clock.wait(LOOK_AGAIN);
    }
}

fn broken(name: &str, error: &io::Error) -> Text {
    match error.kind() {
        io::ErrorKind::NotFound => missing(name),
        io::ErrorKind::PermissionDenied => denied(name),
        _ => text!(
            error = system(error);
            "không chạy được lệnh «{name}» ({error})",
            "the command \"{name}\" cannot be run ({error})"
        ),
    }
}

fn missing(name: &str) -> Text {
    text!(
        "không có lệnh «{name}»: hãy cài chương trình ấy, hoặc ghi đường dẫn đầy đủ trong loa.toml",
        "there is no command \"{name}\": install it, or write its full path in loa.toml"
    )
}

fn denied(name: &str) -> Text {
    text!(
        "không được phép chạy lệnh «{name}»: cho phép bằng chmod a+rx",
        "the command \"{name}\" may not be run: allow it with chmod a+rx"
    )
}

/// Where the command is, if it could be run.
pub(super) fn probe(words: &[String], path: &str) -> Result<Text, Text> {
    let name = words.first().map_or("", String::as_str);
    let places: Vec<PathBuf> = if name.starts_with('/') {
        vec![PathBuf::from(name)]
    } else {
        path.split(':').filter(|place| !place.is_empty()).map(|place| Path::new(place).join(name)).collect()
    };
    let files: Vec<_> =
        places.iter().filter_map(|place| Some((place, place.metadata().ok().filter(|file| !file.is_dir())?))).collect();
    match files.iter().find(|(_, file)| file.permissions().mode() & 0o111 != 0) {
        Some((place, _)) => {
            let place = place.display();
            Ok(text!("{place}", "{place}"))
        }
        None if files.is_empty() => Err(missing(name)),
        None => Err(denied(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::MachineClock;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    fn programs(on: &[&str], off: &[&str]) -> Programs {
        Programs::new(words(on), words(off), Arc::new(MachineClock))
    }

    #[test]
    fn a_command_gets_its_words_as_they_are_and_no_shell() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("$HOME;a b").to_string_lossy().into_owned();
        let mut relay = programs(&["touch", &file], &["rm", &file]);
        assert_eq!(relay.set(true), Ok(()));
        assert!(Path::new(&file).exists());
        assert_eq!(relay.set(false), Ok(()));
        assert!(!Path::new(&file).exists());
        assert!(relay.set(false).unwrap_err().en.contains("\"rm\" failed"));
    }

    #[test]
    fn one_that_cannot_be_run_is_told_for_what_it_is() {
        let mut relay = programs(&["no-such-command-of-loa"], &["/dev/null"]);
        assert!(relay.set(true).unwrap_err().en.contains("there is no command"));
        assert!(relay.set(false).unwrap_err().en.contains("may not be run"));
    }

    /// Twenty times as fast as the machine's.
    struct Hurried;
    impl Clock for Hurried {
        fn wall(&self) -> crate::instant::Wall {
            MachineClock.wall()
        }
        fn mono(&self) -> crate::instant::Mono {
            crate::instant::Mono::from_origin(MachineClock.mono().since_origin() * 20)
        }
        fn wait(&self, length: Duration) {
            MachineClock.wait(length);
        }
    }

    #[test]
    fn one_that_hangs_is_ended_with_all_that_it_started() {
        let dir = tempfile::tempdir().unwrap();
        let pid = dir.path().join("pid");
        let script = format!("sleep 1000 & echo $! > {}; wait", pid.display());
        let mut relay = Programs::new(words(&["sh", "-c", &script]), words(&["true"]), Arc::new(Hurried));
        assert!(relay.set(true).unwrap_err().en.contains("took more than 4 s"));
        let child: i32 = std::fs::read_to_string(pid).unwrap().trim().parse().unwrap();
        // Gone, or a zombie that nobody has buried yet; soon, since the kernel takes its time.
        let is_gone = || {
            let status = std::fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
            status.is_empty() || status.contains(") Z ")
        };
        for _ in 0..500 {
            if is_gone() {
                return;
            }
            MachineClock.wait(Duration::from_millis(10));
        }
        panic!("the child of the child lives on");
    }

    #[test]
    fn a_command_is_found_on_the_path_only_where_it_could_be_run() {
        assert!(probe(&words(&["sh"]), "/no/where:/bin").unwrap().en.ends_with("/sh"));
        assert!(probe(&words(&["sh"]), "/no/where").unwrap_err().en.contains("no command"));
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("relay");
        std::fs::write(&file, "").unwrap();
        assert!(probe(&[file.to_string_lossy().into_owned()], "").unwrap_err().en.contains("may not be run"));
    }
}
