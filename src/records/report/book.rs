use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::given::BookGround;
use super::happening::{Happening, HappeningKind, counted, ended_by_somebody};
use super::line::BookLine;
use super::occurrence::joined;
use super::period::Period;
use super::stamp::BookStamp;
use super::talked::TalkTroubles;
use super::total::{CampaignTotal, Campaigns, ZoneTotal, by_zone, last_day_over};
use crate::calendar::{LunarDate, lunar_of};
use crate::fact::{Entry, EntryKind, Outcome, Total, Uncounted, UncountedRows};
use crate::instant::Wall;
use crate::plan::SESSION_GAP;
use crate::station::Letterhead;

/// What was played in a week or a month, as it is put on paper.
#[derive(Clone, PartialEq, Debug)]
pub struct Book {
    /// Which.
    pub period: Period,
    /// What the station is called.
    pub station: String,
    /// Some zone of it had a horn when it was made. Where none had, nobody heard what counts as heard here.
    pub has_horns: bool,
    /// What stands round the page.
    pub letterhead: Letterhead,
    /// The station's time.
    pub tz: TimeZone,
    /// When it was made: nothing later is in it.
    pub made: Wall,
    /// The days that have begun, in order.
    pub days: Vec<BookDay>,
    /// Of each zone.
    pub zones: Vec<ZoneTotal>,
    /// Of all of them.
    pub total: Total,
    /// Of each campaign.
    pub campaigns: Vec<CampaignTotal>,
    /// Airings that the journal only counts, in notes.
    pub counted: u32,
    /// Airings of test tones, which are in no total.
    pub tests: u32,
    /// Airings of drills, likewise.
    pub drills: u32,
    /// Airings of alarms that were ended in their tone, likewise.
    pub recalled: u32,
    /// What ties the paper to the journal; none where the journal has nothing of the period.
    pub stamp: Option<BookStamp>,
}

/// A day of a book.
#[derive(Clone, PartialEq, Debug)]
pub struct BookDay {
    /// Which.
    pub date: Date,
    /// By the moon.
    pub lunar: LunarDate,
    /// Its airings.
    pub total: Total,
    /// What happened, in order.
    pub parts: Vec<BookPart>,
}

/// What stands below the head of a day.
#[expect(clippy::large_enum_variant, reason = "nearly all of them are lines, which are the large ones")]
#[derive(Clone, PartialEq, Debug)]
pub enum BookPart {
    /// A session begins.
    Session(BookSession),
    /// An occurrence.
    Line(BookLine),
    /// Something beside the airings.
    Happening(Happening),
}

/// Occurrences with less than five minutes between them, in whatever zones.
#[derive(Clone, PartialEq, Debug)]
pub struct BookSession {
    /// When it began, or was to.
    pub from: Wall,
    /// When it was over, or was to be.
    pub to: Wall,
    /// Its airings.
    pub total: Total,
}

impl Book {
    /// Of the journal's rows of `period`, as they stood at `made`, by number.
    pub fn of(period: Period, rows: Vec<Entry>, made: Wall, given: &BookGround<'_>) -> Self {
        let (first, last) = (period.first(), period.last());
        let zones: Vec<(String, String)> =
            given.zone_ids.iter().map(|id| (id.clone(), given.names.zone(id).to_owned())).collect();
        let mut campaigns = Campaigns::default();
        let mut total = Total::default();
        let uncounted = UncountedRows::of(&rows);
        for row in &rows {
            campaigns.add(row, &uncounted);
            total.add(row, &uncounted);
        }
        let campaigns = campaigns.totals(given.campaigns, (first, last), last_day_over(made, given.tz, last));
        let count = |kind| rows.iter().filter(|row| uncounted.find(row) == Some(kind)).count() as u32;
        Self {
            period,
            station: given.station.to_owned(),
            has_horns: given.has_horns,
            letterhead: given.letterhead.clone(),
            tz: given.tz.clone(),
            made,
            zones: by_zone(&rows, &uncounted, &zones),
            total,
            campaigns,
            counted: rows.iter().map(counted).sum(),
            tests: count(Uncounted::Test),
            drills: count(Uncounted::Drill),
            recalled: count(Uncounted::Recalled),
            stamp: BookStamp::of(&rows, made, given.tz),
            days: days(period, rows, made, given, &uncounted),
        }
    }

    /// What happened beside the airings, of all days, in order.
    pub fn happenings(&self) -> impl Iterator<Item = &Happening> {
        self.parts().filter_map(|part| match part {
            BookPart::Happening(happening) => Some(happening),
            _ => None,
        })
    }

    /// The occurrences of all days, in order.
    pub fn lines(&self) -> impl Iterator<Item = &BookLine> {
        self.parts().filter_map(|part| match part {
            BookPart::Line(line) => Some(line),
            _ => None,
        })
    }

    /// Occurrences that were not heard whole.
    pub fn failed(&self) -> impl Iterator<Item = &BookLine> {
        self.lines().filter(|line| line.outcome != Outcome::Played && line.uncounted.is_none() && !line.is_unheard)
    }

    /// Orders and alarms apart from troubles.
    pub fn of_kind(&self, is: impl Fn(HappeningKind) -> bool) -> impl Iterator<Item = &Happening> {
        self.happenings().filter(move |happening| is(happening.kind))
    }

    /// It was made before the period was over.
    pub fn is_early(&self) -> bool {
        self.made < self.period.ends(&self.tz)
    }

    fn parts(&self) -> impl Iterator<Item = &BookPart> {
        self.days.iter().flat_map(|day| day.parts.iter())
    }
}

fn days(
    period: Period,
    rows: Vec<Entry>,
    made: Wall,
    given: &BookGround<'_>,
    uncounted: &UncountedRows,
) -> Vec<BookDay> {
    let tz = given.tz;
    let (ended, talks) = (ended_by_somebody(&rows), TalkTroubles::of_rows(&rows));
    let mut by_day: BTreeMap<Date, Vec<Entry>> = BTreeMap::new();
    for row in rows {
        // As the index of the journal has it.
        let at = row.planned.or(row.started).unwrap_or(row.written);
        by_day.entry(at.zoned(tz).date()).or_default().push(row);
    }
    let today = made.zoned(tz).date();
    // A clock that was ahead has left rows of days to come.
    let wanted = |date: &Date| *date <= today || by_day.contains_key(date);
    let dates: Vec<Date> = period.days().filter(wanted).collect();
    let mut number = 0;
    dates
        .into_iter()
        .map(|date| {
            day(date, by_day.remove(&date).unwrap_or_default(), (given, (uncounted, &talks), &ended), &mut number)
        })
        .collect()
}

fn day(
    date: Date,
    mut rows: Vec<Entry>,
    (given, (uncounted, talks), ended): (&BookGround<'_>, (&UncountedRows, &TalkTroubles), &BTreeSet<u64>),
    number: &mut u32,
) -> BookDay {
    let mut total = Total::default();
    for row in &rows {
        total.add(row, uncounted);
    }
    let place = |row: &Entry| (row.started.or(row.planned).unwrap_or(row.written), row.seq);
    rows.sort_by_key(place);
    let (notes, airings): (Vec<Entry>, Vec<Entry>) = rows.into_iter().partition(|row| row.kind == EntryKind::Note);
    let mut happenings = notes
        .iter()
        .filter_map(|row| Happening::of(row, given.names, ended))
        .collect::<Vec<_>>()
        .into_iter()
        .peekable();
    let mut parts: Vec<BookPart> = Vec::new();
    let mut session: Option<usize> = None;
    for occurrence in joined(airings) {
        let Some(line) = BookLine::of(&occurrence, given, (uncounted, talks), *number + 1) else { continue };
        *number += 1;
        let from = line.at().unwrap_or(occurrence.told().written);
        let length = std::time::Duration::from_secs(line.seconds_planned.1);
        let to = line.ended.unwrap_or(from + length);
        while let Some(before) = happenings.next_if(|happening| happening.at <= from) {
            parts.push(BookPart::Happening(before));
        }
        let open =
            session.filter(|place| matches!(&parts[*place], BookPart::Session(open) if from < open.to + SESSION_GAP));
        let place = open.unwrap_or_else(|| {
            parts.push(BookPart::Session(BookSession { from, to, total: Total::default() }));
            parts.len() - 1
        });
        session = Some(place);
        if let BookPart::Session(open) = &mut parts[place] {
            open.to = open.to.max(to);
            occurrence.rows().iter().for_each(|row| open.total.add(row, uncounted));
        }
        parts.push(BookPart::Line(line));
    }
    parts.extend(happenings.map(BookPart::Happening));
    BookDay { date, lunar: lunar_of(date), total, parts }
}
