//! Any bytes whatever, as a schedule and as `loa.toml`: no panic, and what is said lies in the text.

use std::fs;

use loa::diag::{Colours, Lang, json, render};
use loa::disk;
use proptest::prelude::*;

use super::directory::Place;
use super::{GOOD, STATION, TODAY, read};

/// Read bytes as both kinds of file, show what is wrong, and hold that every place lies in the text.
fn survive(bytes: &[u8]) {
    let place = Place::new();
    fs::write(place.0.path().join("loa.toml"), bytes).unwrap();
    place.write("a.toml", bytes);
    let (station, mut found, mut sources) = disk::station::load(place.0.path());
    assert!(!station.zones.is_empty());
    let loaded = disk::schedule::load(place.0.path(), &station, TODAY);
    found.extend(loaded.diagnostics);
    sources.extend(loaded.sources);
    for one in &found {
        let source = sources.iter().find(|source| source.path == one.file).unwrap();
        assert!(
            one.span.as_ref().is_none_or(|span| span.start <= span.end && span.end <= source.text.len()),
            "{one:?}"
        );
        assert_eq!(one.span.is_some(), one.line > 0 && one.column > 0, "{one:?}");
        assert!(one.help.is_some() || one.code == "too_many_problems", "no cure: {one:?}");
    }
    for lang in [Lang::Vi, Lang::En] {
        let shown = render(&found, &sources, lang, Colours::Plain);
        assert!(!shown.contains('\u{1b}'), "{shown}");
        json(&found, lang).unwrap();
    }
}

#[test]
#[ignore = "long"]
fn a_file_cut_anywhere_is_read_without_a_panic() {
    for file in [GOOD, STATION] {
        for at in 0..=file.len() {
            survive(&file.as_bytes()[..at]);
        }
    }
}

/// What people and machines do to a file.
fn mutated(good: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just("\"".to_owned()),
        Just("“".to_owned()),
        Just("[".to_owned()),
        Just("]]\n".to_owned()),
        Just("\r\n".to_owned()),
        Just("\u{a0}".to_owned()),
        Just("\u{1b}[31m".to_owned()),
        Just("-".to_owned()),
        Just("..".to_owned()),
        Just("999999999999999999999".to_owned()),
        Just("'''".to_owned()),
        any::<String>(),
    ];
    let edits = prop::collection::vec((any::<prop::sample::Index>(), 0..12_usize, piece), 1..6);
    edits.prop_map(move |edits| {
        let mut bytes = good.as_bytes().to_vec();
        for (at, cut, piece) in edits {
            let at = at.index(bytes.len() + 1);
            let end = (at + cut).min(bytes.len());
            bytes.splice(at..end, piece.into_bytes());
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_bring_the_reading_down(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        survive(&bytes);
    }

    #[test]
    fn no_edit_of_a_schedule_brings_the_reading_down(bytes in mutated(GOOD)) {
        survive(&bytes);
    }

    #[test]
    fn no_line_of_cron_brings_the_reading_down(
        fields in prop::collection::vec("[*?]|[0-9]{1,2}|[0-9]{1,4}-[0-9]{1,4}|[*0-9]{1,3}/[0-9]{1,3}|(Mon|Fri|sun|Jan|[0-9]{1,2})(,[0-9]{1,2}|-Thu|#2|L|W){0,3}", 4..9),
    ) {
        let cron = fields.join(" ");
        let (schedule, found) = read(&format!("[[broadcast]]\nid = \"a\"\ncron = \"{cron}\"\nplay = \"a\"\n"));
        let errors = found.iter().filter(|one| one.is_error()).count();
        prop_assert_eq!(schedule.broadcasts.len() + errors, 1, "{} {:?}", cron, found);
    }

    #[test]
    fn no_edit_of_loa_toml_brings_the_reading_down(bytes in mutated(STATION)) {
        survive(&bytes);
    }
}
