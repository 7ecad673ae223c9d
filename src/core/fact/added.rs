use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text that rows have had since version 2 of the journal: a key that rows of version 1 do not have at
/// all, so that each row is written again byte for byte as it stands.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Added {
    /// A row of version 1.
    #[default]
    Absent,
    /// The key is there; `null` where there is nothing to say.
    Is(Option<String>),
}

impl Added {
    /// The row was written before there was such a key.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// What it says, whichever version it is.
    pub fn text(self) -> Option<String> {
        match self {
            Self::Absent => None,
            Self::Is(text) => text,
        }
    }
}

impl Serialize for Added {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent => serializer.serialize_none(),
            Self::Is(text) => text.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Added {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::Is)
    }
}
