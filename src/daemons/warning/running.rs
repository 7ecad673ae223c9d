use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Notify, mpsc};

use super::memory::CapMemory;
use super::pace::CapPace;
use super::trusted::trusted;
use crate::authority::{Authorities, authorities};
use crate::cap::CapTrust;
use crate::clock::{Clock, ClockVerdict};
use crate::daemon::client::{self, Unanswered};
use crate::daemon::look_at_clock;
use crate::daemon::protocol::{AlarmMark, Command};
use crate::diag::{Text, plain, system, text};
use crate::site::{Folder, OWN_DIR_MODE, Site, Unlocked};
use crate::station::{CapSource, Station};

/// Documents that wait to be judged; whoever brings more waits.
const WAITING_MOST: usize = 16;
/// Another watch of the same station may be about to end.
const LOCK_WAIT: Duration = Duration::from_secs(2);
/// The daemon answers an order after two seconds at most; one that has not by now hangs.
pub(super) const ORDER_MOST: Duration = Duration::from_secs(10);
/// Where the authorities of servers are named.
pub(super) const CA_KEY: &str = "[cap] ca";
/// Letters of a sentence for the journal.
const NOTE_MOST: usize = 450;

/// One station's watch on alarms from outside.
pub struct CapWatch {
    /// Of this station.
    pub site: Site,
    /// As `loa.toml` has it.
    pub station: Station,
    /// Which time it is.
    pub clock: Arc<dyn Clock>,
    /// How patient it is.
    pub pace: CapPace,
    /// Where it tells whoever looks after the station.
    pub log: Box<dyn Fn(&Text) + Send + Sync>,
}

/// Why it does not run.
#[derive(Debug)]
pub enum Unwatched {
    /// Another one runs already.
    Runs,
    /// No key of those whose alarms count can be used: why, of each.
    NoKey(Vec<Text>),
    /// The authorities of servers cannot be read.
    NoAuthority(Text),
    /// `state/cap` cannot be used.
    Disk(io::Error),
}

/// A document that came.
pub(super) struct Brought {
    /// From where, as people are told.
    pub(super) whence: String,
    pub(super) bytes: Vec<u8>,
    /// It is whole: a file that is still being copied comes again.
    pub(super) is_whole: bool,
}

/// The watch while it runs.
pub(super) struct Watching<'a> {
    pub(super) watch: &'a CapWatch,
    pub(super) trust: CapTrust,
    pub(super) folder: Folder,
    /// Whose certificates of servers are believed.
    pub(super) authorities: Authorities,
    memory: Mutex<CapMemory>,
    /// What was said last of something.
    said: Mutex<BTreeMap<String, String>>,
    /// Something is to be ordered, or ended.
    pub(super) stirred: Notify,
    /// Held from before an order until it is known what sounds for it, and while orders are ended: what sounds for two alarms
    /// is not ended for one of them.
    pub(super) ordering: tokio::sync::Mutex<()>,
}

/// Watch until the process ends.
pub async fn run(watch: &CapWatch) -> Result<(), Unwatched> {
    let folder = Folder::make(watch.site.cap(), OWN_DIR_MODE).map_err(Unwatched::Disk)?;
    // Two of them would order each alarm twice.
    let _lock = folder.lock("cap.lock", LOCK_WAIT).map_err(|why| match why {
        Unlocked::Held(_) => Unwatched::Runs,
        Unlocked::Io(error) => Unwatched::Disk(error),
    })?;
    let (trust, unusable) = trusted(&watch.site, &watch.station.cap);
    for key in &unusable {
        (watch.log)(&key.why);
    }
    if trust.is_empty() {
        return Err(Unwatched::NoKey(unusable.into_iter().map(|key| key.why).collect()));
    }
    let authorities =
        authorities(&watch.site, watch.station.cap.ca.as_deref(), CA_KEY).map_err(Unwatched::NoAuthority)?;
    let memory = Mutex::new(CapMemory::read(&folder, watch.clock.wall().timestamp()));
    let (said, stirred, ordering) = (Mutex::default(), Notify::new(), tokio::sync::Mutex::default());
    let watching = Watching { watch, trust, folder, authorities, memory, said, stirred, ordering };
    watching.all().await;
    Ok(())
}

impl Watching<'_> {
    async fn all(&self) {
        let (bring, brought) = mpsc::channel(WAITING_MOST);
        let sources = self.watch.station.cap.feeds.iter().map(|source| {
            let bring = bring.clone();
            async move {
                match source {
                    CapSource::Address(address) => self.fetch(address, &bring).await,
                    CapSource::Directory(path) => self.look_into(path, &bring).await,
                }
            }
        });
        tokio::select! {
            _ = futures_util::future::join_all(sources) => {}
            () = self.take(brought) => {}
            () = self.give() => {}
            () = self.settle() => {}
        }
    }

    /// What is remembered.
    pub(super) fn memory(&self) -> MutexGuard<'_, CapMemory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Change it, and write it down; whether that could be done.
    pub(super) fn remember(&self, change: impl FnOnce(&mut CapMemory)) -> bool {
        let mut memory = self.memory();
        change(&mut memory);
        memory.write(&self.folder).is_ok()
    }

    /// The machine's time, believed or not.
    pub(super) fn now(&self) -> Timestamp {
        self.watch.clock.wall().timestamp()
    }

    /// The time, where the station believes its clock.
    pub(super) fn believed(&self) -> Option<Timestamp> {
        let now = self.watch.clock.wall();
        let (_, verdict) = look_at_clock(self.watch.site.dir(), &self.watch.station, now);
        matches!(verdict, ClockVerdict::Trusted(_)).then(|| now.timestamp())
    }

    /// What is said of something once, and again when it is something else.
    pub(super) fn say_once(&self, about: &str, text: &Text) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.insert(about.to_owned(), text.en.clone()).is_none_or(|before| before != text.en) {
            (self.watch.log)(text);
        }
    }

    pub(super) fn say(&self, text: &Text) {
        (self.watch.log)(text);
    }

    /// Write something about an alarm into the journal. Where no daemon runs it is told here only.
    pub(super) async fn note(&self, what: AlarmMark, order: Option<String>, title: &str, why: &str) {
        let fit = |said: &str| {
            plain(said).chars().map(|c| if c.is_control() { ' ' } else { c }).take(NOTE_MOST).collect::<String>()
        };
        let (title, why) = (fit(title), fit(why));
        self.say(&text!("{title}: {why}", "{title}: {why}"));
        let command = Command::Mark { what, order, title, by: String::new(), why };
        let answer = client::ask(&self.watch.site.socket(), &command, ORDER_MOST).await;
        match answer {
            Ok(_) | Err(Unanswered::Absent | Unanswered::Unclear) => {}
            Err(Unanswered::Forbidden) => self.say_once("note", &forbidden()),
            Err(Unanswered::Refused(why)) => self.say_once("note", &why),
        }
    }
}

pub(super) fn forbidden() -> Text {
    text!(
        "tài khoản của việc nhận báo động từ ngoài không được ra lệnh cho đài",
        "the account that takes alarms from outside may not give orders to the station"
    )
}

impl Unwatched {
    /// Why, with the cure.
    pub fn text(&self) -> Text {
        match self {
            Self::Runs => text!("một loa cap khác của đài này đang chạy", "another loa cap of this station is running"),
            Self::NoKey(all) => {
                let all = |lang| all.iter().map(|why| why.get(lang)).collect::<Vec<_>>().join("; ");
                let (vi, en) = (all(crate::diag::Lang::Vi), all(crate::diag::Lang::En));
                text!("không có khóa nào để kiểm chữ ký: {vi}", "there is no key to check signatures by: {en}")
            }
            Self::NoAuthority(why) => why.clone(),
            Self::Disk(error) => {
                let Text { vi, en } = system(error);
                text!("không dùng được state/cap: {vi}", "state/cap cannot be used: {en}")
            }
        }
    }
}
