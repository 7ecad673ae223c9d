use crate::diag::document::{Node, Table};
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
        let Some(name) = findings.text_node(&entry.key, node, "[\"thon-1\"]") else { continue };
        if let Some(at) = station.zones.iter().position(|zone| zone.id == name) {
            zones.extend(u16::try_from(at).ok().map(ZoneIx));
        } else if let Some(members) = station.groups.get(&name) {
            zones.extend(members);
        } else if matches!(fold(&name).as_str(), "all" | "tatca") {
            zones.extend(all());
        } else {
            unknown_zone(findings, node, &name, station, entry.node.span == node.span);
        }
    }
    zones.sort_unstable();
    zones.dedup();
    (!zones.is_empty()).then_some(zones)
}

fn unknown_zone(findings: &mut Findings<'_>, node: &Node, name: &str, station: &Station, alone: bool) {
    let known = station.zones.iter().map(|zone| zone.id.as_str()).chain(station.groups.keys().map(String::as_str));
    let meant = station.find(name).unwrap_or_default();
    let ids: Vec<&str> = meant.iter().filter_map(|zone| Some(&*station.zones.get(usize::from(zone.0))?.id)).collect();
    let titles = station.zones.iter().find(|zone| fold(&zone.title) == fold(name)).map(|zone| zone.id.as_str());
    let titles = titles.or(if let [only] = ids[..] { Some(only) } else { None });
    // The ninth hamlet is not the first: where the numbers differ, nothing is near.
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let wanted = digits(name);
    let near = titles.or_else(|| nearest(name, known.clone().filter(|id| digits(id) == wanted))).map(shown);
    let list = (alone && ids.len() > 1).then(|| format!("[\"{}\"]", ids.join("\", \"")));
    let all = known.take(12).map(shown).collect::<Vec<_>>().join(", ");
    let name = shown(name);
    findings
        .error(
            "unknown_zone",
            &node.span,
            text!("không có cụm hay nhóm «{name}» trong loa.toml", "there is no zone or group \"{name}\" in loa.toml"),
        )
        .help = Some(match near {
        _ if list.is_some() => {
            let list = list.unwrap_or_default();
            text!("viết: zones = {list}", "write: zones = {list}")
        }
        Some(near) => text!("có phải là \"{near}\"?", "did you mean \"{near}\"?"),
        None => text!("hiện có: {all}", "there are: {all}"),
    });
}
