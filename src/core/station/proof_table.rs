use std::sync::Arc;

use super::group::members;
use super::relay_table::{command, line_in};
use super::zone::title;
use super::{ProofInput, Relay, RelaySource, Zone, ZoneIx};
use crate::diag::document::{KeyValue, Table};
use crate::diag::{Findings, shown, text};

/// What is wrong of it.
const CODE: &str = "bad_proof";
/// Inputs: a microphone for each horn that is worth one.
const INPUTS_MOST: usize = 32;
const KEYS: [&str; 4] = ["title", "line-in", "command", "zones"];
const EXAMPLE: &str = "line-in = \"plughw:1\"";

/// Check `[proof]` against the zones that stand. Those that name their zones go before one that does not, which hears the
/// rest.
pub(super) fn proof(findings: &mut Findings<'_>, entry: &KeyValue, zones: &[Zone]) -> Vec<ProofInput> {
    let Some(table) = findings.table(entry, "[proof.san-xa]") else { return Vec::new() };
    let mut inputs: Vec<ProofInput> = Vec::new();
    let mut general = None;
    for entry in table.entries.iter().filter(|entry| !entry.broken).take(INPUTS_MOST) {
        let id = shown(&entry.key);
        let Some(table) = findings.table(entry, &format!("[proof.{id}]")) else { continue };
        findings.unknown_keys(table, &KEYS);
        let Some(source) = source(findings, entry, table) else { continue };
        let name = table.get("title").filter(|entry| !entry.broken).and_then(|entry| title(findings, entry));
        let title = name.filter(|name| !name.is_empty()).unwrap_or_else(|| entry.key.clone());
        let source = Arc::new(Relay { id: entry.key.clone(), title, source, otherwise: Vec::new() });
        let Some(named) = table.get("zones") else {
            if general.replace(source).is_some() {
                let said = text!(
                    "«{id}»: đã có một ngõ vào khác nghe mọi cụm còn lại",
                    "\"{id}\": another input hears all other zones already"
                );
                findings.error(CODE, &entry.key_span, said).help = Some(text!(
                    "ghi các cụm mà nó nghe: zones = [\"thon-1\"]",
                    "name the zones that it hears: zones = [\"thon-1\"]"
                ));
            }
            continue;
        };
        let mut heard = members(findings, named, zones);
        let taken = |zone: &ZoneIx| inputs.iter().any(|input| input.zones.contains(zone));
        if let Some(zone) = heard.iter().find(|zone| taken(zone)).and_then(|zone| zones.get(usize::from(zone.0))) {
            let zone = shown(&zone.id);
            let said = text!("cụm «{zone}» đã có ngõ vào khác nghe", "the zone \"{zone}\" is heard by another input");
            findings.error(CODE, &named.node.span, said).help =
                Some(text!("bỏ cụm ấy ở một trong hai", "take it out of one of the two"));
        }
        heard.retain(|zone| !taken(zone));
        inputs.push(ProofInput { source, zones: heard });
    }
    if let Some(source) = general {
        let rest = (0..zones.len() as u16).map(ZoneIx);
        let zones = rest.filter(|zone| !inputs.iter().any(|input| input.zones.contains(zone))).collect();
        inputs.push(ProofInput { source, zones });
    }
    inputs
}

/// A capture device, or a program: one of them.
fn source(findings: &mut Findings<'_>, entry: &KeyValue, table: &Table) -> Option<RelaySource> {
    let id = shown(&entry.key);
    match (table.get("line-in"), table.get("command")) {
        (Some(line), None) => (!line.broken).then(|| line_in(findings, line, CODE)).flatten(),
        (None, Some(words)) => {
            let words = (!words.broken).then(|| command(findings, words, CODE)).flatten()?;
            Some(RelaySource::Command(words))
        }
        (written, _) => {
            let said = if written.is_some() {
                text!("ngõ vào «{id}» ghi hai nguồn; chỉ được một", "the input \"{id}\" has two sources; it takes one")
            } else {
                text!(
                    "ngõ vào «{id}» chưa ghi lấy tiếng từ đâu",
                    "the input \"{id}\" does not say where its sound comes from"
                )
            };
            findings.error(CODE, &entry.key_span, said).help = Some(text!(
                "viết một dòng: {EXAMPLE}, hoặc command = […]",
                "write one line: {EXAMPLE}, or command = […]"
            ));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diag::SourceFile;
    use crate::station::{RelaySource, ZoneIx, check};

    const ZONES: &str =
        "[zones.thon-1]\noutput = \"null\"\n[zones.thon-2]\noutput = \"null\"\n[zones.thon-3]\noutput = \"null\"\n";

    fn checked(written: &str) -> (crate::station::Station, Vec<&'static str>) {
        let source = SourceFile { path: "loa.toml".to_owned(), text: format!("{ZONES}{written}") };
        let (station, found) = check(&source);
        (station, found.iter().map(|one| one.code).collect())
    }

    #[test]
    fn an_input_hears_the_zones_it_names_and_one_that_names_none_hears_the_rest() {
        let (station, found) = checked(
            "[proof.chung]\ncommand = [\"arecord\", \"-\"]\n[proof.thon-2]\ntitle = \"Micro thôn 2\"\nline-in = \"plughw:1\"\nzones = [\"thon-2\"]\n",
        );
        assert!(found.is_empty(), "{found:?}");
        let of = |zone| station.proof_of(ZoneIx(zone)).unwrap();
        assert_eq!(of(1).source.source, RelaySource::LineIn("plughw:1".to_owned()));
        assert_eq!((of(0).source.id.as_str(), of(2).source.id.as_str()), ("chung", "chung"));
        // It is asked for by a name that no relay has.
        assert_eq!(station.source(&of(1).asked()).map(|source| source.title.as_str()), Some("Micro thôn 2"));
        assert!(station.source("thon-2").is_none());
    }

    #[test]
    fn one_that_is_wrong_is_told_and_left_out() {
        for (written, codes) in [
            ("[proof.a]\n", vec!["bad_proof"]),
            ("[proof.a]\nline-in = \"x\"\ncommand = [\"y\"]\n", vec!["bad_proof"]),
            ("[proof.a]\ncommand = []\n", vec!["bad_proof"]),
            ("[proof.a]\nline-in = \"\"\n", vec!["bad_proof"]),
            ("[proof.a]\nline-in = \"x\"\n[proof.b]\nline-in = \"y\"\n", vec!["bad_proof"]),
            ("[proof.a]\nline-in = \"x\"\nzones = [\"thon-9\"]\n", vec!["unknown_zone"]),
            (
                "[proof.a]\nline-in = \"x\"\nzones = [\"thon-1\"]\n[proof.b]\nline-in = \"y\"\nzones = [\"thon-1\"]\n",
                vec!["bad_proof"],
            ),
        ] {
            assert_eq!(checked(written).1, codes, "{written}");
        }
    }
}
