//! The station's files as a model: [`station`] reads `loa.toml`, [`schedule`] the directory `schedules/`. What is not
//! there, cannot be read, or leads elsewhere is told beside what is wrong in them. It says nothing of sounds, which
//! are `audio`'s; [`space`] says how much room the disks have. Called by `daemon`, `console` and `cli`.

mod output_file;
mod refused;
pub mod schedule;
pub mod space;
pub mod station;
