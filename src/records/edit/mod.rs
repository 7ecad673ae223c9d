//! Changing `schedules/` by form beside people who change them by hand: the [`Editor`].
//!
//! Three layers. The lowest is a pure function over text ([`Change::apply`]): it finds the place in the parsed file and
//! splices the original there, so that every other byte stays; what it made is parsed again and must mean exactly the old
//! text with that one change, or it is refused (`proof`). Above it a change is judged as `loa check` and `loa plan` judge
//! the files (`judge`, [`coming`]). The [`Editor`] does both under the lock of the directory, on the files as they are
//! then, and keeps each change as a [`Version`]. Knows no page, no login and no clock.

mod add;
mod change;
mod coming;
mod conflict;
mod difference;
mod digest;
mod editor;
mod entry;
mod exceptions;
mod judge;
mod keys;
mod layout;
mod list;
mod page;
mod proof;
mod refusal;
mod session;
mod splice;
#[cfg(test)]
mod tests;
mod value;
mod version;
mod versions;
mod whole;
mod words;

pub use change::{Change, For, Target, Texts};
pub use coming::{Coming, ToApprove};
pub use conflict::{Clash, Conflict};
pub use difference::fields;
pub use digest::Digest;
pub use editor::{Done, Edit, Editor};
pub use entry::{Field, FileEntry, Of, form_keys};
pub use judge::{COMING_MOST, Surroundings, coming, rousing};
pub use page::FileView;
pub use refusal::Refusal;
pub use session::{moved, moved_for_good};
pub use value::Value;
pub use version::{Asked, How, ROWS_MOST, Version};
#[cfg(test)]
pub(crate) use versions::OPENED;
pub use versions::{KEEP, KEEP_DELETED, PART_BYTES_MOST, VERSIONS_MOST, Versions, WHOLE_BYTES_MOST};
pub use whole::{Tried, WholeFiles};
pub use words::{Part, TitleOf, name, value_said};
