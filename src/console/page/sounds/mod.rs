//! The sounds: handed in, listened to, replaced, put away and brought back.

use crate::console::routes::Route;

pub(super) const ROUTES: &[Route] = &[];
