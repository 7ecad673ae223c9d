use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::change::{Change, Texts};
use super::coming::Coming;
use super::conflict::conflict;
use super::judge::{Judged, Surroundings, coming, judge};
use super::page::{self, Coding, File, FileView, Unread};
use super::version::{Asked, How, Version};
use super::versions::{KEEP_DELETED, New, Versions};
use super::whole::{self, Tried, WholeFiles};
use super::words::{Part, compare};
use super::{Digest, Refusal};
use crate::diag::{Diagnostic, Text, text};
use crate::instant::Wall;
use crate::site::{Folder, Lock, ReadRefused, Site, account_name};

/// How long a change waits for another one: checking twenty thousand broadcasts takes seconds.
const LOCK_WAIT: Duration = Duration::from_secs(10);

/// The schedules of a station, to be read and changed by several people at once.
#[derive(Clone, Debug)]
pub struct Editor {
    site: Site,
}

/// What somebody asks for: all of it is done, or nothing.
#[derive(Clone, PartialEq, Debug)]
pub struct Edit {
    /// One after the other.
    pub changes: Vec<Change>,
    /// The files as they were read: what others changed in them meanwhile is told.
    pub seen: BTreeMap<String, Digest>,
    /// Who asks.
    pub who: String,
    /// By what means.
    pub how: How,
}

/// What came of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Done {
    /// What was done, in words; none where the files say so already and nothing was written.
    pub told: Option<Text>,
    /// The broadcasts that were made or changed, and when each is heard next.
    pub coming: Vec<(String, Vec<Coming>)>,
    /// What the check says that it did not say before: warnings, and sounds that are still to come.
    pub new: Vec<Diagnostic>,
    /// What others changed in the same files meanwhile; it was kept.
    pub merged: Vec<Text>,
    /// The files as they are with it.
    pub texts: Texts,
    /// Its versions; empty where nothing was written.
    pub versions: Vec<i64>,
}

impl Editor {
    /// Of the station at `site`.
    pub const fn new(site: Site) -> Self {
        Self { site }
    }

    /// Every file of `schedules/`, with its entries.
    pub fn read(&self) -> Result<Vec<FileView>, Refusal> {
        Ok(page::files(&self.site)?.into_iter().map(page::page).collect())
    }

    /// What would come of it, with nothing written: for the form, while somebody types.
    pub fn try_out(&self, edit: &Edit, world: &Surroundings<'_>) -> Result<Done, Refusal> {
        let files = page::files(&self.site)?;
        Ok(prepare(edit, world, &files, None)?.1)
    }

    /// Do it, under the lock and on the files as they are then, and keep the version.
    pub fn change(&self, edit: &Edit, world: &Surroundings<'_>) -> Result<Done, Refusal> {
        let (folder, _lock) = self.lock()?;
        let mut versions = Versions::open(&self.site.versions())?;
        recover(&folder, &mut versions)?;
        notice(&folder, &page::files(&self.site)?, &mut versions, world.now)?;
        let files = page::files(&self.site)?;
        let (before, mut done) = prepare(edit, world, &files, Some(&versions))?;
        if done.told.is_some() {
            done.versions = write(edit, world, &folder, (&before, &done.texts), &files, &mut versions)?;
        }
        Ok(done)
    }

    /// What would come of files that somebody elsewhere sends, with nothing written: `None` takes one away.
    pub fn try_files(&self, files: &WholeFiles, world: &Surroundings<'_>) -> Result<Tried, Refusal> {
        let before = page::texts(&page::files(&self.site)?);
        let Judged { was, schedule, new, .. } = judge(&before, &whole::after(&before, files), world);
        Ok(Tried { was, schedule, new })
    }

    /// Put these files in their places, whatever stands there: what somebody has written there by hand is kept as a
    /// version first. Doing it twice does nothing more.
    pub fn put_files(&self, files: &WholeFiles, who: &str, now: Wall) -> Result<Vec<i64>, Refusal> {
        let (folder, _lock) = self.lock()?;
        let mut versions = Versions::open(&self.site.versions())?;
        recover(&folder, &mut versions)?;
        notice(&folder, &page::files(&self.site)?, &mut versions, now)?;
        whole::put(&folder, files, (who, now), &mut versions)
    }

    /// Notice what was changed by hand since, and keep it: called at times, and before each change. Gives how many files.
    pub fn notice(&self, now: Wall) -> Result<usize, Refusal> {
        let (folder, _lock) = self.lock()?;
        let mut versions = Versions::open(&self.site.versions())?;
        recover(&folder, &mut versions)?;
        notice(&folder, &page::files(&self.site)?, &mut versions, now)
    }

    /// What was changed, opened once for whoever asks it many things.
    pub fn history(&self) -> Result<Versions, Refusal> {
        Versions::open(&self.site.versions())
    }

    /// What was changed, newest first.
    pub fn versions(&self, asked: &Asked) -> Result<Vec<Version>, Refusal> {
        Versions::open(&self.site.versions())?.list(asked)
    }

    /// One version, with the lines of the entries that changed.
    pub fn version(&self, seq: i64) -> Result<Option<Version>, Refusal> {
        Versions::open(&self.site.versions())?.version(seq)
    }

    /// What was deleted in the last 90 days, newest first.
    pub fn deleted(&self, now: Wall) -> Result<Vec<(Version, Part)>, Refusal> {
        Versions::open(&self.site.versions())?.deleted(now - KEEP_DELETED)
    }

    /// The text of a file as a version left it (or found it, with `before`), where it is still kept.
    pub fn whole(&self, version: &Version, before: bool) -> Result<Option<String>, Refusal> {
        let digest = if before { &version.before } else { &version.after };
        digest.as_ref().map_or(Ok(None), |digest| Versions::open(&self.site.versions())?.whole(digest))
    }

    /// What puts an entry back as it was before a version, or as that version left it: a change like any other.
    pub fn restore(&self, version: &Version, part: &Part, before: bool) -> Result<Change, Refusal> {
        let lines = if before { &part.before } else { &part.after };
        let lines = lines.clone().ok_or_else(|| Refusal::gone(&part.name))?;
        let files = page::texts(&page::files(&self.site)?);
        let is_there = files.get(&version.file).is_some_and(|text| {
            super::layout::FileLayout::of(&version.file, text)
                .is_ok_and(|layout| super::entry::seat(&layout, part.of, &part.name).is_ok())
        });
        let file = version.file.clone();
        Ok(if is_there && part.after.is_some() {
            let at = super::Target { file, of: part.of, name: part.name.clone(), seen: None };
            Change::Lines { at, lines }
        } else {
            Change::PutBack { file, of: part.of, lines, behind: part.behind.clone() }
        })
    }

    /// The newest text of a file that was right: for one that is broken now.
    pub fn last_good(&self, file: &str) -> Result<Option<(Version, String)>, Refusal> {
        let versions = Versions::open(&self.site.versions())?;
        let asked = Asked { file: Some(file.to_owned()), most: 100, ..Asked::default() };
        for version in versions.list(&asked)? {
            for digest in [&version.after, &version.before].into_iter().flatten() {
                if let Some(text) = versions.whole(digest)?
                    && super::layout::FileLayout::of(file, &text).is_ok()
                {
                    return Ok(Some((version.clone(), text)));
                }
            }
        }
        Ok(None)
    }

    fn lock(&self) -> Result<(Folder, Lock), Refusal> {
        let folder = Folder::make(self.site.schedules(), 0o775)
            .map_err(|error| Refusal::unread("schedules", &ReadRefused::Io(error)))?;
        let lock = folder.lock_itself(LOCK_WAIT).map_err(|unlocked| Refusal::busy(&unlocked))?;
        Ok((folder, lock))
    }
}

/// The texts before, and what would come of it.
fn prepare(
    edit: &Edit,
    world: &Surroundings<'_>,
    files: &[File],
    versions: Option<&Versions>,
) -> Result<(Texts, Done), Refusal> {
    let before = page::texts(files);
    let mut merged = Vec::new();
    for (file, seen) in &edit.seen {
        let now = before.get(file).map(String::as_str).unwrap_or_default();
        if Digest::of(now.as_bytes()) != *seen {
            let was = versions.map_or(Ok(None), |versions| versions.whole(seen))?;
            let told = was.map(|was| compare(file, &was, now).1);
            merged.push(
                told.unwrap_or_else(|| {
                    text!("{file} vừa được sửa ở chỗ khác", "{file} has just been changed elsewhere")
                }),
            );
        }
    }
    let (mut texts, mut touched) = (before.clone(), BTreeSet::new());
    for change in &edit.changes {
        readable(change, files)?;
        conflict(change, &before, versions)?;
        touched.extend(change.apply(&mut texts)?);
    }
    let told = differences(&before, &texts).map(|(file, was, is)| world.compare(file, was, is).1).collect::<Vec<_>>();
    let judged = judge(&before, &texts, world);
    let coming: Vec<_> = touched.into_iter().map(|id| (id.clone(), coming(&judged.schedule, world, &id))).collect();
    if !judged.errors.is_empty() {
        return Err(Refusal::checked(judged.errors, coming));
    }
    let told = (!told.is_empty()).then(|| Text {
        vi: told.iter().map(|one| one.vi.as_str()).collect::<Vec<_>>().join("; "),
        en: told.iter().map(|one| one.en.as_str()).collect::<Vec<_>>().join("; "),
    });
    Ok((before, Done { told, coming, new: judged.new, merged, texts, versions: Vec::new() }))
}

/// A file that cannot be read is not written.
fn readable(change: &Change, files: &[File]) -> Result<(), Refusal> {
    let path = match change {
        Change::PutBack { file, .. } | Change::Whole { file, .. } => Some(file.as_str()),
        Change::Quiet { .. } | Change::DayOff { .. } | Change::Add { .. } => Some(super::change::PAGE_FILE),
        other => other.target().map(|target| target.file.as_str()),
    };
    let found = files.iter().find(|file| Some(file.path.as_str()) == path).map(|file| (&file.path, &file.read));
    match found {
        Some((path, Err(Unread::Refused(refused)))) => Err(Refusal::unread(path, refused)),
        Some((path, Err(Unread::NoText(_, fault)))) => Err(Refusal::broken(path, vec![(**fault).clone()])),
        _ => Ok(()),
    }
}

/// WholeFiles that say something else, with what they said and say.
fn differences<'t>(before: &'t Texts, after: &'t Texts) -> impl Iterator<Item = (&'t str, &'t str, &'t str)> {
    after.iter().filter_map(|(file, is)| {
        let was = before.get(file).map_or("", String::as_str);
        (was != is).then_some((file.as_str(), was, is.as_str()))
    })
}

/// The version first, then the file, then that it is done: whatever a power cut leaves is known by its digest.
fn write(
    edit: &Edit,
    world: &Surroundings<'_>,
    folder: &Folder,
    (before, after): (&Texts, &Texts),
    files: &[File],
    versions: &mut Versions,
) -> Result<Vec<i64>, Refusal> {
    let changed: Vec<(&str, &str, &str)> = differences(before, after).collect();
    let compared: Vec<(Vec<Part>, Text)> = changed.iter().map(|(file, was, is)| world.compare(file, was, is)).collect();
    let new: Vec<New<'_>> = changed
        .iter()
        .zip(&compared)
        .map(|((file, _, is), (parts, told))| New {
            at: world.now,
            who: &edit.who,
            how: edit.how,
            file,
            before: before.get(*file).map(String::as_str),
            after: Some(is),
            told,
            parts,
            done: false,
        })
        .collect();
    let seqs = versions.write(&new)?;
    let put = |file: &str, text: &str| {
        let known = files.iter().find(|one| one.path == file);
        let coding = known.and_then(|one| one.read.as_ref().ok()).map_or(Coding::Utf8, |(_, coding)| *coding);
        let name = known.map_or_else(|| file.trim_start_matches("schedules/").into(), |one| one.name.clone());
        folder.replace_alike(name, &coding.bytes(text)).map_err(|refused| Refusal::unread(file, &refused))
    };
    for (at, (file, _, is)) in changed.iter().enumerate() {
        if let Err(refusal) = put(file, is) {
            // All of it or nothing: what is written already goes back.
            for (file, was, _) in &changed[..at] {
                let undone = if before.contains_key(*file) {
                    put(file, was).is_ok()
                } else {
                    folder.remove(file.trim_start_matches("schedules/")).is_ok()
                };
                if !undone {
                    return Err(refusal);
                }
            }
            versions.forget(&seqs)?;
            return Err(refusal);
        }
    }
    versions.done(&seqs)?;
    Ok(seqs)
}

/// Finish what a power cut broke off: where one file of a change is written the others follow; where none is, it never
/// was.
fn recover(folder: &Folder, versions: &mut Versions) -> Result<(), Refusal> {
    let open = versions.open_ones()?;
    let batches: BTreeSet<i64> = open.iter().map(|version| version.batch).collect();
    for batch in batches {
        let own: Vec<&Version> = open.iter().filter(|version| version.batch == batch).collect();
        let digest = |version: &Version| {
            let file = page::file(folder, version.file.trim_start_matches("schedules/"));
            file.read.ok().map(|(text, coding)| (Digest::of(text.as_bytes()), coding))
        };
        let is_gone = |version: &Version| {
            let file = page::file(folder, version.file.trim_start_matches("schedules/"));
            matches!(file.read, Err(Unread::Refused(refused)) if refused.is_absent())
        };
        let written = |version: &&&Version| match &version.after {
            None => is_gone(version),
            after => digest(version).map(|(digest, _)| digest) == *after,
        };
        if own.iter().filter(written).count() > 0 {
            for version in &own {
                let now = digest(version);
                if version.after.is_none() && now.is_some() {
                    let name = version.file.trim_start_matches("schedules/");
                    folder.remove(name).map_err(|error| Refusal::unread(&version.file, &ReadRefused::Io(error)))?;
                }
                if now.as_ref().map(|(digest, _)| digest) == version.before.as_ref()
                    && let Some(after) = &version.after
                    && let Some(text) = versions.whole(after)?
                {
                    let coding = now.map_or(Coding::Utf8, |(_, coding)| coding);
                    let name = version.file.trim_start_matches("schedules/");
                    folder
                        .replace_alike(name, &coding.bytes(&text))
                        .map_err(|refused| Refusal::unread(&version.file, &refused))?;
                }
            }
            versions.done(&own.iter().map(|version| version.seq).collect::<Vec<_>>())?;
        } else {
            versions.forget(&own.iter().map(|version| version.seq).collect::<Vec<_>>())?;
        }
    }
    Ok(())
}

/// Keep what is in no version yet: somebody changed it on the machine.
fn notice(folder: &Folder, files: &[File], versions: &mut Versions, now: Wall) -> Result<usize, Refusal> {
    let texts = page::texts(files);
    let mut known: Vec<(String, Option<String>, Option<String>, How)> = Vec::new();
    for (file, text) in &texts {
        let newest = versions.newest(file)?;
        let last = newest.as_ref().and_then(|newest| newest.after.clone());
        if last == Some(Digest::of(text.as_bytes())) {
            continue;
        }
        let before = last.map_or(Ok(None), |last| versions.whole(&last))?;
        let how = if newest.is_some() { How::ByHand } else { How::Found };
        known.push((file.clone(), before, Some(text.clone()), how));
    }
    let present: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    for file in versions.files()? {
        if !present.contains(file.as_str()) {
            let last = versions.newest(&file)?.and_then(|newest| newest.after);
            let before = last.map_or(Ok(None), |last| versions.whole(&last))?;
            known.push((file, before, None, How::ByHand));
        }
    }
    let compared: Vec<(Vec<Part>, Text)> = known
        .iter()
        .map(|(file, before, after, how)| match (how, before, after) {
            (How::Found, ..) => (Vec::new(), text!("thấy tệp {file} lần đầu", "{file} was seen for the first time")),
            (_, before, None) => {
                let (parts, _) = compare(file, before.as_deref().unwrap_or_default(), "");
                (parts, text!("xóa tệp {file}", "the file {file} was deleted"))
            }
            (_, Some(before), Some(after)) => compare(file, before, after),
            (_, None, Some(after)) => compare(file, "", after),
        })
        .collect();
    // Whoever wrote it may be gone by now; the file is its own witness.
    let owner = |file: &str| files.iter().find(|one| one.path == file).and_then(|one| folder.owner_of(&one.name));
    let owners: Vec<String> =
        known.iter().map(|(file, ..)| owner(file).map(account_name).unwrap_or_default()).collect();
    let new: Vec<New<'_>> = known
        .iter()
        .zip(compared.iter().zip(&owners))
        .map(|((file, before, after, how), ((parts, told), who))| New {
            at: now,
            who,
            how: *how,
            file,
            before: before.as_deref(),
            after: after.as_deref(),
            told,
            parts,
            done: true,
        })
        .collect();
    if !new.is_empty() {
        versions.write(&new)?;
    }
    Ok(new.iter().filter(|one| one.how == How::ByHand).count())
}
