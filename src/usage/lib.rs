//! A command line in two languages: the page of help of each command, and what is wrong with a line that is no call of a command,
//! what was probably meant, and how people call it ([`ProgramWords::answer`]). Each sentence of the help stands where its argument
//! is, once, as `Tiếng Việt. | English.`. What differs between programs each of them brings along as a value ([`ProgramWords`]), and a
//! test of it finds what it has forgotten ([`ProgramWords::flaws`]). A command that is told names the directory that was named ([`with_dir`]). It prints nothing, and asks for nothing but the words of the line.

mod answer;
mod flaws;
mod line;
mod near;
mod page;
mod path;
mod said;
#[cfg(test)]
mod tests;
mod typed;
mod words;
mod wrong;

pub use answer::{UsageAnswer, early, early_language};
pub use said::in_lang;
pub use typed::{typed, with_dir};
pub use words::{InsteadOf, MeantBy, ProgramWords, SoughtWords};
