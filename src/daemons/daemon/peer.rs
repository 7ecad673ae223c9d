//! Who is at the other end of the socket, as the kernel says.

use crate::site::account_name;

/// An account of this machine, by its number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct PeerAccount(pub(super) u32);

impl PeerAccount {
    /// Whom the kernel cannot name.
    pub(super) const NOBODY: Self = Self(u32::MAX);

    /// The one that this process runs under.
    pub(super) fn own() -> Self {
        Self(rustix::process::geteuid().as_raw())
    }

    /// Its name, or `uid 1000` where the machine knows no name for it.
    pub(super) fn name(self) -> String {
        account_name(self.0)
    }
}
