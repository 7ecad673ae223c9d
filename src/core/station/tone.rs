use super::ZoneChime;
use crate::diag::document::{Choice, KeyValue, TomlValue};
use crate::diag::{Findings, fold, shown, text};

/// Loudness in LUFS that speech may be brought to: softer is lost on a horn; louder leaves a limiter so
/// little room that speech sounds crushed.
const LOUDNESS: std::ops::RangeInclusive<f64> = -30.0..=-10.0;

const CHAIN: [Choice<bool>; 2] = [
    Choice { word: "plain", also: &["none", "off", "khong"], means: false },
    Choice { word: "speech", also: &["voice", "tiengnoi", "giongnoi"], means: true },
];

/// File systems take 255 bytes for a name; this leaves room for a language and an extension.
const MAX_NAME_BYTES: usize = 200;

/// `loudness = -16` or `loudness = "off"`; what cannot be read leaves `unless`.
pub(super) fn loudness(findings: &mut Findings<'_>, entry: &KeyValue, unless: Option<f32>) -> Option<f32> {
    let number = match &entry.node.value {
        TomlValue::Float(number) => *number,
        TomlValue::Integer(number) => *number as f64,
        TomlValue::Text(written) if ["off", "tat", "khong"].contains(&fold(written).as_str()) => return None,
        _ => f64::NAN,
    };
    if LOUDNESS.contains(&number) {
        return Some(number as f32);
    }
    let written = match &entry.node.value {
        TomlValue::Text(written) => shown(written),
        _ if number.is_nan() => String::new(),
        _ => number.to_string(),
    };
    let (low, high) = (LOUDNESS.start(), LOUDNESS.end());
    findings
        .error(
            "bad_loudness",
            &entry.node.span,
            text!("không hiểu độ to «{written}»", "cannot read the loudness \"{written}\""),
        )
        .help = Some(text!(
        "viết một số từ {low} đến {high} (LUFS), không có ngoặc kép: loudness = -16; hoặc \"off\" để giữ nguyên bản thu",
        "write a number from {low} to {high} (LUFS) without quotes: loudness = -16; or \"off\" to leave recordings as they are"
    ));
    unless
}

/// `chain = "speech"` or `chain = "plain"`.
pub(super) fn chain(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<bool> {
    findings.choice(entry, &CHAIN)
}

/// `chime = "nhac-hieu"`.
pub(super) fn chime(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<ZoneChime> {
    let is_flag = match &entry.node.value {
        TomlValue::Flag(_) => true,
        TomlValue::Text(written) => {
            ["co", "khong", "yes", "no", "on", "off", "true", "false"].contains(&fold(written).as_str())
        }
        _ => false,
    };
    if is_flag {
        let said = text!(
            "«chime» là tên một tệp trong audio/, không phải có hay không",
            "`chime` is the name of a file in audio/, not yes or no"
        );
        findings.error("wrong_type", &entry.node.span, said).help = Some(text!(
            "xóa dòng này: loa có sẵn tiếng chuông, và chỉ phát ở mục có \"chime\" trong play",
            "delete this line: loa has a chime of its own, which rings where play has \"chime\""
        ));
        return None;
    }
    let name = findings.text(entry, "\"nhac-hieu\"")?;
    let plain = !name.is_empty() && name.len() <= MAX_NAME_BYTES && !name.starts_with('.');
    if plain && !name.contains(|c: char| c.is_control() || matches!(c, '/' | '\\')) {
        let span = entry.node.span.clone();
        return Some(ZoneChime { name, line: findings.lines().line(span.start), span });
    }
    // A backslash in quotes begins another sign: what was written is told, not what was read.
    let raw = findings.file().text.get(entry.node.span.clone()).unwrap_or_default().trim_matches(['"', '\'']);
    let file = shown(raw.rsplit(['/', '\\']).next().unwrap_or_default());
    let file = if file.is_empty() { "nhac-hieu".to_owned() } else { file };
    let name = shown(raw);
    let said = text!("«{name}» không phải là tên tệp trong audio/", "\"{name}\" is not the name of a file in audio/");
    findings.error("bad_sound", &entry.node.span, said).help = Some(text!(
        "chép tệp vào audio/ rồi viết tên tệp, có hoặc không có đuôi; viết: chime = \"{file}\"",
        "copy the file into audio/ and write its name, with or without its ending; write: chime = \"{file}\""
    ));
    None
}
