use loa_core::diag::text;
use loa_usage::{InsteadOf, MeantBy, SoughtWords};

/// The words by which people look for a command of the centre.
pub(super) const SOUGHT: &[SoughtWords] = &[
    SoughtWords { below: "collect", meant: COLLECT, instead: &[] },
    SoughtWords { below: "fleet", meant: FLEET, instead: FLEET_INSTEAD },
    SoughtWords { below: "fleet alarm", meant: ALARM, instead: ALARM_INSTEAD },
    SoughtWords { below: "fleet rollout", meant: ROLLOUT, instead: &[] },
];

const COLLECT: &[MeantBy] = &[
    (&["start", "chạy", "thu", "thu nhật ký", "gather", "serve", "daemon", "up"], &["run"]),
    (&["list", "ls", "show", "info", "gaps", "missing", "xem", "còn thiếu", "thiếu", "tình trạng"], &["status"]),
    (&["ack", "acknowledge", "resolve", "đóng", "xong", "đã xem"], &["close"]),
    (&["report", "báo cáo", "tháng", "csv", "excel", "export"], &["month"]),
    (&["usb", "courier", "người đưa tin", "import", "nhận"], &["stick"]),
];

const FLEET: &[MeantBy] = &[
    (&["new", "create", "setup", "tạo", "lập", "lập mạng"], &["init"]),
    (&["add", "thêm", "enrol", "enroll", "mời", "slip", "phiếu", "code", "mã"], &["invite", "place"]),
    (&["rm", "delete", "del", "xóa", "bỏ"], &["remove"]),
    (&["name", "title", "group", "nơi", "tên", "nhóm"], &["place"]),
    (&["creds", "credentials", "cấp", "cấp khóa"], &["issue"]),
    (&["request", "yêu cầu"], &["take"]),
    (&["approve", "admit", "duyệt", "cho vào", "letters", "tám chữ"], &["accept"]),
    (&["xin vào", "vào", "gia nhập"], &["join"]),
    (&["lost", "stolen", "ban", "cut", "mất", "hỏng", "thu khóa", "thu hồi"], &["revoke"]),
    (&["sync", "update", "đẩy", "cập nhật"], &["push"]),
    (&["server", "máy chủ", "xã"], &["commune"]),
    (&["list", "ls", "show", "info", "boxes", "xem", "sổ", "tình trạng"], &["status"]),
    (&["trust", "keys", "khóa gốc", "gốc", "khóa"], &["roots"]),
    (&["publish", "upload", "gửi", "lịch", "gói"], &["send"]),
    (&["who", "ai", "received", "đã nhận", "đã có"], &["held"]),
    (&["wave", "waves", "đợt", "từng đợt", "triển khai", "deploy"], &["rollout"]),
    (&["alert", "emergency", "warn", "báo động", "khẩn cấp", "khẩn", "cảnh báo"], &["alarm"]),
];

const FLEET_INSTEAD: &[InsteadOf] = &[(&["run", "start", "chạy", "collect", "thu", "thu nhật ký"], || {
    text!(
        "thu nhật ký của các đài: «loa collect run»; máy chủ thì chạy bằng nats-server theo thư mục mà «loa fleet init» đã lập",
        "to collect the stations' journals: \"loa collect run\"; servers run by nats-server, with the directory that \"loa fleet init\" has made"
    )
})];

const ALARM: &[MeantBy] = &[
    (&["stop", "cancel", "over", "hủy", "dừng", "hết", "kết thúc", "thôi"], &["end"]),
    (&["list", "ls", "show", "who", "xem", "ai", "đã nghe"], &["status"]),
    (&["confirm", "approve", "xác nhận", "người thứ hai", "duyệt"], &["second"]),
];

const ALARM_INSTEAD: &[InsteadOf] = &[(&["give", "send", "start", "new", "phát", "gửi", "ra lệnh"], || {
    text!(
        "báo động thì viết thẳng sau alarm: nơi nào, phát gì, đến khi nào, ai, vì sao",
        "an alarm is given by what stands behind \"alarm\" itself: where, what, until when, who, why"
    )
})];

const ROLLOUT: &[MeantBy] = &[
    (&["begin", "new", "send", "bắt đầu", "gửi"], &["start"]),
    (&["list", "ls", "show", "xem", "đến đâu"], &["status"]),
    (&["next", "continue", "run", "watch", "tiếp", "tiếp tục", "chạy"], &["go"]),
    (&["halt", "cancel", "abort", "pause", "dừng", "hủy"], &["stop"]),
    (&["undo", "rollback", "revert", "lùi", "quay lại"], &["back"]),
];
