//! Bytes as a journal. What must hold is in `judge/journal.rs`, which `cargo test` runs too.

#![no_main]

#[path = "../judge/journal.rs"]
mod journal;

thread_local! {
    static DIR: tempfile::TempDir = tempfile::tempdir().expect("a temporary directory");
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| DIR.with(|dir| journal::file(dir.path(), bytes)));
