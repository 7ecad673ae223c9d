use crate::diag::text;
use crate::usage::{InsteadOf, MeantBy, SoughtWords};

/// The words by which people look for a command of `loa`.
pub(super) const SOUGHT: SoughtWords = SoughtWords { below: "", meant: MEANT, instead: INSTEAD };

/// Words that people type for a command: of other tools, of everyday speech, Vietnamese with or without its accents;
/// and the commands they may mean, the likeliest first.
const MEANT: &[MeantBy] = &[
    (&["list", "ls", "dir", "danh sách", "files", "library", "âm thanh", "sound"], &["sounds", "plan"]),
    (&["rm", "remove", "delete", "del", "unload", "xóa", "bỏ"], &["sounds remove", "sounds"]),
    (&["restore", "undo", "undelete", "khôi phục", "lấy lại"], &["sounds restore", "sounds"]),
    (&["play", "phát", "announce", "broadcast", "on air"], &["say"]),
    (&["speak", "nói", "nói trực tiếp", "mic", "micro", "microphone", "voice"], &["talk", "say"]),
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
    (&["export", "wav", "bounce"], &["render"]),
    (&["sim", "dry run", "mô phỏng", "what if"], &["simulate"]),
    (&["fix", "health", "diagnose", "khám", "bác sĩ", "why", "chữa", "troubleshoot"], &["doctor"]),
    (&["báo cáo", "stats", "statistics", "thống kê", "sổ"], &["report", "journal"]),
    (&["thử", "example", "tour", "xem thử"], &["demo"]),
    (&["code", "codes", "mã", "giải thích", "nghĩa là gì", "meaning"], &["explain"]),
    (&["web", "ui", "gui", "browser", "page", "trang", "giao diện", "điện thoại", "phone", "http"], &["console"]),
    (&["https", "tls", "ssl", "certificate", "chứng nhận", "mã hóa"], &["console cert"]),
    (
        &[
            "users",
            "people",
            "người dùng",
            "tài khoản",
            "account",
            "accounts",
            "password",
            "mật khẩu",
            "invite",
            "login",
            "đăng nhập",
        ],
        &["user"],
    ),
    (&["token", "api", "mã truy cập", "bearer"], &["user token"]),
    (&["openapi", "swagger"], &["console openapi"]),
    (&["sao lưu", "archive", "dump", "save", "lưu", "bản sao"], &["backup"]),
    (&["dựng lại", "khôi phục đài", "recover"], &["restore"]),
    (&["duyệt", "phê duyệt", "accept"], &["approve"]),
    (&["gói", "gói tin", "sign", "ký", "chữ ký", "khóa", "key", "keys", "signature"], &["bundle"]),
    (&["cap", "báo động từ ngoài", "warning", "alarms", "kttv", "feed", "atom", "rss"], &["cap"]),
    (&["centre", "center", "trung tâm", "fleet", "nats", "mạng", "network", "uplink"], &["link"]),
    (&["tiếp sóng", "tiếp âm", "đài tỉnh", "đài huyện", "radio", "stream", "icecast", "hls"], &["relay"]),
    (&["usb", "stick", "người đưa tin", "đưa tin", "mang đi"], &["courier"]),
    (&["collector", "thu nhật ký", "gom", "gather"], &["collect"]),
    (&["mạng loa", "tỉnh", "province", "enrol", "enroll", "issue", "join"], &["fleet"]),
];

/// Words for what no command does: what to do instead.
const INSTEAD: &[InsteadOf] = &[
    (
        &[
            "new",
            "init",
            "create",
            "tạo",
            "mới",
            "setup",
            "tạo mới",
            "tạo lịch",
            "lập lịch",
            "tạo đài",
            "make",
            "generate",
        ],
        || {
            text!(
                "lịch là tệp chữ, không có lệnh tạo: viết schedules/ten-lich.toml, đưa âm thanh vào bằng «loa load», rồi chạy «loa check»; xem thử trước: «loa demo»",
                "a schedule is a text file that no command makes: write schedules/name.toml, bring sounds in with \"loa load\", then run \"loa check\"; to see it first: \"loa demo\""
            )
        },
    ),
    (
        &["edit", "sửa", "config", "configure", "settings", "set", "cấu hình", "cài đặt", "thiết lập", "open", "mở"],
        || {
            text!(
                "sửa thẳng tệp schedules/*.toml (lịch) hay loa.toml (cụm loa) bằng Notepad hoặc nano, rồi chạy «loa check»",
                "edit schedules/*.toml (schedules) or loa.toml (zones) with any text editor, then run \"loa check\""
            )
        },
    ),
    (&["reload", "refresh", "apply", "nạp lại", "đọc lại", "áp dụng", "cập nhật lịch"], || {
        text!(
            "đài đang chạy tự đọc lại schedules/ và audio/ khi tệp đổi; chỉ loa.toml mới cần: sudo systemctl restart loa",
            "a running station reads schedules/ and audio/ again by itself; only loa.toml needs: sudo systemctl restart loa"
        )
    }),
    (
        &["restart", "reboot", "khởi động lại", "bật lại", "enable", "service", "systemd", "dịch vụ"],
        || {
            text!(
                "khởi động lại đài: sudo systemctl restart loa; chạy bằng tay: «loa run»",
                "restart the station: sudo systemctl restart loa; by hand: \"loa run\""
            )
        },
    ),
    (&["install", "cài", "update", "upgrade", "uninstall", "gỡ", "nâng cấp", "cập nhật"], || {
        text!(
            "cài và lên bản mới: chạy deploy/install trong thư mục mã nguồn; gỡ: deploy/uninstall",
            "to install and update, run deploy/install in the source directory; to remove, deploy/uninstall"
        )
    }),
    (&["zones", "zone", "groups", "cụm", "cụm loa", "thôn", "nhóm", "hamlets"], || {
        text!(
            "các cụm loa hiện ở «loa status»; thêm hay sửa cụm trong loa.toml",
            "the zones are shown by \"loa status\"; add and change them in loa.toml"
        )
    }),
    (&["volume", "âm lượng", "to", "nhỏ", "gain", "loudness"], || {
        text!(
            "âm lượng từng cụm: gain_db trong loa.toml; theo giờ: volume trong [rules] của lịch",
            "how loud a zone is: gain_db in loa.toml; by hour: volume in [rules] of a schedule"
        )
    }),
    (&["record", "ghi", "ghi âm", "thu âm", "live", "trực tiếp"], || {
        text!(
            "loa không thu âm: thu bằng điện thoại rồi đưa tệp vào bằng «loa load»",
            "loa records nothing: record with a phone and bring the file in with \"loa load\""
        )
    }),
    (&["pause", "tạm dừng", "nghỉ", "resume", "tiếp tục", "skip", "bỏ qua", "holiday"], || {
        text!(
            "im ngay: «loa stop»; nghỉ cả ngày: thêm [[cancel]] với date = 2026-12-10 vào một tệp trong schedules/",
            "silence now: \"loa stop\"; for a whole day, add [[cancel]] with date = 2026-12-10 to a file in schedules/"
        )
    }),
    (&["version", "phiên bản", "about"], || text!("xem phiên bản: loa --version", "see the version: loa --version")),
    (&["quit", "exit", "thoát", "logout"], || {
        text!(
            "mỗi lệnh chạy xong tự thoát; đài chạy nền thì tắt bằng: sudo systemctl stop loa",
            "each command ends by itself; the station in the background ends with: sudo systemctl stop loa"
        )
    }),
];

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::Arguments;
    use crate::cli::help::WORDS;
    use crate::diag::Text;

    fn meant(written: &str) -> Option<String> {
        WORDS.meant(written, &[&Arguments::command()])
    }

    fn instead(written: &str) -> Option<Text> {
        WORDS.instead(written, &[&Arguments::command()])
    }

    #[test]
    fn the_words_of_other_tools_and_of_everyday_speech_lead_to_a_command() {
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
            assert_eq!(meant(written).as_deref(), expected, "{written}");
        }
        // What they lead to depends on what there is, but they lead somewhere.
        for written in ["list", "ls", "preview", "start"] {
            assert!(meant(written).is_some(), "{written}");
        }
    }

    #[test]
    fn what_a_newcomer_asks_for_and_no_command_does_is_answered_with_what_to_do() {
        for (written, says) in [
            ("new", "schedules/"),
            ("init", "loa demo"),
            ("tao moi", "loa check"),
            ("Cấu hình", "loa.toml"),
            ("reload", "tự đọc lại"),
            ("khởi động lại", "systemctl restart loa"),
            ("zones", "loa status"),
            ("âm lượng", "gain_db"),
            ("thu âm", "loa load"),
            ("nghỉ", "[[cancel]]"),
        ] {
            let said = instead(written).unwrap_or_else(|| panic!("{written}"));
            assert!(said.vi.contains(says) && !said.en.is_empty(), "{written}: {said:?}");
        }
        // What is told to be typed exists.
        let root = Arguments::command();
        for (_, said) in INSTEAD {
            for command in said().vi.split("«loa ").skip(1).filter_map(|rest| rest.split([' ', '»']).next()) {
                assert!(root.get_subcommands().any(|one| one.get_name() == command), "{command}");
            }
        }
        assert_eq!(instead("xyzzyx"), None);
    }
}
