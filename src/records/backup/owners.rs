/// The accounts of this machine: an archive names them, since their numbers differ from machine to machine.
#[derive(Clone, Copy, Debug)]
pub struct Owners {
    /// The name of the account with this number.
    pub account_name: fn(u32) -> Option<String>,
    /// The name of the group with this number.
    pub group_name: fn(u32) -> Option<String>,
    /// The number of the account of this name.
    pub account: fn(&str) -> Option<u32>,
    /// The number of the group of this name.
    pub group: fn(&str) -> Option<u32>,
}
