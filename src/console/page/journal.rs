//! The journal: what really happened, to read, to hear again and to take away.

use crate::console::routes::Route;

pub(super) const ROUTES: &[Route] = &[];
