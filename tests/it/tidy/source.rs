//! Source files, and what their code says: comments, strings and test modules are left out.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The directories of `src/` whose own directories are the rooms; each other one is a room itself.
pub(super) const CRATES_OF_ROOMS: [&str; 4] = ["core", "daemons", "records", "sound"];

/// A file of the repository.
pub(super) struct Source {
    /// Relative to the repository, with `/`.
    pub(super) path: String,
    /// As on disk.
    pub(super) text: String,
    /// See [`Source::code`]: made once, since a hundred words are looked for in each file.
    code: OnceLock<String>,
    /// See [`Source::tokens`]: where each lies in the code, with its line.
    tokens: OnceLock<Vec<(usize, Range<usize>)>>,
}

/// The Rust files of the program, by path: read once for all tests of a process. Never empty.
pub(super) fn sources() -> &'static [Source] {
    static FILES: OnceLock<Vec<Source>> = OnceLock::new();
    FILES.get_or_init(|| rust_files("src"))
}

/// Those of its tests in `tests`.
pub(super) fn test_sources() -> &'static [Source] {
    static FILES: OnceLock<Vec<Source>> = OnceLock::new();
    FILES.get_or_init(|| rust_files("tests"))
}

/// The Rust files under `directory`, by path, to keep. Never empty.
pub(super) fn rust_files(directory: &str) -> Vec<Source> {
    let files = read(&[directory], &["rs"]);
    assert!(!files.is_empty(), "no Rust files under {directory}: this test looks in the wrong place");
    files
}

/// The text of each file of the program, up to its tests. The centre's is another one, which has no codes.
pub(crate) fn program() -> Vec<String> {
    let text = |source: &Source| source.text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
    program_files().map(text).collect()
}

/// The code of the same files, without comments and strings.
pub(crate) fn program_code() -> Vec<&'static str> {
    program_files().map(Source::code).collect()
}

fn program_files() -> impl Iterator<Item = &'static Source> {
    let is_test = |source: &Source| source.path.contains("/tests/") || source.file_name().contains("test");
    let is_own = |source: &Source| !source.path.starts_with("src/collect/");
    sources().iter().filter(move |source| !is_test(source) && is_own(source))
}

/// Everything that people read: sources, documents, schedules, scripts.
pub(super) fn text_files() -> Vec<Source> {
    read(
        &[
            "src",
            "tests",
            "benches",
            "docs",
            "deploy",
            "schedules",
            "audio",
            ".ci",
            "CONTRIBUTING.md",
            "README.md",
            "CHANGELOG.md",
            "Cargo.toml",
            "loa.toml",
        ],
        &["rs", "md", "toml", "txt", "service", "conf", "snap", ""],
    )
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(places: &[&str], extensions: &[&str]) -> Vec<Source> {
    let mut paths = Vec::new();
    for place in places {
        walk(&root().join(place), &mut paths);
    }
    paths.sort();
    let wanted = |path: &PathBuf| extensions.contains(&path.extension().and_then(|e| e.to_str()).unwrap_or_default());
    paths
        .into_iter()
        .filter(wanted)
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let relative = path.strip_prefix(root()).expect("walked from the root");
            Source::new(relative.to_string_lossy().replace('\\', "/"), text)
        })
        .collect()
}

fn walk(place: &Path, into: &mut Vec<PathBuf>) {
    if place.is_file() {
        into.push(place.to_owned());
    } else if let Ok(entries) = place.read_dir() {
        for entry in entries {
            walk(&entry.expect("a readable directory").path(), into);
        }
    }
}

impl Source {
    pub(super) fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into(), code: OnceLock::new(), tokens: OnceLock::new() }
    }

    /// The room it lies in: a directory of `src/`, or of a crate in there.
    pub(super) fn room(&self) -> Option<&str> {
        let within = self.path.strip_prefix("src/")?;
        let of_crate = CRATES_OF_ROOMS.into_iter().find_map(|name| within.strip_prefix(name)?.strip_prefix('/'));
        of_crate.unwrap_or(within).split_once('/').map(|(room, _)| room)
    }

    /// The last part of its path.
    pub(super) fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// How long it is up to its test module.
    pub(super) fn lines_without_tests(&self) -> usize {
        self.code().lines().count()
    }

    /// The lines whose code holds `mark`, test modules included.
    pub(super) fn lines_with(&self, mark: &str) -> Vec<usize> {
        if !self.text.contains(mark) {
            return Vec::new();
        }
        let code = blanked(&self.text);
        code.lines().enumerate().filter(|(_, line)| line.contains(mark)).map(|(index, _)| index + 1).collect()
    }

    /// The same with test modules left out. A mark counts where no letter stands before it: `print!(` is not in
    /// `eprint!(`.
    pub(super) fn code_lines_with(&self, mark: &str) -> Vec<usize> {
        let says = |line: &str| {
            line.match_indices(mark).any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
        };
        if !self.text.contains(mark) {
            return Vec::new();
        }
        self.code().lines().zip(1..).filter(|(line, _)| says(line)).map(|(_, number)| number).collect()
    }

    /// The lines whose code says the path `word` (`std::fs`, `cpal`), spelled out or in a group.
    pub(super) fn lines_with_path(&self, word: &str) -> Vec<usize> {
        let (head, last) = word.rsplit_once("::").unwrap_or(("", word));
        if !self.code().contains(last) {
            return Vec::new();
        }
        let tokens = self.tokens();
        let mut lines: Vec<usize> = if head.is_empty() {
            paths_after(&tokens, last).into_iter().filter(|(_, at_root, _)| *at_root).map(|(line, ..)| line).collect()
        } else {
            paths_after(&tokens, head).into_iter().filter(|(.., next)| next == last).map(|(line, ..)| line).collect()
        };
        lines.dedup();
        lines
    }

    /// The lines whose code uses one of `rooms` through `crate::` or `super::`, with the room.
    pub(super) fn rooms_used<'a>(&self, rooms: &[&'a str]) -> Vec<(usize, &'a str)> {
        let tokens = self.tokens();
        let mut used: Vec<(usize, &'a str)> = ["crate", "super"]
            .iter()
            .flat_map(|head| paths_after(&tokens, head).into_iter().map(move |found| (*head, found)))
            .filter(|(head, (.., next))| *head == "crate" || !self.has_neighbour(next))
            .filter_map(|(_, (line, _, next))| rooms.iter().find(|room| **room == next).map(|room| (line, *room)))
            .collect();
        used.sort_unstable();
        used.dedup();
        used
    }

    /// A module of this name lies in its own room: that is the one `super::` leads to.
    fn has_neighbour(&self, name: &str) -> bool {
        let Some(room) = self.room() else { return false };
        let up = Path::new(&self.path).ancestors().skip(1);
        let own = up.take_while(|directory| directory.components().any(|part| part.as_os_str() == room));
        own.map(|directory| root().join(directory).join(name))
            .any(|path| path.is_dir() || path.with_extension("rs").is_file())
    }

    /// Every path that its code imports, or that begins with `crate`, `self` or `super`, with the name that it has there.
    pub(super) fn paths(&self) -> Vec<(Vec<String>, String)> {
        let tokens = self.tokens();
        let mut found = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let token = tokens[at].1;
            let begins = at == 0 || !matches!(tokens[at - 1].1, "::" | "in");
            if token == "use" {
                at = tree(&tokens, at + 1, &[], &mut found);
            } else if begins && matches!(token, "crate" | "self" | "super") && is_joined(&tokens, at + 1) {
                let mut path = vec![token.to_owned()];
                at += 1;
                while is_joined(&tokens, at) && tokens.get(at + 1).is_some_and(|next| is_name(next.1)) {
                    path.push(tokens[at + 1].1.to_owned());
                    at += 2;
                }
                let name = path.last().cloned().unwrap_or_default();
                found.push((path, name));
            }
            at += 1;
        }
        found
    }

    /// The types that it shows to other files.
    pub(super) fn public_types(&self) -> Vec<String> {
        let tokens = self.tokens();
        let is_kind = |word: &str| matches!(word, "struct" | "enum" | "trait" | "type" | "union");
        let is_shown = |at: usize| {
            let before = at.checked_sub(1).map_or("", |before| tokens[before].1);
            before == "pub" || before == ")" && tokens[..at].iter().rev().take(8).any(|token| token.1 == "pub")
        };
        let kinds = (0..tokens.len()).filter(|at| is_kind(tokens[*at].1) && is_shown(*at));
        kinds.filter_map(|at| tokens.get(at + 1)).map(|token| token.1.to_owned()).collect()
    }

    /// Comments and strings blanked, everything from the test module on left out.
    fn code(&self) -> &str {
        self.code.get_or_init(|| self.spoken())
    }

    /// Its words and signs, each with its line.
    fn tokens(&self) -> Vec<(usize, &str)> {
        let code = self.code();
        let places = self.tokens.get_or_init(|| places(code));
        places.iter().map(|(line, place)| (*line, &code[place.clone()])).collect()
    }

    fn spoken(&self) -> String {
        if self.file_name() == "tests.rs" || self.path.ends_with("_test.rs") || self.path.contains("/tests/") {
            return String::new();
        }
        let code = blanked(&self.text);
        let end = code.match_indices("#[cfg(test)]").map(|(at, _)| at).find(|at| {
            let rest = code[*at + "#[cfg(test)]".len()..].trim_start();
            rest.starts_with("mod ") && rest.split_once('{').is_some_and(|(head, _)| !head.contains(';'))
        });
        code[..end.unwrap_or(code.len())].to_owned()
    }
}

/// Every `head::next` in `code`, as (line, whether `head` begins the path, next). In a group
/// (`head::{a, b::c}`) once for each member. `super::super::next` counts as `super::next`.
fn paths_after(tokens: &[(usize, &str)], head: &str) -> Vec<(usize, bool, String)> {
    let is = |index: usize, text: &str| tokens.get(index).is_some_and(|token| token.1 == text);
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = (from..tokens.len()).find(|index| matches(tokens, *index, head)) {
        let length = head.split("::").count() * 2 - 1;
        from = at + length;
        let at_root = !(at > 0 && is(at - 1, "::") && at > 1 && is_name(tokens[at - 2].1));
        let line = tokens[at].0;
        let imported = at > 0 && is(at - 1, "use") && !is(from, "::");
        if imported {
            found.push((line, at_root, String::new()));
        }
        if !is(from, "::") {
            continue;
        }
        if !is(from + 1, "{") {
            found.push((line, at_root, tokens.get(from + 1).map_or_else(String::new, |token| token.1.to_owned())));
            continue;
        }
        found.extend(members(&tokens[from + 1..]).into_iter().map(|(line, name)| (line, at_root, name)));
    }
    found
}

/// The first names of the members of the group that `tokens` begins with: `{a, b::c, d::{e}}` has a, b and d.
fn members(tokens: &[(usize, &str)]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut depth = 0_usize;
    let mut before = "";
    for (line, token) in tokens {
        match *token {
            "{" => depth += 1,
            "}" => depth -= 1,
            name if depth == 1 && is_name(name) && matches!(before, "{" | ",") => found.push((*line, name.to_owned())),
            _ => {}
        }
        if depth == 0 {
            break;
        }
        before = token;
    }
    found
}

fn matches(tokens: &[(usize, &str)], at: usize, head: &str) -> bool {
    head.split("::").enumerate().all(|(index, name)| {
        let place = at + index * 2;
        let joined = index == 0 || tokens.get(place - 1).is_some_and(|token| token.1 == "::");
        joined && tokens.get(place).is_some_and(|token| token.1 == name)
    })
}

fn is_joined(tokens: &[(usize, &str)], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| token.1 == "::")
}

/// The paths of a `use` whose tree begins at `at`, below `prefix`; returns the place behind it.
fn tree(tokens: &[(usize, &str)], at: usize, prefix: &[String], found: &mut Vec<(Vec<String>, String)>) -> usize {
    let (mut at, mut path) = (at, prefix.to_vec());
    while let Some((_, token)) = tokens.get(at) {
        match *token {
            "{" => {
                at += 1;
                while tokens.get(at).is_some_and(|token| token.1 != "}") {
                    at = tree(tokens, at, &path, found);
                    at += usize::from(tokens.get(at).is_some_and(|token| token.1 == ","));
                }
                return at + 1;
            }
            "::" => at += 1,
            "*" => {
                path.push("*".to_owned());
                found.push((path, "*".to_owned()));
                return at + 1;
            }
            name if is_name(name) && name != "as" => {
                path.push(name.to_owned());
                at += 1;
                if is_joined(tokens, at) {
                    continue;
                }
                let is_renamed = tokens.get(at).is_some_and(|token| token.1 == "as");
                let shown = if is_renamed { tokens.get(at + 1).map_or("_", |token| token.1) } else { name };
                // `x::{self}` brings x.
                let named =
                    if shown == "self" { path.iter().rev().nth(1).map_or("self", String::as_str) } else { shown };
                let named = named.to_owned();
                found.push((path, named));
                return at + if is_renamed { 2 } else { 0 };
            }
            // Something that is no path: leave it.
            _ => return at + 1,
        }
    }
    at
}

fn is_name(token: &str) -> bool {
    token.chars().next().is_some_and(|first| first.is_alphabetic() || first == '_')
}

/// Names, `::` and single marks, each with its line from 1.
fn places(code: &str) -> Vec<(usize, Range<usize>)> {
    let mut found = Vec::new();
    let mut line = 1;
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let length = if first.is_alphanumeric() || first == '_' {
            rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        if first == '\n' {
            line += 1;
        } else if !first.is_whitespace() {
            let from = code.len() - rest.len();
            found.push((line, from..from + length));
        }
        rest = &rest[length..];
    }
    found
}

/// `text` with comments, strings and characters replaced by spaces; lines stay where they are.
fn blanked(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = unspoken(rest, code.chars().next_back());
        if length == 0 {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            code.extend(rest[..length].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
            rest = &rest[length..];
        }
    }
    code
}

/// The length in bytes of the comment, string or character that `rest` begins with; 0 if none.
fn unspoken(rest: &str, before: Option<char>) -> usize {
    let within_name = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return block_comment(rest);
    }
    if rest.starts_with('"') {
        return quoted(rest, '"');
    }
    if !within_name && let Some(raw) = rest.strip_prefix('r').or_else(|| rest.strip_prefix("br")) {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if raw[hashes..].starts_with('"') {
            let closing = format!("\"{}", "#".repeat(hashes));
            let opening = rest.len() - raw.len() + hashes + 1;
            return rest[opening..].find(&closing).map_or(rest.len(), |at| opening + at + closing.len());
        }
    }
    if let Some(after) = rest.strip_prefix('\'') {
        let mut next = after.chars();
        let character = next.next().unwrap_or_default();
        // A lifetime has no closing quote after one character.
        if character == '\\' || next.next() == Some('\'') {
            return quoted(rest, '\'');
        }
    }
    0
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        let here = &rest[at..];
        if here.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += here.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if character == '\\' {
            escaped = true;
        } else if character == quote {
            return at + quote.len_utf8();
        }
    }
    rest.len()
}
