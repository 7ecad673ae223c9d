//! What couriers have brought of late: a bundle that was not taken waits for somebody to tell its sender.

use std::time::Duration;

use maud::{Markup, html};

use super::view::View;
use crate::app::App;
use crate::courier::{BundleFate, BundleState, Delivery};
use crate::diag::{figure, text};

/// Older ones nobody waits for any more; a courier comes once a week.
const LATELY: Duration = Duration::from_hours(14 * 24);
/// What one person reads.
const MOST: usize = 5;

/// Those of the last two weeks, the newest first; none where none came, or nothing can be read of them.
pub(super) async fn lately(app: &App, view: &View) -> Markup {
    let (site, now) = (app.site().clone(), view.now);
    let read = tokio::task::spawn_blocking(move || BundleState::read(&site).ok()).await;
    let state = read.ok().flatten().unwrap_or_default();
    let all: Vec<&Delivery> = state.deliveries.iter().filter(|one| one.at.wall() > now - LATELY).take(MOST).collect();
    let lang = view.who.lang;
    html! {
        @if !all.is_empty() || state.is_underway() {
            section.tasks aria-labelledby="courier" {
                h2 #courier { (text!("Gói tin mang đến", "Bundles that were brought").get(lang)) }
                ul.list {
                    @if state.is_underway() {
                        li.bad { p { (text!(
                            "Một gói tin còn cài dở: cắm lại USB, hoặc khởi động lại loa.",
                            "A bundle is half installed: put the stick in again, or restart loa."
                        ).get(lang)) } }
                    }
                    @for one in all {
                        li.bad[one.fate == BundleFate::Refused] {
                            p { (one.text().get(lang)) "." }
                            small { (figure::stamp(one.at.wall(), view.tz()).get(lang)) }
                        }
                    }
                }
            }
        }
    }
}
