use super::cut::{CutPart, EditList};
use super::fragments::Fragments;
use super::reader::{Bytes, Padding};
use super::{fault, limit};
use crate::diag::{Text, text};
use crate::plan::Fault;

/// The facts of one `trak` box that an edit needs.
#[derive(Default)]
struct Track {
    id: u32,
    sound: bool,
    pictures: bool,
    timescale: u32,
    duration: u64,
    /// Name of the first way in which its samples are coded: `mp4a`.
    coding: [u8; 4],
    /// All of how they are coded, to compare.
    description: Vec<u8>,
    edits: Vec<Listed>,
}

/// A line of an edit list (`elst`, ISO/IEC 14496-12 §8.6.6), which symphonia does not read.
#[derive(Clone, Copy)]
struct Listed {
    /// In the movie's ticks; zero stands for all that follows.
    length: u64,
    /// In the track's ticks; negative for nothing.
    start: i64,
    /// Speed, in whole numbers: one, or zero for a picture that stands still.
    rate: u16,
}

/// What the header of an MP4 says of its tracks.
pub(super) struct Header {
    brand: [u8; 4],
    movie_timescale: u32,
    cut: Option<(u64, u64)>,
    padding: Padding,
    end: u64,
    /// Bytes behind that end which no box reaches, and whether the last box closes a row of fragments (`mfra`).
    rest: u64,
    is_closed: bool,
    begins: u32,
    fragments: Fragments,
    tracks: Vec<Track>,
}

impl Header {
    /// `None` where the file is no MP4 or has no sound.
    pub(super) fn read(file: &mut Bytes) -> Option<Self> {
        let std::ops::Range { start, end } = file.range();
        let mut scan = Scan { file, boxes: 0, at: start, inner_cut: None, header: Self::new(end) };
        scan.walk(start, end, 0)?;
        let Scan { header, .. } = scan;
        header.tracks.iter().any(|track| track.sound).then_some(header)
    }

    fn new(end: u64) -> Self {
        Self {
            brand: [0; 4],
            movie_timescale: 0,
            cut: None,
            padding: Padding::default(),
            end,
            rest: 0,
            is_closed: false,
            begins: 0,
            fragments: Fragments::default(),
            tracks: Vec::new(),
        }
    }

    /// Where its boxes end and something else begins.
    pub(super) const fn end(&self) -> u64 {
        self.end
    }

    /// What is missing at its end and holds nothing of the sound: padding, or a title.
    pub(super) const fn padding(&self) -> Padding {
        self.padding
    }

    /// Whether another MP4 stands behind this one that does not go on with the same sound.
    pub(super) fn is_joined(&self) -> bool {
        let sounds: Vec<&Track> = self.tracks.iter().filter(|track| track.sound).collect();
        let goes_on = || {
            let alike = sounds.iter().all(|track| track.description == sounds[0].description);
            !self.fragments.is_empty() && !self.fragments.have_places() && alike
        };
        self.begins > 1 && !goes_on()
    }

    /// What is missing between fragments of the track of this number: at which ticks of what is there, and how many.
    pub(super) fn gaps(&self, id: u32) -> &[(u64, u64)] {
        self.fragments.gaps(id)
    }

    /// Whether the file ends before its last box does.
    pub(super) const fn is_cut(&self) -> bool {
        self.cut.is_some()
    }

    /// Whether it is made of fragments, each of which says of itself only how long it is, and the last one lost its end.
    pub(super) fn is_cut_in_a_fragment(&self) -> bool {
        self.cut.is_some() && !self.fragments.is_empty()
    }

    /// About how many seconds lie behind the last fragment of a track that can be read, by bytes, and how many before:
    /// fragments say of themselves only how long they are.
    pub(super) fn unread(&self, id: u32) -> Option<(f64, f64)> {
        let track = self.track(id).filter(|track| track.timescale > 0 && self.rest > 0 && !self.is_closed)?;
        let have = self.fragments.length(id) as f64 / f64::from(track.timescale);
        Some((have * self.rest as f64 / self.end.max(1) as f64, have))
    }

    /// Why a file that lost its end cannot be played: with about how much is missing, by its bytes.
    pub(super) fn truncated(&self) -> Fault {
        let sound = self.tracks.iter().find(|track| track.sound && track.duration > 0 && track.timescale > 0);
        let (Some(track), Some((missing, size))) = (sound, self.cut) else { return fault::truncated() };
        let seconds = track.duration as f64 / f64::from(track.timescale);
        let lost = seconds * (missing as f64 / size.max(1) as f64).min(1.0);
        fault::cut_off(lost, Some(seconds - lost))
    }

    /// File name endings that fit, the usual one first.
    pub(super) fn endings(&self) -> &'static [&'static str] {
        match &self.brand {
            b"qt  " => &["mov", "qta"],
            [b'3', b'g', b'p' | b'2' | b'r' | b's', _] => &["3gp", "3g2", "3gpp"],
            _ if self.tracks.iter().any(|track| track.pictures) => &["mp4", "m4v"],
            _ => &["m4a", "mp4", "m4b", "m4r"],
        }
    }

    /// The edit of the track of this number, in frames at `rate`; `None` where it has no edit list.
    pub(super) fn edit(&self, id: u32, rate: u32) -> Option<EditList> {
        edit_of(self.track(id)?, self.movie_timescale, rate)
    }

    /// Whether a part of the track of this number is to be played faster or slower.
    pub(super) fn is_sped(&self, id: u32) -> bool {
        self.track(id).is_some_and(|track| track.edits.iter().any(|edit| edit.rate > 1))
    }

    /// Ticks per second of a track's time stamps: its sample rate, as nearly everyone writes it.
    pub(super) fn timescale(&self, id: u32) -> u32 {
        self.track(id).map_or(0, |track| track.timescale)
    }

    /// Length of a track in frames at `rate`, by its own header; zero where that does not say.
    pub(super) fn length(&self, id: u32, rate: u32) -> u64 {
        let Some(track) = self.track(id) else { return 0 };
        let frames = u128::from(track.duration) * u128::from(rate) / u128::from(track.timescale.max(1));
        u64::try_from(frames).unwrap_or(0)
    }

    fn track(&self, id: u32) -> Option<&Track> {
        self.tracks.iter().find(|track| track.id == id)
    }

    /// Whether the first sound of all is in a way that loa does not play.
    pub(super) fn is_foreign_first(&self) -> bool {
        self.tracks.iter().find(|track| track.sound).is_some_and(|track| foreign(track.coding).is_some())
    }

    /// The name of the first sound in a way that loa does not play.
    pub(super) fn foreign(&self) -> Option<Text> {
        self.tracks.iter().filter(|track| track.sound).find_map(|track| foreign(track.coding))
    }
}

/// The names of codings that loa does not play.
fn foreign(coding: [u8; 4]) -> Option<Text> {
    let name = match &coding {
        b"samr" => return Some(old_phone("AMR")),
        b"sawb" => return Some(old_phone("AMR-WB")),
        b"ac-3" => "AC-3",
        b"ec-3" => "E-AC-3",
        b"ac-4" => "AC-4",
        b"dtsc" | b"dtsh" | b"dtsl" | b"dtse" => "DTS",
        b"ima4" | b"ms\0\x11" => "IMA ADPCM",
        b"ms\0\x02" => "MS ADPCM",
        b"QDM2" | b"QDMC" => "QDesign",
        b"sevc" => "EVRC",
        b"sqcp" | b"Qclp" => "QCELP",
        b"agsm" => "GSM",
        b"ulaw" => "µ-law",
        b"alaw" => "A-law",
        _ => return None,
    };
    Some(text!("{name}", "{name}"))
}

/// The codecs of phones before they could do better.
pub(super) fn old_phone(name: &str) -> Text {
    text!("{name}, máy ghi âm của điện thoại đời cũ", "{name}, the recorder of an old phone")
}

fn edit_of(track: &Track, movie_timescale: u32, rate: u32) -> Option<EditList> {
    let to_frames =
        |ticks: u64, scale: u32| (u128::from(ticks) * u128::from(rate)).div_ceil(u128::from(scale.max(1))) as u64;
    // Nothing is lost by leaving out what is empty in front: a sound that begins later than its pictures.
    let empty = track.edits.iter().take_while(|edit| edit.start < 0).count();
    let heard = &track.edits[empty..];
    if heard.is_empty() {
        return None;
    }
    // The edit's length is often rounded to a millisecond; the track's own is exact, so it is taken where the two
    // agree to within that rounding.
    let tick = to_frames(1, movie_timescale).max(1);
    let whole = to_frames(track.duration, track.timescale);
    let parts = heard.iter().map(|edit| {
        let stated = to_frames(edit.length, movie_timescale);
        if edit.start < 0 || edit.rate == 0 {
            return CutPart::Silence(stated);
        }
        let from = to_frames(edit.start.unsigned_abs(), track.timescale);
        let rest = whole.saturating_sub(from);
        let exact = track.duration > 0 && rest.abs_diff(stated) <= tick;
        CutPart::Sound { from, length: (edit.length > 0).then_some(if exact { rest } else { stated }) }
    });
    Some(EditList::of(parts.filter(|part| !matches!(part, CutPart::Silence(0)))))
}

/// Apple's `iTunSMPB`: hexadecimal words, the second the priming, the fourth the length.
pub(super) fn parse_smpb(note: &str) -> Option<EditList> {
    let words: Vec<u64> =
        note.split_whitespace().take(4).map_while(|word| u64::from_str_radix(word, 16).ok()).collect();
    match words.as_slice() {
        [_, skip, _, length] if *length > 0 => Some(EditList::between(*skip, Some(*length))),
        _ => None,
    }
}

struct Scan<'a> {
    file: &'a mut Bytes,
    at: u64,
    boxes: u32,
    /// The box inside the outermost one that goes beyond the end of the file, and where its name stands.
    inner_cut: Option<([u8; 4], u64)>,
    header: Header,
}

/// Boxes of the outermost row that hold nothing of the sound, and those of a movie's header that do not.
const PADDING: [&[u8; 4]; 3] = [b"free", b"skip", b"wide"];
const TITLES: [&[u8; 4]; 4] = [b"udta", b"meta", b"free", b"skip"];

/// Boxes of the outermost row, as far as recorders and editors write them: what has no such name and no room is none.
const OUTERMOST: [&[u8; 4]; 16] = [
    b"ftyp", b"moov", b"mdat", b"moof", b"free", b"skip", b"wide", b"uuid", b"sidx", b"styp", b"meta", b"mfra",
    b"pnot", b"udta", b"emsg", b"prft",
];

impl Scan<'_> {
    /// Goes through the boxes between two positions, into those that lead to what is wanted.
    fn walk(&mut self, mut at: u64, end: u64, depth: u8) -> Option<()> {
        let begin = at;
        while at + 8 <= end && depth < 6 {
            self.boxes += 1;
            if self.boxes > limit::MP4_BOXES {
                return None;
            }
            self.at = at;
            let mut size = u64::from(self.word()?);
            let name = self.word()?.to_be_bytes();
            let mut body = at + 8;
            if size == 1 && at + 16 <= end {
                size = (u64::from(self.word()?) << 32) | u64::from(self.word()?);
                body += 8;
            } else if size == 0 {
                size = end - at;
            }
            let is_first = depth == 0 && at == begin;
            let next = at.checked_add(size).filter(|next| *next >= body);
            if depth == 0 && !is_first && !OUTERMOST.contains(&&name) && self.is_none(next, end, name) {
                // No box of this file: something stands behind it, or it is damaged here.
                (self.header.end, self.header.rest) = (at, end - at);
                return Some(());
            }
            self.header.is_closed = depth == 0 && &name == b"mfra" || depth > 0 && self.header.is_closed;
            // A first box that is none of MP4's means another kind of file altogether.
            if is_first && &name != b"ftyp" {
                return None;
            }
            let next = next?;
            if depth == 1 && next > end {
                self.inner_cut = Some((name, at + 4));
            }
            let inside = next.min(end);
            self.enter(name, body.min(inside), inside, depth)?;
            if depth == 0 && next > end {
                self.cut(name, next - end, size);
            }
            at = inside;
        }
        Some(())
    }

    /// Whether what has no known name is no box at all: behind fragments, zeros neither.
    fn is_none(&self, next: Option<u64>, end: u64, name: [u8; 4]) -> bool {
        let is_named = name.iter().all(|byte| (b' '..=b'~').contains(byte));
        next.is_none_or(|next| next > end) || (!is_named && !self.header.fragments.is_empty())
    }

    /// A box of the outermost row goes so far beyond the end of the file.
    fn cut(&mut self, name: [u8; 4], missing: u64, size: u64) {
        let title = self.inner_cut.filter(|(inner, _)| &name == b"moov" && TITLES.contains(&inner));
        if missing <= limit::MP4_PADDING && (title.is_some() || PADDING.contains(&&name)) {
            self.header.padding = Padding { bytes: missing, name: title.map(|(_, place)| place) };
        } else {
            self.header.cut = Some((missing, size));
        }
    }

    fn enter(&mut self, name: [u8; 4], body: u64, end: u64, depth: u8) -> Option<()> {
        match &name {
            b"moov" | b"mdia" | b"minf" | b"stbl" | b"edts" | b"mvex" => self.walk(body, end, depth + 1)?,
            b"trak" => {
                self.header.tracks.push(Track::default());
                self.walk(body, end, depth + 1)?;
            }
            b"trex" | b"moof" => {
                let held = self.file.take(body, (end - body).min(limit::MP4_FRAGMENT) as usize).ok()?;
                if &name == b"trex" { self.header.fragments.expect(&held) } else { self.header.fragments.take(&held) }
            }
            b"ftyp" if depth == 0 => {
                self.header.begins += 1;
                if self.header.begins == 1 {
                    self.header.brand = self.word()?.to_be_bytes();
                }
            }
            b"mvhd" => self.header.movie_timescale = self.timing()?.0,
            b"mdhd" => {
                let (timescale, duration) = self.timing()?;
                let track = self.header.tracks.last_mut()?;
                (track.timescale, track.duration) = (timescale, duration);
            }
            b"tkhd" => {
                let long = self.word()? >> 24 == 1;
                for _ in 0..if long { 4 } else { 2 } {
                    self.word()?;
                }
                let id = self.word()?;
                self.header.tracks.last_mut()?.id = id;
            }
            b"stsd" => {
                let (_, _, _, coding) = (self.word()?, self.word()?, self.word()?, self.word()?);
                let description = self.file.take(body, (end - body).min(limit::MP4_DESCRIPTION) as usize).ok()?;
                let track = self.header.tracks.last_mut()?;
                (track.coding, track.description) = (coding.to_be_bytes(), description);
            }
            b"hdlr" => {
                let (_, _, kind) = (self.word()?, self.word()?, self.word()?);
                let track = self.header.tracks.last_mut()?;
                track.sound |= &kind.to_be_bytes() == b"soun";
                track.pictures |= &kind.to_be_bytes() == b"vide";
            }
            b"elst" => self.edits(end.saturating_sub(body))?,
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

    fn edits(&mut self, room: u64) -> Option<()> {
        let long = self.word()? >> 24 == 1;
        let most = room / if long { 20 } else { 12 };
        for _ in 0..u64::from(self.word()?.min(limit::MP4_EDITS)).min(most) {
            let length = self.number(long)?;
            let start = if long { self.number(true)?.cast_signed() } else { i64::from(self.word()?.cast_signed()) };
            let speed = self.word()?;
            // Between a standstill and the usual speed there is nothing that a recorder writes.
            let rate = if speed == 0 { 0 } else { (speed >> 16).max(1) as u16 + u16::from(speed & 0xFFFF != 0) };
            self.header.tracks.last_mut()?.edits.push(Listed { length, start, rate });
        }
        Some(())
    }

    fn number(&mut self, long: bool) -> Option<u64> {
        let high = if long { u64::from(self.word()?) << 32 } else { 0 };
        Some(high | u64::from(self.word()?))
    }

    fn word(&mut self) -> Option<u32> {
        let word = self.file.array(self.at).ok()??;
        self.at += 4;
        Some(u32::from_be_bytes(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(edits: &[(u64, i64)], duration: u64) -> Track {
        let edits = edits.iter().map(|(length, start)| Listed { length: *length, start: *start, rate: 1 }).collect();
        Track { sound: true, timescale: 44_100, duration, edits, ..Track::default() }
    }

    #[test]
    fn a_length_rounded_to_milliseconds_gives_way_to_the_exact_one() {
        // One second and a third, written as 1334 ms.
        let edit = edit_of(&track(&[(1_334, 1_024)], 1_024 + 58_800), 1_000, 44_100).unwrap();
        assert_eq!(edit, EditList::between(1_024, Some(58_800)));
    }

    #[test]
    fn an_exact_length_wins_over_the_padded_track() {
        let edit = edit_of(&track(&[(44_100, 2_112)], 47 * 1_024), 44_100, 44_100).unwrap();
        assert_eq!(edit, EditList::between(2_112, Some(44_100)));
    }

    #[test]
    fn an_empty_edit_in_front_is_passed_over_and_one_further_on_is_silence() {
        assert_eq!(edit_of(&track(&[(20, -1), (0, 1_024)], 0), 1_000, 44_100), Some(EditList::from(1_024)));
        assert_eq!(edit_of(&track(&[], 9), 1_000, 44_100), None);
        let parts = [
            CutPart::Sound { from: 5, length: Some(882) },
            CutPart::Silence(44_100),
            CutPart::Sound { from: 90, length: Some(1_323) },
        ];
        assert_eq!(edit_of(&track(&[(20, 5), (1_000, -1), (30, 90)], 0), 1_000, 44_100), Some(EditList::of(parts)));
    }

    #[test]
    fn apples_note_is_read() {
        let note = " 00000000 00000840 000001CA 00000000003F31F6 00000000 00000000";
        assert_eq!(parse_smpb(note), Some(EditList::between(0x840, Some(0x3F_31F6))));
        assert_eq!(parse_smpb("gì đó"), None);
        assert_eq!(parse_smpb("00000000 00000840"), None);
    }

    fn boxed(name: [u8; 4], body: &[u8]) -> Vec<u8> {
        [&(body.len() as u32 + 8).to_be_bytes()[..], &name, body].concat()
    }

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    /// Ten fragments of a second each, as a phone or a browser writes them while it records.
    fn fragmented() -> Vec<u8> {
        let kind = [&words(&[0, 0])[..], b"soun", &words(&[0; 3])].concat();
        let media = [boxed(*b"mdhd", &words(&[0, 0, 0, 1_000, 0, 0])), boxed(*b"hdlr", &kind)].concat();
        let track = [boxed(*b"tkhd", &words(&[0, 0, 0, 1, 0, 0])), boxed(*b"mdia", &media)].concat();
        let mut file = [boxed(*b"ftyp", b"iso5\0\0\0\0"), boxed(*b"moov", &boxed(*b"trak", &track))].concat();
        for second in 0..10 {
            let parts = [
                boxed(*b"tfhd", &words(&[0x8, 1, 100])),
                boxed(*b"tfdt", &words(&[0, second * 1_000])),
                boxed(*b"trun", &words(&[0, 10])),
            ];
            file.extend(boxed(*b"moof", &boxed(*b"traf", &parts.concat())));
            file.extend(boxed(*b"mdat", &[0xA5; 8_000]));
        }
        file
    }

    #[test]
    fn what_lies_behind_the_last_fragment_that_can_be_read_is_missing() {
        let unread = |bytes: Vec<u8>| {
            let header = Header::read(&mut Bytes::new(Box::new(std::io::Cursor::new(bytes))).unwrap());
            header.unwrap().unread(1)
        };
        let whole = fragmented();
        let middle = whole.len() / 2;
        assert_eq!(unread(whole.clone()), None);
        let mut blank = whole.clone();
        blank[middle..middle + 4_096].fill(0);
        let mut half = whole.clone();
        half[middle..].fill(0);
        let shorter = [&whole[..middle], &whole[middle + 4_096..]].concat();
        let longer = [&whole[..middle], &[7], &whole[middle..]].concat();
        for (name, damaged) in [("blank", blank), ("half", half), ("shorter", shorter), ("longer", longer)] {
            let (missing, have) = unread(damaged).unwrap_or_else(|| panic!("{name}: nothing is missing"));
            assert!((3.5..6.0).contains(&missing) && (4.0..6.5).contains(&have), "{name}: {missing} s behind {have} s");
        }
        // Behind the box that closes a row of fragments is nothing of it.
        let closed = [&whole[..], &boxed(*b"mfra", &[0; 8]), &vec![0; 40_000]].concat();
        assert_eq!(unread(closed), None);
    }

    #[test]
    fn what_is_no_mp4_has_no_edit() {
        let wave = std::io::Cursor::new(b"RIFF\x24\0\0\0WAVEfmt ".to_vec());
        assert!(Header::read(&mut Bytes::new(Box::new(wave)).unwrap()).is_none());
    }
}
