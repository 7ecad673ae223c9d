use std::ops::Range;

use super::{Chime, Kind, Play, word};
use crate::diag::document::{Choice, Node, Table};
use crate::diag::{Findings, text};

pub(super) const KIND: [Choice<Kind>; 2] = [
    Choice { word: "bulletin", also: &["bantin", "tin", "speech", "news"], means: Kind::Bulletin },
    Choice { word: "music", also: &["nhac", "amnhac", "vannghe", "song"], means: Kind::Music },
];
/// What an item may say when it is written as a table.
const ITEM_KEYS: [&str; 2] = ["file", "kind"];

/// Two hundred things in a row are more than a day of sound.
pub(super) const MAX_ITEMS: usize = 200;

/// What `play` names, in order.
pub(super) fn play(findings: &mut Findings<'_>, table: &Table, header: &Range<usize>) -> Option<Vec<Play>> {
    let Some(entry) = table.get("play") else {
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
        return None;
    };
    let errors = findings.errors();
    let mut items = Vec::new();
    for node in findings.bounded(entry, MAX_ITEMS)? {
        if let Some(table) = node.table() {
            items.extend(item(findings, node, table).map(|play| (play, false)));
        } else if let Some(written) = findings.text_node(&entry.key, node, "[\"chime\", \"nop-ho-so\"]") {
            let plain = written.eq_ignore_ascii_case("chime");
            items.extend(findings.word(node, word::play(&written)).map(|play| (play, plain)));
        }
    }
    (findings.errors() == errors).then(|| closed(items))
}

/// A plain chime that has sound before it and none after it closes: it falls.
fn closed(items: Vec<(Play, bool)>) -> Vec<Play> {
    let is_sound = |(play, _): &(Play, bool)| matches!(play, Play::Sound(_) | Play::Music(_));
    let last = items.iter().rposition(is_sound).unwrap_or(items.len());
    let closes = |at: usize, plain: bool| plain && at > last;
    let item = |(at, (play, plain))| if closes(at, plain) { Play::Chime(Chime::Falling) } else { play };
    items.into_iter().enumerate().map(item).collect()
}

/// `chime = "nhac-hieu"`: the sound that plays where `play` says chime.
pub(super) fn chime(findings: &mut Findings<'_>, table: &Table, play: Option<&[Play]>) -> Option<String> {
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
    let name = file(findings, table, "bed")?;
    let speaks = |play: &[Play]| kind == Kind::Bulletin && play.iter().any(|play| matches!(play, Play::Sound(_)));
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
    let written = findings.text(entry, "\"nhac-nen\"")?;
    if let Play::Sound(name) = findings.word(&entry.node, word::play(&written))? {
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

/// `{ file = "bai-ca", kind = "music" }`.
fn item(findings: &mut Findings<'_>, node: &Node, table: &Table) -> Option<Play> {
    findings.unknown_keys(table, &ITEM_KEYS);
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
    match findings.word(&entry.node, word::play(&written))? {
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
                Play::Pause(_) => '_',
                Play::Sound(_) | Play::Music(_) => 's',
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
