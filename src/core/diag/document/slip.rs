//! Slips of the pen that the parser has no name for, seen in the line itself.

use super::fault::{Fault, Place};
use super::{Meaning, mend};
use crate::diag::{Lines, text};

/// `title = "Bản tin` and `phụ nữ"` on the next line: one text over two lines.
pub(super) fn text_over_lines(place: &Place<'_>, text: &str, lines: &Lines, meaning: &Meaning) -> Option<Fault> {
    let number = lines.line(place.span.start);
    let next = text.get(lines.range(text, number + 1)).unwrap_or("").trim();
    let opens = place.line.matches('"').count() % 2 == 1 && place.value().starts_with('"');
    let closes = next.ends_with('"') && next.matches('"').count() == 1 && !next.contains(['=', '[', '#']);
    if !(opens && closes && mend::is_shown_whole(place.line) && mend::is_shown_whole(next)) {
        return None;
    }
    let joined = mend::line(&format!("{} {next} ", place.line.trim_end()), meaning)
        .unwrap_or_else(|| format!("{} {next}", place.line.trim_end()));
    let below = number + 1;
    Some(Fault {
        is_written_out: true,
        ..place.fault(
            "unclosed_string",
            text!("chữ trong ngoặc kép phải nằm trên một dòng", "a text in quotes stands on one line"),
            text!("xóa dòng {below} rồi viết: {joined}", "delete line {below} and write: {joined}"),
        )
    })
}

/// A line of plain words.
pub(super) fn remark(place: &Place<'_>) -> Option<Fault> {
    let line = place.line.trim();
    let words = line.split_whitespace().count();
    let plain = !line.contains(['=', '"', '[', ']', '＝', '“', '”', '#', '＃', ':', '：']) && words > 1;
    let digits = line.split_whitespace().nth(1).is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    if !plain || (words == 2 && digits) || !mend::is_shown_whole(line) {
        return None;
    }
    Some(Fault {
        is_written_out: true,
        ..place.fault(
            "bad_remark",
            text!(
                "dòng này không có dấu =; dòng ghi chú phải bắt đầu bằng dấu #",
                "this line has no =; a remark begins with #"
            ),
            text!("viết: # {line}", "write: # {line}"),
        )
    })
}

/// The first half of a pair is missing: a quote, a bracket.
pub(super) fn half(place: &Place<'_>, message: &str) -> Option<Fault> {
    let value = place.value();
    let value = value.split(" #").next().unwrap_or(value).trim_end();
    let stumbles = ["string values must be", "unexpected key or value", "invalid", "extra", "missing"];
    if value.is_empty() || !stumbles.iter().any(|start| message.starts_with(start)) {
        return None;
    }
    if value.ends_with(']') && !value.starts_with('[') {
        return Some(Fault {
            list: true,
            ..place.fault(
                "broken_list",
                text!("danh sách ở đây thiếu dấu [ ở đầu", "the list here lacks its ["),
                text!("thêm dấu [ ngay sau dấu =", "put a [ behind the ="),
            )
        });
    }
    if value.ends_with('"') && value.matches('"').count() == 1 {
        return Some(place.fault(
            "unopened_string",
            text!("thiếu dấu ngoặc kép mở", "the opening quote is missing"),
            text!("thêm dấu \" ngay sau dấu =", "put a \" behind the ="),
        ));
    }
    None
}
