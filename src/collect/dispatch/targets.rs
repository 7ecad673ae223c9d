use loa_core::diag::{shown, text};
use loa_core::signature::Locality;

use super::DispatchError;
use crate::fleet::Register;

/// A place or a group that something is sent to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Addressee {
    /// With the country: `vn.p01.c003`.
    pub place: Locality,
    /// The boxes that hear it, by their paths.
    pub stations: Vec<Locality>,
}

impl Addressee {
    /// A place in the register, with all that hear it.
    pub fn of(register: &Register, place: Locality) -> Self {
        let hears = register.stations().filter(|(_, known)| known.zones.contains(&place));
        let stations = hears.map(|(path, _)| path.clone()).collect();
        Self { place, stations }
    }

    /// More than one commune hears it: the country, a province, or a group of it.
    pub fn is_wide(&self) -> bool {
        let communes =
            self.stations.iter().map(|path| path.as_str().rsplit_once('.').map_or("", |(commune, _)| commune));
        let mut communes: Vec<&str> = communes.collect();
        communes.sort_unstable();
        communes.dedup();
        communes.len() > 1
    }

    /// One box alone hears it.
    pub fn is_single(&self) -> bool {
        self.stations.len() == 1
    }
}

/// The place of a box, with the country.
pub(crate) fn place_of(path: &Locality) -> Locality {
    Locality::read(&format!("vn.{path}")).unwrap_or_else(|| path.clone())
}

/// Places as somebody has typed them: `p01.c003` or `vn.p01.c003`. Each is one that boxes of the register hear.
pub fn targets(register: &Register, written: &[String]) -> Result<Vec<Addressee>, DispatchError> {
    let mut targets: Vec<Addressee> = Vec::new();
    for written in written {
        let is_whole = written == "vn" || written.starts_with("vn.");
        let place = Locality::read(&if is_whole { written.clone() } else { format!("vn.{written}") });
        let unknown = || {
            let written = shown(written);
            DispatchError::Refused(text!(
                "không có nơi «{written}» trong sổ của mạng, hay chưa máy nào nghe nơi ấy: xem loa fleet status",
                "there is no place \"{written}\" in the register, or no box hears it: see loa fleet status"
            ))
        };
        let target = Addressee::of(register, place.ok_or_else(unknown)?);
        if target.stations.is_empty() {
            return Err(unknown());
        }
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    Ok(targets)
}
