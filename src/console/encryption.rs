use std::io;

use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::tls::{self, TlsError};
use crate::instant::Wall;
use crate::site::Site;
use crate::station::CertificateFiles;

/// What the page is encrypted with: a certificate that is read again as long as the page runs, and made anew near its end
/// where it is the station's own.
pub struct Encryption {
    site: Site,
    files: CertificateFiles,
    names: Vec<String>,
    acceptor: TlsAcceptor,
}

impl Encryption {
    /// With what these files hold. `names` is what an own certificate is made for, where nobody knows what it was for.
    pub fn open(site: Site, files: CertificateFiles, names: Vec<String>, now: Wall) -> Result<Self, TlsError> {
        // One that cannot be made anew is good for some days more.
        let _ = tls::renew(&site, &files, now, || names.clone());
        let acceptor = tls::acceptor(&site, &files)?;
        Ok(Self { site, files, names, acceptor })
    }

    /// The same a day later: whoever has put another certificate in its place need not start the page again.
    pub(super) fn again(&self, now: Wall) -> Result<Self, TlsError> {
        Self::open(self.site.clone(), self.files.clone(), self.names.clone(), now)
    }

    pub(super) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        self.acceptor.accept(stream).await
    }
}
