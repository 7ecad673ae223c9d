//! Slips of the pen that the parser has no name for, seen in the line itself.

use super::fault::{SyntaxFault, TokenPlace};
use super::{Meaning, mend};
use crate::diag::{Lines, fold, shown, text};

/// `title = "Bản tin` and `phụ nữ"` on the next line: one text over two lines.
pub(super) fn text_over_lines(
    place: &TokenPlace<'_>,
    text: &str,
    lines: &Lines,
    meaning: &Meaning,
) -> Option<SyntaxFault> {
    let number = lines.line(place.span.start);
    let next = text.get(lines.range(text, number + 1)).unwrap_or("").trim();
    let opens = place.line.matches('"').count() % 2 == 1 && place.value().starts_with('"');
    let closes = next.ends_with('"') && next.matches('"').count() == 1 && !next.contains(['=', '[', '#']);
    if !(opens && closes && mend::is_shown_whole(place.line) && mend::is_shown_whole(next)) {
        return None;
    }
    let section = meaning.section(place.before.0);
    let joined = mend::line(&format!("{} {next} ", place.line.trim_end()), section, meaning)
        .unwrap_or_else(|| format!("{} {next}", place.line.trim_end()));
    let below = number + 1;
    Some(SyntaxFault {
        is_written_out: true,
        ..place.fault(
            "unclosed_string",
            text!("chữ trong ngoặc kép phải nằm trên một dòng", "a text in quotes stands on one line"),
            text!("xóa dòng {below} rồi viết: {joined}", "delete line {below} and write: {joined}"),
        )
    })
}

/// A header or a key that stands there already: where, and what is to be done about the two.
pub(super) fn doubled(
    place: &TokenPlace<'_>,
    text: &str,
    lines: &Lines,
    message: &str,
    meaning: &Meaning,
) -> Option<SyntaxFault> {
    if !message.starts_with("duplicate key") {
        return None;
    }
    let number = lines.line(place.span.start);
    let above = || (1..number).rev().map(|line| (line, text.get(lines.range(text, line)).unwrap_or("").trim()));
    let fault = |help| {
        let token = shown(place.token);
        let message = text!("«{token}» đã được viết ở trên rồi", "\"{token}\" is written already, further up");
        Some(SyntaxFault { is_written_out: true, ..place.local("duplicate_key", message, help) })
    };
    let header = |line: &str| {
        let name = line.strip_prefix('[')?.trim_start_matches('[').split(']').next()?.trim();
        Some(name.to_owned())
    };
    let Some(name) = header(place.line.trim()) else {
        // Further up than the header it would be another block's.
        let same = |line: &str| line.split_once('=').is_some_and(|(key, _)| key.trim() == place.token.trim());
        let first = above().take_while(|(_, line)| !line.starts_with('[')).find(|(_, line)| same(line));
        return fault(match first {
            Some((first, _)) => text!(
                "xóa dòng này hoặc dòng {first}; nếu là hai mục phát thì mỗi mục bắt đầu bằng dòng [[broadcast]] riêng",
                "delete this line or line {first}; two broadcasts each begin with a line [[broadcast]] of their own"
            ),
            None => text!("xóa một trong hai", "delete one of the two"),
        });
    };
    let first = above().find(|(_, line)| header(line).as_deref() == Some(&name)).map_or(1, |(line, _)| line);
    let header = shown(&name);
    let is_list = (meaning.header)(&fold(&name)).is_some_and(|header| header.starts_with("[["));
    fault(if is_list {
        text!(
            "viết [[{header}]] ở cả hai chỗ: dòng {first} và dòng {number}",
            "write [[{header}]] in both places: line {first} and line {number}"
        )
    } else {
        text!(
            "chuyển những dòng dưới [{header}] ở đây lên dưới dòng {first}, rồi xóa dòng này",
            "move the lines below this [{header}] up to those of line {first}, then delete this line"
        )
    })
}

/// `title = "Tin" at = "05:30"`: two lines in one.
pub(super) fn two_on_a_line(place: &TokenPlace<'_>) -> Option<SyntaxFault> {
    let key = shown(mend::second_key(place.line)?);
    Some(SyntaxFault {
        is_written_out: true,
        ..place.fault(
            "extra_text",
            text!("trên dòng này có nhiều hơn một giá trị", "there is more than one value on this line"),
            text!(
                "xuống dòng (phím Enter) trước chữ «{key}»: mỗi dòng một giá trị",
                "begin a new line (Enter) before \"{key}\": one value for a line"
            ),
        )
    })
}

/// A dash or a dot at the beginning, as in a list of a letter.
pub(super) fn marked(place: &TokenPlace<'_>) -> Option<SyntaxFault> {
    let rest = mend::without_mark(place.line);
    let is_line = rest.contains(['=', ':']) && rest.len() < place.line.trim_start().len();
    let rest = shown(rest.trim());
    is_line.then(|| {
        place.fault(
            "bad_key",
            text!("đầu dòng không được có gạch hay chấm", "a line does not begin with a dash or a dot"),
            text!("xóa dấu ấy: {rest}", "delete that mark: {rest}"),
        )
    })
}

/// JSON, or a page of the web.
pub(super) fn of_another_kind(place: &TokenPlace<'_>) -> Option<SyntaxFault> {
    let is_first = place.before.0.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').is_empty();
    let line = place.line.trim();
    if !is_first || !line.starts_with(['{', '<']) {
        return None;
    }
    let kind = if line.starts_with('{') { "JSON" } else { "HTML, XML" };
    Some(SyntaxFault {
        is_written_out: true,
        ..place.fault(
            "syntax",
            text!(
                "tệp này viết theo kiểu {kind}, loa không đọc được kiểu ấy",
                "this file is {kind}, which is not read"
            ),
            text!(
                "mỗi giá trị viết trên một dòng: at = \"05:30\"; mục phát bắt đầu bằng dòng [[broadcast]]",
                "one value for a line: at = \"05:30\"; a broadcast begins with the line [[broadcast]]"
            ),
        )
    })
}

/// A line of plain words.
pub(super) fn remark(place: &TokenPlace<'_>) -> Option<SyntaxFault> {
    let line = place.line.trim();
    let words = line.split_whitespace().count();
    let plain = !line.contains(['=', '"', '[', ']', '＝', '“', '”', '#', '＃', ':', '：']) && words > 1;
    let digits = line.split_whitespace().nth(1).is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    if !plain || (words == 2 && digits) || !mend::is_shown_whole(line) {
        return None;
    }
    Some(SyntaxFault {
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
pub(super) fn half(place: &TokenPlace<'_>, message: &str) -> Option<SyntaxFault> {
    let value = place.value();
    let value = value.split(" #").next().unwrap_or(value).trim_end();
    let stumbles = ["string values must be", "unexpected key or value", "invalid", "extra", "missing"];
    if value.is_empty() || !stumbles.iter().any(|start| message.starts_with(start)) {
        return None;
    }
    if value.ends_with(']') && !value.starts_with('[') {
        return Some(SyntaxFault {
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
