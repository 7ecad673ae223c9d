//! The ways from the week that is shown to others, and to what is done now and then; and what was asked for that is not there.

use jiff::ToSpan as _;
use jiff::civil::Date;
use maud::{Markup, html};

use super::ask::{self, Sight, zone_named};
use super::said;
use crate::diag::{Lang, Text, shown, text};
use crate::fields::Fields;

/// What the address asks for that is not there: something else is shown, and it is said.
pub(super) fn unknown(desk: &Sight, fields: &Fields) -> Vec<Text> {
    let (zone, week) = (shown(fields.get("zone")), shown(fields.get("week")));
    let mut said = Vec::new();
    if !zone.is_empty() && zone_named(desk.station(), fields.get("zone")).is_none() {
        said.push(text!(
            "Không có cụm loa «{zone}». Dưới đây là tất cả các cụm loa.",
            "There is no zone \"{zone}\". Below are all zones."
        ));
    }
    if !week.is_empty() && said::date_of(fields.get("week"), desk.today).is_none() {
        said.push(text!(
            "«{week}» không phải là ngày. Dưới đây là tuần này. Ví dụ: 05/12/2026.",
            "\"{week}\" is no day. Below is this week. Example: 05/12/2026."
        ));
    }
    said
}

/// The week before, this one by its days, the next one.
pub(super) fn turn(desk: &Sight, chosen: &str, monday: Date, lang: Lang) -> Markup {
    let to = |days: i64| {
        let day = monday.saturating_add(days.days()).to_string();
        format!("/schedule?{}", ask::query(&[("zone", chosen), ("week", &day)]))
    };
    let short = |date: Date| date.strftime("%d/%m").to_string();
    let (from, until) = (short(monday), short(monday.saturating_add(6.days())));
    let is_this = monday == said::monday(desk.today);
    html! {
        nav.turn aria-label=(text!("Tuần", "Week").get(lang)) {
            a.button href=(to(-7)) aria-label=(text!("Tuần trước", "Week before").get(lang)) { "‹" }
            @if is_this {
                strong { (text!("Tuần này, {from} – {until}", "This week, {from} – {until}").get(lang)) }
            } @else {
                a href={ "/schedule?" (ask::query(&[("zone", chosen)])) } {
                    strong { (text!("Tuần {from} – {until}", "Week {from} – {until}").get(lang)) }
                    small { (text!("Về tuần này", "Back to this week").get(lang)) }
                }
            }
            a.button href=(to(7)) aria-label=(text!("Tuần sau", "Next week").get(lang)) { "›" }
        }
    }
}

/// One zone of several.
pub(super) fn filter(desk: &Sight, chosen: &str, monday: Date, lang: Lang) -> Markup {
    html! {
        @if desk.station().zones.len() > 1 {
            form.inline method="get" action="/schedule" {
                input type="hidden" name="week" value=(monday);
                label { span.unseen { (text!("Cụm loa", "Zone").get(lang)) }
                    select name="zone" data-sends="" {
                        option value="" selected[chosen.is_empty()] { (text!("Tất cả các cụm loa", "All zones").get(lang)) }
                        @for zone in &desk.station().zones { option value=(zone.id) selected[chosen == zone.id] { (zone.title) } }
                    }
                }
                button { (text!("Xem", "Show").get(lang)) }
            }
        }
    }
}

/// What is done now and then.
pub(super) fn others(chosen: &str, monday: Date, may: bool, lang: Lang) -> Markup {
    html! {
        details {
            summary { (text!("Việc khác", "More").get(lang)) }
            form.inline method="get" action="/schedule" {
                input type="hidden" name="zone" value=(chosen);
                label { (text!("Xem tuần có ngày", "The week of").get(lang))
                    input name="week" value=(said::date(monday)) inputmode="numeric"; }
                button { (text!("Xem", "Show").get(lang)) }
            }
            @if may { p.actions {
                a.button href={ "/schedule/off?" (ask::query(&[("zone", chosen)])) } { (text!("Nghỉ phát, im tiếng", "Days off, quiet hours").get(lang)) }
                a.button href="/schedule/versions" { (text!("Các lần sửa", "Changes").get(lang)) }
                a.button href="/schedule/deleted" { (text!("Mục đã xóa", "Deleted").get(lang)) }
            } }
        }
    }
}
