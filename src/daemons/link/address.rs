use crate::bundle::Locality;
use crate::diag::{Text, text};
use crate::station::Station;

/// Where a box stands for its centre, and what it listens to: all from `[bundle] place` and `[link.zones]`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LinkAddress {
    /// Its place without the country: `p01.c003.h00077`. By it the centre knows the box, whatever key it shows.
    pub path: Locality,
    /// The country, its province, … down to the box itself, then its groups.
    pub places: Vec<HeardPlace>,
}

/// A place whose alarms and schedules concern this box.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeardPlace {
    /// `vn.p01`.
    pub place: Locality,
    /// Who hears an alarm for it, by the zones' ids; nobody named: every zone.
    pub zones: Vec<String>,
}

impl LinkAddress {
    /// Of a station; why it has none where something is missing.
    pub fn of(station: &Station) -> Result<Self, Text> {
        let own = Locality::read(&station.bundle.place).filter(|_| !station.bundle.keys.is_empty());
        let path = own.as_ref().and_then(|own| own.as_str().split_once('.')).and_then(|(_, rest)| Locality::read(rest));
        let (Some(own), Some(path)) = (own, path) else {
            return Err(text!(
                "chưa biết đài này đứng ở đâu và tin khóa nào: viết [bundle] place = \"vn.p01.c003.h00077\" và roots vào loa.toml",
                "the station's place and the keys it trusts are not known: write [bundle] place = \"vn.p01.c003.h00077\" and roots into loa.toml"
            ));
        };
        let written = |place: &str| station.link.zones.iter().find(|(known, _)| known == place);
        let zones_of = |place: &str| written(place).map(|(_, zones)| zones.clone()).unwrap_or_default();
        let ends = own.as_str().match_indices('.').map(|(at, _)| at).chain([own.as_str().len()]);
        let chain: Vec<&str> = ends.map(|end| &own.as_str()[..end]).collect();
        let groups = station.link.zones.iter().map(|(place, _)| place.as_str()).filter(|place| !chain.contains(place));
        let places = chain.iter().copied().chain(groups);
        let heard = |place: &str| Some(HeardPlace { zones: zones_of(place), place: Locality::read(place)? });
        Ok(Self { path, places: places.filter_map(heard).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::SourceFile;
    use crate::station::check;

    fn read(written: &str) -> Result<LinkAddress, Text> {
        let text = format!("[zones.thon-1]\n[zones.thon-2]\n{written}");
        LinkAddress::of(&check(&SourceFile { path: "loa.toml".to_owned(), text }).0)
    }

    #[test]
    fn a_box_listens_to_every_place_that_it_lies_in_and_to_its_groups() {
        let roots: Vec<String> = ["a", "b", "c"].map(|digit| digit.repeat(64)).to_vec();
        let link = "[link]\nservers = [\"nats://a:1\"]\ncredentials = \"x\"\n[link.zones]\n\"vn.p01.g_school\" = [\"thon-2\"]\n\
                    \"vn.p01.c003.h00077\" = [\"thon-1\"]\n";
        let address = read(&format!("[bundle]\nplace = \"vn.p01.c003.h00077\"\nroots = {roots:?}\n{link}")).unwrap();
        assert_eq!(address.path.as_str(), "p01.c003.h00077");
        let heard: Vec<_> = address.places.iter().map(|one| (one.place.as_str(), one.zones.join(","))).collect();
        let all = |place| (place, String::new());
        assert_eq!(
            heard,
            [
                all("vn"),
                all("vn.p01"),
                all("vn.p01.c003"),
                ("vn.p01.c003.h00077", "thon-1".to_owned()),
                ("vn.p01.g_school", "thon-2".to_owned()),
            ]
        );
        assert!(read("").is_err());
        assert!(read(&format!("[bundle]\nplace = \"vn\"\nroots = {roots:?}\n")).is_err());
    }
}
