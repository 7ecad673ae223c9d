//! What an alarm says, as CAP 1.2 has it (§3.2). Read from the tree that was verified; what is not needed to judge or to show it is
//! left in the document.

use std::str::FromStr;

use jiff::Timestamp;
use loa_core::station::{CapCertainty, CapSeverity, CapUrgency};
use roxmltree::Node;

use crate::refusal::BadCap;
use crate::time::CapTimes;
use crate::tree::{children, words};

/// Languages times hazards: an alarm for a country has some tens.
const INFOS_MOST: usize = 64;
/// A country has some hundred districts.
const AREAS_MOST: usize = 500;
/// Codes and shapes of one area.
const SHAPES_MOST: usize = 1_000;
/// A border drawn to the metre.
const POINTS_MOST: usize = 20_000;
/// Alarms that one message takes back or renews.
const REFERENCES_MOST: usize = 100;
/// Sounds, pictures, pages.
const RESOURCES_MOST: usize = 50;
/// A name that stands in addresses, journals and on pages.
const NAME_MOST: usize = 300;
/// What is read out or shown; CAP gives no limit.
const WORDS_MOST: usize = 20_000;

/// What an alarm is known by (§3.2.1): whoever wants it to be heard a second time gives it another name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
pub struct CapIdentity {
    /// Who sent it, as he calls himself.
    pub sender: String,
    /// What he calls it.
    pub identifier: String,
    /// When he sent it.
    pub sent: Timestamp,
}

/// Whether it is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CapStatus {
    /// It is.
    Actual,
    /// A drill.
    Exercise,
    /// Between programs.
    System,
    /// A test.
    Test,
    /// Nothing yet.
    Draft,
}

/// What kind of message it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CapMessage {
    /// A new alarm.
    Alert,
    /// In the place of earlier ones.
    Update,
    /// Earlier ones are taken back.
    Cancel,
    /// Somebody has taken one.
    Ack,
    /// Somebody has refused one.
    Error,
}

/// Whom it is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CapScope {
    /// Everybody.
    Public,
    /// Those whom a rule names.
    Restricted,
    /// Those whom it names.
    Private,
}

/// An alarm.
#[derive(Clone, PartialEq, Debug)]
pub struct CapAlert {
    /// What it is known by.
    pub identity: CapIdentity,
    /// Whether it is meant.
    pub status: CapStatus,
    /// What kind of message it is.
    pub message: CapMessage,
    /// Whom it is for.
    pub scope: CapScope,
    /// What is said to those who pass it on.
    pub note: String,
    /// The earlier ones that it is about.
    pub references: Vec<CapIdentity>,
    /// What it says, one for each language and danger.
    pub infos: Vec<CapInfo>,
}

/// What an alarm says of one danger, in one language.
#[derive(Clone, PartialEq, Debug)]
pub struct CapInfo {
    /// `vi-VN`; `en-US` where it is not written.
    pub language: String,
    /// `Met`, `Geo`, `Fire`, …
    pub categories: Vec<String>,
    /// The danger, in its words.
    pub event: String,
    /// The danger, in the codes of some list: its name, its value.
    pub event_codes: Vec<(String, String)>,
    /// How soon something is to be done.
    pub urgency: CapUrgency,
    /// How bad it is.
    pub severity: CapSeverity,
    /// How sure it is.
    pub certainty: CapCertainty,
    /// When it holds.
    pub times: CapTimes,
    /// When the danger itself begins.
    pub onset: Option<Timestamp>,
    /// Who warns, as people call him.
    pub sender_name: String,
    /// In a sentence.
    pub headline: String,
    /// In full.
    pub description: String,
    /// What to do.
    pub instruction: String,
    /// Where.
    pub areas: Vec<CapArea>,
    /// What belongs to it.
    pub resources: Vec<CapResource>,
}

/// Somewhere.
#[derive(Clone, PartialEq, Debug)]
pub struct CapArea {
    /// In words.
    pub description: String,
    /// On the map.
    pub shapes: Vec<CapShape>,
    /// In the codes of some list: its name, its value.
    pub geocodes: Vec<(String, String)>,
}

/// A shape on the map, in degrees of WGS 84: latitude, longitude.
#[derive(Clone, PartialEq, Debug)]
pub enum CapShape {
    /// Its corners; the last is the first.
    Polygon(Vec<(f64, f64)>),
    /// Its middle and how far it reaches, in kilometres.
    Circle((f64, f64), f64),
}

/// Something that belongs to an alarm. It is named, and never fetched: nobody has signed what lies at its address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CapResource {
    /// What it is.
    pub description: String,
    /// `image/png`.
    pub kind: String,
    /// Where it lies.
    pub address: String,
}

impl CapAlert {
    /// Read an `alert` from its tree.
    pub(crate) fn read(root: Node<'_, '_>) -> Result<Self, BadCap> {
        let sent = instant("sent", &needed(root, "sent", NAME_MOST)?)?;
        let identity = CapIdentity {
            sender: plain("sender", needed(root, "sender", NAME_MOST)?)?,
            identifier: plain("identifier", needed(root, "identifier", NAME_MOST)?)?,
            sent,
        };
        let message = one_of(root, "msgType", MESSAGES)?;
        let references = optional(root, "references", WORDS_MOST)?.unwrap_or_default();
        let references = references.split_whitespace().map(reference).collect::<Result<Vec<_>, _>>()?;
        limited("references", references.len(), REFERENCES_MOST)?;
        let infos = many(root, "info", INFOS_MOST)?;
        Ok(Self {
            identity,
            status: one_of(root, "status", STATUSES)?,
            message,
            scope: one_of(root, "scope", SCOPES)?,
            note: optional(root, "note", WORDS_MOST)?.unwrap_or_default(),
            references,
            infos: infos.into_iter().map(|info| CapInfo::read(info, sent)).collect::<Result<_, _>>()?,
        })
    }
}

impl CapInfo {
    fn read(node: Node<'_, '_>, sent: Timestamp) -> Result<Self, BadCap> {
        let said = |name, most| optional(node, name, most).map(Option::unwrap_or_default);
        let when = |name| optional(node, name, NAME_MOST)?.map(|said| instant(name, &said)).transpose();
        let (effective, expires): (Option<Timestamp>, Option<Timestamp>) = (when("effective")?, when("expires")?);
        let language = said("language", NAME_MOST)?;
        let resources = many(node, "resource", RESOURCES_MOST)?;
        let areas = many(node, "area", AREAS_MOST)?;
        Ok(Self {
            language: if language.is_empty() { "en-US".to_owned() } else { language },
            categories: several(node, "category", SHAPES_MOST)?,
            event: needed(node, "event", NAME_MOST)?,
            event_codes: codes(node, "eventCode")?,
            urgency: one_of(node, "urgency", CapUrgency::ALL)?,
            severity: one_of(node, "severity", CapSeverity::ALL)?,
            certainty: one_of(node, "certainty", CapCertainty::ALL)?,
            times: CapTimes::of(sent, effective, expires),
            onset: when("onset")?,
            sender_name: said("senderName", NAME_MOST)?,
            headline: said("headline", WORDS_MOST)?,
            description: said("description", WORDS_MOST)?,
            instruction: said("instruction", WORDS_MOST)?,
            areas: areas.into_iter().map(CapArea::read).collect::<Result<_, _>>()?,
            resources: resources.into_iter().map(CapResource::read).collect::<Result<_, _>>()?,
        })
    }

    /// Its headline, or what the danger is called.
    pub fn title(&self) -> &str {
        if self.headline.is_empty() { &self.event } else { &self.headline }
    }
}

impl CapArea {
    fn read(node: Node<'_, '_>) -> Result<Self, BadCap> {
        let mut shapes = Vec::new();
        for drawn in several(node, "polygon", SHAPES_MOST)?.iter().filter(|drawn| !drawn.is_empty()) {
            let wrong = || BadCap::Value("polygon", drawn.clone());
            let corners: Vec<(f64, f64)> =
                drawn.split_whitespace().map(point).collect::<Option<_>>().ok_or_else(wrong)?;
            limited("polygon", corners.len(), POINTS_MOST)?;
            if corners.len() < 4 || corners.first() != corners.last() {
                return Err(wrong());
            }
            shapes.push(CapShape::Polygon(corners));
        }
        for drawn in several(node, "circle", SHAPES_MOST)?.iter().filter(|drawn| !drawn.is_empty()) {
            let read = || {
                let (middle, reach) = drawn.split_once(char::is_whitespace)?;
                let reach: f64 = reach.trim().parse().ok()?;
                (reach.is_finite() && reach >= 0.0).then_some(CapShape::Circle(point(middle)?, reach))
            };
            shapes.push(read().ok_or_else(|| BadCap::Value("circle", drawn.clone()))?);
        }
        Ok(Self { description: needed(node, "areaDesc", WORDS_MOST)?, shapes, geocodes: codes(node, "geocode")? })
    }
}

impl CapResource {
    fn read(node: Node<'_, '_>) -> Result<Self, BadCap> {
        let said = |name| optional(node, name, WORDS_MOST).map(Option::unwrap_or_default);
        Ok(Self { description: said("resourceDesc")?, kind: said("mimeType")?, address: said("uri")? })
    }
}

const STATUSES: &[(&str, CapStatus)] = &[
    ("Actual", CapStatus::Actual),
    ("Exercise", CapStatus::Exercise),
    ("System", CapStatus::System),
    ("Test", CapStatus::Test),
    ("Draft", CapStatus::Draft),
];
const MESSAGES: &[(&str, CapMessage)] = &[
    ("Alert", CapMessage::Alert),
    ("Update", CapMessage::Update),
    ("Cancel", CapMessage::Cancel),
    ("Ack", CapMessage::Ack),
    ("Error", CapMessage::Error),
];
const SCOPES: &[(&str, CapScope)] =
    &[("Public", CapScope::Public), ("Restricted", CapScope::Restricted), ("Private", CapScope::Private)];

impl FromStr for CapIdentity {
    type Err = BadCap;
    /// `sender,identifier,sent`, as `references` has it.
    fn from_str(written: &str) -> Result<Self, BadCap> {
        let parts: Vec<&str> = written.split(',').collect();
        let [sender, identifier, sent] = parts.as_slice() else {
            return Err(BadCap::Value("references", written.to_owned()));
        };
        Ok(Self {
            sender: (*sender).to_owned(),
            identifier: (*identifier).to_owned(),
            sent: instant("references", sent)?,
        })
    }
}

fn reference(written: &str) -> Result<CapIdentity, BadCap> {
    written.parse()
}

/// What the one element of this name says; none where there is none.
fn optional(node: Node<'_, '_>, name: &'static str, most: usize) -> Result<Option<String>, BadCap> {
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

fn needed(node: Node<'_, '_>, name: &'static str, most: usize) -> Result<String, BadCap> {
    optional(node, name, most)?.filter(|said| !said.is_empty()).ok_or(BadCap::Missing(name))
}

fn many<'a, 't>(node: Node<'a, 't>, name: &'static str, most: usize) -> Result<Vec<Node<'a, 't>>, BadCap> {
    let all: Vec<_> = children(node, name).take(most + 1).collect();
    limited(name, all.len(), most)?;
    Ok(all)
}

fn several(node: Node<'_, '_>, name: &'static str, most: usize) -> Result<Vec<String>, BadCap> {
    many(node, name, most)?.into_iter().map(|one| words(one).ok_or(BadCap::Missing(name))).collect()
}

/// `valueName` and `value` of each.
fn codes(node: Node<'_, '_>, name: &'static str) -> Result<Vec<(String, String)>, BadCap> {
    let all = many(node, name, SHAPES_MOST)?.into_iter();
    all.map(|one| Ok((needed(one, "valueName", NAME_MOST)?, needed(one, "value", NAME_MOST)?))).collect()
}

const fn limited(name: &'static str, count: usize, most: usize) -> Result<(), BadCap> {
    if count > most { Err(BadCap::Many(name, most)) } else { Ok(()) }
}

fn one_of<T: Copy>(node: Node<'_, '_>, name: &'static str, known: &[(&str, T)]) -> Result<T, BadCap> {
    let said = needed(node, name, NAME_MOST)?;
    let found = known.iter().find(|(word, _)| *word == said);
    found.map(|(_, means)| *means).ok_or(BadCap::Value(name, said))
}

/// §3.2.1: names hold no spaces, commas, `<` or `&`, which would make references to them ambiguous.
fn plain(name: &'static str, said: String) -> Result<String, BadCap> {
    let is_strange = |c: char| c.is_whitespace() || c.is_control() || matches!(c, ',' | '<' | '&' | '[' | ']');
    if said.contains(is_strange) { Err(BadCap::Value(name, said)) } else { Ok(said) }
}

/// `2026-11-29T03:04:05+07:00`: the offset is written (§3.3.2). CAP wants it by digits; `Z` is as clear, and in use.
fn instant(name: &'static str, said: &str) -> Result<Timestamp, BadCap> {
    let is_whole = said.as_bytes().get(10) == Some(&b'T') && !said.ends_with(']');
    said.parse().ok().filter(|_| is_whole).ok_or_else(|| BadCap::Value(name, said.to_owned()))
}

/// `11.94,108.44`.
fn point(said: &str) -> Option<(f64, f64)> {
    let (latitude, longitude) = said.split_once(',')?;
    let (latitude, longitude): (f64, f64) = (latitude.parse().ok()?, longitude.parse().ok()?);
    ((-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude)).then_some((latitude, longitude))
}
