use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::directory::{DIRECTORY, Listed, list};
use super::{Broadcast, FilePart, Reading, Schedule, check_file, merge};
use crate::diag::document::{MAX_BYTES, decode};
use crate::diag::{Diagnostic, Severity, SourceFile, text};
use crate::site::Folder;
use crate::station::Station;
use crate::station::load::unread;

/// More problems than this in all files together are not told: they are counted, and the first ones
/// cured first.
const MAX_FINDINGS: usize = 5_000;

/// What reading `schedules/` found.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Loaded {
    /// What to play.
    pub schedule: Schedule,
    /// Every problem, by file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// The files as they are now, for showing the diagnostics.
    pub sources: Vec<SourceFile>,
    /// Files of which nothing could be used as they are now: unreadable, or their syntax is wrong.
    pub broken: Vec<String>,
    /// What the schedule was made from: for each file, its last good text. Give it to [`reload`].
    pub good: Vec<SourceFile>,
    /// What was found of each text, so that the same text need not be checked again.
    checked: Vec<Arc<Checked>>,
}

/// One text of a file, and what checking it found.
#[derive(PartialEq, Debug)]
struct Checked {
    part: FilePart,
    found: Vec<Diagnostic>,
    reading: Reading,
}

/// Read `schedules/*.toml` in the station's directory `dir`. Never fails: what is wrong is in the
/// diagnostics, and one file's problem stays that file's.
pub fn load(dir: &Path, station: &Station, reading: Reading) -> Loaded {
    reload(dir, station, reading, &[], &Loaded::default())
}

/// Read again. A file that has become broken keeps sounding as in `last_good` (see [`Loaded::good`]),
/// and is told as broken; a file that is gone is gone. Where the directory itself is gone or cannot be
/// read, every file of it counts as broken.
///
/// `before` is what was found for the same station last time, or nothing: a text that is in it is not
/// checked again, and a broadcast that has not changed is the very same `Arc`.
pub fn reload(dir: &Path, station: &Station, reading: Reading, last_good: &[SourceFile], before: &Loaded) -> Loaded {
    let mut loaded = Loaded::default();
    let round = Round { station, reading, last_good, before };
    match list(dir, &mut loaded.diagnostics) {
        Some((folder, files)) => {
            for Listed { name, file } in files {
                loaded.file(format!("{DIRECTORY}/{name}"), file.as_deref().map(|file| (&folder, file)), &round);
            }
        }
        None => {
            for lost in last_good {
                loaded.broken(lost.path.clone(), &round);
            }
        }
    }
    let used = loaded.good.iter().filter_map(|good| loaded.checked.iter().find(|one| *one.part.source() == *good));
    let (mut schedule, joined) = merge(used.map(|checked| &checked.part));
    share(&mut schedule.broadcasts, &before.schedule.broadcasts);
    loaded.schedule = schedule;
    loaded.note(joined);
    Diagnostic::sort(&mut loaded.diagnostics);
    loaded
}

/// What one reading of the directory goes by.
struct Round<'a> {
    station: &'a Station,
    reading: Reading,
    last_good: &'a [SourceFile],
    before: &'a Loaded,
}

impl Round<'_> {
    fn check(&self, source: &SourceFile) -> Arc<Checked> {
        let same = |known: &&Arc<Checked>| known.reading == self.reading && known.part.source() == source;
        if let Some(known) = self.before.checked.iter().find(same) {
            return Arc::clone(known);
        }
        let (part, found) = check_file(source, self.station, self.reading);
        Arc::new(Checked { part, found, reading: self.reading })
    }
}

/// Let broadcasts that are as before be the very same ones, so that who compares them compares pointers.
fn share(broadcasts: &mut [Arc<Broadcast>], before: &[Arc<Broadcast>]) {
    let known: HashMap<&str, &Arc<Broadcast>> = before.iter().map(|known| (known.id.as_str(), known)).collect();
    for broadcast in broadcasts {
        if let Some(same) = known.get(broadcast.id.as_str()).filter(|known| ***known == *broadcast) {
            *broadcast = Arc::clone(same);
        }
    }
}

impl Loaded {
    fn note(&mut self, found: Vec<Diagnostic>) {
        let full = self.diagnostics.len() >= MAX_FINDINGS;
        if !full {
            self.diagnostics.extend(found);
        }
        if !full && self.diagnostics.len() >= MAX_FINDINGS {
            let told = text!(
                "có quá nhiều vấn đề; các tệp còn lại vẫn được đọc nhưng vấn đề của chúng không hiện ra",
                "there are too many problems; the remaining files are read, but their problems are not shown"
            );
            let help = text!("chữa những tệp đầu trước rồi kiểm tra lại", "cure the first files, then check again");
            let over = Diagnostic::of_file(DIRECTORY, Severity::Error, "too_many_problems", told);
            self.diagnostics.push(over.with_help(help));
        }
    }

    /// A file of the directory; without a name there it may not be read, which has been told.
    fn file(&mut self, relative: String, file: Option<(&Folder, &Path)>, round: &Round<'_>) {
        match file.map(|(folder, file)| folder.read(file, MAX_BYTES as u64)) {
            None => {}
            Some(Err(refused)) => self.diagnostics.push(unread(&relative, &refused)),
            Some(Ok(bytes)) => {
                let (source, undecodable) = decode(relative.clone(), &bytes);
                if let Some(fault) = undecodable {
                    self.sources.push(source);
                    self.diagnostics.push(fault);
                } else {
                    let checked = round.check(&source);
                    self.note(checked.found.clone());
                    let good = !checked.part.is_broken();
                    self.checked.push(checked);
                    self.sources.push(source.clone());
                    if good {
                        self.good.push(source);
                        return;
                    }
                }
            }
        }
        self.broken(relative, round);
    }

    /// Nothing of this file can be used as it is.
    fn broken(&mut self, relative: String, round: &Round<'_>) {
        let kept = round.last_good.iter().find(|source| source.path == relative);
        self.broken.push(relative);
        let Some(kept) = kept else { return };
        self.diagnostics.push(
            Diagnostic::of_file(
                &kept.path,
                Severity::Warning,
                "last_good_kept",
                text!(
                    "tệp này đang hỏng; đài vẫn phát theo bản đúng gần nhất",
                    "this file is broken; the station still plays by its last good version"
                ),
            )
            .with_help(text!("chữa các lỗi của tệp này", "cure the errors of this file")),
        );
        self.checked.push(round.check(kept));
        self.good.push(kept.clone());
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const GOOD: &str = "[[broadcast]]\nid = \"ID\"\nat = \"05:30\"\nplay = \"a\"\n";

    struct Place(tempfile::TempDir);

    impl Place {
        fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            std::fs::create_dir(dir.path().join(DIRECTORY)).unwrap();
            Self(dir)
        }

        fn write(&self, name: &str, text: &str) -> &Self {
            std::fs::write(self.0.path().join(DIRECTORY).join(name), text).unwrap();
            self
        }

        fn again(&self, before: &Loaded, day: i8) -> Loaded {
            let reading = Reading { today: date(2026, 12, day) };
            reload(self.0.path(), &Station::default(), reading, &before.good, before)
        }
    }

    fn ids(loaded: &Loaded) -> Vec<&str> {
        loaded.schedule.broadcasts.iter().map(|broadcast| broadcast.id.as_str()).collect()
    }

    #[test]
    fn only_the_file_that_changed_is_checked_again_and_the_rest_is_the_very_same() {
        let place = Place::new();
        place.write("a.toml", &GOOD.replace("ID", "a")).write("b.toml", &GOOD.replace("ID", "b"));
        // One whose campaign nobody knows is changed by the joining.
        place.write("c.toml", &(GOOD.replace("ID", "c") + "campaign = \"x\"\n"));
        let first = place.again(&Loaded::default(), 1);
        place.write("b.toml", &(GOOD.replace("ID", "b") + "order = 2\n"));
        let second = place.again(&first, 1);
        let same: Vec<bool> = std::iter::zip(&first.schedule.broadcasts, &second.schedule.broadcasts)
            .map(|(before, after)| Arc::ptr_eq(before, after))
            .collect();
        assert_eq!(same, [true, false, true]);
        let kept: Vec<bool> =
            std::iter::zip(&first.checked, &second.checked).map(|(before, after)| Arc::ptr_eq(before, after)).collect();
        assert_eq!(kept, [true, false, true]);
        // Another day asks for another look, and still gives the very same broadcasts.
        let third = place.again(&second, 2);
        assert!(!Arc::ptr_eq(&second.checked[0], &third.checked[0]));
        assert!(Arc::ptr_eq(&second.schedule.broadcasts[0], &third.schedule.broadcasts[0]));
        assert_eq!(second.diagnostics, third.diagnostics);
    }

    #[test]
    fn a_directory_that_is_gone_or_locked_keeps_every_file_and_an_empty_one_keeps_none() {
        let place = Place::new();
        place.write("a.toml", &GOOD.replace("ID", "a"));
        let first = place.again(&Loaded::default(), 1);
        let directory = place.0.path().join(DIRECTORY);
        std::fs::rename(&directory, place.0.path().join("elsewhere")).unwrap();
        let gone = place.again(&first, 1);
        assert_eq!((ids(&gone), gone.broken.as_slice()), (vec!["a"], &["schedules/a.toml".to_owned()][..]));
        assert!(Arc::ptr_eq(&first.schedule.broadcasts[0], &gone.schedule.broadcasts[0]));
        std::fs::create_dir(&directory).unwrap();
        let emptied = place.again(&gone, 1);
        assert!(ids(&emptied).is_empty() && emptied.broken.is_empty());
    }

    #[test]
    fn a_file_that_became_a_link_out_of_the_directory_keeps_its_last_good_version() {
        let place = Place::new();
        place.write("a.toml", &GOOD.replace("ID", "a"));
        let first = place.again(&Loaded::default(), 1);
        let path = place.0.path().join(DIRECTORY).join("a.toml");
        std::fs::rename(&path, place.0.path().join("a.toml")).unwrap();
        std::os::unix::fs::symlink(place.0.path().join("a.toml"), &path).unwrap();
        let linked = place.again(&first, 1);
        assert_eq!((ids(&linked), linked.broken.as_slice()), (vec!["a"], &["schedules/a.toml".to_owned()][..]));
        let codes: Vec<&str> = linked.diagnostics.iter().map(|one| one.code).collect();
        assert_eq!(codes, ["leads_out", "last_good_kept"]);
        // Without a version to keep it is simply not read.
        assert!(ids(&place.again(&Loaded::default(), 1)).is_empty());
    }
}
