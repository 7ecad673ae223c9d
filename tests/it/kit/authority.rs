use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

/// An authority that no browser knows.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let (key, mut params) = (KeyPair::generate().unwrap(), CertificateParams::new(Vec::new()).unwrap());
        params.distinguished_name.push(DnType::CommonName, "So KTTV");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2090, 1, 1));
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// The port of a server over TLS, certified up to this year: what it is asked, one question a connection, the one behind `port` answers.
    pub(crate) fn before(&self, port: u16, until: i32) -> u16 {
        let (key, mut params) =
            (KeyPair::generate().unwrap(), CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap());
        (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(until, 1, 1));
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let chain = vec![CertificateDer::from(certificate.der().to_vec())];
        let secret = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
        let config =
            ServerConfig::builder_with_provider(Arc::new(default_provider())).with_safe_default_protocol_versions();
        let config = Arc::new(config.unwrap().with_no_client_auth().with_single_cert(chain, secret).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let ours = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let connection = ServerConnection::new(config.clone()).unwrap();
                // Who does not believe the certificate hangs up.
                std::thread::spawn(move || drop(pass(StreamOwned::new(connection, stream), port)));
            }
        });
        ours
    }
}

fn pass(mut asker: StreamOwned<ServerConnection, TcpStream>, port: u16) -> std::io::Result<()> {
    let (mut asked, mut buffer) = (Vec::new(), [0; 4_096]);
    while !asked.windows(4).any(|end| end == b"\r\n\r\n") {
        match asker.read(&mut buffer)? {
            0 => return Ok(()),
            count => asked.extend_from_slice(&buffer[..count]),
        }
    }
    let mut server = TcpStream::connect(("127.0.0.1", port))?;
    server.write_all(&asked)?;
    loop {
        match server.read(&mut buffer)? {
            0 => return Ok(()),
            count => {
                asker.write_all(&buffer[..count])?;
                asker.flush()?;
            }
        }
    }
}
