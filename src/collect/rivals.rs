use std::collections::BTreeMap;
use std::time::Duration;

use async_nats::jetstream::Context;
use futures_util::StreamExt as _;
use loa_core::diag::{Text, shown, text};
use loa_core::digest::sha256;
use loa_core::instant::Wall;
use loa_core::uplink::LOG_STREAM;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

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

/// Others found at work at one look: consumer and database of each.
type FoundRivals = Vec<(String, String)>;

/// Looks for other collectors that are at work, for as long as it lives.
pub(crate) struct RivalWatch {
    found: mpsc::Receiver<FoundRivals>,
    /// Ends with this.
    _looks: JoinSet<()>,
}

impl RivalWatch {
    /// Begin to look about once in `every` for collectors other than `own`. At times of its own: two collectors that get the same rows at
    /// the same moment go in step, and neither would ever be waiting when the other one has time to look.
    pub(crate) fn start(js: Context, own: &str, every: Duration) -> Self {
        let (tell, found) = mpsc::channel(1);
        let own = own.to_owned();
        let mut looks = JoinSet::new();
        looks.spawn(async move {
            let mut before = BTreeMap::new();
            loop {
                // Between half of it and all of it.
                let part = getrandom::u32().unwrap_or_default() % 1000;
                tokio::time::sleep(every / 2 + every / 2000 * part).await;
                let found = look(&js, &own, &mut before).await;
                // Who has not yet heard of the last ones hears of the next.
                if !found.is_empty() && tell.try_send(found).is_err() && tell.is_closed() {
                    return;
                }
            }
        });
        Self { found, _looks: looks }
    }

    /// Those that were found since this was asked last.
    pub(crate) fn found(&mut self) -> FoundRivals {
        self.found.try_recv().unwrap_or_default()
    }
}

/// Another's consumer at one look.
struct Seen {
    /// What it had been given by then.
    delivered: u64,
    /// Somebody waited at it, or it had been given something since the look before.
    is_at_work: bool,
}

/// Collectors other than `own` that are at work now and were at the last look: one that has just ended still waits for some seconds.
async fn look(js: &Context, own: &str, before: &mut BTreeMap<String, Seen>) -> FoundRivals {
    let Ok(stream) = js.get_stream(LOG_STREAM).await else { return Vec::new() };
    let (mut seen, mut found) = (BTreeMap::new(), Vec::new());
    let mut consumers = stream.consumers();
    while let Some(Ok(info)) = consumers.next().await {
        if !info.name.starts_with(CONSUMER) || info.name.starts_with(own) {
            continue;
        }
        let delivered = info.delivered.consumer_sequence;
        let last = before.get(&info.name);
        let is_at_work = info.num_waiting > 0 || last.is_some_and(|last| last.delivered != delivered);
        if is_at_work && last.is_some_and(|last| last.is_at_work) {
            let database = info.config.description.unwrap_or_default();
            found.push((info.name.clone(), database.chars().take(WORDS_MOST).collect()));
        }
        seen.insert(info.name, Seen { delivered, is_at_work });
    }
    *before = seen;
    found
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
            "SỰ CỐ: một chương trình thu khác đang lấy nhật ký từ cùng máy chủ vào cơ sở dữ liệu «{database}» ({consumer}): chọn một nơi để giữ, tắt chương trình thu ở nơi kia",
            "TROUBLE: another collector takes the rows of the same server into the database \"{database}\" ({consumer}): choose which one stays, and end the collector at the other place"
        )
    }

    /// Since when it is known.
    pub(crate) fn since(&self) -> Option<Wall> {
        self.since.parse::<jiff::Timestamp>().ok().map(Wall::from)
    }
}
