use std::collections::BTreeMap;

use loa_core::instant::Wall;
use loa_core::signature::{Locality, UtcSecond};
use loa_core::uplink::Pulse;
use serde::{Deserialize, Serialize};

use crate::ledger::{BookKind, BookPage, Ledger, LedgerError, page};
use crate::lost::StreamRecord;

/// Journals of a station that are remembered by its heartbeats; two boxes with one key show within minutes.
const EPOCHS_MOST: usize = 4;

/// The newest heartbeat of a station, as the book has it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PulseRecord {
    /// When it came here, in RFC 3339.
    pub came: String,
    /// What the box said.
    #[serde(flatten)]
    pub pulse: Pulse,
    /// Its journals, in the order in which they were first named, with the highest number of rows that each had.
    #[serde(default)]
    pub epochs: Vec<(String, u64)>,
}

/// Two boxes speak with one station's key.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TwinRecord {
    /// Since when it is known, in RFC 3339.
    pub since: String,
    /// The journals that both of them have.
    pub epochs: Vec<String>,
    /// When somebody has looked at it; none yet.
    #[serde(default)]
    pub closed: Option<String>,
    /// Who.
    #[serde(default)]
    pub by: String,
    /// What was found.
    #[serde(default)]
    pub why: String,
}

/// Somebody has looked at all that is wrong with a station: what its journals show, and that two boxes have its key. Says how many things
/// that were.
pub(crate) fn close_station(
    ledger: &mut dyn Ledger,
    station: &str,
    by: &str,
    why: &str,
    now: Wall,
) -> Result<u64, LedgerError> {
    let closed = ledger.close(station, None, by, why, now)? + ledger.forgive(station, by, why, now)?;
    // A stream of the server is closed by its name.
    let closed = closed + StreamRecord::close(ledger, Some(station), by, why, now)?;
    Ok(closed + close_twin(ledger, station, by, why, now)?)
}

/// Somebody has looked at two boxes that have one station's key.
pub(crate) fn close_twin(
    ledger: &mut dyn Ledger,
    station: &str,
    by: &str,
    why: &str,
    now: Wall,
) -> Result<u64, LedgerError> {
    let twin = page::<TwinRecord>(ledger, BookKind::Twin, station)?.filter(|twin| twin.closed.is_none());
    let Some(twin) = twin else { return Ok(0) };
    let at = now.rfc3339(&jiff::tz::TimeZone::UTC);
    let twin = TwinRecord { closed: Some(at), by: by.to_owned(), why: why.to_owned(), ..twin };
    ledger.write_pages(&[BookPage::of(BookKind::Twin, station, &twin, now)])?;
    Ok(1)
}

impl PulseRecord {
    /// What is known after this heartbeat, and whether it shows that two boxes have one key: a box begins a journal anew where it has lost
    /// it, and never goes back to one that it had before; and no journal becomes shorter.
    pub fn after(known: Option<&Self>, pulse: Pulse, now: Wall) -> (Self, bool) {
        let mut epochs = known.map(|known| known.epochs.clone()).unwrap_or_default();
        let place = epochs.iter().position(|(epoch, _)| *epoch == pulse.epoch);
        let is_twin = match place {
            _ if pulse.epoch.is_empty() => false,
            None => {
                epochs.push((pulse.epoch.clone(), pulse.rows));
                false
            }
            Some(place) => {
                let is_newest = place + 1 == epochs.len();
                let is_shorter = epochs[place].1 > pulse.rows;
                epochs[place].1 = epochs[place].1.max(pulse.rows);
                !is_newest || is_shorter
            }
        };
        let over = epochs.len().saturating_sub(EPOCHS_MOST);
        epochs.drain(..over);
        (Self { came: now.rfc3339(&jiff::tz::TimeZone::UTC), pulse, epochs }, is_twin)
    }

    /// The journal that the box had before this heartbeat, where it has begun another, and how many rows that one was known to have: what of them has
    /// not come is missing, and no heartbeat will say so again.
    pub fn ended(known: Option<&Self>, pulse: &Pulse) -> Option<(String, u64)> {
        let epochs = &known?.epochs;
        let is_new = !pulse.epoch.is_empty() && epochs.iter().all(|(epoch, _)| *epoch != pulse.epoch);
        epochs.last().filter(|_| is_new).cloned()
    }

    /// Why the box does not take the letter of this number that was sent to a place then. What it said before that, or of another number, is of
    /// another letter.
    pub fn refusal(&self, place: &Locality, number: u64, sent: UtcSecond) -> Option<&String> {
        let is_before = self.came_at().is_none_or(|came| came < sent.wall());
        let own = self.pulse.refused_numbers.get(place.as_str());
        self.pulse.refused.get(place.as_str()).filter(|_| !is_before && own.is_none_or(|own| *own == number))
    }

    /// Of every station that was ever heard.
    pub fn all(ledger: &mut dyn Ledger) -> Result<BTreeMap<Locality, Self>, LedgerError> {
        let pages = ledger.pages(BookKind::Pulse, "")?;
        let read = |page: &BookPage| Some((Locality::read(&page.id)?, page.read()?));
        Ok(pages.iter().filter_map(read).collect())
    }

    /// When it came here.
    pub fn came_at(&self) -> Option<Wall> {
        self.came.parse::<jiff::Timestamp>().ok().map(Wall::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(said: &[(&str, u64)]) -> Vec<bool> {
        let (mut known, mut twins) = (None, Vec::new());
        for (at, (epoch, rows)) in said.iter().enumerate() {
            let pulse = Pulse { epoch: (*epoch).to_owned(), rows: *rows, ..Pulse::default() };
            let (record, is_twin) = PulseRecord::after(known.as_ref(), pulse, Wall::from_secs(at as i64 * 60));
            twins.push(is_twin);
            known = Some(record);
        }
        twins
    }

    #[test]
    fn a_journal_that_was_lost_is_named_with_what_it_had_once() {
        let pulse = |epoch: &str, rows| Pulse { epoch: epoch.to_owned(), rows, ..Pulse::default() };
        let (mut known, mut ended) = (None, Vec::new());
        for (epoch, rows) in [("a", 5), ("a", 7), ("", 0), ("b", 1), ("a", 8), ("b", 2), ("c", 1)] {
            ended.extend(PulseRecord::ended(known.as_ref(), &pulse(epoch, rows)));
            known = Some(PulseRecord::after(known.as_ref(), pulse(epoch, rows), Wall::from_secs(1)).0);
        }
        assert_eq!(ended, [("a".to_owned(), 7), ("b".to_owned(), 2)]);
    }

    #[test]
    fn a_refusal_of_before_or_of_another_number_is_not_that_of_the_letter() {
        let place = Locality::read("vn.p01.c003").unwrap();
        let of = |came: i64, own: Option<u64>, number: u64| {
            let named = place.to_string();
            let refused_numbers = own.map(|own| (named.clone(), own)).into_iter().collect();
            let refused = BTreeMap::from([(named, "bundle_name_taken".to_owned())]);
            let pulse = Pulse { refused, refused_numbers, ..Pulse::default() };
            let (record, _) = PulseRecord::after(None, pulse, Wall::from_secs(1_000 + came));
            record.refusal(&place, number, UtcSecond::of(Wall::from_secs(1_000))).is_some()
        };
        assert!(of(5, None, 7), "an older box, after it was sent");
        assert!(!of(-5, None, 7) && !of(-5, Some(7), 7), "it has not seen it");
        assert!(of(5, Some(7), 7) && !of(5, Some(6), 7));
    }

    #[test]
    fn a_box_that_lost_its_journal_is_one_box_and_two_that_take_turns_are_two() {
        assert_eq!(heard(&[("a", 5), ("a", 6), ("", 0), ("b", 1), ("b", 1), ("c", 9)]), [false; 6]);
        assert_eq!(heard(&[("a", 5), ("b", 3), ("a", 6)]), [false, false, true]);
        // The same card twice: one journal, two lengths.
        assert_eq!(heard(&[("a", 500), ("a", 480), ("a", 501)]), [false, true, false]);
    }
}
