//! What the description says of lists of words and of limits, taken from the lists and limits that are read by.

use serde_json::Value;
use utoipa::openapi::schema::{AdditionalProperties, Object, ObjectBuilder, Schema, SchemaType, Type};

use crate::edit::form_keys;
use crate::page::journal::{OUTCOMES, Show};
use crate::role::Role;
use crate::schedule::{LABEL_MOST, LABELS, ORDER_MOST, choices};

/// What a program makes of a person: an administrator is let in on the page only.
pub(super) fn role() -> Object {
    one_of(roles(), "What he is. An administrator is let in on the page only.")
}

/// The words for that.
pub(super) fn roles() -> impl Iterator<Item = &'static str> {
    Role::ALL.into_iter().filter(|role| *role != Role::Admin).map(Role::name)
}

/// What became of a row that is looked for.
pub(super) fn outcome() -> Object {
    one_of(OUTCOMES.into_iter().map(|(name, _)| name), "What became of it.")
}

/// Which rows of the journal.
pub(super) fn list() -> Object {
    let said = "`airings` (else), `acts` (orders and decisions of people), `machine` (what it noted by itself).";
    one_of(Show::ALL.into_iter().map(Show::name), said)
}

fn one_of(words: impl Iterator<Item = &'static str>, said: &str) -> Object {
    ObjectBuilder::new().schema_type(Type::String).description(Some(said)).enum_values(Some(words)).build()
}

/// The keys of a new broadcast.
pub(super) fn new_keys() -> Object {
    keys(false, "As in a schedule: `title`, `zones`, `at`, `days`, `play`, … Dates as `2026-12-01`.")
}

/// Keys of a broadcast that change, or go.
pub(super) fn changed_keys() -> Object {
    keys(true, "Key and value; `null` takes a key out.")
}

fn keys(may_go: bool, said: &str) -> Object {
    let names = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(form_keys())).build();
    let object = ObjectBuilder::new()
        .description(Some(said))
        .property_names(Some(names))
        .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(true)));
    let known = form_keys().filter_map(|key| Some((key, value(key, may_go)?)));
    known.fold(object, |object, (key, value)| object.property(key, value)).build()
}

/// What stands under a key of a broadcast, where it has a list or a limit.
fn value(key: &str, may_go: bool) -> Option<Object> {
    let kind = |kind: Type| if may_go { SchemaType::from_iter([kind, Type::Null]) } else { SchemaType::from(kind) };
    let (value, words) = (ObjectBuilder::new(), choices(key));
    let value = if LABELS.contains(&key) {
        value.schema_type(kind(Type::String)).max_length(Some(LABEL_MOST))
    } else if key == "order" {
        value.schema_type(kind(Type::Integer)).minimum(Some(-ORDER_MOST)).maximum(Some(ORDER_MOST))
    } else if words.is_empty() {
        return None;
    } else {
        let words = words.into_iter().map(Value::from).chain(may_go.then_some(Value::Null));
        value.schema_type(kind(Type::String)).enum_values(Some(words))
    };
    Some(value.build())
}
