//! The words of the page: those that were settled stand in it literally, nobody is called by a pronoun, and a Vietnamese
//! sentence holds no English.

use std::fs;
use std::path::Path;

/// Vietnamese and English, as both stand beside each other in the program: what was settled for buttons, for how things
/// stand, and for what went wrong. What of it there is not, and why, is told by decision 180.
const SETTLED: [(&str, &str); 62] = [
    ("Thêm mục phát", "Add a broadcast"),
    ("Lưu", "Save"),
    ("Duyệt", "Approve"),
    ("Trả lại", "Return"),
    ("Nghe thử", "Listen first"),
    ("Ghi âm", "Record"),
    ("Chọn tệp ghi âm", "Choose a recording"),
    ("Nộp bản ghi", "Hand in"),
    ("Phát ngay", "Play now"),
    ("Dừng loa {title}", "Stop {title}"),
    ("Dừng tất cả các loa", "Stop all"),
    ("Cho phát tiếp: {title}", "Let it go on: {title}"),
    ("Báo khẩn cấp", "Emergency"),
    ("Diễn tập", "Drill"),
    ("Phát báo động thật", "Sound the real alarm"),
    ("Kết thúc báo động", "End the alarm"),
    ("Phát lời đính chính", "Play the correction"),
    ("In sổ tuần này", "Print this week"),
    ("Tải về cho Excel", "Download for Excel"),
    ("Khôi phục bản này", "Restore this version"),
    ("Đang phát", "Playing"),
    ("Sắp phát lúc {vi}", "Next at {en}"),
    ("còn {minutes} phút", "in {minutes} min"),
    ("Đã phát", "Played"),
    ("Phát một phần: {played} trên {planned}", "Partly played: {played} of {planned}"),
    ("Bị lỡ", "Missed"),
    ("Bị từ chối", "Refused"),
    ("Chờ duyệt", "Waiting for approval"),
    ("Đã duyệt: {name}, {vi}", "Approved by {name}, {en}"),
    ("Đã trả lại: {note}", "Returned: {note}"),
    ("Cần duyệt lại: bản ghi đã thay", "Approve again: sound replaced"),
    ("«{title}»{name}: chưa có bản ghi, cần trước {vi}", "\"{title}\"{name}: no recording yet, needed before {en}"),
    ("Sáng mai: sẵn sàng", "Tomorrow: ready"),
    ("Đồng hồ chưa đáng tin: tạm không phát theo lịch", "The clock is not trusted: nothing scheduled plays"),
    ("{title} im tiếng từ {since_vi}: {vi}.", "{title} is silent since {since_en}: {en}."),
    ("DIỄN TẬP, không phải báo động thật", "DRILL, no real alarm"),
    ("ĐANG BÁO ĐỘNG: {title}, {count} cụm loa, từ {vi}", "REAL ALARM ON: {title}, {count} zones, since {en}"),
    ("CHƯA PHÁT: còn một bước cuối", "NOT SENT YET: one step is left"),
    ("{heard} trên {all} cụm đã kêu, {count} cụm chưa", "{heard} of {all} zones were heard, {count} not"),
    ("Trang này lúc {{at}}, có thể đã cũ", "This page is of {{at}} and may be old"),
    ("Máy đọc", "Synthetic voice"),
    ("Viết tay trong tệp, giữ nguyên", "Written by hand in the file, kept"),
    ("Chỉ lần này", "This time only"),
    ("từ chối: ngoài giờ được phép phát", "refused: outside the lawful hours"),
    ("trùng giờ với «{title}», chờ đến {start}", "meets \"{title}\", waits until {start}"),
    ("Xin chọn ít nhất một ngày phát.", "Choose at least one day."),
    ("Giờ chưa đúng. Ví dụ: 05:30 hoặc 17h15.", "This is not a time. Examples: 05:30 or 17h15."),
    ("Ngày chưa đúng. Ví dụ: 05/12/2026.", "This is not a date. Example: 05/12/2026."),
    ("Bản ghi không có tiếng. Xin ghi lại", "The recording is silent. Record it again"),
    ("Tiếng nhỏ quá", "Too soft"),
    (
        "Xin để điện thoại cách miệng một gang tay rồi ghi lại",
        "Hold the phone a hand's width from the mouth, and record it again",
    ),
    ("Tiếng bị vỡ", "The sound breaks up"),
    (
        "Mất mạng, đã nhận {percent}%. Có mạng lại thì gửi tiếp từ chỗ này.",
        "The line was lost, {percent}% received. It goes on from there.",
    ),
    ("Máy đã nhận đủ. Có thể tắt điện thoại.", "Received. The phone may be switched off."),
    ("{who} vừa sửa «{title}»", "{who} has just changed \"{title}\""),
    ("Xin xem hai bản rồi chọn.", "Look at both and choose."),
    (
        "Người đã sửa mục này không tự duyệt được. Xin nhờ người khác.",
        "Who has changed this cannot approve it himself. Ask somebody else.",
    ),
    (
        "Đường dẫn đã dùng hoặc quá hạn. Xin người quản trị cấp lại.",
        "This link was used, or has ended. Ask the administrator for a new one.",
    ),
    (
        "Tệp {file} hỏng ở dòng {line}. Đài phát theo bản đúng gần nhất, nếu có.",
        "The file {file} is broken at line {line}. The last good version plays, where there is one.",
    ),
    (
        "Nhật ký nguyên vẹn đến dòng {rows}, kiểm tra lúc {when}.",
        "The journal is intact up to row {rows}, checked at {when}.",
    ),
    ("Việc cần làm", "To do"),
    ("Dời đến {to}", "Move to {to}"),
];

/// Words by which nobody is called.
const PRONOUNS: [&str; 8] = ["bạn", "bác", "anh", "chị", "em", "quý", "mày", "cậu"];

/// Words that only an English sentence has. Names that people know (Excel, Wi-Fi, iPhone) are none.
const ENGLISH: [&str; 26] = [
    "the", "is", "are", "was", "not", "error", "failed", "cannot", "save", "cancel", "loading", "today", "file",
    "submit", "page", "schedule", "journal", "with", "and", "of", "this", "that", "has", "please", "click", "ok",
];

fn sources(place: &Path, all: &mut Vec<String>) {
    for entry in fs::read_dir(place).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            all.push(fs::read_to_string(&path).unwrap());
        }
    }
}

/// The strings of a call that begins here, up to its end.
fn strings(call: &str) -> Vec<String> {
    let (mut all, mut depth, mut letters) = (Vec::new(), 1, call.chars());
    while let Some(letter) = letters.next() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            '"' => {
                let mut one = String::new();
                while let Some(letter) = letters.next() {
                    match letter {
                        '"' => break,
                        '\\' => one.extend(letters.next().filter(|next| *next == '"')),
                        letter => one.push(letter),
                    }
                }
                all.push(one);
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    all
}

/// Every pair that is said below this directory.
fn pairs(place: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(place), &mut all);
    let calls = all.iter().flat_map(|text| text.split("text!(").skip(1));
    let pair = |call: &str| match &strings(call)[..] {
        [.., vi, en] => Some((vi.clone(), en.clone())),
        _ => None,
    };
    calls.filter_map(pair).collect()
}

#[test]
fn the_words_that_were_settled_stand_in_the_page() {
    // The page shows sentences of the plan, the editor and the approvals too.
    let pairs = pairs("src");
    assert!(pairs.len() > 300, "{}", pairs.len());
    for (vi, en) in SETTLED {
        assert!(pairs.iter().any(|(own, other)| own == vi && other == en), "{vi:?}, {en:?}");
    }
}

#[test]
fn nobody_is_called_by_a_pronoun_and_no_vietnamese_sentence_holds_english() {
    let mut wrong = Vec::new();
    for (vi, _) in pairs("src/console") {
        // What stands between braces is put in later.
        let said = vi.split('{').map(|part| part.split_once('}').map_or(part, |(_, rest)| rest));
        for word in said.collect::<Vec<_>>().join(" ").split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase) {
            if PRONOUNS.contains(&word.as_str()) || ENGLISH.contains(&word.as_str()) {
                wrong.push(format!("{word}: {vi}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
