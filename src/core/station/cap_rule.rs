use super::cap_place::words;
use super::{CapAct, CapCertainty, CapRule, CapSender, CapSeverity, CapUrgency, Emergency};
use crate::diag::document::{Choice, KeyValue, Node, Table, TomlValue};
use crate::diag::{Findings, fold, nearest, shown, text};

const RULE_KEYS: [&str; 7] = ["event", "severity", "urgency", "certainty", "from", "do", "preset"];
const ACTS: [Choice<CapAct>; 3] = [
    Choice { word: "sound", also: &["phat", "phatngay", "alert", "play"], means: CapAct::Sound },
    Choice { word: "ask", also: &["hoi", "hoinguoi", "cho", "wait"], means: CapAct::Ask },
    Choice { word: "show", also: &["hien", "chihien", "chixem", "none", "ignore"], means: CapAct::Show },
];

/// What somebody reads through on one page.
const RULES_MOST: usize = 50;

/// Check `[[cap.rules]]`.
pub(super) fn rules(
    findings: &mut Findings<'_>,
    entry: &KeyValue,
    senders: &[CapSender],
    emergency: &Emergency,
) -> Vec<CapRule> {
    let mut all = Vec::new();
    let TomlValue::List(items) = &entry.node.value else {
        let wanted = text!("các bảng [[cap.rules]]", "tables [[cap.rules]]");
        findings.wrong_type(&entry.key, &entry.node, &wanted, "[{ severity = [\"extreme\"], do = \"ask\" }]");
        return all;
    };
    for node in items {
        let Some(table) = node.table() else {
            let wanted = text!("một bảng", "a table");
            findings.wrong_type(&entry.key, node, &wanted, "[{ severity = [\"extreme\"], do = \"ask\" }]");
            continue;
        };
        if all.len() == RULES_MOST {
            findings
                .error(
                    "too_many_rules",
                    &node.span,
                    text!(
                        "quá {RULES_MOST} quy tắc; từ đây bị bỏ qua",
                        "more than {RULES_MOST} rules; from here on they are left out"
                    ),
                )
                .help = Some(text!("gộp các quy tắc giống nhau", "join those that are alike"));
            break;
        }
        all.push(rule(findings, node, table, senders, emergency));
    }
    all
}

/// A rule of which something cannot be read asks a person where it was to sound: it could be meant for less.
fn rule(
    findings: &mut Findings<'_>,
    node: &Node,
    table: &Table,
    senders: &[CapSender],
    emergency: &Emergency,
) -> CapRule {
    findings.unknown_keys(table, &RULE_KEYS);
    let mut is_whole = table.entries.iter().all(|entry| !entry.broken && RULE_KEYS.contains(&entry.key.as_str()));
    let get = |key: &str| table.get(key).filter(|entry| !entry.broken);
    let mut list = |findings: &mut Findings<'_>, key: &str, example: &str| {
        let Some(entry) = get(key) else { return Vec::new() };
        let (words, is_read) = words(findings, entry, example);
        is_whole &= is_read && !words.is_empty();
        words
    };
    let events = list(findings, "event", "[\"lũ\", \"flood\"]");
    let from = list(findings, "from", "[\"dai-khi-tuong\"]");
    let mut is_known = true;
    let severity = levels(findings, get("severity"), CapSeverity::ALL, &mut is_known);
    let urgency = levels(findings, get("urgency"), CapUrgency::ALL, &mut is_known);
    let certainty = levels(findings, get("certainty"), CapCertainty::ALL, &mut is_known);
    for name in from.iter().filter(|name| !senders.iter().any(|sender| sender.id == **name)) {
        is_known = false;
        let span = get("from").map(|entry| entry.node.span.clone()).unwrap_or_default();
        unknown(findings, "unknown_sender", &span, name, senders.iter().map(|sender| sender.id.as_str()));
    }
    let act = get("do").and_then(|entry| findings.choice(entry, &ACTS));
    let mut preset = get("preset").and_then(|entry| findings.text(entry, "\"lu\"").map(|name| (entry, name)));
    if let Some((entry, name)) = preset.take_if(|(_, name)| emergency.preset(name).is_none()) {
        is_known = false;
        let known = emergency.presets.iter().map(|preset| preset.id.as_str());
        unknown(findings, "unknown_preset", &entry.node.span, &name, known);
    }
    let preset = preset.map(|(_, name)| name);
    if act.is_none() && get("do").is_none() {
        findings
            .error(
                "missing_key",
                &node.span,
                text!("quy tắc này thiếu «do»; đài sẽ hỏi người", "this rule has no `do`; a person is asked"),
            )
            .help = Some(text!(
            "viết thêm: do = \"ask\" (hoặc \"sound\", \"show\")",
            "add: do = \"ask\" (or \"sound\", \"show\")"
        ));
    }
    let mut act = act.unwrap_or(CapAct::Ask);
    if act == CapAct::Sound && preset.is_none() && get("preset").is_none() {
        let span = get("do").map(|entry| entry.node.span.clone()).unwrap_or_default();
        let id = emergency.presets.first().map_or("lu", |preset| preset.id.as_str());
        findings
            .error(
                "missing_key",
                &span,
                text!(
                    "phát ngay thì phải nói phát báo động nào; đài sẽ hỏi người",
                    "what sounds at once has to say which alarm it plays; a person is asked"
                ),
            )
            .help = Some(text!("viết thêm: preset = \"{id}\"", "add: preset = \"{id}\""));
        act = CapAct::Ask;
    }
    if act == CapAct::Sound && !(is_whole && is_known) {
        act = CapAct::Ask;
    }
    CapRule { events, severity, urgency, certainty, senders: from, act, preset }
}

fn unknown<'k>(
    findings: &mut Findings<'_>,
    code: &'static str,
    span: &std::ops::Range<usize>,
    name: &str,
    known: impl Iterator<Item = &'k str> + Clone,
) {
    let (near, all) = (nearest(name, known.clone()), crate::diag::figure::joined(known));
    let name = shown(name);
    findings
        .error(
            code,
            span,
            text!(
                "không có «{name}» trong loa.toml; đài sẽ hỏi người",
                "there is no \"{name}\" in loa.toml; a person is asked"
            ),
        )
        .help = Some(match near {
        Some(near) => text!("có phải là \"{near}\"?", "did you mean \"{near}\"?"),
        None => text!("có: {all}", "there are: {all}"),
    });
}

/// Words of CAP, in capitals or not.
fn levels<T: Copy>(
    findings: &mut Findings<'_>,
    entry: Option<&KeyValue>,
    known: &[(&'static str, T)],
    is_known: &mut bool,
) -> Vec<T> {
    let Some(entry) = entry else { return Vec::new() };
    let example = known.first().map(|(word, _)| format!("[\"{}\"]", fold(word))).unwrap_or_default();
    let (words, is_read) = words(findings, entry, &example);
    *is_known &= is_read && !words.is_empty();
    let mut all = Vec::new();
    for word in words {
        if let Some((_, means)) = known.iter().find(|(one, _)| fold(one) == fold(&word)) {
            all.push(*means);
            continue;
        }
        *is_known = false;
        let (key, word) = (&entry.key, shown(&word));
        let takes = crate::diag::figure::joined(known.iter().map(|(word, _)| *word));
        findings
            .error(
                "unknown_value",
                &entry.node.span,
                text!(
                    "«{key}» không nhận «{word}»; đài sẽ hỏi người",
                    "`{key}` does not take \"{word}\"; a person is asked"
                ),
            )
            .help = Some(text!("các giá trị được dùng: {takes}", "it takes {takes}"));
    }
    all
}
