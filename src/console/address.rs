//! Where a phone finds the page: an address in digits, since names do not work on every phone.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::diag::{Text, text};

/// Where the page is, unless written: on this machine alone.
pub const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// The address at which a phone finds a page that listens at `listen`.
pub fn reachable(listen: SocketAddr) -> SocketAddr {
    if !listen.ip().is_unspecified() {
        return listen;
    }
    let address = own().into_iter().next().unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    SocketAddr::new(address, listen.port())
}

/// That an address is of no use to a phone, and what to do; nothing of one that is.
pub fn only_here(address: SocketAddr) -> Option<Text> {
    let port = address.port();
    address.ip().is_loopback().then(|| {
        text!(
            "Địa chỉ này chỉ mở được trên chính máy này. Để điện thoại vào được, ghi vào loa.toml: [console] listen = \"0.0.0.0:{port}\" rồi khởi động lại loa.",
            "This address opens on this machine only. For phones, write in loa.toml: [console] listen = \"0.0.0.0:{port}\", and start loa again."
        )
    })
}

/// The addresses of this machine, a network of one's own before one that anybody could be on.
pub fn own() -> Vec<IpAddr> {
    let own = if_addrs::get_if_addrs().unwrap_or_default().into_iter().map(|interface| interface.ip());
    let mut own: Vec<IpAddr> = own.filter(|ip| ip.is_ipv4() && !ip.is_loopback()).collect();
    own.sort_by_key(|ip| !matches!(ip, IpAddr::V4(ip) if ip.is_private()));
    own
}

/// Where others find a page that listens at `listen`: host and port. Of one that is encrypted, `names` is what its
/// certificate is good for, and it is one of these: the address that a phone reaches, else the first address, else the
/// first name; the machine's names for itself come last.
pub fn good_at(listen: SocketAddr, names: &[String]) -> String {
    let reached = reachable(listen);
    if covers(names, &reached.ip().to_string()) {
        return reached.to_string();
    }
    let named = names.iter().filter(|name| !name.contains('*')).min_by_key(|name| (is_of_here(name), is_word(name)));
    named.map_or_else(|| reached.to_string(), |name| with_port(name, listen.port()))
}

/// The same for somebody who reached the page as `host`: what led him here leads others here, unless it is the machine's
/// name for itself.
pub(super) fn shown_at(host: &str, listen: SocketAddr, names: &[String]) -> String {
    let leads =
        |asked: &SocketAddr| !asked.ip().is_loopback() && (names.is_empty() || covers(names, &asked.ip().to_string()));
    let asked = host.parse::<SocketAddr>().ok().filter(leads);
    asked.map_or_else(|| good_at(listen, names), |asked| asked.to_string())
}

/// Where somebody who came to `host` without encryption is led: there, where the certificate is good for it.
pub(super) fn encrypted_at(host: &str, listen: SocketAddr, names: &[String]) -> String {
    let (name, port) = apart(host);
    if names.is_empty() || covers(names, &name) {
        return host.to_owned();
    }
    good_at(SocketAddr::new(listen.ip(), port.unwrap_or(listen.port())), names)
}

/// A name or an address, and the port behind it.
fn apart(host: &str) -> (String, Option<u16>) {
    if let Ok(address) = host.parse::<SocketAddr>() {
        return (address.ip().to_string(), Some(address.port()));
    }
    let both = host.rsplit_once(':').and_then(|(name, port)| Some((name, port.parse().ok()?)));
    let (name, port) = both.map_or((host, None), |(name, port)| (name, Some(port)));
    (name.trim_matches(['[', ']']).to_owned(), port)
}

fn with_port(name: &str, port: u16) -> String {
    let ip = name.parse::<IpAddr>();
    ip.map_or_else(|_| format!("{name}:{port}"), |ip| SocketAddr::new(ip, port).to_string())
}

/// Whether a certificate for these names is good for this one.
fn covers(names: &[String], name: &str) -> bool {
    let beyond = name.split_once('.').map(|(_, beyond)| beyond);
    let is_good = |own: &String| match own.strip_prefix("*.") {
        Some(domain) => beyond.is_some_and(|beyond| beyond.eq_ignore_ascii_case(domain)),
        None => own.eq_ignore_ascii_case(name),
    };
    names.iter().any(is_good)
}

fn is_word(name: &str) -> bool {
    name.parse::<IpAddr>().is_err()
}

/// Whether it leads whoever follows it to his own machine.
fn is_of_here(name: &str) -> bool {
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CERTIFIED: [&str; 3] = ["127.0.0.1", "10.8.0.1", "loa.local"];

    fn names(all: &[&str]) -> Vec<String> {
        all.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_link_has_the_address_that_led_here_and_never_a_name() {
        let listen: SocketAddr = "192.168.4.1:8080".parse().unwrap();
        for (host, shown) in [
            ("10.0.0.5:9000", "10.0.0.5:9000"),
            ("127.0.0.1:8080", "192.168.4.1:8080"),
            ("loa.local:8080", "192.168.4.1:8080"),
            ("evil.example/\"><script>", "192.168.4.1:8080"),
        ] {
            assert_eq!(shown_at(host, listen, &[]), shown, "{host}");
        }
    }

    #[test]
    fn an_encrypted_page_is_shown_at_an_address_of_its_certificate() {
        let (listen, certified) = ("192.168.4.1:8080".parse().unwrap(), names(&CERTIFIED));
        assert_eq!(good_at(listen, &certified), "10.8.0.1:8080");
        assert_eq!(good_at(listen, &names(&["loa.local", "192.168.4.1"])), "192.168.4.1:8080");
        assert_eq!(good_at(listen, &names(&["localhost", "loa.local", "10.8.0.1"])), "10.8.0.1:8080");
        assert_eq!(good_at(listen, &names(&["fd00::1"])), "[fd00::1]:8080");
        assert_eq!(good_at(listen, &names(&["*.xa.vn", "xa.vn"])), "xa.vn:8080");
        assert_eq!(good_at(listen, &names(&["*.xa.vn"])), "192.168.4.1:8080", "nothing better is known");
        assert_eq!(shown_at("10.8.0.1:9000", listen, &certified), "10.8.0.1:9000");
        assert_eq!(shown_at("10.0.0.5:9000", listen, &certified), "10.8.0.1:8080");
    }

    #[test]
    fn whoever_comes_without_encryption_is_led_to_where_the_certificate_is_good() {
        let (listen, certified) = ("192.168.4.1:8080".parse().unwrap(), names(&CERTIFIED));
        for (host, led) in [
            ("127.0.0.1:9000", "127.0.0.1:9000"),
            ("LOA.local", "LOA.local"),
            ("loa.local:9000", "loa.local:9000"),
            ("evil.example", "10.8.0.1:8080"),
            ("[fd00::1]:9000", "10.8.0.1:9000"),
            ("[fd00::1]", "10.8.0.1:8080"),
        ] {
            assert_eq!(encrypted_at(host, listen, &certified), led, "{host}");
        }
        assert_eq!(encrypted_at("dai.xa.vn", listen, &names(&["*.xa.vn"])), "dai.xa.vn");
        assert_eq!(encrypted_at("10.0.0.5:9000", listen, &[]), "10.0.0.5:9000", "nobody can read what it is good for");
    }
}
