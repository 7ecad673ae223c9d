//! The page for people, asked as a browser asks it: `loa console` on a port of its own, somebody of each role logged in,
//! and what each place shows, refuses and does.

mod alarm;
mod alarm_night;
mod alarm_truth;
mod api;
mod api_truth;
mod approvals;
mod by_hand;
mod changes;
pub(crate) mod district;
mod full;
mod fuzz;
pub(crate) mod journal;
mod kit;
mod large;
mod limits;
mod matrix;
mod once;
mod people;
mod process;
mod report;
mod schedule;
mod sounds;
mod tls;
mod today;
mod watched;

pub(crate) use approvals::{station as asks_for_approval, write as written};
pub(crate) use kit::{Answer, Browser, Console, PASSWORD, until};
pub(crate) use once::word as form_word;
pub(crate) use sounds::{form as hand_in, wav as tone};
