//! What was not heard whole and why, by the journal: today, and in the week behind for who reads and signs.

use maud::{Markup, html};

use super::view::View;
use crate::app::App;
use crate::diag::{figure, plain, text};
use crate::fact::Entry;
use crate::page::journal::{self, kind, outcomes, why};
use crate::plan;
use crate::report::minutes;
use crate::role::Right;
use crate::sentence::sentence;

/// Rows of the journal on this page; the page of the journal has all.
const ROWS_MOST: usize = 12;

/// Rows of the journal that differ in their zone only.
pub(super) struct Alike<'a> {
    pub(super) entry: &'a Entry,
    /// It and the others, of one zone each.
    rows: Vec<&'a Entry>,
}

impl<'a> Alike<'a> {
    pub(super) fn of(rows: impl Iterator<Item = &'a Entry>) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for row in rows {
            let same = |other: &Entry| {
                (&other.broadcast, other.planned, other.outcome, &other.reason)
                    == (&row.broadcast, row.planned, row.outcome, &row.reason)
            };
            // They stand in the order of their ends: what belongs together is near.
            match all.iter_mut().rev().take(64).find(|known| same(known.entry)) {
                Some(known) => known.rows.push(row),
                None => all.push(Self { entry: row, rows: vec![row] }),
            }
        }
        all
    }

    /// `21:21 Bản tin sáng` · `Thôn 1` · `Bị lỡ: mất điện`, and the way to its row for who may read it.
    pub(super) fn drawn(&self, view: &View, with_day: bool) -> Markup {
        let lang = view.who.lang;
        let at = self.entry.planned.or(self.entry.started).unwrap_or(self.entry.written);
        let named = |row: &&Entry| {
            let zone = row.zone.as_deref().unwrap_or_default();
            view.station().zones.iter().find(|known| known.id == zone).map_or(zone, |known| &known.title).to_owned()
        };
        let zones = self.rows.iter().map(named).collect::<Vec<_>>().join(", ");
        let inner = html! {
            span.time {
                @if with_day { (figure::day(at, view.tz()).get(lang)) " " }
                (plan::clock(at, view.tz()))
            }
            span.what {
                span.title { (plain(&self.entry.title)) } " "
                small.where { (plain(&zones)) } " "
                small.came.(kind(self.entry)) {
                    (outcomes(self.entry, &self.rows.iter().copied()).get(lang))
                    @if let Some(why) = why(self.entry, &view.own) { ": " (why.get(lang)) }
                }
            }
        };
        html! {
            li {
                @if view.who.may(Right::Journal) {
                    a.moment.dated[with_day] href={ "/journal/row/" (self.entry.seq) } { (inner) }
                } @else {
                    div.moment.dated[with_day] { (inner) }
                }
            }
        }
    }
}

/// What was not heard whole today, in these zones.
pub(super) fn troubles(view: &View, own: &[String]) -> Markup {
    let lost = Alike::of(view.day.unheard(own));
    let more = lost.len().saturating_sub(ROWS_MOST);
    html! {
        ul.moments.lost { @for one in lost.iter().take(ROWS_MOST) { (one.drawn(view, false)) } }
        @if more > 0 {
            p.hint { (text!("Và {more} lượt nữa, trong Nhật ký.", "And {more} more, in the Journal.").get(view.who.lang)) }
        }
    }
}

/// The week behind, for who reads and signs.
pub(super) async fn week(app: &App, view: &View) -> Markup {
    let lang = view.who.lang;
    html! {
        section.card {
            h2 { (text!("Bảy ngày qua", "The last seven days").get(lang)) }
            @match view.day.week.get_or_init(|| journal::week_summary(app)).await {
                Err(why) => p.said { (why.get(lang)) },
                Ok(week) => {
                    @let (played, planned) = (minutes(week.total.seconds_played), minutes(week.total.seconds_planned));
                    p { (sentence(week.tally.sentence().get(lang))) " "
                        (text!("Phát {played} trên {planned} (phút:giây) dự kiến.", "{played} of {planned} (min:s) planned were heard.").get(lang)) }
                    @if !week.troubles.is_empty() {
                        h3 { (text!("Không phát đủ, mới nhất trước", "Not heard whole, the latest first").get(lang)) }
                        ul.moments.lost {
                            @for one in Alike::of(week.troubles.iter()).iter().take(ROWS_MOST) { (one.drawn(view, true)) }
                        }
                    }
                }
            }
            p.actions { a.button href="/journal" { (text!("Mở nhật ký", "Open the journal").get(lang)) } }
        }
    }
}
