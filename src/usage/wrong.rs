use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, Error};
use loa_core::diag::{Lang, Text, nearest, shown, text};

use crate::line::TypedLine;
use crate::path::{for_people, typed};
use crate::said::{PARTING, purpose};

impl TypedLine<'_> {
    /// What is wrong, without a full stop.
    pub(crate) fn wrong(&self, error: &Error) -> Text {
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
                let (why_vi, why_en) =
                    why(error).map_or_else(Default::default, |Text { vi, en }| (format!(": {vi}"), format!(": {en}")));
                text!("{vi} không nhận «{written}»{why_vi}", "{en} does not take \"{written}\"{why_en}")
            }
            ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues | ErrorKind::TooManyValues => {
                let as_typed = |arg, lang| self.program.switch(arg, lang);
                let whole =
                    self.find(&arg).map(|arg| Text { vi: as_typed(arg, Lang::Vi), en: as_typed(arg, Lang::En) });
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

    /// `--by (ai ra lệnh)` for `--by <WHO>`, `<FILE>` and what else names an argument in an error.
    fn named(&self, written: &str) -> Text {
        let Some(arg) = self.find(written) else { return same(&shown(written)) };
        let bare = |lang| arg.get_long().map_or_else(|| self.program.switch(arg, lang), |long| format!("--{long}"));
        let Text { vi, en } = purpose(arg);
        let (vi, en) = (brief(&vi), brief(&en));
        Text { vi: format!("{} ({vi})", bare(Lang::Vi)), en: format!("{} ({en})", bare(Lang::En)) }
    }

    fn no_command(&self, written: &str) -> Text {
        if let Some(Text { vi, en }) = self.program.instead(written, &self.path) {
            let written = shown(written);
            return text!("không có lệnh «{written}»; {vi}", "there is no command \"{written}\"; {en}");
        }
        let meant = self.program.meant(written, &self.path);
        let written = shown(written);
        let all: Vec<&str> = for_people(self.path[self.path.len() - 1]).map(Command::get_name).collect();
        let (all, typed) = (all.join(", "), typed(&self.path));
        match meant {
            Some(meant) => text!(
                "không có lệnh «{written}»; có phải là «{typed} {meant}»? Các lệnh: {all}",
                "there is no command \"{written}\"; did you mean \"{typed} {meant}\"? The commands: {all}"
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

/// Why a value is no good: where its reader says so in both languages, in its words.
fn why(error: &Error) -> Option<Text> {
    let said = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    match said.split_once(PARTING) {
        Some((vi, en)) => Some(Text { vi: vi.to_owned(), en: en.to_owned() }),
        None => error.to_string().contains("digit").then(|| text!("phải là một số", "it must be a number")),
    }
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
