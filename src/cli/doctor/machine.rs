use std::fs;
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::checkup::Finding;
use crate::checkup::rights::{self, Account, Owned, Use};
use crate::checkup::sleep::{Habits, UNITS};
use crate::checkup::space::Space;
use crate::checkup::unit::{PROPERTIES, Service};
use crate::clock::{Clock as _, MachineClock};

/// Where `deploy/install` puts the station, and whom it lets play.
const SERVICE_DIR: &str = "/var/lib/loa";
const SERVICE_ACCOUNT: &str = "loa";

/// systemd answers in some hundredths of a second; without its bus it would be waited for in vain.
const PATIENCE: Duration = Duration::from_secs(1);
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// No file of the machine that is read here is larger.
const TEXT_MOST: u64 = 1 << 20;

/// Findings about rights that are shown: the cure is the same for all of them.
const RIGHTS_MOST: usize = 10;

/// Files looked at in a directory: as many as `audio/` may hold.
const FILES_MOST: usize = 20_000;

/// What the file system of `path` has left.
pub(super) fn space(path: &Path) -> Option<Space> {
    let left = rustix::fs::statvfs(path).ok()?;
    Some(Space {
        bytes: left.f_bavail.saturating_mul(left.f_frsize),
        // Some file systems make files as they need them, and count none.
        inodes: (left.f_files > 0).then_some(left.f_favail),
        read_only: left.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY),
    })
}

/// Bytes of a file, or of the files directly in a directory.
pub(super) fn size_of(path: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(path) else { return path.metadata().map_or(0, |file| file.len()) };
    entries.take(FILES_MOST).filter_map(|entry| entry.ok()?.metadata().ok()).map(|file| file.len()).sum()
}

/// Whether this is the station of the installed service.
pub(super) fn service_station(dir: &Path) -> bool {
    matches!((dir.canonicalize(), Path::new(SERVICE_DIR).canonicalize()), (Ok(this), Ok(service)) if this == service)
}

/// Whether this machine was started by systemd.
pub(super) fn has_systemd() -> bool {
    Path::new("/run/systemd/system").is_dir()
}

/// What systemd says of the service; `None` without systemd, or where it does not answer.
pub(super) fn service() -> Option<Service> {
    if !has_systemd() {
        return None;
    }
    let mut command = Command::new("systemctl");
    command.args(["show", "loa.service", PROPERTIES]).stdin(Stdio::null());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
    let began = MachineClock.mono();
    while child.try_wait().ok()?.is_none() {
        if MachineClock.mono().after(began) > PATIENCE {
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        MachineClock.wait(LOOK_AGAIN);
    }
    let mut said = String::new();
    child.stdout.take()?.take(TEXT_MOST).read_to_string(&mut said).ok()?;
    Some(Service::read(&said))
}

/// The account that the service plays as.
pub(super) fn service_account() -> Option<Account> {
    Account::find(SERVICE_ACCOUNT, &read("/etc/passwd"), &read("/etc/group"))
}

/// Without the service: whose `state/` is, since who ran `loa run` here will do so again; else who asks.
pub(super) fn player_account(dir: &Path) -> Option<Account> {
    let Ok(state) = dir.join("state").metadata() else { return Some(own_account()) };
    let passwd = read("/etc/passwd");
    let name = name_of(&passwd, state.uid())?;
    Account::find(&name, &passwd, &read("/etc/group"))
}

fn name_of(passwd: &str, uid: u32) -> Option<String> {
    let mut named = passwd.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let entry = named.find(|entry| entry.get(2) == Some(&uid.to_string().as_str()))?;
    entry.first().map(|name| (*name).to_owned())
}

fn own_account() -> Account {
    let uid = rustix::process::geteuid().as_raw();
    let name = name_of(&read("/etc/passwd"), uid);
    let own = rustix::process::getegid().as_raw();
    let others = rustix::process::getgroups().unwrap_or_default();
    let gids = std::iter::once(own).chain(others.into_iter().map(rustix::process::Gid::as_raw)).collect();
    Account { name: name.unwrap_or_else(|| uid.to_string()), uid, gids }
}

/// The number of a group.
pub(super) fn group(name: &str) -> Option<u32> {
    let groups = read("/etc/group");
    let entries = groups.lines().map(|line| line.split(':').collect::<Vec<_>>());
    entries.into_iter().find(|entry| entry.first() == Some(&name))?.get(2)?.parse().ok()
}

/// What `account` may not do in the station that it has to.
pub(super) fn rights(dir: &Path, account: &Account) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut look = |path: &str, as_what: Use| {
        let full = if path == "." { dir.to_owned() } else { dir.join(path) };
        if let Ok(metadata) = full.metadata() {
            let owned = Owned { uid: metadata.uid(), gid: metadata.gid(), mode: metadata.mode() };
            found.extend(rights::judge(account, &full.to_string_lossy(), &owned, as_what));
        }
    };
    let has_state = dir.join("state").is_dir();
    look(".", if has_state { Use::Enter } else { Use::Make });
    look("state", Use::Make);
    look("loa.toml", Use::Read);
    for part in ["schedules", "audio"] {
        look(part, Use::Enter);
        let Ok(entries) = fs::read_dir(dir.join(part)) else { continue };
        for entry in entries.take(FILES_MOST).filter_map(Result::ok) {
            let name = entry.file_name().to_string_lossy().into_owned();
            if !name.starts_with('.') && entry.path().is_file() {
                look(&format!("{part}/{name}"), Use::Read);
            }
        }
    }
    found.truncate(RIGHTS_MOST);
    found
}

/// What could put this machine to sleep; `None` where no systemd does such things.
pub(super) fn habits() -> Option<Habits> {
    if !has_systemd() {
        return None;
    }
    let masked = |unit: &&str| {
        fs::read_link(Path::new("/etc/systemd/system").join(unit)).is_ok_and(|to| to == Path::new("/dev/null"))
    };
    Some(Habits {
        kinds: read("/sys/power/state"),
        masked: UNITS.iter().filter(|unit| masked(unit)).map(|unit| (*unit).to_owned()).collect(),
        logind: read("/etc/systemd/logind.conf") + &read_all("/etc/systemd/logind.conf.d", ".conf"),
        apt: read_all("/etc/apt/apt.conf.d", ""),
        lid: Path::new("/proc/acpi/button/lid").is_dir(),
    })
}

/// The text of a file of the machine; nothing where it cannot be read.
fn read(path: impl AsRef<Path>) -> String {
    let mut text = Vec::new();
    let opened = fs::File::open(path).and_then(|file| file.take(TEXT_MOST).read_to_end(&mut text));
    if opened.is_err() {
        return String::new();
    }
    String::from_utf8_lossy(&text).into_owned() + "\n"
}

/// The texts of all files with this ending in a directory, by name.
fn read_all(directory: &str, ending: &str) -> String {
    let Ok(entries) = fs::read_dir(directory) else { return String::new() };
    let mut paths: Vec<_> = entries.take(FILES_MOST).filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.is_file() && path.to_string_lossy().ends_with(ending));
    paths.sort();
    paths.iter().map(read).collect()
}
