//! The page for people, asked as a browser asks it: `loa console` on a port of its own, somebody of each role logged in,
//! and what each place shows, refuses and does.

mod approvals;
mod changes;
mod full;
pub(crate) mod journal;
mod kit;
mod large;
mod limits;
mod matrix;
mod people;
mod process;
mod report;
mod schedule;
mod sounds;
mod tls;
mod today;

pub(crate) use kit::{Answer, Browser, Console, PASSWORD};
pub(crate) use sounds::{form as hand_in, wav as tone};
