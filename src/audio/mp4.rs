use std::io::{Read, Seek, SeekFrom};

use super::limit;

/// Which part of a track's samples is to be heard: what an edit list (`elst`, ISO/IEC 14496-12
/// §8.6.6) or Apple's `iTunSMPB` note says. symphonia reads neither.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Edit {
    /// Frames to drop at the start.
    pub(super) skip: u64,
    /// Frames to keep after that; `None` where the file does not say.
    pub(super) keep: Option<u64>,
}

/// The facts of one `trak` box that an edit needs.
#[derive(Default)]
struct Track {
    sound: bool,
    pictures: bool,
    timescale: u32,
    duration: u64,
    edits: Vec<(u64, i64)>,
}

/// What the header of an MP4 says of its first sound track.
pub(super) struct Header {
    brand: [u8; 4],
    movie_timescale: u32,
    pictures: bool,
    cut: bool,
    track: Track,
}

impl Header {
    /// `None` where the file is no MP4 or has no sound. Leaves the reader's position anywhere.
    pub(super) fn read(file: &mut (impl Read + Seek)) -> Option<Self> {
        let end = file.seek(SeekFrom::End(0)).ok()?;
        let mut scan = Scan { file, boxes: 0, cut: false, brand: [0; 4], movie_timescale: 0, tracks: Vec::new() };
        scan.walk(0, end, 0)?;
        let Scan { brand, cut, movie_timescale, tracks, .. } = scan;
        let pictures = tracks.iter().any(|track| track.pictures);
        let track = tracks.into_iter().find(|track| track.sound)?;
        Some(Self { brand, movie_timescale, pictures, cut, track })
    }

    /// Whether the file ends before its last box does.
    pub(super) const fn is_cut(&self) -> bool {
        self.cut
    }

    /// File name endings that fit, the usual one first.
    pub(super) fn endings(&self) -> &'static [&'static str] {
        match &self.brand {
            b"qt  " => &["mov"],
            [b'3', b'g', b'p' | b'2' | b'r' | b's', _] => &["3gp", "3g2"],
            _ if self.pictures => &["mp4", "m4v"],
            _ => &["m4a", "mp4", "m4b"],
        }
    }

    /// Its edit in frames at `rate`; `None` where it has no edit list.
    pub(super) fn edit(&self, rate: u32) -> Option<Edit> {
        edit_of(&self.track, self.movie_timescale, rate)
    }

    /// Ticks per second of the track's time stamps: its sample rate, as nearly everyone writes it.
    pub(super) fn timescale(&self) -> u32 {
        self.track.timescale
    }
}

fn edit_of(track: &Track, movie_timescale: u32, rate: u32) -> Option<Edit> {
    let heard: Vec<_> = track.edits.iter().filter(|(_, start)| *start >= 0).collect();
    let (length, start) = **heard.first()?;
    let to_frames =
        |ticks: u64, scale: u32| (u128::from(ticks) * u128::from(rate)).div_ceil(u128::from(scale.max(1))) as u64;
    let skip = to_frames(start.unsigned_abs(), track.timescale);
    // Several edits would need cutting and joining; nobody's recorder makes them. Zero means "all".
    if heard.len() > 1 || length == 0 {
        return Some(Edit { skip, keep: None });
    }
    let stated = to_frames(length, movie_timescale);
    let rest = to_frames(track.duration, track.timescale).saturating_sub(skip);
    // The edit's length is often rounded to a millisecond; the track's own is exact, so it is
    // taken where the two agree to within that rounding.
    let tick = to_frames(1, movie_timescale).max(1);
    let keep = if track.duration > 0 && rest.abs_diff(stated) <= tick { rest } else { stated };
    Some(Edit { skip, keep: Some(keep) })
}

/// Apple's `iTunSMPB`: hexadecimal words, the second the priming, the fourth the length.
pub(super) fn parse_smpb(note: &str) -> Option<Edit> {
    let words: Vec<u64> =
        note.split_whitespace().take(4).map_while(|word| u64::from_str_radix(word, 16).ok()).collect();
    match words.as_slice() {
        [_, skip, _, length] if *length > 0 => Some(Edit { skip: *skip, keep: Some(*length) }),
        _ => None,
    }
}

struct Scan<'a, R> {
    file: &'a mut R,
    boxes: u32,
    /// A box of the outermost row goes beyond the end of the file.
    cut: bool,
    brand: [u8; 4],
    movie_timescale: u32,
    tracks: Vec<Track>,
}

impl<R: Read + Seek> Scan<'_, R> {
    /// Goes through the boxes between two positions, into those that lead to what is wanted.
    fn walk(&mut self, mut at: u64, end: u64, depth: u8) -> Option<()> {
        while at + 8 <= end && depth < 6 {
            self.boxes += 1;
            if self.boxes > limit::MP4_BOXES {
                return None;
            }
            self.file.seek(SeekFrom::Start(at)).ok()?;
            let mut size = u64::from(self.word()?);
            let name = self.word()?.to_be_bytes();
            let mut body = at + 8;
            if size == 1 {
                size = (u64::from(self.word()?) << 32) | u64::from(self.word()?);
                body += 8;
            } else if size == 0 {
                size = end - at;
            }
            // A first box that is none of MP4's means another kind of file altogether.
            if size < body - at || (at == 0 && &name != b"ftyp") {
                return None;
            }
            let next = at.checked_add(size)?;
            self.cut |= depth == 0 && next > end;
            let next = next.min(end);
            self.enter(name, body, next, depth)?;
            at = next;
        }
        Some(())
    }

    fn enter(&mut self, name: [u8; 4], body: u64, end: u64, depth: u8) -> Option<()> {
        match &name {
            b"moov" | b"mdia" | b"edts" => self.walk(body, end, depth + 1)?,
            b"trak" => {
                self.tracks.push(Track::default());
                self.walk(body, end, depth + 1)?;
            }
            b"ftyp" => self.brand = self.word()?.to_be_bytes(),
            b"mvhd" => self.movie_timescale = self.timing()?.0,
            b"mdhd" => {
                let (timescale, duration) = self.timing()?;
                let track = self.tracks.last_mut()?;
                (track.timescale, track.duration) = (timescale, duration);
            }
            b"hdlr" => {
                let (_, _, kind) = (self.word()?, self.word()?, self.word()?);
                let track = self.tracks.last_mut()?;
                track.sound |= &kind.to_be_bytes() == b"soun";
                track.pictures |= &kind.to_be_bytes() == b"vide";
            }
            b"elst" => self.edits()?,
            _ => {}
        }
        Some(())
    }

    /// Timescale and duration of an `mvhd` or `mdhd` box, which begin alike.
    fn timing(&mut self) -> Option<(u32, u64)> {
        let long = self.word()? >> 24 == 1;
        for _ in 0..if long { 4 } else { 2 } {
            self.word()?;
        }
        let timescale = self.word()?;
        Some((timescale, self.number(long)?))
    }

    fn edits(&mut self) -> Option<()> {
        let long = self.word()? >> 24 == 1;
        // Four say all that is ever used of them.
        for _ in 0..self.word()?.min(4) {
            let length = self.number(long)?;
            let start = if long { self.number(true)?.cast_signed() } else { i64::from(self.word()?.cast_signed()) };
            self.word()?;
            self.tracks.last_mut()?.edits.push((length, start));
        }
        Some(())
    }

    fn number(&mut self, long: bool) -> Option<u64> {
        let high = if long { u64::from(self.word()?) << 32 } else { 0 };
        Some(high | u64::from(self.word()?))
    }

    fn word(&mut self) -> Option<u32> {
        let mut bytes = [0; 4];
        self.file.read_exact(&mut bytes).ok()?;
        Some(u32::from_be_bytes(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(edits: &[(u64, i64)], duration: u64) -> Track {
        Track { sound: true, timescale: 44_100, duration, edits: edits.to_vec(), ..Track::default() }
    }

    #[test]
    fn a_length_rounded_to_milliseconds_gives_way_to_the_exact_one() {
        // One second and a third, written as 1334 ms.
        let edit = edit_of(&track(&[(1_334, 1_024)], 1_024 + 58_800), 1_000, 44_100).unwrap();
        assert_eq!(edit, Edit { skip: 1_024, keep: Some(58_800) });
    }

    #[test]
    fn an_exact_length_wins_over_the_padded_track() {
        let edit = edit_of(&track(&[(44_100, 2_112)], 47 * 1_024), 44_100, 44_100).unwrap();
        assert_eq!(edit, Edit { skip: 2_112, keep: Some(44_100) });
    }

    #[test]
    fn an_empty_edit_is_passed_over_and_several_give_no_end() {
        assert_eq!(edit_of(&track(&[(20, -1), (0, 1_024)], 0), 1_000, 44_100), Some(Edit { skip: 1_024, keep: None }));
        assert_eq!(edit_of(&track(&[(20, 5), (30, 90)], 0), 1_000, 44_100), Some(Edit { skip: 5, keep: None }));
        assert_eq!(edit_of(&track(&[], 9), 1_000, 44_100), None);
    }

    #[test]
    fn apples_note_is_read() {
        let note = " 00000000 00000840 000001CA 00000000003F31F6 00000000 00000000";
        assert_eq!(parse_smpb(note), Some(Edit { skip: 0x840, keep: Some(0x3F_31F6) }));
        assert_eq!(parse_smpb("gì đó"), None);
        assert_eq!(parse_smpb("00000000 00000840"), None);
    }

    #[test]
    fn what_is_no_mp4_has_no_edit() {
        let mut wave = std::io::Cursor::new(b"RIFF\x24\0\0\0WAVEfmt ".to_vec());
        assert!(Header::read(&mut wave).is_none());
    }
}
