use std::path::Path;
use std::str::FromStr as _;
use std::sync::Arc;

use postgres::config::SslMode;
use postgres::{Client, Config, NoTls};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore, crypto};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::LedgerError;

/// An authority's certificate, or a few.
const AUTHORITY_MOST: u64 = 1 << 20;

/// Connect as the address says. With an authority's certificate nothing but TLS, by a certificate of that authority and for the name in the
/// address; with `sslmode=require` the same by the authorities of this machine; else without TLS, as on a socket of the same machine.
pub(super) fn connect(url: &str, authority: Option<&Path>) -> Result<Client, LedgerError> {
    let mut config = Config::from_str(url)?;
    if authority.is_none() && config.get_ssl_mode() != SslMode::Require {
        return Ok(config.connect(NoTls)?);
    }
    config.ssl_mode(SslMode::Require);
    let tls = if let Some(path) = authority {
        MakeRustlsConnect::new(believing(path)?)
    } else {
        let native = MakeRustlsConnect::with_native_certs();
        native.map_err(|_| LedgerError::Authority("this machine has none".to_owned()))?.0
    };
    Ok(config.connect(tls)?)
}

/// That authority and no other.
fn believing(path: &Path) -> Result<ClientConfig, LedgerError> {
    let bad = |why: &dyn std::fmt::Display| LedgerError::Authority(format!("{}: {why}", path.display()));
    let pem = loa_site::read(path, AUTHORITY_MOST).map_err(|why| bad(&why.text().en))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        roots.add(certificate.map_err(|why| bad(&why))?).map_err(|why| bad(&why))?;
    }
    if roots.is_empty() {
        return Err(bad(&"no certificate"));
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().map_err(|why| bad(&why))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}
