use std::io::{BufWriter, ErrorKind, Write};
use std::path::Path;

use loa_core::diag::{Text, shown, system, text};
use loa_site::Folder;

use super::{CentreExit, Failed};

/// Who may read a file that a person had written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum FileReaders {
    /// Its owner alone: it holds a secret.
    Owner,
    /// Whom that person's habits say.
    Habit,
}

/// A file that a person named with `option`, whole or not at all. What is there already, another box's key or paper perhaps, is not written over.
pub(super) fn put_new(
    path: &Path,
    option: &str,
    readers: FileReaders,
    fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<(), Failed> {
    // Before anything is made that has no place.
    is_free(path, option)?;
    put(path, readers, fill).map_err(|error| {
        if error.kind() == ErrorKind::AlreadyExists {
            return taken(path, option);
        }
        let (path, Text { vi, en }) = (shown(&path.to_string_lossy()), system(&error));
        Failed::new(CentreExit::Io, text!("không ghi được «{path}»: {vi}", "\"{path}\" cannot be written: {en}"))
    })
}

/// The same, of a text.
pub(super) fn put_text(path: &Path, option: &str, readers: FileReaders, said: &str) -> Result<(), Failed> {
    put_new(path, option, readers, |out| out.write_all(said.as_bytes()))
}

/// Nothing has this name: asked before something is done that cannot be taken back.
pub(super) fn is_free(path: &Path, option: &str) -> Result<(), Failed> {
    if path.symlink_metadata().is_ok() { Err(taken(path, option)) } else { Ok(()) }
}

fn put(
    path: &Path,
    readers: FileReaders,
    fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let name = path.file_name().ok_or(ErrorKind::InvalidInput)?;
    let above = path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = Folder::open(above)?;
    let mut draft = match readers {
        FileReaders::Owner => folder.draft(name, 0o600)?,
        FileReaders::Habit => folder.draft_of_a_person(name)?,
    };
    let mut out = BufWriter::new(draft.file());
    fill(&mut out)?;
    out.flush()?;
    drop(out);
    draft.place_new()
}

fn taken(path: &Path, option: &str) -> Failed {
    let path = shown(&path.to_string_lossy());
    let said = text!(
        "đã có tệp «{path}», có thể là khóa hay giấy của máy khác: không ghi đè, chọn tên khác ở {option}",
        "there is a file \"{path}\" already, perhaps another box's key or paper: it is not written over, take another name for {option}"
    );
    Failed::new(CentreExit::Usage, said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_not_written_over_and_a_secret_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        for (name, readers) in [("may.creds", FileReaders::Owner), ("may.paper", FileReaders::Habit)] {
            let file = dir.path().join(name);
            put_text(&file, "--x", readers, "một").unwrap();
            let refused = put_text(&file, "--x", readers, "hai").unwrap_err();
            assert!(refused.exit == CentreExit::Usage && refused.text.vi.ends_with("--x"), "{refused:?}");
            assert_eq!(std::fs::read_to_string(&file).unwrap(), "một");
        }
        let rights = std::fs::metadata(dir.path().join("may.creds")).unwrap().permissions().mode() & 0o777;
        assert_eq!(rights, 0o600);
        let nowhere = put_text(&dir.path().join("x/may.creds"), "--x", FileReaders::Owner, "ba").unwrap_err();
        assert_eq!(nowhere.exit, CentreExit::Io);
    }
}
