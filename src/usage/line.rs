use std::ffi::OsString;

use clap::{Arg, Command};
use loa_core::diag::shown;

use crate::words::ProgramWords;

/// A line as far as it can be understood.
pub(crate) struct TypedLine<'a> {
    /// What the program brings along.
    pub(crate) program: ProgramWords,
    /// The program, and the commands that were named.
    pub(crate) path: Vec<&'a Command>,
    /// What was typed behind the program.
    words: Vec<&'a str>,
}

impl<'a> TypedLine<'a> {
    pub(crate) fn read(program: ProgramWords, root: &'a Command, words: &'a [OsString]) -> Self {
        let typed = words.iter().skip(1).filter_map(|word| word.to_str()).collect();
        let mut path = vec![root];
        let mut words = words.iter().skip(1).filter_map(|word| word.to_str());
        while let Some(word) = words.next() {
            if word == "--" {
                break;
            }
            if let Some(option) = word.strip_prefix("--") {
                let known = path.iter().flat_map(|command| command.get_arguments());
                let takes = |arg: &Arg| arg.get_long() == Some(option) && arg.get_action().takes_values();
                if known.into_iter().any(takes) {
                    words.next();
                }
                continue;
            }
            let here = path[path.len() - 1];
            if let Some(below) = here.get_subcommands().find(|one| one.get_name() == word) {
                path.push(below);
            }
        }
        Self { program, path, words: typed }
    }

    /// The arguments that the command takes, its own before those that all take.
    pub(crate) fn args(&self) -> impl Iterator<Item = &'a Arg> {
        self.path.clone().into_iter().rev().flat_map(Command::get_arguments)
    }

    /// The argument that an error names: `--by <WHO>`, `<FILE>`.
    pub(crate) fn find(&self, written: &str) -> Option<&'a Arg> {
        let word = written.split([' ', '=']).next().unwrap_or_default();
        if let Some(long) = word.strip_prefix("--") {
            return self.args().find(|arg| arg.get_long() == Some(long));
        }
        let bare = word.trim_matches(|c| "<>[].".contains(c));
        let is = |arg: &Arg| arg.get_value_names().is_some_and(|names| names.iter().any(|name| name.as_str() == bare));
        self.args().filter(|arg| arg.is_positional()).find(|arg| is(arg) || arg.get_id() == bare)
    }

    /// The words around a stray one as one, behind their option: `--from "hôm qua"`.
    pub(crate) fn in_quotes(&self, stray: &str) -> Option<String> {
        let is_option = |word: &str| word.starts_with('-') && word.len() > 1;
        let is_command = |word: &str| self.path.iter().skip(1).any(|command| command.get_name() == word);
        let at = self.words.iter().rposition(|word| *word == stray)?;
        let begins = self.words[..at].iter().rposition(|word| is_option(word) || is_command(word));
        let ends = self.words[at..].iter().position(|word| is_option(word)).map_or(self.words.len(), |more| at + more);
        let first = begins.map_or(0, |begins| begins + 1);
        let before = begins.map(|begins| self.words[begins]).filter(|word| is_option(word) && *word != "--");
        let (option, own) = match before.and_then(|word| word.split_once('=')) {
            Some((option, value)) => (Some(option), Some(value)),
            None => (before, None),
        };
        let takes = |option: &str| {
            let long = option.trim_start_matches('-');
            self.args().any(|arg| arg.get_long() == Some(long) && arg.get_action().takes_values())
        };
        let phrase: Vec<&str> = own.into_iter().chain(self.words[first..ends].iter().copied()).collect();
        if phrase.len() < 2 {
            return None;
        }
        let phrase = shown(&phrase.join(" "));
        Some(match option.filter(|option| takes(option)) {
            Some(option) => format!("{} \"{phrase}\"", shown(option)),
            None => format!("\"{phrase}\""),
        })
    }

    /// The first word that no option takes, where the command takes none by itself.
    pub(crate) fn stray(&self) -> Option<&'a str> {
        let depth = self.path.len() - 1;
        let mut words = self.words.iter().copied().peekable();
        let mut named = 0;
        while let Some(word) = words.next() {
            if let Some(option) = word.strip_prefix("--") {
                let takes = |arg: &&Arg| arg.get_long() == Some(option) && arg.get_action().takes_values();
                if let Some(arg) = self.args().find(takes) {
                    words.next();
                    // What takes many takes all up to the next option.
                    let takes_many = arg.get_num_args().is_some_and(|number| number.max_values() > 1);
                    while takes_many && words.next_if(|word| !word.starts_with('-')).is_some() {}
                }
            } else if named < depth {
                named += 1;
            } else if !word.starts_with('-') {
                return Some(word);
            }
        }
        None
    }
}
