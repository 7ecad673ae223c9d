//! Room on the disk: for the journal and for sounds that are loaded.

use super::Finding;
use crate::diag::figure::bytes;
use crate::diag::text;

/// Less is room for a day's journal at most.
const BYTES_LEAST: u64 = 20 << 20;
/// Less is no room for a few recordings.
const BYTES_WISHED: u64 = 200 << 20;
/// The journal needs a file or two beside it; `loa load` needs one for each sound.
const INODES_LEAST: u64 = 16;
/// A year's journal is some tens of megabytes: a larger `state/` has something in it that wears the card.
const STATE_MOST: u64 = 2 << 30;

/// What a file system has left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Space {
    /// Bytes for others than root.
    pub bytes: u64,
    /// Files that may still be made; `None` where the file system does not count them.
    pub inodes: Option<u64>,
    /// Mounted read-only.
    pub read_only: bool,
}

/// What is short in `place` (`state/`, `audio/`).
pub fn judge(place: &str, space: Space) -> Vec<Finding> {
    let mut found = Vec::new();
    let left = bytes(space.bytes);
    let clear = text!("xóa bớt tệp, hoặc thay ổ đĩa lớn hơn", "delete files, or put in a larger disk");
    if space.read_only {
        let message =
            text!("ổ đĩa của {place} chỉ đọc được, không ghi được", "the disk of {place} can be read but not written");
        let help = text!(
            "thẻ nhớ hoặc ổ đĩa thường bị như vậy khi sắp hỏng: sao lưu, kiểm tra ổ đĩa, rồi khởi động lại máy",
            "cards and disks do this when they begin to fail: make a copy, check the disk, restart the machine"
        );
        found.push(Finding::error("disk_read_only", message, help));
    } else if space.bytes < BYTES_LEAST {
        let message = text!(left = left; "ổ đĩa của {place} chỉ còn {left}", "the disk of {place} has {left} left");
        found.push(Finding::error("disk_full", message, clear));
    } else if space.bytes < BYTES_WISHED {
        let message = text!(
            left = left;
            "ổ đĩa của {place} sắp đầy: còn {left}",
            "the disk of {place} is nearly full: {left} left"
        );
        found.push(Finding::warning("disk_low", message, clear));
    }
    if let Some(left) = space.inodes.filter(|left| *left < INODES_LEAST && !space.read_only) {
        let message = text!(
            "ổ đĩa của {place} chỉ còn chỗ cho {left} tệp nữa, dù còn dung lượng",
            "the disk of {place} has room for {left} more files only, whatever their size"
        );
        let help = text!("xóa những tệp nhỏ không cần nữa", "delete small files that nobody needs");
        found.push(Finding::error("inodes_full", message, help));
    }
    found
}

/// Whether `state/` has grown beyond reason.
pub fn wear(state_bytes: u64) -> Vec<Finding> {
    if state_bytes <= STATE_MOST {
        return Vec::new();
    }
    let grown = bytes(state_bytes);
    let message = text!(grown = grown; "thư mục state/ đã lớn đến {grown}", "state/ has grown to {grown}");
    let help = text!(
        "xuất nhật ký ra để lưu («loa journal --csv») và báo người phụ trách máy",
        "export the journal (\"loa journal --csv\") and tell who looks after the machine"
    );
    vec![Finding::warning("state_large", message, help)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_short_is_told_at_its_limit() {
        let codes = |bytes, inodes, read_only| -> Vec<String> {
            judge("state/", Space { bytes, inodes, read_only }).into_iter().map(|one| one.code).collect()
        };
        assert_eq!(codes(BYTES_WISHED, Some(INODES_LEAST), false), [""; 0]);
        assert_eq!(codes(BYTES_WISHED - 1, None, false), ["disk_low"]);
        assert_eq!(codes(BYTES_LEAST, None, false), ["disk_low"]);
        assert_eq!(codes(BYTES_LEAST - 1, Some(INODES_LEAST - 1), false), ["disk_full", "inodes_full"]);
        assert_eq!(codes(0, Some(0), true), ["disk_read_only"]);
        assert_eq!((wear(STATE_MOST).len(), wear(STATE_MOST + 1).len()), (0, 1));
    }
}
