use std::fmt::Write as _;

use clap::{Arg, ArgAction, Command};
use loa_core::diag::Lang;
use unicode_width::UnicodeWidthStr as _;

use crate::path::{for_people, typed};
use crate::said::{about, purpose};
use crate::words::ProgramWords;

/// Columns that a page of help takes: what a terminal has at least.
pub(crate) const COLUMNS: usize = 80;

/// The widest left column; what is longer has its explanation on the next line.
const LEFT_MOST: usize = 26;

/// What stands before the lines of a section.
const INDENT: &str = "  ";

impl ProgramWords {
    /// The page of help for the last command of `path`, whose first is the program.
    pub(crate) fn page(&self, path: &[&Command], lang: Lang) -> String {
        let (Some(root), Some(command)) = (path.first(), path.last()) else { return String::new() };
        let mut out = String::new();
        for line in wrapped(&format!("{}.", about(command, lang)), COLUMNS) {
            let _ = writeln!(out, "{line}");
        }
        let say = |vi: &'static str, en: &'static str| if lang == Lang::Vi { vi } else { en };
        let _ = writeln!(out, "\n{}", say("Cách gọi:", "Usage:"));
        for usage in self.usages(path, lang) {
            for (row, line) in wrapped(&usage, COLUMNS - 2 * INDENT.len()).iter().enumerate() {
                let _ = writeln!(out, "{INDENT}{}{line}", if row == 0 { "" } else { INDENT });
            }
        }
        let commands: Vec<(String, String)> =
            for_people(command).map(|one| (one.get_name().to_owned(), about(one, lang))).collect();
        columns(&mut out, say("Lệnh:", "Commands:"), &commands);
        let visible = |arg: &&Arg| !arg.is_hide_set();
        let own: Vec<&Arg> = command.get_arguments().filter(visible).filter(|arg| !arg.is_global_set()).collect();
        let rows = |args: &mut dyn Iterator<Item = &&Arg>| args.map(|arg| self.row(arg, lang)).collect::<Vec<_>>();
        let positional = rows(&mut own.iter().filter(|arg| arg.is_positional()));
        columns(&mut out, say("Cần ghi:", "Arguments:"), &positional);
        let options = rows(&mut own.iter().filter(|arg| !arg.is_positional()));
        columns(&mut out, say("Tùy chọn:", "Options:"), &options);
        let everywhere: Vec<&Arg> = root.get_arguments().filter(visible).filter(|arg| arg.is_global_set()).collect();
        let mut everywhere = rows(&mut everywhere.iter());
        everywhere.push(("-h, --help".to_owned(), say("Trang này", "This page").to_owned()));
        if path.len() == 1 {
            everywhere.push(("-V, --version".to_owned(), say("Phiên bản", "The version").to_owned()));
        }
        columns(&mut out, say("Dùng được với mọi lệnh:", "With every command:"), &everywhere);
        if let Some(example) = self.example(path) {
            let _ = write!(out, "\n{}\n{INDENT}{}\n", say("Ví dụ:", "Example:"), pasted(example.get(lang)));
        }
        if path.len() == 1 {
            let more = say("Xem kỹ một lệnh:", "More on a command:");
            let _ = write!(out, "\n{more} {} {} --help\n", root.get_name(), say("LỆNH", "COMMAND"));
        }
        out
    }

    /// `loa alert TỆP --by AI --why LÝ-DO [tùy chọn]`; twice where a command below needs nothing of it.
    fn usages(&self, path: &[&Command], lang: Lang) -> Vec<String> {
        let Some(command) = path.last() else { return Vec::new() };
        let mut words = vec![typed(path)];
        let own = || command.get_arguments().filter(|arg| !arg.is_global_set() && !arg.is_hide_set());
        let needed = |arg: &&Arg| arg.is_required_set();
        words.extend(own().filter(|arg| arg.is_positional()).map(|arg| {
            let name = self.values(arg, lang);
            if arg.is_required_set() { name } else { format!("[{name}]") }
        }));
        words.extend(own().filter(|arg| !arg.is_positional()).filter(needed).map(|arg| self.switch(arg, lang)));
        if own().any(|arg| !arg.is_positional() && !arg.is_required_set()) || path.len() == 1 {
            words.push(if lang == Lang::Vi { "[tùy chọn]" } else { "[options]" }.to_owned());
        }
        if command.has_subcommands() {
            let name = if lang == Lang::Vi { "LỆNH" } else { "COMMAND" };
            if command.is_subcommand_negates_reqs_set() {
                return vec![words.join(" "), format!("{} {name}", typed(path))];
            }
            words.push(if command.is_subcommand_required_set() { name.to_owned() } else { format!("[{name}]") });
        }
        vec![words.join(" ")]
    }

    /// An argument as it is typed: `--by AI`, `TỆP...`.
    pub(crate) fn switch(&self, arg: &Arg, lang: Lang) -> String {
        match arg.get_long() {
            Some(long) if arg.get_action().takes_values() => format!("--{long} {}", self.values(arg, lang)),
            Some(long) => format!("--{long}"),
            None => self.values(arg, lang),
        }
    }

    fn values(&self, arg: &Arg, lang: Lang) -> String {
        let names: Vec<String> = match arg.get_value_names() {
            Some(names) => names.iter().map(|name| self.value(name, lang).to_owned()).collect(),
            None => vec![arg.get_id().to_string()],
        };
        let many = arg.is_positional() && matches!(arg.get_action(), ArgAction::Append);
        format!("{}{}", names.join(" "), if many { "..." } else { "" })
    }

    fn row(&self, arg: &Arg, lang: Lang) -> (String, String) {
        let mut said = purpose(arg).get(lang).to_owned();
        let known: Vec<String> = if arg.get_action().takes_values() {
            arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect()
        } else {
            Vec::new()
        };
        if !known.is_empty() {
            let _ = write!(said, ": {}", known.join(", "));
        }
        (self.switch(arg, lang), said)
    }
}

/// An example as it is pasted: what is too long for a line goes on behind a backslash, with an option.
pub(crate) fn pasted(example: &str) -> String {
    if INDENT.len() + example.width() <= COLUMNS {
        return example.to_owned();
    }
    // Room for the deeper lines, and for the backslash.
    let room = COLUMNS - 2 * INDENT.len() - 2;
    let mut lines: Vec<String> = Vec::new();
    for (place, part) in example.split(" --").enumerate() {
        let part = if place == 0 { part.to_owned() } else { format!("--{part}") };
        match lines.last_mut() {
            Some(line) if line.width() + 1 + part.width() <= room => {
                line.push(' ');
                line.push_str(&part);
            }
            _ => lines.push(part),
        }
    }
    lines.join(&format!(" \\\n{INDENT}{INDENT}"))
}

/// Two columns under a heading, none where there is nothing.
fn columns(out: &mut String, heading: &str, rows: &[(String, String)]) {
    if rows.is_empty() {
        return;
    }
    let _ = write!(out, "\n{heading}\n");
    let left = rows.iter().map(|(left, _)| left.width()).filter(|width| *width <= LEFT_MOST).max().unwrap_or(0);
    for (name, said) in rows {
        let lines = wrapped(said, COLUMNS - left - 4);
        let mut lines = lines.iter();
        if name.width() <= left {
            let first = lines.next().map_or("", String::as_str);
            let _ = writeln!(out, "{}", format!("  {name}{}  {first}", " ".repeat(left - name.width())).trim_end());
        } else {
            let _ = writeln!(out, "  {name}");
        }
        for line in lines {
            let _ = writeln!(out, "  {}  {line}", " ".repeat(left));
        }
    }
}

/// A text in lines of at most `width` columns, broken between words only.
fn wrapped(said: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in said.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
