//! Who may lay hands on which sound. An official may on all. A hamlet head may on what only his horns play, on what he
//! handed in himself, and on what was asked of him and is still missing; for the rest he asks the official
//! (docs/decisions/0064-whose-sound-it-is.md).

use std::io::Read as _;
use std::path::Path;

use super::stock::SoundStock;
use crate::app::App;
use crate::audio::intake;
use crate::checkup::alarms::of_an_alarm;
use crate::diag::{Text, text};
use crate::digest::RunningDigest;
use crate::people::Person;
use crate::plan::{COMMON_LANGUAGE, without_ending};
use crate::role::Right;
use crate::schedule::Broadcast;
use crate::site;
use crate::station::{Station, Zone, ZoneIx};
use crate::who::Who;

/// What somebody wants to do with a sound that is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Deed {
    /// Put it away, or bring back what was put away: others would miss it, or hear what was taken back.
    Away,
    /// Put another in its place: others hear something else.
    Replace,
}

/// Whether somebody hands in what every zone hears, as the sounds of alarms.
pub(crate) fn may_hand_in_for_all(who: &Who) -> bool {
    who.may(Right::Sounds) && who.person().zones.is_empty()
}

impl SoundStock {
    /// Whether a person may put a file away.
    pub(crate) fn may_touch(&self, app: &App, person: &Person, file: &str) -> Result<(), Text> {
        self.may(app, person, file, Deed::Away)
    }

    /// Whether he may bring back what was put away or replaced: by the same rule, and what is not there any more is his by
    /// the bytes that are kept, and comes in as a new one does.
    pub(crate) async fn may_bring_back(&self, app: &App, person: &Person, file: &str) -> Result<(), Text> {
        let here = self.may(app, person, file, Deed::Away);
        if self.files().contains(file) || !self.kept.contains(file) {
            return here;
        }
        if here.is_err() {
            let (dir, own) = (app.dir().to_owned(), file.to_owned());
            let digest = tokio::task::spawn_blocking(move || kept_digest(&dir, &own)).await.ok().flatten();
            self.may_by(app, person, (file, digest), Deed::Away)?;
        }
        let comes_in = self.may_hand_in(app, person, without_ending(file).unwrap_or(file));
        comes_in.map(|_| ()).map_err(|_| not_his(file))
    }

    /// Whether he may put another in its place.
    pub(crate) fn may_replace(&self, app: &App, person: &Person, file: &str) -> Result<(), Text> {
        self.may(app, person, file, Deed::Replace)
    }

    fn may(&self, app: &App, person: &Person, file: &str, deed: Deed) -> Result<(), Text> {
        let digest = self.sound(file).and_then(|sound| Some(sound.facts.as_ref().ok()?.sha256.clone()));
        self.may_by(app, person, (file, digest), deed)
    }

    fn may_by(
        &self,
        app: &App,
        person: &Person,
        (file, digest): (&str, Option<String>),
        deed: Deed,
    ) -> Result<(), Text> {
        if person.zones.is_empty() {
            return Ok(());
        }
        let stem = without_ending(file).unwrap_or(file);
        if self.is_of_alarms(stem) {
            return Err(of_alarms(file));
        }
        let asking = self.found_by(stem).flat_map(|(asked, _)| self.wanting(asked));
        let users: Vec<&Broadcast> = self.uses(file).into_iter().chain(asking).collect();
        let is_his = !users.is_empty() && users.iter().all(|broadcast| self.has_all(person, broadcast, None));
        if is_his {
            return Ok(());
        }
        // What he handed in himself he may mend, where it is heard in a zone of his, or nowhere.
        let handed_it =
            digest.and_then(|digest| app.uploads().handed_in(file, &digest)).is_some_and(|one| one.by == person.id);
        let is_heard_by_him = users.iter().any(|broadcast| self.has_one(person, broadcast, None));
        if handed_it && (users.is_empty() || (deed == Deed::Replace && is_heard_by_him)) {
            return Ok(());
        }
        Err(not_his(file))
    }

    /// Whether a person may hand in a sound of this name, and whether others are there that it would replace.
    pub(crate) fn may_hand_in(&self, app: &App, person: &Person, name: &str) -> Result<bool, Text> {
        let rivals = self.rivals(name);
        for rival in &rivals {
            self.may_replace(app, person, rival)?;
        }
        if person.zones.is_empty() || !rivals.is_empty() {
            return Ok(!rivals.is_empty());
        }
        if self.is_of_alarms(name) {
            return Err(of_alarms(name));
        }
        for (asked, tongue) in self.found_by(name) {
            let (versions, tongue) = (self.versions(asked), tongue.as_deref());
            if self.wanting(asked).next().is_none() {
                // What no broadcast plays is said by hand, wherever that is: this would be heard instead of another version.
                for version in versions {
                    self.may_replace(app, person, version)?;
                }
                continue;
            }
            // Of what is missing one zone that hears it must be his; what is there already would give way in all of them.
            let has_one = self.wanting(asked).any(|broadcast| self.has_one(person, broadcast, tongue));
            let has_all = || self.wanting(asked).all(|broadcast| self.has_all(person, broadcast, tongue));
            let is_his = has_one && (versions.is_empty() || has_all());
            if !is_his {
                return Err(text!(
                    "Bản ghi «{name}» là của cụm loa khác. Xin đặt tên khác, hoặc nhờ cán bộ văn hóa nộp",
                    "The sound \"{name}\" is for other zones. Give another name, or ask the official to hand it in"
                ));
            }
        }
        Ok(false)
    }

    /// The names by which broadcasts find a sound of this stem: its own, in every zone; of a version in a language also
    /// what all versions are called, where that language is spoken. One in the common language is heard wherever another is
    /// missing, as the sound without a language is: in every zone.
    fn found_by<'n>(&self, stem: &'n str) -> impl Iterator<Item = (&'n str, Option<String>)> {
        let tongue = self.language(&format!("{stem}.wav"));
        let version = tongue.and_then(|tongue| {
            let (bare, _) = stem.rsplit_once('.')?;
            Some((bare, Some(tongue).filter(|tongue| tongue != COMMON_LANGUAGE)))
        });
        [(stem, None)].into_iter().chain(version)
    }

    /// Whether it is heard in an alarm or a drill, in any language: everybody's, and never one hamlet's.
    fn is_of_alarms(&self, stem: &str) -> bool {
        of_an_alarm(self.station(), stem).is_some()
    }

    /// Whether he has every zone that hears it; of a version in a language, every one that speaks it.
    fn has_all(&self, person: &Person, broadcast: &Broadcast, tongue: Option<&str>) -> bool {
        hearing(broadcast, self.station(), tongue).all(|zone| person.may_in(Right::Sounds, &zone.id))
    }

    fn has_one(&self, person: &Person, broadcast: &Broadcast, tongue: Option<&str>) -> bool {
        hearing(broadcast, self.station(), tongue).any(|zone| person.may_in(Right::Sounds, &zone.id))
    }
}

/// SHA-256 of what is kept under this name.
fn kept_digest(dir: &Path, file: &str) -> Option<String> {
    let mut opened = site::open_here(intake::kept(dir).get(file)?).ok()?;
    let (mut digest, mut piece) = (RunningDigest::new(), vec![0; 64 * 1024]);
    loop {
        match opened.read(&mut piece).ok()? {
            0 => return Some(digest.written()),
            read => digest.add(&piece[..read]),
        }
    }
}

fn not_his(file: &str) -> Text {
    text!(
        "Bản ghi «{file}» không phải của riêng cụm loa mình phụ trách. Xin nhờ cán bộ văn hóa thay hoặc cất",
        "The sound \"{file}\" is not of this account's zones alone. Ask the official to replace it or put it away"
    )
}

fn of_alarms(name: &str) -> Text {
    text!(
        "Bản ghi «{name}» dùng khi báo động hoặc diễn tập cho mọi cụm loa. Xin nhờ cán bộ văn hóa",
        "The sound \"{name}\" is for alarms and drills in every zone. Ask the official"
    )
}

fn hearing<'s>(
    broadcast: &'s Broadcast,
    station: &'s Station,
    tongue: Option<&'s str>,
) -> impl Iterator<Item = &'s Zone> {
    let zones = broadcast.zones.iter().filter_map(|ZoneIx(zone)| station.zones.get(usize::from(*zone)));
    zones.filter(move |zone| tongue.is_none_or(|tongue| zone.languages.iter().any(|own| own.to_lowercase() == tongue)))
}
