//! What waits for a second person: the list, one item with its sounds, the decision on it, and the slip of paper for who does
//! not log in. Whoever may read it sees what changed in words; only who is marked as one who approves has the buttons. What
//! waits and who may decide is the room `pending`'s to say; the daemon takes the decision.

mod decide;
mod list;
mod one;
mod paper;
mod state;

use std::sync::Arc;

use axum::routing::{get, post};

use crate::act;
use crate::app::App;
use crate::edit::Refusal;
use crate::gate::Need;
use crate::look::Look;
use crate::pending::Pending;
use crate::role::Right;
use crate::routes::{Ask, Route, route};

pub(super) use state::state;
pub(crate) use state::word;

const READS: Need = Need::Right(Right::Approvals);

pub(super) const ROUTES: &[Route] = &[
    route(Ask::Get, "/approvals", READS, || get(list::list)),
    route(Ask::Get, "/approvals/one", READS, || get(one::one)),
    route(Ask::Get, "/approvals/sound", READS, || get(one::sound)),
    route(Ask::Post, "/approvals/approve", READS, || post(decide::approve)),
    route(Ask::Post, "/approvals/return", READS, || post(decide::back)),
    route(Ask::Post, "/approvals/slip", READS, || post(paper::slip)),
    route(Ask::Get, "/approvals/code", READS, || get(paper::ask)),
    route(Ask::Post, "/approvals/code", READS, || post(paper::enter)),
];

/// The station as one request sees it.
struct Seen {
    look: Arc<Look>,
    items: Result<Vec<Pending>, Refusal>,
}

impl Seen {
    /// Everything that waits.
    async fn all(app: &App) -> Self {
        let (look, items) = act::pending(app).await;
        Self { look, items }
    }

    /// The one of this id, where it waits.
    async fn one(app: &App, id: &str) -> Self {
        let (look, items) = act::pending_one(app, id).await;
        Self { look, items }
    }
}

/// The title of a broadcast, with its id where that is another.
fn title(item: &Pending) -> String {
    item.broadcast.title.clone()
}
