use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::*;

const NOW: Duration = Duration::ZERO;

fn fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn only_a_regular_file_of_bearable_size_is_read_and_nothing_is_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    fs::write(path("file"), "12345").unwrap();
    fs::create_dir(path("directory")).unwrap();
    fifo(&path("pipe"));
    symlink(path("file"), path("link")).unwrap();
    symlink(path("pipe"), path("link-to-pipe")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(path("socket")).unwrap();
    assert_eq!(read(&path("file"), 5).unwrap(), b"12345");
    assert!(matches!(read(&path("file"), 4), Err(ReadRefused::TooLarge(4))));
    assert!(matches!(read(&path("directory"), 5), Err(ReadRefused::Directory)));
    assert!(matches!(read(&path("pipe"), 5), Err(ReadRefused::Special)));
    assert!(matches!(read(&path("socket"), 5), Err(ReadRefused::Special)));
    assert!(matches!(read(&path("link"), 5), Err(ReadRefused::Link)));
    assert!(read(&path("none"), 5).unwrap_err().is_absent());
    // What a person names is followed, and still not waited for.
    assert!(open(&path("link")).is_ok());
    assert!(matches!(open(&path("link-to-pipe")), Err(ReadRefused::Special)));
    assert!(matches!(open(Path::new("/dev/zero")), Err(ReadRefused::Special)));
}

#[test]
fn a_file_is_replaced_whole_and_through_no_link() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let target = dir.path().join("target");
    fs::write(&target, "theirs").unwrap();
    replace(&state.join("a"), b"first").unwrap();
    assert_eq!(fs::metadata(state.join("a")).unwrap().mode() & 0o777, 0o640);
    fs::remove_file(state.join("a")).unwrap();
    symlink(&target, state.join("a")).unwrap();
    replace(&state.join("a"), b"second").unwrap();
    assert_eq!(read(&state.join("a"), 9).unwrap(), b"second");
    assert_eq!(fs::read(&target).unwrap(), b"theirs");
    assert_eq!(names(&state), ["a"]);
}

#[test]
fn no_two_drafts_have_one_name_and_a_draft_that_is_not_placed_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::open(dir.path()).unwrap();
    let first = folder.draft("a", 0o640).unwrap();
    let second = folder.draft("a", 0o640).unwrap();
    assert_eq!(names(dir.path()).len(), 2);
    first.place_new().unwrap();
    assert_eq!(second.place_new().unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    assert_eq!(names(dir.path()), ["a"]);
    drop(folder.draft("b", 0o640).unwrap());
    assert_eq!(names(dir.path()), ["a"]);
    // What a power cut leaves is swept, and nothing else.
    for name in [
        ".a.0123456789abcdef.tmp",
        ".a.4321.tmp",
        ".a.mp3.loading",
        ".a.tmp",
        "a.0123456789abcdef.tmp",
        ".a.0123456789abcdeg.tmp",
    ] {
        fs::write(dir.path().join(name), "").unwrap();
    }
    folder.sweep();
    assert_eq!(names(dir.path()), [".a.0123456789abcdeg.tmp", ".a.tmp", "a", "a.0123456789abcdef.tmp"]);
}

#[test]
fn what_is_done_in_a_folder_is_done_in_that_very_folder() {
    let dir = tempfile::tempdir().unwrap();
    let (state, trap) = (dir.path().join("state"), dir.path().join("trap"));
    fs::create_dir(&state).unwrap();
    fs::create_dir(&trap).unwrap();
    let folder = Folder::open(&state).unwrap();
    fs::rename(&state, dir.path().join("moved")).unwrap();
    symlink(&trap, &state).unwrap();
    folder.replace("a", b"x").unwrap();
    assert_eq!((names(&trap), names(&dir.path().join("moved"))), (vec![], vec!["a".to_owned()]));
}

#[test]
fn what_was_left_open_is_closed_and_no_link_is_reached_through() {
    let dir = tempfile::tempdir().unwrap();
    let (state, other) = (dir.path().join("state"), dir.path().join("other"));
    fs::create_dir(&state).unwrap();
    for path in [&state.join("a"), &other] {
        fs::write(path, "").unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o666)).unwrap();
    }
    fs::set_permissions(&state, fs::Permissions::from_mode(0o2777)).unwrap();
    symlink(&other, state.join("b")).unwrap();
    fifo(&state.join("c"));
    Folder::open(&state).unwrap().close_to_others();
    let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o7777;
    assert_eq!((mode(&state), mode(&state.join("a")), mode(&other)), (0o2755, 0o644, 0o666));
}

#[test]
fn a_link_in_a_folders_place_is_followed_where_its_maker_is_trusted() {
    let dir = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let audio = dir.path().join("audio");
    symlink(elsewhere.path(), &audio).unwrap();
    Folder::open(&audio).unwrap().replace("a", b"x").unwrap();
    assert_eq!(names(elsewhere.path()), ["a"]);
    if !rustix::process::geteuid().is_root() {
        eprintln!("not root: another account's link is not tried");
        return;
    }
    let status = Command::new("chown").args(["-h", "12345"]).arg(&audio).status().unwrap();
    assert!(status.success() && Folder::open(&audio).is_err());
    assert!(Folder::make(&audio, 0o755).is_err());
}

#[test]
fn a_wait_for_a_lock_ends_and_says_who_holds_it() {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::open(dir.path()).unwrap();
    let first = folder.lock("a.lock", NOW).unwrap();
    assert_eq!(fs::metadata(dir.path().join("a.lock")).unwrap().mode() & 0o777, 0o600);
    let Err(Unlocked::Held(holder)) = folder.lock("a.lock", Duration::from_millis(40)) else { panic!("two have it") };
    if let Some(holder) = holder {
        assert_eq!(holder.pid, std::process::id());
        assert!(folder.is_kin(&holder));
    }
    // As a child has it that was started while it was held.
    let shared = first.held.try_clone().unwrap();
    drop(first);
    folder.lock("a.lock", NOW).unwrap();
    drop(shared);
    let _itself = folder.lock_itself(NOW).unwrap();
    assert!(matches!(folder.lock_itself(NOW), Err(Unlocked::Held(_))));
}

#[test]
fn whatever_stands_in_a_lock_files_place_is_put_anew() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.lock");
    let folder = Folder::open(dir.path()).unwrap();
    let locks = || drop(folder.lock("a.lock", NOW).unwrap());
    fifo(&path);
    locks();
    fs::remove_file(&path).unwrap();
    symlink("/dev/zero", &path).unwrap();
    locks();
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    locks();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let before = fs::metadata(&path).unwrap().ino();
    let kept_open = fs::File::open(&path).unwrap();
    locks();
    assert_ne!(fs::metadata(&path).unwrap().ino(), before);
    // Whoever opened the old one locks nothing that counts.
    kept_open.lock().unwrap();
    locks();
}

#[test]
fn a_strangers_hold_on_an_old_lock_file_keeps_nobody_out() {
    if !rustix::process::geteuid().is_root() || !Path::new("/usr/bin/setpriv").exists() {
        eprintln!("SKIPPED: needs root and setpriv to be another account");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let path = dir.path().join("a.lock");
    fs::write(&path, "").unwrap();
    let mut stranger = Command::new("setpriv")
        .args(["--reuid=12345", "--regid=12345", "--clear-groups", "flock", "--no-fork"])
        .arg(&path)
        .args(["sh", "-c", "echo held; exec sleep 600"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut held = [0; 5];
    io::Read::read_exact(stranger.stdout.as_mut().unwrap(), &mut held).unwrap();
    let folder = Folder::open(dir.path()).unwrap();
    let holders = folder.holders("a.lock");
    let lock = folder.lock("a.lock", NOW);
    stranger.kill().unwrap();
    stranger.wait().unwrap();
    assert!(lock.is_ok(), "{holders:?}");
    assert_eq!(holders.first().and_then(|holder| holder.uid), Some(12_345), "{holders:?}");
}
