use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;

use axum::http::HeaderMap;

use super::problem::Problem;
use crate::app::App;
use crate::look::Look;
use crate::people::Person;
use crate::who::Who;

/// A request of a program, understood.
pub(super) struct Call<I> {
    pub(super) app: App,
    pub(super) who: Who,
    /// What stands in the places of the path.
    pub(super) places: BTreeMap<String, String>,
    /// What was asked or sent.
    pub(super) given: I,
    pub(super) headers: HeaderMap,
}

impl<I> Call<I> {
    /// What stands in a place of the path.
    pub(super) fn place(&self, name: &str) -> &str {
        self.places.get(name).map_or("", String::as_str)
    }

    /// The same, as a number.
    pub(super) fn number<N: FromStr>(&self, name: &str) -> Result<N, Problem>
    where
        N::Err: Display,
    {
        self.place(name).parse().map_err(|_| Problem::gone())
    }

    /// Who asks.
    pub(super) fn person(&self) -> &Person {
        self.who.person()
    }

    /// Whether a zone is any business of his.
    pub(super) fn sees(&self, zone: &str) -> bool {
        let own = &self.person().zones;
        own.is_empty() || own.iter().any(|one| one == zone)
    }

    /// Whether he sees some zones only.
    pub(super) fn is_bound(&self) -> bool {
        !self.person().zones.is_empty()
    }

    /// The station's files as they are.
    pub(super) async fn look(&self) -> Arc<Look> {
        self.app.look().await
    }
}
