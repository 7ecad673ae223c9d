use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

use super::{FilePart, Reading, Schedule, check_file, merge};
use crate::diag::document::decode;
use crate::diag::{Diagnostic, Severity, SourceFile, shown, text};
use crate::station::Station;
use crate::station::load::read;

/// The directory of schedules, relative to the station.
const DIRECTORY: &str = "schedules";
/// One file a day for almost three years; a directory of more is a mistake of copying.
const MAX_FILES: usize = 1_000;

/// More problems than this in all files together are not told: they are counted, and the first ones
/// cured first.
const MAX_FINDINGS: usize = 5_000;

/// What reading `schedules/` found.
#[derive(Clone, PartialEq, Debug)]
pub struct Loaded {
    /// What to play.
    pub schedule: Schedule,
    /// Every problem, by file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// The files as they are now, for showing the diagnostics.
    pub sources: Vec<SourceFile>,
    /// Files of which nothing could be used as they are now: unreadable, or their syntax is wrong.
    pub broken: Vec<String>,
    /// What the schedule was made from: for each file, its last good text. Give it to [`reload`].
    pub good: Vec<SourceFile>,
}

/// Read `schedules/*.toml` in the station's directory `dir`. Never fails: what is wrong is in the
/// diagnostics, and one file's problem stays that file's.
pub fn load(dir: &Path, station: &Station, reading: Reading) -> Loaded {
    reload(dir, station, reading, &[])
}

/// Read again. A file that has become broken keeps sounding as in `last_good` (see [`Loaded::good`]),
/// and is told as broken; a file that is gone is gone.
pub fn reload(dir: &Path, station: &Station, reading: Reading, last_good: &[SourceFile]) -> Loaded {
    let mut diagnostics = Vec::new();
    let files = files(dir, &mut diagnostics);
    let mut loaded = Loaded {
        schedule: Schedule::default(),
        diagnostics,
        sources: Vec::new(),
        broken: Vec::new(),
        good: Vec::new(),
    };
    let mut parts = Vec::new();
    for (name, path) in files {
        parts.extend(loaded.file(format!("{DIRECTORY}/{name}"), &path, station, reading, last_good));
    }
    let (schedule, joined) = merge(parts);
    loaded.schedule = schedule;
    loaded.note(joined);
    Diagnostic::sort(&mut loaded.diagnostics);
    loaded
}

impl Loaded {
    fn note(&mut self, found: Vec<Diagnostic>) {
        let full = self.diagnostics.len() >= MAX_FINDINGS;
        if !full {
            self.diagnostics.extend(found);
        }
        if !full && self.diagnostics.len() >= MAX_FINDINGS {
            let told = text!(
                "có quá nhiều vấn đề; các tệp còn lại vẫn được đọc nhưng vấn đề của chúng không hiện ra",
                "there are too many problems; the remaining files are read, but their problems are not shown"
            );
            let help = text!("chữa những tệp đầu trước rồi kiểm tra lại", "cure the first files, then check again");
            let over = Diagnostic::of_file(DIRECTORY, Severity::Error, "too_many_problems", told);
            self.diagnostics.push(over.with_help(help));
        }
    }

    fn file(
        &mut self,
        relative: String,
        path: &Path,
        station: &Station,
        reading: Reading,
        last_good: &[SourceFile],
    ) -> Option<FilePart> {
        match read(path) {
            Err(unread) => self.diagnostics.push(unread.diagnostic(&relative)),
            Ok(bytes) => {
                let (source, undecodable) = decode(relative.clone(), &bytes);
                self.sources.push(source.clone());
                if let Some(fault) = undecodable {
                    self.diagnostics.push(fault);
                } else {
                    let (part, found) = check_file(&source, station, reading);
                    self.note(found);
                    if !part.is_broken() {
                        self.good.push(source);
                        return Some(part);
                    }
                }
            }
        }
        let kept = last_good.iter().find(|source| source.path == relative).cloned();
        self.broken.push(relative);
        let kept = kept?;
        self.diagnostics.push(
            Diagnostic::of_file(
                &kept.path,
                Severity::Warning,
                "last_good_kept",
                text!(
                    "tệp này đang hỏng; đài vẫn phát theo bản đúng gần nhất",
                    "this file is broken; the station still plays by its last good version"
                ),
            )
            .with_help(text!("chữa các lỗi của tệp này", "cure the errors of this file")),
        );
        let (part, _) = check_file(&kept, station, reading);
        self.good.push(kept);
        Some(part)
    }
}

/// The schedules in file order: names and paths. What is passed over for a reason that a person
/// should know is told in `found`.
fn files(dir: &Path, found: &mut Vec<Diagnostic>) -> Vec<(String, PathBuf)> {
    let directory = dir.join(DIRECTORY);
    let entries = match directory.canonicalize().and_then(|home| Ok((fs::read_dir(&directory)?, home))) {
        Ok((entries, home)) => {
            let mut files: Vec<(String, PathBuf)> = entries.filter_map(|entry| file(entry, &home, found)).collect();
            files.sort();
            files
        }
        Err(error) => {
            found.push(no_directory(&error));
            Vec::new()
        }
    };
    if entries.len() > MAX_FILES {
        let count = entries.len();
        found.push(
            Diagnostic::of_file(
                DIRECTORY,
                Severity::Error,
                "too_many_files",
                text!(
                    "có {count} tệp lịch; chỉ đọc {MAX_FILES} tệp đầu theo tên",
                    "there are {count} schedules; only the first {MAX_FILES} by name are read"
                ),
            )
            .with_help(text!(
                "chuyển những tệp đã cũ ra khỏi schedules/",
                "move files that are over out of schedules/"
            )),
        );
    }
    entries.into_iter().take(MAX_FILES).collect()
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
fn file(entry: io::Result<DirEntry>, home: &Path, found: &mut Vec<Diagnostic>) -> Option<(String, PathBuf)> {
    let entry = match entry {
        Ok(entry) => entry,
        Err(error) => {
            found.push(no_directory(&error));
            return None;
        }
    };
    let raw = entry.file_name();
    let name = raw.to_string_lossy().into_owned();
    let relative = format!("{DIRECTORY}/{name}");
    match kind(&name) {
        Kind::Other => return None,
        Kind::HiddenEnding => {
            let told = shown(&name);
            let right = shown(name.get(..name.len() - ".txt".len()).unwrap_or(&name));
            found.push(
                Diagnostic::of_file(
                    &relative,
                    Severity::Warning,
                    "hidden_ending",
                    text!(
                        "Notepad đã thêm đuôi .txt, nên tệp «{told}» không được đọc",
                        "Notepad added .txt, so \"{told}\" is not read"
                    ),
                )
                .with_help(text!("đổi tên thành «{right}»", "rename it to \"{right}\"")),
            );
            return None;
        }
        Kind::Schedule => {}
    }
    if raw.to_str().is_none() {
        found.push(
            Diagnostic::of_file(
                &relative,
                Severity::Error,
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
    let path = entry.path();
    if entry.file_type().is_ok_and(|kind| kind.is_symlink()) && leads_out(&path, home) {
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
        return None;
    }
    Some((name, path))
}

/// A link whose target is there, but elsewhere. (One without a target is unreadable, and told as that.)
fn leads_out(path: &Path, home: &Path) -> bool {
    path.canonicalize().is_ok_and(|target| target.parent() != Some(home))
}

/// What a name in `schedules/` is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Schedule,
    /// `lich.toml.txt`.
    HiddenEnding,
    /// Hidden, an editor's or a word processor's temporary file, or something else altogether.
    Other,
}

fn kind(name: &str) -> Kind {
    let lower = name.to_lowercase();
    let temporary = lower.starts_with(['.', '~', '#']) || lower.ends_with('~') || lower.ends_with(".tmp.toml");
    let ending = |ending: &str| lower.strip_suffix(ending).is_some();
    match (ending(".toml"), ending(".toml.txt")) {
        _ if temporary => Kind::Other,
        (true, _) => Kind::Schedule,
        (_, true) => Kind::HiddenEnding,
        _ => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_windows_are_known_for_what_they_are() {
        let table = [
            ("lich.toml", Kind::Schedule),
            ("Lịch tháng 12.toml", Kind::Schedule),
            ("LICH.TOML", Kind::Schedule),
            ("lich - Copy.toml", Kind::Schedule),
            ("lich.toml.txt", Kind::HiddenEnding),
            ("Lich.Toml.TXT", Kind::HiddenEnding),
            (".lich.toml", Kind::Other),
            (".lich.toml.swp", Kind::Other),
            ("~$lich.toml", Kind::Other),
            ("lich.toml~", Kind::Other),
            ("#lich.toml#", Kind::Other),
            ("lich.toml.bak", Kind::Other),
            ("README.txt", Kind::Other),
            ("toml", Kind::Other),
        ];
        for (name, expected) in table {
            assert_eq!(kind(name), expected, "{name}");
        }
    }
}
