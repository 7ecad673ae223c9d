mod consumer;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::{self, Message};
use async_nats::{Client, ConnectOptions};
use loa_core::diag::text;
use loa_core::signature::Locality;
use loa_core::uplink::{Watermark, watermark_subject};
use tokio::sync::Mutex;

use crate::hearing::Hearing;
use crate::laid::{self, LaidRows};
use crate::ledger::{Haul, Ledger, LedgerError, RefusedMessages, TakenHaul};
use crate::lost::{StreamRecord, StreamWatch};
use crate::rivals::{RivalRecord, RivalWatch, consumer_name};
use crate::room::RoomRecord;
use crate::settings::{CollectorEar, CollectorSettings};
use crate::{CollectError, streams, watch};

/// Empty waits after which it is asked whether nothing comes because there is nothing.
const EMPTY_MOST: u32 = 6;
/// The longest pause after failures.
const PAUSE_MOST: Duration = Duration::from_secs(30);

/// Gets the rows of all boxes into the database: pulled, written, acknowledged, and told to the box, in this order.
pub struct Collector {
    settings: CollectorSettings,
    client: Client,
    js: jetstream::Context,
    /// Asked by one thread at a time; whoever waits for it knows that the last one is done.
    ledger: Arc<Mutex<Box<dyn Ledger>>>,
    ear: CollectorEar,
    /// What its durable consumer is called, by its database.
    own: String,
    /// Counts on where a power cut has broken that one's file.
    name: u32,
    broken: u32,
    empty: u32,
    /// What boxes have not been told yet.
    untold: BTreeMap<Locality, Watermark>,
    /// Heartbeats, and what became of alarms.
    hearing: Hearing,
    /// Others that collect.
    rivals: RivalWatch,
    /// What boxes have laid into the stream.
    laid: LaidRows,
    streams: StreamWatch,
}

impl Collector {
    /// Connect, and see that the streams are there. What earlier lives may not have told the boxes is told first.
    pub async fn connect(
        servers: &[String],
        options: ConnectOptions,
        settings: CollectorSettings,
        mut ledger: Box<dyn Ledger>,
        ear: CollectorEar,
    ) -> Result<Self, CollectError> {
        ledger.claim()?;
        let client = options.connect(servers).await.map_err(|error| CollectError::Connect(error.to_string()))?;
        let mut js = jetstream::new(client.clone());
        js.set_timeout(Duration::from_secs(10));
        let untold = ledger.watermarks()?.into_iter().collect();
        let own = consumer_name(&mut *ledger, watch::now())?;
        let hearing = Hearing::of(&mut *ledger)?;
        let rivals = RivalWatch::start(js.clone(), &own, settings.look);
        let (ledger, laid, streams) = (Arc::new(Mutex::new(ledger)), LaidRows::default(), StreamWatch::default());
        let (name, broken, empty) = (1, 0, 0);
        Ok(Self { settings, client, js, ledger, ear, own, name, broken, empty, untold, hearing, rivals, laid, streams })
    }

    /// What its durable consumer is called.
    pub fn name(&self) -> &str {
        &self.own
    }

    /// See that the streams are there.
    pub async fn prepare(&self) -> Result<(), CollectError> {
        let seen = streams::ensure(&self.js, &self.settings.province, self.settings.replicas).await;
        seen.missing.map_or(Ok(()), Err)
    }

    /// Collect until `stop` is done. Nothing that goes wrong on the way ends it but that the database is gone; each failure is told and tried
    /// again. Once this is over, nobody is at the database any more.
    pub async fn run(mut self, stop: impl Future<Output = ()>) -> Result<(), CollectError> {
        let ended = self.work(stop).await;
        // A thread may still write what was cut off.
        drop(self.ledger.lock().await);
        ended
    }

    async fn work(&mut self, stop: impl Future<Output = ()>) -> Result<(), CollectError> {
        tokio::pin!(stop);
        let mut failures = 0_u32;
        loop {
            let done = tokio::select! {
                done = Box::pin(self.life()) => done,
                () = &mut stop => return Ok(()),
            };
            let why = match done {
                Err(CollectError::Stopped(step)) => return Err(CollectError::Stopped(step)),
                Err(gone @ CollectError::Ledger(LedgerError::Gone(_))) => return Err(gone),
                Err(CollectError::Ledger(damaged)) if damaged.is_damaged() => return Err(damaged.into()),
                Err(why) => why,
                Ok(()) => {
                    failures = 0;
                    continue;
                }
            };
            (self.ear.say)(why.text());
            failures = (failures + 1).min(8);
            let pause = Duration::from_millis(200).saturating_mul(1 << failures).min(PAUSE_MOST);
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = &mut stop => return Ok(()),
            }
        }
    }

    /// Work with one consumer until it has to be looked up again.
    async fn life(&mut self) -> Result<(), CollectError> {
        self.streams.is_due(self.settings.look, watch::now());
        self.look_at_streams().await?;
        let mut consumer = self.consumer().await?;
        // Before boxes write again what a server has lost: once they have written as much, nobody can tell.
        if self.is_ahead(&mut consumer).await? {
            return self.begin_anew(&consumer).await;
        }
        self.tell().await?;
        loop {
            // One look at a name of a file.
            self.ledger.lock().await.is_there()?;
            let messages = self.pull(&consumer).await?;
            self.hear().await?;
            self.look_aside().await?;
            if self.streams.is_due(self.settings.look, watch::now()) {
                self.look_at_streams().await?;
                self.tell().await?;
                if self.is_ahead(&mut consumer).await? {
                    return self.begin_anew(&consumer).await;
                }
            }
            if messages.is_empty() {
                self.empty = (self.empty + 1) % EMPTY_MOST;
                if self.empty == 0 && self.is_stuck(&mut consumer).await? {
                    return self.begin_anew(&consumer).await;
                }
                continue;
            }
            self.empty = 0;
            self.round(messages).await?;
        }
    }

    /// Write down what boxes say beside their rows.
    async fn hear(&mut self) -> Result<(), CollectError> {
        let now = watch::now();
        let heard = self.hearing.listen(&self.js, now).await;
        if heard.pages.is_empty() {
            return Ok(());
        }
        for said in self.with_ledger(move |ledger| heard.write(ledger, now)).await? {
            (self.ear.say)(said);
        }
        Ok(())
    }

    /// See whether somebody else collects from this server into another database: each gets all rows, and boxes are told by both.
    async fn look_aside(&mut self) -> Result<(), CollectError> {
        let found = self.rivals.found();
        if !found.is_empty() {
            let now = watch::now();
            for rival in self.with_ledger(move |ledger| RivalRecord::note(ledger, found, now)).await? {
                (self.ear.say)(rival.text());
            }
        }
        Ok(())
    }

    /// Make the streams that are missing. What boxes were told is told again where the server has lost it; what was sent to them is only told of.
    async fn look_at_streams(&mut self) -> Result<(), CollectError> {
        let seen = streams::ensure(&self.js, &self.settings.province, self.settings.replicas).await;
        // Rows are collected all the same.
        if let Some(why) = seen.missing {
            (self.ear.say)(why.text());
        }
        let (last, filled) = (seen.last, seen.filled);
        let (now, has_forgotten) = (watch::now(), self.streams.has_forgotten(&last));
        let (said, told, last) = self
            .with_ledger(move |ledger| {
                let told = if has_forgotten { ledger.watermarks()? } else { Vec::new() };
                let mut said = StreamRecord::note(ledger, &last, now)?;
                said.extend(RoomRecord::note(ledger, &filled, now)?);
                Ok((said, told, last))
            })
            .await?;
        self.streams.remember(&last);
        for said in said {
            (self.ear.say)(said);
        }
        // What waits already is no older.
        self.untold = told.into_iter().chain(std::mem::take(&mut self.untold)).collect();
        Ok(())
    }

    /// Into the database, then to the server, then to the boxes.
    async fn round(&mut self, messages: Vec<Message>) -> Result<(), CollectError> {
        self.step("pulled")?;
        let now = watch::now();
        let (mut hauls, mut refused, mut rubbish) = (Vec::new(), Vec::new(), Vec::new());
        for message in &messages {
            match laid::haul(message, now) {
                Ok(haul) => hauls.push((haul, message.payload.len())),
                Err(refusal) => {
                    refused.push(refusal);
                    rubbish.push(message);
                }
            }
        }
        let over = self.laid.count(hauls.iter().map(|(haul, bytes)| (haul.station.clone(), *bytes)), now);
        let hauls: Vec<Haul> = hauls.into_iter().map(|(haul, _)| haul).collect();
        refused.extend(over.iter().map(|station| (station.to_string(), LaidRows::words())));
        let taken = self
            .with_ledger(move |ledger| {
                for (station, why) in refused {
                    ledger.refuse(&station, &RefusedMessages::written(&why), now)?;
                }
                let taken = ledger.take(&hauls, now)?;
                // Before anything is acknowledged: rows that went into a file that nobody finds any more are asked for again.
                ledger.is_there()?;
                for lost in taken.iter().filter(|taken| taken.refused) {
                    ledger.refuse(lost.station.as_str(), &RefusedMessages::written(&LaidRows::too_many()), now)?;
                }
                Ok(taken)
            })
            .await?;
        self.step("taken")?;
        for (place, message) in messages.iter().enumerate() {
            message.ack().await.map_err(|error| CollectError::Messages(error.to_string()))?;
            if place == 0 {
                self.step("one acknowledged")?;
            }
        }
        self.client.flush().await.map_err(|error| CollectError::Messages(error.to_string()))?;
        self.step("acknowledged")?;
        laid::take_off(&self.js, &rubbish, &over, &messages).await;
        self.note(taken);
        self.tell().await?;
        self.step("told")
    }

    fn note(&mut self, taken: Vec<TakenHaul>) {
        for taken in taken.into_iter().filter(|taken| !taken.refused) {
            let station = &taken.station;
            for seq in &taken.arrived.others {
                (self.ear.say)(text!(
                    "{station}: dòng {seq} gửi lên khác với dòng {seq} đã nhận; giữ dòng nhận trước",
                    "{station}: row {seq} that came differs from row {seq} that is there; the first one stays"
                ));
            }
            for seq in &taken.breaks {
                (self.ear.say)(text!(
                    "{station}: chuỗi nhật ký đứt ở dòng {seq}",
                    "{station}: the journal's chain is broken at row {seq}"
                ));
            }
            self.untold.insert(taken.station, taken.watermark);
        }
    }

    /// Tell the boxes how far their rows are in the database. It is told again whenever rows come, even if it has not moved: the
    /// server may have lost it.
    async fn tell(&mut self) -> Result<(), CollectError> {
        let failed = |error: &dyn std::fmt::Display| CollectError::Messages(error.to_string());
        let mut answers = Vec::new();
        for (station, watermark) in &self.untold {
            let sent = self.js.publish(watermark_subject(station), watermark.line().into()).await;
            answers.push((station.clone(), sent.map_err(|error| failed(&error))?));
        }
        for (station, answer) in answers {
            answer.await.map_err(|error| failed(&error))?;
            self.untold.remove(&station);
        }
        Ok(())
    }

    /// The database blocks: it is asked on a thread of its own.
    async fn with_ledger<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&mut dyn Ledger) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, CollectError> {
        let mut ledger = Arc::clone(&self.ledger).lock_owned().await;
        let asked = tokio::task::spawn_blocking(move || ask(&mut **ledger)).await;
        let lost = |_| LedgerError::Damaged("no answer".to_owned());
        Ok(asked.map_err(lost)??)
    }

    fn step(&self, name: &'static str) -> Result<(), CollectError> {
        if (self.ear.step)(name) { Ok(()) } else { Err(CollectError::Stopped(name)) }
    }
}
