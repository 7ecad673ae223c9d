//! Everything a user sees, tested from outside in one binary.

mod sound;
