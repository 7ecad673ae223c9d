//! Pages of an Ogg (RFC 3533 §6), taken apart and put together again.

/// The pages of a whole file.
pub(super) fn split(bytes: &[u8]) -> Vec<Vec<u8>> {
    let (mut pages, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let segments = usize::from(bytes[at + 26]);
        let body: usize = bytes[at + 27..at + 27 + segments].iter().map(|size| usize::from(*size)).sum();
        let next = at + 27 + segments + body;
        pages.push(bytes[at..next].to_vec());
        at = next;
    }
    pages
}

/// Pages with their checksums made right again.
pub(super) fn join(pages: Vec<Vec<u8>>) -> Vec<u8> {
    let summed = pages.into_iter().map(|mut page| {
        page[22..26].fill(0);
        let sum = checksum(&page);
        page[22..26].copy_from_slice(&sum.to_le_bytes());
        page
    });
    summed.flatten().collect()
}

/// The position that is written on a page.
pub(super) fn granule(page: &[u8]) -> i64 {
    i64::from_le_bytes(page[6..14].try_into().unwrap())
}

pub(super) fn set_granule(page: &mut [u8], granule: i64) {
    page[6..14].copy_from_slice(&granule.to_le_bytes());
}

pub(super) fn move_granule(page: &mut [u8], by: i64) {
    let moved = granule(page) + by;
    set_granule(page, moved);
}

fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |sum: u32, byte| {
        (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| {
            if sum & 0x8000_0000 == 0 { sum << 1 } else { sum << 1 ^ 0x04C1_1DB7 }
        })
    })
}
