//! The machine: clock, cards, findings, and what cures them.

use crate::console::routes::Route;

pub(super) const ROUTES: &[Route] = &[];
