//! The pages, a file or a directory for each place that a person goes to. Each says in its own `ROUTES` what it answers.

pub(super) mod approvals;
mod ca;
mod clock_doubt;
mod district;
mod emergency;
mod health;
mod hornless;
pub(super) mod journal;
mod login;
mod machine;
mod me;
mod metrics;
mod people;
mod person;
mod public;
mod remedy;
pub(super) mod report;
pub(super) mod schedule;
mod setup;
pub(super) mod sounds;
mod sure;
mod talk;
mod today;
mod tokens;

use super::route::Route;

pub(super) use journal::Proof;
pub(super) use sounds::SoundStock;

/// What every page answers.
pub(super) const ROUTES: &[&[Route]] = &[
    login::ROUTES,
    setup::ROUTES,
    today::ROUTES,
    talk::ROUTES,
    emergency::ROUTES,
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
    health::ROUTES,
    district::ROUTES,
    metrics::ROUTES,
    public::ROUTES,
    sure::ROUTES,
];
