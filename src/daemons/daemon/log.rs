use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::time::Duration;

use super::system_log::{LogField, SystemLog};
use crate::diag::{Lang, Text, plain, plain_lines, text};

/// Lines that may wait to be written; further ones are counted.
const WAITING: usize = 1_024;

/// At the end, whoever reads gets this long to take the last lines.
const LAST_LINES: Duration = Duration::from_secs(1);

/// How grave a line is, by the numbers of syslog: `journalctl -u loa -p warning` shows what somebody should look at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum LogLevel {
    /// Something does not sound, or cannot be written.
    Error = 3,
    /// Somebody should look at it.
    Warning = 4,
    /// It is as it should be.
    Info = 6,
}

/// What the daemon says to whoever looks at its terminal, or at the system's log.
///
/// Saying never waits: a terminal that is held, a pipe that nobody empties, a log on a disk that hangs must not
/// stop the loop. Lines are written on a thread of their own, and those that find no room are counted.
#[derive(Clone, Debug)]
pub(super) struct Log {
    lang: Lang,
    /// A person looks at it, not a file or the system's log.
    watched: bool,
    lines: Sender<Line>,
    waiting: Arc<AtomicUsize>,
    left_out: Arc<AtomicU64>,
}

#[derive(Debug)]
struct Line {
    /// Lines before it that found no room.
    left_out: u64,
    what: What,
}

#[derive(Debug)]
enum What {
    Said(LogLevel, String, Vec<LogField>),
    /// Tell that all before it has been written.
    Flush(SyncSender<()>),
}

/// Where lines go.
struct Outlet<W> {
    out: W,
    /// Each line is told with its level: the system's log takes that off again.
    leveled: bool,
    /// The system's log itself, which is asked first.
    system: Option<SystemLog>,
}

impl<W: Write> Outlet<W> {
    fn put(&mut self, level: LogLevel, said: &str, fields: &[LogField]) {
        let said = said.trim_end_matches('\n');
        // An empty entry is none for the system's log.
        if self.leveled && said.is_empty() {
            return;
        }
        if self.system.as_ref().is_some_and(|log| log.take(level as u8, said, fields)) {
            return;
        }
        let mut block = String::new();
        for line in said.lines().filter(|line| self.leveled && !line.is_empty()) {
            let _ = writeln!(block, "<{}>{line}", level as u8);
        }
        if !self.leveled {
            block += said;
            block.push('\n');
        }
        // An error means that whoever looked is gone: the journal has it all.
        let _ = self.out.write_all(block.as_bytes());
    }
}

impl Log {
    /// To standard error.
    pub(super) fn start(lang: Lang) -> io::Result<Self> {
        let (watched, leveled) = (io::stderr().is_terminal(), is_system_log());
        let system = if leveled { SystemLog::open() } else { None };
        Ok(Self { watched, ..Self::to(Outlet { out: io::stderr(), leveled, system }, lang)? })
    }

    fn to<W: Write + Send + 'static>(out: Outlet<W>, lang: Lang) -> io::Result<Self> {
        let (lines, told) = mpsc::channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&waiting);
        std::thread::Builder::new().name("log".to_owned()).spawn(move || write(out, &told, &counted, lang))?;
        Ok(Self { lang, watched: false, lines, waiting, left_out: Arc::default() })
    }

    /// The language of whoever reads it.
    pub(super) const fn lang(&self) -> Lang {
        self.lang
    }

    /// Whether a person looks at it as it is written.
    pub(super) const fn is_watched(&self) -> bool {
        self.watched
    }

    /// Something to know of loa itself.
    pub(super) fn say(&self, said: &Text) {
        self.line(format!("loa: {}", plain(said.get(self.lang))));
    }

    /// The same of what somebody should look at.
    pub(super) fn warn(&self, said: &Text) {
        self.line_of(LogLevel::Warning, format!("loa: {}", plain(said.get(self.lang))));
    }

    /// The same of what does not sound, or cannot be written.
    pub(super) fn fail(&self, said: &Text) {
        self.line_of(LogLevel::Error, format!("loa: {}", plain(said.get(self.lang))));
    }

    /// A line, or several.
    pub(super) fn line(&self, line: impl AsRef<str>) {
        self.line_of(LogLevel::Info, line);
    }

    /// The same with how grave it is.
    pub(super) fn line_of(&self, level: LogLevel, line: impl AsRef<str>) {
        self.line_about(level, line, Vec::new());
    }

    /// The same with what it is about.
    pub(super) fn line_about(&self, level: LogLevel, line: impl AsRef<str>, fields: Vec<LogField>) {
        let line = plain_lines(line.as_ref()).into_owned();
        if self.waiting.fetch_add(1, Ordering::Relaxed) < WAITING {
            self.put(What::Said(level, line, fields));
        } else {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn put(&self, what: What) {
        let left_out = self.left_out.swap(0, Ordering::Relaxed);
        // A thread that panicked writes nothing any more; there is the journal.
        let _ = self.lines.send(Line { left_out, what });
    }

    /// Wait until all that was said is written, for a moment at most.
    pub(super) fn flush(&self) {
        let (written, is_written) = mpsc::sync_channel(1);
        self.put(What::Flush(written));
        let _ = is_written.recv_timeout(LAST_LINES);
    }
}

/// Whether standard error leads to the system's log, as systemd says it does (`JOURNAL_STREAM`: device and inode).
fn is_system_log() -> bool {
    let Ok(said) = std::env::var("JOURNAL_STREAM") else { return false };
    rustix::fs::fstat(io::stderr()).is_ok_and(|stat| said == format!("{}:{}", stat.st_dev, stat.st_ino))
}

fn write(mut out: Outlet<impl Write>, lines: &Receiver<Line>, waiting: &AtomicUsize, lang: Lang) {
    for Line { left_out, what } in lines {
        if left_out > 0 {
            let gap = text!(
                "loa: bỏ bớt {left_out} dòng vì nơi xem không đọc kịp; nhật ký vẫn đủ",
                "loa: {left_out} lines left out, as nobody took them in time; the journal has everything"
            );
            out.put(LogLevel::Warning, gap.get(lang), &[]);
        }
        match what {
            What::Said(level, said, fields) => {
                waiting.fetch_sub(1, Ordering::Relaxed);
                out.put(level, &said, &fields);
            }
            What::Flush(written) => {
                let _ = written.try_send(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// A terminal that is held until it is let go.
    #[derive(Clone, Default)]
    struct Held {
        hold: Arc<Mutex<()>>,
        shown: Arc<Mutex<String>>,
    }

    impl Write for Held {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            drop(self.hold.lock().unwrap());
            self.shown.lock().unwrap().push_str(std::str::from_utf8(bytes).unwrap());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn outlet(terminal: &Held, leveled: bool) -> Outlet<Held> {
        Outlet { out: terminal.clone(), leveled, system: None }
    }

    #[test]
    fn a_terminal_that_is_held_holds_nobody_and_what_it_missed_is_counted() {
        let terminal = Held::default();
        let log = Log::to(outlet(&terminal, false), Lang::En).unwrap();
        let hold = terminal.hold.lock().unwrap();
        log.line("đầu");
        // The thread has that line, and cannot let go of it.
        while log.waiting.load(Ordering::Relaxed) > 0 {
            std::thread::yield_now();
        }
        for line in 0..2 * WAITING {
            log.line(format!("dòng {line}"));
        }
        assert_eq!(log.left_out.load(Ordering::Relaxed), WAITING as u64);
        drop(hold);
        log.flush();
        log.say(&text!("hết", "the end"));
        log.flush();
        let shown = terminal.shown.lock().unwrap();
        let gap = format!("loa: {WAITING} lines left out, as nobody took them in time; the journal has everything");
        let last = WAITING - 1;
        assert!(shown.starts_with("đầu\ndòng 0\n"), "{shown}");
        assert!(shown.ends_with(&format!("\ndòng {last}\n{gap}\nloa: the end\n")), "{shown}");
    }

    #[test]
    fn the_systems_log_is_told_how_grave_each_line_is_and_a_person_is_not() {
        let terminal = Held::default();
        let log = Log::to(outlet(&terminal, true), Lang::En).unwrap();
        log.line("a\n\nb\n");
        log.warn(&text!("c", "c"));
        log.fail(&text!("d", "d"));
        log.flush();
        assert_eq!(*terminal.shown.lock().unwrap(), "<6>a\n<6>b\n<4>loa: c\n<3>loa: d\n");
    }
}
