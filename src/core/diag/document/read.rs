use unicode_normalization::UnicodeNormalization;

use super::{KeyValue, Meaning, Node, Table, TomlValue, counted};
use crate::diag::{Findings, Text, fold, nearest, shown, text};

/// A word that may stand for a value, and other ways people say it.
pub struct Choice<T: 'static> {
    /// As it must be written.
    pub word: &'static str,
    /// What else people write for it, folded as [`fold`] does.
    pub also: &'static [&'static str],
    /// What it means.
    pub means: T,
}

impl<T> Choice<T> {
    /// The words of `choices`, as they must be written.
    pub fn words(choices: &[Self]) -> Vec<&'static str> {
        choices.iter().map(|choice| choice.word).collect()
    }

    /// The word among `choices` that somebody means by `written`.
    pub fn meant(choices: &[Self], written: &str) -> Option<&'static str> {
        let folded = fold(written);
        let said = choices.iter().find(|choice| choice.word == folded || choice.also.contains(&folded.as_str()));
        said.map(|choice| choice.word).or_else(|| nearest(written, choices.iter().map(|choice| choice.word)))
    }
}

/// A text as loa keeps it: composed letters (NFC), ordinary spaces, nothing blank around it.
///
/// Phones and Macs write the same Vietnamese letter in two ways, and copied text brings blanks that
/// nobody sees; neither may make two names of one.
pub fn clean(written: &str) -> String {
    let spaced: String = written
        .nfc()
        .filter(|c| !matches!(c, '\u{200b}' | '\u{feff}' | '\u{ad}'))
        .map(|c| if matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}' | '\u{3000}') { ' ' } else { c })
        .collect();
    spaced.trim().to_owned()
}

impl Findings<'_> {
    /// The text of `entry`, cleaned; anything else is an error that shows `example`.
    pub fn text(&mut self, entry: &KeyValue, example: &str) -> Option<String> {
        self.text_node(&entry.key, &entry.node, example)
    }

    /// The text of a node that stands under `key`.
    pub fn text_node(&mut self, key: &str, node: &Node, example: &str) -> Option<String> {
        if let TomlValue::Text(written) = &node.value {
            return Some(clean(written));
        }
        self.wrong_type(key, node, &text!("chữ trong ngoặc kép", "a text in quotes"), example);
        None
    }

    /// The whole number of `entry` within `range`.
    pub fn integer(&mut self, entry: &KeyValue, range: std::ops::RangeInclusive<i64>, example: &str) -> Option<i64> {
        let key = &entry.key;
        match entry.node.value {
            TomlValue::Integer(number) if range.contains(&number) => Some(number),
            TomlValue::Integer(number) => {
                let (low, high) = range.into_inner();
                self.error(
                    "out_of_range",
                    &entry.node.span,
                    text!(
                        "«{key}» là {number}, phải từ {low} đến {high}",
                        "`{key}` is {number}; it must be from {low} to {high}"
                    ),
                )
                .help = Some({
                    let near = number.clamp(low, high);
                    text!("viết: {key} = {near}", "write: {key} = {near}")
                });
                None
            }
            _ => {
                let said = self.file().text.get(entry.node.span.clone()).unwrap_or_default();
                let (low, high) = range.into_inner();
                let meant = counted(said).map(|number| number.clamp(low, high).to_string());
                let wanted = text!("số nguyên không có ngoặc kép", "a whole number without quotes");
                self.wrong_type(key, &entry.node, &wanted, meant.as_deref().unwrap_or(example));
                None
            }
        }
    }

    /// One of a few words.
    pub fn choice<T: Copy>(&mut self, entry: &KeyValue, choices: &[Choice<T>]) -> Option<T> {
        let example = choices.first().map_or("", |choice| choice.word);
        let written = self.text(entry, &format!("\"{example}\""))?;
        if let Some(exact) = choices.iter().find(|choice| choice.word == written) {
            return Some(exact.means);
        }
        let near = Choice::meant(choices, &written);
        let (key, written) = (&entry.key, shown(&written));
        let all = choices.iter().map(|choice| format!("\"{}\"", choice.word)).collect::<Vec<_>>().join(", ");
        self.error(
            "unknown_value",
            &entry.node.span,
            text!("«{key}» không nhận giá trị «{written}»", "`{key}` does not take \"{written}\""),
        )
        .help = Some(match near {
            Some(near) => {
                text!("có phải là \"{near}\"? Các giá trị được dùng: {all}", "did you mean \"{near}\"? It takes {all}")
            }
            None => text!("các giá trị được dùng: {all}", "it takes {all}"),
        });
        None
    }

    /// The table of `entry`; anything else is an error that shows `example`, a header.
    pub fn table<'t>(&mut self, entry: &'t KeyValue, example: &str) -> Option<&'t Table> {
        let table = entry.node.table();
        if table.is_none() {
            let (key, kind) = (shown(&entry.key), entry.node.kind());
            let (vi, en) = (kind.vi, kind.en);
            self.error(
                "wrong_type",
                &entry.node.span,
                text!("«{key}» phải là một bảng, ở đây lại là {vi}", "`{key}` must be a table; here it is {en}"),
            )
            .help = Some(text!(
                "viết dòng {example} rồi các khóa ở những dòng dưới",
                "write the line {example}, and its keys on the lines below"
            ));
        }
        table
    }

    /// Whether some other key of the table was probably meant to be `key`: what it lacks is told there.
    pub fn is_meant(&self, table: &Table, key: &str) -> bool {
        let Meaning { key: meant, sections, .. } = self.meaning();
        table.entries.iter().filter(|entry| entry.key != key).any(|entry| {
            let folded = fold(&entry.key);
            nearest(&entry.key, [key]).is_some() || sections.iter().any(|section| meant(section, &folded) == Some(key))
        })
    }

    /// An error for every key that is not known.
    pub fn unknown_keys(&mut self, table: &Table, known: &[&'static str]) {
        for entry in table.entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            let folded = fold(&entry.key);
            let Meaning { key, ranged, sections, .. } = self.meaning();
            let meant = sections.iter().filter_map(|section| key(section, &folded)).chain(ranged(&folded));
            let said = meant.into_iter().find(|key| known.contains(key));
            let near = || if self.is_full() { None } else { nearest(&entry.key, known.iter().copied()) };
            let near = said.or_else(near);
            let key = shown(&entry.key);
            let all = known.join(", ");
            self.error(
                "unknown_key",
                &entry.key_span,
                text!("máy không hiểu chữ «{key}» đứng trước dấu = ở đây", "there is no key `{key}` here"),
            )
            .help = Some(match near {
                Some(near) => text!("có phải là «{near}»?", "did you mean `{near}`?"),
                None => text!("ở đây dùng được: {all}", "the keys known here are: {all}"),
            });
        }
    }

    /// An error: `key` holds another kind of value than `wanted`.
    pub fn wrong_type(&mut self, key: &str, node: &Node, wanted: &Text, example: &str) {
        let (key, kind) = (shown(key), node.kind());
        let (want_vi, want_en, vi, en) = (&wanted.vi, &wanted.en, kind.vi, kind.en);
        self.error(
            "wrong_type",
            &node.span,
            text!("«{key}» phải là {want_vi}, ở đây lại là {vi}", "`{key}` must be {want_en}; here it is {en}"),
        )
        .help = Some(text!("viết: {key} = {example}", "write: {key} = {example}"));
    }
}
