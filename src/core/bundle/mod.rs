//! Schedules and sounds that somebody elsewhere has signed, in one file for a stick and for a network: what it holds
//! ([`Manifest`]), who may sign what ([`KeyList`], [`Revocations`]: themselves signed by the roots that `loa.toml` names), and
//! whether this box takes it ([`Trusted`]). The file is a tar archive of one exact form ([`Parcel`]): no entry has a
//! name that the one who packed it could choose. Pure: it reads and writes what it is handed, knows no disk and no clock.

mod alarm;
mod keys;
mod manifest;
mod parcel;
mod path;
mod purpose;
mod rejection;
mod sum;
#[cfg(test)]
mod tests;
mod trusted;

pub use crate::signature::{Endorsed, Endorsement, Locality, PublicKey, SecretKey, Signing, UtcSecond};
pub use alarm::{AdmittedAlarms, AlarmPaper, CentreAlarm};
pub use keys::{KeyList, KnownKey, Revocations, RevokedKey};
pub use manifest::{BYTES_MOST, BundleFile, Manifest, SoundFacts, VALID_MOST};
pub use parcel::{Freight, Parcel, Unpacked, letter, pack, repack, texts};
pub use path::{is_audio, is_schedule, own_name};
pub use purpose::Purpose;
pub use rejection::Rejection;
pub use sum::Summing;
pub use trusted::{Admitted, Trusted};

/// The form of everything here; one that is not known is not read.
pub const FORMAT: u32 = 1;
