//! What else lies in `schedules/`: names that are no schedules, and what to say of them.

use crate::diag::{Diagnostic, Severity, fold, shown, text};

/// What a name in `schedules/` is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A schedule.
    Schedule,
    /// `lich.toml.txt`.
    HiddenEnding,
    /// A link as Windows makes them: a file that only Windows can follow.
    Shortcut,
    /// A document of Word, Excel and the like, or an archive.
    Document,
    /// Sound.
    Sound,
    /// Something else that may well have been meant as a schedule.
    Stray,
    /// Hidden, an editor's or a word processor's temporary file, or what nobody takes for a schedule.
    Other,
}

const SHORTCUTS: [&str; 4] = [".lnk", ".url", ".webloc", ".desktop"];
const DOCUMENTS: [&str; 13] =
    [".docx", ".doc", ".odt", ".rtf", ".pdf", ".xlsx", ".xls", ".ods", ".zip", ".rar", ".7z", ".pptx", ".pages"];
const SOUNDS: [&str; 9] = [".mp3", ".wav", ".m4a", ".ogg", ".opus", ".aac", ".amr", ".3gp", ".flac"];
/// What systems and programs leave behind, and half-done copies.
const LITTER: [&str; 9] = [".swp", ".swo", ".swx", ".tmp", ".part", ".crdownload", ".filepart", ".ini", ".db"];
/// Pages that people put beside what they explain; folded.
const PAGES: [&str; 6] = ["readme", "docme", "huongdan", "license", "kiemtra", "ghichu"];

/// What a name is.
pub fn kind(name: &str) -> Kind {
    let lower = name.to_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| lower.ends_with(ending));
    let temporary = lower.starts_with(['.', '#']) || lower.starts_with("~$") || lower.ends_with(".tmp.toml");
    let stem = fold(lower.split('.').next().unwrap_or_default());
    let page = PAGES.iter().any(|page| stem.starts_with(page));
    if temporary || ends(&LITTER) {
        Kind::Other
    } else if lower.starts_with('~') && ends(&[".toml"]) {
        Kind::Stray
    } else if ends(&[".toml"]) {
        Kind::Schedule
    } else if ends(&[".toml.txt"]) {
        Kind::HiddenEnding
    } else if page {
        Kind::Other
    } else if ends(&SHORTCUTS) {
        Kind::Shortcut
    } else if ends(&DOCUMENTS) {
        Kind::Document
    } else if ends(&SOUNDS) {
        Kind::Sound
    } else {
        Kind::Stray
    }
}

/// What is said of a file that is not read; `taken` says which names are in use. Nothing of what nobody takes
/// for a schedule.
pub fn told(directory: &str, name: &str, kind: Kind, taken: &dyn Fn(&str) -> bool) -> Option<Diagnostic> {
    let said = shown(name);
    let right = renamed(name);
    let free = !taken(&right);
    let right = shown(&right);
    let away =
        || text!("xóa hoặc chuyển «{said}» ra khỏi {directory}/", "delete \"{said}\", or move it out of {directory}/");
    let (code, message, help) = match kind {
        Kind::Schedule | Kind::Other => return None,
        Kind::HiddenEnding => (
            "hidden_ending",
            text!(
                "Notepad đã thêm đuôi .txt, nên tệp «{said}» không được đọc",
                "Notepad added .txt, so \"{said}\" is not read"
            ),
            if free { text!("đổi tên thành «{right}»", "rename it to \"{right}\"") } else { away() },
        ),
        Kind::Shortcut => (
            "not_read",
            text!(
                "«{said}» chỉ là lối tắt (shortcut) của Windows, không phải tệp lịch, nên không được đọc",
                "\"{said}\" is only a shortcut of Windows and no schedule, so it is not read"
            ),
            text!(
                "chép chính tệp ấy vào {directory}/, rồi xóa lối tắt",
                "copy the file itself into {directory}/, and delete the shortcut"
            ),
        ),
        Kind::Document => (
            "not_read",
            text!(
                "«{said}» không phải tệp lịch (.toml) nên không được đọc: những gì viết trong đó không phát",
                "\"{said}\" is no schedule (.toml), so it is not read: nothing written in it plays"
            ),
            text!(
                "chép phần chữ sang một tệp .toml bằng Notepad, rồi chuyển «{said}» ra khỏi {directory}/",
                "copy its text into a .toml file with Notepad, then move \"{said}\" out of {directory}/"
            ),
        ),
        Kind::Sound => (
            "not_read",
            text!(
                "«{said}» là tệp âm thanh, ở đây không phát được",
                "\"{said}\" is a sound, and cannot play from here"
            ),
            text!("nạp vào audio/: loa load {directory}/{said}", "take it into audio/: loa load {directory}/{said}"),
        ),
        Kind::Stray => (
            "not_read",
            text!(
                "«{said}» không được đọc: tên tệp lịch phải kết thúc bằng .toml",
                "\"{said}\" is not read: the name of a schedule ends in .toml"
            ),
            if free {
                text!(
                    "nếu là lịch, đổi tên thành «{right}»; nếu không, chuyển nó ra khỏi {directory}/",
                    "if it is a schedule, rename it to \"{right}\"; if not, move it out of {directory}/"
                )
            } else {
                away()
            },
        ),
    };
    Some(Diagnostic::of_file(&format!("{directory}/{name}"), Severity::Warning, code, message).with_help(help))
}

/// The name as a schedule's: `lich.toml.txt`, `lich.tml`, `lich.toml~`, `lich` to `lich.toml`.
fn renamed(name: &str) -> String {
    let lower = name.to_lowercase();
    // Lowering may change the length of odd letters; then the name is only lengthened.
    let stem = match lower.find(".toml").filter(|_| lower.len() == name.len()) {
        Some(at) => name.get(..at),
        None => name.rsplit_once('.').filter(|(_, ending)| ending.len() <= 5).map(|(stem, _)| stem),
    };
    let stem = stem.unwrap_or(name).trim_matches(['~', ' ', '.']);
    format!("{}.toml", if stem.is_empty() { "lich" } else { stem })
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
            ("lich~.toml", Kind::Schedule),
            ("lich.toml.txt", Kind::HiddenEnding),
            ("Lich.Toml.TXT", Kind::HiddenEnding),
            (".lich.toml", Kind::Other),
            (".lich.toml.swp", Kind::Other),
            ("~$lich.toml", Kind::Other),
            ("~$lich.docx", Kind::Other),
            ("#lich.toml#", Kind::Other),
            ("desktop.ini", Kind::Other),
            ("Thumbs.db", Kind::Other),
            ("README.txt", Kind::Other),
            ("KIEM-TRA.txt", Kind::Other),
            ("lich.toml~", Kind::Stray),
            ("lich.toml.bak", Kind::Stray),
            ("thong-bao.txt", Kind::Stray),
            ("thong-bao", Kind::Stray),
            ("thong-bao.tml", Kind::Stray),
            ("toml", Kind::Stray),
            ("thong-bao.docx", Kind::Document),
            ("thong-bao.XLSX", Kind::Document),
            ("lich.toml.lnk", Kind::Shortcut),
            ("tin.mp3", Kind::Sound),
        ];
        for (name, expected) in table {
            assert_eq!(kind(name), expected, "{name}");
        }
    }

    #[test]
    fn the_name_that_a_cure_gives_is_read_and_is_free() {
        let table = [
            ("lich.toml.txt", "lich.toml"),
            ("Lich.TOML.bak", "Lich.toml"),
            ("lich.toml~", "lich.toml"),
            ("lich.tml", "lich.toml"),
            ("lich", "lich.toml"),
            ("thong bao.txt", "thong bao.toml"),
            ("v1.2 thang muoi hai", "v1.2 thang muoi hai.toml"),
            ("~lich.toml", "lich.toml"),
            ("~", "lich.toml"),
        ];
        for (name, right) in table {
            assert_eq!(renamed(name), right, "{name}");
            assert_eq!(kind(right), Kind::Schedule, "{name}");
        }
        let help = |taken: bool| told("schedules", "a.txt", Kind::Stray, &|_| taken).unwrap().help.unwrap().en;
        assert!(help(false).contains("rename it to \"a.toml\""));
        assert!(!help(true).contains("rename"), "there is an a.toml already");
    }
}
