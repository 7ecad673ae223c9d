//! The words of the page: those that were settled stand in it literally, nobody is called by a pronoun, and a Vietnamese
//! sentence holds no English.

use std::fs;
use std::path::Path;

/// Vietnamese and English, as both stand beside each other in the program.
const SETTLED: [(&str, &str); 31] = [
    ("Thêm mục phát", "Add a broadcast"),
    ("Lưu", "Save"),
    ("Nghe thử", "Listen first"),
    ("Ghi âm", "Record"),
    ("Chọn tệp ghi âm", "Choose a recording"),
    ("Nộp bản ghi", "Hand in"),
    ("Phát ngay", "Play now"),
    ("Dừng loa {title}", "Stop {title}"),
    ("Dừng tất cả các loa", "Stop all"),
    ("Cho phát tiếp", "Let it go on"),
    ("Đang phát", "Playing"),
    ("Sắp phát lúc {vi}", "Next at {en}"),
    ("còn {minutes} phút", "in {minutes} min"),
    ("Đã phát", "Played"),
    ("Phát một phần: {played} trên {planned}", "Partly played: {played} of {planned}"),
    ("Bị lỡ", "Missed"),
    ("Bị từ chối", "Refused"),
    ("Sáng mai: sẵn sàng", "Tomorrow: ready"),
    ("Đồng hồ chưa đáng tin: tạm không phát theo lịch", "The clock is not trusted: nothing scheduled plays"),
    ("Trang này lúc {{at}}, có thể đã cũ", "This page is of {{at}} and may be old"),
    ("Tải về cho Excel", "Download for Excel"),
    ("Máy đọc", "Synthetic voice"),
    ("Khôi phục bản này", "Restore this version"),
    ("Chỉ lần này", "This time only"),
    ("Viết tay trong tệp, giữ nguyên", "Written by hand in the file, kept"),
    ("Giờ chưa đúng. Ví dụ: 05:30 hoặc 17h15.", "This is not a time. Examples: 05:30 or 17h15."),
    ("Ngày chưa đúng. Ví dụ: 05/12/2026.", "This is not a date. Example: 05/12/2026."),
    ("Máy đã nhận đủ. Có thể tắt điện thoại.", "Received. The phone may be switched off."),
    ("Xin xem hai bản rồi chọn.", "Look at both and choose."),
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

/// Every pair that the page says.
fn pairs() -> Vec<(String, String)> {
    let mut all = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/console"), &mut all);
    let calls = all.iter().flat_map(|text| text.split("text!(").skip(1));
    let pair = |call: &str| match &strings(call)[..] {
        [.., vi, en] => Some((vi.clone(), en.clone())),
        _ => None,
    };
    calls.filter_map(pair).collect()
}

#[test]
fn the_words_that_were_settled_stand_in_the_page() {
    let pairs = pairs();
    assert!(pairs.len() > 300, "{}", pairs.len());
    for (vi, en) in SETTLED {
        assert!(pairs.iter().any(|(own, other)| own == vi && other == en), "{vi:?}, {en:?}");
    }
}

#[test]
fn nobody_is_called_by_a_pronoun_and_no_vietnamese_sentence_holds_english() {
    let mut wrong = Vec::new();
    for (vi, _) in pairs() {
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
