use std::collections::BTreeSet;

use super::diagnostic::diagnostic;
use super::sound_index::is_plain;
use super::{Sound, SoundIndex, ZoneVoices, missing_cure, word_cure};
use crate::diag::{Diagnostic, Severity, Text, text};
use crate::schedule::{Broadcast, Named, Play};
use crate::station::{RelayElse, Station, Zone};

/// A sound that a broadcast asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Want<'a> {
    /// As it is written.
    pub name: &'a str,
    /// What for.
    pub role: SoundRole,
}

impl Want<'_> {
    /// It is what is broadcast.
    pub fn is_word(&self) -> bool {
        self.role == SoundRole::Word
    }
}

/// What a sound is wanted for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SoundRole {
    /// It is what is broadcast: without it there is nothing to hear.
    Word,
    /// It rings in place of loa's own chime.
    Chime,
    /// It lies under the words.
    Bed,
    /// It is heard where a relay is silent.
    Instead,
}

/// All that a broadcast asks for in a setting, in order.
pub fn wants<'a>(broadcast: &'a Broadcast, setting: ZoneVoices<'a>) -> impl Iterator<Item = Want<'a>> {
    let words = broadcast.play.iter().filter_map(|play| match play {
        Play::Sound(name) | Play::Music(name) => Some(Want { name, role: SoundRole::Word }),
        Play::Chime(_) | Play::Pause(_) | Play::Relay(..) => None,
    });
    let relays = broadcast.play.iter().filter_map(|play| match play {
        Play::Relay(relay, _) => Some(relay),
        _ => None,
    });
    let instead = relays.flat_map(|relay| &relay.otherwise).filter_map(|other| match other {
        RelayElse::Sound(name) => Some(Want { name, role: SoundRole::Instead }),
        RelayElse::Relay(_) | RelayElse::Silence => None,
    });
    let chime = setting.chime.map(|name| Want { name, role: SoundRole::Chime });
    words.chain(chime).chain(setting.bed.map(|name| Want { name, role: SoundRole::Bed })).chain(instead)
}

impl SoundRole {
    /// What is heard where the sound is not: nothing to say of words.
    pub const fn instead(self) -> (&'static str, &'static str) {
        match self {
            Self::Word => ("", ""),
            Self::Chime => ("; thay vào đó là tiếng chuông có sẵn của loa", "; loa's own chime rings instead"),
            Self::Instead => (
                "; khi đài cấp trên không có tiếng thì bỏ qua tệp này",
                "; where the relay is silent, it is passed over",
            ),
            Self::Bed => ("; mục này vẫn phát, không có nhạc nền", "; the broadcast plays, without its bed of music"),
        }
    }
}

/// Sounds of a broadcast that are not loaded, faulty, ambiguous or not in a zone's language: each once. Words that
/// are not loaded and due `soon` are an error.
pub(super) fn sounds(
    broadcast: &Broadcast,
    station: &Station,
    shelf: &SoundIndex<'_>,
    soon: bool,
    found: &mut Vec<Diagnostic>,
) {
    let Some(place) = broadcast.place() else { return };
    let mut said: BTreeSet<(&'static str, String)> = BTreeSet::new();
    let mut say = |name: &str, code: &'static str, about: &str, severity, message, help| {
        if said.insert((code, about.to_owned())) {
            let own = diagnostic(code, severity, place, message, Some(help));
            // Where it is named, as far as somebody wrote it.
            found.push(match broadcast.named.iter().find(|named| named.name == name) {
                Some(Named { place, column, .. }) => {
                    Diagnostic { span: Some(place.span.clone()), line: place.line, column: *column, ..own }
                }
                None => own,
            });
        }
    };
    let title = &broadcast.title;
    let zones = broadcast.zones.iter().filter_map(|zone| station.zones.get(usize::from(zone.0)));
    let mut languages: BTreeSet<&[String]> = zones.map(|zone| zone.languages.as_slice()).collect();
    // Where it is not known in which zones, any language will do.
    let any: Vec<String> = station.zones.iter().flat_map(|zone| zone.languages.clone()).collect();
    let is_placed = !broadcast.zones.is_empty();
    if !is_placed {
        languages.insert(&any);
    }
    for languages in languages {
        // A zone's own chime is told once, where it is written.
        let (chime, bed) = (broadcast.chime.as_deref(), broadcast.bed.as_deref());
        for Want { name, role } in wants(broadcast, ZoneVoices { languages, chime, bed }) {
            let heard = shelf.find(name, languages);
            let (vi_instead, en_instead) = role.instead();
            for faulty in &heard.faulty {
                let Err(fault) = &faulty.facts else { continue };
                let (file, vi, en) = (&faulty.file, &fault.message.vi, &fault.message.en);
                if faulty.is_changing() {
                    let message = text!(
                        "«{title}» dùng audio/{file}, tệp này còn đang chép dở",
                        "\"{title}\" uses audio/{file}, which is still being copied"
                    );
                    let help =
                        text!("đợi chép xong, loa sẽ tự đọc", "wait until that is done, loa will read it by itself");
                    say(name, "sound_changing", file, Severity::Warning, message, help);
                    continue;
                }
                let message = Text {
                    vi: format!("«{title}» dùng audio/{file}, tệp này không phát được: {vi}{vi_instead}"),
                    en: format!("\"{title}\" uses audio/{file}, which cannot play: {en}{en_instead}"),
                };
                let help =
                    text!("chép một tệp tốt vào audio/, tên {name}", "copy a good file into audio/, named {name}");
                let severity = if role == SoundRole::Word { Severity::Error } else { Severity::Warning };
                say(name, "sound_faulty", file, severity, message, help);
            }
            if heard.playable.is_empty() && heard.faulty.is_empty() {
                let message = Text {
                    vi: format!("«{title}»: chưa nạp âm thanh «{name}»{vi_instead}"),
                    en: format!("\"{title}\": the sound \"{name}\" is not loaded{en_instead}"),
                };
                let severity = if soon && role == SoundRole::Word { Severity::Error } else { Severity::Warning };
                let alone = broadcast.named.iter().any(|named| named.name == name && named.alone);
                let cure = match role {
                    SoundRole::Word => word_cure(name, alone, shelf),
                    SoundRole::Chime | SoundRole::Bed | SoundRole::Instead => missing_cure(name, shelf),
                };
                say(name, "sound_missing", name, severity, message, cure);
            }
            for language in heard.languages_missing.iter().filter(|_| is_placed && role == SoundRole::Word) {
                let message = text!(
                    "«{title}»: «{name}» chưa có bản tiếng «{language}»",
                    "\"{title}\": \"{name}\" has no version in \"{language}\""
                );
                let help = text!("chép tệp {name}.{language}.mp3 vào audio/", "copy {name}.{language}.mp3 into audio/");
                say(name, "language_missing", &format!("{name}.{language}"), Severity::Warning, message, help);
            }
            if !heard.passed_over.is_empty() {
                let Text { vi: taken, en: plays } = told_apart(heard.playable.iter().map(|(sound, _)| *sound));
                let Text { vi: passed, en: is_passed } = told_apart(heard.passed_over.iter().copied());
                let message = text!(
                    "«{title}»: nhiều tệp cùng tên «{name}»; phát {taken}, bỏ qua {passed}",
                    "\"{title}\": several files are called \"{name}\"; {plays} plays, {is_passed} is passed over"
                );
                let help = text!("xóa hoặc đổi tên tệp không dùng", "remove or rename the file that is not meant");
                say(name, "sound_ambiguous", name, Severity::Warning, message, help);
            }
        }
    }
}

/// Files by name; one whose name only looks like another's is told as that, since nobody can see it.
fn told_apart<'s>(sounds: impl Iterator<Item = &'s Sound>) -> Text {
    let told = |sound: &Sound| {
        let file = &sound.file;
        if is_plain(file) {
            return text!("{file}", "{file}");
        }
        text!(
            "{file} (tên viết rời chữ và dấu, như máy Mac ghi)",
            "{file} (letters and marks written apart, as a Mac does)"
        )
    };
    let told: Vec<Text> = sounds.map(told).collect();
    let joined = |of: fn(&Text) -> &str| told.iter().map(of).collect::<Vec<_>>().join(", ");
    Text { vi: joined(|text| &text.vi), en: joined(|text| &text.en) }
}

/// Chimes of zones that are not there to ring.
pub(super) fn chimes(station: &Station, shelf: &SoundIndex<'_>, found: &mut Vec<Diagnostic>) {
    for Zone { title, chime, languages, .. } in &station.zones {
        let Some(chime) = chime else { continue };
        let (name, heard) = (&chime.name, shelf.find(&chime.name, languages));
        if !heard.playable.is_empty() {
            continue;
        }
        let fault = heard.faulty.iter().find_map(|sound| Some((&sound.file, sound.facts.as_ref().err()?)));
        let (vi, en) = SoundRole::Chime.instead();
        let (code, message) = match fault {
            Some((file, fault)) => (
                "sound_faulty",
                Text {
                    vi: format!("tiếng chuông của {title}, audio/{file}, không phát được: {}{vi}", fault.message.vi),
                    en: format!("the chime of {title}, audio/{file}, cannot play: {}{en}", fault.message.en),
                },
            ),
            None => (
                "sound_missing",
                Text {
                    vi: format!("{title}: chưa nạp âm thanh «{name}» làm tiếng chuông{vi}"),
                    en: format!("{title}: the sound \"{name}\" for the chime is not loaded{en}"),
                },
            ),
        };
        found.push(Diagnostic {
            span: Some(chime.span.clone()),
            line: chime.line,
            help: Some(missing_cure(name, shelf)),
            ..Diagnostic::of_file("loa.toml", Severity::Warning, code, message)
        });
    }
}
