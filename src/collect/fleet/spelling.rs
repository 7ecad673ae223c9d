use std::collections::BTreeSet;

use loa_core::signature::Locality;

use super::FleetError;
use super::certificate::is_host;
use super::register::FleetServer;
use super::server::PORT_MOST;

/// `p01`: what places begin with is told from a number by its letter.
pub(super) fn is_province(code: &Locality) -> bool {
    !code.as_str().contains('.') && code.as_str().starts_with(|c: char| c.is_ascii_lowercase())
}

/// Both are a letter or a word with a number of so many digits, and not of as many: `h0007` and `h00078`. Numbers without a naught in front may have
/// more digits as they grow.
pub(super) fn is_slip(own: &str, other: &str) -> bool {
    let split = |part: &str| {
        let word = part.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
        let digits = part[word.len()..].to_owned();
        (word, digits)
    };
    let ((word, digits), (other_word, other_digits)) = (split(own), split(other));
    let is_padded = digits.starts_with('0') || other_digits.starts_with('0');
    word == other_word
        && !digits.is_empty()
        && !other_digits.is_empty()
        && digits.len() != other_digits.len()
        && is_padded
}

/// The servers that somebody has named, one or three.
pub(super) fn servers(province: &Locality, hosts: &[String]) -> Result<Vec<FleetServer>, FleetError> {
    if !matches!(hosts.len(), 1 | 3) || hosts.iter().collect::<BTreeSet<_>>().len() != hosts.len() {
        return Err(FleetError::Servers);
    }
    let mut servers = Vec::new();
    for (place, written) in hosts.iter().enumerate() {
        let (host, port) = written.rsplit_once(':').unwrap_or((written, "4222"));
        let port = port
            .parse::<u16>()
            .ok()
            .filter(|port| (1..=PORT_MOST).contains(port) && is_host(host))
            .ok_or_else(|| FleetError::BadServer(written.clone()))?;
        let name = format!("{province}-n{}", place + 1);
        servers.push(FleetServer { name, host: host.to_owned(), port });
    }
    Ok(servers)
}
