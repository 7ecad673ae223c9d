use super::broadcast::MAX_WAIT;
use super::{IfMissed, word};
use crate::diag::document::{KeyValue, TomlValue, clean, meant};
use crate::diag::{Findings, fold, nearest, shown, text};

/// What people say for each, folded.
const LATE: [&str; 12] =
    ["late", "tre", "phattre", "tretoida", "muon", "phatmuon", "phatbu", "bu", "phatlai", "phatsau", "true", "yes"];
const SKIP: [&str; 11] = ["skip", "boqua", "bo", "khongphat", "khong", "thoi", "bolo", "false", "no", "none", "drop"];
const JOIN: [&str; 7] = ["join", "vaogiua", "phattiep", "tieptuc", "noi", "phatnoi", "resume"];

/// What `if_missed` holds that somebody wrote otherwise: `late 10m` for `trễ 10 phút`, `skip` for `bỏ qua`.
pub(super) fn meant_missed(written: &str) -> Option<String> {
    let folded = fold(written);
    let digits = written.find(|c: char| c.is_ascii_digit());
    let (word, rest) = digits.and_then(|at| written.split_at_checked(at)).unwrap_or((written, ""));
    let word = fold(word);
    if LATE.contains(&word.as_str()) || word.is_empty() && !rest.is_empty() {
        let length = if rest.is_empty() { "10m".to_owned() } else { within(rest)? };
        return Some(format!("late {length}"));
    }
    if SKIP.contains(&folded.as_str()) {
        return Some("skip".to_owned());
    }
    JOIN.contains(&folded.as_str()).then(|| "join".to_owned())
}

/// A length that may stand behind `late`.
fn within(rest: &str) -> Option<String> {
    let is_right = |length: &String| word::length(length, MAX_WAIT).is_ok();
    let own = rest.trim().to_owned();
    Some(own).filter(is_right).or_else(|| meant(rest, "m").filter(is_right))
}

/// What becomes of an airing whose time passed while loa could not play.
pub(super) fn if_missed(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<IfMissed> {
    let example = match entry.node.value {
        TomlValue::Flag(true) => "\"late 10m\"",
        _ => "\"skip\"",
    };
    let written = findings.text(entry, example)?;
    let (first, rest) = written.split_once(' ').unwrap_or((&written, ""));
    match (first, rest.trim()) {
        ("skip", "") => return Some(IfMissed::Skip),
        ("join", "") => return Some(IfMissed::Join),
        ("late", rest) => {
            if let Ok(length) = word::length(rest, MAX_WAIT) {
                return Some(IfMissed::Late(length));
            }
        }
        _ => {}
    }
    let near = meant_missed(&written).or_else(|| nearest(first, ["skip", "late", "join"]).map(str::to_owned));
    let near = near.map(|near| if near == "late" { "late 10m".to_owned() } else { near });
    let written = shown(&clean(&written));
    findings
        .error(
            "unknown_value",
            &entry.node.span,
            text!("«if_missed» không nhận giá trị «{written}»", "`if_missed` does not take \"{written}\""),
        )
        .help = Some(match near {
        Some(near) if near.starts_with("late") => text!(
            "phát trễ, nhiều nhất bao lâu; viết: if_missed = \"{near}\"",
            "play it late, this much at most; write: if_missed = \"{near}\""
        ),
        Some(near) => text!("có phải là \"{near}\"?", "did you mean \"{near}\"?"),
        None => text!(
            "viết \"skip\" (bỏ), \"late 10m\" (phát trễ) hoặc \"join\" (vào giữa chừng)",
            "write \"skip\", \"late 10m\" or \"join\""
        ),
    });
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_say_for_late_skip_and_join_is_understood() {
        for (written, meant) in [
            ("late", Some("late 10m")),
            ("late 30", Some("late 30m")),
            ("trễ 10 phút", Some("late 10m")),
            ("phát bù", Some("late 10m")),
            ("bỏ qua", Some("skip")),
            ("không", Some("skip")),
            ("vào giữa", Some("join")),
            ("30 phút", Some("late 30m")),
            ("late 20h", None),
            ("sometimes", None),
            ("", None),
        ] {
            assert_eq!(meant_missed(written).as_deref(), meant, "{written:?}");
        }
    }
}
