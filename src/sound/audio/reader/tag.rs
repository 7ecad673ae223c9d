use std::io;

use super::Bytes;

/// Tags taken off at either end, one behind the other: more than any program has ever written.
const TAGS: u32 = 16;

/// Takes tags off both ends of a file: ID3v2 in front; ID3v1, its extension, APEv2, Lyrics3 and ID3v2 behind.
/// A tag that claims more bytes than there are is left where it is.
pub(in crate::audio) fn strip(bytes: &mut Bytes) -> io::Result<()> {
    for _ in 0..TAGS {
        let range = bytes.range();
        let Some(size) = front(bytes, range.start)?.filter(|size| *size < range.end - range.start) else { break };
        bytes.narrow(range.start + size, range.end);
    }
    for _ in 0..TAGS {
        let range = bytes.range();
        let Some(size) = behind(bytes, range.end)?.filter(|size| *size < range.end - range.start) else { break };
        bytes.narrow(range.start, range.end - size);
    }
    Ok(())
}

/// Four times seven bits, as ID3v2 writes sizes.
fn syncsafe(bytes: [u8; 4]) -> Option<u64> {
    bytes.iter().all(|byte| *byte < 0x80).then(|| bytes.iter().fold(0, |size, byte| size << 7 | u64::from(*byte)))
}

/// The size of an ID3v2 tag that begins here (ID3v2.4 §3.1).
fn front(bytes: &mut Bytes, at: u64) -> io::Result<Option<u64>> {
    let Some([b'I', b'D', b'3', version, _, flags, a, b, c, d]) = bytes.array::<10>(at)? else { return Ok(None) };
    let footer = if flags & 0x10 == 0 { 0 } else { 10 };
    Ok(syncsafe([a, b, c, d]).filter(|_| version < 0xFF).map(|size| size + 10 + footer))
}

/// The size of a tag that ends here.
fn behind(bytes: &mut Bytes, end: u64) -> io::Result<Option<u64>> {
    let at = |back: u64| end.checked_sub(back);
    if let Some(place) = at(128)
        && bytes.array(place)? == Some(*b"TAG")
    {
        let extended = match at(128 + 227) {
            Some(place) => bytes.array(place)? == Some(*b"TAG+"),
            None => false,
        };
        return Ok(Some(if extended { 128 + 227 } else { 128 }));
    }
    if let Some(footer) = at(32)
        && let Some(tag) = bytes.array::<32>(footer)?
        && tag.starts_with(b"APETAGEX")
    {
        let size = u64::from(u32::from_le_bytes([tag[12], tag[13], tag[14], tag[15]]));
        let header = if tag[23] & 0x80 == 0 { 0 } else { 32 };
        return Ok(Some(size + header).filter(|size| *size >= 32));
    }
    if let Some(footer) = at(15)
        && let Some(tag) = bytes.array::<15>(footer)?
        && tag.ends_with(b"LYRICS200")
    {
        let digits = str::from_utf8(&tag[..6]).ok().and_then(|digits| digits.parse::<u64>().ok());
        return Ok(digits.map(|size| size + 15));
    }
    if let Some(footer) = at(10)
        && let Some([b'3', b'D', b'I', _, _, _, a, b, c, d]) = bytes.array::<10>(footer)?
    {
        return Ok(syncsafe([a, b, c, d]).map(|size| size + 20));
    }
    Ok(None)
}

/// The size of a tag in the middle of the frames, as files have it that were joined.
pub(super) fn within(bytes: &mut Bytes, at: u64) -> io::Result<Option<u64>> {
    let Some(head) = bytes.array::<10>(at)? else { return Ok(None) };
    if head.starts_with(b"TAG") {
        return Ok(Some(128));
    }
    if head.starts_with(b"ID3") && head[6..].iter().all(|byte| *byte < 0x80) {
        return Ok(Some(10 + head[6..].iter().fold(0, |size, byte| size << 7 | u64::from(*byte))));
    }
    if head.starts_with(b"APETAGEX") {
        let Some(size) = bytes.array(at + 12)?.map(u32::from_le_bytes) else { return Ok(None) };
        return Ok(Some(u64::from(size) + 32));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn stripped(file: Vec<u8>) -> Vec<u8> {
        let mut bytes = Bytes::new(Box::new(Cursor::new(file))).unwrap();
        strip(&mut bytes).unwrap();
        let range = bytes.range();
        bytes.take(range.start, (range.end - range.start) as usize).unwrap()
    }

    fn id3v1() -> Vec<u8> {
        [b"TAG".as_slice(), &[0; 125]].concat()
    }

    fn ape(header: bool) -> Vec<u8> {
        let mut foot = b"APETAGEX\xD0\x07\0\0".to_vec();
        foot.extend(42_u32.to_le_bytes());
        foot.extend([0, 0, 0, 0, 0, 0, 0, if header { 0x80 } else { 0 }]);
        foot.extend([0; 8]);
        [if header { vec![1; 32] } else { vec![] }, vec![2; 10], foot].concat()
    }

    #[test]
    fn tags_of_every_kind_are_taken_off_both_ends() {
        let sound = b"sound".to_vec();
        let front = [b"ID3\x04\0\0\0\0\0\x05".as_slice(), &[9; 5]].concat();
        let lyrics = b"LYRICSBEGININD0000200000017LYRICS200".to_vec();
        let cases: [&[Vec<u8>]; 6] = [
            std::slice::from_ref(&sound),
            &[front.clone(), sound.clone(), id3v1()],
            &[front.clone(), front, sound.clone(), ape(true), id3v1()],
            &[sound.clone(), ape(false)],
            &[sound.clone(), ape(true)],
            &[sound.clone(), id3v1(), id3v1()],
        ];
        for parts in cases {
            assert_eq!(stripped(parts.concat()), sound);
        }
        assert!(stripped([sound.clone(), lyrics, id3v1()].concat()).len() < 60);
    }

    #[test]
    fn a_tag_larger_than_its_file_is_none() {
        let lie = b"ID3\x04\0\0\x7F\x7F\x7F\x7Fsound".to_vec();
        assert_eq!(stripped(lie.clone()), lie);
        assert_eq!(stripped(b"TAG".to_vec()), b"TAG");
        assert_eq!(stripped(Vec::new()), b"");
    }
}
