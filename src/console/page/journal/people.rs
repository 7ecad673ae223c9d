//! «Việc người làm»: what people did, from every place where it is kept, page by page.

use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::asked::RowsAsked;
use crate::acts::{More, PersonsAct, acts};
use crate::app::App;
use crate::role::Right;
use crate::sentence::capital;

use crate::diag::{figure, fold, plain, text};
use crate::instant::Wall;
use crate::plan::weekday_name;
use crate::who::Who;

/// Acts of one page.
const ACTS: usize = 100;

/// Acts of the days that are asked for, and where the next page begins.
pub(super) struct ActsLeaf {
    acts: Vec<PersonsAct>,
    next: Option<Wall>,
}

impl ActsLeaf {
    /// From `before` back, else from the end of the days.
    pub(super) async fn read(app: &App, asked: &RowsAsked, before: &str, tz: &TimeZone) -> Self {
        let ends = asked.ends(tz);
        let until = before.parse::<jiff::Timestamp>().map_or(ends, |before| Wall::from(before).min(ends));
        let (mut found, next) = acts(app, until, ACTS).await;
        let begins = asked.begins(tz);
        let wanted = fold(&asked.who);
        let next = next.filter(|next| *next > begins);
        found.retain(|act| {
            act.at >= begins
                && (wanted.is_empty() || fold(&act.who).contains(&wanted) || fold(&act.account).contains(&wanted))
        });
        Self { acts: found, next }
    }

    pub(super) fn drawn(&self, asked: &RowsAsked, tz: &TimeZone, who: &Who) -> Markup {
        let lang = who.lang;
        let mut day = None;
        html! {
            @if self.acts.is_empty() {
                p { (text!("Trong khoảng vừa xem không có việc nào như vậy.", "Nothing of the kind in the stretch that was looked at.").get(lang)) }
            }
            ol.moments {
                @for act in &self.acts {
                    @let date = act.at.zoned(tz).date();
                    @if day.replace(date) != Some(date) {
                        li { h2 { (capital(weekday_name(act.at, tz).get(lang))) " " (figure::date(act.at, tz).get(lang)) } }
                    }
                    li { (one(act, tz, who)) }
                }
            }
            @if let Some(next) = self.next {
                p.actions {
                    a.button href={ "/journal?" (asked.written()) "&before=" (next.timestamp()) } {
                        (text!("Xem tiếp những việc trước đó", "Earlier acts").get(lang))
                    }
                }
            }
        }
    }
}

fn one(act: &PersonsAct, tz: &TimeZone, who: &Who) -> Markup {
    let lang = who.lang;
    let more = match act.more {
        More::Row(seq) => Some(format!("/journal/row/{seq}")),
        More::Version(seq) if who.may(Right::Schedule) => Some(format!("/schedule/version?seq={seq}")),
        More::Version(_) | More::Nothing => None,
    };
    let unknown = text!("không rõ ai", "nobody knows who");
    let inside = html! {
        span.time { (act.at.zoned(tz).strftime("%H:%M").to_string()) }
        span.what {
            strong { @if act.who.is_empty() { (capital(unknown.get(lang))) } @else { (plain(&act.who)) } }
            @if !act.account.is_empty() { " " small.where { "(" (text!("tài khoản:", "account:").get(lang)) " " (plain(&act.account)) ")" } }
            @if !act.token.is_empty() { " " small.where { (text!("bằng chương trình", "by the program").get(lang)) " «" (plain(&act.token)) "»" } }
        }
        span.came { (capital(&plain(act.said.get(lang)))) }
    };
    html! {
        @match more {
            Some(more) => a.moment.across href=(more) { (inside) },
            None => div.moment.across { (inside) },
        }
    }
}
