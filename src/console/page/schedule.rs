//! The schedule: the week of a zone, and broadcasts added, changed, moved, taken out and brought back by form.

use crate::console::routes::Route;

pub(super) const ROUTES: &[Route] = &[];
