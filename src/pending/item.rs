use std::sync::Arc;

use super::Touch;
use crate::approval::{Decision, Lack};
use crate::diag::SourceFile;
use crate::diag::{Text, text};
use crate::edit::{Asked, Editor, Entry, How, Of, Page, ROWS_MOST, Refusal, Version, fields};
use crate::instant::Wall;
use crate::plan::{self, Approvable};
use crate::player::World;
use crate::schedule::{self, Broadcast, Reading};

/// What waits for somebody's decision.
#[derive(Clone, Debug)]
pub struct Pending {
    /// What.
    pub broadcast: Arc<Broadcast>,
    /// Why what was decided does not hold.
    pub lack: Lack,
    /// When it is due next, within three months: it has to be decided before.
    pub next: Option<Wall>,
    /// What there is to approve.
    pub what: Approvable,
    /// The last approval of it, whatever was decided since.
    pub approved: Option<Arc<Decision>>,
    /// What has changed since then, in words; of what was never approved nothing.
    pub changes: Vec<Text>,
    /// As it is written, where it stands in a file that can be read.
    pub written: Option<Entry>,
    /// Who has changed it since then.
    pub touches: Vec<Touch>,
}

/// Where it is looked.
pub struct Query<'a> {
    /// The files as they are, with what was decided.
    pub world: &'a World,
    /// What was changed by whom.
    pub editor: &'a Editor,
    /// Who handed in a sound, by the digest of its bytes.
    pub handed_in: &'a dyn Fn(&str) -> Option<String>,
    /// The account that a file of `audio/` belongs to.
    pub owner_of: &'a dyn Fn(&str) -> Option<String>,
    /// What time it is.
    pub now: Wall,
}

/// All that waits, what is due first before what is due later.
pub fn items(query: &Query<'_>) -> Result<Vec<Pending>, Refusal> {
    let World { schedule, station, library } = query.world;
    let waiting = plan::waiting(schedule, station, library, query.now);
    if !waiting.is_empty() {
        query.editor.notice(query.now)?;
    }
    let pages = if waiting.is_empty() { Vec::new() } else { query.editor.read()? };
    let items = waiting.into_iter().map(|(broadcast, lack, next)| query.look(broadcast, lack, next, &pages));
    let mut items = items.collect::<Result<Vec<Pending>, Refusal>>()?;
    items.sort_by_key(|item| item.next.unwrap_or(Wall::MAX));
    Ok(items)
}

/// The one of this id, where it waits.
pub fn item(query: &Query<'_>, id: &str) -> Result<Option<Pending>, Refusal> {
    let World { schedule, station, library } = query.world;
    let mut waiting = plan::waiting(schedule, station, library, query.now).into_iter();
    let Some((broadcast, lack, next)) = waiting.find(|(broadcast, ..)| broadcast.id == id) else { return Ok(None) };
    query.editor.notice(query.now)?;
    query.look(broadcast, lack, next, &query.editor.read()?).map(Some)
}

impl Query<'_> {
    fn look(
        &self,
        broadcast: &Arc<Broadcast>,
        lack: Lack,
        next: Option<Wall>,
        pages: &[Page],
    ) -> Result<Pending, Refusal> {
        let World { schedule, station, library } = self.world;
        let what = plan::approvable_in(broadcast, schedule, station, library);
        let approved = library.approvals.last_approval(&broadcast.id).cloned();
        let Past { mut touches, was } = self.past(broadcast, approved.as_deref())?;
        let written = written(broadcast, pages);
        let mut changes = Vec::new();
        if let Some(approved) = &approved {
            if !approved.digest.means_the_same(&what.digest) {
                changes = said(was.as_ref(), written.as_ref());
            }
            changes.extend(sounds(approved, &what));
        }
        touches.extend(self.loaders(approved.as_deref(), &what));
        let broadcast = Arc::clone(broadcast);
        Ok(Pending { broadcast, lack, next, what, approved, changes, written, touches })
    }

    /// Its versions back to the one that was approved, which is known by what it means: a clock that was set back hides
    /// nobody.
    fn past(&self, broadcast: &Broadcast, approved: Option<&Decision>) -> Result<Past, Refusal> {
        let asked = Asked { entry: Some((Of::Broadcast, broadcast.id.clone())), most: ROWS_MOST, ..Asked::default() };
        let mut past = Past::default();
        let mut oldest: Option<Option<Entry>> = None;
        for Version { seq, who, how, file, .. } in self.editor.versions(&asked)? {
            let whole = self.editor.version(seq)?;
            let mut parts = whole.into_iter().flat_map(|version| version.parts);
            let Some(part) = parts.find(|part| part.of == Of::Broadcast && part.name == broadcast.id) else { continue };
            let entry = |lines: Option<&String>| Entry::of_lines(&file, Of::Broadcast, &broadcast.id, lines?);
            if let Some(after) = entry(part.after.as_ref()).filter(|after| self.is_approved(after, approved)) {
                return Ok(Past { was: Some(after), ..past });
            }
            past.touches.extend(Touch::of(&who, how));
            let before = entry(part.before.as_ref());
            if let Some(before) = before.clone().filter(|before| self.is_approved(before, approved)) {
                past.was = Some(before);
                return Ok(past);
            }
            oldest = Some(before);
        }
        if matches!(oldest, Some(None)) {
            // It was made then.
            return Ok(past);
        }
        // It stood there before anybody looked: by whoever the file belonged to.
        let file = broadcast.place().map(|place| place.file.clone());
        let found = self.editor.versions(&Asked { file, most: ROWS_MOST, ..Asked::default() })?;
        let found = found.into_iter().rfind(|version| version.how == How::Found);
        past.touches.extend(found.and_then(|found| Touch::of(&found.who, found.how)));
        past.was = oldest.flatten();
        Ok(past)
    }

    /// Whether the lines of an entry say what was approved.
    fn is_approved(&self, entry: &Entry, approved: Option<&Decision>) -> bool {
        let Some(approved) = approved else { return false };
        let World { schedule, station, library } = self.world;
        let source = SourceFile { path: entry.file.clone(), text: entry.lines.clone() };
        let reading = Reading { today: self.now.zoned(&station.timezone).date() };
        let (alone, _) = schedule::check(&[source], station, reading);
        let found = alone.broadcasts.iter().find(|broadcast| broadcast.id == entry.name);
        let means = |broadcast: &Arc<Broadcast>| plan::approvable_in(broadcast, schedule, station, library).digest;
        found.is_some_and(|broadcast| means(broadcast).means_the_same(&approved.digest))
    }

    /// Who put the sounds there that were not approved.
    fn loaders(&self, approved: Option<&Decision>, what: &Approvable) -> Vec<Touch> {
        let is_new = |sound: &&(String, String)| approved.is_none_or(|approved| !approved.sounds.contains(sound));
        let by = |(file, sha256): &(String, String)| match (self.handed_in)(sha256) {
            Some(who) => Some(Touch { who, is_account: false }),
            None => (self.owner_of)(file).map(|who| Touch { who, is_account: true }),
        };
        what.sounds.iter().filter(is_new).filter_map(by).collect()
    }
}

/// What is known of a broadcast since it was approved.
#[derive(Default)]
struct Past {
    touches: Vec<Touch>,
    /// As it was then.
    was: Option<Entry>,
}

fn written(broadcast: &Broadcast, pages: &[Page]) -> Option<Entry> {
    let file = broadcast.place().map(|place| place.file.as_str()).unwrap_or_default();
    let mut entries = pages.iter().filter(|page| page.file == file).flat_map(|page| &page.entries);
    entries.find(|entry| entry.of == Of::Broadcast && entry.name == broadcast.id).cloned()
}

/// What it says now and did not say then.
fn said(was: Option<&Entry>, is: Option<&Entry>) -> Vec<Text> {
    let told = was.zip(is).map(|(was, is)| fields(was, is)).unwrap_or_default();
    if !told.is_empty() {
        return told;
    }
    vec![text!(
        "nội dung đã khác bản được duyệt: chính mục này, các cụm loa, hoặc những ngày mà mục này gọi tên",
        "it is another than was approved: the broadcast itself, the zones, or the days that it names"
    )]
}

/// Which sounds are others.
fn sounds(approved: &Decision, what: &Approvable) -> Vec<Text> {
    let then = |file: &str| approved.sounds.iter().find(|(known, _)| known == file).map(|(_, sha256)| sha256.as_str());
    let now = what.sounds.iter().filter_map(|(file, sha256)| match then(file) {
        Some(known) if known == sha256 => None,
        Some(_) => Some(text!("bản ghi {file} đã thay", "the sound {file} was replaced")),
        None => Some(text!("thêm bản ghi {file}", "the sound {file} was added")),
    });
    let gone = approved.sounds.iter().filter(|(file, _)| !what.sounds.iter().any(|(known, _)| known == file));
    now.chain(gone.map(|(file, _)| text!("không còn bản ghi {file}", "the sound {file} is gone"))).collect()
}
