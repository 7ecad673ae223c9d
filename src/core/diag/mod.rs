//! What is wrong, where, and how to cure it: codes, spans, severities, and how they are shown as
//! text and as JSON. Every message exists in Vietnamese and in English ([`Text`]). Knows nothing of
//! schedules or sound; every room that reads what a person wrote uses it.

mod capital;
pub mod csv;
mod diagnostic;
pub mod document;
mod ending;
pub mod figure;
mod findings;
mod json;
mod lines;
mod near;
mod plain;
mod render;
mod shell;
mod system;
mod text;
mod unread;

pub use crate::text;
pub use capital::capital;
pub use diagnostic::{Diagnostic, Label, Severity, SourceFile};
pub use ending::ending;
pub use findings::Findings;
pub use json::json;
pub use lines::Lines;
pub use near::{fold, is_alike, is_same_name, nearest, shown, shown_whole};
pub use plain::{is_deceptive, plain, plain_lines};
pub use render::{Colours, render};
pub use shell::shell_word;
pub use system::{foreign, system};
pub use text::{Lang, Text};
pub use unread::unread;
