//! Sounds with holes in them: no loss goes by without a word, and the word says how much and where.

use std::path::Path;

use loa::audio::examine_bytes;

use super::{ear, pages};

const SECONDS: f64 = 12.0;

fn made(dir: &Path, name: &str, arguments: &[&str]) -> Vec<u8> {
    let source = dir.join("scale.wav");
    ear::write_wav(&source, 44_100, 1, &ear::scale(44_100, SECONDS));
    ear::convert(&source, &dir.join(name), arguments);
    std::fs::read(dir.join(name)).unwrap()
}

const FORMATS: [(&str, &[&str]); 9] = [
    ("cbr.mp3", &["-c:a", "libmp3lame", "-b:a", "64k"]),
    ("vbr.mp3", &["-c:a", "libmp3lame", "-q:a", "4"]),
    ("bare.mp3", &["-c:a", "libmp3lame", "-b:a", "64k", "-write_xing", "0", "-id3v2_version", "0"]),
    ("bare-vbr.mp3", &["-c:a", "libmp3lame", "-q:a", "5", "-write_xing", "0"]),
    ("a.aac", &["-c:a", "aac", "-b:a", "64k"]),
    ("a.m4a", &["-c:a", "aac", "-b:a", "64k"]),
    ("opus.ogg", &["-c:a", "libopus", "-b:a", "48k"]),
    ("vorbis.ogg", &["-c:a", "libvorbis"]),
    ("a.flac", &["-c:a", "flac"]),
];

/// Seconds named in a sentence: "about 3.7 s".
fn named(message: &str) -> f64 {
    let at = message.find("about ").unwrap_or_else(|| panic!("{message}"));
    message[at + 6..].split(' ').next().unwrap().parse().unwrap()
}

#[test]
#[ignore = "long"]
fn a_hole_of_a_word_or_more_is_refused_with_how_much_and_where() {
    let dir = tempfile::tempdir().unwrap();
    for (name, arguments) in FORMATS {
        let whole = made(dir.path(), name, arguments);
        let heard = examine_bytes(whole.clone()).unwrap().measures.seconds;
        for share in [4, 8] {
            let mut holed = whole.clone();
            let (from, size) = (whole.len() / 3, whole.len() / share);
            holed[from..from + size].fill(0);
            let Err(fault) = examine_bytes(holed) else { panic!("{name}: a hole of {size} bytes is not told") };
            assert_eq!(fault.code, "damaged", "{name}: {fault:?}");
            assert!(
                fault.message.vi.contains("thiếu khoảng") && fault.message.vi.contains("phút 0:0"),
                "{name}: {fault:?}"
            );
            let expected = heard / share as f64;
            let missing = named(&fault.message.en);
            // A page of an Ogg is lost whole, at either end of a hole.
            let fits = -0.5 - expected * 0.35..2.2 + expected * 0.35;
            assert!(fits.contains(&(missing - expected)), "{name}: {missing} s of {expected}");
        }
    }
}

#[test]
#[ignore = "long"]
fn a_hole_of_any_size_is_told() {
    let dir = tempfile::tempdir().unwrap();
    for (name, arguments) in FORMATS {
        let whole = made(dir.path(), name, arguments);
        for size in [1_500, 6_000] {
            for part in 2..6 {
                let mut holed = whole.clone();
                let from = whole.len() * part / 7;
                holed[from..from + size].fill(0);
                match examine_bytes(holed) {
                    Ok(measured) => assert!(!measured.measures.lost.is_empty(), "{name}: {size} bytes at {from}"),
                    Err(fault) => assert!(["damaged", "truncated"].contains(&&*fault.code), "{name}: {fault:?}"),
                }
            }
        }
    }
}

#[test]
#[ignore = "long"]
fn a_file_that_ends_early_is_told_with_how_much_is_missing_where_it_says_how_long_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let known: [(&str, &[&str]); 7] = [
        ("a.wav", &["-c:a", "pcm_s16le"]),
        ("a.aiff", &["-c:a", "pcm_s16be"]),
        ("a.caf", &["-c:a", "pcm_s16le"]),
        ("a.mp3", &["-c:a", "libmp3lame", "-b:a", "64k"]),
        ("a.flac", &["-c:a", "flac"]),
        ("front.m4a", &["-c:a", "aac", "-movflags", "faststart"]),
        ("alac.m4a", &["-c:a", "alac", "-movflags", "faststart"]),
    ];
    for (name, arguments) in known {
        let whole = made(dir.path(), name, arguments);
        for share in [3, 6] {
            let cut = whole[..whole.len() - whole.len() / share].to_vec();
            let Err(fault) = examine_bytes(cut) else { panic!("{name} is cut off and taken") };
            assert_eq!(fault.code, "truncated", "{name}: {fault:?}");
            let (missing, expected) = (named(&fault.message.en), SECONDS / share as f64);
            assert!((missing - expected).abs() < 0.6, "{name}: {missing} s of {expected}");
        }
    }
    for (name, arguments) in [("a.ogg", ["-c:a", "libvorbis"]), ("b.ogg", ["-c:a", "libopus"])] {
        let whole = made(dir.path(), name, &arguments);
        for share in 1..9 {
            let fault = examine_bytes(whole[..whole.len() * share / 9].to_vec()).err();
            assert!(fault.is_some_and(|fault| ["truncated", "no_frames"].contains(&&*fault.code)), "{name} {share}");
            let mut emptied = whole.clone();
            emptied[whole.len() * share / 9..].fill(0);
            assert!(examine_bytes(emptied).is_err(), "{name}, {share} ninths, then zeros");
        }
    }
}

#[test]
fn pages_that_are_missing_in_an_ogg_are_told_to_the_frame() {
    let dir = tempfile::tempdir().unwrap();
    let arguments = ["-c:a", "libopus", "-b:a", "48k", "-page_duration", "100000", "-f", "ogg"];
    let whole = pages::split(&made(dir.path(), "a.ogg", &arguments));
    let without = |gone: std::ops::Range<usize>| {
        let left = whole.iter().enumerate().filter(|(at, _)| !gone.contains(at)).map(|(_, page)| page.clone());
        examine_bytes(pages::join(left.collect()))
    };
    let fault = without(40..60).err().unwrap();
    assert!(fault.message.vi.contains("khoảng 2,0 giây") && fault.message.vi.contains("0:03"), "{fault:?}");
    let one = without(40..41).unwrap().measures;
    assert_eq!(one.lost.len(), 1);
    assert!((one.lost[0].to - one.lost[0].from - 0.1).abs() < 0.001, "{:?}", one.lost);
}

/// Where the boxes of the outermost row of an MP4 begin, with their names.
fn boxes(bytes: &[u8]) -> Vec<(usize, [u8; 4])> {
    let (mut found, mut at) = (Vec::new(), 0);
    while at + 8 <= bytes.len() {
        found.push((at, bytes[at + 4..at + 8].try_into().unwrap()));
        at += u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    }
    found
}

#[test]
#[ignore = "long"]
fn a_fragment_or_a_cluster_that_is_missing_in_the_middle_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let films: [(&str, &str); 3] = [
        ("a.mp4", "empty_moov+frag_keyframe"),
        ("b.mp4", "empty_moov+default_base_moof"),
        ("c.mp4", "empty_moov+dash+separate_moof"),
    ];
    for (name, flags) in films {
        let whole = made(dir.path(), name, &["-c:a", "aac", "-movflags", flags, "-frag_duration", "1000000"]);
        assert!(examine_bytes(whole.clone()).unwrap().measures.lost.is_empty(), "{name}");
        let begins: Vec<usize> =
            boxes(&whole).into_iter().filter(|(_, kind)| kind == b"moof").map(|(at, _)| at).collect();
        let fault = examine_bytes([&whole[..begins[3]], &whole[begins[5]..]].concat()).err();
        let fault = fault.unwrap_or_else(|| panic!("{name}: two fragments are missing"));
        assert_eq!(fault.code, "damaged", "{name}: {fault:?}");
        // One that says where in the file its samples lie has them in the wrong place from there on.
        let is_exact =
            name == "a.mp4" || ((1.6..2.4).contains(&named(&fault.message.en)) && fault.message.vi.contains("0:0"));
        assert!(is_exact, "{name}: {fault:?}");
        // One bad place, behind which nothing is where a fragment should begin.
        let middle = whole.len() / 2;
        let mut half = whole.clone();
        half[middle..].fill(0);
        let shorter = [&whole[..middle], &whole[middle + 4_096..]].concat();
        let longer = [&whole[..middle], &[7], &whole[middle..]].concat();
        for bytes in [half, shorter, longer] {
            let fault = examine_bytes(bytes).err().unwrap_or_else(|| panic!("{name}: its second half is gone"));
            assert_eq!(fault.code, "damaged", "{name}: {fault:?}");
        }
    }
    // As a browser records it: nothing has a length of its own.
    for (name, codec) in [("a.webm", "libopus"), ("b.webm", "libvorbis"), ("a.mkv", "aac"), ("b.mkv", "flac")] {
        let kind = if name.ends_with("webm") { "webm" } else { "matroska" };
        let arguments = ["-c:a", codec, "-cluster_time_limit", "1000", "-live", "1", "-f", kind];
        let whole = made(dir.path(), name, &arguments);
        assert!(examine_bytes(whole.clone()).unwrap().measures.lost.is_empty(), "{name}");
        let begins: Vec<usize> =
            (0..whole.len() - 4).filter(|at| whole[*at..].starts_with(b"\x1F\x43\xB6\x75")).collect();
        let fault = examine_bytes([&whole[..begins[3]], &whole[begins[5]..]].concat()).err();
        let fault = fault.unwrap_or_else(|| panic!("{name}: two clusters are missing"));
        assert_eq!(fault.code, "damaged", "{name}: {fault:?}");
        assert!((1.5..2.4).contains(&named(&fault.message.en)), "{name}: {fault:?}");
        let cut = examine_bytes(whole[..whole.len() / 2].to_vec());
        assert!(cut.is_ok_and(|measured| measured.measures.unfinished), "{name} cut in a block");
    }
    let whole = made(dir.path(), "c.webm", &["-c:a", "libopus"]);
    for share in 2..9 {
        let fault = examine_bytes(whole[..whole.len() * share / 9].to_vec()).err();
        assert!(fault.is_some_and(|fault| fault.code == "truncated"), "WebM, {share} ninths");
    }
}

#[test]
#[ignore = "long"]
fn frames_that_are_missing_in_a_flac_are_told_and_a_cut_one_is_never_whole() {
    let dir = tempfile::tempdir().unwrap();
    let whole = made(dir.path(), "a.flac", &["-c:a", "flac"]);
    let mut unknown = whole.clone();
    unknown[21] &= 0xF0;
    unknown[22..26].fill(0);
    for bytes in [&whole, &unknown] {
        let third = bytes.len() / 3;
        let fault = examine_bytes([&bytes[..third], &bytes[2 * third..]].concat()).err().unwrap();
        assert_eq!(fault.code, "damaged");
        assert!((3.5..4.5).contains(&named(&fault.message.en)), "{fault:?}");
    }
    for hundredth in (1..100).step_by(7) {
        let cut = whole.len() * hundredth / 100;
        let refused = match examine_bytes(whole[..cut].to_vec()) {
            Err(fault) => fault.code == "truncated",
            // A tenth of a second is told of.
            Ok(found) => hundredth == 99 && (found.measures.unfinished || !found.measures.lost.is_empty()),
        };
        assert!(refused, "{hundredth} hundredths");
        if hundredth > 10 {
            let measured = examine_bytes(unknown[..cut].to_vec()).unwrap().measures;
            // A checksum that is right by chance makes the half frame one that cannot be decoded.
            assert!(measured.unfinished || !measured.lost.is_empty(), "{hundredth} hundredths, of unknown length");
            let mut emptied = unknown.clone();
            emptied[cut..].fill(0);
            let told = examine_bytes(emptied).map_or(true, |found| !found.measures.lost.is_empty());
            assert!(cut > whole.len() * 95 / 100 || told, "{hundredth} hundredths, then zeros");
        }
    }
}

#[test]
#[ignore = "long"]
fn an_mp3_or_aac_that_stops_in_the_middle_of_a_frame_is_warned_of() {
    let dir = tempfile::tempdir().unwrap();
    let aac = made(dir.path(), "a.aac", &["-c:a", "aac", "-b:a", "64k"]);
    // So many bytes of the last frame are left, down to some of its header.
    let last = (0..aac.len() - 7).rfind(|at| aac[*at..].starts_with(&[0xFF, 0xF1])).unwrap();
    for left in [3, 6, 8] {
        assert!(examine_bytes(aac[..last + left].to_vec()).unwrap().measures.unfinished, "{left} bytes of a frame");
    }
    let whole =
        made(dir.path(), "a.mp3", &["-c:a", "libmp3lame", "-b:a", "64k", "-write_xing", "0", "-id3v2_version", "0"]);
    assert!(!examine_bytes(whole.clone()).unwrap().measures.unfinished);
    let cut = examine_bytes(whole[..whole.len() * 2 / 3 + 50].to_vec()).unwrap().measures;
    assert!(cut.unfinished && cut.lost.is_empty());
}
