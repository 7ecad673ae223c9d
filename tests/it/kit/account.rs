//! A member of the group who is another account than whoever runs the tests.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{Said, Station};

/// Whether root runs the tests.
pub(crate) fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}

/// What `loa` says on a station to such an account, which may read all of it and write nothing; none where nobody can be
/// another one.
pub(crate) fn loa_as_another(station: &Station, arguments: &[&str]) -> Option<Said> {
    if !is_root() || !Path::new("/usr/bin/setpriv").exists() {
        eprintln!("SKIPPED in part: needs root and setpriv to be another account");
        return None;
    }
    assert!(Command::new("chmod").args(["-R", "a+rX,go-w"]).arg(station.dir()).status().unwrap().success());
    let output = Command::new("setpriv")
        .args(["--reuid=12345", "--regid=12345", "--clear-groups", env!("CARGO_BIN_EXE_loa"), "--lang", "en", "--dir"])
        .arg(station.dir())
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Some(Said { out: text(output.stdout), err: text(output.stderr), code: output.status.code().unwrap_or(-1) })
}

/// What the daemon of a station answers a line from such an account; none, and said so, where nobody can be another one.
pub(crate) fn asked_by_another(station: &Station, line: &str) -> Option<String> {
    if !is_root() || !Path::new("/usr/bin/setpriv").exists() || !Path::new("/usr/bin/python3").exists() {
        eprintln!("SKIPPED in part: needs root and setpriv to be another account");
        return None;
    }
    for (path, mode) in [("", 0o755), ("state", 0o755), ("state/loa.sock", 0o777)] {
        fs::set_permissions(station.path(path), Permissions::from_mode(mode)).unwrap();
    }
    let script = "import socket,sys\ns=socket.socket(socket.AF_UNIX)\ns.connect(sys.argv[1])\ns.sendall((sys.argv[2]+'\\n').encode())\nprint(s.recv(4096).decode())";
    let output = Command::new("setpriv")
        .args(["--reuid=12345", "--regid=12345", "--clear-groups", "/usr/bin/python3", "-c", script])
        .arg(station.path("state/loa.sock"))
        .arg(line)
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    Some(String::from_utf8(output.stdout).unwrap())
}
