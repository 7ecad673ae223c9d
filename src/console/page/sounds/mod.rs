//! The sounds: handed in, listened to, replaced, put away and brought back.

mod ahead;
mod asked;
mod at_hand;
mod hand;
mod keeping;
mod list;
mod next;
mod one;
mod read;
mod rights;
mod send;
mod slot;
mod stock;

use axum::routing::{get, post};

use crate::gate::Need;
use crate::role::Right;
use crate::route::{Ask, Route, route};

pub(crate) use asked::Handing;
pub(crate) use at_hand::{is_sound, is_there, no_sound};
pub(crate) use keeping::{bring_back, put_away};
pub(super) use one::file;
pub(crate) use rights::may_hand_in_for_all;
pub(crate) use send::hand_in;
pub(crate) use stock::SoundStock;

const SOUNDS: Need = Need::Right(Right::Sounds);

pub(super) const ROUTES: &[Route] = &[
    route(Ask::Get, "/sounds", SOUNDS, || get(list::list)),
    route(Ask::Get, "/sounds/new", SOUNDS, || get(slot::new)),
    route(Ask::Get, "/sounds/slot/{name}", SOUNDS, || get(slot::slot)),
    route(Ask::Post, "/sounds/upload", SOUNDS, send::begin),
    route(Ask::Get, "/sounds/upload/{id}", SOUNDS, || get(hand::shown)),
    route(Ask::Post, "/sounds/upload/{id}", SOUNDS, send::go_on),
    route(Ask::Get, "/sounds/upload/{id}/file", SOUNDS, || get(hand::file)),
    route(Ask::Post, "/sounds/upload/{id}/take", SOUNDS, || post(hand::take)),
    route(Ask::Post, "/sounds/upload/{id}/drop", SOUNDS, || post(hand::dropped)),
    route(Ask::Get, "/sounds/read", SOUNDS, || get(read::form)),
    route(Ask::Post, "/sounds/read", SOUNDS, || post(read::read)),
    route(Ask::Get, "/sounds/{name}", SOUNDS, || get(one::one)),
    route(Ask::Get, "/sounds/{name}/file", SOUNDS, || get(one::file)),
    route(Ask::Get, "/sounds/{name}/picture", SOUNDS, || get(one::picture)),
    route(Ask::Get, "/sounds/{name}/heard", SOUNDS, || get(one::heard)),
    route(Ask::Post, "/sounds/{name}/away", SOUNDS, || post(one::away)),
    route(Ask::Post, "/sounds/{name}/back", SOUNDS, || post(one::back)),
];
