use clap::Command;
use loa_core::diag::{Text, fold, nearest};

use crate::path::{called, for_people};
use crate::words::{ProgramWords, SoughtWords};

impl ProgramWords {
    /// What to do where somebody asks the last command of `path` for what none below it does.
    pub fn instead(&self, written: &str, path: &[&Command]) -> Option<Text> {
        let wanted = fold(written);
        let mut known = self.sought_at(path).flat_map(|sought| sought.instead);
        known.find(|(words, _)| words.iter().any(|word| fold(word) == wanted)).map(|(_, said)| said())
    }

    /// The command below the last of `path` that `written` was probably meant to be: `sounds remove`.
    pub fn meant(&self, written: &str, path: &[&Command]) -> Option<String> {
        let here = path.last()?;
        let wanted = fold(written);
        let names = || for_people(here).map(Command::get_name);
        // A name with capitals or accents is itself.
        if let Some(name) = names().find(|name| fold(name) == wanted) {
            return Some(name.to_owned());
        }
        let mut known = self.sought_at(path).flat_map(|sought| sought.meant);
        let known = known.find(|(words, _)| words.iter().any(|word| fold(word) == wanted));
        if let Some(found) = known.and_then(|(_, commands)| commands.iter().find(|name| below(here, name).is_some())) {
            return Some((*found).to_owned());
        }
        nearest(written, names()).map(str::to_owned)
    }

    fn sought_at(&self, path: &[&Command]) -> impl Iterator<Item = &'static SoughtWords> {
        let place = called(path);
        self.sought.iter().filter(move |sought| sought.below == place)
    }
}

/// The command `sounds remove` below this one, or itself for no name.
pub(crate) fn below<'a>(command: &'a Command, names: &str) -> Option<&'a Command> {
    names.split_whitespace().try_fold(command, |at, name| at.get_subcommands().find(|one| one.get_name() == name))
}
