//! What a user sees, tested from the outside: one binary, a file per thing.

mod journal;
mod readme;
mod shipped;
mod sound;
mod tidy;
