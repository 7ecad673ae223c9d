use std::collections::BTreeMap;
use std::time::Duration;

use jiff::tz::TimeZone;
use loa_core::diag::{Text, shown, text};
use loa_core::instant::Wall;
use loa_core::uplink::{ALARM_STREAM, SCHEDULE_STREAM, WATERMARK_STREAM};
use serde::{Deserialize, Serialize};

use crate::ledger::{BookKind, BookPage, Ledger, LedgerError};
use crate::streams::SOUNDS;

/// Where that lies which the centre has sent. Rows, heartbeats and answers are sent again by the boxes; this by nobody who does not know of it.
const SENT: [&str; 3] = [SCHEDULE_STREAM, ALARM_STREAM, SOUNDS];

/// A stream in which lies what the centre has sent, as the book has it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct StreamRecord {
    /// The number of the newest message that it has had.
    pub last: u64,
    /// Since when it is known that what lay there is gone, in RFC 3339; none where it is all there.
    #[serde(default)]
    pub lost: Option<String>,
    /// When somebody has sent again what was gone; none yet.
    #[serde(default)]
    pub closed: Option<String>,
    /// Who.
    #[serde(default)]
    pub by: String,
    /// What was done.
    #[serde(default)]
    pub why: String,
}

impl StreamRecord {
    /// Note the newest number of each stream. Numbers only rise: one that is lower than before is of a stream that was lost and made anew. Says which
    /// are lost since the last look.
    pub(crate) fn note(
        ledger: &mut dyn Ledger,
        last: &BTreeMap<String, u64>,
        now: Wall,
    ) -> Result<Vec<Text>, LedgerError> {
        let known = Self::all(ledger)?;
        let (mut pages, mut said) = (Vec::new(), Vec::new());
        for (name, last) in SENT.into_iter().filter_map(|name| Some((name, *last.get(name)?))) {
            let before = known.get(name).cloned().unwrap_or_default();
            if known.contains_key(name) && before.last == last {
                continue;
            }
            let record = if last < before.last {
                Self { last, lost: Some(now.rfc3339(&TimeZone::UTC)), ..Self::default() }
            } else {
                Self { last, ..before.clone() }
            };
            said.extend((last < before.last).then(|| Self::text(name)));
            pages.push(BookPage::of(BookKind::Stream, name, &record, now));
        }
        if !pages.is_empty() {
            ledger.write_pages(&pages)?;
        }
        Ok(said)
    }

    /// Those of which something is gone that nobody has closed, by their names.
    pub(crate) fn standing(ledger: &mut dyn Ledger) -> Result<BTreeMap<String, Self>, LedgerError> {
        let mut all = Self::all(ledger)?;
        all.retain(|_, record| record.is_open());
        Ok(all)
    }

    /// Somebody has sent again what was gone: of this stream, or of every one. Says how many that were.
    pub(crate) fn close(
        ledger: &mut dyn Ledger,
        name: Option<&str>,
        by: &str,
        why: &str,
        now: Wall,
    ) -> Result<u64, LedgerError> {
        let mut open = Self::standing(ledger)?;
        open.retain(|known, _| name.is_none_or(|name| name == known));
        let at = now.rfc3339(&TimeZone::UTC);
        let closed = |(name, record): (String, Self)| {
            let record = Self { closed: Some(at.clone()), by: by.to_owned(), why: why.to_owned(), ..record };
            BookPage::of(BookKind::Stream, name, &record, now)
        };
        let pages: Vec<BookPage> = open.into_iter().map(closed).collect();
        if !pages.is_empty() {
            ledger.write_pages(&pages)?;
        }
        Ok(pages.len() as u64)
    }

    /// Since when it is known.
    pub(crate) fn since(&self) -> Option<Wall> {
        self.lost.as_ref()?.parse::<jiff::Timestamp>().ok().map(Wall::from)
    }

    /// For whoever looks after the collector.
    pub(crate) fn text(name: &str) -> Text {
        let name = shown(name);
        text!(
            "SỰ CỐ: luồng «{name}» trên máy chủ đã mất những gì trung tâm đã gửi; luồng được lập lại, trống. Đài nào chưa nhận thì không nhận được nữa: gửi lại lịch (loa fleet send) và báo động còn hiệu lực (loa fleet alarm), rồi đóng: loa collect close {name} --by TÊN --why ĐÃ-GỬI-LẠI",
            "TROUBLE: the stream \"{name}\" on the server has lost what the centre has sent; it is made anew, empty. Stations that have not taken it yet cannot any more: send the schedules (loa fleet send) and the alarms that still hold (loa fleet alarm) again, then close this: loa collect close {name} --by NAME --why SENT-AGAIN"
        )
    }

    fn is_open(&self) -> bool {
        self.lost.is_some() && self.closed.is_none()
    }

    fn all(ledger: &mut dyn Ledger) -> Result<BTreeMap<String, Self>, LedgerError> {
        let pages = ledger.pages(BookKind::Stream, "")?;
        Ok(pages.iter().filter_map(|page| Some((page.id.clone(), page.read()?))).collect())
    }
}

/// Remembers when the streams were looked at, and how far the boxes have been told.
#[derive(Default)]
pub(crate) struct StreamWatch {
    looked: Option<Wall>,
    told: u64,
}

impl StreamWatch {
    /// Whether it is time to look again; then it counts as looked at now.
    pub(crate) fn is_due(&mut self, every: Duration, now: Wall) -> bool {
        let is_due = self.looked.is_none_or(|looked| now < looked || now.after(looked) >= every);
        if is_due {
            self.looked = Some(now);
        }
        is_due
    }

    /// Whether what the boxes were told is lost, by the newest number of each stream.
    pub(crate) fn has_forgotten(&self, last: &BTreeMap<String, u64>) -> bool {
        last.get(WATERMARK_STREAM).is_some_and(|last| *last < self.told)
    }

    /// They are told as far as these numbers say.
    pub(crate) fn remember(&mut self, last: &BTreeMap<String, u64>) {
        self.told = last.get(WATERMARK_STREAM).copied().unwrap_or(self.told);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::SqliteLedger;

    #[test]
    fn a_stream_that_lost_what_was_sent_is_told_once_until_somebody_closes_it() {
        let dir = tempfile::tempdir().unwrap();
        let mut ledger = SqliteLedger::open(&dir.path().join("collect.db")).unwrap();
        let now = Wall::from_secs(1_796_000_000);
        let mut look = |last: u64| {
            let last = BTreeMap::from([(SCHEDULE_STREAM.to_owned(), last), ("LOA_LOG".to_owned(), 0)]);
            let said = StreamRecord::note(&mut ledger, &last, now).unwrap();
            let open = StreamRecord::standing(&mut ledger).unwrap();
            (said.len(), open.into_keys().collect::<Vec<_>>())
        };
        let lost = || vec![SCHEDULE_STREAM.to_owned()];
        assert_eq!(look(0), (0, Vec::new()), "a fleet that is new has lost nothing");
        assert_eq!(look(7), (0, Vec::new()));
        assert_eq!(look(0), (1, lost()));
        assert_eq!(look(2), (0, lost()), "it stays until somebody has sent all of it again");
        assert_eq!(StreamRecord::close(&mut ledger, Some("LOA_EM"), "A", "x", now).unwrap(), 0);
        assert_eq!(StreamRecord::close(&mut ledger, None, "A", "đã gửi lại", now).unwrap(), 1);
        assert!(StreamRecord::standing(&mut ledger).unwrap().is_empty());
    }

    #[test]
    fn boxes_are_told_anew_where_the_server_has_forgotten_what_they_were_told() {
        let of = |last: u64| BTreeMap::from([(WATERMARK_STREAM.to_owned(), last)]);
        let mut watch = StreamWatch::default();
        let (now, every) = (Wall::from_secs(1_796_000_000), Duration::from_mins(1));
        let told = |last: u64| {
            let has_forgotten = watch.has_forgotten(&of(last));
            watch.remember(&of(last));
            has_forgotten
        };
        assert_eq!([0, 5, 6, 1].map(told), [false, false, false, true]);
        let due = [0, 59, 60, 10].map(|later| watch.is_due(every, now + Duration::from_secs(later)));
        assert_eq!(due, [true, false, true, true]);
    }
}
