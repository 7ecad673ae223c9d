//! Bytes as a line on the socket. What must hold is in `judge/protocol.rs`, which `cargo test` runs too.

#![no_main]

#[path = "../judge/protocol.rs"]
mod protocol;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| protocol::line(bytes));
