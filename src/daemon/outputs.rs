use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::instant::Wall;
use crate::output::{self, Lane, NoticeSink, OpenReader, Output, VoiceId};
use crate::plan::{Programme, Volume};
use crate::station::{OutputName, Station, ZoneIx};

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
        station: &Station,
        dir: &Path,
        open: &OpenReader,
        clock: &Arc<dyn Clock>,
        sink: &NoticeSink,
    ) -> Self {
        let mut lanes: BTreeMap<&OutputName, Vec<Lane>> = BTreeMap::new();
        for (place, zone) in station.zones.iter().enumerate() {
            lanes.entry(&zone.output).or_default().push(Lane::of(ZoneIx(place as u16), zone));
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

    pub(super) fn prepare(&mut self, voice: VoiceId, zone: ZoneIx, programme: Arc<Programme>, skip: Duration) {
        let place = self.route[usize::from(zone.0)];
        self.voices.insert(voice, place);
        self.all[place].prepare(voice, zone, programme, skip);
    }

    pub(super) fn level(&mut self, voice: VoiceId, volume: Volume) {
        if let Some(place) = self.voices.get(&voice) {
            self.all[*place].level(voice, volume);
        }
    }

    pub(super) fn start(&mut self, voice: VoiceId, at: Wall) {
        if let Some(place) = self.voices.get(&voice) {
            self.all[*place].start(voice, at);
        }
    }

    pub(super) fn cut(&mut self, voice: VoiceId, at: Option<Wall>) {
        if let Some(place) = self.voices.get(&voice) {
            self.all[*place].cut(voice, at);
        }
    }

    /// The voice is over.
    pub(super) fn forget(&mut self, voice: VoiceId) {
        self.voices.remove(&voice);
    }
}
