//! Damaged copies of good files, by seed: the short run of what `fuzz/` does by coverage, on the same code.

#[path = "../../../fuzz/judge/journal.rs"]
mod journal;
#[path = "../../../fuzz/judge/protocol.rs"]
mod protocol;
#[path = "../../../fuzz/judge/text.rs"]
mod text;

use std::fs;
use std::path::Path;

use super::{Dice, long_form};

/// Set to a number of damaged copies for each target, it makes the run a long one.
const LONG: &str = "LOA_MUTANTS";
/// A copy grows to no more: the fuzzer's own limit.
const LONGEST: usize = 64 * 1024;

/// The files that the fuzzer begins with.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files: Vec<_> = fs::read_dir(dir).unwrap().map(|file| file.unwrap().path()).collect();
    files.retain(|file| file.file_name().unwrap().to_string_lossy().starts_with("whole"));
    files.sort();
    assert!(!files.is_empty(), "{target} has no corpus");
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// One of the files, with one to eight wounds.
fn mutant(files: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    const WORDS: &[&[u8]] =
        &[b"\0", b"\xFF\xFF\xFF\xFF", b"[[", b"\"\"\"", b"99999999999999999999", b"{", b"..", b"\xEF\xBB\xBF"];
    let mut bytes = files[dice.below(files.len())].clone();
    for _ in 0..=dice.below(8) {
        let at = dice.below(bytes.len() + 1);
        let to = (at + dice.below(64)).min(bytes.len());
        match dice.below(6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
            1 if at < bytes.len() => bytes[at] = dice.below(256) as u8,
            2 => drop(bytes.drain(at..to)),
            3 => bytes.truncate(at),
            4 => {
                let other = &files[dice.below(files.len())];
                let from = dice.below(other.len());
                let piece = other[from..(from + dice.below(200)).min(other.len())].to_vec();
                bytes.splice(at..at, piece);
            }
            _ => drop(bytes.splice(at..at, WORDS[dice.below(WORDS.len())].iter().copied())),
        }
    }
    bytes.truncate(LONGEST);
    bytes
}

/// Judge the files themselves and so many damaged copies; what fails prints its bytes.
fn run(target: &str, short: u64, judge: impl Fn(&[u8])) {
    let files = corpus(target);
    for file in &files {
        judge(file);
    }
    for seed in 1..=long_form(LONG).unwrap_or(short) {
        let bytes = mutant(&files, &mut Dice::new(seed));
        let judged = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| judge(&bytes)));
        assert!(judged.is_ok(), "{target}, seed {seed}: {:?}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn no_damaged_schedule_brings_the_reading_down() {
    run("schedule", 400, text::schedule);
}

#[test]
fn no_damaged_loa_toml_brings_the_reading_down() {
    run("station", 1_000, text::loa_toml);
}

#[test]
fn no_line_on_the_socket_is_more_than_refused() {
    run("protocol", 5_000, protocol::line);
}

#[test]
#[ignore = "long"]
fn no_bytes_keep_a_daemon_from_a_journal_that_verifies() {
    let dir = tempfile::tempdir().unwrap();
    run("journal", 150, |bytes| journal::file(dir.path(), bytes));
}
