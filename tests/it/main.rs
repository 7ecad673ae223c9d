//! What a user sees, from outside.

mod broken;
