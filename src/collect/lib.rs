//! The centre of a fleet of loa boxes. [`Collector`] gets the rows of all journals into one database ([`ledger`]) and tells each box how
//! far they are there, and [`BoardKeeper`] keeps the board that the district's page reads; [`fleet`] makes the fleet's keys, the configuration of its
//! servers and the credentials of its boxes; [`cli`] is `loa collect` and `loa fleet`, which the main program hands over to the binary of this
//! crate. [`dispatch`] sends schedules, sounds and alarms down. It sounds nothing, decides nothing about a box, and knows no station's files.

mod answers;
pub mod cli;
mod collector;
pub mod dispatch;
mod error;
pub mod fleet;
mod hearing;
mod keeper;
mod laid;
pub mod ledger;
mod lost;
mod month;
mod news;
mod pulse;
mod rivals;
pub mod rollout;
mod room;
mod settings;
mod standing;
mod stick;
mod streams;
mod trouble;
mod watch;

pub use collector::Collector;
pub use error::CollectError;
pub use keeper::{BoardKeeper, KeepError};
pub use lost::StreamRecord;
pub use month::{ProvinceMonth, StationMonth};
pub use pulse::{PulseRecord, TwinRecord};
pub use rivals::RivalRecord;
pub use room::RoomRecord;
pub use settings::{CollectorEar, CollectorSettings};
pub use standing::{FleetRows, JournalRows, StationRows};
pub use stick::{StickIntake, StickTrust, take_stick};
