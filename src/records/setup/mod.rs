//! A station's first hour: it has no `loa.toml` and no schedule yet, plays nothing, and asks for its name and its hamlets.
//! [`FirstAnswers`] becomes the first `loa.toml`, which only an unset station takes; a [`SetupLink`] lets somebody answer on the page,
//! once. Asked on the terminal by `cli`, on the page by `console`, and written by `daemon` for the page, which may not
//! write `loa.toml` itself.

mod answers;
mod ground;
mod link;
mod place;

pub use answers::{FirstAnswers, Hamlet, Horn, NOWHERE};
pub use link::{SetupLink, SetupLinkError};
pub use place::{NotSet, write};
