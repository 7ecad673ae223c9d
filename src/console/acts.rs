//! What people did, from all the places where it is kept, in one list: the versions of the schedules, the orders and the
//! decisions of the journal, the sounds that were handed in, and what stands with the people themselves. What the machine
//! noted by itself is another list, of the journal alone.

mod rows;

use self::rows::{ActRows, STOP_APART_NANOS};
use super::app::App;
use super::page::journal::{page_names, read};
use super::people::{Deed, DoneByToken};
use crate::diag::{Lang, Text, plain, text};
use crate::edit::Editor;
use crate::fact::Entry;
use crate::instant::Wall;
use crate::journal::{Bookmark, JournalError, Names, Reader};
use crate::reason::Reason;

/// Rows of the journal that are looked at for one part of the list; what is further back is another part.
const LOOKED_MOST: u32 = 4_000;

/// Rows that are looked at around a stop.
const AROUND_MOST: u32 = 1_000;

/// Something that a person did.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct PersonsAct {
    /// When.
    pub(super) at: Wall,
    /// Who; empty where nobody knows.
    pub(super) who: String,
    /// The account that said so, where it is not the station's own; else empty.
    pub(super) account: String,
    /// By which token, where a program did it in his name.
    pub(super) token: String,
    /// A stable code.
    pub(super) code: String,
    /// What, in words.
    pub(super) said: Text,
    /// Where more is told.
    pub(super) more: More,
}

/// Where more is told of an act.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum More {
    /// Nowhere.
    Nothing,
    /// In this row of the journal.
    Row(u64),
    /// In this version of the schedules.
    Version(i64),
}

/// Acts before `until`, the last first, at least `most` where there are; and before when to go on, unless these were the
/// last. What cannot be read is left out: the others are told all the same.
pub(super) async fn acts(app: &App, until: Wall, most: usize) -> (Vec<PersonsAct>, Option<Wall>) {
    let before = Wall::from_nanos(until.nanos().saturating_sub(1));
    // One more than is shown: then it is known whether more comes.
    let asked = most + 1;
    let world = app.look().await.world.clone();
    let names = page_names(app, &world);
    let mut all: Vec<PersonsAct> = Vec::new();
    // No source tells of anything before this: what others tell of earlier belongs to a later part.
    let mut floor: Option<Wall> = None;
    for some in [of_people(app, before, asked, &names), of_schedules(app, before, asked).await] {
        // It tells all of the instant at which it ends.
        if let Some(last) = some.last().filter(|_| some.len() >= asked) {
            floor = Some(floor.map_or(last.at, |floor| floor.max(last.at)));
        }
        all.extend(some);
    }
    all.extend(of_sounds(app, before, &names));
    let order: Vec<String> = world.station.zones.iter().map(|zone| zone.id.clone()).collect();
    let (rows, looked) = of_journal(app, before, asked).await;
    all.extend(rows.told(before, (&names, &order), &|entry| token_of(app, entry)));
    floor = match (floor, looked) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (a, b) => a.or(b),
    };
    all.retain(|act| floor.is_none_or(|floor| act.at >= floor));
    all.sort_by_key(|act| std::cmp::Reverse(act.at));
    if all.len() > most {
        // What was done at one instant stays together.
        let last = all[most - 1].at;
        let end = all.iter().position(|act| act.at < last).unwrap_or(all.len());
        let has_more = end < all.len() || floor.is_some();
        all.truncate(end);
        return (all, has_more.then_some(last));
    }
    (all, floor)
}

fn of_people(app: &App, until: Wall, most: usize, names: &Names) -> Vec<PersonsAct> {
    let acts = app.people().acts(until, most).unwrap_or_default().into_iter();
    let said = |deed: Deed, about: &str| match deed {
        Deed::SoundAway | Deed::SoundBack => {
            let said = |lang| Deed::words(deed, &format!("«{}»", names.sound(about, lang))).get(lang).to_owned();
            Text { vi: said(Lang::Vi), en: said(Lang::En) }
        }
        _ => Deed::words(deed, about),
    };
    acts.map(|act| PersonsAct {
        at: act.at,
        who: act.who,
        account: String::new(),
        token: act.token,
        code: act.deed.code().to_owned(),
        said: said(act.deed, &act.about),
        more: More::Nothing,
    })
    .collect()
}

async fn of_schedules(app: &App, until: Wall, most: usize) -> Vec<PersonsAct> {
    let editor = Editor::new(app.site().clone());
    let made = move || editor.history().and_then(|versions| versions.made_up_to(until, most)).unwrap_or_default();
    let versions = tokio::task::spawn_blocking(made).await;
    versions
        .unwrap_or_default()
        .into_iter()
        .map(|version| {
            let (Text { vi, en }, how) = (version.told, version.how.text());
            PersonsAct {
                at: version.at,
                who: version.who,
                account: String::new(),
                token: done_by(app, DoneByToken::Version, &version.seq.to_string()),
                code: "schedule_changed".to_owned(),
                said: text!(how = how; "{vi} ({how})", "{en} ({how})"),
                more: More::Version(version.seq),
            }
        })
        .collect()
}

fn of_sounds(app: &App, until: Wall, names: &Names) -> Vec<PersonsAct> {
    let handed = app.uploads().handed().into_iter().rev().filter(|one| Wall::from_secs(one.at) <= until);
    handed
        .map(|one| {
            let sound = |lang| plain(&names.sound(&one.file, lang)).into_owned();
            let (vi, en) = (sound(Lang::Vi), sound(Lang::En));
            PersonsAct {
                at: Wall::from_secs(one.at),
                who: one.person,
                account: String::new(),
                token: one.token,
                code: "sound_handed_in".to_owned(),
                said: text!("nộp bản ghi «{vi}»", "handed in the sound \"{en}\""),
                more: More::Nothing,
            }
        })
        .collect()
}

/// By which token something was done, where a program did it.
fn done_by(app: &App, what: DoneByToken, key: &str) -> String {
    app.people().done_by(what, key).ok().flatten().unwrap_or_default()
}

/// The same of a row of the journal: an order, or a decision. No program enters what was signed on paper.
fn token_of(app: &App, entry: &Entry) -> String {
    let is_on_paper = matches!(&entry.reason, Some(Reason::Approved(approved)) if approved.entered_by.is_some());
    match &entry.order {
        Some(order) if !is_on_paper => done_by(app, DoneByToken::Order, order),
        _ => String::new(),
    }
}

/// Where a row stands in time.
fn moment(entry: &Entry) -> Wall {
    entry.planned.or(entry.started).unwrap_or(entry.written)
}

/// The rows among which what came of an act stands, wherever the list is cut: of an order its own, of a stop those of the
/// minutes around it.
fn around(reader: &Reader, note: &Entry) -> Result<Vec<Entry>, JournalError> {
    let (at, apart) = (note.written, STOP_APART_NANOS);
    match (&note.reason, &note.order) {
        (Some(Reason::Stopped(_)), _) => {
            let from = Wall::from_nanos(at.nanos().saturating_sub(apart));
            let until = Wall::from_nanos(at.nanos().saturating_add(apart));
            let mut rows = reader.written_from(from, AROUND_MOST)?;
            rows.retain(|row| row.written <= until);
            Ok(rows)
        }
        (Some(reason), Some(order)) if reason.is_order() => reader.rows_of_order(order),
        _ => Ok(Vec::new()),
    }
}

/// And down to when it was looked, where there is more; all that stands at that instant was looked at.
async fn of_journal(app: &App, until: Wall, most: usize) -> (ActRows, Option<Wall>) {
    let found = read(app, move |reader| {
        let mut rows = ActRows::default();
        // What was stopped just before may have its note just behind.
        let behind = Wall::from_nanos(until.nanos().saturating_add(STOP_APART_NANOS));
        reader.back(until, Bookmark::until(behind), LOOKED_MOST, |entry| {
            rows.add_later(until, entry);
            true
        })?;
        let (mut oldest, mut place, mut is_full) = (until, Bookmark::until(until), false);
        let looked = loop {
            let next = reader.back(Wall::from_secs(0), place, LOOKED_MOST, |entry| {
                let at = moment(&entry);
                is_full = is_full || rows.len() >= most;
                if is_full && at < oldest {
                    return false;
                }
                oldest = at.min(oldest);
                rows.add(entry);
                true
            })?;
            match next {
                None => break None,
                Some(_) if is_full => break Some(oldest),
                // Far enough; what stands at the same instant comes too.
                Some(next) => (place, is_full) = (next, true),
            }
        };
        rows.find(|note| around(reader, note))?;
        Ok::<_, JournalError>((rows, looked))
    })
    .await;
    found.unwrap_or_default()
}
