use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, PullConsumer, pull};
use async_nats::jetstream::{Context, Message};
use futures_util::StreamExt as _;
use loa_core::bundle::AlarmPaper;
use loa_core::diag::{Text, text};
use loa_core::instant::Wall;
use loa_core::signature::{Endorsed, Locality, UtcSecond};
use loa_core::uplink::{ALARM_STREAM, AlarmHeard, Pulse};

use crate::answers::GivenAlarm;
use crate::dispatch::HeardRecord;
use crate::ledger::{BookKind, BookPage, Ledger, LedgerError};
use crate::pulse::{PulseRecord, TwinRecord};
use crate::streams::{ANSWERS, PULSES};

/// Heartbeats and answers of one look: three thousand boxes say something each minute.
const PULL: usize = 5_000;
/// It is there or it is not: nobody waits for it.
const WAIT: Duration = Duration::from_secs(2);
/// A paper of sixteen alarms.
const PAPER_MOST: usize = 64 * 1024;
/// The stream keeps a day.
const OVER: Duration = Duration::from_hours(24);

/// What boxes say beside their rows: heartbeats, and what became of alarms. Nothing of it is owed to anybody; where it cannot be had, rows are
/// collected all the same.
#[derive(Default)]
pub(crate) struct Hearing {
    pulses: Option<PullConsumer>,
    answers: Option<PullConsumer>,
    given: Option<PullConsumer>,
    /// Alarms of the stream, by their ids.
    alarms: BTreeMap<String, GivenAlarm>,
    known: BTreeMap<Locality, PulseRecord>,
}

/// What was heard, to be written down.
#[derive(Default)]
pub(crate) struct HeardPages {
    pub(crate) pages: Vec<BookPage>,
    /// Stations with whose key two boxes speak, with their journals.
    pub(crate) twins: Vec<(Locality, Vec<String>)>,
    /// Journals that are not written any more, with the rows that they were known to have, and when that was said.
    pub(crate) ended: Vec<(Locality, String, u64, Wall)>,
}

impl Hearing {
    /// With what the book has.
    pub(crate) fn of(ledger: &mut dyn Ledger) -> Result<Self, LedgerError> {
        let given = ledger.pages(BookKind::Given, "")?;
        let given = given.iter().filter_map(BookPage::read::<GivenAlarm>);
        let alarms = given.map(|alarm| (alarm.id.clone(), alarm)).collect();
        Ok(Self { known: PulseRecord::all(ledger)?, alarms, ..Self::default() })
    }

    /// All that was said since the last look.
    pub(crate) async fn listen(&mut self, js: &Context, now: Wall) -> HeardPages {
        let mut heard = HeardPages::default();
        let mut newest: BTreeSet<Locality> = BTreeSet::new();
        for message in fetch(&mut self.pulses, js, PULSES, "loa.hb.>").await {
            let station = message.subject.strip_prefix("loa.hb.").and_then(Locality::read);
            let pulse = serde_json::from_slice::<Pulse>(&message.payload).ok();
            let Some((station, pulse)) = station.zip(pulse) else { continue };
            let (ended, at) = (PulseRecord::ended(self.known.get(&station), &pulse), said_at(&message, now));
            heard.ended.extend(ended.map(|(epoch, rows)| (station.clone(), epoch, rows, at)));
            // One after the other: two boxes that take turns show by that.
            let (record, is_twin) = PulseRecord::after(self.known.get(&station), pulse, at);
            if is_twin {
                let epochs = record.epochs.iter().map(|(epoch, _)| epoch.clone()).collect();
                heard.twins.push((station.clone(), epochs));
            }
            self.known.insert(station.clone(), record);
            newest.insert(station);
        }
        for station in &newest {
            if let Some(record) = self.known.get(station) {
                heard.pages.push(BookPage::of(BookKind::Pulse, station.as_str(), record, now));
            }
        }
        for message in fetch(&mut self.answers, js, ANSWERS, "loa.ack.>").await {
            let station = message.subject.strip_prefix("loa.ack.").and_then(Locality::read);
            let said = serde_json::from_slice::<AlarmHeard>(&message.payload).ok();
            let Some((station, said)) = station.zip(said) else { continue };
            let record = HeardRecord { station, came: UtcSecond::of(said_at(&message, now)), heard: said };
            heard.pages.push(BookPage::of(BookKind::Heard, record.page_id(), &record, now));
        }
        let papers = fetch(&mut self.given, js, ALARM_STREAM, "loa.em.>").await;
        let before = self.alarms.clone();
        for message in papers {
            self.note(&message.payload);
        }
        let new = self.alarms.iter().filter(|(id, alarm)| before.get(*id) != Some(*alarm));
        heard.pages.extend(new.map(|(id, alarm)| BookPage::of(BookKind::Given, id.clone(), alarm, now)));
        // What is over is said no more.
        self.alarms.retain(|_, alarm| now.after(alarm.expires.wall()) < OVER);
        heard
    }

    /// Alarms as they were given, where, and where they were ended: each place has a paper of its own, of all that hold there.
    fn note(&mut self, said: &[u8]) {
        if said.len() > PAPER_MOST {
            return;
        }
        let paper = Endorsed::read(said).and_then(|paper| AlarmPaper::read(&paper.text).ok());
        let Some(paper) = paper else { return };
        for alarm in GivenAlarm::all(&paper) {
            self.alarms.entry(alarm.id.clone()).or_insert(alarm);
        }
        for known in self.alarms.values_mut() {
            known.hear(&paper);
        }
    }
}

impl HeardPages {
    /// Write it down, and say which stations are two by now that were one before.
    pub(crate) fn write(mut self, ledger: &mut dyn Ledger, now: Wall) -> Result<Vec<Text>, LedgerError> {
        let mut said = Vec::new();
        for (station, epochs) in std::mem::take(&mut self.twins) {
            let known = crate::ledger::page::<TwinRecord>(ledger, BookKind::Twin, station.as_str())?;
            if known.is_some_and(|known| known.closed.is_none()) {
                continue;
            }
            said.push(text!(
                "SỰ CỐ {station}: hai máy đang dùng chung một khóa (hai nhật ký thay nhau báo về): tìm máy kia, rồi loa fleet revoke {station} và cấp khóa mới",
                "TROUBLE {station}: two boxes use one key (two journals take turns): find the other box, then loa fleet revoke {station} and issue a new key"
            ));
            let since = now.rfc3339(&jiff::tz::TimeZone::UTC);
            let twin = TwinRecord { since, epochs, closed: None, by: String::new(), why: String::new() };
            ledger.write_pages(&[BookPage::of(BookKind::Twin, station.as_str(), &twin, now)])?;
        }
        for (station, epoch, rows, at) in &self.ended {
            ledger.announce(station, epoch, *rows, *at)?;
        }
        if !self.pages.is_empty() {
            ledger.write_pages(&self.pages)?;
        }
        Ok(said)
    }
}

/// When the server had it: a collector that was away reads what was said meanwhile.
pub(crate) fn said_at(message: &Message, now: Wall) -> Wall {
    let published = message.info().ok().map(|info| info.published.unix_timestamp_nanos());
    published.and_then(|nanos| i64::try_from(nanos).ok()).map_or(now, Wall::from_nanos)
}

/// What has come to a stream since the last look; nothing where it cannot be had now.
async fn fetch(own: &mut Option<PullConsumer>, js: &Context, stream: &str, subjects: &str) -> Vec<Message> {
    if own.is_none() {
        *own = consumer(js, stream, subjects).await;
    }
    let Some(consumer) = own else { return Vec::new() };
    let asked = tokio::time::timeout(WAIT, consumer.fetch().max_messages(PULL).messages()).await;
    let Ok(Ok(mut batch)) = asked else {
        *own = None;
        return Vec::new();
    };
    let mut messages = Vec::new();
    loop {
        match tokio::time::timeout(WAIT, batch.next()).await {
            Ok(Some(Ok(message))) => messages.push(message),
            Ok(None) => break,
            // The stream, or its consumer, may be gone: looked up again the next time.
            Ok(Some(Err(_))) | Err(_) => {
                *own = None;
                break;
            }
        }
    }
    messages
}

/// Nobody acknowledges: what is lost is said again in a minute. The server takes it away where nobody has asked for a while.
async fn consumer(js: &Context, stream: &str, subjects: &str) -> Option<PullConsumer> {
    let config = pull::Config {
        ack_policy: AckPolicy::None,
        deliver_policy: DeliverPolicy::All,
        filter_subject: subjects.to_owned(),
        inactive_threshold: Duration::from_mins(5),
        ..pull::Config::default()
    };
    let stream = js.get_stream(stream).await.ok()?;
    stream.create_consumer(config).await.ok()
}
