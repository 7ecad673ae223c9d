//! Bytes as a schedule file. What must hold is in `judge/text.rs`, which `cargo test` runs too.

#![no_main]

#[path = "../judge/text.rs"]
mod text;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| text::schedule(bytes));
