use std::io;
use std::path::PathBuf;

use super::PIECES_MOST;
use crate::diag::figure::bytes;
use crate::diag::{Text, plain, system, text};

/// Why there is no backup, or why nothing was unpacked.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file of the station could not be read.
    #[error("{0}: {1}")]
    Unread(PathBuf, io::Error),
    /// It became shorter while it was read.
    #[error("{0} changes")]
    Changing(PathBuf),
    /// A database could not be copied.
    #[error("{0}: {1}")]
    Database(PathBuf, String),
    /// There are too many files.
    #[error("too many files")]
    TooMany,
    /// The archive could not be written, or not be read.
    #[error(transparent)]
    Archive(#[from] io::Error),
    /// It is no backup of loa's.
    #[error("no backup")]
    NoBackup,
    /// A backup, but not as it was made; in whose name.
    #[error("damaged: {0}")]
    Damaged(String),
    /// It has an entry that no backup has: a link, or a name that leads out of the station.
    #[error("foreign: {0}")]
    Foreign(String),
    /// Something is in the place where it was to be unpacked.
    #[error("{0} is taken")]
    Taken(PathBuf),
    /// The disk has less room than is needed.
    #[error("no room: {needed} bytes are needed, {left} are left")]
    NoRoom {
        /// Bytes.
        needed: u64,
        /// Bytes that this account may still write.
        left: u64,
    },
    /// What was unpacked could not be put in its place.
    #[error("{0}: {1}")]
    Unplaced(PathBuf, io::Error),
}

impl BackupError {
    /// What to tell a person.
    pub fn text(&self) -> Text {
        let shown = |path: &PathBuf| plain(&path.to_string_lossy()).into_owned();
        match self {
            Self::Unread(path, error) if error.kind() == io::ErrorKind::PermissionDenied => {
                let path = shown(path);
                text!(
                    "không có quyền đọc {path}: hãy sao lưu bằng quyền quản trị: sudo loa backup TỆP.tar",
                    "no right to read {path}: make the backup as administrator: sudo loa backup FILE.tar"
                )
            }
            Self::Unread(path, error) => {
                let path = shown(path);
                text!(error = system(error); "không đọc được {path}: {error}", "cannot read {path}: {error}")
            }
            Self::Changing(path) => {
                let path = shown(path);
                text!(
                    "{path} đang được ghi dở; hãy chờ một phút rồi sao lưu lại",
                    "{path} is being written; wait a minute and make the backup again"
                )
            }
            Self::Database(path, why) => {
                let (path, why) = (shown(path), plain(why));
                text!("không chép được {path}: {why}", "cannot copy {path}: {why}")
            }
            Self::TooMany => text!(
                "đài có hơn {PIECES_MOST} tệp: có gì đó không phải của đài nằm trong audio/ hay state/",
                "the station has more than {PIECES_MOST} files: something in audio/ or state/ is not the station's"
            ),
            Self::Archive(error) if error.kind() == io::ErrorKind::FileTooLarge => text!(
                "thẻ nhớ hay ổ USB này không chứa được tệp lớn như vậy (FAT32 chỉ đến 4 GB): hãy dùng ổ định dạng exFAT hay ext4",
                "this disk holds no file of that size (FAT32: 4 GB at most): use one with exFAT or ext4"
            ),
            Self::Archive(error) => {
                text!(error = system(error); "không đọc hay ghi được tệp sao lưu: {error}", "the backup cannot be read or written: {error}")
            }
            Self::NoBackup => text!("tệp này không phải bản sao lưu của loa", "this file is no backup made by loa"),
            Self::Damaged(name) => {
                let name = plain(name);
                text!(
                    "bản sao lưu bị hỏng hay bị sửa ở «{name}»: không lấy gì từ nó; hãy dùng một bản khác",
                    "the backup is damaged or was changed at \"{name}\": nothing is taken from it; use another one"
                )
            }
            Self::Foreign(name) => {
                let name = plain(name);
                text!(
                    "tệp này có «{name}», thứ không bản sao lưu nào có: không lấy gì từ nó",
                    "this file has \"{name}\", which no backup has: nothing is taken from it"
                )
            }
            // The directory that somebody stands in cannot be moved away under its short name.
            Self::Taken(path) if path.file_name().is_none() => text!(
                "thư mục đang đứng đã có thứ khác; bản sao lưu chỉ được dựng ở chỗ trống: hãy chọn thư mục mới bằng --dir, ví dụ --dir dai-moi",
                "there is something in this directory already; a backup is set up in an empty place only: choose a new directory with --dir, for example --dir new-station"
            ),
            Self::Taken(path) => {
                let path = shown(path);
                text!(
                    "ở {path} đã có thứ khác; bản sao lưu chỉ được dựng ở chỗ trống: chuyển thư mục cũ đi (mv {path} {path}.cu), hoặc chọn thư mục khác bằng --dir",
                    "there is something in {path} already; a backup is set up in an empty place only: move the old one away (mv {path} {path}.old), or choose another directory with --dir"
                )
            }
            Self::NoRoom { needed, left } => {
                let (Text { vi, en }, free) = (bytes(*needed), bytes(*left));
                let (free_vi, free_en) = (free.vi, free.en);
                text!(
                    "không đủ chỗ trên ổ đĩa: cần {vi}, còn {free_vi}; chưa ghi gì",
                    "there is no room on the disk: {en} are needed, {free_en} are left; nothing was written"
                )
            }
            Self::Unplaced(path, error) => {
                let path = shown(path);
                text!(error = system(error); "không đặt được {path} vào chỗ: {error}", "cannot put {path} in its place: {error}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cure_of_a_taken_place_is_one_that_works() {
        let said = |path: &str| BackupError::Taken(path.into()).text().en;
        assert!(said("/srv/loa").contains("(mv /srv/loa /srv/loa.old)"), "{}", said("/srv/loa"));
        for here in [".", "..", "/"] {
            assert!(said(here).contains("--dir") && !said(here).contains("mv "), "{}", said(here));
        }
    }
}
