//! What the reader of JSON says in English only, in words of both languages.

use super::{Text, shown, text};

/// What the reader of JSON, or of a query, has said: a clause without a full stop.
pub fn unread(said: &str) -> Text {
    let (said, place) = said.rsplit_once(" at line ").map_or((said, None), |(said, place)| (said, Some(place)));
    // Where it stands in a query is said before: `Failed to deserialize query string: zones: unknown field …`.
    let said = said.rsplit_once("string: ").map_or(said, |(_, said)| said);
    let name = || said.split('`').nth(1).map(shown).unwrap_or_default();
    let Text { vi, en } = if said.contains("unknown field") {
        let known: Vec<String> = said.split('`').skip(3).step_by(2).map(shown).collect();
        let (name, known) = (name(), known.join(", "));
        if known.is_empty() {
            text!(
                "không có tham số «{name}», yêu cầu này không cần tham số nào",
                "there is no parameter \"{name}\"; this request has none"
            )
        } else {
            text!("không có tham số «{name}»; có: {known}", "there is no parameter \"{name}\"; there are: {known}")
        }
    } else if said.contains("unknown variant") {
        let known: Vec<String> = said.split('`').skip(3).step_by(2).map(shown).collect();
        let (name, known) = (name(), known.join(", "));
        text!("không có «{name}»; có: {known}", "there is no \"{name}\"; there are: {known}")
    } else if said.contains("missing field") {
        let name = name();
        text!("thiếu «{name}»", "\"{name}\" is missing")
    } else if said.contains("duplicate field") {
        let name = name();
        text!("«{name}» được ghi hai lần", "\"{name}\" is given twice")
    } else if let Some((_, wanted)) = said.rsplit_once("expected ").filter(|_| said.contains("invalid ")) {
        let (found, wanted) = (found(said), wanted_kind(wanted));
        let (found_vi, found_en, wanted_vi, wanted_en) = (found.vi, found.en, wanted.vi, wanted.en);
        text!(
            "giá trị {found_vi} sai kiểu, phải là {wanted_vi}",
            "the value {found_en} is of the wrong kind: it has to be {wanted_en}"
        )
    } else if said.contains("digit") || said.contains("number") {
        text!("một giá trị phải là số mà không phải là số", "a value that has to be a number is none")
    } else {
        text!("không đọc được phần gửi lên (JSON sai)", "what was sent cannot be read (it is no right JSON)")
    };
    match place.and_then(|place| place.split_once(" column ")) {
        Some((line, column)) => {
            text!("{vi} (dòng {line}, cột {column})", "{en} (line {line}, column {column})")
        }
        None => Text { vi, en },
    }
}

/// What stands there, where it is told: of `invalid type: string "x", expected u64` the string.
fn found(said: &str) -> Text {
    let quoted = said.split('"').nth(1).or_else(|| said.split('`').nth(1)).map(shown);
    quoted.map_or_else(|| text!("ở đó", "there"), |found| text!("«{found}»", "\"{found}\""))
}

fn wanted_kind(wanted: &str) -> Text {
    match wanted.trim() {
        "a boolean" | "`true` or `false`" => text!("true hoặc false", "true or false"),
        "a string" => text!("chữ", "text"),
        "a sequence" => text!("danh sách", "a list"),
        "a map" => text!("một đối tượng", "an object"),
        number
            if number.starts_with(['u', 'i', 'f'])
                && (&number[1..] == "size" || number[1..].bytes().all(|byte| byte.is_ascii_digit()))
                || number.contains("integer") =>
        {
            text!("số", "a number")
        }
        wanted if wanted.starts_with("struct ") => text!("một đối tượng", "an object"),
        wanted => {
            let wanted = shown(wanted);
            text!("{wanted}", "{wanted}")
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "it is only read")]
    struct Asked {
        zones: Vec<String>,
        #[serde(default)]
        times: u32,
        #[serde(default)]
        kind: Kind,
    }

    #[derive(Deserialize, Debug, Default)]
    #[serde(rename_all = "lowercase")]
    enum Kind {
        #[default]
        Alert,
        Say,
    }

    #[test]
    fn what_the_reader_of_json_says_in_english_is_said_in_vietnamese() {
        for (sent, vi) in [
            (r#"{"zone":"a"}"#, "không có tham số «zone»; có: zones, times, kind (dòng 1, cột 7)"),
            (r#"{"zones":[],"kind":"x"}"#, "không có «x»; có: alert, say (dòng 1, cột 22)"),
            ("{}", "thiếu «zones» (dòng 1, cột 2)"),
            (r#"{"zones":[],"zones":[]}"#, "«zones» được ghi hai lần (dòng 1, cột 19)"),
            (r#"{"zones":"a"}"#, "giá trị «a» sai kiểu, phải là danh sách (dòng 1, cột 12)"),
            (r#"{"zones":[],"times":"x"}"#, "giá trị «x» sai kiểu, phải là số (dòng 1, cột 23)"),
            (r#"{"zones":[],"times":-1}"#, "giá trị «-1» sai kiểu, phải là số (dòng 1, cột 22)"),
            ("{", "không đọc được phần gửi lên (JSON sai) (dòng 1, cột 1)"),
        ] {
            let said = unread(&serde_json::from_str::<Asked>(sent).unwrap_err().to_string());
            assert_eq!(said.vi, vi, "{sent}");
        }
    }
}
