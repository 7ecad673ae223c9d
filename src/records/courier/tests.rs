//! Bundles on a real directory: the power goes before every write, and sticks are not what they say.

mod bench;
mod cut;
mod install;
mod stick;
