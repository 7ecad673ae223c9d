//! Everything that a station needs to go on elsewhere, in one file: an ordinary tar archive, so that it can be opened where
//! loa is not. Databases are copied as they stood at one instant while the station runs; what loa can find again by itself,
//! and what belongs to the machine and not to the station, is left out. The last entry lists all others with their digests:
//! an archive is read whole and compared before anything of it is unpacked.

mod content;
mod error;
mod list;
mod looked;
mod own;
mod owners;
mod pack;
mod unpack;

pub use content::size;
pub use error::BackupError;
pub use list::{LastRow, List};
pub use looked::look;
pub use owners::Owners;
pub use pack::{LeftBehind, Packed, pack};
pub use unpack::{has_room, is_free, unpack};

/// The entry that lists the others; the last of all.
const LIST: &str = "loa-backup.json";

/// What a station consists of at its top.
const PARTS: [&str; 4] = ["loa.toml", "schedules", "audio", "state"];

/// More files than this are no station: ten times the largest stock of sounds that was tried.
const PIECES_MOST: usize = 200_000;
