//! What an alarm says of one danger in one language (CAP 1.2 §3.2.2 to §3.2.4). Nothing in it is refused: what cannot be read is as
//! if it were not known, and stands among the doubts.

use std::collections::BTreeSet;

use jiff::Timestamp;
use loa_core::station::{CapCertainty, CapSeverity, CapUrgency};
use roxmltree::Node;

use crate::refusal::BadCap;
use crate::said::{
    NAME_MOST, SHAPES_MOST, WORDS_MOST, codes, instant, many, needed, one_of, optional, points, rest, several,
};
use crate::time::CapTimes;

/// A country has some hundred districts.
const AREAS_MOST: usize = 500;
/// A border drawn to the metre.
const POINTS_MOST: usize = 20_000;
/// Sounds, pictures, pages.
const RESOURCES_MOST: usize = 50;
/// Letters of a shape in a sentence about it.
const SHOWN_MOST: usize = 60;

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
    /// What to do, in the words of CAP: `Evacuate`, `AllClear`, …
    pub responses: Vec<String>,
    /// What is written otherwise than CAP has it.
    pub doubts: Vec<BadCap>,
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
    /// Something of where it is could not be read: it may be anywhere.
    pub is_unclear: bool,
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

/// What could be read, and what could not.
struct InfoReading<'a, 't> {
    node: Node<'a, 't>,
    doubts: Vec<BadCap>,
}

impl InfoReading<'_, '_> {
    fn or_doubt<T>(&mut self, read: Result<T, BadCap>) -> Option<T> {
        read.map_err(|why| self.doubts.push(why)).ok()
    }

    fn said(&mut self, name: &'static str, most: usize) -> String {
        let read = optional(self.node, name, most);
        self.or_doubt(read).flatten().unwrap_or_default()
    }

    /// What is empty is not said.
    fn when(&mut self, name: &'static str) -> Option<Timestamp> {
        let said = self.said(name, NAME_MOST);
        if said.is_empty() {
            return None;
        }
        let at = self.or_doubt(instant(name, &said))?;
        self.doubts.extend(at.doubt(name));
        Some(at.means)
    }

    fn level<T: Copy>(&mut self, name: &'static str, known: &'static [(&'static str, T)], otherwise: T) -> T {
        let read = one_of(self.node, name, known);
        let Some(level) = self.or_doubt(read) else { return otherwise };
        self.doubts.extend(level.doubt(name));
        level.means
    }

    fn all(&mut self, name: &'static str, most: usize) -> Vec<String> {
        let read = several(self.node, name, most);
        self.or_doubt(read).unwrap_or_default()
    }
}

impl CapInfo {
    pub(crate) fn read(node: Node<'_, '_>, sent: Timestamp) -> Self {
        let mut reading = InfoReading { node, doubts: Vec::new() };
        let (effective, expires) = (reading.when("effective"), reading.when("expires"));
        let language = reading.said("language", NAME_MOST);
        let event = needed(node, "event", NAME_MOST);
        let areas = many(node, "area", AREAS_MOST);
        let areas = reading.or_doubt(areas).unwrap_or_default();
        let areas = areas.into_iter().map(|area| CapArea::read(area, &mut reading.doubts)).collect();
        let resources = many(node, "resource", RESOURCES_MOST).unwrap_or_default();
        let event_codes = codes(node, "eventCode");
        Self {
            language: if language.is_empty() { "en-US".to_owned() } else { language },
            categories: reading.all("category", SHAPES_MOST),
            // Whoever is asked sees at least what is left of it.
            event: reading.or_doubt(event).unwrap_or_else(|| rest(node, "event", NAME_MOST)),
            event_codes: reading.or_doubt(event_codes).unwrap_or_default(),
            urgency: reading.level("urgency", CapUrgency::ALL, CapUrgency::Unknown),
            severity: reading.level("severity", CapSeverity::ALL, CapSeverity::Unknown),
            certainty: reading.level("certainty", CapCertainty::ALL, CapCertainty::Unknown),
            times: CapTimes::of(sent, effective, expires),
            onset: reading.when("onset"),
            sender_name: reading.said("senderName", NAME_MOST),
            headline: reading.said("headline", WORDS_MOST),
            description: reading.said("description", WORDS_MOST),
            instruction: reading.said("instruction", WORDS_MOST),
            areas,
            resources: resources.into_iter().map(CapResource::read).collect(),
            responses: reading.all("responseType", SHAPES_MOST),
            doubts: reading.doubts,
        }
    }

    /// Its headline, or what the danger is called.
    pub fn title(&self) -> &str {
        if self.headline.is_empty() { &self.event } else { &self.headline }
    }

    /// Whether it says nothing of how bad the danger is that could be read: then a rule that looks at that decides nothing.
    pub(crate) fn is_unread(&self) -> bool {
        let weighty = ["event", "urgency", "severity", "certainty"];
        self.doubts.iter().any(|doubt| weighty.contains(&doubt.name()))
    }
}

impl CapArea {
    fn read(node: Node<'_, '_>, doubts: &mut Vec<BadCap>) -> Self {
        let mut reading = InfoReading { node, doubts: Vec::new() };
        let (polygons, circles) = (reading.all("polygon", SHAPES_MOST), reading.all("circle", SHAPES_MOST));
        let description = reading.said("areaDesc", WORDS_MOST);
        let geocodes = codes(node, "geocode");
        let geocodes = reading.or_doubt(geocodes).unwrap_or_default();
        // What was read in another way than CAP has it is doubtful; what was not read may be anywhere.
        let mut is_unclear = !reading.doubts.is_empty();
        let mut shapes = Vec::new();
        let drawn = polygons.iter().map(|drawn| ("polygon", drawn, polygon(drawn)));
        let drawn = drawn.chain(circles.iter().map(|drawn| ("circle", drawn, circle(drawn))));
        for (name, drawn, read) in drawn.filter(|(_, drawn, _)| !drawn.is_empty()) {
            if !matches!(read, Some((_, false))) {
                reading.doubts.push(BadCap::Value(name, drawn.chars().take(SHOWN_MOST).collect()));
            }
            is_unclear |= read.is_none();
            shapes.extend(read.map(|(shape, _)| shape));
        }
        if shapes.is_empty() && geocodes.is_empty() && description.is_empty() && !is_unclear {
            reading.doubts.push(BadCap::Missing("areaDesc"));
            is_unclear = true;
        }
        doubts.extend(reading.doubts);
        Self { description, shapes, geocodes, is_unclear }
    }
}

/// A polygon, and whether it is written otherwise than CAP has it: open, or with spaces where none belong.
fn polygon(drawn: &str) -> Option<(CapShape, bool)> {
    let (mut corners, is_odd) = points(drawn)?;
    let is_open = corners.first() != corners.last();
    if is_open {
        corners.extend(corners.first().copied());
    }
    let different: BTreeSet<_> = corners.iter().map(|(north, east)| (north.to_bits(), east.to_bits())).collect();
    // A side that goes more than half way round is that of the whole world, or of a strip along the line of dates: nobody knows.
    let is_wide = corners.windows(2).any(|side| (side[0].1 - side[1].1).abs() > 180.0);
    let is_shape = different.len() >= 3 && corners.len() <= POINTS_MOST && !is_wide;
    is_shape.then_some((CapShape::Polygon(corners), is_open || is_odd))
}

/// A circle, and the same of it.
fn circle(drawn: &str) -> Option<(CapShape, bool)> {
    let (middle, reach) = drawn.rsplit_once(char::is_whitespace)?;
    let reach: f64 = reach.parse().ok()?;
    let (middle, is_odd) = points(middle)?;
    let is_circle = middle.len() == 1 && reach.is_finite() && reach >= 0.0;
    is_circle.then(|| (CapShape::Circle(middle[0], reach), is_odd))
}

impl CapResource {
    fn read(node: Node<'_, '_>) -> Self {
        let said = |name| optional(node, name, WORDS_MOST).ok().flatten().unwrap_or_default();
        Self { description: said("resourceDesc"), kind: said("mimeType"), address: said("uri") }
    }
}
