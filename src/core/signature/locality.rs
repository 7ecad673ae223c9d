use std::fmt;

use serde::{Deserialize, Serialize};

/// Parts of a place: country, province, commune, hamlet, box, and some to spare.
const PARTS_MOST: usize = 8;
/// Letters of a part.
const PART_MOST: usize = 32;

/// A place in the tree of boxes, from the country down: `vn.p01.c003.h00077`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Locality(String);

impl Locality {
    /// Small letters, digits, `_` and `-`, with points between.
    pub fn read(written: &str) -> Option<Self> {
        let is_part = |part: &str| {
            (1..=PART_MOST).contains(&part.len())
                && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte))
        };
        let parts: Vec<&str> = written.split('.').collect();
        (parts.len() <= PARTS_MOST && parts.iter().all(|part| is_part(part))).then(|| Self(written.to_owned()))
    }

    /// Whether `other` is this place, or lies in it.
    pub fn covers(&self, other: &Self) -> bool {
        other.0.strip_prefix(&self.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Locality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Locality {
    type Error = &'static str;

    fn try_from(written: String) -> Result<Self, Self::Error> {
        Self::read(&written).ok_or("no place")
    }
}

impl From<Locality> for String {
    fn from(place: Locality) -> Self {
        place.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_covers_itself_and_what_lies_in_it_and_no_neighbour_of_a_like_name() {
        let place = |written| Locality::read(written).unwrap();
        let commune = place("vn.p01.c003");
        assert!(commune.covers(&commune) && commune.covers(&place("vn.p01.c003.h1")));
        for other in ["vn.p01.c0031", "vn.p01", "vn.p01.c004.h1", "p01.c003"] {
            assert!(!commune.covers(&place(other)), "{other}");
        }
        for wrong in ["", ".", "vn.", "vn..p01", "VN", "vn.p01/c003", "vn.*", "vn.>", "xã", "a.b.c.d.e.f.g.h.i"] {
            assert_eq!(Locality::read(wrong), None, "{wrong}");
        }
    }
}
