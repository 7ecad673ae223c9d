//! The sounds as people see them: each with its verdict, its broadcasts and its next airing, and who may lay hands on it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::ahead::Ahead;
use crate::audio::{intake, library, name};
use crate::diag::{Text, figure, is_deceptive, shown, text};
use crate::instant::Wall;
use crate::look::Look;
use crate::plan::{
    Airing, COMMON_LANGUAGE, Library, Programme, Sound, SoundIndex, Wanted, ZoneVoices, spelled, wants, without_ending,
};
use crate::schedule::Broadcast;
use crate::station::{Station, ZoneIx};
use crate::upload::refusal::bad_name;

/// What is there, and what it is for.
pub(crate) struct SoundStock {
    pub(crate) look: Arc<Look>,
    /// What could be better in a file: what, and how.
    better: BTreeMap<String, Vec<(Text, Text)>>,
    /// What was put away or replaced, and is kept.
    pub(crate) kept: BTreeSet<String>,
    /// Broadcasts by the files that they play.
    uses: BTreeMap<String, Vec<usize>>,
    /// Broadcasts by the names that they ask for, with their ending and without.
    asked: BTreeMap<String, Vec<usize>>,
    ahead: Ahead,
}

/// A next airing.
pub(crate) struct NextTime<'s> {
    pub(crate) airing: &'s Airing,
    pub(crate) words: Text,
}

/// What is said of a sound in a word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Quality {
    Good,
    Better,
    Changing,
    Faulty,
    Unmeasured,
}

impl Quality {
    pub(crate) fn text(self) -> Text {
        match self {
            Self::Good => text!("Tốt", "Good"),
            Self::Better => text!("Nên thu lại", "Could be better"),
            Self::Changing => text!("Đang chép", "Being copied"),
            Self::Faulty => text!("Không phát được", "Cannot play"),
            Self::Unmeasured => text!("Máy chưa nghe đến", "Not listened to yet"),
        }
    }

    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Better => "better",
            Self::Faulty => "faulty",
            Self::Changing | Self::Unmeasured => "unsure",
        }
    }
}

impl SoundStock {
    /// By the files as they were read; what is to come only where `looks_ahead`.
    pub(crate) fn take(look: Arc<Look>, dir: &Path, now: Wall, looks_ahead: bool) -> Self {
        let (schedule, station) = (&look.world.schedule, &look.world.station);
        let mut better: BTreeMap<String, Vec<(Text, Text)>> = BTreeMap::new();
        for one in library::warnings(dir, &Wanted::new(schedule, station)) {
            let file = one.file.strip_prefix("audio/").unwrap_or(&one.file).to_owned();
            better.entry(file).or_default().push((one.message, one.help.unwrap_or_else(|| text!("", ""))));
        }
        let shelf = SoundIndex::new(&look.world.library, station);
        let mut uses: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut asked: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, broadcast) in schedule.broadcasts.iter().enumerate() {
            let (mut files, mut names) = (BTreeSet::new(), BTreeSet::new());
            for setting in settings(broadcast, station) {
                for want in wants(broadcast, setting) {
                    names.extend([spelled(want.name), spelled(without_ending(want.name).unwrap_or(want.name))]);
                }
                let programme = Programme::new(&broadcast.play, setting, &shelf);
                let all = programme.needed().chain(programme.bed.iter());
                files.extend(all.filter_map(|item| item.source().map(|(file, _)| file.to_owned())));
            }
            for file in files {
                uses.entry(file).or_default().push(place);
            }
            for name in names {
                asked.entry(name).or_default().push(place);
            }
        }
        let ahead = if looks_ahead { Ahead::look(&look, now) } else { Ahead::default() };
        let kept = intake::kept(dir).into_keys().collect();
        Self { look, better, kept, uses, asked, ahead }
    }

    pub(crate) fn station(&self) -> &Station {
        &self.look.world.station
    }

    /// The files that are there, by name.
    pub(crate) fn files(&self) -> BTreeSet<&str> {
        let known = self.look.world.library.sounds.keys();
        known.chain(&self.look.unmeasured).map(String::as_str).collect()
    }

    pub(crate) fn sound(&self, file: &str) -> Option<&Sound> {
        self.look.world.library.sounds.get(file)
    }

    /// What is said of a file in a word.
    pub(crate) fn word(&self, file: &str) -> Quality {
        match self.sound(file) {
            None => Quality::Unmeasured,
            Some(sound) if sound.is_changing() => Quality::Changing,
            Some(sound) if sound.facts.is_err() => Quality::Faulty,
            Some(_) if self.better.contains_key(file) => Quality::Better,
            Some(_) => Quality::Good,
        }
    }

    /// What is wrong with it, and what to do.
    pub(crate) fn better(&self, file: &str) -> &[(Text, Text)] {
        self.better.get(file).map_or(&[], Vec::as_slice)
    }

    /// How long it is, in words.
    pub(crate) fn length(&self, file: &str) -> Option<Text> {
        let facts = self.sound(file)?.facts.as_ref().ok()?;
        Some(figure::length_exact(facts.length()))
    }

    /// The language that its name says: the common one, or one that a zone speaks.
    pub(crate) fn language(&self, file: &str) -> Option<String> {
        let tag = without_ending(file)?.rsplit_once('.')?.1.to_lowercase();
        let spoken = self.station().zones.iter().flat_map(|zone| &zone.languages).map(String::as_str);
        spoken.chain([COMMON_LANGUAGE]).any(|one| one.to_lowercase() == tag).then_some(tag)
    }

    /// What its versions in every language are called alike.
    pub(crate) fn stem(&self, file: &str) -> String {
        let stem = without_ending(file).unwrap_or(file);
        let bare = self.language(file).and_then(|_| stem.rsplit_once('.')).map_or(stem, |(bare, _)| bare);
        bare.to_owned()
    }

    /// The files that a broadcast finds by this name, in whatever language, measured or not.
    pub(crate) fn versions(&self, name: &str) -> Vec<&str> {
        let name = spelled(name);
        let is_one =
            |file: &str| spelled(without_ending(file).unwrap_or(file)) == name || spelled(&self.stem(file)) == name;
        self.files().into_iter().filter(|file| is_one(file)).collect()
    }

    /// What is heard in place of a file once it is put away, wherever its broadcasts find another version.
    pub(crate) fn instead_of(&self, file: &str) -> BTreeSet<String> {
        let (station, library) = (self.station(), &self.look.world.library);
        let mut sounds = library.sounds.clone();
        sounds.remove(file);
        let rest = Library { sounds, ..Library::default() };
        let (before, after) = (SoundIndex::new(library, station), SoundIndex::new(&rest, station));
        let mut instead = BTreeSet::new();
        for broadcast in self.uses(file) {
            for setting in settings(broadcast, station) {
                for want in wants(broadcast, setting) {
                    let plays = before.find(want.name, setting.languages).playable;
                    if plays.iter().any(|(sound, _)| sound.file == file) {
                        let then = after.find(want.name, setting.languages).playable;
                        instead.extend(then.into_iter().map(|(sound, _)| sound.file.clone()));
                    }
                }
            }
        }
        instead
    }

    /// The broadcasts that play a file; of one that nobody has measured yet, those that ask for its name.
    pub(crate) fn uses(&self, file: &str) -> Vec<&Broadcast> {
        if self.sound(file).is_none() {
            return self.wanting(without_ending(file).unwrap_or(file)).collect();
        }
        let places = self.uses.get(file).into_iter().flatten();
        places.filter_map(|place| self.look.world.schedule.broadcasts.get(*place)).map(AsRef::as_ref).collect()
    }

    /// The broadcasts that ask for a sound of this name, whether it is there or not.
    pub(crate) fn wanting(&self, name: &str) -> impl Iterator<Item = &Broadcast> {
        let places = self.asked.get(&spelled(name)).into_iter().flatten();
        places.filter_map(|place| self.look.world.schedule.broadcasts.get(*place)).map(AsRef::as_ref)
    }

    /// So many days ahead it was looked for what is heard next.
    pub(crate) const fn days(&self) -> i64 {
        self.ahead.days
    }

    /// When a file is heard next.
    pub(crate) fn next(&self, file: &str) -> Option<NextTime<'_>> {
        if self.sound(file).is_none() {
            return self.due(without_ending(file).unwrap_or(file));
        }
        self.ahead.of_file(file).map(|airing| self.said(airing))
    }

    /// When a file would be heard next, and is not unless somebody approves it before.
    pub(crate) fn unapproved(&self, file: &str) -> Option<NextTime<'_>> {
        self.ahead.unapproved(file).map(|airing| self.said(airing))
    }

    /// When a sound of this name is due next, whether it is there or not.
    pub(crate) fn due(&self, name: &str) -> Option<NextTime<'_>> {
        let airings = self.wanting(name).filter_map(|broadcast| self.ahead.of_broadcast(&broadcast.id));
        airings.min_by_key(|airing| airing.start).map(|airing| self.said(airing))
    }

    fn said<'s>(&self, airing: &'s Airing) -> NextTime<'s> {
        let timezone = &self.station().timezone;
        let (clock, day) = (figure::clock(airing.start, timezone), figure::day(airing.start, timezone));
        NextTime { airing, words: text!(day = day; "{clock} {day}", "{clock} {day}") }
    }

    /// What the zones of a broadcast are called.
    pub(crate) fn zones(&self, broadcast: &Broadcast) -> String {
        let zones = broadcast.zones.iter().filter_map(|zone| self.station().zones.get(usize::from(zone.0)));
        zones.map(|zone| zone.title.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// Files that a sound of this name would take the place of.
    pub(crate) fn rivals(&self, name: &str) -> Vec<&str> {
        let asked = format!("{}.wav", without_ending(name).unwrap_or(name));
        self.files().into_iter().filter(|file| name::same_stem(file, &asked)).collect()
    }

    /// What a sound is to be called that somebody calls `asked`, or whose file his phone calls so.
    pub(crate) fn name_for(asked: &str, file: &str) -> Result<String, Text> {
        if asked.contains(['/', '\\']) || asked.chars().any(|c| c.is_control() || is_deceptive(c)) {
            return Err(bad_name());
        }
        // Phones that call a file after a path, as old ones do, mean its last part.
        let meant = if asked.is_empty() { file.rsplit(['/', '\\']).next().unwrap_or_default() } else { asked };
        let stored = name::stored(meant, &["wav"]).map_err(|_| unusable(meant))?;
        Ok(without_ending(&stored).unwrap_or(&stored).to_owned())
    }
}

/// Why a name cannot be used, and what to do.
fn unusable(name: &str) -> Text {
    let stem = without_ending(name).unwrap_or(name).trim();
    let lower = stem.to_lowercase();
    let shown = shown(stem);
    if lower.starts_with("chime") || lower.starts_with("pause") {
        return text!(
            "Tên này không dùng được: trong mục phát, «{shown}» đã có nghĩa là tiếng chuông hay quãng nghỉ. Xin đặt tên khác.",
            "In a broadcast \"{shown}\" means the bell or a pause, so that no recording can be called so. Give another name."
        );
    }
    if !stem.chars().any(char::is_alphanumeric) {
        return text!(
            "Tên này không dùng được: chưa có chữ hay số nào. Xin đặt tên bằng chữ và số. Ví dụ: lịch tiêm chủng",
            "There is no letter and no digit in this name. Give one of letters and digits. Example: vaccination"
        );
    }
    bad_name()
}

/// How a broadcast is set in its zones: those that are set alike are one, so that a province's zones cost as much as one.
fn settings<'s>(broadcast: &'s Broadcast, station: &'s Station) -> Vec<ZoneVoices<'s>> {
    let mut all: Vec<ZoneVoices<'s>> = Vec::new();
    for zone in broadcast.zones.iter().filter_map(|ZoneIx(zone)| station.zones.get(usize::from(*zone))) {
        let setting = ZoneVoices::of(broadcast, zone);
        if !all.contains(&setting) {
            all.push(setting);
        }
    }
    all
}
