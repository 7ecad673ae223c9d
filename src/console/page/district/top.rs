use maud::{Markup, html};

use super::caller::caller;
use super::look::{DistrictLook, with};
use super::unheard;
use crate::board::BoardFleet;
use crate::diag::{Lang, Text, text};
use crate::district::{FleetAlarmState, FleetShow, FleetShown, alarm_sentence, counted, short_moment};
use crate::escaped::escaped;
use crate::fleet::AlarmInForce;
use crate::sentence::sentence;
use crate::signature::Locality;

/// Alarms that stand at the top; the others are a tap away.
const ALARMS_MOST: usize = 5;

/// What is said of a page that has not heard anything for a while; the script puts its minute in.
pub(super) fn stale(lang: Lang) -> String {
    text!("Trang này lúc {{at}}, có thể đã cũ", "This page is of {{at}} and may be old").get(lang).to_owned()
}

/// The part that changes by itself: the sentence, and the alarms.
pub(super) fn fragment(look: &DistrictLook, shown: &FleetShown, lang: Lang) -> Markup {
    let own = look.fleet();
    let at = look.now.zoned(&look.tz).strftime("%H:%M:%S").to_string();
    let silent = BoardFleet::is_stopped(own.beat, look.now);
    // Of a commune its own; what is the whole fleet's is everybody's.
    let is_here = |area: &Locality| shown.area.as_ref().is_none_or(|own| own.covers(area) || area.covers(own));
    let alarms: Vec<_> = own.standing().filter(|alarm| is_here(&alarm.area)).collect();
    html! {
        p.age { (text!("Lúc", "At").get(lang)) " " time data-at=(look.now.nanos() / 1_000_000) { (at) } }
        @if silent {
            div.said.bad role="alert" { p { (match own.beat {
                Some(beat) => {
                    let at = short_moment(beat, look.now, &look.tz);
                    text!(at = at; "Trung tâm không ghi gì từ {at}: những gì dưới đây đã cũ. Ở trung tâm hãy xem loa collect run.",
                        "The centre has written nothing since {at}: what follows is old. Look at loa collect run there.")
                }
                None => text!("Trung tâm chưa ghi gì: hãy chạy loa collect run.", "The centre has written nothing yet: run loa collect run."),
            }.get(lang)) } }
        }
        @for alarm in &own.in_force { (in_force(look, alarm, lang)) }
        (numbers(look, shown, alarms.len(), lang))
        @if !alarms.is_empty() {
            ul.list.fleet-alarms aria-label=(text!("Sự cố", "Troubles").get(lang)) {
                @for alarm in alarms.iter().take(ALARMS_MOST) {
                    li.bad[alarm.state(look.now) == FleetAlarmState::New] {
                        a.row href={ "/district/alarms#a" (alarm.id) } {
                            span { (sentence(alarm_sentence(alarm, own.names(), &look.tz).get(lang))) }
                            small { (state(alarm.state(look.now)).get(lang)) @if let Some(taken) = &alarm.taken { ": " (taken.by) } }
                        }
                    }
                }
            }
            @if alarms.len() > ALARMS_MOST {
                p.more { a href="/district/alarms" { @let more = alarms.len() - ALARMS_MOST; (text!("Còn {more} sự cố nữa", "{more} more troubles").get(lang)) } }
            }
        }
    }
}

/// An alarm that holds: how many have heard it, and whom to call. It stands before everything else.
fn in_force(look: &DistrictLook, alarm: &AlarmInForce, lang: Lang) -> Markup {
    let (sent, heard, waiting) = (&alarm.sent, counted(alarm.heard), counted(alarm.unheard.len()));
    let (title, until) = (crate::diag::shown(&sent.title), short_moment(sent.expires, look.now, &look.tz));
    html! {
        div.said.bad[!alarm.unheard.is_empty()] role="status" {
            p { strong { (text!(
                heard = heard, waiting = waiting, until = until;
                "BÁO ĐỘNG «{title}» đang có hiệu lực, đến {until}: {heard} đài đã nghe, {waiting} đài CHƯA.",
                "ALARM \"{title}\" in force until {until}: heard at {heard} stations, NOT at {waiting}."
            ).get(lang)) } }
            @if !alarm.unheard.is_empty() {
                ul { @for own in alarm.unheard.iter().take(ALARMS_MOST) {
                    li {
                        a.place href={ "/district/box/" (own.path) } { @if own.title.is_empty() { (own.path) } @else { (crate::diag::shown(&own.title)) } }
                        ": " (unheard::why(own).get(lang)) " " (caller(&own.contact, &own.phone, lang))
                    }
                } }
            }
            p.actions { a.button href={ "/district/unheard/" (escaped(&sent.id)) } { (text!("Xem đủ danh sách, in ra, gọi", "The whole list, to print and to call by").get(lang)) } }
        }
    }
}

/// The first sentence: each number is a filter, and an address.
fn numbers(look: &DistrictLook, shown: &FleetShown, alarms: usize, lang: Lang) -> Markup {
    let counts = look.fleet().view.counts();
    let link = |show: FleetShow, count: usize, said: Text| {
        html! { a href=(with(shown, show)) { strong { (counted(count).get(lang)) } " " (said.get(lang)) } }
    };
    html! {
        p.numbers {
            a href=(with(shown, FleetShow::Lately)) {
                strong { (counted(counts.lately).get(lang)) }
                @let all = counted(counts.all);
                (text!(all = all; " trên {all} đài đã báo trong 10 phút", " of {all} stations heard within 10 minutes").get(lang))
            } "; "
            (link(FleetShow::Late, counts.late, text!("im quá hạn", "overdue"))) "; "
            (link(FleetShow::Silent, counts.silent, text!("đài sẽ thiếu tiếng buổi tới", "will be silent at the next session"))) "; "
            a href="/district/alarms" { strong { (counted(alarms).get(lang)) } " " (text!("sự cố", "troubles").get(lang)) }
        }
    }
}

/// What an alarm's state is called.
pub(super) fn state(state: FleetAlarmState) -> Text {
    match state {
        FleetAlarmState::New => text!("mới", "new"),
        FleetAlarmState::Taken => text!("đã nhận", "taken"),
        FleetAlarmState::Over => text!("hết", "over"),
        FleetAlarmState::Closed => text!("đã đóng", "closed"),
    }
}

/// What a filter is called.
pub(super) fn filter(show: FleetShow) -> Text {
    match show {
        FleetShow::All => text!("Tất cả", "All"),
        FleetShow::Lately => text!("Đã báo trong 10 phút", "Heard within 10 minutes"),
        FleetShow::Late => text!("Im quá hạn", "Overdue"),
        FleetShow::Silent => text!("Sẽ thiếu tiếng", "Will be silent"),
        FleetShow::Unplayed => text!("Buổi gần nhất thiếu tiếng", "Was silent"),
        FleetShow::Unknown => text!("Im quá giới hạn", "Past its limit"),
        FleetShow::Unproven => text!("Nhật ký không nối liền", "Journal contradicts itself"),
        FleetShow::Behind => text!("Chưa dùng lịch mới", "Older schedule"),
        FleetShow::Gaps => text!("Thiếu dòng nhật ký", "Rows missing"),
        FleetShow::Vacant => text!("Chưa nghe thấy máy", "Never heard"),
    }
}

/// Every filter that shows something, and words to look for.
pub(super) fn filters(look: &DistrictLook, shown: &FleetShown, lang: Lang) -> Markup {
    let view = &look.fleet().view;
    let count = |show: FleetShow| view.shown(&FleetShown { show, ..shown.clone() }).count();
    html! {
        nav.filters aria-label=(text!("Chọn đài", "Choose stations").get(lang)) {
            @if shown.area.is_some() || !shown.words.is_empty() {
                a.button href="/district" { (text!("Cả mạng", "The whole fleet").get(lang)) }
            }
            @for show in FleetShow::ALL {
                @let own = count(show);
                @if own > 0 || show == shown.show {
                    a.button.plain href=(with(shown, show)) aria-current=[(show == shown.show).then_some("true")] {
                        (filter(show).get(lang)) " (" (counted(own).get(lang)) ")"
                    }
                }
            }
        }
        form.inline method="get" action="/district" {
            @if shown.show != FleetShow::All { input type="hidden" name="show" value=(shown.show.word()); }
            @if let Some(area) = &shown.area { input type="hidden" name="area" value=(area); }
            label { (text!("Tìm đài", "Find a station").get(lang))
                input name="q" maxlength="80" autocomplete="off" value=(shown.words); }
            button { (text!("Tìm", "Find").get(lang)) }
        }
    }
}
