use super::form::Detail;
use crate::diag::{Text, text};

/// The zones that fed no horn when the daemon began, by id: `thon-3, thon-4`. Nobody hears what plays there until it begins
/// again. None of them is named where no zone at all has a horn: such a station is being tried out, and counts like one that
/// sounds.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Hornless(pub Vec<String>);

impl Hornless {
    /// These zones, of so many.
    pub fn among(bare: Vec<String>, all: usize) -> Self {
        if bare.len() == all { Self::default() } else { Self(bare) }
    }

    /// Whether nobody hears what plays in this zone.
    pub fn has(&self, zone: &str) -> bool {
        self.0.iter().any(|id| id == zone)
    }
}

impl Detail for Hornless {
    fn read(written: &str) -> Option<Self> {
        Some(Self(written.split(", ").filter(|id| !id.is_empty()).map(str::to_owned).collect()))
    }

    fn text(&self) -> String {
        self.0.join(", ")
    }

    fn words(&self) -> Text {
        let zones = self.text();
        match self.0.as_slice() {
            [] => text!("", ""),
            _ => text!("chưa nối loa: {zones}", "no horn: {zones}"),
        }
    }
}
