use std::collections::BTreeMap;

use crate::diag::figure;
use crate::fact::{Entry, EntryKind, Outcome};
use crate::instant::Wall;
use crate::journal::Names;

/// An occurrence, or the part of it of which the same is to be said: the zones of one airing are told together as long as
/// the same is to be said of them.
#[derive(Clone, PartialEq, Debug)]
pub struct Occurrence {
    rows: Vec<Entry>,
}

/// Broadcast, the minute it was to begin, outcome, why, by which order, the minute in which it began, and whether there was
/// no horn.
type Sameness = (String, i64, Option<Outcome>, Option<String>, Option<String>, Option<i64>, bool);

impl Occurrence {
    /// The rows that are told together, of one zone each.
    pub fn rows(&self) -> &[Entry] {
        &self.rows
    }

    /// What is said of all its zones.
    pub fn told(&self) -> &Entry {
        &self.rows[0]
    }

    /// Whether it was the same in all of more than two zones.
    pub fn covers(&self, all: &[String]) -> bool {
        all.len() > 2 && all.iter().all(|id| self.rows.iter().any(|row| row.zone.as_ref() == Some(id)))
    }

    /// Its zones as people call them, in the order of `names`: `Thôn 1–4, Chợ`.
    pub fn zones(&self, names: &Names, order: &[String]) -> String {
        let mut ids: Vec<&str> = self.rows.iter().filter_map(|row| row.zone.as_deref()).collect();
        ids.sort_by_key(|id| order.iter().position(|known| known == id).unwrap_or(usize::MAX));
        figure::joined(ids.into_iter().map(|id| names.zone(id)))
    }
}

/// Rows as they stand in time, told together where they can be; in the place of the first.
pub fn joined(rows: Vec<Entry>) -> Vec<Occurrence> {
    let mut told: Vec<Occurrence> = Vec::new();
    let mut places: BTreeMap<Sameness, usize> = BTreeMap::new();
    for row in rows {
        let Some(key) = sameness(&row) else {
            told.push(Occurrence { rows: vec![row] });
            continue;
        };
        match places.get(&key).copied() {
            Some(place) if told[place].rows.iter().all(|other| other.zone != row.zone) => told[place].rows.push(row),
            _ => {
                places.insert(key, told.len());
                told.push(Occurrence { rows: vec![row] });
            }
        }
    }
    told
}

fn minute(at: Wall) -> i64 {
    at.nanos().div_euclid(60_000_000_000)
}

/// Nothing where it is a note, or of no broadcast: that stands alone.
fn sameness(row: &Entry) -> Option<Sameness> {
    (row.kind == EntryKind::Airing).then_some((
        row.broadcast.clone()?,
        minute(row.planned.or(row.started)?),
        row.outcome,
        row.reason_text(),
        row.order.clone(),
        row.started.map(minute),
        row.no_horn,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Zone, minute and second it began, outcome, why.
    type Row = (&'static str, Option<(i64, i64)>, Outcome, &'static str);

    fn rows(rows: &[Row]) -> Vec<Entry> {
        let at = |(minute, second): (i64, i64)| Wall::from_secs(1_796_000_040 + minute * 60 + second);
        let row = |(zone, started, outcome, why): &Row| Entry {
            kind: EntryKind::Airing,
            zone: Some((*zone).into()),
            broadcast: Some("ban-tin".into()),
            planned: Some(at((0, 0))),
            started: started.map(at),
            outcome: Some(*outcome),
            reason: (!why.is_empty()).then(|| (*why).into()),
            ..Entry::default()
        };
        rows.iter().map(row).collect()
    }

    #[test]
    fn zones_share_a_row_while_outcome_and_minute_agree() {
        use Outcome::{Missed, Partial, Played};
        let table: [(&[Row], &[&str]); 6] = [
            (&[("a", Some((0, 0)), Played, ""), ("b", Some((0, 1)), Played, "")], &["a, b"]),
            // Another minute, another outcome, another reason: each its own row.
            (&[("a", Some((0, 0)), Played, ""), ("b", Some((1, 0)), Played, "")], &["a", "b"]),
            (&[("a", Some((0, 0)), Played, ""), ("b", Some((0, 0)), Partial, "power_lost")], &["a", "b"]),
            (&[("a", None, Missed, "late"), ("b", None, Missed, "power_lost")], &["a", "b"]),
            // What agrees finds together over what does not.
            (
                &[
                    ("c", None, Missed, "late"),
                    ("a", Some((0, 0)), Played, ""),
                    ("d", None, Missed, "late"),
                    ("b", Some((0, 0)), Played, ""),
                ],
                &["c, d", "a, b"],
            ),
            // The same zone twice was two airings.
            (&[("a", Some((0, 0)), Played, ""), ("a", Some((0, 2)), Played, "")], &["a", "a"]),
        ];
        let order = ["a", "b", "c", "d"].map(str::to_owned);
        for (given, expected) in table {
            let told: Vec<String> =
                joined(rows(given)).iter().map(|one| one.zones(&Names::default(), &order)).collect();
            assert_eq!(told, expected, "{given:?}");
        }
    }

    #[test]
    fn zones_stand_in_the_order_of_the_station_and_a_note_stands_alone() {
        let given = rows(&[("b", None, Outcome::Missed, ""), ("a", None, Outcome::Missed, "")]);
        let names =
            Names { zones: [("a".into(), "Thôn 2".into()), ("b".into(), "Chợ".into())].into(), ..Names::default() };
        let told = joined(given);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].zones(&names, &["b".into(), "a".into()]), "Chợ, Thôn 2");
        let note = || Entry { reason: Some("started".into()), ..Entry::default() };
        assert_eq!(joined(vec![note(), note()]).len(), 2);
    }
}
