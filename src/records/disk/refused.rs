use crate::diag::{Diagnostic, Severity, Text, text};
use crate::site::ReadRefused;

/// The problem of the file at `path`, relative to the station.
pub(super) fn unread(path: &str, why: &ReadRefused) -> Diagnostic {
    let (code, help): (_, Text) = match why {
        _ if why.is_forbidden() => (
            "unreadable",
            text!(
                "cho người dùng chạy loa quyền đọc: chmod a+r \"{path}\"",
                "let the user that runs loa read it: chmod a+r \"{path}\""
            ),
        ),
        ReadRefused::Io(_) => (
            "unreadable",
            text!(
                "xem lại ổ đĩa hoặc thẻ nhớ rồi chép lại tệp",
                "look at the disk or the memory card, then copy the file again"
            ),
        ),
        ReadRefused::Directory => (
            "not_a_file",
            text!(
                "đổi tên thư mục này, hoặc chép các tệp .toml bên trong ra ngoài",
                "rename this directory, or copy the .toml files in it one level up"
            ),
        ),
        ReadRefused::Link => (
            "not_a_file",
            text!("chép chính tệp ấy vào đây, thay cho liên kết", "copy the file itself here, in the link's place"),
        ),
        ReadRefused::Special => {
            ("not_a_file", text!("xóa nó, rồi chép tệp thật vào", "delete it, and copy the real file in"))
        }
        ReadRefused::TooLarge(_) => (
            "too_large",
            text!(
                "tệp lịch chỉ có chữ; tệp âm thanh phải để trong audio/",
                "a schedule holds only text; sound belongs in audio/"
            ),
        ),
    };
    Diagnostic::of_file(path, Severity::Error, code, why.text()).with_help(help)
}
