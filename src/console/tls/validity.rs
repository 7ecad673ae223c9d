use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::instant::Wall;

pub(super) const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// Until when a certificate is good, by its own words (RFC 5280, 4.1); none where it is no certificate.
pub(super) fn good_until(der: &[u8]) -> Option<Wall> {
    let (certificate, _) = part(der, SEQUENCE)?;
    let (mut body, _) = part(certificate, SEQUENCE)?;
    if body.first() == Some(&VERSION) {
        body = part(body, VERSION)?.1;
    }
    // Serial number, signature, issuer.
    for _ in 0..3 {
        body = any(body)?.2;
    }
    let (validity, _) = part(body, SEQUENCE)?;
    let (_, _, rest) = any(validity)?;
    let (tag, until, _) = any(rest)?;
    time(tag, std::str::from_utf8(until).ok()?)
}

/// The first part: its tag, what is in it, and what comes behind it.
pub(super) fn any(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(*first), rest),
        0x81..=0x83 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x0f))?;
            (digits.iter().fold(0, |length, digit| (length << 8) | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    let (own, rest) = rest.split_at_checked(length)?;
    Some((*tag, own, rest))
}

/// The first part and what comes behind it, where it is of the wanted kind.
pub(super) fn part(der: &[u8], wanted: u8) -> Option<(&[u8], &[u8])> {
    any(der).and_then(|(tag, own, rest)| (tag == wanted).then_some((own, rest)))
}

/// `261231235959Z`, or with all four digits of the year.
fn time(tag: u8, written: &str) -> Option<Wall> {
    let digits = written.strip_suffix('Z').filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()))?;
    let whole = match (tag, digits.len()) {
        (UTC_TIME, 12) => format!("{}{digits}", if digits < "50" { "20" } else { "19" }),
        (GENERALIZED_TIME, 14) => digits.to_owned(),
        _ => return None,
    };
    let at = DateTime::strptime("%Y%m%d%H%M%S", whole).ok()?;
    Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_writing_a_time_are_read_and_nothing_else() {
        let at = |tag, written| time(tag, written).map(|at| at.timestamp().to_string());
        assert_eq!(at(UTC_TIME, "261231235959Z").as_deref(), Some("2026-12-31T23:59:59Z"));
        assert_eq!(at(UTC_TIME, "500101000000Z").as_deref(), Some("1950-01-01T00:00:00Z"));
        assert_eq!(at(GENERALIZED_TIME, "20560101000000Z").as_deref(), Some("2056-01-01T00:00:00Z"));
        for (tag, written) in
            [(UTC_TIME, "261331235959Z"), (UTC_TIME, "261231235959"), (SEQUENCE, "261231235959Z"), (UTC_TIME, "")]
        {
            assert_eq!(at(tag, written), None, "{written}");
        }
    }

    #[test]
    fn what_is_cut_off_or_no_certificate_has_no_end() {
        for der in
            [&b""[..], &[0x30], &[0x30, 0x84, 1, 1, 1, 1], &[0x30, 0x03, 0x30, 0x05, 0x02], &[0xff; 64], &[0x30; 64]]
        {
            assert_eq!(good_until(der), None, "{der:?}");
        }
    }
}
