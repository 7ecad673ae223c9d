use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::talk::DEFAULT_TALK;
use super::{
    Amplifier, BundleRoots, CapKeySource, CapPlace, CapSettings, Emergency, KeptLimits, Letterhead, LinkSettings,
    Relay, RelaySource,
};
use crate::diag::{Lang, Text, text};

/// Where local time is, unless written.
pub(super) const DEFAULT_TIMEZONE: &str = "Asia/Ho_Chi_Minh";

/// Loudness of recordings unless written, in LUFS: between radio (-23), which a horn in the wind loses, and
/// what the loudest phone recordings have.
const DEFAULT_LUFS: f32 = -16.0;

/// What stands before the id of an input where `loa relay` is asked for it: no relay is called so.
const MARK: char = '\u{1}';

/// A zone's place in [`Station::zones`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ZoneIx(pub u16);

/// A checked `loa.toml`.
#[derive(Clone, PartialEq, Debug)]
pub struct Station {
    /// What people call it.
    pub name: String,
    /// Local time; `Asia/Ho_Chi_Minh` unless written.
    pub timezone: TimeZone,
    /// What its people are told things in, where it is written; else each asks for his own.
    pub language: Option<Lang>,
    /// Whether a broadcast needs an approval before it may sound.
    pub approval: Approval,
    /// `[rules]` stands in `loa.toml`, where nobody reads it: the lawful hours that somebody meant are not known.
    pub has_misplaced_rules: bool,
    /// In the order written; never empty.
    pub zones: Vec<Zone>,
    /// Group id to the zones in it.
    pub groups: BTreeMap<String, Vec<ZoneIx>>,
    /// When the clock may be believed.
    pub trust: Trust,
    /// Where the console listens, if it is written.
    pub console: Option<SocketAddr>,
    /// What the console encrypts with, if it is written.
    pub certificate: Option<CertificateFiles>,
    /// The page has figures for Prometheus.
    pub shows_metrics: bool,
    /// Everybody may hear again what was announced within a day.
    pub is_public: bool,
    /// The program that reads a text aloud into a file, if it is written: its words, `{out}` among them.
    pub speech: Option<Vec<String>>,
    /// So long somebody may speak live at a time.
    pub talk_most: Duration,
    /// What the station's own short forms and names are read as, the longest first.
    pub speech_words: Vec<(String, String)>,
    /// What stands round a printed page.
    pub letterhead: Letterhead,
    /// Whose signed bundles it takes.
    pub bundle: BundleRoots,
    /// The program that is told how a courier's stick has fared, if it is written.
    pub courier_tell: Option<Vec<String>>,
    /// What alarms there are, and who may sound them.
    pub emergency: Emergency,
    /// The way to the centre, where one is written.
    pub link: LinkSettings,
    /// Alarms from outside.
    pub cap: CapSettings,
    /// The directory of the fleet that its page shows, where one is written: this machine stands at the centre.
    pub fleet: Option<PathBuf>,
    /// The higher stations that it relays, by id.
    pub relays: BTreeMap<String, Arc<Relay>>,
    /// The ids of those that stand there too, and cannot be used as they are written.
    pub bad_relays: BTreeSet<String>,
    /// How much of what was sent of them is kept.
    pub kept: KeptLimits,
    /// What listens to its horns.
    pub proof: Vec<ProofInput>,
}

/// A microphone, or a line, that listens to horns: `[proof.ID]` of `loa.toml`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProofInput {
    /// Its id, its title and where its sound comes from: fetched as a relay is, by the same process.
    pub source: Arc<Relay>,
    /// Whose horns it hears. Each zone is heard by one input at most.
    pub zones: Vec<ZoneIx>,
}

/// The files of a certificate, from the station's directory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CertificateFiles {
    /// The certificate and those that lead to it, in PEM.
    pub cert: PathBuf,
    /// Its key, in PEM.
    pub key: PathBuf,
}

/// One or more horns fed by one output channel.
#[derive(Clone, PartialEq, Debug)]
pub struct Zone {
    /// The key in `[zones.ID]`.
    pub id: String,
    /// What people call it; the id unless written.
    pub title: String,
    /// Where its sound goes.
    pub output: OutputName,
    /// Which channel of the output.
    pub channel: Channel,
    /// In order of playing; `["vi"]` unless written.
    pub languages: Vec<String>,
    /// Level, in dB; 0 leaves samples untouched.
    pub gain_db: f32,
    /// What recordings are brought to.
    pub tone: SoundTarget,
    /// What plays where a broadcast says chime, unless it names one itself; loa's own chime unless written.
    pub chime: Option<ZoneChime>,
    /// How much later than planned it is heard on purpose: sound that reaches a house from several
    /// horns should arrive together. Nearly always zero, at most two seconds.
    pub delay: Duration,
    /// What feeds its horns with power, where loa switches it.
    pub amplifier: Option<Amplifier>,
    /// An official identifier; loa reads no meaning into it.
    pub code: String,
    /// Who is called where an alarm was not heard there: `ông Năm, trưởng thôn`; empty where it is not written.
    pub contact: String,
    /// By what number.
    pub phone: String,
    /// By what an alarm from outside finds it.
    pub place: CapPlace,
}

/// A sound of `audio/` in place of loa's chime.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ZoneChime {
    /// Its name, with or without its ending.
    pub name: String,
    /// Where it is written: the line of `loa.toml`, from 1.
    pub line: usize,
    /// Byte range in that file.
    pub span: Range<usize>,
}

/// What a zone's recordings are brought to before they play.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SoundTarget {
    /// Integrated loudness in LUFS; `None` leaves the level of samples as it is.
    pub loudness_lufs: Option<f32>,
    /// Whether they are shaped so that speech carries over a horn.
    pub speech: bool,
}

impl Default for SoundTarget {
    /// Every recording as loud as the next, and nothing else done to it.
    fn default() -> Self {
        Self { loudness_lufs: Some(DEFAULT_LUFS), speech: false }
    }
}

/// Whether a broadcast needs approval.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Approval {
    /// What is in `schedules/` plays.
    None,
    /// Only what a second person approved plays.
    Required,
}

/// When the clock may be believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trust {
    /// With a reason only.
    Auto,
    /// A person vouches for it.
    Always,
}

/// An output as `loa.toml` names it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum OutputName {
    /// `device:NAME`: an ALSA device; `default` is the system's choice.
    Device(String),
    /// `pulse:SINK`: a sink of a PulseAudio server.
    Pulse(String),
    /// `wav:PATH`: a file, relative to the station unless absolute.
    Wav(PathBuf),
    /// `null`: counted, not heard.
    Null,
    /// What is written cannot be used: nothing sounds, and whatever should says so.
    Unusable,
}

/// Why nothing sounds in a zone whose output cannot be used, and the cure.
pub fn unusable_output() -> Text {
    text!(
        "dòng output hoặc channel của cụm này trong loa.toml không dùng được; «loa check» chỉ cách sửa, sửa xong hãy khởi động lại loa",
        "the output or channel of this zone in loa.toml cannot be used; \"loa check\" shows the cure, then restart loa"
    )
}

impl OutputName {
    /// Whether horns are fed by it: what is only counted, or goes into a file, is heard by nobody.
    pub const fn is_horn(&self) -> bool {
        match self {
            Self::Device(_) | Self::Pulse(_) | Self::Unusable => true,
            Self::Wav(_) | Self::Null => false,
        }
    }

    /// Whether two zones on one channel of it would be in each other's way.
    pub(super) const fn is_taken_by_one(&self) -> bool {
        match self {
            Self::Device(_) | Self::Pulse(_) | Self::Wav(_) => true,
            Self::Null | Self::Unusable => false,
        }
    }
}

/// Which channel of an output a zone feeds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Channel {
    /// The same signal on every channel.
    Both,
    /// One channel, counted from 1; left is 1, right is 2.
    One(u16),
}

impl Default for Station {
    /// What an absent `loa.toml` means: one zone, `loa`, on the default output.
    fn default() -> Self {
        let name = "Đài truyền thanh".to_owned();
        Self {
            letterhead: Letterhead::of(&name),
            name,
            timezone: TimeZone::get(DEFAULT_TIMEZONE).unwrap_or_else(|_| TimeZone::fixed(jiff::tz::offset(7))),
            language: None,
            approval: Approval::None,
            has_misplaced_rules: false,
            zones: vec![Zone::named("loa".to_owned())],
            groups: BTreeMap::new(),
            trust: Trust::Auto,
            console: None,
            certificate: None,
            shows_metrics: false,
            is_public: false,
            speech: None,
            talk_most: DEFAULT_TALK,
            speech_words: Vec::new(),
            bundle: BundleRoots::default(),
            courier_tell: None,
            emergency: Emergency::default(),
            link: LinkSettings::default(),
            cap: CapSettings::default(),
            fleet: None,
            relays: BTreeMap::new(),
            bad_relays: BTreeSet::new(),
            kept: KeptLimits::default(),
            proof: Vec::new(),
        }
    }
}

impl Station {
    /// By what an alarm from outside finds a zone: its own point, else the station's; its own names and the station's.
    pub fn place_of(&self, zone: &Zone) -> CapPlace {
        let whole = &self.cap.place;
        let mut areas = zone.place.areas.clone();
        areas.extend(whole.areas.iter().cloned());
        CapPlace { at: zone.place.at.or(whole.at), areas }
    }

    /// What somebody asks `loa relay` for: a higher station, or an input that listens to horns.
    pub fn source(&self, asked: &str) -> Option<&Arc<Relay>> {
        match asked.strip_prefix(MARK) {
            Some(id) => self.proof.iter().map(|input| &input.source).find(|source| source.id == id),
            None => self.relay(asked),
        }
    }

    /// Every file beside `loa.toml` that it names, from the station's directory: keys and certificates, which nothing makes anew.
    pub fn named_files(&self) -> Vec<PathBuf> {
        let certificate = self.certificate.iter().flat_map(|files| [files.cert.clone(), files.key.clone()]);
        let keys = self.cap.senders.iter().filter_map(|sender| match &sender.key {
            CapKeySource::File(path) => Some(path.clone()),
            CapKeySource::Written(_) => None,
        });
        let relays = self.relays.values().filter_map(|relay| match &relay.source {
            RelaySource::Url(address) | RelaySource::Hls(address) => address.ca().map(Path::to_owned),
            RelaySource::LineIn(_) | RelaySource::Command(_) | RelaySource::Voice => None,
        });
        self.link.files().cloned().chain(certificate).chain(self.cap.ca.clone()).chain(keys).chain(relays).collect()
    }

    /// What listens to a zone.
    pub fn proof_of(&self, zone: ZoneIx) -> Option<&ProofInput> {
        self.proof.iter().find(|input| input.zones.contains(&zone))
    }

    /// The higher station of this id.
    pub fn relay(&self, id: &str) -> Option<&Arc<Relay>> {
        self.relays.get(id)
    }
}

impl ProofInput {
    /// By what `loa relay` is asked for it.
    pub fn asked(&self) -> String {
        format!("{MARK}{}", self.source.id)
    }
}

impl Zone {
    /// The zone `id` on the default output, everything else as if not written.
    pub fn named(id: String) -> Self {
        Self {
            title: id.clone(),
            id,
            output: OutputName::Device("default".to_owned()),
            channel: Channel::Both,
            languages: vec!["vi".to_owned()],
            gain_db: 0.0,
            tone: SoundTarget::default(),
            chime: None,
            delay: Duration::ZERO,
            amplifier: None,
            code: String::new(),
            contact: String::new(),
            phone: String::new(),
            place: CapPlace::default(),
        }
    }
}
