//! The house keeps itself tidy: which room may use which, where the outside world may be touched,
//! how long a file may be. What is allowed stands in `table`; how sources are read in `source`. A
//! failure names file and line, and what to do about it.

mod circle;
mod licence;
mod manifest;
pub(crate) mod source;
mod table;

use std::collections::BTreeSet;

use circle::House;
use source::Source;
use table::{
    CIRCLES, DEVELOPER_PATHS, HOMONYMS, LAYOUT, LONG_FILES, MAX_LINES, PRINTING, ROOMS, STREAM_DOORS, STREAMS,
    TOLD_PATHS, UNFINISHED, VAGUE_NAMES, WORDS,
};

/// Fails with every finding at once.
fn none(findings: &[String]) {
    assert!(findings.is_empty(), "\n\n{}\n", findings.join("\n"));
}

/// Whether `path` is `door`, or lies in the directory `door` (written with a `/` at its end).
fn behind(path: &str, door: &str) -> bool {
    if door.ends_with('/') { path.starts_with(door) } else { path == door }
}

/// Whether this line leaves a test to another test, which runs it in a process of its own and kills it, or to the second
/// round of `.ci/run`, since it takes long.
fn is_run_elsewhere(source: &Source, line: usize) -> bool {
    let said = source.text.lines().nth(line - 1).and_then(|text| text.trim_start().strip_prefix("#[ignore = \""));
    said.is_some_and(|said| said.starts_with("run by ") || said == "long\"]")
}

/// Whether `line` names `path`. After a colon it is a field of /etc/passwd, as a test may write it.
fn names(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| !line[..at].ends_with(':'))
}

fn arrow_findings(source: &Source) -> Vec<String> {
    let Some(room) = source.room() else { return Vec::new() };
    let Some((_, may_use)) = ROOMS.iter().find(|(name, _)| *name == room) else {
        return vec![format!(
            "{}:1: the room `{room}` is not in ROOMS of tests/it/tidy/table.rs: add it, with the rooms it may use",
            source.path
        )];
    };
    let names: Vec<&str> = ROOMS.iter().map(|(name, _)| *name).collect();
    source
        .rooms_used(&names)
        .into_iter()
        .filter(|(_, used)| *used != room && !may_use.contains(used))
        .map(|(line, used)| {
            format!(
                "{}:{line}: `{room}` may not use `{used}`: move the code up to a room that may, or pass what it needs in as an argument (allowed: {})",
                source.path,
                may_use.join(", ")
            )
        })
        .collect()
}

fn word_findings(source: &Source) -> Vec<String> {
    let mut findings = Vec::new();
    for (word, doors) in WORDS {
        if doors.iter().any(|door| behind(&source.path, door)) {
            continue;
        }
        if let Some(line) = source.lines_with_path(word).first() {
            findings.push(format!(
                "{}:{line}: `{word}` outside its doors: go through one of [{}], or, if this file is a door, add it to WORDS in tests/it/tidy/table.rs",
                source.path,
                doors.join(", ")
            ));
        }
    }
    findings
}

#[test]
fn rooms_use_only_the_rooms_below_them() {
    let findings: Vec<String> = source::sources().iter().flat_map(arrow_findings).collect();
    none(&findings);
}

#[test]
fn no_two_rooms_may_use_each_other() {
    let mut findings = Vec::new();
    for (room, may_use) in ROOMS {
        for used in *may_use {
            match ROOMS.iter().find(|(name, _)| name == used) {
                None => findings.push(format!("ROOMS: `{room}` names `{used}`, which is no room")),
                Some((_, back)) if back.contains(room) => {
                    findings.push(format!("ROOMS: `{room}` and `{used}` may use each other: take one arrow away"));
                }
                Some(_) => {}
            }
        }
    }
    none(&findings);
}

#[test]
fn files_of_a_room_use_each_other_in_one_direction() {
    let found = House::whole().circles();
    let listed: BTreeSet<Vec<String>> =
        CIRCLES.iter().map(|circle| circle.iter().map(|&path| path.to_owned()).collect()).collect();
    let is_within = |circle: &Vec<String>| listed.iter().any(|known| circle.iter().all(|path| known.contains(path)));
    let mut findings: Vec<String> = found
        .iter()
        .filter(|circle| !is_within(circle))
        .map(|circle| {
            let files = circle.join(", ");
            format!("{files}: they use each other in a circle: move what they share into a file below them")
        })
        .collect();
    let smaller = listed.iter().filter(|circle| !found.contains(*circle));
    findings.extend(smaller.map(|circle| {
        format!(
            "CIRCLES in tests/it/tidy/table.rs: {} are no circle any more: take it out, or those that are",
            circle.join(", ")
        )
    }));
    none(&findings);
}

#[test]
fn the_name_of_a_type_stands_in_one_room() {
    let found = House::whole().homonyms();
    let mut findings = Vec::new();
    for (name, rooms) in &found {
        let rooms: Vec<&str> = rooms.iter().map(String::as_str).collect();
        match HOMONYMS.iter().find(|(known, _)| known == name) {
            None => findings.push(format!(
                "`{name}` stands in several rooms ({}): who searches for it finds another",
                rooms.join(", ")
            )),
            Some((_, known)) if rooms.iter().any(|room| !known.contains(room)) => {
                findings.push(format!(
                    "`{name}` stands in one more room ({}): give it a name of its own",
                    rooms.join(", ")
                ));
            }
            Some((_, known)) if known.len() > rooms.len() => {
                findings
                    .push(format!("HOMONYMS: `{name}` stands in fewer rooms now ({}): say so there", rooms.join(", ")));
            }
            Some(_) => {}
        }
    }
    let gone = HOMONYMS.iter().filter(|(name, _)| !found.contains_key(*name));
    findings.extend(gone.map(|(name, _)| format!("HOMONYMS: `{name}` stands in one room only: take it out")));
    none(&findings);
}

#[test]
fn the_outside_world_is_reached_only_through_its_doors() {
    let findings: Vec<String> = source::sources().iter().flat_map(word_findings).collect();
    none(&findings);
}

#[test]
fn every_listed_door_is_still_used() {
    let sources = source::sources();
    let mut findings = Vec::new();
    for (word, doors) in WORDS {
        for door in *doors {
            let used =
                sources.iter().any(|source| behind(&source.path, door) && !source.lines_with_path(word).is_empty());
            if !used {
                findings
                    .push(format!("WORDS in tests/it/tidy/table.rs: `{door}` no longer says `{word}`: take it out"));
            }
        }
    }
    none(&findings);
}

#[test]
fn every_module_opens_with_its_paragraph() {
    let findings: Vec<String> = source::sources()
        .iter()
        .filter(|source| ["mod.rs", "lib.rs", "main.rs"].contains(&source.file_name()))
        .filter(|source| !source.text.starts_with("//! "))
        .map(|source| {
            format!(
                "{}:1: begin the file with a `//!` paragraph: its purpose, what it never does, who calls it",
                source.path
            )
        })
        .collect();
    none(&findings);
}

#[test]
fn tests_that_the_list_of_what_was_tried_names_are_there() {
    let texts: Vec<&source::Source> = source::sources().iter().chain(source::test_sources()).collect();
    // Between backticks, and longer than a name of anything else.
    let named: Vec<&str> = include_str!("../../docs/tried.md")
        .split('`')
        .filter(|word| word.len() > 24 && word.bytes().all(|c| c.is_ascii_lowercase() || c == b'_'))
        .collect();
    assert!(named.len() > 50, "the list has another form: {named:?}");
    let gone = named.iter().filter(|name| !texts.iter().any(|text| text.text.contains(&format!("fn {name}("))));
    none(&gone.map(|name| format!("docs/tried.md: there is no test `{name}`")).collect::<Vec<_>>());
}

#[test]
fn files_stay_short() {
    let sources = source::sources();
    let mut findings = Vec::new();
    for source in sources {
        let lines = source.lines_without_tests();
        let listed = LONG_FILES.iter().any(|(path, _)| *path == source.path);
        if lines > MAX_LINES && !listed {
            findings.push(format!(
                "{}:{MAX_LINES}: {lines} lines without tests, more than {MAX_LINES}: split it by its types, or list it in LONG_FILES with the reason",
                source.path
            ));
        } else if lines <= MAX_LINES && listed {
            findings.push(format!("LONG_FILES: {} is short again ({lines} lines): take it out", source.path));
        }
    }
    for (path, _) in LONG_FILES {
        if !sources.iter().any(|source| source.path == *path) {
            findings.push(format!("LONG_FILES: {path} is gone: take it out"));
        }
    }
    none(&findings);
}

#[test]
fn nothing_is_left_unfinished() {
    let mut findings = Vec::new();
    for source in source::sources().iter().chain(source::test_sources()) {
        for (mark, cure) in UNFINISHED {
            for line in source.lines_with(mark).into_iter().filter(|line| !is_run_elsewhere(source, *line)) {
                findings.push(format!("{}:{line}: `{mark}`: {cure}", source.path));
            }
        }
    }
    none(&findings);
}

fn printing_findings(source: &Source) -> Vec<String> {
    let is_door = STREAM_DOORS.contains(&source.path.as_str());
    let marks = PRINTING.iter().chain(STREAMS.iter().filter(|_| !is_door));
    let cure = "print through `Page` of src/cli/page.rs: this panics, or fails unseen, where the reader has gone";
    marks
        .flat_map(|mark| source.code_lines_with(mark).into_iter().map(move |line| (line, mark)))
        .map(|(line, mark)| format!("{}:{line}: `{mark}`: {cure}", source.path))
        .collect()
}

#[test]
fn nothing_is_printed_but_through_the_page() {
    let findings: Vec<String> = source::sources().iter().flat_map(printing_findings).collect();
    none(&findings);
    let probe = |text: &str| Source::new("src/cli/probe.rs", text);
    for text in ["fn f() { println!(\"x\") }", "fn f() { std::io::stderr().lock(); }", "fn f() { eprint!(\"{x}\") }"] {
        assert_eq!(printing_findings(&probe(text)).len(), 1, "{text}");
    }
}

#[test]
fn names_say_what_a_thing_is() {
    let mut findings = Vec::new();
    for source in source::sources().iter().chain(source::test_sources()) {
        let vague: BTreeSet<&str> =
            source.path.trim_end_matches(".rs").split(['/', '_']).filter(|word| VAGUE_NAMES.contains(word)).collect();
        for word in vague {
            findings
                .push(format!("{}:1: `{word}` says nothing: name the module after the noun it is about", source.path));
        }
    }
    none(&findings);
}

#[test]
fn no_file_names_a_path_of_somebodys_machine() {
    let mut findings = Vec::new();
    for source in source::text_files() {
        for path in DEVELOPER_PATHS {
            for (index, _) in source.text.lines().enumerate().filter(|(_, line)| names(line, path)) {
                findings.push(format!(
                    "{}:{}: `{path}` exists on one machine only: write a path relative to the station",
                    source.path,
                    index + 1
                ));
            }
        }
    }
    none(&findings);
}

/// Whether `line` makes a path of a name that the layout of a station has, or says a path in `state/` and nothing else.
fn lays_out(line: &str) -> bool {
    let joined = |name: &&str| ["\"", "/"].iter().any(|end| line.contains(&format!("join(\"{name}{end}")));
    let is_path = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c));
    let mut whole = line.match_indices("\"state/").filter_map(|(at, _)| line[at + 1..].split('"').next());
    LAYOUT.iter().any(joined) || whole.any(is_path)
}

/// The lines before the tests of `source` that lay out a station's files.
fn layout_lines(source: &Source) -> Vec<usize> {
    let lines = source.text.lines().take(source.lines_without_tests()).zip(1..);
    let code = lines.filter(|(line, _)| !line.trim_start().starts_with("//"));
    code.filter(|(line, _)| lays_out(line)).map(|(_, number)| number).collect()
}

#[test]
fn where_a_file_of_the_station_lies_is_known_to_one_room() {
    let mut findings = Vec::new();
    for source in source::sources().iter().filter(|source| !source.path.starts_with("src/site/")) {
        let lines = layout_lines(source);
        let listed = TOLD_PATHS.iter().any(|(path, _)| *path == source.path);
        if listed && lines.is_empty() {
            findings.push(format!("TOLD_PATHS: {} names no path any more: take it out", source.path));
        }
        let laid = lines.into_iter().filter(|_| !listed);
        findings.extend(laid.map(|line| {
            format!(
                "{}:{line}: ask `Site` of src/site/lib.rs where it lies; if nothing is opened by it, list it in TOLD_PATHS",
                source.path
            )
        }));
    }
    none(&findings);
    let probe = |line: &str| layout_lines(&Source::new("src/cli/probe.rs", line)).len();
    for line in ["f(dir.join(\"audio\"))", "dir.join(\"schedules/a.toml\")", "const FILE: &str = \"state/x.json\";"] {
        assert_eq!(probe(line), 1, "{line}");
    }
    for line in [
        "// dir.join(\"audio\")",
        "text!(\"state/x: {vi}\")",
        "site.link().join(\"link.json\")",
        "\"audio/mpeg\" => \"mp3\"",
    ] {
        assert_eq!(probe(line), 0, "{line}");
    }
}

/// Directories whose files are named in documents and comments.
const NAMED: [&str; 6] = ["src/", "tests/", "docs/", "deploy/", "benches/", "fuzz/"];

/// The files of the repository that `line` names.
fn files_named(line: &str) -> Vec<&str> {
    let part = |c: char| c.is_ascii_alphanumeric() || "_./-".contains(c);
    let words = line.split(|c: char| !part(c)).map(|word| word.trim_end_matches(['.', '/']));
    words.filter(|word| NAMED.iter().any(|directory| word.starts_with(directory))).collect()
}

/// What the map calls the invariants of the program, in lower case.
fn invariants() -> Vec<String> {
    let map = include_str!("../../docs/architecture.md");
    let section = map.split("\n## ").find(|section| section.starts_with("Invariants\n")).expect("its section");
    section.split("**").skip(1).step_by(2).map(|name| name.trim_end_matches('.').to_lowercase()).collect()
}

/// The invariants that a comment names: what stands behind `invariant:`; all else where it says the word without one.
fn invariants_named(line: &str) -> Vec<String> {
    let after = line.match_indices("nvariant").map(|(at, word)| &line[at + word.len()..]);
    let name = |after: &str| {
        let named = after.strip_prefix(": ").unwrap_or_default();
        named.split([')', '.', ';']).next().map(str::to_lowercase)
    };
    after.filter_map(name).collect()
}

#[test]
fn files_that_are_named_are_there_and_invariants_are_called_by_name() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut findings = Vec::new();
    let invariants = invariants();
    assert!(invariants.len() >= 9 && invariants.contains(&"the law is kept twice".to_owned()), "{invariants:?}");
    for source in source::text_files() {
        let is_document = root.join(&source.path).extension().is_some_and(|ending| ending == "md");
        for (index, line) in source.text.lines().enumerate() {
            let place = format!("{}:{}", source.path, index + 1);
            let comment = line.trim_start().starts_with("//");
            if !is_document && !comment {
                continue;
            }
            let gone = files_named(line).into_iter().filter(|file| !root.join(file).exists());
            findings.extend(gone.map(|file| format!("{place}: `{file}` is not there: name what took its place")));
            let numbered = line.split(|c: char| !c.is_alphanumeric()).collect::<Vec<_>>();
            let numbered =
                numbered.windows(2).any(|two| two[0].eq_ignore_ascii_case("rule") && two[1].parse::<u8>().is_ok());
            if comment && numbered {
                findings.push(format!("{place}: a number says nothing, and moves: call the invariant by its name"));
            }
            let named = if comment && place.starts_with("src/") { invariants_named(line) } else { Vec::new() };
            let unknown = named.into_iter().filter(|name| !invariants.contains(name));
            findings.extend(unknown.map(|name| {
                format!("{place}: `{name}` is no invariant of docs/architecture.md: write `invariant: ITS NAME`")
            }));
        }
    }
    none(&findings);
    assert_eq!(invariants_named("// So it is (invariant: the law is kept twice)."), ["the law is kept twice"]);
    let named = invariants_named("/// Invariant: A panic in the loop ends the process");
    assert_eq!(named, ["a panic in the loop ends the process"]);
    assert_eq!(invariants_named("// An invariant of the house."), [""]);
    assert!(invariants_named("// invariably").is_empty());
}

/// The checks above would pass for ever if the reader of sources were blind; here it must see.
mod sight {
    use super::*;

    fn plan(text: &str) -> Source {
        Source::new("src/core/plan/probe.rs", text)
    }

    #[test]
    fn an_arrow_upwards_is_seen_however_it_is_written() {
        for text in [
            "use crate::daemon::Handle;",
            "use crate::{\n    diag::Text,\n    daemon::{Handle, Loop},\n};",
            "fn f() { crate :: daemon :: stop() }",
            "use super::super::daemon::Handle;",
            "pub use crate::daemon;",
        ] {
            assert_eq!(arrow_findings(&plan(text)).len(), 1, "{text}");
        }
    }

    #[test]
    fn an_arrow_downwards_or_in_words_only_is_no_finding() {
        for text in [
            "use crate::schedule::Schedule;",
            "use crate::plan::Airing;",
            "/// Called by [`crate::daemon`].\nfn f() {}",
            "/* crate::daemon /* nested */ crate::daemon */",
            "const S: &str = \"crate::daemon\";",
            "const S: &str = r#\"a \" crate::daemon\"#;",
            "fn f() {}\n#[cfg(test)]\nmod tests {\n    use crate::daemon::Handle;\n}\n",
        ] {
            assert_eq!(arrow_findings(&plan(text)), Vec::<String>::new(), "{text}");
        }
    }

    fn house(files: &[(&str, &str)]) -> House {
        let source = |(path, text): &(&str, &str)| Source::new(*path, *text);
        House::of(files.iter().map(source).collect())
    }

    #[test]
    fn a_circle_is_seen_through_groups_re_exports_and_inline_paths() {
        let parent =
            ("src/plan/mod.rs", "mod a;\nmod b;\nmod c;\npub use a::{Alpha, Other as Renamed};\npub use b::Beta;\n");
        for back in [
            "use super::Alpha;",
            "use super::{Renamed, x};",
            "use crate::plan::a::{self, Y};",
            "fn f() { super::a::g() }",
        ] {
            let files = [
                parent,
                ("src/plan/a.rs", "use super::{\n    Beta,\n    c::Gamma,\n};\npub struct Alpha;"),
                ("src/plan/b.rs", back),
                ("src/plan/c.rs", "pub struct Gamma;"),
            ];
            let circles = house(&files).circles();
            assert_eq!(circles.into_iter().collect::<Vec<_>>(), [["src/plan/a.rs", "src/plan/b.rs"]], "{back}");
        }
        // A room that is a crate of its own is what `crate` stands for in it.
        let files = [
            ("src/console/lib.rs", "mod a;\nmod b;\npub use a::Alpha;\n"),
            ("src/console/a.rs", "use crate::b::Beta;\npub struct Alpha;"),
            ("src/console/b.rs", "use crate::a::Alpha;\npub struct Beta;"),
        ];
        let circles = house(&files).circles();
        assert_eq!(circles.into_iter().collect::<Vec<_>>(), [["src/console/a.rs", "src/console/b.rs"]]);
        let straight = [
            parent,
            ("src/plan/a.rs", "use super::Beta; // use super::c::Gamma\n"),
            ("src/plan/b.rs", "use super::c::Gamma;\n#[cfg(test)]\nmod tests {\n    use super::super::Alpha;\n}\n"),
            ("src/plan/c.rs", "use super::plan;\nuse crate::schedule::a;\n"),
        ];
        assert!(house(&straight).circles().is_empty());
    }

    #[test]
    fn a_name_in_two_rooms_is_seen_whoever_may_use_it() {
        let files = [
            ("src/plan/a.rs", "pub struct One;\npub(super) enum Two {}\nstruct Three;\npub fn f() {}"),
            ("src/player/b.rs", "pub(in crate::player) type One = u8;\npub(crate) trait Two {}\npub struct Three;"),
            ("src/plan/c.rs", "pub struct One;"),
        ];
        let found: Vec<String> = house(&files).homonyms().into_keys().collect();
        assert_eq!(found, ["One", "Two"]);
    }

    #[test]
    fn an_outside_word_is_seen_however_it_is_written() {
        for text in [
            "use std::fs::File;",
            "use std::{\n    fs,\n    io,\n};",
            "use std::{collections::BTreeMap, fs::{self, File}};",
            "fn f() { ::std::fs::read(\"x\") }",
            "fn f(d: cpal::Device) {}",
            "use cpal::{Device, Host};",
        ] {
            assert_eq!(word_findings(&plan(text)).len(), 1, "{text}");
        }
    }

    #[test]
    fn a_word_that_only_looks_like_it_is_no_finding() {
        for text in [
            "use std::fmt;",
            "fn f(a: char) -> bool { a == '\"' || a == '\\'' } // std::fs",
            "fn f<'a>(a: &'a str) -> &'a str { a }",
            "use crate::schedule::cron::Field;",
            "fn f() { my_cpal::open() }",
        ] {
            assert_eq!(word_findings(&plan(text)), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_finding_names_the_line() {
        let found = word_findings(&plan("//! A paragraph.\n\nuse std::fmt;\nuse std::fs;\n"));
        assert!(found[0].starts_with("src/core/plan/probe.rs:4: "), "{found:?}");
    }
}
