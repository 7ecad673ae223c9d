use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::Said;

/// A machine of its own as far as files and accounts go: `/etc`, `/usr/local` and `/var/lib` are copies that only
/// it sees, and the shipped `deploy/install` has been run in it. Its accounts: `loa` (the daemon), `hoa` and `bay`
/// (members of the group `loa`, as `loa-console` is, the page, and `loa-link`, the way to the centre), `khach` (anybody else).
pub(crate) struct Machine {
    dir: tempfile::TempDir,
    holder: Child,
}

const READY: &[u8] = b"ready";

impl Machine {
    /// `None`, aloud, where this account may not make one.
    pub(crate) fn new() -> Option<Self> {
        let tools = ["unshare", "nsenter", "runuser", "systemd-sysusers", "systemd-tmpfiles", "flock", "mkfifo"];
        let missing = tools.iter().find(|tool| {
            let found = Command::new("sh").args(["-c", &format!("command -v {tool}")]).stdout(Stdio::null()).status();
            !found.is_ok_and(|status| status.success())
        });
        if !rustix::process::geteuid().is_root() || missing.is_some() {
            eprintln!("SKIPPED: a machine with three accounts needs root, and {missing:?}");
            return None;
        }
        let dir = tempfile::tempdir().unwrap();
        for place in ["lib", "local/sbin", "local/bin", "open"] {
            fs::create_dir_all(dir.path().join(place)).unwrap();
        }
        assert!(Command::new("cp").args(["-a", "/etc"]).arg(dir.path().join("etc")).status().unwrap().success());
        let systemctl = dir.path().join("local/sbin/systemctl");
        fs::write(&systemctl, "#!/bin/sh\nexit 0\n").unwrap();
        chmod(&systemctl, "755");
        chmod(&dir.path().join("open"), "1777");
        let script = "cd \"$1\" && mount --bind etc /etc && mount --bind lib /var/lib && mount --bind local /usr/local \
            && mount --bind open /mnt && echo ready && exec sleep 3600";
        let mut holder = Command::new("unshare")
            .args(["--mount", "--propagation", "private", "sh", "-c", script, "sh"])
            .arg(dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = [0; READY.len()];
        if holder.stdout.as_mut().unwrap().read_exact(&mut said).is_err() {
            eprintln!("SKIPPED: a machine with three accounts needs the right to mount");
            let _ = holder.wait();
            return None;
        }
        let machine = Self { dir, holder };
        machine.install();
        machine.root(
            "for n in hoa:4711 bay:4712 khach:4713; do
                echo \"${n%:*}:x:${n#*:}:${n#*:}::/:/bin/sh\" >> /etc/passwd; echo \"${n%:*}:x:${n#*:}:\" >> /etc/group
            done
            sed -i 's/^\\(loa:x:[0-9]*\\):.*/\\1:loa-console,loa-link,loa-cap,hoa,bay/' /etc/group",
        );
        Some(machine)
    }

    /// The documented installation, which is the documented update as well.
    pub(crate) fn install(&self) -> Said {
        let repository = env!("CARGO_MANIFEST_DIR");
        self.root(&format!("cd '{repository}' && deploy/install '{}'", env!("CARGO_BIN_EXE_loa")))
    }

    /// A file that everybody on it may see and write beside, under `/mnt`.
    pub(crate) fn open(&self, name: &str) -> PathBuf {
        self.dir.path().join("open").join(name)
    }

    /// The administrator does something that has to work.
    pub(crate) fn root(&self, script: &str) -> Said {
        let said = said(self.command(None, script));
        assert_eq!(said.code, 0, "{script}: {said:?}");
        said
    }

    /// An account does something in the station's directory, or tries to.
    pub(crate) fn run(&self, account: &str, script: &str) -> Said {
        said(self.command(Some(account), script))
    }

    /// The same, left running; killed with the value.
    pub(crate) fn start(&self, account: &str, script: &str) -> Running {
        let mut command = self.command(Some(account), &format!("exec {script}"));
        Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    /// Until what `script` asks is so.
    #[expect(clippy::disallowed_methods, reason = "a real process has to be waited for in real time")]
    pub(crate) fn wait_until(&self, what: &str, script: &str) {
        for _ in 0..400 {
            if said(self.command(None, script)).code == 0 {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("waited in vain until {what}");
    }

    fn command(&self, account: Option<&str>, script: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--target", &self.holder.id().to_string(), "--mount", "--"]);
        if let Some(account) = account {
            command.args(["runuser", "-u", account, "--"]);
        }
        // Whoever may not enter the station says so by what he does next, not here.
        command.args(["sh", "-c", &format!("cd /var/lib/loa 2>/dev/null || cd /; umask 022; {script}")]);
        command.env_clear().env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        command.env("LANG", "en").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

/// Killed when it is dropped.
pub(crate) struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // The process itself, which `nsenter` and `runuser` lead to; `runuser` ends once it is gone, locks and all.
        let killed = Command::new("pkill").args(["-KILL", "-P", &self.0.id().to_string()]).status();
        if !killed.is_ok_and(|status| status.success()) {
            let _ = self.0.kill();
        }
        let _ = self.0.wait();
    }
}

fn chmod(path: &Path, mode: &str) {
    assert!(Command::new("chmod").arg(mode).arg(path).status().unwrap().success());
}

fn said(mut command: Command) -> Said {
    let output = command.output().unwrap();
    Said {
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
        code: output.status.code().unwrap_or(-1),
    }
}
