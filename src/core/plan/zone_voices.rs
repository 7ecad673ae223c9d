use crate::schedule::{Broadcast, Play};
use crate::station::Zone;

/// What the words of a broadcast mean in a zone: zones of the same setting hear the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ZoneVoices<'a> {
    /// The zone's languages, in order of playing.
    pub languages: &'a [String],
    /// The sound that is the chime, unless it is loa's own.
    pub chime: Option<&'a str>,
    /// The music under what is spoken.
    pub bed: Option<&'a str>,
}

impl<'a> ZoneVoices<'a> {
    /// Of a broadcast in a zone: what the broadcast says of its chime goes before what the zone says.
    pub fn of(broadcast: &'a Broadcast, zone: &'a Zone) -> Self {
        let zones_own = || zone.chime.as_ref().map(|chime| chime.name.as_str());
        let rings = broadcast.play.iter().any(|play| matches!(play, Play::Chime(_)));
        Self {
            languages: &zone.languages,
            chime: broadcast.chime.as_deref().or_else(zones_own).filter(|_| rings),
            bed: broadcast.bed.as_deref(),
        }
    }

    /// Plain words, without music and with loa's own chime.
    pub const fn speaking(languages: &'a [String]) -> Self {
        Self { languages, chime: None, bed: None }
    }
}
