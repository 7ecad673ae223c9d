//! Many made-up files in many ways of writing, and changes of them: what is parsed afterwards is what was there with that
//! one change, every byte outside of the entry is as it was, and the inverse means what the file meant before.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

/// A file: its text, the byte ranges of its broadcasts are found by reading it.
fn file() -> impl Strategy<Value = String> {
    let entry = (
        prop::collection::vec(key(), 1..6),
        prop::sample::select(vec!["", "# của ông Sáu\n", "\n\n", "# một\n# hai\n", "\n# đứng riêng\n\n"]),
        prop::sample::select(vec!["", "  ", "\t"]),
        any::<bool>(),
        prop::sample::select(vec!["", "[broadcast.ghi_chu]\nx = [[1], [2,\n3]] # z\n", "# sau\n"]),
    );
    let between = prop::sample::select(vec![
        "",
        "\n",
        "\n\n# rời\n\n",
        "[campaigns.c]\ntitle = 'C'\n\n",
        "[[cancel]]\ndate = 2026-12-01\n",
    ]);
    let entries = prop::collection::vec((entry, between), 1..5);
    (entries, any::<bool>(), any::<bool>(), any::<bool>(), prop::sample::select(vec!["", "# đầu tệp\n\n", "# dính\n"]))
        .prop_map(|(entries, crlf, mark, bare_end, head)| {
            let mut text = head.to_owned();
            let mut campaigns = 0;
            for (number, ((keys, above, indent, aligned, below), between)) in entries.into_iter().enumerate() {
                text.push_str(above);
                text.push_str("[[broadcast]]\n");
                let width = if aligned { 9 } else { 0 };
                let id = format!("\"b{number}\"");
                let mut known = vec![("id", id)];
                for (key, value) in keys {
                    if !known.iter().any(|(known, _)| *known == key) {
                        known.push((key, value));
                    }
                }
                for (key, value) in known {
                    writeln!(text, "{indent}{key:width$} = {value}").unwrap();
                }
                text.push_str(below);
                if between.starts_with("[camp") {
                    campaigns += 1;
                }
                if !(between.starts_with("[camp") && campaigns > 1) {
                    text.push_str(between);
                }
            }
            if bare_end {
                text = text.trim_end_matches('\n').to_owned();
            }
            if crlf {
                text = text.replace('\n', "\r\n");
            }
            if mark { format!("\u{feff}{text}") } else { text }
        })
}

fn key() -> impl Strategy<Value = (&'static str, String)> {
    let list = |key: &'static str| {
        (prop::collection::vec("[a-z0-9:]{1,4}", 0..4), prop::sample::select(vec!["'", "\""]), 0..5_usize).prop_map(
            move |(items, quote, style)| {
                let items: Vec<String> = items.into_iter().map(|item| format!("{quote}{item}{quote}")).collect();
                let value = match style {
                    _ if items.is_empty() => "[ # trống\n]".to_owned(),
                    0 => items[0].clone(),
                    1 => format!("[{}]", items.join(", ")),
                    2 => format!("[ {} , ] # , \" '", items.join(" ,")),
                    3 => format!("[ # đầu, \"\n  {} # cuối\n]", items.join(", # giữa, ]\n  ")),
                    _ => format!("[\n    {},\n    # rời\n]   # sau", items.join(",\n\n    ")),
                };
                (key, value)
            },
        )
    };
    prop_oneof![
        list("at"),
        list("play"),
        list("zones"),
        prop::sample::select(vec![
            "'A'",
            "\"Á # x\"   # tên",
            "'''\nnhiều\n[[broadcast]]\ndòng'''",
            "\"\"\"a\n# không phải chú thích\n\"\"\""
        ])
        .prop_map(|value| ("title", value.to_owned())),
        Just(("from", "2026-12-01 # từ".to_owned())),
        Just(("rieng", "{ a = 1, b = [1, 2], c = \"#]\" }".to_owned())),
        Just(("order", "-0x_not".replace("-0x_not", "7"))),
    ]
}

fn value() -> impl Strategy<Value = Option<Value>> {
    prop_oneof![
        1 => Just(None),
        3 => prop::collection::vec("[a-zđ0-9:'\"\\\\# ]{1,4}", 1..5).prop_map(|items| Some(Value::texts(items))),
        1 => "[a-zé'\"\\\\#\\[\\] ]{0,8}x".prop_map(|text| Some(Value::Text(text))),
        1 => Just(Some(Value::Date("2026-12-24".parse().unwrap()))),
        1 => Just(Some(Value::Integer(3))),
    ]
}

fn means(text: &str) -> Value {
    let layout = FileLayout::of(FILE, text).unwrap();
    single(Value::of_table(&layout.root, text))
}

/// A list of one is the same as its element.
fn single(value: Value) -> Value {
    match value {
        Value::List(items) if items.len() == 1 && !matches!(items[0], Value::Table(_)) => {
            single(items.into_iter().next().unwrap())
        }
        Value::List(items) => Value::List(items.into_iter().map(single).collect()),
        Value::Table(table) => Value::Table(table.into_iter().map(|(key, value)| (key, single(value))).collect()),
        other => other,
    }
}

fn span(text: &str, name: &str) -> std::ops::Range<usize> {
    let layout = FileLayout::of(FILE, text).unwrap();
    seats(&layout).into_iter().find(|seat| seat.of == Of::Broadcast && seat.name == name).unwrap().span
}

/// `LOA_EDIT_CASES=20000 cargo test -p loa-records --lib edit::tests::generated` tries more.
fn cases() -> u32 {
    std::env::var("LOA_EDIT_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(120)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_key_changes_and_nothing_else_and_back(
        text in file(), which in 0..5_usize, key in prop::sample::select(vec!["at", "play", "zones", "title", "from", "days", "wait"]), new in value(),
    ) {
        prop_assume!(FileLayout::of(FILE, &text).is_ok());
        let names: Vec<String> = entries(&text).into_iter().filter(|entry| entry.of == Of::Broadcast).map(|entry| entry.name).collect();
        let name = &names[which % names.len()];
        let old = entries(&text).into_iter().find(|entry| entry.name == *name).unwrap().field(key).map(|field| field.value.clone());
        // What cannot be done is refused by the proof, and never by these ways of writing.
        let changed = after(&text, &set(name, &[(key, new.clone())]));

        let mut wanted = means(&text);
        let Value::Table(root) = &mut wanted else { unreachable!() };
        let index = names.iter().position(|one| one == name).unwrap();
        let entry = match root.get_mut("broadcast").unwrap() {
            Value::List(items) => &mut items[index],
            other => other,
        };
        let Value::Table(entry) = entry else { unreachable!() };
        match &new {
            Some(new) => drop(entry.insert(key.to_owned(), single(new.clone()))),
            None => drop(entry.remove(key)),
        }
        prop_assert_eq!(&means(&changed), &wanted, "\n{}\n---\n{}", text, changed);

        let (was, is) = (span(&text, name), span(&changed, name));
        prop_assert_eq!(&text[..was.start], &changed[..is.start]);
        prop_assert_eq!(&text[was.end..], &changed[is.end..], "\n{}\n---\n{}", text, changed);

        let empty = |value: &Option<Value>| matches!(value, Some(Value::List(items)) if items.is_empty());
        // A title of two lines stays where somebody wrote it, and is not written anew.
        let is_refused = matches!(&old, Some(Value::Text(title)) if key == "title" && title.contains('\n'));
        if !empty(&old) && !is_refused {
            let back = after(&changed, &set(name, &[(key, old)]));
            prop_assert_eq!(means(&back), means(&text));
        }
    }

    #[test]
    fn an_entry_is_taken_out_and_put_back_and_the_others_stay(text in file(), which in 0..5_usize) {
        prop_assume!(FileLayout::of(FILE, &text).is_ok());
        let all = entries(&text);
        let own: Vec<&FileEntry> = all.iter().filter(|entry| entry.of == Of::Broadcast).collect();
        let entry = own[which % own.len()];
        let without = after(&text, &Change::Delete { at: target(&entry.name) });
        let left: Vec<FileEntry> = entries(&without);
        prop_assert_eq!(left.len(), all.len() - 1);
        for other in all.iter().filter(|other| other.name != entry.name || other.of != entry.of) {
            prop_assert!(left.iter().any(|one| one.lines.trim_end() == other.lines.trim_end()), "\n{}\n---\n{}", text, without);
        }
        let behind = own.iter().take_while(|one| one.name != entry.name).last().map(|one| one.name.clone());
        let first = behind.is_none();
        let back = after(&without, &Change::PutBack { file: FILE.to_owned(), of: Of::Broadcast, lines: entry.lines.clone(), behind });
        if !first || own.len() == 1 {
            prop_assert_eq!(means(&back), means(&text), "\n{}\n---\n{}", text, back);
        }
        let lines = entries(&back).into_iter().find(|one| one.name == entry.name && one.of == entry.of).unwrap().lines;
        let bare = |lines: &str| lines.replace("\r\n", "\n").trim_end().to_owned();
        prop_assert_eq!(bare(&lines), bare(&entry.lines));
    }

    #[test]
    fn a_broadcast_is_added_and_taken_out_again(text in file()) {
        prop_assume!(FileLayout::of(FILE, &text).is_ok());
        let path = "schedules/trang-web.toml";
        let mut given = Texts::from([(path.to_owned(), text.clone())]);
        let keys = table(&[("title", Value::Text("Mới \"tinh\"".to_owned())), ("at", Value::texts(["05:30"])), ("play", Value::texts(["a", "b"]))]);
        let id = Change::Add { keys }.apply(&mut given).unwrap().unwrap();
        prop_assert_eq!(&id, "moi-tinh");
        prop_assert_eq!(entries(&given[path]).len(), entries(&text).len() + 1);
        let at = Target { file: path.to_owned(), ..target(&id) };
        Change::Delete { at }.apply(&mut given).unwrap();
        prop_assert_eq!(means(&given[path]), means(&text));
    }
}
