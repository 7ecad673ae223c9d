use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::diag::{Text, text};
use crate::signature::Locality;

/// The stream of schedules: for each place its newest letter.
pub const SCHEDULE_STREAM: &str = "LOA_SCHED";
/// The stream of alarms: for each place all that hold.
pub const ALARM_STREAM: &str = "LOA_EM";
/// The stream of sounds.
pub const SOUND_STREAM: &str = "OBJ_AUDIO";

/// Where the schedules of a place come.
pub fn schedule_subject(place: &Locality) -> String {
    format!("loa.sched.{place}")
}

/// Where the alarms of a place come.
pub fn alarm_subject(place: &Locality) -> String {
    format!("loa.em.{place}")
}

/// Where a box says that it is there.
pub fn pulse_subject(path: &Locality) -> String {
    format!("loa.hb.{path}")
}

/// Where a box says what became of an alarm.
pub fn heard_subject(path: &Locality) -> String {
    format!("loa.ack.{path}")
}

/// By this an alarm of the centre is found in a journal: it stands in the reason of its order and of its airings.
pub fn alarm_mark(id: &str) -> String {
    format!("[báo động số {id}]")
}

/// What a box says of itself every minute. Nobody keeps it: what counts is in the journal.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Pulse {
    /// When, by the box's clock, in RFC 3339.
    pub at: String,
    /// Whether it believes that clock.
    pub clock_trusted: bool,
    /// Its journal's own name.
    pub epoch: String,
    /// Rows of its journal.
    pub rows: u64,
    /// Up to which row it knows the collector to have them.
    pub received: u64,
    /// By sender, the number of the bundle that it goes by.
    pub bundles: BTreeMap<String, u64>,
    /// By place, the code why the newest letter was not taken; those that were taken are not named.
    pub refused: BTreeMap<String, String>,
    /// By place, the number of that letter; an older box does not say.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub refused_numbers: BTreeMap<String, u64>,
    /// Messages that were not truly signed, or not for it, since it was set up.
    pub unsigned: u64,
    /// How it stands to its next session; an older box does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<PulseStanding>,
}

/// How a box stands to its next session.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PulseStanding {
    /// The program that sounds answers.
    pub runs: bool,
    /// When something sounds next, or should, in RFC 3339; none where nothing is planned.
    pub next: Option<String>,
    /// Why something will be silent then: codes that `loa explain` knows; empty where all is well.
    pub silent: Vec<String>,
    /// Zones that it has.
    pub zones: u32,
    /// Of these, zones whose output takes no sound.
    pub dumb_zones: u32,
    /// Of these, zones that feed no horn.
    pub bare_zones: u32,
    /// Bytes that are free on its disk.
    pub free_bytes: Option<u64>,
}

/// What became of an alarm of the centre on a box.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AlarmHeard {
    /// The alarm's id.
    pub alarm: String,
    /// When, by the box's clock, in RFC 3339.
    pub at: String,
    /// So long after it was given.
    pub late_seconds: u64,
    /// `ordered`, `refused`, `expired`.
    pub fate: String,
    /// The order's id on the box; empty where there is none.
    pub order: String,
    /// What becomes of it in each zone.
    pub zones: Vec<ZoneHeard>,
    /// Why not, for people, in Vietnamese; empty where it was ordered.
    pub vi: String,
    /// In English.
    pub en: String,
}

/// What became of an alarm in one zone.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ZoneHeard {
    /// The zone's id on the box.
    pub zone: String,
    /// What people call it.
    pub title: String,
    /// As a receipt has it: `sounding`, `waits`, `silent`, …
    pub state: String,
    /// When its first sample was heard, in RFC 3339.
    pub started: Option<String>,
    /// The order on the box that was given before and is the same, so that nothing more sounds for this one; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub same_as: String,
    /// Why it does not sound, for people, in Vietnamese; empty where it does.
    pub vi: String,
    /// In English.
    pub en: String,
}

impl ZoneHeard {
    /// Somebody hears it there: it sounds, or has sounded, where a horn is fed.
    pub fn is_heard(&self) -> bool {
        matches!(self.state.as_str(), "sounding" | "sounded")
    }

    /// It plays, and no horn is fed.
    pub fn is_unheard(&self) -> bool {
        self.state == "unheard"
    }

    /// Why nobody hears it, in the box's own words where it has some.
    pub fn why(&self) -> Text {
        let Self { vi, en, .. } = self;
        match self.state.as_str() {
            _ if !vi.is_empty() => Text { vi: vi.clone(), en: en.clone() },
            "unheard" => text!("phát mà không nối với loa nào", "plays where there is no horn"),
            "waits" | "accepted" => text!("đang chờ tới lượt", "waits for its turn"),
            _ => text!("không kêu", "does not sound"),
        }
    }
}
