use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{Command, Error};
use loa_core::diag::{Lang, Text, plain, text};

use crate::line::TypedLine;
use crate::page::pasted;
use crate::path::see;
use crate::words::ProgramWords;

/// What became of a line that is no call of a command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum UsageAnswer {
    /// A page to show: it was asked for.
    Page(String),
    /// The same page, since nothing was asked: a usage error.
    NoCommand(String),
    /// What is wrong with the line.
    Wrong(Text),
}

impl ProgramWords {
    /// Says in `lang` what `error` means of the line `words`, the first of which is the program.
    pub fn answer(&self, error: &Error, root: &Command, words: &[OsString], lang: Lang) -> UsageAnswer {
        let line = TypedLine::read(*self, root, words);
        match error.kind() {
            ErrorKind::DisplayHelp => UsageAnswer::Page(self.page(&line.path, lang)),
            ErrorKind::DisplayVersion => {
                UsageAnswer::Page(format!("{} {}\n", root.get_name(), root.get_version().unwrap_or_default()))
            }
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
                UsageAnswer::NoCommand(self.page(&line.path, lang))
            }
            _ => {
                let (wrong, see) = (line.wrong(error), see(&line.path));
                // What was typed makes no line of its own.
                let wrong = Text { vi: plain(&wrong.vi).into_owned(), en: plain(&wrong.en).into_owned() };
                let example = self.example(&line.path).map_or_else(
                    || text!("", ""),
                    |Text { vi, en }| {
                        let (vi, en) = (pasted(&vi), pasted(&en));
                        text!(" Ví dụ:\n  {vi}", " For example:\n  {en}")
                    },
                );
                UsageAnswer::Wrong(Text {
                    vi: format!("{}{}\n{}", stopped(&wrong.vi), example.vi, see.vi),
                    en: format!("{}{}\n{}", stopped(&wrong.en), example.en, see.en),
                })
            }
        }
    }
}

/// With a full stop, unless it ends already.
fn stopped(said: &str) -> String {
    let end = if said.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{said}{end}")
}

/// The value of a global option, read before anything else is: in which language to complain, of which station.
/// What is wrong with it is found later.
pub fn early(words: &[OsString], option: &str) -> Option<OsString> {
    let mut words = words.iter().skip(1).take_while(|word| *word != "--");
    let mut found = None;
    while let Some(word) = words.next().map(|word| word.to_str()) {
        match word {
            Some(word) if word == option => found = words.next().cloned().or(found),
            // What is written last counts.
            Some(word) => {
                let value = word.strip_prefix(option).and_then(|rest| rest.strip_prefix('='));
                found = value.map(OsString::from).or(found);
            }
            None => {}
        }
    }
    found
}

/// The language that the line asks for by `--lang`, read as early.
pub fn early_language(words: &[OsString]) -> Option<Lang> {
    early(words, "--lang")?.to_str()?.parse().ok()
}
