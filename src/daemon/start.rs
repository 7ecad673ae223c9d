use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, SyncSender};
use std::time::Duration;

use super::edges;
use super::handle::{Handle, QUEUE};
use super::heartbeat::Heartbeat;
use super::live::Live;
use super::lock::Lock;
use super::outputs::Outputs;
use super::reload::Reload;
use super::report::Report;
use super::stage::turn;
use super::vouch::Vouch;
use super::wake::{History, started_note};
use super::watch::{Changed, Watch};
use crate::audio;
use crate::clock::{Clock, Signs};
use crate::diag::{Lang, Text, text};
use crate::instant::Wall;
use crate::journal::{Journal, JournalError, Reader, Writer, WriterEvent};
use crate::output::{self, Notice, NoticeSink};
use crate::player::{Event, Now};

/// At the end the journal gets this long to reach a slow disk.
const LAST_WRITE: Duration = Duration::from_secs(20);

/// Why a daemon could not start. Reads after "failed to".
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another daemon runs on this station.
    #[error("take the station's lock: another loa runs on it")]
    Running,
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
        let why = self.to_string();
        match self {
            Self::Running => text!(
                "loa đã chạy ở đài này rồi: dùng «loa status» để xem, hoặc dừng tiến trình kia trước",
                "a loa already runs on this station: see \"loa status\", or end the other process first"
            ),
            Self::File { .. } => text!("không khởi động được: {why}", "failed to {why}"),
            Self::Journal(error) => error.text(),
        }
    }
}

fn file_error(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> StartError {
    |source| StartError::File { what: what.into(), source }
}

/// Put a daemon together on the station in `dir` and run it until it is told to end.
pub fn run(dir: &Path, lang: Lang, clock: Arc<dyn Clock>) -> Result<(), StartError> {
    let state = dir.join("state");
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o750)
        .create(&state)
        .map_err(file_error(format!("make {}", state.display())))?;
    let _lock = Lock::take(&state).map_err(file_error("take the station's lock"))?.ok_or(StartError::Running)?;

    let (changed, files) = mpsc::channel::<Changed>();
    // Before the first reading: what is saved during it is read again.
    let watch = Watch::start(dir, changed.clone());
    let reload = Reload::new(dir.to_owned(), lang, clock.clone());
    let world = reload.world().clone();
    let tz = world.station.timezone.clone();
    let now = Now { wall: clock.wall(), mono: clock.mono() };

    // Before it is opened for writing, which puts right what the power left open.
    let known = Reader::open(&state.join("journal.db"))?;
    let history = known.as_ref().map(History::read).transpose()?.unwrap_or_default();
    drop(known);
    let opened = Journal::open(&state.join("journal.db"), now.wall, &tz)?;
    let report = Report::new(lang, tz);
    for entry in &opened.recovered {
        report.entry(entry);
    }

    let (events, inbox) = mpsc::sync_channel::<Event>(QUEUE);
    let mut vouch = Vouch::new(Signs::default(), &state, world.station.clone(), clock.clone(), lang);
    let trust = vouch.trust().clone();
    let mut player = history.player(&world, now, Wall::MAX, &opened.recovered).with_trust(now, trust);
    let (asks, of_clock) = mpsc::channel();
    let handle = Handle::new(player.snapshot(now), events.clone(), asks, clock.clone(), dir);
    let outputs = Outputs::of(
        &world.station,
        dir,
        &output::reels(audio::library::audio_dir(dir)),
        &clock,
        &notices_to(events.clone()),
    );
    let journal =
        Writer::start(opened.journal, writer_report(lang)).map_err(file_error("start the journal's thread"))?;
    edges::start(state.join("loa.sock"), handle.clone()).map_err(file_error("bind state/loa.sock"))?;
    reload.start(watch, files, handle.clone()).map_err(file_error("start the file thread"))?;

    let heartbeat = Heartbeat::ready(clock.mono());
    journal.send(started_note(now.wall, &world.station.name));
    for event in vouch.first().into_iter().chain(history.away()) {
        let _ = events.send(event);
    }
    vouch.start(of_clock, handle.clone()).map_err(file_error("start the clock's thread"))?;
    let mut live = Live {
        clock,
        events: inbox,
        outputs,
        journal,
        handle,
        files: changed,
        heartbeat,
        report,
        journal_sick: None,
        alive: now.mono,
    };
    turn(&mut player, &mut live);
    let unwritten = live.journal.close(LAST_WRITE);
    if unwritten > 0 {
        eprintln!("loa: {unwritten} journal records could not be written");
    }
    let _ = fs::remove_file(state.join("loa.sock"));
    Ok(())
}

fn notices_to(events: SyncSender<Event>) -> NoticeSink {
    // Called on the outputs' own threads, which may wait for the loop; never in an audio callback.
    Arc::new(move |notice: Notice| {
        let _ = events.send(Event::Notice(notice));
    })
}

fn writer_report(lang: Lang) -> impl Fn(WriterEvent) + Send + 'static {
    move |event| match event {
        WriterEvent::Failing { why, waiting } => eprintln!("loa: {} ({waiting})", why.get(lang)),
        WriterEvent::Unfit { why } => eprintln!("loa: {}", why.get(lang)),
        WriterEvent::Recovered { lost } => {
            let said =
                text!("đã ghi lại được nhật ký; mất {lost} dòng", "the journal is written again; {lost} rows lost");
            eprintln!("loa: {}", said.get(lang));
        }
        WriterEvent::Written { .. } => {}
    }
}
