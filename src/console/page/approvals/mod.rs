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

use crate::console::app::App;
use crate::console::gate::{Need, Who};
use crate::console::look::Look;
use crate::console::role::Right;
use crate::console::routes::{Ask, Route, route};
use crate::diag::{Text, text};
use crate::edit::{Editor, Refusal};
use crate::pending::{self, Approver, Pending, Query};
use crate::site::{Folder, account_name};

pub(super) use list::word;
pub(super) use state::state;

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
        Self::ask(app, pending::items).await
    }

    /// The one of this id, where it waits.
    async fn one(app: &App, id: &str) -> Self {
        let id = id.to_owned();
        Self::ask(app, move |query| Ok(pending::item(query, &id)?.into_iter().collect())).await
    }

    async fn ask(app: &App, what: impl FnOnce(&Query<'_>) -> Result<Vec<Pending>, Refusal> + Send + 'static) -> Self {
        let (look, site, now) = (app.look().await, app.site().clone(), app.now().wall);
        let asked = look.clone();
        let items = tokio::task::spawn_blocking(move || {
            let audio = Folder::open(site.audio()).ok();
            let owner = |file: &str| audio.as_ref().and_then(|audio| audio.owner_of(file)).map(account_name);
            let handed = crate::console::handed_in(&site);
            let editor = Editor::new(site);
            let query = Query { world: &asked.world, editor: &editor, handed_in: &handed, owner_of: &owner, now };
            what(&query)
        });
        Self { look, items: items.await.expect("looking at what waits does not panic") }
    }
}

/// The title of a broadcast, with its id where that is another.
fn title(item: &Pending) -> String {
    item.broadcast.title.clone()
}

/// Why somebody may not decide on it, where he may not.
fn objection(who: &Who, item: &Pending) -> Option<Text> {
    if !who.person().approves {
        return Some(text!(
            "tài khoản này không được ghi là người duyệt; xin nhờ người được duyệt",
            "this account is not marked as one who approves; ask somebody who is"
        ));
    }
    // On the page people go by their names; its account is everybody's.
    let approver = Approver { name: who.person().name.clone(), accounts: Vec::new() };
    approver.objection(&item.touches)
}
