//! What a user of loa sees, tested from outside, in one binary: a file per thing.

mod readme;
mod shipped;
mod tidy;
