use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_LANGUAGE, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::unread;
use crate::act::Undone;
use crate::diag::{Diagnostic, Lang, Text, shown, text};
use crate::edit::Refusal;
use crate::upload::refusal::UploadError;

/// Findings of the check that are told with a refusal.
const FINDINGS_MOST: usize = 20;

/// After so many seconds a recording may find room: others have finished theirs.
const UPLOAD_AGAIN_S: u64 = 60;

/// Why something was not done, for a program and for the person behind it (RFC 9457).
#[derive(Clone, Debug)]
pub(super) struct Problem(Box<ProblemTold>);

/// What is told of it.
#[derive(Clone, Debug)]
struct ProblemTold {
    status: StatusCode,
    code: &'static str,
    detail: Text,
    remedy: Text,
    findings: Vec<Diagnostic>,
    retry_after: Option<u64>,
}

/// A problem as it is sent, `application/problem+json`.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct ProblemShown {
    /// `urn:loa:CODE`.
    #[serde(rename = "type")]
    kind: String,
    /// What the status means.
    title: String,
    /// The status of the answer.
    status: u16,
    /// A stable code.
    code: String,
    /// What is in the way, in the language that was asked for.
    detail: String,
    /// What to do.
    remedy: String,
    /// What the check says, where the files would have an error.
    findings: Vec<FindingShown>,
}

/// What the check says, as `loa check --json` has it.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct FindingShown {
    /// A stable code.
    pub(super) code: String,
    /// `error` or `warning`.
    pub(super) severity: String,
    /// The file, relative to the station.
    pub(super) file: String,
    /// From 1; 0 where it is of the whole file.
    pub(super) line: usize,
    /// From 1; 0 where it is of the whole file.
    pub(super) column: usize,
    /// What is wrong.
    pub(super) message: String,
    /// What to do.
    pub(super) help: Option<String>,
}

impl FindingShown {
    pub(super) fn all(found: &[Diagnostic], lang: Lang) -> Vec<Self> {
        let told = crate::diag::json(found, lang).unwrap_or_default();
        serde_json::from_str(&told).unwrap_or_default()
    }
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: &'static str, detail: Text, remedy: Text) -> Self {
        Self(Box::new(ProblemTold { status, code, detail, remedy, findings: Vec::new(), retry_after: None }))
    }

    /// Come back after so many seconds.
    pub(super) fn after(mut self, seconds: u64) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// The value of this name is another than it has to be.
    pub(super) fn has_to_be(name: &str, wanted: &Text) -> Self {
        Self::misread(unread::has_to_be(name, wanted))
    }

    /// A cursor is none that was given out.
    pub(super) fn no_cursor() -> Self {
        let wanted = text!("giá trị «next» của lần trả lời trước", "what \"next\" was in the answer before");
        Self::has_to_be("cursor", &wanted)
    }

    /// There is no such zone here.
    pub(super) fn no_zone(id: &str) -> Self {
        let id = shown(id);
        Self::misread(text!("«zone»: đài không có cụm loa «{id}»", "\"zone\": the station has no zone \"{id}\""))
    }

    /// What was sent is not understood, in these words.
    pub(super) fn misread(what: Text) -> Self {
        let remedy = text!("xem /api/v1/openapi.json", "see /api/v1/openapi.json");
        Self::new(StatusCode::BAD_REQUEST, "not_understood", what, remedy)
    }

    /// What was sent did not come in whole, and with this status.
    pub(super) fn unread(status: StatusCode) -> Self {
        if status == StatusCode::PAYLOAD_TOO_LARGE {
            return Self::new(
                status,
                "too_large",
                text!("gửi lên dài quá, nhiều nhất 256 KiB", "too much was sent, 256 KiB at most"),
                text!("gửi ít hơn", "send less"),
            );
        }
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "too_slow",
            text!("mạng chậm quá, chưa nhận được hết", "the network is too slow; not everything came in"),
            text!("gửi lại", "send it again"),
        )
    }

    /// There is nothing like that.
    pub(super) fn gone() -> Self {
        Self::from(Undone::Gone(text!("không có, hoặc không còn", "there is nothing like that, or not any more")))
    }

    /// Said in a language.
    pub(super) fn told(self, lang: Lang) -> Response {
        let shown = ProblemShown {
            kind: format!("urn:loa:{}", self.0.code),
            title: self.0.status.canonical_reason().unwrap_or_default().to_owned(),
            status: self.0.status.as_u16(),
            code: self.0.code.to_owned(),
            detail: self.0.detail.get(lang).to_owned(),
            remedy: self.0.remedy.get(lang).to_owned(),
            findings: FindingShown::all(&self.0.findings[..self.0.findings.len().min(FINDINGS_MOST)], lang),
        };
        let mut response = (self.0.status, serde_json::to_vec(&shown).unwrap_or_default()).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(if lang == Lang::En { "en" } else { "vi" }));
        if let Some(seconds) = self.0.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<Undone> for Problem {
    fn from(undone: Undone) -> Self {
        let nothing = || text!("", "");
        match undone {
            Undone::NotAllowed(why) => Self::new(StatusCode::FORBIDDEN, "not_allowed", why, nothing()),
            Undone::Gone(why) => Self::new(StatusCode::NOT_FOUND, "not_found", why, nothing()),
            Undone::Wrong(why) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "not_possible", why, nothing()),
            Undone::Asks(why) => {
                let cure =
                    text!("nếu vẫn làm: gửi lại với sure=true", "to do it all the same: send it again with sure=true");
                Self::new(StatusCode::CONFLICT, "needs_yes", why, cure)
            }
            Undone::Station(why) => Self::new(StatusCode::CONFLICT, "station_refuses", why, nothing()),
            Undone::Failed(why) => Self::new(StatusCode::SERVICE_UNAVAILABLE, "machine_failed", why, nothing()),
            Undone::Refused(refusal) => Self::from(*refusal),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal.code {
            "changed_meanwhile" | "busy" => StatusCode::CONFLICT,
            "entry_gone" => StatusCode::NOT_FOUND,
            "no_history" | "file_refused" => StatusCode::SERVICE_UNAVAILABLE,
            "too_large" => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let Refusal { code, message, help, found, .. } = refusal;
        let mut problem = Self::new(status, code, message, *help);
        problem.0.findings = found;
        problem
    }
}

impl From<UploadError> for Problem {
    fn from(error: UploadError) -> Self {
        let problem = Self::new(error.status(), "sound_not_taken", error.text(), text!("", ""));
        if error.status() == StatusCode::TOO_MANY_REQUESTS { problem.after(UPLOAD_AGAIN_S) } else { problem }
    }
}

/// In which language a program wants to be answered: Vietnamese, unless it asks for English first.
pub(super) fn asked_lang(headers: &HeaderMap) -> Lang {
    let asked = headers.get(ACCEPT_LANGUAGE).and_then(|asked| asked.to_str().ok()).unwrap_or_default();
    let mut wanted: Vec<(f32, Lang)> = asked
        .split(',')
        .filter_map(|one| {
            let (tag, rest) = one.trim().split_once(';').unwrap_or((one.trim(), ""));
            let weight = rest.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.parse().ok())?;
            let lang = match tag.split('-').next().unwrap_or_default().to_ascii_lowercase().as_str() {
                "vi" => Lang::Vi,
                "en" => Lang::En,
                _ => return None,
            };
            Some((weight, lang))
        })
        .collect();
    // The first of those that are wanted most.
    wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
    wanted.first().map_or(Lang::Vi, |(_, lang)| *lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_answered_in_the_language_that_it_wants_most() {
        for (asked, lang) in [
            ("", Lang::Vi),
            ("en", Lang::En),
            ("en-GB,en;q=0.9,vi;q=0.8", Lang::En),
            ("fr, vi;q=0.5, en;q=0.7", Lang::En),
            ("vi,en", Lang::Vi),
            ("de", Lang::Vi),
            ("en;q=x", Lang::Vi),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, asked.parse().unwrap());
            assert_eq!(asked_lang(&headers), lang, "{asked}");
        }
    }
}
