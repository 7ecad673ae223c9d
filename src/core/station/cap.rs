use std::path::PathBuf;
use std::time::Duration;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Alarms from outside: `[cap]` of `loa.toml`. Without senders none counts.
#[derive(Clone, PartialEq, Debug)]
pub struct CapSettings {
    /// Where alarms come from.
    pub feeds: Vec<CapSource>,
    /// How often feeds are asked.
    pub every: Duration,
    /// The authorities whose certificates of servers are believed, in PEM, from the station's directory; those that browsers know
    /// where there is none.
    pub ca: Option<PathBuf>,
    /// Whose alarms count.
    pub senders: Vec<CapSender>,
    /// What is done about which; the first that fits.
    pub rules: Vec<CapRule>,
    /// Where the station is, for the zones that say nothing else.
    pub place: CapPlace,
}

/// Where alarms come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CapSource {
    /// A feed, or an alarm itself: `https://…`.
    Address(String),
    /// A directory in which they are laid, from the station's directory.
    Directory(PathBuf),
}

/// Somebody whose alarms count.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CapSender {
    /// The key in `[cap.senders.ID]`.
    pub id: String,
    /// What people call him.
    pub title: String,
    /// What he calls himself in `sender`.
    pub names: Vec<String>,
    /// His public key.
    pub key: CapKeySource,
    /// The last day on which it counts.
    pub not_after: Option<Date>,
}

/// Where a public key is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CapKeySource {
    /// In a file, in PEM, from the station's directory.
    File(PathBuf),
    /// Written in `loa.toml`, in PEM.
    Written(String),
}

/// What is done about which alarms. What is empty does not matter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CapRule {
    /// What the danger is called.
    pub events: Vec<String>,
    /// How bad it is.
    pub severity: Vec<CapSeverity>,
    /// How soon something is to be done.
    pub urgency: Vec<CapUrgency>,
    /// How sure it is.
    pub certainty: Vec<CapCertainty>,
    /// Ids of senders.
    pub senders: Vec<String>,
    /// What is done.
    pub act: CapAct,
    /// Which alarm of `[emergency]` it plays.
    pub preset: Option<String>,
}

/// What is done about an alarm, in the order of weight.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CapAct {
    /// It is shown.
    Show,
    /// A person is asked.
    Ask,
    /// It sounds at once.
    Sound,
}

/// By what a zone is found in the area of an alarm.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CapPlace {
    /// Latitude and longitude, in degrees.
    pub at: Option<(f64, f64)>,
    /// Codes (`24778`, `GSO=24778`) and names (`xã Đông Giang`).
    pub areas: Vec<String>,
}

/// How bad a danger is (CAP 1.2 §3.2.2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CapSeverity {
    /// Nobody knows.
    Unknown,
    /// Hardly.
    Minor,
    /// Somewhat.
    Moderate,
    /// Much.
    Severe,
    /// Beyond that.
    Extreme,
}

/// How soon something is to be done (CAP 1.2 §3.2.2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CapUrgency {
    /// Nobody knows.
    Unknown,
    /// Nothing any more.
    Past,
    /// In the future.
    Future,
    /// Within the hour.
    Expected,
    /// Now.
    Immediate,
}

/// How sure a danger is (CAP 1.2 §3.2.2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CapCertainty {
    /// Nobody knows.
    Unknown,
    /// Not.
    Unlikely,
    /// Perhaps.
    Possible,
    /// Rather so than not.
    Likely,
    /// It was seen.
    Observed,
}

impl CapSeverity {
    /// Each, as CAP writes it.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("Extreme", Self::Extreme),
        ("Severe", Self::Severe),
        ("Moderate", Self::Moderate),
        ("Minor", Self::Minor),
        ("Unknown", Self::Unknown),
    ];
}

impl CapUrgency {
    /// Each, as CAP writes it.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("Immediate", Self::Immediate),
        ("Expected", Self::Expected),
        ("Future", Self::Future),
        ("Past", Self::Past),
        ("Unknown", Self::Unknown),
    ];
}

impl CapCertainty {
    /// Each, as CAP writes it.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("Observed", Self::Observed),
        ("Likely", Self::Likely),
        ("Possible", Self::Possible),
        ("Unlikely", Self::Unlikely),
        ("Unknown", Self::Unknown),
    ];
}

impl CapSettings {
    /// How often feeds are asked, unless written.
    pub const EVERY: Duration = Duration::from_mins(1);

    /// Whether alarms from outside are taken at all.
    pub fn is_written(&self) -> bool {
        !self.feeds.is_empty() && !self.senders.is_empty()
    }

    /// The sender of this id.
    pub fn sender(&self, id: &str) -> Option<&CapSender> {
        self.senders.iter().find(|sender| sender.id == id)
    }
}

impl Default for CapSettings {
    fn default() -> Self {
        Self {
            feeds: Vec::new(),
            every: Self::EVERY,
            ca: None,
            senders: Vec::new(),
            rules: Vec::new(),
            place: CapPlace::default(),
        }
    }
}
