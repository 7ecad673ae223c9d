use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::Duration;

use crate::checkup::Finding;
use crate::checkup::rights::{self, Account, Group, Owned, Use};
use crate::cli::account;
use crate::clock::Clock as _;
use crate::diag::plain;
use crate::machine::MachineClock;
use crate::site::{DAEMON_LOCK, Folder, Holder, Site};

/// Findings that are shown: the cure is the same for many.
const SHOWN_MOST: usize = 10;

/// Files looked at in a directory: as many as `audio/` may hold.
const FILES_MOST: usize = 20_000;

/// What the kernel calls loa.
const PROGRAM: &str = "loa";

/// A lock that is still held after this is not somebody's reading a row.
const STILL: Duration = Duration::from_millis(500);

/// What `account` may not do in the station that it has to, what others may do that they must not, and who keeps
/// it waiting.
pub(super) fn look(dir: &Path, account: &Account) -> Vec<Finding> {
    let site = Site::new(dir);
    let home = owned(dir).and_then(|top| Some(Group { gid: top.gid, name: account::group_name(top.gid)? }));
    let mut found = Vec::new();
    let mut look = |path: &Path, as_what: Use| {
        if let Some(owned) = owned(path) {
            let shown = path.to_string_lossy();
            found.extend(rights::judge(account, &plain(&shown), &owned, as_what, home.as_ref()));
            let private = account::is_private(owned.gid, account);
            found.extend(rights::open_to_others(account, &plain(&shown), &owned, as_what, private, home.as_ref()));
        }
    };
    look(dir, if site.state().is_dir() { Use::Top } else { Use::Make });
    look(&site.state(), Use::Make);
    for name in names(&site.state()) {
        // The socket is there for others to write to.
        if site.state().join(&name) != site.socket() {
            look(&site.state().join(name), Use::Keep);
        }
    }
    look(&site.station(), Use::Own);
    for part in [site.schedules(), site.audio()] {
        look(&part, Use::Enter);
        for name in names(&part).into_iter().filter(|name| !name.starts_with('.')) {
            look(&part.join(name), Use::Read);
        }
    }
    found.truncate(SHOWN_MOST);
    found.extend(locks(&site));
    found
}

/// The regular files in a directory.
fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).into_iter().flatten().take(FILES_MOST).filter_map(Result::ok);
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    files.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// Whom a path itself belongs to: of a link nothing is said, since a cure would reach what it leads to.
fn owned(path: &Path) -> Option<Owned> {
    let metadata = path.symlink_metadata().ok().filter(|metadata| !metadata.is_symlink())?;
    Some(Owned { uid: metadata.uid(), gid: metadata.gid(), mode: metadata.mode() })
}

/// Those who hold a lock that the station needs, and do not let go of it.
fn locks(site: &Site) -> Vec<Finding> {
    let first = held(site);
    if first.is_empty() {
        return Vec::new();
    }
    MachineClock.wait(STILL);
    let still = held(site);
    let still = still
        .into_iter()
        .filter(|(path, holder)| first.iter().any(|(before, known)| before == path && known.pid == holder.pid));
    let told = still.map(|(path, holder)| {
        let whose = holder.uid.map(|uid| account::name(uid).unwrap_or_else(|| uid.to_string()));
        rights::lock_held(&path, holder.pid, holder.program.as_deref(), holder.stopped, whose.as_deref())
    });
    told.collect()
}

fn held(site: &Site) -> Vec<(String, Holder)> {
    let Ok(state) = Folder::open(site.state()) else { return Vec::new() };
    let mut held = Vec::new();
    // Who holds both is the daemon, whatever its program is called: an older one that an upgrade has kept, for instance.
    let journal = state.holders("journal.db-shm");
    let mut daemon = state.holders(DAEMON_LOCK);
    daemon.retain(|holder| state.is_kin(holder) && journal.contains(holder));
    for entry in state.entries(FILES_MOST).unwrap_or_default() {
        // The daemon's own are as they should be, and so are those of another loa of its account, as long as they are not
        // stopped. Whatever else holds one, as whoever it is, keeps the daemon from it.
        let is_loa = |holder: &Holder| {
            daemon.contains(holder) || (state.is_kin(holder) && holder.program.as_deref() == Some(PROGRAM))
        };
        let others = state.holders(&entry.name).into_iter().filter(|holder| holder.stopped || !is_loa(holder));
        held.extend(
            others.map(|holder| (plain(&format!("state/{}", entry.name.to_string_lossy())).into_owned(), holder)),
        );
    }
    if let Ok(audio) = Folder::open(site.audio()) {
        let stopped = audio.holders(".").into_iter().filter(|holder| holder.stopped);
        held.extend(stopped.map(|holder| ("audio/".to_owned(), holder)));
    }
    held
}
