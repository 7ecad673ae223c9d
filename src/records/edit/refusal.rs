use super::Conflict;
use super::coming::Coming;
use crate::diag::{Diagnostic, Text, shown, system, text};
use crate::site::{ReadRefused, Unlocked};

/// Why nothing was changed, and what to do about it.
#[derive(Clone, PartialEq, Debug)]
pub struct Refusal {
    /// A stable name for this kind of refusal.
    pub code: &'static str,
    /// What is in the way.
    pub message: Text,
    /// What to do.
    pub help: Box<Text>,
    /// What the check says, with its lines: of the file as it is where it is broken, of the file as it would be where
    /// the change would break something.
    pub found: Vec<Diagnostic>,
    /// Somebody else changed the same entry meanwhile.
    pub conflict: Option<Box<Conflict>>,
    /// The next airings of what was touched as they would have been, by id: where the law refuses, with a time that it
    /// would not.
    pub coming: Box<[(String, Vec<Coming>)]>,
}

impl Refusal {
    pub(super) fn new(code: &'static str, message: Text, help: Text) -> Self {
        Self { code, message, help: Box::new(help), found: Vec::new(), conflict: None, coming: Box::default() }
    }

    /// What the check finds in the files as they would be, the first one first.
    pub(super) fn checked(found: Vec<Diagnostic>, coming: Vec<(String, Vec<Coming>)>) -> Self {
        let message = found.first().map_or_else(|| text!("", ""), |first| first.message.clone());
        let help = found.first().and_then(|first| first.help.clone());
        let help = help.unwrap_or_else(|| text!("sửa lại rồi lưu", "correct it and save again"));
        Self { found, coming: coming.into(), ..Self::new("check_refuses", message, help) }
    }

    pub(super) fn broken(path: &str, found: Vec<Diagnostic>) -> Self {
        let file = shown(path);
        let line = found.first().map_or(0, |first| first.line);
        let refusal = Self::new(
            "broken_file",
            text!(
                "{file} hỏng ở dòng {line}, nên không ghi gì vào đó",
                "{file} is broken at line {line}, so nothing is written into it"
            ),
            text!(
                "chữa dòng ấy trong tệp, hoặc khôi phục bản đúng gần nhất",
                "mend that line in the file, or restore the last good version"
            ),
        );
        Self { found, ..refusal }
    }

    pub(super) fn too_large(path: &str) -> Self {
        let file = shown(path);
        Self::new(
            "too_large",
            text!("{file} quá lớn (nhiều nhất 2 MiB)", "{file} is too large (2 MiB at most)"),
            text!("chuyển bớt mục phát sang tệp khác", "move some broadcasts into another file"),
        )
    }

    pub(super) fn by_hand(what: &str) -> Self {
        let what = shown(what);
        Self::new(
            "written_by_hand",
            text!(
                "«{what}» được viết tay theo cách mà trang này không sửa được",
                "\"{what}\" is written by hand in a way that cannot be changed here"
            ),
            text!(
                "sửa thẳng trong tệp; loa giữ nguyên phần ấy",
                "change it in the file itself; loa keeps that part as it is"
            ),
        )
    }

    pub(super) fn gone(what: &str) -> Self {
        let what = shown(what);
        Self::new(
            "entry_gone",
            text!("không còn mục «{what}» trong tệp", "\"{what}\" is no longer in the file"),
            text!(
                "tải lại trang; mục đã xóa có thể khôi phục",
                "load the page again; what was deleted can be restored"
            ),
        )
    }

    pub(super) fn unread(path: &str, refused: &ReadRefused) -> Self {
        let (file, why) = (shown(path), refused.text());
        let help = match refused {
            ReadRefused::Link => text!("chép chính tệp ấy vào schedules/", "copy the file itself into schedules/"),
            _ => text!(
                "xem quyền và chỗ trống của đĩa (trang Máy, hoặc loa doctor)",
                "look at the rights and the space of the disk (the page of the machine, or loa doctor)"
            ),
        };
        Self::new("file_refused", text!(why = why; "{file}: {why}", "{file}: {why}"), help)
    }

    pub(super) fn busy(unlocked: &Unlocked) -> Self {
        let message = match unlocked {
            Unlocked::Held(Some(holder)) => {
                text!(who = holder.text(); "lịch đang được ghi bởi {who}", "the schedules are being written by {who}")
            }
            Unlocked::Held(None) => text!("lịch đang được ghi", "the schedules are being written"),
            Unlocked::Io(error) => {
                text!(error = system(error); "không khóa được lịch ({error})", "the schedules cannot be locked ({error})")
            }
        };
        Self::new("busy", message, text!("chờ một lát rồi lưu lại", "wait a moment and save again"))
    }
}
