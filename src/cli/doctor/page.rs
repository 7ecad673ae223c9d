//! Whether the page for people can be opened: what the daemon says of the child that it keeps, and whether anybody answers
//! at the address of `loa.toml`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use super::Look;
use crate::checkup::{Finding, PageStanding};
use crate::console::tls;
use crate::diag::{figure, text};
use crate::instant::Wall;
use crate::site::Site;
use crate::station::Station;

/// On the same machine an answer takes no time.
const PATIENCE: Duration = Duration::from_secs(1);

/// So long before its end a certificate is told of: an own one has been made anew by then.
const CERTIFICATE_NEAR: Duration = Duration::from_hours(21 * 24);

/// A certificate that ends, or has ended.
fn certificate(site: &Site, station: &Station, now: Wall) -> Option<Finding> {
    let until = tls::good_until(site, station.certificate.as_ref()?)?;
    let when = figure::moment(until, &station.timezone);
    let (vi, en) = (&when.vi, &when.en);
    let message = if until <= now {
        text!(
            "chứng nhận của trang đã hết hạn lúc {vi}: điện thoại báo trang không an toàn",
            "the page's certificate has ended at {en}: phones say that the page is not safe"
        )
    } else if until < now + CERTIFICATE_NEAR {
        text!("chứng nhận của trang hết hạn lúc {vi}", "the page's certificate ends at {en}")
    } else {
        return None;
    };
    let help = text!(
        "chứng nhận riêng của đài: gõ «loa console cert» rồi khởi động lại trang; chứng nhận mua hay xin: thay tệp mà [console] cert và key ghi",
        "the station's own: type \"loa console cert\" and start the page again; one from elsewhere: replace the files that [console] cert and key name"
    );
    Some(Finding::warning("certificate_ends", message, help))
}

/// `listen` as `loa.toml` has it; `told` is what a running daemon says.
pub(super) fn look(site: &Site, station: &Station, now: Wall, listen: SocketAddr, told: Option<&PageStanding>) -> Look {
    let here = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let answers = TcpStream::connect_timeout(&SocketAddr::new(here, listen.port()), PATIENCE).is_ok();
    let mut findings = match told {
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
    findings.extend(certificate(site, station, now));
    let seen = if answers && told.is_none() {
        text!("mở được ở {listen}", "opens at {listen}")
    } else {
        text!("không mở được ở {listen}", "does not open at {listen}")
    };
    Look::new(text!("Trang của đài", "Page"), seen, findings)
}
