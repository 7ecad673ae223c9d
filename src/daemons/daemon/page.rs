//! The faces of the station as children of the daemon: `[console] listen` in `loa.toml` starts `loa console` beside the sound,
//! `[link]` starts `loa link`, `[cap]` starts `loa cap`, `[relays]` starts `loa relay`. A process of its own each, with a thread that does nothing but wait for it: killed, hung or
//! flooded it takes nothing from the loop. It is started again where it ends, and ends with the daemon, whatever ended
//! that: it reads its standard input, and the other end of that is the daemon's.

use std::io::{self, BufRead as _, BufReader, Read};
use std::net::TcpListener;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::background::Rank;
use super::handle::Handle;
use super::log::Log;
use crate::checkup::PageStanding;
use crate::clock::Clock;
use crate::diag::{Lang, Text, ending, shown_whole, system, text};
use crate::instant::Mono;
use crate::machine::GroupChild;

/// Until it is started again, doubled each time, up to a minute: a page that cannot start costs nothing.
const AGAIN: [Duration; 2] = [Duration::from_secs(1), Duration::from_mins(1)];

/// One that has run so long was well: the next start waits a second only.
const WELL: Duration = Duration::from_mins(5);

/// How often it is looked whether it still runs.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// One that has run so long has opened: nobody is told any more that it does not.
const OPEN: Duration = Duration::from_secs(10);

/// A line of its words is cut after so many bytes.
const LINE_MOST: u64 = 4096;

/// How a line begins that the link says of its own accord.
const LINK_SAYS: &str = "loa link: ";

/// How loa begins what it complains of.
const OWN_NAME: &str = "loa: ";

/// Where memory runs out, the page goes before the sound.
const OOM_SCORE: &str = "500";

/// What can run beside the daemon.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Face {
    /// `loa console`.
    Page,
    /// `loa link`.
    Link,
    /// `loa cap`.
    Cap,
    /// `loa relay`.
    Relay,
}

impl Face {
    const fn word(self) -> &'static str {
        match self {
            Self::Page => "console",
            Self::Link => "link",
            Self::Cap => "cap",
            Self::Relay => "relay",
        }
    }

    fn text(self) -> Text {
        match self {
            Self::Page => text!("trang của đài", "the page"),
            Self::Link => text!("đường về trung tâm", "the link to the centre"),
            Self::Cap => text!("việc nhận báo động từ ngoài", "the watch on alarms from outside"),
            Self::Relay => text!("phần lấy tiếng đài cấp trên", "the fetching of higher stations"),
        }
    }
}

/// A face beside the daemon; without one where `loa.toml` names none.
#[derive(Debug, Default)]
pub(super) struct FaceChild(Option<Arc<Mutex<State>>>);

#[derive(Debug, Default)]
struct State {
    child: Option<GroupChild>,
    is_over: bool,
}

impl FaceChild {
    /// Start it, in its own time; `wanted` where `loa.toml` has an address.
    pub(super) fn start(
        face: Face,
        wanted: bool,
        (dir, lang): (&Path, Lang),
        log: &Log,
        handle: &Handle,
    ) -> io::Result<Self> {
        if !wanted {
            return Ok(Self(None));
        }
        let state = Arc::new(Mutex::new(State::default()));
        let (own, clock) = (state.clone(), handle.clock().clone());
        let keeper =
            Keeper { face, state: own, dir: dir.to_owned(), log: log.clone(), handle: handle.clone(), clock, lang };
        std::thread::Builder::new().name(face.word().to_owned()).spawn(move || keeper.keep())?;
        Ok(Self(Some(state)))
    }

    /// The daemon ends: so does the page.
    pub(super) fn end(&self) {
        let Some(state) = &self.0 else { return };
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.is_over = true;
        if let Some(mut child) = state.child.take() {
            // It keeps nothing that a sudden end could hurt.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

struct Keeper {
    face: Face,
    state: Arc<Mutex<State>>,
    dir: PathBuf,
    log: Log,
    handle: Handle,
    clock: Arc<dyn Clock>,
    lang: Lang,
}

impl Keeper {
    fn keep(&self) {
        // What is started from here on stands behind the sound.
        Rank::Tuning.take();
        let (Text { vi, en }, word) = (self.face.text(), self.face.word());
        if is_forbidden() {
            self.log.say(&text!(
                "{vi} không mở được từ dịch vụ này (nó không được dùng mạng): hãy bật dịch vụ riêng: sudo systemctl enable --now loa-{word}",
                "{en} cannot be opened by this service, which may not use the network: enable its own: sudo systemctl enable --now loa-{word}"
            ));
            return;
        }
        let mut again = AGAIN[0];
        loop {
            let began = self.clock.mono();
            let ended = self.run();
            if self.is_over() {
                return;
            }
            again = next(again, self.clock.mono().after(began));
            self.tell(&ended);
            let seconds = again.as_secs();
            self.log.say(&text!(
                ended = ended;
                "{vi} đã tắt ({ended}); loa vẫn phát, mở lại sau {seconds} giây",
                "{en} has ended ({ended}); sound goes on, it is opened again in {seconds} s"
            ));
            if !self.wait(again) {
                return;
            }
            again = (again * 2).min(AGAIN[1]);
        }
    }

    /// Whoever asks how the station stands is told that it does not stay, and since when.
    fn tell(&self, why: &Text) {
        // How the link and the feeds stand is told by when they last answered; what became of a relay stands in the journal.
        if self.face != Face::Page {
            return;
        }
        let since = self.handle.now().rfc3339(&self.handle.snapshot().world.station.timezone);
        self.handle.change_standing(|standing| {
            let known = standing.page.take();
            let times = known.as_ref().map_or(0, |known| known.times).saturating_add(1);
            let since = known.map_or(since, |known| known.since);
            standing.page = Some(PageStanding { since, times, why: why.clone().into() });
        });
    }

    fn is_over(&self) -> bool {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).is_over
    }

    /// Whether the daemon still runs after this time.
    fn wait(&self, time: Duration) -> bool {
        let from: Mono = self.clock.mono();
        while self.clock.mono().after(from) < time {
            if self.is_over() {
                return false;
            }
            self.clock.wait(LOOK_EVERY);
        }
        !self.is_over()
    }

    /// Run it once, and say how it ended.
    fn run(&self) -> Text {
        let mut child = match self.spawn() {
            Ok(child) => child,
            Err(error) => return system(&error),
        };
        let words = child.stderr.take().map(|stderr| {
            let log = self.log.clone();
            std::thread::spawn(move || last_words(stderr, |said| log.line(said)))
        });
        {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            if state.is_over {
                let _ = child.kill();
            }
            state.child = Some(child);
        }
        let began = self.clock.mono();
        let mut is_told = true;
        let status = loop {
            if is_told && self.face == Face::Page && self.clock.mono().after(began) > OPEN {
                is_told = false;
                self.handle.change_standing(|standing| standing.page = None);
            }
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(child) = &mut state.child else { return text!("loa tắt", "loa ends") };
            match child.try_wait() {
                Ok(None) => drop(state),
                Ok(Some(status)) => {
                    state.child = None;
                    break ending(status.code(), status.signal());
                }
                Err(error) => break system(&error),
            }
            self.clock.wait(LOOK_EVERY);
        };
        let last = words.and_then(|words| words.join().ok()).filter(|last| !last.is_empty());
        last.map_or(status, |last| {
            let said = complaint(&last);
            text!("{said}", "{said}")
        })
    }

    fn spawn(&self) -> io::Result<GroupChild> {
        let lang = if self.lang == Lang::En { "en" } else { "vi" };
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--lang", lang, "--dir"]).arg(&self.dir).args([self.face.word(), "--with-daemon"]);
        // A group of its own: a signal from a terminal is the daemon's to answer. Nothing of the daemon's is inherited
        // but the one pipe whose end says that it is gone.
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        // One heap for its few threads: with one for each, what was freed in one is of no use to the others.
        command.env("MALLOC_ARENA_MAX", "1");
        let child = GroupChild::start(&mut command)?;
        let _ = std::fs::write(format!("/proc/{}/oom_score_adj", child.id()), OOM_SCORE);
        Ok(child)
    }
}

/// The last line that it says before it ends. Whoever says more is not made to wait for a reader. What the link says while it runs (an alarm that cannot be
/// judged, a paper that is not taken) is the daemon's to tell: nobody else reads it.
fn last_words(said: impl Read, tell: impl Fn(&str)) -> String {
    let (mut said, mut line, mut last) = (BufReader::new(said), Vec::new(), String::new());
    loop {
        line.clear();
        match (&mut said).take(LINE_MOST).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return last,
            Ok(_) => {}
        }
        let words = String::from_utf8_lossy(&line);
        let words = words.trim();
        if words.starts_with(LINK_SAYS) {
            tell(words);
        }
        if !words.is_empty() {
            words.clone_into(&mut last);
        }
    }
}

/// Its last line as others repeat it: they say whose words these are, and the cure stands at their end.
fn complaint(last: &str) -> String {
    shown_whole(last.strip_prefix(OWN_NAME).unwrap_or(last))
}

/// After so long a run: where it was well, a second, else as long as was reached.
const fn next(again: Duration, ran: Duration) -> Duration {
    if ran.as_nanos() >= WELL.as_nanos() { AGAIN[0] } else { again }
}

/// The service that loa runs in may not use the network.
fn is_forbidden() -> bool {
    TcpListener::bind(("127.0.0.1", 0)).is_err()
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn what_the_link_says_is_told_as_it_comes_and_the_last_line_is_why_it_ended() {
        let told = RefCell::new(Vec::new());
        let said = "loa link: chưa phát «Lũ» (số a1)\n\nloa: không đọc được giấy\n \n";
        let last = last_words(said.as_bytes(), |said| told.borrow_mut().push(said.to_owned()));
        assert_eq!(last, "loa: không đọc được giấy");
        assert_eq!(told.into_inner(), ["loa link: chưa phát «Lũ» (số a1)"]);
        assert_eq!(last_words(&[b'x'; 10_000][..], |_| {}).len(), 10_000 % LINE_MOST as usize);
        assert_eq!(last_words(io::empty(), |_| {}), "");
    }

    #[test]
    fn what_it_complains_of_is_repeated_with_its_cure_and_without_its_name() {
        let cure = "cannot listen on 0.0.0.0:8080 (the address is in use): another program has the port; end it, or choose another in loa.toml: [console] listen = \"0.0.0.0:8081\"";
        assert_eq!(complaint(&format!("loa: {cure}")), cure);
        assert_eq!(complaint("killed"), "killed");
    }

    #[test]
    fn a_page_that_cannot_start_is_tried_ever_more_seldom_and_one_that_was_well_at_once() {
        let mut again = AGAIN[0];
        let mut waits = Vec::new();
        for _ in 0..8 {
            again = next(again, Duration::from_millis(20));
            waits.push(again.as_secs());
            again = (again * 2).min(AGAIN[1]);
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(next(again, WELL), AGAIN[0]);
    }
}
