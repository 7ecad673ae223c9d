//! Whether a place lies in an area: by the shapes on the map, by codes, by names.

use loa_core::diag::fold;
use loa_core::station::CapPlace;

use crate::info::{CapArea, CapShape};

/// Mean radius of the Earth, in kilometres (IUGG).
const EARTH_KM: f64 = 6_371.008_8;

/// Whether any of what is known of a place says that it lies in the area.
pub fn is_in_area(place: &CapPlace, area: &CapArea) -> bool {
    let is_inside = |at: (f64, f64)| area.shapes.iter().any(|shape| shape.holds(at));
    place.at.is_some_and(is_inside) || place.areas.iter().any(|known| is_named(known, area))
}

/// `24778`, `GSO=24778`, `xã Đông Giang`.
fn is_named(known: &str, area: &CapArea) -> bool {
    let is_code = |(name, value): &(String, String)| match known.split_once('=') {
        Some((list, code)) => name.eq_ignore_ascii_case(list.trim()) && value == code.trim(),
        None => value == known,
    };
    area.geocodes.iter().any(is_code) || (!folded(known).is_empty() && is_told(known, &area.description))
}

/// Whether a name stands in what an area is called. One with commas, as `xã Đông Giang, tỉnh Lâm Đồng`, is all of it, or parts of
/// it that follow each other, so that the commune of that name in another province is not meant.
fn is_told(name: &str, description: &str) -> bool {
    let wanted = by_comma(name);
    let mut lists = description.split([';', '\n', '–', '(', ')']).map(by_comma);
    let is_whole = wanted.len() > 1 && bare(name) == bare(description);
    // A name whose commas part nothing from nothing would stand everywhere.
    is_whole || (!wanted.is_empty() && lists.any(|list| list.windows(wanted.len()).any(|some| some == wanted)))
}

fn by_comma(names: &str) -> Vec<String> {
    names.split(',').map(bare).filter(|name| !name.is_empty()).collect()
}

/// Without marks, capitals, spaces and signs.
fn bare(name: &str) -> String {
    fold(name).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The same; a name of digits only is a code, and is no name.
fn folded(name: &str) -> String {
    let bare = bare(name);
    if bare.chars().all(|c| c.is_ascii_digit()) { String::new() } else { bare }
}

impl CapShape {
    /// Whether a point lies in it, its border included as far as arithmetic goes.
    fn holds(&self, at: (f64, f64)) -> bool {
        match self {
            Self::Polygon(corners) => is_within(at, corners),
            Self::Circle(middle, reach) => distance_km(at, *middle) <= *reach,
        }
    }
}

/// How many sides lie east of the point: an odd number where it is inside. Sides are straight on a map in degrees, as CAP has
/// them; one that goes more than half way round is not read as a shape.
fn is_within((latitude, longitude): (f64, f64), corners: &[(f64, f64)]) -> bool {
    let mut is_inside = false;
    for side in corners.windows(2) {
        let (from, to) = (side[0], side[1]);
        if (from.0 > latitude) != (to.0 > latitude) {
            let crossing = from.1 + (latitude - from.0) / (to.0 - from.0) * (to.1 - from.1);
            // Borders count as inside: whoever lives on one had better hear it.
            if crossing >= longitude {
                is_inside = !is_inside;
            }
        }
    }
    is_inside
}

/// Along the surface of a sphere (haversine).
fn distance_km(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (north, east) = ((b.0 - a.0).to_radians(), (b.1 - a.1).to_radians());
    let half =
        (north / 2.0).sin().powi(2) + a.0.to_radians().cos() * b.0.to_radians().cos() * (east / 2.0).sin().powi(2);
    2.0 * EARTH_KM * half.sqrt().min(1.0).asin()
}
