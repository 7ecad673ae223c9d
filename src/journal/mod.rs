//! The record of what happened: append-only, hash-chained, synced before and after the sound.
//! `entry` is the row, `chain` its canonical bytes and hash, `store` the SQLite file, `export` what
//! readers get. It never decides anything; the daemon writes it, readers read it while it grows.

mod entry;

pub use entry::{AudioRef, Entry, Kind, Outcome};
