use std::collections::BTreeMap;
use std::path::Path;

use loa_core::signature::{Locality, UtcSecond};
use loa_site::Folder;
use serde_json::{Value, json};

use super::token::{credentials, token};
use super::{FleetError, FleetKey, KeyKind};

/// A seed is 58 letters.
const SEED_MOST: u64 = 1024;
/// Nobody else reads a seed.
const SECRET_MODE: u32 = 0o600;
/// Where the seeds lie.
const KEYS: &str = "keys";
/// The key of each, by the name of its file.
const NAMES: [(&str, KeyKind); 5] = [
    ("operator", KeyKind::Operator),
    ("core", KeyKind::Account),
    ("nodes", KeyKind::Account),
    ("nodes-signing", KeyKind::Account),
    ("sys", KeyKind::Account),
];

/// What the accounts share: what goes down as streams, what goes up as services.
const DOWN: [&str; 2] = ["loa.em.>", "loa.sched.>"];
const UP: [&str; 4] = ["loa.log.>", "loa.hb.>", "loa.ack.>", "$JS.API.DIRECT.GET.>"];

/// Users of the centre.
#[derive(Clone, Debug)]
pub enum CentreRole {
    /// Publishes schedules, sounds and alarms, and hears who is there.
    Dispatcher,
    /// Collects rows and tells boxes how far.
    Collector,
    /// Tells servers of revocations.
    System,
    /// A commune's own server, as a leaf in the boxes' account: this commune, in this province.
    Commune(Locality),
}

/// The keys of a fleet: the operator, the centre's account (CORE), the boxes' (NODES, with a key of its own to sign boxes) and the
/// servers' (SYS).
#[derive(Debug)]
pub struct Authority {
    operator: FleetKey,
    core: FleetKey,
    nodes: FleetKey,
    signing: FleetKey,
    system: FleetKey,
}

impl Authority {
    /// Made new, and written down below `fleet`.
    pub fn make(fleet: &Folder) -> Result<Self, FleetError> {
        let folder =
            Folder::make(fleet.path().join(KEYS), 0o700).map_err(|error| FleetError::unwritten(KEYS, &error))?;
        let mut made = Vec::new();
        for (name, kind) in NAMES {
            let key = FleetKey::make(kind)?;
            let file = format!("{name}.seed");
            write(&folder, &file, &(key.seed()? + "\n"), SECRET_MODE)?;
            made.push(key);
        }
        Self::of(made)
    }

    /// As it lies below `fleet`.
    pub fn read(fleet: &Path) -> Result<Self, FleetError> {
        let mut read = Vec::new();
        for (name, _) in NAMES {
            let file = format!("{KEYS}/{name}.seed");
            let bytes = loa_site::read(&fleet.join(&file), SEED_MOST).map_err(|why| FleetError::unread(&file, &why))?;
            read.push(FleetKey::read(&String::from_utf8_lossy(&bytes))?);
        }
        Self::of(read)
    }

    fn of(keys: Vec<FleetKey>) -> Result<Self, FleetError> {
        let [operator, core, nodes, signing, system] = <[FleetKey; 5]>::try_from(keys).map_err(|_| FleetError::Key)?;
        Ok(Self { operator, core, nodes, signing, system })
    }

    /// The paper that every server begins with.
    pub fn operator_token(&self, name: &str, now: UtcSecond) -> Result<String, FleetError> {
        let nats = json!({ "type": "operator", "version": 2, "system_account": self.system.public() });
        token(&self.operator, &self.operator.public(), name, &nats, now)
    }

    /// The papers of the accounts, by their keys. `revoked` are users of NODES that may not come any more, with since when.
    pub fn account_tokens(
        &self,
        revoked: &BTreeMap<String, UtcSecond>,
        now: UtcSecond,
    ) -> Result<Vec<(String, String)>, FleetError> {
        let exports: Vec<Value> = (DOWN.iter().map(|subject| (subject, "stream")))
            .chain(UP.iter().map(|subject| (subject, "service")))
            .map(|(subject, kind)| json!({ "name": subject, "subject": subject, "type": kind }))
            .collect();
        let imports: Vec<Value> = (DOWN.iter().map(|subject| (subject, "stream")))
            .chain(UP.iter().map(|subject| (subject, "service")))
            .map(|(subject, kind)| {
                json!({ "name": subject, "subject": subject, "account": self.core.public(), "type": kind })
            })
            .collect();
        let core = json!({
            "exports": exports,
            "limits": limits(-1),
            "default_permissions": { "pub": {}, "sub": {} },
            "type": "account", "version": 2,
        });
        let revocations: BTreeMap<&String, i64> = revoked.iter().map(|(key, since)| (key, since.seconds())).collect();
        let nodes = json!({
            "imports": imports,
            "limits": limits(0),
            "signing_keys": [{ "kind": "user_scope", "key": self.signing.public(), "role": "node", "template": template() }],
            "revocations": revocations,
            "default_permissions": { "pub": {}, "sub": {} },
            "type": "account", "version": 2,
        });
        let system = json!({
            "limits": limits(0),
            "default_permissions": { "pub": {}, "sub": {} },
            "type": "account", "version": 2,
        });
        let papers = [(&self.core, "CORE", core), (&self.nodes, "NODES", nodes), (&self.system, "SYS", system)];
        papers
            .into_iter()
            .map(|(key, name, nats)| Ok((key.public(), token(&self.operator, &key.public(), name, &nats, now)?)))
            .collect()
    }

    /// The account that servers hear orders from.
    pub fn system_account(&self) -> String {
        self.system.public()
    }

    /// The centre's account.
    pub fn core_account(&self) -> String {
        self.core.public()
    }

    /// The paper of a box with this key at this place, that hears these zones. What it may do stands in the account's.
    pub fn box_token(
        &self,
        path: &Locality,
        zones: &[Locality],
        key: &str,
        now: UtcSecond,
    ) -> Result<String, FleetError> {
        if !FleetKey::is_public(key, KeyKind::User) {
            return Err(FleetError::Key);
        }
        let tags: Vec<String> =
            std::iter::once(format!("path:{path}")).chain(zones.iter().map(|zone| format!("z:{zone}"))).collect();
        let nats = json!({
            "issuer_account": self.nodes.public(),
            "tags": tags,
            "pub": {}, "sub": {},
            "type": "user", "version": 2,
        });
        token(&self.signing, key, path.as_str(), &nats, now)
    }

    /// Credentials of a user of the centre, made new.
    pub fn credentials(&self, role: &CentreRole, now: UtcSecond) -> Result<String, FleetError> {
        let key = FleetKey::make(KeyKind::User)?;
        let (account, name, publish, subscribe, kinds) = match role {
            CentreRole::Dispatcher => (
                &self.core,
                "dispatcher".to_owned(),
                strings(&["loa.sched.>", "loa.em.>", "$O.AUDIO.>", "$JS.API.>", "$JS.ACK.>"]),
                strings(&["loa.hb.>", "loa.ack.>", "_INBOX.>"]),
                None,
            ),
            CentreRole::Collector => (
                &self.core,
                "collector".to_owned(),
                strings(&["loa.wm.>", "$JS.API.>", "$JS.ACK.>"]),
                strings(&["_INBOX.>"]),
                None,
            ),
            CentreRole::System => {
                (&self.system, "system".to_owned(), strings(&["$SYS.REQ.>"]), strings(&["_INBOX.>"]), None)
            }
            CentreRole::Commune(commune) => {
                let (publish, subscribe) = commune_permissions(commune);
                // Beside the boxes, where no answer of the centre's can be led into a stream.
                (&self.nodes, commune.to_string(), publish, subscribe, Some(json!(["LEAFNODE"])))
            }
        };
        let mut nats = json!({
            "pub": { "allow": publish },
            "sub": { "allow": subscribe },
            "subs": -1, "data": -1, "payload": -1,
            "type": "user", "version": 2,
        });
        if let Some(kinds) = kinds {
            nats["allowed_connection_types"] = kinds;
        }
        let paper = token(account, &key.public(), &name, &nats, now)?;
        Ok(credentials(&paper, &key.seed()?))
    }
}

/// What a box may say and hear: itself upwards, its zones downwards, and it may never read back what it can write.
fn template() -> Value {
    let publish = [
        "loa.log.{{tag(path)}}",
        "loa.hb.{{tag(path)}}",
        "loa.ack.{{tag(path)}}",
        "$JS.API.DIRECT.GET.LOA_SCHED.loa.sched.{{tag(z)}}",
        "$JS.API.DIRECT.GET.LOA_EM.loa.em.{{tag(z)}}",
        "$JS.API.DIRECT.GET.LOA_WM.loa.wm.{{tag(path)}}",
        "$JS.API.DIRECT.GET.OBJ_AUDIO",
        "$JS.API.DIRECT.GET.OBJ_AUDIO.$O.AUDIO.M.*",
    ];
    let subscribe = ["_INBOX.{{tag(path)}}.>", "loa.em.{{tag(z)}}", "loa.sched.{{tag(z)}}"];
    json!({
        "pub": { "allow": publish },
        "sub": { "allow": subscribe },
        "subs": -1, "data": -1, "payload": -1,
    })
}

/// A commune's server may pass on what its own boxes say, and hear what concerns them and what they are answered.
fn commune_permissions(commune: &Locality) -> (Vec<String>, Vec<String>) {
    let province = commune.as_str().split('.').next().unwrap_or_default();
    let publish = ["log", "hb", "ack"].iter().map(|kind| format!("loa.{kind}.{commune}.>")).collect();
    let mut subscribe = strings(&["_R_.>"]);
    for kind in ["em", "sched"] {
        subscribe.extend([
            format!("loa.{kind}.vn"),
            format!("loa.{kind}.vn.{province}"),
            format!("loa.{kind}.vn.{commune}"),
            format!("loa.{kind}.vn.{commune}.>"),
        ]);
    }
    (publish, subscribe)
}

fn strings(subjects: &[&str]) -> Vec<String> {
    subjects.iter().map(|subject| (*subject).to_owned()).collect()
}

/// No bounds but on what is kept: `storage` is -1 for an account with streams and 0 for one without.
fn limits(storage: i64) -> Value {
    json!({
        "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true, "conn": -1, "leaf": -1,
        "mem_storage": storage, "disk_storage": storage, "streams": storage, "consumer": storage,
    })
}

/// A file that is whole or not there.
pub(super) fn write(folder: &Folder, name: &str, said: &str, mode: u32) -> Result<(), FleetError> {
    use std::io::Write as _;
    let failed = |error| FleetError::unwritten(name, &error);
    let mut draft = folder.draft(name, mode).map_err(failed)?;
    draft.file().write_all(said.as_bytes()).map_err(failed)?;
    draft.place().map_err(failed)
}
