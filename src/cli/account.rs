//! Who asks, and into which station: the accounts and groups of this machine, and the door of a station's
//! directory. Whoever may not enter is told so before anything else, with the cure.

use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::{Exit, Failure};
use crate::checkup::rights::{Account, Owned};
use crate::diag::{Text, plain, text};
use crate::site::{self, Folder};

/// No file of the machine that is read here is larger.
const TEXT_MOST: u64 = 1 << 20;

/// Whom a path belongs to; `None` where it is not there.
pub(super) fn owned(path: impl AsRef<Path>) -> Option<Owned> {
    let metadata = path.as_ref().metadata().ok()?;
    Some(Owned { uid: metadata.uid(), gid: metadata.gid(), mode: metadata.mode() })
}

/// Fails where this account has no right to enter `dir`. A directory that is not there is somebody else's
/// business.
pub(super) fn may_enter(dir: &Path) -> Result<(), Failure> {
    let is_forbidden = |error: std::io::Error| error.kind() == std::io::ErrorKind::PermissionDenied;
    // To list it, and to go through it.
    let denied = Folder::open(dir).is_err_and(is_forbidden) || dir.join(".").metadata().is_err_and(is_forbidden);
    if !denied {
        return Ok(());
    }
    let name = own_account().name;
    let shown = dir.to_string_lossy();
    let (shown, help) = (plain(&shown), admission(dir));
    let Text { vi, en } = help;
    Err(Failure::new(
        Exit::Permission,
        text!(
            "tài khoản {name} không được vào đài ở {shown}: {vi}",
            "the account {name} may not enter the station in {shown}: {en}"
        ),
    ))
}

/// How this account comes to be let in where the group of `path` is.
pub(super) fn admission(path: &Path) -> Text {
    let account = own_account();
    let name = &account.name;
    let own = owned(path);
    // The last directory on the way that shows its rights at all.
    let owned = own.or_else(|| path.ancestors().find_map(owned));
    let Some(group) = owned.filter(|owned| owned.mode & 0o040 != 0 && owned.gid != 0).and_then(group_of) else {
        return text!("hãy hỏi người quản trị máy", "ask the machine's administrator");
    };
    let joined = Account::find(name, &read("/etc/passwd"), &read("/etc/group"));
    let is_member = joined.is_some_and(|joined| owned.is_some_and(|owned| joined.gids.contains(&owned.gid)));
    if is_member {
        return text!(
            "tài khoản đã vào nhóm {group}, hãy đăng xuất rồi đăng nhập lại",
            "the account is in the group {group} by now: log out and in again"
        );
    }
    text!("sudo adduser {name} {group}, rồi đăng nhập lại", "sudo adduser {name} {group}, then log in again")
}

fn group_of(owned: Owned) -> Option<String> {
    group_name(owned.gid)
}

/// The name of a group.
pub(super) fn group_name(gid: u32) -> Option<String> {
    field_of(&read("/etc/group"), 2, &gid.to_string(), 0)
}

/// The number of a group.
pub(super) fn group(name: &str) -> Option<u32> {
    field_of(&read("/etc/group"), 0, name, 2)?.parse().ok()
}

/// The name of an account.
pub(super) fn name(uid: u32) -> Option<String> {
    field_of(&read("/etc/passwd"), 2, &uid.to_string(), 0)
}

/// The account of this name.
pub(super) fn find(name: &str) -> Option<Account> {
    Account::find(name, &read("/etc/passwd"), &read("/etc/group"))
}

/// Whether nobody but `account` is in this group.
pub(super) fn is_private(gid: u32, account: &Account) -> bool {
    let (passwd, groups) = (read("/etc/passwd"), read("/etc/group"));
    let gid = gid.to_string();
    let others = field_of(&groups, 2, &gid, 3).unwrap_or_default();
    let is_own = |name: &str| name.is_empty() || name == account.name;
    others.split(',').map(str::trim).all(is_own)
        && passwd
            .lines()
            .map(fields)
            .all(|entry| entry.get(3) != Some(&&*gid) || entry.first().is_some_and(|name| is_own(name)))
}

/// Who asks.
pub(super) fn own_account() -> Account {
    let uid = rustix::process::geteuid().as_raw();
    let own = rustix::process::getegid().as_raw();
    let others = rustix::process::getgroups().unwrap_or_default();
    let gids = std::iter::once(own).chain(others.into_iter().map(rustix::process::Gid::as_raw)).collect();
    Account { name: name(uid).unwrap_or_else(|| uid.to_string()), uid, gids }
}

fn fields(line: &str) -> Vec<&str> {
    line.split(':').collect()
}

/// The field `wanted` of the line whose field `by` is `value`.
fn field_of(text: &str, by: usize, value: &str, wanted: usize) -> Option<String> {
    let mut lines = text.lines().map(fields);
    lines.find(|entry| entry.get(by) == Some(&value))?.get(wanted).map(|field| (*field).to_owned())
}

/// The text of a file of the machine; nothing where it cannot be read.
pub(super) fn read(path: impl AsRef<Path>) -> String {
    let mut text = Vec::new();
    let Ok(file) = site::open(path.as_ref()) else { return String::new() };
    if file.take(TEXT_MOST).read_to_end(&mut text).is_err() {
        return String::new();
    }
    String::from_utf8_lossy(&text).into_owned() + "\n"
}
