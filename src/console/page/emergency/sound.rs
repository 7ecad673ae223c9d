use std::collections::BTreeSet;

use maud::{Markup, html};

use crate::diag::{Lang, Text, figure, text};
use crate::escaped::escaped;
use crate::look::Look;
use crate::plan::{SoundIndex, without_ending};
use crate::station::Zone;

/// What a name in `audio/` is heard as, in some zones.
pub(super) struct AlarmSound {
    /// Its name.
    pub(super) name: String,
    /// Its files with their seconds, each once.
    pub(super) files: Vec<(String, f64)>,
    /// How long it is where it is longest, in seconds, as far as that is known.
    longest: f64,
    /// A file of it lies there that nobody has measured yet: it can be sent, and is not listened to here.
    is_unmeasured: bool,
    /// Zones that would hear nothing.
    pub(super) silent: Vec<String>,
    /// Languages that it lacks somewhere.
    pub(super) lacks: BTreeSet<String>,
    /// What is wrong with the file that is there.
    fault: Option<Text>,
}

impl AlarmSound {
    pub(super) fn of(look: &Look, name: &str, zones: &[&Zone]) -> Self {
        let world = &look.world;
        // An alert has its own way to a file that is being written to: what it was before plays.
        let near = look.at_hand(name);
        let shelf = SoundIndex::new(&near, &world.station);
        let mut sound = Self {
            name: name.to_owned(),
            files: Vec::new(),
            longest: 0.0,
            is_unmeasured: false,
            silent: Vec::new(),
            lacks: BTreeSet::new(),
            fault: None,
        };
        for zone in zones {
            let found = shelf.find(name, &zone.languages);
            let mut seconds = 0.0;
            for (file, facts) in &found.playable {
                if look.is_unmeasured(&file.file) {
                    sound.is_unmeasured = true;
                    continue;
                }
                let length = facts.length().as_secs_f64();
                seconds += length;
                if !sound.files.iter().any(|(known, _)| *known == file.file) {
                    sound.files.push((file.file.clone(), length));
                }
            }
            sound.longest = sound.longest.max(seconds);
            if found.playable.is_empty() {
                sound.silent.push(zone.title.clone());
                let fault = found.faulty.first().and_then(|file| file.facts.as_ref().err());
                sound.fault = sound.fault.or_else(|| fault.map(|fault| fault.message.clone()));
            }
            sound.lacks.extend(found.languages_missing);
        }
        sound
    }

    /// Some zone hears it.
    pub(super) fn is_there(&self) -> bool {
        self.is_unmeasured || !self.files.is_empty()
    }

    /// Why nobody would hear it.
    pub(super) fn missing(&self) -> Text {
        let name = crate::diag::shown(&self.name);
        match &self.fault {
            Some(fault) => {
                let (vi, en) = (&fault.vi, &fault.en);
                text!("bản ghi «{name}» hỏng: {vi}", "the sound \"{name}\" is broken: {en}")
            }
            None => text!("chưa có bản ghi «{name}»", "there is no sound \"{name}\""),
        }
    }

    /// How long it is where it is longest, in seconds.
    pub(super) fn seconds(&self) -> Option<f64> {
        (!self.is_unmeasured).then_some(self.longest)
    }

    /// `0:38`.
    pub(super) fn length(&self) -> Text {
        length_said(self.seconds())
    }

    /// What it does not say, and where it is not heard.
    pub(super) fn gaps(&self) -> Option<Text> {
        if !self.silent.is_empty() {
            let (names, count) = (figure::joined(self.silent.iter().map(String::as_str)), self.silent.len());
            return Some(if count > 4 {
                text!("{count} cụm loa không có bản nào nghe được", "{count} zones have no version to hear")
            } else {
                text!("{names} không có bản nào nghe được", "{names}: no version to hear")
            });
        }
        let languages = figure::joined(self.lacks.iter().map(String::as_str));
        (!languages.is_empty()).then(|| text!("chưa có bản tiếng: {languages}", "no version in: {languages}"))
    }

    /// To be heard before anything is sent.
    pub(super) fn players(&self, lang: Lang) -> Markup {
        let name = crate::diag::shown(&self.name);
        html! {
            @for (file, seconds) in &self.files {
                @let stem = without_ending(file).unwrap_or(file);
                figure.hear {
                    figcaption { (text!("Nghe thử", "Listen first").get(lang)) ": " (stem) " (" (span(*seconds)) ")" }
                    audio controls preload="none" src={ "/hear/" (escaped(file)) } {}
                }
            }
            @if self.is_unmeasured {
                p.hint { (text!(
                    "Máy chưa nghe đến bản ghi «{name}», nên chưa nghe thử được ở đây. Vẫn phát được.",
                    "The station has not listened to the sound \"{name}\" yet, so that it is not heard here first. It can be sent all the same."
                ).get(lang)) }
            }
        }
    }
}

/// How long something is, where that is known.
pub(super) fn length_said(seconds: Option<f64>) -> Text {
    let Some(seconds) = seconds else { return text!("chưa biết dài bao lâu", "of a length not known yet") };
    let length = span(seconds);
    text!("{length}", "{length}")
}

/// `0:40`, `12:05`.
pub(super) fn span(seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as u64;
    format!("{}:{:02}", whole / 60, whole % 60)
}
