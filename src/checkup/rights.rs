//! Whether an account may read and write what it needs, by the owner, the group and the bits of each
//! path. Access lists beyond those are not looked at.

use super::Finding;
use crate::diag::text;

/// Who plays.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// Its number.
    pub uid: u32,
    /// Its groups, the first one first.
    pub gids: Vec<u32>,
}

impl Account {
    /// The account `name`, from the texts of `/etc/passwd` and `/etc/group`.
    pub fn find(name: &str, passwd: &str, group: &str) -> Option<Self> {
        let fields = |line: &str| line.split(':').map(str::to_owned).collect::<Vec<_>>();
        let entry = passwd.lines().map(fields).find(|entry| entry.first().is_some_and(|found| found == name))?;
        let (uid, gid) = (entry.get(2)?.parse().ok()?, entry.get(3)?.parse().ok()?);
        let joined = group
            .lines()
            .map(fields)
            .filter(|entry| entry.get(3).is_some_and(|members| members.split(',').any(|member| member.trim() == name)));
        let gids = std::iter::once(gid).chain(joined.filter_map(|entry| entry.get(2)?.parse().ok())).collect();
        Some(Self { name: name.to_owned(), uid, gids })
    }

    /// Whether its bits give it all of `wants` (4 read, 2 write, 1 enter) on a path.
    pub fn may(&self, path: &Owned, wants: u32) -> bool {
        if self.uid == 0 {
            return true;
        }
        let shift = match path {
            _ if path.uid == self.uid => 6,
            _ if self.gids.contains(&path.gid) => 3,
            _ => 0,
        };
        (path.mode >> shift) & wants == wants
    }
}

/// Whom a path belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Owned {
    /// Its owner.
    pub uid: u32,
    /// Its group.
    pub gid: u32,
    /// Its bits.
    pub mode: u32,
}

/// What a path is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Use {
    /// A file that is read.
    Read,
    /// A directory whose files are read.
    Enter,
    /// A directory in which files are made.
    Make,
}

/// `account` may not use `path` (relative to the station) as it must.
pub fn judge(account: &Account, path: &str, owned: &Owned, as_what: Use) -> Option<Finding> {
    let (wants, vi, en) = match as_what {
        Use::Read => (4, "đọc", "read"),
        Use::Enter => (5, "mở", "open"),
        Use::Make => (7, "ghi vào", "write to"),
    };
    if account.may(owned, wants) {
        return None;
    }
    let name = &account.name;
    let letters = match as_what {
        Use::Read => "r",
        Use::Enter => "rx",
        Use::Make => "rwx",
    };
    let message = text!("tài khoản {name} không {vi} được {path}", "the account {name} cannot {en} {path}");
    let help = text!(
        "cho quyền: sudo chgrp {name} \"{path}\" && sudo chmod g+{letters} \"{path}\"",
        "let it: sudo chgrp {name} \"{path}\" && sudo chmod g+{letters} \"{path}\""
    );
    let code = if as_what == Use::Make { "not_writable" } else { "not_readable" };
    Some(Finding::error(code, message, help))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_owner_group_and_others_that_fits_counts_alone() {
        let account = Account::find(
            "loa",
            "a:x:0:0::/:/bin/sh\nloa:x:998:997::/var/lib/loa:/bin/false\n",
            "audio:x:29:pulse,loa\nloa:x:997:\nx:x:5:loaf\n",
        )
        .unwrap();
        assert_eq!((account.uid, account.gids.as_slice()), (998, &[997, 29][..]));
        let table = [
            (998, 1, 0o400, Use::Read, true),
            (998, 997, 0o077, Use::Read, false),
            (1, 29, 0o040, Use::Read, true),
            (1, 997, 0o704, Use::Read, false),
            (1, 1, 0o604, Use::Read, true),
            (1, 1, 0o600, Use::Read, false),
            (1, 997, 0o750, Use::Enter, true),
            (1, 997, 0o740, Use::Enter, false),
            (1, 997, 0o770, Use::Make, true),
            (1, 997, 0o755, Use::Make, false),
        ];
        for (uid, gid, mode, as_what, fine) in table {
            let found = judge(&account, "audio/a.mp3", &Owned { uid, gid, mode }, as_what);
            assert_eq!(found.is_none(), fine, "{uid} {gid} {mode:o} {as_what:?}");
        }
        assert_eq!(Account::find("nobody-here", "loa:x:1:1::/:/\n", ""), None);
        assert_eq!(Account::find("bad", "bad:x:many:1::/:/\n", ""), None);
    }
}
