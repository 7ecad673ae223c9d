//! The day as a picture, with a line where it is now.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};

use super::view::View;
use crate::app::App;
use crate::diag::text;
use crate::gate::Who;
use crate::instant::Wall;
use crate::picture::{self, Subject};
use crate::plan::{Audience, PlanContext};

/// Zones that are told apart on a phone.
const ZONES_MOST: usize = 120;

/// Where it stands on the page.
pub(super) fn figure(view: &View) -> Markup {
    let lang = view.who.lang;
    // A minute's picture is a picture of its own: a browser keeps no older one.
    let minute = view.now.nanos() / 60_000_000_000;
    html! {
        @if view.zones().len() <= ZONES_MOST {
            figure.picture.wide-only {
                div.wide tabindex="0" role="group" aria-label=(text!("Hôm nay theo lịch", "Today by the schedule").get(lang)) {
                    img src={ "/today.svg?" (minute) } width="1040" loading="lazy" alt=(text!("Hôm nay theo lịch, từng cụm loa", "Today by the schedule, zone by zone").get(lang));
                }
                figcaption.hint { (text!(
                    "Theo lịch; vạch tím là bây giờ.",
                    "By the schedule; the violet line is now."
                ).get(lang)) }
            }
        }
    }
}

/// `/today.svg`.
pub(super) async fn draw(State(app): State<App>, who: Who) -> Response {
    let view = View::of(&app, who).await;
    let drawn = tokio::task::spawn_blocking(move || svg(&view)).await;
    match drawn {
        Ok(Some(svg)) => ([(CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"))], svg).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn svg(view: &View) -> Option<String> {
    let zones: Vec<_> = view.zones().into_iter().map(|(zone, _)| zone).take(ZONES_MOST).collect();
    let world = &view.look.world;
    let ground = PlanContext::new(&world.schedule, &world.station, &world.library, view.now);
    let midnight = view.now.zoned(view.tz()).start_of_day().ok()?;
    let next = midnight.tomorrow().ok()?.start_of_day().ok()?;
    let (from, to): (Wall, Wall) = (midnight.timestamp().into(), next.timestamp().into());
    let subject = Subject {
        airings: &view.day.plan,
        ground: &ground,
        zones: &zones,
        from,
        to,
        lang: view.who.lang,
        reader: Audience::Page,
        now: Some(view.now),
    };
    picture::draw(&subject).ok()
}
