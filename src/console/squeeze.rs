//! What is sent smaller than it is.

use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};

/// Sound is as small as it gets: squeezing it takes time and gains nothing.
pub(super) fn squeezes() -> impl Predicate {
    DefaultPredicate::new().and(NotForContentType::const_new("audio/"))
}
