//! Who is at the other end of the socket, as the kernel says.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::{Mutex, PoisonError};

/// Longer lists of accounts are not kept in a file.
const PASSWD_MOST: u64 = 4 << 20;

/// The names that are known already: an order must not wait for a disk to say a name that it has said before.
static KNOWN: Mutex<BTreeMap<u32, String>> = Mutex::new(BTreeMap::new());

/// An account of this machine, by its number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Account(pub(super) u32);

impl Account {
    /// Whom the kernel cannot name.
    pub(super) const NOBODY: Self = Self(u32::MAX);

    /// The one that this process runs under.
    pub(super) fn own() -> Self {
        Self(rustix::process::geteuid().as_raw())
    }

    /// Its name, or `uid 1000` where the machine knows no name for it.
    pub(super) fn name(self) -> String {
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(name) = known.get(&self.0) {
            return name.clone();
        }
        match self.look_up() {
            Some(name) => {
                known.insert(self.0, name.clone());
                name
            }
            None => format!("uid {}", self.0),
        }
    }

    fn look_up(self) -> Option<String> {
        let mut users = String::new();
        std::fs::File::open("/etc/passwd").ok()?.take(PASSWD_MOST).read_to_string(&mut users).ok()?;
        find(&users, self.0).map(str::to_owned)
    }
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
        assert_eq!((Account(0).name(), Account(0).name()), ("root".to_owned(), "root".to_owned()));
        assert_eq!(Account(4_000_000_000).name(), "uid 4000000000");
    }
}
