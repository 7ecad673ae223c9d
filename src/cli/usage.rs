use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, Error};

use super::{help, near};
use crate::diag::{Lang, Text, nearest, plain, shown, text};

/// What became of a line that is no call of a command.
pub(super) enum Answer {
    /// A page to show: it was asked for.
    Page(String),
    /// The same page, since nothing was asked: a usage error.
    NoCommand(String),
    /// What is wrong with the line.
    Wrong(Text),
}

/// Says in `lang` what `error` means of the line `words`, the first of which is the program.
pub(super) fn answer(error: &Error, root: &Command, words: &[OsString], lang: Lang) -> Answer {
    let line = Line::read(root, words);
    match error.kind() {
        ErrorKind::DisplayHelp => Answer::Page(help::page(&line.path, lang)),
        ErrorKind::DisplayVersion => {
            Answer::Page(format!("{} {}\n", root.get_name(), root.get_version().unwrap_or_default()))
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            Answer::NoCommand(help::page(&line.path, lang))
        }
        _ => {
            let (wrong, see) = (line.wrong(error), help::see(&line.path));
            // What was typed makes no line of its own.
            let wrong = Text { vi: plain(&wrong.vi).into_owned(), en: plain(&wrong.en).into_owned() };
            let example = help::example(&line.path)
                .map_or_else(|| text!("", ""), |Text { vi, en }| text!(" Ví dụ:\n  {vi}", " For example:\n  {en}"));
            Answer::Wrong(Text {
                vi: format!("{}{}\n{}", stopped(&wrong.vi), example.vi, see.vi),
                en: format!("{}{}\n{}", stopped(&wrong.en), example.en, see.en),
            })
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
pub(super) fn early(words: &[OsString], option: &str) -> Option<OsString> {
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

/// A line as far as it can be understood.
struct Line<'a> {
    /// The program, and the commands that were named.
    path: Vec<&'a Command>,
    /// What was typed behind the program.
    words: Vec<&'a str>,
}

impl<'a> Line<'a> {
    fn read(root: &'a Command, words: &'a [OsString]) -> Self {
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
        Self { path, words: typed }
    }

    /// The arguments that the command takes, its own before those that all take.
    fn args(&self) -> impl Iterator<Item = &'a Arg> {
        self.path.clone().into_iter().rev().flat_map(Command::get_arguments)
    }

    /// `--by (ai ra lệnh)` for `--by <WHO>`, `<FILE>` and what else names an argument in an error.
    fn named(&self, written: &str) -> Text {
        let Some(arg) = self.find(written) else { return same(&shown(written)) };
        let bare = |lang| arg.get_long().map_or_else(|| help::switch(arg, lang), |long| format!("--{long}"));
        let Text { vi, en } = help::purpose(arg);
        let (vi, en) = (brief(&vi), brief(&en));
        Text { vi: format!("{} ({vi})", bare(Lang::Vi)), en: format!("{} ({en})", bare(Lang::En)) }
    }

    fn find(&self, written: &str) -> Option<&'a Arg> {
        let word = written.split([' ', '=']).next().unwrap_or_default();
        if let Some(long) = word.strip_prefix("--") {
            return self.args().find(|arg| arg.get_long() == Some(long));
        }
        let bare = word.trim_matches(|c| "<>[].".contains(c));
        let is = |arg: &Arg| arg.get_value_names().is_some_and(|names| names.iter().any(|name| name.as_str() == bare));
        self.args().filter(|arg| arg.is_positional()).find(|arg| is(arg) || arg.get_id() == bare)
    }

    /// What is wrong, without a full stop.
    fn wrong(&self, error: &Error) -> Text {
        let said = |kind| value(error, kind);
        let first = |kind| said(kind).into_iter().next().unwrap_or_default();
        let (arg, written) = (first(ContextKind::InvalidArg), shown(&first(ContextKind::InvalidValue)));
        match error.kind() {
            ErrorKind::InvalidSubcommand => self.no_command(&first(ContextKind::InvalidSubcommand)),
            ErrorKind::UnknownArgument => self.unknown(&arg),
            ErrorKind::MissingRequiredArgument => {
                let missing = said(ContextKind::InvalidArg).iter().map(|one| self.named(one)).collect();
                let Text { vi, en } = listed(missing);
                text!("thiếu {vi}", "what is missing: {en}")
            }
            ErrorKind::InvalidValue if written.is_empty() => {
                let Text { vi, en } = self.named(&arg);
                text!("sau {vi} chưa ghi gì", "nothing is written after {en}")
            }
            ErrorKind::InvalidValue => {
                let Text { vi, en } = self.named(&arg);
                let known = said(ContextKind::ValidValue);
                let near = nearest(&written, known.iter().map(String::as_str)).map(str::to_owned);
                let known = known.join(", ");
                let near = near.map_or_else(
                    || text!(".", "."),
                    |near| text!("; có phải là «{near}»?", "; did you mean \"{near}\"?"),
                );
                let (near_vi, near_en) = (near.vi, near.en);
                text!(
                    "{vi} không có «{written}»{near_vi} Các giá trị dùng được: {known}",
                    "{en} has no \"{written}\"{near_en} What it takes: {known}"
                )
            }
            ErrorKind::ValueValidation => {
                let Text { vi, en } = self.named(&arg);
                let number = error.to_string().contains("digit");
                let number =
                    if number { text!(": phải là một số", ": it must be a number") } else { text!("", "") };
                let (n_vi, n_en) = (number.vi, number.en);
                text!("{vi} không nhận «{written}»{n_vi}", "{en} does not take \"{written}\"{n_en}")
            }
            ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues | ErrorKind::TooManyValues => {
                let whole = self
                    .find(&arg)
                    .map(|arg| Text { vi: help::switch(arg, Lang::Vi), en: help::switch(arg, Lang::En) });
                let Text { vi, en } = whole.unwrap_or_else(|| same(&shown(&arg)));
                text!("ghi thiếu hoặc thừa chữ, phải là: {vi}", "words are missing or too many, it is: {en}")
            }
            ErrorKind::NoEquals => text!("sau {arg} phải có dấu =", "{arg} needs an equals sign"),
            // A word where only a command below could stand.
            ErrorKind::ArgumentConflict if arg.is_empty() => match self.stray() {
                Some(stray) => self.one_too_many(stray),
                None => text!("máy không hiểu dòng lệnh này", "this line cannot be understood"),
            },
            ErrorKind::ArgumentConflict => conflict(&arg, &said(ContextKind::PriorArg)),
            ErrorKind::InvalidUtf8 => text!(
                "có chữ viết không theo bảng mã UTF-8, máy không đọc được",
                "a word is not in UTF-8 and cannot be read"
            ),
            _ => text!("máy không hiểu dòng lệnh này", "this line cannot be understood"),
        }
    }

    fn no_command(&self, written: &str) -> Text {
        let here = self.path[self.path.len() - 1];
        let meant = if self.path.len() == 1 {
            near::meant(written, here)
        } else {
            nearest(written, for_people(here).map(Command::get_name)).map(str::to_owned)
        };
        if let Some(Text { vi, en }) = (self.path.len() == 1).then(|| near::instead(written)).flatten() {
            let written = shown(written);
            return text!("không có lệnh «{written}»; {vi}", "there is no command \"{written}\"; {en}");
        }
        let written = shown(written);
        let all: Vec<&str> = for_people(here).map(Command::get_name).collect();
        let (all, called) = (all.join(", "), help::called(&self.path));
        let blank = if called.is_empty() { "" } else { " " };
        match meant {
            Some(meant) => text!(
                "không có lệnh «{written}»; có phải là «loa {called}{blank}{meant}»? Các lệnh: {all}",
                "there is no command \"{written}\"; did you mean \"loa {called}{blank}{meant}\"? The commands: {all}"
            ),
            None => text!(
                "không có lệnh «{written}». Các lệnh: {all}",
                "there is no command \"{written}\". The commands: {all}"
            ),
        }
    }

    /// A word that nothing takes: what was meant is most often the end of a name with blanks.
    fn one_too_many(&self, written: &str) -> Text {
        let word = shown(written);
        match self.in_quotes(written) {
            Some(quoted) => text!(
                "thừa chữ «{word}»; chữ có dấu cách thì để trong ngoặc kép: {quoted}",
                "\"{word}\" is one word too many; words with blanks belong in quotes: {quoted}"
            ),
            None => text!("thừa chữ «{word}»", "\"{word}\" is one word too many"),
        }
    }

    /// The words around a stray one as one, behind their option: `--from "hôm qua"`.
    fn in_quotes(&self, stray: &str) -> Option<String> {
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
    fn stray(&self) -> Option<&'a str> {
        let depth = self.path.len() - 1;
        let mut words = self.words.iter().copied();
        let mut named = 0;
        while let Some(word) = words.next() {
            if let Some(option) = word.strip_prefix("--") {
                let takes = |arg: &Arg| arg.get_long() == Some(option) && arg.get_action().takes_values();
                if self.args().any(takes) {
                    words.next();
                }
            } else if named < depth {
                named += 1;
            } else if !word.starts_with('-') {
                return Some(word);
            }
        }
        None
    }

    fn unknown(&self, written: &str) -> Text {
        let word = shown(written);
        if !written.starts_with('-') {
            return self.one_too_many(written);
        }
        let longs: Vec<&str> = self.args().filter_map(Arg::get_long).chain(["help", "version"]).collect();
        let bare = written.trim_start_matches('-').split('=').next().unwrap_or_default();
        if let Some(near) = nearest(bare, longs.iter().copied()) {
            return text!(
                "không có tùy chọn {word} ở đây; có phải là --{near}?",
                "there is no option {word} here; did you mean --{near}?"
            );
        }
        let all: Vec<String> =
            longs.iter().filter(|long| **long != "version").map(|long| format!("--{long}")).collect();
        let all = all.join(", ");
        text!("không có tùy chọn {word} ở đây; dùng được: {all}", "there is no option {word} here, but: {all}")
    }
}

fn conflict(arg: &str, others: &[String]) -> Text {
    let bare = |written: &str| written.split(' ').next().unwrap_or_default().to_owned();
    let arg = bare(arg);
    let others: Vec<String> = others.iter().map(|other| bare(other)).collect();
    if others.is_empty() || others.contains(&arg) {
        return text!("{arg} chỉ ghi một lần", "{arg} can be written once only");
    }
    let others = others.join(", ");
    text!("{arg} không dùng chung với {others}: hãy bỏ một bên", "{arg} does not go with {others}: leave one out")
}

fn same(said: &str) -> Text {
    Text { vi: said.to_owned(), en: said.to_owned() }
}

/// The beginning of an explanation, as it fits into parentheses.
fn brief(said: &str) -> String {
    let said = said.split([';', ':', '(']).next().unwrap_or_default().trim();
    let mut chars = said.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

/// `a, b và c`.
fn listed(mut parts: Vec<Text>) -> Text {
    let Some(last) = parts.pop() else { return same("") };
    if parts.is_empty() {
        return last;
    }
    let vi = parts.iter().map(|part| part.vi.as_str()).collect::<Vec<_>>().join(", ");
    let en = parts.iter().map(|part| part.en.as_str()).collect::<Vec<_>>().join(", ");
    Text { vi: format!("{vi} và {}", last.vi), en: format!("{en} and {}", last.en) }
}

fn value(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(one)) => vec![one.clone()],
        Some(ContextValue::Strings(many)) => many.clone(),
        _ => Vec::new(),
    }
}

/// The commands below, but for those that only the making of a package calls.
fn for_people(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|one| !one.is_hide_set())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::Arguments;

    fn wrong(line: &str, lang: Lang) -> String {
        let words: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
        let error = Arguments::command().try_get_matches_from(&words).expect_err(line);
        match answer(&error, &Arguments::command(), &words, lang) {
            Answer::Page(page) | Answer::NoCommand(page) => page,
            Answer::Wrong(said) => said.get(lang).to_owned(),
        }
    }

    #[test]
    fn each_kind_of_mistake_is_told_in_vietnamese_with_the_way_out() {
        for (line, says) in [
            (
                "loa render --zone thon-1 --out x.wav",
                &["thiếu --from (từ thời điểm này) và --to (đến thời điểm này)", "Ví dụ:\n  loa render "][..],
            ),
            ("loa alert", &["thiếu TỆP (tên âm thanh trong audio/)", "Ví dụ:\n  loa alert "]),
            ("loa remove x", &["không có lệnh «remove»", "Các lệnh: setup, run, check"]),
            ("loa staus", &["có phải là «loa status»?"]),
            ("loa plan --form 05:00", &["không có tùy chọn --form ở đây; có phải là --from?"]),
            ("loa user add Hai --role official --zone x", &["có phải là --zones? Ví dụ"]),
            (
                "loa user add Hai --role truongthon",
                &["--role", "không có «truongthon». Các giá trị dùng được: operator, official, reviewer, admin."],
            ),
            ("loa plan --xyzw", &["không có tùy chọn --xyzw ở đây; dùng được: --from"]),
            ("loa say Họp thôn", &["thừa chữ «thôn»", "trong ngoặc kép: \"Họp thôn\""]),
            ("loa journal --from hôm qua", &["thừa chữ «qua»", "--from \"hôm qua\""]),
            ("loa journal --summary --from=hôm qua", &["--from \"hôm qua\""]),
            ("loa plan --from hôm qua --to hôm nay", &["--from \"hôm qua\""]),
            ("loa say x --zone Thôn 1", &["--zone \"Thôn 1\""]),
            ("loa new", &["không có lệnh «new»; ", "loa demo"]),
            ("loa khởi_động_lại", &["systemctl restart loa"]),
            ("loa journal --zone", &["sau --zone", "chưa ghi gì"]),
            ("loa alert x --by a --why b --repeat nhiều", &["--repeat", "không nhận «nhiều»: phải là một số"]),
            ("loa --lang fr status", &["--lang", "không nhận «fr»"]),
            ("loa plan --svg x --json", &["--svg không dùng chung với --json", "bỏ một bên"]),
            ("loa plan --why x", &["phải là: --why MỤC-PHÁT"]),
            ("loa plan --zone a --zone b", &["--zone chỉ ghi một lần"]),
            ("loa clock cofirm", &["có phải là «loa clock confirm»?"]),
            ("loa", &["Cách gọi:", "Lệnh:"]),
            ("loa help plan", &["loa plan [tùy chọn]"]),
            ("loa plan --help", &["loa plan [tùy chọn]", "Ví dụ:"]),
            ("loa --dir x clock confirm -h", &["loa clock confirm [tùy chọn]"]),
        ] {
            let said = wrong(line, Lang::Vi);
            for part in says {
                assert!(said.contains(part), "{line}: {part}\n{said}");
            }
            let english = ["error", "Usage", "usage", "unrecognized", "required", "expected", "invalid", "found"];
            assert!(!english.iter().any(|word| said.contains(word)), "{line}: {said}");
        }
    }

    #[test]
    fn the_same_is_told_in_english_where_that_is_asked_for() {
        let said = wrong("loa render --out x.wav", Lang::En);
        assert!(said.starts_with("what is missing: --from (from this instant) and --to (to this instant)."), "{said}");
        assert!(wrong("loa play x", Lang::En).contains("did you mean \"loa say\"?"));
        assert!(wrong("loa --version", Lang::En).starts_with("loa "));
    }

    #[test]
    fn the_language_and_the_station_are_known_before_the_line_is_read() {
        let words = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
        let early = |line: &str| super::early(&words(line), "--lang").and_then(|word| word.into_string().ok());
        assert_eq!(early("loa --lang en status").as_deref(), Some("en"));
        assert_eq!(early("loa nonsense --lang=vi").as_deref(), Some("vi"));
        assert_eq!(early("loa say -- --lang en"), None);
        assert_eq!(early("loa status --language en"), None);
        assert_eq!(early("loa status --lang"), None);
        assert_eq!(early("loa --lang en status --lang=vi").as_deref(), Some("vi"), "as the line itself is read");
    }
}
