use super::change::{Change, Target, Texts};
use super::entry::{FileEntry, seat};
use super::layout::FileLayout;
use super::version::{Asked, Version};
use super::versions::Versions;
use super::{Digest, Refusal, words};
use crate::diag::{Text, shown, text};

/// Somebody changed the entry that somebody else has before them.
#[derive(Clone, PartialEq, Debug)]
pub struct Conflict {
    /// The entry as it is now; its digest is the one to hand in with what was chosen.
    pub now: FileEntry,
    /// Key by key, what both say: those that either changed.
    pub clashes: Vec<Clash>,
    /// The change that came between, where it is known.
    pub last: Option<Version>,
}

/// A key of which two people have two opinions.
#[derive(Clone, PartialEq, Debug)]
pub struct Clash {
    /// The key.
    pub key: String,
    /// What it was when it was read, where that is known.
    pub was: Option<Text>,
    /// What it is now.
    pub theirs: Option<Text>,
    /// What is asked for.
    pub yours: Option<Text>,
}

/// More versions back nobody has an entry before them.
const BACK: usize = 50;

/// Whether somebody changed the very entry that `change` is about since it was read.
pub(super) fn conflict(change: &Change, texts: &Texts, versions: Option<&Versions>) -> Result<(), Refusal> {
    let Some(target @ Target { seen: Some(seen), .. }) = change.target() else { return Ok(()) };
    let text = texts.get(&target.file).ok_or_else(|| Refusal::gone(&target.name))?;
    let layout = FileLayout::of(&target.file, text)?;
    let now = seat(&layout, target.of, &target.name)?.entry(&layout, &target.file);
    if now.digest == *seen {
        return Ok(());
    }
    let found = versions.map(|versions| between(target, seen, versions)).transpose()?;
    let (was, last) = found.unwrap_or_default();
    let said = |entry: &FileEntry, key: &str| entry.field(key).map(|field| words::said(key, &field.value));
    let mut clashes: Vec<Clash> = Vec::new();
    if let Change::Keys { keys, .. } = change {
        clashes.extend(keys.iter().map(|(key, value)| Clash {
            key: key.clone(),
            was: was.as_ref().and_then(|was| said(was, key)),
            theirs: said(&now, key),
            yours: value.as_ref().map(|value| words::said(key, value)),
        }));
    }
    if let Some(was) = &was {
        let keys = was.fields.iter().chain(&now.fields).map(|field| &field.key);
        for key in keys {
            if said(was, key) != said(&now, key) && !clashes.iter().any(|clash| clash.key == *key) {
                let (was, theirs) = (said(was, key), said(&now, key));
                clashes.push(Clash { key: key.clone(), yours: was.clone(), was, theirs });
            }
        }
    }
    let title = shown(now.title());
    let who = last.as_ref().map(|last| shown(&last.who)).filter(|who| !who.is_empty());
    let message = match who {
        Some(who) => text!("{who} vừa sửa «{title}»", "{who} has just changed \"{title}\""),
        None => text!("«{title}» vừa được sửa ở chỗ khác", "\"{title}\" has just been changed elsewhere"),
    };
    let help: Text = text!("xin xem hai bản rồi chọn", "look at both versions and choose");
    let refusal = Refusal::new("changed_meanwhile", message, help);
    Err(Refusal { conflict: Some(Box::new(Conflict { now, clashes, last })), ..refusal })
}

/// The entry as it was when it was read, and the newest change of it.
fn between(
    target: &Target,
    seen: &Digest,
    versions: &Versions,
) -> Result<(Option<FileEntry>, Option<Version>), Refusal> {
    let asked = Asked { entry: Some((target.of, target.name.clone())), most: BACK, ..Asked::default() };
    let list = versions.list(&asked)?;
    for version in &list {
        let parts = versions.version(version.seq)?.map(|version| version.parts).unwrap_or_default();
        let own = parts.into_iter().filter(|part| part.of == target.of && part.name == target.name);
        for lines in own.flat_map(|part| [part.before, part.after]).flatten() {
            if Digest::of(lines.as_bytes()) == *seen
                && let Ok(layout) = FileLayout::of(&target.file, &lines)
                && let Ok(seat) = seat(&layout, target.of, &target.name)
            {
                return Ok((Some(seat.entry(&layout, &target.file)), list.into_iter().next()));
            }
        }
    }
    Ok((None, list.into_iter().next()))
}
