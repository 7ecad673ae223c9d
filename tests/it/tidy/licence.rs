//! What the lock file brings in: under which licences, and what comes in twice. Asks no network.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Licences under which loa may be given away in one piece, and why each is fine. Others have to be read
/// first.
const LICENCES: &[(&str, &str)] = &[
    ("MIT", "loa's own"),
    ("Apache-2.0", "loa's own"),
    ("Apache-2.0 WITH LLVM-exception", "Apache-2.0 with fewer duties"),
    ("BSD-2-Clause", "asks for its notice"),
    ("BSD-3-Clause", "asks for its notice"),
    ("0BSD", "asks for nothing"),
    ("ISC", "asks for its notice"),
    ("Zlib", "asks that changes be marked"),
    ("Unlicense", "asks for nothing"),
    ("Unicode-3.0", "asks for its notice; tables of letters"),
    ("CDLA-Permissive-2.0", "data: the list of authorities that the web believes; asks that its text go along"),
    ("MPL-2.0", "asks that its own files stay open: Symphonia, used as it is published"),
];

/// What stands in the lock file more than once, and on whose account.
const TWICE: &[(&str, &str)] = &[
    ("base64", "the client of NATS has not moved on; PostgreSQL's has the new one"),
    ("bit-vec", "what writes certificates has not moved on; proptest has the new one"),
    ("bitflags", "ebur128 has not moved on"),
    ("block-buffer", "as ed25519-dalek"),
    ("const-oid", "as ed25519-dalek"),
    ("cpufeatures", "as ed25519-dalek"),
    ("crypto-common", "as ed25519-dalek"),
    ("curve25519-dalek", "as ed25519-dalek"),
    ("digest", "as ed25519-dalek"),
    ("ed25519", "as ed25519-dalek"),
    ("ed25519-dalek", "the keys of NATS (nkeys) have not moved on"),
    ("fallible-iterator", "PostgreSQL's client has not moved on; SQLite's has the new one"),
    ("fiat-crypto", "as ed25519-dalek"),
    ("getrandom", "the arithmetic of TLS (ring) has not moved on"),
    ("jni-sys", "cpal on Android; built into nothing here"),
    ("phf", "the tables of time zones have not moved on; PostgreSQL's client has the new one"),
    ("phf_shared", "as phf"),
    ("r-efi", "as getrandom, where there is no Linux; built into nothing here"),
    ("rand", "phf_generator builds a table with the old one; proptest has the new one"),
    ("rand_chacha", "as rand, under WebSockets"),
    ("rand_core", "as rand"),
    ("sha2", "as ed25519-dalek"),
    ("signature", "as ed25519-dalek"),
    ("syn", "macros at build time are on their way to the new one"),
    ("synstructure", "as syn"),
    ("thiserror", "cpal on Android; built into nothing here"),
    ("thiserror-impl", "as thiserror"),
    ("wasi", "as getrandom, where there is no Linux; built into nothing here"),
    ("windows-sys", "what asks Windows for its networks has not moved on; built into nothing here"),
    ("winnow", "cron has not moved on; toml has the new one"),
];

/// Name and licence of every package that a build on this kind of machine takes in. Those of other platforms are in no
/// build here, and a machine that has just fetched what it needs does not have them.
fn packages() -> Vec<(String, String)> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--offline", "--locked", "--format-version", "1", "--filter-platform", &platform()])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo metadata");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let word = |package: &serde_json::Value, key: &str| package[key].as_str().unwrap_or_default().to_owned();
    let packages = read["packages"].as_array().expect("packages").iter();
    packages.map(|package| (word(package, "name"), word(package, "license"))).collect()
}

/// What this machine is, in the compiler's words.
fn platform() -> String {
    let output = Command::new(env!("CARGO")).args(["--version", "--verbose"]).output().expect("cargo --version");
    let said = String::from_utf8(output.stdout).expect("text");
    said.lines().find_map(|line| line.strip_prefix("host: ")).expect("cargo names its host").to_owned()
}

/// Whether some way of reading the expression has only licences that are allowed.
fn is_allowed(expression: &str) -> bool {
    let allowed = |name: &str| LICENCES.iter().any(|(known, _)| *known == name.trim_matches(['(', ')', ' ']));
    let either = |part: &str| part.replace('/', " OR ").split(" OR ").any(allowed);
    expression.split(" AND ").all(either)
}

#[test]
fn every_package_may_be_given_away_with_loa() {
    let packages = packages();
    assert!(packages.len() > 50, "{}", packages.len());
    let refused: Vec<_> = packages.iter().filter(|(_, licence)| !is_allowed(licence)).collect();
    assert!(refused.is_empty(), "read these licences, then add them to LICENCES or do without: {refused:?}");
    let unused: Vec<&str> = LICENCES
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| !packages.iter().any(|(_, licence)| licence.contains(name)))
        .collect();
    assert!(unused.is_empty(), "LICENCES names what nobody uses any more: {unused:?}");
    for (licence, fine) in [
        ("MIT OR GPL-3.0", true),
        ("MIT/Apache-2.0", true),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
        ("(MIT OR Apache-2.0) AND GPL-3.0", false),
        ("GPL-3.0", false),
        ("", false),
    ] {
        assert_eq!(is_allowed(licence), fine, "{licence}");
    }
}

#[test]
fn what_comes_in_twice_is_known_with_its_reason() {
    let lock: toml::Table = include_str!("../../../Cargo.lock").parse().expect("TOML");
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in lock["package"].as_array().expect("packages") {
        let word = |key: &str| package[key].as_str().expect("text");
        versions.entry(word("name")).or_default().insert(word("version"));
    }
    let twice: BTreeSet<&str> =
        versions.iter().filter(|(_, versions)| versions.len() > 1).map(|(name, _)| *name).collect();
    let known: BTreeSet<&str> = TWICE.iter().map(|(name, _)| *name).collect();
    assert_eq!(twice, known, "the left comes in twice; the right is what TWICE says");
}
