//! A box's side as far as the collector sees it, and what is asked of both.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream;
use async_nats::{Client, ConnectOptions, HeaderMap};
use jiff::tz::TimeZone;
use loa_collect::ledger::{JournalState, Ledger as _, SqliteLedger};
use loa_collect::{CollectError, Collector, CollectorEar, CollectorSettings};
use loa_core::digest::sha256;
use loa_core::fact::{Entry, EntryKind, Outcome, RowBody};
use loa_core::instant::Wall;
use loa_core::signature::Locality;
use loa_core::uplink::{ORIGIN, RowBatch, SentRow, Watermark, log_subject, watermark_subject};
use tempfile::TempDir;

use crate::nats::{Nats, Node};

pub(crate) const PATH: &str = "p01.c003.h00077";
pub(crate) const OTHER: &str = "p01.c003.h00078";
pub(crate) const ZONES: [&str; 4] = ["vn", "vn.p01", "vn.p01.c003", "vn.p01.c003.h00077"];

/// Longer than anything here takes.
const LIMIT: Duration = Duration::from_mins(1);

pub(crate) fn locality(written: &str) -> Locality {
    Locality::read(written).unwrap()
}

/// A journal with so many rows.
pub(crate) fn journal(count: u64, title: &str) -> Vec<SentRow> {
    let (mut prev, mut rows) = (ORIGIN.to_owned(), Vec::new());
    for seq in 1..=count {
        let entry = Entry {
            seq,
            kind: EntryKind::Airing,
            written: Wall::from_secs(1_796_000_000 + seq as i64),
            zone: Some("thon-1".into()),
            broadcast: Some("ban-tin".into()),
            title: title.to_owned(),
            planned: Some(Wall::from_secs(1_796_000_000 + seq as i64)),
            outcome: Some(Outcome::Played),
            seconds_planned: Some(60.0),
            seconds_played: Some(60.0),
            ..Entry::default()
        };
        let body = RowBody::of(&entry, &prev, ORIGIN, &TimeZone::UTC).text().unwrap();
        prev = sha256(body.as_bytes());
        rows.push(SentRow { seq, body, hash: prev.clone() });
    }
    rows
}

/// A server with two boxes, and a directory for the database.
pub(crate) struct World {
    pub(crate) nats: Nats,
    pub(crate) dir: TempDir,
}

impl World {
    pub(crate) fn start() -> Option<Self> {
        let nodes = [Node { path: PATH, zones: &ZONES }, Node { path: OTHER, zones: &ZONES[..3] }];
        Some(Self { nats: Nats::start(&nodes)?, dir: tempfile::tempdir().unwrap() })
    }

    fn server(&self) -> String {
        format!("nats://{}", self.nats.address())
    }

    pub(crate) async fn client(&self, name: &str) -> Client {
        let options = ConnectOptions::with_nkey(self.nats.seed(name).to_owned());
        let options = options.custom_inbox_prefix(format!("_INBOX.{name}")).retry_on_initial_connect();
        let options = options.reconnect_delay_callback(|_| Duration::from_millis(50));
        options.connect(self.server()).await.unwrap()
    }

    pub(crate) fn ledger(&self) -> SqliteLedger {
        SqliteLedger::open(&self.dir.path().join("collect.db")).unwrap()
    }

    /// A collector that ends at the step for which `goes_on` says no.
    pub(crate) async fn collector(
        &self,
        goes_on: impl Fn(&'static str) -> bool + Send + Sync + 'static,
    ) -> Result<Collector, CollectError> {
        self.collector_into(self.ledger(), goes_on).await
    }

    /// The same, into another database.
    pub(crate) async fn collector_into(
        &self,
        ledger: SqliteLedger,
        goes_on: impl Fn(&'static str) -> bool + Send + Sync + 'static,
    ) -> Result<Collector, CollectError> {
        let options = ConnectOptions::with_nkey(self.nats.seed("collector").to_owned());
        let options = options.reconnect_delay_callback(|_| Duration::from_millis(50));
        let settings = CollectorSettings {
            pull: 7,
            wait: Duration::from_millis(200),
            ack_wait: Duration::from_millis(400),
            look: Duration::from_millis(300),
            ..CollectorSettings::of("p01", 1)
        };
        let ear = CollectorEar { say: Arc::new(|_| ()), step: Arc::new(goes_on) };
        Collector::connect(&[self.server()], options, settings, Box::new(ledger), ear).await
    }

    /// Collect until `is_done` is content with the database.
    pub(crate) async fn collect_until(&self, is_done: impl Fn(&[JournalState]) -> bool) {
        let collector = self.collector(|_| true).await.unwrap();
        let done = async {
            while !is_done(&self.ledger().journals().unwrap()) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        within(collector.run(done)).await.expect("it is collected").unwrap();
    }

    pub(crate) async fn watermark(&self, path: &str) -> Option<Watermark> {
        let js = jetstream::new(self.client(path).await);
        let stream = js.get_stream_no_info("LOA_WM").await.unwrap();
        let message = stream.direct_get_last_for_subject(watermark_subject(&locality(path))).await.ok()?;
        Watermark::read(&message.payload)
    }
}

/// What `work` comes to, unless it takes longer than anything here does.
pub(crate) async fn within<T>(work: impl Future<Output = T>) -> Result<T, tokio::time::error::Elapsed> {
    tokio::time::timeout(LIMIT, Box::pin(work)).await
}

/// Send rows as a box does; says whether a server has taken them.
pub(crate) async fn send(client: &Client, path: &str, epoch: &str, rows: &[SentRow], name: &str) -> bool {
    let bodies = rows.iter().map(|row| row.body.clone()).collect();
    let head = rows.last().unwrap().hash.clone();
    let batch = RowBatch { epoch: epoch.to_owned(), first: rows[0].seq, bodies, head };
    let mut headers = HeaderMap::new();
    for (key, value) in batch.headers() {
        headers.insert(key, value.as_str());
    }
    headers.insert("Nats-Msg-Id", name);
    let subject = log_subject(&locality(path));
    let answer = client.request_with_headers(subject, headers, batch.payload().into());
    match tokio::time::timeout(Duration::from_secs(5), answer).await {
        Ok(Ok(answer)) => String::from_utf8_lossy(&answer.payload).contains("\"stream\":\"LOA_LOG\""),
        _ => false,
    }
}

/// Dies at this step.
pub(crate) fn stop_at(step: &'static str) -> impl Fn(&'static str) -> bool + Send + Sync + 'static {
    move |asked| asked != step
}
