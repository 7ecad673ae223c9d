//! One airing of a broadcast, and the end of a broadcast, drawn: what the plan says of it, and what may be done with it.

use jiff::civil::DateTime;
use maud::{Markup, html};

use super::ask::{Sight, places, query};
use super::said;
use crate::diag::{Lang, Text, text};
use crate::edit::FileEntry;
use crate::escaped::escaped;
use crate::fields::Fields;
use crate::instant::Wall;
use crate::plan::{Plain, Remedy};
use crate::sentence::for_people;
use crate::station::Approval;

/// The instant of a local time.
pub(super) fn instant(desk: &Sight, at: DateTime) -> Wall {
    let tz = &desk.station().timezone;
    at.to_zoned(tz.clone()).map_or(desk.now, |at| Wall::from(at.timestamp()))
}

/// The airing that was tapped, above the form; `clock` is what is asked where the clock is not believed.
pub(super) fn above(
    desk: &Sight,
    lang: Lang,
    entry: &FileEntry,
    asked: &Fields,
    (may, clock): (bool, &Markup),
) -> Markup {
    let Ok(at) = asked.get("at").parse::<DateTime>() else { return html! {} };
    let zone = asked.get("zone");
    let (day, time) = (said::day(at.date()), said::clock(at.time()));
    let zones = desk.zones_planned(&entry.name);
    let Text { vi, en } = places(desk.station(), &zones);
    let because = because(desk, &entry.name, at);
    let to = if asked.get("to").is_empty() { time.as_str() } else { asked.get("to") };
    let is_past = instant(desk, at) < desk.now;
    let choice = |value: &'static str, is_first: bool, label: &Text| {
        html! { label.chip { input type="radio" name="how" value=(value) checked[is_first]; (label.get(lang)) } }
    };
    html! {
        section.card.once {
            h2 { (text!("Lần phát", "The airing of").get(lang)) " " (day.get(lang)) ", " (time) }
            p { (text!("Phát ở: {vi}.", "Heard in: {en}.").get(lang)) }
            @if let Some(because) = because {
                p.said { (for_people(because.said.get(lang), lang)) }
                @if let Some(Remedy::HandIn(sound)) = &because.remedy {
                    p { a.button href={ "/sounds/slot/" (escaped(sound)) } { (text!("Nộp bản ghi", "Hand in").get(lang)) } }
                }
            }
            @if is_past {
                p.hint { (text!("Lần này đã qua. Có phát hay không: xem Nhật ký.", "This is past. Whether it was heard: see the journal.").get(lang)) }
            } @else if may {
                form method="post" action="/schedule/once" {
                    input type="hidden" name="id" value=(entry.name);
                    input type="hidden" name="at" value=(at);
                    input type="hidden" name="zone" value=(zone);
                    label { (text!("Dời đến giờ", "Move to").get(lang))
                        input name="to" value=(to) size="8"; }
                    (choice("once", true, &text!("Chỉ lần này", "This time only")))
                    (choice("good", false, &text!("Từ nay về sau", "From now on")))
                    @if !zone.is_empty() {
                        (choice("session", false, &text!("Cả buổi phát, chỉ lần này", "The whole session, this time only")))
                        (choice("session_good", false, &text!("Cả buổi phát, từ nay về sau", "The whole session, from now on")))
                    }
                    @if desk.station().approval == Approval::Required {
                        p.hint { (text!(
                            "Đài này đòi phê duyệt: dời hay bỏ một lần cũng là sửa cả mục, và mục ấy không phát lần nào nữa cho đến khi được duyệt lại.",
                            "This station asks for approval: to move or leave out one airing changes the broadcast, and none of it sounds until it is approved again."
                        ).get(lang)) }
                    }
                    @if zones.len() > 1 {
                        p.hint { (text!(
                            "Dời hay bỏ là ở mọi nơi mục phát ấy phát, không riêng một cụm loa.",
                            "To move or leave out holds wherever the broadcast is heard, not in one zone only."
                        ).get(lang)) " "
                            @if !zone.is_empty() {
                                @let first = said::date(at.date());
                                @let off = query(&[("kind", "hours"), ("zone", zone), ("first", &first), ("from", &time)]);
                                a href={ "/schedule/off?" (off) } {
                                    (text!("Cho im riêng cụm loa này trong một khoảng giờ", "Silence this zone alone for some hours").get(lang)) }
                            }
                        }
                    }
                    (clock)
                    p.actions {
                        button.main name="do" value="move" { (text!("Lưu giờ mới", "Save the new time").get(lang)) }
                        button name="do" value="skip" { (text!("Bỏ riêng lần này", "Leave this one out").get(lang)) }
                    }
                }
            }
        }
    }
}

/// What the plan says of it, where it says something.
fn because(desk: &Sight, id: &str, at: DateTime) -> Option<Plain> {
    let from = instant(desk, at);
    let world = &desk.look.world;
    let airings = desk.look.plan(from, from + std::time::Duration::from_nanos(1));
    let airing = airings
        .iter()
        .filter(|one| one.broadcast.id == id && one.scheduled == from)
        .find(|one| one.reason.is_some())?;
    let ground = crate::plan::PlanContext::new(&world.schedule, &world.station, &world.library, desk.now);
    crate::plan::plainly(airing, &ground)
}

/// Stop and delete, below the form.
pub(super) fn below(lang: Lang, entry: &FileEntry, clock: &Markup) -> Markup {
    html! {
        section.card.end {
            h2 { (text!("Thôi phát", "Stop it").get(lang)) }
            form method="post" action="/schedule/end" {
                input type="hidden" name="id" value=(entry.name);
                input type="hidden" name="seen" value=(entry.digest);
                (clock)
                p.actions {
                    button name="do" value="tomorrow" { (text!("Thôi phát từ ngày mai", "Stop from tomorrow").get(lang)) }
                    button name="do" value="now" { (text!("Thôi phát từ hôm nay", "Stop from today").get(lang)) }
                    button name="do" value="delete" { (text!("Xóa mục này", "Delete it").get(lang)) }
                }
                p.hint { (text!(
                    "Mục đã xóa giữ 90 ngày, khôi phục được. Đang phát dở thì dừng bằng nút Dừng loa.",
                    "What is deleted is kept for 90 days and can be restored. What sounds right now is stopped by the stop button."
                ).get(lang)) }
            }
        }
    }
}
