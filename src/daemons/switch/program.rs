use std::io::{self, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{ChildStderr, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use super::leftover;
use super::relay::PowerRelay;
use crate::clock::Clock;
use crate::diag::{Text, ending, plain, system, text};
use crate::machine::GroupChild;

/// A command gets this long: a box on the network that has not answered by now will not.
const LIMIT: Duration = Duration::from_secs(4);

/// Its end is looked for this often.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// One that talks a lot waits for the pipe to be emptied.
const EMPTY_AGAIN: Duration = Duration::from_millis(1);

/// So much of what it complains of is kept, as much as fits on a line or two; the rest is dropped.
const COMPLAINT_MOST: usize = 200;

/// So much is taken from it at a look, so that one that prints for ever is still ended at its limit.
const TAKEN_AT_ONCE: usize = 1 << 20;

/// The first line of a script is read so far, as the kernel reads it.
const FIRST_LINE_MOST: u64 = 256;

/// Two programs: one puts the amplifier on, the other off. Neither is given anything to read, nor a shell.
/// When one ends, or its time is over, all that it started ends with it, but for what took itself away into a
/// session of its own: that is counted and told, and ended where the program itself had to be.
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

impl PowerRelay for Programs {
    fn set(&mut self, on: bool) -> Result<(), Text> {
        let words = if on { &self.on } else { &self.off };
        let (name, child) = start(words)?;
        let (ended, complaint) = wait(child, self.clock.as_ref()).map_err(|error| broken(&name, &error))?;
        match ended {
            Some(status) if status.success() => Ok(()),
            Some(status) if complaint.is_empty() => Err(text!(
                status = told(status);
                "lệnh «{name}» báo lỗi ({status}): hãy chạy thử bằng tay",
                "the command \"{name}\" failed ({status}): try it by hand"
            )),
            Some(status) => Err(text!(
                status = told(status);
                "lệnh «{name}» báo lỗi ({status}, «{complaint}»): hãy chạy thử bằng tay",
                "the command \"{name}\" failed ({status}, \"{complaint}\"): try it by hand"
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

impl Drop for Programs {
    fn drop(&mut self) {
        leftover::look(true);
    }
}

/// How a program ended that did not succeed.
fn told(status: ExitStatus) -> Text {
    ending(status.code(), status.signal())
}

fn start(words: &[String]) -> Result<(String, GroupChild), Text> {
    let (program, arguments) =
        words.split_first().map_or((String::new(), &[][..]), |(first, rest)| (first.clone(), rest));
    let mut command = Command::new(&program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    leftover::adopt();
    match GroupChild::start(&mut command) {
        Ok(child) => Ok((program, child)),
        Err(error) => Err(broken(&program, &error)),
    }
}

/// How it ended, `None` where it had to be ended, and the beginning of what it complained of.
fn wait(mut child: GroupChild, clock: &dyn Clock) -> io::Result<(Option<ExitStatus>, String)> {
    let mut complaint = Complaint::of(child.stderr.take());
    let by_itself = ends_by_itself(&child, clock, &mut complaint);
    // Whatever it started and left behind. As long as it is not buried nobody else gets its number.
    let _ = kill_process_group(Pid::from_child(&child), Signal::KILL);
    let status = child.wait();
    drop(child);
    leftover::look(!by_itself);
    Ok((status.map(|status| by_itself.then_some(status))?, complaint.text()))
}

/// Whether it ends within the limit; it is not buried yet.
fn ends_by_itself(child: &GroupChild, clock: &dyn Clock, complaint: &mut Complaint) -> bool {
    let began = clock.mono();
    let id = || WaitId::Pid(Pid::from_child(child));
    loop {
        let pause = if complaint.take() { EMPTY_AGAIN } else { LOOK_AGAIN };
        match waitid(id(), WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT) {
            Ok(Some(_)) => {
                complaint.take();
                return true;
            }
            Ok(None) if clock.mono().after(began) <= LIMIT => clock.wait(pause),
            _ => return false,
        }
    }
}

/// What a program says on its standard error, as far as it is kept. Never waited for.
struct Complaint {
    from: Option<ChildStderr>,
    kept: Vec<u8>,
}

impl Complaint {
    fn of(from: Option<ChildStderr>) -> Self {
        // One that could not be read without waiting is not read.
        let from = from.filter(|pipe| rustix::fs::fcntl_setfl(pipe, rustix::fs::OFlags::NONBLOCK).is_ok());
        Self { from, kept: Vec::new() }
    }

    /// Empty the pipe; whether there was anything in it.
    fn take(&mut self) -> bool {
        let Some(pipe) = &mut self.from else { return false };
        let mut said = false;
        let mut block = [0; 16 * 1024];
        for _ in 0..TAKEN_AT_ONCE / block.len() {
            match pipe.read(&mut block) {
                Ok(count) if count > 0 => {
                    let room = COMPLAINT_MOST.saturating_sub(self.kept.len()).min(count);
                    self.kept.extend_from_slice(&block[..room]);
                    said = true;
                }
                _ => break,
            }
        }
        said
    }

    /// Its first line.
    fn text(&self) -> String {
        let said = String::from_utf8_lossy(&self.kept);
        plain(said.trim().lines().next().unwrap_or_default()).into_owned()
    }
}

fn broken(name: &str, error: &io::Error) -> Text {
    let path = std::env::var("PATH").unwrap_or_default();
    match error.kind() {
        io::ErrorKind::PermissionDenied => probe_name(name, &path).err().unwrap_or_else(|| denied(name)),
        io::ErrorKind::NotFound => probe_name(name, &path).err().unwrap_or_else(|| {
            text!(
                error = system(error);
                "không chạy được lệnh «{name}» ({error}): tệp có đó, nhưng thiếu thứ nó cần để chạy, hay là chương trình của loại máy khác",
                "the command \"{name}\" cannot be run ({error}): the file is there, but something that it needs is not, or it is for another kind of machine"
            )
        }),
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

fn directory(name: &str) -> Text {
    text!(
        "«{name}» là thư mục, không phải lệnh: hãy ghi tên chương trình ở trong đó",
        "\"{name}\" is a directory and no command: write the program that is in it"
    )
}

/// The script is there, and what its first line names is not.
fn without_interpreter(name: &str, interpreter: &str) -> Text {
    text!(
        "lệnh «{name}» có đó, nhưng dòng đầu của nó gọi «{interpreter}», thứ máy này không có: hãy cài, hoặc sửa dòng ấy",
        "the command \"{name}\" is there, but its first line names \"{interpreter}\", which this machine does not have: install that, or correct the line"
    )
}

/// Where the command is, if it could be run.
pub(super) fn probe(words: &[String], path: &str) -> Result<Text, Text> {
    probe_name(words.first().map_or("", String::as_str), path)
}

fn probe_name(name: &str, path: &str) -> Result<Text, Text> {
    let places: Vec<PathBuf> = if name.contains('/') {
        vec![PathBuf::from(name)]
    } else {
        path.split(':').filter(|place| !place.is_empty()).map(|place| Path::new(place).join(name)).collect()
    };
    let there: Vec<_> = places.iter().filter_map(|place| Some((place, place.metadata().ok()?))).collect();
    let mut files = there.iter().filter(|(_, file)| !file.is_dir()).peekable();
    let are_none = files.peek().is_none();
    match files.find(|(_, file)| file.permissions().mode() & 0o111 != 0) {
        Some((place, file)) => match file.is_file().then(|| interpreter(place)).flatten() {
            Some(interpreter) if !Path::new(&interpreter).exists() => Err(without_interpreter(name, &interpreter)),
            _ => {
                let place = place.display();
                Ok(text!("{place}", "{place}"))
            }
        },
        None if !are_none => Err(denied(name)),
        None if name.contains('/') && !there.is_empty() => Err(directory(name)),
        None => Err(missing(name)),
    }
}

/// What the first line of a script names.
fn interpreter(script: &Path) -> Option<String> {
    let mut head = Vec::new();
    std::fs::File::open(script).ok()?.take(FIRST_LINE_MOST).read_to_end(&mut head).ok()?;
    let line = head.strip_prefix(b"#!")?.split(|byte| *byte == b'\n').next()?;
    let line = String::from_utf8_lossy(line);
    let line = line.trim_start_matches([' ', '\t']);
    let name = line.split([' ', '\t']).next().filter(|name| !name.is_empty())?;
    Some(plain(name).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::MachineClock;

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
        let dir = tempfile::tempdir().unwrap();
        let script = dir.path().join("bật.sh");
        std::fs::write(&script, "#! /opt/khong-co/python3 -u\nexit 0\n").unwrap();
        std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
        let (script, dir) = (script.to_string_lossy().into_owned(), dir.path().to_string_lossy().into_owned());
        let mut relay = programs(&[&script], &[&dir]);
        let (on, off) = (relay.set(true).unwrap_err().en, relay.set(false).unwrap_err().en);
        assert!(on.contains("first line names \"/opt/khong-co/python3\""), "{on}");
        assert!(off.contains("is a directory") && !off.contains("chmod"), "{off}");
        // The doctor says the same without running it.
        assert_eq!(probe(&words(&[&script]), "").unwrap_err().en, on);
        assert_eq!(probe(&words(&[&dir]), "").unwrap_err().en, off);
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
    fn what_it_prints_is_kept_as_far_as_it_fits_a_line_and_the_rest_is_dropped() {
        let script = "printf 'no\\033[2J relay\\nmore\\n' >&2; yes | head -c 50000000 >&2; exit 3";
        let told = programs(&["sh", "-c", script], &["true"]).set(true).unwrap_err().en;
        assert!(told.contains("exit code 3") && told.contains(r"no\u{1b}[2J relay") && told.len() < 200, "{told}");
        // One that prints for ever is ended as one that hangs.
        let mut relay = Programs::new(words(&["sh", "-c", "exec yes >&2"]), words(&["true"]), Arc::new(Hurried));
        assert!(relay.set(true).unwrap_err().en.contains("took more than 4 s"));
    }

    /// What is left behind comes to the whole process, so the other tests of this program would end and tell it:
    /// this one runs again alone in a process of its own.
    #[test]
    fn what_it_leaves_in_its_group_ends_with_it_and_a_few_in_sessions_of_their_own_are_told() {
        const ALONE: &str = "LOA_TEST_ALONE";
        let own = std::thread::current().name().unwrap_or_default().to_owned();
        if std::env::var_os(ALONE).is_none() {
            let program = std::env::current_exe().unwrap();
            let mut alone = std::process::Command::new(program);
            let run = alone.args(["--exact", &own, "--nocapture"]).env(ALONE, "1").output().unwrap();
            let said = String::from_utf8_lossy(&run.stdout);
            assert!(
                run.status.success() && said.contains("1 passed"),
                "{said}{}",
                String::from_utf8_lossy(&run.stderr)
            );
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let pids = dir.path().join("pids");
        let living = || {
            let pids = std::fs::read_to_string(&pids).unwrap_or_default();
            let stat = |pid: &str| std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            pids.lines().filter(|pid| !matches!(&*stat(pid), stat if stat.is_empty() || stat.contains(") Z "))).count()
        };
        let settles = |count: usize| {
            for _ in 0..500 {
                if living() == count {
                    return true;
                }
                MachineClock.wait(Duration::from_millis(10));
            }
            false
        };
        let run = |script: String| programs(&["sh", "-c", &script], &["true"]);
        let said = pids.display();
        let mut relay = run(format!("sleep 1000 & echo $! >> {said}"));
        assert_eq!(relay.set(true), Ok(()));
        assert!(settles(0), "its own group");
        let away = format!("setsid sh -c 'echo $$ >> {said}; exec sleep 1000' & ");
        let mut relay = run(format!("{away} while [ ! -s {said} ]; do sleep 0.01; done; sleep 0.1"));
        std::fs::remove_file(&pids).unwrap();
        assert_eq!(relay.set(true), Ok(()));
        assert!(settles(1), "one that holds a line, say, goes on");
        assert!(leftover::told().is_some_and(|told| told.en.contains("left 1 process(es)")));
        drop(relay);
        assert!(settles(0), "and ends with the switch");
        let mut relay = run(format!("for n in 1 2 3 4 5 6 7 8 9 10 11 12; do {away} done; sleep 0.5"));
        assert_eq!(relay.set(true), Ok(()));
        assert!(settles(0), "more than a few are ended at once: {}", living());
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
