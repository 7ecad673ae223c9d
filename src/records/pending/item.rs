use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::Touch;
use crate::approval::{Decision, Lack};
use crate::diag::SourceFile;
use crate::diag::{Text, figure, text};
use crate::edit::{Asked, Editor, FileEntry, FileView, How, Of, ROWS_MOST, Refusal, Version, Versions, fields};
use crate::instant::Wall;
use crate::plan::{self, Approvable};
use crate::player::World;
use crate::schedule::{self, Broadcast, Class, Reading};

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
    pub written: Option<FileEntry>,
    /// Who has changed it since then.
    pub touches: Vec<Touch>,
}

impl Pending {
    /// Before when it has to be decided; an emergency sounds then in any case. Beginning with a small letter, without a full
    /// stop.
    pub fn deadline(&self, tz: &TimeZone) -> Text {
        let Some(Text { vi, en }) = self.next.map(|next| figure::moment(next, tz)) else {
            return text!("ba tháng tới chưa có lần phát nào", "not due in the next three months");
        };
        if self.broadcast.class == Class::Emergency {
            return text!(
                "khẩn cấp: phát lúc {vi} dù chưa duyệt hay bị trả lại",
                "an emergency: it sounds at {en}, unapproved or returned"
            );
        }
        text!("cần duyệt trước {vi}", "to be approved before {en}")
    }
}

/// Where it is looked.
pub struct Query<'a> {
    /// The files as they are, with what was decided.
    pub world: &'a World,
    /// What was changed by whom.
    pub editor: &'a Editor,
    /// Everybody who ever handed in a sound, by the digest of its bytes.
    pub handed_in: &'a dyn Fn(&str) -> Vec<String>,
    /// The account that a file of `audio/` belongs to.
    pub owner_of: &'a dyn Fn(&str) -> Option<String>,
    /// What time it is.
    pub now: Wall,
}

/// All that waits, what is due first before what is due later.
pub fn items(query: &Query<'_>) -> Result<Vec<Pending>, Refusal> {
    let World { schedule, station, library } = query.world;
    let waiting = plan::waiting(schedule, station, library, query.now);
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    seen(query, waiting, &Ground::new(query)?)
}

/// The same to be read only, also by an account that may not write down what was changed by hand. Then nobody knows who has
/// touched what: it is not told, and why not stands beside it.
pub fn listed(query: &Query<'_>) -> Result<(Vec<Pending>, Option<Refusal>), Refusal> {
    let World { schedule, station, library } = query.world;
    let waiting = plan::waiting(schedule, station, library, query.now);
    if waiting.is_empty() {
        return Ok((Vec::new(), None));
    }
    let (ground, unseen) = match Ground::new(query) {
        Ok(ground) => (ground, None),
        Err(unseen) => (Ground::without_past(query)?, Some(unseen)),
    };
    Ok((seen(query, waiting, &ground)?, unseen))
}

type Undecided<'a> = Vec<(&'a Arc<Broadcast>, Lack, Option<Wall>)>;

fn seen(query: &Query<'_>, waiting: Undecided<'_>, ground: &Ground) -> Result<Vec<Pending>, Refusal> {
    let items = waiting.into_iter().map(|(broadcast, lack, next)| query.look(broadcast, lack, next, ground));
    let mut items = items.collect::<Result<Vec<Pending>, Refusal>>()?;
    items.sort_by_key(|item| item.next.unwrap_or(Wall::MAX));
    Ok(items)
}

/// The one of this id, where it waits.
pub fn item(query: &Query<'_>, id: &str) -> Result<Option<Pending>, Refusal> {
    let World { schedule, station, library } = query.world;
    let mut waiting = plan::waiting(schedule, station, library, query.now).into_iter();
    let Some((broadcast, lack, next)) = waiting.find(|(broadcast, ..)| broadcast.id == id) else { return Ok(None) };
    query.look(broadcast, lack, next, &Ground::new(query)?).map(Some)
}

/// What every item is looked up in, opened once: five hundred may wait.
struct Ground {
    pages: Vec<FileView>,
    /// None where they cannot be looked at.
    versions: Option<Versions>,
    /// By whom each file was when somebody first looked.
    found: RefCell<BTreeMap<Option<String>, Option<Touch>>>,
}

impl Ground {
    fn new(query: &Query<'_>) -> Result<Self, Refusal> {
        query.editor.notice(query.now)?;
        let versions = Some(query.editor.history()?);
        Ok(Self { versions, ..Self::without_past(query)? })
    }

    fn without_past(query: &Query<'_>) -> Result<Self, Refusal> {
        Ok(Self { pages: query.editor.read()?, versions: None, found: RefCell::default() })
    }

    /// Whose a file was before anybody looked.
    fn found(&self, file: Option<String>) -> Result<Option<Touch>, Refusal> {
        if let Some(known) = self.found.borrow().get(&file) {
            return Ok(known.clone());
        }
        let asked = Asked { file: file.clone(), most: ROWS_MOST, ..Asked::default() };
        let versions = self.versions.as_ref().map_or(Ok(Vec::new()), |versions| versions.list(&asked))?;
        let first = versions.into_iter().rfind(|version| version.how == How::Found);
        let touch = first.and_then(|found| Touch::of(&found.who, found.how));
        self.found.borrow_mut().insert(file, touch.clone());
        Ok(touch)
    }
}

impl Query<'_> {
    fn look(
        &self,
        broadcast: &Arc<Broadcast>,
        lack: Lack,
        next: Option<Wall>,
        ground: &Ground,
    ) -> Result<Pending, Refusal> {
        let World { schedule, station, library } = self.world;
        let what = plan::approvable_in(broadcast, schedule, station, library);
        let approved = library.approvals.last_approval(&broadcast.id).cloned();
        let Past { mut touches, was } = self.past(broadcast, approved.as_deref(), ground)?;
        let written = written(broadcast, &ground.pages);
        let mut changes = Vec::new();
        if let Some(approved) = &approved {
            if !approved.digest.means_the_same(&what.digest) {
                changes = said(was.as_ref(), written.as_ref(), self.world);
            }
            changes.extend(sounds(approved, &what));
        }
        touches.extend(self.loaders(approved.as_deref(), &what));
        let broadcast = Arc::clone(broadcast);
        Ok(Pending { broadcast, lack, next, what, approved, changes, written, touches })
    }

    /// Its versions back to the one that was approved, which is known by what it means: a clock that was set back hides
    /// nobody.
    fn past(&self, broadcast: &Broadcast, approved: Option<&Decision>, ground: &Ground) -> Result<Past, Refusal> {
        let asked = Asked { entry: Some((Of::Broadcast, broadcast.id.clone())), most: ROWS_MOST, ..Asked::default() };
        let mut past = Past::default();
        let Some(versions) = &ground.versions else { return Ok(past) };
        let mut oldest: Option<Option<FileEntry>> = None;
        for Version { seq, who, how, file, .. } in versions.list(&asked)? {
            let whole = versions.version(seq)?;
            let mut parts = whole.into_iter().flat_map(|version| version.parts);
            let Some(part) = parts.find(|part| part.of == Of::Broadcast && part.name == broadcast.id) else { continue };
            let entry = |lines: Option<&String>| FileEntry::of_lines(&file, Of::Broadcast, &broadcast.id, lines?);
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
        past.touches.extend(ground.found(file)?);
        past.was = oldest.flatten();
        Ok(past)
    }

    /// Whether the lines of an entry say what was approved.
    fn is_approved(&self, entry: &FileEntry, approved: Option<&Decision>) -> bool {
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
        let by = |(file, sha256): &(String, String)| -> Vec<Touch> {
            let handed = (self.handed_in)(sha256);
            if handed.is_empty() {
                return (self.owner_of)(file).map(|who| Touch { who, is_account: true }).into_iter().collect();
            }
            handed.into_iter().map(|who| Touch { who, is_account: false }).collect()
        };
        what.sounds.iter().filter(is_new).flat_map(by).collect()
    }
}

/// What is known of a broadcast since it was approved.
#[derive(Default)]
struct Past {
    touches: Vec<Touch>,
    /// As it was then.
    was: Option<FileEntry>,
}

fn written(broadcast: &Broadcast, pages: &[FileView]) -> Option<FileEntry> {
    let file = broadcast.place().map(|place| place.file.as_str()).unwrap_or_default();
    let mut entries = pages.iter().filter(|page| page.file == file).flat_map(|page| &page.entries);
    entries.find(|entry| entry.of == Of::Broadcast && entry.name == broadcast.id).cloned()
}

/// What it says now and did not say then.
fn said(was: Option<&FileEntry>, is: Option<&FileEntry>, world: &World) -> Vec<Text> {
    let known = |key: &str, id: &str| called(world, key, id);
    let told = was.zip(is).map(|(was, is)| fields(was, is, &known, &world.station.zones)).unwrap_or_default();
    if !told.is_empty() {
        return told;
    }
    vec![text!(
        "nội dung đã khác bản được duyệt: chính mục này, các cụm loa, hoặc những ngày mà mục này gọi tên",
        "it is another than was approved: the broadcast itself, the zones, or the days that it names"
    )]
}

/// What people call a zone, a group or a campaign that an entry names by its id.
pub fn called(world: &World, key: &str, id: &str) -> Option<Text> {
    let title = match key {
        "zones" => world.station.zones.iter().find(|zone| zone.id == id).map(|zone| &zone.title),
        "campaign" => world.schedule.campaigns.get(id).map(|campaign| &campaign.title),
        _ => None,
    };
    title.filter(|title| !title.is_empty()).map(|title| Text { vi: title.clone(), en: title.clone() })
}

/// What a sound is called: its file without the ending.
pub fn sound_name(file: &str) -> &str {
    file.rsplit_once('.').map_or(file, |(name, _)| name)
}

/// Which sounds are others.
fn sounds(approved: &Decision, what: &Approvable) -> Vec<Text> {
    let then = |file: &str| approved.sounds.iter().find(|(known, _)| known == file).map(|(_, sha256)| sha256.as_str());
    let now = what.sounds.iter().filter_map(|(file, sha256)| {
        let name = sound_name(file);
        match then(file) {
            Some(known) if known == sha256 => None,
            Some(_) => Some(text!("bản ghi «{name}» đã thay", "the sound \"{name}\" was replaced")),
            None => Some(text!("thêm bản ghi «{name}»", "the sound \"{name}\" was added")),
        }
    });
    let gone = approved.sounds.iter().filter(|(file, _)| !what.sounds.iter().any(|(known, _)| known == file));
    let gone = gone.map(|(file, _)| {
        let name = sound_name(file);
        text!("không còn bản ghi «{name}»", "the sound \"{name}\" is gone")
    });
    now.chain(gone).collect()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::fs;

    use super::*;
    use crate::disk;
    use crate::edit::OPENED;
    use crate::plan::Library;
    use crate::site::Site;

    const NOW: Wall = Wall::from_secs(1_796_100_000);

    #[test]
    fn what_waits_is_looked_up_in_a_history_that_is_opened_once_however_much_waits() {
        let opened = |count: usize| {
            let dir = tempfile::tempdir().unwrap();
            fs::create_dir(dir.path().join("schedules")).unwrap();
            let toml = "approval = \"required\"\n[zones.thon-1]\noutput = \"null\"\n";
            fs::write(dir.path().join("loa.toml"), toml).unwrap();
            let mut text = String::new();
            for ix in 0..count {
                let _ = write!(
                    text,
                    "[[broadcast]]\nid = \"tin-{ix}\"\ntitle = \"Tin\"\nat = \"05:30\"\nplay = [\"chime\"]\n\n"
                );
            }
            fs::write(dir.path().join("schedules/tin.toml"), text).unwrap();
            let station = disk::station::load(dir.path()).0;
            let reading = Reading { today: NOW.zoned(&station.timezone).date() };
            let schedule = disk::schedule::load(dir.path(), &station, reading).schedule;
            let world = World {
                station: Arc::new(station),
                schedule: Arc::new(schedule),
                library: Arc::new(Library::default()),
            };
            let editor = Editor::new(Site::new(dir.path()));
            let (handed_in, owner_of) = (|_: &str| Vec::new(), |_: &str| None);
            let query = Query { world: &world, editor: &editor, handed_in: &handed_in, owner_of: &owner_of, now: NOW };
            let before = OPENED.with(std::cell::Cell::get);
            let items = items(&query).unwrap();
            assert_eq!(items.len(), count);
            assert!(items.iter().all(|item| !item.touches.is_empty()), "who put it there is known");
            OPENED.with(std::cell::Cell::get) - before
        };
        assert_eq!(opened(500), opened(1));
    }
}
