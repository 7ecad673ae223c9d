//! What makes a machine's life hard: other programs that want every core, memory that has to be swapped out, a disk
//! that is full. Each is over when the value is dropped.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Other programs: two busy loops for each core, with the same nice value as the station or behind it by as much
/// as the service's `CPUWeight=` puts them there: ten to one.
pub(crate) struct Hog(Vec<Child>);

impl Hog {
    pub(crate) fn beside() -> Self {
        Self::nice(0)
    }

    pub(crate) fn behind() -> Self {
        Self::nice(10)
    }

    fn nice(by: i32) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let by = by.to_string();
        let busy = ["-n", &by, "sh", "-c", "while :; do :; done"];
        let start = |_| Command::new("nice").args(busy).stdin(Stdio::null()).spawn();
        Self((0..2 * cores).map(start).collect::<Result<_, _>>().expect("a shell"))
    }
}

impl Drop for Hog {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A small file system in memory at a directory.
pub(crate) struct Mount(PathBuf);

impl Mount {
    /// `None` where nothing may be mounted here: containers without that right.
    pub(crate) fn new(at: &Path, options: &str) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(at).output();
        if mount.is_ok_and(|mount| mount.status.success()) {
            return Some(Self(at.to_owned()));
        }
        eprintln!("nothing may be mounted here: this test needs that right, and was not run");
        None
    }

    pub(crate) fn again(&self, options: &str) {
        let options = format!("remount,{options}");
        assert!(Command::new("mount").args(["-o", &options]).arg(&self.0).status().unwrap().success());
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Little memory for some programs together; what they want beyond it goes to a swap file.
pub(crate) struct Squeeze {
    group: PathBuf,
    swap: PathBuf,
    others: Vec<Child>,
    _directory: tempfile::TempDir,
}

/// Room for what is swapped out.
const SWAP_MIB: &str = "256";

impl Squeeze {
    /// `None` where no such group may be made or no swap file may be used: containers without those rights.
    pub(crate) fn new(bytes: u64) -> Option<Self> {
        let done = |command: &mut Command| command.output().is_ok_and(|said| said.status.success());
        let directory = tempfile::tempdir().unwrap();
        let swap = directory.path().join("swap");
        // The second layout of control groups first, then the first one (cgroups(7)).
        let name = format!("loa-test-{}", std::process::id());
        let layouts = [("/sys/fs/cgroup", "memory.max"), ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")];
        let limited = |(root, limit): &(&str, &str)| {
            let group = Path::new(root).join(&name);
            fs::create_dir(&group).ok()?;
            // Nothing is created: what is no control group has no such file.
            let limit = fs::OpenOptions::new().write(true).open(group.join(limit));
            let made = limit.and_then(|mut limit| limit.write_all(bytes.to_string().as_bytes()));
            made.inspect_err(|_| drop(fs::remove_dir(&group))).ok().map(|()| group)
        };
        let group = layouts.iter().find_map(limited);
        let to = format!("of={}", swap.display());
        let swapping = done(Command::new("dd").args(["if=/dev/zero", &to, "bs=1M", &format!("count={SWAP_MIB}")]))
            && done(Command::new("chmod").arg("600").arg(&swap))
            && done(Command::new("mkswap").arg(&swap))
            && done(Command::new("swapon").arg(&swap));
        match group {
            Some(group) if swapping => Some(Self { group, swap, others: Vec::new(), _directory: directory }),
            group => {
                eprintln!("SKIPPED: needs the right to limit a group's memory and to use a swap file");
                let _ = group.map(fs::remove_dir);
                let _ = done(Command::new("swapoff").arg(&swap));
                None
            }
        }
    }

    /// The same command, in the group from its first page on.
    pub(crate) fn around(&self, command: &Command) -> Command {
        let mut within = Command::new("sh");
        within.args(["-c", "echo $$ > \"$0\" && exec \"$@\""]).arg(self.group.join("cgroup.procs"));
        within.arg(command.get_program()).args(command.get_args());
        within.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        within
    }

    /// Start another program in the group, until the value is dropped; its number.
    pub(crate) fn crowd(&mut self, other: &Command) -> u32 {
        let other = self.around(other).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a program");
        self.others.push(other);
        self.others.last().map_or(0, Child::id)
    }

    /// Bytes of a process that have been swapped out (proc(5), `status`).
    pub(crate) fn swapped(pid: u32) -> u64 {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let said = status.lines().find_map(|line| line.strip_prefix("VmSwap:")?.split_whitespace().next());
        said.and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or(0) * 1024
    }
}

impl Drop for Squeeze {
    fn drop(&mut self) {
        for child in &mut self.others {
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = Command::new("swapoff").arg(&self.swap).status();
        let _ = fs::remove_dir(&self.group);
    }
}
