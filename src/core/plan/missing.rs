//! What to do about a sound that a schedule names and nobody finds. Each cure names what is there.

use std::collections::BTreeMap;

use super::named::{copy_of, without_ending};
use super::{Aside, SoundIndex};
use crate::diag::{Text, shown, text};
use crate::schedule::{meant_play, time_of};

/// What to do about `name`, of which there is no file.
pub fn missing_cure(name: &str, shelf: &SoundIndex<'_>) -> Text {
    let file = if without_ending(name).is_some() { name.to_owned() } else { format!("{name}.mp3") };
    if let Some(other) = without_ending(name).and_then(|stem| shelf.file_of(stem)) {
        let stem = without_ending(other).unwrap_or(other);
        return text!(
            "có phải là {other}? Hãy viết play = \"{stem}\": không ghi đuôi thì tệp đuôi nào cũng phát",
            "is it {other}? Write play = \"{stem}\": without an ending a file of any ending plays"
        );
    }
    if let Some((aside, why)) = aside(name, shelf.aside()) {
        let told = shown(aside);
        return match why {
            Aside::Unfinished => text!(
                "tệp {told} còn tải hay chép dở; đợi xong, loa sẽ tự đọc",
                "{told} is a download or a copy that is not finished; wait until it is, loa will read it by itself"
            ),
            Aside::Link => text!(
                "audio/{told} là liên kết nên không được đọc; hãy chép chính tệp ấy vào audio/",
                "audio/{told} is a link and is not read; copy the file itself into audio/"
            ),
            Aside::OldName { pattern } => renamed(pattern, name, aside),
        };
    }
    if let Some(other) = shelf.files().find(|other| is_version(other, name)) {
        let ending = other.rsplit_once('.').map_or("mp3", |(_, ending)| ending);
        let stem = without_ending(name).unwrap_or(name);
        return text!(
            "chỉ có {other}: nếu đúng là nó, đổi tên thành {stem}.{ending}",
            "there is only {other}: if that is it, rename it to {stem}.{ending}"
        );
    }
    match shelf.nearest(name) {
        Some(near) if near != name => text!(
            "có phải là «{near}»? Nếu không, chép tệp {file} vào audio/",
            "is it \"{near}\"? If not, copy {file} into audio/"
        ),
        _ if file == name => text!("chép tệp {file} vào audio/", "copy {file} into audio/"),
        _ => text!("chép tệp {file} (hay wav, m4a, ogg…) vào audio/", "copy {file} (or wav, m4a, ogg…) into audio/"),
    }
}

/// The same where `play` names it: it may be several in one text, or a pause or a chime in other words. `alone`: no
/// list stands around it.
pub fn word_cure(name: &str, alone: bool, shelf: &SoundIndex<'_>) -> Text {
    if let Some(time) = time_of(name).filter(|_| looks_like_a_time(name)) {
        let (time, file) = (time.strftime(if time.second() == 0 { "%H:%M" } else { "%H:%M:%S" }), shown(name));
        return text!(
            "nếu là giờ phát thì viết ở dòng at: at = \"{time}\"; nếu «{file}» là tên một tệp thì chép tệp ấy vào audio/",
            "if it is when to play, it belongs into the line at: at = \"{time}\"; if \"{file}\" is the name of a file, copy it into audio/"
        );
    }
    let Some(meant) = meant_play(name) else { return missing_cure(name, shelf) };
    let mut known = 0;
    let items: Vec<String> = meant
        .into_iter()
        .map(|item| {
            let is_own = item == "chime" || item.starts_with("pause ");
            let near = (!is_own && shelf.all(&item).is_empty()).then(|| shelf.nearest(&item)).flatten();
            known += usize::from(is_own || near.is_some() || !shelf.all(&item).is_empty());
            near.map_or(item, shown)
        })
        .collect();
    if known == 0 {
        return missing_cure(name, shelf);
    }
    let list = format!("\"{}\"", items.join("\", \""));
    match (items.len(), alone) {
        (1, _) => {
            let file = shown(name);
            text!(
                "viết: {list}; nếu «{file}» là tên một tệp thì chép tệp ấy vào audio/",
                "write: {list}; if \"{file}\" is the name of a file, copy it into audio/"
            )
        }
        (_, true) => text!(
            "mỗi tên một cặp ngoặc kép, viết: play = [{list}]",
            "each name in quotes of its own, write: play = [{list}]"
        ),
        (_, false) => text!("mỗi tên một cặp ngoặc kép, viết: {list}", "each name in quotes of its own, write: {list}"),
    }
}

/// `05:30`, `5h30`; a number alone is the name of a recording more often.
fn looks_like_a_time(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_digit()) && name.contains([':', 'h', 'g', '：'])
}

/// What to do about a file whose name cannot be read.
pub fn renamed(pattern: &str, stem: &str, lossy: &str) -> Text {
    let ending = lossy.rsplit_once('.').map_or("mp3", |(_, ending)| ending);
    let stem = without_ending(stem).unwrap_or(stem);
    text!(
        "tên tệp viết bằng bảng mã cũ; hãy đổi tên: mv {pattern} 'audio/{stem}.{ending}'",
        "the name of the file is in an old code page; rename it: mv {pattern} 'audio/{stem}.{ending}'"
    )
}

/// A file that is passed over and is probably meant.
fn aside<'a>(name: &str, all: &'a BTreeMap<String, Aside>) -> Option<(&'a str, &'a Aside)> {
    let lower = name.to_lowercase();
    all.iter().map(|(file, why)| (file.as_str(), why)).find(|(file, why)| match why {
        Aside::OldName { .. } => looks_like(file, &lower),
        Aside::Link | Aside::Unfinished => {
            let file = file.to_lowercase();
            file.strip_prefix(&lower).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        }
    })
}

/// Whether a name with letters that cannot be read could be `wanted`, an ending left out.
fn looks_like(lossy: &str, wanted: &str) -> bool {
    let lossy = lossy.to_lowercase();
    let stem = without_ending(&lossy).unwrap_or(&lossy);
    let wanted = without_ending(wanted).unwrap_or(wanted);
    let alike = |(a, b): (char, char)| a == b || a == char::REPLACEMENT_CHARACTER;
    stem.chars().count() == wanted.chars().count() && stem.chars().zip(wanted.chars()).all(alike)
}

/// `tin.old.mp3`, `tin (1).mp3`, `tin.cham.mp3`: named like it, and more behind.
fn is_version(file: &str, name: &str) -> bool {
    let name = without_ending(name).unwrap_or(name).to_lowercase();
    let stem = without_ending(file).unwrap_or(file);
    copy_of(stem).is_some_and(|own| own == name)
        || stem.to_lowercase().strip_prefix(&name).is_some_and(|rest| rest.starts_with('.'))
}
