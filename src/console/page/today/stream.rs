//! `/events`: the part of Today that changes by itself, as it is now and whenever it has changed, and every few seconds so
//! that the page knows that it is young.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;

use super::now;
use super::view::View;
use crate::app::App;
use crate::gate::Who;
use crate::once;

/// The page greys after fifteen seconds of silence.
const EVERY: Duration = Duration::from_secs(5);

/// A status changes in bursts when eight zones begin at once: one look is enough for all of it.
const GATHER: Duration = Duration::from_millis(200);

/// After so many times the stream ends and the page opens another, for which the person is asked for again: whoever was
/// put out sees no more than two minutes.
const TIMES: u32 = 24;

/// The stream; none where there are too many.
pub(super) async fn events(State(app): State<App>, who: Who) -> Response {
    let Ok(place) = app.streams().clone().try_acquire_owned() else {
        let again = [(header::RETRY_AFTER, HeaderValue::from_static("30"))];
        return (StatusCode::SERVICE_UNAVAILABLE, again).into_response();
    };
    let watch = app.door().watch();
    let told = stream::unfold((app, who, watch, place, 0), |(app, who, mut watch, place, times)| async move {
        if times >= TIMES {
            return None;
        }
        if times > 0 {
            tokio::select! {
                changed = watch.changed() => {
                    changed.ok()?;
                    tokio::time::sleep(GATHER).await;
                }
                () = tokio::time::sleep(EVERY) => {}
            }
        }
        watch.mark_unchanged();
        let view = View::of(&app, who.clone()).await;
        let drawn = once::marked(&now::fragment(&view).into_string());
        let event = Event::default().event("now").retry(Duration::from_secs(1)).data(drawn);
        Some((Ok::<_, Infallible>(event), (app, who, watch, place, times + 1)))
    });
    Sse::new(told).into_response()
}
