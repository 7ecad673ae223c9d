use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use super::proof::Outlets;
use crate::clock::Clock;
use crate::output::{self, OpenReader, OutputLane};
use crate::station::{OutputName, Station, ZoneIx};
use crate::voice::{NoticeSink, Output, VoiceId, VoiceOrder};

/// A station's outputs, one for each name in `loa.toml`; zones that share a name share the output,
/// each on its channel.
pub(super) struct Outputs {
    all: Vec<Box<dyn Output>>,
    /// Zone to its output's place.
    route: Vec<usize>,
    /// Voice to its output's place, from prepare until the daemon forgets it.
    voices: HashMap<VoiceId, usize>,
}

impl Outputs {
    /// Make the outputs; none is opened before its first voice.
    pub(super) fn of(
        (station, outlets): (&Station, &Outlets),
        dir: &Path,
        open: &OpenReader,
        clock: &Arc<dyn Clock>,
        sink: &NoticeSink,
    ) -> Self {
        let mut lanes: BTreeMap<&OutputName, Vec<OutputLane>> = BTreeMap::new();
        for (place, zone) in station.zones.iter().enumerate() {
            let sent = outlets.get(place).cloned().flatten();
            let lane = OutputLane { sent, ..OutputLane::of(ZoneIx(place as u16), zone) };
            lanes.entry(&zone.output).or_default().push(lane);
        }
        let mut route = vec![0; station.zones.len()];
        let mut all: Vec<Box<dyn Output>> = Vec::new();
        for (name, lanes) in lanes {
            for lane in &lanes {
                route[usize::from(lane.zone.0)] = all.len();
            }
            all.push(output::make(name, dir, lanes, open.clone(), clock.clone(), sink.clone()));
        }
        Self { all, route, voices: HashMap::new() }
    }

    /// To the output of the voice's zone. Of a voice that was never prepared nothing can be asked.
    pub(super) fn order(&mut self, voice: VoiceId, order: VoiceOrder) {
        if let VoiceOrder::Prepare { zone, .. } = &order {
            self.voices.insert(voice, self.route[usize::from(zone.0)]);
        }
        if let Some(place) = self.voices.get(&voice) {
            self.all[*place].order(voice, order);
        }
    }

    /// The voice is over.
    pub(super) fn forget(&mut self, voice: VoiceId) {
        self.voices.remove(&voice);
    }
}
