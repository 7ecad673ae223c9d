use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::disk::{self, Links, Stamp};
use super::limit;
use super::name::{self, Promise};
use crate::plan::{Aside, Wanted};

/// What lies in a directory of sounds.
#[derive(Default)]
pub(super) struct Listing {
    /// What may be a sound, by name.
    pub(super) files: Vec<(String, Stamp)>,
    /// What is passed over although somebody may miss it.
    pub(super) aside: BTreeMap<String, Aside>,
    /// How many further files there are.
    pub(super) left_out: usize,
}

/// The regular files directly in a directory that may be sounds, by name. Where there are more than loa looks at,
/// those that are wanted come first, then the others by name. A directory that is not there is an empty one.
pub(super) fn list(directory: &Path, wanted: &Wanted) -> Listing {
    list_within(directory, wanted, limit::FILES)
}

fn list_within(directory: &Path, wanted: &Wanted, most: usize) -> Listing {
    let mut listing = Listing::default();
    let Ok(entries) = fs::read_dir(directory) else { return listing };
    let mut names: Vec<String> = Vec::new();
    for entry in entries.filter_map(Result::ok) {
        let raw = entry.file_name();
        let shown = raw.to_string_lossy();
        let promise = name::promise(&shown);
        let kind = entry.file_type();
        let is_directory = kind.as_ref().is_ok_and(fs::FileType::is_dir);
        if is_directory || promise == Promise::Nothing {
            continue;
        }
        let aside = match raw.to_str() {
            None => Some(Aside::OldName { pattern: pattern(&raw) }),
            _ if kind.is_ok_and(|kind| kind.is_symlink()) => Some(Aside::Link),
            _ if promise == Promise::Unfinished => Some(Aside::Unfinished),
            _ => None,
        };
        if let Some(why) = aside {
            if listing.aside.len() < limit::ASIDE {
                listing.aside.insert(shown.into_owned(), why);
            }
        } else if names.len() < limit::NAMES {
            names.push(shown.into_owned());
        } else {
            listing.left_out += 1;
        }
    }
    if names.len() > most {
        names.sort_by_cached_key(|name| (!wanted.has(name), name.clone()));
        listing.left_out += names.len() - most;
        names.truncate(most);
    }
    let stamped =
        names.into_iter().filter_map(|name| Some((disk::stamp(&directory.join(&name), Links::Refuse)?, name)));
    listing.files = stamped.map(|(stamp, name)| (name, stamp)).collect();
    listing.files.sort_by(|a, b| a.0.cmp(&b.0));
    listing
}

/// Whether a file there is meant by `name`: it is called so, or so with something behind a dot.
pub(super) fn has(directory: &Path, name: &str) -> bool {
    let entries = fs::read_dir(directory).into_iter().flatten().filter_map(Result::ok);
    // A link, a pipe or a directory is never read, so it is not waited for.
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    files.map(|entry| entry.file_name()).any(|file| {
        let Some(file) = file.to_str().filter(|file| name::promise(file) == Promise::Sound) else { return false };
        file == name || file.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))
    })
}

/// What a shell calls a file by whose name cannot be typed: each byte that is no letter is any letter.
fn pattern(raw: &OsStr) -> String {
    let mut out = String::from("audio/");
    for part in raw.as_bytes().utf8_chunks() {
        if !part.valid().is_empty() {
            out.push('\'');
            out.push_str(&part.valid().replace('\'', "'\\''"));
            out.push('\'');
        }
        out.extend(part.invalid().iter().map(|_| '?'));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::sample::daily;
    use crate::plan::sample::station;
    use crate::schedule::Schedule;

    fn names(listing: &Listing) -> Vec<&str> {
        listing.files.iter().map(|(name, _)| name.as_str()).collect()
    }

    #[test]
    fn what_is_planned_is_found_however_many_strangers_lie_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["a.mp3", "b.mp3", "c.mp3", "tin.vi.mp3", "z.mp3"] {
            fs::write(dir.path().join(name), "x").unwrap();
        }
        let broadcasts = vec![daily("tin", &["05:30"]).into(), daily("z.mp3", &["05:40"]).into()];
        let wanted = Wanted::new(&Schedule { broadcasts, ..Schedule::default() }, &station(1));
        let few = list_within(dir.path(), &wanted, 3);
        assert_eq!((names(&few), few.left_out), (vec!["a.mp3", "tin.vi.mp3", "z.mp3"], 2));
        let all = list_within(dir.path(), &wanted, 5);
        assert_eq!((all.files.len(), all.left_out), (5, 0));
    }

    #[test]
    fn what_may_be_missed_is_set_aside_with_the_reason() {
        let dir = tempfile::tempdir().unwrap();
        let put = |name: &OsStr| fs::write(dir.path().join(name), "x").unwrap();
        for name in ["tin.mp3", "tai.mp3.crdownload", ".an.mp3", "tin.lrc"] {
            put(OsStr::new(name));
        }
        put(OsStr::from_bytes(b"b\xe1n 'tin'.wav"));
        std::os::unix::fs::symlink(dir.path().join("tin.mp3"), dir.path().join("noi.mp3")).unwrap();
        fs::create_dir(dir.path().join("thu muc.mp3")).unwrap();
        let listing = list(dir.path(), &Wanted::default());
        assert_eq!(names(&listing), ["tin.mp3"]);
        let old = Aside::OldName { pattern: "audio/'b'?'n '\\''tin'\\''.wav'".to_owned() };
        let aside =
            [("b\u{fffd}n 'tin'.wav", old), ("noi.mp3", Aside::Link), ("tai.mp3.crdownload", Aside::Unfinished)];
        assert_eq!(listing.aside, aside.map(|(name, why)| (name.to_owned(), why)).into());
        assert!(
            has(dir.path(), "tin") && has(dir.path(), "tin.mp3") && !has(dir.path(), "ti") && !has(dir.path(), "tai")
        );
    }
}
