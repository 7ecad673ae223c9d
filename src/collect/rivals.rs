use std::collections::BTreeSet;
use std::time::Duration;

use async_nats::jetstream::Context;
use futures_util::StreamExt as _;
use loa_core::diag::{Text, shown, text};
use loa_core::digest::sha256;
use loa_core::instant::Wall;
use loa_core::uplink::LOG_STREAM;
use serde::{Deserialize, Serialize};

use crate::ledger::{BookKind, BookPage, Ledger, LedgerError, page};

/// What every durable consumer of a collector begins with.
pub(crate) const CONSUMER: &str = "collector";
/// Of a digest, what names a database: nobody has two of one name by chance.
const NAME: usize = 12;
/// Where a database has its own name in the book.
const OWN: &str = "own";
/// One that was not seen for so long is told no more.
const KNOWN: Duration = Duration::from_mins(10);
/// Of what others say of themselves.
const WORDS_MOST: usize = 300;

/// Another collector at work on the same server, with a database of its own, as the book has it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RivalRecord {
    /// The name of its consumer.
    pub consumer: String,
    /// Where its database is, as it says itself.
    pub database: String,
    /// Since when it is known, in RFC 3339.
    pub since: String,
}

/// By what a server knows this database: a copy of it, another at its place, and the same one at another place are others, so that each
/// gets all rows there are.
pub(crate) fn consumer_name(ledger: &mut dyn Ledger, now: Wall) -> Result<String, LedgerError> {
    let own = if let Some(own) = page::<String>(ledger, BookKind::Database, OWN)? {
        own
    } else {
        let random = getrandom::u64().map_err(|error| LedgerError::Damaged(error.to_string()))?;
        let own = format!("{random:016x}");
        ledger.write_pages(&[BookPage::of(BookKind::Database, OWN, &own, now)])?;
        own
    };
    let seat = ledger.seat()?;
    let name = sha256(format!("{own} {seat}").as_bytes());
    Ok(format!("{CONSUMER}-{}", &name[..NAME]))
}

/// Looks for other collectors that are at work.
#[derive(Debug, Default)]
pub(crate) struct RivalWatch {
    looked: Option<Wall>,
    /// Seen at the last look: a collector that has just ended still waits for some seconds.
    before: BTreeSet<String>,
}

impl RivalWatch {
    /// Where it is time to look again: collectors other than `own` that somebody waits at, now and the last time; consumer and database.
    pub(crate) async fn look(&mut self, js: &Context, own: &str, every: Duration, now: Wall) -> Vec<(String, String)> {
        if self.looked.is_some_and(|looked| looked <= now && now.after(looked) < every) {
            return Vec::new();
        }
        self.looked = Some(now);
        let Ok(stream) = js.get_stream(LOG_STREAM).await else { return Vec::new() };
        let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
        let mut consumers = stream.consumers();
        while let Some(Ok(info)) = consumers.next().await {
            let is_other = info.name.starts_with(CONSUMER) && !info.name.starts_with(own);
            if !is_other || info.num_waiting == 0 {
                continue;
            }
            if self.before.contains(&info.name) {
                let database = info.config.description.unwrap_or_default();
                found.push((info.name.clone(), database.chars().take(WORDS_MOST).collect()));
            }
            seen.insert(info.name);
        }
        self.before = seen;
        found
    }
}

impl RivalRecord {
    /// Note them; those that were not known are given back, to be told.
    pub(crate) fn note(
        ledger: &mut dyn Ledger,
        found: Vec<(String, String)>,
        now: Wall,
    ) -> Result<Vec<Self>, LedgerError> {
        let (mut pages, mut new) = (Vec::new(), Vec::new());
        let known = Self::standing(ledger, now)?;
        for (consumer, database) in found {
            let before = known.iter().find(|known| known.consumer == consumer).map(|known| known.since.clone());
            let since = before.clone().unwrap_or_else(|| now.rfc3339(&jiff::tz::TimeZone::UTC));
            let record = Self { consumer, database, since };
            pages.push(BookPage::of(BookKind::Rival, record.consumer.clone(), &record, now));
            new.extend(before.is_none().then_some(record));
        }
        ledger.write_pages(&pages)?;
        Ok(new)
    }

    /// Those that were seen of late.
    pub(crate) fn standing(ledger: &mut dyn Ledger, now: Wall) -> Result<Vec<Self>, LedgerError> {
        Ok(ledger.pages_since(BookKind::Rival, now - KNOWN)?.iter().filter_map(BookPage::read).collect())
    }

    /// For whoever looks after the collector.
    pub fn text(&self) -> Text {
        let (consumer, database) = (shown(&self.consumer), shown(&self.database));
        text!(
            "SỰ CỐ: một chương trình thu khác đang lấy nhật ký từ cùng máy chủ vào cơ sở dữ liệu «{database}» ({consumer}): chọn một nơi để giữ, tắt loa collect run ở nơi kia",
            "TROUBLE: another collector takes the rows of the same server into the database \"{database}\" ({consumer}): choose which one stays, and end loa collect run at the other place"
        )
    }

    /// Since when it is known.
    pub(crate) fn since(&self) -> Option<Wall> {
        self.since.parse::<jiff::Timestamp>().ok().map(Wall::from)
    }
}
