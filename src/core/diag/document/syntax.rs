use std::ops::Range;

use super::fault::{SyntaxFault, TokenPlace};
use super::slip::{doubled, half, marked, of_another_kind, remark, text_over_lines, two_on_a_line};
use super::{Meaning, mend};
use crate::diag::{Lines, Text, shown, text};

/// Quotes that a word processor or a phone puts in place of `"`.
const CURLY: [char; 8] = ['“', '”', '„', '‟', '‘', '’', '«', '»'];
/// What a Chinese or Japanese keyboard puts in place of ASCII signs.
fn is_wide(c: char) -> bool {
    matches!(c, '！'..='～' | '、' | '。')
}
/// Blanks that look like a space and are none.
const BLANK: [char; 7] = ['\u{a0}', '\u{2007}', '\u{202f}', '\u{3000}', '\u{200b}', '\u{feff}', '\u{2003}'];

/// Say what the parser's `message` at `at` means to the person who wrote the file. Where the line as it was meant can be
/// told, it is the cure.
pub(super) fn explain(text: &str, lines: &Lines, message: &str, at: Range<usize>, meaning: &Meaning) -> SyntaxFault {
    let place = TokenPlace::new(text, lines, at);
    let fault = doubled(&place, text, lines, message, meaning)
        .or_else(|| text_over_lines(&place, text, lines, meaning))
        .or_else(|| two_on_a_line(&place))
        .or_else(|| marked(&place))
        .or_else(|| of_another_kind(&place))
        .or_else(|| remark(&place))
        .or_else(|| letters(&place, message))
        .or_else(|| value(&place, message, meaning))
        .or_else(|| half(&place, message))
        .or_else(|| shape(&place, message));
    let fault = fault.unwrap_or_else(|| {
        let detail = message.to_owned();
        place.fault(
            "syntax",
            text!("dòng này viết chưa đúng cách", "this is not TOML: {detail}"),
            text!(
                "mỗi dòng phải có dạng: tên = \"giá trị\"; xem lại dấu ngoặc kép, dấu bằng và dấu ngoặc vuông",
                "every line has the form: name = \"value\"; look at the quotes, the equals sign and the brackets"
            ),
        )
    });
    written_out(fault, text, lines, meaning)
}

/// Keys that name a sound: a path under them is a file that has to be copied first.
const SOUND_KEYS: [&str; 3] = ["play =", "chime =", "bed ="];

/// The fault with the line that it is about as it was meant, where that can be told.
fn written_out(fault: SyntaxFault, text: &str, lines: &Lines, meaning: &Meaning) -> SyntaxFault {
    if fault.is_written_out {
        return fault;
    }
    let line = text.get(lines.range(text, lines.line(fault.span.start))).unwrap_or("");
    let above = text.get(..lines.range(text, lines.line(fault.span.start)).start).unwrap_or("");
    let meant = if fault.list && !line.contains('=') {
        mend::elements(line)
    } else {
        mend::line(line, meaning.section(above), meaning)
    };
    match meant {
        Some(line) if fault.code == "bad_escape" && SOUND_KEYS.iter().any(|key| line.starts_with(key)) => SyntaxFault {
            help: text!("chép tệp vào audio/ rồi viết: {line}", "copy the file into audio/, then write: {line}"),
            ..fault
        },
        Some(line) => SyntaxFault { help: text!("viết: {line}", "write: {line}"), ..fault },
        None => fault,
    }
}

/// Letters that do not belong in TOML.
fn letters(place: &TokenPlace<'_>, message: &str) -> Option<SyntaxFault> {
    let unquoted = message.starts_with("string values must be quoted");
    let local = |fault: SyntaxFault| SyntaxFault { local: unquoted, ..fault };
    // A straight quote at the beginning and a curly one at the end: the parser stumbles over the end of the line.
    let half_curly = place.line.matches('"').count() % 2 == 1 && place.line.trim_end().ends_with(['”', '“', '»', '’']);
    if place.token.contains(CURLY) || half_curly {
        let bare = shown(place.token.trim_matches(|c| CURLY.contains(&c)));
        return Some(local(place.fault(
            "curly_quotes",
            text!(
                "dấu ngoặc kép cong “ ” không dùng được ở đây (Word và điện thoại hay tự đổi)",
                "curly quotes “ ” do not work here (word processors and phones like to bend them)"
            ),
            text!("dùng dấu ngoặc kép thẳng: \"{bare}\"", "use straight quotes: \"{bare}\""),
        )));
    }
    if place.token.contains(is_wide) || place.outside_quotes(is_wide) {
        return Some(local(place.fault(
            "wide_letters",
            text!("có dấu hoặc số rộng của bàn phím tiếng Hoa/Nhật ở đây", "there are full-width signs or digits here"),
            text!("gõ lại bằng dấu thường: \" : = , [ ]", "type it again with the ordinary signs: \" : = , [ ]"),
        )));
    }
    if place.token.contains(BLANK) {
        return Some(place.fault(
            "odd_space",
            text!(
                "có khoảng trắng lạ (thường do chép từ Word hoặc trang web) ở đây",
                "there is an odd kind of space here (usually copied from Word or a web page)"
            ),
            text!("xóa khoảng trắng ấy rồi gõ lại bằng phím cách", "delete that space and type it with the space bar"),
        ));
    }
    None
}

/// A value that is wrong by itself.
fn value(place: &TokenPlace<'_>, message: &str, meaning: &Meaning) -> Option<SyntaxFault> {
    let (key, token) = (&place.key, shown(place.token));
    // A word that begins with n or i is first taken for `nan` or `inf`, one that begins with a digit for a number or a
    // date.
    let word = message.starts_with("invalid float") && place.token.contains(char::is_alphabetic);
    let unquoted = word || message.starts_with("string values must be quoted");
    let date = message.starts_with("invalid date") || message.starts_with("invalid time");
    if (unquoted || date)
        && super::turned_date(place.token).is_none()
        && let Some(refused) = (meaning.refused)(place.bare_key(), place.token.trim(), meaning.today)
    {
        return Some(place.local(refused.code, refused.message, refused.help));
    }
    let comma = message.starts_with("unexpected key or value") && decimal_comma(place.value());
    if message.starts_with("unexpected leading zero") || message.starts_with("invalid date") || comma {
        let whole = place.value().split(" #").next().unwrap_or_default().trim();
        let meant = (meaning.value)(place.bare_key(), whole, meaning.today);
        // A time or a length and no number or date at all: `0530`, `05-30`, `17,30`.
        if let Some(meant) = meant.filter(|meant| meant.starts_with('"')) {
            let said = shown(whole);
            let code = if key == "at" { "bad_time" } else { "bad_value" };
            return Some(place.local(
                code,
                text!("«{said}» viết chưa đúng cách", "\"{said}\" is not how it is written"),
                text!("viết: {key} = {meant}", "write: {key} = {meant}"),
            ));
        }
    }
    if unquoted {
        if let Some(iso) = super::turned_date(place.token) {
            return Some(place.local(
                "bad_date",
                text!(
                    "«{token}» không phải là ngày theo cách viết của tệp này",
                    "\"{token}\" is not a date as this file writes them"
                ),
                text!("viết năm-tháng-ngày: {key} = {iso}", "write year-month-day: {key} = {iso}"),
            ));
        }
        return Some(place.local(
            "missing_quotes",
            text!("«{token}» phải nằm trong dấu ngoặc kép", "\"{token}\" must stand in quotes"),
            text!("viết: {key} = \"{token}\"", "write: {key} = \"{token}\""),
        ));
    }
    if comma {
        let fixed = shown(&place.value().replacen(',', ".", 1));
        return Some(place.local(
            "decimal_comma",
            text!(
                "số thập phân phải dùng dấu chấm, không dùng dấu phẩy",
                "a decimal number takes a point, not a comma"
            ),
            text!("viết: {key} = {fixed}", "write: {key} = {fixed}"),
        ));
    }
    if message.starts_with("invalid date") || message.starts_with("invalid datetime") {
        let message = if super::turned_date(place.token).is_some() {
            text!(
                "ngày «{token}» viết chưa đúng: phải là năm-tháng-ngày, tháng và ngày đủ hai chữ số",
                "the date \"{token}\" must be year-month-day, with two digits for month and day"
            )
        } else {
            text!("không có ngày «{token}»", "there is no date \"{token}\"")
        };
        return Some(place.local(
            "bad_date",
            message,
            text!("viết năm-tháng-ngày có thật, như 2026-12-01", "write a real year-month-day, such as 2026-12-01"),
        ));
    }
    if message.starts_with("invalid time") {
        let fixed = if token.len() == 4 { format!("0{token}") } else { "05:30".to_owned() };
        return Some(place.local(
            "bad_time",
            text!(
                "giờ «{token}» viết không có ngoặc kép thì phải đủ hai chữ số",
                "the time \"{token}\" needs two digits for the hour where it has no quotes"
            ),
            text!("viết: {key} = \"{fixed}\"", "write: {key} = \"{fixed}\""),
        ));
    }
    if message.starts_with("invalid boolean") {
        return Some(if ["true", "false"].contains(&place.token.to_lowercase().as_str()) {
            place.local(
                "bad_value",
                text!("«{token}» phải viết chữ thường", "\"{token}\" must be written in lower case"),
                text!("viết chữ thường: true hoặc false", "write it in lower case: true or false"),
            )
        } else {
            // A word that begins with t or f.
            place.local(
                "missing_quotes",
                text!("«{token}» phải nằm trong dấu ngoặc kép", "\"{token}\" must stand in quotes"),
                text!("viết: {key} = \"{token}\"", "write: {key} = \"{token}\""),
            )
        });
    }
    None
}

/// Brackets, quotes, equals signs, keys.
fn shape(place: &TokenPlace<'_>, message: &str) -> Option<SyntaxFault> {
    let token = shown(place.token);
    let is = |starts: &[&str]| starts.iter().any(|start| message.starts_with(start));
    Some(if is(&["unclosed array table", "unclosed table", "missing table close", "invalid table"]) {
        place.fault(
            "unclosed_header",
            text!("dòng tiêu đề thiếu dấu ngoặc vuông", "this header lacks a bracket"),
            text!(
                "viết đủ ngoặc, ví dụ: [[broadcast]] hoặc [rules]",
                "close it, for example: [[broadcast]] or [rules]"
            ),
        )
    } else if is(&["unclosed array", "missing comma between array", "unexpected `=` in array", "extra comma in array"])
    {
        SyntaxFault {
            list: true,
            span: place.list(message),
            ..place.fault(
                "broken_list",
                text!("danh sách ở đây thiếu dấu phẩy hoặc dấu ]", "the list here lacks a comma or its ]"),
                text!("viết: play = [\"chime\", \"nop-ho-so\"]", "write: play = [\"chime\", \"nop-ho-so\"]"),
            )
        }
    } else if message.contains("escape") || message.contains("unicode value") {
        place.fault(
            "bad_escape",
            text!(
                "dấu gạch chéo ngược \\ trong ngoặc kép có nghĩa riêng",
                "a backslash \\ has a meaning of its own inside quotes"
            ),
            text!("dùng dấu / hoặc viết hai lần \\\\", "use / or write it twice: \\\\"),
        )
    } else if message.contains("string") {
        place.fault(
            "unclosed_string",
            text!("thiếu dấu ngoặc kép đóng", "the closing quote is missing"),
            text!(
                "thêm dấu \" ở cuối giá trị, trên cùng một dòng",
                "put a \" at the end of the value, on the same line"
            ),
        )
    } else if is(&["key with no value"]) && place.line.contains('=') {
        place.fault(
            "bad_key",
            text!("chữ đứng trước dấu = không được có khoảng trắng", "a key cannot have a blank in it"),
            plain_key(),
        )
    } else if is(&["key with no value", "missing assignment", "missing value"])
        || (is(&["invalid unquoted key"]) && token.starts_with(':'))
    {
        let help = match place.line.split_once(':').map(|(key, value)| (shown(key.trim()), shown(value.trim()))) {
            Some((key, value)) => text!("viết: {key} = {value}", "write: {key} = {value}"),
            None => text!("viết: tên = \"giá trị\"", "write: name = \"value\""),
        };
        place.fault("missing_equals", text!("thiếu dấu = hoặc thiếu giá trị", "the = or the value is missing"), help)
    } else if is(&["invalid unquoted key"]) {
        place.fault(
            "bad_key",
            text!(
                "chữ đứng trước dấu = phải viết không dấu, chỉ có chữ, số, - và _",
                "a key may hold only plain letters, digits, - and _"
            ),
            plain_key(),
        )
    } else if is(&["unexpected key or value"]) {
        place.fault(
            "extra_text",
            text!("thừa chữ sau giá trị trên dòng này", "there is something left over after the value on this line"),
            text!(
                "mỗi dòng chỉ viết một giá trị; ghi chú phải đứng sau dấu #",
                "one value for a line; a remark stands behind a #"
            ),
        )
    } else {
        return None;
    })
}

fn plain_key() -> Text {
    text!(
        "viết chữ ấy không dấu, không khoảng trắng, ví dụ: title, thon-1",
        "take accents and blanks out of the key, for example: title, thon-1"
    )
}

/// Whether a value looks like `0,8` or `-1,5`.
fn decimal_comma(value: &str) -> bool {
    let number = value.split('#').next().unwrap_or("").trim();
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    number
        .split_once(',')
        .is_some_and(|(whole, fraction)| digits(whole.trim_start_matches(['-', '+'])) && digits(fraction))
}
