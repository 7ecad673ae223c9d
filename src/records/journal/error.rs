use std::path::PathBuf;

use super::denied::Denied;
use crate::diag::{Text, foreign, text};

/// Why the journal could not be opened, written or read. Reads as the rest of "failed to … the
/// journal: …".
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file or its directory could not be made or opened.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A pipe, a directory or the like stands in its place: to open it could last for ever.
    #[error("{} is no file", .0.display())]
    NoFile(PathBuf),
    /// This account may not open it; nothing is wrong with the file.
    #[error("no right to open the journal")]
    Denied(Denied),
    /// SQLite failed: disk full, locked, damaged.
    #[error("{0}")]
    Database(#[from] rusqlite::Error),
    /// The file is a database, but not a journal of loa.
    #[error("this file is not a journal of loa")]
    Foreign,
    /// The file was written by a newer loa.
    #[error("version {0} of the journal is newer than this loa")]
    Newer(i64),
    /// A row holds what no loa writes. `verify` tells more.
    #[error("row {seq} is damaged: {what}")]
    Damaged {
        /// Its number, 0 where that cannot be read.
        seq: u64,
        /// What makes no sense.
        what: String,
    },
    /// A start of an airing of which no intent was written.
    #[error("no intent was written for {0}")]
    NotIntended(String),
    /// A row could not be put into words.
    #[error("{0}")]
    Body(#[from] serde_json::Error),
}

impl JournalError {
    /// Whether the same write may succeed later: the disk, not the record, is at fault.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::File { .. } | Self::Denied(_) => true,
            Self::Database(error) => error.sqlite_error_code() != Some(rusqlite::ErrorCode::TooBig),
            _ => false,
        }
    }

    /// Whether the file itself is at fault, so that no other try will succeed.
    pub fn is_damage(&self) -> bool {
        use rusqlite::ErrorCode;
        match self {
            // The house's own statements are right: an error in one, or a value of another type than was
            // written, is the file's.
            Self::Database(error) => matches!(
                error.sqlite_error_code(),
                None | Some(
                    ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::Unknown | ErrorCode::TypeMismatch
                )
            ),
            Self::NoFile(_) | Self::Foreign | Self::Damaged { .. } => true,
            _ => false,
        }
    }

    /// Whether the cause is a missing right.
    pub fn is_permission(&self) -> bool {
        match self {
            Self::Denied(_) => true,
            Self::File { source, .. } => source.kind() == std::io::ErrorKind::PermissionDenied,
            Self::Database(error) => matches!(
                error.sqlite_error_code(),
                Some(rusqlite::ErrorCode::PermissionDenied | rusqlite::ErrorCode::ReadOnly)
            ),
            _ => false,
        }
    }

    /// What to tell people, with the cure.
    pub fn text(&self) -> Text {
        use rusqlite::ErrorCode;
        match self {
            Self::Denied(denied) => denied.text(),
            Self::File { path, source } => {
                let path = path.display();
                text!(
                    source = foreign(&source.to_string());
                    "không mở được nhật ký {path} ({source}): hãy kiểm tra quyền của thư mục và ổ đĩa",
                    "cannot open the journal {path} ({source}): check the rights of the directory, and the disk"
                )
            }
            Self::NoFile(path) => {
                let path = path.display();
                text!(
                    "{path} không phải là tệp: hãy chuyển nó đi chỗ khác rồi khởi động lại loa",
                    "{path} is no file: move it elsewhere and restart loa"
                )
            }
            Self::Database(error) => match error.sqlite_error_code() {
                Some(ErrorCode::DiskFull) => text!(
                    "ổ đĩa đã đầy, không ghi được nhật ký: hãy xóa bớt tệp không cần",
                    "the disk is full, the journal cannot be written: delete files that are not needed"
                ),
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => text!(
                    "nhật ký đang bị chương trình khác giữ: hãy đóng chương trình đó rồi thử lại",
                    "another program holds the journal: close it and try again"
                ),
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => text!(
                    error = foreign(&error.to_string());
                    "tệp nhật ký bị hỏng ({error}): hãy giữ nguyên tệp làm bằng chứng, chép cả thư mục state/ sang nơi khác, rồi báo người phụ trách máy",
                    "the journal file is damaged ({error}): keep it as evidence, copy the whole of state/ elsewhere, and tell who looks after the machine"
                ),
                _ => text!(
                    error = foreign(&error.to_string());
                    "không đọc, ghi được nhật ký ({error}): hãy kiểm tra ổ đĩa và quyền của tệp",
                    "the journal cannot be read or written ({error}): check the disk and the file's rights"
                ),
            },
            Self::Foreign => text!(
                "tệp này không phải nhật ký của loa: hãy chuyển nó ra khỏi thư mục state/",
                "this file is not a journal of loa: move it out of state/"
            ),
            Self::Newer(version) => text!(
                "nhật ký này do bản loa mới hơn ghi (định dạng {version}): hãy nâng cấp loa",
                "this journal was written by a newer loa (format {version}): upgrade loa"
            ),
            Self::Damaged { seq, what } => text!(
                "dòng {seq} của nhật ký bị hỏng ({what}): hãy chạy `loa journal verify`",
                "row {seq} of the journal is damaged ({what}): run `loa journal verify`"
            ),
            Self::NotIntended(key) => text!(
                "lỗi của loa: chưa ghi ý định phát {key}; hãy báo cho người bảo trì",
                "a bug in loa: no intent was written for {key}; tell its maintainers"
            ),
            Self::Body(error) => text!(
                error = foreign(&error.to_string());
                "lỗi của loa: không viết được dòng nhật ký ({error}); hãy báo cho người bảo trì",
                "a bug in loa: a row could not be written ({error}); tell its maintainers"
            ),
        }
    }
}
