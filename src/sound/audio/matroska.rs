use std::io;

use super::limit;
use super::reader::Bytes;

/// Names of elements (RFC 9559 §5) that tell where a file ends.
const EBML: u32 = 0x1A45_DFA3;
const SEGMENT: u32 = 0x1853_8067;
const CLUSTER: u32 = 0x1F43_B675;
const INFO: u32 = 0x1549_A966;
const SCALE: u32 = 0x2A_D7B1;
const LENGTH: u32 = 0x4489;
const VOID: u32 = 0xEC;

/// Those that stand in a segment beside clusters: index, tracks, cues, attachments, chapters, tags, a checksum.
const IN_SEGMENT: [u32; 9] =
    [INFO, 0x114D_9B74, 0x1654_AE6B, 0x1C53_BB6B, 0x1941_A469, 0x1043_A770, 0x1254_C367, VOID, 0xBF];

/// Those that stand in a cluster: time, blocks, sizes, a checksum.
const IN_CLUSTER: [u32; 9] = [0xE7, 0xA3, 0xA0, 0xAB, 0xA7, 0xAF, 0x5854, VOID, 0xBF];

/// What the outline of a Matroska or WebM says, which symphonia does not look at: where it ends, and whether it should
/// go on.
pub(super) struct Matroska {
    /// Where its elements end and something else begins.
    pub(super) end: u64,
    /// In seconds, as its header says.
    pub(super) length: Option<f64>,
    /// The file ends before its last element does.
    pub(super) is_cut: bool,
    /// The whole has no length of its own, as a browser writes it while it records.
    pub(super) is_live: bool,
}

struct Element {
    name: u32,
    body: u64,
    /// `None` for what goes on until something else begins.
    size: Option<u64>,
}

impl Matroska {
    /// `None` where the file is none.
    pub(super) fn read(bytes: &mut Bytes) -> io::Result<Option<Self>> {
        let std::ops::Range { start, end } = bytes.range();
        let Some(Element { name: EBML, body, size: Some(size) }) = element(bytes, start)? else { return Ok(None) };
        let mut this = Self { end, length: None, is_cut: false, is_live: false };
        let mut at = body.saturating_add(size);
        while let Some(Element { name: VOID, body, size: Some(size) }) = element(bytes, at)? {
            at = body.saturating_add(size);
        }
        let Some(Element { name: SEGMENT, body, size }) = element(bytes, at)? else { return Ok(Some(this)) };
        this.is_live = size.is_none();
        let stated = size.map(|size| body.saturating_add(size));
        let ends = this.walk(bytes, body, stated.unwrap_or(end).min(end), stated.is_some())?;
        this.is_cut |= stated.is_some_and(|stated| stated > end);
        this.end = stated.unwrap_or(ends).min(end);
        while let Some(Element { name: VOID, body, size: Some(size) }) = element(bytes, this.end)? {
            this.end = body.saturating_add(size).min(end);
        }
        Ok(Some(this))
    }

    /// Goes through a segment, and gives where it ends. Of one that says so itself only what stands before the sound is
    /// read.
    fn walk(&mut self, bytes: &mut Bytes, mut at: u64, end: u64, is_stated: bool) -> io::Result<u64> {
        let mut in_cluster = false;
        for _ in 0..limit::MATROSKA_ELEMENTS {
            let Some(Element { name, body, size }) = element(bytes, at)? else { return Ok(at) };
            if name == CLUSTER && is_stated {
                return Ok(end);
            }
            in_cluster = match name {
                CLUSTER => size.is_none(),
                name if in_cluster && IN_CLUSTER.contains(&name) => true,
                name if IN_SEGMENT.contains(&name) => false,
                _ => return Ok(at),
            };
            if name == INFO {
                self.inform(bytes, body, size.map_or(end, |size| body.saturating_add(size)).min(end))?;
            }
            at = size.map_or(body, |size| body.saturating_add(size));
            if at >= end {
                self.is_cut |= at > end;
                return Ok(end);
            }
        }
        Ok(end)
    }

    /// Reads how long it is.
    fn inform(&mut self, bytes: &mut Bytes, mut at: u64, end: u64) -> io::Result<()> {
        let (mut scale, mut length) = (1_000_000.0, None);
        while at < end
            && let Some(Element { name, body, size: Some(size) }) = element(bytes, at)?
        {
            let held = bytes.take(body, size.min(8) as usize)?;
            if name == SCALE {
                scale = held.iter().fold(0.0, |value, byte| value * 256.0 + f64::from(*byte));
            } else if name == LENGTH {
                length = match held.as_slice() {
                    [a, b, c, d] => Some(f64::from(f32::from_be_bytes([*a, *b, *c, *d]))),
                    held => held.try_into().ok().map(f64::from_be_bytes),
                };
            }
            at = body.saturating_add(size);
        }
        self.length = length.map(|length| length * scale / 1e9).filter(|length| length.is_finite() && *length > 0.0);
        Ok(())
    }
}

/// The element that begins here (RFC 8794 §5, §6).
fn element(bytes: &mut Bytes, at: u64) -> io::Result<Option<Element>> {
    let head = bytes.take(at, 12)?;
    let Some(wide) = head.first().map(|first| first.leading_zeros() as usize + 1).filter(|wide| *wide <= 4) else {
        return Ok(None);
    };
    let Some(name) = head.get(..wide) else { return Ok(None) };
    let name = name.iter().fold(0, |name, byte| name << 8 | u32::from(*byte));
    let Some(long) = head.get(wide).map(|first| first.leading_zeros() as usize + 1).filter(|long| *long <= 8) else {
        return Ok(None);
    };
    let Some(size) = head.get(wide..wide + long) else { return Ok(None) };
    let most = (1 << (7 * long)) - 1;
    let size = size.iter().fold(0, |size, byte| size << 8 | u64::from(*byte)) & most;
    Ok(Some(Element { name, body: at + (wide + long) as u64, size: (size < most).then_some(size) }))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn read(file: &[u8]) -> Option<Matroska> {
        Matroska::read(&mut Bytes::new(Box::new(Cursor::new(file.to_vec()))).unwrap()).unwrap()
    }

    const FRONT: &[u8] = b"\x1A\x45\xDF\xA3\x84\x42\x86\x81\x01";
    const BLOCK: &[u8] = b"\xA3\x85\x81\0\0\x80\x07";

    #[test]
    fn a_segment_of_its_own_length_ends_there() {
        let body = [b"\x15\x49\xA9\x66\x87\x44\x89\x84\x45\x7A\0\0".as_slice(), b"\x1F\x43\xB6\x75\x80"].concat();
        let size = 0x80 | body.len() as u8;
        let whole = [FRONT, b"\x18\x53\x80\x67", &[size], &body].concat();
        let found = read(&[whole.as_slice(), b"RIFF"].concat()).unwrap();
        assert_eq!(
            (found.end, found.length, found.is_cut, found.is_live),
            (whole.len() as u64, Some(4.0), false, false)
        );
        assert!(read(&whole[..whole.len() - 1]).unwrap().is_cut);
        assert!(read(b"RIFF....").is_none());
    }

    #[test]
    fn one_that_a_browser_wrote_ends_with_its_last_block() {
        let cluster = [b"\x1F\x43\xB6\x75\xFF\xE7\x81\x05".as_slice(), BLOCK, BLOCK].concat();
        let whole = [FRONT, b"\x18\x53\x80\x67\xFF", &cluster, &cluster].concat();
        let found = read(&[whole.as_slice(), FRONT].concat()).unwrap();
        assert_eq!((found.end, found.is_cut, found.is_live), (whole.len() as u64, false, true));
        assert!(read(&whole[..whole.len() - 2]).unwrap().is_cut);
    }
}
