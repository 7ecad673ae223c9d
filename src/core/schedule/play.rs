use std::ops::Range;

use super::word::WordFault;
use super::{Chime, Kind, Play, relay, word};
use crate::diag::document::{Choice, KeyValue, Node, Table, TomlValue};
use crate::diag::{Findings, fold, shown, text};
use crate::station::Station;

pub(super) const KIND: [Choice<Kind>; 2] = [
    Choice {
        word: "bulletin",
        also: &["bantin", "tin", "tintuc", "thongbao", "speech", "news"],
        means: Kind::Bulletin,
    },
    Choice {
        word: "music",
        also: &["nhac", "amnhac", "canhac", "bainhac", "baihat", "vannghe", "song"],
        means: Kind::Music,
    },
];
/// What an item may say when it is written as a table.
const ITEM_KEYS: [&str; 4] = ["file", "kind", "relay", "for"];

/// Two hundred things in a row are more than a day of sound.
pub(super) const MAX_ITEMS: usize = 200;

/// What `play` names, in order, as far as it can be read; what cannot is an error.
pub(super) fn play(findings: &mut Findings<'_>, table: &Table, header: &Range<usize>, station: &Station) -> Vec<Play> {
    let Some(entry) = table.get("play") else {
        if findings.is_meant(table, "play") {
            return Vec::new();
        }
        findings
            .error(
                "missing_play",
                header,
                text!("mục phát này không nói phát gì", "this broadcast does not say what to play"),
            )
            .help = Some(text!(
            "thêm dòng: play = [\"chime\", \"tên-tệp-trong-audio\"]",
            "add a line: play = [\"chime\", \"name-of-a-file-in-audio\"]"
        ));
        return Vec::new();
    };
    let mut items = Vec::new();
    for node in findings.bounded(entry, MAX_ITEMS).unwrap_or_default() {
        if let Some(table) = node.table() {
            items.extend(item(findings, node, table, station).map(|play| (play, false)));
        } else if let Some(name) = as_name(findings, node) {
            // `play = [1, 2]`: files that are called by numbers.
            let message = text!("tên tệp phải nằm trong ngoặc kép", "the name of a file stands in quotes");
            findings.error("wrong_type", &node.span, message).help =
                Some(text!("viết: \"{name}\"", "write: \"{name}\""));
        } else if let Some(written) = findings.text_node(&entry.key, node, "[\"chime\", \"nop-ho-so\"]") {
            let plain = written.eq_ignore_ascii_case("chime");
            let play = word::play(&written).map_err(|fault| findings.path(entry, node, fault));
            items.extend(findings.word(node, play).map(|play| (play, plain)));
        }
    }
    closed(items)
}

impl Findings<'_> {
    /// A path of another machine: a single backslash in quotes is the beginning of some other sign, so that what was
    /// read is not what was written.
    fn path(&self, entry: &KeyValue, node: &Node, fault: WordFault) -> WordFault {
        let raw = self.file().text.get(node.span.clone()).unwrap_or_default();
        if !raw.contains('\\') {
            return fault;
        }
        let (said, key) = (shown(raw.trim_matches(['"', '\''])), shown(&entry.key));
        let file = shown(raw.trim_matches(['"', '\'']).rsplit(['\\', '/']).next().unwrap_or_default());
        if file.is_empty() {
            return fault;
        }
        let help = if entry.node.span == node.span {
            text!(
                "chép tệp vào audio/ rồi viết: {key} = \"{file}\"",
                "copy the file into audio/, then write: {key} = \"{file}\""
            )
        } else {
            text!("chép tệp vào audio/ rồi viết \"{file}\"", "copy the file into audio/ and write \"{file}\"")
        };
        let message = text!(
            "«{said}» là đường dẫn; chỉ được viết tên tệp nằm ngay trong audio/",
            "\"{said}\" is a path; only the name of a file in audio/ itself can be written"
        );
        WordFault { code: "sound_path", message, help }
    }

    /// `chime = true`, `bed = "không"`: whether there is one is said in `play`, or by leaving the key out.
    fn no_flag(&mut self, entry: &KeyValue, in_play: bool) -> bool {
        let said = match &entry.node.value {
            TomlValue::Flag(flag) => Some(*flag),
            TomlValue::Text(written) => match fold(written).as_str() {
                "co" | "yes" | "true" | "on" | "bat" => Some(true),
                "khong" | "no" | "false" | "off" | "none" | "tat" | "" => Some(false),
                _ => None,
            },
            _ => None,
        };
        let Some(said) = said else { return false };
        let key = &entry.key;
        let message = text!(
            "«{key}» là tên một tệp trong audio/, không phải có hay không",
            "`{key}` is the name of a file in audio/, not yes or no"
        );
        self.error("wrong_type", &entry.node.span, message).help = Some(match (key.as_str(), said, in_play) {
            ("chime", true, true) => {
                text!("xóa dòng này: trong play đã có tiếng chuông rồi", "delete this line: play has a chime already")
            }
            ("chime", true, false) => text!(
                "xóa dòng này rồi thêm \"chime\" vào đầu play",
                "delete this line and put \"chime\" first in play"
            ),
            ("chime", false, true) => {
                text!("xóa dòng này và bỏ \"chime\" trong play", "delete this line, and \"chime\" in play")
            }
            (_, true, _) => text!(
                "viết tên tệp nhạc nền: bed = \"nhac-nen\", hoặc xóa dòng này",
                "write the name of the music: bed = \"nhac-nen\", or delete this line"
            ),
            _ => text!("xóa dòng này", "delete this line"),
        });
        true
    }
}

/// A plain chime that has sound before it and none after it closes: it falls.
fn closed(items: Vec<(Play, bool)>) -> Vec<Play> {
    let is_sound = |(play, _): &(Play, bool)| matches!(play, Play::Sound(_) | Play::Music(_) | Play::Relay(..));
    let last = items.iter().rposition(is_sound).unwrap_or(items.len());
    let closes = |at: usize, plain: bool| plain && at > last;
    let item = |(at, (play, plain))| if closes(at, plain) { Play::Chime(Chime::Falling) } else { play };
    items.into_iter().enumerate().map(item).collect()
}

/// `chime = "nhac-hieu"`: the sound that plays where `play` says chime.
pub(super) fn chime(findings: &mut Findings<'_>, table: &Table, play: Option<&[Play]>) -> Option<String> {
    let rings = play.is_none_or(|play| play.iter().any(|play| matches!(play, Play::Chime(_))));
    if table.get("chime").is_some_and(|entry| findings.no_flag(entry, rings)) {
        return None;
    }
    let name = file(findings, table, "chime")?;
    if play.is_some_and(|play| !play.iter().any(|play| matches!(play, Play::Chime(_)))) {
        let said = text!(
            "«chime» là tiếng phát thay tiếng chuông, mà play không có tiếng chuông nào",
            "`chime` is what plays in place of the chime, and play has no chime"
        );
        let entry = table.get("chime")?;
        findings.warning("idle_chime", &entry.key_span, said).help =
            Some(text!("thêm \"chime\" vào play, hoặc xóa dòng này", "add \"chime\" to play, or delete this line"));
    }
    Some(name)
}

/// `bed = "nhac-nen"`: the music that sounds under what is spoken.
pub(super) fn bed(findings: &mut Findings<'_>, table: &Table, kind: Kind, play: Option<&[Play]>) -> Option<String> {
    if table.get("bed").is_some_and(|entry| findings.no_flag(entry, false)) {
        return None;
    }
    let name = file(findings, table, "bed")?;
    let is = |play: &[Play], is: fn(&Play) -> bool| play.iter().any(is);
    let speaks = |play: &[Play]| {
        kind == Kind::Bulletin
            && is(play, |play| matches!(play, Play::Sound(_)))
            && !is(play, |play| matches!(play, Play::Relay(..)))
    };
    if play.is_some_and(|play| !speaks(play)) {
        let said = text!(
            "«bed» là nhạc nền dưới tiếng nói, mà mục này không có tiếng nói nào",
            "`bed` is music under speech, and nothing is spoken here"
        );
        let entry = table.get("bed")?;
        findings.warning("idle_bed", &entry.key_span, said).help = Some(text!(
            "xóa dòng này; nhạc phát một mình thì viết trong play",
            "delete this line; music that plays alone belongs into play"
        ));
    }
    Some(name)
}

/// The name of one sound under `key`.
fn file(findings: &mut Findings<'_>, table: &Table, key: &str) -> Option<String> {
    let entry = table.get(key)?;
    let example = format!("\"{}\"", as_name(findings, &entry.node).unwrap_or_else(|| "nhac-nen".to_owned()));
    let written = findings.text(entry, &example)?;
    let read = word::play(&written).map_err(|fault| findings.path(entry, &entry.node, fault));
    if let Play::Sound(name) = findings.word(&entry.node, read)? {
        return Some(name);
    }
    let said = text!(
        "«{key}» cần tên một tệp trong audio/, không phải «{written}»",
        "`{key}` takes the name of a file in audio/, not \"{written}\""
    );
    findings.error("bad_sound", &entry.node.span, said).help = Some(text!(
        "viết tên tệp, có hoặc không có đuôi: {key} = \"nhac-nen\"",
        "write the file's name, with or without its ending: {key} = \"nhac-nen\""
    ));
    None
}

/// A number or a date where a name belongs, as it stands there.
fn as_name(findings: &Findings<'_>, node: &Node) -> Option<String> {
    let is_name = matches!(node.value, TomlValue::Integer(_) | TomlValue::Float(_) | TomlValue::Date(_));
    is_name.then(|| shown(findings.file().text.get(node.span.clone()).unwrap_or_default()))
}

/// `{ file = "bai-ca", kind = "music" }`.
fn item(findings: &mut Findings<'_>, node: &Node, table: &Table, station: &Station) -> Option<Play> {
    findings.unknown_keys(table, &ITEM_KEYS);
    if table.get("relay").is_some() || table.get("for").is_some() {
        return relay::relayed(findings, node, table, station);
    }
    let kind = table.get("kind").and_then(|entry| findings.choice(entry, &KIND)).unwrap_or_default();
    let Some(entry) = table.get("file") else {
        findings.error("missing_key", &node.span, text!("nội dung này thiếu «file»", "this item has no `file`")).help =
            Some(text!(
                "viết: {{ file = \"bai-ca\", kind = \"music\" }}",
                "write: {{ file = \"bai-ca\", kind = \"music\" }}"
            ));
        return None;
    };
    let written = findings.text(entry, "\"bai-ca\"")?;
    let read = word::play(&written).map_err(|fault| findings.path(entry, &entry.node, fault));
    match findings.word(&entry.node, read)? {
        Play::Sound(name) if kind == Kind::Music => Some(Play::Music(name)),
        play => Some(play),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_chime_rises_and_the_one_after_the_last_sound_falls() {
        let of = |words: &[&str]| {
            let read = |word: &&str| (word::play(word).unwrap(), *word == "chime");
            let ways = |play| match play {
                Play::Chime(Chime::Rising) => '/',
                Play::Chime(Chime::Falling) => '\\',
                Play::Chime(Chime::Alarm) => '!',
                Play::Chime(Chime::Sweep) => '~',
                Play::Pause(_) => '_',
                Play::Sound(_) | Play::Music(_) | Play::Relay(..) => 's',
            };
            closed(words.iter().map(read).collect()).into_iter().map(ways).collect::<String>()
        };
        assert_eq!(of(&["chime", "a", "chime"]), "/s\\");
        assert_eq!(of(&["chime", "a", "chime", "b", "pause 2s", "chime", "pause 1s"]), "/s/s_\\_");
        assert_eq!(of(&["chime"]), "/");
        assert_eq!(of(&["chime", "pause 1s", "chime"]), "/_/");
        assert_eq!(of(&["chime-down", "a", "chime-up"]), "\\s/");
    }
}
