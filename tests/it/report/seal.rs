//! The paper held against the journal.
