//! What lies in `audio/` and does not play, told with what to do about it.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Diagnostic, Severity, shown, text};
use crate::plan::{Aside, Library, Wanted, copy_of, renamed, without_ending};

/// Strays of one kind beyond this are counted: nobody reads more.
const TOLD_MOST: usize = 20;

/// Every file of a library that a person may believe to play, and that does not.
pub fn strays(library: &Library, wanted: &Wanted) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if library.left_out > 0 {
        let (seen, over) = (library.sounds.len(), library.left_out);
        found.push(
            Diagnostic::of_file(
                "audio",
                Severity::Error,
                "too_many_files",
                text!(
                    "audio/ có quá nhiều tệp: đọc {seen} tệp, trước hết là những tệp có trong lịch, còn {over} tệp không đọc",
                    "there are too many files in audio/: {seen} are read, those of the schedules first, and {over} are not"
                ),
            )
            .with_help(text!("chuyển những tệp không dùng nữa ra khỏi audio/", "move files that are not used out of audio/")),
        );
    }
    for (file, why) in &library.aside {
        found.extend(told(file, why));
    }
    found.extend(copies(library, wanted));
    let mut found = cut_short(&found);
    found.extend(faulty(library));
    found
}

/// Every file that cannot play, whether a schedule names it or not: an alert's sound is named by none until it is
/// needed. Words or a picture beside a sound of the same name are nothing that should play.
pub fn faulty(library: &Library) -> Vec<Diagnostic> {
    let stem = |file: &str| file.rsplit_once('.').map_or(file, |(stem, _)| stem).to_lowercase();
    let good: BTreeSet<String> =
        library.sounds.values().filter(|sound| sound.facts.is_ok()).map(|sound| stem(&sound.file)).collect();
    let found = library.sounds.values().filter(|sound| !sound.is_changing()).filter_map(|sound| {
        let fault = sound.facts.as_ref().err()?;
        // A sound in a form that loa does not play is meant as one, whatever its name.
        let is_meant =
            without_ending(&sound.file).is_some() || fault.code != "not_audio" || !good.contains(&stem(&sound.file));
        let (vi, en) = (&fault.message.vi, &fault.message.en);
        is_meant.then(|| {
            Diagnostic::of_file(
                &format!("audio/{}", shown(&sound.file)),
                Severity::Warning,
                "sound_faulty",
                text!("tệp này không phát được: {vi}", "this file cannot play: {en}"),
            )
            .with_help(text!(
                "thay bằng một tệp tốt cùng tên: loa load --replace; nếu không dùng thì cất đi: loa sounds remove",
                "put a good file of that name in its place: loa load --replace; if it is of no use, put it away: loa sounds remove"
            ))
        })
    });
    found.collect()
}

fn told(file: &str, why: &Aside) -> Option<Diagnostic> {
    let path = format!("audio/{}", shown(file));
    match why {
        // It says so by its name, and goes away by itself.
        Aside::Unfinished => None,
        Aside::Link => Some(
            Diagnostic::of_file(
                &path,
                Severity::Warning,
                "is_link",
                text!("đây là liên kết, nên không được đọc", "this is a link, and is not read"),
            )
            .with_help(text!("chép chính tệp ấy vào audio/", "copy the file itself into audio/")),
        ),
        Aside::OldName { pattern } => Some(
            Diagnostic::of_file(
                &path,
                Severity::Warning,
                "bad_file_name",
                text!(
                    "tên tệp này viết bằng bảng mã cũ, nên tệp không được đọc",
                    "the name of this file is in an old code page, so it is not read"
                ),
            )
            .with_help(renamed(pattern, &plain(file), file)),
        ),
    }
}

/// A name that can be typed: without what cannot be read.
fn plain(file: &str) -> String {
    let stem = without_ending(file).unwrap_or(file);
    let plain: String = stem.chars().filter(|c| *c != char::REPLACEMENT_CHARACTER && *c != '\'').collect();
    if plain.trim().is_empty() { "am-thanh".to_owned() } else { plain.trim().to_owned() }
}

/// Copies beside what they are copies of. One that a schedule names is meant.
fn copies(library: &Library, wanted: &Wanted) -> Vec<Diagnostic> {
    let stem = |file: &str| without_ending(file).unwrap_or(file).to_lowercase();
    let files: BTreeMap<String, &str> = library.sounds.keys().map(|file| (stem(file), file.as_str())).collect();
    let found = library.sounds.keys().filter(|file| !wanted.has_itself(file)).filter_map(|file| {
        let original = files.get(&copy_of(without_ending(file)?)?)?;
        let (told, original) = (shown(file), shown(original));
        Some(
            Diagnostic::of_file(
                &format!("audio/{told}"),
                Severity::Warning,
                "sound_copy",
                text!(
                    "có vẻ là bản sao của {original}; {original} được dùng, tệp này thì không",
                    "this looks like a copy of {original}; {original} is used, this is not"
                ),
            )
            .with_help(text!(
                "nếu bản này mới đúng thì nạp nó thay bản kia: loa load --replace; nếu không thì bỏ đi: loa sounds remove",
                "if this is the right one, take it in for the other: loa load --replace; if not, put it away: loa sounds remove"
            )),
        )
    });
    found.collect()
}

/// No more than somebody reads of each kind.
fn cut_short(found: &[Diagnostic]) -> Vec<Diagnostic> {
    let mut out: Vec<Diagnostic> = Vec::new();
    let codes: BTreeSet<&str> = found.iter().map(|one| one.code).collect();
    for code in codes {
        let all: Vec<&Diagnostic> = found.iter().filter(|one| one.code == code).collect();
        let over = all.len().saturating_sub(TOLD_MOST);
        out.extend(all.into_iter().take(TOLD_MOST).cloned());
        if let Some(last) = out.last_mut().filter(|_| over > 0) {
            let more = text!(" (và {over} tệp khác như vậy)", " (and {over} more like it)");
            last.message.vi.push_str(&more.vi);
            last.message.en.push_str(&more.en);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::sample::library;

    fn codes(found: &[Diagnostic]) -> Vec<(&str, &str)> {
        found.iter().map(|one| (one.file.as_str(), one.code)).collect()
    }

    #[test]
    fn copies_are_told_beside_what_they_are_copies_of_and_only_there() {
        let library =
            library(&[("tin.mp3", 60), ("Tin (1).mp3", 60), ("hop - Copy.mp3", 60), ("tin.wav.wav", 60), ("b.mp3", 9)]);
        let found = strays(&library, &Wanted::default());
        assert_eq!(codes(&found), [("audio/Tin (1).mp3", "sound_copy"), ("audio/tin.wav.wav", "sound_copy")]);
    }

    #[test]
    fn what_is_passed_over_is_told_with_a_cure_and_no_more_of_it_than_anybody_reads() {
        let mut library = library(&[]);
        library.left_out = 400;
        let old = Aside::OldName { pattern: "audio/'b'?'n tin.wav'".to_owned() };
        library.aside.insert("b\u{fffd}n tin.wav".to_owned(), old);
        library.aside.insert("x.mp3.part".to_owned(), Aside::Unfinished);
        for number in 0..25 {
            library.aside.insert(format!("l{number:02}.mp3"), Aside::Link);
        }
        let found = strays(&library, &Wanted::default());
        let count = |code| found.iter().filter(|one| one.code == code).count();
        assert_eq!((count("too_many_files"), count("is_link"), count("bad_file_name")), (1, TOLD_MOST, 1));
        assert!(found.iter().any(|one| one.message.en.ends_with("(and 5 more like it)")));
        let name = found.iter().find(|one| one.code == "bad_file_name").unwrap();
        assert!(name.help.as_ref().unwrap().en.ends_with("mv audio/'b'?'n tin.wav' 'audio/bn tin.wav'"), "{name:?}");
    }
}
