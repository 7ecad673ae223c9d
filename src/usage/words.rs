use clap::Command;
use loa_core::diag::{Lang, Text};

use crate::path::called;

/// Words that people type, and the commands they may mean by them, the likeliest first. One that the program does not have is passed over.
pub type MeantBy = (&'static [&'static str], &'static [&'static str]);

/// Words for what no command does, and what to do instead.
pub type InsteadOf = (&'static [&'static str], fn() -> Text);

/// What differs between programs. All else of their help is the same.
#[derive(Clone, Copy, Debug)]
pub struct ProgramWords {
    /// An example for each command: its name below the program's, and how people call it, in Vietnamese and in English.
    pub examples: &'static [(&'static str, &'static str, &'static str)],
    /// What stands for a value, in Vietnamese. In English it is as it is written in the source.
    pub values: &'static [(&'static str, &'static str)],
    /// The words by which people look for commands.
    pub sought: &'static [SoughtWords],
}

/// The words by which people look for the commands below one: of other tools, of everyday speech, Vietnamese with or without its accents.
#[derive(Clone, Copy, Debug)]
pub struct SoughtWords {
    /// The command below which those stand that are looked for, `fleet alarm`; of the program itself, nothing.
    pub below: &'static str,
    /// Words for commands.
    pub meant: &'static [MeantBy],
    /// Words for what no command does.
    pub instead: &'static [InsteadOf],
}

impl ProgramWords {
    /// How the last command of `path`, whose first is the program, is called, by way of example.
    pub fn example(&self, path: &[&Command]) -> Option<Text> {
        let path = called(path);
        let (_, vi, en) = self.examples.iter().find(|(known, ..)| *known == path)?;
        Some(Text { vi: (*vi).to_owned(), en: (*en).to_owned() })
    }

    /// What stands for a value.
    pub(crate) fn value<'a>(&self, name: &'a str, lang: Lang) -> &'a str {
        match lang {
            Lang::Vi => self.values.iter().find(|(known, _)| *known == name).map_or(name, |(_, vi)| vi),
            Lang::En => name,
        }
    }
}
