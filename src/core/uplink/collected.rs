use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

/// What the first row of a chain names as the row before it.
pub const ORIGIN: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// Holes of one journal that are told; a box that is back after weeks fills them from the front.
const GAPS_MOST: usize = 100;

/// A row as it holds on to the one before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RowMark {
    /// Its number.
    pub seq: u64,
    /// The hash of the row before it.
    pub prev: String,
    /// Its own.
    pub hash: String,
}

/// What became of rows that came.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Arrived {
    /// Rows that were not there.
    pub new: u64,
    /// Rows that were there, and are the same.
    pub known: u64,
    /// Numbers of rows that were there and are others: somebody has made the journal anew. The first one stays.
    pub others: Vec<u64>,
}

/// What a collector has to do about rows that came.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct JudgedRows {
    /// What became of them.
    pub arrived: Arrived,
    /// The new ones, in the order in which they came.
    pub new: Vec<RowMark>,
    /// Rows that do not hold on to the one before them, as far as that is seen now: an alarm.
    pub breaks: Vec<u64>,
}

/// Hold rows that came against those that are there: those of the same numbers, and the neighbours on both sides.
pub fn judge(rows: impl IntoIterator<Item = RowMark>, there: &BTreeMap<u64, RowMark>) -> JudgedRows {
    let mut judged = JudgedRows::default();
    let mut fresh: BTreeMap<u64, RowMark> = BTreeMap::new();
    for row in rows {
        match there.get(&row.seq).or_else(|| fresh.get(&row.seq)) {
            None => {
                judged.arrived.new += 1;
                judged.new.push(row.clone());
                fresh.insert(row.seq, row);
            }
            Some(known) if *known == row => judged.arrived.known += 1,
            Some(_) => judged.arrived.others.push(row.seq),
        }
    }
    let mark = |seq: u64| fresh.get(&seq).or_else(|| there.get(&seq));
    let holds = |row: &RowMark| match row.seq.checked_sub(1) {
        // No row has an empty one: it is none that loa has written.
        _ if row.prev.is_empty() => false,
        None | Some(0) => row.prev == ORIGIN,
        Some(before) => mark(before).is_none_or(|before| before.hash == row.prev),
    };
    let touched: BTreeSet<u64> = fresh.keys().flat_map(|seq| [*seq, seq.saturating_add(1)]).collect();
    judged.breaks = touched.into_iter().filter_map(mark).filter(|row| !holds(row)).map(|row| row.seq).collect();
    judged
}

/// The rows of one journal (one epoch of one station), as a collector has them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Collected {
    rows: BTreeMap<u64, RowMark>,
    watermark: u64,
    breaks: BTreeSet<u64>,
}

impl Collected {
    /// Take rows, in whatever order and however often they come.
    pub fn take(&mut self, rows: impl IntoIterator<Item = RowMark>) -> Arrived {
        let JudgedRows { arrived, new, breaks } = judge(rows, &self.rows);
        self.rows.extend(new.into_iter().map(|row| (row.seq, row)));
        self.breaks.extend(breaks);
        while self.rows.contains_key(&(self.watermark + 1)) {
            self.watermark += 1;
        }
        arrived
    }

    /// Every row up to this one is there.
    pub const fn watermark(&self) -> u64 {
        self.watermark
    }

    /// How many rows there are.
    pub fn count(&self) -> u64 {
        self.rows.len() as u64
    }

    /// Rows that have not come though later ones have, the first ones first.
    pub fn gaps(&self) -> Vec<RangeInclusive<u64>> {
        let mut gaps = Vec::new();
        let mut next = self.watermark + 1;
        for seq in self.rows.range(next..).map(|(seq, _)| *seq) {
            if seq > next && gaps.len() < GAPS_MOST {
                gaps.push(next..=seq - 1);
            }
            next = seq + 1;
        }
        gaps
    }

    /// Rows that do not hold on to the one before them, where both are there: an alarm.
    pub const fn breaks(&self) -> &BTreeSet<u64> {
        &self.breaks
    }
}
