//! What is to be done: recordings by their time, what meets what. And the verdict on tomorrow's morning.

use maud::{Markup, html};

use super::said::{before, when};
use super::view::View;
use crate::alarm;
use crate::approval::Lack;
use crate::day::{SoundTask, Unapproved};
use crate::diag::{Lang, Text, figure, text};
use crate::escaped::escaped;
use crate::instant::Wall;
use crate::page::approvals::word;
use crate::page::remedy::{self, About};
use crate::page::sounds::may_hand_in_for_all;
use crate::role::Right;

/// What one person reads before he works; the rest is counted.
const TASKS_MOST: usize = 12;

/// Names in one sentence; of more their number is told.
const NAMED_MOST: usize = 4;

/// The list; for a hamlet head, what he hands in.
pub(super) fn tasks(view: &View, is_own: bool) -> Markup {
    let lang = view.who.lang;
    let wanted: Vec<(&SoundTask, Wall)> = wanted(view);
    let meetings: Vec<_> = view.day.meetings.iter().filter(|one| view.sees_any(one.zones.iter().copied())).collect();
    let files = if is_own { &[][..] } else { &view.look.broken[..] };
    let meets = if is_own || !view.who.may(Right::Schedule) { 0 } else { meetings.len() };
    let more = wanted.len().saturating_sub(TASKS_MOST) + meets.saturating_sub(TASKS_MOST);
    let title = if is_own { text!("Cần nộp", "To hand in") } else { text!("Việc cần làm", "To do") };
    let returned = if is_own { returned(view) } else { Vec::new() };
    let alarms = if may_hand_in_for_all(&view.who) { unrecorded(view) } else { None };
    let outside = if is_own { 0 } else { view.outside };
    // What waits for approval stands above.
    let waits = view.who.may(Right::Approvals) && !view.day.unapproved.is_empty();
    html! {
        section.tasks aria-labelledby="tasks" {
            h2 #tasks { (title.get(lang)) }
            @if !is_own { (tomorrow(view)) }
            @if wanted.is_empty() && meets == 0 && files.is_empty() && !waits && outside == 0 && alarms.is_none() && returned.is_empty() {
                p { (if is_own {
                    text!("Không cần nộp bản ghi nào trong 14 ngày tới.", "No recording is needed in the next 14 days.")
                } else {
                    text!("Không có việc gì đang chờ.", "Nothing is waiting to be done.")
                }.get(lang)) }
            }
            @if is_own {
                @if let Some((first, _)) = wanted.first() {
                    p { a.button.main.wide href=(slot(first)) { (text!("Ghi âm hoặc chọn tệp ghi âm", "Record, or choose a recording").get(lang)) } }
                }
            }
            ul.list {
                @if outside > 0 { li.bad { a.row href="/emergency#outside" { (alarm::undecided(outside).get(lang)) } } }
                @for file in files {
                    li.bad {
                        p { (text!(
                            "Tệp {file} hỏng: đài phát theo bản đúng gần nhất, nếu có.",
                            "{file} is broken: its last good version plays, where there is one."
                        ).get(lang)) }
                        @if view.who.may(Right::Schedule) {
                            a.button href="/schedule" { (text!("Xem lịch phát", "See the schedule").get(lang)) }
                        }
                    }
                }
                @for said in &returned { li.bad { p { (said.get(lang)) } } }
                @if let Some(said) = &alarms { li { a.row href="/emergency#unrecorded" { (said.get(lang)) } } }
                @for (one, at) in wanted.iter().take(TASKS_MOST) {
                    @let is_named = wanted.iter().filter(|(other, _)| other.title == one.title).count() > 1;
                    li { a.row href=(slot(one)) { (task(view, one, *at, is_named).get(lang)) } }
                }
                @for one in meetings.iter().take(meets.min(TASKS_MOST)) {
                    li.bad[one.is_silent] {
                        p { (one.plain.said.get(lang))
                        @if one.times > 1 {
                            " " span.hint {
                                @let (times, titles) = (one.times, view.titles(&one.zones));
                                (text!("{times} lần trong 7 ngày tới ({titles}).", "{times} times in the next 7 days ({titles}).").get(lang))
                            }
                        } }
                        @let zone = one.zones.first().and_then(|zone| view.station().zones.get(usize::from(zone.0)));
                        (remedy::button(&view.who, one.plain.remedy.as_ref(), About {
                            id: &one.broadcast, at: one.at, zone: zone.map_or("", |zone| zone.id.as_str()),
                        }, view.tz()))
                    }
                }
            }
            @if more > 0 { p.hint { (text!("Còn {more} việc nữa.", "And {more} more.").get(lang)) } }
        }
    }
}

/// What an emergency is sounded with, where it is not recorded: it is needed at no time that anybody knows.
fn unrecorded(view: &View) -> Option<Text> {
    let missing = view.look.unrecorded();
    let titles: Vec<Text> = missing.iter().take(NAMED_MOST).map(|one| one.sound.role.title()).collect();
    let join = |lang| titles.iter().map(|title| title.get(lang)).collect::<Vec<_>>().join(", ");
    let (vi, en, more) = (join(Lang::Vi), join(Lang::En), missing.len().saturating_sub(NAMED_MOST));
    match more {
        _ if missing.is_empty() => None,
        0 => Some(text!("Chưa có bản ghi dùng khi khẩn cấp: {vi}", "Not recorded, for an emergency: {en}")),
        _ => Some(text!(
            "Chưa có bản ghi dùng khi khẩn cấp: {vi} và {more} bản nữa",
            "Not recorded, for an emergency: {en} and {more} more"
        )),
    }
}

/// What a hamlet head hears of that was given back: its recording may be his.
fn returned(view: &View) -> Vec<Text> {
    let world = &view.look.world;
    let is_his = |one: &&Unapproved| {
        let broadcast = world.schedule.broadcasts.iter().find(|broadcast| broadcast.id == one.id);
        broadcast.is_some_and(|broadcast| view.sees_any(broadcast.zones.iter().copied()))
    };
    let all = view.day.unapproved.iter().filter(|one| matches!(one.lack, Lack::Returned(_))).filter(is_his);
    let said = |one: &Unapproved| {
        let (Text { vi, en }, title) = (word(&one.lack), &one.title);
        text!(
            "«{title}» chưa phát được. {vi}. Bản ghi của mình thì nộp lại; mục phát thì cán bộ văn hóa sửa.",
            "\"{title}\" cannot be heard yet. {en}. Hand the recording in again where it is yours; the official changes the rest."
        )
    };
    all.take(TASKS_MOST).map(said).collect()
}

fn undecided(one: &Unapproved, view: &View) -> Text {
    let (Text { vi, en }, title) = (before(one.next, view.now, view.tz()), &one.title);
    if one.is_emergency {
        return text!(
            "«{title}»: chưa duyệt, vẫn phát {vi} vì là khẩn cấp",
            "\"{title}\": not approved, sounds {en} all the same, as an emergency"
        );
    }
    text!("«{title}»: cần duyệt trước {vi}", "\"{title}\": to be approved before {en}")
}

/// What waits for approval, each with the time before which it has to be decided; nothing where nothing does.
pub(super) fn approvals(view: &View) -> Markup {
    let (lang, all) = (view.who.lang, &view.day.unapproved);
    let more = all.len().saturating_sub(TASKS_MOST);
    html! {
        @if !all.is_empty() {
            section.tasks aria-labelledby="approvals" {
                h2 #approvals { (text!("Chờ duyệt", "Waiting for approval").get(lang)) }
                ul.list { @for one in all.iter().take(TASKS_MOST) {
                    li { a.row href={ "/approvals/one?id=" (escaped(&one.id)) } {
                        span { (undecided(one, view).get(lang)) }
                        small { (word(&one.lack).get(lang)) } } }
                } }
                @if more > 0 { p { a.button href="/approvals" { (text!("Còn {more} mục nữa.", "And {more} more.").get(lang)) } } }
            }
        }
    }
}

/// What is still to come for his zones, and when it is first needed there.
fn wanted(view: &View) -> Vec<(&SoundTask, Wall)> {
    let own = view.zones();
    let first = |one: &SoundTask| {
        one.by.iter().filter(|(zone, _)| own.iter().any(|(known, _)| known == *zone)).map(|(_, at)| *at).min()
    };
    let mut wanted: Vec<_> = view.day.wanted.iter().filter_map(|one| Some((one, first(one)?))).collect();
    wanted.sort_by_key(|(_, at)| *at);
    wanted
}

fn slot(wanted: &SoundTask) -> String {
    format!("/sounds/slot/{}", escaped(&wanted.name))
}

/// Told by the broadcast, and by the name of the recording where it needs several.
fn task(view: &View, wanted: &SoundTask, at: Wall, is_named: bool) -> Text {
    let (Text { vi, en }, title, name) = (when(at, view.now, view.tz()), &wanted.title, &wanted.name);
    let name = if is_named { format!(" ({name})") } else { String::new() };
    if let Some(fault) = &wanted.fault {
        let (fault_vi, fault_en) = (&fault.vi, &fault.en);
        return text!(
            "«{title}»{name}: bản ghi hỏng ({fault_vi}), cần bản khác trước {vi}",
            "\"{title}\"{name}: the recording is faulty ({fault_en}), another is needed before {en}"
        );
    }
    if wanted.is_coming {
        return text!(
            "«{title}»{name}: bản ghi vừa nhận, đang được kiểm tra; cần trước {vi}",
            "\"{title}\"{name}: the recording has come and is being examined; needed before {en}"
        );
    }
    text!("«{title}»{name}: chưa có bản ghi, cần trước {vi}", "\"{title}\"{name}: no recording yet, needed before {en}")
}

/// `Sáng mai: sẵn sàng`, or what is missing.
pub(super) fn tomorrow(view: &View) -> Markup {
    let lang = view.who.lang;
    let own = view.zones();
    let due: Vec<_> = view.day.tomorrow.iter().filter(|one| own.iter().any(|(zone, _)| *zone == one.zone)).collect();
    let count = |sounds: bool| {
        let mut ids: Vec<&str> =
            due.iter().filter(|one| one.sounds == sounds).map(|one| one.broadcast.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.len()
    };
    let (silent, all) = (count(false), due.len());
    let clock = view.status.as_ref().and_then(|status| status.clock.why.as_ref());
    let cards = view.standing().iter().filter(|zone| zone.trouble.is_some()).count();
    let mut bare: Vec<&str> = own
        .iter()
        .filter(|(zone, known)| !known.output.is_horn() && due.iter().any(|one| one.zone == *zone))
        .map(|(_, known)| known.title.as_str())
        .collect();
    let hears = own.iter().any(|(zone, known)| known.output.is_horn() && due.iter().any(|one| one.zone == *zone));
    bare.dedup();
    let (without, names) = (bare.len(), figure::joined(bare.iter().copied()));
    let (is_ready, said) = if all == 0 {
        (true, text!("Sáng mai: không có mục nào", "Tomorrow morning: nothing is planned"))
    } else if view.status.is_none() {
        (false, text!("Sáng mai: chưa sẵn sàng, đài không chạy", "Tomorrow: not ready, the station is not running"))
    } else if clock.is_some() {
        (
            false,
            text!("Sáng mai: chưa sẵn sàng, đồng hồ chưa đáng tin", "Tomorrow: not ready, the clock is not trusted"),
        )
    } else if silent > 0 {
        (false, text!("Sáng mai: thiếu {silent}", "Tomorrow: {silent} missing"))
    } else if cards > 0 {
        (
            false,
            text!(
                "Sáng mai: chưa sẵn sàng, {cards} cụm loa không phát được",
                "Tomorrow: not ready, {cards} zones cannot sound"
            ),
        )
    } else if !hears {
        (false, text!("Sáng mai: không ai nghe, chưa cụm nào nối loa", "Tomorrow: nobody hears it, no zone has a horn"))
    } else if without > NAMED_MOST {
        (
            true,
            text!(
                "Sáng mai: sẵn sàng, trừ {without} cụm chưa nối loa",
                "Tomorrow: ready, but for {without} zones without a horn"
            ),
        )
    } else if without > 0 {
        (
            true,
            text!("Sáng mai: sẵn sàng, trừ {names} chưa nối loa", "Tomorrow: ready, but for {names}, without a horn"),
        )
    } else {
        (true, text!("Sáng mai: sẵn sàng", "Tomorrow: ready"))
    };
    html! { p.pill.ready[is_ready && all > 0].lacks[!is_ready] { (said.get(lang)) } }
}
