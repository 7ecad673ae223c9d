use super::Reason;
use crate::diag::{Lang, Text, text};

/// The accounts of the station itself: the one that it runs under, and its page's. A name beside one of these was looked at
/// by loa; beside any other it is what that account says, and people are told which account that is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OwnAccounts(Vec<String>);

impl OwnAccounts {
    /// These.
    pub fn of(accounts: impl IntoIterator<Item = String>) -> Self {
        Self(accounts.into_iter().collect())
    }

    /// A name, and the account behind it where that is told: of `ông Năm (hoa)` both, of `ông Năm` and of one beside an own
    /// account the name alone. Names that are given with an order have no round brackets of their own.
    pub fn part<'a>(&self, signed: &'a str) -> (&'a str, Option<&'a str>) {
        let parted = signed.strip_suffix(')').and_then(|signed| signed.rsplit_once(" ("));
        match parted {
            Some((name, account)) => (name, Some(account).filter(|account| !self.0.iter().any(|own| own == account))),
            None => (signed, None),
        }
    }

    /// The same as people read it: `ông Năm (tài khoản: hoa)`.
    pub fn named(&self, signed: &str, lang: Lang) -> String {
        match self.part(signed) {
            (name, Some(account)) => {
                text!("{name} (tài khoản: {account})", "{name} (account: {account})").get(lang).to_owned()
            }
            (name, None) => name.to_owned(),
        }
    }

    /// What a reason says to people, with those who stand behind it named so.
    pub fn words(&self, reason: &Reason) -> Text {
        let said = |lang| reason.among_people(self, lang).words();
        Text { vi: said(Lang::Vi).vi, en: said(Lang::En).en }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_named_by_another_account_than_the_stations_stands_beside_it() {
        let own = OwnAccounts::of(["loa", "loa-console"].map(str::to_owned));
        for (signed, vi, en) in [
            ("Bà Hai (loa-console)", "Bà Hai", "Bà Hai"),
            ("Bà Hai (loa)", "Bà Hai", "Bà Hai"),
            ("Bà Hai (hoa)", "Bà Hai (tài khoản: hoa)", "Bà Hai (account: hoa)"),
            (
                "Bà Hai [Thôn 3] (uid 1000)",
                "Bà Hai [Thôn 3] (tài khoản: uid 1000)",
                "Bà Hai [Thôn 3] (account: uid 1000)",
            ),
            ("hoa", "hoa", "hoa"),
        ] {
            assert_eq!((own.named(signed, Lang::Vi).as_str(), own.named(signed, Lang::En).as_str()), (vi, en));
        }
        for (reason, vi) in [
            ("alert: ông Năm (hoa): lũ", "phát khẩn cấp theo lệnh: ông Năm (tài khoản: hoa): lũ"),
            ("alert: ông Năm (loa-console): lũ", "phát khẩn cấp theo lệnh: ông Năm: lũ"),
            ("order_refused: outside_hours: say: ông Năm (hoa)", "ông Năm (tài khoản: hoa)"),
            // Of a schedule: whoever wrote it had no account, and may have used brackets.
            ("warrant: ông Năm (xã): lũ", "ông Năm (xã)"),
        ] {
            let said = own.words(&Reason::from(reason)).vi;
            assert!(said.contains(vi), "{said}");
        }
    }
}
