//! loa: a loudspeaker broadcast scheduler for villages.
//!
//! The tour, in reading order:
//!
//! 1. [`schedule`]: what officials write (`schedules/*.toml`), and every way it can be wrong.
//! 2. [`calendar`]: on which days and at which instants a broadcast is due.
//! 3. [`plan`]: who plays when, who waits, who is refused, and why. A pure function.
//! 4. [`player`]: what to do now. A pure state machine over the plan.
//! 5. [`output`]: the frame on which a sample leaves, and the instant at which it is heard.
//! 6. [`journal`]: what really happened, chained so that nobody can quietly change it.
//! 7. [`daemon`]: the one loop that joins them.
//!
//! Beside them: [`station`] (`loa.toml`), [`audio`] (files to samples and facts), [`amplifier`] (the power behind the horns),
//! [`reason`] (why something was, or was not), [`checkup`] (what could fail), [`status`] (what a
//! daemon says of itself), [`picture`] (a plan drawn), [`edit`] (schedules changed by form, with every version), [`cli`] (the
//! commands). Below all: [`instant`] (three kinds of time), [`clock`] (the one that says which it is), [`site`] (the files of
//! a station), [`diag`] (every message, in two languages).

pub mod amplifier;
pub mod audio;
pub mod calendar;
pub mod checkup;
pub mod cli;
pub mod clock;
pub mod daemon;
pub mod diag;
pub mod edit;
pub mod instant;
pub mod journal;
pub mod output;
pub mod picture;
pub mod plan;
pub mod player;
pub mod reason;
pub mod schedule;
pub mod site;
pub mod station;
pub mod status;
