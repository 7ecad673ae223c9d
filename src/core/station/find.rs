//! Zones by the names that people give them: one way for every command, so that what `plan` understands
//! `alert` does too. A name is an id, a title or a group; capitals, accents, blanks and hyphens do not
//! matter where no other zone is meant by them. A list has commas. What is not understood is never
//! "all" and never "none": it is an error that says what there is.

use std::collections::BTreeSet;

use super::{Station, ZoneIx};
use crate::diag::{Text, fold, nearest, shown, text};

/// More names than a station can have zones and groups are no order for zones.
const NAMES_MOST: usize = 512;

/// So many are listed where a name is not known; the rest are counted.
const LISTED_MOST: usize = 12;

/// What stands for every zone, without accents and blanks: `all`, `tất cả`, `cả xã`.
const EVERY: [&str; 9] =
    ["all", "tatca", "tatcacaccum", "tatcacacthon", "caxa", "toanxa", "toanbo", "moicum", "everywhere"];

/// A name that no zone and no group has, or that more than one could have. What to say about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unknown {
    /// With the names that there are, or the one that was probably meant.
    pub text: Text,
}

impl Station {
    /// Every zone, in its order.
    pub fn every_zone(&self) -> Vec<ZoneIx> {
        (0..self.zones.len()).map_while(|place| u16::try_from(place).ok()).map(ZoneIx).collect()
    }

    /// Whether horns are fed in the zone of this id; of one that is gone from `loa.toml` nobody knows better.
    pub fn is_horn(&self, id: &str) -> bool {
        self.zones.iter().find(|zone| zone.id == id).is_none_or(|zone| zone.output.is_horn())
    }

    /// Whether horns are fed anywhere. Where none are, nobody hears anything of what plays.
    pub fn has_horns(&self) -> bool {
        self.zones.iter().any(|zone| zone.output.is_horn())
    }

    /// Whether a name stands for every zone, and for no group.
    pub fn is_every(&self, name: &str) -> bool {
        let wanted = fold(name);
        EVERY.contains(&wanted.as_str()) && !self.groups.keys().any(|id| fold(id) == wanted)
    }

    /// The zones that `names` mean: one id, title or group, or a list of them with commas. In the station's
    /// order, each once, never none.
    pub fn find(&self, names: &str) -> Result<Vec<ZoneIx>, Unknown> {
        let mut found = BTreeSet::new();
        // A title may have a comma in it.
        if let Some(zones) = self.exactly(names.trim()) {
            return Ok(zones);
        }
        let parts: Vec<&str> = names.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        if parts.is_empty() || parts.len() > NAMES_MOST {
            return Err(self.unknown(names.trim()));
        }
        for part in parts {
            found.extend(self.one(part)?);
        }
        Ok(found.into_iter().collect())
    }

    /// The same for what stands behind an option that may be repeated; every zone where it does not stand.
    pub fn find_all<S: AsRef<str>>(&self, names: &[S]) -> Result<Vec<ZoneIx>, Unknown> {
        if names.is_empty() {
            return Ok(self.every_zone());
        }
        if names.len() > NAMES_MOST {
            return Err(self.unknown(names[0].as_ref()));
        }
        let mut found = BTreeSet::new();
        for name in names {
            found.extend(self.find(name.as_ref())?);
        }
        Ok(found.into_iter().collect())
    }

    /// The one zone that `name` means, where one is needed: a group of one will do.
    pub fn find_one(&self, name: &str) -> Result<ZoneIx, Unknown> {
        match self.find(name)?.as_slice() {
            [only] => Ok(*only),
            several => {
                let (name, zones) = (shown(name), self.titles(several));
                Err(Unknown {
                    text: text!(
                        "«{name}» là nhiều cụm loa ({zones}); ở đây chỉ chọn được một",
                        "\"{name}\" is more than one zone ({zones}); choose one here"
                    ),
                })
            }
        }
    }

    /// What people call these zones: `Thôn 1, Thôn 2`.
    pub fn titles(&self, zones: &[ZoneIx]) -> String {
        let titles = zones.iter().filter_map(|zone| self.zones.get(usize::from(zone.0)));
        titles.map(|zone| shown(&zone.title)).collect::<Vec<_>>().join(", ")
    }

    /// As it is written: an id, a group, or the title of one zone or of several.
    fn exactly(&self, name: &str) -> Option<Vec<ZoneIx>> {
        let of = |is: &dyn Fn(&super::Zone) -> bool| -> Vec<ZoneIx> {
            let zones = self.zones.iter().zip(0u16..).filter(|(zone, _)| is(zone));
            zones.map(|(_, place)| ZoneIx(place)).collect()
        };
        let by_id = of(&|zone| zone.id == name);
        if !by_id.is_empty() {
            return Some(by_id);
        }
        if let Some(group) = self.groups.get(name) {
            return Some(group.clone());
        }
        match of(&|zone| zone.title == name) {
            // Two zones of one title: whoever says it cannot know which.
            titled if titled.len() == 1 => Some(titled),
            _ => None,
        }
    }

    /// The same as `find` for who has something else to ask where a name is not known.
    pub(super) fn understood(&self, names: &str) -> Option<Vec<ZoneIx>> {
        if let Some(zones) = self.exactly(names.trim()) {
            return Some(zones);
        }
        let parts: Vec<&str> = names.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        if parts.is_empty() || parts.len() > NAMES_MOST {
            return None;
        }
        let mut found = BTreeSet::new();
        for part in parts {
            let mut meant = self.exactly(part).map_or_else(|| self.candidates(part), |zones| [zones].into());
            found.extend(meant.pop_first().filter(|_| meant.is_empty())?);
        }
        Some(found.into_iter().collect())
    }

    /// What a name can mean where capitals, accents, blanks and hyphens do not matter.
    fn candidates(&self, name: &str) -> BTreeSet<Vec<ZoneIx>> {
        let wanted = fold(name);
        let mut meant: BTreeSet<Vec<ZoneIx>> = BTreeSet::new();
        if wanted.is_empty() {
            return meant;
        }
        for (zone, place) in self.zones.iter().zip(0u16..) {
            if fold(&zone.id) == wanted || fold(&zone.title) == wanted {
                meant.insert(vec![ZoneIx(place)]);
            }
        }
        meant.extend(self.groups.iter().filter(|(id, _)| fold(id) == wanted).map(|(_, in_it)| in_it.clone()));
        if meant.is_empty() && EVERY.contains(&wanted.as_str()) {
            meant.insert(self.every_zone());
        }
        meant
    }

    fn one(&self, name: &str) -> Result<Vec<ZoneIx>, Unknown> {
        if let Some(zones) = self.exactly(name) {
            return Ok(zones);
        }
        let meant = self.candidates(name);
        match meant.len() {
            1 => Ok(meant.into_iter().flatten().collect()),
            0 => Err(self.unknown(name)),
            _ => {
                let meant: BTreeSet<ZoneIx> = meant.into_iter().flatten().collect();
                let ids = self.listed(meant.into_iter());
                let name = shown(name);
                Err(Unknown {
                    text: text!(
                        "«{name}» có thể là nhiều cụm loa: hãy gõ đúng một trong các tên {ids}",
                        "\"{name}\" could be more than one zone: type one of {ids}"
                    ),
                })
            }
        }
    }

    fn unknown(&self, name: &str) -> Unknown {
        let meant = if name.contains(',') { Vec::new() } else { self.meant(name) };
        if !meant.is_empty() {
            let ids: Vec<String> =
                meant.iter().filter_map(|zone| Some(shown(&self.zones.get(usize::from(zone.0))?.id))).collect();
            let (name, ids) = (shown(name), ids.join(","));
            return Unknown {
                text: text!(
                    "không có cụm loa hay nhóm «{name}»; có phải là «{ids}»?",
                    "there is no zone or group \"{name}\"; did you mean \"{ids}\"?"
                ),
            };
        }
        let names = self.zones.iter().flat_map(|zone| [zone.id.as_str(), zone.title.as_str()]);
        let near = nearest(name, names.chain(self.groups.keys().map(String::as_str)));
        let (name, known) = (shown(name), self.known());
        let text = match near.map(shown) {
            Some(near) => text!(
                "không có cụm loa hay nhóm «{name}»; có phải là «{near}»? Đang có: {known}",
                "there is no zone or group \"{name}\"; did you mean \"{near}\"? There are: {known}"
            ),
            None => text!(
                "không có cụm loa hay nhóm «{name}»; đang có: {known}",
                "there is no zone or group \"{name}\"; there are: {known}"
            ),
        };
        Unknown { text }
    }

    /// The names that can be typed: ids with their titles, then groups.
    fn known(&self) -> String {
        let zones = self.listed(self.every_zone().into_iter());
        let groups: Vec<String> = self.groups.keys().take(LISTED_MOST).map(|id| shown(id)).collect();
        if groups.is_empty() { zones } else { format!("{zones}; {}", groups.join(", ")) }
    }

    fn listed(&self, zones: impl Iterator<Item = ZoneIx>) -> String {
        let zones: Vec<_> = zones.filter_map(|zone| self.zones.get(usize::from(zone.0))).collect();
        let mut listed: Vec<String> = zones
            .iter()
            .take(LISTED_MOST)
            .map(|zone| {
                let (id, title) = (shown(&zone.id), shown(&zone.title));
                if id == title { id } else { format!("{id} ({title})") }
            })
            .collect();
        if zones.len() > LISTED_MOST {
            listed.push(format!("… {}", zones.len()));
        }
        listed.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::station::Zone;

    fn station() -> Station {
        let zone = |id: &str, title: &str| Zone { title: title.to_owned(), ..Zone::named(id.to_owned()) };
        Station {
            zones: vec![
                zone("thon-1", "Thôn 1"),
                zone("thon-2", "Thôn 2"),
                zone("cho", "Chợ, bến xe"),
                zone("thon-11", "Thôn 1-1"),
                zone("a", "Đầu làng"),
                zone("b", "Đầu làng"),
            ],
            groups: [("vung-cao".to_owned(), vec![ZoneIx(1), ZoneIx(3)])].into(),
            ..Station::default()
        }
    }

    #[test]
    fn a_zone_is_found_by_id_title_and_group_in_any_spelling_and_as_a_list() {
        let station = station();
        let table: [(&str, &[u16]); 18] = [
            ("thon-1", &[0]),
            ("Thôn 1", &[0]),
            ("thôn 1", &[0]),
            ("THON 1", &[0]),
            ("thon1", &[0]),
            ("Tho\u{302}n 1", &[0]),
            ("  thon-2 ", &[1]),
            ("vung-cao", &[1, 3]),
            ("Vùng cao", &[1, 3]),
            ("thon-1,thon-2", &[0, 1]),
            ("Thôn 2, thôn 1", &[0, 1]),
            ("thon-2,thon-2,vung-cao", &[1, 3]),
            ("thon-1,", &[0]),
            ("Chợ, bến xe", &[2]),
            ("Thôn 1-1", &[3]),
            ("a", &[4]),
            ("tất cả", &[0, 1, 2, 3, 4, 5]),
            ("all", &[0, 1, 2, 3, 4, 5]),
        ];
        for (name, zones) in table {
            let zones: Vec<ZoneIx> = zones.iter().copied().map(ZoneIx).collect();
            assert_eq!(station.find(name), Ok(zones), "{name:?}");
        }
        assert_eq!(station.find_all::<&str>(&[]).unwrap().len(), 6);
        assert_eq!(station.find_all(&["thon-2", "Thôn 1"]), Ok(vec![ZoneIx(0), ZoneIx(1)]));
    }

    #[test]
    fn what_is_not_understood_is_neither_all_nor_none_and_says_what_there_is() {
        let station = station();
        for name in ["", " ", ",", ", ,", "thon-9x", "thon-1,xyz", "đầu làng", "-"] {
            let refused = station.find(name).expect_err(name).text;
            assert!(refused.vi.contains("thon-1") || refused.vi.contains("b (Đầu làng)"), "{name:?}: {refused:?}");
        }
        assert!(station.find_all(&[""]).is_err(), "an empty name is not every zone");
        assert!(station.find("thon-3").unwrap_err().text.en.contains("did you mean"));
        assert!(station.find("bến xe Chợ").unwrap_err().text.en.contains("there are: thon-1 (Thôn 1)"));
        assert!(station.find_one("vung-cao").unwrap_err().text.vi.contains("Thôn 2, Thôn 1-1"));
        assert_eq!(station.find_one("Thôn 2"), Ok(ZoneIx(1)));
        assert!(station.find(&"x,".repeat(2000)).is_err());
    }
}
