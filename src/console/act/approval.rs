use std::sync::Arc;
use std::time::Duration;

use super::{Undone, keep_done};
use crate::app::App;
use crate::approval::{ApprovalDigest, Said};
use crate::daemon::protocol::Command;
use crate::daemon::receipt::Receipt;
use crate::diag::{Text, text};
use crate::edit::{Editor, Refusal};
use crate::look::Look;
use crate::pending::{self, Approver, Pending, Query};
use crate::people::DoneByToken;
use crate::site::{Folder, account_name};
use crate::who::Who;

/// The daemon writes a decision down in milliseconds; where it takes longer, the list shows it a moment later.
const WRITTEN_EVERY: Duration = Duration::from_millis(50);
const WRITTEN_LOOKS: u32 = 20;

/// What waits, and the files by which it does.
pub(crate) type Waits = (Arc<Look>, Result<Vec<Pending>, Refusal>);

/// Everything that waits.
pub(crate) async fn pending(app: &App) -> Waits {
    ask(app, pending::items).await
}

/// The one of this id, where it waits.
pub(crate) async fn pending_one(app: &App, id: &str) -> Waits {
    let id = id.to_owned();
    ask(app, move |query| Ok(pending::item(query, &id)?.into_iter().collect())).await
}

async fn ask(app: &App, what: impl FnOnce(&Query<'_>) -> Result<Vec<Pending>, Refusal> + Send + 'static) -> Waits {
    let (look, site, now) = (app.look().await, app.site().clone(), app.now().wall);
    let asked = look.clone();
    let items = tokio::task::spawn_blocking(move || {
        let audio = Folder::open(site.audio()).ok();
        let owner = |file: &str| audio.as_ref().and_then(|audio| audio.owner_of(file)).map(account_name);
        let handed = crate::handed_in(&site);
        let editor = Editor::new(site);
        let query = Query { world: &asked.world, editor: &editor, handed_in: &handed, owner_of: &owner, now };
        what(&query)
    });
    (look, items.await.expect("looking at what waits does not panic"))
}

/// Why somebody may not decide on it, where he may not.
pub(crate) fn objection(who: &Who, item: &Pending) -> Option<Text> {
    if !who.person().approves && who.token.is_some() {
        return Some(text!(
            "mã truy cập này không được cấp quyền duyệt: tạo mã khác bằng loa user token … --approves, cho người được ghi là người duyệt",
            "this token was not made to approve: make another with loa user token … --approves, for somebody who is marked as one who does"
        ));
    }
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

/// Have the daemon take a decision on what was seen, and wait until the journal has it: with a note it is given back.
pub(crate) async fn decide(
    app: &App,
    who: &Who,
    item: &Pending,
    seen: &str,
    note: Option<String>,
) -> Result<(), Undone> {
    if let Some(why) = objection(who, item) {
        let bare = |sentence: &str| sentence.trim_end_matches('.').to_owned();
        return Err(Undone::NotAllowed(Text { vi: bare(&why.vi), en: bare(&why.en) }));
    }
    let by = who.person().name.clone();
    let order = |broadcast, digest| match note {
        None => Command::Approve { broadcast, digest, by, entered_by: None },
        Some(note) => Command::Return { broadcast, digest, by, note },
    };
    let receipt = ordered(app, item, seen, order).await.map_err(Undone::Station)?;
    keep_done(app, who, DoneByToken::Order, &receipt.order);
    Ok(())
}

/// The same for any command that decides.
pub(crate) async fn ordered(
    app: &App,
    item: &Pending,
    seen: &str,
    command: impl FnOnce(String, String) -> Command,
) -> Result<Receipt, Text> {
    let id = &item.broadcast.id;
    if ApprovalDigest::read(seen).is_none_or(|seen| seen != item.what.digest) {
        return Err(text!(
            "Mục này đã thay đổi từ lúc xem: xin nghe lại rồi quyết định",
            "It has changed since it was looked at: listen again, then decide"
        ));
    }
    let receipt = app.door().order(&command(id.clone(), seen.to_owned())).await?;
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
    Ok(receipt)
}
