use loa_core::instant::Wall;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Ledger, LedgerError};

/// What the centre writes down beside the rows: what boxes say of themselves, what was sent to them and what became of it. One page
/// for each kind and id, the newest word alone, as JSON (`docs/fleet.md`, "The book").
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BookPage {
    /// What it is about.
    pub kind: BookKind,
    /// Which of these.
    pub id: String,
    /// JSON.
    pub body: String,
    /// When it was written.
    pub changed: Wall,
}

/// What a page of the book is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum BookKind {
    /// The newest heartbeat of a station, by its path.
    Pulse,
    /// Two boxes speak with one station's key, by its path.
    Twin,
    /// The newest letter that was sent to a place, by the place.
    Sent,
    /// An alarm that the centre gave, by its id.
    Alarm,
    /// What became of an alarm at a station, by alarm and path with a blank between.
    Heard,
    /// A roll-out, by its id.
    Rollout,
    /// How a roll-out stands at a station, by roll-out and path with a blank between.
    RolloutBox,
    /// An alarm as the stream has it, by its id.
    Given,
    /// The name that this database has given itself.
    Database,
    /// Another collector on the same server, by its consumer.
    Rival,
    /// A stream of what the centre has sent, by its name.
    Stream,
    /// A stream that takes nothing over its limit, by its name.
    Room,
}

impl BookKind {
    /// As the database has it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pulse => "pulse",
            Self::Twin => "twin",
            Self::Sent => "sent",
            Self::Alarm => "alarm",
            Self::Heard => "heard",
            Self::Rollout => "rollout",
            Self::RolloutBox => "rollout_box",
            Self::Given => "given",
            Self::Database => "database",
            Self::Rival => "rival",
            Self::Stream => "stream",
            Self::Room => "room",
        }
    }
}

impl BookPage {
    /// To be written.
    pub fn of(kind: BookKind, id: impl Into<String>, said: &impl Serialize, now: Wall) -> Self {
        Self { kind, id: id.into(), body: serde_json::to_string(said).unwrap_or_default(), changed: now }
    }

    /// What it says; none where it is of a form that is not known here.
    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(&self.body).ok()
    }
}

/// The page of this kind and id.
pub fn page<T: DeserializeOwned>(ledger: &mut dyn Ledger, kind: BookKind, id: &str) -> Result<Option<T>, LedgerError> {
    let pages = ledger.pages(kind, id)?;
    Ok(pages.iter().find(|page| page.id == id).and_then(BookPage::read))
}
