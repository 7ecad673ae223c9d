use super::form::Detail;
use crate::diag::{Text, text};

/// The zones that fed no horn when the daemon began, by id: `thon-3, thon-4`. Nobody hears what plays there until it begins
/// again. Where no zone at all has a horn the station is being tried out: its own book counts it like one that sounds, and whoever
/// reads its journal elsewhere is told so, by a word of its own.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Hornless(pub Vec<String>);

/// All of them. No zone is called so.
const EVERY: &str = "*";

impl Hornless {
    /// These zones, of so many.
    pub fn among(bare: Vec<String>, all: usize) -> Self {
        if !bare.is_empty() && bare.len() == all { Self(vec![EVERY.to_owned()]) } else { Self(bare) }
    }

    /// No zone at all has a horn: the station is being tried out.
    pub fn is_tried(&self) -> bool {
        self.0.iter().any(|id| id == EVERY)
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
            _ if self.is_tried() => text!("chưa nối loa nào, đang chạy thử", "no horn at all, it is being tried out"),
            _ => text!("chưa nối loa: {zones}", "no horn: {zones}"),
        }
    }
}
