use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;

use super::look::{asked, looked, wanted};
use super::top;
use crate::app::App;
use crate::gate::Who;
use crate::once;

/// The page greys after fifteen seconds of silence.
const EVERY: Duration = Duration::from_secs(5);

/// After so many times the stream ends and the page opens another, for which the person is asked for again.
const TIMES: u32 = 24;

/// The part that changes by itself, again and again; none where there are too many.
pub(super) async fn events(State(app): State<App>, who: Who, RawQuery(query): RawQuery) -> Response {
    if let Err(answer) = looked(&app, &who).await {
        return answer;
    }
    let Ok(place) = app.streams().clone().try_acquire_owned() else {
        let again = [(header::RETRY_AFTER, HeaderValue::from_static("30"))];
        return (StatusCode::SERVICE_UNAVAILABLE, again).into_response();
    };
    let fields = asked(query);
    let told = stream::unfold((app, who, fields, place, 0), |(app, who, fields, place, times)| async move {
        if times >= TIMES {
            return None;
        }
        if times > 0 {
            tokio::time::sleep(EVERY).await;
        }
        let look = looked(&app, &who).await.ok()?;
        let drawn = once::marked(&top::fragment(&look, &wanted(&fields), who.lang).into_string());
        let event = Event::default().event("now").retry(Duration::from_secs(1)).data(drawn);
        Some((Ok::<_, Infallible>(event), (app, who, fields, place, times + 1)))
    });
    Sse::new(told).into_response()
}
