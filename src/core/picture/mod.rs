//! A plan as a picture: a day or a week, a row for each zone, drawn as SVG for a screen, a wall or a
//! sheet of A4 laid across. Pure: a plan goes in, text comes out. It decides nothing and reads no file,
//! and what stands in a schedule reaches the page only as escaped text.
//!
//! `loa plan --svg` calls [`draw`]; it is the one place where plans are drawn. [`wiring`] draws what no plan is needed for: how
//! a relay is connected, for the manual.
//!
//! Time runs along an axis that leaves out what is silent in every zone and on every day. What sounds
//! stands on a zone's line; what waits, is cut, refused or missed stands below it, on lines of its own,
//! so that nothing hides anything.

mod axis;
mod band;
mod canvas;
mod draw;
mod frame;
mod key;
mod look;
mod row;
#[cfg(test)]
mod tests;
mod wiring;

pub use band::Subject;
pub use draw::{AIRINGS_MAX, ROWS_MAX, TooMuch, draw};
pub use wiring::wiring;
