//! What cures an airing, as one button to the page that does it; drawn only for who may do it there.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use crate::diag::text;
use crate::escaped::escaped;
use crate::instant::Wall;
use crate::plan::Remedy;
use crate::role::Right;
use crate::who::Who;

/// The airing that something is said of.
#[derive(Clone, Copy)]
pub(super) struct About<'a> {
    /// Its broadcast.
    pub(super) id: &'a str,
    /// When it is due.
    pub(super) at: Wall,
    /// The zone in which it is said.
    pub(super) zone: &'a str,
}

impl About<'_> {
    /// The page of this airing.
    pub(super) fn page(&self, tz: &TimeZone) -> String {
        let at = self.at.zoned(tz).datetime().to_string();
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("id", self.id), ("at", &at), ("zone", self.zone)])
            .finish();
        format!("/schedule/broadcast?{query}")
    }
}

/// The button; nothing where the person may not do it, or nothing is to be done.
pub(super) fn button(who: &Who, remedy: Option<&Remedy>, about: About<'_>, tz: &TimeZone) -> Markup {
    let (right, path, name) = match remedy {
        None => return html! {},
        Some(Remedy::HandIn(sound)) => {
            (Right::Sounds, format!("/sounds/slot/{}", escaped(sound)), text!("Nộp bản ghi", "Hand in"))
        }
        Some(Remedy::MoveTo(to)) => match whole_minute(*to, tz) {
            Some(to) => {
                let to = to.strftime("%H:%M").to_string();
                (Right::Schedule, format!("{}&to={to}", about.page(tz)), text!("Dời đến {to}", "Move to {to}"))
            }
            None => (Right::Schedule, about.page(tz), text!("Sửa mục này", "Change it")),
        },
        Some(Remedy::Change) => (Right::Schedule, about.page(tz), text!("Sửa mục này", "Change it")),
        Some(Remedy::Approve) => {
            let path = format!("/approvals/one?id={}", escaped(about.id));
            (Right::Approvals, path, text!("Xem để duyệt", "See it for approval"))
        }
        Some(Remedy::DaysOff) => {
            (Right::Schedule, "/schedule/off".to_owned(), text!("Xem ngày nghỉ phát", "See the days off"))
        }
    };
    html! { @if who.may(right) { a.button href=(path) { (name.get(who.lang)) } } }
}

/// The whole minute at which something could start.
pub(super) fn whole_minute(at: Wall, tz: &TimeZone) -> Option<Time> {
    let time = at.zoned(tz).time();
    let down = time.with().second(0).subsec_nanosecond(0).build().ok()?;
    let up = if down == time { down } else { down.checked_add(jiff::Span::new().minutes(1)).ok()? };
    (up >= down).then_some(up)
}
