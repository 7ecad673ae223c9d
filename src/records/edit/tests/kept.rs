//! Bytes that nobody touched stay.

use super::*;

const HAND: &str = "\u{feff}# Buổi sáng, anh Tư giữ\r\n\
\r\n\
# của ông Sáu\r\n\
[[broadcast]]\r\n\
id\t= 'mo-dau'   # đừng đổi\r\n\
title = \"Mở đầu\"\r\n\
at = [ # các giờ\r\n\
\x20 \"05:30\", # sớm\r\n\
\x20 \"17:00\"  # chiều\r\n\
]\r\n\
days.x = 1\r\n\
play   = ['nhac', \"chao\",]\r\n\
\r\n\
# riêng\r\n\
\r\n\
[[broadcast]]\r\n\
id = \"ket\"\r\n\
at = \"\"\"05:34\"\"\"\r\n\
play = \"tam-biet\"\r\n\
note = { a = 1, b = [1,2] }\r\n\
[broadcast.sub]\r\n\
x = [[1, 2],\r\n\
[3]]\r\n\
# hết";

#[test]
fn open_and_save_without_a_change_writes_nothing() {
    for entry in entries(HAND).iter().filter(|entry| entry.of == Of::Broadcast) {
        let same: Vec<(&str, Option<Value>)> = entry
            .fields
            .iter()
            .filter(|field| field.key != "id")
            .map(|field| (field.key.as_str(), Some(field.value.clone())))
            .collect();
        assert_eq!(after(HAND, &set(&entry.name, &same)), HAND);
        // A form that hands every single value in as a list of one says the same.
        let lists: Vec<(&str, Option<Value>)> = same
            .iter()
            .map(|(key, value)| (*key, value.as_ref().map(|value| Value::List(value.items().to_vec()))))
            .filter(|(key, _)| ["at", "play", "zones"].contains(key))
            .collect();
        assert_eq!(after(HAND, &set(&entry.name, &lists)), HAND);
    }
}

#[test]
fn one_element_of_a_list_changes_and_the_comments_in_the_list_stay() {
    let new = after(HAND, &set("mo-dau", &[("at", words(&["05:45", "17:00"]))]));
    assert_eq!(new, HAND.replace("\"05:30\", # sớm", "\"05:45\", # sớm"));
    let new = after(HAND, &set("mo-dau", &[("at", words(&["05:30", "11:00", "17:00"]))]));
    assert_eq!(new, HAND.replace("# sớm\r\n", "# sớm\r\n  \"11:00\",\r\n"));
    let new = after(HAND, &set("mo-dau", &[("at", words(&["05:30", "17:00", "18:00"]))]));
    assert_eq!(new, HAND.replace("\"17:00\"  # chiều\r\n", "\"17:00\",  # chiều\r\n  \"18:00\"\r\n"));
    let new = after(HAND, &set("mo-dau", &[("at", words(&["17:00"]))]));
    assert_eq!(new, HAND.replace("  \"05:30\", # sớm\r\n", ""));
    let new = after(HAND, &set("mo-dau", &[("at", words(&["05:30"]))]));
    assert_eq!(new, HAND.replace("\"05:30\", # sớm", "\"05:30\" # sớm").replace("  \"17:00\"  # chiều\r\n", ""));
    let new = after(HAND, &set("mo-dau", &[("play", words(&["nhac", "chao", "tin"]))]));
    assert_eq!(new, HAND.replace("\"chao\",]", "\"chao\", 'tin',]"));
    let new = after(HAND, &set("mo-dau", &[("play", words(&["chao"]))]));
    assert_eq!(new, HAND.replace("['nhac', \"chao\",]", "[\"chao\",]"));
}

#[test]
fn a_value_is_replaced_and_its_comment_and_the_rest_of_the_file_stay() {
    let new = after(HAND, &set("mo-dau", &[("title", word("Lời \"chào\""))]));
    assert_eq!(new, HAND.replace("\"Mở đầu\"", "\"Lời \\\"chào\\\"\""));
    let new = after(HAND, &set("ket", &[("at", words(&["05:34", "17:30"]))]));
    assert_eq!(new, HAND.replace("\"\"\"05:34\"\"\"", "[\"05:34\", \"17:30\"]"));
    let literal = "[[broadcast]]\nid = 'a'\ntitle = 'C:\\x' # y\nat = '05:30'\nplay = 'a'";
    assert_eq!(after(literal, &set("a", &[("title", word("D"))])), literal.replace("'C:\\x'", "'D'"));
}

#[test]
fn a_new_key_stands_where_it_belongs_and_is_written_as_its_neighbours() {
    let text = "[[broadcast]]\nid    = \"a\"\ntitle = \"A\"   # tên\nat    = [\"05:30\"]\nplay  = \"a\"";
    let new = after(text, &set("a", &[("days", words(&["T2-T6"]))]));
    assert_eq!(new, text.replace("[\"05:30\"]\n", "[\"05:30\"]\ndays  = [\"T2-T6\"]\n"));
    let new = after(text, &set("a", &[("if_interrupted", word("drop")), ("wait", word("5m"))]));
    assert_eq!(
        new,
        format!("{text}\nwait  = \"5m\"\nif_interrupted = \"drop\""),
        "a file without a line feed at its end keeps to that"
    );
    let tabs = "[[broadcast]]\r\n\tid=\"a\"\r\n\tat=\"05:30\"\r\n\tplay=\"a\"\r\n";
    let new = after(tabs, &set("a", &[("zones", words(&["thon-1"]))]));
    assert_eq!(new, tabs.replace("\tat", "\tzones=[\"thon-1\"]\r\n\tat"));
}

#[test]
fn a_key_that_is_taken_out_takes_the_comment_right_above_it_along() {
    let text = "[[broadcast]]\nid = \"a\"\n# chung\n\n# giờ họp\nat = \"05:30\"\n# sau tết\nfrom = 2026-12-01 # cuối\nplay = \"a\"\nwait = \"5m\"";
    let new = after(text, &set("a", &[("from", None)]));
    assert_eq!(new, text.replace("# sau tết\nfrom = 2026-12-01 # cuối\n", ""));
    let new = after(text, &set("a", &[("wait", None)]));
    assert_eq!(new, text.replace("\nwait = \"5m\"", ""));
    let new = after(text, &set("a", &[("from", None), ("wait", None)]));
    assert!(new.contains("# chung\n\n# giờ họp\nat"), "{new}");
}

#[test]
fn an_entry_that_is_taken_out_takes_its_comments_along_and_leaves_the_others() {
    let new = after(HAND, &Change::Delete { at: target("mo-dau") });
    let (start, end) = (HAND.find("# của ông Sáu").unwrap(), HAND.find("# riêng").unwrap());
    assert_eq!(new, format!("{}{}", &HAND[..start], &HAND[end..]));
    let new = after(HAND, &Change::Delete { at: target("ket") });
    let end = HAND.find("\r\n[[broadcast]]\r\nid = \"ket\"").unwrap();
    assert_eq!(new, HAND[..end], "the tables of its own and the comment right below it go too");
    assert_eq!(
        after(&after(HAND, &Change::Delete { at: target("mo-dau") }), &Change::Delete { at: target("ket") }),
        "\u{feff}# Buổi sáng, anh Tư giữ\r\n\r\n# riêng\r\n"
    );
}

#[test]
fn a_comment_right_above_the_next_entry_is_that_ones() {
    let text = "[[broadcast]]\nid = \"a\"\nat = \"05:30\"\nplay = \"a\"\n# của b\n[[broadcast]]\nid = \"b\"\nat = \"05:30\"\nplay = \"b\"\n";
    assert_eq!(entries(text)[1].lines, "# của b\n[[broadcast]]\nid = \"b\"\nat = \"05:30\"\nplay = \"b\"\n");
    assert_eq!(after(text, &Change::Delete { at: target("a") }), &text[text.find("# của b").unwrap()..]);
}

/// With a square in it this would take hours.
#[test]
#[ignore = "long"]
fn a_file_of_twenty_thousand_broadcasts_is_read_changed_and_compared() {
    let entry = |number: usize| {
        format!("# của {number}\n[[broadcast]]\nid = \"b{number}\"\nat = [\"05:30\"]\nplay = \"x\"\n\n")
    };
    let text: String = (0..20_000).map(entry).collect();
    assert_eq!(entries(&text).len(), 20_000);
    let new = after(&text, &set("b19999", &[("at", words(&["05:31"]))]));
    assert_eq!(new, text.replace(&entry(19_999), &entry(19_999).replace("05:30", "05:31")));
    let (parts, told) = crate::edit::words::compare(FILE, &text, &new);
    assert_eq!((parts.len(), told.vi.as_str()), (1, "«b19999»: giờ 05:30 thành 05:31"));
    assert_eq!(after(&text, &Change::Delete { at: target("b10000") }), text.replace(&entry(10_000), ""));
}

#[test]
fn the_comment_above_a_time_goes_with_it_unless_it_heads_the_next_one_too() {
    let text = |lines: &[&str]| {
        format!(
            "[[broadcast]]\nid = \"a\"\nat = [\n{}]\nplay = \"x\"\n",
            lines.iter().flat_map(|line| ["  ", line, "\n"]).collect::<String>()
        )
    };
    let all = ["# sáng", "\"05:30\",", "\"06:00\",", "# trưa, ông Sáu", "\"11:00\",", "# chiều", "\"17:00\","];
    let without = |gone: &[usize]| {
        let left: Vec<&str> =
            all.iter().enumerate().filter(|(at, _)| !gone.contains(at)).map(|(_, line)| *line).collect();
        text(&left)
    };
    let at = |times: &[&str]| set("a", &[("at", words(times))]);
    assert_eq!(after(&text(&all), &at(&["05:30", "06:00", "17:00"])), without(&[3, 4]));
    assert_eq!(after(&text(&all), &at(&["05:30", "06:00", "11:00"])), without(&[5, 6]));
    assert_eq!(after(&text(&all), &at(&["06:00", "11:00", "17:00"])), without(&[1]));
}
