use std::collections::BTreeMap;

use super::sound::AlarmSound;
use crate::alarm::{Alarm, AlarmKind, AlarmProgress, AlarmSign};
use crate::diag::{Text, text};
use crate::look::Look;
use crate::people::new_word;
use crate::station::{Preset, Scope, Zone};

/// What an alarm is made of.
pub(super) struct AlarmMade<'a> {
    pub(super) kind: AlarmKind,
    pub(super) title: Text,
    pub(super) sound: String,
    pub(super) between: Option<String>,
    pub(super) zones: &'a [&'a Zone],
    pub(super) times: u32,
    pub(super) scope: Scope,
    pub(super) of: Option<String>,
}

impl AlarmMade<'_> {
    /// The alarm, made ready by this person; `form` names the form that it came with.
    pub(super) fn alarm(self, form: &str, made: AlarmSign) -> Result<Alarm, Text> {
        Ok(Alarm {
            token: word()?,
            form: form.to_owned(),
            kind: self.kind,
            of: self.of,
            outside: None,
            vi: self.title.vi,
            en: self.title.en,
            sound: self.sound,
            between: self.between,
            zones: self.zones.iter().map(|zone| zone.id.clone()).collect(),
            times: self.times,
            scope: self.scope,
            made,
            step: AlarmProgress::Ready,
            unsent_told: false,
            failed: None,
            unclear: false,
            wanted: None,
            sent: None,
            orders: Vec::new(),
            second: None,
            alone: None,
            ended: None,
            taken: None,
            seen: false,
            over: None,
            begun: BTreeMap::new(),
            measured: false,
            read: None,
            remarks: Vec::new(),
        })
    }
}

/// A word that nobody guesses: of an alarm, and of the form that makes one.
pub(super) fn word() -> Result<String, Text> {
    new_word().map_err(|_| {
        text!(
            "máy không lấy được số ngẫu nhiên; phát bằng lệnh «loa alert» trên máy của đài",
            "the machine has no randomness; sound it with \"loa alert\" on the station's machine"
        )
    })
}

/// What is heard of a preset, really and in a drill.
pub(super) struct Offer<'p> {
    pub(super) preset: &'p Preset,
    pub(super) sound: AlarmSound,
}

/// Every alarm of the station, with what there is to hear of it in these zones.
pub(super) fn offers<'p>(look: &'p Look, zones: &[&Zone]) -> Vec<Offer<'p>> {
    let presets = &look.world.station.emergency.presets;
    presets.iter().map(|preset| Offer { preset, sound: AlarmSound::of(look, &preset.sound, zones) }).collect()
}
