//! The power goes between any two writes: the files as they were after each step of a day, with the log
//! cut at every page and in the middle of pages, opened as after a power cut.

use std::fs;
use std::path::Path;

use loa::fact::{Entry, Intent, Outcome};
use loa::journal::{Filter, Journal};
use loa::output::POSITION_EVERY;

use super::{Dice, long_form};
use crate::journal::{airing_of, at, beside, intent_of, note, tz};

/// Set, it makes the campaign a long one: so many steps, and each with every page.
const LONG: &str = "LOA_CUT_STEPS";
/// Bytes before the first page in a log, and before each page (SQLite file format, 4.1).
const LOG_HEADER: usize = 32;
const FRAME: usize = 24 + 4096;

/// The journal's two files as a disk has them.
#[derive(Clone, Default)]
struct Disk {
    file: Vec<u8>,
    log: Vec<u8>,
}

impl Disk {
    fn of(path: &Path) -> Self {
        Self { file: fs::read(path).unwrap(), log: fs::read(beside(path, "-wal")).unwrap_or_default() }
    }

    fn lay(&self, path: &Path) {
        let _ = fs::remove_file(beside(path, "-shm"));
        fs::write(path, &self.file).unwrap();
        fs::write(beside(path, "-wal"), &self.log).unwrap();
    }
}

/// What has been acknowledged.
#[derive(Clone, Default, PartialEq, Debug)]
struct Known {
    rows: usize,
    /// The airing under way: intended, begun, and how far it is known to have come.
    open: Option<(bool, f64)>,
}

/// One step of a day: note, or an airing's intent, start, position, position, end.
fn step(journal: &mut Journal, number: u64, known: &mut Known) {
    let airing = number / 6 + 1;
    let key = format!("thon/{airing}");
    match number % 6 {
        0 => {
            journal.note(&note("ghi chú", at(airing * 60 - 10))).unwrap();
            known.rows += 1;
        }
        1 => {
            journal.intend(&intent_of(&key, airing)).unwrap();
            known.open = Some((false, 0.0));
        }
        2 => {
            journal.begin(&key, at(airing * 60), at(airing * 60)).unwrap();
            known.open = Some((true, 0.0));
        }
        place @ (3 | 4) => {
            let seconds = POSITION_EVERY.as_secs_f64() * (place - 2) as f64;
            journal.position(&key, seconds, at(airing * 60 + place)).unwrap();
            known.open = Some((true, seconds));
        }
        _ => {
            journal.finish(&key, &airing_of(airing)).unwrap();
            *known = Known { rows: known.rows + 1, open: None };
        }
    }
}

/// Open it as after a power cut: whole, with what was known before this step or what is known after it.
fn holds(path: &Path, before: &Known, after: &Known) {
    let opened = Journal::open_loose(path, at(1_000_000), &tz()).unwrap();
    assert_eq!(opened.journal.verify().unwrap().breaches, []);
    let rows = opened.journal.select(&Filter::default()).unwrap();
    let of = |known: &Known| {
        let closed = known.open.filter(|(begun, _)| *begun).map(|(_, seconds)| seconds);
        let intended = known.open.is_some_and(|(begun, _)| !begun);
        (known.rows + usize::from(closed.is_some()), closed, intended)
    };
    let closed: Option<&Entry> = opened.recovered.closed.first();
    let intended: Option<&Intent> = opened.recovered.intended.first();
    let found = (rows.len(), closed.map(|entry| entry.seconds_played.unwrap()), intended.is_some());
    assert!(found == of(before) || found == of(after), "{found:?}: {before:?} {after:?}");
    if let Some(entry) = closed {
        assert_eq!((entry.outcome, entry.reason_text().as_deref()), (Some(Outcome::Partial), Some("power_lost")));
    }
    let mut planned: Vec<_> = rows.iter().filter_map(|entry| entry.planned).collect();
    let count = planned.len();
    planned.dedup();
    assert_eq!(planned.len(), count, "an airing has two rows");
}

/// Every state in which a cut may leave the disk between two steps; returns how many there were.
fn cut(path: &Path, was: &Disk, is: &Disk, known: (&Known, &Known), dice: &mut Dice, every: bool) -> u64 {
    let mut count = 0;
    let mut look = |disk: &Disk| {
        disk.lay(path);
        holds(path, known.0, known.1);
        count += 1;
    };
    if is.log.len() >= was.log.len() && is.log.starts_with(&was.log) && is.file == was.file {
        // The log has grown: cut it behind each page, and somewhere in each.
        let mut places: Vec<usize> = (LOG_HEADER..is.log.len()).step_by(FRAME).collect();
        places.retain(|at| *at >= was.log.len());
        places.extend(places.clone().into_iter().map(|at| at + 1 + dice.below(FRAME - 1)));
        if !every && places.len() > 4 {
            let keep: Vec<usize> = (0..4).map(|_| places[dice.below(places.len())]).collect();
            places = keep;
        }
        for place in places.into_iter().chain([was.log.len(), is.log.len()]) {
            look(&Disk { file: is.file.clone(), log: is.log[..place.min(is.log.len())].to_vec() });
        }
    } else {
        // Pages went from the log into the file: some of them there, the log as it was.
        let length = is.file.len().max(was.file.len());
        let pages = length / 4096;
        let tries = if every { pages } else { 3 };
        for _ in 0..tries {
            let mut file = was.file.clone();
            file.resize(length, 0);
            for page in 0..pages {
                let page = page * 4096..((page + 1) * 4096).min(is.file.len());
                if !page.is_empty() && dice.below(2) == 0 {
                    file[page.clone()].copy_from_slice(&is.file[page]);
                }
            }
            look(&Disk { file, log: was.log.clone() });
        }
        look(is);
    }
    count
}

#[test]
fn a_cut_between_any_two_writes_loses_nothing_acknowledged_and_doubles_nothing() {
    let steps = long_form(LONG);
    let dir = tempfile::tempdir().unwrap();
    let (path, copy) = (dir.path().join("journal.db"), dir.path().join("copy.db"));
    let open = |path: &Path| Journal::open_loose(path, at(0), &tz()).unwrap().journal;
    let (mut journal, mut known, mut dice) = (open(&path), Known::default(), Dice::new(5));
    let mut was = Disk::of(&path);
    let mut cuts = 0;
    for number in 0..steps.unwrap_or(30) {
        let before = known.clone();
        step(&mut journal, number, &mut known);
        let is = Disk::of(&path);
        cuts += cut(&copy, &was, &is, (&before, &known), &mut dice, steps.is_some());
        was = is;
        // Now and then loa ends well, in the quiet between two airings, and its log is folded in.
        if number % 18 == 17 {
            drop(journal);
            let is = Disk::of(&path);
            cuts += cut(&copy, &was, &is, (&known, &known), &mut dice, steps.is_some());
            journal = open(&path);
            was = Disk::of(&path);
        }
    }
    println!("{cuts} cuts: no row lost, no chain broken, no airing doubled");
    assert!(cuts > 100, "{cuts}");
}
