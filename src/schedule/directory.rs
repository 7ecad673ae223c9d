use std::io;
use std::path::{Path, PathBuf};

use crate::diag::{Diagnostic, Severity, shown, text};
use crate::site::{Entry, Folder, Site};

/// The directory of schedules, relative to the station.
pub(super) const DIRECTORY: &str = "schedules";
/// One file a day for almost three years; a directory of more is a mistake of copying.
const MAX_FILES: usize = 1_000;
/// Names that are looked at in it, whatever they are.
const MAX_NAMES: usize = 100 * MAX_FILES;

/// A schedule in the directory.
pub(super) struct Listed {
    pub(super) name: String,
    /// The name in the directory under which its bytes are, which is another one for a link that leads to
    /// it; `None` for one that may not be read: a link that leads out.
    pub(super) file: Option<PathBuf>,
}

/// The directory and its schedules in file order; `None` where the directory cannot be listed. What is passed
/// over for a reason that a person should know is told in `found`.
pub(super) fn list(dir: &Path, found: &mut Vec<Diagnostic>) -> Option<(Folder, Vec<Listed>)> {
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
    let mut entries: Vec<Listed> = entries.into_iter().filter_map(|entry| file(entry, &home, found)).collect();
    entries.sort_by(|a, b| a.name.cmp(&b.name));
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
    entries.truncate(MAX_FILES);
    Some((folder, entries))
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
fn file(Entry { name: raw, link }: Entry, home: &Path, found: &mut Vec<Diagnostic>) -> Option<Listed> {
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
