use std::collections::HashMap;

use jiff::tz::TimeZone;

use super::log::{Log, LogLevel};
use super::system_log::LogField;
use crate::diag::{Lang, Text, figure, fold, plain, text};
use crate::fact::{Entry, EntryKind, Outcome, Record};
use crate::instant::Wall;
use crate::journal::export;
use crate::player::{Action, Event, Snapshot};
use crate::reason::Reason;
use crate::station::Station;
use crate::voice::Notice;

/// The loop comes round once a second, and oftener: after so many rounds the first sounds have been examined.
const GREET_LATEST: u32 = 3;

/// Airings under way whose names are kept: many times what a station of the most zones plays at once. One that is called
/// off leaves its name behind.
const BEGUN_MOST: usize = 2_048;

/// Tells whoever looks at the terminal, or at the system's log, what happens: that the station is on and what comes
/// first, then a line for each sound that begins, each outcome and each note, in the words of the journal.
#[derive(Debug)]
pub(super) struct Report {
    log: Log,
    tz: TimeZone,
    station: String,
    /// Zones: id and title.
    zones: Vec<(String, String)>,
    /// What is about to sound or sounds, by its name in the journal: what people call it, and what programs do.
    begun: HashMap<String, (String, Vec<LogField>)>,
    /// How often it has waited to say that the station is on; `None` once that is said.
    waited: Option<u32>,
}

impl Report {
    /// A report in the station's time, with its names.
    pub(super) fn new(log: Log, station: &Station) -> Self {
        let zones = station.zones.iter().map(|zone| (zone.id.clone(), zone.title.clone())).collect();
        Self {
            log,
            tz: station.timezone.clone(),
            station: station.name.clone(),
            zones,
            begun: HashMap::new(),
            waited: Some(0),
        }
    }

    /// Say, once, that the station is on and what it will play first: as soon as there is something, or has been
    /// nothing for a while.
    pub(super) fn greet(&mut self, snapshot: &Snapshot) {
        let Some(waited) = self.waited else { return };
        let knows = snapshot.distrust.is_some() || snapshot.zones.iter().any(|zone| zone.next.is_some());
        if knows || waited >= GREET_LATEST {
            self.waited = None;
            self.log.say(&self.greeting(snapshot));
        } else {
            self.waited = Some(waited + 1);
        }
    }

    fn greeting(&self, snapshot: &Snapshot) -> Text {
        let station = &self.station;
        let coming = snapshot.zones.iter().filter_map(|zone| zone.next.as_ref()).min_by_key(|coming| coming.start);
        let next = match (coming, &snapshot.distrust) {
            (_, Some(_)) => text!(
                "chưa phát gì theo lịch vì giờ máy chưa đáng tin: gõ «loa clock»",
                "nothing scheduled plays, as the clock is not trusted: type \"loa clock\""
            ),
            (Some(coming), None) => {
                let title = &coming.title;
                text!(
                    at = self.soon(coming.start, snapshot.at);
                    "lượt tới lúc {at}, «{title}»",
                    "next at {at}, \"{title}\""
                )
            }
            // New sounds may still be on their way to be examined: it does not know that nothing comes.
            (None, None) => text!("các lượt phát tới: gõ «loa plan»", "what comes next: type \"loa plan\""),
        };
        if self.log.is_watched() {
            text!(
                next = next;
                "đài «{station}» đang chạy; {next}. Ctrl+C để dừng",
                "the station \"{station}\" is on; {next}. Ctrl+C ends it"
            )
        } else {
            text!(next = next; "đài «{station}» đang chạy; {next}", "the station \"{station}\" is on; {next}")
        }
    }

    /// A time, with its date where it is not today's.
    fn soon(&self, at: Wall, now: Wall) -> Text {
        if at.zoned(&self.tz).date() == now.zoned(&self.tz).date() {
            let time = figure::clock(at, &self.tz);
            return Text { vi: time.clone(), en: time };
        }
        figure::moment(at, &self.tz)
    }

    /// Say what an event means to a person, if anything.
    pub(super) fn event(&self, event: &Event) {
        if let Event::Notice(Notice::Failed(_, why) | Notice::Hindered(_, why)) = event {
            self.log.warn(why);
        }
    }

    /// Say what an action means to a person, if anything.
    pub(super) fn action(&mut self, action: &Action) {
        match action {
            Action::Record(Record::Intend(intent)) => {
                if self.begun.len() >= BEGUN_MOST {
                    self.begun.clear();
                }
                self.begun.insert(intent.key.clone(), (self.subject(&intent.draft), about(&intent.draft)));
            }
            Action::Record(Record::Begin { key, started, .. }) => {
                let (subject, fields) = self.begun.get(key).cloned().unwrap_or_else(|| (key.clone(), Vec::new()));
                self.log.line_about(LogLevel::Info, format!("{} ▶ {subject}", self.time(*started)), fields);
            }
            Action::Record(Record::Finish { key, entry }) => {
                self.begun.remove(key);
                self.entry(entry);
            }
            Action::Record(Record::Note(entry)) => self.entry(entry),
            _ => {}
        }
    }

    /// Say a row of the journal.
    pub(super) fn entry(&self, entry: &Entry) {
        let level = match entry.outcome {
            None | Some(Outcome::Played) => LogLevel::Info,
            Some(_) => LogLevel::Warning,
        };
        let line = format!("{} {}", self.time(entry.written), self.said(entry, self.log.lang()));
        self.log.line_about(level, plain(&line), about(entry));
    }

    fn time(&self, at: Wall) -> String {
        // 2026-12-01T05:30:00.000+07:00 without its date and offset.
        at.rfc3339(&self.tz).chars().take(23).skip(11).collect()
    }

    fn title<'a>(&'a self, zone: &'a str) -> &'a str {
        self.zones.iter().find(|(id, _)| id == zone).map_or(zone, |(_, title)| title)
    }

    /// A row in the journal's own words.
    fn said(&self, entry: &Entry, lang: Lang) -> String {
        let reason = entry.reason.as_ref().map(Reason::words);
        let why = reason.as_ref().map_or("", |reason| reason.get(lang));
        let title = &entry.title;
        if entry.kind == EntryKind::Note {
            // Titles of notes are written in Vietnamese, and most say what the reason begins with.
            let says_more =
                !title.is_empty() && !fold(why).contains(&fold(title)) && (lang == Lang::Vi || why.is_empty());
            return match (says_more, why.is_empty()) {
                (true, false) => format!("· {title}: {why}"),
                (true, true) => format!("· {title}"),
                (false, _) => format!("· {why}"),
            };
        }
        let mark = if entry.outcome == Some(Outcome::Played) { '■' } else { '✗' };
        let outcome = export::outcome(entry.outcome.unwrap_or(Outcome::Missed));
        let outcome = outcome.get(lang);
        let why = if why.is_empty() { String::new() } else { format!(", {why}") };
        format!("{mark} {}: {outcome}{why}", self.subject(entry))
    }

    /// `Thôn 1 «Bản tin sáng»`.
    fn subject(&self, entry: &Entry) -> String {
        let (zone, title) = (self.title(entry.zone.as_deref().unwrap_or("-")), &entry.title);
        match self.log.lang() {
            Lang::Vi => format!("{zone} «{title}»"),
            Lang::En => format!("{zone} \"{title}\""),
        }
    }
}

/// What a row is about, for whoever searches the system's log.
fn about(entry: &Entry) -> Vec<LogField> {
    let zone = entry.zone.clone().map(LogField::Zone);
    let broadcast = entry.broadcast.clone().map(LogField::Broadcast);
    let code = entry.reason.as_ref().map(|reason| LogField::Code(reason.code().to_owned()));
    [zone, broadcast, code].into_iter().flatten().collect()
}
