use std::net::IpAddr;

use loa_core::signature::UtcSecond;
use loa_site::Folder;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};

use super::FleetError;
use super::authority::write;

/// What boxes are given to know the servers by, and the secret behind it.
pub(super) const AUTHORITY: &str = "ca.crt";
const AUTHORITY_KEY: &str = "keys/ca.key";
/// Of the servers in each one's own directory.
pub(super) const SERVER: &str = "tls.crt";
pub(super) const SERVER_KEY: &str = "tls.key";
/// Boxes are not touched for years, and know no other authority.
const YEARS: i32 = 20;
const KEY_MOST: u64 = 64 * 1024;

/// The fleet's own certificate authority: boxes believe it and nobody else.
pub(super) struct CertificateAuthority {
    issuer: Issuer<'static, KeyPair>,
    year: i32,
}

impl CertificateAuthority {
    /// Made new, and written down below `fleet`.
    pub(super) fn make(fleet: &Folder, name: &str, now: UtcSecond) -> Result<Self, FleetError> {
        let key = KeyPair::generate().map_err(|error| failed(&error))?;
        let year = year(now);
        let params = own_params(name, year)?;
        let certificate = params.self_signed(&key).map_err(|error| failed(&error))?;
        write(fleet, AUTHORITY, &certificate.pem(), 0o644)?;
        let keys = Folder::open(fleet.path().join("keys")).map_err(|error| FleetError::unwritten("keys", &error))?;
        write(&keys, "ca.key", &key.serialize_pem(), 0o600)?;
        Ok(Self { issuer: Issuer::new(params, key), year })
    }

    /// As it lies below `fleet`.
    pub(super) fn read(fleet: &Folder, name: &str, now: UtcSecond) -> Result<Self, FleetError> {
        let path = fleet.path().join(AUTHORITY_KEY);
        let pem = loa_site::read(&path, KEY_MOST).map_err(|why| FleetError::unread(AUTHORITY_KEY, &why))?;
        let key = KeyPair::from_pem(&String::from_utf8_lossy(&pem)).map_err(|error| failed(&error))?;
        let year = year(now);
        Ok(Self { issuer: Issuer::new(own_params(name, year)?, key), year })
    }

    /// A certificate and its key for a server under these names and addresses.
    pub(super) fn sign(&self, hosts: &[String]) -> Result<(String, String), FleetError> {
        let key = KeyPair::generate().map_err(|error| failed(&error))?;
        let mut params = CertificateParams::new(hosts.to_vec()).map_err(|error| failed(&error))?;
        params.distinguished_name.push(DnType::CommonName, hosts.first().cloned().unwrap_or_default());
        params.not_before = date_time_ymd(self.year - 1, 1, 1);
        params.not_after = date_time_ymd(self.year + YEARS, 1, 1);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let certificate = params.signed_by(&key, &self.issuer).map_err(|error| failed(&error))?;
        Ok((certificate.pem(), key.serialize_pem()))
    }
}

/// The same for the same key, whenever it is made.
fn own_params(name: &str, year: i32) -> Result<CertificateParams, FleetError> {
    let mut params = CertificateParams::new(Vec::new()).map_err(|error| failed(&error))?;
    params.distinguished_name.push(DnType::CommonName, format!("loa fleet {name}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = date_time_ymd(year - 1, 1, 1);
    params.not_after = date_time_ymd(year + YEARS, 1, 1);
    Ok(params)
}

fn year(now: UtcSecond) -> i32 {
    i32::from(now.wall().zoned(&jiff::tz::TimeZone::UTC).year())
}

fn failed(error: &rcgen::Error) -> FleetError {
    FleetError::Certificate(error.to_string())
}

/// A name or an address that a certificate can be for and a configuration can hold.
pub(super) fn is_host(host: &str) -> bool {
    let is_name = |host: &str| {
        (1..=200).contains(&host.len())
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
    };
    host.parse::<IpAddr>().is_ok_and(|ip| ip.is_ipv4()) || is_name(host)
}
