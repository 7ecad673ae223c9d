use std::ops::Range;

use super::{Ruling, nothing};
use crate::schedule::table_name::is_rules;
use crate::schedule::{Hours, Law, Level, Rules};

/// The rules that hold at a station, by what its files say now and by what held before.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::schedule) struct RuleChoice {
    /// The law.
    pub(in crate::schedule) law: Law,
    /// Where it comes from.
    pub(in crate::schedule) stands: Stands,
}

/// Where the rules that hold come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::schedule) enum Stands {
    /// From the one of the candidates at this place.
    In(usize),
    /// From all of them: what each of them allows.
    Narrower,
    /// From what held before: nothing that stands there now can be used.
    Before,
    /// From what held before, whose file is no longer there: for a while.
    Gone,
    /// From nowhere: the built-in hours.
    BuiltIn,
    /// A file that cannot be read speaks of rules, and nobody knows which.
    Nothing,
}

/// The rules that held before.
#[derive(Clone, Copy, Debug)]
pub(in crate::schedule) struct InForce<'a> {
    /// Their file.
    pub(in crate::schedule) path: &'a str,
    /// What they said.
    pub(in crate::schedule) law: &'a Law,
    /// What has become of the file.
    pub(in crate::schedule) left: Left,
}

/// What has become of the file that held the rules.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::schedule) enum Left {
    /// It is there, and something stands in it.
    There,
    /// It is there, but cannot be read, or nothing stands in it but comments.
    Lost,
    /// It is not there.
    Gone,
    /// It has not been there for so long that its rules hold no more.
    Over,
}

impl InForce<'_> {
    /// Rules that say less than these: something in them is wrong, or they write no hours where these do. A file
    /// that was cut off while it was saved looks like that.
    pub(in crate::schedule) fn outlast(&self, other: &Ruling) -> bool {
        let wrote = |law: &Law| law.station.places.hours.is_some();
        let own =
            |law: &Law, zone| law.zones.get(zone).is_some_and(|rules| rules.places.hours != law.station.places.hours);
        let (before, now) = (self.law, &other.law);
        let dropped = |zone| own(before, zone) && !own(now, zone);
        other.faulty || wrote(before) && !wrote(now) || now.zones.keys().any(dropped)
    }
}

/// Which rules hold. `candidates` are all `[rules]` that stand in files that can be read, each with its file;
/// `unread`: a file that cannot be read speaks of rules, and nothing stands in for it.
///
/// What is wrong, doubled, empty or gone never widens the law: the rules in force stay until others stand alone and
/// whole, those of a file that is gone for a while; where none were in force, only what all of them allow is lawful.
pub(in crate::schedule) fn choose(
    candidates: &[(&str, &Ruling)],
    before: Option<InForce<'_>>,
    unread: bool,
) -> RuleChoice {
    let kept = |before: InForce<'_>| RuleChoice { law: before.law.clone(), stands: Stands::Before };
    let own = |at: usize| RuleChoice { law: candidates[at].1.law.clone(), stands: Stands::In(at) };
    if let Some(before) = before {
        if let Some(at) = candidates.iter().position(|(path, _)| *path == before.path) {
            return if before.outlast(candidates[at].1) { kept(before) } else { own(at) };
        }
        if before.left == Left::Lost || candidates.iter().any(|(_, ruling)| before.outlast(ruling)) {
            return kept(before);
        }
        match before.left {
            Left::There if candidates.is_empty() => return kept(before),
            Left::Gone if candidates.is_empty() => return RuleChoice { stands: Stands::Gone, ..kept(before) },
            _ => {}
        }
    }
    let law = match candidates {
        _ if unread && before.is_none() => return RuleChoice { law: nothing(), stands: Stands::Nothing },
        [] => return RuleChoice { law: Law::default(), stands: Stands::BuiltIn },
        [_] => return own(0),
        [(_, first), rest @ ..] => rest.iter().fold(first.law.clone(), |law, (_, other)| law.narrowed(&other.law)),
    };
    RuleChoice { law, stands: Stands::Narrower }
}

/// Whether a text that cannot be read as a schedule speaks of rules: a line that begins their table, by whatever name
/// people give it, or one that begins their hours.
pub(in crate::schedule) fn mentions(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim_start().trim_start_matches('\u{feff}');
        if line.starts_with('[') {
            let name = line.trim_start_matches(['[', ' ', '\t']).split([']', '.']).next().unwrap_or_default();
            return name.starts_with("rules") || is_rules(name);
        }
        line.starts_with("rules") || line.split(['=', ':']).next().is_some_and(|key| key.trim() == "hours")
    })
}

impl Law {
    /// What both allow.
    fn narrowed(&self, other: &Self) -> Self {
        let zones = self.zones.keys().chain(other.zones.keys());
        let zones = zones.map(|zone| (*zone, self.of(*zone).narrowed(other.of(*zone)))).collect();
        Self { station: self.station.narrowed(&other.station), zones }
    }
}

impl Rules {
    /// What both allow; told as written where `self` is.
    fn narrowed(&self, other: &Self) -> Self {
        let hours = |day: u8| Hours(both(&self.hours_of(day).0, &other.hours_of(day).0));
        let least = |a: Option<_>, b: Option<_>| a.into_iter().chain(b).min();
        let quiet = other.volume.iter().filter(|level| level.db < 0.0).cloned();
        let mut places = self.places.clone();
        places.hours = places.hours.or_else(|| other.places.hours.clone());
        Self {
            hours: Hours(both(&self.hours.0, &other.hours.0)),
            hours_on: [0, 1, 2, 3, 4, 5, 6].map(|day| Some(hours(day))),
            cancelled: Vec::new(),
            days: self.days & other.days,
            max_session: least(self.max_session, other.max_session),
            max_sessions_per_day: self.max_sessions_per_day.into_iter().chain(other.max_sessions_per_day).min(),
            volume: self.volume.iter().cloned().chain(quiet).collect::<Vec<Level>>(),
            places,
        }
    }
}

/// What stands in both.
fn both(a: &[Range<u32>], b: &[Range<u32>]) -> Vec<Range<u32>> {
    let common = a.iter().flat_map(|a| b.iter().map(|b| a.start.max(b.start)..a.end.min(b.end)));
    let mut common: Vec<Range<u32>> = common.filter(|range| range.start < range.end).collect();
    common.sort_by_key(|range| range.start);
    common
}

#[cfg(test)]
#[expect(clippy::single_range_in_vec_init, reason = "one range of hours is meant, not its seconds")]
mod tests {
    use super::*;

    /// What stands in the files, what held before, whether a file is unread; which rules hold, and their hours.
    type Case<'a> = (&'a [(&'a str, &'a Ruling)], Option<InForce<'a>>, bool, Stands, Vec<Range<u32>>);

    fn ruling(hours: Vec<Range<u32>>, faulty: bool) -> Ruling {
        Ruling { law: Law::from(Rules { hours: Hours(hours), ..Rules::default() }), span: 0..1, faulty }
    }

    #[test]
    fn what_is_wrong_doubled_or_empty_never_widens_the_law() {
        let (own, wide) = (ruling(vec![5..6, 17..18], false), ruling(vec![0..24], false));
        let (bad, narrow) = (ruling(vec![], true), ruling(vec![17..19], false));
        let before = |left| Some(InForce { path: "r", law: &own.law, left });
        let own_law = own.law.station.hours.0.clone();
        let built_in = Rules::default().hours.0;
        let table: [Case<'_>; 17] = [
            (&[("r", &own)], None, false, Stands::In(0), own_law.clone()),
            (&[("r", &own)], before(Left::There), false, Stands::In(0), own_law.clone()),
            // The file of the rules may change its own; a wrong one does not.
            (&[("r", &wide)], before(Left::There), false, Stands::In(0), vec![0..24]),
            (&[("r", &bad)], before(Left::There), false, Stands::Before, own_law.clone()),
            (&[("r", &bad)], None, false, Stands::In(0), vec![]),
            // A second place changes nothing, wide or narrow, before it or behind it by name.
            (&[("000", &wide), ("r", &own)], before(Left::There), false, Stands::In(1), own_law.clone()),
            (&[("r", &own), ("z", &bad)], before(Left::There), false, Stands::In(0), own_law.clone()),
            (&[("000", &wide)], before(Left::Lost), false, Stands::Before, own_law.clone()),
            (&[("000", &wide), ("r", &narrow)], None, false, Stands::Narrower, vec![17..19]),
            // Without any, those before hold, of a file that is gone for a while; or the only other place.
            (&[], before(Left::There), false, Stands::Before, own_law.clone()),
            (&[], before(Left::Lost), false, Stands::Before, own_law.clone()),
            (&[], before(Left::Gone), false, Stands::Gone, own_law.clone()),
            (&[], before(Left::Over), false, Stands::BuiltIn, built_in),
            (&[("neu", &narrow)], before(Left::There), false, Stands::In(0), vec![17..19]),
            (&[("neu", &narrow)], before(Left::Gone), false, Stands::In(0), vec![17..19]),
            (&[("neu", &bad)], before(Left::There), false, Stands::Before, own_law.clone()),
            // Nothing is known of rules that cannot be read.
            (&[("000", &wide)], None, true, Stands::Nothing, vec![]),
        ];
        for (candidates, before, unread, stands, hours) in table {
            let choice = choose(candidates, before, unread);
            assert_eq!((choice.stands, &choice.law.station.hours_of(0).0), (stands, &hours), "{candidates:?}");
        }
    }

    #[test]
    fn a_text_that_speaks_of_rules_is_known_by_its_header() {
        for text in ["[rules]\nhours = [", "x\n  [ rules.zones.a]", "\u{feff}[rules\n", "rules = {"] {
            assert!(mentions(text), "{text:?}");
        }
        for text in ["", "# [rules]", "[[broadcast]]\ntitle = \"rules\""] {
            assert!(!mentions(text), "{text:?}");
        }
    }
}
