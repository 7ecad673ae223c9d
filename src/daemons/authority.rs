//! Whose certificates of servers are believed: those that everybody knows, or those of one file (`ca` in `loa.toml`).

use std::path::Path;

use ureq::tls::{PemItem, RootCerts, parse_pem};

use crate::diag::{Text, shown, text};
use crate::site::{Site, read};

/// Some certificates in PEM.
const AUTHORITIES_MOST: u64 = 256 * 1024;

/// Whose certificates of servers are believed.
pub(crate) type Authorities = RootCerts;

/// Those of `ca` alone, where `loa.toml` names a file; `key` is where.
pub(crate) fn authorities(site: &Site, ca: Option<&Path>, key: &str) -> Result<Authorities, Text> {
    let Some(path) = ca else { return Ok(RootCerts::WebPki) };
    let name = shown(&path.display().to_string());
    let bytes = read(&site.dir().join(path), AUTHORITIES_MOST).map_err(|why| {
        let Text { vi, en } = why.text();
        text!("{key}: không đọc được {name}: {vi}", "{key}: {name} cannot be read: {en}")
    })?;
    let certificate = |item| if let Ok(PemItem::Certificate(one)) = item { Some(one) } else { None };
    let all: Vec<_> = parse_pem(&bytes).filter_map(certificate).collect();
    if all.is_empty() {
        return Err(text!("{key}: {name} không có chứng nhận nào (PEM)", "{key}: {name} has no certificate in PEM"));
    }
    Ok(RootCerts::from(all))
}

/// Why a server's certificate is not taken; none where that is not what is wrong. `key` is where an authority is written.
pub(crate) fn uncertified(error: &ureq::Error, key: &str) -> Option<Text> {
    let said = error.to_string();
    if said.contains("UnknownIssuer") {
        return Some(text!(
            "không biết nơi cấp chứng nhận của máy chủ: xin họ chứng nhận gốc (PEM), ghi vào {key}",
            "nobody here knows who has certified the server: ask them for the certificate of their authority (PEM), and write it in {key}"
        ));
    }
    if said.contains("certificate") && said.to_lowercase().contains("expired") {
        return Some(text!(
            "chứng nhận của máy chủ đã hết hạn, hoặc đồng hồ đài sai",
            "the server's certificate has expired, or the station's clock is wrong"
        ));
    }
    (said.contains("certificate") && said.contains("NotValidYet")).then(|| {
        text!(
            "chứng nhận của máy chủ chưa đến ngày dùng: đồng hồ đài chậm",
            "the server's certificate is not valid yet: the station's clock is behind"
        )
    })
}
