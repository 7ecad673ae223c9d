//! Who is at the other end of the socket, as the kernel says.

/// The user's name, or `uid 1000` where the machine knows no name for it.
pub(super) fn name_of(uid: u32) -> String {
    std::fs::read_to_string("/etc/passwd")
        .ok()
        .and_then(|users| find(&users, uid).map(str::to_owned))
        .unwrap_or_else(|| format!("uid {uid}"))
}

/// The name of the account that this process runs under.
pub(super) fn own_name() -> String {
    name_of(rustix::process::geteuid().as_raw())
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
    use super::find;

    #[test]
    fn a_user_is_found_by_number() {
        let users = "root:x:0:0:root:/root:/bin/bash\nbroken\nhoa:x:1001:1001:Trần Thị Hoa:/home/hoa:/bin/bash\n";
        assert_eq!(find(users, 1001), Some("hoa"));
        assert_eq!(find(users, 0), Some("root"));
        assert_eq!(find(users, 7), None);
    }
}
