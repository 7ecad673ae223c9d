mod admission;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use loa_core::instant::Wall;
use loa_core::signature::{Locality, UtcSecond};
use loa_site::{Folder, Lock};

use super::authority::write;
use super::certificate::{AUTHORITY, CertificateAuthority, SERVER, SERVER_KEY};
use super::register::{FleetPlace, FleetServer, FormerHolder, Register};
use super::revoked::RevokedKeys;
use super::server::{ServerNeeds, leaf_config, server_config};
use super::spelling::{is_province, is_slip, servers};
use super::{Authority, CentreRole, FleetError};

/// Somebody else may be at it.
const LOCK_MOST: Duration = Duration::from_secs(10);
/// Other directories of a fleet.
const SECRET_DIR: u32 = 0o700;

/// A box's papers.
#[derive(Clone, PartialEq, Eq)]
pub struct Issued {
    /// What the box connects with: the paper and the seed, or the paper alone where the box made its own key.
    pub text: String,
    /// Its public key.
    pub key: String,
}

/// Where a fleet is looked after: its register, its keys and the files of its servers, in one directory. One person at a time.
#[derive(Debug)]
pub struct Desk {
    folder: Folder,
    /// Who belongs to it.
    pub register: Register,
    /// Keys that were revoked, whatever an older register says.
    revoked: RevokedKeys,
    authority: Authority,
    now: UtcSecond,
    _lock: Lock,
}

impl Desk {
    /// Set a fleet up in `dir`: keys, register, credentials of the centre, a directory for each server. `hosts` are the servers'
    /// names or addresses, with a port where it is not 4222.
    pub fn init(
        dir: &Path,
        name: &str,
        province: Locality,
        hosts: &[String],
        tls: bool,
        now: Wall,
    ) -> Result<Self, FleetError> {
        match Register::read(dir) {
            Err(FleetError::Absent) => {}
            // Its keys would be written over, and no box could ever be let in or cut off again.
            Err(FleetError::Unregistered) => return Err(FleetError::Unregistered),
            _ => return Err(FleetError::There),
        }
        if !is_province(&province) {
            return Err(FleetError::Province(province.to_string()));
        }
        let servers = servers(&province, hosts)?;
        let folder = Folder::make(dir, SECRET_DIR).map_err(|error| FleetError::unwritten("", &error))?;
        let lock = lock(&folder)?;
        let now = UtcSecond::of(now);
        let register = Register::new(name, province, servers, tls);
        let authority = Authority::make(&folder)?;
        if tls {
            CertificateAuthority::make(&folder, &register.name, now)?;
        }
        let desk = Self { folder, register, revoked: RevokedKeys::default(), authority, now, _lock: lock };
        let creds = desk.below("creds")?;
        for (file, role) in [
            ("dispatcher.creds", CentreRole::Dispatcher),
            ("collector.creds", CentreRole::Collector),
            ("system.creds", CentreRole::System),
        ] {
            write(&creds, file, &desk.authority.credentials(&role, now)?, 0o600)?;
        }
        desk.write_certificates()?;
        desk.write_servers()?;
        // Last: where it is, the rest is.
        desk.register.write(&desk.folder)?;
        Ok(desk)
    }

    /// As it lies in `dir`.
    pub fn open(dir: &Path, now: Wall) -> Result<Self, FleetError> {
        Register::read(dir)?;
        let folder = Folder::open(dir).map_err(|error| FleetError::unwritten("", &error))?;
        let lock = lock(&folder)?;
        // What stood there may have changed while the lock was waited for.
        let register = Register::read(dir)?;
        let (authority, revoked) = (Authority::read(dir)?, RevokedKeys::read(dir)?);
        Ok(Self { folder, register, revoked, authority, now: UtcSecond::of(now), _lock: lock })
    }

    /// The papers of the accounts, as they are to lie at the servers.
    pub fn papers(&self) -> Result<Vec<(String, String)>, FleetError> {
        self.authority.account_tokens(&self.revoked(), self.now)
    }

    /// Keys that may not come any more, with since when: by the register, and by the list beside it.
    fn revoked(&self) -> BTreeMap<String, UtcSecond> {
        self.revoked.with(&self.register.revoked())
    }

    /// Keep what the register revokes, and what the servers hold as revoked, in a list that no older register shortens. Says which keys the register
    /// knows nothing of: it is an older copy.
    pub fn remember(&mut self, held: &BTreeMap<String, UtcSecond>) -> Result<Vec<String>, FleetError> {
        let known = self.register.revoked();
        let all = RevokedKeys::of(self.revoked.with(&known)).with(held);
        self.revoked.replace(all, &self.folder)?;
        Ok(self.revoked.with(&known).into_keys().filter(|key| !known.contains_key(key)).collect())
    }

    /// Places that a revoked key holds, by the register: it is older than the revocation.
    pub fn revived(&self) -> Vec<Locality> {
        let revoked = self.revoked();
        let is_revoked = |place: &FleetPlace| place.holder.iter().any(|holder| revoked.contains_key(&holder.key));
        self.register.places.iter().filter(|(_, place)| is_revoked(place)).map(|(path, _)| path.clone()).collect()
    }

    /// What boxes know the servers by; none where they speak without TLS.
    pub fn authority_file(&self) -> Option<std::path::PathBuf> {
        self.register.tls.then(|| self.folder.path().join(AUTHORITY))
    }

    /// Name a place, or say anew what it is called and hears. `groups` are zones beside those that follow from its path.
    pub fn place(&mut self, path: &Locality, title: Option<&str>, groups: &[Locality]) -> Result<(), FleetError> {
        self.is_ours(path)?;
        self.is_like_others(path)?;
        let place = self.register.places.entry(path.clone()).or_default();
        if let Some(title) = title {
            title.clone_into(&mut place.title);
        }
        let known: BTreeSet<Locality> = place.zones.iter().cloned().collect();
        let wanted = Register::zones_of(path).into_iter().chain(groups.iter().cloned());
        let new: Vec<Locality> = wanted.filter(|zone| !known.contains(zone)).collect();
        place.old_paper |= place.holder.is_some() && !new.is_empty();
        place.zones.extend(new);
        self.register.write(&self.folder)
    }

    /// Take a place out again that was a mistake: one that no box holds or has held, nor any within it, and of which nothing has come. `has_come` says
    /// so of the rows.
    pub fn remove(&mut self, path: &Locality, has_come: bool) -> Result<(), FleetError> {
        let place = self.known(path)?;
        if has_come || place.holder.is_some() || place.waiting.is_some() || !place.former.is_empty() {
            return Err(FleetError::Used(path.clone()));
        }
        let is_inner = |known: &Locality| known != path && path.covers(known);
        let inner = self.register.places.iter().filter(|(known, place)| is_inner(known) && !place.is_bare());
        let inner: Vec<Locality> = inner.map(|(known, _)| known.clone()).collect();
        if !inner.is_empty() {
            return Err(FleetError::Inhabited(path.clone(), inner));
        }
        self.register.places.remove(path);
        self.register.write(&self.folder)
    }

    /// Who is called where this place is silent.
    pub fn call(&mut self, path: &Locality, who: &str) -> Result<(), FleetError> {
        self.known(path)?;
        self.change(path, |place| who.clone_into(&mut place.call))
    }

    /// The box holds its place no more: it died, or was stolen. The place stays, with its name. The servers have to be told.
    pub fn revoke(&mut self, path: &Locality, lost: bool) -> Result<String, FleetError> {
        let holder = self.known(path)?.holder.clone().ok_or_else(|| FleetError::Vacant(path.clone()))?;
        let former = FormerHolder { key: holder.key.clone(), until: self.now, lost };
        self.change(path, |place| {
            place.holder = None;
            place.old_paper = false;
            place.former.push(former);
            place.uninvite();
        })?;
        self.remember(&BTreeMap::new())?;
        self.write_servers()?;
        Ok(holder.key)
    }

    /// Credentials and configuration of a commune's own server, below `communes/`.
    pub fn commune(&mut self, commune: &Locality) -> Result<std::path::PathBuf, FleetError> {
        self.is_ours(commune)?;
        let below = self.below("communes")?;
        let own = below.inner(commune.as_str()).map_err(|error| FleetError::unwritten("communes", &error))?;
        let role = CentreRole::Commune(commune.clone());
        write(&own, "leaf.creds", &self.authority.credentials(&role, self.now)?, 0o600)?;
        let needs = self.needs()?;
        let conf = leaf_config(&self.register, commune.as_str(), &self.authority.core_account(), &needs);
        write(&own, "nats.conf", &conf, 0o644)?;
        self.copy_authority(&own)?;
        self.register.communes.insert(commune.clone(), self.now);
        self.register.write(&self.folder)?;
        Ok(own.path().to_owned())
    }

    /// The servers' configuration as it follows from the register. A server that has run keeps newer papers than these.
    fn write_servers(&self) -> Result<(), FleetError> {
        let needs = self.needs()?;
        for server in &self.register.servers {
            let own = self.server_folder(server)?;
            write(&own, "nats.conf", &server_config(&self.register, server, &needs), 0o600)?;
        }
        Ok(())
    }

    fn write_certificates(&self) -> Result<(), FleetError> {
        if !self.register.tls {
            return Ok(());
        }
        let authority = CertificateAuthority::read(&self.folder, &self.register.name, self.now)?;
        for server in &self.register.servers {
            let own = self.server_folder(server)?;
            let mut hosts = vec![server.host.clone()];
            hosts.extend((server.host != "127.0.0.1").then(|| "127.0.0.1".to_owned()));
            let (certificate, key) = authority.sign(&hosts)?;
            write(&own, SERVER, &certificate, 0o644)?;
            write(&own, SERVER_KEY, &key, 0o600)?;
            self.copy_authority(&own)?;
        }
        Ok(())
    }

    fn copy_authority(&self, into: &Folder) -> Result<(), FleetError> {
        let Some(path) = self.authority_file() else { return Ok(()) };
        let bytes = loa_site::read(&path, 1 << 20).map_err(|why| FleetError::unread(AUTHORITY, &why))?;
        write(into, AUTHORITY, &String::from_utf8_lossy(&bytes), 0o644)
    }

    fn needs(&self) -> Result<ServerNeeds, FleetError> {
        Ok(ServerNeeds {
            operator: self.authority.operator_token(&self.register.name, self.now)?,
            system_account: self.authority.system_account(),
            accounts: self.papers()?,
        })
    }

    fn server_folder(&self, server: &FleetServer) -> Result<Folder, FleetError> {
        let failed = |error| FleetError::unwritten("servers", &error);
        self.below("servers")?.inner(&server.name).map_err(failed)
    }

    fn below(&self, name: &str) -> Result<Folder, FleetError> {
        Folder::make(self.folder.path().join(name), SECRET_DIR).map_err(|error| FleetError::unwritten(name, &error))
    }

    fn known(&self, path: &Locality) -> Result<&FleetPlace, FleetError> {
        self.register.places.get(path).ok_or_else(|| FleetError::Unknown(path.clone()))
    }

    fn change(&mut self, path: &Locality, change: impl FnOnce(&mut FleetPlace)) -> Result<(), FleetError> {
        if let Some(place) = self.register.places.get_mut(path) {
            change(place);
        }
        self.register.write(&self.folder)
    }

    /// A new place is numbered as those beside it are: a digit too few or too many (`h0007` beside `h00078`) is a slip, and would be called and
    /// waited for ever after.
    fn is_like_others(&self, path: &Locality) -> Result<(), FleetError> {
        if self.register.places.contains_key(path) {
            return Ok(());
        }
        let depth = path.as_str().split('.').count();
        let (above, own) = path.as_str().rsplit_once('.').unwrap_or(("", path.as_str()));
        let beside = |known: &Locality| {
            let rest = known.as_str().strip_prefix(above)?.strip_prefix('.')?;
            rest.split('.').next().map(str::to_owned)
        };
        let others = self.register.places.keys().filter(|known| known.as_str().split('.').count() >= depth);
        match others.filter_map(beside).find(|other| is_slip(own, other)) {
            Some(other) => Err(FleetError::Unlike(path.clone(), format!("{above}.{other}"))),
            None => Ok(()),
        }
    }

    fn is_ours(&self, path: &Locality) -> Result<(), FleetError> {
        let province = &self.register.province;
        if province.covers(path) && province != path {
            Ok(())
        } else {
            Err(FleetError::Elsewhere(path.clone(), province.to_string()))
        }
    }
}

fn lock(folder: &Folder) -> Result<Lock, FleetError> {
    folder.lock("fleet.lock", LOCK_MOST).map_err(|why| {
        let why = std::io::Error::other(why.to_string());
        FleetError::unwritten("fleet.lock", &why)
    })
}
