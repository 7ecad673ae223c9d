use loa_core::diag::{Text, foreign, text};
use loa_core::district::NotHandled;

/// Why the board could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum BoardError {
    /// SQLite says so.
    #[error("use the board: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The file or its directory.
    #[error("use the board: {0}")]
    File(#[from] std::io::Error),
    /// It was made by a later program.
    #[error("use the board: it has form {0}, which a later loa has made")]
    Newer(i64),
    /// The file is another program's.
    #[error("use the board: it is not a board")]
    Foreign,
    /// There is none.
    #[error("use the board: there is none")]
    Absent,
    /// There is no such alarm.
    #[error("use the board: no such alarm")]
    NoAlarm,
    /// The alarm's own rules.
    #[error("handle the alarm: {0:?}")]
    NotHandled(NotHandled),
}

impl BoardError {
    /// For people, with the cure where there is one.
    pub fn text(&self) -> Text {
        match self {
            Self::Sqlite(error) => text!(
                why = foreign(&error.to_string());
                "bảng của mạng loa không dùng được: {why}",
                "the fleet's board cannot be used: {why}"
            ),
            Self::File(error) => text!(
                why = foreign(&error.to_string());
                "bảng của mạng loa không mở được: {why}; xem quyền của thư mục ấy",
                "the fleet's board cannot be opened: {why}; look at the rights of its directory"
            ),
            Self::Newer(form) => text!(
                "bảng của mạng loa do bản mới hơn tạo (dạng {form}): hãy cài bản ấy",
                "the fleet's board was made by a later loa (form {form}): install that one"
            ),
            Self::Foreign => text!("tệp ấy không phải bảng của mạng loa", "that file is no fleet's board"),
            Self::Absent => text!(
                "chưa có bảng của mạng loa: ở trung tâm hãy chạy loa collect run, và xem lại [fleet] dir",
                "there is no fleet's board yet: run loa collect run at the centre, and look at [fleet] dir"
            ),
            Self::NoAlarm => text!("không có sự cố ấy", "there is no such trouble"),
            Self::NotHandled(why) => match why {
                NotHandled::Silent => text!("xin ghi làm gì hoặc đã thấy gì", "write what is done, or what was found"),
                NotHandled::Until => {
                    text!("xin chọn đến lúc nào, trong vòng một tháng", "choose until when, within a month")
                }
                NotHandled::StillThere => text!(
                    "chuyện ấy vẫn còn: nhận việc được, chưa đóng được",
                    "it is still so: it can be taken, not closed"
                ),
                NotHandled::Passed => text!("chuyện ấy đã hết: chỉ còn đóng", "it has passed: it can only be closed"),
                NotHandled::Closed => text!("đã có người đóng", "somebody has closed it"),
            },
        }
    }
}
