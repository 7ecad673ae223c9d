use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, SyncSender};
use std::time::Duration;

use super::asks::Asks;
use super::edges;
use super::handle::{Handle, QUEUE};
use super::heartbeat::Heartbeat;
use super::hold::Hold;
use super::journal_report;
use super::kept::last_good;
use super::live::Live;
use super::lock::{NotTaken, StationLock};
use super::log::Log;
use super::memory;
use super::orders::Answers;
use super::outputs::Outputs;
use super::rehearsal;
use super::reload::Reload;
use super::report::Report;
use super::stage::turn;
use super::tune::Tune;
use super::vouch::Vouch;
use super::wake::{self, Found, started_note};
use super::watch::{Changed, Watch};
use crate::amplifier;
use crate::audio::Sounds;
use crate::audio::chain::Tuner;
use crate::audio::library::audio_dir;
use crate::clock::Clock;
use crate::diag::{Lang, Text, system, text};
use crate::disk;
use crate::instant::Wall;
use crate::journal::{JournalError, Writer, WriterEvent};
use crate::machine::Signs;
use crate::output;
use crate::player::{Event, Now};
use crate::site::{Folder, Holder, Site};
use crate::switch::{self, Switches};
use crate::voice::{Notice, NoticeSink};

/// At the end the journal gets this long to reach a slow disk.
const LAST_WRITE: Duration = Duration::from_secs(20);

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
pub fn run(dir: &Path, lang: Lang, clock: Arc<dyn Clock>) -> Result<(), StartError> {
    let log = Log::start(lang).map_err(file_error("start the log's thread"))?;
    let ended = run_telling(&log, dir, clock);
    log.flush();
    ended
}

fn run_telling(log: &Log, dir: &Path, clock: Arc<dyn Clock>) -> Result<(), StartError> {
    let site = Site::new(dir);
    let state = site.state();
    let _lock = StationLock::take(&site).map_err(|why| match why {
        NotTaken::Running(holder) => StartError::Running(holder),
        NotTaken::Io(error) => file_error("take the station's lock")(error),
    })?;
    if let Some(warning) = strange_state(&site) {
        log.say(&warning);
    }
    memory::keep();
    Heartbeat::starting();

    let (events, inbox) = mpsc::sync_channel::<Event>(QUEUE);
    // Before anything else: the last life may have left an amplifier on.
    let (last, _) = last_good(dir);
    let station = disk::station::load_or(dir, last.as_deref()).station;
    let units = amplifier::units(&station);
    let mut switches = Switches::start(&units, &clock, &answers_to(events.clone(), log.clone()));

    let (changed, files) = mpsc::channel::<Changed>();
    // Before the first reading: what is saved during it is read again.
    let watch = Watch::start(dir, changed.clone());
    let reload = Reload::new(dir.to_owned(), log.clone(), clock.clone(), watch.writers());
    let world = reload.world().clone();
    world.library.prepare();
    if amplifier::units(&world.station) != units {
        // The file was saved just now. Answers of the first ones say of the others that they are off, as they are.
        switches = Switches::start(&amplifier::units(&world.station), &clock, &answers_to(events.clone(), log.clone()));
    }
    let tz = world.station.timezone.clone();
    let now = Now { wall: clock.wall(), mono: clock.mono() };

    Heartbeat::starting();
    let path = site.journal();
    let Found { journal, history, recovered, set_aside } = wake::take_up(&path, now.wall, &tz)?;
    Heartbeat::starting();
    let report = Report::new(log.clone(), &world.station);
    for entry in &recovered.closed {
        report.entry(entry);
    }

    let mut vouch = Vouch::new(Signs::default(), &state, world.station.clone(), clock.clone(), log.clone());
    let trust = vouch.trust().clone();
    let first = history.away().into_iter().chain(vouch.word_to_tell()).collect();
    let mut player = history.player(&world, now, Wall::MAX, &recovered).with_trust(now, trust);
    let (asks, of_clock) = Asks::new();
    let handle = Handle::new(player.snapshot(now), events.clone(), asks, clock.clone(), dir);
    let tuner = Tuner::live(dir);
    let sounds = Sounds::new(audio_dir(dir));
    let outputs = Outputs::of(
        &world.station,
        dir,
        &output::reels(&sounds, &world.station, &tuner),
        &clock,
        &notices_to(events.clone()),
    );
    let tell = journal_report::to(log.clone(), handle.condition().clone());
    if let Some(aside) = set_aside {
        tell(WriterEvent::SetAside(Box::new(aside)));
    }
    let journal = journal.map_err(|error| tell(WriterEvent::Failing { why: error.text(), waiting: 0 })).ok();
    let journal = Writer::start_at(&path, &tz, journal, tell).map_err(file_error("start the journal's thread"))?;
    edges::start(site.socket(), handle.clone(), log.clone()).map_err(file_error("start the edges"))?;
    let tune = Tune::start(tuner, &world.station, handle.clone(), clock.clone())
        .map_err(file_error("start the tuner's thread"))?;
    let hold = Hold::start(sounds, handle.clone(), clock.clone()).map_err(file_error("start the holder's thread"))?;
    reload.start(watch, files, handle.clone(), (tune, hold)).map_err(file_error("start the file thread"))?;
    rehearsal::start(log.clone(), clock.clone(), handle.clone()).map_err(file_error("start the rehearsal's thread"))?;
    vouch.start(of_clock, handle.clone()).map_err(file_error("start the clock's thread"))?;

    let heartbeat = Heartbeat::ready(clock.mono());
    journal.send(started_note(now.wall, &world.station.name));
    let mut live = Live {
        clock,
        // Before anybody else can say anything: the past is settled first.
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
    };
    turn(&mut player, &mut live);
    // What the loop has not taken is refused; what it has taken is told how it ended.
    live.handle.orders().close();
    live.answers = Answers::default();
    let unwritten = live.journal.close(LAST_WRITE);
    if unwritten > 0 {
        log.say(&text!("{unwritten} dòng nhật ký không ghi được", "{unwritten} journal records could not be written"));
    }
    edges::last_answers(&live.handle, live.clock.as_ref());
    let _ = std::fs::remove_file(site.socket());
    Ok(())
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

fn answers_to(events: SyncSender<Event>, log: Log) -> switch::Report {
    // Called on the switches' own threads, which may wait for the loop.
    Arc::new(move |amplifier, on, done| {
        if let Some(strays) = switch::strays() {
            log.say(&strays);
        }
        let _ = events.send(Event::Switched { amplifier, on, done });
    })
}
