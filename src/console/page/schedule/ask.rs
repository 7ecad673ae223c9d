//! What every page of the schedule needs: the files as they are, who may write what, and a thread for work that reads or
//! writes the disk.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::draft::Typed;
use crate::act::Undone;
use crate::app::App;
use crate::diag::{Text, text};
use crate::edit::{Change, Digest, Done, Edit, Editor, FileEntry, FileView, How, Of, Refusal, Surroundings, Target};
use crate::gate::Who;
use crate::instant::Wall;
use crate::look::Look;
use crate::people::{ApiToken, DoneByToken};
use crate::role::Right;
use crate::station::{Station, ZoneIx};

/// The station as one request sees it.
#[derive(Clone)]
pub(crate) struct Sight {
    pub(crate) look: Arc<Look>,
    pub(crate) editor: Editor,
    pub(crate) now: Wall,
    pub(super) today: Date,
    who: String,
    /// A program asks in his name.
    program: Option<(App, ApiToken)>,
}

impl Sight {
    pub(crate) async fn of(app: &App, who: &Who) -> Self {
        let (look, now) = (app.look().await, app.now().wall);
        let today = now.zoned(&look.world.station.timezone).date();
        let editor = Editor::new(app.site().clone());
        let program = who.token.clone().map(|token| (app.clone(), token));
        Self {
            look,
            editor,
            now,
            today,
            program,
            who: who.person.as_ref().map_or_else(String::new, |one| one.name.clone()),
        }
    }

    pub(crate) fn station(&self) -> &Station {
        &self.look.world.station
    }

    pub(super) fn world(&self) -> Surroundings<'_> {
        Surroundings { station: &self.look.world.station, library: &self.look.world.library, now: self.now }
    }

    /// A change in this person's name.
    pub(super) fn edit(&self, changes: Vec<Change>, seen: BTreeMap<String, Digest>) -> Edit {
        Edit { changes, seen, who: self.who.clone(), how: How::Form }
    }

    /// Do it.
    pub(super) fn change(&self, changes: Vec<Change>) -> Result<Done, Refusal> {
        let done = self.editor.change(&self.edit(changes, BTreeMap::new()), &self.world())?;
        if let Some((app, token)) = &self.program {
            for version in &done.versions {
                // What cannot be written down stands under the person's name alone.
                let _ = app.people().keep_done(DoneByToken::Version, &version.to_string(), token, self.now);
            }
        }
        Ok(done)
    }

    /// The entry of a broadcast, and the file in which it stands.
    pub(crate) fn entry(&self, id: &str) -> Result<Option<(FileEntry, FileView)>, Refusal> {
        let mut pages = self.editor.read()?;
        for page in &mut pages {
            let at = page.entries.iter().position(|one| one.of == Of::Broadcast && one.name == id);
            if let Some(at) = at {
                return Ok(Some((page.entries.swap_remove(at), page.clone())));
            }
        }
        Ok(None)
    }

    /// The zones in which a broadcast plays; every zone where the plan does not have it, as of an entry with an error.
    pub(crate) fn zones_planned(&self, id: &str) -> Vec<ZoneIx> {
        let found = self.look.world.schedule.broadcasts.iter().find(|one| one.id == id);
        found.map_or_else(|| every(self.station()), |found| found.zones.clone())
    }

    /// The zones that a draft names.
    pub(super) fn zones_of(&self, draft: &Typed) -> Vec<ZoneIx> {
        if draft.all { every(self.station()) } else { self.zones_called(&draft.zones) }
    }

    /// The zones of these names, groups among them.
    pub(crate) fn zones_called(&self, names: &[String]) -> Vec<ZoneIx> {
        let station = self.station();
        let of = |name: &String| match station.groups.get(name) {
            Some(members) => members.clone(),
            None => zone_named(station, name).into_iter().collect(),
        };
        names.iter().flat_map(of).collect()
    }

    /// Write these, in zones that the person may write for.
    pub(crate) async fn write(
        &self,
        app: &App,
        who: &Who,
        changes: Vec<Change>,
        zones: &[ZoneIx],
    ) -> Result<Done, Undone> {
        may_write(who, self.station(), zones).map_err(Undone::NotAllowed)?;
        let writing = self.clone();
        let done = work(move || writing.change(changes)).await;
        app.look_again();
        Ok(done?)
    }
}

/// Every zone of a station.
pub(crate) fn every(station: &Station) -> Vec<ZoneIx> {
    (0..station.zones.len()).filter_map(|at| u16::try_from(at).ok()).map(ZoneIx).collect()
}

/// The zone of this id.
pub(super) fn zone_named(station: &Station, id: &str) -> Option<ZoneIx> {
    let at = station.zones.iter().position(|zone| zone.id == id)?;
    u16::try_from(at).ok().map(ZoneIx)
}

/// What a zone is called.
pub(super) fn zone_title(station: &Station, zone: ZoneIx) -> &str {
    station.zones.get(usize::from(zone.0)).map_or("", |zone| zone.title.as_str())
}

/// What these zones are called together: each by its title, or that it is all of them.
pub(super) fn places(station: &Station, zones: &[ZoneIx]) -> Text {
    if zones.len() == station.zones.len() {
        return text!("tất cả cụm loa", "all zones");
    }
    let titles = zones.iter().map(|zone| zone_title(station, *zone)).collect::<Vec<_>>().join(", ");
    text!("{titles}", "{titles}")
}

/// Whether somebody may write what concerns these zones.
pub(super) fn may_write(who: &Who, station: &Station, zones: &[ZoneIx]) -> Result<(), Text> {
    let may = |zone: &ZoneIx| {
        let zone = station.zones.get(usize::from(zone.0));
        zone.is_some_and(|zone| who.person.as_ref().is_some_and(|one| one.may_in(Right::Schedule, &zone.id)))
    };
    match zones.iter().find(|zone| !may(zone)) {
        None => Ok(()),
        Some(zone) => {
            let title = zone_title(station, *zone);
            Err(text!(
                "tài khoản này không sửa lịch của {title}; xin nhờ cán bộ văn hóa xã",
                "this account does not write the schedule of {title}; ask the official of the commune"
            ))
        }
    }
}

/// The same for every zone: what concerns a whole file.
pub(super) fn may_write_all(who: &Who, station: &Station) -> Result<(), Text> {
    may_write(who, station, &every(station))
}

/// An entry as somebody saw it.
pub(crate) fn target(entry: &FileEntry) -> Target {
    Target { file: entry.file.clone(), of: entry.of, name: entry.name.clone(), seen: Some(entry.digest.clone()) }
}

/// Work that takes the disk, or a moment, on a thread of its own.
pub(crate) async fn work<T: Send + 'static>(what: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(what).await.expect("work on the schedule does not panic")
}

/// `a=1&b=2`.
pub(super) fn query(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}
