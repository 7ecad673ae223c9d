use super::Value;
use super::entry::FileEntry;
use super::words::{TitleOf, name, value_said};
use crate::diag::{Text, shown, text};
use crate::station::Zone;

/// The key that says where.
const ZONES: &str = "zones";
/// What it says where that is everywhere.
const ALL: &str = "all";
/// Items of a list that are named, each way; further ones are counted.
const NAMED_MOST: usize = 12;
/// Letters of a long text that are told before the place where two differ.
const BEFORE: usize = 12;

/// What changed from one entry to the other, key by key: `giờ 05:30 thành 05:45`, and of a list that keeps something what came
/// and went: `lần không phát: bỏ 12/12/2026, thêm 31/12/2026`. `zones` are the station's, as far as they are known.
pub fn fields(before: &FileEntry, after: &FileEntry, known: TitleOf<'_>, zones: &[Zone]) -> Vec<Text> {
    let mut keys: Vec<&str> = after.fields.iter().map(|field| field.key.as_str()).collect();
    keys.extend(before.fields.iter().map(|field| field.key.as_str()).filter(|key| after.field(key).is_none()));
    let changed = keys.into_iter().filter_map(|key| {
        let (was, is) = (meant(before, key), meant(after, key));
        let name = name(key);
        let said = |value: &Value| {
            let Text { vi, en } = value_said(key, value, known);
            Text { vi: shown(&vi), en: shown(&en) }
        };
        Some(match (was, is) {
            (Some(was), Some(is)) => {
                let (was, is) = if key == ZONES { by_name(was, is, zones) } else { (was, is) };
                if was.says_as(&is) {
                    return None;
                }
                if let Some(told) = of_lists(key, &was, &is, known) {
                    return Some(told);
                }
                let (was, is) = apart(&value_said(key, &was, known), &value_said(key, &is, known));
                text!(name = name, was = was, is = is; "{name} {was} thành {is}", "{name} {was} became {is}")
            }
            (None, Some(is)) => text!(name = name, is = said(&is); "thêm {name} {is}", "{name} {is} added"),
            (Some(was), None) => text!(name = name, was = said(&was); "bỏ {name} {was}", "{name} {was} removed"),
            (None, None) => return None,
        })
    });
    changed.collect()
}

/// What an entry says under a key, or means where it says nothing: no zones are all of them.
fn meant(entry: &FileEntry, key: &str) -> Option<Value> {
    let written = entry.field(key).map(|field| field.value.clone());
    written.or_else(|| (key == ZONES).then(|| Value::Text(ALL.to_owned())))
}

/// Where one of two says all zones and the other names at least half of them: all of them by name, to tell which came or
/// went.
fn by_name(was: Value, is: Value, zones: &[Zone]) -> (Value, Value) {
    let says_all = |value: &Value| matches!(value.items(), [Value::Text(all)] if all.eq_ignore_ascii_case(ALL));
    let is_zone = |item: &Value| zones.iter().any(|zone| item.text() == Some(zone.id.as_str()));
    let names_most = |value: &Value| value.items().len() * 2 >= zones.len().max(1) && value.items().iter().all(is_zone);
    let every = || Value::texts(zones.iter().map(|zone| zone.id.as_str()));
    if says_all(&was) && names_most(&is) {
        (every(), is)
    } else if names_most(&was) && says_all(&is) {
        (was, every())
    } else {
        (was, is)
    }
}

/// What came into a list and what went out of it, where something stays.
fn of_lists(key: &str, was: &Value, is: &Value, known: TitleOf<'_>) -> Option<Text> {
    let (mut gone, mut kept, mut new) = (Vec::new(), 0_usize, is.items().to_vec());
    for item in was.items() {
        match new.iter().position(|other| other == item) {
            Some(at) => {
                new.remove(at);
                kept += 1;
            }
            None => gone.push(item.clone()),
        }
    }
    if kept == 0 {
        return None;
    }
    let name = name(key);
    let items = |items: &[Value]| {
        let Text { vi, en } = value_said(key, &Value::List(items.iter().take(NAMED_MOST).cloned().collect()), known);
        let (vi, en) = (shown_item(&vi), shown_item(&en));
        match items.len().checked_sub(NAMED_MOST).filter(|more| *more > 0) {
            Some(more) => text!("{vi} và {more} nữa", "{en} and {more} more"),
            None => Text { vi, en },
        }
    };
    Some(match (gone.is_empty(), new.is_empty()) {
        (true, true) => {
            let (was, is) = apart(&value_said(key, was, known), &value_said(key, is, known));
            text!(name = name, was = was, is = is; "{name}: đổi thứ tự, {was} thành {is}", "{name}: in another order, {was} became {is}")
        }
        (false, true) => text!(name = name, gone = items(&gone); "{name}: bỏ {gone}", "{name}: {gone} removed"),
        (true, false) => text!(name = name, new = items(&new); "{name}: thêm {new}", "{name}: {new} added"),
        (false, false) => {
            text!(name = name, gone = items(&gone), new = items(&new); "{name}: bỏ {gone}, thêm {new}", "{name}: {gone} removed, {new} added")
        }
    })
}

/// A dozen items are named whole, as long as each is fit to be shown.
fn shown_item(said: &str) -> String {
    said.split(", ").map(shown).collect::<Vec<_>>().join(", ")
}

/// Two texts, each cut where it is long, such that it is seen where they differ.
fn apart(was: &Text, is: &Text) -> (Text, Text) {
    let (was_vi, is_vi) = apart_in(&was.vi, &is.vi);
    let (was_en, is_en) = apart_in(&was.en, &is.en);
    (Text { vi: was_vi, en: was_en }, Text { vi: is_vi, en: is_en })
}

fn apart_in(was: &str, is: &str) -> (String, String) {
    let cut = (shown(was), shown(is));
    if cut.0 != cut.1 {
        return cut;
    }
    let same = was.chars().zip(is.chars()).take_while(|(a, b)| a == b).count();
    let from = |text: &str| {
        let rest: String = text.chars().skip(same.saturating_sub(BEFORE)).collect();
        if same > BEFORE { format!("…{}", shown(&rest)) } else { shown(&rest) }
    };
    (from(was), from(is))
}

#[cfg(test)]
mod tests {
    use super::super::entry::Of;
    use super::*;

    fn told(key: &str, was: &str, is: &str) -> String {
        let entry = |value: &str| {
            let lines = format!("[[broadcast]]\nid = \"tin\"\n{key} = {value}\n");
            FileEntry::of_lines("schedules/a.toml", Of::Broadcast, "tin", &lines).unwrap()
        };
        let told = fields(&entry(was), &entry(is), &|_, _| None, &[]);
        assert_eq!(told.len(), 1, "{told:?}");
        told[0].vi.clone()
    }

    #[test]
    fn of_a_long_list_it_is_told_what_came_and_what_went() {
        let days = |last: &str| {
            let first = (1..31).map(|day| format!("2026-12-{day:02}")).filter(|day| !day.ends_with(last));
            format!("[{}]", first.collect::<Vec<_>>().join(", "))
        };
        assert_eq!(told("dates", &days("-12"), &days("-13")), "ngày: bỏ 13/12/2026, thêm 12/12/2026");
        assert_eq!(told("except", "[2026-12-12, \"holidays\"]", "[\"holidays\"]"), "lần không phát: bỏ 12/12/2026");
        assert_eq!(told("at", "\"05:30\"", "[\"05:30\", \"17:00\"]"), "giờ: thêm 17:00");
        assert_eq!(told("at", "\"05:30\"", "\"05:45\""), "giờ 05:30 thành 05:45");
        assert_eq!(told("at", "[\"05:30\", \"17:00\"]", "\"06:00\""), "giờ 05:30, 17:00 thành 06:00");
        let order = told("play", "[\"a\", \"b\"]", "[\"b\", \"a\"]");
        assert_eq!(order, "nội dung: đổi thứ tự, a, b thành b, a");
        let many = told("dates", "[2026-12-31]", &format!("[2026-12-31, {}", &days("-99")[1..]));
        assert!(many.ends_with("và 18 nữa"), "{many}");
    }

    #[test]
    fn no_zones_are_all_of_them() {
        let entry = |zones: &str| {
            let lines = format!("[[broadcast]]\nid = \"tin\"\n{zones}\n");
            FileEntry::of_lines("schedules/a.toml", Of::Broadcast, "tin", &lines).unwrap()
        };
        let zones = crate::plan::sample::station(4).zones;
        let told = |was: &str, is: &str| {
            let told = fields(&entry(was), &entry(is), &|_, _| None, &zones);
            told.into_iter().map(|one| one.vi).collect::<Vec<_>>().join("; ")
        };
        let three = "zones = [\"thon-1\", \"thon-2\", \"thon-4\"]";
        assert_eq!(told("", three), "cụm loa: bỏ thon-3");
        assert_eq!(told(three, "zones = \"all\""), "cụm loa: thêm thon-3");
        assert_eq!(told("", "zones = \"all\""), "");
        assert_eq!(told("", "zones = [\"thon-1\"]"), "cụm loa tất cả các cụm loa thành thon-1");
        assert_eq!(told("zones = [\"xom\"]", ""), "cụm loa xom thành tất cả các cụm loa");
    }

    #[test]
    fn two_long_texts_are_told_from_where_they_differ() {
        let long = "đọc chậm ".repeat(40);
        let said = told("why", &format!("\"{long}xong\""), &format!("\"{long}dừng\""));
        assert!(said.contains("…") && said.contains("xong") && said.contains("dừng"), "{said}");
    }
}
