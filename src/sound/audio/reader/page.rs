use std::io;

use super::Bytes;

/// How a page begins.
const CAPTURE: &[u8; 4] = b"OggS";

/// A page of an Ogg (RFC 3533 §6).
pub(super) struct OggPage {
    flags: u8,
    /// Position at the end of the last packet that ends here; `None` where none does, or none is written.
    pub(super) granule: Option<u64>,
    pub(super) serial: u32,
    pub(super) number: u32,
    /// Packets, and whether the last of them goes on on the next page.
    pub(super) packets: Vec<Vec<u8>>,
    pub(super) is_open: bool,
    /// Whether its checksum is right.
    pub(super) is_whole: bool,
    /// Where the next one begins.
    pub(super) next: u64,
}

impl OggPage {
    /// Its first packet began on the page before.
    pub(super) const fn is_continued(&self) -> bool {
        self.flags & 1 != 0
    }

    /// A stream begins with it.
    pub(super) const fn is_first(&self) -> bool {
        self.flags & 2 != 0
    }

    /// A stream ends with it.
    pub(super) const fn is_last(&self) -> bool {
        self.flags & 4 != 0
    }
}

/// What lies at a place where a page should begin.
pub(super) enum OggFound {
    Page(OggPage),
    /// A page whose end is missing.
    Cut,
    /// No page.
    Other,
}

/// Reads the page at this place.
pub(super) fn read(bytes: &mut Bytes, at: u64) -> io::Result<OggFound> {
    let Some(head) = bytes.array::<27>(at)? else {
        return Ok(if bytes.take(at, 4)?.starts_with(CAPTURE) { OggFound::Cut } else { OggFound::Other });
    };
    if !head.starts_with(CAPTURE) || head[4] != 0 {
        return Ok(OggFound::Other);
    }
    let segments = usize::from(head[26]);
    let table = bytes.take(at + 27, segments)?;
    let size: usize = table.iter().map(|size| usize::from(*size)).sum();
    let body_at = at + 27 + segments as u64;
    let body = bytes.take(body_at, size)?;
    if table.len() < segments || body.len() < size {
        return Ok(OggFound::Cut);
    }
    let word = |from: usize| u32::from_le_bytes([head[from], head[from + 1], head[from + 2], head[from + 3]]);
    let granule = u64::from(word(10)) << 32 | u64::from(word(6));
    let mut blank = head;
    blank[22..26].fill(0);
    let sum = checksum(checksum(checksum(0, &blank), &table), &body);
    let (mut packets, mut packet, mut rest) = (Vec::new(), Vec::new(), &body[..]);
    for size in &table {
        let (now, later) = rest.split_at(usize::from(*size));
        packet.extend_from_slice(now);
        rest = later;
        if *size < 255 {
            packets.push(std::mem::take(&mut packet));
        }
    }
    let is_open = table.last() == Some(&255);
    if is_open {
        packets.push(packet);
    }
    Ok(OggFound::Page(OggPage {
        flags: head[5],
        granule: (granule != u64::MAX).then_some(granule),
        serial: word(14),
        number: word(18),
        packets,
        is_open,
        is_whole: sum == word(22),
        next: body_at + size as u64,
    }))
}

/// Where the next page begins, from here on.
pub(super) fn find(bytes: &mut Bytes, mut at: u64) -> io::Result<Option<u64>> {
    let end = bytes.range().end;
    while let Some(place) = bytes.find(at, end, |byte| byte == b'O')? {
        if bytes.array(place)? == Some(*CAPTURE) {
            return Ok(Some(place));
        }
        at = place + 1;
    }
    Ok(None)
}

/// CRC-32 with the polynomial 0x04C11DB7, as Ogg wants it: nothing reflected, nothing inverted.
fn checksum(sum: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(sum, |sum, byte| sum << 8 ^ TABLE[usize::from((sum >> 24) as u8 ^ byte)])
}

static TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let mut value = (at as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 0x8000_0000 == 0 { value << 1 } else { value << 1 ^ 0x04C1_1DB7 };
            bit += 1;
        }
        table[at] = value;
        at += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_ogg() {
        // CRC-32/CKSUM without its length and inversion: "123456789" gives 0x89A1897F in this form.
        assert_eq!(checksum(0, b"123456789"), 0x89A1_897F);
    }
}
