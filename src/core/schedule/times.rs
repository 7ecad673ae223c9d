use jiff::civil::Time;

use super::meaning::meant_at;
use super::word::{self, Read, WordFault};
use crate::diag::document::{KeyValue, Node, Table, TomlValue, clean};
use crate::diag::{Findings, fold, shown, text};

/// A time every five minutes, all day: nobody means more.
const MAX_TIMES: usize = 288;
/// Every five minutes. More in one hour is asked about.
pub(super) const MANY_PER_HOUR: usize = 12;
/// Times nearer to each other than this are a slip: nothing worth hearing is over by then.
const CLOSE: i64 = 60;
/// A list of more times is not written out in a cure.
const SHOWN_TIMES: usize = 12;
/// Every weekday by itself, and the others.
const MAX_WEEK_KEYS: usize = 8;
/// What stands for the days that are not named; folded.
const OTHERS: [&str; 8] = ["khac", "conlai", "other", "others", "else", "otherwise", "rest", "ngaykhac"];

/// Times of Monday to Sunday.
pub(super) type Week = [Vec<Time>; 7];

impl Findings<'_> {
    /// Times of day, ascending, without doubles.
    pub(super) fn times(&mut self, entry: &KeyValue) -> Option<Vec<Time>> {
        let errors = self.errors();
        let mut times: Vec<Time> = Vec::new();
        for node in self.bounded(entry, MAX_TIMES)? {
            for time in self.times_of(entry, node) {
                if times.contains(&time) {
                    let time = time.strftime("%H:%M:%S");
                    self.warning(
                        "doubled_time",
                        &node.span,
                        text!("giờ {time} được viết hai lần", "the time {time} is written twice"),
                    )
                    .help = Some(text!(
                        "xóa một; mục này chỉ phát một lần vào giờ đó",
                        "delete one of them; it plays once at that time"
                    ));
                } else {
                    times.push(time);
                }
            }
        }
        times.sort_unstable();
        if self.errors() == errors {
            self.crowd(entry, &times);
        }
        (self.errors() == errors).then_some(times)
    }

    /// The times of one value: one, or several in one text, `"17:20, 18:00"`.
    fn times_of(&mut self, entry: &KeyValue, node: &Node) -> Vec<Time> {
        // Written without quotes, as TOML allows.
        if let TomlValue::Time(time) = node.value {
            return vec![time];
        }
        let written = match node.value {
            TomlValue::Float(_) => Some(self.file().text.get(node.span.clone()).unwrap_or("").to_owned()),
            TomlValue::Integer(hour @ 0..=24) => Some(format!("{hour}h")),
            // 1730: hours and minutes without anything between them.
            TomlValue::Integer(joined @ 100..=2359) => Some(format!("{}h{:02}", joined / 100, joined % 100)),
            _ => self.text_node(&entry.key, node, "\"05:30\""),
        };
        let Some(written) = written else { return Vec::new() };
        let parts: Vec<&str> = written.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()).collect();
        // `17,20` is one time with a slip in it, not two.
        if parts.len() > 1 && parts.iter().all(|part| part.contains([':', 'h', 'g'])) {
            let times: Result<Vec<Time>, WordFault> = parts.iter().map(|part| word::time_of_day(part)).collect();
            if let Ok(times) = times {
                return times;
            }
        }
        let Err(fault) = word::time_of_day(&written) else {
            return word::time_of_day(&written).into_iter().collect();
        };
        self.bad_time(entry, node, &written, fault);
        Vec::new()
    }

    /// No time of day: with all that was probably meant by it.
    fn bad_time(&mut self, entry: &KeyValue, node: &Node, written: &str, fault: WordFault) {
        let key = shown(&entry.key);
        let alone = entry.node.span == node.span;
        let fault = match meant_at(written) {
            _ if word::is_beyond_the_day(written) => fault,
            // The days go into the table that the times stand in.
            Some(meant) if meant.starts_with('{') && !(alone && key == "at") => fault,
            Some(meant) if meant.starts_with(['[', '{']) && alone => {
                WordFault { help: text!("viết: {key} = {meant}", "write: {key} = {meant}"), ..fault }
            }
            Some(meant) if meant.starts_with('[') => {
                let meant = meant.trim_matches(['[', ']']).to_owned();
                WordFault { help: text!("viết: {meant}", "write: {meant}"), ..fault }
            }
            None if key == "at" && alone => word::elsewhere("at", written, self.meaning().today, fault),
            _ => fault,
        };
        let raw = match node.value {
            TomlValue::Text(_) => shown(written),
            // As it stands there.
            _ => shown(self.file().text.get(node.span.clone()).unwrap_or(written)),
        };
        let message = text!("«{raw}» không phải là giờ", "\"{raw}\" is not a time of day");
        self.error(fault.code, &node.span, message).help = Some(fault.help);
    }

    /// `at = { T7 = "16:30", khac = "17:00" }`: the times of each weekday.
    pub(super) fn week_times(&mut self, table: &Table, node: &Node) -> Option<Week> {
        let errors = self.errors();
        let week = self.by_weekday(table, node, &mut |findings, entry| {
            if !entry.node.items().is_empty() {
                return findings.times(entry);
            }
            let key = shown(&entry.key);
            findings
                .error("empty_list", &entry.key_span, text!("«{key}» không có giờ nào", "`{key}` has no time"))
                .help = Some(text!(
                "bỏ «{key} = []» ra khỏi dòng: thứ nào không ghi thì không phát",
                "take `{key} = []` out of the line: nothing plays on days that are not named"
            ));
            None
        });
        let times = week.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>();
        let times = Week::try_from(times).ok().filter(|week| week.iter().any(|times| !times.is_empty()))?;
        (self.errors() == errors).then_some(times)
    }

    /// What `read` makes of each weekday's entry; `None` for days that nothing is said of. A day that is named
    /// twice keeps what was said first, and is an error.
    pub(super) fn by_weekday<T: Clone>(
        &mut self,
        table: &Table,
        node: &Node,
        read: &mut dyn FnMut(&mut Self, &KeyValue) -> Option<T>,
    ) -> [Option<T>; 7] {
        let mut week: [Option<T>; 7] = std::array::from_fn(|_| None);
        let mut said = 0_u8;
        if table.entries.is_empty() || table.entries.len() > MAX_WEEK_KEYS {
            self.error(
                "empty_list",
                &node.span,
                text!("chỗ này không có ngày nào, hoặc có quá nhiều", "no day is named here, or too many are"),
            )
            .help = Some(text!(
                "viết theo thứ, ví dụ: {{ T7 = \"16:30\", khac = \"17:00\" }}",
                "write it by weekday, such as: {{ sat = \"16:30\", other = \"17:00\" }}"
            ));
        }
        let mut others: Option<(&KeyValue, Option<T>)> = None;
        for entry in table.entries.iter().take(MAX_WEEK_KEYS) {
            let name = clean(&entry.key);
            if OTHERS.contains(&fold(&name).as_str()) {
                let value = read(self, entry);
                if let Some((first, _)) = &others {
                    self.doubled_others(first, entry);
                } else {
                    others = Some((entry, value));
                }
                continue;
            }
            let days = self
                .word(&Node { value: TomlValue::Text(String::new()), span: entry.key_span.clone() }, day_key(&name));
            let value = read(self, entry);
            let Some(days) = days else { continue };
            if said & days != 0 {
                let name = shown(&name);
                self.error(
                    "doubled_day",
                    &entry.key_span,
                    text!("ngày trong «{name}» đã được viết ở trên", "a day of \"{name}\" is written above"),
                )
                .help = Some(text!("mỗi ngày chỉ viết một lần", "write each day once"));
            }
            for (day, slot) in week.iter_mut().enumerate() {
                if days >> day & 1 == 1 && said >> day & 1 == 0 {
                    slot.clone_from(&value);
                }
            }
            said |= days;
        }
        if let Some((_, value)) = others {
            for (day, slot) in week.iter_mut().enumerate() {
                if said >> day & 1 == 0 {
                    slot.clone_from(&value);
                }
            }
        }
        week
    }

    /// The days that are not named, named twice: `khac` and `other` are one.
    fn doubled_others(&mut self, first: &KeyValue, second: &KeyValue) {
        let (first_key, second_key) = (shown(&first.key), shown(&second.key));
        let label = self.label(&first.key_span, text!("«{first_key}» ở đây", "`{first_key}` is here"));
        let found = self.error(
            "doubled_day",
            &second.key_span,
            text!(
                "«{second_key}» và «{first_key}» đều là các ngày còn lại, chỉ viết được một",
                "`{second_key}` and `{first_key}` both are the days that are left; one of them can stand"
            ),
        );
        found.related.push(label);
        found.help = Some(text!(
            "xóa một trong hai; ngày nào khác giờ thì viết tên ngày ấy, như CN",
            "delete one of them; a day with other times goes by its name, such as sun"
        ));
    }

    /// A question about times within one minute, and about more than one every five minutes.
    fn crowd(&mut self, entry: &KeyValue, times: &[Time]) {
        let second =
            |time: &Time| i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
        let seconds: Vec<i64> = times.iter().map(second).collect();
        if seconds.windows(2).any(|two| two[1] - two[0] < CLOSE) {
            let key = shown(&entry.key);
            let mut kept: Vec<&Time> = Vec::new();
            for time in times {
                if kept.last().is_none_or(|last| second(time) - second(last) >= CLOSE) {
                    kept.push(time);
                }
            }
            let list = kept.iter().take(SHOWN_TIMES).map(|time| format!("\"{}\"", clock(**time))).collect::<Vec<_>>();
            let list = list.join(", ");
            let message = text!(
                "có hai giờ cách nhau chưa đầy một phút; có đúng ý không?",
                "two of the times are less than a minute apart; is that meant?"
            );
            self.warning("at_within_minute", &entry.node.span, message).help = Some(if kept.len() > SHOWN_TIMES {
                text!(
                    "nếu không, mỗi phút chỉ viết một giờ; phát liền nhiều lần thì dùng repeat = 2",
                    "if not, write one time a minute; to play it several times in a row use repeat = 2"
                )
            } else {
                text!(
                    "nếu không, viết: {key} = [{list}]; phát liền nhiều lần thì thêm repeat = 2",
                    "if not, write: {key} = [{list}]; to play it several times in a row add repeat = 2"
                )
            });
            return;
        }
        let most = (0..24).map(|hour| seconds.iter().filter(|at| **at / 3600 == hour).count()).max().unwrap_or(0);
        if most > MANY_PER_HOUR {
            let message = text!(
                "mục này phát {most} lần trong một giờ; có đúng ý không?",
                "this plays {most} times in one hour; is that meant?"
            );
            self.warning("at_too_often", &entry.node.span, message).help = Some(text!(
                "nếu không, viết ít giờ hơn, ví dụ: at = [\"05:30\", \"17:00\"]",
                "if not, write fewer times, such as: at = [\"05:30\", \"17:00\"]"
            ));
        }
    }
}

/// The weekdays that a key names.
fn day_key(name: &str) -> Read<u8> {
    if let Some(meant) = word::meant_days(name).filter(|_| word::days(name).is_err()) {
        let plain = meant.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let (meant, name) = (if plain { meant } else { format!("\"{meant}\"") }, shown(name));
        return Err(WordFault::new(
            "bad_days",
            text!("«{name}» không phải là ngày trong tuần", "\"{name}\" is not a day of the week"),
            text!("trước dấu = viết: {meant}", "before the = write: {meant}"),
        ));
    }
    word::days(name).map_err(|fault| WordFault {
        help: text!(
            "viết thứ ở trước dấu =, ví dụ: {{ T7 = \"16:30\", \"T2-T6\" = \"17:00\", khac = \"18:00\" }}",
            "write weekdays before the =, such as: {{ sat = \"16:30\", mon-fri = \"17:00\", other = \"18:00\" }}"
        ),
        ..fault
    })
}

fn clock(time: Time) -> String {
    time.strftime(if time.second() == 0 { "%H:%M" } else { "%H:%M:%S" }).to_string()
}
