//! A text that somebody has signed ([`Endorsed`]), the keys ([`PublicKey`], [`SecretKey`]), and what such texts name: places in the tree
//! of boxes ([`Locality`]) and instants ([`UtcSecond`]). Pure: random bytes for a key come in as an argument, files are read by
//! others. Bundles, couriers, links and collectors come here.

mod endorsed;
mod key;
mod locality;
mod moment;

pub use endorsed::{Endorsed, Endorsement};
pub use key::{PublicKey, SecretKey, Signing};
pub use locality::Locality;
pub use moment::UtcSecond;
