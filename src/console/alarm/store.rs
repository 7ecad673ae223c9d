use std::collections::{BTreeSet, VecDeque};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::record::{Alarm, AlarmKind, AlarmProgress};
use crate::daemon::protocol::Command;
use crate::diag::{Text, text};
use crate::site::{Folder, OWN_DIR_MODE, Site};

const FILE: &str = "alarms.json";

/// Alarms that are kept, the last ones: years of a commune's. The journal has them all.
const MOST: usize = 200;

/// As many of some kilobytes: each has a line for each of its zones.
const BYTES_MOST: u64 = 32 << 20;

/// Marks that wait for a daemon that does not answer.
const MARKS_MOST: usize = 200;

/// Alarms from outside that somebody decided against: as many as the watch on them remembers.
const DECLINED_MOST: usize = 300;

/// The alarms of a station, in a file of the page's own. What cannot be written is kept in memory all the same: no alarm
/// waits for a disk.
#[derive(Debug)]
pub(crate) struct Alarms {
    dir: PathBuf,
    held: Mutex<Held>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Held {
    alarms: Vec<Alarm>,
    /// What the journal is still to be told.
    marks: VecDeque<Command>,
    /// Alarms from outside that do not sound, as somebody decided here.
    refusals: VecDeque<OutsideRefusal>,
}

/// That somebody decided that an alarm from outside does not sound.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct OutsideRefusal {
    /// The mark of the alarm.
    pub(crate) mark: String,
    /// Who, as the journal has him.
    pub(crate) by: String,
    pub(crate) why: String,
}

impl OutsideRefusal {
    pub(crate) fn text(&self) -> Text {
        let (by, why) = (&self.by, &self.why);
        text!(
            "đã có người quyết định không phát báo động này: {by}: {why}",
            "it was decided that this alarm does not sound: {by}: {why}"
        )
    }
}

impl Alarms {
    /// Those of this station, as they were last written.
    pub(crate) fn of(site: &Site) -> Self {
        let dir = site.people().parent().map(std::path::Path::to_owned).unwrap_or_default();
        let read = Folder::open(&dir).ok().and_then(|folder| folder.read(FILE, BYTES_MOST).ok());
        // What is damaged is lost for the page; the journal has what sounded.
        let mut held: Held = read.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
        for alarm in held.alarms.iter_mut().filter(|alarm| alarm.step == AlarmProgress::Going) {
            // The page ended while it was on its way: it may sound. Given again it is the same one.
            (alarm.step, alarm.unclear) = (AlarmProgress::Ready, true);
            alarm.failed = Some((
                "trang khởi động lại giữa chừng, chưa rõ đài đã nhận lệnh chưa".to_owned(),
                "the page was started anew meanwhile, and it is not known whether the order was taken".to_owned(),
            ));
        }
        Self { dir, held: Mutex::new(held) }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, held: &Held) {
        let kept = Folder::make(&self.dir, OWN_DIR_MODE).and_then(|folder| {
            let text = serde_json::to_vec(held).map_err(std::io::Error::other)?;
            folder.replace(FILE, &text)
        });
        // It is in memory; the next one that is written has it too.
        drop(kept);
    }

    /// The one of this token.
    pub(crate) fn find(&self, token: &str) -> Option<Alarm> {
        self.held().alarms.iter().find(|alarm| alarm.token == token).cloned()
    }

    /// The one that gave this order.
    pub(crate) fn of_order(&self, order: &str) -> Option<Alarm> {
        let gave = |alarm: &&Alarm| alarm.orders.iter().any(|own| own.id == order && !own.is_others);
        self.held().alarms.iter().find(gave).cloned()
    }

    /// The ids of the orders that every other alarm has given.
    pub(crate) fn orders_but(&self, token: &str) -> BTreeSet<String> {
        let held = self.held();
        let others = held.alarms.iter().filter(|alarm| alarm.token != token);
        others.flat_map(|alarm| &alarm.orders).filter(|own| !own.is_others).map(|own| own.id.clone()).collect()
    }

    /// Those that something is still to be done about, the oldest first.
    pub(crate) fn undone(&self) -> Vec<Alarm> {
        self.held().alarms.iter().filter(|alarm| !alarm.is_done()).cloned().collect()
    }

    /// The last ones of a place, the newest first.
    pub(crate) fn last(&self, is_meant: impl Fn(&Alarm) -> bool, most: usize) -> Vec<Alarm> {
        self.held().alarms.iter().rev().filter(|alarm| is_meant(alarm)).take(most).cloned().collect()
    }

    /// Whether this alarm was taken back, or called over, already.
    pub(crate) fn follows(&self, token: &str, kind: AlarmKind) -> Option<Alarm> {
        let held = self.held();
        let is_it = |alarm: &&Alarm| {
            alarm.of.as_deref() == Some(token)
                && alarm.kind == kind
                && !matches!(alarm.step, AlarmProgress::Dropped | AlarmProgress::Same)
        };
        held.alarms.iter().rev().find(is_it).cloned()
    }

    /// A new one is made ready. The same form sent twice made one; what the same person had made ready before of this
    /// kind and not sent is given up for it.
    pub(crate) fn make(&self, alarm: Alarm) -> Alarm {
        let mut held = self.held();
        if let Some(made) =
            held.alarms.iter().find(|made| made.form == alarm.form && made.made.person == alarm.made.person)
        {
            return made.clone();
        }
        for old in &mut held.alarms {
            if old.is_open() && old.made.person == alarm.made.person && old.kind == alarm.kind {
                old.step = AlarmProgress::Dropped;
            }
        }
        let over = (held.alarms.len() + 1).saturating_sub(MOST);
        let mut left = over;
        held.alarms.retain(|old| {
            let goes = left > 0 && old.is_done();
            left -= usize::from(goes);
            !goes
        });
        // More than that at once nobody looks through: the oldest goes, whatever is left to do about it.
        let over = (held.alarms.len() + 1).saturating_sub(MOST);
        held.alarms.drain(..over);
        held.alarms.push(alarm.clone());
        self.keep(&held);
        alarm
    }

    /// Change one, and keep it where that made a difference.
    pub(crate) fn change<R>(&self, token: &str, work: impl FnOnce(&mut Alarm) -> R) -> Option<R> {
        let mut held = self.held();
        let place = held.alarms.iter().position(|alarm| alarm.token == token)?;
        let before = held.alarms[place].clone();
        let done = work(&mut held.alarms[place]);
        if held.alarms[place] != before {
            self.keep(&held);
        }
        Some(done)
    }

    /// Let the journal be told, as soon as the daemon answers.
    pub(crate) fn mark(&self, mark: Command) {
        let mut held = self.held();
        if held.marks.len() >= MARKS_MOST {
            held.marks.pop_front();
        }
        held.marks.push_back(mark);
        self.keep(&held);
    }

    /// Somebody decided that an alarm from outside does not sound, as the journal is told; once.
    pub(crate) fn decline(&self, refusal: OutsideRefusal, told: Command) {
        {
            let mut held = self.held();
            if held.refusals.iter().any(|known| known.mark == refusal.mark) {
                return;
            }
            held.refusals.push_back(refusal);
            let over = held.refusals.len().saturating_sub(DECLINED_MOST);
            held.refusals.drain(..over);
        }
        self.mark(told);
    }

    /// Who decided so about the alarm of this mark, and why.
    pub(crate) fn declined(&self, mark: &str) -> Option<OutsideRefusal> {
        self.held().refusals.iter().find(|known| known.mark == mark).cloned()
    }

    /// What the journal is to be told next.
    pub(crate) fn next_mark(&self) -> Option<Command> {
        self.held().marks.front().cloned()
    }

    /// The daemon does not take it now: the others do not wait for it.
    pub(crate) fn put_off(&self, mark: &Command) {
        let mut held = self.held();
        if held.marks.front() == Some(mark)
            && let Some(mark) = held.marks.pop_front()
        {
            held.marks.push_back(mark);
            self.keep(&held);
        }
    }

    /// It was told.
    pub(crate) fn told(&self, mark: &Command) {
        let mut held = self.held();
        if held.marks.front() == Some(mark) {
            held.marks.pop_front();
            self.keep(&held);
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeMap;

    use super::super::record::AlarmSign;
    use super::*;
    use crate::station::Scope;

    pub(in crate::alarm) fn alarm(token: &str, form: &str, person: i64) -> Alarm {
        Alarm {
            token: token.to_owned(),
            form: form.to_owned(),
            kind: AlarmKind::Real,
            of: None,
            outside: None,
            vi: "Lũ".to_owned(),
            en: "Flood".to_owned(),
            sound: "canh-bao-lu".to_owned(),
            between: None,
            zones: vec!["thon-1".to_owned()],
            times: 3,
            scope: Scope::Alone,
            made: AlarmSign { name: "Hai".to_owned(), person, at: 0 },
            step: AlarmProgress::Ready,
            unsent_told: false,
            failed: None,
            unclear: false,
            wanted: None,
            sent: None,
            orders: Vec::new(),
            second: None,
            alone: None,
            ended: None,
            taken: None,
            seen: false,
            over: None,
            begun: BTreeMap::new(),
            measured: false,
            read: None,
            remarks: Vec::new(),
        }
    }

    fn alarms() -> (tempfile::TempDir, Alarms) {
        let dir = tempfile::tempdir().unwrap();
        let alarms = Alarms::of(&Site::new(dir.path()));
        (dir, alarms)
    }

    #[test]
    fn a_form_sent_twice_makes_one_alarm_and_a_new_one_takes_the_place_of_one_that_was_not_sent() {
        let (_dir, alarms) = alarms();
        assert_eq!(alarms.make(alarm("a", "f1", 1)).token, "a");
        assert_eq!(alarms.make(alarm("b", "f1", 1)).token, "a");
        alarms.make(alarm("c", "f1", 2));
        alarms.make(alarm("d", "f2", 1));
        let undone: Vec<String> = alarms.undone().into_iter().map(|one| one.token).collect();
        assert_eq!(undone, ["c", "d"]);
    }

    #[test]
    fn what_was_decided_against_is_told_once_and_stays_so_when_the_page_ends() {
        let (dir, alarms) = alarms();
        let refusal = |by: &str| OutsideRefusal {
            mark: "[CAP 1/1]".to_owned(),
            by: by.to_owned(),
            why: "gửi nhầm xã".to_owned(),
        };
        alarms.decline(refusal("Hai"), Command::Reload);
        alarms.decline(refusal("Ba"), Command::Reload);
        let again = Alarms::of(&Site::new(dir.path()));
        assert_eq!(again.declined("[CAP 1/1]"), Some(refusal("Hai")));
        assert_eq!(again.declined("[CAP 1/2]"), None);
        again.told(&Command::Reload);
        assert_eq!(again.next_mark(), None);
    }

    #[test]
    fn a_note_that_is_not_taken_keeps_no_other_waiting() {
        let (_dir, alarms) = alarms();
        alarms.mark(Command::Reload);
        alarms.mark(Command::Status);
        alarms.put_off(&Command::Reload);
        assert_eq!(alarms.next_mark(), Some(Command::Status));
        alarms.told(&Command::Status);
        assert_eq!(alarms.next_mark(), Some(Command::Reload), "it is tried again");
    }

    #[test]
    fn what_was_on_its_way_when_the_page_ended_is_ready_again_and_says_that_it_may_have_been_sent() {
        let (dir, alarms) = alarms();
        alarms.make(alarm("a", "f", 1));
        alarms.change("a", |one| one.step = AlarmProgress::Going);
        let again = Alarms::of(&Site::new(dir.path()));
        let found = again.find("a").unwrap();
        assert!(found.step == AlarmProgress::Ready && found.failed.is_some());
    }

    #[test]
    fn there_are_never_more_than_some_and_what_is_done_goes_first() {
        let (_dir, alarms) = alarms();
        alarms.make(alarm("kept", "kept", 1));
        for number in 0..MOST as i64 + 50 {
            let token = number.to_string();
            alarms.make(alarm(&token, &token, number + 2));
            alarms.change(&token, |one| one.step = AlarmProgress::Dropped);
        }
        assert!(alarms.find("kept").is_some());
        assert_eq!(alarms.held().alarms.len(), MOST);
    }
}
