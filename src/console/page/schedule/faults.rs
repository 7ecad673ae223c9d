//! What is wrong with a form as it was typed, each beside its field and in the words of the form: nothing that was left empty
//! ever means everything, and nobody is told how a file is written.

use jiff::civil::Date;

use super::draft::{Keys, On, Typed};
use super::said;
use super::written::{date_value, ends_of, is_over, length};
use crate::diag::{Text, shown, text};
use crate::edit::{Field, Value};
use crate::typed::time_of;

/// A field that cannot be saved as it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Wrong {
    pub(super) field: &'static str,
    pub(super) said: Text,
}

impl Typed {
    /// The keys that are others than `base` has them, or what cannot be saved as it is.
    pub(super) fn keys(&self, base: Option<&Self>, held: &[Field], today: Date) -> Result<Keys, Vec<Wrong>> {
        let wrong = self.faults(base, held, today);
        if wrong.is_empty() { Ok(self.other_keys(base, held, today)) } else { Err(wrong) }
    }

    /// What cannot be saved as it is.
    fn faults(&self, base: Option<&Self>, held: &[Field], today: Date) -> Vec<Wrong> {
        let mut wrong = Vec::new();
        let is_held = |key: &str| held.iter().any(|field| field.key == key);
        let mut say = |field: &'static str, said: Text| wrong.push(Wrong { field, said });
        if self.line("title").is_empty() && !is_held("title") && !is_held("id") {
            say("title", text!("Xin ghi tên mục phát.", "Give it a title."));
        }
        if !self.all && self.zones.is_empty() && !is_held("zones") {
            say("zones", text!("Xin chọn ít nhất một cụm loa.", "Choose at least one zone."));
        }
        if self.all && !self.zones.is_empty() {
            say("zones", all_or_some());
        }
        let by_cron = is_held("cron");
        if self.at.is_empty() && !by_cron && !is_held("at") {
            say("at", text!("Xin ghi ít nhất một giờ phát, ví dụ 05:30.", "Give at least one time, such as 05:30."));
        }
        if self.at.iter().any(|at| time_of(at).is_none()) {
            say("at", said::bad_time());
        }
        let none = match self.on {
            On::Week => self.days == 0 && !is_held("days") && !is_held("dates") && !is_held("lunar"),
            On::Dates => self.dates.is_empty(),
            On::Lunar => self.lunar.is_empty(),
        };
        if none && !by_cron {
            say("days", text!("Xin chọn ít nhất một ngày phát.", "Choose at least one day."));
        }
        let is_day = |one: &String| matches!(date_value(one, today), Value::Date(_));
        for (field, end) in [("from", &self.from), ("until", &self.until)] {
            if !end.is_empty() && !is_day(end) {
                say(field, said::bad_date());
            }
        }
        // What stands in the file already is not typed here.
        let typed = |own: &[String], of: fn(&Self) -> &[String]| -> Vec<String> {
            own.iter().filter(|one| base.is_none_or(|base| !of(base).contains(one))).cloned().collect()
        };
        let dates = if self.on == On::Dates { typed(&self.dates, |draft| &draft.dates) } else { Vec::new() };
        if let Some(fault) = dates.iter().find_map(|one| bad_days(one, today, false)) {
            say("days", fault);
        }
        if let Some(fault) =
            typed(&self.except, |draft| &draft.except).iter().find_map(|one| bad_days(one, today, true))
        {
            say("except", fault);
        }
        let is_new = |one: &&String| base.is_none_or(|base| !base.dates.contains(*one));
        if let Some(gone) = self.dates.iter().filter(is_new).find(|one| self.on == On::Dates && is_over(one, today)) {
            say("days", said::over(gone, today));
        }
        let ends = [&self.from, &self.until].map(|end| said::date_of(end, today));
        if let [Some(from), Some(until)] = ends
            && until < from
        {
            say("until", said::turned(from, until));
        }
        // Of what is there already, that is how it is ended.
        if base.is_none() && is_over(&self.until, today) {
            say("until", said::over(&self.until, today));
        }
        if self.play.is_empty() && !is_held("play") {
            say("play", text!("Xin chọn ít nhất một bản ghi.", "Choose at least one sound."));
        }
        let lengths = [
            ("wait", "m", self.wait.as_str(), base.map(|base| base.wait.as_str())),
            (
                "late",
                "m",
                if self.if_missed == "late" { self.late.as_str() } else { "" },
                base.map(|base| base.late.as_str()),
            ),
            ("gap", "s", self.line("gap"), base.map(|base| base.line("gap"))),
        ];
        for (key, unit, said, was) in lengths {
            if !said.is_empty() && was != Some(said) && length(said, unit).is_none() {
                say("more", bad_length(key));
            }
        }
        if !self.repeat.is_empty() && self.repeat.parse::<u32>().is_err() {
            say("more", text!("Số lần lặp là một số, ví dụ 2.", "The repeats are a number, such as 2."));
        }
        wrong
    }
}

/// Both were chosen: a tick that counts for nothing would be a broadcast where nobody wanted it.
pub(super) fn all_or_some() -> Text {
    text!(
        "Đã chọn «Tất cả các cụm loa» mà cũng đánh dấu riêng một nơi. Xin chọn một trong hai.",
        "All zones are chosen, and single ones are ticked too. Choose one of the two."
    )
}

/// Days that are none: `None` where they are, and where it may be the name of days.
fn bad_days(written: &str, today: Date, may_be_name: bool) -> Option<Text> {
    if let Some((first, last)) = ends_of(written) {
        let (first, last) = (said::date_of(first, today), said::date_of(last, today));
        let (Some(first), Some(last)) = (first, last) else { return Some(bad_range(written)) };
        return (last < first).then(|| bad_range(written));
    }
    let is_name = may_be_name && !written.starts_with(|c: char| c.is_ascii_digit());
    (!is_name && said::date_of(written, today).is_none()).then(|| bad_range(written))
}

fn bad_range(written: &str) -> Text {
    let written = shown(written);
    text!(
        "«{written}» chưa đúng là ngày. Ghi ngày/tháng/năm, ví dụ 10/12/2026; nhiều ngày liền: 10/12/2026 đến 20/12/2026.",
        "\"{written}\" is no day. Write day/month/year, such as 10/12/2026; days in a row: 10/12/2026 - 20/12/2026."
    )
}

fn bad_length(key: &str) -> Text {
    match key {
        "wait" => text!(
            "«Chờ mục khác tối đa» là một số phút, ví dụ 10.",
            "\"Longest wait\" is a number of minutes, such as 10."
        ),
        "late" => {
            text!("«Trễ nhất bao lâu» là một số phút, ví dụ 10.", "\"Latest\" is a number of minutes, such as 10.")
        }
        _ => text!("«Khoảng nghỉ giữa hai lần» là một số giây, ví dụ 5.", "\"Gap\" is a number of seconds, such as 5."),
    }
}
