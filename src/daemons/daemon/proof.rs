//! Listens to the horns while they sound, by the microphones of `[proof]`, and says of each airing whether it was heard. A
//! thread of its own behind the sound: what is sent is left for it by the outputs, what is heard comes from `loa relay`, and
//! where either is gone nothing waits for it. It judges with `loa-core`'s `proof`, tells the journal once an airing is over,
//! and the standing while it sounds.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use self::memory::ProofMemory;
use self::zone::{ProofFound, ProofJudged, ZoneProof};
use super::background::Rank;
use super::handle::Handle;
use crate::checkup::{ProofSaid, ProofStanding, Words};
use crate::clock::Clock;
use crate::diag::{Text, text};
use crate::earshot::{Correlator, MicrophoneSound};
use crate::incoming::RelayHub;
use crate::instant::Wall;
use crate::output::SentOutlet;
use crate::player::{Event, Snapshot};
use crate::proof::{ProofDoubt, ProofVerdict};
use crate::reason::{ProofCount, ProofWay, Reason, said_of_doubt};
use crate::site::Site;
use crate::station::{Station, ZoneIx};

mod memory;
mod zone;

/// How often it looks while something sounds, and while nothing does.
const LOOK_EVERY: Duration = Duration::from_millis(200);
const IDLE_EVERY: Duration = Duration::from_secs(1);
/// Notes that wait for a loop that is far behind: each zone's last few.
const UNSENT_MOST: usize = 256;
/// A microphone is listened to from so long before an airing on: a program needs a moment to start.
const AHEAD: Duration = Duration::from_secs(8);

/// Where the outputs leave what they send, by zone; none where nobody listens.
pub(super) type Outlets = Vec<Option<SentOutlet>>;

/// The outlets of a station.
pub(super) fn outlets(station: &Station) -> Outlets {
    let zones = 0..station.zones.len() as u16;
    zones.map(|zone| station.proof_of(ZoneIx(zone)).map(|_| SentOutlet::default())).collect()
}

/// Begin to listen, where `loa.toml` names a microphone.
pub(super) fn start(
    site: &Site,
    station: &Station,
    outlets: &[Option<SentOutlet>],
    hub: RelayHub,
    handle: Handle,
) -> io::Result<()> {
    if station.proof.is_empty() {
        return Ok(());
    }
    let clock = handle.clock().clone();
    let memory = ProofMemory::read(site);
    let inputs = station.proof.iter().map(|input| Input {
        asked: input.asked(),
        heard: None,
        zones: input
            .zones
            .iter()
            .filter_map(|zone| {
                let place = usize::from(zone.0);
                let (zone, outlet) = (station.zones.get(place)?, outlets.get(place)?.clone()?);
                let learnt = memory.learnt(&zone.id, &input.source.id);
                let standing = ProofStanding {
                    zone: zone.id.clone(),
                    title: zone.title.clone(),
                    input: input.source.title.clone(),
                    learnt: learnt.is_some(),
                    ..ProofStanding::default()
                };
                Some(Watched { place, proof: ZoneProof::new(outlet, learnt), input: input.source.id.clone(), standing })
            })
            .collect(),
    });
    let mut watch =
        ProofWatch { inputs: inputs.collect(), hub, handle, clock, memory, correlator: None, unsent: Vec::new() };
    std::thread::Builder::new().name("loa-proof".to_owned()).spawn(move || {
        Rank::Tuning.take();
        watch.publish();
        loop {
            let is_busy = watch.look();
            watch.clock.wait(if is_busy { LOOK_EVERY } else { IDLE_EVERY });
        }
    })?;
    Ok(())
}

struct ProofWatch {
    inputs: Vec<Input>,
    hub: RelayHub,
    handle: Handle,
    clock: Arc<dyn Clock>,
    memory: ProofMemory,
    /// Made when it is first needed.
    correlator: Option<Box<Correlator>>,
    /// What the loop has not taken yet.
    unsent: Vec<Event>,
}

/// A microphone.
struct Input {
    asked: String,
    heard: Option<MicrophoneSound>,
    zones: Vec<Watched>,
}

/// A zone that it hears.
struct Watched {
    place: usize,
    proof: ZoneProof,
    input: String,
    standing: ProofStanding,
}

impl ProofWatch {
    /// One round; whether something sounds, or soon will, or was not judged yet.
    fn look(&mut self) -> bool {
        let (snapshot, now) = (self.handle.snapshot(), self.handle.now());
        let (mut is_busy, mut is_news) = (false, false);
        for input in &mut self.inputs {
            let needs = |watched: &Watched| watched.proof.is_busy() || is_soon(&snapshot, watched.place, now);
            if !input.zones.iter().any(needs) {
                // The program or the recorder ends with the last who listens.
                input.heard = None;
                continue;
            }
            is_busy = true;
            let heard = input.heard.get_or_insert_with(|| MicrophoneSound::new(self.hub.listen(&input.asked)));
            heard.look();
            for watched in &mut input.zones {
                let playing = snapshot.zones.get(watched.place).and_then(|zone| zone.playing.as_ref());
                watched.proof.look(now, playing);
                while let Some(judged) = watched.proof.judge(now, heard, &mut self.correlator) {
                    let told =
                        Told { station: &snapshot.world.station, trouble: heard.trouble(), has_come: heard.has_come() };
                    is_news |= tell(watched, judged, told, &mut self.memory, &mut self.unsent);
                }
            }
        }
        let handle = &self.handle;
        // A loop that is far behind takes it the next time; the journal then has it a moment later.
        self.unsent.truncate(UNSENT_MOST);
        self.unsent.retain(|event| !handle.send(event.clone()));
        if is_news {
            self.publish();
        }
        is_busy
    }

    fn publish(&self) {
        let all = self.inputs.iter().flat_map(|input| &input.zones).map(|watched| watched.standing.clone()).collect();
        self.handle.change_standing(|standing| standing.proof = all);
    }
}

/// Something sounds in this zone, or will in a moment.
fn is_soon(snapshot: &Snapshot, place: usize, now: Wall) -> bool {
    snapshot
        .zones
        .get(place)
        .is_some_and(|zone| zone.playing.is_some() || zone.next.as_ref().is_some_and(|next| next.start <= now + AHEAD))
}

/// What is known beside what was found.
struct Told<'a> {
    station: &'a Station,
    /// What became of the microphone's program.
    trouble: Option<Text>,
    /// Anything has come from it.
    has_come: bool,
}

/// What was found: into the standing, into what is remembered, into the journal. Whether the standing is another.
fn tell(
    watched: &mut Watched,
    ProofJudged { airing, found }: ProofJudged,
    Told { station, trouble, has_come }: Told<'_>,
    memory: &mut ProofMemory,
    unsent: &mut Vec<Event>,
) -> bool {
    let (before, standing) = (watched.standing.clone(), &mut watched.standing);
    let zone = standing.zone.clone();
    let lost = || match &trouble {
        Some(why) => why.clone(),
        None if has_come => text!("tiếng bị đứt quãng", "it comes with holes"),
        None => text!("chưa nhận được tiếng nào", "no sound has come"),
    };
    match found {
        ProofFound::Missed => {
            standing.tested = airing.started.rfc3339(&station.timezone);
            (standing.trouble, standing.taught) = (Some(lost().into()), false);
            unsent.push(airing.note(zone, Reason::ProofUnclear(ProofDoubt::Missing)));
        }
        ProofFound::Learnt(learnt) => {
            standing.tested = airing.started.rfc3339(&station.timezone);
            (standing.trouble, standing.taught) = (None, learnt.is_some());
            if let Some(learnt) = learnt {
                memory.learn(&zone, &watched.input, learnt);
                // What was said before was said of another way.
                (standing.learnt, standing.said, standing.has_changed) = (true, ProofSaid::Nothing, false);
            }
            let reason = learnt.map_or(Reason::ProofNotLearnt, |learnt| {
                Reason::ProofLearnt(ProofWay::of_measures(learnt.lag_ms, learnt.gain_db))
            });
            unsent.push(airing.note(zone, reason));
        }
        ProofFound::Heard { verdict, counts: (heard, judged), is_over } => {
            if !has_come && let Some(why) = &trouble {
                standing.trouble = Some(why.clone().into());
            }
            // Too short an airing says nothing of the horns.
            if verdict != ProofVerdict::Unclear(ProofDoubt::Short) {
                let is_missing = verdict == ProofVerdict::Unclear(ProofDoubt::Missing);
                standing.trouble = is_missing.then(|| trouble.clone().map(Words::from)).flatten();
                standing.has_changed = verdict == ProofVerdict::Unclear(ProofDoubt::Elsewhere);
                (standing.said, standing.why) = match verdict {
                    ProofVerdict::Heard => (ProofSaid::Heard, None),
                    ProofVerdict::NotHeard => (ProofSaid::NotHeard, None),
                    ProofVerdict::Unclear(doubt) => (ProofSaid::Unclear, Some(said_of_doubt(doubt).into())),
                };
                standing.airing.clone_from(&airing.title);
                standing.since = airing.started.rfc3339(&station.timezone);
            }
            if is_over {
                let count = ProofCount { heard, judged };
                let reason = match verdict {
                    ProofVerdict::Heard => Reason::ProofHeard(count),
                    ProofVerdict::NotHeard => Reason::ProofNotHeard(count),
                    ProofVerdict::Unclear(doubt) => Reason::ProofUnclear(doubt),
                };
                unsent.push(airing.note(zone, reason));
            }
        }
    }
    *standing != before
}
