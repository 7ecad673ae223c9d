use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::diag::Text;
use crate::fact::Entry;
use crate::instant::Wall;
use crate::journal::{Signed, seal};

/// What ties a paper to the journal: which rows it was made of, and the code of the last of them, with the station's
/// signature where there is one; and how often it was printed.
#[derive(Clone, PartialEq, Debug)]
pub struct BookStamp {
    /// The first row of the period.
    pub first: u64,
    /// The last one: by it all before it hold.
    pub last: u64,
    /// Its code, as `loa journal verify --against` takes it: `1284:4F2A-91C0-77AB-03DE`.
    pub code: String,
    /// Its whole hash.
    pub hash: String,
    /// The station's signature.
    pub signed: Option<Signed>,
    /// Why there is none.
    pub unsigned: Option<Text>,
    /// The how manieth print it is; 1 is the first, 0 none at all.
    pub print: u32,
    /// The day on which it is printed.
    pub day: Date,
}

impl BookStamp {
    /// Of the rows of a period; none where there are none.
    pub(super) fn of(rows: &[Entry], made: Wall, tz: &TimeZone) -> Option<Self> {
        let first = rows.iter().map(|row| row.seq).min()?;
        let last = rows.iter().max_by_key(|row| row.seq)?;
        Some(Self {
            first,
            last: last.seq,
            code: seal(last.seq, &last.hash),
            hash: last.hash.clone(),
            signed: None,
            unsigned: None,
            print: 0,
            day: made.zoned(tz).date(),
        })
    }

    /// What a phone reads out of the picture: the signed head, else the code.
    pub fn picture(&self) -> String {
        self.signed.as_ref().map_or_else(|| self.code.clone(), ToString::to_string)
    }
}
