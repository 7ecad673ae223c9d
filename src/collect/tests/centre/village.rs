//! A box as the centre sees it, much lighter than a real one: it judges what comes by the same functions, and answers as a link does.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_nats::Client;
use futures_util::StreamExt as _;
use jiff::tz::TimeZone;
use loa_core::bundle::{Endorsed, Parcel, Trusted};
use loa_core::digest::sha256;
use loa_core::fact::{Entry, EntryKind, Outcome, RowBody};
use loa_core::instant::Wall;
use loa_core::reason::Reason;
use loa_core::signature::Locality;
use loa_core::station::BundleRoots;
use loa_core::uplink::{AlarmHeard, ORIGIN, Pulse, SentRow, ZoneHeard, heard_subject, pulse_subject};

use crate::kit::{locality, send};
use crate::office::{key, now, wall};

/// What a box does with what it takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Conduct {
    /// It plays.
    Plays,
    /// Its first session after a new schedule fails.
    Fails,
    /// It takes what comes and says nothing to the air.
    Deaf,
}

/// What it has, to be looked at from outside.
#[derive(Clone, Default)]
pub(crate) struct BoxState {
    pub(crate) held: BTreeMap<String, u64>,
    pub(crate) alarms: Vec<String>,
    pub(crate) refused: u64,
}

pub(crate) struct SimulatedBox {
    path: Locality,
    client: Client,
    conduct: Conduct,
    trusted: Trusted,
    rows: Vec<SentRow>,
    sent: usize,
    refused: BTreeMap<String, String>,
    seen: BTreeMap<String, (u64, String)>,
    state: Arc<Mutex<BoxState>>,
}

impl SimulatedBox {
    pub(crate) fn new(path: &str, client: Client, conduct: Conduct) -> Self {
        Self {
            path: locality(path),
            client,
            conduct,
            trusted: Trusted::default(),
            rows: Vec::new(),
            sent: 0,
            refused: BTreeMap::new(),
            seen: BTreeMap::new(),
            state: Arc::default(),
        }
    }

    pub(crate) fn state(&self) -> Arc<Mutex<BoxState>> {
        Arc::clone(&self.state)
    }

    fn roots(&self) -> BundleRoots {
        let keys = [1, 2, 3].map(|letter| key(letter).public().as_str().to_owned()).to_vec();
        BundleRoots { place: format!("vn.{}", self.path), keys, needed: 2 }
    }

    fn zones(&self) -> Vec<String> {
        let own = format!("vn.{}", self.path);
        let ends = own.match_indices('.').map(|(at, _)| at).chain([own.len()]);
        ends.map(|end| own[..end].to_owned()).collect()
    }

    /// For ever; a heartbeat every 300 ms.
    pub(crate) async fn live(mut self) {
        let zones = self.zones();
        let mut all = futures_util::stream::SelectAll::new();
        for zone in &zones {
            all.push(self.client.subscribe(format!("loa.sched.{zone}")).await.unwrap());
            all.push(self.client.subscribe(format!("loa.em.{zone}")).await.unwrap());
        }
        let _ = self.client.flush().await;
        let mut ticks = tokio::time::interval(Duration::from_millis(300));
        let mut count = 0_u32;
        loop {
            tokio::select! {
                Some(message) = all.next() => {
                    let subject = message.subject.to_string();
                    self.take(&subject, &message.payload).await;
                }
                _ = ticks.tick() => {
                    // What came while it slept.
                    if count.is_multiple_of(10) {
                        for zone in &zones {
                            for (stream, kind) in [("LOA_SCHED", "sched"), ("LOA_EM", "em")] {
                                let subject = format!("loa.{kind}.{zone}");
                                let ask = format!("$JS.API.DIRECT.GET.{stream}.{subject}");
                                if let Ok(answer) = self.client.request(ask, "".into()).await
                                    && answer.status.is_none()
                                {
                                    self.take(&subject, &answer.payload).await;
                                }
                            }
                        }
                    }
                    count += 1;
                    self.pulse().await;
                    self.report().await;
                }
            }
        }
    }

    async fn take(&mut self, subject: &str, payload: &[u8]) {
        if let Some(zone) = subject.strip_prefix("loa.sched.") {
            self.take_letter(zone, payload);
        } else if let Some(zone) = subject.strip_prefix("loa.em.") {
            self.take_alarms(zone, payload).await;
        }
    }

    fn take_letter(&mut self, zone: &str, payload: &[u8]) {
        let Ok((freight, _)) = Parcel::open(payload) else {
            self.state.lock().unwrap().refused += 1;
            return;
        };
        let (roots, now) = (self.roots(), Some(wall()));
        let judged = self.trusted.learn(&roots, &freight.keys, freight.revoked.as_ref()).and_then(|trusted| {
            let admitted = trusted.admit(&roots, &freight.manifest, now)?;
            Ok((trusted, admitted))
        });
        match judged {
            Ok((_, admitted)) if admitted.again => {
                self.refused.remove(zone);
            }
            Ok((mut trusted, admitted)) => {
                trusted.took(&admitted);
                self.trusted = trusted;
                self.refused.remove(zone);
                let manifest = &admitted.manifest;
                let held = format!("{}, {}, {}", manifest.version, manifest.place, admitted.signed_by());
                self.state.lock().unwrap().held.insert(manifest.place.to_string(), manifest.version);
                self.write(&Entry {
                    kind: EntryKind::Note,
                    title: "đã nhận lịch".to_owned(),
                    reason: Some(Reason::BundleInstalled(held)),
                    ..Entry::default()
                });
                let fails = self.conduct == Conduct::Fails;
                self.write(&Entry {
                    kind: EntryKind::Airing,
                    zone: Some("thon-1".into()),
                    broadcast: Some("tin".into()),
                    title: "Tin".to_owned(),
                    outcome: Some(if fails { Outcome::Missed } else { Outcome::Played }),
                    reason: fails.then_some(Reason::NoSound),
                    seconds_planned: Some(60.0),
                    seconds_played: Some(if fails { 0.0 } else { 60.0 }),
                    ..Entry::default()
                });
            }
            Err(why) => {
                self.refused.insert(zone.to_owned(), why.code().to_owned());
                self.state.lock().unwrap().refused += 1;
            }
        }
    }

    async fn take_alarms(&mut self, zone: &str, payload: &[u8]) {
        let now = wall();
        let admitted = Endorsed::read(payload).and_then(|paper| {
            let (roots, heard) = (self.roots(), locality(zone));
            self.trusted.admit_alarms(&roots, &paper, &heard, Some(now), self.seen.get(zone)).ok()
        });
        let Some(admitted) = admitted else {
            self.state.lock().unwrap().refused += 1;
            return;
        };
        self.seen.insert(zone.to_owned(), (admitted.paper.version, admitted.sha256));
        for alarm in admitted.paper.alarms {
            if self.state.lock().unwrap().alarms.contains(&alarm.id) || alarm.expires.wall() < now {
                continue;
            }
            self.state.lock().unwrap().alarms.push(alarm.id.clone());
            if self.conduct == Conduct::Deaf {
                continue;
            }
            let fails = self.conduct == Conduct::Fails;
            let zone = ZoneHeard {
                zone: "thon-1".to_owned(),
                title: "Thôn 1".to_owned(),
                state: "sounding".to_owned(),
                started: (!fails).then(|| now.rfc3339(&TimeZone::UTC)),
                same_as: String::new(),
                vi: if fails { "tăng âm hỏng".to_owned() } else { String::new() },
                en: String::new(),
            };
            let said = AlarmHeard {
                alarm: alarm.id.clone(),
                at: now.rfc3339(&TimeZone::UTC),
                late_seconds: u64::try_from(now.since(alarm.made.wall()).as_secs()).unwrap_or(0),
                fate: "ordered".to_owned(),
                order: "1".to_owned(),
                zones: vec![zone],
                vi: String::new(),
                en: String::new(),
            };
            let said = serde_json::to_string(&said).unwrap();
            self.client.publish(heard_subject(&self.path), said.into()).await.unwrap();
        }
    }

    async fn pulse(&mut self) {
        let pulse = Pulse {
            at: wall().rfc3339(&TimeZone::UTC),
            clock_trusted: true,
            epoch: "e1".to_owned(),
            rows: self.rows.len() as u64,
            received: 0,
            bundles: self.state.lock().unwrap().held.clone(),
            refused: self.refused.clone(),
            refused_numbers: BTreeMap::new(),
            unsigned: 0,
            standing: None,
        };
        let said = serde_json::to_string(&pulse).unwrap();
        let _ = self.client.publish(pulse_subject(&self.path), said.into()).await;
    }

    fn write(&mut self, entry: &Entry) {
        // Half an hour ago: a session is judged once it is over.
        let now = Wall::from_secs(now().seconds() - 1_800 + self.rows.len() as i64);
        let seq = self.rows.len() as u64 + 1;
        let prev = self.rows.last().map_or_else(|| ORIGIN.to_owned(), |row| row.hash.clone());
        let mut entry = Entry { seq, written: now, ..entry.clone() };
        if entry.kind == EntryKind::Airing {
            (entry.planned, entry.started, entry.ended) = (Some(now), Some(now), Some(now));
        }
        let body = RowBody::of(&entry, &prev, ORIGIN, &TimeZone::UTC).text().unwrap();
        let hash = sha256(body.as_bytes());
        self.rows.push(SentRow { seq, body, hash });
    }

    async fn report(&mut self) {
        if self.sent < self.rows.len() {
            let name = format!("{}-{}", self.path, self.sent);
            if send(&self.client, self.path.as_str(), "e1", &self.rows[self.sent..], &name).await {
                self.sent = self.rows.len();
            }
        }
    }
}
