//! The page over TLS, with a certificate that the station makes.

use super::kit::{Console, exchange};
use super::people::station;

#[test]
#[ignore = "long"]
fn the_own_certificate_encrypts_the_page_and_whoever_comes_without_is_led_to_it() {
    let station = station();
    let made = station.loa(&["--json", "console", "cert", "--name", "127.0.0.1"]);
    assert_eq!(made.code, 0, "{}", made.err);
    let (cert, key) =
        (made.json()["cert"].as_str().unwrap().to_owned(), made.json()["key"].as_str().unwrap().to_owned());
    let text = std::fs::read_to_string(station.path("loa.toml")).unwrap();
    station.write("loa.toml", &format!("{text}\n[console]\ncert = \"{cert}\"\nkey = \"{key}\"\n"));
    let console = Console::start(&station);
    assert_eq!(console.scheme, "https");
    assert!(console.link("Trần Thị Hai", "official", &[]).starts_with("/invite/"));
    // Without encryption: the certificate, and the way to the rest. No password is taken.
    let mut plain = console.browser();
    assert_eq!(plain.get("/me").to(), format!("https://{}/me", console.address));
    assert_eq!(plain.post("/login", &[("name", "x")]).to(), format!("https://{}/login", console.address));
    assert!(plain.get("/ca").body.contains("iPhone"));
    let authority = plain.get("/ca.crt");
    assert_eq!(authority.header("content-type"), "application/x-x509-ca-cert");
    assert!(authority.body.starts_with("-----BEGIN CERTIFICATE-----") && !authority.body.contains("PRIVATE"));
    assert_eq!(exchange(plain.connect(), b"GET / HTTP/1.1\r\nHost: a\"b\r\n\r\n").status, 400);
    // With it: a client that trusts the authority and nothing else.
    std::fs::write(station.path("ca.crt"), &authority.bytes).unwrap();
    let page = over_tls(&console, &authority.bytes, "GET /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("/ca\"") && !page.contains("không mã hóa"), "{page}");
    let language = "POST /language HTTP/1.1\r\nHost: x\r\nOrigin: https://x\r\nConnection: close\r\nContent-Length: 7\r\n\r\nlang=en";
    assert!(over_tls(&console, &authority.bytes, language).contains("; Secure"), "the cookie is for TLS only");
}

#[test]
fn what_is_printed_linked_and_led_to_is_an_address_of_the_certificate() {
    let station = station();
    let cert = ["console", "cert", "--name", "192.168.4.1"];
    let made = station.loa(&[&["--json"][..], &cert].concat()).json();
    let told = station.loa(&cert).out;
    assert!(told.contains("http://192.168.4.1:8080/ca"), "{told}");
    assert!(told.contains("The page makes it anew") && !told.contains("type this again"), "{told}");
    let text = std::fs::read_to_string(station.path("loa.toml")).unwrap();
    station.write("loa.toml", &format!("{text}\n[console]\ncert = {}\nkey = {}\n", made["cert"], made["key"]));
    let added = station.loa(&["--json", "user", "add", "Trần Thị Hai", "--role", "official"]).json();
    let link = added["link"].as_str().unwrap();
    assert!(link.starts_with("https://192.168.4.1:8080/invite/"), "{link}");
    let console = Console::start(&station);
    let led = console.browser().get("/me").to().to_owned();
    assert_eq!(led, format!("https://192.168.4.1:{}/me", console.address.port()));
}

#[test]
#[ignore = "long"]
fn a_certificate_from_elsewhere_encrypts_the_page_and_no_authority_of_the_station_is_offered() {
    // Somebody else made it: the station has two files.
    let (maker, station) = (station(), station());
    let made = maker.loa(&["--json", "console", "cert", "--name", "127.0.0.1"]);
    assert_eq!(made.code, 0, "{}", made.err);
    let [cert, key] = ["cert", "key"].map(|name| maker.path(made.json()[name].as_str().unwrap()));
    let authority = std::fs::read(cert.with_file_name("ca.crt")).unwrap();
    std::fs::create_dir(station.path("chung-thu")).unwrap();
    for (file, name) in [(&cert, "xa.crt"), (&key, "xa.key")] {
        std::fs::copy(file, station.path("chung-thu").join(name)).unwrap();
    }
    let text = std::fs::read_to_string(station.path("loa.toml")).unwrap();
    let files = "[console]\ncert = \"chung-thu/xa.crt\"\nkey = \"chung-thu/xa.key\"\n";
    station.write("loa.toml", &format!("{text}\n{files}"));
    let console = Console::start(&station);
    assert_eq!(console.scheme, "https");
    let page = over_tls(&console, &authority, "GET /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("Đăng nhập"), "{page}");
    assert!(!page.contains("/ca\"") && !page.contains("không mã hóa"), "{page}");
}

fn over_tls(console: &Console<'_>, authority: &[u8], request: &str) -> String {
    use std::sync::Arc;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio_rustls::rustls::crypto::ring;
    use tokio_rustls::rustls::pki_types::pem::PemObject as _;
    use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
    use tokio_rustls::rustls::{ClientConfig, RootCertStore};

    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let stream = tokio::net::TcpStream::connect(console.address).await.unwrap();
        let name = ServerName::try_from("127.0.0.1").unwrap();
        let mut stream = tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    })
}
