use std::sync::Arc;

use super::address::LinkAddress;
use super::pace::LinkPace;
use crate::clock::Clock;
use crate::diag::Text;
use crate::site::Site;
use crate::station::Station;

/// One box's link to its centre.
pub struct CentreLink {
    /// Of this station.
    pub site: Site,
    /// As `loa.toml` has it.
    pub station: Station,
    /// Where it stands.
    pub address: LinkAddress,
    /// Which time it is.
    pub clock: Arc<dyn Clock>,
    /// How patient it is.
    pub pace: LinkPace,
    /// Where it tells whoever looks after the box.
    pub log: Box<dyn Fn(&Text) + Send + Sync>,
}
