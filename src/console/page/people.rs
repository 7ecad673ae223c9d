//! The people who may use the page, and a person's own phones.

use crate::console::routes::Route;

pub(super) const ROUTES: &[Route] = &[];
