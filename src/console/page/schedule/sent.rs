//! A form as it came back: what was typed, beside the entry that it began from; what that asks of the files, and what would
//! come of it.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::ask::{Sight, may_write, target};
use super::draft::Typed;
use super::faults::Wrong;
use super::trial;
use crate::diag::{Lang, Text};
use crate::edit::{Change, Coming, Digest, Edit, Field, FileEntry, Of, Value, form_keys};
use crate::fields::Fields;
use crate::gate::Who;

/// A form as it came back, beside the entry that it began from.
#[derive(Clone)]
pub(super) struct Sent {
    pub(super) draft: Typed,
    /// The entry as it was read; none for a new broadcast.
    pub(super) base: Option<(FileEntry, Typed, Vec<Field>)>,
    /// The file as it was read.
    pub(super) page: Option<(String, Digest)>,
    /// Where two people were of two opinions: the entry as it is now, and whose word holds.
    pub(super) chosen: Option<(FileEntry, BTreeMap<String, bool>)>,
}

impl Sent {
    pub(super) fn read(desk: &Sight, fields: &Fields) -> Self {
        let entry =
            |lines: &str| FileEntry::of_lines(fields.get("file"), Of::Broadcast, fields.get("id"), &unpacked(lines));
        let base = entry(fields.get("lines")).map(|entry| {
            let (draft, held) = Typed::of(&entry);
            (entry, draft, held)
        });
        let page = (!fields.get("page").is_empty())
            .then(|| (fields.get("file").to_owned(), Digest::written(fields.get("page"))));
        let takes =
            fields.iter().filter_map(|(name, value)| Some((name.strip_prefix("take.")?.to_owned(), value == "yours")));
        let chosen = entry(fields.get("now")).map(|now| (now, takes.collect()));
        Self { draft: Typed::read(fields, desk.today), base, page, chosen }
    }

    /// Whether an edit came back without the entry that it began from.
    pub(super) fn is_lost(&self, fields: &Fields) -> bool {
        self.base.is_none() && ["id", "file", "lines"].into_iter().any(|name| !fields.get(name).is_empty())
    }

    pub(super) fn held(&self) -> &[Field] {
        self.base.as_ref().map_or(&[], |(.., held)| held)
    }

    /// What it asks of the files; none where it says what they say already.
    pub(super) fn edit(&self, desk: &Sight) -> Result<Option<Edit>, Vec<Wrong>> {
        let base = self.base.as_ref().map(|(_, base, _)| base);
        let mut keys = self.draft.keys(base, self.held(), desk.today)?;
        let mut seen: BTreeMap<String, Digest> = self.page.iter().cloned().collect();
        let change = match &self.base {
            None => {
                let keys: BTreeMap<String, Value> =
                    keys.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
                Change::Add { keys }
            }
            Some((entry, ..)) => {
                let mut at = target(entry);
                if let Some((now, takes)) = &self.chosen {
                    keys.retain(|(key, _)| takes.get(key).copied().unwrap_or(true));
                    at.seen = Some(now.digest.clone());
                    seen.clear();
                }
                if keys.is_empty() {
                    return Ok(None);
                }
                Change::Keys { at, keys }
            }
        };
        Ok(Some(desk.edit(vec![change], seen)))
    }

    /// Whether this person may write what it is, and what it was.
    pub(super) fn may(&self, desk: &Sight, who: &Who) -> Result<(), Text> {
        may_write(who, desk.station(), &desk.zones_of(&self.draft))?;
        let was = self.base.as_ref().map(|(entry, ..)| desk.zones_planned(&entry.name));
        was.map_or(Ok(()), |was| may_write(who, desk.station(), &was))
    }

    pub(super) fn hidden(&self) -> Vec<(String, String)> {
        let mut hidden = Vec::new();
        let mut hide = |name: &str, value| hidden.push((name.to_owned(), value));
        if let Some((entry, ..)) = &self.base {
            hide("id", entry.name.clone());
            hide("file", entry.file.clone());
            hide("lines", packed(&entry.lines));
        }
        if let Some((_, digest)) = &self.page {
            hide("page", digest.to_string());
        }
        if let Some((now, takes)) = &self.chosen {
            hide("now", packed(&now.lines));
            let word = |yours: &bool| if *yours { "yours" } else { "theirs" }.to_owned();
            for key in form_keys() {
                if let Some(yours) = takes.get(key) {
                    hide(&format!("take.{key}"), word(yours));
                }
            }
        }
        hidden
    }

    /// Whether the check refuses the entry that it began from, so that nothing of it plays.
    fn is_silent(&self, desk: &Sight) -> bool {
        let Some((entry, ..)) = &self.base else { return false };
        let own = |one: &crate::diag::Diagnostic| one.is_error() && one.file == entry.file;
        !desk.look.world.schedule.broadcasts.iter().any(|one| one.id == entry.name)
            && desk.look.diagnostics.iter().any(own)
    }

    /// The draft tried on the files, with the times that would cure it.
    pub(super) fn tried(&self, desk: &Sight, lang: Lang) -> Markup {
        let edit = match self.edit(desk) {
            Err(_) => return html! {},
            Ok(None) => {
                let id = self.base.as_ref().map_or("", |(entry, ..)| entry.name.as_str());
                let rows = crate::edit::coming(&desk.look.world.schedule, &desk.world(), id);
                if rows.is_empty() && self.is_silent(desk) {
                    return trial::silent(lang);
                }
                return trial::airings(desk, lang, &rows);
            }
            Ok(Some(edit)) => edit,
        };
        let tried = desk.editor.try_out(&edit, &desk.world());
        let coming: &[(String, Vec<Coming>)] = match &tried {
            Err(refusal) => &refusal.coming,
            Ok(done) => &done.coming,
        };
        let rows: &[Coming] = coming.first().map_or(&[], |(_, rows)| rows);
        let cures = trial::cures(&self.draft, rows, &desk.station().timezone, |draft| {
            let other = Self {
                draft: draft.clone(),
                base: self.base.clone(),
                page: self.page.clone(),
                chosen: self.chosen.clone(),
            };
            let edit = other.edit(desk).ok()??;
            let done = desk.editor.try_out(&edit, &desk.world()).ok()?;
            done.coming.into_iter().next().map(|(_, rows)| rows)
        });
        html! {
            @if rows.is_empty() && tried.is_ok() && self.is_silent(desk) { (trial::silent(lang)) }
            (trial::drawn(desk, lang, &tried, &cures))
        }
    }
}

/// A browser sends other line ends than it was given, and the digest is of the bytes.
pub(super) fn packed(lines: &str) -> String {
    lines.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A").replace('\t', "%09").replace(' ', "%20")
}

fn unpacked(lines: &str) -> String {
    lines.replace("%20", " ").replace("%09", "\t").replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
}
