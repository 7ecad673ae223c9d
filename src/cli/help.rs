use std::fmt::Write as _;

use clap::{Arg, ArgAction, Command};
use unicode_width::UnicodeWidthStr as _;

use crate::diag::{Lang, Text, text};

/// Columns that a page of help takes: what a terminal has at least.
const COLUMNS: usize = 80;

/// The widest left column; what is longer has its explanation on the next line.
const LEFT_MOST: usize = 26;

/// What parts the languages of one sentence in the doc comments of the arguments: Vietnamese, then English.
pub(super) const PARTING: &str = " | ";

/// An example for each command: how people call it. A test calls them all.
const EXAMPLES: &[(&str, &str, &str)] = &[
    (
        "setup",
        "loa setup --name \"Đài xã Đông Giang\" --zone \"Thôn 1\" --admin \"Trần Thị Hai\"",
        "loa setup --name \"Radio Dong Giang\" --zone \"Hamlet 1\" --admin \"Mrs Hai\"",
    ),
    ("run", "loa run", "loa run"),
    ("check", "loa check", "loa check"),
    ("plan", "loa plan --from 05:00 --to 18:00", "loa plan --from 05:00 --to 18:00"),
    ("simulate", "loa simulate --power-cut 05:31..05:34", "loa simulate --power-cut 05:31..05:34"),
    (
        "render",
        "loa render --from 17:00 --to 17:05 --zone thon-1 --out nghe-thu.wav",
        "loa render --from 17:00 --to 17:05 --zone thon-1 --out listen.wav",
    ),
    ("load", "loa load \"Họp thôn ngày 5.m4a\" --as hop-thon", "loa load \"Meeting.m4a\" --as meeting"),
    ("sounds", "loa sounds", "loa sounds"),
    ("sounds list", "loa sounds list", "loa sounds list"),
    ("sounds remove", "loa sounds remove hop-thon", "loa sounds remove meeting"),
    ("sounds restore", "loa sounds restore hop-thon", "loa sounds restore meeting"),
    ("listen", "loa listen hop-thon --zone thon-1", "loa listen meeting --zone thon-1"),
    ("journal", "loa journal --from -7d", "loa journal --from -7d"),
    ("journal verify", "loa journal verify", "loa journal verify"),
    ("journal seal", "loa journal seal", "loa journal seal"),
    ("report", "loa report --last-week --docx so-tuan.docx", "loa report --last-week --docx week.docx"),
    ("status", "loa status", "loa status"),
    ("clock", "loa clock", "loa clock"),
    ("clock confirm", "loa clock confirm --by \"Ông Năm\"", "loa clock confirm --by \"Mr Nam\""),
    ("stop", "loa stop --zone thon-1", "loa stop --zone thon-1"),
    ("talk", "loa talk --zone thon-1 --from hw:1", "loa talk --zone thon-1 --from hw:1"),
    ("say", "loa say hop-thon --zone thon-1", "loa say meeting --zone thon-1"),
    (
        "alert",
        "loa alert canh-bao-lu --zone thon-1 --by \"Trưởng thôn\" --why \"nước lên\"",
        "loa alert flood --zone thon-1 --by \"Hamlet head\" --why \"the water rises\"",
    ),
    ("approve", "loa approve ban-tin-sang --by \"Bà Hai\"", "loa approve morning --by \"Mrs Hai\""),
    ("devices", "loa devices", "loa devices"),
    ("link", "loa link --status", "loa link --status"),
    ("cap", "loa cap --status", "loa cap --status"),
    ("cap show", "loa cap show canh-bao.xml", "loa cap show alarm.xml"),
    ("relay", "loa relay", "loa relay"),
    ("console", "loa console --listen 127.0.0.1:8080", "loa console --listen 127.0.0.1:8080"),
    ("console cert", "loa console cert --name 192.168.4.1", "loa console cert --name 192.168.4.1"),
    ("console openapi", "loa console openapi", "loa console openapi"),
    ("user", "loa user list", "loa user list"),
    ("user add", "loa user add \"Trần Thị Hai\" --role official", "loa user add \"Mrs Hai\" --role official"),
    ("user link", "loa user link \"Trần Thị Hai\"", "loa user link \"Mrs Hai\""),
    ("user list", "loa user list", "loa user list"),
    ("user remove", "loa user remove \"Trần Thị Hai\"", "loa user remove \"Mrs Hai\""),
    (
        "user token",
        "loa user token \"Trần Thị Hai\" --for \"máy của xã\" --role reviewer",
        "loa user token \"Mrs Hai\" --for \"the commune's server\" --role reviewer",
    ),
    ("user tokens", "loa user tokens", "loa user tokens"),
    ("user revoke", "loa user revoke 3", "loa user revoke 3"),
    ("doctor", "loa doctor", "loa doctor"),
    ("backup", "loa backup dai-2026-12.tar", "loa backup station-2026-12.tar"),
    ("restore", "loa restore dai-2026-12.tar --dir /var/lib/loa", "loa restore station-2026-12.tar --dir /var/lib/loa"),
    ("bundle", "loa bundle show tuan-49.loa", "loa bundle show week-49.loa"),
    ("bundle key", "loa bundle key xa-dong-giang", "loa bundle key commune"),
    (
        "bundle keys",
        "loa bundle keys khoa.json --place vn.p01 --root a.pub --until 2027-12-31",
        "loa bundle keys keys.json --place vn.p01 --root a.pub --until 2027-12-31",
    ),
    (
        "bundle revoke",
        "loa bundle revoke thu-hoi.json --place vn.p01 --key xa.pub",
        "loa bundle revoke revoked.json --place vn.p01 --key c.pub",
    ),
    (
        "bundle make",
        "loa bundle make tuan-49.loa --place vn.p01.c003 --until 2027-01-31",
        "loa bundle make week-49.loa --place vn.p01.c003 --until 2027-01-31",
    ),
    ("bundle sign", "loa bundle sign khoa.json --with goc-a.key", "loa bundle sign keys.json --with root-a.key"),
    ("bundle show", "loa bundle show tuan-49.loa", "loa bundle show week-49.loa"),
    ("bundle verify", "loa bundle verify tuan-49.loa", "loa bundle verify week-49.loa"),
    ("bundle install", "loa bundle install tuan-49.loa", "loa bundle install week-49.loa"),
    ("courier", "loa courier /media/usb", "loa courier /media/usb"),
    ("collect", "loa collect status", "loa collect status"),
    ("fleet", "loa fleet status", "loa fleet status"),
    ("explain", "loa explain outside_hours", "loa explain outside_hours"),
    ("demo", "loa demo", "loa demo"),
];

/// What stands for a value, in Vietnamese. In English it is as it is written in the source.
const VALUES: &[(&str, &str)] = &[
    ("ADDRESS", "ĐỊA-CHỈ"),
    ("AT", "LÚC-NÀO"),
    ("BROADCAST", "MỤC-PHÁT"),
    ("CODE", "MÃ"),
    ("COMMAND", "LỆNH"),
    ("DAY", "NGÀY"),
    ("DIGEST", "MÃ"),
    ("DIR", "THƯ-MỤC"),
    ("FILE", "TỆP"),
    ("F", "TỆP"),
    ("F.loa", "GÓI.loa"),
    ("F.tar", "TỆP.tar"),
    ("F.wav", "TỆP.wav"),
    ("F.html", "TỆP.html"),
    ("F.docx", "TỆP.docx"),
    ("F.csv", "TỆP.csv"),
    ("F.xlsx", "TỆP.xlsx"),
    ("ID", "MÃ"),
    ("KEY", "KHÓA"),
    ("LANG", "TIẾNG"),
    ("NAME", "TÊN"),
    ("N", "SỐ"),
    ("N:HASH", "SỐ:MÃ"),
    ("OUTCOME", "KẾT-QUẢ"),
    ("PLACE", "NƠI"),
    ("ROLE", "VAI-TRÒ"),
    ("SCHEDULE", "TỆP-LỊCH"),
    ("SOURCE", "NGUỒN"),
    ("T", "GIỜ"),
    ("TEXT", "LÝ-DO"),
    ("TIME", "GIỜ"),
    ("WHO", "AI"),
    ("ZONE", "CỤM"),
    ("W", "TUẦN"),
    ("M", "THÁNG"),
    ("A..B", "A..B"),
    ("AT+DUR|AT-DUR", "GIỜ+DÀI|GIỜ-DÀI"),
];

/// The sentence of a doc comment in one language. One that has a single language is shown in both.
pub(super) fn in_lang(said: &str, lang: Lang) -> &str {
    let one = match (said.split_once(PARTING), lang) {
        (Some((vi, _)), Lang::Vi) => vi,
        (Some((_, en)), Lang::En) => en,
        (None, _) => said,
    };
    one.trim().trim_end_matches('.')
}

/// What an argument is for, in both languages.
pub(super) fn purpose(arg: &Arg) -> Text {
    let said = arg.get_help().map(ToString::to_string).unwrap_or_default();
    Text { vi: in_lang(&said, Lang::Vi).to_owned(), en: in_lang(&said, Lang::En).to_owned() }
}

/// How a command of this path is called, by way of example.
pub(super) fn example(path: &[&Command]) -> Option<Text> {
    let path = called(path);
    let (_, vi, en) = EXAMPLES.iter().find(|(known, ..)| *known == path)?;
    Some(Text { vi: (*vi).to_owned(), en: (*en).to_owned() })
}

/// `clock confirm`: the commands of a path without the program's own name.
pub(super) fn called(path: &[&Command]) -> String {
    path.iter().skip(1).map(|command| command.get_name()).collect::<Vec<_>>().join(" ")
}

/// The page of help for the last command of `path`, whose first is the program.
pub(super) fn page(path: &[&Command], lang: Lang) -> String {
    let (Some(root), Some(command)) = (path.first(), path.last()) else { return String::new() };
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let mut out = String::new();
    for line in wrapped(&format!("{}.", in_lang(&about, lang)), COLUMNS) {
        let _ = writeln!(out, "{line}");
    }
    let say = |vi: &'static str, en: &'static str| if lang == Lang::Vi { vi } else { en };
    let indent = " ".repeat(2);
    let usage = wrapped(&usage(path, lang), COLUMNS - 2 * indent.len());
    let _ = writeln!(out, "\n{}", say("Cách gọi:", "Usage:"));
    for (row, line) in usage.iter().enumerate() {
        let _ = writeln!(out, "{indent}{}{line}", if row == 0 { "" } else { &indent });
    }
    let commands: Vec<(String, String)> = command
        .get_subcommands()
        .filter(|one| !one.is_hide_set())
        .map(|one| {
            let about = one.get_about().map(ToString::to_string).unwrap_or_default();
            (one.get_name().to_owned(), in_lang(&about, lang).to_owned())
        })
        .collect();
    columns(&mut out, say("Lệnh:", "Commands:"), &commands);
    let visible = |arg: &&Arg| !arg.is_hide_set();
    let own: Vec<&Arg> = command.get_arguments().filter(visible).filter(|arg| !arg.is_global_set()).collect();
    let rows = |args: &mut dyn Iterator<Item = &&Arg>| args.map(|arg| row(arg, lang)).collect::<Vec<_>>();
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
    if let Some(example) = example(path) {
        let _ = write!(out, "\n{}\n{indent}{}\n", say("Ví dụ:", "Example:"), example.get(lang));
    }
    if path.len() == 1 {
        let more = say("Xem kỹ một lệnh: loa LỆNH --help", "More on a command: loa COMMAND --help");
        let _ = write!(out, "\n{more}\n");
    }
    out
}

/// `loa alert TỆP --by AI --why LÝ-DO [tùy chọn]`.
pub(super) fn usage(path: &[&Command], lang: Lang) -> String {
    let Some(command) = path.last() else { return String::new() };
    let mut words: Vec<String> = path.iter().map(|one| one.get_name().to_owned()).collect();
    let own = || command.get_arguments().filter(|arg| !arg.is_global_set() && !arg.is_hide_set());
    let needed = |arg: &&Arg| arg.is_required_set();
    words.extend(own().filter(|arg| arg.is_positional()).map(|arg| {
        let name = values(arg, lang);
        if arg.is_required_set() { name } else { format!("[{name}]") }
    }));
    words.extend(own().filter(|arg| !arg.is_positional()).filter(needed).map(|arg| switch(arg, lang)));
    if own().any(|arg| !arg.is_positional() && !arg.is_required_set()) || path.len() == 1 {
        words.push(if lang == Lang::Vi { "[tùy chọn]" } else { "[options]" }.to_owned());
    }
    if command.has_subcommands() {
        let name = if lang == Lang::Vi { "LỆNH" } else { "COMMAND" };
        words.push(if command.is_subcommand_required_set() { name.to_owned() } else { format!("[{name}]") });
    }
    words.join(" ")
}

/// An argument as it is typed: `--by AI`, `TỆP...`.
pub(super) fn switch(arg: &Arg, lang: Lang) -> String {
    match arg.get_long() {
        Some(long) if arg.get_action().takes_values() => format!("--{long} {}", values(arg, lang)),
        Some(long) => format!("--{long}"),
        None => values(arg, lang),
    }
}

fn values(arg: &Arg, lang: Lang) -> String {
    let names: Vec<String> = match arg.get_value_names() {
        Some(names) => names.iter().map(|name| value(name, lang).to_owned()).collect(),
        None => vec![arg.get_id().to_string()],
    };
    let many = arg.is_positional() && matches!(arg.get_action(), ArgAction::Append);
    format!("{}{}", names.join(" "), if many { "..." } else { "" })
}

/// What stands for a value.
pub(super) fn value(name: &str, lang: Lang) -> &str {
    match lang {
        Lang::Vi => VALUES.iter().find(|(known, _)| *known == name).map_or(name, |(_, vi)| vi),
        Lang::En => name,
    }
}

fn row(arg: &Arg, lang: Lang) -> (String, String) {
    let mut said = purpose(arg).get(lang).to_owned();
    let known: Vec<String> = if arg.get_action().takes_values() {
        arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect()
    } else {
        Vec::new()
    };
    if !known.is_empty() {
        let _ = write!(said, ": {}", known.join(", "));
    }
    (switch(arg, lang), said)
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
pub(super) fn wrapped(said: &str, width: usize) -> Vec<String> {
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

/// The heading under which `text` shows what to look at next.
pub(super) fn see(path: &[&Command]) -> Text {
    let called = called(path);
    let blank = if called.is_empty() { "" } else { " " };
    text!("Xem cách gọi: loa {called}{blank}--help", "See how: loa {called}{blank}--help")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::Arguments;

    /// Every command with those that lead to it.
    fn paths(root: &Command) -> Vec<Vec<&Command>> {
        let mut all = vec![vec![root]];
        let mut place = 0;
        while let Some(path) = all.get(place).cloned() {
            let below = path[path.len() - 1].get_subcommands().filter(|one| !one.is_hide_set());
            all.extend(below.map(|one| path.iter().copied().chain([one]).collect()));
            place += 1;
        }
        all
    }

    #[test]
    fn every_text_of_the_help_is_in_both_languages() {
        let root = Arguments::command();
        let mut one_language = Vec::new();
        for path in paths(&root) {
            let command = path[path.len() - 1];
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            let args = command.get_arguments().filter(|arg| !arg.is_hide_set());
            let texts = args.map(|arg| arg.get_help().map(ToString::to_string).unwrap_or_default()).chain([about]);
            one_language
                .extend(texts.filter(|said| said.matches(PARTING).count() != 1).map(|said| (called(&path), said)));
        }
        assert!(one_language.is_empty(), "write `Tiếng Việt. | English.`: {one_language:?}");
    }

    #[test]
    fn every_page_fits_eighty_columns_and_speaks_one_language() {
        let root = Arguments::command();
        for path in paths(&root) {
            for lang in [Lang::Vi, Lang::En] {
                let page = page(&path, lang);
                let wide: Vec<&str> = page.lines().filter(|line| line.width() > COLUMNS).collect();
                assert!(wide.is_empty(), "{}: {wide:?}", called(&path));
                let other = if lang == Lang::Vi { "Usage:" } else { "Cách gọi:" };
                assert!(!page.contains(other) && !page.contains(PARTING), "{page}");
            }
        }
    }

    #[test]
    fn every_command_has_an_example_that_it_takes() {
        let root = Arguments::command();
        for path in paths(&root).iter().skip(1) {
            let example = example(path).unwrap_or_else(|| panic!("no example of loa {} in EXAMPLES", called(path)));
            for said in [&example.vi, &example.en] {
                let parts: Vec<&str> = said.split('"').collect();
                // What stands between quotes is one word.
                let words = parts.iter().enumerate().flat_map(|(place, part)| match place % 2 {
                    0 => part.split_whitespace().collect(),
                    _ => vec![*part],
                });
                let taken = Arguments::command().try_get_matches_from(words);
                assert!(taken.is_ok(), "{said}: {:?}", taken.err().map(|error| error.to_string()));
            }
        }
    }

    #[test]
    fn every_value_has_a_vietnamese_name() {
        let root = Arguments::command();
        for path in paths(&root) {
            let args = path[path.len() - 1].get_arguments().filter(|arg| arg.get_action().takes_values());
            for name in args.flat_map(|arg| arg.get_value_names().unwrap_or_default()) {
                assert!(VALUES.iter().any(|(known, _)| known == &name.as_str()), "{name}: add it to VALUES");
            }
        }
    }
}
