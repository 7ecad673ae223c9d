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

/// The same for somebody who reached the page as `host`: what led him here leads others here, unless it is the machine's
/// name for itself.
pub(super) fn shown_at(host: &str, listen: SocketAddr) -> SocketAddr {
    let asked = host.parse::<SocketAddr>().ok().filter(|asked| !asked.ip().is_loopback());
    asked.unwrap_or_else(|| reachable(listen))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_has_the_address_that_led_here_and_never_a_name() {
        let listen: SocketAddr = "192.168.4.1:8080".parse().unwrap();
        for (host, shown) in [
            ("10.0.0.5:9000", "10.0.0.5:9000"),
            ("127.0.0.1:8080", "192.168.4.1:8080"),
            ("loa.local:8080", "192.168.4.1:8080"),
            ("evil.example/\"><script>", "192.168.4.1:8080"),
        ] {
            assert_eq!(shown_at(host, listen).to_string(), shown, "{host}");
        }
    }
}
