//! Reads `loa.toml`, the file that describes this machine.

use std::path::Path;

use super::output_file;
use super::refused::unread;
use crate::diag::document::{MAX_BYTES, decode};
use crate::diag::{Diagnostic, Severity, SourceFile, fold, nearest, shown, text};
use crate::site::{Folder, FolderEntry, ReadRefused, Site};
use crate::station::{Approval, Station, check};

/// The file that describes this machine.
const FILE: &str = "loa.toml";

/// More entries of the station's directory than this are not looked through for another spelling.
const MAX_ENTRIES: usize = 1_000;

/// What reading `loa.toml` found.
#[derive(Clone, PartialEq, Debug)]
pub struct LoadedStation {
    /// This machine.
    pub station: Station,
    /// Every problem of the file as it is now.
    pub diagnostics: Vec<Diagnostic>,
    /// The file as it is now, for showing the diagnostics; none where there is none.
    pub sources: Vec<SourceFile>,
    /// The file as it is cannot be used: the station is that of its last good version.
    pub kept: bool,
}

impl LoadedStation {
    /// The text, where nothing is wrong with it: what may stand in for a broken one later.
    pub fn good(&self) -> Option<&str> {
        let whole = !self.kept && !self.diagnostics.iter().any(Diagnostic::is_error);
        self.sources.first().filter(|source| whole && !source.is_blank()).map(|source| source.text.as_str())
    }
}

/// Read `loa.toml` in the station's directory `dir`.
///
/// Never fails: without the file the station is [`Station::default`], and what cannot be read is told
/// in the diagnostics. The sources are for showing them.
pub fn load(dir: &Path) -> (Station, Vec<Diagnostic>, Vec<SourceFile>) {
    let LoadedStation { station, diagnostics, sources, .. } = load_or(dir, None);
    (station, diagnostics, sources)
}

/// The same; where the file has an error, or is gone, the station is that of `last_good`, the text that was
/// last without one: half of what it says could be the wrong sound in the wrong place.
pub fn load_or(dir: &Path, last_good: Option<&str>) -> LoadedStation {
    let mut loaded = now(dir);
    let is_blank = loaded.sources.iter().any(SourceFile::is_blank);
    let broken = loaded.sources.is_empty() || is_blank || loaded.diagnostics.iter().any(Diagnostic::is_error);
    let Some(text) = last_good.filter(|_| broken) else { return loaded };
    let source = SourceFile { path: FILE.to_owned(), text: text.to_owned() };
    loaded.station = check(&source).0;
    // Told of the file as it is now, if at all.
    output_file::check(&mut loaded.station, dir, &source);
    loaded.kept = true;
    // It was, once.
    loaded.diagnostics.retain(|one| one.code != "not_set_up");
    let message = text!(
        "loa.toml đang hỏng hoặc không còn; đài chạy theo bản đúng gần nhất của nó",
        "loa.toml is broken or gone; the station runs by its last good version"
    );
    let help =
        text!("chữa các lỗi của loa.toml, rồi khởi động lại loa", "cure the errors of loa.toml, then restart loa");
    loaded.diagnostics.push(Diagnostic::of_file(FILE, Severity::Warning, "last_good_kept", message).with_help(help));
    loaded
}

/// The file as it is now.
fn now(dir: &Path) -> LoadedStation {
    let none =
        |diagnostics| LoadedStation { station: Station::default(), diagnostics, sources: Vec::new(), kept: false };
    // Whether approvals are asked for is not known where not a word can be read: then they are.
    let unreadable = || Station { approval: Approval::Required, ..Station::default() };
    // An administrator may keep it elsewhere and link it here.
    let opened = Folder::open(dir).map_err(ReadRefused::Io);
    let bytes = match opened.and_then(|top| top.read_trusted_link(FILE, MAX_BYTES as u64)) {
        Ok(bytes) => bytes,
        Err(refused) if refused.is_absent() => return none(absent(dir)),
        Err(refused) => return LoadedStation { station: unreadable(), ..none(vec![unread(FILE, &refused)]) },
    };
    let (source, undecodable) = decode(FILE.to_owned(), &bytes);
    let (mut station, mut diagnostics) = match undecodable {
        Some(fault) => (unreadable(), vec![fault]),
        None => check(&source),
    };
    diagnostics.extend(output_file::check(&mut station, dir, &source));
    if source.is_blank() {
        diagnostics.push(empty());
    }
    LoadedStation { station, diagnostics, sources: vec![source], kept: false }
}

/// Nobody has set this station up yet: there is nothing at the place of `loa.toml`, nothing that was meant to be it, and
/// no schedule. It plays nothing, and waits for its name and its hamlets.
pub fn is_unset(dir: &Path) -> bool {
    let is_absent = dir.join(FILE).symlink_metadata().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound);
    is_absent && has_schedules(dir) == Some(false) && other_spelling(dir).is_none()
}

/// Whether there is a schedule; none where its directory is not there or cannot be read.
fn has_schedules(dir: &Path) -> Option<bool> {
    let schedules = Folder::open(Site::new(dir).schedules()).and_then(|folder| folder.entries(MAX_ENTRIES)).ok()?;
    let is_schedule = |entry: &FolderEntry| entry.name.to_string_lossy().to_lowercase().ends_with(".toml");
    Some(schedules.iter().any(is_schedule))
}

fn not_set_up() -> Diagnostic {
    let message = text!(
        "đài chưa được cài đặt: chưa có tên, chưa có thôn nào, và không phát gì theo lịch",
        "the station is not set up: it has no name and no hamlets, and nothing is scheduled"
    );
    let help = text!(
        "gõ trên máy này: sudo loa setup (hoặc sudo loa setup --link, rồi mở đường dẫn ấy trên điện thoại)",
        "type on this machine: sudo loa setup (or sudo loa setup --link, and open that link on a phone)"
    );
    Diagnostic::of_file(FILE, Severity::Warning, "not_set_up", message).with_help(help)
}

/// Who clears it on purpose deletes it, or leaves a comment.
fn empty() -> Diagnostic {
    let message = text!(
        "tệp này trống, có lẽ đã mất điện giữa lúc lưu: mọi thứ phát chung ra một cụm ở card mặc định",
        "this file is empty, perhaps the power failed while it was saved: everything goes to one zone on the default card"
    );
    let help = text!(
        "chép lại loa.toml từ bản sao lưu; nếu đúng là chỉ có một cụm loa thì viết một dòng: name = \"Tên đài\"",
        "copy loa.toml from a backup; where one zone is all there is, write the line: name = \"NAME\""
    );
    Diagnostic::of_file(FILE, Severity::Warning, "empty_file", message).with_help(help)
}

/// What to say where there is no `loa.toml`.
fn absent(dir: &Path) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = hidden_ending(dir).into_iter().collect();
    if is_unset(dir) {
        found.push(not_set_up());
    }
    if has_schedules(dir) != Some(true) {
        return found;
    }
    let message = text!(
        "không có loa.toml: mọi thứ phát chung ra một cụm ở card mặc định, không có tăng âm, tiếng dân tộc hay âm lượng riêng",
        "there is no loa.toml: everything goes to one zone on the default card, without amplifiers, languages or levels"
    );
    let help = match other_spelling(dir) {
        Some(name) => {
            let name = shown(&name);
            text!("«{name}» có phải là nó? Đổi tên thành «{FILE}»", "is \"{name}\" meant? Rename it to \"{FILE}\"")
        }
        None => text!(
            "chép lại loa.toml từ bản sao lưu; đài chỉ có một cụm loa thì viết loa.toml với một dòng: name = \"Tên đài\"",
            "copy loa.toml from a backup; where one zone is all there is, write one with the line: name = \"NAME\""
        ),
    };
    found.push(Diagnostic::of_file(FILE, Severity::Warning, "no_station", message).with_help(help));
    found
}

/// A file that was probably meant to be `loa.toml`: `LOA.TOML` from a memory stick, `loa.tom`, `loa.toml.txt`.
fn other_spelling(dir: &Path) -> Option<String> {
    let folder = Folder::open(dir).ok()?;
    let names = folder.entries(MAX_ENTRIES).ok()?.into_iter().map(|entry| entry.name);
    let files = names.filter(|name| folder.file(name).is_ok());
    let mut names: Vec<String> = files.map(|name| name.to_string_lossy().into_owned()).collect();
    names.sort();
    let like = |name: &&String| {
        let folded = fold(name);
        let stem = folded.strip_prefix("loa").unwrap_or("x");
        matches!(stem, "" | "txt" | "tml" | "tom" | "ini" | "cfg" | "conf")
            || stem.starts_with("toml")
            || stem.ends_with("toml")
    };
    let exact = names.iter().find(|name| name.eq_ignore_ascii_case(FILE));
    exact
        .or_else(|| names.iter().find(like))
        .or_else(|| names.iter().find(|name| nearest(name, [FILE]).is_some()))
        .cloned()
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
    fn what_a_power_cut_leaves_of_the_file_takes_no_hamlet_away_and_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let whole = "[zones.thon-1]\noutput = \"null\"\n[zones.thon-2]\noutput = \"null\"\n";
        for left in ["", "\n", "\u{feff}\r\n"] {
            std::fs::write(dir.path().join(FILE), left).unwrap();
            let now = load_or(dir.path(), Some(whole));
            assert!(now.kept && now.station.zones.len() == 2 && now.good().is_none(), "{left:?}");
            let first = load_or(dir.path(), None);
            assert!(first.good().is_none() && first.diagnostics.iter().any(|one| one.code == "empty_file"), "{left:?}");
        }
        std::fs::write(dir.path().join(FILE), "# one zone is all there is\n").unwrap();
        assert!(!load_or(dir.path(), Some(whole)).kept);
    }

    #[test]
    fn a_station_is_unset_until_there_is_a_loa_toml_or_a_schedule_or_what_was_meant_as_one() {
        let dir = tempfile::tempdir().unwrap();
        let told = || load(dir.path()).1.iter().any(|one| one.code == "not_set_up");
        assert!(!is_unset(dir.path()) && !told(), "that is no station");
        std::fs::create_dir(dir.path().join("schedules")).unwrap();
        assert!(is_unset(dir.path()) && told());
        assert!(!load_or(dir.path(), Some("")).diagnostics.iter().any(|one| one.code == "not_set_up"), "it was set up");
        for file in ["loa.toml", "LOA.TOML", "loa.toml.txt", "schedules/a.toml", "schedules/A.TOML"] {
            std::fs::write(dir.path().join(file), "").unwrap();
            assert!(!is_unset(dir.path()) && !told(), "{file}");
            std::fs::remove_file(dir.path().join(file)).unwrap();
        }
        std::os::unix::fs::symlink("nowhere", dir.path().join("loa.toml")).unwrap();
        assert!(!is_unset(dir.path()), "a link that leads nowhere is a mistake, and no new station");
    }

    #[test]
    fn a_station_with_schedules_and_no_loa_toml_is_told_so_and_another_spelling_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let help = || {
            let (_, found, _) = load(dir.path());
            found.into_iter().find(|one| one.code == "no_station").map(|one| one.help.unwrap().en)
        };
        std::fs::create_dir(dir.path().join("schedules")).unwrap();
        assert_eq!(help(), None, "nothing plays by an empty directory");
        std::fs::write(dir.path().join("schedules/a.toml"), "").unwrap();
        assert!(help().unwrap().contains("backup"));
        for name in [
            "LOA.TOML",
            "Loa.toml",
            "loa.toml.txt",
            "loa.tom",
            "loa.tml",
            "loa.txt",
            "loa",
            "lao.toml",
            "loa - Copy.toml",
            "loa (1).toml",
        ] {
            std::fs::write(dir.path().join(name), "name = \"x\"\n").unwrap();
            let said = help().unwrap_or_else(|| "the file system knows no case".to_owned());
            assert!(said.contains(name) || said.contains("no case"), "{name}: {said}");
            std::fs::remove_file(dir.path().join(name)).unwrap();
        }
    }

    #[test]
    fn a_broken_or_absent_file_leaves_the_station_as_it_last_was_right() {
        let dir = tempfile::tempdir().unwrap();
        let good = "[zones.thon-1]\noutput = \"null\"\n[zones.thon-2]\noutput = \"null\"\n";
        let path = dir.path().join(FILE);
        std::fs::write(&path, good).unwrap();
        let first = load_or(dir.path(), None);
        assert_eq!((first.good(), first.kept, first.station.zones.len()), (Some(good), false, 2));
        for bad in [
            good.as_bytes().iter().map(|byte| if *byte == b'[' { 0xff } else { *byte }).collect::<Vec<u8>>(),
            good.replacen('"', "", 1).into_bytes(),
            good.replacen("null", "nul", 1).into_bytes(),
            good.replacen("output", "outptu", 1).into_bytes(),
        ] {
            std::fs::write(&path, &bad).unwrap();
            let kept = load_or(dir.path(), Some(good));
            assert_eq!((kept.good(), kept.kept, &kept.station), (None, true, &first.station));
            assert!(kept.diagnostics.iter().any(|one| one.code == "last_good_kept"));
            assert_ne!(load_or(dir.path(), None).station, first.station, "without one it is what can be read");
        }
        std::fs::remove_file(&path).unwrap();
        assert_eq!(load_or(dir.path(), Some(good)).station, first.station);
    }

    #[test]
    fn a_directory_and_a_file_too_large_are_told_and_not_read() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join(FILE)).unwrap();
        assert_eq!(load(dir.path()).1[0].code, "not_a_file");
        std::fs::remove_dir(dir.path().join(FILE)).unwrap();
        std::fs::write(dir.path().join(FILE), "#".repeat(MAX_BYTES)).unwrap();
        assert!(load(dir.path()).1.is_empty());
        std::fs::write(dir.path().join(FILE), " ".repeat(MAX_BYTES + 1)).unwrap();
        assert_eq!(load(dir.path()).1[0].code, "too_large");
    }
}
