//! Which file of a room uses which: circles between them, and names of types that stand in more than one room.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::source::{CRATES_OF_ROOMS, Source, rust_files};

/// A module by its path in the crate: `["plan", "sentence", "law"]`.
type Module = Vec<String>;

/// How many re-exports a name is followed through.
const DEEP: usize = 8;

/// The files of the program, as modules that import from one another.
pub(super) struct House {
    files: BTreeMap<Module, Source>,
    /// What each imports: the path as it is written, and the name that it has there.
    imports: BTreeMap<Module, Vec<Import>>,
}

struct Import {
    path: Vec<String>,
    name: String,
}

impl House {
    /// Of these sources; tests are left out.
    pub(super) fn of(sources: Vec<Source>) -> Self {
        let is_test = |source: &Source| source.path.contains("/tests/") || source.path.ends_with("tests.rs");
        // A crate's own root names its rooms and those of the crates below, and holds nothing.
        let is_root = |source: &Source| {
            let of_crate = source.path.strip_prefix("src/").and_then(|path| path.strip_suffix("/lib.rs"));
            of_crate.is_some_and(|name| CRATES_OF_ROOMS.contains(&name))
        };
        let files: BTreeMap<Module, Source> = sources
            .into_iter()
            .filter(|source| !is_test(source) && !is_root(source))
            .map(|source| (module(&source.path), source))
            .collect();
        let imports = files.iter().map(|(module, source)| (module.clone(), imports(source))).collect();
        Self { files, imports }
    }

    /// Of all that is in `src/`.
    pub(super) fn whole() -> &'static Self {
        static HOUSE: OnceLock<House> = OnceLock::new();
        HOUSE.get_or_init(|| Self::of(rust_files("src")))
    }

    /// Files of one room that stand in a circle: each is used, over others, by what it uses. That a file uses what its
    /// own parent gathers is no finding.
    pub(super) fn circles(&self) -> BTreeSet<Vec<String>> {
        let arrows = self.arrows();
        let reach: BTreeMap<&Module, BTreeSet<&Module>> =
            arrows.keys().map(|from| (from, reachable(&arrows, from))).collect();
        let mut circles = BTreeSet::new();
        for (from, reached) in &reach {
            let back = |other: &&&Module| reach.get(**other).is_some_and(|of_other| of_other.contains(from));
            let circle: BTreeSet<&Module> = reached.iter().filter(back).copied().collect();
            if circle.len() > 1 {
                circles.insert(circle.into_iter().map(|module| self.files[module].path.clone()).collect());
            }
        }
        circles
    }

    /// Types that rooms show to their own files or to others, each with the rooms in which it stands, where these are
    /// several.
    pub(super) fn homonyms(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut rooms: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (module, source) in &self.files {
            let Some(room) = module.first() else { continue };
            for name in source.public_types() {
                rooms.entry(name).or_default().insert(room.clone());
            }
        }
        rooms.retain(|_, rooms| rooms.len() > 1);
        rooms
    }

    fn arrows(&self) -> BTreeMap<Module, BTreeSet<Module>> {
        let mut arrows: BTreeMap<Module, BTreeSet<Module>> = BTreeMap::new();
        for (from, imports) in &self.imports {
            let is_path = |import: &&Import| matches!(import.path[0].as_str(), "crate" | "self" | "super");
            for import in imports.iter().filter(is_path) {
                let Some(to) = self.resolve(from, &import.path, 0) else { continue };
                let same_room = !to.is_empty() && to.first() == from.first();
                let parent = from.len() == to.len() + 1 && from.starts_with(&to);
                if same_room && to != *from && !parent && self.files.contains_key(&to) {
                    arrows.entry(from.clone()).or_default().insert(to);
                }
            }
        }
        arrows
    }

    /// Where what `path` names is written, seen from a module.
    fn resolve(&self, from: &Module, path: &[String], depth: usize) -> Option<Module> {
        let mut path = path;
        let mut at = from.clone();
        match path.first().map(String::as_str)? {
            "crate" => (at, path) = (self.crate_root(from, &path[1..]), &path[1..]),
            "self" => path = &path[1..],
            "super" => {
                while path.first().is_some_and(|part| part == "super") {
                    at.pop();
                    path = &path[1..];
                }
            }
            // The path of a re-export begins with one of the module's own.
            _ if !self.files.contains_key(&joined(&at, &path[0])) => return None,
            _ => {}
        }
        while let Some(inner) =
            path.first().map(|part| joined(&at, part)).filter(|inner| self.files.contains_key(inner))
        {
            (at, path) = (inner, &path[1..]);
        }
        let Some(name) = path.first().filter(|name| !matches!(name.as_str(), "self" | "*")) else { return Some(at) };
        let shown = self.imports.get(&at).into_iter().flatten().filter(|import| import.name == *name);
        let mut further =
            shown.filter(|_| depth < DEEP).filter_map(|import| self.resolve(&at, &import.path, depth + 1));
        Some(further.next().unwrap_or(at))
    }

    /// What `crate` stands for: of a room that is a crate of its own the room, for what lies in it; elsewhere what holds all
    /// rooms.
    fn crate_root(&self, from: &Module, path: &[String]) -> Module {
        let room: Module = from.iter().take(1).cloned().collect();
        let is_crate = self.files.get(&room).is_some_and(|source| source.file_name() == "lib.rs");
        let lies_in_it = path.first().is_some_and(|part| self.files.contains_key(&joined(&room, part)));
        if is_crate && !room.is_empty() && lies_in_it { room } else { Module::new() }
    }
}

fn joined(module: &Module, part: &str) -> Module {
    module.iter().cloned().chain([part.to_owned()]).collect()
}

fn module(path: &str) -> Module {
    let path = path.trim_start_matches("src/").trim_end_matches(".rs");
    // The rooms of all crates stand beside one another.
    let of_crate = CRATES_OF_ROOMS.into_iter().find_map(|name| path.strip_prefix(name)?.strip_prefix('/'));
    let path = of_crate.unwrap_or(path);
    let mut parts: Module = path.split('/').map(str::to_owned).collect();
    parts.pop_if(|last| matches!(last.as_str(), "mod" | "lib" | "main"));
    parts
}

fn imports(source: &Source) -> Vec<Import> {
    let paths = source.paths().into_iter();
    paths.map(|(path, name)| Import { path, name }).filter(|import| !import.path.is_empty()).collect()
}

fn reachable<'a>(arrows: &'a BTreeMap<Module, BTreeSet<Module>>, from: &Module) -> BTreeSet<&'a Module> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&Module> = arrows.get(from).into_iter().flatten().collect();
    while let Some(next) = open.pop() {
        if found.insert(next) {
            open.extend(arrows.get(next).into_iter().flatten());
        }
    }
    found
}
