use std::fs;
use std::path::Path;

use crate::diag::{Text, text};

/// `/proc/locks` of a busy machine is some hundred lines.
const LOCKS_MOST: u64 = 1 << 20;

/// The kernel gives `/proc/locks` a page at a time, and whoever lets go of a lock between two pages pushes another's line out of
/// sight: one look in some hundred misses a lock that is held all the time. So many looks together miss none.
const LOOKS: usize = 3;

/// A process that holds a lock.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Holder {
    /// Its number.
    pub pid: u32,
    /// Whose it is; `None` where that is not to be seen, or it is gone and left the lock to a child.
    pub uid: Option<u32>,
    /// The name of its program.
    pub program: Option<String>,
    /// It has been stopped (`SIGSTOP`), and holds on until it goes on or is ended.
    pub stopped: bool,
}

impl Holder {
    /// Who holds a lock of any kind on this very file.
    pub(super) fn all_of(device: u64, inode: u64) -> Vec<Self> {
        let mut found = Vec::new();
        for _ in 0..LOOKS {
            for pid in pids(&text_of("/proc/locks"), device, inode) {
                if !found.contains(&pid) {
                    found.push(pid);
                }
            }
        }
        found.into_iter().map(Self::of).collect()
    }

    fn of(pid: u32) -> Self {
        let status = text_of(format!("/proc/{pid}/status"));
        let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        Self {
            pid,
            uid: field("Uid:").and_then(|uids| uids.split_whitespace().nth(1)?.parse().ok()),
            program: field("Name:").map(str::to_owned),
            stopped: field("State:").is_some_and(|state| state.starts_with(['T', 't'])),
        }
    }

    /// Whether it belongs to this account, to the administrator, or to `owner`.
    pub(super) fn is_kin(&self, owner: u32) -> bool {
        let own = rustix::process::geteuid().as_raw();
        self.uid.is_some_and(|uid| uid == own || uid == 0 || uid == owner)
    }

    /// The process in words.
    pub fn text(&self) -> Text {
        let pid = self.pid;
        // Chosen by the process itself.
        let program: String = self.program.iter().flat_map(|name| name.escape_default()).collect();
        let program = if program.is_empty() { "?".to_owned() } else { program };
        let (mut vi, mut en) = (String::new(), String::new());
        if let Some(uid) = self.uid {
            (vi, en) = (format!(" của tài khoản số {uid}"), format!(" of account number {uid}"));
        }
        if self.stopped {
            vi.push_str(", đang bị tạm dừng");
            en.push_str(", which is stopped");
        }
        text!("tiến trình {pid} ({program}){vi}", "process {pid} ({program}){en}")
    }
}

/// The processes that hold a lock on a file, in the kernel's order. A file system below another one may
/// number its devices otherwise than it says: then the file's number alone has to do.
fn pids(locks: &str, device: u64, inode: u64) -> Vec<u32> {
    let (major, minor) = (rustix::fs::major(device), rustix::fs::minor(device));
    let held = locks.lines().filter_map(|line| {
        // 1: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF; one that only waits has "->" in second place.
        let fields: Vec<&str> = line.split_whitespace().collect();
        let mut place = fields.get(5)?.split(':');
        let number = |part: Option<&str>| u32::from_str_radix(part?, 16).ok();
        let device = (number(place.next())?, number(place.next())?);
        let inode: u64 = place.next()?.parse().ok()?;
        Some((fields.get(4)?.parse::<u32>().ok()?, device, inode))
    });
    let of_file: Vec<_> = held.filter(|(_, _, number)| *number == inode).collect();
    let same_device = of_file.iter().any(|(_, device, _)| *device == (major, minor));
    let mut pids = Vec::new();
    for (pid, device, _) in of_file {
        if (!same_device || device == (major, minor)) && !pids.contains(&pid) {
            pids.push(pid);
        }
    }
    pids
}

fn text_of(path: impl AsRef<Path>) -> String {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(LOCKS_MOST).read_to_end(&mut bytes));
    if read.is_err() {
        return String::new();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCKS: &str = "1: POSIX  ADVISORY  READ 1234 fd:01:5678 128 128\n\
        1: -> FLOCK  ADVISORY  WRITE 77 fd:01:5678 0 EOF\n\
        2: FLOCK  ADVISORY  WRITE 99 fd:01:5678 0 EOF\n\
        3: FLOCK  ADVISORY  WRITE 98 08:01:5678 0 EOF\n\
        4: OFDLCK ADVISORY  READ -1 fd:01:5678 0 EOF\n\
        5: nonsense\n\n";

    #[test]
    fn only_those_who_have_the_lock_on_this_very_file_hold_it() {
        let device = rustix::fs::makedev(0xfd, 1);
        assert_eq!(pids(LOCKS, device, 5678), [1234, 99]);
        assert_eq!(pids(LOCKS, rustix::fs::makedev(8, 1), 5678), [98]);
        assert_eq!(pids(LOCKS, rustix::fs::makedev(7, 7), 5678), [1234, 99, 98]);
        assert_eq!(pids(LOCKS, device, 1), [0; 0]);
    }

    #[test]
    #[ignore = "long"]
    fn a_holder_is_seen_while_others_take_and_leave_many_locks() {
        const MANY: usize = 150;
        let dir = tempfile::tempdir().unwrap();
        let open = |name: String| fs::File::create(dir.path().join(name)).unwrap();
        // More than one page of lines, and another page of them that come and go.
        let still: Vec<_> = (0..MANY).map(|number| open(format!("still-{number}"))).collect();
        for file in &still {
            file.lock().unwrap();
        }
        let restless: Vec<_> = (0..MANY).map(|number| open(format!("restless-{number}"))).collect();
        let held = open("held".to_owned());
        held.lock().unwrap();
        let stat = rustix::fs::fstat(&held).unwrap();
        let over = std::sync::atomic::AtomicBool::new(false);
        let missed = std::thread::scope(|scope| {
            scope.spawn(|| {
                while !over.load(std::sync::atomic::Ordering::Relaxed) {
                    for file in &restless {
                        file.lock().unwrap();
                    }
                    for file in &restless {
                        file.unlock().unwrap();
                    }
                }
            });
            let missed = (0..1_500).filter(|_| Holder::all_of(stat.st_dev, stat.st_ino).is_empty()).count();
            over.store(true, std::sync::atomic::Ordering::Relaxed);
            missed
        });
        assert_eq!(missed, 0);
    }

    #[test]
    fn this_process_is_seen_as_what_it_is() {
        let own = Holder::of(std::process::id());
        assert_eq!(own.uid, Some(rustix::process::geteuid().as_raw()));
        assert!(!own.stopped && own.program.is_some() && own.is_kin(u32::MAX));
    }
}
