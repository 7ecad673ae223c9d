use clap::Command;

use crate::diag::{fold, nearest};

/// Words that people type for a command: of other tools, of everyday speech, Vietnamese with or without its accents;
/// and the commands they may mean, the likeliest first. One that this version does not have is passed over.
const MEANT: &[(&[&str], &[&str])] = &[
    (&["list", "ls", "dir", "danh sách", "files", "library", "âm thanh", "sound"], &["sounds", "plan"]),
    (&["rm", "remove", "delete", "del", "unload", "xóa", "xoá", "bỏ"], &["sounds remove", "sounds"]),
    (&["restore", "undo", "undelete", "khôi phục", "lấy lại"], &["sounds restore", "sounds"]),
    (&["play", "speak", "phát", "nói", "announce", "broadcast", "on air"], &["say"]),
    (&["preview", "hear", "nghe", "nghe thử", "audition"], &["listen", "render"]),
    (
        &["lịch", "schedule", "schedules", "xem", "calendar", "agenda", "kế hoạch", "next", "today", "hôm nay"],
        &["plan"],
    ),
    (&["start", "chạy", "daemon", "serve", "server", "up", "khởi động", "bật"], &["run"]),
    (&["dừng", "tắt", "kill", "halt", "silence", "quiet", "mute", "im", "down", "cancel", "hủy"], &["stop"]),
    (&["validate", "lint", "kiểm tra", "verify", "errors", "lỗi", "test"], &["check"]),
    (&["log", "logs", "history", "nhật ký", "events", "lịch sử"], &["journal"]),
    (&["add", "import", "nạp", "upload", "copy", "cp", "thêm", "put", "đưa vào"], &["load"]),
    (&["cards", "card", "device", "audio", "aplay", "outputs", "thiết bị", "loa"], &["devices"]),
    (&["info", "ps", "state", "show", "top", "trạng thái", "tình trạng", "now", "bây giờ"], &["status"]),
    (&["emergency", "alarm", "warn", "siren", "khẩn cấp", "báo động", "cảnh báo", "khẩn"], &["alert"]),
    (&["time", "date", "giờ", "đồng hồ", "ntp", "clocks"], &["clock"]),
    (&["confirm", "xác nhận"], &["clock confirm"]),
    (&["export", "wav", "record", "bounce", "ghi"], &["render"]),
    (&["sim", "dry run", "mô phỏng", "what if"], &["simulate"]),
    (&["fix", "health", "diagnose", "khám", "bác sĩ", "why", "chữa", "troubleshoot"], &["doctor"]),
    (&["báo cáo", "stats", "statistics", "thống kê", "sổ"], &["report", "journal"]),
    (&["sao lưu", "archive", "dump"], &["backup"]),
    (&["thử", "example", "tour", "xem thử"], &["demo"]),
    (&["tạo", "create", "init", "mới"], &["new", "check"]),
    (&["code", "codes", "mã", "giải thích", "nghĩa là gì", "meaning"], &["explain"]),
    (&["duyệt", "phê duyệt", "accept"], &["approve"]),
];

/// The command that `written` was probably meant to be: `sounds remove`.
pub(super) fn meant(written: &str, root: &Command) -> Option<String> {
    let wanted = fold(written);
    let exists = |path: &&&str| {
        let mut command = Some(root);
        for name in path.split(' ') {
            command = command.and_then(|command| command.get_subcommands().find(|one| one.get_name() == name));
        }
        command.is_some()
    };
    let names = || root.get_subcommands().map(Command::get_name);
    // A name with capitals or accents is itself.
    if let Some(name) = names().find(|name| fold(name) == wanted) {
        return Some(name.to_owned());
    }
    let known = MEANT.iter().find(|(words, _)| words.iter().any(|word| fold(word) == wanted));
    if let Some(found) = known.and_then(|(_, commands)| commands.iter().find(exists)) {
        return Some((*found).to_owned());
    }
    nearest(written, names()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::Arguments;

    #[test]
    fn the_words_of_other_tools_and_of_everyday_speech_lead_to_a_command() {
        let root = Arguments::command();
        for (written, expected) in [
            ("play", Some("say")),
            ("phát", Some("say")),
            ("lich", Some("plan")),
            ("Lịch", Some("plan")),
            ("xem", Some("plan")),
            ("nhat-ky", Some("journal")),
            ("khẩn cấp", Some("alert")),
            ("staus", Some("status")),
            ("STATUS", Some("status")),
            ("chek", Some("check")),
            ("xyzzyx", None),
            ("", None),
        ] {
            assert_eq!(meant(written, &root).as_deref(), expected, "{written}");
        }
        // What they lead to depends on what there is, but they lead somewhere.
        for written in ["list", "ls", "preview", "start"] {
            assert!(meant(written, &root).is_some(), "{written}");
        }
    }

    #[test]
    fn no_word_means_two_things() {
        let mut seen = std::collections::BTreeSet::new();
        let twice: Vec<&str> =
            MEANT.iter().flat_map(|(words, _)| *words).filter(|word| !seen.insert(fold(word))).copied().collect();
        // Two spellings of one accent are one word.
        assert_eq!(twice, ["xoá"]);
    }
}
