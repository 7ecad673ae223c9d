use std::collections::{HashMap, VecDeque};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::time::Duration;

use super::alert_cache::Hold;
use super::asks::Asks;
use super::clock_trust::Vouch;
use super::edges;
use super::handle::{Handle, QUEUE};
use super::heartbeat::Heartbeat;
use super::journal_report;
use super::keeping;
use super::last_good::Kept;
use super::live::Live;
use super::lock::{NotTaken, StationLock};
use super::log::Log;
use super::memory;
use super::orders::Answers;
use super::outputs::Outputs;
use super::page::{Face, FaceChild};
use super::prepare_gains::Tune;
use super::proof;
use super::rehearsal;
use super::reload::Reload;
use super::report::Report;
use super::stage::turn;
use super::tape;
use super::wake::{self, FoundJournal, started_note};
use super::watch::{Changed, Watch};
use crate::amplifier::{self, Unit};
use crate::audio::Sounds;
use crate::audio::chain::GainSearch;
use crate::audio::library::audio_dir;
use crate::clock::Clock;
use crate::diag::{Lang, Text, system, text};
use crate::disk;
use crate::incoming::RelayHub;
use crate::instant::Wall;
use crate::journal::{Journal, JournalError, StationKey, Writer, WriterEvent, key_name};
use crate::machine::Signs;
use crate::output;
use crate::plan::Library;
use crate::player::{Event, Now, Player, World};
use crate::reason::Reason;
use crate::setup::SetupLink;
use crate::site::{Folder, Holder, Site};
use crate::station::Approval;
use crate::switch::{self, Switches};
use crate::voice::{Notice, NoticeSink};

/// At the end the journal gets this long to reach a slow disk.
const LAST_WRITE: Duration = Duration::from_secs(20);

/// How a daemon ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HowItEnded {
    /// It was told to.
    Told,
    /// The station was set up meanwhile: it is to be started again.
    SetUp,
}

/// Why a daemon could not start. Reads after "failed to".
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another daemon runs on this station; which process, where that can be seen.
    #[error("take the station's lock: another loa runs on it")]
    Running(Option<Holder>),
    /// The state directory, the lock or the socket.
    #[error("{what}: {source}")]
    File {
        /// What was being done.
        what: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The journal.
    #[error("open the journal: {0}")]
    Journal(#[from] JournalError),
}

impl StartError {
    /// What to tell a person, with the cure.
    pub fn text(&self) -> Text {
        match self {
            Self::Running(None) => text!(
                "loa đã chạy ở đài này rồi: dùng «loa status» để xem, hoặc dừng tiến trình kia trước",
                "a loa already runs on this station: see \"loa status\", or end the other process first"
            ),
            Self::Running(Some(holder)) => {
                let Text { vi, en } = holder.text();
                text!(
                    "loa đã chạy ở đài này rồi, là {vi}: dùng «loa status» để xem, hoặc dừng tiến trình ấy trước",
                    "a loa already runs on this station, {en}: see \"loa status\", or end that process first"
                )
            }
            Self::File { what, source } => {
                let Text { vi, en } = system(source);
                match what.strip_prefix("make ") {
                    Some(made) => text!(
                        "không khởi động được vì không tạo được {made}: {vi}",
                        "failed to start, as {made} cannot be made: {en}"
                    ),
                    None => text!("không khởi động được: {vi}", "failed to {what}: {en}"),
                }
            }
            Self::Journal(error) => error.text(),
        }
    }
}

fn file_error(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> StartError {
    |source| StartError::File { what: what.into(), source }
}

/// Put a daemon together on the station in `dir` and run it until it is told to end.
pub fn run(dir: &Path, lang: Lang, clock: Arc<dyn Clock>) -> Result<HowItEnded, StartError> {
    let log = Log::start(lang).map_err(file_error("start the log's thread"))?;
    let ended = run_telling(&log, dir, clock, lang);
    log.flush();
    ended
}

fn run_telling(log: &Log, dir: &Path, clock: Arc<dyn Clock>, lang: Lang) -> Result<HowItEnded, StartError> {
    let site = Site::new(dir);
    let _lock = StationLock::take(&site).map_err(|why| match why {
        NotTaken::Running(holder) => StartError::Running(holder),
        NotTaken::Io(error) => file_error("take the station's lock")(error),
    })?;
    if let Some(warning) = strange_state(&site) {
        log.warn(&warning);
    }
    memory::keep();
    Heartbeat::starting();
    match StationKey::read_or_make(&site) {
        Ok((key, false)) => key.shown(&site),
        Ok((key, true)) => log.say(&key_made(&key.public())),
        // What cannot be signed sounds all the same.
        Err(why) => log.fail(&why),
    }
    let (events, inbox) = mpsc::sync_channel::<Event>(QUEUE);
    let start = Start { log, dir, site, clock, events };

    // Before anything else: the last life may have left an amplifier on.
    let last = Kept::load(dir);
    let units = start.units_of(&last);
    let switches = start.switches(&units);
    let files = start.files();
    let world = files.reload.world().clone();
    if world.schedule.broadcasts.is_empty() && !disk::station::is_unset(dir) {
        log.say(&text!(
            "lịch còn trống: loa chạy và nhận lệnh, nhưng chưa phát gì theo lịch",
            "the schedule is empty: loa runs and takes orders, but plays nothing by it"
        ));
    }
    let now_units = amplifier::units(&world.station);
    // Where the file was saved just now, answers of the first ones say of the others that they are off, as they are.
    let switches = if now_units == units { switches } else { start.switches(&now_units) };
    let (mut player, past) = start.past(&world)?;
    player.went_by(files.reload.went_by(&last));
    let mut live = start.threads(&world, &player, past, files, (inbox, switches))?;

    // Where somebody may set the station up on the page, the page is there.
    let link = SetupLink::open(&start.site, live.clock.wall()).filter(|_| disk::station::is_unset(dir));
    let begin = |face, wanted| {
        FaceChild::start(face, wanted, (dir, lang), log, &live.handle).map_err(file_error("start a face's thread"))
    };
    let page = begin(Face::Page, world.station.console.is_some() || link.is_some())?;
    let link = begin(Face::Link, world.station.link.is_written())?;
    let cap = begin(Face::Cap, world.station.cap.is_written())?;
    let relay = begin(Face::Relay, !world.station.relays.is_empty() || !world.station.proof.is_empty())?;

    turn(&mut player, &mut live);
    page.end();
    link.end();
    cap.end();
    relay.end();
    // What the loop has not taken is refused; what it has taken is told how it ended.
    live.handle.orders().close();
    live.answers = Answers::default();
    let unwritten = live.journal.close(LAST_WRITE);
    if unwritten > 0 {
        log.fail(&text!("{unwritten} dòng nhật ký không ghi được", "{unwritten} journal records could not be written"));
    }
    edges::last_answers(&live.handle, live.clock.as_ref());
    let _ = std::fs::remove_file(start.site.socket());
    Ok(if live.handle.begins_again() { HowItEnded::SetUp } else { HowItEnded::Told })
}

/// A daemon that is being put together.
struct Start<'a> {
    log: &'a Log,
    dir: &'a Path,
    site: Site,
    clock: Arc<dyn Clock>,
    events: SyncSender<Event>,
}

/// The station's files, and whoever looks after them.
struct Files {
    reload: Reload,
    watch: Watch,
    changed: Sender<Changed>,
    told: Receiver<Changed>,
}

/// What the last life left, and what is found of the clock.
struct Past {
    now: Now,
    journal: Result<Journal, JournalError>,
    /// What is to be told of the journal.
    found: Vec<WriterEvent>,
    report: Report,
    vouch: Vouch,
    /// Who spoke live of late, by his order.
    speakers: HashMap<String, String>,
    /// Comes before anybody else can say anything: the past is settled first.
    first: VecDeque<Event>,
}

impl Start<'_> {
    /// The amplifiers, as the station last knew them.
    fn units_of(&self, last: &Kept) -> Vec<Unit> {
        amplifier::units(&disk::station::load_or(self.dir, last.station()).station)
    }

    /// Switches that put these amplifiers off.
    fn switches(&self, units: &[Unit]) -> Switches {
        Switches::start(units, &self.clock, &answers_to(self.events.clone(), self.log.clone()))
    }

    fn files(&self) -> Files {
        let (changed, told) = mpsc::channel::<Changed>();
        // Before the first reading: what is saved during it is read again.
        let watch = Watch::start(self.dir, changed.clone());
        let reload = Reload::new(self.dir.to_owned(), self.log.clone(), self.clock.clone(), watch.writers());
        reload.world().library.prepare();
        Files { reload, watch, changed, told }
    }

    /// Take up what the last life left: a player that knows it, and the journal.
    fn past(&self, world: &World) -> Result<(Player, Past), StartError> {
        let now = Now { wall: self.clock.wall(), mono: self.clock.mono() };
        Heartbeat::starting();
        let tz = &world.station.timezone;
        let FoundJournal { journal, history, recovered, set_aside, misfit } =
            wake::resume(&self.site.journal(), now.wall, tz)?;
        let aside = set_aside.map(|aside| WriterEvent::SetAside(Box::new(aside)));
        let found = aside.into_iter().chain(misfit.map(WriterEvent::Misfit)).collect();
        Heartbeat::starting();
        let report = Report::new(self.log.clone(), &world.station);
        for entry in &recovered.closed {
            report.entry(entry);
        }
        let clock = self.clock.clone();
        let mut vouch = Vouch::new(Signs::default(), &self.site, world.station.clone(), clock, self.log.clone());
        let trust = vouch.trust().clone();
        let first = history.away().into_iter().chain(vouch.word_to_tell()).chain(lifted(world, &journal)).collect();
        let world = &match &journal {
            Ok(journal) => approved(world, journal)?,
            // What nobody can look up was not approved.
            Err(_) => world.clone(),
        };
        let speakers = tape::speakers(history.settled().iter().chain(&recovered.closed));
        let player = history.player(world, now, Wall::MAX, &recovered).with_trust(now, trust);
        Ok((player, Past { now, journal, found, report, vouch, speakers, first }))
    }

    /// Start all that has a thread of its own, and put the loop's stage together.
    fn threads(
        &self,
        world: &World,
        player: &Player,
        past: Past,
        files: Files,
        (inbox, switches): (Receiver<Event>, Switches),
    ) -> Result<Live, StartError> {
        let Past { now, journal, found, report, vouch, speakers, first } = past;
        let (station, dir, log, clock) = (&world.station, self.dir, self.log, &self.clock);
        let (asks, of_clock) = Asks::new();
        let (keeper, sent) = keeping::channel();
        let incoming = RelayHub::new(self.site.relay_socket(), clock.clone(), Some(keeper));
        let snapshot = player.snapshot(now);
        let handle = Handle::new(snapshot, self.events.clone(), asks, clock.clone(), (dir, incoming.clone()));
        let tuner = GainSearch::live(dir);
        let kept = keeping::start(&self.site, station, clock, (&handle, log), sent);
        kept.map_err(file_error("start the thread that keeps what is relayed"))?;
        let of_talks = handle.clone();
        tape::take_up(dir, speakers, move |event| {
            of_talks.send(event);
        })
        .map_err(file_error("start the thread that ends what was spoken"))?;
        let sounds = Sounds::new(audio_dir(dir)).with_relays(incoming.clone());
        let outlets = proof::outlets(station);
        let open = output::open_programmes(&sounds, station, &tuner);
        let outputs = Outputs::of((station, &outlets), dir, &open, clock, &notices_to(self.events.clone()));
        let tell = journal_report::to(log.clone(), handle.condition().clone());
        found.into_iter().for_each(&tell);
        let journal = journal.map_err(|error| tell(WriterEvent::Failing { why: error.text(), waiting: 0 })).ok();
        let journal = Writer::start_at(&self.site.journal(), &station.timezone, journal, tell);
        let journal = journal.map_err(file_error("start the journal's thread"))?;
        edges::start(self.site.socket(), handle.clone(), log.clone()).map_err(file_error("start the edges"))?;
        let tune = Tune::start(tuner, station, handle.clone(), clock.clone());
        let tune = tune.map_err(file_error("start the tuner's thread"))?;
        let hold =
            Hold::start(sounds, handle.clone(), clock.clone()).map_err(file_error("start the holder's thread"))?;
        let Files { reload, watch, changed, told } = files;
        reload.start(watch, told, handle.clone(), (tune, hold)).map_err(file_error("start the file thread"))?;
        rehearsal::start(log.clone(), clock.clone(), handle.clone())
            .map_err(file_error("start the rehearsal's thread"))?;
        vouch.start(of_clock, handle.clone()).map_err(file_error("start the clock's thread"))?;
        proof::start(&self.site, station, &outlets, incoming, handle.clone())
            .map_err(file_error("start the microphones' thread"))?;

        let heartbeat = Heartbeat::ready(clock.mono());
        journal.send(started_note(now.wall, station));
        Ok(Live {
            clock: clock.clone(),
            first,
            events: inbox,
            outputs,
            switches,
            journal,
            handle,
            files: changed,
            heartbeat,
            report,
            journal_sick: None,
            alive: now.mono,
            answers: Answers::default(),
            others_turn: false,
        })
    }
}

/// Nobody asks for approvals any more in a station that had some: that is no secret.
fn lifted(world: &World, journal: &Result<Journal, JournalError>) -> Option<Event> {
    let had_some = |journal: &Journal| journal.approvals().is_ok_and(|approvals| !approvals.is_empty());
    let is_lifted = world.station.approval == Approval::None && journal.as_ref().is_ok_and(had_some);
    is_lifted.then(|| Event::Note {
        reason: Reason::ApprovalLifted,
        title: "loa.toml không còn đòi phê duyệt: mọi mục trong lịch đều phát".to_owned(),
    })
}

/// The files, with what people have let sound.
fn approved(world: &World, journal: &Journal) -> Result<World, JournalError> {
    if world.station.approval == Approval::None {
        return Ok(world.clone());
    }
    let mut library = Library::clone(&world.library);
    library.approvals = journal.approvals()?;
    library.prepare();
    Ok(World { library: Arc::new(library), ..world.clone() })
}

/// Whoever makes a copy of `state/` is told that he has the key too.
fn key_made(public: &str) -> Text {
    let name = key_name(public);
    text!(
        "đã tạo khóa của đài để ký nhật ký và sổ in: {name}. Khóa nằm ở state/seal.key: ai có bản sao của tệp ấy ký thay đài được. loa backup không chép nó",
        "made the station's key, which signs the journal and printed books: {name}. It lies in state/seal.key: who has a copy of that file can sign as this station. loa backup leaves it out"
    )
}

/// `state/` belongs to somebody else, who may have put it there with a journal of his own.
fn strange_state(site: &Site) -> Option<Text> {
    let (owner, _) = Folder::open(site.state()).and_then(|state| state.owner()).ok()?;
    let own = Folder::own_account();
    (owner != own && own != 0).then(|| {
        text!(
            "CHÚ Ý: thư mục state/ là của tài khoản số {owner}, không phải của tài khoản chạy loa: nhật ký trong đó có thể đã bị thay; hãy gõ loa doctor",
            "NOTE: state/ belongs to account number {owner}, not to the one that runs loa: the journal in it may be another one; type loa doctor"
        )
    })
}

fn notices_to(events: SyncSender<Event>) -> NoticeSink {
    // Called on the outputs' own threads, which may wait for the loop; never in an audio callback.
    Arc::new(move |notice: Notice| {
        let _ = events.send(Event::Notice(notice));
    })
}

fn answers_to(events: SyncSender<Event>, log: Log) -> switch::OrderListener {
    // Called on the switches' own threads, which may wait for the loop.
    Arc::new(move |amplifier, on, done| {
        if let Some(strays) = switch::strays() {
            log.warn(&strays);
        }
        let _ = events.send(Event::Switched { amplifier, on, done });
    })
}
