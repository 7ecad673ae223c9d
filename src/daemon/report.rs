use jiff::tz::TimeZone;

use super::log::Log;
use crate::diag::{plain, text};
use crate::instant::Wall;
use crate::journal::{Entry, Kind, Outcome, Record};
use crate::output::Notice;
use crate::player::{Action, Event};

/// Tells whoever looks at the terminal, or at the system's log, what happens: a line for each sound
/// that begins, each outcome and each note.
#[derive(Debug)]
pub(super) struct Report {
    log: Log,
    tz: TimeZone,
}

impl Report {
    /// A report in the station's time.
    pub(super) const fn new(log: Log, tz: TimeZone) -> Self {
        Self { log, tz }
    }

    /// Say what an event means to a person, if anything.
    pub(super) fn event(&self, event: &Event) {
        if let Event::Notice(Notice::Failed(_, why) | Notice::Hindered(_, why)) = event {
            self.log.say(why);
        }
    }

    /// Say what an action means to a person, if anything.
    pub(super) fn action(&self, action: &Action) {
        match action {
            Action::Record(Record::Begin { key, started, .. }) => {
                self.log.line(plain(&format!("{} ▶ {key}", self.time(*started))));
            }
            Action::Record(Record::Finish { entry, .. } | Record::Note(entry)) => self.entry(entry),
            _ => {}
        }
    }

    /// Say a row of the journal.
    pub(super) fn entry(&self, entry: &Entry) {
        self.log.line(plain(&self.line(entry)));
    }

    fn time(&self, at: Wall) -> String {
        // 2026-12-01T05:30:00.000+07:00 without its date and offset.
        self.at(at)[11..].to_owned()
    }

    fn at(&self, at: Wall) -> String {
        at.rfc3339(&self.tz).chars().take(23).collect()
    }

    fn line(&self, entry: &Entry) -> String {
        let at = self.time(entry.written);
        let reason = entry.reason.as_deref().map_or_else(String::new, |reason| format!(" ({reason})"));
        if entry.kind == Kind::Note {
            return format!("{at} · {}{reason}", entry.title);
        }
        let zone = entry.zone.as_deref().unwrap_or("-");
        let broadcast = entry.broadcast.as_deref().unwrap_or("-");
        let outcome = match entry.outcome {
            Some(Outcome::Played) => text!("đã phát", "played"),
            Some(Outcome::Partial) => text!("phát một phần", "partial"),
            Some(Outcome::Missed) | None => text!("bị lỡ", "missed"),
            Some(Outcome::Refused) => text!("bị từ chối", "refused"),
        };
        let mark = if entry.outcome == Some(Outcome::Played) { '■' } else { '✗' };
        format!("{at} {mark} {zone}/{broadcast}: {}{reason}", outcome.get(self.log.lang()))
    }
}
