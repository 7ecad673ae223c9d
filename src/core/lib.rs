//! What loa decides: nothing here opens a file, asks for the time or makes a sound, and the compiler keeps it so, for
//! there is no crate below that could.
//!
//! The tour, in reading order:
//!
//! 1. [`schedule`]: what officials write (`schedules/*.toml`), and every way it can be wrong.
//! 2. [`calendar`]: on which days and at which instants a broadcast is due.
//! 3. [`plan`]: who plays when, who waits, who is refused, and why. A pure function.
//! 4. [`player`]: what to do now. A pure state machine over the plan.
//!
//! The words in which the player speaks: [`voice`] (to the outputs), [`amplifier`] (the power behind the horns),
//! [`fact`] (to the journal). Beside them: [`approval`] (what a second person let sound), [`station`] (`loa.toml`), [`checkup`] (what could fail), [`status`] (what a
//! daemon says of itself), [`picture`] (a plan drawn), [`proof`] (whether what was sent was heard), [`uplink`] (how rows get to a collector),
//! [`signature`] (a text that somebody has signed), [`bundle`] (schedules and sounds that somebody has signed, and whether a box takes them), [`district`] (how a fleet stands). Below all: [`digest`] (SHA-256 as it is written down), [`instant`] (three kinds of time), [`clock`] (what time
//! it is, and whether to believe it), [`reason`] (why something was, or was not), [`diag`] (every message, in two
//! languages).

pub mod amplifier;
pub mod approval;
pub mod bundle;
pub mod calendar;
pub mod checkup;
pub mod clock;
pub mod diag;
pub mod digest;
pub mod district;
pub mod fact;
pub mod instant;
pub mod picture;
pub mod plan;
pub mod player;
pub mod proof;
pub mod reason;
pub mod schedule;
pub mod signature;
pub mod station;
pub mod status;
pub mod uplink;
pub mod voice;
