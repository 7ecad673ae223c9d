use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use super::asks::{self, SocketQuery};
use super::handle::Handle;
use super::log::Log;
use super::wake::settled_about;
use crate::clock::{Clock, ClockVerdict, Drift, Evidence, Voucher, Vouchers, Word, judge};
use crate::diag::{system, text};
use crate::instant::{Mono, Wall};
use crate::journal::Reader;
use crate::machine::{Signs, vouchers};
use crate::player::{ClockTrust, Event, Now};
use crate::site::Site;
use crate::station::{self, Station};

/// What speaks for the clock is looked at this often. A look is a dozen small files of the kernel.
const LOOK_EVERY: Duration = Duration::from_mins(1);

/// While the clock is not believed a village waits: NTP is noticed this soon.
const LOOK_SOON: Duration = Duration::from_secs(10);

/// That the clock is synchronised is remembered on the disk this often: a restart in a month without a
/// network asks for it, and a card does not wear from 24 small writes a day.
const REMEMBER_EVERY: Duration = Duration::from_hours(1);

/// The same person's word within this is the same word: it is in the journal and on the disk already.
const SAID_AGAIN: Duration = Duration::from_secs(10);

/// What speaks for the clock of the station in `dir` now, and what that comes to: for whoever asks without
/// a daemon. The journal that cannot be read speaks neither way.
pub fn look_at_clock(dir: &Path, station: &Station, now: Wall) -> (Evidence, ClockVerdict) {
    let signs = Signs::default();
    let site = Site::new(dir);
    let state = site.state();
    let mut evidence = signs.read(&vouchers::read(&state, &signs.boot()), &station.timezone);
    evidence.newest = Reader::open(&site.journal()).ok().flatten().and_then(|reader| reader.newest().ok().flatten());
    let verdict = judge(&evidence, station.trust == station::Trust::Always, now);
    (evidence, verdict)
}

/// Keep a person's word for the next start of a station that does not run.
pub fn keep_word(dir: &Path, by: &str, now: Wall) -> io::Result<()> {
    let (signs, state) = (Signs::default(), Site::new(dir).state());
    let mut vouchers = vouchers::read(&state, &signs.boot());
    vouchers.word = Some(Word { by: by.to_owned(), given: Voucher { at: now, up: signs.up() }, told: false });
    vouchers::write(&vouchers, &state)
}

/// Asks all day whether there is a reason to believe the clock, and tells the loop; on a thread of its own,
/// since it writes to the disk.
pub(super) struct Vouch {
    signs: Signs,
    site: Site,
    station: Arc<Station>,
    clock: Arc<dyn Clock>,
    log: Log,
    vouchers: Vouchers,
    drift: Drift,
    /// When it was last written down that the clock is synchronised.
    remembered: Option<Mono>,
    /// When the last word was given.
    worded: Option<Mono>,
    told: ClockTrust,
}

impl Vouch {
    /// Look for the first time.
    pub(super) fn new(signs: Signs, site: &Site, station: Arc<Station>, clock: Arc<dyn Clock>, log: Log) -> Self {
        let vouchers = vouchers::read(&site.state(), &signs.boot());
        let mut vouch = Self {
            signs,
            site: site.clone(),
            station,
            drift: Drift::new(clock.wall(), clock.mono()),
            clock,
            log,
            vouchers,
            remembered: None,
            worded: None,
            told: ClockTrust { believed: false, because: Vec::new() },
        };
        vouch.look();
        vouch
    }

    /// What was found last.
    pub(super) fn trust(&self) -> &ClockTrust {
        &self.told
    }

    /// A word that was given while no daemon ran, for the loop; once.
    pub(super) fn word_to_tell(&mut self) -> Option<Event> {
        let word = self.vouchers.word.as_mut().filter(|word| !word.told)?;
        word.told = true;
        let by = word.by.clone();
        self.write();
        // One that has been overtaken by a change of the clock says nothing any more.
        self.told.believed.then(|| self.confirm(by))
    }

    /// Go on looking on a thread of its own, until the daemon ends; `asks` come from the
    /// others.
    pub(super) fn start(mut self, asks: Receiver<SocketQuery>, handle: Handle) -> io::Result<()> {
        std::thread::Builder::new().name("clock".to_owned()).spawn(move || {
            loop {
                let word = match asks.recv_timeout(if self.told.believed { LOOK_EVERY } else { LOOK_SOON }) {
                    Ok(SocketQuery::Confirm(word)) => Some(word),
                    Ok(SocketQuery::Look) | Err(RecvTimeoutError::Timeout) => None,
                    Err(RecvTimeoutError::Disconnected) => return,
                };
                let by = word.as_ref().and_then(asks::PersonsWord::take).map(str::to_owned);
                let arrived = by.is_none_or(|by| self.take_word(by, &handle));
                let arrived = self.look().is_none_or(|event| handle.send(event)) && arrived;
                if let Some(word) = word.filter(|_| arrived) {
                    word.done();
                }
            }
        })?;
        Ok(())
    }

    /// False where it has not reached the loop.
    fn take_word(&mut self, by: String, handle: &Handle) -> bool {
        let now = self.clock.mono();
        if self.told.believed && self.has_just_said(&by, now) {
            return true;
        }
        let given = Voucher { at: self.clock.wall(), up: self.signs.up() };
        self.vouchers.word = Some(Word { by: by.clone(), given, told: true });
        self.worded = Some(now);
        // The loop first: a disk that hangs must not keep the village waiting.
        let arrived = handle.send(self.confirm(by));
        self.write();
        arrived
    }

    fn has_just_said(&self, by: &str, now: Mono) -> bool {
        self.worded.is_some_and(|last| now.after(last) < SAID_AGAIN)
            && self.vouchers.word.as_ref().is_some_and(|word| word.by == by)
    }

    fn confirm(&self, by: String) -> Event {
        let known = Reader::open(&self.site.journal()).ok().flatten();
        let now = self.clock.wall();
        let settled = known.and_then(|reader| settled_about(&reader, &self.station, now).ok()).unwrap_or_default();
        Event::Confirm { by, settled }
    }

    /// Look again; an event where it makes a difference.
    fn look(&mut self) -> Option<Event> {
        let now = Now { wall: self.clock.wall(), mono: self.clock.mono() };
        let evidence = self.signs.read(&self.vouchers, &self.station.timezone);
        let drift = self.drift.look(now.wall, now.mono, evidence.synchronised);
        if evidence.synchronised {
            self.vouchers.synchronised = Some(Voucher { at: now.wall, up: evidence.up });
            if self.remembered.is_none_or(|last| now.mono.after(last) >= REMEMBER_EVERY) {
                self.remembered = Some(now.mono);
                self.write();
            }
        }
        let verdict = judge(&evidence, self.station.trust == station::Trust::Always, now.wall);
        let trust = ClockTrust { believed: matches!(verdict, ClockVerdict::Trusted(_)), because: verdict.reasons() };
        let changed = trust != self.told;
        if changed && let Some(cure) = verdict.cure() {
            let why = verdict.note().words();
            let (vi, en, cure_vi, cure_en) = (why.vi, why.en, cure.vi, cure.en);
            self.log
                .fail(&text!("{vi}; chưa phát gì theo lịch: {cure_vi}", "{en}; nothing scheduled plays: {cure_en}"));
        }
        self.told = trust.clone();
        (changed || drift.is_some()).then_some(Event::Clock { trust, drift })
    }

    fn write(&self) {
        if let Err(error) = vouchers::write(&self.vouchers, &self.site.state()) {
            self.log.say(&text!(
                error = system(&error);
                "không ghi được state/clock.json ({error}): sau khi khởi động lại loa, có thể phải xác nhận giờ lần nữa",
                "cannot write state/clock.json ({error}): after a restart of loa the clock may have to be confirmed again"
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::clock::SimClock;
    use crate::diag::Lang;
    use crate::reason::Reason;

    fn vouch(dir: &Path, clock: &Arc<SimClock>) -> Vouch {
        let signs = Signs::of_tree(dir, || Some(false));
        Vouch::new(signs, &Site::new(dir), Arc::new(Station::default()), clock.clone(), Log::start(Lang::En).unwrap())
    }

    fn tree() -> (tempfile::TempDir, Arc<SimClock>) {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in [("proc/sys/kernel/random/boot_id", "b1"), ("proc/uptime", "60.00 0.00")] {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        (dir, Arc::new(SimClock::at(Wall::from_secs(1_796_100_000))))
    }

    #[test]
    fn a_battery_clock_that_turns_up_is_told_once_and_so_is_its_going() {
        let (dir, clock) = tree();
        let mut vouch = vouch(dir.path(), &clock);
        assert_eq!(vouch.trust().because, [Reason::NoNtp, Reason::NoBattery]);
        assert!(vouch.look().is_none(), "nothing has changed");
        let path = dir.path().join("sys/class/rtc/rtc0");
        fs::create_dir_all(&path).unwrap();
        fs::write(path.join("since_epoch"), "1796100000").unwrap();
        let told = |event: Option<Event>| match event {
            Some(Event::Clock { trust, .. }) => (trust.believed, trust.because),
            other => panic!("{other:?}"),
        };
        assert_eq!(told(vouch.look()), (true, vec![Reason::Battery]));
        assert!(vouch.look().is_none());
        clock.step(clock.wall() + Duration::from_hours(1));
        assert_eq!(told(vouch.look()), (false, vec![Reason::NoNtp, Reason::BatteryDiffers]));
    }

    #[test]
    fn a_word_given_while_no_daemon_ran_is_told_by_the_next_one_and_once() {
        let (dir, clock) = tree();
        let given = Voucher { at: clock.wall(), up: Duration::from_mins(1) };
        let word = Some(Word { by: "chi-lan".to_owned(), given, told: false });
        let state = Site::new(dir.path()).state();
        vouchers::write(&Vouchers { boot: "b1".to_owned(), word, synchronised: None }, &state).unwrap();
        let told = |vouch: &mut Vouch| vouch.word_to_tell().is_some();
        let mut first = vouch(dir.path(), &clock);
        assert_eq!(
            (told(&mut first), first.trust().because.clone()),
            (true, vec![Reason::Person("chi-lan".to_owned())])
        );
        let mut again = vouch(dir.path(), &clock);
        assert_eq!(
            (told(&mut again), again.trust().because.clone()),
            (false, vec![Reason::Person("chi-lan".to_owned())])
        );
        // The power goes: the kernel gives the next boot another name.
        fs::write(dir.path().join("proc/sys/kernel/random/boot_id"), "b2").unwrap();
        assert_eq!(vouch(dir.path(), &clock).trust().because, [Reason::NoNtp, Reason::NoBattery]);
    }
}
