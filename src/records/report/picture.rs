use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

/// Light modules round the code (ISO/IEC 18004 wants four).
const QUIET: usize = 4;
/// Dots of a module in the picture for a word processor, which smooths smaller ones.
const DOTS: usize = 8;

/// A QR code as rows of dark and light, with its quiet zone; none of a text that is too long for one.
fn modules(text: &str) -> Option<Vec<Vec<bool>>> {
    // The least correction: it is printed at 30 mm, and what it holds can be typed as well.
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::L).ok()?;
    let (width, colors) = (code.width(), code.to_colors());
    let dark = |x: usize, y: usize| {
        let inside = (QUIET..QUIET + width).contains(&x) && (QUIET..QUIET + width).contains(&y);
        inside && colors[(y - QUIET) * width + (x - QUIET)] == Color::Dark
    };
    let all = width + 2 * QUIET;
    Some((0..all).map(|y| (0..all).map(|x| dark(x, y)).collect()).collect())
}

/// As the path of an SVG of so many units: `M4 4h7v1h-7z…`, and how many.
pub(super) fn path(text: &str) -> Option<(String, usize)> {
    let rows = modules(text)?;
    let mut path = String::new();
    for (y, row) in rows.iter().enumerate() {
        let mut x = 0;
        while x < row.len() {
            let length = row[x..].iter().take_while(|dark| **dark).count();
            if length > 0 {
                // Writing to a String never fails.
                let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
            }
            x += length.max(1);
        }
    }
    Some((path, rows.len()))
}

/// As a PNG (ISO/IEC 15948) of one bit a dot, not squeezed.
pub(super) fn png(text: &str) -> Option<Vec<u8>> {
    let rows = modules(text)?;
    let side = rows.len() * DOTS;
    let mut raw = Vec::new();
    for row in &rows {
        let dots: Vec<bool> = row.iter().flat_map(|dark| std::iter::repeat_n(!*dark, DOTS)).collect();
        let mut line = vec![0];
        line.extend(dots.chunks(8).map(|eight| {
            eight.iter().enumerate().fold(0, |byte, (place, light)| byte | u8::from(*light) << (7 - place))
        }));
        (0..DOTS).for_each(|_| raw.extend_from_slice(&line));
    }
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let size = u32::try_from(side).ok()?.to_be_bytes();
    let mut head = [size, size].concat();
    head.extend([1, 0, 0, 0, 0]);
    chunk(&mut out, *b"IHDR", &head);
    chunk(&mut out, *b"IDAT", &stored(&raw));
    chunk(&mut out, *b"IEND", &[]);
    Some(out)
}

fn chunk(out: &mut Vec<u8>, kind: [u8; 4], bytes: &[u8]) {
    out.extend((bytes.len() as u32).to_be_bytes());
    let named = [&kind[..], bytes].concat();
    out.extend(crate::journal::export::crc32(&named).to_be_bytes());
    let place = out.len() - 4;
    out.splice(place..place, named);
}

/// A zlib stream (RFC 1950) of stored blocks (RFC 1951 §3.2.4).
fn stored(raw: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let mut blocks = raw.chunks(0xffff).peekable();
    while let Some(block) = blocks.next() {
        let length = block.len() as u16;
        out.push(u8::from(blocks.peek().is_none()));
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend_from_slice(block);
    }
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in raw {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    out.extend((b << 16 | a).to_be_bytes());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_square_and_says_of_itself_how_large_it_is() {
        let text = "LOA-SEAL:1 00AA11BB22CC33DD 1284 4F2A91C0";
        let (path, side) = path(text).unwrap();
        assert!(path.starts_with("M4 4h7v1h-7z"), "{path}");
        let png = png(text).unwrap();
        assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
        assert_eq!(u32::from_be_bytes(png[16..20].try_into().unwrap()) as usize, side * DOTS);
        assert!(super::path(&"x".repeat(4_000)).is_none());
    }
}
