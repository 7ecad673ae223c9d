use std::collections::BTreeSet;

use clap::Command;
use loa_core::diag::{Lang, Text, fold};
use unicode_width::UnicodeWidthStr as _;

use crate::near::below;
use crate::page::COLUMNS;
use crate::path::{called, for_people, typed};
use crate::said::PARTING;
use crate::words::{ProgramWords, SoughtWords};

impl ProgramWords {
    /// What a command line lacks, for a test of the program to find nothing of: a sentence in one language only, a page too wide, a
    /// command without an example that it takes, a value without a Vietnamese name, a word that means two things or leads nowhere.
    pub fn flaws(&self, root: &Command) -> Vec<String> {
        let paths = paths(root);
        let mut flaws: Vec<String> = paths.iter().flat_map(|path| self.flaws_of(path)).collect();
        let is_known = |name: &str| paths.iter().any(|path| called(path) == name);
        let unknown = self.examples.iter().filter(|(name, ..)| !is_known(name));
        flaws.extend(unknown.map(|(name, ..)| format!("an example of «{name}», which is no command")));
        flaws.extend(self.sought.iter().flat_map(|sought| flaws_of_sought(sought, root)));
        flaws
    }

    fn flaws_of(&self, path: &[&Command]) -> Vec<String> {
        let [root, .., _] = path else { return self.flaws_of_page(path) };
        let mut flaws = self.flaws_of_page(path);
        match self.example(path) {
            None => flaws.push(format!("{}: no example", typed(path))),
            Some(Text { vi, en }) => {
                for said in [vi, en] {
                    if !said.starts_with(&typed(path)) {
                        flaws.push(format!("{}: the example is of another command: {said}", typed(path)));
                    }
                    if let Err(error) = (*root).clone().try_get_matches_from(words(&said)) {
                        flaws.push(format!("{said}: {error}"));
                    }
                }
            }
        }
        flaws
    }

    /// Of the page of the last command of a path, and of what stands in it.
    fn flaws_of_page(&self, path: &[&Command]) -> Vec<String> {
        let Some(command) = path.last() else { return Vec::new() };
        let mut flaws = Vec::new();
        let said = |said: Option<&clap::builder::StyledStr>| said.map(ToString::to_string).unwrap_or_default();
        let shown = command.get_arguments().filter(|arg| !arg.is_hide_set());
        for text in shown.map(|arg| said(arg.get_help())).chain([said(command.get_about())]) {
            if text.matches(PARTING).count() != 1 {
                flaws.push(format!("{}: write `Tiếng Việt. | English.` instead of: {text}", typed(path)));
            }
        }
        for (lang, other) in [(Lang::Vi, "Usage:"), (Lang::En, "Cách gọi:")] {
            let page = self.page(path, lang);
            let wide = page.lines().filter(|line| line.width() > COLUMNS);
            flaws.extend(wide.map(|line| format!("{}: more than {COLUMNS} columns: {line}", typed(path))));
            if page.contains(other) || page.contains(PARTING) {
                flaws.push(format!("{}: a page in two languages", typed(path)));
            }
        }
        let valued = command.get_arguments().filter(|arg| arg.get_action().takes_values());
        for name in valued.flat_map(|arg| arg.get_value_names().unwrap_or_default()) {
            if !self.values.iter().any(|(known, _)| known == &name.as_str()) {
                flaws.push(format!("{}: {name} has no Vietnamese name", typed(path)));
            }
        }
        flaws
    }
}

/// Of the words by which people look for the commands below one.
fn flaws_of_sought(sought: &SoughtWords, root: &Command) -> Vec<String> {
    let Some(here) = below(root, sought.below) else {
        return vec![format!("words below «{}», which is no command", sought.below)];
    };
    let mut flaws = Vec::new();
    let mut seen = BTreeSet::new();
    let all = sought.meant.iter().map(|(words, _)| *words).chain(sought.instead.iter().map(|(words, _)| *words));
    let twice = all.flatten().filter(|word| !seen.insert(fold(word)));
    flaws.extend(twice.map(|word| format!("«{word}» means two things below «{}»", sought.below)));
    let lost = sought.meant.iter().flat_map(|(_, commands)| *commands).filter(|name| below(here, name).is_none());
    flaws.extend(lost.map(|name| format!("words for «{name}», which is no command below «{}»", sought.below)));
    flaws
}

/// Every command with those that lead to it.
fn paths(root: &Command) -> Vec<Vec<&Command>> {
    let mut all = vec![vec![root]];
    let mut place = 0;
    while let Some(path) = all.get(place).cloned() {
        let below = for_people(path[path.len() - 1]);
        all.extend(below.map(|one| path.iter().copied().chain([one]).collect()));
        place += 1;
    }
    all
}

/// The words of a line; what stands between quotes is one.
fn words(line: &str) -> Vec<&str> {
    let parts = line.split('"').enumerate();
    let words = parts.flat_map(|(place, part)| match place % 2 {
        0 => part.split_whitespace().collect(),
        _ => vec![part],
    });
    words.collect()
}
