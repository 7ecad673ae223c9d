use std::collections::{BTreeMap, HashSet, VecDeque};
use std::path::PathBuf;
use std::time::Duration;

use super::fresh::Fresh;
use super::writers::Writers;
use crate::audio::library::{self, Catalogue, DirectoryLook, FileFinding, Stamp};
use crate::diag::{Text, text};
use crate::instant::{Mono, Now};
use crate::plan::{Facts, Library, Sound, Wanted};

/// A file that the disk did not give out is tried again after this, if nothing is heard of it before.
const RETRY: Duration = Duration::from_mins(1);

/// The station's sounds as the daemon comes to know them: which are known, which have to be examined, which are still
/// being copied, and what has been said of them.
pub(super) struct Stock {
    dir: PathBuf,
    catalogue: Catalogue,
    fresh: Fresh,
    /// To be examined, what is planned first.
    queue: VecDeque<(String, Stamp)>,
    /// When something that is not at rest is worth another look.
    again: Option<Duration>,
    /// What was said last of a file that cannot play.
    told: BTreeMap<String, String>,
    /// What was found of each file that could play when it was last at rest.
    former: BTreeMap<String, Facts>,
    /// The names of alarms and drills: of a file that is broken now, what it was is played all the same.
    urgent: Wanted,
    /// Files that could not be read: their state, when, and what was said.
    unread: BTreeMap<String, (Stamp, Mono, Sound)>,
}

impl Stock {
    pub(super) fn new(dir: PathBuf, writers: Writers) -> Self {
        Self {
            catalogue: Catalogue::new(&dir),
            dir,
            fresh: Fresh::new(writers),
            queue: VecDeque::new(),
            again: None,
            told: BTreeMap::new(),
            former: BTreeMap::new(),
            urgent: Wanted::default(),
            unread: BTreeMap::new(),
        }
    }

    /// What is there, and what there is to say of it.
    pub(super) fn look(&mut self, wanted: &Wanted, urgent: Wanted, now: Now) -> (Library, Vec<Text>) {
        self.urgent = urgent;
        let DirectoryLook { mut library, unknown, stamps } = self.catalogue.look(wanted);
        let unsure: HashSet<&str> = unknown.iter().map(|(file, _)| file.as_str()).collect();
        let mut changing: HashSet<&str> = HashSet::new();
        let mut said = Vec::new();
        self.again = None;
        for (file, stamp) in &stamps {
            let Some(unrest) = self.fresh.unrest(file, stamp, !unsure.contains(file.as_str()), now) else { continue };
            self.again = Some(self.again.map_or(unrest, |again| again.min(unrest)));
            let sound = library::changing(file);
            if let Some(Ok(facts)) = library.sounds.get(file).map(|sound| &sound.facts) {
                library.former.insert(file.clone(), facts.clone());
            }
            // Most are copied in a moment, of which there is nothing to say.
            if self.fresh.grows(file) {
                said.extend(news(&mut self.told, &sound));
            }
            library.sounds.insert(file.clone(), sound);
            changing.insert(file);
        }
        self.unread.retain(|file, (stamp, at, _)| stamps.get(file) == Some(stamp) && now.mono.after(*at) < RETRY);
        for (file, (_, at, sound)) in &self.unread {
            library.sounds.insert(file.clone(), sound.clone());
            let left = RETRY.saturating_sub(now.mono.after(*at));
            self.again = Some(self.again.map_or(left, |again| again.min(left)));
        }
        let waits = |file: &str| changing.contains(file) || self.unread.contains_key(file);
        self.queue = unknown.iter().filter(|(file, _)| !waits(file)).cloned().collect();
        self.told.retain(|file, _| stamps.contains_key(file));
        let unread = &self.unread;
        let is_unsure = |file: &str| unsure.contains(file) || changing.contains(file) || unread.contains_key(file);
        let is_urgent = |file: &str| self.urgent.has(file);
        keep_former(&mut self.former, &mut library, (is_unsure, is_urgent), |file| stamps.contains_key(file));
        self.fresh.retain(|file| stamps.contains_key(file));
        (library, said)
    }

    /// How long the files may be left alone, if nothing is heard of them.
    pub(super) fn again(&self) -> Option<Duration> {
        self.again
    }

    /// Whether all that is there has been examined, or is waited for.
    pub(super) fn is_done(&self) -> bool {
        self.queue.is_empty()
    }

    /// Examine the next one.
    pub(super) fn examine(&mut self, now: Now) -> Option<(FileFinding, Option<Text>)> {
        let (file, stamp) = self.queue.pop_front()?;
        let finding = library::examine(&self.dir, &file);
        match &finding.sound.facts {
            // Somebody has begun to write to it.
            Err(fault) if fault.code == "changing" => {
                self.again = Some(Duration::from_secs(1));
                return Some((finding, None));
            }
            Err(fault) if fault.code == "unreadable" => {
                self.unread.insert(file, (stamp, now.mono, finding.sound.clone()));
                self.again = self.again.or(Some(RETRY));
            }
            _ => {}
        }
        let said = news(&mut self.told, &finding.sound);
        Some((finding, said))
    }

    /// What was found takes the place of what was known of the file. Once it is known as it is now, what it was before is
    /// nothing any more, for an alert neither; but where an alarm's own words are broken now, they are what they were.
    pub(super) fn replace(&mut self, library: &mut Library, sound: &Sound) {
        let file = &sound.file;
        library.sounds.insert(file.clone(), sound.clone());
        match &sound.facts {
            Err(fault) if fault.passes() => return,
            Err(_) if self.urgent.has(file) => {
                if let Some(facts) = self.former.get(file) {
                    library.former.insert(file.clone(), facts.clone());
                }
                return;
            }
            Err(_) => drop(self.former.remove(file)),
            Ok(facts) => drop(self.former.insert(file.clone(), facts.clone())),
        }
        library.former.remove(file);
    }

    /// Write down what was found.
    pub(super) fn remember(&mut self, findings: &[FileFinding]) {
        self.catalogue.remember(findings);
    }

    /// Its bytes are others than those that were examined.
    pub(super) fn doubt(&mut self, file: &str) {
        self.catalogue.doubt(file);
    }
}

/// What is not at rest stands beside what it was before, for an alert.
fn keep_former(
    former: &mut BTreeMap<String, Facts>,
    library: &mut Library,
    (is_unsure, is_urgent): (impl Fn(&str) -> bool, impl Fn(&str) -> bool),
    is_there: impl Fn(&str) -> bool,
) {
    for (file, sound) in library.sounds.iter().filter(|(file, _)| !is_unsure(file)) {
        match &sound.facts {
            Ok(facts) if former.get(file) == Some(facts) => {}
            Ok(facts) => drop(former.insert(file.clone(), facts.clone())),
            // Somebody has emptied it, or a copy broke off: an alarm says its last whole words and no silence.
            Err(_) if is_urgent(file) => {}
            Err(_) => drop(former.remove(file)),
        }
    }
    // At a fresh start all that is known was written down by the daemon before.
    for (file, facts) in &library.former {
        former.entry(file.clone()).or_insert_with(|| facts.clone());
    }
    former.retain(|file, _| is_there(file));
    let playable = |file: &str| library.sounds.get(file).is_some_and(|sound| sound.facts.is_ok());
    let apart = former.iter().filter(|(file, _)| !playable(file));
    library.former = apart.map(|(file, facts)| (file.clone(), facts.clone())).collect();
}

/// What there is to say of a sound that was not said before: once for each change.
fn news(told: &mut BTreeMap<String, String>, sound: &Sound) -> Option<Text> {
    let file = &sound.file;
    let Err(fault) = &sound.facts else {
        let had = told.remove(file)?;
        return (had == "changing")
            .then(|| text!("audio/{file}: đã chép xong, phát được", "audio/{file}: complete now, it can play"));
    };
    if told.get(file) == Some(&fault.code) {
        return None;
    }
    told.insert(file.clone(), fault.code.clone());
    let Text { vi, en } = &fault.message;
    Some(text!("audio/{file}: {vi}", "audio/{file}: {en}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::sample::library;

    #[test]
    fn what_is_being_written_to_keeps_what_it_was_for_an_alert_until_it_is_found_to_be_broken_or_gone() {
        let mut kept = BTreeMap::new();
        let mut look = |mut now: Library, unsure: bool, there: bool| {
            keep_former(&mut kept, &mut now, (|_: &str| unsure, |_: &str| false), |_| there);
            let near = now.around_at_once("A");
            (near.sounds.get("a.mp3").and_then(|sound| sound.facts.clone().ok()), now.former.len())
        };
        let whole = || library(&[("a.mp3", 9)]);
        let facts = whole().sounds["a.mp3"].facts.clone().ok();
        let changing = || Library { sounds: [("a.mp3".to_owned(), library::changing("a.mp3"))].into(), ..whole() };
        assert_eq!(look(changing(), true, true), (None, 0));
        assert_eq!(look(whole(), false, true), (facts.clone(), 0));
        assert_eq!(look(changing(), true, true), (facts.clone(), 1));
        assert_eq!(look(Library::default(), true, true), (facts.clone(), 1), "not examined yet");
        assert_eq!(look(library(&[("a.mp3", 0)]), false, true), (None, 0));
        assert_eq!(look(changing(), true, true), (None, 0));
        assert_eq!(look(whole(), false, true), (facts, 0));
        assert_eq!(look(Library::default(), true, false), (None, 0));
    }

    #[test]
    fn the_words_of_an_alarm_that_are_broken_now_are_what_they_were_and_gone_they_are_gone() {
        let mut kept = BTreeMap::new();
        let mut look = |mut now: Library, there: bool| {
            keep_former(&mut kept, &mut now, (|_: &str| false, |_: &str| true), |_| there);
            now.around_at_once("A").sounds.get("a.mp3").and_then(|sound| sound.facts.clone().ok())
        };
        let whole = || library(&[("a.mp3", 9)]);
        let facts = whole().sounds["a.mp3"].facts.clone().ok();
        assert_eq!(look(whole(), true), facts);
        assert_eq!(look(library(&[("a.mp3", 0)]), true), facts, "emptied");
        assert_eq!(look(library(&[("a.mp3", 5)]), true), library(&[("a.mp3", 5)]).sounds["a.mp3"].facts.clone().ok());
        // Whoever took it away may have meant that it is never to be heard again.
        assert_eq!(look(Library::default(), false), None);
        let mut stock = Stock::new(PathBuf::new(), Writers::default());
        stock.urgent = Wanted::only("a");
        stock.former.insert("a.mp3".to_owned(), facts.clone().unwrap());
        let mut now = whole();
        stock.replace(&mut now, &library(&[("a.mp3", 0)]).sounds["a.mp3"]);
        assert_eq!(now.around_at_once("a").sounds["a.mp3"].facts.clone().ok(), facts);
    }

    #[test]
    fn what_has_been_examined_is_what_an_alert_plays_and_no_more_what_was_before() {
        let dir = tempfile::tempdir().unwrap();
        let mut stock = Stock::new(dir.path().to_owned(), Writers::default());
        let of = |frames| library(&[("a.mp3", frames)]).sounds["a.mp3"].clone();
        let before = of(9).facts.unwrap();
        for (found, plays) in [
            (of(5), Some(of(5).facts.unwrap())),
            (of(0), None),
            // Not known yet: what was before is what there is.
            (library::changing("a.mp3"), Some(before.clone())),
        ] {
            let mut now = Library { former: [("a.mp3".to_owned(), before.clone())].into(), ..Library::default() };
            stock.replace(&mut now, &found);
            assert_eq!(now.sounds["a.mp3"], found);
            let near = now.around_at_once("a");
            assert_eq!(near.sounds["a.mp3"].facts.clone().ok(), plays);
        }
    }

    #[test]
    fn a_fault_is_told_once_for_each_change_of_state() {
        let mut told = BTreeMap::new();
        let (growing, whole) = (library::changing("a.mp3"), library(&[("a.mp3", 9)]).sounds["a.mp3"].clone());
        let broken = library(&[("a.mp3", 0)]).sounds["a.mp3"].clone();
        let mut say = |sound: &Sound| news(&mut told, sound).map(|text| text.en);
        assert!(say(&growing).unwrap().contains("still being copied"));
        assert_eq!(say(&growing), None);
        assert_eq!(say(&whole).unwrap(), "audio/a.mp3: complete now, it can play");
        assert_eq!(say(&whole), None);
        assert!(say(&broken).is_some());
        assert_eq!(say(&broken), None);
        assert_eq!(say(&whole), None);
        assert!(say(&broken).is_some());
    }
}
