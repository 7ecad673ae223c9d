//! Whether the page for people can be opened: what the daemon says of the child that it keeps, and whether anybody answers
//! at the address of `loa.toml`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use super::Look;
use crate::checkup::{Finding, PageStanding};
use crate::diag::text;

/// On the same machine an answer takes no time.
const PATIENCE: Duration = Duration::from_secs(1);

/// `listen` as `loa.toml` has it; `told` is what a running daemon says.
pub(super) fn look(listen: SocketAddr, told: Option<&PageStanding>) -> Look {
    let here = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let answers = TcpStream::connect_timeout(&SocketAddr::new(here, listen.port()), PATIENCE).is_ok();
    let findings = match told {
        Some(told) => vec![told.finding()],
        None if answers => Vec::new(),
        None => vec![Finding::warning(
            "page_down",
            text!(
                "không ai trả lời ở {listen}, địa chỉ của trang trong loa.toml; loa vẫn phát",
                "nobody answers at {listen}, the page's address in loa.toml; sound goes on"
            ),
            text!(
                "dịch vụ: sudo systemctl enable --now loa-console, lý do: journalctl -u loa-console; chạy tay: loa console",
                "as a service: sudo systemctl enable --now loa-console, its reasons: journalctl -u loa-console; by hand: loa console"
            ),
        )],
    };
    let seen = if findings.is_empty() {
        text!("mở được ở {listen}", "opens at {listen}")
    } else {
        text!("không mở được ở {listen}", "does not open at {listen}")
    };
    Look::new(text!("Trang của đài", "Page"), seen, findings)
}
