use ureq::tls::{PemItem, RootCerts, parse_pem};

use crate::diag::{Text, shown, text};
use crate::site::{Site, read};
use crate::station::CapSettings;

/// Some certificates in PEM.
const AUTHORITIES_MOST: u64 = 256 * 1024;

/// Whose certificates of servers are believed.
pub(super) type Authorities = RootCerts;

/// Of `loa.toml`: those of `ca` alone, where it is written.
pub(super) fn authorities(site: &Site, settings: &CapSettings) -> Result<Authorities, Text> {
    let Some(path) = &settings.ca else { return Ok(RootCerts::WebPki) };
    let name = shown(&path.display().to_string());
    let bytes = read(&site.dir().join(path), AUTHORITIES_MOST).map_err(|why| {
        let Text { vi, en } = why.text();
        text!("[cap] ca: không đọc được {name}: {vi}", "[cap] ca: {name} cannot be read: {en}")
    })?;
    let certificate = |item| if let Ok(PemItem::Certificate(one)) = item { Some(one) } else { None };
    let all: Vec<_> = parse_pem(&bytes).filter_map(certificate).collect();
    if all.is_empty() {
        return Err(text!(
            "[cap] ca: {name} không có chứng nhận nào (PEM)",
            "[cap] ca: {name} has no certificate in PEM"
        ));
    }
    Ok(RootCerts::from(all))
}
