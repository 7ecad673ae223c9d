use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::checkup::rights::Account;
use crate::checkup::sleep::{Habits, UNITS};
use crate::checkup::unit::{PROPERTIES, Service};
use crate::cli::account::{self, owned, read};
use crate::clock::Clock as _;
use crate::machine::MachineClock;
use crate::site::Site;

/// Where `deploy/install` puts the station, and whom it lets play.
const SERVICE_DIR: &str = "/var/lib/loa";
const SERVICE_ACCOUNT: &str = "loa";

/// systemd answers in some hundredths of a second; without its bus it would be waited for in vain.
const PATIENCE: Duration = Duration::from_secs(1);
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// No file of the machine that is read here is larger.
const TEXT_MOST: u64 = 1 << 20;

/// Files looked at in a directory: as many as `audio/` may hold.
const FILES_MOST: usize = 20_000;

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
    account::find(SERVICE_ACCOUNT)
}

/// Without the service: whose `state/` is, since who ran `loa run` here will do so again; else whose the station
/// is.
pub(super) fn player_account(dir: &Path) -> Option<Account> {
    let owned = owned(Site::new(dir).state()).or_else(|| owned(dir))?;
    account::find(&account::name(owned.uid)?)
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

/// The texts of all files with this ending in a directory, by name.
fn read_all(directory: &str, ending: &str) -> String {
    let Ok(entries) = fs::read_dir(directory) else { return String::new() };
    let mut paths: Vec<_> = entries.take(FILES_MOST).filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.is_file() && path.to_string_lossy().ends_with(ending));
    paths.sort();
    paths.iter().map(read).collect()
}
