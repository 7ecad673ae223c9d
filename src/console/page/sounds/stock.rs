//! The sounds as people see them: each with its verdict, its broadcasts and its next airing, and who may lay hands on it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::audio::{intake, library, name};
use crate::console::app::App;
use crate::console::look::Look;
use crate::console::people::Person;
use crate::console::role::Right;
use crate::console::upload::intake::bad_name;
use crate::diag::{Text, figure, is_deceptive, text};
use crate::instant::Wall;
use crate::plan::{Airing, Programme, Setting, Shelf, Sound, Verdict, Wanted, wants, without_ending};
use crate::schedule::Broadcast;
use crate::station::Station;

/// How far it looks for the next time: what comes once a fortnight is found.
const AHEAD: Duration = Duration::from_hours(14 * 24);

/// What is there, and what it is for.
pub(super) struct SoundStock {
    pub(super) look: Arc<Look>,
    /// What could be better in a file: what, and how.
    better: BTreeMap<String, Vec<(Text, Text)>>,
    /// What was put away or replaced, and is kept.
    pub(super) kept: BTreeSet<String>,
    /// Broadcasts by the files that they play.
    uses: BTreeMap<String, Vec<usize>>,
    airings: Vec<Airing>,
}

/// Whether there is a file of this name: one of those that are listed, and never a path.
pub(super) async fn is_there(app: &App, file: &str) -> bool {
    let look = app.look().await;
    look.world.library.sounds.contains_key(file) || look.unmeasured.iter().any(|own| own == file)
}

/// A next airing.
pub(super) struct NextTime<'s> {
    pub(super) airing: &'s Airing,
    pub(super) words: Text,
}

/// What is said of a sound in a word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Quality {
    Good,
    Better,
    Changing,
    Faulty,
    Unmeasured,
}

impl Quality {
    pub(super) fn text(self) -> Text {
        match self {
            Self::Good => text!("Tốt", "Good"),
            Self::Better => text!("Nên thu lại", "Could be better"),
            Self::Changing => text!("Đang chép", "Being copied"),
            Self::Faulty => text!("Không phát được", "Cannot play"),
            Self::Unmeasured => text!("Máy chưa nghe đến", "Not listened to yet"),
        }
    }

    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Better => "better",
            Self::Faulty => "faulty",
            Self::Changing | Self::Unmeasured => "unsure",
        }
    }
}

impl SoundStock {
    /// As it is now.
    pub(super) async fn of(app: &App) -> Self {
        Self::until(app, AHEAD).await
    }

    /// The same without what is to come: all that is needed to know who may do what.
    pub(super) async fn of_today(app: &App) -> Self {
        Self::until(app, Duration::ZERO).await
    }

    async fn until(app: &App, ahead: Duration) -> Self {
        let (look, now, dir) = (app.look().await, app.clock().wall(), app.dir().to_owned());
        let taken = tokio::task::spawn_blocking(move || Self::take(look, &dir, now, ahead)).await;
        taken.expect("looking at the files does not panic")
    }

    fn take(look: Arc<Look>, dir: &Path, now: Wall, ahead: Duration) -> Self {
        let (schedule, station) = (&look.world.schedule, &look.world.station);
        let mut better: BTreeMap<String, Vec<(Text, Text)>> = BTreeMap::new();
        for one in library::warnings(dir, &Wanted::new(schedule, station)) {
            let file = one.file.strip_prefix("audio/").unwrap_or(&one.file).to_owned();
            better.entry(file).or_default().push((one.message, one.help.unwrap_or_else(|| text!("", ""))));
        }
        let shelf = Shelf::new(&look.world.library, station);
        let mut uses: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, broadcast) in schedule.broadcasts.iter().enumerate() {
            let zones = broadcast.zones.iter().filter_map(|zone| station.zones.get(usize::from(zone.0)));
            let programmes = zones.map(|zone| Programme::new(&broadcast.play, Setting::of(broadcast, zone), &shelf));
            let files: BTreeSet<String> = programmes
                .flat_map(|programme| {
                    let beds = programme.bed.iter();
                    let all = programme.sounds().chain(beds);
                    all.filter_map(|item| item.source().map(|(file, _)| file.to_owned())).collect::<Vec<_>>()
                })
                .collect();
            for file in files {
                uses.entry(file).or_default().push(place);
            }
        }
        let airings = if ahead.is_zero() { Vec::new() } else { look.plan(now, now + ahead) };
        let kept = intake::kept(dir).into_keys().collect();
        Self { look, better, kept, uses, airings }
    }

    pub(super) fn station(&self) -> &Station {
        &self.look.world.station
    }

    /// The files that are there, by name.
    pub(super) fn files(&self) -> BTreeSet<&str> {
        let known = self.look.world.library.sounds.keys();
        known.chain(&self.look.unmeasured).map(String::as_str).collect()
    }

    pub(super) fn sound(&self, file: &str) -> Option<&Sound> {
        self.look.world.library.sounds.get(file)
    }

    /// What is said of a file in a word.
    pub(super) fn word(&self, file: &str) -> Quality {
        match self.sound(file) {
            None => Quality::Unmeasured,
            Some(sound) if sound.is_changing() => Quality::Changing,
            Some(sound) if sound.facts.is_err() => Quality::Faulty,
            Some(_) if self.better.contains_key(file) => Quality::Better,
            Some(_) => Quality::Good,
        }
    }

    /// What is wrong with it, and what to do.
    pub(super) fn better(&self, file: &str) -> &[(Text, Text)] {
        self.better.get(file).map_or(&[], Vec::as_slice)
    }

    /// How long it is, in words.
    pub(super) fn length(&self, file: &str) -> Option<Text> {
        let facts = self.sound(file)?.facts.as_ref().ok()?;
        Some(figure::length_exact(facts.length()))
    }

    /// The language that its name says, where a zone speaks it.
    pub(super) fn language(&self, file: &str) -> Option<String> {
        let tag = without_ending(file)?.rsplit_once('.')?.1.to_lowercase();
        let spoken = self.station().zones.iter().flat_map(|zone| &zone.languages).any(|one| one.to_lowercase() == tag);
        spoken.then_some(tag)
    }

    /// What its versions in every language are called alike.
    pub(super) fn stem(&self, file: &str) -> String {
        let stem = without_ending(file).unwrap_or(file);
        let bare = self.language(file).and_then(|_| stem.rsplit_once('.')).map_or(stem, |(bare, _)| bare);
        bare.to_owned()
    }

    /// The broadcasts that play a file; of one that nobody has measured yet, those that ask for its name.
    pub(super) fn uses(&self, file: &str) -> Vec<&Broadcast> {
        if self.sound(file).is_none() {
            return self.wanting(without_ending(file).unwrap_or(file)).collect();
        }
        let places = self.uses.get(file).into_iter().flatten();
        places.filter_map(|place| self.look.world.schedule.broadcasts.get(*place)).map(AsRef::as_ref).collect()
    }

    /// The broadcasts that ask for a sound of this name, whether it is there or not.
    pub(super) fn wanting(&self, name: &str) -> impl Iterator<Item = &Broadcast> {
        let wanted = Wanted::only(name);
        let all = self.look.world.schedule.broadcasts.iter().map(AsRef::as_ref);
        all.filter(move |broadcast: &&Broadcast| self.wants(broadcast, &wanted))
    }

    fn wants(&self, broadcast: &Broadcast, wanted: &Wanted) -> bool {
        let zones = broadcast.zones.iter().filter_map(|zone| self.station().zones.get(usize::from(zone.0)));
        zones.into_iter().any(|zone| {
            wants(broadcast, Setting::of(broadcast, zone)).any(|want| {
                let stem = without_ending(want.name).unwrap_or(want.name);
                wanted.has_itself(want.name) || wanted.has_itself(stem)
            })
        })
    }

    /// When a file is heard next.
    pub(super) fn next(&self, file: &str) -> Option<NextTime<'_>> {
        if self.sound(file).is_none() {
            return self.due(without_ending(file).unwrap_or(file));
        }
        let plays = |airing: &&Airing| {
            matches!(airing.verdict, Verdict::Play | Verdict::Wait)
                && airing.programme.sounds().any(|item| item.source().is_some_and(|(own, _)| own == file))
        };
        self.first(plays)
    }

    /// When a sound of this name is due next, whether it is there or not.
    pub(super) fn due(&self, name: &str) -> Option<NextTime<'_>> {
        let ids: BTreeSet<&str> = self.wanting(name).map(|broadcast| broadcast.id.as_str()).collect();
        self.first(|airing| ids.contains(airing.broadcast.id.as_str()))
    }

    fn first(&self, is_meant: impl Fn(&&Airing) -> bool) -> Option<NextTime<'_>> {
        let airing = self.airings.iter().filter(is_meant).min_by_key(|airing| airing.start)?;
        let timezone = &self.station().timezone;
        let (clock, day) = (figure::clock(airing.start, timezone), figure::day(airing.start, timezone));
        Some(NextTime { airing, words: text!(day = day; "{clock} {day}", "{clock} {day}") })
    }

    /// What the zones of a broadcast are called.
    pub(super) fn zones(&self, broadcast: &Broadcast) -> String {
        let zones = broadcast.zones.iter().filter_map(|zone| self.station().zones.get(usize::from(zone.0)));
        zones.map(|zone| zone.title.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// Files that a sound of this name would take the place of.
    pub(super) fn rivals(&self, name: &str) -> Vec<&str> {
        let asked = format!("{}.wav", without_ending(name).unwrap_or(name));
        self.files().into_iter().filter(|file| name::same_stem(file, &asked)).collect()
    }

    /// What a sound is to be called that somebody calls `asked`, or whose file his phone calls so.
    pub(super) fn name_for(asked: &str, file: &str) -> Result<String, Text> {
        if asked.contains(['/', '\\']) || asked.chars().any(|c| c.is_control() || is_deceptive(c)) {
            return Err(bad_name());
        }
        // Phones that call a file after a path, as old ones do, mean its last part.
        let meant = if asked.is_empty() { file.rsplit(['/', '\\']).next().unwrap_or_default() } else { asked };
        let stored = name::stored(meant, &["wav"]).map_err(|_| bad_name())?;
        Ok(without_ending(&stored).unwrap_or(&stored).to_owned())
    }

    /// Whether he has every zone that hears it.
    fn has_all(&self, person: &Person, broadcast: &Broadcast) -> bool {
        let zones = broadcast.zones.iter().filter_map(|zone| self.station().zones.get(usize::from(zone.0)));
        zones.into_iter().all(|zone| person.may_in(Right::Sounds, &zone.id))
    }

    fn has_one(&self, person: &Person, broadcast: &Broadcast) -> bool {
        let mut zones = broadcast.zones.iter().filter_map(|zone| self.station().zones.get(usize::from(zone.0)));
        zones.any(|zone| person.may_in(Right::Sounds, &zone.id))
    }

    /// Whether a person may replace a file, put it away and bring it back: his zones alone hear it, or nobody does and he
    /// handed it in.
    pub(super) fn may_touch(&self, app: &App, person: &Person, file: &str) -> Result<(), Text> {
        if person.zones.is_empty() {
            return Ok(());
        }
        let stem = without_ending(file).unwrap_or(file);
        let users: Vec<&Broadcast> = self.uses(file).into_iter().chain(self.wanting(stem)).collect();
        let is_his = if users.is_empty() {
            let digest = self.sound(file).and_then(|sound| Some(sound.facts.as_ref().ok()?.sha256.clone()));
            digest.and_then(|digest| app.uploads().handed_in(&digest)).is_some_and(|one| one.by == person.id)
        } else {
            users.iter().all(|broadcast| self.has_all(person, broadcast))
        };
        if is_his {
            return Ok(());
        }
        Err(text!(
            "Bản ghi «{file}» không phải của riêng cụm loa mình phụ trách. Xin nhờ cán bộ văn hóa thay hoặc cất",
            "The sound \"{file}\" is not of this account's zones alone. Ask the official to replace it or put it away"
        ))
    }

    /// Whether a person may hand in a sound of this name, and whether others are there that it would replace.
    pub(super) fn may_hand_in(&self, app: &App, person: &Person, name: &str) -> Result<bool, Text> {
        let rivals = self.rivals(name);
        for rival in &rivals {
            self.may_touch(app, person, rival)?;
        }
        if person.zones.is_empty() || !rivals.is_empty() {
            return Ok(!rivals.is_empty());
        }
        let mut wanting = self.wanting(name).peekable();
        if wanting.peek().is_none() || wanting.any(|broadcast| self.has_one(person, broadcast)) {
            return Ok(false);
        }
        Err(text!(
            "Bản ghi «{name}» là của cụm loa khác. Xin đặt tên khác, hoặc nhờ cán bộ văn hóa nộp",
            "The sound \"{name}\" is for other zones. Give another name, or ask the official to hand it in"
        ))
    }
}
