use crate::diag::{Text, text};
use crate::fact::{EntryKind, Outcome};
use crate::schedule::Class;

/// An outcome, as people say it.
pub fn outcome(outcome: Outcome) -> Text {
    match outcome {
        Outcome::Played => text!("đã phát", "played"),
        Outcome::Partial => text!("phát một phần", "partly played"),
        Outcome::Missed => text!("bị lỡ", "missed"),
        Outcome::Refused => text!("bị từ chối", "refused"),
    }
}

/// A class, as the circular calls it.
pub fn class(class: Class) -> Text {
    match class {
        Class::Normal => text!("thông thường", "normal"),
        Class::Priority => text!("ưu tiên", "priority"),
        Class::Emergency => text!("khẩn cấp", "emergency"),
    }
}

/// What kind of row it is.
pub fn kind(kind: EntryKind) -> Text {
    match kind {
        EntryKind::Airing => text!("lượt phát", "airing"),
        EntryKind::Note => text!("ghi chú", "note"),
    }
}
