//! The thirteen rules of a form over files that people edit too.

mod generated;
mod history;
mod kept;
mod rules;
mod store;

use std::collections::BTreeMap;

use jiff::civil::DateTime;

use super::entry::seats;
use super::layout::FileLayout;
use super::{Change, FileEntry, Of, Target, Texts, Value};

const FILE: &str = "schedules/a.toml";

fn texts(text: &str) -> Texts {
    Texts::from([(FILE.to_owned(), text.to_owned())])
}

fn entries(text: &str) -> Vec<FileEntry> {
    let layout = FileLayout::of(FILE, text).unwrap();
    seats(&layout).iter().map(|seat| seat.entry(&layout, FILE)).collect()
}

fn target(name: &str) -> Target {
    Target { file: FILE.to_owned(), of: Of::Broadcast, name: name.to_owned(), seen: None }
}

fn set(name: &str, keys: &[(&str, Option<Value>)]) -> Change {
    let keys = keys.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    Change::Keys { at: target(name), keys }
}

#[expect(clippy::unnecessary_wraps, reason = "as a change takes it")]
fn word(text: &str) -> Option<Value> {
    Some(Value::Text(text.to_owned()))
}

#[expect(clippy::unnecessary_wraps, reason = "as a change takes it")]
fn words(texts: &[&str]) -> Option<Value> {
    Some(Value::texts(texts.iter().copied()))
}

/// The file after a change of it.
fn after(text: &str, change: &Change) -> String {
    let mut texts = texts(text);
    change.apply(&mut texts).unwrap_or_else(|refusal| panic!("{refusal:?}\n{text}"));
    texts.remove(FILE).unwrap()
}

fn refused(text: &str, change: &Change) -> &'static str {
    let mut given = texts(text);
    let refusal = change.apply(&mut given).unwrap_err();
    assert_eq!(given, texts(text), "what is refused changes nothing");
    assert!(!refusal.message.vi.is_empty() && !refusal.help.vi.is_empty());
    refusal.code
}

fn table(keys: &[(&str, Value)]) -> BTreeMap<String, Value> {
    keys.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect()
}

fn at(written: &str) -> DateTime {
    written.parse().unwrap()
}
