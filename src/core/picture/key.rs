use std::collections::BTreeMap;

use super::band::sounds;
use super::canvas::{Anchor, Canvas, Type};
use super::look;
use crate::diag::{Lang, Text, figure, text};
use crate::instant::Wall;
use crate::plan::{self, Airing, Audience, Cause, PlanContext, Verdict};

/// More numbers than this are not looked up by anybody; what has none is told where the pointer rests.
const LISTED_MAX: usize = 60;

/// Sentences under the picture; `loa plan` has them all.
const NOTES_MAX: usize = 14;

/// Zones that a sentence names before it counts them.
const ZONES_MAX: usize = 6;

/// The numbers in the picture and what they mean: on one day each lot of airings of one time has its
/// own, over several days each broadcast.
pub(super) struct Legend {
    one_day: bool,
    numbers: BTreeMap<(String, Wall), usize>,
    listed: Vec<Listed>,
    notes: Vec<Note>,
    /// Numbers and notes that had no room.
    left_out: [usize; 2],
}

struct Listed {
    time: String,
    title: String,
}

/// Why something waits, is cut, or does not sound: once for all zones that it is true of.
struct Note {
    number: Option<usize>,
    verdict: Verdict,
    zones: Vec<String>,
    sentence: Text,
    /// On how many occasions.
    occasions: Vec<Wall>,
}

impl Legend {
    /// The key of these airings.
    pub(super) fn new(
        airings: &[&Airing],
        ground: &PlanContext<'_>,
        one_day: bool,
        all_zones: usize,
        reader: Audience,
    ) -> Self {
        let mut key =
            Self { one_day, numbers: BTreeMap::new(), listed: Vec::new(), notes: Vec::new(), left_out: [0; 2] };
        let mut sorted = airings.to_vec();
        sorted.sort_by_key(|airing| (airing.scheduled, airing.zone));
        for airing in &sorted {
            key.list(airing, ground);
        }
        let mut known: BTreeMap<(String, String), usize> = BTreeMap::new();
        for airing in &sorted {
            let Some(sentence) = plan::said(airing, ground, reader) else { continue };
            // On one day the sentence itself tells whether it is the same in another zone; over several
            // days the first of each kind stands for all.
            let about = if one_day { sentence.vi.clone() } else { kind(airing) };
            let ix = *known.entry((airing.broadcast.id.clone(), about)).or_insert(key.notes.len());
            if ix == key.notes.len() {
                let (number, verdict) = (key.number(airing), airing.verdict);
                key.notes.push(Note { number, verdict, zones: Vec::new(), sentence, occasions: Vec::new() });
            }
            let note = &mut key.notes[ix];
            let zone = ground.station().zones.get(usize::from(airing.zone.0)).map_or("", |zone| &zone.title);
            if !note.zones.iter().any(|known| known == zone) {
                note.zones.push(zone.to_owned());
            }
            if !note.occasions.contains(&airing.scheduled) {
                note.occasions.push(airing.scheduled);
            }
        }
        // True of all zones, it needs no names.
        key.notes.iter_mut().filter(|note| note.zones.len() == all_zones).for_each(|note| note.zones.clear());
        key.left_out[1] = key.notes.len().saturating_sub(NOTES_MAX);
        key.notes.truncate(NOTES_MAX);
        key
    }

    fn list(&mut self, airing: &Airing, ground: &PlanContext<'_>) {
        let number = self.listed.len() + 1;
        let std::collections::btree_map::Entry::Vacant(entry) = self.numbers.entry(self.place(airing)) else { return };
        if number > LISTED_MAX {
            // Known, and not listed: counted once.
            entry.insert(0);
            self.left_out[0] += 1;
            return;
        }
        entry.insert(number);
        let time = if self.one_day { plan::clock(airing.scheduled, ground.tz()) } else { String::new() };
        self.listed.push(Listed { time, title: airing.broadcast.title.clone() });
    }

    fn place(&self, airing: &Airing) -> (String, Wall) {
        (airing.broadcast.id.clone(), if self.one_day { airing.scheduled } else { Wall::MIN })
    }

    /// The number of an airing, if it is listed.
    pub(super) fn number(&self, airing: &Airing) -> Option<usize> {
        self.numbers.get(&self.place(airing)).copied().filter(|number| *number > 0)
    }

    /// The list and the sentences between `x[0]` and `x[1]`; returns where they end.
    pub(super) fn draw(&self, canvas: &mut Canvas, x: [f64; 2], top: f64, lang: Lang) -> f64 {
        let y = self.draw_list(canvas, x, top, lang);
        self.draw_notes(canvas, x, if self.notes.is_empty() { y } else { y + 8.0 }, lang)
    }

    fn draw_list(&self, canvas: &mut Canvas, x: [f64; 2], top: f64, lang: Lang) -> f64 {
        let columns = if self.listed.len() <= 16 { 2 } else { 3 };
        let rows = self.listed.len().div_ceil(columns);
        let width = (x[1] - x[0]) / columns as f64;
        let (bold, pale, ink) =
            (Type::new(12.0, look::INK).bold(), Type::new(12.0, look::PALE), Type::new(12.0, look::INK));
        let time_width = self.listed.iter().map(|one| pale.width(&one.time)).fold(0.0, f64::max);
        for (ix, one) in self.listed.iter().enumerate() {
            let (left, y) = (x[0] + (ix / rows) as f64 * width, top + (ix % rows) as f64 * 18.0);
            canvas.text(left + 18.0, y, bold.at(Anchor::End), &(ix + 1).to_string());
            canvas.text(left + 26.0, y, pale, &one.time);
            let at = left + 26.0 + if time_width > 0.0 { time_width + 8.0 } else { 0.0 };
            canvas.text(at, y, ink, &ink.fit(&one.title, left + width - 10.0 - at));
        }
        let mut y = top + rows as f64 * 18.0;
        if self.left_out[0] > 0 {
            let count = self.left_out[0];
            let more = text!("… và {count} mục nữa, không đánh số", "… and {count} more, without a number");
            canvas.text(x[0] + 26.0, y, pale, more.get(lang));
            y += 18.0;
        }
        y
    }

    fn draw_notes(&self, canvas: &mut Canvas, x: [f64; 2], mut y: f64, lang: Lang) -> f64 {
        let style = Type::new(11.5, look::INK);
        for note in &self.notes {
            let mut words = note.sentence.get(lang).to_owned();
            if !note.zones.is_empty() {
                words = format!("{}: {words}", named(&note.zones, lang));
            }
            let count = note.occasions.len();
            if count > 1 {
                let times = text!(" ({count} lần như vậy, đây là lần đầu)", " ({count} times, this is the first)");
                words.push_str(times.get(lang));
            }
            match note.verdict {
                Verdict::Refuse => look::refused(canvas, x[0] + 26.0, y - 4.0),
                Verdict::Miss => look::missed(canvas, x[0] + 26.0, y - 4.0),
                Verdict::Wait => look::waiting(canvas, [x[0] + 27.0, x[0] + 36.0], y - 4.0),
                Verdict::Play => look::cut(canvas, [x[0] + 27.0, x[0] + 36.0], y - 4.0),
            }
            let number = note.number.map(|number| number.to_string()).unwrap_or_default();
            canvas.text(x[0] + 18.0, y, style.bold().at(Anchor::End), &number);
            for line in style.wrap(&words, x[1] - x[0] - 44.0) {
                canvas.text(x[0] + 44.0, y, style, &line);
                y += 15.0;
            }
            y += 4.0;
        }
        if self.left_out[1] > 0 {
            let count = self.left_out[1];
            let more = text!("… và {count} điều nữa: loa plan", "… and {count} more: loa plan");
            canvas.text(x[0] + 44.0, y, style, more.get(lang));
            y += 18.0;
        }
        y
    }
}

/// The first few zones by name, and how many more.
fn named(zones: &[String], lang: Lang) -> String {
    let Some((some, rest)) = zones.split_at_checked(ZONES_MAX).filter(|(_, rest)| rest.len() > 1) else {
        return zones.join(", ");
    };
    let (some, rest) = (some.join(", "), rest.len());
    text!("{some} và {rest} cụm loa khác", "{some} and {rest} other zones").get(lang).to_owned()
}

/// The reason's code and the rival's id.
fn kind(airing: &Airing) -> String {
    let Some(reason) = airing.reason.as_deref() else { return String::new() };
    match reason {
        Cause::Waits(by) | Cause::WaitExpired(by) | Cause::Interrupted(by) => {
            format!("{} {}", reason.code(), by.broadcast.id)
        }
        _ => reason.code().to_owned(),
    }
}

/// How many airings sound, and how many do not.
pub(super) fn tally(airings: &[&Airing]) -> Text {
    let count = |verdict| airings.iter().filter(|airing| airing.verdict == verdict).count();
    let (heard, wait) = (airings.iter().filter(|airing| sounds(airing)).count(), count(Verdict::Wait));
    let (refuse, miss) = (count(Verdict::Refuse), count(Verdict::Miss));
    let heard_en = figure::count(heard, "airing");
    text!(
        "{heard} lượt phát, trong đó {wait} lượt phải chờ; {refuse} bị từ chối, {miss} không phát được",
        "{heard_en}, {wait} of which wait; {refuse} refused, {miss} missed"
    )
}
