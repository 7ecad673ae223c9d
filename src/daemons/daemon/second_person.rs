//! Whether an account of the machine may be the second person of a broadcast. Root and the station's own account could write
//! the journal themselves, and the page has looked at passwords and at who has touched what. Of every other account it is
//! found out here, whatever program it asks with.

use super::peer::PeerAccount;
use super::speaker::is_everybodys;
use crate::diag::{Text, text};
use crate::edit::Editor;
use crate::instant::Wall;
use crate::pending::{self, Approver, Pending, Query};
use crate::player::World;
use crate::site::{Folder, Site, account_name};

/// Whether `account` may approve the broadcast `id`.
pub(super) fn may_approve(
    account: PeerAccount,
    id: &str,
    (world, site): (&World, &Site),
    now: Wall,
) -> Result<(), Text> {
    if is_everybodys(account, site.page_account()) {
        return Ok(());
    }
    let own = account.name();
    if site.people().exists() {
        return Err(text!(
            "đài này có người dùng trên trang: tài khoản «{own}» không duyệt ở đây được; người được duyệt thì duyệt trên trang bằng mật khẩu của mình",
            "this station has people on its page: the account \"{own}\" approves nothing here; who approves does it on the page with a password"
        ));
    }
    let (editor, audio) = (Editor::new(site.clone()), Folder::open(site.audio()).ok());
    let owner_of = |file: &str| audio.as_ref().and_then(|audio| audio.owner_of(file)).map(account_name);
    let query = Query { world, editor: &editor, handed_in: &|_| Vec::new(), owner_of: &owner_of, now };
    // Where nothing waits there is nothing to have touched.
    let Some(item) = pending::item(&query, id).map_err(|refusal| refusal.message)? else { return Ok(()) };
    let approver = Approver { name: own.clone(), accounts: vec![own.clone()] };
    if let Some(Text { vi, en }) = approver.objection(&item.touches) {
        let bare = |sentence: &str| sentence.trim_end_matches('.').to_owned();
        return Err(Text { vi: bare(&vi), en: bare(&en) });
    }
    if item.touches.iter().any(|touch| touch.is_account) && is_open(&item, site, audio.as_ref()) {
        return Err(text!(
            "tệp lịch hay bản ghi của mục này ai trong nhóm cũng ghi được, nên không biết ai đã sửa: tài khoản «{own}» không duyệt được; xin duyệt bằng phiếu giấy (loa approve --slip), hoặc gõ với sudo",
            "everybody in the group can write this broadcast's schedule or sound, so that nobody knows who changed it: the account \"{own}\" cannot approve it; approve by a paper slip (loa approve --slip), or with sudo"
        ));
    }
    Ok(())
}

/// Whether others than its owner can write into the file that it stands in, or into one of its sounds: then whose a file is
/// says nothing of who has changed it.
fn is_open(item: &Pending, site: &Site, audio: Option<&Folder>) -> bool {
    let schedule = item.broadcast.place().map(|place| place.file.clone());
    let station = Folder::open(site.dir()).ok();
    let open = |folder: Option<&Folder>, file: &str| folder.is_none_or(|folder| folder.is_open_to_others(file));
    schedule.is_none_or(|file| open(station.as_ref(), &file))
        || item.what.sounds.iter().any(|(file, _)| open(audio, file))
}
