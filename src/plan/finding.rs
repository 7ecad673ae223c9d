use std::collections::{BTreeMap, BTreeSet};

use super::sentence::{Told, told};
use super::{Airing, Ground, Library, Reason, Rival, Shelf, Verdict, plan};
use crate::calendar::Calendar;
use crate::diag::{Diagnostic, Label, Severity, Text, text};
use crate::instant::Wall;
use crate::schedule::{Broadcast, DaySet, Place, Play, Recurrence, Schedule};
use crate::station::Station;

/// What is wrong with the plan of `from..to`, in the order in which the broadcasts are written.
///
/// The same conflict on ninety days is one finding, with its count and its first date.
pub fn findings(schedule: &Schedule, station: &Station, library: &Library, from: Wall, to: Wall) -> Vec<Diagnostic> {
    let airings = plan(schedule, station, library, from, to);
    let mut conflicts = conflicts(&airings, &Ground::new(schedule, station, library));
    let calendar = Calendar::new(&station.timezone, &schedule.holidays, from, to);
    let shelf = Shelf::new(library);
    let mut found = Vec::new();
    for broadcast in &schedule.broadcasts {
        if calendar.occurrences(broadcast, from, to).is_empty() {
            found.extend(never_plays(broadcast, station, from, to));
        } else {
            sounds(broadcast, station, &shelf, &mut found);
        }
        found.append(&mut conflicts.remove(&broadcast.id).unwrap_or_default());
    }
    found
}

/// Why nothing of a broadcast is due in the window; nothing to say of one that begins after it.
fn never_plays(broadcast: &Broadcast, station: &Station, from: Wall, to: Wall) -> Option<Diagnostic> {
    let today = from.zoned(&station.timezone).date();
    let last = to.zoned(&station.timezone).date();
    let (first_date, last_date) = match &broadcast.recurrence {
        // Which days these are is not known to the calendar yet.
        Recurrence::At { days: DaySet::Lunar(_), .. } => return None,
        Recurrence::At { days: DaySet::Dates(dates), .. } => (dates.first().copied(), dates.last().copied()),
        _ => (None, None),
    };
    if broadcast.from.is_some_and(|from| from > last) || first_date.is_some_and(|first| first > last) {
        return None;
    }
    let title = &broadcast.title;
    let end = [broadcast.until, last_date].into_iter().flatten().min();
    let (message, help) = match end.filter(|end| *end < today) {
        Some(end) => {
            let (vi, en) = (end.strftime("%d/%m/%Y"), end);
            (
                Text {
                    vi: format!("«{title}» đã hết hạn ngày {vi}, không phát nữa"),
                    en: format!("\"{title}\" ended on {en} and does not play any more"),
                },
                text!("xóa mục này, hoặc sửa ngày", "remove it, or change its dates"),
            )
        }
        None => (
            text!("«{title}» không có lần phát nào trong thời gian tới", "\"{title}\" never plays in the time ahead"),
            text!(
                "xem lại `days`, `dates`, `cron`, `except`, `from` và `until`",
                "look at `days`, `dates`, `cron`, `except`, `from` and `until`"
            ),
        ),
    };
    Some(diagnostic("never_plays", Severity::Warning, &broadcast.place, message, Some(help)))
}

/// Sounds of a broadcast that are not loaded, faulty, ambiguous or not in a zone's language: each once.
fn sounds(broadcast: &Broadcast, station: &Station, shelf: &Shelf<'_>, found: &mut Vec<Diagnostic>) {
    let mut said: BTreeSet<(&'static str, String)> = BTreeSet::new();
    let mut say = |code: &'static str, about: &str, severity, message, help| {
        if said.insert((code, about.to_owned())) {
            found.push(diagnostic(code, severity, &broadcast.place, message, Some(help)));
        }
    };
    let title = &broadcast.title;
    let zones = broadcast.zones.iter().filter_map(|zone| station.zones.get(usize::from(zone.0)));
    let languages: BTreeSet<&[String]> = zones.map(|zone| zone.languages.as_slice()).collect();
    for languages in languages {
        for play in &broadcast.play {
            let Play::Sound(name) = play else { continue };
            let heard = shelf.find(name, languages);
            for faulty in &heard.faulty {
                let Err(fault) = &faulty.facts else { continue };
                let (file, vi, en) = (&faulty.file, &fault.message.vi, &fault.message.en);
                let message = Text {
                    vi: format!("«{title}» dùng audio/{file}, tệp này không phát được: {vi}"),
                    en: format!("\"{title}\" uses audio/{file}, which cannot play: {en}"),
                };
                let help =
                    text!("chép một tệp tốt vào audio/, tên {name}", "copy a good file into audio/, named {name}");
                say("sound_faulty", file, Severity::Error, message, help);
            }
            if heard.playable.is_empty() && heard.faulty.is_empty() {
                let message =
                    text!("«{title}»: chưa nạp âm thanh «{name}»", "\"{title}\": the sound \"{name}\" is not loaded");
                let help = match shelf.nearest(name) {
                    Some(near) => text!(
                        "có phải là «{near}»? Nếu không, chép tệp {name}.mp3 vào audio/",
                        "is it \"{near}\"? If not, copy {name}.mp3 into audio/"
                    ),
                    None => text!(
                        "chép tệp {name}.mp3 (hay wav, m4a, ogg…) vào audio/",
                        "copy {name}.mp3 (or wav, m4a, ogg…) into audio/"
                    ),
                };
                say("sound_missing", name, Severity::Warning, message, help);
            }
            for language in &heard.languages_missing {
                let message = text!(
                    "«{title}»: «{name}» chưa có bản tiếng «{language}»",
                    "\"{title}\": \"{name}\" has no version in \"{language}\""
                );
                let help = text!("chép tệp {name}.{language}.mp3 vào audio/", "copy {name}.{language}.mp3 into audio/");
                say("language_missing", &format!("{name}.{language}"), Severity::Warning, message, help);
            }
            if !heard.passed_over.is_empty() {
                let taken: Vec<&str> = heard.playable.iter().map(|(sound, _)| sound.file.as_str()).collect();
                let (taken, passed) = (taken.join(", "), heard.passed_over.iter().map(|sound| sound.file.as_str()));
                let passed = passed.collect::<Vec<_>>().join(", ");
                let message = text!(
                    "«{title}»: nhiều tệp cùng tên «{name}»; phát {taken}, bỏ qua {passed}",
                    "\"{title}\": several files are called \"{name}\"; {taken} plays, {passed} is passed over"
                );
                let help = text!("xóa hoặc đổi tên tệp không dùng", "remove or rename the file that is not meant");
                say("sound_ambiguous", name, Severity::Warning, message, help);
            }
        }
    }
}

/// What happens again and again to a broadcast for one reason.
struct Conflict<'a> {
    first: &'a Airing,
    /// Scheduled starts: the same occurrence in several zones counts once.
    occurrences: BTreeSet<Wall>,
}

/// Waits, refusals and misses, by broadcast id, one for each reason and rival.
fn conflicts(airings: &[Airing], ground: &Ground<'_>) -> BTreeMap<String, Vec<Diagnostic>> {
    let mut groups: BTreeMap<(&str, &'static str, &str), Conflict<'_>> = BTreeMap::new();
    for airing in airings {
        let Some(reason) = airing.reason.as_deref() else { continue };
        let rival = match reason {
            Reason::Waits(by) | Reason::WaitExpired(by) => by.broadcast.id.as_str(),
            Reason::OutsideHours | Reason::PastHours => "",
            // Missing sound has its own findings; to be interrupted is what lower classes are for.
            Reason::NoSound | Reason::Interrupted(_) => continue,
        };
        groups
            .entry((airing.broadcast.id.as_str(), reason.code(), rival))
            .or_insert_with(|| Conflict { first: airing, occurrences: BTreeSet::new() })
            .occurrences
            .insert(airing.scheduled);
    }
    let mut found: BTreeMap<String, Vec<Diagnostic>> = BTreeMap::new();
    for ((id, ..), conflict) in groups {
        if let Some(diagnostic) = conflict.diagnostic(ground) {
            found.entry(id.to_owned()).or_default().push(diagnostic);
        }
    }
    found
}

impl Conflict<'_> {
    /// The sentence of the first, with how often it happens.
    fn diagnostic(&self, ground: &Ground<'_>) -> Option<Diagnostic> {
        let airing = self.first;
        let reason = airing.reason.as_deref()?;
        let (severity, rival) = match reason {
            Reason::Waits(by) | Reason::WaitExpired(by) => (Severity::Warning, Some(by)),
            Reason::OutsideHours => (Severity::Error, None),
            Reason::PastHours if airing.verdict == Verdict::Refuse => (Severity::Error, None),
            Reason::PastHours => (Severity::Warning, None),
            Reason::NoSound | Reason::Interrupted(_) => return None,
        };
        let Told { fact: Text { mut vi, mut en }, cure } = told(airing, ground)?;
        let count = self.occurrences.len();
        if count > 1 {
            let often = text!(" ({count} lần như vậy, đây là lần đầu)", " ({count} times, this is the first)");
            vi.push_str(&often.vi);
            en.push_str(&often.en);
        }
        let mut diagnostic = diagnostic(reason.code(), severity, &airing.broadcast.place, Text { vi, en }, cure);
        diagnostic.related.extend(rival.map(related));
        Some(diagnostic)
    }
}

fn related(rival: &Rival) -> Label {
    let (title, place) = (&rival.broadcast.title, &rival.broadcast.place);
    let message = text!("«{title}» ở đây", "\"{title}\" is here");
    Label { file: place.file.clone(), span: place.span.clone(), line: place.line, message }
}

fn diagnostic(code: &'static str, severity: Severity, place: &Place, message: Text, help: Option<Text>) -> Diagnostic {
    Diagnostic {
        code,
        severity,
        file: place.file.clone(),
        span: Some(place.span.clone()),
        line: place.line,
        // A broadcast begins at the start of its line.
        column: 1,
        message,
        help,
        related: Vec::new(),
    }
}
