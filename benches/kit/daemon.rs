//! A release daemon as a child of the benchmark, told apart by systemd's own word for "ready".

use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

#[path = "program.rs"]
mod program;

/// Longer than any start here takes.
const LIMIT: Duration = Duration::from_mins(1);

/// `loa run`, from its start until the benchmark is done with it.
pub(crate) struct Daemon {
    child: Child,
    notices: UnixDatagram,
}

/// `loa` on the station in `dir`.
pub(crate) fn loa(dir: &Path) -> Command {
    let mut command = Command::new(program::program());
    command.arg("--dir").arg(dir).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

impl Daemon {
    /// Start `loa run` on the station in `dir`.
    pub(crate) fn start(dir: &Path) -> Self {
        let path = dir.join("notify.sock");
        let _ = std::fs::remove_file(&path);
        let notices = UnixDatagram::bind(&path).expect("a socket for the notice");
        notices.set_read_timeout(Some(LIMIT)).expect("a time limit");
        let child = loa(dir).arg("run").env("NOTIFY_SOCKET", &path).spawn().expect("loa starts");
        Self { child, notices }
    }

    /// Wait until it says that it is ready.
    pub(crate) fn wait_until_ready(&self) {
        let mut notice = [0; 512];
        loop {
            let length = self.notices.recv(&mut notice).expect("ready in time");
            if notice[..length].windows(7).any(|part| part == b"READY=1") {
                return;
            }
        }
    }

    /// Its process id.
    #[allow(dead_code, reason = "each benchmark compiles this file for itself, and not all ask")]
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Let it end as the system would.
    pub(crate) fn end(mut self) {
        if let Some(pid) = Pid::from_raw(self.child.id().cast_signed()) {
            kill_process(pid, Signal::TERM).expect("a running daemon");
        }
        self.child.wait().expect("it ends");
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Only left running where the benchmark itself failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
