use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::{Mutex, PoisonError};

use crate::{Folder, Site};

/// Longer lists of accounts are not kept in a file.
const PASSWD_MOST: u64 = 4 << 20;

/// The names that are known already: an order must not wait for a disk to say a name that it has said before.
static KNOWN: Mutex<BTreeMap<u32, String>> = Mutex::new(BTreeMap::new());

/// What the account of this number is called; `uid 1000` where the machine knows no name for it.
pub fn account_name(uid: u32) -> String {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(name) = known.get(&uid) {
        return name.clone();
    }
    match look_up(uid) {
        Some(name) => {
            known.insert(uid, name.clone());
            name
        }
        None => format!("uid {uid}"),
    }
}

impl Site {
    /// The account of the page: whose directory in `state/` is. Only the station's own account, which `state/` belongs to, can
    /// have made it. None where others may write there.
    pub fn page_account(&self) -> Option<u32> {
        let folder = Folder::open(self.people().parent()?).ok()?;
        let (owner, others_write) = folder.owner().ok()?;
        (!others_write).then_some(owner)
    }

    /// What the station's own accounts are called: the one that `state/` belongs to, and the page's.
    pub fn own_accounts(&self) -> Vec<String> {
        let state = Folder::open(self.state()).ok().and_then(|state| state.owner().ok()).map(|(owner, _)| owner);
        state.into_iter().chain(self.page_account()).map(account_name).collect()
    }
}

fn look_up(uid: u32) -> Option<String> {
    let mut users = String::new();
    std::fs::File::open("/etc/passwd").ok()?.take(PASSWD_MOST).read_to_string(&mut users).ok()?;
    find(&users, uid).map(str::to_owned)
}

fn find(users: &str, uid: u32) -> Option<&str> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_number() {
        let users = "root:x:0:0:root:/root:/bin/bash\nbroken\nhoa:x:1001:1001:Trần Thị Hoa:/home/hoa:/bin/bash\n";
        assert_eq!(find(users, 1001), Some("hoa"));
        assert_eq!(find(users, 0), Some("root"));
        assert_eq!(find(users, 7), None);
        assert_eq!((account_name(0), account_name(0)), ("root".to_owned(), "root".to_owned()));
        assert_eq!(account_name(4_000_000_000), "uid 4000000000");
    }
}
