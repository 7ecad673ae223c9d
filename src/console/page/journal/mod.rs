//! The journal: what happened, filtered, page by page ([`list`]); one airing and what was sent ([`row`], [`sound`]); the
//! same as a table ([`download`]); what played at a time of which somebody complains ([`heard`]); and that nobody has
//! touched it ([`proof`]). Everything is read from the file as everybody but its writer reads it, on a thread that
//! may wait, and never more of it than a page needs.

mod asked;
mod download;
mod heard;
mod list;
mod people;
mod proof;
mod reading;
mod row;
mod sound;
mod week;
mod words;

use axum::routing::get;

use crate::gate::Need;
use crate::role::Right;
use crate::routes::{Ask, Route, route};

pub(crate) use asked::{OUTCOMES, RowsAsked, Show};
pub(crate) use list::{names as page_names, page};
pub(crate) use proof::Proof;
use reading::none_yet;
pub(crate) use reading::read;
pub(crate) use sound::sent;
pub(crate) use week::week_summary;
pub(super) use words::{kind, outcomes};
pub(crate) use words::{who, why};

pub(super) const ROUTES: &[Route] = &[
    route(Ask::Get, "/journal", Need::Right(Right::Journal), || get(list::list)),
    route(Ask::Get, "/journal/heard", Need::Right(Right::Journal), || get(heard::heard)),
    route(Ask::Get, "/journal/row/{seq}", Need::Right(Right::Journal), || get(row::row)),
    route(Ask::Get, "/journal/row/{seq}/sound/{place}", Need::Right(Right::Journal), || get(sound::sound)),
    route(Ask::Get, "/journal/table.csv", Need::Right(Right::Journal), || get(download::csv)),
    route(Ask::Get, "/journal/table.xlsx", Need::Right(Right::Journal), || get(download::xlsx)),
];
