use std::collections::BTreeSet;

use loa_core::bundle::Manifest;
use loa_core::digest::sha256;
use loa_core::signature::{Locality, UtcSecond};
use serde::{Deserialize, Serialize};

use crate::dispatch::{Addressee, SentRecord, place_of};

/// Of the boxes that are left a tenth is in the third wave.
const TENTH: usize = 10;

/// A roll-out, as the book has it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RolloutRecord {
    /// By it people know it.
    pub id: String,
    /// What people call the bundle.
    pub title: String,
    /// Who sends it.
    pub sender: Locality,
    /// The place that all of it is for.
    pub place: Locality,
    /// The bundle's number.
    pub version: u64,
    /// Of its manifest.
    pub sha256: String,
    /// The number of the bundle that goes back out where it is stopped: the old content, signed in advance. None yet.
    pub previous: Option<u64>,
    /// Where it stands.
    pub state: RolloutState,
    /// Why it was stopped.
    #[serde(default)]
    pub why: String,
    /// The wave that is out, from 0.
    pub wave: usize,
    /// Its waves.
    pub waves: Vec<RolloutWave>,
    /// When a wave is good, and when it is bad.
    pub rules: RolloutRules,
    /// When it was begun.
    pub made: UtcSecond,
    /// It ends then, with a list.
    pub until: UtcSecond,
    /// Who began it.
    pub by: String,
    /// Whose signatures count.
    pub signed_by: Vec<String>,
    /// Numbers of other senders' letters that it takes the place of on purpose: they were asked.
    #[serde(default)]
    pub after: Vec<u64>,
}

/// When a wave is good enough, and when it is too bad.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RolloutRules {
    /// Of a hundred boxes that were heard so many have had a good session: the next wave begins.
    pub good: u8,
    /// Of a hundred that were heard so many refuse it, or had a bad session: it stops.
    pub bad: u8,
    /// Seconds after a letter was sent before what a box says of its place is about this letter: two heartbeats.
    pub grace: u32,
}

impl Default for RolloutRules {
    fn default() -> Self {
        Self { good: 90, bad: 10, grace: 150 }
    }
}

/// Where a roll-out stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RolloutState {
    /// It goes on.
    Running,
    /// It was stopped; those that have it are to get the previous one back.
    Stopping,
    /// It was stopped, and what was out went back.
    Stopped,
    /// Everybody uses it.
    Done,
    /// A newer one took its place.
    Superseded,
    /// Its day is over.
    Over,
}

/// One wave.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RolloutWave {
    /// `test`, `commune`, `tenth`, `all`.
    pub name: String,
    /// Where the letter is put.
    pub places: Vec<Locality>,
    /// The boxes, by their paths.
    pub stations: Vec<Locality>,
    /// When it was sent; none yet.
    pub sent: Option<UtcSecond>,
    /// The previous one was sent after it.
    #[serde(default)]
    pub back: bool,
}

impl RolloutRecord {
    /// Whether this wave is out.
    pub fn is_sent(&self, wave: usize) -> bool {
        self.waves.get(wave).is_some_and(|wave| wave.sent.is_some())
    }

    /// These boxes get it with the last wave only: what lies at their own places is another sender's.
    pub fn put_off(&mut self, late: &BTreeSet<Locality>) {
        let Some((last, before)) = self.waves.split_last_mut() else { return };
        for wave in before.iter_mut() {
            let (off, stay) = std::mem::take(&mut wave.stations).into_iter().partition(|path| late.contains(path));
            wave.stations = stay;
            last.stations.extend::<Vec<Locality>>(off);
            wave.places.retain(|place| !late.iter().any(|path| place_of(path) == *place));
        }
        last.stations.sort();
        let end = self.waves.len().saturating_sub(1);
        let mut at = 0..;
        self.waves.retain(|wave| at.next() == Some(end) || !wave.stations.is_empty());
    }

    /// A letter of this sender to this place goes around the waves: it has another content, or it is the roll-out's own where that is not out yet. One
    /// that goes back is no hindrance, nor is its own where it lies already: a server may have lost it there.
    pub fn is_passed_by(&self, letter: &Manifest, sha256: &str, target: &Addressee) -> bool {
        let is_near = self.place.covers(&target.place)
            || target.place.covers(&self.place)
            || self.waves.iter().flat_map(|wave| &wave.stations).any(|path| target.stations.contains(path));
        let mut out = self.waves.iter().filter(|wave| wave.sent.is_some()).flat_map(|wave| &wave.places);
        let is_its_own =
            self.previous == Some(letter.version) || self.sha256 == sha256 && out.any(|place| *place == target.place);
        !self.is_ended() && self.sender == letter.place && is_near && !is_its_own
    }

    /// Places of waves that are not out where somebody has put its letter by hand, by what was sent to each place last.
    pub fn put_by_hand(&self, sent: &[SentRecord]) -> Vec<Locality> {
        let is_own = |letter: &&SentRecord| letter.sha256 == self.sha256;
        let is_here = |place: &&Locality| sent.iter().filter(is_own).any(|letter| letter.place == **place);
        let waiting = self.waves.iter().filter(|wave| wave.sent.is_none());
        waiting.flat_map(|wave| &wave.places).filter(is_here).cloned().collect()
    }

    /// Nothing is to be done about it any more.
    pub const fn is_ended(&self) -> bool {
        !matches!(self.state, RolloutState::Running | RolloutState::Stopping)
    }
}

/// The waves to a place: named test boxes, one commune, a tenth of the rest, all. Each box is in one of them; a wave without a box is left out. The
/// commune is the one of the first test box, unless somebody names it. Who is in the tenth follows from the bundle, so that it is not always the same
/// ones, and the same command has the same waves.
pub fn plan_waves(target: &Addressee, tests: &[Locality], commune: Option<&Locality>, sha: &str) -> Vec<RolloutWave> {
    let mut left: BTreeSet<&Locality> = target.stations.iter().collect();
    let mut take = |name: &str, wanted: Vec<&Locality>| {
        let stations: Vec<Locality> = wanted.into_iter().filter(|path| left.remove(*path)).cloned().collect();
        (name.to_owned(), stations)
    };
    let first = tests.first().or_else(|| target.stations.first());
    let own = first.and_then(|path| Locality::read(path.as_str().rsplit_once('.')?.0)).map(|path| place_of(&path));
    let commune = commune.cloned().or(own);
    let in_commune = |path: &&Locality| commune.as_ref().is_some_and(|commune| commune.covers(&place_of(path)));
    let test = take("test", tests.iter().collect());
    let one = take("commune", target.stations.iter().filter(in_commune).collect());
    let mut rest: Vec<&Locality> =
        target.stations.iter().filter(|path| !tests.contains(path) && !in_commune(path)).collect();
    rest.sort_by_key(|path| sha256(format!("{sha} {path}").as_bytes()));
    let count = rest.len().div_ceil(TENTH);
    let tenth = take("tenth", rest.into_iter().take(count).collect());
    let all = take("all", target.stations.iter().collect());
    let of = |(name, stations): (String, Vec<Locality>), places: Vec<Locality>| RolloutWave {
        name,
        places,
        stations,
        sent: None,
        back: false,
    };
    let alone = |stations: &[Locality]| stations.iter().map(place_of).collect::<Vec<_>>();
    // One letter for each box: what a commune sends to itself lies at the commune's place, and stays there.
    let (test_places, one_places, tenth_places) = (alone(&test.1), alone(&one.1), alone(&tenth.1));
    let waves =
        [of(test, test_places), of(one, one_places), of(tenth, tenth_places), of(all, vec![target.place.clone()])];
    let last = waves.len() - 1;
    // The last letter lies at the place itself: who comes later finds it there.
    waves
        .into_iter()
        .enumerate()
        .filter(|(at, wave)| *at == last || !wave.stations.is_empty())
        .map(|(_, wave)| wave)
        .collect()
}
