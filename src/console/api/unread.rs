//! What could not be read of a request, in words.

use std::fmt::Display;

use serde_json::{Map, Value};

use crate::diag::{Text, shown, text, unread};

/// A name that has no value.
pub(super) fn empty(name: &str) -> Text {
    let name = shown(name);
    text!(
        "tham số «{name}» để trống: bỏ hẳn nó đi, hoặc ghi giá trị",
        "the parameter \"{name}\" is empty: leave it out, or give it a value"
    )
}

/// What the reader of JSON has said of what is no JSON.
pub(super) fn words(said: &str) -> Text {
    let Text { vi, en } = unread(said);
    text!("không hiểu yêu cầu: {vi}", "the request is not understood: {en}")
}

/// JSON, and no object.
pub(super) fn no_object() -> Text {
    text!(
        "phần gửi lên phải là một đối tượng trong ngoặc nhọn, ví dụ {{\"zones\": [\"thon-1\"]}}",
        "what is sent has to be an object in braces, such as {{\"zones\": [\"thon-1\"]}}"
    )
}

/// Why what was given cannot be read as its description says: the value that is of another kind, by its name, or what
/// the reader has `said`, which names what is missing, what nobody knows, and what is given twice.
pub(super) fn given(given: &Map<String, Value>, schema: &Value, said: &str) -> Text {
    let is_odd = |(name, value): &(&String, &Value)| !fits(value, property(schema, name));
    match given.iter().find(is_odd) {
        Some((name, _)) => has_to_be(name, &kind(property(schema, name))),
        None => words(said),
    }
}

/// A value of this name is another than it has to be.
pub(super) fn has_to_be(name: &str, wanted: &Text) -> Text {
    let name = shown(name);
    text!(wanted = wanted; "«{name}» phải là {wanted}", "\"{name}\" has to be {wanted}")
}

/// A number within bounds.
pub(super) fn from_to<N: Display + Copy>(least: N, most: N) -> Text {
    text!("số nguyên từ {least} đến {most}", "a whole number from {least} to {most}")
}

/// One of some words.
pub(super) fn one_of<'w>(words: impl IntoIterator<Item = &'w str>) -> Text {
    let words = words.into_iter().collect::<Vec<_>>().join(", ");
    text!("một trong: {words}", "one of: {words}")
}

/// What stands in a query, each value as the description of its name has it.
pub(super) fn asked(pairs: Vec<(String, String)>, schema: &Value) -> Map<String, Value> {
    let value = |name: &str, written: String| {
        let kinds = kinds(property(schema, name));
        let read = if kinds.contains(&"integer") {
            written.parse::<i64>().ok().map(Value::from)
        } else if kinds.contains(&"boolean") {
            written.parse::<bool>().ok().map(Value::from)
        } else {
            None
        };
        read.unwrap_or(Value::String(written))
    };
    let read = pairs.into_iter().map(|(name, written)| {
        let value = value(&name, written);
        (name, value)
    });
    read.collect()
}

fn property<'s>(schema: &'s Value, name: &str) -> &'s Value {
    &schema["properties"][name]
}

fn kinds(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        kind => kind.as_str().into_iter().collect(),
    }
}

/// Whether a value is of a kind that its description has. What is not described is another matter.
fn fits(value: &Value, schema: &Value) -> bool {
    let kinds = kinds(schema);
    let is_of = |kind: &&str| match *kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.as_i64().is_some_and(|number| {
            let (least, most) = (schema["minimum"].as_i64(), schema["maximum"].as_i64());
            least.is_none_or(|least| number >= least) && most.is_none_or(|most| number <= most)
        }),
        "string" => value.is_string(),
        "array" => value.as_array().is_some_and(|items| items.iter().all(|item| fits(item, &schema["items"]))),
        "object" => value.is_object(),
        _ => true,
    };
    kinds.is_empty() || kinds.iter().any(is_of)
}

fn kind(schema: &Value) -> Text {
    match kinds(schema).into_iter().find(|kind| *kind != "null").unwrap_or_default() {
        "boolean" => text!("true hoặc false", "true or false"),
        "integer" => match (schema["minimum"].as_i64(), schema["maximum"].as_i64()) {
            (Some(least), Some(most)) => from_to(least, most),
            (Some(least), None) => text!("số nguyên từ {least} trở lên", "a whole number, {least} at least"),
            _ => text!("số nguyên, ví dụ 5", "a whole number, such as 5"),
        },
        "array" => text!(
            "danh sách trong ngoặc vuông, mỗi giá trị là chữ trong ngoặc kép, ví dụ [\"thon-1\"]",
            "a list in brackets, each value a text in quotes, such as [\"thon-1\"]"
        ),
        "object" => text!(
            "một đối tượng trong ngoặc nhọn, ví dụ {{\"title\": \"Tin sáng\"}}",
            "an object in braces, such as {{\"title\": \"Tin sáng\"}}"
        ),
        _ => text!("chữ trong ngoặc kép, ví dụ \"thon-1\"", "a text in quotes, such as \"thon-1\""),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> Value {
        json!({"properties": {
            "zones": {"type": "array", "items": {"type": "string"}},
            "times": {"type": "integer", "minimum": 1, "maximum": 20},
            "cursor": {"type": ["integer", "null"], "minimum": 0},
            "sure": {"type": "boolean"},
            "why": {"type": "string"},
            "keys": {"type": "object"},
        }})
    }

    #[test]
    fn a_value_of_another_kind_is_named_with_what_it_has_to_be() {
        let times = ("«times» phải là số nguyên từ 1 đến 20", "\"times\" has to be a whole number from 1 to 20");
        let cursor = ("«cursor» phải là số nguyên từ 0 trở lên", "\"cursor\" has to be a whole number, 0 at least");
        let sure = ("«sure» phải là true hoặc false", "\"sure\" has to be true or false");
        let why = (
            "«why» phải là chữ trong ngoặc kép, ví dụ \"thon-1\"",
            "\"why\" has to be a text in quotes, such as \"thon-1\"",
        );
        for (sent, told) in [
            (json!({"times": 2.5}), times),
            (json!({"times": -1}), times),
            (json!({"times": "x"}), times),
            (json!({"cursor": -1}), cursor),
            (json!({"sure": "true"}), sure),
            (json!({"why": 1}), why),
            (json!({"why": null}), why),
        ] {
            let said = given(sent.as_object().unwrap(), &schema(), "invalid type");
            assert_eq!((said.vi.as_str(), said.en.as_str()), told, "{sent}");
        }
        for (sent, begins) in [
            (json!({"zones": "thon-1"}), "«zones» phải là danh sách"),
            (json!({"zones": ["thon-1", 2]}), "«zones» phải là danh sách"),
            (json!({"keys": []}), "«keys» phải là một đối tượng"),
            (json!({"cursor": null, "times": 2}), "không hiểu yêu cầu: thiếu «why»"),
        ] {
            let said = given(sent.as_object().unwrap(), &schema(), "missing field `why`");
            assert!(said.vi.starts_with(begins), "{sent}: {}", said.vi);
        }
    }

    #[test]
    fn what_stands_in_a_query_is_read_as_its_name_wants_it() {
        let pairs = [("times", "2"), ("sure", "yes"), ("why", "5")];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let read = asked(pairs.into(), &schema());
        assert_eq!(Value::Object(read.clone()), json!({"times": 2, "sure": "yes", "why": "5"}));
        assert_eq!(given(&read, &schema(), "").vi, "«sure» phải là true hoặc false");
    }
}
