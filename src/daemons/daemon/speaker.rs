//! For whom an account may speak (docs/decisions/0090-an-account-speaks-for-its-own-person.md). What stands in a journal as
//! an approval is a person's own word: the page's account gives it for whoever is logged in there, root and the station's
//! own account for whoever is at the machine with the administrator's rights, and every other account for itself alone.
//! What horns are to say is taken on any name, with the account beside it.

use super::peer::PeerAccount;
use crate::diag::{Text, is_same_name, shown, text};
use crate::site::Site;

/// What a person's own word is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum OwnWord {
    /// What may sound.
    Decision,
    /// What somebody did about an alarm.
    Mark,
    /// What time it is.
    Clock,
}

/// Whether `account` may say what `by` decided, or did; empty is the account itself.
pub(super) fn may_speak(account: PeerAccount, by: &str, what: OwnWord, site: &Site) -> Result<(), Text> {
    let own = account.name();
    if by.trim().is_empty() || is_same_name(by, &own) || is_everybodys(account, site.page_account()) {
        return Ok(());
    }
    let by = shown(by);
    Err(match what {
        OwnWord::Decision => text!(
            "tài khoản «{own}» không nói thay «{by}» được: người ấy duyệt trên trang của đài bằng mật khẩu của mình; hoặc bỏ --by để duyệt với tên «{own}»",
            "the account \"{own}\" does not speak for \"{by}\": that person approves on the station's page with a password; or leave out --by, to approve as \"{own}\""
        ),
        OwnWord::Clock => text!(
            "tài khoản «{own}» không xác nhận giờ thay «{by}» được: bỏ --by để xác nhận với tên «{own}», hoặc gõ với sudo",
            "the account \"{own}\" does not answer for the clock in the name of \"{by}\": leave out --by, to answer as \"{own}\", or use sudo"
        ),
        OwnWord::Mark => text!(
            "tài khoản «{own}» không ghi việc của «{by}» vào nhật ký được: người ấy tự ghi trên trang của đài bằng mật khẩu của mình; hoặc để trống «by» để ghi với tên «{own}»",
            "the account \"{own}\" does not write into the journal what \"{by}\" did: that person does it on the station's page with a password; or leave \"by\" empty, to write it as \"{own}\""
        ),
    })
}

/// Whether `account` may let `by` approve: himself, or on paper that `entered_by` enters.
pub(super) fn may_decide(account: PeerAccount, by: &str, entered_by: Option<&str>, site: &Site) -> Result<(), Text> {
    match entered_by {
        None => may_speak(account, by, OwnWord::Decision, site),
        Some(_) => may_enter(account, site),
    }
}

/// Whether an account enters what another person has signed on paper.
fn may_enter(account: PeerAccount, site: &Site) -> Result<(), Text> {
    if is_everybodys(account, site.page_account()) {
        return Ok(());
    }
    let own = account.name();
    Err(text!(
        "tài khoản «{own}» không nhập phiếu đã ký được: xin nhập trên trang của đài, hoặc gõ với sudo",
        "the account \"{own}\" does not enter signed slips: do it on the station's page, or with sudo"
    ))
}

/// Root and the station's own account can write the journal themselves; the page has looked at passwords.
pub(super) fn is_everybodys(account: PeerAccount, page: Option<u32>) -> bool {
    account.0 == 0 || account == PeerAccount::own() || page == Some(account.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_speaks_for_everybody_and_another_account_for_itself_alone() {
        let dir = tempfile::tempdir().unwrap();
        let site = Site::new(dir.path());
        let (other, page) = (PeerAccount(65_531), PeerAccount(65_532));
        let may = |account, by: &str| may_speak(account, by, OwnWord::Decision, &site).is_ok();
        for own in [PeerAccount(0), PeerAccount::own()] {
            assert!(may(own, "Bà Hai") && may_enter(own, &site).is_ok());
        }
        assert!(may(other, "") && may(other, &other.name().to_uppercase()), "itself");
        assert!(!may(other, "Bà Hai") && may_enter(other, &site).is_err());
        let marked = may_speak(other, "Bà Hai", OwnWord::Mark, &site).unwrap_err();
        assert!(
            !marked.vi.contains("duyệt") && !marked.en.contains("approve"),
            "what is marked is not approved: {marked:?}"
        );
        crate::site::make_dir(&dir.path().join("state/console")).unwrap();
        assert!(!may(page, "Bà Hai"), "the directory is somebody else's");
        assert!(is_everybodys(page, Some(page.0)) && !is_everybodys(other, Some(page.0)));
        assert_eq!(site.page_account(), Some(PeerAccount::own().0));
    }
}
