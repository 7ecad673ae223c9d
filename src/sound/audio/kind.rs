use super::{channel_table, fault, mp4};
use crate::diag::{Text, text};
use crate::plan::Fault;

/// Bytes that are enough to tell what somebody took for a sound: up to the DOCX's first name in a ZIP
/// and the codec's name in an Ogg.
pub(super) const ENOUGH: usize = 4_096;

/// As many zeros where a format's mark should stand are none's.
const BLANK: usize = 16;

/// The families of containers, as their first bytes tell them apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Family {
    /// WAV, in any of its sizes.
    Wave,
    /// AIFF and AIFF-C.
    Aiff,
    /// Apple's Core Audio Format.
    Caf,
    /// Ogg.
    Ogg,
    /// FLAC.
    Flac,
    /// MP4 and its relatives, Matroska and WebM.
    Film,
    /// None of these: frames without a container, or no sound.
    Other,
}

/// The family of the file that begins so.
pub(super) fn family(bytes: &[u8]) -> Family {
    let form = bytes.get(8..12).unwrap_or_default();
    match bytes.get(..4).unwrap_or_default() {
        b"RIFF" | b"RF64" | b"BW64" if form == b"WAVE" => Family::Wave,
        b"riff" if bytes.get(24..28) == Some(b"wave") => Family::Wave,
        b"FORM" if form == b"AIFF" || form == b"AIFC" => Family::Aiff,
        b"caff" => Family::Caf,
        b"OggS" => Family::Ogg,
        b"fLaC" => Family::Flac,
        [0x1A, 0x45, 0xDF, 0xA3] => Family::Film,
        _ if bytes.get(4..8) == Some(b"ftyp") => Family::Film,
        _ => Family::Other,
    }
}

/// Why a file in which no sound was found is none: named where it can be named.
pub(super) fn refusal(beginning: &[u8]) -> Fault {
    if beginning.is_empty() {
        return fault::empty();
    }
    if let Some(codec) = foreign(beginning) {
        return fault::unsupported(&codec);
    }
    if beginning.iter().take(BLANK).all(|byte| *byte == 0) {
        return fault::blank();
    }
    // An MP4 that nothing could be read from has lost its end, where phones write what is in it.
    if beginning.get(4..8) == Some(b"ftyp") && !is_still(beginning) {
        return fault::truncated();
    }
    thing(beginning).map_or_else(fault::not_audio, |thing| fault::other_thing(&thing))
}

/// Why a container without a track of sound is refused: an Ogg with Speex has none that is known.
pub(super) fn soundless(beginning: &[u8]) -> Fault {
    foreign(beginning).map_or_else(fault::no_frames, |codec| fault::unsupported(&codec))
}

/// Whether a Matroska file calls itself WebM, which it does in its first bytes.
pub(super) fn is_web(beginning: &[u8]) -> bool {
    beginning.starts_with(&[0x1A, 0x45, 0xDF, 0xA3]) && holds(beginning.get(..64).unwrap_or(beginning), b"webm")
}

/// Why a container that loa does not read is refused before frames are looked for in it: those it holds are in pieces,
/// and would be told as damage.
pub(super) fn wrapped(beginning: &[u8]) -> Option<Fault> {
    let is_avi = beginning.starts_with(b"RIFF") && beginning.get(8..12) == Some(b"AVI ");
    let starts = [b"\0\0\x01\xBA".as_slice(), b"FLV", b"0\x26\xB2\x75\x8E\x66\xCF\x11"];
    let is_known = is_avi || is_transport(beginning) || starts.iter().any(|start| beginning.starts_with(start));
    let many = || channel_table::in_frame(beginning).map(|channels| fault::channels("AAC", channels));
    foreign(beginning).filter(|_| is_known).map(|name| fault::unsupported(&name)).or_else(many)
}

/// Whether bytes are packets of a transport stream (ISO/IEC 13818-1 §2.4.3.2): 188 bytes each, in a camera's M2TS with
/// four more in front; one that was cut out of a broadcast may begin inside a packet.
fn is_transport(bytes: &[u8]) -> bool {
    const SYNC: u8 = 0x47;
    /// What chance does not make; at the very beginning fewer do.
    const SURE: usize = 16;
    let packets = |from: usize, size: usize| {
        let mut all = bytes.iter().skip(from).step_by(size);
        let count = all.len();
        if all.all(|byte| *byte == SYNC) { count } else { 0 }
    };
    packets(0, 188) >= 3 || packets(4, 192) >= 3 || (1..188).any(|from| packets(from, 188) >= SURE)
}

/// A picture in the wrapping of an MP4, as iPhones take it.
fn is_still(beginning: &[u8]) -> bool {
    beginning
        .get(8..12)
        .is_some_and(|brand| [b"heic", b"heix", b"mif1", b"avif"].contains(&brand.try_into().unwrap_or(b"    ")))
}

fn holds(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

/// Sound in a format that loa does not play.
fn foreign(bytes: &[u8]) -> Option<Text> {
    if bytes.starts_with(b"#!AMR") {
        return Some(mp4::old_phone(if bytes.starts_with(b"#!AMR-WB") { "AMR-WB" } else { "AMR" }));
    }
    let boxed = bytes.get(4..8).unwrap_or_default();
    let known = [
        (bytes.starts_with(b"0\x26\xB2\x75\x8E\x66\xCF\x11"), "Windows Media (WMA, WMV)"),
        (bytes.starts_with(b"OggS") && holds(bytes, b"Speex   "), "Speex"),
        (bytes.starts_with(b"MThd"), "MIDI"),
        (bytes.starts_with(b".RMF") || bytes.starts_with(b".ra\xFD"), "RealAudio"),
        (bytes.starts_with(b"MAC "), "Monkey's Audio (APE)"),
        (bytes.starts_with(b"wvpk"), "WavPack"),
        (bytes.starts_with(b"FLV"), "Flash Video"),
        (bytes.starts_with(b".snd"), "Sun AU"),
        (bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"AVI "), "AVI"),
        ([b"moov", b"mdat", b"wide"].iter().any(|name| *name == boxed), "QuickTime (MOV)"),
        (bytes.starts_with(b"\x0B\x77"), "AC-3"),
        (bytes.starts_with(b"\x7F\xFE\x80\x01"), "DTS"),
        (bytes.starts_with(b"RIFX"), "WAV RIFX"),
        (bytes.starts_with(b"#!SILK") || bytes.starts_with(b"\x02#!SILK"), "SILK"),
        (bytes.starts_with(b"ID3") && holds(bytes, b"ftyp"), "MP4"),
        (bytes.starts_with(b"Creative Voice File"), "VOC"),
        (bytes.starts_with(b"TTA1"), "TTA"),
        (bytes.starts_with(b"OggS") && holds(bytes, b"theora"), "Ogg Theora"),
        (bytes.starts_with(&[0, 0, 1, 0xBA]), "MPEG-PS (MPG, VOB)"),
        (is_transport(bytes), "MPEG-TS"),
    ];
    known.into_iter().find(|(fits, _)| *fits).map(|(_, name)| text!("{name}", "{name}"))
}

/// What a file is that is no sound at all.
fn thing(bytes: &[u8]) -> Option<Text> {
    let zip = bytes.starts_with(b"PK\x03\x04");
    let words = str::from_utf8(bytes).ok().or_else(|| {
        // The last character may be cut in the middle.
        (1..4).find_map(|cut| str::from_utf8(bytes.get(..bytes.len().checked_sub(cut)?)?).ok())
    });
    let words = words.filter(|words| !words.contains('\0')).map(|words| words.trim_start_matches('\u{FEFF}'));
    let starts = |start: &str| words.is_some_and(|words| words.trim_start().to_lowercase().starts_with(start));
    let named = [
        (bytes.starts_with(b"%PDF"), text!("tệp PDF", "a PDF document")),
        (zip && holds(bytes, b"word/"), text!("văn bản Word (.docx)", "a Word document (.docx)")),
        (zip && holds(bytes, b"xl/"), text!("bảng tính Excel (.xlsx)", "an Excel sheet (.xlsx)")),
        (zip && holds(bytes, b"ppt/"), text!("tệp trình chiếu (.pptx)", "a presentation (.pptx)")),
        (zip && holds(bytes, b"[Content_Types].xml"), text!("văn bản Office", "an Office document")),
        (zip, text!("tệp nén ZIP", "a ZIP archive")),
        (
            bytes.starts_with(b"\xD0\xCF\x11\xE0"),
            text!("văn bản Office đời cũ (.doc, .xls)", "an old Office document (.doc, .xls)"),
        ),
        (
            bytes.starts_with(b"Rar!") || bytes.starts_with(b"7z\xBC\xAF") || bytes.starts_with(&[0x1F, 0x8B]),
            text!("tệp nén", "an archive"),
        ),
        (
            is_still(bytes)
                || bytes.starts_with(&[0xFF, 0xD8, 0xFF])
                || bytes.starts_with(b"\x89PNG")
                || bytes.starts_with(b"GIF8"),
            text!("tệp ảnh", "a picture"),
        ),
        (
            bytes.starts_with(b"MZ") || bytes.starts_with(b"\x7FELF"),
            text!("chương trình máy tính", "a computer program"),
        ),
        (
            starts("#extm3u") || starts("[playlist]"),
            text!("danh sách phát, chỉ ghi tên các tệp", "a playlist, which only names files"),
        ),
        (starts("<!doctype html") || starts("<html"), text!("trang web", "a web page")),
        (words.is_some(), text!("tệp chữ", "a text file")),
    ];
    named.into_iter().find(|(fits, _)| *fits).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_take_for_a_sound_is_named_with_its_cure() {
        let transport = [[0x47].as_slice(), &[0xFF; 187]].concat().repeat(4);
        let table: [(&[u8], &str, &str); 16] = [
            (&[0; 64], "not_audio", "chép lại từ tệp gốc"),
            (&transport, "unsupported", "MPEG-TS"),
            (b"\0\0\0\x20ftypM4A \0\0\0\0", "truncated", "bị cụt"),
            (b"\0\0\0\x20ftypheic\0\0\0\0", "not_audio", "ảnh"),
            (b"", "not_audio", "trống"),
            (b"%PDF-1.7\n%\xE2\xE3", "not_audio", "PDF"),
            (b"PK\x03\x04....[Content_Types].xml...word/document.xml", "not_audio", ".docx"),
            (b"PK\x03\x04....bai-hat.mp3", "not_audio", "ZIP"),
            (b"#EXTM3U\nbai-hat.mp3\n", "not_audio", "danh sách phát"),
            ("Kính gửi bà con".as_bytes(), "not_audio", "tệp chữ"),
            (b"\xFF\xD8\xFF\xE0", "not_audio", "ảnh"),
            (b"MThd\0\0\0\x06", "unsupported", "MIDI"),
            (b"#!AMR-WB\n", "unsupported", "AMR-WB"),
            (b"0\x26\xB2\x75\x8E\x66\xCF\x11", "unsupported", "WMA"),
            (b"OggS....Speex   1.2", "unsupported", "Speex"),
            (&[1, 2, 3, 0, 200, 201], "not_audio", "không phải tệp âm thanh"),
        ];
        for (bytes, code, word) in table {
            let fault = refusal(bytes);
            assert_eq!(fault.code, code, "{word}");
            assert!(fault.message.vi.contains(word) && fault.message.vi.contains("hãy"), "{}", fault.message.vi);
        }
    }

    #[test]
    fn a_text_cut_in_the_middle_of_a_letter_is_still_a_text() {
        let text = "ư".repeat(3);
        assert!(refusal(&text.as_bytes()[..5]).message.vi.contains("tệp chữ"));
    }
}
