//! The schedule: the week of a zone, and broadcasts added, changed, moved, taken out and brought back by form.

mod airing;
mod ask;
mod came;
mod clash;
mod draft;
#[cfg(test)]
mod draft_test;
mod faults;
mod form;
mod off;
mod once;
mod read_only;
mod rousing;
mod said;
mod save;
mod sent;
mod trial;
mod turn;
mod usual;
mod verdict;
mod versions;
mod week;
mod when;
mod written;

use axum::routing::{get, post};

use crate::gate::Need;
use crate::role::Right;
use crate::routes::{Ask, Route, route};

pub(crate) use ask::{Sight, every, target, work};
pub(crate) use off::{silence, silences, sound_again, too_long};
pub(crate) use once::{ended, occurrence};
pub(super) use rousing::rouses;
pub(super) use verdict::verdict;
pub(crate) use versions::{gone_entries, restored};
pub(crate) use written::line;

const SEES: Need = Need::Right(Right::See);
const WRITES: Need = Need::Right(Right::Schedule);

pub(super) const ROUTES: &[Route] = &[
    route(Ask::Get, "/schedule", SEES, || get(week::page)),
    route(Ask::Get, "/schedule/new", WRITES, || get(save::new)),
    route(Ask::Get, "/schedule/broadcast", SEES, || get(save::open)),
    route(Ask::Post, "/schedule/save", WRITES, || post(save::save)),
    route(Ask::Post, "/schedule/try", WRITES, || post(save::attempt)),
    route(Ask::Post, "/schedule/once", WRITES, || post(once::once)),
    route(Ask::Post, "/schedule/end", WRITES, || post(once::end)),
    route(Ask::Get, "/schedule/off", WRITES, || get(off::page)),
    route(Ask::Post, "/schedule/off", WRITES, || post(off::save)),
    route(Ask::Post, "/schedule/off/end", WRITES, || post(off::end)),
    route(Ask::Get, "/schedule/versions", WRITES, || get(versions::list)),
    route(Ask::Get, "/schedule/version", WRITES, || get(versions::one)),
    route(Ask::Get, "/schedule/deleted", WRITES, || get(versions::deleted)),
    route(Ask::Post, "/schedule/restore", WRITES, || post(versions::back)),
    route(Ask::Post, "/schedule/mend", WRITES, || post(versions::mend)),
];
