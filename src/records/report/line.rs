use serde::Serialize;

use super::given::{BookGround, Handler};
use super::occurrence::Occurrence;
use super::talked::{TalkTroubles, trouble};
use crate::diag::{Lang, Text, plain};
use crate::fact::{Entry, Outcome, Uncounted, UncountedRows, whole_seconds};
use crate::instant::Wall;
use crate::journal::Names;
use crate::reason::Reason;
use crate::schedule::Class;

/// Where a sound comes from, as far as anybody knows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SoundSource {
    /// Somebody of the station has recorded it, and handed it in.
    Own,
    /// A machine has read it.
    Synthetic,
}

/// One row of the book: an occurrence, or the part of it of which the same is to be said.
#[derive(Clone, PartialEq, Debug)]
pub struct BookLine {
    /// Counted from 1 through the whole book.
    pub number: u32,
    /// Its rows in the journal, one a zone.
    pub rows: Vec<u64>,
    /// When it was to begin.
    pub planned: Option<Wall>,
    /// When the first of its zones was heard.
    pub started: Option<Wall>,
    /// When the last of them had been heard.
    pub ended: Option<Wall>,
    /// How long it was to be, in whole seconds: in the zone where it is shortest, and longest.
    pub seconds_planned: (u64, u64),
    /// How much of it was heard, likewise.
    pub seconds_played: (u64, u64),
    /// Its title in the journal.
    pub title: String,
    /// What people call it: of what was ordered by hand the title is the name of a sound.
    pub called: String,
    /// Codes of the languages that its files are marked with, in order.
    pub languages: Vec<String>,
    /// How urgent it is.
    pub class: Option<Class>,
    /// Why it counts in no total, where it does not.
    pub uncounted: Option<Uncounted>,
    /// No horn was fed there: nobody heard it, and it counts in no total.
    pub is_unheard: bool,
    /// Where its sounds come from, each kind once; empty where nobody knows.
    pub sources: Vec<SoundSource>,
    /// Its zones as people call them.
    pub zones: String,
    /// Who handed its sounds in, or ordered it, each once; empty where nobody knows.
    pub authors: Vec<String>,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// When; none where the journal does not tell any more.
    pub approved_at: Option<Wall>,
    /// It was signed on paper, and this person entered it.
    pub entered_by: Option<String>,
    /// What came of it.
    pub outcome: Outcome,
    /// Why, where it was not heard whole; and how somebody who spoke live fared, where that was not well.
    pub reason: Option<Text>,
    /// The campaign that it counts for: its id.
    pub campaign: Option<String>,
}

impl BookLine {
    /// Of rows that are told together; none where nothing came of them yet.
    pub(super) fn of(
        occurrence: &Occurrence,
        given: &BookGround<'_>,
        (uncounted, talks): (&UncountedRows, &TalkTroubles),
        number: u32,
    ) -> Option<Self> {
        let told = occurrence.told();
        let outcome = told.outcome?;
        let rows = occurrence.rows();
        let (sources, authors) = behind(told, given);
        let zones = occurrence.zones(given.names, given.zone_ids);
        let approval = given.approvals.get(&told.seq);
        let entered_by = approval.and_then(|approval| approval.entered_by.as_deref());
        let person = |signed: &str| plain(&given.names.own.named(signed, Lang::Vi)).into_owned();
        Some(Self {
            number,
            rows: rows.iter().map(|row| row.seq).collect(),
            planned: told.planned,
            started: rows.iter().filter_map(|row| row.started).min(),
            ended: rows.iter().filter_map(|row| row.ended).max(),
            seconds_planned: range(rows, |row| row.seconds_planned),
            seconds_played: range(rows, |row| row.seconds_played.filter(|_| !row.no_horn)),
            title: plain(&told.title).into_owned(),
            called: plain(&given.names.title(told, Lang::Vi)).into_owned(),
            languages: languages(rows, given.languages),
            class: told.class,
            uncounted: uncounted.find(told),
            is_unheard: told.no_horn,
            sources,
            zones: plain(&zones).into_owned(),
            authors,
            approved_by: told.approved_by.as_deref().map(person),
            approved_at: approval.map(|approval| approval.at),
            entered_by: entered_by.map(person),
            outcome,
            reason: joined(why(told, given.names), talks.of(told)),
            campaign: told.campaign.clone(),
        })
    }

    /// When it stands in its day: when it was heard, else was to be.
    pub(super) fn at(&self) -> Option<Wall> {
        self.started.or(self.planned)
    }
}

fn range(rows: &[Entry], of: impl Fn(&Entry) -> Option<f64>) -> (u64, u64) {
    let seconds = rows.iter().map(|row| whole_seconds(of(row)));
    seconds.fold((u64::MAX, 0), |(least, most), one| (least.min(one), most.max(one)))
}

/// `nop-ho-so.kho.m4a` is in `kho`, where that is a language of the station.
fn languages(rows: &[Entry], known: &[String]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let files = rows.iter().flat_map(|row| row.audio.iter()).map(|audio| audio.file.as_str());
    for tag in files.filter_map(|file| file.rsplit('.').nth(1)) {
        if known.iter().any(|known| known == tag) && !found.iter().any(|found| found == tag) {
            found.push(tag.to_owned());
        }
    }
    found
}

/// Where its sounds come from, and who stands behind it.
fn behind(row: &Entry, given: &BookGround<'_>) -> (Vec<SoundSource>, Vec<String>) {
    let (mut sources, mut authors) = (Vec::new(), Vec::new());
    for Handler { person, spoken } in row.audio.iter().filter_map(|audio| given.handlers.get(&audio.sha256)) {
        let source = if *spoken { SoundSource::Synthetic } else { SoundSource::Own };
        if !sources.contains(&source) {
            sources.push(source);
        }
        let person = plain(person).into_owned();
        if !authors.contains(&person) {
            authors.push(person);
        }
    }
    // What was cut short says who has ended it; who has ordered it stands in the note of the order.
    let by = row.reason.as_ref().and_then(ordered_by);
    let by = by.or_else(|| given.orderers.get(row.order.as_ref()?).map(String::as_str));
    let ordered = match (&row.reason, by) {
        (Some(Reason::Warrant(by)), _) => plain(&by.by).into_owned(),
        (_, Some(by)) => plain(&given.names.own.named(by, Lang::Vi)).into_owned(),
        (_, None) => String::new(),
    };
    if !ordered.is_empty() && !authors.contains(&ordered) {
        authors.push(ordered);
    }
    (sources, authors)
}

/// Who gave the order that a row is of, as its reason tells.
pub(super) fn ordered_by(reason: &Reason) -> Option<&str> {
    match reason {
        Reason::Alert(by)
        | Reason::Say(by)
        | Reason::TestTone(by)
        | Reason::Drill(by)
        | Reason::Talk(by)
        | Reason::TalkLost(by) => Some(&by.by),
        _ => None,
    }
}

/// Both, where there are two.
fn joined(one: Option<Text>, other: Option<Text>) -> Option<Text> {
    match (one, other) {
        (Some(one), Some(other)) => {
            Some(Text { vi: format!("{}; {}", one.vi, other.vi), en: format!("{}; {}", one.en, other.en) })
        }
        (one, other) => one.or(other),
    }
}

fn why(row: &Entry, names: &Names) -> Option<Text> {
    // Who ordered it stands in its own column.
    let reason = row.reason.as_ref().filter(|_| row.outcome != Some(Outcome::Played))?;
    // From when to when stands in a row over the whole width.
    let is_told = matches!(reason, Reason::StationOff(_) | Reason::ClockStep(_) | Reason::ClockUntrusted(_));
    let said = if reason.is_order() || is_told {
        reason.brief()
    } else {
        trouble(reason).unwrap_or_else(|| names.why(reason))
    };
    Some(Text { vi: plain(&said.vi).into_owned(), en: plain(&said.en).into_owned() })
}
