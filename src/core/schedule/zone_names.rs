use crate::diag::document::{KeyValue, Node, Table, TomlValue, clean};
use crate::diag::{Findings, fold, nearest, shown, text};
use crate::station::{Station, ZoneIx};

/// As many names as a station can have zones and groups.
const MAX_ZONE_NAMES: usize = 512;

/// The zones that are named under `zones`; all where the key is not there, and none where nothing of it is known.
pub(super) fn zones(findings: &mut Findings<'_>, table: &Table, station: &Station) -> Option<Vec<ZoneIx>> {
    let all = || (0..station.zones.len()).filter_map(|at| u16::try_from(at).ok()).map(ZoneIx).collect::<Vec<_>>();
    let Some(entry) = table.get("zones") else { return Some(all()) };
    let mut zones = Vec::new();
    for node in findings.bounded(entry, MAX_ZONE_NAMES)? {
        if let TomlValue::Integer(number) = node.value {
            numbered(findings, entry, node, number, station);
            continue;
        }
        let example = station.zones.first().map_or_else(|| "all".to_owned(), |zone| shown(&zone.id));
        let Some(name) = findings.text_node(&entry.key, node, &format!("[\"{example}\"]")) else { continue };
        if let Some(at) = station.zones.iter().position(|zone| zone.id == name) {
            zones.extend(u16::try_from(at).ok().map(ZoneIx));
        } else if let Some(members) = station.groups.get(&name) {
            zones.extend(members);
        } else if station.is_every(&name) {
            zones.extend(all());
        } else {
            unknown_zone(findings, entry, node, &name, station);
        }
    }
    zones.sort_unstable();
    zones.dedup();
    (!zones.is_empty()).then_some(zones)
}

/// `zones = 1`: a number is no name, and yet as good as certain which zone is meant.
fn numbered(findings: &mut Findings<'_>, entry: &KeyValue, node: &Node, number: i64, station: &Station) {
    let meant = station.meant(&number.to_string());
    let name = match ids(&meant, station).as_slice() {
        [only] => only.clone(),
        _ => station.zones.first().map_or_else(|| "all".to_owned(), |zone| shown(&zone.id)),
    };
    let message = text!("«{number}» là số, không phải tên cụm loa", "{number} is a number and not the name of a zone");
    findings.error("wrong_type", &node.span, message).help = Some(match whole_list(entry, station) {
        Some(list) => text!("viết: zones = [{list}]", "write: zones = [{list}]"),
        None => text!("viết tên cụm loa: \"{name}\"", "write the name of the zone: \"{name}\""),
    });
}

/// The list as it was meant, every element of it; `None` where one is not understood.
fn whole_list(entry: &KeyValue, station: &Station) -> Option<String> {
    let mut names: Vec<String> = Vec::new();
    for node in entry.node.items().iter().take(MAX_ZONE_NAMES) {
        let name = match &node.value {
            TomlValue::Text(name) => clean(name),
            TomlValue::Integer(number) => number.to_string(),
            _ => return None,
        };
        let known = station.zones.iter().any(|zone| zone.id == name) || station.groups.contains_key(&name);
        let meant =
            if known || station.is_every(&name) { vec![shown(&name)] } else { ids(&station.meant(&name), station) };
        if meant.is_empty() {
            return None;
        }
        names.extend(meant);
    }
    let mut seen = Vec::new();
    names.retain(|name| {
        !seen.contains(name) && {
            seen.push(name.clone());
            true
        }
    });
    let list: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    Some(list.join(", "))
}

fn ids(zones: &[ZoneIx], station: &Station) -> Vec<String> {
    zones.iter().filter_map(|zone| Some(shown(&station.zones.get(usize::from(zone.0))?.id))).collect()
}

fn unknown_zone(findings: &mut Findings<'_>, entry: &KeyValue, node: &Node, name: &str, station: &Station) {
    let known = station.zones.iter().map(|zone| zone.id.as_str()).chain(station.groups.keys().map(String::as_str));
    let meant = station.meant(name);
    // Several zones in one text: the list is written anew.
    let list = whole_list(entry, station).filter(|_| meant.len() > 1);
    let titled = || station.zones.iter().find(|zone| fold(&zone.title) == fold(name)).map(|zone| shown(&zone.id));
    let near = match ids(&meant, station).as_slice() {
        [only] => Some(only.clone()),
        _ => titled(),
    };
    // The ninth hamlet is not the first: where the numbers differ, nothing is near.
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let wanted = digits(name);
    let near = near.or_else(|| nearest(name, known.clone().filter(|id| digits(id) == wanted)).map(shown));
    let all = known.take(12).map(shown).collect::<Vec<_>>().join(", ");
    let name = shown(name);
    findings
        .error(
            "unknown_zone",
            &node.span,
            text!("không có cụm hay nhóm «{name}» trong loa.toml", "there is no zone or group \"{name}\" in loa.toml"),
        )
        .help = Some(match (list, near) {
        (Some(list), _) => text!("viết: zones = [{list}]", "write: zones = [{list}]"),
        (None, Some(near)) => text!("có phải là \"{near}\"?", "did you mean \"{near}\"?"),
        (None, None) => text!("hiện có: {all}", "there are: {all}"),
    });
}
