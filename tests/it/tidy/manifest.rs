//! What the manifests name: nothing that touches the world lies below what decides, and the centre links no sound.

use std::collections::BTreeSet;
use std::path::Path;

use toml::{Table, Value};

use super::none;

/// What `src/core` may name: each makes values of values. Of four sorts there is none, since the compiler then keeps what no
/// test could (decision 43):
/// - no file (`loa-site`, rustix, tempfile): texts come in as arguments, so that a plan is the same on any machine and what is
///   previewed is what plays;
/// - no database (rusqlite): what the journal holds comes in as facts, and so a plan needs no journal;
/// - no device (cpal, rodio, gpiocdev, `loa-sound`): days are simulated without a card, and who judges a bundle links none;
/// - no runtime (tokio, futures): time comes in as an argument, and nothing waits for anything.
const CORE: &[&str] = &[
    "annotate-snippets",
    "chrono",
    "cron",
    "ed25519-dalek",
    "jiff",
    "serde",
    "serde_json",
    "sha2",
    "strsim",
    "toml",
    "unicode-normalization",
];

/// What sounds. The centre of a fleet runs where there is no card, and is built where there is no ALSA.
const SOUND: &[&str] = &["alsa", "cpal", "loa-sound", "rodio", "symphonia"];

/// The manifest of the crate in `directory`, relative to the repository.
fn manifest(directory: &str) -> Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory).join("Cargo.toml");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.parse::<Table>().unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What a crate is built with: the names in its manifest, those for one platform too, those for its tests not.
fn dependencies(manifest: &Table) -> Vec<(&str, &Value)> {
    let platforms = manifest.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values);
    let tables = std::iter::once(manifest).chain(platforms.filter_map(Value::as_table));
    let named = tables.flat_map(|table| ["dependencies", "build-dependencies"].map(|kind| table.get(kind)));
    let named = named.flatten().filter_map(Value::as_table).flatten();
    named.map(|(name, value)| (name.as_str(), value)).collect()
}

/// Where the crate `name` of this workspace lies; none for others' packages.
fn own_directory<'a>(workspace: &'a Table, name: &str) -> Option<&'a str> {
    workspace["workspace"]["dependencies"].get(name)?.get("path")?.as_str()
}

/// Each crate of this workspace that the one in `directory` is built with, itself included, with all that it names.
fn built_with(directory: &str) -> Vec<(String, BTreeSet<String>)> {
    let workspace = manifest("");
    let mut found: Vec<(String, BTreeSet<String>)> = Vec::new();
    let mut to_read = vec![directory.to_owned()];
    while let Some(directory) = to_read.pop() {
        if found.iter().any(|(known, _)| *known == directory) {
            continue;
        }
        let read = manifest(&directory);
        let named = dependencies(&read);
        // A path of its own would be a way past the list of the workspace.
        let aside = named.iter().find(|(_, value)| value.get("path").is_some());
        assert!(aside.is_none(), "{directory}: name crates of the workspace by `.workspace = true`: {aside:?}");
        to_read.extend(named.iter().filter_map(|(name, _)| own_directory(&workspace, name)).map(str::to_owned));
        found.push((directory, named.into_iter().map(|(name, _)| name.to_owned()).collect()));
    }
    found
}

#[test]
fn what_decides_has_nothing_below_it_that_touches_the_world() {
    let read = manifest("src/core");
    let named: BTreeSet<&str> = dependencies(&read).into_iter().map(|(name, _)| name).collect();
    let listed: BTreeSet<&str> = CORE.iter().copied().collect();
    assert_eq!(
        named, listed,
        "the left stands in src/core/Cargo.toml, the right is CORE of tests/it/tidy/manifest.rs: \
         what opens files, a database, a device or a runtime belongs into a crate above"
    );
    // With its default features chrono asks the machine what time it is.
    assert_eq!(read["dependencies"]["chrono"]["default-features"], Value::Boolean(false));
}

#[test]
fn the_centre_is_built_without_sound() {
    let findings: Vec<String> = built_with("src/collect")
        .into_iter()
        .flat_map(|(directory, named)| named.into_iter().map(move |name| (directory.clone(), name)))
        .filter(|(_, name)| SOUND.contains(&name.as_str()))
        .map(|(directory, name)| format!("{directory}/Cargo.toml: `{name}`: the centre would be linked with sound"))
        .collect();
    none(&findings);
    // The way is really walked: through a crate of ours, and to where there is sound.
    let names = |from: &str, name: &str| built_with(from).iter().any(|(_, named)| named.contains(name));
    assert!(names("src/collect", "annotate-snippets") && names("src/console", "cpal"));
}

#[test]
fn no_fuzz_target_links_the_page_or_the_commands() {
    let read = manifest("fuzz");
    let whole: Vec<&str> = dependencies(&read).into_iter().map(|(name, _)| name).collect();
    assert!(!whole.contains(&"loa") && !whole.contains(&"loa-console"), "a target names what it needs: {whole:?}");
}
