use std::path::{Path, PathBuf};

use crate::diag::{Text, plain, shell_word, text};
use crate::site::{Folder, account_name, is_denied};

/// A journal that this account may not open. Nothing is wrong with it: it stays where it is, and is opened once the right
/// is there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Denied {
    /// What the right is missing for: the file, one of those beside it, or the directory.
    path: PathBuf,
    writes: bool,
}

impl Denied {
    /// What its writer lacks a right for, if it lacks one.
    pub(super) fn to_write(path: &Path) -> Option<Self> {
        Self::of(path, true)
    }

    /// What a reader lacks a right for, if it lacks one.
    pub(super) fn to_read(path: &Path) -> Option<Self> {
        Self::of(path, false)
    }

    fn of(path: &Path, writes: bool) -> Option<Self> {
        let above = path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let files = ["", "-wal", "-shm"].map(|end| {
            let mut name = path.as_os_str().to_owned();
            name.push(end);
            PathBuf::from(name)
        });
        let all = std::iter::once(above.to_owned()).chain(files);
        all.into_iter().find(|path| is_denied(path, writes)).map(|path| Self { path, writes })
    }

    /// What to tell people, with the cure.
    pub(super) fn text(&self) -> Text {
        let is_directory = self.path.is_dir();
        let directory = if is_directory { &self.path } else { self.path.parent().unwrap_or(&self.path) };
        let owner = Folder::open(directory).ok().and_then(|folder| folder.owner().ok()).map(|(owner, _)| owner);
        let (own, shown) = (Folder::own_account(), self.path.to_string_lossy());
        let shown = plain(&shown);
        if !self.writes && owner != Some(own) {
            return text!(
                "không có quyền đọc {shown}, của tài khoản khác; nhật ký vẫn nguyên ở đó: hãy xem bằng quyền quản trị (sudo loa ...)",
                "no right to read {shown}, which is another account's; the journal is still there: look as administrator (sudo loa ...)"
            );
        }
        let name = account_name(own);
        let name = name.strip_prefix("uid ").unwrap_or(&name);
        let cure = if is_directory {
            format!("sudo chown -R {name}: {}", shell_word(&shown))
        } else {
            let file = shown.strip_suffix("-wal").or(shown.strip_suffix("-shm")).unwrap_or(&shown);
            format!("sudo chown {name}: {}*", shell_word(file))
        };
        let said = if self.writes {
            text!("không có quyền đọc và ghi {shown}", "no right to read and write {shown}")
        } else {
            text!("không có quyền đọc {shown}", "no right to read {shown}")
        };
        let Text { vi, en } = said;
        text!("{vi}; nhật ký vẫn nguyên ở đó: {cure}", "{en}; the journal is still there: {cure}")
    }
}
