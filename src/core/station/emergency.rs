use serde::{Deserialize, Serialize};

use crate::diag::{Text, text};

/// What alarms a station has ready, and who may sound them: `[emergency]` of `loa.toml`, and what holds where nothing is
/// written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Emergency {
    /// Something of it is written: this station means to be ready, and is reminded of its drills.
    pub is_written: bool,
    /// What there is to choose from, in the order written.
    pub presets: Vec<Preset>,
    /// How often an alarm is heard, unless whoever gives it says otherwise.
    pub repeat: u32,
    /// The sound that takes an alarm back that was a mistake.
    pub correction: String,
    /// The sound that says that the danger is over.
    pub lifted: String,
    /// The sound that says that it is a drill.
    pub drill: String,
    /// In so many zones one person sounds an alarm alone.
    pub alone_up_to: usize,
    /// From so many zones on two persons sound it together; none: never.
    pub two_from: Option<usize>,
}

/// An alarm that is ready: what it is called, and its sounds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Preset {
    /// The key in `[emergency.presets.ID]`.
    pub id: String,
    /// What people call the danger: `Lũ`.
    pub title: Text,
    /// Its sound in `audio/`: each zone hears it in its languages.
    pub sound: String,
    /// What is heard in a drill of it, between the words that say that it is a drill; none: those words only.
    pub drill: Option<String>,
}

/// A sound that alarms and drills are made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EmergencySound<'e> {
    /// Its name in `audio/`.
    pub name: &'e str,
    /// What it is for.
    pub role: EmergencyRole<'e>,
}

/// What a sound of alarms and drills is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EmergencyRole<'e> {
    /// It sounds this alarm.
    Alarm(&'e Preset),
    /// It is heard in a drill of it, between the words that say so; a drill goes without it.
    DrillOf(&'e Preset),
    /// It takes an alarm back.
    Correction,
    /// It says that the danger is over.
    Lifted,
    /// It says that it is a drill.
    Drill,
}

impl EmergencyRole<'_> {
    /// Whether something cannot be done without it.
    pub const fn is_needed(self) -> bool {
        !matches!(self, Self::DrillOf(_))
    }

    /// `báo động «Lũ»`, `lời đính chính`.
    pub fn title(self) -> Text {
        match self {
            Self::Alarm(Preset { title: Text { vi, en }, .. }) => text!("báo động «{vi}»", "the alarm \"{en}\""),
            Self::DrillOf(Preset { title: Text { vi, en }, .. }) => text!("diễn tập «{vi}»", "the drill of \"{en}\""),
            Self::Correction => text!("lời đính chính", "the correction"),
            Self::Lifted => text!("lời hết báo động", "the all clear"),
            Self::Drill => text!("lời nói rõ là diễn tập", "the words that say that it is a drill"),
        }
    }
}

/// How many persons an alarm takes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// One.
    Alone,
    /// One now, and another who agrees within a day.
    Countersigned,
    /// Two, before it sounds.
    Two,
}

impl Default for Emergency {
    fn default() -> Self {
        let preset = |id: &str, title: Text| Preset {
            id: id.to_owned(),
            title,
            sound: format!("canh-bao-{id}"),
            drill: Some(format!("dien-tap-{id}")),
        };
        Self {
            is_written: false,
            presets: vec![
                preset("lu", text!("Lũ", "Flood")),
                preset("bao", text!("Bão", "Storm")),
                preset("chay-rung", text!("Cháy rừng", "Forest fire")),
                preset("tim-nguoi", text!("Tìm người", "Missing person")),
                preset("khac", text!("Khác", "Other")),
            ],
            repeat: 3,
            correction: "dinh-chinh".to_owned(),
            lifted: "het-bao-dong".to_owned(),
            drill: "dien-tap".to_owned(),
            alone_up_to: 1,
            two_from: None,
        }
    }
}

impl Emergency {
    /// How many persons an alarm in so many zones takes; `is_own`: all of them are bound to whoever gives it.
    pub fn scope(&self, zones: usize, is_own: bool) -> Scope {
        if is_own || zones <= self.alone_up_to {
            Scope::Alone
        } else if self.two_from.is_some_and(|from| zones >= from) {
            Scope::Two
        } else {
            Scope::Countersigned
        }
    }

    /// Every sound that an alarm or a drill may play: the alarms first, in the order written.
    pub fn sounds(&self) -> impl Iterator<Item = EmergencySound<'_>> {
        let real = self.presets.iter().map(|preset| (Some(&preset.sound), EmergencyRole::Alarm(preset)));
        let tried = self.presets.iter().map(|preset| (preset.drill.as_ref(), EmergencyRole::DrillOf(preset)));
        let own = [
            (Some(&self.correction), EmergencyRole::Correction),
            (Some(&self.lifted), EmergencyRole::Lifted),
            (Some(&self.drill), EmergencyRole::Drill),
        ];
        let all = real.chain(own).chain(tried);
        all.filter_map(|(name, role)| Some(EmergencySound { name: name?, role }))
    }

    /// The alarm of this id.
    pub fn preset(&self, id: &str) -> Option<&Preset> {
        self.presets.iter().find(|preset| preset.id == id)
    }
}
