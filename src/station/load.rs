use std::path::Path;

use super::{Station, check, output_file};
use crate::diag::document::{MAX_BYTES, decode};
use crate::diag::{Diagnostic, Severity, SourceFile, Text, text};
use crate::site::{Folder, Refused};

/// The file that describes this machine.
const FILE: &str = "loa.toml";

/// Read `loa.toml` in the station's directory `dir`.
///
/// Never fails: without the file the station is [`Station::default`], and what cannot be read is told
/// in the diagnostics. The sources are for showing them.
pub fn load(dir: &Path) -> (Station, Vec<Diagnostic>, Vec<SourceFile>) {
    // An administrator may keep it elsewhere and link it here.
    let opened = Folder::open(dir).map_err(Refused::Io);
    let bytes = match opened.and_then(|top| top.read_trusted_link(FILE, MAX_BYTES as u64)) {
        Ok(bytes) => bytes,
        Err(refused) if refused.is_absent() => {
            return (Station::default(), hidden_ending(dir).into_iter().collect(), Vec::new());
        }
        Err(refused) => return (Station::default(), vec![unread(FILE, &refused)], Vec::new()),
    };
    let (source, undecodable) = decode(FILE.to_owned(), &bytes);
    let (mut station, mut found) = match undecodable {
        Some(fault) => (Station::default(), vec![fault]),
        None => check(&source),
    };
    found.extend(output_file::check(&mut station, dir, &source));
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

/// The problem of the file at `path`, relative to the station.
pub(crate) fn unread(path: &str, why: &Refused) -> Diagnostic {
    let (code, help): (_, Text) = match why {
        _ if why.is_forbidden() => (
            "unreadable",
            text!(
                "cho người dùng chạy loa quyền đọc: chmod a+r \"{path}\"",
                "let the user that runs loa read it: chmod a+r \"{path}\""
            ),
        ),
        Refused::Io(_) => (
            "unreadable",
            text!(
                "xem lại ổ đĩa hoặc thẻ nhớ rồi chép lại tệp",
                "look at the disk or the memory card, then copy the file again"
            ),
        ),
        Refused::Directory => (
            "not_a_file",
            text!(
                "đổi tên thư mục này, hoặc chép các tệp .toml bên trong ra ngoài",
                "rename this directory, or copy the .toml files in it one level up"
            ),
        ),
        Refused::Link => (
            "not_a_file",
            text!("chép chính tệp ấy vào đây, thay cho liên kết", "copy the file itself here, in the link's place"),
        ),
        Refused::Special => {
            ("not_a_file", text!("xóa nó, rồi chép tệp thật vào", "delete it, and copy the real file in"))
        }
        Refused::TooLarge(_) => (
            "too_large",
            text!(
                "tệp lịch chỉ có chữ; tệp âm thanh phải để trong audio/",
                "a schedule holds only text; sound belongs in audio/"
            ),
        ),
    };
    Diagnostic::of_file(path, Severity::Error, code, why.text()).with_help(help)
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
