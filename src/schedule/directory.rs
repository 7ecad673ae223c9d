use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::stray::{self, Kind};
use crate::diag::{Diagnostic, Severity, shown, system, text};
use crate::site::{Entry, Folder, Site};

/// The directory of schedules, relative to the station.
pub(super) const DIRECTORY: &str = "schedules";
/// One file a day for almost three years; a directory of more is a mistake of copying.
const MAX_FILES: usize = 1_000;
/// Names that are looked at in it, whatever they are.
const MAX_NAMES: usize = 100 * MAX_FILES;

/// So many files that are not read are named; more are counted.
const MAX_STRAYS: usize = 20;
/// So far a directory in the directory is looked through for schedules.
const MAX_INNER: usize = 200;

/// A schedule in the directory.
pub(super) struct Listed {
    pub(super) name: String,
    /// The name in the directory under which its bytes are, which is another one for a link that leads to
    /// it; `None` for one that may not be read: a link that leads out.
    pub(super) file: Option<PathBuf>,
}

/// The directory and its schedules in file order; `None` where the directory cannot be listed. What is not read
/// is told in `found`. Where there are too many, those that are `known` from before are read first.
pub(super) fn list(
    dir: &Path,
    known: &dyn Fn(&str) -> bool,
    found: &mut Vec<Diagnostic>,
) -> Option<(Folder, Vec<Listed>)> {
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
    Entry { name: raw, link }: Entry,
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
