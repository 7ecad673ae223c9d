//! The page over TLS: with a certificate from files that the station names, or with one that it makes itself. The own
//! authority signs for addresses of private networks and names of the house only: whoever steals the box's key can forge
//! no other site with it.

mod named;
mod validity;

use std::io::Write as _;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, NameConstraints, PublicKeyData as _, date_time_ymd,
};
use sha2::{Digest as _, Sha256};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

use crate::diag::{Text, shown, text};
use crate::instant::Wall;
use crate::site::{Folder, ReadRefused, Site};
use crate::station::CertificateFiles;

/// A chain of certificates is some kilobytes.
const FILE_MOST: u64 = 256 * 1024;

/// Nobody else reads a key.
const KEY_MODE: u32 = 0o600;

/// The certificate may be read by all: it is shown to every phone.
const MODE: u32 = 0o644;

/// Phones take no certificate of more than 398 days.
const GOOD_FOR: Duration = Duration::from_hours(365 * 24);

/// So long before its end an own certificate is made anew: a box that is looked at once a month finds it done.
const RENEWED_BEFORE: Duration = Duration::from_hours(30 * 24);

/// Names that are of a house and no site of the world.
const HOUSE: [&str; 5] = ["local", "localhost", "lan", "internal", "home.arpa"];

const AUTHORITY: &str = "ca.crt";
const AUTHORITY_KEY: &str = "ca.key";
/// What `[console] cert` and `key` are to name, in the directory of [`Site::certificate`].
pub const PAGE: &str = "page.crt";
/// The key to it.
pub const PAGE_KEY: &str = "page.key";
/// What it was made for, a name a line: the next one is for the same.
const PAGE_NAMES: &str = "page.names";

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read or written.
    #[error("{0}: {1}")]
    File(String, #[source] ReadRefused),
    /// It holds no certificate, no key, or not the key of this certificate.
    #[error("{0}: {1}")]
    Content(String, #[source] Box<dyn std::error::Error + Send + Sync>),
    /// A name that the own authority does not sign for.
    #[error("{0}: not of this house")]
    Name(String),
    /// The clock is of a year before this program.
    #[error("the clock is wrong")]
    Clock,
    /// It cannot be made.
    #[error("make: {0}")]
    Make(#[from] rcgen::Error),
}

impl TlsError {
    /// What to tell a person.
    pub fn text(&self) -> Text {
        match self {
            Self::File(path, refused) => {
                let (path, Text { vi, en }) = (shown(path), refused.text());
                text!(
                    "không dùng được «{path}» cho trang mã hóa: {vi}; xem lại [console] cert và key trong loa.toml, hoặc gõ: loa console cert",
                    "\"{path}\" cannot be used for the encrypted page: {en}; look at [console] cert and key in loa.toml, or type: loa console cert"
                )
            }
            Self::Content(path, _) => {
                let path = shown(path);
                text!(
                    "«{path}» không có chứng nhận hoặc khóa đọc được (kiểu PEM), hoặc khóa không phải của chứng nhận ấy; xem lại [console] cert và key trong loa.toml",
                    "\"{path}\" has no certificate or key that can be read (PEM), or the key is of another certificate; look at [console] cert and key in loa.toml"
                )
            }
            Self::Name(name) => {
                let name = shown(name);
                text!(
                    "không tự chứng nhận được «{name}»: chỉ địa chỉ của mạng riêng (10.…, 172.16.… đến 172.31.…, 192.168.…) và tên đuôi .local, .lan, .internal; tên khác cần chứng nhận mua hay xin, ghi vào [console] cert và key",
                    "the station's own authority does not sign for \"{name}\": only addresses of private networks (10.…, 172.16.… to 172.31.…, 192.168.…) and names under .local, .lan, .internal; others need a certificate from elsewhere, named in [console] cert and key"
                )
            }
            Self::Clock => text!(
                "đồng hồ máy sai nên chứng nhận làm ra sẽ không dùng được; chỉnh giờ trước, xem: loa clock",
                "the clock is wrong, and a certificate made now would be no good; set it first, see: loa clock"
            ),
            Self::Make(_) => text!("không làm được chứng nhận", "the certificate cannot be made"),
        }
    }
}

fn read(dir: &Path, name: &Path) -> Result<Vec<u8>, TlsError> {
    let path = dir.join(name);
    let failed = |refused| TlsError::File(name.display().to_string(), refused);
    let (folder, file) = (path.parent().unwrap_or(Path::new(".")), path.file_name().unwrap_or_default());
    let folder = Folder::open(folder).map_err(|error| failed(ReadRefused::Io(error)))?;
    folder.read_trusted_link(file, FILE_MOST).map_err(failed)
}

/// Ready to speak TLS with what these files hold.
pub fn acceptor(site: &Site, files: &CertificateFiles) -> Result<TlsAcceptor, TlsError> {
    let (chain, key) = (read(site.dir(), &files.cert)?, read(site.dir(), &files.key)?);
    let wrong = |path: &Path, error: Box<dyn std::error::Error + Send + Sync>| {
        TlsError::Content(path.display().to_string(), error)
    };
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&chain)
        .collect::<Result<_, _>>()
        .map_err(|error| wrong(&files.cert, Box::new(error)))?;
    let key = PrivateKeyDer::from_pem_slice(&key).map_err(|error| wrong(&files.key, Box::new(error)))?;
    let made = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(chain, key));
    let mut config = made.map_err(|error: rustls::Error| wrong(&files.cert, Box::new(error)))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Whether the own authority signs for this name or address.
fn is_of_the_house(name: &str) -> bool {
    match name.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => ip.is_private() || ip.is_loopback() || ip.is_link_local(),
        Ok(IpAddr::V6(ip)) => ip.is_unique_local() || ip.is_loopback() || ip.is_unicast_link_local(),
        Err(_) => {
            let is_name = name.len() < 200 && name.chars().all(|c| c.is_ascii_alphanumeric() || "-.".contains(c));
            let under = |end: &str| name == end || name.strip_suffix(end).is_some_and(|front| front.ends_with('.'));
            is_name && HOUSE.iter().any(|end| under(end))
        }
    }
}

/// The authority as it is for this key: the same each time, so that phones that know it know the next certificate too.
fn authority(key: &KeyPair, now: Wall) -> Result<CertificateParams, TlsError> {
    let mut params = CertificateParams::new(Vec::new())?;
    let mark = Sha256::digest(key.subject_public_key_info());
    let name = format!("Loa, {:02x}{:02x}-{:02x}{:02x}", mark[0], mark[1], mark[2], mark[3]);
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let net = |address: &str, bits| CidrSubnet::from_addr_prefix(address.parse().expect("an address"), bits);
    let nets = [
        net("10.0.0.0", 8),
        net("172.16.0.0", 12),
        net("192.168.0.0", 16),
        net("169.254.0.0", 16),
        net("127.0.0.0", 8),
        net("fc00::", 7),
        net("fe80::", 10),
        net("::1", 128),
    ];
    let names = HOUSE.map(|name| GeneralSubtree::DnsName(name.to_owned()));
    let permitted_subtrees = nets.map(GeneralSubtree::IpAddress).into_iter().chain(names).collect();
    params.name_constraints = Some(NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() });
    let day = |at: Wall, years: i16| {
        let date = at.timestamp().to_zoned(jiff::tz::TimeZone::UTC).date();
        date_time_ymd(
            i32::from(date.year() + years),
            date.month().unsigned_abs(),
            date.day().clamp(1, 28).unsigned_abs(),
        )
    };
    (params.not_before, params.not_after) = (day(now - Duration::from_hours(24), 0), day(now, 10));
    Ok(params)
}

/// Make a certificate for these names and addresses, signed by the station's own authority, which is made where there is
/// none yet. Returns how the authority is called.
pub fn make(site: &Site, names: &[String], now: Wall) -> Result<String, TlsError> {
    if let Some(name) = names.iter().find(|name| !is_of_the_house(name)) {
        return Err(TlsError::Name(name.clone()));
    }
    // No box with a right clock is older than this program.
    if now < Wall::from_secs(1_767_225_600) {
        return Err(TlsError::Clock);
    }
    let path = site.certificate();
    let failed = |name: &str, refused| TlsError::File(path.join(name).display().to_string(), refused);
    let folder = Folder::make(&path, 0o700).map_err(|error| failed("", ReadRefused::Io(error)))?;
    let put = |name: &str, mode, text: &str| {
        let write = || {
            let mut draft = folder.draft(name, mode)?;
            draft.file().write_all(text.as_bytes())?;
            draft.place()
        };
        write().map_err(|error| failed(name, ReadRefused::Io(error)))
    };
    let (key, params) = match folder.read(AUTHORITY_KEY, FILE_MOST) {
        Ok(text) => {
            let key = KeyPair::from_pem(&String::from_utf8_lossy(&text))?;
            let params = authority(&key, now)?;
            (key, params)
        }
        Err(refused) if refused.is_absent() => {
            let key = KeyPair::generate()?;
            let params = authority(&key, now)?;
            put(AUTHORITY_KEY, KEY_MODE, &key.serialize_pem())?;
            put(AUTHORITY, MODE, &params.self_signed(&key)?.pem())?;
            (key, params)
        }
        Err(refused) => return Err(failed(AUTHORITY_KEY, refused)),
    };
    let called = params.distinguished_name.get(&DnType::CommonName).map(|name| format!("{name:?}")).unwrap_or_default();
    let called = called.split('"').nth(1).unwrap_or_default().to_owned();
    let (begin, end) = (now - Duration::from_hours(24), now + GOOD_FOR);
    let issuer = Issuer::new(params, key);
    let page_key = KeyPair::generate()?;
    let mut page = CertificateParams::new(names.to_vec())?;
    page.distinguished_name.push(DnType::CommonName, names.first().map_or("loa", String::as_str));
    page.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    page.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    page.use_authority_key_identifier_extension = true;
    let day = |at: Wall| {
        let date = at.timestamp().to_zoned(jiff::tz::TimeZone::UTC).date();
        date_time_ymd(i32::from(date.year()), date.month().unsigned_abs(), date.day().unsigned_abs())
    };
    (page.not_before, page.not_after) = (day(begin), day(end));
    let signed = page.signed_by(&page_key, &issuer)?;
    put(PAGE_KEY, KEY_MODE, &page_key.serialize_pem())?;
    put(PAGE, MODE, &signed.pem())?;
    put(PAGE_NAMES, MODE, &names.join("\n"))?;
    Ok(called)
}

/// The page's own certificate in these files, without those that lead to it.
fn first(site: &Site, files: &CertificateFiles) -> Option<CertificateDer<'static>> {
    let text = read(site.dir(), &files.cert).ok()?;
    CertificateDer::pem_slice_iter(&text).next()?.ok()
}

/// Until when the certificate in these files is good; none where that cannot be read.
pub fn good_until(site: &Site, files: &CertificateFiles) -> Option<Wall> {
    validity::good_until(&first(site, files)?)
}

/// The names and addresses that the certificate in these files is good for, in its order; none where they cannot be read.
pub fn names(site: &Site, files: &CertificateFiles) -> Vec<String> {
    first(site, files).map(|first| named::names(&first)).unwrap_or_default()
}

/// Make the page's certificate anew where it is the station's own and near its end, for the same names; for `otherwise`
/// where nobody knows them. Phones that know the authority notice nothing. Whether it was made.
pub fn renew(
    site: &Site,
    files: &CertificateFiles,
    now: Wall,
    otherwise: impl FnOnce() -> Vec<String>,
) -> Result<bool, TlsError> {
    let own = site.certificate();
    let is_own = site.dir().join(&files.cert) == own.join(PAGE) && site.dir().join(&files.key) == own.join(PAGE_KEY);
    let is_near = || good_until(site, files).is_some_and(|until| until < now + RENEWED_BEFORE);
    if !is_own || !is_near() {
        return Ok(false);
    }
    let known = Folder::open(&own).ok().and_then(|folder| folder.read(PAGE_NAMES, FILE_MOST).ok());
    let known = known.map(|text| String::from_utf8_lossy(&text).lines().map(str::to_owned).collect::<Vec<_>>());
    make(site, &known.filter(|names| !names.is_empty()).unwrap_or_else(otherwise), now)?;
    Ok(true)
}

/// The own authority's certificate, for phones to take; none where the station has no authority of its own.
pub(super) fn own_authority(site: &Site) -> Option<Vec<u8>> {
    Folder::open(site.certificate()).ok()?.read(AUTHORITY, FILE_MOST).ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    const NOW: Wall = Wall::from_secs(1_796_100_000);

    /// Whether a client that trusts the authority in `site` takes the page's certificate as one for `name` at `at`.
    fn is_taken(site: &Site, name: &str, at: Wall) -> bool {
        use tokio_rustls::rustls::client::WebPkiServerVerifier;
        use tokio_rustls::rustls::pki_types::{ServerName, UnixTime};
        let authority = CertificateDer::from_pem_slice(&own_authority(site).unwrap()).unwrap();
        let page = std::fs::read(site.certificate().join(PAGE)).unwrap();
        let page = CertificateDer::from_pem_slice(&page).unwrap();
        let mut roots = rustls::RootCertStore::empty();
        roots.add(authority).unwrap();
        let provider = Arc::new(ring::default_provider());
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
        let at = UnixTime::since_unix_epoch(Duration::from_secs(at.timestamp().as_second().unsigned_abs()));
        let name = ServerName::try_from(name.to_owned()).unwrap();
        rustls::client::danger::ServerCertVerifier::verify_server_cert(&*verifier, &page, &[], &name, &[], at).is_ok()
    }

    #[test]
    fn the_next_certificate_is_known_to_phones_that_know_the_first_and_ends_within_a_year() {
        let dir = tempfile::tempdir().unwrap();
        let site = Site::new(dir.path());
        let names = ["192.168.4.1".to_owned(), "loa.local".to_owned()];
        let called = make(&site, &names, NOW).unwrap();
        assert!(called.starts_with("Loa, "), "{called}");
        let first = own_authority(&site).unwrap();
        let day = Duration::from_hours(24);
        assert!(is_taken(&site, "192.168.4.1", NOW) && is_taken(&site, "loa.local", NOW + day * 360));
        assert!(!is_taken(&site, "192.168.4.2", NOW) && !is_taken(&site, "loa.local", NOW + day * 370));
        let later = NOW + day * 350;
        assert_eq!(make(&site, &names, later).unwrap(), called);
        assert_eq!(own_authority(&site).unwrap(), first);
        assert!(is_taken(&site, "192.168.4.1", later + day * 300));
        for file in [AUTHORITY_KEY, PAGE_KEY] {
            let mode = std::fs::metadata(site.certificate().join(file)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{file}");
        }
        let files = CertificateFiles { cert: site.certificate().join(PAGE), key: site.certificate().join(PAGE_KEY) };
        assert!(acceptor(&site, &files).is_ok());
        assert_eq!(super::names(&site, &files), names);
        let swapped = CertificateFiles { cert: files.key.clone(), key: files.cert.clone() };
        assert!(matches!(acceptor(&site, &swapped), Err(TlsError::Content(..))));
        let other = CertificateFiles { cert: site.certificate().join(AUTHORITY), key: files.key.clone() };
        assert!(matches!(acceptor(&site, &other), Err(TlsError::Content(..))), "another's key");
    }

    #[test]
    fn an_own_certificate_is_made_anew_before_its_end_for_the_same_names_and_anothers_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let site = Site::new(dir.path());
        make(&site, &["192.168.4.1".to_owned()], NOW).unwrap();
        let own = CertificateFiles { cert: "state/cert/page.crt".into(), key: "state/cert/page.key".into() };
        let day = Duration::from_hours(24);
        let until = good_until(&site, &own).unwrap();
        assert!(until > NOW + day * 363 && until < NOW + day * 366, "{until:?}");
        let nobody = || -> Vec<String> { panic!("the names are known") };
        assert!(!renew(&site, &own, NOW + day * 300, nobody).unwrap());
        assert!(renew(&site, &own, NOW + day * 340, nobody).unwrap());
        assert!(is_taken(&site, "192.168.4.1", NOW + day * 600));
        // One made by an older loa, which kept no names.
        std::fs::remove_file(site.certificate().join(PAGE_NAMES)).unwrap();
        assert!(renew(&site, &own, NOW + day * 700, || vec!["loa.local".to_owned()]).unwrap());
        assert!(is_taken(&site, "loa.local", NOW + day * 1_000));
        // Bought, and put elsewhere: not ours to write.
        std::fs::copy(site.certificate().join(PAGE), dir.path().join("bought.crt")).unwrap();
        let bought = CertificateFiles { cert: "bought.crt".into(), key: "state/cert/page.key".into() };
        assert!(!renew(&site, &bought, NOW + day * 1_060, nobody).unwrap());
        // A clock of 1970 makes none, and the page opens with what there is.
        assert!(!renew(&site, &own, Wall::from_secs(3_600), nobody).unwrap());
    }

    #[test]
    fn the_own_authority_signs_for_no_site_of_the_world() {
        let dir = tempfile::tempdir().unwrap();
        let site = Site::new(dir.path());
        for (name, is_own) in [
            ("192.168.1.10", true),
            ("172.31.0.1", true),
            ("172.32.0.1", false),
            ("8.8.8.8", false),
            ("loa.local", true),
            ("localhost", true),
            ("donggiang.gov.vn", false),
            ("notlocal", false),
            ("a b.local", false),
            ("", false),
        ] {
            assert_eq!(is_of_the_house(name), is_own, "{name}");
        }
        assert!(matches!(make(&site, &["bank.vn".to_owned()], NOW), Err(TlsError::Name(_))));
        assert!(matches!(make(&site, &["loa.local".to_owned()], Wall::from_secs(3_600)), Err(TlsError::Clock)));
        assert!(!site.certificate().exists(), "nothing was written");
        // Somebody with the box's key signs for a bank; the phone refuses.
        make(&site, &["loa.local".to_owned()], NOW).unwrap();
        let key = std::fs::read_to_string(site.certificate().join(AUTHORITY_KEY)).unwrap();
        let key = KeyPair::from_pem(&key).unwrap();
        let issuer = Issuer::new(authority(&key, NOW).unwrap(), key);
        let forged = CertificateParams::new(vec!["bank.vn".to_owned()]).unwrap();
        let forged = forged.signed_by(&KeyPair::generate().unwrap(), &issuer).unwrap().pem();
        std::fs::write(site.certificate().join(PAGE), forged).unwrap();
        assert!(!is_taken(&site, "bank.vn", NOW));
    }
}
