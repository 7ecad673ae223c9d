use std::collections::{BTreeMap, BTreeSet};

use super::never::Never;
use super::sentence::{clock, date, length};
use super::{Airing, Library, Reason, Rival, Shelf, Verdict, plan};
use crate::calendar::Calendar;
use crate::diag::{Diagnostic, Label, Severity, Text, text};
use crate::instant::Wall;
use crate::schedule::{Broadcast, Place, Play, Schedule};
use crate::station::Station;

/// What is wrong with the plan of `from..to`, in the order in which the broadcasts are written, and what
/// never comes in the year from `from` on.
///
/// The same conflict on ninety days is one finding, with its count and its first date.
pub fn findings(schedule: &Schedule, station: &Station, library: &Library, from: Wall, to: Wall) -> Vec<Diagnostic> {
    let airings = plan(schedule, station, library, from, to);
    let mut conflicts = conflicts(&airings, station);
    let calendar = Calendar::new(&station.timezone, schedule, from, to);
    let never = Never::new(schedule, station, from);
    let shelf = Shelf::new(library);
    let mut found = Vec::new();
    for broadcast in &schedule.broadcasts {
        if calendar.occurrences(broadcast, from, to).is_empty() {
            found.extend(never.broadcast(broadcast));
        } else {
            sounds(broadcast, station, &shelf, &mut found);
        }
        found.append(&mut conflicts.remove(&broadcast.id).unwrap_or_default());
    }
    found.extend(never.holidays());
    found
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
            let (Play::Sound(name) | Play::Music(name)) = play else { continue };
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
fn conflicts(airings: &[Airing], station: &Station) -> BTreeMap<String, Vec<Diagnostic>> {
    let mut groups: BTreeMap<(&str, &'static str, &str), Conflict<'_>> = BTreeMap::new();
    for airing in airings {
        let Some(reason) = airing.reason.as_deref() else { continue };
        let rival = match reason {
            Reason::Waits(by) | Reason::WaitExpired(by) => by.broadcast.id.as_str(),
            Reason::OutsideHours | Reason::PastHours => "",
            // Missing sound has its own findings; to be interrupted is what lower classes are for; music
            // is silent in a mourning because somebody wrote so.
            Reason::NoSound | Reason::Interrupted(_) | Reason::Mourning(_) => continue,
        };
        groups
            .entry((airing.broadcast.id.as_str(), reason.code(), rival))
            .or_insert_with(|| Conflict { first: airing, occurrences: BTreeSet::new() })
            .occurrences
            .insert(airing.scheduled);
    }
    let mut found: BTreeMap<String, Vec<Diagnostic>> = BTreeMap::new();
    for ((id, ..), conflict) in groups {
        if let Some(diagnostic) = conflict.diagnostic(station) {
            found.entry(id.to_owned()).or_default().push(diagnostic);
        }
    }
    found
}

impl Conflict<'_> {
    fn diagnostic(&self, station: &Station) -> Option<Diagnostic> {
        let airing = self.first;
        let reason = airing.reason.as_deref()?;
        let tz = &station.timezone;
        let title = &airing.broadcast.title;
        let (count, day) = (self.occurrences.len(), date(airing.scheduled, tz));
        let (time, start, end) = (clock(airing.scheduled, tz), clock(airing.start, tz), clock(airing.end, tz));
        let times = Text {
            vi: format!("{count} lần, lần đầu {time} ngày {}", day.vi),
            en: format!("{count} times, first at {time} on {}", day.en),
        };
        let (severity, message, help, rival) = match reason {
            Reason::Waits(by) => {
                let other = &by.broadcast.title;
                let message = Text {
                    vi: format!("«{title}» phải chờ «{other}» phát xong ({}: bắt đầu lúc {start})", times.vi),
                    en: format!("\"{title}\" waits until \"{other}\" has ended ({}: starts at {start})", times.en),
                };
                let help = text!("đổi giờ một trong hai mục", "move one of the two");
                (Severity::Warning, message, help, Some(by))
            }
            Reason::WaitExpired(by) => {
                let (other, wait) = (&by.broadcast.title, length(airing.broadcast.wait));
                let message = Text {
                    vi: format!("«{title}» không phát được vì phải chờ «{other}» quá {} ({})", wait.vi, times.vi),
                    en: format!(
                        "\"{title}\" does not play: it would wait for \"{other}\" longer than {} ({})",
                        wait.en, times.en
                    ),
                };
                let help = text!("đổi giờ một trong hai mục, hoặc tăng `wait`", "move one of the two, or raise `wait`");
                (Severity::Warning, message, help, Some(by))
            }
            Reason::OutsideHours => {
                let message = Text {
                    vi: format!("«{title}» nằm ngoài giờ được phép phát ({})", times.vi),
                    en: format!("\"{title}\" is outside the lawful hours ({})", times.en),
                };
                let help = text!(
                    "đổi giờ phát, hoặc sửa `hours`, `days` trong [rules]",
                    "move it, or change `hours` or `days` in [rules]"
                );
                (Severity::Error, message, help, None)
            }
            Reason::PastHours if airing.verdict == Verdict::Refuse => {
                let message = Text {
                    vi: format!("«{title}» phát đến {end}, quá giờ được phép phát ({})", times.vi),
                    en: format!("\"{title}\" would run until {end}, past the lawful hours ({})", times.en),
                };
                let help = text!(
                    "cho phát sớm hơn, rút ngắn nội dung, hoặc sửa `hours` trong [rules]",
                    "start it earlier, shorten it, or change `hours` in [rules]"
                );
                (Severity::Error, message, help, None)
            }
            Reason::PastHours => {
                let message = Text {
                    vi: format!("«{title}» bị ngắt rồi phải dừng lúc {end} vì hết giờ được phép phát ({})", times.vi),
                    en: format!(
                        "\"{title}\" is interrupted and then stops at {end}, when the lawful hours end ({})",
                        times.en
                    ),
                };
                (Severity::Warning, message, text!("cho phát sớm hơn", "start it earlier"), None)
            }
            Reason::NoSound | Reason::Interrupted(_) | Reason::Mourning(_) => return None,
        };
        let mut diagnostic = diagnostic(reason.code(), severity, &airing.broadcast.place, message, Some(help));
        diagnostic.related.extend(rival.map(related));
        Some(diagnostic)
    }
}

fn related(rival: &Rival) -> Label {
    let (title, place) = (&rival.broadcast.title, &rival.broadcast.place);
    let message = text!("«{title}» ở đây", "\"{title}\" is here");
    Label { file: place.file.clone(), span: place.span.clone(), line: place.line, message }
}

pub(super) fn diagnostic(
    code: &'static str,
    severity: Severity,
    place: &Place,
    message: Text,
    help: Option<Text>,
) -> Diagnostic {
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
