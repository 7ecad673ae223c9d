//! A TOML file as a person saved it: bytes to text (Notepad's UTF-16, a byte-order mark, letters that
//! are no UTF-8), text to a tree that remembers where everything stands, and syntax errors told in
//! plain words. The only place that knows the toml crate. Used by `station` and `schedule`; it has no
//! opinion on what the keys mean, and opens no file.

mod caption;
mod date;
mod decode;
mod fault;
mod length;
mod meaning;
mod mend;
mod number;
mod parse;
mod read;
mod slip;
mod syntax;
mod tree;

pub use caption::is_caption;
pub use date::{any_range, coming_date, turned_date, whole_month, whole_year};
pub use decode::decode;
pub use length::{BadLength, length, length_within, meant};
pub use meaning::{Meaning, RefusedValue};
pub use number::counted;
pub use parse::parse;
pub use read::{Choice, clean};
pub use tree::{KeyValue, Node, Table, TomlValue};

/// A larger file is not read: 20,000 broadcasts fit in it, and a film dropped into `schedules/` must
/// not fill the memory.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;
