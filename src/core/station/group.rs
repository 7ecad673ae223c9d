use std::collections::BTreeMap;

use super::zone::zone_id;
use super::{Station, Zone, ZoneIx};
use crate::diag::document::{KeyValue, Node};
use crate::diag::{Findings, nearest, shown, text};

/// Groups are for people to remember.
const MAX_GROUPS: usize = 256;

/// Check `[groups]` against the zones that stand. A member that is not known is left out.
pub(super) fn groups(findings: &mut Findings<'_>, entry: &KeyValue, zones: &[Zone]) -> BTreeMap<String, Vec<ZoneIx>> {
    let mut groups = BTreeMap::new();
    let Some(table) = findings.table(entry, "[groups]") else { return groups };
    for entry in table.entries.iter().filter(|entry| !entry.broken) {
        if groups.len() == MAX_GROUPS {
            findings
                .error(
                    "too_many_groups",
                    &entry.key_span,
                    text!("quá {MAX_GROUPS} nhóm", "more than {MAX_GROUPS} groups"),
                )
                .help = Some(text!("bớt nhóm đi", "use fewer groups"));
            break;
        }
        let Some(id) = zone_id(findings, entry) else { continue };
        if zones.iter().any(|zone| zone.id == id) || id == "all" {
            let id = shown(&id);
            findings
                .error(
                    "duplicate_id",
                    &entry.key_span,
                    text!(
                        "«{id}» đã là tên một cụm, không dùng cho nhóm được",
                        "\"{id}\" is taken; a group needs a name of its own"
                    ),
                )
                .help = Some(text!("đặt tên khác cho nhóm", "give the group another name"));
            continue;
        }
        let members = members(findings, entry, zones);
        if !members.is_empty() {
            groups.insert(id, members);
        }
    }
    groups
}

pub(super) fn members(findings: &mut Findings<'_>, entry: &KeyValue, zones: &[Zone]) -> Vec<ZoneIx> {
    let mut members = Vec::new();
    for node in entry.node.items() {
        let Some(name) = findings.text_node(&shown(&entry.key), node, "[\"thon-1\", \"thon-2\"]") else { continue };
        let at = zones.iter().position(|zone| zone.id == name).and_then(|at| u16::try_from(at).ok());
        members.extend(at.map(ZoneIx));
        if at.is_none() {
            unknown_zone(findings, node, &name, zones);
        }
    }
    members.sort_unstable();
    members.dedup();
    if members.is_empty() && entry.node.items().is_empty() {
        findings
            .error("empty_group", &entry.node.span, text!("nhóm này không có cụm nào", "this group has no zone"))
            .help = Some(text!("ghi tên các cụm, hoặc xóa nhóm", "name its zones, or delete it"));
    }
    members
}

fn unknown_zone(findings: &mut Findings<'_>, node: &Node, name: &str, zones: &[Zone]) {
    let station = Station { zones: zones.to_vec(), ..Station::default() };
    let meant: Vec<String> =
        station.meant(name).iter().filter_map(|zone| Some(shown(&zones.get(usize::from(zone.0))?.id))).collect();
    let near = if meant.is_empty() {
        // The ninth hamlet is not the first: where the numbers differ, nothing is near.
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let wanted = digits(name);
        nearest(name, zones.iter().map(|zone| zone.id.as_str()).filter(|id| digits(id) == wanted)).map(shown)
    } else {
        Some(meant.join("\", \""))
    };
    let all = zones.iter().take(12).map(|zone| shown(&zone.id)).collect::<Vec<_>>().join(", ");
    let name = shown(name);
    findings.error("unknown_zone", &node.span, text!("không có cụm «{name}»", "there is no zone \"{name}\"")).help =
        Some(match near {
            Some(near) => text!("có phải là \"{near}\"?", "did you mean \"{near}\"?"),
            None => text!("các cụm hiện có: {all}", "the zones are: {all}"),
        });
}
