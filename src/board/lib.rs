//! The board of a fleet: one line for each box, the alarms, what people have said of them, and who has heard which alarm of the
//! centre. The centre's program makes it out of the rows it collects and of what boxes say; the district's page reads it, and writes what
//! people say. It is one file of SQLite whatever database the rows are in, holds no secret and no rows but a box's last ones, and can be
//! deleted: all but people's words is made anew. It judges nothing: [`loa_core::district`] does.

mod alarms;
mod error;
mod heard;
mod line;
mod reading;
mod rollouts;
#[cfg(any(test, feature = "sample"))]
pub mod sample;
mod schema;
#[cfg(test)]
mod tests;
mod writing;

use loa_core::{district, instant, signature};
use loa_site as site;

pub use alarms::SettledClosing;
pub use error::BoardError;
pub use heard::{AlarmAnswer, SentAlarm, Unheard};
pub use line::{BoardLine, BoardPlace, RecentRow};
pub use reading::{BoardFleet, BoardStation};
pub use schema::{BOARD_FILE, BOARD_FOLDER, Board};
