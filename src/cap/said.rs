use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{TimeZone, offset};
use roxmltree::Node;

use crate::refusal::BadCap;
use crate::tree::{children, torn, words};

/// A name that stands in addresses, journals and on pages.
pub(crate) const NAME_MOST: usize = 300;
/// What is read out or shown; CAP gives no limit.
pub(crate) const WORDS_MOST: usize = 20_000;

/// Codes and shapes of one area.
pub(crate) const SHAPES_MOST: usize = 1_000;

/// What an element means, and how it was written where CAP writes it otherwise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct SaidWord<T> {
    pub(crate) means: T,
    odd: Option<String>,
}

impl<T> SaidWord<T> {
    pub(crate) fn doubt(&self, name: &'static str) -> Option<BadCap> {
        self.odd.clone().map(|said| BadCap::Value(name, said))
    }
}

/// What the one element of this name says; none where there is none.
pub(crate) fn optional(node: Node<'_, '_>, name: &'static str, most: usize) -> Result<Option<String>, BadCap> {
    let mut all = children(node, name);
    let Some(found) = all.next() else { return Ok(None) };
    if all.next().is_some() {
        return Err(BadCap::Missing(name));
    }
    let said = words(found).ok_or(BadCap::Missing(name))?;
    // Cut, an alarm could say the contrary.
    if said.len() > most {
        return Err(BadCap::Value(name, said.chars().take(40).collect()));
    }
    Ok(Some(said))
}

pub(crate) fn needed(node: Node<'_, '_>, name: &'static str, most: usize) -> Result<String, BadCap> {
    optional(node, name, most)?.filter(|said| !said.is_empty()).ok_or(BadCap::Missing(name))
}

/// What can still be read of the one element of this name that is not written as CAP has it; nothing where there are two.
pub(crate) fn rest(node: Node<'_, '_>, name: &'static str, most: usize) -> String {
    let mut all = children(node, name);
    let (Some(found), None) = (all.next(), all.next()) else { return String::new() };
    let said = torn(found);
    if said.len() > most { String::new() } else { said }
}

pub(crate) fn many<'a, 't>(node: Node<'a, 't>, name: &'static str, most: usize) -> Result<Vec<Node<'a, 't>>, BadCap> {
    let all: Vec<_> = children(node, name).take(most + 1).collect();
    limited(name, all.len(), most)?;
    Ok(all)
}

pub(crate) fn several(node: Node<'_, '_>, name: &'static str, most: usize) -> Result<Vec<String>, BadCap> {
    many(node, name, most)?.into_iter().map(|one| words(one).ok_or(BadCap::Missing(name))).collect()
}

/// `valueName` and `value` of each; one that is empty says nothing.
pub(crate) fn codes(node: Node<'_, '_>, name: &'static str) -> Result<Vec<(String, String)>, BadCap> {
    let said = |one, name| optional(one, name, NAME_MOST).map(Option::unwrap_or_default);
    let all = many(node, name, SHAPES_MOST)?.into_iter();
    let all = all.map(|one| Ok((said(one, "valueName")?, said(one, "value")?))).collect::<Result<Vec<_>, _>>()?;
    Ok(all.into_iter().filter(|(_, value)| !value.is_empty()).collect())
}

pub(crate) const fn limited(name: &'static str, count: usize, most: usize) -> Result<(), BadCap> {
    if count > most { Err(BadCap::Many(name, most)) } else { Ok(()) }
}

/// One of the words of CAP; in other capitals it is odd, and means the same.
pub(crate) fn one_of<T: Copy>(
    node: Node<'_, '_>,
    name: &'static str,
    known: &[(&str, T)],
) -> Result<SaidWord<T>, BadCap> {
    let said = needed(node, name, NAME_MOST)?;
    let is_meant = |(word, _): &&(&str, T)| word.eq_ignore_ascii_case(&said);
    let Some((word, means)) = known.iter().find(is_meant) else { return Err(BadCap::Value(name, said)) };
    Ok(SaidWord { means: *means, odd: (*word != said).then_some(said) })
}

/// §3.2.1: names hold no spaces, commas, `<` or `&`, which would make references to them ambiguous.
pub(crate) fn plain(name: &'static str, said: String) -> Result<String, BadCap> {
    let is_strange = |c: char| c.is_whitespace() || c.is_control() || matches!(c, ',' | '<' | '&' | '[' | ']');
    if said.contains(is_strange) { Err(BadCap::Value(name, said)) } else { Ok(said) }
}

/// `2026-11-29T03:04:05+07:00`: the offset is written (§3.3.2). CAP wants it by digits; `Z` is as clear, and in use. Without one it
/// is odd, and taken for the time of Vietnam.
pub(crate) fn instant(name: &'static str, said: &str) -> Result<SaidWord<Timestamp>, BadCap> {
    let is_whole = said.as_bytes().get(10) == Some(&b'T') && !said.ends_with(']');
    let wrong = || BadCap::Value(name, said.to_owned());
    if !is_whole {
        return Err(wrong());
    }
    if let Ok(means) = said.parse() {
        return Ok(SaidWord { means, odd: None });
    }
    let local: DateTime = said.parse().map_err(|_| wrong())?;
    let zoned = local.to_zoned(TimeZone::fixed(offset(7))).map_err(|_| wrong())?;
    Ok(SaidWord { means: zoned.timestamp(), odd: Some(said.to_owned()) })
}

/// `11.94,108.44 11.95,108.45`; whether there are spaces or commas where none belong.
pub(crate) fn points(said: &str) -> Option<(Vec<(f64, f64)>, bool)> {
    let strict: Option<Vec<_>> = said.split_whitespace().map(point).collect();
    if let Some(points) = strict {
        return Some((points, false));
    }
    // Only one way is left to read it: so many numbers, two by two.
    let numbers: Vec<f64> = said
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|number| !number.is_empty())
        .map(|number| number.parse().ok())
        .collect::<Option<_>>()?;
    let pairs = numbers.chunks(2).map(|pair| match pair {
        [latitude, longitude] => on_earth(*latitude, *longitude),
        _ => None,
    });
    pairs.collect::<Option<Vec<_>>>().map(|points| (points, true))
}

/// `11.94,108.44`.
fn point(said: &str) -> Option<(f64, f64)> {
    let (latitude, longitude) = said.split_once(',')?;
    on_earth(latitude.parse().ok()?, longitude.parse().ok()?)
}

fn on_earth(latitude: f64, longitude: f64) -> Option<(f64, f64)> {
    ((-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude)).then_some((latitude, longitude))
}
