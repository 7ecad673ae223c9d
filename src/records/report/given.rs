use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::journal::{LetSound, Names};
use crate::schedule::Campaign;
use crate::station::Letterhead;

/// Who handed a sound in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Handler {
    /// As people call him.
    pub person: String,
    /// A machine has read it.
    pub spoken: bool,
}

/// What a book is made of, beside the rows.
#[derive(Clone, Copy, Debug)]
pub struct BookGround<'a> {
    /// What zones and campaigns are called.
    pub names: &'a Names,
    /// The station's zones, in order.
    pub zone_ids: &'a [String],
    /// The languages that are spoken in its zones.
    pub languages: &'a [String],
    /// Its campaigns.
    pub campaigns: &'a BTreeMap<String, Campaign>,
    /// Who handed in the sound of this digest.
    pub handlers: &'a BTreeMap<String, Handler>,
    /// By which decision an airing was let sound, by its row.
    pub approvals: &'a BTreeMap<u64, LetSound>,
    /// Who gave an order, by its id, as the journal names him.
    pub orderers: &'a BTreeMap<String, String>,
    /// Its time.
    pub tz: &'a TimeZone,
    /// What stands round the page.
    pub letterhead: &'a Letterhead,
    /// What the station is called.
    pub station: &'a str,
    /// Some zone of it has a horn.
    pub has_horns: bool,
}
