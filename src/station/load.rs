use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::{Station, check};
use crate::diag::document::{MAX_BYTES, decode};
use crate::diag::{Diagnostic, Severity, SourceFile, Text, system, text};

/// The file that describes this machine.
const FILE: &str = "loa.toml";

/// Read `loa.toml` in the station's directory `dir`.
///
/// Never fails: without the file the station is [`Station::default`], and what cannot be read is told
/// in the diagnostics. The sources are for showing them.
pub fn load(dir: &Path) -> (Station, Vec<Diagnostic>, Vec<SourceFile>) {
    let bytes = match read(&dir.join(FILE)) {
        Ok(bytes) => bytes,
        Err(Unread::Io(error)) if error.kind() == io::ErrorKind::NotFound => {
            return (Station::default(), hidden_ending(dir).into_iter().collect(), Vec::new());
        }
        Err(unread) => return (Station::default(), vec![unread.diagnostic(FILE)], Vec::new()),
    };
    let (source, undecodable) = decode(FILE.to_owned(), &bytes);
    let (station, found) = match undecodable {
        Some(fault) => (Station::default(), vec![fault]),
        None => check(&source),
    };
    (station, found, vec![source])
}

/// Notepad adds `.txt` and Explorer hides it: the file looks right, and the station runs without it.
fn hidden_ending(dir: &Path) -> Option<Diagnostic> {
    let name = format!("{FILE}.txt");
    dir.join(&name).is_file().then(|| {
        let message = text!(
            "Notepad đã thêm đuôi .txt, nên tệp «{name}» không được đọc",
            "Notepad added .txt, so \"{name}\" is not read"
        );
        Diagnostic::of_file(&name, Severity::Warning, "hidden_ending", message)
            .with_help(text!("đổi tên thành «{FILE}»", "rename it to \"{FILE}\""))
    })
}

/// Why a file's bytes are not at hand.
pub(crate) enum Unread {
    /// The machine said no.
    Io(io::Error),
    /// A directory, a pipe, a device.
    NotAFile,
    /// Over [`MAX_BYTES`].
    TooLarge,
}

/// The bytes of an ordinary file of bounded size. Never waits on a pipe that somebody gave a file's name.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Unread> {
    if !path.metadata().map_err(Unread::Io)?.is_file() {
        return Err(Unread::NotAFile);
    }
    let mut bytes = Vec::new();
    let limit = MAX_BYTES as u64 + 1;
    File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes)).map_err(Unread::Io)?;
    if bytes.len() > MAX_BYTES { Err(Unread::TooLarge) } else { Ok(bytes) }
}

impl Unread {
    /// The problem of the file at `path`, relative to the station.
    pub(crate) fn diagnostic(&self, path: &str) -> Diagnostic {
        let (code, message, help): (_, Text, Text) = match self {
            Self::Io(error) if error.kind() == io::ErrorKind::PermissionDenied => (
                "unreadable",
                text!("không được phép đọc tệp này", "this file may not be read"),
                text!(
                    "cho người dùng chạy loa quyền đọc: chmod a+r \"{path}\"",
                    "let the user that runs loa read it: chmod a+r \"{path}\""
                ),
            ),
            Self::Io(error) => (
                "unreadable",
                text!(
                    error = system(error);
                    "không đọc được tệp này ({error})",
                    "this file cannot be read ({error})"
                ),
                text!(
                    "xem lại ổ đĩa hoặc thẻ nhớ rồi chép lại tệp",
                    "look at the disk or the memory card, then copy the file again"
                ),
            ),
            Self::NotAFile => (
                "not_a_file",
                text!("đây không phải là một tệp thường", "this is not an ordinary file"),
                text!(
                    "đổi tên thư mục này, hoặc chép các tệp .toml bên trong ra ngoài",
                    "rename this directory, or copy the .toml files in it one level up"
                ),
            ),
            Self::TooLarge => {
                let limit = MAX_BYTES / 1024 / 1024;
                (
                    "too_large",
                    text!("tệp này lớn hơn {limit} MiB nên không đọc", "this file is over {limit} MiB and is not read"),
                    text!(
                        "tệp lịch chỉ có chữ; tệp âm thanh phải để trong audio/",
                        "a schedule holds only text; sound belongs in audio/"
                    ),
                )
            }
        };
        Diagnostic::of_file(path, Severity::Error, code, message).with_help(help)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absent_file_is_one_zone_on_the_default_output() {
        let dir = tempfile::tempdir().unwrap();
        let (station, found, sources) = load(dir.path());
        assert_eq!((station, found.len(), sources.len()), (Station::default(), 0, 0));
    }

    #[test]
    fn a_directory_and_a_file_too_large_are_told_and_not_read() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join(FILE)).unwrap();
        assert_eq!(load(dir.path()).1[0].code, "not_a_file");
        std::fs::remove_dir(dir.path().join(FILE)).unwrap();
        std::fs::write(dir.path().join(FILE), " ".repeat(MAX_BYTES)).unwrap();
        assert!(load(dir.path()).1.is_empty());
        std::fs::write(dir.path().join(FILE), " ".repeat(MAX_BYTES + 1)).unwrap();
        assert_eq!(load(dir.path()).1[0].code, "too_large");
    }
}
