//! What a user would hear and see, tested from the outside. One binary: `cargo test --test it`.

mod device;
mod kit;
