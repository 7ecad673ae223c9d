//! The part of the form that says when: times, days of the week, of the calendar or of the moon, and what is left out.

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use maud::{Markup, html};

use super::draft::{On, day_names};
use super::form::Form;
use super::said;
use super::usual::usual;
use crate::calendar::lunar_of;
use crate::diag::{Text, text};

/// So many months of days to choose from are drawn.
const MONTHS: i32 = 3;

impl Form<'_> {
    pub(super) fn times(&self) -> Markup {
        if self.is_held("at") || self.is_held("cron") {
            return html! {};
        }
        let blank = usize::from(self.draft.at.is_empty());
        let times = self.draft.at.iter().map(String::as_str).chain(std::iter::repeat_n("", blank + self.blanks("at")));
        html! {
            fieldset {
                legend { (self.say(&text!("Giờ phát", "Time"))) }
                (self.wrong("at"))
                @for (at, time) in times.enumerate() {
                    label.time {
                        span.unseen { (self.say(&text!("Giờ phát", "Time"))) }
                        input name="at" value=(time) inputmode="text" placeholder="05:30" size="8" id=[(at == 0).then_some("at")];
                        @if !time.is_empty() {
                            @match said::read_back(time) {
                                Ok(words) => span.hint { (self.say(&words)) },
                                Err(bad) => span.hint.bad { (self.say(&bad)) },
                            }
                        }
                    }
                }
                p.hint { (self.say(&text!("Ghi tự do: 5h30, 530, 17h. Bỏ một giờ: xóa chữ trong ô.", "Any way: 5h30, 530, 17h. To drop a time, empty its box."))) }
                @let usual: Vec<String> = usual(&self.world.schedule).into_iter().map(said::clock).filter(|time| !self.draft.at.contains(time)).collect();
                @let place = self.draft.at.iter().position(String::is_empty).unwrap_or(self.draft.at.len());
                div.chips {
                    @for time in usual {
                        button name="do" value={ "time:" (place) ":" (time) } { (time) }
                    }
                    button name="do" value="more:at" { (self.say(&text!("+ giờ nữa", "+ another time"))) }
                }
            }
        }
    }

    pub(super) fn days(&self) -> Markup {
        if ["days", "dates", "lunar", "cron"].iter().any(|key| self.is_held(key)) {
            return self.span();
        }
        let draft = self.draft;
        let on = |value: &'static str, on: On, label: &Text| {
            html! { label.chip { input type="radio" name="on" value=(value) checked[draft.on == on]; (self.say(label)) } }
        };
        let others: Vec<&str> =
            draft.lunar.iter().map(String::as_str).filter(|one| !["1", "15"].contains(one)).collect();
        html! {
            fieldset {
                legend { (self.say(&text!("Ngày phát", "Days"))) }
                (self.wrong("days"))
                (on("week", On::Week, &text!("Theo ngày trong tuần", "Days of the week")))
                div.chips {
                    @for (at, (name, short)) in day_names().iter().enumerate() {
                        label.chip { input type="checkbox" name="day" value=(name) checked[draft.days & (1 << at) != 0]; (self.say(short)) }
                    }
                    button name="do" value="days:31" { (self.say(&text!("Thứ Hai đến thứ Sáu", "Monday to Friday"))) }
                    button name="do" value="days:127" { (self.say(&text!("Mọi ngày", "Every day"))) }
                }
                (on("dates", On::Dates, &text!("Những ngày đã chọn", "Chosen dates")))
                (self.months())
                (on("lunar", On::Lunar, &text!("Theo ngày âm lịch", "Lunar days")))
                div.chips {
                    @for (value, label) in [("1", text!("Mùng 1", "1st")), ("15", text!("Rằm", "15th"))] {
                        label.chip { input type="checkbox" name="lunar" value=(value) checked[draft.lunar.iter().any(|one| one == value)]; (self.say(&label)) }
                    }
                    label { (self.say(&text!("Ngày âm khác", "Other lunar days")))
                        input name="lunar_more" value=(others.join(", ")) placeholder="10/3";
                    }
                }
            }
            (self.span())
        }
    }

    /// A grid of each of the next months, with the day of the moon in each cell.
    fn months(&self) -> Markup {
        let first = self.today.first_of_month();
        let chosen: BTreeSet<&str> = self.draft.dates.iter().map(String::as_str).collect();
        let end = first.saturating_add(MONTHS.months());
        let outside =
            |one: &&&str| !said::date_of(one, self.today).is_some_and(|date| date >= self.today && date < end);
        let others: Vec<&str> = chosen.iter().filter(outside).copied().collect();
        html! {
            details open[self.draft.on == On::Dates] {
                summary { (self.say(&text!("Chọn ngày trên lịch", "Choose on a calendar"))) }
                @for month in 0..MONTHS {
                    @let start = first.saturating_add(month.months());
                    p.month { strong { (start.strftime("%m/%Y").to_string()) } }
                    div.month {
                        @for _ in 0..start.weekday().to_monday_zero_offset() { span {} }
                        @for day in 0..i32::from(start.days_in_month()) {
                            @let date = start.saturating_add(day.days());
                            @let moon = lunar_of(date);
                            @if date < self.today { span.gone { (date.day()) } } @else {
                                label.cell.moon[[1, 15].contains(&moon.day)] {
                                    input type="checkbox" name="date" value=(date) checked[chosen.contains(said::date(date).as_str())];
                                    (date.day()) small { (moon.short().get(self.lang)) }
                                }
                            }
                        }
                    }
                }
            }
            label { (self.say(&text!("Ngày khác, cách nhau dấu phẩy", "Other dates, with commas")))
                input name="dates" value=(others.join(", ")) placeholder="20/12/2026, 24/12/2026..26/12/2026";
            }
        }
    }

    /// From, until, and what is left out.
    fn span(&self) -> Markup {
        let draft = self.draft;
        let date = |name: &'static str, label: &Text, value: &str| {
            html! { @if !self.is_held(name) {
                (self.wrong(name))
                label { (self.say(label)) input name=(name) value=(value) placeholder="05/12/2026" inputmode="numeric"; }
            } }
        };
        html! {
            details open[!draft.from.is_empty() || !draft.until.is_empty() || draft.holidays || !draft.except.is_empty() || !draft.except_at.is_empty() || !draft.also.is_empty()] {
                summary { (self.say(&text!("Từ ngày, đến ngày, trừ ngày", "From, until, except"))) }
                (date("from", &text!("Từ ngày", "From"), &draft.from))
                (date("until", &text!("Đến hết ngày", "Until, inclusive"), &draft.until))
                @if !self.is_held("except") {
                    label.chip { input type="checkbox" name="holidays" value="yes" checked[draft.holidays]; (self.say(&text!("Trừ ngày lễ", "Not on holidays"))) }
                    (self.wrong("except"))
                    label { (self.say(&text!("Trừ những ngày, cách nhau dấu phẩy", "Not on these days, with commas")))
                        input name="except" value=(draft.except.join(", ")) placeholder="24/12/2026";
                    }
                }
                (self.moments("except_at", &draft.except_at, &text!("Bỏ riêng lần", "Called off once")))
                (self.moments("also", &draft.also, &text!("Phát thêm lần", "Played once more")))
            }
        }
    }

    fn moments(&self, name: &'static str, moments: &[String], label: &Text) -> Markup {
        html! { @for at in moments {
            label.chip { input type="checkbox" name=(name) value=(at) checked; (self.say(label)) " " (moment(at)) }
        } }
    }
}

/// One occurrence, as the file has it, in figures; to the second where that is none of a whole minute.
fn moment(written: &str) -> String {
    let at = written.parse::<jiff::civil::DateTime>();
    at.map_or_else(|_| String::new(), |at| format!("{} {}", said::clock(at.time()), said::date(at.date())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_occurrence_is_told_to_the_second_where_it_has_some() {
        assert_eq!(moment("2026-12-02T05:30:20"), "05:30:20 02/12/2026");
        assert_eq!(moment("2026-12-02T05:30:00"), "05:30 02/12/2026");
    }
}
