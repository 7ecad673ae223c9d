//! The plan as a table for people, told from the journal where its time has come.

use std::collections::HashMap;
use std::fmt::Write as _;

use jiff::tz::TimeZone;

use super::past;
use crate::calendar::lunar_of;
use crate::cli::sheet::{self, Sheet};
use crate::daemon::{Happened, WrittenPast};
use crate::diag::{Lang, Text, figure, text};
use crate::fact::{Entry, Outcome};
use crate::instant::Wall;
use crate::journal::export;
use crate::plan::{self, Airing, PlanContext, Verdict};
use crate::schedule::{Broadcast, Class};
use crate::station::{Station, ZoneIx};

/// Names of zones that are longer than this together are counted where they are all there are.
const NAMES_MOST: usize = 40;

/// Airings that differ in their zone only: a row of the table.
#[derive(PartialEq, Eq, Hash)]
struct Alike<'a> {
    start: Wall,
    end: Wall,
    broadcast: &'a str,
    verdict: String,
}

/// A table for people: a line for each airing, hamlets that hear the same in one, and below it why some wait, are
/// refused or are missed. What is past is told by the journal.
pub(super) fn table(airings: &[Airing], ground: &PlanContext<'_>, past: &WrittenPast, lang: Lang) -> String {
    if airings.is_empty() {
        let nothing = text!("Không có lượt phát nào.\n", "Nothing is planned.\n");
        return nothing.get(lang).to_owned();
    }
    let mut notes: Vec<String> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut rows: Vec<(&Airing, String, Vec<ZoneIx>)> = Vec::new();
    let (station, tz) = (ground.station(), ground.tz());
    let mut places: HashMap<Alike<'_>, usize> = HashMap::new();
    for airing in airings {
        let fate = past.fate(airing, station);
        let mut verdict = word(fate, airing.verdict).get(lang).to_owned();
        let said = match fate {
            Happened::Ahead => plan::because(airing, ground),
            // What was heard as it was planned needs no more words.
            Happened::Told(Entry { outcome: Some(Outcome::Played), reason: None, .. }) => None,
            Happened::Told(row) => {
                let (told, title) = (past::sentence(row, tz), &airing.broadcast.title);
                let at = plan::clock(airing.scheduled, tz);
                Some(text!(told = told; "«{title}» ({at}). {told}.", "\"{title}\" ({at}). {told}."))
            }
            Happened::Due => Some(text!(due = past::due(); "{due}.", "{due}.")),
            Happened::Unknown => Some(text!(silence = past.silence(); "{silence}.", "{silence}.")),
        };
        if let Some(said) = said {
            // What is true of several zones is said once.
            let note = *known.entry(said.get(lang).to_owned()).or_insert_with_key(|said| {
                notes.push(said.clone());
                notes.len()
            });
            let _ = write!(verdict, " ({note})");
        }
        let Airing { start, end, .. } = *airing;
        let alike = Alike { start, end, broadcast: &airing.broadcast.id, verdict: verdict.clone() };
        let place = *places.entry(alike).or_insert_with(|| {
            rows.push((airing, verdict, Vec::new()));
            rows.len() - 1
        });
        rows[place].2.push(airing.zone);
    }
    let mut sheet = Sheet::new(match lang {
        Lang::Vi => ["Ngày (âm lịch)", "Giờ phát", "Cụm loa", "Mục phát", "Kết luận"],
        Lang::En => ["Date (lunar)", "Time", "Zone", "Broadcast", "Verdict"],
    });
    for (airing, verdict, zones) in rows {
        sheet.row([
            day(airing.start, tz, lang),
            format!(
                "{} {}",
                sheet::bound(&format!("{} –", plan::clock(airing.start, tz))),
                plan::clock(airing.end, tz)
            ),
            among(station, &zones, lang),
            subject(&airing.broadcast, lang),
            verdict,
        ]);
    }
    let mut out = sheet.text(sheet::columns());
    for (number, note) in notes.iter().enumerate() {
        out += &sheet::paragraph(&format!("({}) ", number + 1), note, sheet::text_columns());
    }
    out += &counts(airings, station, past, lang);
    out
}

/// How many there are: of what is past by the journal, of what is to come by the plan.
fn counts(airings: &[Airing], station: &Station, past: &WrittenPast, lang: Lang) -> String {
    let (mut over, mut due, mut ahead) = (Vec::new(), 0, Vec::new());
    for airing in airings {
        match past.fate(airing, station) {
            Happened::Ahead => ahead.push(airing),
            Happened::Due => due += 1,
            fate => over.push(fate),
        }
    }
    let mut out = String::new();
    if !over.is_empty() {
        out += outcomes(&over, past.is_written()).get(lang);
    }
    if due > 0 {
        let due_en = are(due);
        out += text!("{due} lượt đang trong giờ, chưa xong.\n", "{due_en} due now and not over.\n").get(lang);
    }
    if over.is_empty() && due == 0 || !ahead.is_empty() {
        out += &summary(&ahead, lang);
    }
    out
}

/// `2 airings are`.
fn are(airings: usize) -> String {
    format!("{} {}", figure::count(airings, "airing"), if airings == 1 { "is" } else { "are" })
}

fn outcomes(over: &[Happened<'_>], is_written: bool) -> Text {
    let count = |code| over.iter().filter(|fate| fate.code() == Some(code)).count();
    let (all, unknown) = (over.len(), count("unknown"));
    let all_en = are(all);
    if !is_written {
        return text!(
            "{all} lượt đã qua; không có nhật ký nên không rõ có phát hay không.\n",
            "{all_en} past; without a journal nobody knows whether they were heard.\n"
        );
    }
    let (played, partial, missed, refused) = (count("played"), count("partial"), count("missed"), count("refused"));
    let unknown = match unknown {
        0 => text!("", ""),
        unknown => text!(", {unknown} không có trong nhật ký", ", {unknown} not in it"),
    };
    text!(
        unknown = unknown;
        "{all} lượt đã qua, theo nhật ký: {played} đã phát, {partial} phát một phần, {missed} bị lỡ, {refused} bị từ chối{unknown}.\n",
        "{all_en} past, by the journal: {played} played, {partial} partly, {missed} missed, {refused} refused{unknown}.\n"
    )
}

/// What stands in the last column: what happened, or what is planned.
fn word(fate: Happened<'_>, verdict: Verdict) -> Text {
    match fate {
        Happened::Told(Entry { outcome: Some(outcome), .. }) => export::outcome(*outcome),
        Happened::Told(_) | Happened::Unknown => text!("không rõ", "not known"),
        Happened::Due => text!("đang trong giờ", "due now"),
        Happened::Ahead => Text { vi: verdict.name(Lang::Vi).to_owned(), en: verdict.name(Lang::En).to_owned() },
    }
}

/// The names of zones, as short as they can be said.
fn among(station: &Station, zones: &[ZoneIx], lang: Lang) -> String {
    let title = |zone: &ZoneIx| station.zones.get(usize::from(zone.0)).map(|zone| zone.title.as_str());
    let all = zones.len();
    let named = figure::joined(zones.iter().filter_map(title));
    if all == station.zones.len() && named.chars().count() > NAMES_MOST {
        return text!("cả {all} cụm loa", "all {all} zones").get(lang).to_owned();
    }
    sheet::names(&named)
}

/// `Bản tin sáng (ban-tin-sang)`: the title, the id that `--why` takes, and the class where it is not the usual one.
fn subject(broadcast: &Broadcast, lang: Lang) -> String {
    let Broadcast { id, title, class, .. } = broadcast;
    let mut said = title.clone();
    if id != title {
        let _ = write!(said, " ({id})");
    }
    if *class != Class::Normal {
        let _ = write!(said, " [{}]", sheet::bound(class.name(lang)));
    }
    said
}

/// A date with its day of the week and its lunar one: `T3 24/11/2026 (16/10)`.
fn day(at: Wall, tz: &TimeZone, lang: Lang) -> String {
    let (solar, lunar) = (figure::day(at, tz), lunar_of(at.zoned(tz).date()).short());
    format!("{} ({})", sheet::bound(solar.get(lang)), lunar.get(lang))
}

fn summary(airings: &[&Airing], lang: Lang) -> String {
    let count = |verdict: Verdict| airings.iter().filter(|airing| airing.verdict == verdict).count();
    let (all, play, wait) = (airings.len(), count(Verdict::Play), count(Verdict::Wait));
    let (refuse, miss) = (count(Verdict::Refuse), count(Verdict::Miss));
    let all_en = figure::count(all, "airing");
    let text = text!(
        "{all} lượt phát: {play} đúng giờ, {wait} phải chờ, {refuse} bị từ chối, {miss} không phát được.\n",
        "{all_en}: {play} on time, {wait} wait, {refuse} refused, {miss} missed.\n"
    );
    text.get(lang).to_owned()
}
