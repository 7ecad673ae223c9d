use super::emergency::{Emergency, Preset};
use super::zone::{title, zone_id};
use crate::diag::document::{KeyValue, Table, TomlValue};
use crate::diag::{Findings, shown, text};

const KEYS: [&str; 7] = ["presets", "repeat", "correction", "lifted", "drill", "alone_up_to", "two_from"];
const PRESET_KEYS: [&str; 3] = ["title", "sound", "drill"];

/// What somebody chooses from at 02:10 stands on one screen.
const PRESETS_MOST: usize = 12;
/// As often as an alert may be repeated (`loa alert --repeat`).
const REPEAT_MOST: i64 = 20;
/// A station has no more zones than that.
const ZONES_MOST: i64 = 256;
/// The longest name of a file that file systems take.
const NAME_BYTES_MOST: usize = 255;

/// Check `[emergency]`; what is wrong falls back to what holds where nothing is written.
pub(super) fn emergency(findings: &mut Findings<'_>, table: &Table) -> Emergency {
    findings.unknown_keys(table, &KEYS);
    let mut all = Emergency { is_written: true, ..Emergency::default() };
    for entry in table.entries.iter().filter(|entry| !entry.broken) {
        match entry.key.as_str() {
            "presets" => {
                let written = presets(findings, entry);
                all.presets = if written.is_empty() { all.presets } else { written };
            }
            "repeat" => {
                let repeat = number(findings, entry, 1, REPEAT_MOST, "3");
                all.repeat = repeat.and_then(|repeat| u32::try_from(repeat).ok()).unwrap_or(all.repeat);
            }
            "correction" => all.correction = sound(findings, entry).unwrap_or(all.correction),
            "lifted" => all.lifted = sound(findings, entry).unwrap_or(all.lifted),
            "drill" => all.drill = sound(findings, entry).unwrap_or(all.drill),
            "alone_up_to" => {
                all.alone_up_to = number(findings, entry, 0, ZONES_MOST, "1").unwrap_or(all.alone_up_to);
            }
            // What cannot be read asks for more people, not for fewer.
            "two_from" => all.two_from = Some(number(findings, entry, 1, ZONES_MOST, "10").unwrap_or(1)),
            _ => {}
        }
    }
    keep_apart(findings, table, &mut all);
    all
}

/// What a drill plays is never what an alarm plays: whoever hears the one would take it for the other.
fn keep_apart(findings: &mut Findings<'_>, table: &Table, all: &mut Emergency) {
    let real: Vec<String> = all.presets.iter().map(|preset| stem(&preset.sound).to_owned()).collect();
    let is_real = |name: &str| real.iter().any(|real| real == stem(name));
    let mut wrong: Vec<String> = Vec::new();
    if is_real(&all.drill) {
        wrong.push(std::mem::replace(&mut all.drill, Emergency::default().drill));
    }
    for preset in &mut all.presets {
        wrong.extend(preset.drill.take_if(|drill| is_real(drill)));
    }
    for name in wrong {
        let name = shown(&name);
        let span = table.entries.first().map(|entry| entry.key_span.clone()).unwrap_or_default();
        findings
            .error(
                "drill_as_real",
                &span,
                text!(
                    "«{name}» vừa là bản ghi báo động thật vừa là bản ghi diễn tập; khi diễn tập, loa sẽ không phát bản ấy",
                    "\"{name}\" is the sound of a real alarm and of a drill; no drill will play it"
                ),
            )
            .help = Some(text!(
            "ghi âm riêng một bản có nói rõ là diễn tập, rồi viết: drill = \"dien-tap\"",
            "record one of its own that says that it is a drill, and write: drill = \"dien-tap\""
        ));
    }
}

fn stem(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

fn presets(findings: &mut Findings<'_>, entry: &KeyValue) -> Vec<Preset> {
    let Some(table) = findings.table(entry, "[emergency.presets.lu]") else { return Vec::new() };
    let mut all: Vec<Preset> = Vec::new();
    for entry in table.entries.iter().filter(|entry| !entry.broken) {
        if all.len() == PRESETS_MOST {
            findings
                .error(
                    "too_many_presets",
                    &entry.key_span,
                    text!(
                        "quá {PRESETS_MOST} loại báo động; từ đây trở đi bị bỏ qua",
                        "more than {PRESETS_MOST} alarms; from here on they are left out"
                    ),
                )
                .help = Some(text!(
                "giữ những loại hay gặp; việc khác dùng một loại chung, ví dụ «Khác»",
                "keep what happens here; one for everything else will do"
            ));
            break;
        }
        all.extend(preset(findings, entry));
    }
    all
}

fn preset(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<Preset> {
    let id = zone_id(findings, entry)?;
    let named = shown(&id);
    let table = findings.table(entry, &format!("[emergency.presets.{named}]"))?;
    findings.unknown_keys(table, &PRESET_KEYS);
    let get = |key: &str| table.get(key).filter(|entry| !entry.broken);
    let written = get("title").and_then(|entry| title(findings, entry));
    let known = Emergency::default().presets.into_iter().find(|preset| preset.id == id);
    let title = match (written, &known) {
        (Some(title), _) => text!("{title}", "{title}"),
        (None, Some(known)) => known.title.clone(),
        (None, None) => text!("{named}", "{named}"),
    };
    let Some(own) = get("sound") else {
        findings
            .error(
                "missing_key",
                &entry.key_span,
                text!("báo động «{named}» thiếu «sound»", "the alarm \"{named}\" has no `sound`"),
            )
            .help = Some(text!(
            "thêm tên bản ghi trong audio/: sound = \"canh-bao-{named}\"",
            "add the name of a sound in audio/: sound = \"canh-bao-{named}\""
        ));
        return None;
    };
    let sound_name = sound(findings, own)?;
    let drill = get("drill").and_then(|entry| sound(findings, entry));
    Some(Preset { id, title, sound: sound_name, drill })
}

/// The name of a sound in `audio/`.
fn sound(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<String> {
    let key = &entry.key;
    let name = findings.text(entry, "\"canh-bao-lu\"")?;
    let is_plain = !name.trim().is_empty() && name.len() <= NAME_BYTES_MOST && !name.starts_with('.');
    if is_plain && !name.contains(|c: char| c.is_control() || matches!(c, '/' | '\\')) {
        return Some(name.trim().to_owned());
    }
    let said = shown(&name);
    findings
        .error(
            "bad_sound",
            &entry.node.span,
            text!(
                "«{key}» cần tên một tệp trong audio/, không phải «{said}»",
                "`{key}` takes the name of a file in audio/, not \"{said}\""
            ),
        )
        .help = Some(text!(
        "chép tệp vào audio/ rồi viết tên nó, ví dụ: {key} = \"canh-bao-lu\"",
        "copy the file into audio/ and write its name, for example: {key} = \"canh-bao-lu\""
    ));
    None
}

fn number(findings: &mut Findings<'_>, entry: &KeyValue, least: i64, most: i64, example: &str) -> Option<usize> {
    let TomlValue::Integer(number) = &entry.node.value else {
        let whole = text!("số nguyên không có ngoặc kép", "a whole number without quotes");
        findings.wrong_type(&entry.key, &entry.node, &whole, example);
        return None;
    };
    if (least..=most).contains(number) {
        return usize::try_from(*number).ok();
    }
    let key = &entry.key;
    findings
        .error(
            "out_of_range",
            &entry.node.span,
            text!("{key} = {number} không hợp lý", "{key} = {number} is beyond reason"),
        )
        .help = Some(text!(
        "viết một số từ {least} đến {most}, ví dụ: {key} = {example}",
        "write a number from {least} to {most}, for example: {key} = {example}"
    ));
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::SourceFile;
    use crate::station::{Scope, check};

    fn read(written: &str) -> (Emergency, Vec<&'static str>) {
        let (station, found) = check(&SourceFile { path: "loa.toml".to_owned(), text: written.to_owned() });
        (station.emergency, found.into_iter().map(|one| one.code).collect())
    }

    #[test]
    fn every_key_of_emergency_is_read_and_what_is_not_written_holds_all_the_same() {
        let (all, found) = read("");
        assert_eq!((all.presets.len(), all.repeat, all.two_from, found.len()), (5, 3, None, 0));
        let (all, found) = read(
            r#"
            [emergency]
            repeat = 2
            correction = "xin-loi"
            lifted = "yen"
            drill = "tap.mp3"
            alone_up_to = 2
            two_from = 10
            [emergency.presets.dap]
            title = "Vỡ đập"
            sound = "vo-dap"
            drill = "tap-vo-dap"
            [emergency.presets.lu]
            sound = "lu-ve"
            "#,
        );
        assert!(found.is_empty(), "{found:?}");
        assert_eq!((all.repeat, all.alone_up_to, all.two_from), (2, 2, Some(10)));
        assert_eq!((all.correction.as_str(), all.lifted.as_str(), all.drill.as_str()), ("xin-loi", "yen", "tap.mp3"));
        let ids: Vec<_> = all.presets.iter().map(|one| (one.id.as_str(), one.title.vi.as_str())).collect();
        assert_eq!(ids, [("dap", "Vỡ đập"), ("lu", "Lũ")]);
        assert_eq!(
            (all.preset("dap").unwrap().drill.as_deref(), &all.preset("lu").unwrap().drill),
            (Some("tap-vo-dap"), &None)
        );
    }

    #[test]
    fn what_is_wrong_is_told_and_asks_for_more_people_rather_than_fewer() {
        for (written, code) in [
            ("[emergency]\nrepeat = 0", "out_of_range"),
            ("[emergency]\nrepeat = \"ba\"", "wrong_type"),
            ("[emergency]\ndrill = \"../x\"", "bad_sound"),
            ("[emergency]\nlap = 3", "unknown_key"),
            ("[emergency.presets.dap]\ntitle = \"Vỡ đập\"", "missing_key"),
            ("[emergency.presets.\"a,b\"]\nsound = \"x\"", "bad_id"),
            ("[zones.thon-1]\nphone = \"gọi ông Năm\"", "bad_phone"),
        ] {
            let (all, found) = read(written);
            assert_eq!(found.first(), Some(&code), "{written}: {found:?}");
            assert_eq!((all.repeat, all.presets.len()), (3, 5), "{written}");
        }
        assert_eq!(read("[emergency]\ntwo_from = \"mười\"").0.scope(2, false), Scope::Two);
    }

    #[test]
    fn a_drill_never_plays_what_an_alarm_plays() {
        let (all, found) = read(
            "[emergency]\ndrill = \"canh-bao-lu.mp3\"\n[emergency.presets.lu]\nsound = \"canh-bao-lu\"\ndrill = \"canh-bao-lu\"",
        );
        assert_eq!(found, ["drill_as_real", "drill_as_real"]);
        assert_eq!((all.drill.as_str(), all.presets[0].drill.as_deref()), ("dien-tap", None));
    }

    #[test]
    fn how_many_persons_it_takes_follows_from_how_far_it_is_heard() {
        let all = Emergency { two_from: Some(10), ..Emergency::default() };
        for (zones, is_own, scope) in [
            (1, false, Scope::Alone),
            (2, false, Scope::Countersigned),
            (2, true, Scope::Alone),
            (9, false, Scope::Countersigned),
            (10, false, Scope::Two),
            (200, false, Scope::Two),
        ] {
            assert_eq!(all.scope(zones, is_own), scope, "{zones} {is_own}");
        }
        assert_eq!(Emergency::default().scope(256, false), Scope::Countersigned);
    }
}
