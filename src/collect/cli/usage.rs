//! What is wrong with a line that is no call of a command, and the pages that were asked for, in one language. Each help is written as
//! `Việt | English` where its argument is.

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command, Error};
use loa_core::diag::{Lang, Text, shown, text};

/// Between the two languages of a help.
const PARTING: &str = " | ";
/// What clap itself writes into a page, and the same in Vietnamese.
const OWN_WORDS: [(&str, &str); 4] =
    [("[OPTIONS]", "[TÙY CHỌN]"), ("<COMMAND>", "<LỆNH>"), ("[COMMAND]", "[LỆNH]"), ("[default: ", "[mặc định: ")];

/// The command with its pages in one language.
pub(super) fn spoken(command: Command, lang: Lang) -> Command {
    let said = |text: Text| text.get(lang).to_owned();
    let usage = said(text!("Cách dùng", "Usage"));
    let [arguments, options, commands] = match lang {
        Lang::Vi => ["Tham số", "Tùy chọn", "Lệnh"],
        Lang::En => ["Arguments", "Options", "Commands"],
    };
    let about = command.get_about().map(|about| part(about, lang)).unwrap_or_default();
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help);
    let help = help.help(said(text!("In trang này.", "Print this page.")));
    let version = command.get_version().is_some().then(|| {
        let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
        version.help(said(text!("In số phiên bản.", "Print the version.")))
    });
    command
        .disable_version_flag(true)
        .args(version)
        .about(about)
        .help_template(format!("{{about-with-newline}}\n{usage}: {{usage}}\n\n{{all-args}}"))
        .subcommand_help_heading(commands)
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .arg(help)
        .mut_args(|arg| {
            let heading = if arg.is_positional() { arguments } else { options };
            let help = arg.get_help().map(|help| part(help, lang)).unwrap_or_default();
            arg.help(help).help_heading(heading)
        })
        .mut_subcommands(|inner| spoken(inner, lang))
}

/// A page that was asked for.
pub(super) fn page(error: &Error, lang: Lang) -> String {
    let page = error.to_string();
    if lang == Lang::En {
        return page;
    }
    OWN_WORDS.iter().fold(page, |page, (en, vi)| page.replace(en, vi))
}

/// The language that the line asks for, before anything else of it is read.
pub(super) fn language(mut words: impl Iterator<Item = String>) -> Option<Lang> {
    while let Some(word) = words.next() {
        let written = if word == "--lang" { words.next() } else { word.strip_prefix("--lang=").map(str::to_owned) };
        if let Some(written) = written {
            return written.parse().ok();
        }
    }
    None
}

/// What is wrong with the line, and where the right one stands.
pub(super) fn wrong(error: &Error) -> Text {
    let of = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(one)) => Some(shown(one)),
        Some(ContextValue::Strings(all)) => Some(all.iter().map(|one| shown(one)).collect::<Vec<_>>().join(", ")),
        _ => None,
    };
    let near = |kind: ContextKind| match of(kind).filter(|near| !near.is_empty()) {
        Some(near) => text!("; có phải là {near}?", "; is it {near}?"),
        None => text!("", ""),
    };
    let arg = of(ContextKind::InvalidArg).unwrap_or_default();
    let value = of(ContextKind::InvalidValue).unwrap_or_default();
    let Text { vi, en } = match error.kind() {
        ErrorKind::UnknownArgument => {
            text!(near = near(ContextKind::SuggestedArg); "không có «{arg}» ở lệnh này{near}", "this command has no \"{arg}\"{near}")
        }
        ErrorKind::InvalidSubcommand => {
            let word = of(ContextKind::InvalidSubcommand).unwrap_or_default();
            text!(near = near(ContextKind::SuggestedSubcommand); "không có lệnh «{word}»{near}", "there is no command \"{word}\"{near}")
        }
        ErrorKind::MissingRequiredArgument => text!("còn thiếu {arg}", "{arg} is missing"),
        ErrorKind::ArgumentConflict => {
            let other = of(ContextKind::PriorArg).unwrap_or_default();
            text!("{arg} không đi cùng {other}", "{arg} does not go with {other}")
        }
        ErrorKind::InvalidValue if value.is_empty() => text!("{arg} cần một giá trị", "{arg} takes a value"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let valid = of(ContextKind::ValidValue)
                .map_or_else(|| why(error), |valid| text!("; có: {valid}", "; there are: {valid}"));
            text!(valid = valid; "{arg}: không dùng được «{value}»{valid}", "{arg}: \"{value}\" is no good{valid}")
        }
        _ => text!("lệnh viết chưa đúng", "the line is no call of a command"),
    };
    text!(
        "{vi}. Thêm --help vào lệnh ấy để xem cách viết.",
        "{en}. Add --help to that command to see how it is written."
    )
}

/// Why a value is no good, where its reader says so in both languages.
fn why(error: &Error) -> Text {
    let said = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    match said.split_once(PARTING) {
        Some((vi, en)) => text!(": {vi}", ": {en}"),
        None => text!("", ""),
    }
}

/// One language's half of a help.
fn part(said: &StyledStr, lang: Lang) -> String {
    let said = said.to_string();
    match (said.split_once(PARTING), lang) {
        (Some((vi, _)), Lang::Vi) => vi.to_owned(),
        (Some((_, en)), Lang::En) => en.to_owned(),
        (None, _) => said,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::super::Arguments;
    use super::*;

    fn said(line: &str, lang: Lang) -> (ErrorKind, String) {
        let error = spoken(Arguments::command(), lang).try_get_matches_from(line.split(' ')).unwrap_err();
        let said = if error.use_stderr() { wrong(&error).get(lang).to_owned() } else { page(&error, lang) };
        (error.kind(), said)
    }

    #[test]
    fn a_slip_and_a_page_are_told_in_the_language_of_the_reader() {
        for (line, vi) in [
            ("loa fleet staus", "không có lệnh «staus»"),
            ("loa fleet status --jso", "không có «--jso» ở lệnh này"),
            ("loa fleet accept p01.c1.h1", "còn thiếu --letters"),
            ("loa fleet revoke P01", "không dùng được «P01»: chữ thường, số"),
            ("loa fleet alarm --to", "cần một giá trị"),
            ("loa fleet alarm --to a --preset lu --sound x --until 1h --by a --why b --with k", "không đi cùng"),
        ] {
            let (_, said) = said(line, Lang::Vi);
            assert!(said.contains(vi) && said.contains("--help"), "{line}: {said}");
        }
        for line in ["loa fleet --help", "loa fleet alarm --help", "loa collect run -h", "loa --help"] {
            let (kind, vi) = said(line, Lang::Vi);
            assert_eq!(kind, ErrorKind::DisplayHelp, "{line}");
            for english in ["Usage", "Options", "OPTIONS", "Commands", "Print", " | ", "default:"] {
                assert!(!vi.contains(english), "{english} in {line}: {vi}");
            }
            let (_, en) = said(line, Lang::En);
            assert!(en.contains("Usage") && !en.contains("Tùy chọn") && !en.contains(PARTING), "{line}: {en}");
        }
    }

    #[test]
    fn the_language_of_the_line_is_known_before_the_line() {
        let of = |line: &str| language(line.split(' ').map(str::to_owned));
        assert_eq!(
            (of("loa fleet --lang en x"), of("loa --lang=vi"), of("loa fleet")),
            (Some(Lang::En), Some(Lang::Vi), None)
        );
    }
}
