//! Zones in the words of somebody who did not write their names: `thon-1 và thon-2`, `Thôn 1 đến 3`, `tất cả trừ chợ`, a
//! number alone. For cures: what is proposed is read again, and by a person, before it counts.

use std::collections::BTreeSet;

use super::{Station, ZoneIx};
use crate::diag::document::counted;
use crate::diag::fold;

/// More words than this are no list of zones.
const WORDS_MOST: usize = 40;

/// What stands between "all" and those that are left out.
const BUT: [&str; 6] = [" trừ ", " ngoại trừ ", " ngoài ", " except ", " but ", " không có "];

/// What stands between the first and the last of a row.
const TO: [&str; 6] = ["..", " đến ", " tới ", " to ", "–", "-"];

impl Station {
    /// The zones that somebody means by `written`, where `find` knows no such name; empty where nobody can tell.
    pub fn meant(&self, written: &str) -> Vec<ZoneIx> {
        let plain = written.trim().to_lowercase();
        if plain.split_whitespace().count() > WORDS_MOST {
            return Vec::new();
        }
        let known = |name: &str| self.understood(name);
        let listed =
            [" và ", " and ", ";", "&", "+", "/"].iter().fold(plain.clone(), |all, sign| all.replace(sign, ","));
        if let Some(zones) = known(&listed) {
            return zones;
        }
        if let Some((all, left_out)) = BUT.iter().find_map(|but| plain.split_once(but))
            && let (Some(all), Some(left_out)) = (known(all), known(left_out))
        {
            return all.into_iter().filter(|zone| !left_out.contains(zone)).collect();
        }
        let rows: Option<Vec<Vec<ZoneIx>>> =
            listed.split(',').filter(|part| !part.trim().is_empty()).map(|part| self.row(part.trim())).collect();
        rows.map(|rows| rows.into_iter().flatten().collect::<BTreeSet<_>>().into_iter().collect()).unwrap_or_default()
    }

    /// One part of a list: a name, a row of numbers, names with blanks between, a number.
    fn row(&self, part: &str) -> Option<Vec<ZoneIx>> {
        if let Some(zones) = self.understood(part) {
            return Some(zones);
        }
        if let Some((first, last)) = TO.iter().find_map(|to| self.ends(part, to)) {
            return (first <= last).then(|| (first.0..=last.0).map(ZoneIx).collect());
        }
        let words: Option<Vec<Vec<ZoneIx>>> = part.split_whitespace().map(|word| self.understood(word)).collect();
        if let Some(zones) = words.filter(|words| words.len() > 1) {
            return Some(zones.into_iter().flatten().collect());
        }
        self.numbered(part).map(|zone| vec![zone])
    }

    /// Both ends of `thon-1..thon-3`, `Thôn 1 đến 3`.
    fn ends(&self, part: &str, to: &str) -> Option<(ZoneIx, ZoneIx)> {
        let (first, last) = part.split_once(to)?;
        let one = |name: &str| match self.understood(name.trim()).as_deref() {
            Some([only]) => Some(*only),
            _ => self.numbered(name.trim()),
        };
        Some((one(first)?, one(last)?))
    }

    /// The only zone whose name ends in the number of `written`, and begins as it does: `1`, `thôn một`, `thon-01`.
    fn numbered(&self, written: &str) -> Option<ZoneIx> {
        let number = counted(written)?;
        let (stem, digits) = stem(written);
        if digits.is_none() && written.contains(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let is_meant = |name: &str| {
            let (own, digits) = self::stem(name);
            digits.and_then(|digits| digits.parse().ok()) == Some(number) && (stem.is_empty() || own == stem)
        };
        let mut found = self.zones.iter().zip(0u16..).filter(|(zone, _)| is_meant(&zone.id) || is_meant(&zone.title));
        let (_, place) = found.next()?;
        found.next().is_none().then_some(ZoneIx(place))
    }
}

/// A name without its number or the word for one, folded; and the digits.
fn stem(name: &str) -> (String, Option<&str>) {
    let name = name.trim();
    let bare = name.trim_end_matches(|c: char| c.is_ascii_digit());
    if bare.len() < name.len() {
        return (fold(bare), name.get(bare.len()..));
    }
    let words: Vec<&str> = name.split_whitespace().collect();
    let words = words.split_last().map_or(&[][..], |(_, rest)| rest);
    (fold(&words.concat()), None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::station::Zone;

    #[test]
    fn zones_in_other_words_are_understood_or_nobody_is_meant() {
        let zone = |id: &str, title: &str| Zone { title: title.to_owned(), ..Zone::named(id.to_owned()) };
        let station = Station {
            zones: vec![
                zone("thon-1", "Thôn 1"),
                zone("thon-2", "Thôn 2"),
                zone("thon-3", "Thôn 3"),
                zone("cho", "Chợ"),
            ],
            groups: [("vung-cao".to_owned(), vec![ZoneIx(1), ZoneIx(2)])].into(),
            ..Station::default()
        };
        let table: [(&str, &[u16]); 22] = [
            ("thon-1, thon-2", &[0, 1]),
            ("thon-1 và chợ", &[0, 3]),
            ("thon-1; thon-3", &[0, 2]),
            ("thon-1 thon-2", &[0, 1]),
            ("thon-1..thon-3", &[0, 1, 2]),
            ("Thôn 1 đến 3", &[0, 1, 2]),
            ("thôn 1-3", &[0, 1, 2]),
            ("thôn 1-2, chợ", &[0, 1, 3]),
            ("1-2", &[0, 1]),
            ("2", &[1]),
            ("1, 3", &[0, 2]),
            ("Thôn Một", &[0]),
            ("thon-01", &[0]),
            ("tất cả trừ chợ", &[0, 1, 2]),
            ("cả xã trừ vùng cao", &[0, 3]),
            ("toàn xã", &[0, 1, 2, 3]),
            ("9", &[]),
            ("thon-9", &[]),
            ("xóm 1", &[]),
            ("thon-1, xyz", &[]),
            ("3-1", &[]),
            ("", &[]),
        ];
        for (written, zones) in table {
            let zones: Vec<ZoneIx> = zones.iter().copied().map(ZoneIx).collect();
            assert_eq!(station.meant(written), zones, "{written:?}");
        }
        assert!(station.meant(&"1, ".repeat(5_000)).is_empty());
    }
}
