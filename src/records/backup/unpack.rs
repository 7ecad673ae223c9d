use std::ffi::OsStr;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

use tar::{Archive, EntryType, Header};

use super::{BackupError, LIST, List, Owners, PARTS};
use crate::site::room;

/// Where it is unpacked before it stands in its place.
const BESIDE: &str = ".loa-restore";
/// What a new disk has by itself.
const OF_A_DISK: &str = "lost+found";
/// What a disk gives a file at a time.
const BLOCK: u64 = 4096;
/// No right of an archive goes further: no program that runs as another account.
const FILE_RIGHTS: u32 = 0o777;
/// A directory may hand its group down.
const DIRECTORY_RIGHTS: u32 = 0o2777;

/// Whether a station may be set up in `dir`: nothing is there, or nothing but what a cut left of an earlier try.
pub fn is_free(dir: &Path) -> Result<(), BackupError> {
    let unplaced = |error| BackupError::Unplaced(dir.to_owned(), error);
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => return Err(BackupError::Taken(dir.to_owned())),
        read => read.map_err(unplaced)?,
    };
    for entry in entries {
        let name = entry.map_err(unplaced)?.file_name();
        if name != BESIDE && name != OF_A_DISK {
            return Err(BackupError::Taken(dir.to_owned()));
        }
    }
    Ok(())
}

/// Whether what `list` lists has room where it is to be set up, with `spare` bytes left.
pub fn has_room(list: &List, dir: &Path, spare: u64) -> Result<(), BackupError> {
    let needed = list.files.iter().map(|file| file.bytes.next_multiple_of(BLOCK)).sum::<u64>() + spare;
    // Where there is no directory yet, it will be made on the disk of the one above.
    let left =
        dir.ancestors().find_map(|place| room(if place.as_os_str().is_empty() { Path::new(".") } else { place }));
    match left {
        Some(left) if left < needed => Err(BackupError::NoRoom { needed, left }),
        _ => Ok(()),
    }
}

/// Set the station up in `dir` from a backup that [`look`](super::look) has found right. It is unpacked beside its place,
/// on the disk, and then put there: a cut leaves an unfinished try, which the next one clears away; one that fails clears
/// it away itself.
pub fn unpack(from: impl Read, dir: &Path, owners: &Owners) -> Result<(), BackupError> {
    is_free(dir)?;
    let is_new = !dir.exists();
    fs::create_dir_all(dir).map_err(|error| BackupError::Unplaced(dir.to_owned(), error))?;
    let beside = dir.join(BESIDE);
    let done = unpack_beside(from, dir, &beside, owners).and_then(|()| place(dir, &beside));
    if done.is_err() {
        // What cannot be cleared away the next try clears.
        let _ = fs::remove_dir_all(&beside);
        if is_new {
            let _ = fs::remove_dir(dir);
        }
        return done;
    }
    let unplaced = |error| BackupError::Unplaced(beside.clone(), error);
    fs::remove_dir(&beside).map_err(unplaced)?;
    fs::File::open(dir).and_then(|dir| dir.sync_all()).map_err(unplaced)
}

/// All of it into `beside`, on the disk.
fn unpack_beside(from: impl Read, dir: &Path, beside: &Path, owners: &Owners) -> Result<(), BackupError> {
    let unplaced = |error| BackupError::Unplaced(beside.to_owned(), error);
    match fs::remove_dir_all(beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(unplaced(error)),
        _ => {}
    }
    DirBuilder::new().mode(0o700).create(beside).map_err(unplaced)?;
    // Rights and owners of directories, once all that is in them is there.
    let mut directories: Vec<(PathBuf, Header)> = Vec::new();
    for entry in Archive::new(from).entries()? {
        let mut entry = entry?;
        let name = entry.path()?.into_owned();
        if name == Path::new(LIST) {
            break;
        }
        let (path, header) = (beside.join(&name), entry.header().clone());
        let unplaced = |error| BackupError::Unplaced(dir.join(&name), error);
        if header.entry_type() == EntryType::Directory {
            DirBuilder::new().mode(0o700).recursive(true).create(&path).map_err(unplaced)?;
            directories.push((path, header));
            continue;
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(unplaced)?;
        io::copy(&mut entry, &mut file).map_err(unplaced)?;
        settle(&path, &header, FILE_RIGHTS, owners).map_err(unplaced)?;
        if let Ok(changed) = header.mtime() {
            let changed = std::time::UNIX_EPOCH + std::time::Duration::from_secs(changed);
            file.set_modified(changed).map_err(unplaced)?;
        }
    }
    for (path, header) in directories.iter().rev() {
        settle(path, header, DIRECTORY_RIGHTS, owners).map_err(unplaced)?;
    }
    rustix::fs::syncfs(fs::File::open(beside).map_err(unplaced)?).map_err(|errno| unplaced(errno.into()))
}

/// What lies `beside` into its place, all of it or nothing.
fn place(dir: &Path, beside: &Path) -> Result<(), BackupError> {
    let unplaced = |error| BackupError::Unplaced(beside.to_owned(), error);
    // What every station has first, then the files that its loa.toml names.
    let others = fs::read_dir(beside).map_err(unplaced)?.filter_map(Result::ok).map(|entry| entry.file_name());
    let others: Vec<_> = others.filter(|name| !PARTS.iter().any(|part| name == part)).collect();
    let mut placed = Vec::new();
    for part in PARTS.iter().map(OsStr::new).chain(others.iter().map(AsRef::as_ref)) {
        let (from, to) = (beside.join(part), dir.join(part));
        match fs::rename(&from, &to) {
            Ok(()) => placed.push((from, to)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                for (from, to) in placed.iter().rev() {
                    let _ = fs::rename(to, from);
                }
                return Err(BackupError::Unplaced(to, error));
            }
        }
    }
    Ok(())
}

/// The rights that it had, and, for an administrator, its owners, where this machine knows them.
fn settle(path: &Path, header: &Header, most: u32, owners: &Owners) -> io::Result<()> {
    if rustix::process::geteuid().is_root() {
        let named = |name: Option<&[u8]>| name.and_then(|name| std::str::from_utf8(name).ok()).map(str::to_owned);
        let account = named(header.username_bytes()).and_then(|name| (owners.account)(&name));
        let group = named(header.groupname_bytes()).and_then(|name| (owners.group)(&name));
        chown(path, account, group)?;
    }
    fs::set_permissions(path, fs::Permissions::from_mode(header.mode()? & most))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backup::List;
    use crate::backup::list::Listed;

    #[test]
    fn a_try_that_fails_leaves_nothing_behind() {
        let place = tempfile::tempdir().unwrap();
        let mut archive = tar::Builder::new(Vec::new());
        for name in ["loa.toml", "schedules/a.toml", "audio/a.wav"] {
            let mut header = Header::new_gnu();
            header.set_size(2_000);
            header.set_mode(0o644);
            archive.append_data(&mut header, name, &[7; 2_000][..]).unwrap();
        }
        let bytes = archive.into_inner().unwrap();
        let owners = Owners { account_name: |_| None, group_name: |_| None, account: |_| None, group: |_| None };
        // As where the disk is full: nothing more comes.
        for dir in [place.path().to_owned(), place.path().join("mới")] {
            assert!(unpack(&bytes[..4_000], &dir, &owners).is_err());
            assert_eq!(place.path().read_dir().unwrap().count(), 0);
        }
    }

    #[test]
    fn what_is_larger_than_its_disk_is_told_before() {
        let place = tempfile::tempdir().unwrap();
        let list = |bytes| List {
            loa: String::new(),
            station: String::new(),
            made: String::new(),
            journal: None,
            files: vec![Listed { name: "audio/a.wav".to_owned(), bytes, sha256: String::new() }],
        };
        let dir = place.path().join("chưa/có");
        assert!(has_room(&list(1), &dir, 0).is_ok());
        assert!(matches!(has_room(&list(1 << 60), &dir, 0), Err(BackupError::NoRoom { .. })));
    }
}
