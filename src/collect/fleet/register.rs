use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use loa_core::signature::{Locality, UtcSecond};
use loa_site::Folder;
use serde::{Deserialize, Serialize};

use super::FleetError;
use super::authority::write;

/// A hundred thousand places with their history.
const REGISTER_MOST: u64 = 256 << 20;
/// The form of the file.
const FORMAT: u32 = 1;
const FILE: &str = "fleet.json";
/// Province, commune, hamlet.
const STATION_PARTS: usize = 3;
/// What lies beside the register of a living fleet.
const BESIDE: [&str; 3] = ["keys", "creds", "servers"];
/// It holds what codes are checked with.
const MODE: u32 = 0o600;

/// Who belongs to the fleet: `fleet.json`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Register {
    format: u32,
    /// What people call it.
    pub name: String,
    /// The province: `p01`.
    pub province: Locality,
    /// Its servers.
    pub servers: Vec<FleetServer>,
    /// Whether boxes speak TLS to them.
    pub tls: bool,
    /// Every place, by its path.
    pub places: BTreeMap<Locality, FleetPlace>,
    /// The servers of communes, by the commune.
    #[serde(default)]
    pub communes: BTreeMap<Locality, UtcSecond>,
}

/// A server of the province.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FleetServer {
    /// Its name among them: `p01-n1`.
    pub name: String,
    /// By which name or address boxes find it.
    pub host: String,
    /// Where boxes connect.
    pub port: u16,
}

/// A place in the fleet. It has the name; who holds it changes.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct FleetPlace {
    /// What people call it.
    pub title: String,
    /// Who is called where it is silent, and by which number; empty where nobody has said.
    #[serde(default)]
    pub call: String,
    /// What it hears.
    pub zones: Vec<Locality>,
    /// The box that stands there.
    #[serde(default)]
    pub holder: Option<PlaceHolder>,
    /// It hears more by now than stands in that box's paper.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub old_paper: bool,
    /// A box that has asked with the right code and waits to be let in.
    #[serde(default)]
    pub waiting: Option<PlaceHolder>,
    /// A code that lets a box ask.
    #[serde(default)]
    pub invitation: Option<Invitation>,
    /// Boxes that stood there before, the newest last.
    #[serde(default)]
    pub former: Vec<FormerHolder>,
}

/// A box, by its key.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PlaceHolder {
    /// Its public key.
    pub key: String,
    /// Since when.
    pub since: UtcSecond,
}

/// A box that holds its place no more.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FormerHolder {
    /// Its public key.
    pub key: String,
    /// Until when.
    pub until: UtcSecond,
    /// It was stolen: what comes from it after that is told as such.
    pub lost: bool,
}

/// A code that is good once, and not for long. What is kept checks it and does not tell it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Invitation {
    /// What the code is checked with.
    pub proof: String,
    /// Until when it can be used.
    pub until: UtcSecond,
}

impl FleetPlace {
    /// Codes that are out, and who asked with one, count no more.
    pub(super) fn uninvite(&mut self) {
        self.invitation = None;
        self.waiting = None;
    }

    /// No box holds it, has held it, waits for it or is invited to it.
    pub fn is_bare(&self) -> bool {
        self.holder.is_none() && self.waiting.is_none() && self.invitation.is_none() && self.former.is_empty()
    }
}

/// Where a box can stand: in a hamlet of a commune of a province, or below that.
pub(super) fn is_deep(path: &Locality) -> bool {
    path.as_str().split('.').count() >= STATION_PARTS
}

impl Register {
    /// An empty one.
    pub fn new(name: &str, province: Locality, servers: Vec<FleetServer>, tls: bool) -> Self {
        let (places, communes) = (BTreeMap::new(), BTreeMap::new());
        Self { format: FORMAT, name: name.to_owned(), province, servers, tls, places, communes }
    }

    /// As it lies in `dir`. [`FleetError::Unregistered`] where it alone is missing.
    pub fn read(dir: &Path) -> Result<Self, FleetError> {
        let bytes =
            loa_site::read(&dir.join(FILE), REGISTER_MOST).map_err(|why| match FleetError::unread(FILE, &why) {
                FleetError::Absent if BESIDE.iter().any(|name| dir.join(name).symlink_metadata().is_ok()) => {
                    FleetError::Unregistered
                }
                error => error,
            })?;
        let read = serde_json::from_slice::<Self>(&bytes).ok().filter(|read| read.format == FORMAT);
        read.ok_or_else(|| {
            let why = loa_core::diag::text!("nội dung không đúng dạng", "what stands in it has another form");
            FleetError::File(FILE.to_owned(), why)
        })
    }

    /// The places that have a box, had one, or are to have one: the only ones that are counted, sent to, waited for and called. A commune, or a district,
    /// that somebody has given a name is none of them. Nobody else decides that.
    pub fn stations(&self) -> impl Iterator<Item = (&Locality, &FleetPlace)> {
        let above = |path: &Locality| -> Vec<String> {
            path.as_str().match_indices('.').map(|(at, _)| path.as_str()[..at].to_owned()).collect()
        };
        let with_inner: BTreeSet<String> = self.places.keys().flat_map(above).collect();
        self.places
            .iter()
            .filter(move |(path, place)| !place.is_bare() || is_deep(path) && !with_inner.contains(path.as_str()))
    }

    /// Whether a box stands at this place, or could: see [`Self::stations`].
    pub fn is_station(&self, path: &Locality) -> bool {
        self.stations().any(|(known, _)| known == path)
    }

    pub(super) fn write(&self, folder: &Folder) -> Result<(), FleetError> {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        write(folder, FILE, &(text + "\n"), MODE)
    }

    /// Keys that may not come any more, with since when.
    pub fn revoked(&self) -> BTreeMap<String, UtcSecond> {
        let former = self.places.values().flat_map(|place| &place.former);
        former.map(|former| (former.key.clone(), former.until)).collect()
    }

    /// Where boxes find the servers.
    pub fn addresses(&self) -> Vec<String> {
        let scheme = if self.tls { "tls" } else { "nats" };
        self.servers.iter().map(|server| format!("{scheme}://{}:{}", server.host, server.port)).collect()
    }

    /// The country, the province, the commune and the place itself: what a place hears where nobody says more.
    pub fn zones_of(path: &Locality) -> Vec<Locality> {
        let mut zone = "vn".to_owned();
        let mut zones: Vec<Locality> = Locality::read(&zone).into_iter().collect();
        for part in path.as_str().split('.') {
            zone = format!("{zone}.{part}");
            zones.extend(Locality::read(&zone));
        }
        zones
    }
}
