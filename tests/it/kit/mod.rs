//! What the tests are built from: a sound server of their own, and an ear that reads samples.

pub(crate) mod click;
pub(crate) mod pulse;
