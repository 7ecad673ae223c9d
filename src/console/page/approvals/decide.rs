use std::time::Duration;

use axum::extract::State;
use axum::response::Response;

use super::one::shown;
use super::{Seen, objection};
use crate::approval::{ApprovalDigest, Said};
use crate::console::app::App;
use crate::console::fields::Fields;
use crate::console::gate::{Who, go_to};
use crate::console::shell;
use crate::daemon::protocol::Command;
use crate::diag::{Text, text};
use crate::pending::Pending;

/// The daemon writes a decision down in milliseconds; where it takes longer, the list shows it a moment later.
const WRITTEN_EVERY: Duration = Duration::from_millis(50);
const WRITTEN_LOOKS: u32 = 20;

/// `POST /approvals/approve`.
pub(super) async fn approve(State(app): State<App>, who: Who, fields: Fields) -> Response {
    let by = who.person().name.clone();
    decide(&app, &who, &fields, move |broadcast, digest| Command::Approve { broadcast, digest, by, entered_by: None })
        .await
}

/// `POST /approvals/return`.
pub(super) async fn back(State(app): State<App>, who: Who, fields: Fields) -> Response {
    let (by, note) = (who.person().name.clone(), fields.get("note").to_owned());
    if note.is_empty() {
        let why = text!("Xin ghi cần sửa gì", "Say what is to be changed");
        return shown(&app, &who, fields.get("id"), Some(&why), "").await;
    }
    decide(&app, &who, &fields, move |broadcast, digest| Command::Return { broadcast, digest, by, note }).await
}

async fn decide(app: &App, who: &Who, fields: &Fields, command: impl FnOnce(String, String) -> Command) -> Response {
    let (id, note) = (fields.get("id"), fields.get("note"));
    let Seen { items, .. } = Seen::one(app, id).await;
    let item = match items {
        Ok(mut items) => items.pop(),
        Err(refusal) => return shell::failed(app, who, &refusal.message),
    };
    let Some(item) = item else { return shown(app, who, id, None, note).await };
    if let Some(why) = objection(who, &item) {
        return shell::refused(app, who, &Text { vi: bare(&why.vi), en: bare(&why.en) });
    }
    match order(app, &item, fields.get("digest"), command).await {
        Ok(()) => go_to("/approvals"),
        Err(why) => shown(app, who, id, Some(&why), note).await,
    }
}

fn bare(sentence: &str) -> String {
    sentence.trim_end_matches('.').to_owned()
}

/// Have the daemon take a decision, and wait until the journal has it.
pub(super) async fn order(
    app: &App,
    item: &Pending,
    seen: &str,
    command: impl FnOnce(String, String) -> Command,
) -> Result<(), Text> {
    let id = &item.broadcast.id;
    if ApprovalDigest::read(seen).is_none_or(|seen| seen != item.what.digest) {
        return Err(text!(
            "Mục này đã thay đổi từ lúc xem: xin nghe lại rồi quyết định",
            "It has changed since it was looked at: listen again, then decide"
        ));
    }
    app.door().order(&command(id.clone(), seen.to_owned())).await?;
    for _ in 0..WRITTEN_LOOKS {
        app.look_again();
        let look = app.look().await;
        let newest = look.world.library.approvals.newest(id);
        let is_new =
            |said: &Said| item.lack.decision().is_none_or(|old| old.said != *said || old.digest != item.what.digest);
        if newest.is_some_and(|newest| newest.digest == item.what.digest && is_new(&newest.said)) {
            break;
        }
        tokio::time::sleep(WRITTEN_EVERY).await;
    }
    Ok(())
}
