use std::collections::BTreeSet;
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

use super::stray::{self, Kind};
use crate::diag::{Diagnostic, Severity, shown, text};

/// The directory of schedules, relative to the station.
pub(super) const DIRECTORY: &str = "schedules";
/// One file a day for almost three years; a directory of more is a mistake of copying.
const MAX_FILES: usize = 1_000;

/// So many files that are not read are named; more are counted.
const MAX_STRAYS: usize = 20;
/// So far a directory in the directory is looked through for schedules.
const MAX_INNER: usize = 200;

/// A schedule in the directory.
pub(super) struct Listed {
    pub(super) name: String,
    /// `None` for one that may not be read: a link that leads out.
    pub(super) path: Option<PathBuf>,
}

/// The schedules in file order; `None` where the directory cannot be listed. What is not read is told in
/// `found`. Where there are too many, those that are `known` from before are read first.
pub(super) fn list(dir: &Path, known: &dyn Fn(&str) -> bool, found: &mut Vec<Diagnostic>) -> Option<Vec<Listed>> {
    let directory = dir.join(DIRECTORY);
    let (entries, home) = match directory.canonicalize().and_then(|home| Ok((fs::read_dir(&directory)?, home))) {
        Ok(opened) => opened,
        Err(error) => {
            found.push(no_directory(&error));
            return None;
        }
    };
    let (mut files, mut strays, mut names) = (Vec::new(), Vec::new(), BTreeSet::new());
    for entry in entries {
        match entry {
            Ok(entry) => {
                names.insert(entry.file_name().to_string_lossy().to_lowercase());
                files.extend(file(&entry, &home, &mut strays, found));
            }
            Err(error) => found.push(no_directory(&error)),
        }
    }
    tell_strays(strays, &names, found);
    files.sort_by(|a: &Listed, b| a.name.cmp(&b.name));
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
    Some(files)
}

/// What is said of files that are not read.
fn tell_strays(mut strays: Vec<(String, Kind)>, names: &BTreeSet<String>, found: &mut Vec<Diagnostic>) {
    strays.sort_by(|a, b| a.0.cmp(&b.0));
    let taken = |name: &str| names.contains(&name.to_lowercase());
    let told = strays.iter().filter_map(|(name, kind)| stray::told(DIRECTORY, name, *kind, &taken));
    let told: Vec<Diagnostic> = told.collect();
    let over = told.len().saturating_sub(MAX_STRAYS);
    found.extend(told.into_iter().take(MAX_STRAYS));
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
    let error = error.to_string();
    Diagnostic::of_file(
        DIRECTORY,
        Severity::Error,
        "unreadable",
        text!("không đọc được thư mục schedules/ ({error})", "the directory schedules/ cannot be read ({error})"),
    )
    .with_help(text!("cho người dùng chạy loa quyền đọc thư mục này", "let the user that runs loa read this directory"))
}

/// One entry of the directory, if it is a schedule.
fn file(
    entry: &DirEntry,
    home: &Path,
    strays: &mut Vec<(String, Kind)>,
    found: &mut Vec<Diagnostic>,
) -> Option<Listed> {
    let raw = entry.file_name();
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
    let of_kind = entry.file_type();
    if kind != Kind::Schedule {
        if of_kind.as_ref().is_ok_and(fs::FileType::is_dir) {
            found.extend(inner(&entry.path(), &relative));
        } else {
            strays.push((name, kind));
        }
        return None;
    }
    let path = entry.path();
    if of_kind.is_ok_and(|kind| kind.is_symlink()) && leads_out(&path, home) {
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
        return Some(Listed { name, path: None });
    }
    Some(Listed { name, path: Some(path) })
}

/// Schedules in a directory of the directory: nobody reads them.
fn inner(path: &Path, relative: &str) -> Option<Diagnostic> {
    let entries = fs::read_dir(path).ok()?.take(MAX_INNER).flatten();
    let schedule = |entry: &DirEntry| stray::kind(&entry.file_name().to_string_lossy()) == Kind::Schedule;
    let mut names: Vec<_> = entries.filter(schedule).collect();
    names.sort_by_key(DirEntry::file_name);
    let (count, first) = (names.len(), names.first()?.file_name());
    let (said, first) = (shown(relative), shown(&first.to_string_lossy()));
    let message = text!(
        "thư mục con «{said}» có {count} tệp lịch («{first}»…) không được đọc",
        "the directory \"{said}\" holds schedules ({count}, \"{first}\" among them) that are not read"
    );
    let help = text!(
        "nếu còn dùng thì chuyển các tệp ấy thẳng vào schedules/; nếu không, chuyển thư mục này ra khỏi schedules/",
        "if they are in use, move them right into schedules/; if not, move this directory out of it"
    );
    Some(Diagnostic::of_file(relative, Severity::Warning, "not_read", message).with_help(help))
}

/// A link whose target is there, but elsewhere. (One without a target is unreadable, and told as that.)
fn leads_out(path: &Path, home: &Path) -> bool {
    path.canonicalize().is_ok_and(|target| target.parent() != Some(home))
}
