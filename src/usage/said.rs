use clap::{Arg, Command};
use loa_core::diag::{Lang, Text};

/// What parts the languages of one sentence in the doc comments of the arguments: Vietnamese, then English.
pub(crate) const PARTING: &str = " | ";

/// The sentence of a doc comment in one language. One that has a single language is shown in both.
pub fn in_lang(said: &str, lang: Lang) -> &str {
    let one = match (said.split_once(PARTING), lang) {
        (Some((vi, _)), Lang::Vi) => vi,
        (Some((_, en)), Lang::En) => en,
        (None, _) => said,
    };
    one.trim().trim_end_matches('.')
}

/// What an argument is for, in both languages.
pub(crate) fn purpose(arg: &Arg) -> Text {
    let said = arg.get_help().map(ToString::to_string).unwrap_or_default();
    Text { vi: in_lang(&said, Lang::Vi).to_owned(), en: in_lang(&said, Lang::En).to_owned() }
}

/// What a command is for.
pub(crate) fn about(command: &Command, lang: Lang) -> String {
    let said = command.get_about().map(ToString::to_string).unwrap_or_default();
    in_lang(&said, lang).to_owned()
}
