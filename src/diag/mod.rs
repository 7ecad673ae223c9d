//! What is wrong, where, and how to cure it: codes, spans, severities, and how they are shown as
//! text and as JSON. Every message exists in Vietnamese and in English ([`Text`]). Knows nothing of
//! schedules or sound; every room that reads what a person wrote uses it.

mod diagnostic;
mod text;

pub use diagnostic::{Diagnostic, Label, Severity, SourceFile};
pub(crate) use text::text;
pub use text::{Lang, Text};
