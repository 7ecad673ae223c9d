use axum::http::Method;
use serde_json::{Map, Value, json};

use super::operation::{AnswerKind, GivenKind, Operation, Schemas};
use super::{BASE, operations};
use crate::gate::Need;
use crate::once;
use crate::role::{Right, Role};

/// What may go wrong with any operation, each as a problem of its own code.
const PROBLEMS: [(&str, &str); 13] = [
    ("400", "Không hiểu | not understood"),
    ("401", "Không có mã truy cập, hoặc mã không dùng được | no token, or one that is no good"),
    ("403", "Mã truy cập không làm được việc ấy | this token may not"),
    ("404", "Không có, hoặc không còn | nothing like that, or not any more"),
    ("408", "Mạng chậm quá | the network is too slow"),
    ("409", "Đã khác đi, cần xác nhận, hoặc đài chưa nhận | changed meanwhile, needs a yes, or the station refuses"),
    ("413", "Dài quá | too long"),
    ("415", "Không phải JSON | not called JSON"),
    ("416", "Tệp ngắn hơn đoạn được hỏi | the file is shorter than what is asked for"),
    ("422", "Không làm được như vậy | cannot be done as it is"),
    ("429", "Hỏi quá nhiều | too many requests"),
    ("503", "Máy có lỗi | the machine failed"),
    ("507", "Ổ đĩa đầy | the disk is full"),
];

/// The description of everything that a program can ask, in OpenAPI 3.1: made of the table that answers.
pub fn document() -> Value {
    let mut schemas = Schemas::new();
    let mut paths: Map<String, Value> = Map::new();
    let problem = {
        let (name, _) = super::operation::described::<super::problem::ProblemShown>(&mut schemas);
        json!({"application/problem+json": {"schema": reference(&name)}})
    };
    for operation in operations() {
        let told = told(&operation, &mut schemas);
        let path = paths.entry(format!("{BASE}{}", operation.path)).or_insert_with(|| json!({}));
        path[operation.method.as_str().to_ascii_lowercase()] = told;
    }
    schemas.sort_by(|a, b| a.0.cmp(&b.0));
    let all: Map<String, Value> =
        schemas.into_iter().map(|(name, schema)| (name, serde_json::to_value(schema).unwrap_or_default())).collect();
    let problems: Map<String, Value> = PROBLEMS
        .into_iter()
        .map(|(status, words)| (status.to_owned(), json!({"description": words, "content": problem})))
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "loa",
            "version": "1",
            "description": "Đài truyền thanh: như trên trang, cho chương trình. | A loudspeaker station: what the pages do, for programs.",
            "license": {"name": "MIT OR Apache-2.0"},
        },
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "loa user token"}},
            "schemas": all,
            "responses": problems,
        },
    })
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn told(operation: &Operation, schemas: &mut Schemas) -> Value {
    let mut parameters: Vec<Value> = places(operation.path)
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string", "maxLength": 300}}))
        .collect();
    let mut told = json!({
        "operationId": operation.id,
        "tags": [operation.path.split('/').nth(1).unwrap_or_default()],
        "summary": operation.words,
    });
    match operation.input {
        GivenKind::Query(of) => parameters.extend(asked(&of(&mut Schemas::new()).1)),
        GivenKind::Bytes(of) => {
            parameters.extend(asked(&of(&mut Schemas::new()).1));
            told["requestBody"] = json!({"required": true, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}});
        }
        GivenKind::Body(of) => {
            let (name, own) = of(schemas);
            let is_needed = own.get("required").and_then(Value::as_array).is_some_and(|required| !required.is_empty());
            told["requestBody"] =
                json!({"required": is_needed, "content": {"application/json": {"schema": reference(&name)}}});
        }
    }
    if operation.method == Method::POST {
        parameters.push(json!({
            "name": once::HEADER,
            "in": "header",
            "required": false,
            "description": "Lần gửi lại cùng khóa và cùng nội dung trong 2 phút được trả lời như lần đầu, không làm lại. | Sent again with the same key and content within 2 minutes, it is answered as the first time and not done again.",
            "schema": {"type": "string", "minLength": 1, "maxLength": once::KEY_MOST},
        }));
    }
    told["parameters"] = Value::Array(parameters);
    let content = match operation.output {
        AnswerKind::Json(of) => {
            let (name, _) = of(schemas);
            json!({"application/json": {"schema": reference(&name)}})
        }
        AnswerKind::File(kinds) => {
            kinds.iter().map(|kind| ((*kind).to_owned(), json!({}))).collect::<Map<String, Value>>().into()
        }
    };
    let mut responses = Map::new();
    responses.insert(operation.status.as_str().to_owned(), json!({"description": "Được | done", "content": content}));
    if matches!(operation.output, AnswerKind::File(_)) {
        responses.insert("206".to_owned(), json!({"description": "Một phần | a part", "content": content}));
    }
    let has = |status: &str| status != "416" || matches!(operation.output, AnswerKind::File(_));
    for (status, _) in PROBLEMS.into_iter().filter(|(status, _)| has(status)) {
        responses.insert(status.to_owned(), json!({"$ref": format!("#/components/responses/{status}")}));
    }
    told["responses"] = Value::Object(responses);
    match operation.need {
        Need::Nothing => told["security"] = json!([]),
        Need::Person => {}
        Need::Right(right) => told["x-roles"] = json!(roles(right)),
    }
    told
}

/// Who may.
fn roles(right: Right) -> Vec<&'static str> {
    Role::ALL.into_iter().filter(|role| role.may(right)).map(Role::name).collect()
}

/// The places of a path: `{name}`.
fn places(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

/// The keys of what is asked, each as a parameter of its own.
fn asked(schema: &Value) -> Vec<Value> {
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    properties
        .map(|(name, schema)| {
            let mut schema = schema.clone();
            // A value that is left out is left out, and never the word "null".
            if let Some(Value::Array(kinds)) = schema.get("type").cloned() {
                schema["type"] = kinds.into_iter().find(|kind| kind != "null").unwrap_or_default();
            }
            let description = schema.get("description").cloned().unwrap_or_default();
            json!({"name": name, "in": "query", "required": required.contains(&name.as_str()), "description": description, "schema": schema})
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_operation_is_described_with_its_words_in_both_languages_and_nothing_else_is() {
        let document = document();
        let mut ids = BTreeSet::new();
        for operation in operations() {
            let path = format!("{BASE}{}", operation.path);
            let told = &document["paths"][&path][operation.method.as_str().to_ascii_lowercase()];
            let words: Vec<&str> = told["summary"].as_str().unwrap_or_default().split(" | ").collect();
            assert!(words.len() == 2 && words.iter().all(|words| !words.is_empty()), "{path}: {words:?}");
            assert!(ids.insert(operation.id), "{} twice", operation.id);
            for name in places(operation.path) {
                let has = told["parameters"].as_array().unwrap().iter().any(|one| one["name"] == name);
                assert!(has, "{path}: {name}");
            }
        }
        let count: usize =
            document["paths"].as_object().unwrap().values().map(|path| path.as_object().unwrap().len()).sum();
        assert_eq!(count, ids.len());
    }

    #[test]
    fn what_the_description_points_to_is_in_it() {
        let document = document();
        let text = document.to_string();
        let schemas = document["components"]["schemas"].as_object().unwrap();
        for rest in text.split("#/components/schemas/").skip(1) {
            let name = rest.split('"').next().unwrap();
            assert!(schemas.contains_key(name), "{name}");
        }
        for (name, schema) in schemas {
            assert_ne!(schema, &Value::Null, "{name}");
        }
    }

    /// Every number in the document that bounds what is sent, by schema (or path of a question) and key: it is the code's.
    #[test]
    fn each_limit_that_is_written_is_the_one_that_is_kept() {
        use crate::api::{cursor, orders, waits};
        use crate::people::NAME_MOST;
        let document = document();
        let mut found: BTreeSet<(String, String, u64)> = BTreeSet::new();
        let mut keep = |place: &str, key: &str, schema: &Value| {
            for bound in ["maximum", "maxLength"] {
                if let Some(most) = schema[bound].as_u64() {
                    found.insert((place.to_owned(), key.to_owned(), most));
                }
            }
        };
        for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
            for (key, schema) in schema["properties"].as_object().into_iter().flatten() {
                keep(name, key, schema);
            }
        }
        for (path, operations) in document["paths"].as_object().unwrap() {
            for one in operations.as_object().unwrap().values().filter_map(|one| one["parameters"].as_array()).flatten()
            {
                if one["in"] == "query" {
                    keep(&path[BASE.len()..], one["name"].as_str().unwrap(), &one["schema"]);
                }
            }
        }
        let rows = cursor::ROWS_MOST;
        let known = [
            ("AlertAsked", "times", crate::daemon::TIMES_MOST as usize),
            ("AlertAsked", "why", orders::WHY_MOST),
            ("ReturnAsked", "note", waits::NOTE_MOST),
            ("SilenceAsked", "why", crate::schedule::LABEL_MOST),
            ("NewPersonAsked", "name", NAME_MOST),
            ("/versions", "limit", crate::edit::ROWS_MOST),
            ("/acts", "limit", rows),
            ("/approvals", "limit", rows),
            ("/broadcasts", "limit", rows),
            ("/journal", "limit", rows),
            ("/plan", "limit", rows),
            ("/sounds", "limit", rows),
        ];
        for (place, key, most) in known {
            assert!(found.remove(&(place.to_owned(), key.to_owned(), most as u64)), "{place} {key} {most}: {found:?}");
        }
        // Names of what is looked up, and numbers of what there is: what is longer or greater is not found.
        let looked_up = ["name", "digest", "part", "why"];
        let others: Vec<_> = found.iter().filter(|(_, key, _)| !looked_up.contains(&key.as_str())).collect();
        assert!(others.is_empty(), "{others:?}");
    }

    #[test]
    fn a_stop_is_described_with_what_it_has_ended_and_what_it_has_not() {
        let document = document();
        let properties = |of: &str| document["components"]["schemas"][of]["properties"].clone();
        assert_eq!(properties("ReceiptShown")["left"]["items"]["$ref"], "#/components/schemas/LeftShown");
        assert_eq!(properties("ZoneReceiptShown")["ended"]["type"], "array");
    }

    #[test]
    fn each_closed_list_is_the_one_that_is_read_by() {
        let document = document();
        let schemas = &document["components"]["schemas"];
        let keys = |of: &str| schemas[of]["properties"]["keys"].clone();
        for key in ["class", "kind", "if_interrupted"] {
            let mut words = json!(crate::schedule::choices(key));
            assert_eq!(keys("NewEntryAsked")["properties"][key]["enum"], words, "{key}");
            words.as_array_mut().unwrap().push(Value::Null);
            assert_eq!(keys("EntryChangeAsked")["properties"][key]["enum"], words, "{key}");
        }
        let names: Vec<&str> = crate::edit::form_keys().collect();
        assert_eq!(keys("NewEntryAsked")["propertyNames"]["enum"], json!(names));
        assert_eq!(keys("NewEntryAsked")["properties"]["title"]["maxLength"], json!(crate::schedule::LABEL_MOST));
        let roles = json!(["operator", "official", "reviewer"]);
        for of in ["NewPersonAsked", "PersonChangeAsked"] {
            assert_eq!(schemas[of]["properties"]["role"]["enum"], roles, "{of}");
        }
        let asked = document["paths"][format!("{BASE}/journal")]["get"]["parameters"].as_array().unwrap();
        let of = |name: &str| asked.iter().find(|one| one["name"] == name).unwrap()["schema"]["enum"].clone();
        assert_eq!(of("outcome"), json!(["played", "partial", "missed", "refused"]));
        assert_eq!(of("list"), json!(["airings", "acts", "machine"]));
    }
}
