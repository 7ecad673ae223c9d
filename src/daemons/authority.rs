//! What holds for each server that is asked: whose certificates are believed (those that everybody knows, or those of one file,
//! `ca` in `loa.toml`), and what is said where there is no answer.

use std::path::Path;

use ureq::tls::{PemItem, RootCerts, parse_pem};

use crate::diag::{Text, foreign, shown, text};
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

/// Why a server has not answered, where that is the same whatever it is asked for. `key` is where an authority is written.
pub(crate) fn unanswered(error: &ureq::Error, key: &str) -> Option<Text> {
    uncertified(error, key).or_else(|| match error {
        ureq::Error::HostNotFound => Some(foreign(&error.to_string())),
        ureq::Error::ConnectionFailed => Some(text!("không nối được tới máy chủ", "the server cannot be reached")),
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => {
            Some(text!("chứng nhận của máy chủ không dùng được", "the server's certificate is no good"))
        }
        ureq::Error::LargeResponseHeader(..) => Some(headless()),
        // Its own type is none of ours: it is known by its words.
        ureq::Error::Protocol(why) if why.to_string().contains("too many headers") => Some(headless()),
        _ => None,
    })
}

fn headless() -> Text {
    text!("máy chủ gửi phần đầu dài quá mức", "what the server sends before its answer has no end")
}

/// Why a server's certificate is not taken; none where that is not what is wrong.
fn uncertified(error: &ureq::Error, key: &str) -> Option<Text> {
    let said = error.to_string();
    if said.contains("UnknownIssuer") {
        return Some(text!(
            "không biết nơi cấp chứng nhận của máy chủ: xin họ chứng nhận gốc (PEM), ghi vào {key}",
            "nobody here knows who has certified the server: ask them for the certificate of their authority (PEM), and write it in {key}"
        ));
    }
    if said.contains("CaUsedAsEndEntity") {
        return Some(text!(
            "máy chủ dùng chứng nhận tự ký, loa không nhận: xin họ dùng chứng nhận do một nơi cấp ký, rồi ghi chứng nhận gốc của nơi ấy (PEM) vào {key}",
            "the server has certified itself, which is not taken: ask them for a certificate that an authority has signed, and write that of the authority (PEM) in {key}"
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

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn no_words_of_a_library_stand_for_what_is_wrong_with_a_server() {
        let said = |words: &str| ureq::Error::Io(io::Error::other(words.to_owned()));
        for (error, vi) in [
            (said("invalid peer certificate: UnknownIssuer"), "ghi vào [cap] ca"),
            (said("invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))"), "chứng nhận tự ký"),
            (said("invalid peer certificate: certificate expired: verification time 5 (UNIX)"), "đã hết hạn"),
            (ureq::Error::HostNotFound, "không tìm thấy máy chủ theo tên"),
            (ureq::Error::ConnectionFailed, "không nối được tới máy chủ"),
            (ureq::Error::LargeResponseHeader(70_000, 65_536), "phần đầu dài quá mức"),
        ] {
            let told = unanswered(&error, "[cap] ca").unwrap().vi;
            assert!(told.contains(vi) && !told.contains("máy báo"), "{error}: {told}");
        }
        assert_eq!(unanswered(&said("Connection refused (os error 111)"), "[cap] ca"), None);
    }
}
