use std::path::PathBuf;
use std::time::Duration;

use super::{Channel, OutputName, Zone, power, tone};
use crate::diag::document::{KeyValue, Node, TomlValue, clean};
use crate::diag::{Findings, fold, is_deceptive, nearest, shown, text};

const KEYS: [&str; 15] = [
    "title",
    "output",
    "channel",
    "languages",
    "gain_db",
    "delay_ms",
    "loudness",
    "chain",
    "chime",
    "amplifier",
    "code",
    "contact",
    "phone",
    "at",
    "areas",
];
const OUTPUTS: [&str; 4] = ["device", "pulse", "wav", "null"];

/// Longest id and title, in characters: they stand in tables, journals and JSON.
const MAX_NAME_CHARS: usize = 100;
/// The largest sound cards have 64 channels.
const MAX_CHANNEL: i64 = 64;
/// Quieter is off; louder than +20 dB destroys horns and ears.
const GAIN_DB: std::ops::RangeInclusive<f64> = -60.0..=20.0;
/// Sound walks 680 m in two seconds: horns further apart are not heard from one house.
const MAX_DELAY_MS: i64 = 2_000;
/// What a delay looks like.
const EXAMPLE_DELAY_MS: i64 = 300;
/// A commune speaks a handful of languages; a zone plays an item once in each.
const MAX_LANGUAGES: usize = 8;

/// Check `[zones.ID]`. Where something about where its sound goes is wrong it must not sound anywhere, and
/// is silent: whoever orders something there is told. Everything else falls back to its default.
pub(super) fn zone(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<Zone> {
    let id = zone_id(findings, entry)?;
    let shown_id = shown(&id);
    let mut zone = Zone::named(id);
    let Some(table) = findings.table(entry, &format!("[zones.{shown_id}]")) else {
        return Some(Zone { output: OutputName::Unusable, ..zone });
    };
    findings.unknown_keys(table, &KEYS);
    // `outptu = "pulse:x"`: on the default card it would sound in the wrong place.
    let mut sound = !table.entries.iter().any(|entry| {
        !KEYS.contains(&entry.key.as_str()) && matches!(nearest(&entry.key, KEYS), Some("output" | "channel"))
    });
    for entry in &table.entries {
        sound &= !(entry.broken && matches!(entry.key.as_str(), "output" | "channel"));
        match entry.key.as_str() {
            _ if entry.broken => {}
            "title" => zone.title = title(findings, entry).unwrap_or(zone.title),
            "contact" => zone.contact = title(findings, entry).unwrap_or_default(),
            "phone" => zone.phone = phone(findings, entry).unwrap_or_default(),
            "code" => zone.code = title(findings, entry).unwrap_or_default(),
            "output" => match output(findings, entry) {
                Some(output) => zone.output = output,
                None => sound = false,
            },
            "channel" => match channel(findings, entry) {
                Some(channel) => zone.channel = channel,
                None => sound = false,
            },
            "languages" => zone.languages = languages(findings, entry).unwrap_or(zone.languages),
            "loudness" => zone.tone.loudness_lufs = tone::loudness(findings, entry, zone.tone.loudness_lufs),
            "chain" => zone.tone.speech = tone::chain(findings, entry).unwrap_or(zone.tone.speech),
            "chime" => zone.chime = tone::chime(findings, entry),
            "delay_ms" => zone.delay = delay(findings, entry).unwrap_or_default(),
            "amplifier" => zone.amplifier = power::amplifier(findings, entry),
            "gain_db" => zone.gain_db = gain(findings, entry).unwrap_or(0.0),
            _ => {}
        }
    }
    zone.place = super::cap_place::place(findings, table);
    if !sound {
        zone.output = OutputName::Unusable;
    }
    Some(zone)
}

/// The id of a zone or group: what other files call it.
pub(super) fn zone_id(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<String> {
    let id = clean(&entry.key);
    let long = id.chars().count() > MAX_NAME_CHARS;
    if !id.is_empty() && !long && !id.contains(|c: char| is_deceptive(c) || "/\\,".contains(c)) {
        return Some(id);
    }
    let id = shown(&id);
    findings
        .error(
            "bad_id",
            &entry.key_span,
            text!("«{id}» không dùng làm tên cụm được", "\"{id}\" cannot be the name of a zone"),
        )
        .help = Some(text!(
        "dùng chữ không dấu, số, - và _, nhiều nhất {MAX_NAME_CHARS} chữ, ví dụ: thon-1",
        "use plain letters, digits, - and _, at most {MAX_NAME_CHARS}, for example: thon-1"
    ));
    None
}

/// A name for people.
pub(super) fn title(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<String> {
    let example = match entry.key.as_str() {
        "name" => "\"Đài truyền thanh xã Đông Giang\"",
        "contact" => "\"ông Năm, trưởng thôn\"",
        _ => "\"Thôn 1\"",
    };
    // An empty code is what a station without one has, and so are a name and a number that nobody has given yet.
    if matches!(entry.key.as_str(), "code" | "contact")
        && matches!(&entry.node.value, TomlValue::Text(written) if written.trim().is_empty())
    {
        return Some(String::new());
    }
    findings.caption(entry, MAX_NAME_CHARS * 2, example)
}

/// A telephone number as people write it: `"0912 345 678"`. A number without quotes has lost its first zero.
fn phone(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<String> {
    const EXAMPLE: &str = "\"0912 345 678\"";
    if matches!(&entry.node.value, TomlValue::Text(written) if written.trim().is_empty()) {
        return Some(String::new());
    }
    let written = findings.text(entry, EXAMPLE)?;
    let digits = written.chars().filter(char::is_ascii_digit).count();
    let is_sign = |c: char| c.is_ascii_digit() || " +.-()/".contains(c);
    if (3..=30).contains(&digits) && written.chars().all(is_sign) {
        return Some(written.clone());
    }
    let written = shown(&written);
    findings
        .error(
            "bad_phone",
            &entry.node.span,
            text!("«{written}» không phải là số điện thoại", "\"{written}\" is not a telephone number"),
        )
        .help = Some(text!(
        "viết số trong ngoặc kép, ví dụ: phone = {EXAMPLE}",
        "write the number in quotes, for example: phone = {EXAMPLE}"
    ));
    None
}

fn output(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<OutputName> {
    let written = findings.text(entry, "\"device:default\"")?;
    let (kind, rest) =
        written.split_once(':').map_or((written.as_str(), ""), |(kind, rest)| (kind.trim(), rest.trim()));
    let plain = !rest.is_empty() && !rest.contains(char::is_control);
    match kind {
        "device" if plain => {
            if let Some(device) = numbered(rest) {
                warn_numbered(findings, entry, rest, device);
            }
            return Some(OutputName::Device(rest.to_owned()));
        }
        "pulse" if plain => return Some(OutputName::Pulse(rest.to_owned())),
        "wav" if plain => return Some(OutputName::Wav(PathBuf::from(rest))),
        "null" if rest.is_empty() => return Some(OutputName::Null),
        _ => {}
    }
    let near = nearest(kind, OUTPUTS);
    let written = shown(&written);
    findings
        .error(
            "bad_output",
            &entry.node.span,
            text!(
                "không hiểu ngõ ra «{written}»; cụm này không ra tiếng",
                "cannot read the output \"{written}\"; this zone is silent"
            ),
        )
        .help = Some(match near {
        Some("null") => text!("có phải là \"null\"?", "did you mean \"null\"?"),
        Some(near) => text!(
            "viết loại, dấu hai chấm, rồi tên: \"{near}:TÊN\"",
            "write the kind, a colon, then the name: \"{near}:NAME\""
        ),
        None => text!(
            "viết \"device:default\", \"device:TÊN\", \"pulse:TÊN\", \"wav:TỆP.wav\" hoặc \"null\"",
            "write \"device:default\", \"device:NAME\", \"pulse:SINK\", \"wav:FILE.wav\" or \"null\""
        ),
    });
    None
}

/// The device's number on its card, where ALSA's name of it counts cards (`hw:1,0`, `plughw:CARD=1,DEV=0`)
/// instead of naming one.
fn numbered(name: &str) -> Option<u32> {
    let (kind, place) = name.split_once(':')?;
    let mut parts = place.split(',').map(str::trim);
    let card = parts.next()?;
    let device = parts.next().map_or("0", |device| device.trim_start_matches("DEV="));
    let counted = matches!(kind, "hw" | "plughw" | "sysdefault" | "front" | "dmix")
        && card.trim_start_matches("CARD=").parse::<u32>().is_ok();
    counted.then(|| device.parse().unwrap_or(0))
}

fn warn_numbered(findings: &mut Findings<'_>, entry: &KeyValue, name: &str, device: u32) {
    let name = shown(name);
    findings
        .warning(
            "card_number",
            &entry.node.span,
            text!(
                "«{name}» gọi card âm thanh theo số thứ tự; cắm lại dây là số có thể đổi và cụm này phát nhầm chỗ",
                "\"{name}\" counts sound cards; replug one and the number may change, and this zone plays elsewhere"
            ),
        )
        .help = Some(text!(
        "gọi theo tên card; `loa devices` in sẵn dòng để dán, ví dụ: output = \"device:plughw:CARD=Device,DEV={device}\"",
        "call the card by its name; `loa devices` prints the line to paste, for example: output = \"device:plughw:CARD=Device,DEV={device}\""
    ));
}

fn channel(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<Channel> {
    match &entry.node.value {
        TomlValue::Integer(number) if (1..=MAX_CHANNEL).contains(number) => {
            return u16::try_from(*number).ok().map(Channel::One);
        }
        TomlValue::Text(written) => match fold(written).as_str() {
            "both" => return Some(Channel::Both),
            "left" => return Some(Channel::One(1)),
            "right" => return Some(Channel::One(2)),
            _ => {}
        },
        _ => {}
    }
    let near = match &entry.node.value {
        TomlValue::Text(written) => match fold(written).as_str() {
            "trai" => Some("left"),
            "phai" => Some("right"),
            "cahai" | "stereo" | "mono" => Some("both"),
            _ => nearest(written, ["both", "left", "right"]),
        },
        _ => None,
    };
    findings
        .error(
            "bad_channel",
            &entry.node.span,
            text!("kênh này không có; cụm này không ra tiếng", "there is no such channel; this zone is silent"),
        )
        .help = Some(match near {
        Some(near) => text!("có phải là \"{near}\"?", "did you mean \"{near}\"?"),
        None => text!(
            "viết \"both\", \"left\", \"right\" hoặc số kênh từ 1 đến {MAX_CHANNEL} không có ngoặc kép",
            "write \"both\", \"left\", \"right\" or the channel's number, 1 to {MAX_CHANNEL}, without quotes"
        ),
    });
    None
}

fn languages(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<Vec<String>> {
    let items = entry.node.items();
    let mut languages = Vec::new();
    for item in items.iter().take(MAX_LANGUAGES) {
        languages.push(language(findings, item)?);
    }
    let doubled = (1..languages.len()).any(|at| languages[..at].contains(&languages[at]));
    if !items.is_empty() && items.len() <= MAX_LANGUAGES && !doubled {
        return Some(languages);
    }
    findings
        .error(
            "bad_languages",
            &entry.node.span,
            text!(
                "danh sách tiếng trống, quá dài hoặc có tiếng viết hai lần",
                "the list of languages is empty, too long, or has one twice"
            ),
        )
        .help = Some(text!(
        "viết mỗi tiếng một lần, nhiều nhất {MAX_LANGUAGES} tiếng: languages = [\"vi\", \"kho\"]",
        "write each language once, at most {MAX_LANGUAGES}: languages = [\"vi\", \"kho\"]"
    ));
    None
}

fn language(findings: &mut Findings<'_>, node: &Node) -> Option<String> {
    let written = findings.text_node("languages", node, "[\"vi\", \"kho\"]")?;
    let tag = written.to_lowercase();
    let part = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    if tag.len() >= 2 && tag.len() <= 35 && tag.split('-').all(part) {
        return Some(tag);
    }
    let written = shown(&written);
    findings
        .error(
            "bad_language",
            &node.span,
            text!("«{written}» không phải là mã tiếng", "\"{written}\" is not a language tag"),
        )
        .help = Some(text!(
        "dùng mã ngắn không dấu như trong tên tệp: vi cho nop-ho-so.vi.mp3, kho cho nop-ho-so.kho.mp3",
        "use the short tag that stands in file names: vi for nop-ho-so.vi.mp3, kho for nop-ho-so.kho.mp3"
    ));
    None
}

fn delay(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<Duration> {
    let TomlValue::Integer(number) = &entry.node.value else {
        let whole = text!("số nguyên không có ngoặc kép", "a whole number without quotes");
        findings.wrong_type(&entry.key, &entry.node, &whole, &meant_delay(&entry.node).to_string());
        return None;
    };
    if let Some(millis) = u64::try_from(*number).ok().filter(|_| *number <= MAX_DELAY_MS) {
        return Some(Duration::from_millis(millis));
    }
    findings
        .error(
            "out_of_range",
            &entry.node.span,
            text!("độ trễ {number} mili giây không hợp lý", "a delay of {number} ms is beyond reason"),
        )
        .help = Some(text!(
        "viết một số từ 0 đến {MAX_DELAY_MS}; âm thanh đi 340 m trong 1000 mili giây",
        "write a number from 0 to {MAX_DELAY_MS}; sound walks 340 m in 1000 ms"
    ));
    None
}

/// Milliseconds that were meant by `"800"`, `"800 ms"`, `"2s"`, `0.8`; an example where nothing was.
fn meant_delay(node: &Node) -> i64 {
    let (number, unit) = match &node.value {
        TomlValue::Float(number) => (*number, String::new()),
        TomlValue::Text(written) => in_words(written),
        _ => return EXAMPLE_DELAY_MS,
    };
    let millis = match unit.as_str() {
        "s" | "giay" | "sec" => number * 1000.0,
        // A delay of less than a millisecond is one in seconds.
        "" if number > 0.0 && number < 1.0 => number * 1000.0,
        "" | "ms" | "miligiay" | "mili" => number,
        _ => return EXAMPLE_DELAY_MS,
    };
    if (0.0..=MAX_DELAY_MS as f64).contains(&millis) { millis.round() as i64 } else { EXAMPLE_DELAY_MS }
}

/// `"-3,5 dB"` as the number and, folded, what stands behind it.
fn in_words(written: &str) -> (f64, String) {
    let written = written.trim().replace('−', "-").replacen(',', ".", 1);
    let end = written.find(|c: char| !(c.is_ascii_digit() || "+-.".contains(c))).unwrap_or(written.len());
    let (number, unit) = written.split_at(end);
    (number.parse().unwrap_or(f64::NAN), fold(unit))
}

fn gain(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<f32> {
    let number = match &entry.node.value {
        TomlValue::Float(number) => *number,
        TomlValue::Integer(number) => *number as f64,
        _ => {
            // `"0,8"`, `"-3 dB"`: the number is there, in the wrong clothes.
            let meant = match &entry.node.value {
                TomlValue::Text(written) => Some(in_words(written)),
                _ => None,
            };
            let meant = meant.filter(|(number, unit)| GAIN_DB.contains(number) && matches!(unit.as_str(), "" | "db"));
            let meant = meant.map_or_else(|| "-3.5".to_owned(), |(number, _)| number.to_string());
            findings.wrong_type(
                &entry.key,
                &entry.node,
                &text!("số không có ngoặc kép", "a number without quotes"),
                &meant,
            );
            return None;
        }
    };
    if GAIN_DB.contains(&number) {
        return Some(number as f32);
    }
    let (low, high) = (GAIN_DB.start(), GAIN_DB.end());
    findings
        .error("out_of_range", &entry.node.span, text!("mức {number} dB không hợp lý", "{number} dB is beyond reason"))
        .help = Some(text!(
        "viết một số từ {low} đến {high}; 0 là giữ nguyên",
        "write a number from {low} to {high}; 0 leaves it as it is"
    ));
    None
}
