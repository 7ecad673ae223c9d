//! Every operation asked with what its own description allows, and with what it does not: no answer is a failure of the
//! program, each is one that is described, and nothing of another hamlet is in any of them.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Console;
use super::api::{Program, document};
use super::people::station;

/// A number that looks like chance and is the same each time.
struct Chance(u64);

impl Chance {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below as u64).unwrap()
    }

    fn word(&mut self) -> String {
        const WORDS: [&str; 20] = [
            "",
            "thon-1",
            "thon-9",
            "all",
            "cua-mot",
            "chime",
            "05:30",
            "2026-12-01",
            "2026-12-01T05:30",
            "24:00",
            "0",
            "-1",
            "99999999999999999999",
            "\u{202e}x",
            "a\nb",
            "../loa.toml",
            "%00",
            "Ngày 5 tháng 12",
            "'; DROP TABLE act;--",
            "é\u{0}",
        ];
        let word = WORDS[self.next(WORDS.len())];
        if self.next(12) == 0 { word.repeat(400) } else { word.to_owned() }
    }

    /// A value for a schema; at times one of another kind.
    fn value(&mut self, schema: &Value, document: &Value, depth: usize) -> Value {
        if self.next(10) == 0 {
            let odd = [json!(null), json!([]), json!({}), json!(-1), json!(1.5), json!("x"), json!(true)];
            return odd[self.next(odd.len())].clone();
        }
        let schema = resolved(schema, document);
        match kind(schema) {
            "object" if depth < 4 => {
                let mut object = serde_json::Map::new();
                for (name, own) in schema["properties"].as_object().into_iter().flatten() {
                    let is_required = schema["required"].as_array().is_some_and(|all| all.contains(&json!(name)));
                    if is_required || self.next(2) == 0 {
                        object.insert(name.clone(), self.value(own, document, depth + 1));
                    }
                }
                if schema["additionalProperties"].is_object() || schema["additionalProperties"] == json!(true) {
                    for key in ["title", "at", "play", "zones", "days", "until", "wait", "weird"] {
                        if self.next(2) == 0 {
                            let one = json!(self.word());
                            object.insert(key.to_owned(), if self.next(2) == 0 { json!([one]) } else { one });
                        }
                    }
                }
                Value::Object(object)
            }
            "array" => (0..self.next(3)).map(|_| self.value(&schema["items"], document, depth + 1)).collect(),
            "integer" => json!([0, 1, 2, 100, 501, -1, i64::MAX][self.next(7)]),
            "number" => json!(0.5),
            "boolean" => json!(self.next(2) == 0),
            _ => json!(self.word()),
        }
    }
}

fn resolved<'d>(schema: &'d Value, document: &'d Value) -> &'d Value {
    match schema["$ref"].as_str() {
        Some(path) => document.pointer(path.trim_start_matches('#')).unwrap_or_else(|| panic!("{path}")),
        None => schema,
    }
}

/// The kind of a schema that is not null.
fn kind(schema: &Value) -> &str {
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or_default(),
        one => one.as_str().unwrap_or_default(),
    }
}

/// What of a value is not as its schema says.
fn wrong(value: &Value, schema: &Value, document: &Value) -> Option<String> {
    let schema = resolved(schema, document);
    if let Some(some) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
        return some
            .iter()
            .all(|one| wrong(value, one, document).is_some())
            .then(|| format!("none of {schema}: {value}"));
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        Value::String(kind) => vec![kind],
        _ => return None,
    };
    let own = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_i64() || number.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    if !(kinds.contains(&own) || own == "integer" && kinds.contains(&"number")) {
        return Some(format!("{own} and not {kinds:?}: {value}"));
    }
    if let Some(items) = value.as_array() {
        return items.iter().find_map(|item| wrong(item, &schema["items"], document));
    }
    let object = value.as_object()?;
    let missing = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .find(|name| !object.contains_key(*name));
    if let Some(missing) = missing {
        return Some(format!("{missing} is missing: {value}"));
    }
    let properties = schema["properties"].as_object();
    object.iter().find_map(|(name, own)| match properties.and_then(|all| all.get(name)) {
        Some(described) => wrong(own, described, document),
        None if properties.is_some() && schema["additionalProperties"].is_null() => {
            Some(format!("{name} is not described"))
        }
        None => None,
    })
}

fn escaped(word: &str) -> String {
    word.bytes().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "%{byte:02X}");
        out
    })
}

/// Requests of each operation.
const TRIES: usize = 14;

#[test]
#[ignore = "long"]
fn no_answer_is_a_failure_or_another_than_is_described_or_tells_of_another_hamlet() {
    let station = station();
    let schedule = |id: &str, zone: &str| {
        format!(
            "[[broadcast]]\nid = \"{id}\"\ntitle = \"{id}\"\nzones = [\"{zone}\"]\nat = \"05:30\"\nplay = [\"{id}\"]\n"
        )
    };
    station.write("schedules/a.toml", &(schedule("cua-mot", "thon-1") + &schedule("cua-hai", "thon-2")));
    let console = Console::start(&station);
    let document = document();
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let mut found = Vec::new();
    for (role, zones) in [("admin", &[][..]), ("operator", &["thon-1"][..])] {
        // Each token may ask so many times at once.
        let mut programs: Vec<Program> = vec![Program::new(&station, &console, role, zones)];
        let name = format!("Người {role} {}", zones.join(" "));
        programs.extend((0..3).map(|_| Program::of(&station, &console, &name, &[])));
        let mut asked = 0;
        for (pattern, methods) in document["paths"].as_object().unwrap() {
            for (method, told) in methods.as_object().unwrap() {
                for _ in 0..TRIES {
                    let mut path = String::new();
                    for part in pattern.trim_start_matches("/api/v1/").split('/') {
                        let known = ["cua-mot", "1", "999"];
                        let own = match (part.starts_with('{'), chance.next(2)) {
                            (false, _) => part.to_owned(),
                            (true, 0) => known[chance.next(known.len())].to_owned(),
                            (true, _) => escaped(&chance.word().chars().take(200).collect::<String>()),
                        };
                        let _ = write!(path, "/{own}");
                    }
                    let mut query = Vec::new();
                    for one in told["parameters"].as_array().unwrap().iter().filter(|one| one["in"] == "query") {
                        if chance.next(2) == 0 {
                            let value = chance.value(&one["schema"], &document, 9);
                            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                            query.push(format!(
                                "{}={}",
                                one["name"].as_str().unwrap(),
                                escaped(&value.chars().take(200).collect::<String>())
                            ));
                        }
                    }
                    if !query.is_empty() {
                        path = format!("{path}?{}", query.join("&"));
                    }
                    let body = &told["requestBody"]["content"]["application/json"]["schema"];
                    let body = (!body.is_null()).then(|| chance.value(body, &document, 0));
                    let (kind, bytes) = match &body {
                        Some(body) => ("application/json", body.to_string().into_bytes()),
                        None if method == "put" => ("application/octet-stream", b"RIFF".to_vec()),
                        None => ("", Vec::new()),
                    };
                    let headers: &[(&str, &str)] = if kind.is_empty() { &[] } else { &[("Content-Type", kind)] };
                    let (one, count) = (asked % programs.len(), asked);
                    asked = count + 1;
                    let answer = programs[one].ask(&method.to_uppercase(), &path, headers, &bytes);
                    let what = || {
                        format!(
                            "{role} {method} {path} {body:?}: {} {}",
                            answer.status,
                            answer.body.chars().take(400).collect::<String>()
                        )
                    };
                    let described = &told["responses"][answer.status.to_string()];
                    if answer.status >= 500 || answer.status == 0 || described.is_null() {
                        found.push(what());
                        continue;
                    }
                    let schema = &resolved(described, &document)["content"][answer.header("content-type")]["schema"];
                    if schema.is_object() {
                        let value: Value = serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{}", what()));
                        found.extend(wrong(&value, schema, &document).map(|why| format!("{why}: {}", what())));
                    }
                    let tells = role == "operator"
                        && pattern != "/api/v1/openapi.json"
                        && (answer.body.contains("cua-hai") || answer.body.contains("Thôn Hai"));
                    if tells {
                        found.push(format!("of another hamlet: {}", what()));
                    }
                }
            }
        }
    }
    assert!(
        found.is_empty(),
        "{} of them, the first:\n{}",
        found.len(),
        found.iter().take(12).cloned().collect::<Vec<_>>().join("\n")
    );
}
