//! Who asks for a page: the person, if he is logged in, and in which language he reads.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};

use super::people::{ApiToken, Person};
use super::role::Right;
use crate::diag::Lang;
use crate::station::{Station, Zone};

/// Who asks, and in which language he reads.
#[derive(Clone, Debug)]
pub(super) struct Who {
    /// The person; none where he is not logged in.
    pub(super) person: Option<Person>,
    /// The password was typed a moment ago.
    pub(super) is_sure: bool,
    /// What he reads.
    pub(super) lang: Lang,
    /// Which token, where a program asks in the person's name.
    pub(super) token: Option<ApiToken>,
    /// The path that was asked for.
    pub(super) path: String,
    /// The same with what was asked of it: `/schedule/version?seq=23`.
    pub(super) address: String,
}

impl Who {
    /// Nobody yet, who asks for this.
    pub(super) fn nobody(lang: Lang, asked: &Uri) -> Self {
        let path = asked.path().to_owned();
        let address = asked.query().map_or_else(|| path.clone(), |query| format!("{path}?{query}"));
        Self { person: None, is_sure: false, lang, token: None, path, address }
    }

    /// The person behind an address that needs one.
    ///
    /// # Panics
    ///
    /// Where the address needs nobody.
    pub(super) fn person(&self) -> &Person {
        self.person.as_ref().expect("the gate lets nobody else in")
    }

    /// Whether he has this right somewhere.
    pub(super) fn may(&self, right: Right) -> bool {
        self.person.as_ref().is_some_and(|person| person.may(right))
    }

    /// The zones of the station in which he has this right, in its order.
    pub(super) fn zones<'s>(&self, right: Right, station: &'s Station) -> Vec<&'s Zone> {
        let may = |zone: &&Zone| self.person.as_ref().is_some_and(|one| one.may_in(right, &zone.id));
        station.zones.iter().filter(may).collect()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Who {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        parts.extensions.get::<Self>().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}
