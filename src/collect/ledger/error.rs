use loa_core::diag::{Text, foreign, shown, text};

/// Why the database could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// SQLite says so.
    #[error("use the database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// PostgreSQL says so.
    #[error("use the database: {0}")]
    Postgres(#[from] postgres::Error),
    /// It was made by a later program.
    #[error("use the database: it has form {0}, which a later loa has made")]
    Newer(i64),
    /// The file is another program's.
    #[error("use the database: it is not a collector's")]
    Foreign,
    /// The file was deleted, moved or replaced while it was open.
    #[error("use the database: the file {0} is gone")]
    Gone(String),
    /// Somebody else collects into it.
    #[error("use the database: another collector uses {0}")]
    Claimed(String),
    /// The certificate by which the database server is to be known cannot be used.
    #[error("use the certificate of the database server's authority: {0}")]
    Authority(String),
    /// What stands in it cannot be.
    #[error("use the database: {0}")]
    Damaged(String),
}

impl LedgerError {
    /// Whether the file itself holds nonsense, which no trying again cures.
    pub fn is_damaged(&self) -> bool {
        let Self::Sqlite(error) = self else { return false };
        let code = error.sqlite_error_code();
        matches!(code, Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase))
    }

    /// For people, with the cure where there is one.
    pub fn text(&self) -> Text {
        match self {
            damaged if damaged.is_damaged() => text!(
                "tệp cơ sở dữ liệu bị hỏng (thường là collect.db trong thư mục của mạng): dừng loa collect run, dời nó cùng các tệp -wal và -shm của nó sang chỗ khác, đừng xóa; đặt bản sao vào chỗ ấy nếu có, rồi chạy lại: nhật ký được thu lại từ đầu, còn việc đã gửi và báo động đã ghi trong tệp ấy thì chỉ bản sao mới có",
                "the file of the database is damaged (as a rule collect.db in the fleet's directory): end loa collect run, move the file and those with -wal and -shm elsewhere, delete nothing; put a copy there if there is one, and run again: rows are collected from the beginning, but what was sent and the alarms are in a copy only"
            ),
            Self::Sqlite(error) => text!(
                why = foreign(&error.to_string());
                "cơ sở dữ liệu không dùng được: {why}",
                "the database cannot be used: {why}"
            ),
            Self::Postgres(error) => text!(
                why = foreign(&error.to_string());
                "máy chủ cơ sở dữ liệu không dùng được: {why}",
                "the database server cannot be used: {why}"
            ),
            Self::Newer(form) => text!(
                "cơ sở dữ liệu do bản loa mới hơn tạo (dạng {form}): hãy cài bản mới rồi chạy lại",
                "the database was made by a later loa (form {form}): install that one and run again"
            ),
            Self::Foreign => text!(
                "tệp ấy không phải cơ sở dữ liệu thu nhật ký: hãy chọn tệp khác",
                "that file is not a collector's database: choose another one"
            ),
            Self::Gone(path) => {
                let path = shown(path);
                text!(
                    "tệp cơ sở dữ liệu «{path}» đã bị xóa, dời hoặc thay trong khi đang thu: chép lại từ bản sao (hoặc để thu lại từ đầu), rồi chạy lại loa collect run",
                    "the database \"{path}\" was deleted, moved or replaced while rows were collected: put it back from a copy (or let all be collected anew), then run loa collect run again"
                )
            }
            Self::Claimed(path) => {
                let path = shown(path);
                text!(
                    "một loa collect run khác đang thu vào «{path}»: mỗi cơ sở dữ liệu chỉ một chương trình thu; tắt cái kia rồi chạy lại",
                    "another loa collect run collects into \"{path}\": one database has one collector; end the other one and run again"
                )
            }
            Self::Authority(why) => text!(
                why = foreign(why);
                "không dùng được chứng nhận để nhận ra máy chủ cơ sở dữ liệu: {why}",
                "the certificate by which the database server is to be known cannot be used: {why}"
            ),
            Self::Damaged(what) => {
                let what = shown(what);
                text!("cơ sở dữ liệu bị hỏng: {what}", "the database is damaged: {what}")
            }
        }
    }
}
