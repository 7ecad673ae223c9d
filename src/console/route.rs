//! One address of the console: how it is asked, by whom, and what answers.

use axum::routing::MethodRouter;

use super::app::App;
use super::gate::Need;

/// How an address is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ask {
    /// To be looked at; changes nothing.
    Get,
    /// To do something.
    Post,
}

/// An address.
pub struct Route {
    /// How it is asked.
    pub ask: Ask,
    /// Its path, as axum writes it.
    pub path: &'static str,
    /// What it needs of the one who asks.
    pub need: Need,
    pub(super) answer: fn() -> MethodRouter<App>,
}

pub(super) const fn route(ask: Ask, path: &'static str, need: Need, answer: fn() -> MethodRouter<App>) -> Route {
    Route { ask, path, need, answer }
}
