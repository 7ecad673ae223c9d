use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::problem::Problem;
use crate::act::Undone;
use crate::diag::text;

/// Something that the house writes as JSON elsewhere, in the shape that is described here: the description is what is sent,
/// and what the shape does not have is not sent.
pub(super) fn shaped<A: DeserializeOwned>(written: impl Serialize) -> Result<A, Problem> {
    let shaped = serde_json::to_value(written).and_then(serde_json::from_value);
    shaped.map_err(|_| unwritten())
}

/// An answer in JSON.
pub(super) fn json(answer: &impl Serialize) -> Result<Response, Problem> {
    let written = serde_json::to_vec(answer).map_err(|_| unwritten())?;
    Ok(([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], written).into_response())
}

fn unwritten() -> Problem {
    Undone::Failed(text!("không ghi được câu trả lời", "the answer could not be written")).into()
}
