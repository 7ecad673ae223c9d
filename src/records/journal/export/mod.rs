//! The journal as it leaves loa: JSON for programs, CSV and a workbook for a spreadsheet, and the words for outcomes
//! that people read. Writes to whatever it is given; opens nothing. The command line and
//! the console's downloads call it.

mod columns;
mod csv;
mod json;
mod title;
mod word;
mod xlsx;
mod zip;

pub use crate::diag::csv::line;
pub use csv::CsvWriter;
pub use json::{JsonWriter, json};
pub use title::title;
pub use word::{class, kind, outcome};
pub use xlsx::{XlsxWriter, escaped, letters};
pub use zip::{Zip, crc32};
