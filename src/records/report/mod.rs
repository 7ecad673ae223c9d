//! What was played, on paper: the weekly log book (Sổ nhật ký phát thanh) and the monthly report (Báo cáo kết quả hoạt
//! động). Rows of the journal go in and one value comes out, the [`Book`]; a writer for each form makes text, HTML for
//! print, .docx, .xlsx, .csv or JSON of it, all the same facts. Pure: it opens nothing and knows no clock. The command
//! line and the page call it; who prints, and how often, is theirs to remember ([`Prints`]).
//!
//! The papers are in Vietnamese whatever the reader's language: their form and their words are those of Decree
//! 30/2020/NĐ-CP, Appendix I.

mod backdrop;
mod book;
mod caveat;
mod cell;
mod csv;
mod docx;
mod given;
mod happening;
mod html;
mod json;
mod layout;
mod line;
mod names;
mod occurrence;
mod paper;
mod period;
mod picture;
mod prints;
mod stamp;
mod table;
mod talked;
mod text;
mod total;
mod width;
mod xlsx;

pub use crate::fact::{Total, Uncounted, UncountedRows};
pub use backdrop::{Backdrop, NoBook};
pub use book::{Book, BookDay, BookPart, BookSession};
pub use cell::minutes;
pub use csv::csv;
pub use docx::docx;
pub use given::{BookGround, Handler};
pub use happening::{Happening, HappeningKind};
pub use html::{STYLE, html, sheet};
pub use json::json;
pub use line::{BookLine, SoundSource};
pub use names::names;
pub use occurrence::{Occurrence, joined};
pub use period::Period;
pub use prints::Prints;
pub use stamp::BookStamp;
pub use text::{Shown, text};
pub use total::{CampaignTotal, ZoneTotal};
pub use xlsx::xlsx;
