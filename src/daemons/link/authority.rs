use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_nats::rustls::client::WebPkiServerVerifier;
use async_nats::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use async_nats::rustls::crypto::ring;
use async_nats::rustls::pki_types::pem::PemObject as _;
use async_nats::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use async_nats::rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};

use super::centre_link::CentreLink;
use crate::bundle::UtcSecond;
use crate::clock::ClockVerdict;
use crate::courier::BundleState;
use crate::daemon::look_at_clock;

/// A server's certificate, and those between it and the authority.
const CHAIN_MOST: usize = 8;

/// Until when it surely is by now; none where nothing is sure.
pub(super) type KnownTime = Box<dyn Fn() -> Option<UtcSecond> + Send + Sync>;

/// The time of this link, asked anew for each connection: the machine's where the station believes it, and no earlier than the newest
/// paper of the roots.
pub(super) fn known_time(link: &CentreLink) -> KnownTime {
    let (site, station, clock) = (link.site.clone(), link.station.clone(), link.clock.clone());
    Box::new(move || {
        let now = clock.wall();
        let (_, verdict) = look_at_clock(site.dir(), &station, now);
        let believed = matches!(verdict, ClockVerdict::Trusted(_)).then(|| UtcSecond::of(now));
        let state = BundleState::read(&site).ok();
        believed.max(state.and_then(|state| state.trusted.under(&station.bundle).floor()))
    })
}

/// How the link speaks to servers that the authority in `pem` has certified; none where that is no certificate.
pub(super) fn encryption(pem: &[u8], known: KnownTime) -> Option<ClientConfig> {
    let provider = Arc::new(ring::default_provider());
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        roots.add(certificate.ok()?).ok()?;
    }
    if roots.is_empty() {
        return None;
    }
    let by = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build().ok()?;
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().ok()?;
    let judge = Arc::new(Judge { by, known });
    Some(config.dangerous().with_custom_certificate_verifier(judge).with_no_client_auth())
}

/// Judges as the usual verifier does, but for the time: what the authority has signed was made already, so it has begun; and what is over is
/// over by a time that is sure, and not by a clock that nobody believes.
struct Judge {
    by: Arc<WebPkiServerVerifier>,
    known: KnownTime,
}

impl fmt::Debug for Judge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Judge").field("by", &self.by).finish_non_exhaustive()
    }
}

impl ServerCertVerifier for Judge {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        _by_the_machine: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let known = (self.known)().map_or(0, |known| u64::try_from(known.seconds()).unwrap_or(0));
        let mut at = UnixTime::since_unix_epoch(Duration::from_secs(known));
        for _ in 0..CHAIN_MOST {
            match self.by.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, at) {
                Err(Error::InvalidCertificate(CertificateError::NotValidYetContext { not_before, .. }))
                    if not_before > at =>
                {
                    at = not_before;
                }
                judged => return judged,
            }
        }
        self.by.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, at)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.by.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.by.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.by.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};

    use super::*;
    use crate::instant::Wall;

    /// 2026-11-30.
    const NOW: i64 = 1_796_000_000;
    const YEAR: i64 = 365 * 86_400;

    /// An authority in PEM, and a certificate of it that is good for a year from November 2026.
    fn certified() -> (String, CertificateDer<'static>) {
        let (key, own) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = authority.self_signed(&key).unwrap().pem();
        let mut server = CertificateParams::new(vec!["centre.example.vn".to_owned()]).unwrap();
        (server.not_before, server.not_after) = (date_time_ymd(2026, 11, 1), date_time_ymd(2027, 11, 1));
        let server = server.signed_by(&own, &Issuer::new(authority, key)).unwrap();
        (pem, server.der().clone())
    }

    /// How that certificate is judged where this is surely past.
    fn judged(known: Option<i64>, name: &str) -> Result<(), Error> {
        let (pem, server) = certified();
        let known = known.map(|seconds| UtcSecond::of(Wall::from_secs(seconds)));
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
        let provider = Arc::new(ring::default_provider());
        let by = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
        let judge = Judge { by, known: Box::new(move || known) };
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let by_the_machine = UnixTime::since_unix_epoch(Duration::from_secs(5));
        judge.verify_server_cert(&server, &[], &name, &[], by_the_machine).map(|_| ())
    }

    #[test]
    fn a_certificate_has_begun_whatever_the_clock_says_and_is_over_by_a_sure_time_only() {
        let name = "centre.example.vn";
        // No time is sure: a clock of 1970, or one that ran ahead.
        assert_eq!(judged(None, name), Ok(()));
        // The newest paper of the roots, or a clock that is believed and stands behind.
        assert_eq!(judged(Some(NOW - 5 * YEAR), name), Ok(()));
        assert_eq!(judged(Some(NOW), name), Ok(()));
        let over = judged(Some(NOW + YEAR), name);
        let is_over = |why: &CertificateError| matches!(why, CertificateError::ExpiredContext { .. });
        assert!(matches!(&over, Err(Error::InvalidCertificate(why)) if is_over(why)), "{over:?}");
        let other = judged(None, "elsewhere.example.vn");
        assert!(matches!(other, Err(Error::InvalidCertificate(CertificateError::NotValidForNameContext { .. }))));
    }

    #[test]
    fn what_holds_no_certificate_is_no_authority() {
        assert!(encryption(certified().0.as_bytes(), Box::new(|| None)).is_some());
        for junk in ["", "x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            assert!(encryption(junk.as_bytes(), Box::new(|| None)).is_none(), "{junk}");
        }
    }
}
