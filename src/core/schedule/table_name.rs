use crate::diag::{fold, nearest};

/// The tables of a schedule.
const KEYS: [&str; 7] = ["broadcast", "campaigns", "cancel", "days", "holiday", "mourning", "rules"];
/// What people write for the tables' names.
const ALSO: [(&str, &str); 19] = [
    ("broadcasts", "broadcast"),
    ("campaign", "campaigns"),
    ("holidays", "holiday"),
    ("rule", "rules"),
    ("mucphat", "broadcast"),
    ("day", "days"),
    ("loaingay", "days"),
    ("cancels", "cancel"),
    ("cancelled", "cancel"),
    ("nghi", "cancel"),
    ("huy", "cancel"),
    ("off", "cancel"),
    ("closed", "cancel"),
    ("luat", "rules"),
    ("quytac", "rules"),
    ("giophat", "rules"),
    ("quydinh", "rules"),
    ("quoctang", "mourning"),
    ("tang", "mourning"),
];

/// Whether a schedule has a table of this name.
pub(super) fn is_known(name: &str) -> bool {
    KEYS.contains(&name)
}

/// Whether people call the rules so.
pub(super) fn is_rules(name: &str) -> bool {
    meant(name) == Some("rules")
}

/// The table that `key` was probably meant to be.
pub(super) fn meant(key: &str) -> Option<&'static str> {
    let folded = fold(key);
    ALSO.iter().find(|(word, _)| *word == folded).map(|(_, meant)| *meant).or_else(|| nearest(key, KEYS))
}
