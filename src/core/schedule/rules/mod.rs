//! `[rules]` and `[rules.zones.ID]`: from what is written to the [`Law`]. `key` reads one key of
//! either, `volume` the levels by hour; here they become the rules of each zone. What is written wrong
//! is not there, or falls back to something narrow, so that a slip of the pen never makes a village louder.
//! `choice` says which rules hold where several stand, or none. Never asks what time it is and refuses
//! nothing: that is the plan's. Called by the check of a file, and by the joining of files.

mod choice;
mod key;
mod volume;

pub(super) use choice::{InForce, Left, RuleChoice, Stands, choose, mentions};

use key::{KEYS, Written};

use super::{Law, Rules, place_of};
use crate::diag::document::KeyValue;
use crate::diag::{Findings, nearest, shown, text};
use crate::schedule::Place;
use crate::station::{Station, ZoneIx};

/// A day has 24 hours to name; nobody writes more ranges than that.
const MAX_RANGES: usize = 24;
/// The word under which zones have their own rules.
const ZONES: &str = "zones";

/// `[rules]` of one file.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Ruling {
    pub(super) law: Law,
    pub(super) span: std::ops::Range<usize>,
    /// Something in it is wrong: the law is what could be read of it.
    pub(super) faulty: bool,
}

/// Check `[rules]`.
pub(super) fn rules(findings: &mut Findings<'_>, entry: &KeyValue, station: &Station) -> Ruling {
    let (errors, span) = (findings.errors(), entry.key_span.clone());
    let Some(table) = findings.table(entry, "[rules]") else {
        return Ruling { law: nothing(), span, faulty: true };
    };
    findings.unknown_keys(table, &[KEYS[0], KEYS[1], KEYS[2], KEYS[3], KEYS[4], ZONES]);
    let station_rules = Written::read(findings, table, &[ZONES]).over(&Rules::default());
    let mut law = Law { station: station_rules, ..Law::default() };
    if let Some(entry) = table.get(ZONES) {
        zones(findings, entry, station, &mut law);
    }
    Ruling { law, span, faulty: findings.errors() != errors }
}

/// Rules under a name that is not theirs (`[rule]`): they are told as that, and nothing may sound by them.
pub(super) fn misnamed(entry: &KeyValue) -> Ruling {
    Ruling { law: nothing(), span: entry.key_span.clone(), faulty: true }
}

/// The law by which nothing but an emergency may sound.
fn nothing() -> Law {
    Law::from(Rules { hours: crate::schedule::Hours(Vec::new()), ..Rules::default() })
}

/// `[rules.zones.ID]`: of groups first, in the order written, then of single zones, so that what is
/// said of one zone holds whatever its groups say.
fn zones(findings: &mut Findings<'_>, entry: &KeyValue, station: &Station, law: &mut Law) {
    let Some(table) = findings.table(entry, "[rules.zones.thon-1]") else { return };
    let mut of_zones: Vec<(Vec<ZoneIx>, Written)> = Vec::new();
    let mut of_groups = Vec::new();
    for entry in &table.entries {
        let id = crate::diag::document::clean(&entry.key);
        let Some(own) = findings.table(entry, &format!("[rules.zones.{}]", shown(&id))) else { continue };
        findings.unknown_keys(own, &KEYS);
        let written = Written::read(findings, own, &[]);
        let zone = station.zones.iter().position(|zone| zone.id == id).and_then(|at| u16::try_from(at).ok());
        if let Some(zone) = zone {
            of_zones.push((vec![ZoneIx(zone)], written));
        } else if let Some(members) = station.groups.get(&id) {
            of_groups.push((members.clone(), written));
        } else {
            unknown(findings, entry, &id, station);
        }
    }
    for (zones, written) in of_groups.into_iter().chain(of_zones) {
        for zone in zones {
            let own = written.over(law.of(zone));
            law.zones.insert(zone, own);
        }
    }
}

fn unknown(findings: &mut Findings<'_>, entry: &KeyValue, id: &str, station: &Station) {
    let known = station.zones.iter().map(|zone| zone.id.as_str()).chain(station.groups.keys().map(String::as_str));
    let near = nearest(id, known.clone()).map(shown);
    let all = known.take(12).map(shown).collect::<Vec<_>>().join(", ");
    let id = shown(id);
    findings
        .error(
            "unknown_zone",
            &entry.key_span,
            text!(
                "không có cụm hay nhóm «{id}» trong loa.toml, nên quy định riêng này không dùng cho ai",
                "there is no zone or group \"{id}\" in loa.toml, so these rules hold for nobody"
            ),
        )
        .help = Some(match near {
        Some(near) => text!("có phải là [rules.zones.{near}]?", "did you mean [rules.zones.{near}]?"),
        None => text!("hiện có: {all}", "there are: {all}"),
    });
}

/// Where a key stands.
fn place(findings: &Findings<'_>, entry: &KeyValue) -> Place {
    place_of(findings, &(entry.key_span.start..entry.node.span.end))
}
