use std::collections::BTreeMap;
use std::time::Duration;

use crate::instant::Wall;
use crate::look::Look;
use crate::plan::{Airing, Cause, Verdict};

/// How far it looks: what comes once a fortnight is found.
const DAYS: i64 = 14;

/// After so many airings no further day is looked at: a province's plan on one machine. What is near comes first.
const AIRINGS_MOST: usize = 100_000;

/// What is heard next: of each file, and of each broadcast. Of the whole plan nothing else is kept.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    /// So many days were looked at.
    pub(super) days: i64,
    files: BTreeMap<String, Airing>,
    /// What would be heard of a file, had somebody approved it.
    unapproved: BTreeMap<String, Airing>,
    broadcasts: BTreeMap<String, Airing>,
}

impl Ahead {
    pub(super) fn look(look: &Look, now: Wall) -> Self {
        let day = Duration::from_hours(24);
        let (mut ahead, mut seen, mut from) = (Self::default(), 0, now);
        while ahead.days < DAYS && seen <= AIRINGS_MOST {
            let airings = look.plan(from, from + day);
            seen += airings.len();
            for airing in &airings {
                ahead.add(airing);
            }
            ahead.days += 1;
            from = from + day;
        }
        ahead
    }

    fn add(&mut self, airing: &Airing) {
        keep(&mut self.broadcasts, &airing.broadcast.id, airing);
        let lacks_approval = matches!(airing.reason.as_deref(), Some(Cause::NotApproved(_)));
        let files = match airing.verdict {
            Verdict::Play | Verdict::Wait => &mut self.files,
            _ if lacks_approval => &mut self.unapproved,
            _ => return,
        };
        for (file, _) in airing.programme.needed().filter_map(|item| item.source()) {
            keep(files, file, airing);
        }
    }

    pub(super) fn of_file(&self, file: &str) -> Option<&Airing> {
        self.files.get(file)
    }

    /// The first airing that is refused for want of approval.
    pub(super) fn unapproved(&self, file: &str) -> Option<&Airing> {
        self.unapproved.get(file)
    }

    pub(super) fn of_broadcast(&self, id: &str) -> Option<&Airing> {
        self.broadcasts.get(id)
    }
}

fn keep(all: &mut BTreeMap<String, Airing>, name: &str, airing: &Airing) {
    match all.get_mut(name) {
        Some(known) if known.start <= airing.start => {}
        Some(known) => *known = airing.clone(),
        None => {
            all.insert(name.to_owned(), airing.clone());
        }
    }
}
