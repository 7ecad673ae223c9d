//! A year of a province, simulated: boxes write rows, lose their power, their link and their disk, are away for months, give sticks to couriers that
//! are lost on the way; the server forgets what it has acknowledged, the collector dies between its steps. The box's side is
//! [`Uplink`], the collector's the database itself. At the end every row of every box is in the database once, or named as missing, or was
//! written after anybody last heard of that journal.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use jiff::tz::TimeZone;
use loa_collect::PulseRecord;
use loa_collect::ledger::{Haul, Ledger as _, SqliteLedger, Way};
use loa_core::digest::sha256;
use loa_core::fact::{Entry, EntryKind, Outcome, RowBody};
use loa_core::instant::{Mono, Wall};
use loa_core::signature::Locality;
use loa_core::uplink::{ORIGIN, Pulse, SentRow, Shipment, Uplink, UplinkStep, Watermark};

const DAY: i64 = 86_400;
const BEGIN: i64 = 1_796_000_000;
const DAYS: i64 = 365;
/// At its end nothing goes wrong any more, and couriers reach everybody.
const CALM: i64 = 5;
/// Looks of a day: so often boxes are connected, and the collector collects.
const ROUNDS: i64 = 3;
/// What a stick carries: rows of so many days.
const STICK: i64 = 60;
/// Steps of one box in one round, and messages of one transaction.
const STEPS: usize = 60;
const PULL: usize = 500;
/// Messages that the server keeps.
const STREAM: usize = 3_000;

/// Numbers by a seed.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, most: u64) -> u64 {
        self.next() % most
    }

    /// So many times in a thousand.
    fn is(&mut self, thousandths: u64) -> bool {
        self.below(1_000) < thousandths
    }
}

/// One journal of a box: its rows are made when they are asked for, and always the same.
struct Life {
    epoch: String,
    /// The hash of each row.
    hashes: Vec<String>,
    /// When each was written.
    written: Vec<i64>,
    /// When anybody last heard of it.
    heard: i64,
}

struct Village {
    path: Locality,
    lives: Vec<Life>,
    uplink: Uplink,
    /// What the link has written down: it may be older than what it knew.
    memory: u64,
    is_connected: bool,
    /// Without a network until this day; `i64::MAX` for those that never had one.
    away_until: i64,
    /// It writes nothing until then.
    dark_until: i64,
    /// It is there no more.
    is_gone: bool,
    next_courier: i64,
    pulse: Option<PulseRecord>,
    /// What the collector has said last, as the server has it.
    published: Option<Watermark>,
}

#[derive(Clone)]
struct Stored {
    village: usize,
    life: usize,
    shipment: Shipment,
    /// When the box sent it.
    sent: i64,
}

struct Province {
    chance: Chance,
    villages: Vec<Village>,
    /// In thousandths.
    rows_a_day: u64,
    ledger: SqliteLedger,
    /// All that the server keeps, and how far the collector has been given it.
    stream: VecDeque<Stored>,
    given: usize,
    names: BTreeSet<String>,
    now: i64,
    mono: Mono,
    is_calm: bool,
}

fn entry(path: &Locality, life: usize, seq: u64, written: i64) -> Entry {
    Entry {
        seq,
        kind: EntryKind::Airing,
        written: Wall::from_secs(written),
        zone: Some("t1".into()),
        title: format!("{path}/{life}/{seq}"),
        outcome: Some(Outcome::Played),
        ..Entry::default()
    }
}

impl Village {
    fn row(&self, life: usize, seq: u64) -> SentRow {
        let own = &self.lives[life];
        let at = seq as usize - 1;
        let prev = if at == 0 { ORIGIN } else { &own.hashes[at - 1] };
        let entry = entry(&self.path, life, seq, own.written[at]);
        let body = RowBody::of(&entry, prev, ORIGIN, &TimeZone::UTC).text().unwrap();
        SentRow { seq, body, hash: own.hashes[at].clone() }
    }

    fn rows(&self, life: usize, from: u64, to: u64) -> Vec<SentRow> {
        (from..=to).map(|seq| self.row(life, seq)).collect()
    }

    fn write(&mut self, now: i64) {
        let life = self.lives.len() - 1;
        let own = &mut self.lives[life];
        let prev = own.hashes.last().map_or(ORIGIN, String::as_str).to_owned();
        let seq = own.hashes.len() as u64 + 1;
        let body = RowBody::of(&entry(&self.path, life, seq, now), &prev, ORIGIN, &TimeZone::UTC).text().unwrap();
        own.hashes.push(sha256(body.as_bytes()));
        own.written.push(now);
    }

    fn begin(&mut self, now: i64) {
        let epoch = format!("{:x}", self.lives.len() + 1);
        self.lives.push(Life { epoch, hashes: Vec::new(), written: Vec::new(), heard: now });
        self.start(0);
    }

    /// The link starts: what it has not written down is not known.
    fn start(&mut self, memory: u64) {
        self.memory = memory;
        self.uplink = Uplink::new(memory);
        self.is_connected = false;
    }
}

impl Province {
    fn new(count: usize, rows_a_day: u64, seed: u64) -> Self {
        let mut chance = Chance(seed);
        let villages = (0..count).map(|number| {
            let path = Locality::read(&format!("p01.c{:03}.h{number:05}", number / 20)).unwrap();
            let mut village = Village {
                path,
                lives: Vec::new(),
                uplink: Uplink::new(0),
                memory: 0,
                is_connected: false,
                away_until: if chance.is(80) { i64::MAX } else { 0 },
                dark_until: 0,
                is_gone: false,
                next_courier: BEGIN + (10 + chance.below(25) as i64) * DAY,
                pulse: None,
                published: None,
            };
            village.begin(BEGIN);
            village
        });
        let villages = villages.collect();
        Self {
            chance,
            villages,
            rows_a_day,
            ledger: SqliteLedger::in_memory().unwrap(),
            stream: VecDeque::new(),
            given: 0,
            names: BTreeSet::new(),
            now: BEGIN,
            mono: Mono::default(),
            is_calm: false,
        }
    }

    fn is(&mut self, thousandths: u64) -> bool {
        !self.is_calm && self.chance.is(thousandths)
    }

    fn live(&mut self) {
        for day in 0..DAYS {
            self.is_calm = day >= DAYS - CALM;
            for place in 0..self.villages.len() {
                self.befall(place);
            }
            for round in 0..ROUNDS {
                self.now = BEGIN + day * DAY + round * DAY / ROUNDS;
                self.mono = self.mono + Duration::from_secs((DAY / ROUNDS) as u64);
                // A server knows names for two minutes.
                self.names.clear();
                for place in 0..self.villages.len() {
                    self.sound(place);
                    self.connect(place);
                }
                self.forget();
                self.collect();
                for place in 0..self.villages.len() {
                    self.courier(place);
                    self.pulse(place);
                }
            }
        }
        // The last rows were written before the last looks: those who are connected ask once more.
        for _ in 0..4 {
            self.mono = self.mono + Duration::from_hours(1);
            self.names.clear();
            for place in 0..self.villages.len() {
                self.connect(place);
            }
            self.collect();
        }
    }

    /// What a day may bring to a box.
    fn befall(&mut self, place: usize) {
        let (now, calm) = (self.now, self.is_calm);
        let (dies, replaced, dark, away, reborn) = (self.is(1), self.is(2), self.is(40), self.is(4), self.is(30));
        let (days, long) = (self.chance.below(4) as i64, 20 + self.chance.below(100) as i64);
        let stale = self.chance.below(2) == 0;
        let own = &mut self.villages[place];
        if own.is_gone {
            return;
        }
        if calm && own.away_until != i64::MAX {
            own.away_until = 0;
        }
        if dies && days == 0 {
            // Stolen, burnt, and nobody has put another one there.
            own.is_gone = true;
        } else if replaced {
            own.begin(now);
        }
        if dark {
            own.dark_until = now + days * DAY + DAY / 3;
        }
        if away && own.away_until != i64::MAX {
            own.away_until = now + long * DAY;
        }
        if reborn || dark {
            // The card has what the link wrote down last, or what it wrote the time before.
            let memory = if stale { own.memory / 2 } else { own.memory };
            own.start(memory);
        }
    }

    fn sound(&mut self, place: usize) {
        let is_written = self.chance.is(self.rows_a_day / ROUNDS as u64);
        let (now, calm) = (self.now, self.is_calm);
        let own = &mut self.villages[place];
        if is_written && !own.is_gone && (calm || now >= own.dark_until) {
            own.write(now);
        }
    }

    /// The link of a box, as long as it has something to do.
    fn connect(&mut self, place: usize) {
        let own = &mut self.villages[place];
        let is_dark = !self.is_calm && self.now < own.dark_until;
        let is_up = !own.is_gone && !is_dark && self.now >= own.away_until;
        if is_up != own.is_connected {
            own.is_connected = is_up;
            if is_up { own.uplink.connected() } else { own.uplink.lost() }
        }
        let mut now = self.mono;
        for _ in 0..STEPS {
            let own = &mut self.villages[place];
            let life = own.lives.len() - 1;
            match own.uplink.next(own.lives[life].hashes.len() as u64, now, |_| 300) {
                UplinkStep::Wait(until) if until.after(now) < Duration::from_mins(3) => now = until,
                UplinkStep::Rest | UplinkStep::Wait(_) => break,
                UplinkStep::Ask => {
                    // Without an answer it asks again in its time.
                    if self.is(20) {
                        continue;
                    }
                    let own = &mut self.villages[place];
                    let mark = own.published.as_ref().filter(|mark| mark.epoch == own.lives[life].epoch);
                    own.uplink.watermark(mark.map_or(0, |mark| mark.row), now);
                    own.memory = own.uplink.done();
                }
                UplinkStep::Send(shipment) => self.send(place, life, shipment, now),
            }
            if self.is(5) {
                let own = &mut self.villages[place];
                own.uplink.lost();
                own.is_connected = false;
                break;
            }
        }
    }

    fn send(&mut self, place: usize, life: usize, shipment: Shipment, now: Mono) {
        let (is_lost, is_unanswered) = (self.is(10), self.is(15));
        if !is_lost {
            let own = &self.villages[place];
            if self.names.insert(shipment.name(own.path.as_str(), &own.lives[life].epoch)) {
                self.stream.push_back(Stored { village: place, life, shipment, sent: self.now });
            }
        }
        let own = &mut self.villages[place];
        if is_lost || is_unanswered {
            own.uplink.failed(now, 0.5);
        } else {
            own.uplink.acknowledged(shipment);
        }
    }

    /// Power cuts at the centre: what was acknowledged last is gone; where the consumer was is gone; now and then all of it.
    fn forget(&mut self) {
        if self.is(15) {
            let lost = self.chance.below(200) as usize;
            self.stream.truncate(self.stream.len().saturating_sub(lost));
            self.given = self.given.min(self.stream.len());
        }
        if self.is(3) {
            self.given = 0;
        }
        if self.is(2) {
            self.stream.clear();
            self.given = 0;
            for own in &mut self.villages {
                own.published = None;
            }
        }
    }

    fn collect(&mut self) {
        // It stands, for a third of a day.
        if self.is(30) {
            return;
        }
        let mut published: BTreeMap<Locality, Watermark> = BTreeMap::new();
        while self.given < self.stream.len() {
            let pulled: Vec<Stored> = self.stream.iter().skip(self.given).take(PULL).cloned().collect();
            let haul = |stored: &Stored| {
                let own = &self.villages[stored.village];
                let rows = own.rows(stored.life, stored.shipment.first, stored.shipment.last);
                let (station, epoch) = (own.path.clone(), own.lives[stored.life].epoch.clone());
                Haul { station, epoch, rows, way: Way::Network, heard: None }
            };
            let hauls: Vec<Haul> = pulled.iter().map(haul).collect();
            let taken = self.ledger.take(&hauls, Wall::from_secs(self.now)).unwrap();
            for stored in &pulled {
                let life = &mut self.villages[stored.village].lives[stored.life];
                life.heard = life.heard.max(stored.sent);
            }
            // It dies before it has acknowledged, half way through, or before it tells the boxes.
            if self.is(20) {
                self.given += self.chance.below(pulled.len() as u64 + 1) as usize;
                break;
            }
            self.given += pulled.len();
            if self.is(20) {
                break;
            }
            published.extend(taken.into_iter().map(|taken| (taken.station, taken.watermark)));
        }
        // The next one tells what the one before may not have told.
        if self.is_calm || self.is(200) {
            published.extend(self.ledger.watermarks().unwrap());
        }
        for own in &mut self.villages {
            if let Some(mark) = published.remove(&own.path) {
                own.published = Some(mark);
            }
        }
        // What it was given and has acknowledged the server keeps for ninety days; so much is enough here.
        while self.stream.len() > STREAM && self.given > 0 {
            self.stream.pop_front();
            self.given -= 1;
        }
    }

    fn courier(&mut self, place: usize) {
        let is_last = self.is_calm && self.now >= BEGIN + (DAYS - 1) * DAY + DAY / ROUNDS;
        let (is_lost, is_torn, days) = (self.is(100), self.is(50), 10 + self.chance.below(30) as i64);
        let now = self.now;
        let own = &mut self.villages[place];
        let is_away = now < own.away_until;
        if own.is_gone || !is_away || (now < own.next_courier && !is_last) {
            return;
        }
        own.next_courier = now + days * DAY;
        if is_lost {
            return;
        }
        let life = own.lives.len() - 1;
        let count = own.lives[life].hashes.len() as u64;
        let from = own.lives[life].written.partition_point(|at| *at < now - STICK * DAY) as u64 + 1;
        let epoch = own.lives[life].epoch.clone();
        own.lives[life].heard = now;
        self.ledger.announce(&own.path, &epoch, count, Wall::from_secs(now)).unwrap();
        let rows = own.rows(life, from, count);
        for (file, rows) in rows.chunks(40).enumerate() {
            // One of its files cannot be read.
            if is_torn && file == 1 {
                continue;
            }
            let (station, epoch) = (own.path.clone(), epoch.clone());
            let haul = Haul { station, epoch, rows: rows.to_vec(), way: Way::Stick, heard: None };
            self.ledger.take(&[haul], Wall::from_secs(now)).unwrap();
        }
    }

    fn pulse(&mut self, place: usize) {
        let now = self.now;
        let is_unheard = self.is(50);
        let own = &mut self.villages[place];
        if !own.is_connected || is_unheard {
            return;
        }
        let life = own.lives.last_mut().unwrap();
        life.heard = now;
        let pulse = Pulse { epoch: life.epoch.clone(), rows: life.hashes.len() as u64, ..Pulse::default() };
        // As the collector does it.
        if let Some((epoch, rows)) = PulseRecord::ended(own.pulse.as_ref(), &pulse) {
            self.ledger.announce(&own.path, &epoch, rows, Wall::from_secs(now)).unwrap();
        }
        own.pulse = Some(PulseRecord::after(own.pulse.as_ref(), pulse, Wall::from_secs(now)).0);
    }

    /// Every row that is there, by its journal.
    fn collected(&mut self) -> Vec<(String, String, SentRow)> {
        let journals: BTreeMap<i64, (String, String)> =
            self.ledger.journals().unwrap().into_iter().map(|own| (own.id, (own.station, own.epoch))).collect();
        let mut rows = Vec::new();
        let ever = (Wall::from_secs(0), Wall::from_secs(BEGIN * 2));
        self.ledger
            .rows(ever.0, ever.1, &mut |row| {
                let (station, epoch) = journals[&row.journal].clone();
                rows.push((station, epoch, row.row));
            })
            .unwrap();
        rows
    }

    /// Hold what was collected against what was written.
    fn judge(&mut self, collected: Vec<(String, String, SentRow)>) -> Result<Tally, String> {
        let mut tally = Tally::default();
        let mut there: BTreeMap<(String, String), BTreeMap<u64, String>> = BTreeMap::new();
        let mut titles = BTreeSet::new();
        for (station, epoch, row) in collected {
            let title =
                row.body.split("\"title\":\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
            if !titles.insert(title.to_owned()) {
                return Err(format!("{title} is there twice"));
            }
            there.entry((station, epoch)).or_default().insert(row.seq, row.hash);
        }
        let mut named: BTreeMap<(String, String), Vec<(u64, u64)>> = BTreeMap::new();
        for journal in self.ledger.journals().unwrap() {
            let gaps = self.ledger.gaps(journal.id).unwrap();
            named.insert((journal.station, journal.epoch), gaps);
        }
        if !self.ledger.findings().unwrap().is_empty() {
            return Err("a chain is broken, or a row came twice and not the same".to_owned());
        }
        for own in &self.villages {
            for (number, life) in own.lives.iter().enumerate() {
                let key = (own.path.to_string(), life.epoch.clone());
                let mut rows = there.remove(&key).unwrap_or_default();
                let gaps = named.remove(&key).unwrap_or_default();
                let is_newest = number + 1 == own.lives.len();
                let told = own.pulse.as_ref().filter(|pulse| is_newest && pulse.pulse.epoch == life.epoch);
                let told = told.map_or(0, |pulse| pulse.pulse.rows);
                for (at, hash) in life.hashes.iter().enumerate() {
                    let seq = at as u64 + 1;
                    tally.written += 1;
                    if let Some(found) = rows.remove(&seq) {
                        if found != *hash {
                            return Err(format!("{} {} row {seq} is another", key.0, key.1));
                        }
                        tally.collected += 1;
                        continue;
                    }
                    let is_settled = !own.is_gone && is_newest && own.is_connected;
                    if is_settled {
                        return Err(format!("{} {} row {seq} is lost, though the box is connected", key.0, key.1));
                    }
                    if gaps.iter().any(|(first, last)| (*first..=*last).contains(&seq)) || seq <= told {
                        tally.named += 1;
                    } else if life.written[at] >= life.heard {
                        tally.unheard += 1;
                    } else {
                        let (count, heard, at) =
                            (life.hashes.len(), (life.heard - BEGIN) / DAY, (life.written[at] - BEGIN) / DAY);
                        return Err(format!(
                            "{} {} row {seq} of {count}, of day {at}, is neither there nor named: heard on day {heard}, told {told}, newest {is_newest}, gone {}, away {}, gaps {gaps:?}",
                            key.0, key.1, own.is_gone, own.away_until
                        ));
                    }
                }
                if let Some((seq, _)) = rows.pop_first() {
                    return Err(format!("{} {} row {seq} was never written", key.0, key.1));
                }
                if is_newest && own.uplink.done() > life.hashes.len() as u64 {
                    return Err(format!("{} is done with more than there is", key.0));
                }
            }
        }
        if let Some(key) = there.into_keys().next() {
            return Err(format!("{key:?} is no journal of any box"));
        }
        Ok(tally)
    }
}

/// What became of all rows.
#[derive(Default, Debug)]
struct Tally {
    written: u64,
    collected: u64,
    /// Missing, and told as missing.
    named: u64,
    /// Written after anybody last heard of that journal.
    unheard: u64,
}

fn year(boxes: usize, rows_a_day: u64, seed: u64) {
    let mut province = Province::new(boxes, rows_a_day, seed);
    province.live();
    let collected = province.collected();
    let tally = province.judge(collected.clone()).unwrap_or_else(|why| panic!("seed {seed}: {why}"));
    println!("{boxes} boxes: {tally:?}");
    assert_eq!(tally.written, tally.collected + tally.named + tally.unheard);
    assert!(tally.named > 0, "something was lost with a dead box, and is told: {tally:?}");
    assert!(tally.collected * 100 > tally.written * 90, "{tally:?}");
    // It would be seen: a row that is lost, and one that is there twice.
    let of_somebody = |(_, (station, epoch, _)): &(usize, &(String, String, SentRow))| {
        let own = province.villages.iter().find(|own| own.path.as_str() == station).unwrap();
        own.is_connected && own.lives.last().unwrap().epoch == *epoch
    };
    let (at, _) = collected.iter().enumerate().filter(of_somebody).nth(100).unwrap();
    let mut without = collected.clone();
    without.remove(at);
    assert!(province.judge(without).unwrap_err().contains("is lost"));
    let mut twice = collected;
    twice.push(twice[at].clone());
    assert!(province.judge(twice).unwrap_err().contains("is there twice"));
}

#[test]
fn in_a_year_of_mishaps_every_airing_of_every_box_is_collected_once_or_named_as_missing() {
    year(60, 500, 1);
}

/// A province has 3,000: `LOA_YEAR_BOXES=3000`, a minute of processor and more.
#[test]
#[ignore = "long"]
fn in_a_year_of_a_province_every_airing_of_every_box_is_collected_once_or_named() {
    let boxes = std::env::var("LOA_YEAR_BOXES").ok().and_then(|boxes| boxes.parse().ok()).unwrap_or(600);
    year(boxes, 200, 2);
}
