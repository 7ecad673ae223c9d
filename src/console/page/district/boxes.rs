use maud::{Markup, html};

use super::caller::caller;
use super::look::{DistrictLook, address};
use super::top;
use crate::diag::{Lang, Text, figure, text};
use crate::district::{
    BoxCondition, Consequence, FleetShow, FleetShown, JudgedBox, SquareMark, consequence_sentence, counted,
    short_moment,
};
use crate::fact::Outcome;
use crate::instant::Wall;
use crate::sentence::sentence;

/// The worst, where nobody has asked for others.
const WORST: usize = 20;
/// Rows of a page, where somebody has.
const ROWS: usize = 60;

/// The table of those that are shown, the worst first.
pub(super) fn table(look: &DistrictLook, shown: &FleetShown, from: usize, lang: Lang) -> Markup {
    let view = &look.fleet().view;
    let is_all = shown.show == FleetShow::All && shown.area.is_none() && shown.words.is_empty();
    let most = if is_all && from == 0 { WORST } else { ROWS };
    // Of all of them, those with nothing wrong are no news.
    let has_news = |own: &&JudgedBox| !is_all || !matches!(own.consequence, Consequence::Well | Consequence::Vacant);
    let count = view.shown(shown).filter(has_news).count();
    let rows = view.shown(shown).filter(has_news).skip(from).take(most);
    let heading = if is_all { text!("Cần xem trước", "The worst first") } else { top::filter(shown.show) };
    html! {
        section.fleet-boxes {
            h2 { (heading.get(lang)) " (" (counted(count).get(lang)) ")" }
            @if count == 0 {
                p { (if is_all { text!("Mọi đài đã nghe thấy đều tốt.", "Every station that was heard is well.") }
                    else { text!("Không đài nào.", "None.") }.get(lang)) }
            } @else {
                table.fleet {
                    thead { tr { @for (_, name) in COLUMNS { th scope="col" { (name(lang)) } } } }
                    tbody { @for own in rows { (row(look, own, lang)) } }
                }
            }
            @if count > from + most {
                @let next = address("/district", shown);
                @let join = if next.contains('?') { '&' } else { '?' };
                p { a.button href={ (next) (join) "from=" (from + most) } {
                    @let rest = counted(count - from - most);
                    (text!(rest = rest; "Xem tiếp {rest} đài", "See {rest} more").get(lang))
                } }
            }
        }
    }
}

type Column = (fn(&DistrictLook, &JudgedBox, Lang) -> Markup, fn(Lang) -> String);

macro_rules! column {
    ($cell:ident, $vi:literal, $en:literal) => {
        ($cell as fn(&DistrictLook, &JudgedBox, Lang) -> Markup, |lang| text!($vi, $en).get(lang).to_owned())
    };
}

/// What stands beside each other; on a phone below each other, each with its name.
const COLUMNS: [Column; 7] = [
    column!(place, "Đài", "Station"),
    column!(heard, "Báo lần cuối, chờ báo lại", "Last heard, expected again"),
    column!(schedule, "Lịch cần, đang dùng", "Schedule wanted, held"),
    column!(journal, "Nhật ký đã nhận", "Journal received"),
    column!(machine, "Đồng hồ, card, ổ đĩa", "Clock, card, disk"),
    column!(last, "Buổi gần nhất", "Last session"),
    column!(call, "Gọi ai", "Whom to call"),
];

fn row(look: &DistrictLook, own: &JudgedBox, lang: Lang) -> Markup {
    html! {
        tr.red[own.consequence.is_red()] {
            @for (ix, (cell, name)) in COLUMNS.iter().enumerate() {
                @if ix == 0 { th scope="row" { (cell(look, own, lang)) } }
                @else { td data-label=(name(lang)) { (cell(look, own, lang)) } }
            }
        }
    }
}

fn place(look: &DistrictLook, own: &JudgedBox, lang: Lang) -> Markup {
    let facts = &own.facts;
    let mark = SquareMark::of(own.consequence);
    html! {
        a href={ "/district/box/" (facts.place) } { (title(own)) }
        @if !facts.title.is_empty() { br; small { (facts.place) } }
        br; span.mark class=(mark.class()) { (sentence(consequence_sentence(own, &look.tz).get(lang))) }
    }
}

/// What a box is called: the place's name, else its path.
pub(super) fn title(own: &JudgedBox) -> String {
    let facts = &own.facts;
    if facts.title.is_empty() { facts.place.to_string() } else { crate::diag::shown(&facts.title) }
}

pub(super) fn heard(look: &DistrictLook, own: &JudgedBox, lang: Lang) -> Markup {
    let at = |at: Wall| short_moment(at, look.now, &look.tz);
    html! {
        @match (own.facts.heard, own.expected) {
            (Some(heard), Some(expected)) => {
                (at(heard.at).get(lang)) br;
                small.late[own.is_late] {
                    @let by = at(expected);
                    (if own.is_late { text!(by = by; "quá hạn từ {by}", "overdue since {by}") }
                        else { text!(by = by; "chờ báo lại trước {by}", "expected by {by}") }.get(lang))
                }
            },
            _ => (text!("chưa lần nào", "never").get(lang)),
        }
    }
}

pub(super) fn schedule(_: &DistrictLook, own: &JudgedBox, lang: Lang) -> Markup {
    let facts = &own.facts;
    let none = || text!("chưa biết", "not known");
    html! {
        @if let Some((_, code)) = facts.refused.iter().next() {
            (text!("không nhận: {code}", "refused: {code}").get(lang)) br;
        }
        @for (sender, version) in own.wanted.iter().take(3) {
            @let held = facts.bundles.get(sender).map_or_else(|| text!("chưa có", "none"), |held| text!("{held}", "{held}"));
            (text!(held = held; "cần {version}, đang dùng {held}", "wants {version}, has {held}").get(lang)) " " small { (sender) } br;
        }
        @if own.wanted.is_empty() {
            @if facts.state.is_none() { (none().get(lang)) }
            @else if facts.bundles.is_empty() { (text!("không có lịch từ trung tâm", "none from the centre").get(lang)) }
            @for (sender, version) in facts.bundles.iter().take(3) { (version) " " small { (sender) } br; }
        }
    }
}

pub(super) fn journal(look: &DistrictLook, own: &JudgedBox, lang: Lang) -> Markup {
    let journal = &own.facts.journal;
    let big = |number: u64| counted(usize::try_from(number).unwrap_or(usize::MAX));
    html! {
        @if journal.received == 0 && journal.known == 0 { (text!("chưa có dòng nào", "no rows yet").get(lang)) }
        @else {
            @let row = big(journal.received);
            (text!(row = row; "dòng {row}", "row {row}").get(lang))
            @if let Some(at) = journal.reaches { ", " (short_moment(Wall::from_secs(at), look.now, &look.tz).get(lang)) }
            br; small.late[!journal.is_complete()] { (if journal.is_complete() { text!("đủ những gì đã biết", "all that is known") }
                else { let rest = big(journal.missing()); text!(rest = rest; "còn {rest} dòng", "{rest} rows to come") }.get(lang)) }
        }
    }
}

pub(super) fn machine(_: &DistrictLook, own: &JudgedBox, lang: Lang) -> Markup {
    let said: Vec<Text> = own.facts.state.as_ref().map_or_else(|| vec![text!("chưa biết", "not known")], machine_said);
    html! { @for (ix, one) in said.iter().enumerate() { @if ix > 0 { br; } (one.get(lang)) } }
}

/// Clock, card, disk.
fn machine_said(state: &BoxCondition) -> Vec<Text> {
    let mut said = vec![if state.clock_trusted {
        text!("giờ đáng tin", "clock is right")
    } else {
        text!("giờ chưa đáng tin", "clock not believed")
    }];
    if state.told {
        let (dumb, bare, zones) = (state.dumb_zones, state.bare_zones, state.zones);
        said.push(match (state.runs, dumb) {
            (false, _) => text!(
                "chương trình phát không chạy hoặc không trả lời",
                "the program that plays does not run, or does not answer"
            ),
            (true, 0) if bare > 0 && bare >= zones => text!("không nối loa nào", "no horn at all"),
            (true, 0) => text!("card tốt", "card is well"),
            (true, _) => text!("{dumb} trên {zones} cụm không ra tiếng", "silent zones: {dumb} of {zones}"),
        });
        if bare > 0 && bare < zones {
            said.push(text!("{bare} trên {zones} cụm không nối loa", "zones without a horn: {bare} of {zones}"));
        }
    }
    if let Some(free) = state.free_bytes {
        said.push(text!(free = figure::bytes(free); "ổ đĩa còn {free}", "disk: {free} free"));
    }
    said
}

pub(super) fn last(look: &DistrictLook, own: &JudgedBox, lang: Lang) -> Markup {
    let Some(session) = &own.facts.session else { return html! { (text!("chưa biết", "not known").get(lang)) } };
    let (all, failed) = (session.zones.len(), session.failed().count());
    let partial = session.zones.values().filter(|zone| zone.outcome == Outcome::Partial).count();
    html! {
        (short_moment(session.wall(), look.now, &look.tz).get(lang)) br;
        (match (failed, partial) {
            (0, 0) => text!("đã phát", "played"),
            (0, _) => text!("phát một phần: {partial} trên {all} cụm", "partly: {partial} of {all} zones"),
            _ => text!("im {failed} trên {all} cụm", "silent: {failed} of {all} zones"),
        }.get(lang))
    }
}

pub(super) fn call(_: &DistrictLook, own: &JudgedBox, lang: Lang) -> Markup {
    caller(&own.facts.contact, &own.facts.phone, lang)
}
