use std::net::IpAddr;

use super::validity::{SEQUENCE, any, part};

const OBJECT: u8 = 0x06;
const OCTETS: u8 = 0x04;
const EXTENSIONS: u8 = 0xa3;
const DNS_NAME: u8 = 0x82;
const ADDRESS: u8 = 0x87;

/// What the names and addresses of a certificate are called: `2.5.29.17`.
const SUBJECT_ALTERNATIVES: &[u8] = &[0x55, 0x1d, 0x11];

/// The names and addresses that a certificate is good for, in its order (RFC 5280, 4.2.1.6); none where it is no
/// certificate.
pub(super) fn names(der: &[u8]) -> Vec<String> {
    let found = alternatives(der).unwrap_or_default();
    parts(found).filter_map(|(tag, name)| read(tag, name)).collect()
}

fn alternatives(der: &[u8]) -> Option<&[u8]> {
    let (certificate, _) = part(der, SEQUENCE)?;
    let (body, _) = part(certificate, SEQUENCE)?;
    let (_, extensions) = parts(body).find(|(tag, _)| *tag == EXTENSIONS)?;
    let (extensions, _) = part(extensions, SEQUENCE)?;
    let is_meant = |extension: &[u8]| part(extension, OBJECT).is_some_and(|(object, _)| object == SUBJECT_ALTERNATIVES);
    let (_, extension) = parts(extensions).find(|(_, extension)| is_meant(extension))?;
    let (_, value) = parts(extension).find(|(tag, _)| *tag == OCTETS)?;
    Some(part(value, SEQUENCE)?.0)
}

/// The parts that stand one behind the other, each with its tag.
fn parts(mut der: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    std::iter::from_fn(move || {
        let (tag, own, rest) = any(der)?;
        der = rest;
        Some((tag, own))
    })
}

fn read(tag: u8, name: &[u8]) -> Option<String> {
    match tag {
        DNS_NAME => {
            let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-.*".contains(byte);
            let name = std::str::from_utf8(name).ok()?;
            name.as_bytes().iter().all(is_plain).then(|| name.to_owned())
        }
        ADDRESS => {
            let short = <[u8; 4]>::try_from(name).map(IpAddr::from);
            let address = short.or_else(|_| <[u8; 16]>::try_from(name).map(IpAddr::from)).ok()?;
            Some(address.to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_are_read_and_what_is_no_certificate_has_none() {
        assert_eq!(read(DNS_NAME, b"loa.local").as_deref(), Some("loa.local"));
        assert_eq!(read(DNS_NAME, b"loa.local/x"), None);
        assert_eq!(read(ADDRESS, &[192, 168, 4, 1]).as_deref(), Some("192.168.4.1"));
        let mut here = [0; 16];
        here[15] = 1;
        assert_eq!(read(ADDRESS, &here).as_deref(), Some("::1"));
        assert_eq!(read(ADDRESS, &[1, 2, 3]), None);
        for der in [&b""[..], &[0x30], &[0x30, 0x03, 0x30, 0x05, 0x02], &[0xff; 64], &[0x30; 64], &[0xa3; 64]] {
            assert!(names(der).is_empty(), "{der:?}");
        }
    }
}
