use crate::signature::Locality;

/// The commune in which a place lies: what is written before its last part. A place of one part is its own.
pub fn commune(place: &Locality) -> Locality {
    let above = place.as_str().rsplit_once('.').map_or(place.as_str(), |(above, _)| above);
    Locality::read(above).unwrap_or_else(|| place.clone())
}
