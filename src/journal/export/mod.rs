//! The journal as it leaves loa: JSON for programs, CSV for a spreadsheet, and the words for outcomes
//! and reasons that people read. Writes to whatever it is given; opens nothing. The command line and
//! the console's downloads call it.

mod csv;
mod json;
mod reason;
mod word;

pub use csv::CsvWriter;
pub use json::{JsonWriter, json};
pub use reason::{in_both, reason};
pub use word::{class, kind, outcome};
