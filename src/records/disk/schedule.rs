//! Reads the directory of schedules: what lies in it, in which order, and what is no schedule.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::refused::unread;
use crate::diag::document::MAX_BYTES;
use crate::diag::{Diagnostic, Severity, shown, system, text};
use crate::schedule::stray::{self, Kind};
use crate::schedule::{self, DIRECTORY, Directory, Good, Loaded, Reading};
use crate::site::{Folder, FolderEntry, Site};
use crate::station::Station;

/// One file a day for almost three years; a directory of more is a mistake of copying.
const MAX_FILES: usize = 1_000;
/// Names that are looked at in it, whatever they are.
const MAX_NAMES: usize = 100 * MAX_FILES;

/// So many files that are not read are named; more are counted.
const MAX_STRAYS: usize = 20;
/// So far a directory in the directory is looked through for schedules.
const MAX_INNER: usize = 200;

/// Read `schedules/*.toml` in the station's directory `dir` (see [`schedule::load`]).
pub fn load(dir: &Path, station: &Station, reading: Reading) -> Loaded {
    schedule::load(&mut OnDisk::of(dir), station, reading)
}

/// Read it again (see [`schedule::reload`]).
pub fn reload(dir: &Path, station: &Station, reading: Reading, held: &Good, before: &Loaded) -> Loaded {
    schedule::reload(&mut OnDisk::of(dir), station, reading, held, before)
}

/// `schedules/` of the station in a directory.
struct OnDisk<'a> {
    dir: &'a Path,
    /// The directory, and those of its schedules that may be read, once it was listed.
    listed: Option<(Folder, Vec<Listed>)>,
}

impl<'a> OnDisk<'a> {
    const fn of(dir: &'a Path) -> Self {
        Self { dir, listed: None }
    }
}

impl Directory for OnDisk<'_> {
    fn list(&mut self, known: &dyn Fn(&str) -> bool, found: &mut Vec<Diagnostic>) -> Option<Vec<String>> {
        let (folder, files) = list(self.dir, &|name| known(&relative(name)), found)?;
        let paths = files.iter().map(|file| relative(&file.name)).collect();
        self.listed = Some((folder, files));
        Some(paths)
    }

    fn read(&mut self, path: &str) -> Option<Result<Vec<u8>, Box<Diagnostic>>> {
        let (folder, files) = self.listed.as_ref()?;
        let name = path.strip_prefix(DIRECTORY)?.strip_prefix('/')?;
        let at = files.binary_search_by(|file| file.name.as_str().cmp(name)).ok()?;
        let file = files[at].file.as_ref()?;
        Some(folder.read(file, MAX_BYTES as u64).map_err(|refused| Box::new(unread(path, &refused))))
    }
}

/// The path of a schedule of this name, relative to the station.
fn relative(name: &str) -> String {
    format!("{DIRECTORY}/{name}")
}

/// A schedule in the directory.
struct Listed {
    name: String,
    /// The name in the directory under which its bytes are, which is another one for a link that leads to
    /// it; `None` for one that may not be read: a link that leads out.
    file: Option<PathBuf>,
}

/// The directory and its schedules in file order; `None` where the directory cannot be listed. What is not read
/// is told in `found`. Where there are too many, those that are `known` from before are read first.
fn list(dir: &Path, known: &dyn Fn(&str) -> bool, found: &mut Vec<Diagnostic>) -> Option<(Folder, Vec<Listed>)> {
    let directory = Site::new(dir).schedules();
    let opened = Folder::open(&directory).and_then(|folder| {
        let entries = folder.entries(MAX_NAMES)?;
        Ok((folder, entries, directory.canonicalize()?))
    });
    let (folder, entries, home) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            found.push(no_directory(&error));
            return None;
        }
    };
    let names: BTreeSet<String> = entries.iter().map(|entry| entry.name.to_string_lossy().to_lowercase()).collect();
    let mut strays = Vec::new();
    let files = entries.into_iter().filter_map(|entry| file(entry, &home, &mut strays, found));
    let mut files: Vec<Listed> = files.collect();
    tell_strays(strays, &home, &names, found);
    files.sort_by(|a, b| a.name.cmp(&b.name));
    if files.len() > MAX_FILES {
        let count = files.len();
        files.sort_by_key(|file| !known(&file.name));
        let first = shown(&files[MAX_FILES].name);
        found.push(
            Diagnostic::of_file(
                DIRECTORY,
                Severity::Error,
                "too_many_files",
                text!(
                    "có {count} tệp lịch; chỉ đọc {MAX_FILES} tệp, từ «{first}» trở đi không đọc",
                    "there are {count} schedules; only {MAX_FILES} are read, from \"{first}\" on they are not"
                ),
            )
            .with_help(text!(
                "chuyển những tệp đã cũ ra khỏi schedules/",
                "move files that are over out of schedules/"
            )),
        );
        files.truncate(MAX_FILES);
        files.sort_by(|a, b| a.name.cmp(&b.name));
    }
    Some((folder, files))
}

/// What is said of files that are not read.
fn tell_strays(mut strays: Vec<(String, Kind)>, home: &Path, names: &BTreeSet<String>, found: &mut Vec<Diagnostic>) {
    strays.retain(|(_, kind)| *kind != Kind::Other);
    strays.sort_by(|a, b| a.0.cmp(&b.0));
    let taken = |name: &str| names.contains(&name.to_lowercase());
    let (mut told, mut over) = (0, 0);
    for (name, kind) in &strays {
        if told == MAX_STRAYS {
            over += 1;
            continue;
        }
        let is_directory = Folder::open(home.join(name)).is_ok();
        let of_it = if is_directory { inner(home, name) } else { stray::told(DIRECTORY, name, *kind, &taken) };
        told += usize::from(of_it.is_some());
        found.extend(of_it);
    }
    if over > 0 {
        found.push(
            Diagnostic::of_file(
                DIRECTORY,
                Severity::Warning,
                "not_read",
                text!(
                    "còn {over} tệp nữa trong schedules/ không được đọc",
                    "{over} more files in schedules/ are not read"
                ),
            )
            .with_help(text!("chỉ để tệp lịch (.toml) trong schedules/", "keep only schedules (.toml) in schedules/")),
        );
    }
}

fn no_directory(error: &io::Error) -> Diagnostic {
    if error.kind() == io::ErrorKind::NotFound {
        return Diagnostic::of_file(
            DIRECTORY,
            Severity::Warning,
            "no_schedules",
            text!(
                "chưa có thư mục schedules/, nên không có gì để phát",
                "there is no directory schedules/, so there is nothing to play"
            ),
        )
        .with_help(text!(
            "tạo thư mục schedules/ và để tệp lịch .toml vào đó",
            "make the directory schedules/ and put a .toml schedule in it"
        ));
    }
    Diagnostic::of_file(
        DIRECTORY,
        Severity::Error,
        "unreadable",
        text!(
            error = system(error);
            "không đọc được thư mục schedules/ ({error})",
            "the directory schedules/ cannot be read ({error})"
        ),
    )
    .with_help(text!("cho người dùng chạy loa quyền đọc thư mục này", "let the user that runs loa read this directory"))
}

/// One entry of the directory, if it is a schedule.
fn file(
    FolderEntry { name: raw, link }: FolderEntry,
    home: &Path,
    strays: &mut Vec<(String, Kind)>,
    found: &mut Vec<Diagnostic>,
) -> Option<Listed> {
    let name = raw.to_string_lossy().into_owned();
    let relative = format!("{DIRECTORY}/{name}");
    let kind = stray::kind(&name);
    if kind != Kind::Other && raw.to_str().is_none() {
        let severity = if kind == Kind::Schedule { Severity::Error } else { Severity::Warning };
        found.push(
            Diagnostic::of_file(
                &relative,
                severity,
                "bad_file_name",
                text!(
                    "tên tệp này viết bằng bảng mã cũ, nên tệp không được đọc",
                    "the name of this file is in an old code page, so it is not read"
                ),
            )
            .with_help(text!("đổi tên tệp, dùng chữ không dấu", "rename it with plain letters")),
        );
        return None;
    }
    if kind != Kind::Schedule {
        strays.push((name, kind));
        return None;
    }
    if !link {
        return Some(Listed { file: Some(PathBuf::from(&name)), name });
    }
    let target = home.join(&name).canonicalize();
    if target.as_ref().is_ok_and(|target| target.parent() != Some(home)) {
        found.push(
            Diagnostic::of_file(
                &relative,
                Severity::Error,
                "leads_out",
                text!(
                    "đây là liên kết dẫn ra ngoài schedules/, nên không được đọc",
                    "this is a link that leads out of schedules/, and is not read"
                ),
            )
            .with_help(text!("chép chính tệp ấy vào schedules/", "copy the file itself into schedules/")),
        );
        return Some(Listed { name, file: None });
    }
    // One rule for links here and in `audio/`: what plays is a file that lies there.
    let (code, told) = match target {
        Ok(_) => ("is_link", text!("đây là liên kết, nên không được đọc", "this is a link, and is not read")),
        Err(_) => ("unreadable", text!("liên kết này không dẫn đến tệp nào", "this link leads to no file")),
    };
    found.push(
        Diagnostic::of_file(&relative, Severity::Error, code, told)
            .with_help(text!("chép chính tệp ấy vào schedules/", "copy the file itself into schedules/")),
    );
    Some(Listed { name, file: None })
}

/// Schedules in a directory of the directory: nobody reads them. `None` for what is no directory, and what holds
/// none.
fn inner(home: &Path, name: &str) -> Option<Diagnostic> {
    let folder = Folder::open(home.join(name)).ok()?;
    let names = folder.entries(MAX_INNER).ok()?.into_iter().map(|entry| entry.name.to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| stray::kind(name) == Kind::Schedule).collect();
    names.sort();
    let relative = format!("{DIRECTORY}/{name}");
    let (said, count, first) = (shown(&relative), names.len(), shown(names.first()?));
    let message = text!(
        "thư mục con «{said}» có {count} tệp lịch («{first}»…) không được đọc",
        "the directory \"{said}\" holds schedules ({count}, \"{first}\" among them) that are not read"
    );
    let help = text!(
        "nếu còn dùng thì chuyển các tệp ấy thẳng vào schedules/; nếu không, chuyển thư mục này ra khỏi schedules/",
        "if they are in use, move them right into schedules/; if not, move this directory out of it"
    );
    Some(Diagnostic::of_file(&relative, Severity::Warning, "not_read", message).with_help(help))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::civil::date;

    use super::*;

    const GOOD: &str = "[[broadcast]]\nid = \"ID\"\nat = \"05:30\"\nplay = \"a\"\n";

    struct Place(tempfile::TempDir);

    impl Place {
        fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            std::fs::create_dir(dir.path().join(DIRECTORY)).unwrap();
            Self(dir)
        }

        fn write(&self, name: &str, text: &str) -> &Self {
            std::fs::write(self.0.path().join(DIRECTORY).join(name), text).unwrap();
            self
        }

        fn again(&self, before: &Loaded, day: i8) -> Loaded {
            let reading = Reading { today: date(2026, 12, day) };
            reload(self.0.path(), &Station::default(), reading, &before.good, before)
        }
    }

    fn ids(loaded: &Loaded) -> Vec<&str> {
        loaded.schedule.broadcasts.iter().map(|broadcast| broadcast.id.as_str()).collect()
    }

    #[test]
    fn a_directory_that_is_gone_or_locked_keeps_every_file_and_an_empty_one_keeps_none() {
        let place = Place::new();
        place.write("a.toml", &GOOD.replace("ID", "a"));
        let first = place.again(&Loaded::default(), 1);
        let directory = place.0.path().join(DIRECTORY);
        std::fs::rename(&directory, place.0.path().join("elsewhere")).unwrap();
        let gone = place.again(&first, 1);
        assert_eq!((ids(&gone), gone.broken.as_slice()), (vec!["a"], &["schedules/a.toml".to_owned()][..]));
        assert!(Arc::ptr_eq(&first.schedule.broadcasts[0], &gone.schedule.broadcasts[0]));
        std::fs::create_dir(&directory).unwrap();
        let emptied = place.again(&gone, 1);
        assert!(ids(&emptied).is_empty() && emptied.broken.is_empty());
    }

    #[test]
    fn a_file_that_became_a_link_out_of_the_directory_keeps_its_last_good_version() {
        let place = Place::new();
        place.write("a.toml", &GOOD.replace("ID", "a"));
        let first = place.again(&Loaded::default(), 1);
        let path = place.0.path().join(DIRECTORY).join("a.toml");
        std::fs::rename(&path, place.0.path().join("a.toml")).unwrap();
        std::os::unix::fs::symlink(place.0.path().join("a.toml"), &path).unwrap();
        let linked = place.again(&first, 1);
        assert_eq!((ids(&linked), linked.broken.as_slice()), (vec!["a"], &["schedules/a.toml".to_owned()][..]));
        let codes: Vec<&str> = linked.diagnostics.iter().map(|one| one.code).collect();
        assert_eq!(codes, ["leads_out", "last_good_kept"]);
        // Without a version to keep it is simply not read.
        assert!(ids(&place.again(&Loaded::default(), 1)).is_empty());
    }
}
