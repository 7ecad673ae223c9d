//! What a user sees, one file per thing.

mod journal;
