use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use loa_board::SentAlarm;
use loa_core::district::FleetRollout;
use loa_core::instant::Wall;
use loa_core::signature::Locality;

use crate::answers::GivenAlarm;
use crate::dispatch::{AlarmRecord, HeardRecord};
use crate::ledger::{BookKind, BookPage, Ledger, LedgerError};
use crate::pulse::PulseRecord;
use crate::rollout::{RolloutBoxRecord, RolloutRecord};

/// Whoever writes in the book may do so on another machine, whose clock is behind.
const MARGIN: Duration = Duration::from_hours(1);
/// A board that is made anew has alarms and roll-outs of so long ago.
const REMEMBERED: Duration = Duration::from_hours(90 * 24);

/// Pages of the book that have been read, so that each is read once.
#[derive(Debug, Default)]
pub(crate) struct BookReader {
    /// When it was read last; none yet.
    read: Option<Wall>,
    /// By kind and id, the instant of the page that was read.
    seen: BTreeMap<(BookKind, String), Wall>,
}

/// What has come into the book since it was read last.
#[derive(Debug, Default)]
pub(crate) struct BookNews {
    pub(crate) pulses: Vec<(Locality, PulseRecord)>,
    pub(crate) sent: Vec<SentAlarm>,
    /// Ids of alarms of which something is new: they were given, or boxes have answered.
    pub(crate) alarms: BTreeSet<String>,
    pub(crate) rollouts: Vec<FleetRollout>,
    now: Wall,
    since: Wall,
    pages: Vec<((BookKind, String), Wall)>,
}

impl BookReader {
    /// What is new. It counts as read when it was written down: [`Self::done`].
    pub(crate) fn news(&self, ledger: &mut dyn Ledger, now: Wall) -> Result<BookNews, LedgerError> {
        // A clock that was set back begins anew.
        let since = self.read.filter(|read| *read <= now).map_or(now - REMEMBERED, |read| read - MARGIN);
        let mut news = BookNews { now, since, ..BookNews::default() };
        for page in self.fresh(ledger, BookKind::Pulse, &mut news)? {
            news.pulses.extend(Locality::read(&page.id).zip(page.read::<PulseRecord>()));
        }
        for page in self.fresh(ledger, BookKind::Alarm, &mut news)? {
            news.sent.extend(page.read::<AlarmRecord>().map(|record| GivenAlarm::of(&record).sent()));
            news.alarms.insert(page.id);
        }
        for page in self.fresh(ledger, BookKind::Given, &mut news)? {
            // Who gave it has written more down.
            if !ledger.pages(BookKind::Alarm, &page.id)?.iter().any(|own| own.id == page.id) {
                news.sent.extend(page.read::<GivenAlarm>().map(|given| given.sent()));
            }
            news.alarms.insert(page.id);
        }
        for page in self.fresh(ledger, BookKind::Heard, &mut news)? {
            news.alarms.extend(page.read::<HeardRecord>().map(|said| said.heard.alarm));
        }
        for page in self.fresh(ledger, BookKind::Rollout, &mut news)? {
            let Some(record) = page.read::<RolloutRecord>() else { continue };
            let boxes = ledger.pages(BookKind::RolloutBox, &format!("{} ", record.id))?;
            let boxes: Vec<RolloutBoxRecord> = boxes.iter().filter_map(BookPage::read).collect();
            news.rollouts.push(record.shown(&boxes));
        }
        Ok(news)
    }

    fn fresh(
        &self,
        ledger: &mut dyn Ledger,
        kind: BookKind,
        news: &mut BookNews,
    ) -> Result<Vec<BookPage>, LedgerError> {
        let mut pages = ledger.pages_since(kind, news.since)?;
        pages.retain(|page| self.seen.get(&(kind, page.id.clone())) != Some(&page.changed));
        news.pages.extend(pages.iter().map(|page| ((kind, page.id.clone()), page.changed)));
        Ok(pages)
    }

    /// What was new is written down.
    pub(crate) fn done(&mut self, news: BookNews) {
        let BookNews { now, since, pages, .. } = news;
        self.read = Some(now);
        self.seen.extend(pages);
        self.seen.retain(|_, changed| *changed >= since);
    }
}
