//! Whether an account may read and write what it needs, by the owner, the group and the bits of each
//! path. Access lists beyond those are not looked at.

use super::Finding;
use crate::diag::{plain, text};

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
    /// The station's own directory, once `state/` is there: entered, and nobody else's to write in.
    Top,
    /// A file that is read, and nobody else's to write.
    Own,
    /// A file that is read.
    Read,
    /// A directory whose files are read.
    Enter,
    /// A directory in which files are made, by this account alone.
    Make,
    /// A file that is written, by this account alone.
    Keep,
}

impl Use {
    /// 4 read, 2 write, 1 enter.
    const fn wants(self) -> u32 {
        match self {
            Self::Own | Self::Read => 4,
            Self::Top | Self::Enter => 5,
            Self::Keep => 6,
            Self::Make => 7,
        }
    }

    const fn letters(self) -> &'static str {
        match self {
            Self::Own | Self::Read => "r",
            Self::Top | Self::Enter => "rx",
            Self::Keep => "rw",
            Self::Make => "rwx",
        }
    }

    /// Nobody but the account may write it.
    const fn is_closed(self) -> bool {
        matches!(self, Self::Top | Self::Own | Self::Make | Self::Keep)
    }
}

/// A group by number and name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// Its number.
    pub gid: u32,
    /// Its name.
    pub name: String,
}

/// `account` may not use `path` as it must. `home` is the group that the station's directory belongs to. No cure
/// takes from a group what it had: it adds rights, or gives the account its own files back.
pub fn judge(account: &Account, path: &str, owned: &Owned, as_what: Use, home: Option<&Group>) -> Option<Finding> {
    let wants = as_what.wants();
    if account.may(owned, wants) {
        return None;
    }
    let (name, letters) = (&account.name, as_what.letters());
    let (vi, en) = match as_what {
        Use::Own | Use::Read => ("đọc", "read"),
        Use::Top | Use::Enter => ("mở", "open"),
        Use::Make | Use::Keep => ("ghi vào", "write to"),
    };
    let message = text!("tài khoản {name} không {vi} được {path}", "the account {name} cannot {en} {path}");
    let cure = match as_what {
        _ if owned.uid == account.uid => format!("sudo chmod u+{letters} \"{path}\""),
        Use::Make | Use::Keep => {
            let home = home.filter(|home| account.gids.contains(&home.gid)).map(|home| format!(":{}", home.name));
            let home = home.unwrap_or_default();
            format!("sudo chown {name}{home} \"{path}\" && sudo chmod u+{letters} \"{path}\"")
        }
        // People write there, too.
        Use::Enter if home.is_some_and(|home| home.gid == owned.gid && account.gids.contains(&home.gid)) => {
            format!("sudo chmod g+rwx \"{path}\"")
        }
        _ if account.gids.contains(&owned.gid) => format!("sudo chmod g+{letters} \"{path}\""),
        _ => match home.filter(|home| account.gids.contains(&home.gid)) {
            // The file was in nobody's group but its owner's.
            Some(Group { name: home, .. }) => {
                format!("sudo chgrp {home} \"{path}\" && sudo chmod g+{letters} \"{path}\"")
            }
            None => format!("sudo chmod o+{letters} \"{path}\""),
        },
    };
    let code = if wants & 2 == 0 { "not_readable" } else { "not_writable" };
    Some(Finding::error(code, message, text!("cho quyền: {cure}", "let it: {cure}")))
}

/// Others than `account` may write what is its alone: they could put anything in its place. `private` says that
/// the path's group has no other members.
pub fn open_to_others(
    account: &Account,
    path: &str,
    owned: &Owned,
    as_what: Use,
    private: bool,
    home: Option<&Group>,
) -> Option<Finding> {
    let by_group = owned.mode & 0o020 != 0 && !private;
    let by_all = owned.mode & 0o002 != 0;
    // Whatever its bits say: an owner can give himself any right to it.
    let by_owner = matches!(as_what, Use::Make | Use::Keep)
        && ![0, account.uid].contains(&owned.uid)
        && account.uid != 0
        && account.may(owned, as_what.wants());
    if by_owner {
        let name = &account.name;
        let home = home.filter(|home| account.gids.contains(&home.gid)).map_or("", |home| home.name.as_str());
        let shut = if owned.mode & 0o022 == 0 { String::new() } else { format!(" && sudo chmod go-w \"{path}\"") };
        let cure = format!("sudo chown {name}:{home} \"{path}\"{shut}");
        return Some(Finding::warning(
            "open_to_others",
            text!(
                "{path} là của tài khoản khác, không phải của {name}: người ấy thay được những gì đài ghi trong đó",
                "{path} belongs to another account than {name}, who can change what the station writes there"
            ),
            text!("lấy lại: {cure}", "take it back: {cure}"),
        ));
    }
    if !as_what.is_closed() || !(by_group || by_all) {
        return None;
    }
    let name = &account.name;
    Some(Finding::warning(
        "open_to_others",
        text!(
            "tài khoản khác cũng ghi được vào {path}, chỗ của riêng {name}: ai cũng có thể thay nhật ký hoặc lệnh của đài",
            "other accounts may write to {path}, which is {name}'s alone: they could replace the journal, or what the station runs"
        ),
        text!("đóng lại: sudo chmod go-w \"{path}\"", "close it: sudo chmod go-w \"{path}\""),
    ))
}

/// Somebody holds a lock on `path` and does not let go of it.
///
/// It is process `pid` of the account `whose`, runs `program`, and may be `stopped`.
pub fn lock_held(path: &str, pid: u32, program: Option<&str>, stopped: bool, whose: Option<&str>) -> Finding {
    let program = plain(program.unwrap_or("?")).into_owned();
    let whose = whose.unwrap_or("?");
    let (vi, en) = if stopped { (", đang bị tạm dừng,", ", which is stopped,") } else { ("", "") };
    Finding::error(
        "lock_held",
        text!(
            "tiến trình {pid} ({program}) của tài khoản {whose}{vi} giữ khóa {path}: loa không ghi được vào đó",
            "process {pid} ({program}) of the account {whose}{en} holds a lock on {path}: loa cannot write there"
        ),
        text!("dừng tiến trình ấy: sudo kill -KILL {pid}", "end that process: sudo kill -KILL {pid}"),
    )
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
            let found = judge(&account, "audio/a.mp3", &Owned { uid, gid, mode }, as_what, None);
            assert_eq!(found.is_none(), fine, "{uid} {gid} {mode:o} {as_what:?}");
        }
        assert_eq!(Account::find("nobody-here", "loa:x:1:1::/:/\n", ""), None);
        assert_eq!(Account::find("bad", "bad:x:many:1::/:/\n", ""), None);
    }

    #[test]
    fn no_cure_takes_a_path_from_the_group_that_it_had() {
        let account = Account { name: "loa".to_owned(), uid: 998, gids: vec![997] };
        let home = Group { gid: 997, name: "loa".to_owned() };
        let cure = |owned: (u32, u32, u32), as_what| {
            let owned = Owned { uid: owned.0, gid: owned.1, mode: owned.2 };
            judge(&account, "p", &owned, as_what, Some(&home)).unwrap().help.en
        };
        let table = [
            // A member's own file, private to him or to the station's group.
            ((1001, 1001, 0o600), Use::Read, "let it: sudo chgrp loa \"p\" && sudo chmod g+r \"p\""),
            ((1001, 997, 0o600), Use::Read, "let it: sudo chmod g+r \"p\""),
            ((998, 997, 0o000), Use::Enter, "let it: sudo chmod u+rx \"p\""),
            ((0, 0, 0o700), Use::Make, "let it: sudo chown loa:loa \"p\" && sudo chmod u+rwx \"p\""),
            ((0, 997, 0o640), Use::Keep, "let it: sudo chown loa:loa \"p\" && sudo chmod u+rw \"p\""),
        ];
        for (owned, as_what, expected) in table {
            assert_eq!(cure(owned, as_what), expected);
        }
    }

    #[test]
    fn what_is_loas_alone_is_nobody_elses_to_write_but_a_private_groups() {
        let account = Account { name: "loa".to_owned(), uid: 998, gids: vec![997] };
        let open = |mode, as_what, private| {
            open_to_others(&account, "p", &Owned { uid: 998, gid: 997, mode }, as_what, private, None).is_some()
        };
        for as_what in [Use::Top, Use::Own, Use::Make, Use::Keep] {
            assert!(open(0o770, as_what, false) && open(0o702, as_what, true), "{as_what:?}");
            assert!(!open(0o770, as_what, true) && !open(0o755, as_what, false), "{as_what:?}");
        }
        assert!(!open(0o777, Use::Enter, false) && !open(0o666, Use::Read, false));
        // Another's own file is his to write, whatever its bits say now.
        let home = Group { gid: 997, name: "loa".to_owned() };
        let cure = |uid, mode, as_what| {
            let owned = Owned { uid, gid: 997, mode };
            open_to_others(&account, "p", &owned, as_what, false, Some(&home)).map(|found| found.help.en)
        };
        let back = "take it back: sudo chown loa:loa \"p\"";
        assert_eq!(cure(1001, 0o660, Use::Keep), Some(format!("{back} && sudo chmod go-w \"p\"")));
        assert_eq!((cure(998, 0o640, Use::Keep), cure(0, 0o640, Use::Own)), (None, None));
    }
}
