use std::time::Duration;

use crate::diag::document::{BadLength, KeyValue, Node, Table, TomlValue, length};
use crate::diag::{Findings, Text, shown, text};

const KEYS: [&str; 6] = ["gpio", "active_low", "on", "off", "warm_up", "cool_down"];

const EXAMPLE: &str = "{ gpio = \"gpiochip0:17\", warm_up = \"5s\", cool_down = \"3s\" }";

/// Transistors are ready in two to five seconds, tubes in half a minute.
const WARM_UP_MOST: Duration = Duration::from_mins(1);
/// Longer than this is not cooling down but staying on.
const COOL_DOWN_MOST: Duration = Duration::from_mins(10);
const WARM_UP: Duration = Duration::from_secs(5);
const COOL_DOWN: Duration = Duration::from_secs(3);

/// Chips have tens of lines; the largest port expanders hundreds.
const LINE_MOST: u32 = 1_023;
/// A command for a relay is a program and a few words.
const WORDS_MOST: usize = 32;
const WORD_MOST: usize = 1_000;

/// What feeds the horns of a zone with power, and is switched on for its airings only.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Amplifier {
    /// How it is switched; zones that write the same one share it.
    pub switch: Switch,
    /// It is on this long before the first sample is due, at least.
    pub warm_up: Duration,
    /// It stays on this long after the last sample.
    pub cool_down: Duration,
}

/// How an amplifier is switched.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Switch {
    /// A line of a GPIO chip with a relay on it.
    Gpio {
        /// The chip's name in `/dev`.
        chip: String,
        /// The line's number on the chip.
        line: u32,
        /// On is a low level, as on most relay boards with an optocoupler.
        active_low: bool,
    },
    /// Two programs, each with its arguments. No shell reads them.
    Commands {
        /// Puts it on.
        on: Vec<String>,
        /// Puts it off.
        off: Vec<String>,
    },
}

impl Switch {
    /// What people call it, in the journal and in messages: `gpiochip0:17`, or the command that puts it on.
    pub fn name(&self) -> String {
        match self {
            Self::Gpio { chip, line, .. } => format!("{chip}:{line}"),
            Self::Commands { on, .. } => on.join(" "),
        }
    }

    /// They would move the same thing, each in its own way.
    fn clashes(&self, other: &Self) -> bool {
        self != other
            && match (self, other) {
                (Self::Gpio { chip, line, .. }, Self::Gpio { chip: other_chip, line: other_line, .. }) => {
                    (chip, line) == (other_chip, other_line)
                }
                (Self::Commands { on, off }, Self::Commands { on: other_on, off: other_off }) => {
                    on == other_on || off == other_off
                }
                _ => false,
            }
    }
}

/// Check `amplifier = { ... }`. `None`: the switch cannot be read, and nothing is switched.
pub(super) fn amplifier(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<Amplifier> {
    let Some(table) = entry.node.table() else {
        let wanted = text!("một bảng trong ngoặc nhọn", "a table in braces");
        findings.wrong_type("amplifier", &entry.node, &wanted, EXAMPLE);
        return None;
    };
    findings.unknown_keys(table, &KEYS);
    let warm_up = span(findings, table, "warm_up", WARM_UP_MOST).unwrap_or(WARM_UP);
    let cool_down = span(findings, table, "cool_down", COOL_DOWN_MOST).unwrap_or(COOL_DOWN);
    let switch = switch(findings, entry, table)?;
    Some(Amplifier { switch, warm_up, cool_down })
}

/// An error where the switch of a zone moves what another zone's moves in another way: `entry` is the
/// zone's `amplifier`. True where it is so.
pub(super) fn clash<'z>(
    findings: &mut Findings<'_>,
    entry: &KeyValue,
    switch: &Switch,
    mut others: impl Iterator<Item = (&'z str, &'z Switch)>,
) -> bool {
    let Some((other, _)) = others.find(|(_, other)| other.clashes(switch)) else { return false };
    let (name, other) = (shown(&switch.name()), shown(other));
    bad(
        findings,
        &entry.node,
        text!(
            "công tắc «{name}» được viết khác với ở cụm «{other}»; cụm này phát mà không bật tăng âm",
            "the switch \"{name}\" is written otherwise than in the zone \"{other}\"; this zone switches nothing"
        ),
        text!(
            "dùng chung một tăng âm thì viết on, off, active_low giống hệt nhau ở mọi cụm",
            "zones that share an amplifier write the same on, off and active_low"
        ),
    );
    true
}

fn bad(findings: &mut Findings<'_>, node: &Node, message: Text, help: Text) {
    findings.error("bad_amplifier", &node.span, message).help = Some(help);
}

fn span(findings: &mut Findings<'_>, table: &Table, key: &str, most: Duration) -> Option<Duration> {
    let entry = table.get(key).filter(|entry| !entry.broken)?;
    let example = match entry.node.value {
        TomlValue::Integer(number) if number >= 0 => format!("\"{number}s\""),
        _ => "\"5s\"".to_owned(),
    };
    let written = findings.text(entry, &example)?;
    match length(&written, most, "s") {
        Ok(length) => Some(length),
        Err(BadLength { message, help }) => {
            findings.error("bad_length", &entry.node.span, message).help = Some(help);
            None
        }
    }
}

fn switch(findings: &mut Findings<'_>, entry: &KeyValue, table: &Table) -> Option<Switch> {
    let gpio = table.get("gpio");
    let (on, off) = (table.get("on"), table.get("off"));
    match (gpio, on, off) {
        (Some(gpio), None, None) => {
            let (chip, line) = gpio_line(findings, gpio)?;
            let active_low = match table.get("active_low") {
                None => false,
                Some(entry) => flag(findings, entry)?,
            };
            Some(Switch::Gpio { chip, line, active_low })
        }
        (None, Some(on), Some(off)) => {
            let (on_words, off_words) = (command(findings, on), command(findings, off));
            let (on_words, off_words) = (on_words?, off_words?);
            if let Some(entry) = table.get("active_low") {
                let message = text!("active_low chỉ dùng cùng với gpio", "active_low goes with gpio only");
                bad(findings, &entry.node, message, text!("bỏ active_low đi", "take active_low out"));
            }
            if on_words == off_words {
                bad(
                    findings,
                    &off.node,
                    text!("lệnh tắt giống hệt lệnh bật", "the command for off is the one for on"),
                    text!("viết lệnh tắt tăng âm sau off =", "write the command that puts it off after off ="),
                );
                return None;
            }
            Some(Switch::Commands { on: on_words, off: off_words })
        }
        (gpio, ..) => {
            let message = if gpio.is_some() {
                text!("viết gpio hoặc on và off, không viết cả hai", "write gpio, or on and off, not both")
            } else {
                text!("chưa biết bật tắt tăng âm bằng gì", "it is not said how the amplifier is switched")
            };
            bad(
                findings,
                &entry.node,
                message,
                text!(
                    "viết gpio = \"gpiochip0:17\", hoặc on = [\"lệnh\", \"bật\"], off = [\"lệnh\", \"tắt\"]",
                    "write gpio = \"gpiochip0:17\", or on = [\"cmd\", \"on\"], off = [\"cmd\", \"off\"]"
                ),
            );
            None
        }
    }
}

pub(super) fn flag(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<bool> {
    if let TomlValue::Flag(flag) = entry.node.value {
        return Some(flag);
    }
    let wanted = text!("true hoặc false không có ngoặc kép", "true or false without quotes");
    findings.wrong_type(&entry.key, &entry.node, &wanted, "true");
    None
}

/// `gpiochip0:17`, also with `/dev/` before it.
fn gpio_line(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<(String, u32)> {
    let written = match entry.node.value {
        // A pin's number alone: which chip's is not known.
        TomlValue::Integer(number) => number.to_string(),
        _ => findings.text(entry, "\"gpiochip0:17\"")?,
    };
    let plain = written.strip_prefix("/dev/").unwrap_or(&written);
    let parts = plain.split_once(':').map(|(chip, line)| (chip.trim(), line.trim()));
    let fits = |chip: &str| {
        (1..=64).contains(&chip.len())
            && chip.starts_with(|c: char| c.is_ascii_alphanumeric())
            && chip.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
    };
    if let Some((chip, line)) = parts.filter(|(chip, _)| fits(chip))
        && let Some(line) = line.parse::<u32>().ok().filter(|line| *line <= LINE_MOST)
    {
        return Some((chip.to_owned(), line));
    }
    let digits: String = written.chars().rev().take_while(char::is_ascii_digit).collect();
    let line = digits.chars().rev().collect::<String>().parse::<u32>().ok().filter(|line| *line <= LINE_MOST);
    let (line, written) = (line.unwrap_or(17), shown(&written));
    bad(
        findings,
        &entry.node,
        text!("không hiểu chân GPIO «{written}»", "cannot read the GPIO line \"{written}\""),
        text!(
            "viết tên chip, dấu hai chấm, số của đường (lệnh gpioinfo liệt kê): gpio = \"gpiochip0:{line}\"",
            "write the chip, a colon and the line's number (gpioinfo lists them): gpio = \"gpiochip0:{line}\""
        ),
    );
    None
}

/// A program and its arguments.
fn command(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<Vec<String>> {
    let key = &entry.key;
    let mut words = Vec::new();
    for node in entry.node.items().iter().take(WORDS_MOST + 1) {
        let TomlValue::Text(word) = &node.value else {
            let wanted = text!("danh sách chữ trong ngoặc kép", "a list of texts in quotes");
            findings.wrong_type(key, node, &wanted, "[\"lệnh\", \"tham số\"]");
            return None;
        };
        words.push(word.clone());
    }
    let program = words.first().map_or("", String::as_str);
    let odd = |word: &String| word.chars().count() > WORD_MOST || word.contains(char::is_control);
    let (message, help) = if program.trim().is_empty() || words.len() > WORDS_MOST || words.iter().any(odd) {
        (
            text!("lệnh trống, quá dài hoặc có ký tự lạ", "the command is empty, too long, or holds odd characters"),
            text!("viết: {key} = [\"lệnh\", \"tham số\"]", "write: {key} = [\"cmd\", \"argument\"]"),
        )
    } else if words.len() == 1 && program.contains(char::is_whitespace) {
        let split: Vec<String> = program.split_whitespace().map(|word| format!("\"{}\"", shown(word))).collect();
        let split = split.join(", ");
        (
            text!(
                "lệnh phải tách thành từng từ: không có shell nào đọc nó",
                "the command must be divided into its words: no shell reads it"
            ),
            text!("viết: {key} = [{split}]", "write: {key} = [{split}]"),
        )
    } else if words.iter().any(|word| ["|", ">", ">>", "<", "&", "&&", "||", ";"].contains(&word.as_str())) {
        (
            text!("không có shell nào đọc lệnh này", "no shell reads this command"),
            text!(
                "viết các lệnh vào một tệp chạy được rồi ghi đường dẫn của nó: {key} = [\"/usr/local/bin/tang-am\"]",
                "write them into an executable file and name it: {key} = [\"/usr/local/bin/amplifier\"]"
            ),
        )
    } else if program.contains('/') && !program.starts_with('/') {
        let shown = shown(program);
        (
            text!("«{shown}» không phải là đường dẫn đầy đủ", "\"{shown}\" is not an absolute path"),
            text!(
                "viết đường dẫn bắt đầu bằng /, hoặc chỉ tên lệnh",
                "write a path that begins with /, or the command's name alone"
            ),
        )
    } else {
        return Some(words);
    };
    bad(findings, &entry.node, message, help);
    None
}
