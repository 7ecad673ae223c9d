use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, mpsc};

use super::address::HeardPlace;
use super::awaited::AwaitedAlarm;
use super::centre::{Centre, NoAnswer, Unlinked};
use super::centre_link::CentreLink;
use super::hindrance::HinderedAt;
use super::memory::LinkMemory;
use super::papers::LinkPapers;
use crate::bundle::UtcSecond;
use crate::clock::ClockVerdict;
use crate::courier::BundleState;
use crate::daemon::look_at_clock;
use crate::diag::{Text, text};
use crate::instant::Wall;
use crate::site::{Folder, OWN_DIR_MODE, Unlocked};
use crate::uplink::{ALARM_STREAM, SCHEDULE_STREAM, alarm_subject, schedule_subject};

/// Messages that wait to be judged. Where there are more, the newest of each place is fetched once there is room.
const WAITING_MOST: usize = 16;

/// Another link of the same station may be about to end.
const LOCK_WAIT: Duration = Duration::from_secs(2);
/// What was said of so many letters and alarms is remembered, so that it is not said again.
const SAID_MOST: usize = 200;

/// A message of one place.
pub(super) struct LinkMessage {
    pub(super) place: HeardPlace,
    pub(super) bytes: Vec<u8>,
    /// It came by itself: anybody on the same server may have spoken. One that was fetched lay in the stream.
    pub(super) live: bool,
}

/// What comes for the places of this box.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum LinkTopic {
    Letters,
    Alarms,
}

/// The link while it runs.
pub(super) struct Running<'a> {
    pub(super) link: &'a CentreLink,
    pub(super) centre: Centre,
    memory: Mutex<LinkMemory>,
    /// What was said last of a letter or an alarm that waits.
    said: Mutex<BTreeMap<String, String>>,
    /// Something came that was not true: what lies in the streams is looked at.
    pub(super) sweep: Notify,
    /// An alarm is to be ordered.
    pub(super) alarmed: Notify,
    /// Alarms that were ordered and do not sound everywhere yet.
    pub(super) awaited: Mutex<Vec<AwaitedAlarm>>,
    /// A bundle is being put together, in a thread that is waited for where the session ends.
    pub(super) is_assembling: AtomicBool,
}

/// Why a link that ran does so no more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LinkEnd {
    /// What it was begun with has changed on the disk: `loa.toml`, the credentials, the authority. It is to be begun anew, in a runtime of its
    /// own: the client of before may stand at a door for ever that lets it in no more.
    Changed,
    /// The client has ended.
    Over,
}

/// Keep the link up until the process ends, or what it goes by is another.
pub async fn run(link: &CentreLink) -> Result<LinkEnd, Unlinked> {
    let folder = Folder::make(link.site.link(), OWN_DIR_MODE).map_err(Unlinked::Disk)?;
    // Two of them would order each alarm twice.
    let _lock = folder.lock("link.lock", LOCK_WAIT).map_err(|why| match why {
        Unlocked::Held(_) => Unlinked::Runs,
        Unlocked::Io(error) => Unlinked::Disk(error),
    })?;
    let mut memory = LinkMemory::read(&link.site);
    // Looked at before it is used: what comes in between is seen.
    let papers = LinkPapers::read(link);
    let opened = Centre::open(link).await;
    let centre = match opened {
        Ok(centre) => centre,
        Err(why) => {
            // Whoever starts the link again and again tells nobody: `loa link --status` does.
            if let Some(why) = why.hindrance() {
                memory.hindered = Some(HinderedAt { why, at: UtcSecond::of(link.clock.wall()) });
                let _ = memory.write(&link.site);
            }
            return Err(why);
        }
    };
    let memory = Mutex::new(memory);
    let running = Running {
        link,
        centre,
        memory,
        said: Mutex::default(),
        sweep: Notify::new(),
        alarmed: Notify::new(),
        awaited: Mutex::default(),
        is_assembling: AtomicBool::new(false),
    };
    running.all(&papers).await
}

impl Running<'_> {
    async fn all(&self, papers: &LinkPapers) -> Result<LinkEnd, Unlinked> {
        let (to_letters, letters) = mpsc::channel(WAITING_MOST);
        let (to_alarms, alarms) = mpsc::channel(WAITING_MOST);
        // Heard first, fetched then: what comes in between comes twice rather than never.
        let mut listening = Vec::new();
        for place in &self.link.address.places {
            for (coming, to) in [(LinkTopic::Letters, &to_letters), (LinkTopic::Alarms, &to_alarms)] {
                let heard = self.centre.listen(coming.subject(place)).await?;
                listening.push((place, heard, to.clone()));
            }
        }
        let listen = futures_util::future::join_all(listening.into_iter().map(|(place, mut heard, to)| async move {
            while let Some(bytes) = heard.next().await {
                let message = LinkMessage { place: place.clone(), bytes, live: true };
                if to.try_send(message).is_err() {
                    self.sweep.notify_one();
                }
            }
        }));
        tokio::select! {
            _ = listen => {}
            () = self.fetch(&to_letters, &to_alarms) => {}
            () = self.send_rows() => {}
            () = self.take_letters(letters) => {}
            () = self.take_alarms(alarms) => {}
            () = self.give_alarms() => {}
            () = self.tell_begun() => {}
            () = self.tell_pulse() => {}
            () = self.tell_hindrance() => {}
            () = self.watch_trust() => {}
            () = self.watch_papers(papers) => return Ok(LinkEnd::Changed),
        }
        Ok(LinkEnd::Over)
    }

    /// Fetch the newest of each place: alarms first; on each new connection, when something false came, and now and then.
    async fn fetch(&self, letters: &mpsc::Sender<LinkMessage>, alarms: &mpsc::Sender<LinkMessage>) {
        let mut up = self.centre.up();
        loop {
            up.borrow_and_update();
            for (coming, to) in [(LinkTopic::Alarms, alarms), (LinkTopic::Letters, letters)] {
                for place in &self.link.address.places {
                    let get = format!("$JS.API.DIRECT.GET.{}.{}", coming.stream(), coming.subject(place));
                    let got = self.centre.ask(get, &[], Vec::new(), self.link.pace.answer).await;
                    if got != Err(NoAnswer::Down) && got != Err(NoAnswer::Silent) {
                        self.heard();
                    }
                    let Ok(answer) = got else { continue };
                    let message = LinkMessage { place: place.clone(), bytes: answer.payload, live: false };
                    // Where one is dealt with for hours, the others are fetched again later: an alarm waits behind none of them.
                    let _ = to.try_send(message);
                }
            }
            tokio::select! {
                changed = up.changed() => if changed.is_err() { return },
                () = self.sweep.notified() => {
                    // Who floods this box with lies does not make it flood the server with questions.
                    tokio::time::sleep(self.link.pace.look).await;
                }
                () = tokio::time::sleep(self.link.pace.sweep) => {}
            }
        }
    }

    /// What was refused for want of a key is judged again once the station believes others, whichever way their list came: by a letter, on a
    /// stick, by hand. What lies in the streams is fetched then, alarms first.
    async fn watch_trust(&self) {
        let mut known = self.trust();
        loop {
            tokio::time::sleep(self.link.pace.again).await;
            let now = self.trust();
            if now.is_some() && now != known {
                known = now;
                self.sweep.notify_one();
            }
        }
    }

    /// By which keys the station goes, as a digest; none where that cannot be read now.
    pub(super) fn trust(&self) -> Option<String> {
        let state = BundleState::read(&self.link.site).ok()?;
        Some(state.trusted.mark(&self.link.station.bundle))
    }

    /// What the link remembers.
    pub(super) fn memory(&self) -> MutexGuard<'_, LinkMemory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Change it, and write it down; whether that could be done.
    pub(super) fn remember<T>(&self, change: impl FnOnce(&mut LinkMemory) -> T) -> bool {
        let mut memory = self.memory();
        let _ = change(&mut memory);
        memory.write(&self.link.site).is_ok()
    }

    /// Say why there is no contact, once for each change, and remember it for whoever looks later.
    async fn tell_hindrance(&self) {
        let mut hindered = self.centre.hindered();
        let mut said = None;
        while hindered.changed().await.is_ok() {
            let why = *hindered.borrow_and_update();
            if why == said {
                continue;
            }
            said = why;
            match why {
                Some(why) => {
                    self.say(&why.text());
                    let at = UtcSecond::of(self.now());
                    self.remember(|memory| memory.hindered = Some(HinderedAt { why, at }));
                }
                None => self.say(&text!("đã nối lại với trung tâm", "connected to the centre again")),
            }
        }
    }

    /// The centre has answered.
    pub(super) fn heard(&self) {
        self.centre.answered();
        let now = UtcSecond::of(self.now());
        let is_new =
            |known: UtcSecond| (now.seconds() - known.seconds()).abs() >= self.link.pace.pulse.as_secs() as i64;
        // Once a minute at most: it lies on a card that wears out.
        if self.memory().heard.is_none_or(is_new) {
            self.remember(|memory| memory.heard = Some(now));
        }
    }

    /// What hinders a letter or an alarm is said once, and again when it is something else.
    pub(super) fn is_news(&self, about: &str, why: &Text) -> bool {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        // There are a handful of places, and of alarms that wait.
        if said.len() > SAID_MOST {
            said.clear();
        }
        said.insert(about.to_owned(), why.en.clone()).is_none_or(|before| before != why.en)
    }

    pub(super) fn now(&self) -> Wall {
        self.link.clock.wall()
    }

    /// The time, where the station believes its clock.
    pub(super) fn believed(&self) -> Option<Wall> {
        let now = self.now();
        let (_, verdict) = look_at_clock(self.link.site.dir(), &self.link.station, now);
        matches!(verdict, ClockVerdict::Trusted(_)).then_some(now)
    }

    pub(super) fn say(&self, text: &Text) {
        (self.link.log)(text);
    }

    /// Wait until there is a connection, or for this long.
    pub(super) async fn pause(&self, most: Duration) {
        let mut up = self.centre.up();
        // Only what changes from now on: the connection of before would end every pause at once.
        up.mark_unchanged();
        tokio::select! {
            _ = up.changed() => {}
            () = tokio::time::sleep(most) => {}
        }
    }
}

impl LinkTopic {
    fn subject(self, place: &HeardPlace) -> String {
        match self {
            Self::Letters => schedule_subject(&place.place),
            Self::Alarms => alarm_subject(&place.place),
        }
    }

    const fn stream(self) -> &'static str {
        match self {
            Self::Letters => SCHEDULE_STREAM,
            Self::Alarms => ALARM_STREAM,
        }
    }
}
