//! What has to be known beside the figures of a book, whatever it is written as.

use super::book::Book;
use super::cell::grouped;
use crate::diag::{Text, figure, text};

impl Book {
    /// All of it, each a sentence.
    pub(super) fn caveats(&self) -> Vec<Text> {
        [self.unheard(), self.counted_only(), self.not_counted()].into_iter().flatten().collect()
    }

    /// That nobody heard any of it, where that is so; with its full stop.
    pub fn unheard(&self) -> Option<Text> {
        (!self.has_horns).then(|| {
            text!(
                "Đài chưa nối loa nào: khi lập giấy này chưa cụm nào có loa, nên lượt ghi là đã phát chỉ chạy trong máy, không ai nghe.",
                "The station has no horn: when this was made no zone had one, so that what is written as played ran in the machine only, and nobody heard it."
            )
        })
    }

    /// What the journal has as a number alone.
    pub(super) fn counted_only(&self) -> Option<Text> {
        (self.counted > 0).then(|| {
            let (vi, en) = (grouped(u64::from(self.counted)), figure::count(self.counted as usize, "airing"));
            text!(
                "Ngoài ra {vi} lượt trong lúc đài tắt quá lâu chỉ được nhật ký đếm chung, không có dòng riêng và không tính ở đây.",
                "Besides, {en} of a time when the station was off for too long are only counted by the journal: they have no rows, and are not in these figures."
            )
        })
    }

    /// What stands in the book and in no figure.
    pub(super) fn not_counted(&self) -> Option<Text> {
        let kinds = [
            (self.tests, text!("lượt thử loa", "test")),
            (self.drills, text!("lượt diễn tập", "drill")),
            (
                self.recalled,
                text!(
                    "lượt báo động hủy kịp trong tiếng báo hiệu, chưa lời nào được phát",
                    "alarm taken back in its signal, before any word"
                ),
            ),
        ];
        let some: Vec<(u32, Text)> = kinds.into_iter().filter(|(number, _)| *number > 0).collect();
        if some.is_empty() {
            return None;
        }
        let joined = |said: &dyn Fn(&(u32, Text)) -> String| some.iter().map(said).collect::<Vec<_>>().join("; ");
        let vi = joined(&|(number, what)| format!("{} {}", grouped(u64::from(*number)), what.vi));
        let en = joined(&|(number, what)| format!("{} × {}", number, what.en));
        Some(text!("Không tính {vi}.", "Not counted: {en}."))
    }
}
