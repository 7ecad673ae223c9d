use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;

use super::alarm::Alarms;
use super::api::Rates;
use super::counts::Counts;
use super::day::{DAY_AGES, Day};
use super::door::Door;
use super::fleet::{DISTRICT_AGES, District, DistrictFleet};
use super::health::Health;
use super::look::{LOOK_AGES, Look};
use super::one_for_all::OneForAll;
use super::page::{Proof, SoundStock};
use super::people::{People, PeopleError, Throttle};
use super::public_day::PublicDay;
use super::receipts::Receipts;
use super::sent_forms::SentForms;
use super::tls;
use super::upload::Uploads;
use super::waiting::Waiting;
use crate::clock::Clock;
use crate::diag::Lang;
use crate::disk;
use crate::instant::{Mono, Now};
use crate::reason::OwnAccounts;
use crate::site::Site;
use crate::station::Station;

/// Hashes of passwords at once: each takes 19 MiB.
const HASHES_AT_ONCE: usize = 1;

/// Streams of what sounds now, at once: fifty phones with a page in front of them, and some that are closing. Each is a
/// connection; the page of one that finds no room tells its age and can be loaded again.
const STREAMS_MOST: usize = 96;

/// So long the language of `loa.toml` serves every request: reading that file for each costs more than the page.
const LANGUAGE_GOOD_FOR: Duration = Duration::from_secs(5);

/// What every page is given.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    site: Site,
    clock: Arc<dyn Clock>,
    door: Door,
    people: Mutex<People>,
    throttle: Mutex<Throttle>,
    lines: Waiting,
    hashing: Semaphore,
    looks: OneForAll<Look>,
    days: OneForAll<Day>,
    sounds: OneForAll<SoundStock>,
    language: Mutex<Option<(Mono, Lang)>>,
    receipts: Receipts,
    sent_forms: SentForms,
    streams: Arc<Semaphore>,
    uploads: Uploads,
    proof: Proof,
    alarms: Alarms,
    rates: Rates,
    health: OneForAll<Health>,
    counts: Counts,
    public_day: OneForAll<PublicDay>,
    district: OneForAll<District>,
    is_encrypted: bool,
}

impl App {
    /// The page of the station at `site`. Needs a runtime.
    pub fn new(site: Site, clock: Arc<dyn Clock>, is_encrypted: bool) -> Result<Self, PeopleError> {
        let people = People::open(&site.people())?;
        let door = Door::open(site.socket(), clock.clone());
        let (people, throttle) = (Mutex::new(people), Mutex::new(Throttle::default()));
        let hashing = Semaphore::new(HASHES_AT_ONCE);
        let (uploads, alarms) = (Uploads::new(&site), Alarms::of(&site));
        let counts = Counts::begin(&site, clock.wall());
        Ok(Self(Arc::new(Inner {
            site,
            clock,
            door,
            people,
            throttle,
            lines: Waiting::default(),
            hashing,
            looks: OneForAll::default(),
            days: OneForAll::default(),
            sounds: OneForAll::default(),
            language: Mutex::default(),
            receipts: Receipts::default(),
            sent_forms: SentForms::default(),
            streams: Arc::new(Semaphore::new(STREAMS_MOST)),
            uploads,
            proof: Proof::default(),
            alarms,
            rates: Rates::default(),
            health: OneForAll::default(),
            counts,
            public_day: OneForAll::default(),
            district: OneForAll::default(),
            is_encrypted,
        })))
    }

    /// The station's files.
    pub(super) fn site(&self) -> &Site {
        &self.0.site
    }

    /// The station's own accounts: its daemon's, and this page's.
    pub(super) fn own_accounts(&self) -> OwnAccounts {
        OwnAccounts::of(self.0.site.own_accounts())
    }

    /// The station's directory.
    pub(super) fn dir(&self) -> &Path {
        self.0.site.dir()
    }

    /// What time it is.
    pub(super) fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
    }

    /// The way to the daemon.
    pub(super) fn door(&self) -> &Door {
        &self.0.door
    }

    /// The people, for a call that takes no time; each writing syncs the disk.
    pub(super) fn people(&self) -> MutexGuard<'_, People> {
        self.0.people.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wrong tries to log in.
    pub(super) fn throttle(&self) -> MutexGuard<'_, Throttle> {
        self.0.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tries to log in that are being looked at.
    pub(super) fn lines(&self) -> &Waiting {
        &self.0.lines
    }

    /// Room for the work of hashing a password.
    pub(super) fn hashing(&self) -> &Semaphore {
        &self.0.hashing
    }

    /// Both clocks.
    pub(super) fn now(&self) -> Now {
        Now { wall: self.0.clock.wall(), mono: self.0.clock.mono() }
    }

    /// The station's files as they are, or were a moment ago.
    pub(super) async fn look(&self) -> Arc<Look> {
        let (site, now) = (self.0.site.clone(), self.now());
        self.0.looks.get(now.mono, LOOK_AGES, move |before| Look::take(&site, now.wall, before.as_deref())).await
    }

    /// Recordings on their way in.
    pub(super) fn uploads(&self) -> &Uploads {
        &self.0.uploads
    }

    /// Something was written: the next look is a new one.
    pub(super) fn look_again(&self) {
        self.0.looks.forget();
        self.0.days.forget();
        self.0.sounds.forget();
        self.0.health.forget();
        self.0.district.forget();
    }

    /// The sounds, worked out once for everybody.
    pub(super) fn sounds(&self) -> &OneForAll<SoundStock> {
        &self.0.sounds
    }

    /// The day as Today shows it, or as it was a moment ago.
    pub(super) async fn day(&self) -> Arc<Day> {
        let (look, site, now) = (self.look().await, self.0.site.clone(), self.now());
        let take = move |_| Day::take(&look, &site, now.wall);
        let day = self.0.days.get(now.mono, DAY_AGES, take.clone()).await;
        if day.at <= now.wall {
            return day;
        }
        // The clock was set back: that day is not yet.
        self.0.days.forget();
        self.0.days.get(now.mono, DAY_AGES, take).await
    }

    /// What came of orders that were given from pages.
    pub(super) fn receipts(&self) -> &Receipts {
        &self.0.receipts
    }

    /// Forms that were sent, and how they were answered.
    pub(super) fn sent_forms(&self) -> &SentForms {
        &self.0.sent_forms
    }

    /// Room for streams of what sounds now.
    pub(super) fn streams(&self) -> &Arc<Semaphore> {
        &self.0.streams
    }

    /// Whether the journal is as it was written, as it was last found.
    pub(super) fn proof(&self) -> &Proof {
        &self.0.proof
    }

    /// Alarms that were given from pages.
    pub(super) fn alarms(&self) -> &Alarms {
        &self.0.alarms
    }

    /// How much each program may still ask.
    pub(super) fn rates(&self) -> &Rates {
        &self.0.rates
    }

    /// Whether something will be silent, worked out once for everybody.
    pub(super) fn health(&self) -> &OneForAll<Health> {
        &self.0.health
    }

    /// What was counted of the journal.
    pub(super) fn counts(&self) -> &Counts {
        &self.0.counts
    }

    /// What everybody may hear again.
    pub(super) fn public_day(&self) -> &OneForAll<PublicDay> {
        &self.0.public_day
    }

    /// The fleet whose directory this is, as the district's page shows it, or as it was a moment ago.
    pub(super) async fn district(&self, dir: std::path::PathBuf) -> Arc<District> {
        let now = self.now();
        self.0.district.get(now.mono, DISTRICT_AGES, move |_| DistrictFleet::read(&dir, now.wall)).await
    }

    /// Whether the page is reached over TLS.
    pub(super) fn is_encrypted(&self) -> bool {
        self.0.is_encrypted
    }

    /// The names and addresses that the page's certificate is good for; none of a page without encryption.
    pub(super) fn certified(&self) -> Vec<String> {
        if !self.is_encrypted() {
            return Vec::new();
        }
        self.station().certificate.map(|files| tls::names(self.site(), &files)).unwrap_or_default()
    }

    /// `loa.toml` as it is.
    pub(super) fn station(&self) -> Station {
        disk::station::load(self.dir()).0
    }

    /// What the page is written in for somebody who has not chosen.
    pub(super) fn language(&self) -> Lang {
        let mut known = self.0.language.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.0.clock.mono();
        if let Some((at, lang)) = *known
            && now.after(at) < LANGUAGE_GOOD_FOR
        {
            return lang;
        }
        let lang = self.station().language.unwrap_or(Lang::Vi);
        *known = Some((now, lang));
        lang
    }
}

/// Where a request comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) SocketAddr);
