//! The pages, a file or a directory for each place that a person goes to. Each says in its own `ROUTES` what it answers.

mod approvals;
mod ca;
mod journal;
mod login;
mod machine;
mod me;
mod people;
mod person;
mod remedy;
mod report;
mod schedule;
mod sounds;
mod sure;
mod today;

use super::route::Route;

pub(super) use journal::Proof;
pub(super) use sounds::SoundStock;

/// What every page answers.
pub(super) const ROUTES: &[&[Route]] = &[
    login::ROUTES,
    today::ROUTES,
    schedule::ROUTES,
    sounds::ROUTES,
    approvals::ROUTES,
    journal::ROUTES,
    report::ROUTES,
    machine::ROUTES,
    people::ROUTES,
    person::ROUTES,
    me::ROUTES,
    ca::ROUTES,
    sure::ROUTES,
];
