//! Attacks on the papers: by who has one key, an old stick, or any bytes he likes.

use super::*;
use crate::digest::sha256;
use crate::instant::Wall;
use crate::station::BundleRoots;

const DAY: i64 = 86_400;
/// 2026-11-30.
const NOW: i64 = 1_796_000_000;
const HERE: &str = "vn.p01.c003.h00077";

fn key(letter: u8) -> SecretKey {
    SecretKey::of([letter; 32])
}

fn at(days: i64) -> UtcSecond {
    UtcSecond::of(Wall::from_secs(NOW + days * DAY))
}

#[expect(clippy::unnecessary_wraps, reason = "a clock that is believed is one of two")]
fn now(days: i64) -> Option<Wall> {
    Some(at(days).wall())
}

fn place(written: &str) -> Locality {
    Locality::read(written).unwrap()
}

/// The roots are the keys 1, 2 and 3, and two of them sign.
fn roots() -> BundleRoots {
    let keys = [1, 2, 3].map(|letter| key(letter).public().as_str().to_owned()).to_vec();
    BundleRoots { place: HERE.to_owned(), keys, needed: 2 }
}

fn known(letter: u8, name: &str, may: &[Purpose], scope: &str) -> KnownKey {
    let may = may.iter().copied().collect();
    KnownKey { name: name.to_owned(), key: key(letter).public(), may, scope: vec![place(scope)], not_after: None }
}

fn list(version: u64) -> KeyList {
    KeyList {
        format: FORMAT,
        kind: "keys".to_owned(),
        place: place("vn.p01"),
        version,
        made: at(-10),
        not_after: at(300),
        roots: [1, 2, 3].map(|letter| key(letter).public()).to_vec(),
        needed: 2,
        signers: [(Purpose::Rules, 2)].into(),
        keys: vec![
            known(10, "xã", &[Purpose::Schedule, Purpose::Rules], "vn.p01.c003"),
            known(11, "huyện", &[Purpose::Rules], "vn.p01"),
            known(12, "phòng chống lụt bão", &[Purpose::Emergency, Purpose::Schedule], "vn.p01"),
            known(13, "phần mềm", &[Purpose::Software], "vn"),
            known(14, "xã bên", &[Purpose::Schedule], "vn.p01.c004"),
        ]
        .into_iter()
        .filter(|key| list_place().covers(&key.scope[0]))
        .collect(),
    }
}

fn list_place() -> Locality {
    place("vn.p01")
}

fn paper(list: &KeyList, signers: &[u8]) -> Endorsed {
    let mut paper = Endorsed::new(serde_json::to_string(list).unwrap());
    for letter in signers {
        paper.sign(Signing::Keys, &key(*letter));
    }
    paper
}

fn revoked(version: u64, keys: &[u8], signers: &[u8]) -> Endorsed {
    let keys = keys.iter().map(|letter| RevokedKey { key: key(*letter).public(), why: String::new() }).collect();
    let list =
        Revocations { format: FORMAT, kind: "revoked".to_owned(), place: list_place(), version, made: at(-5), keys };
    let mut paper = Endorsed::new(serde_json::to_string(&list).unwrap());
    for letter in signers {
        paper.sign(Signing::Revoked, &key(*letter));
    }
    paper
}

fn manifest(version: u64) -> Manifest {
    let text = b"[[broadcast]]\n";
    Manifest {
        format: FORMAT,
        kind: "bundle".to_owned(),
        title: "Tuần 49".to_owned(),
        place: place("vn.p01.c003"),
        scope: vec![place("vn.p01.c003")],
        purposes: [Purpose::Schedule].into(),
        version,
        made: at(-1),
        not_after: at(30),
        files: vec![BundleFile {
            path: "schedules/xa.toml".to_owned(),
            bytes: text.len() as u64,
            sha256: sha256(text),
            sound: None,
        }],
    }
}

fn signed(manifest: &Manifest, signers: &[u8]) -> Endorsed {
    let mut paper = Endorsed::new(serde_json::to_string(manifest).unwrap());
    for letter in signers {
        paper.sign(Signing::Manifest, &key(*letter));
    }
    paper
}

/// A box that has had its list of keys.
fn knowing() -> Trusted {
    Trusted::default().learn(&roots(), &[paper(&list(1), &[1, 2])], None).unwrap()
}

fn why(trusted: &Trusted, paper: &Endorsed) -> &'static str {
    code(trusted.admit(&roots(), paper, now(0)))
}

fn code<T>(result: Result<T, Rejection>) -> &'static str {
    result.map_or_else(|why| why.code(), |_| "taken")
}

#[test]
fn only_what_a_known_key_signs_for_its_purpose_and_place_is_taken() {
    let trusted = knowing();
    let plain = manifest(7);
    assert_eq!(why(&trusted, &signed(&plain, &[10])), "taken");
    assert_eq!(why(&trusted, &signed(&plain, &[])), "bundle_unsigned");
    assert_eq!(why(&trusted, &signed(&plain, &[99])), "bundle_unknown_key");
    assert_eq!(why(&trusted, &signed(&plain, &[11])), "bundle_wrong_purpose");
    assert_eq!(why(&trusted, &signed(&plain, &[14])), "bundle_wrong_scope");
    // The roots sign keys, and nothing that sounds.
    assert_eq!(why(&trusted, &signed(&plain, &[1, 2, 3])), "bundle_unknown_key");
    // A stranger's signature beside a true one takes nothing from it.
    assert_eq!(why(&trusted, &signed(&plain, &[99, 10])), "taken");
    let emergency = Manifest { purposes: [Purpose::Schedule, Purpose::Emergency].into(), ..plain.clone() };
    assert_eq!(why(&trusted, &signed(&emergency, &[10])), "bundle_wrong_purpose");
    assert_eq!(why(&trusted, &signed(&emergency, &[12])), "taken");
    let rules = Manifest { purposes: [Purpose::Schedule, Purpose::Rules].into(), ..plain.clone() };
    assert_eq!(why(&trusted, &signed(&rules, &[10])), "bundle_too_few");
    assert_eq!(why(&trusted, &signed(&rules, &[10, 11])), "taken");
    // One person with one key cannot sign for two.
    let mut twice = signed(&rules, &[10]);
    twice.signatures.push(twice.signatures[0].clone());
    assert_eq!(why(&trusted, &twice), "bundle_too_few");
    let neighbour = Manifest { scope: vec![place("vn.p01.c004")], place: place("vn.p01.c004"), ..plain.clone() };
    assert_eq!(why(&trusted, &signed(&neighbour, &[14])), "bundle_other_place");
    // Wider than its key: a commune does not send to the province, nor in the province's name.
    let wide = Manifest { scope: vec![place("vn.p01")], place: place("vn.p01"), ..plain.clone() };
    assert_eq!(why(&trusted, &signed(&wide, &[10])), "bundle_wrong_scope");
    let posing = Manifest { place: place("vn.p01"), ..plain.clone() };
    assert_eq!(why(&trusted, &signed(&posing, &[10])), "bundle_wrong_scope");
    let software = Manifest { purposes: [Purpose::Software].into(), ..plain };
    assert_ne!(why(&trusted, &signed(&software, &[10])), "taken");
}

#[test]
fn a_key_for_software_brings_no_schedule_and_a_key_for_schedules_no_software() {
    let mut own = list(1);
    own.keys.push(known(15, "phần mềm của tỉnh", &[Purpose::Software], "vn.p01"));
    let trusted = Trusted::default().learn(&roots(), &[paper(&own, &[1, 2])], None).unwrap();
    let schedule = manifest(7);
    assert_eq!(why(&trusted, &signed(&schedule, &[15])), "bundle_wrong_purpose");
    let software = Manifest { purposes: [Purpose::Software].into(), ..schedule.clone() };
    assert_eq!(why(&trusted, &signed(&software, &[10])), "bundle_wrong_purpose");
    // Each with his own in one bundle: every purpose needs a key of its own.
    let both = Manifest { purposes: [Purpose::Schedule, Purpose::Software].into(), ..schedule.clone() };
    for signer in [10, 15] {
        assert_eq!(why(&trusted, &signed(&both, &[signer])), "bundle_wrong_purpose", "{signer}");
    }
    // No box takes software from a bundle yet, whoever signs it.
    assert_eq!(why(&trusted, &signed(&software, &[15])), "bundle_not_here");
    assert_eq!(why(&trusted, &signed(&both, &[10, 15])), "bundle_not_here");
    assert_eq!(why(&trusted, &signed(&schedule, &[10])), "taken");
}

#[test]
fn a_box_without_roots_or_without_a_list_takes_nothing() {
    let paper = signed(&manifest(1), &[10]);
    assert_eq!(code(knowing().admit(&BundleRoots::default(), &paper, now(0))), "bundle_no_roots");
    assert_eq!(why(&Trusted::default(), &paper), "bundle_no_keys");
}

#[test]
fn a_signature_is_for_its_very_text_and_for_one_kind_of_paper() {
    let trusted = knowing();
    let good = signed(&manifest(7), &[10]);
    // Every byte of the text, every digit of the signature.
    for place in 0..good.text.len() {
        let mut text = good.text.clone().into_bytes();
        text[place] ^= 1;
        let Ok(text) = String::from_utf8(text) else { continue };
        assert_ne!(why(&trusted, &Endorsed { text, ..good.clone() }), "taken", "{place}");
    }
    let digits = good.signatures[0].signature.clone();
    for place in 0..digits.len() {
        let other = if digits.as_bytes()[place] == b'0' { "1" } else { "0" };
        let mut bad = good.clone();
        bad.signatures[0].signature.replace_range(place..=place, other);
        assert_eq!(why(&trusted, &bad), "bundle_unsigned", "{place}");
    }
    // White space means the same as JSON, and is another text.
    assert_eq!(why(&trusted, &Endorsed { text: good.text.replace(',', ", "), ..good.clone() }), "bundle_unsigned");
    // The same key has signed the same text as another kind of paper.
    for context in [Signing::Keys, Signing::Revoked, Signing::Report] {
        let mut paper = Endorsed::new(good.text.clone());
        paper.sign(context, &key(10));
        assert_eq!(why(&trusted, &paper), "bundle_unsigned");
    }
}

#[test]
fn a_second_form_of_a_true_signature_is_none() {
    // S + L is the same number to who does not look: RFC 8032 forbids it, and verify_strict refuses it.
    const L: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut bad = signed(&manifest(7), &[10]);
    let hex = bad.signatures[0].signature.clone();
    let mut bytes: Vec<u8> = (0..64).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect();
    let mut carry = 0;
    for (byte, more) in bytes[32..].iter_mut().zip(L) {
        let sum = u16::from(*byte) + u16::from(more) + carry;
        (*byte, carry) = (sum as u8, sum >> 8);
    }
    bad.signatures[0].signature = crate::digest::hex(&bytes);
    assert_eq!(why(&knowing(), &bad), "bundle_unsigned");
    // Points of small order would make one signature true for every text.
    let neutral = format!("01{}", "0".repeat(62));
    assert_eq!(PublicKey::read(&neutral), None);
    assert_eq!(PublicKey::read(&"0".repeat(64)), None);
    assert_eq!(PublicKey::read(&"f".repeat(64)), None);
}

#[test]
fn an_older_bundle_is_refused_and_the_number_of_one_key_binds_no_other() {
    let mut trusted = knowing();
    trusted.took(&trusted.admit(&roots(), &signed(&manifest(7), &[10]), now(0)).unwrap());
    assert_eq!(why(&trusted, &signed(&manifest(6), &[10])), "bundle_older");
    let said = Rejection::Older(7, 6).text(&jiff::tz::TimeZone::UTC).vi;
    for part in ["đã nhận gói số 7", "gói này là số 6", "không cài gói này", "--number 8"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let again = trusted.admit(&roots(), &signed(&manifest(7), &[10]), now(0)).unwrap();
    assert!(again.again);
    let other = Manifest { title: "khác".to_owned(), ..manifest(7) };
    assert_eq!(why(&trusted, &signed(&other, &[10])), "bundle_twice_numbered");
    // A stranger signs an old one too: the true signature on it is still old.
    assert_eq!(why(&trusted, &signed(&manifest(6), &[99, 10])), "bundle_older");
    // Fast-forward: whoever has stolen the key has used up its numbers, and no other key's.
    let last = (1 << 53) - 1;
    trusted.took(&trusted.admit(&roots(), &signed(&manifest(last), &[10]), now(0)).unwrap());
    assert_eq!(why(&trusted, &signed(&manifest(8), &[10])), "bundle_older");
    assert_eq!(why(&trusted, &signed(&manifest(8), &[12])), "taken");
    assert_ne!(why(&trusted, &signed(&manifest(last + 1), &[10])), "taken");
    // The roots give the commune another key, and all is well.
    let mut second = list(2);
    second.keys[0].key = key(20).public();
    let revoked = revoked(1, &[10], &[2, 3]);
    let mended = trusted.learn(&roots(), &[paper(&second, &[1, 3])], Some(&revoked)).unwrap();
    assert_eq!(why(&mended, &signed(&manifest(8), &[20])), "taken");
    assert_eq!(why(&mended, &signed(&manifest(8), &[10])), "bundle_revoked_key");
}

#[test]
fn papers_of_different_days_do_not_mix_into_more_than_each() {
    let both = Manifest { purposes: [Purpose::Schedule, Purpose::Rules].into(), ..manifest(9) };
    let mut trusted = knowing();
    trusted.took(&trusted.admit(&roots(), &signed(&both, &[10, 11]), now(0)).unwrap());
    // The signature of one paper under the text of another.
    let mut mixed = signed(&Manifest { version: 10, ..both.clone() }, &[10]);
    mixed.signatures.extend(signed(&both, &[11]).signatures);
    assert_eq!(why(&trusted, &mixed), "bundle_too_few");
    // Without the second signature it is only what the first may.
    let alone = Manifest { purposes: [Purpose::Schedule].into(), version: 8, ..both };
    assert_eq!(why(&trusted, &signed(&alone, &[10])), "bundle_older");
    // An old list of keys, in which a key was allowed more, changes nothing any more.
    let mut generous = list(1);
    generous.keys[0].may = Purpose::ALL.into();
    let newer = Trusted::default().learn(&roots(), &[paper(&list(2), &[1, 2])], None).unwrap();
    let after = newer.learn(&roots(), &[paper(&generous, &[1, 2])], None).unwrap();
    let emergency = Manifest { purposes: [Purpose::Emergency].into(), ..manifest(1) };
    assert_eq!(why(&after, &signed(&emergency, &[10])), "bundle_wrong_purpose");
    assert_eq!(after, newer);
}

#[test]
fn expiry_binds_what_comes_and_not_what_was_taken() {
    let mut trusted = knowing();
    let paper = signed(&manifest(7), &[10]);
    let admit = |trusted: &Trusted, days| code(trusted.admit(&roots(), &paper, now(days)));
    assert_eq!((admit(&trusted, 29), admit(&trusted, 31)), ("taken", "bundle_expired"));
    trusted.took(&trusted.admit(&roots(), &paper, now(0)).unwrap());
    assert_eq!(admit(&trusted, 400), "taken", "the stick that comes again says nothing new");
    // A list that is too old lets nothing new in.
    let far = Manifest { made: at(200), not_after: at(500), ..manifest(8) };
    assert_eq!(code(trusted.admit(&roots(), &signed(&far, &[10]), now(301))), "bundle_old_keys");
    let mut short = list(2);
    short.keys[0].not_after = Some(at(3));
    let short = trusted.learn(&roots(), &[paper_of(&short, &[1, 2])], None).unwrap();
    let next = signed(&manifest(8), &[10]);
    assert_eq!(code(short.admit(&roots(), &next, now(2))), "taken");
    assert_eq!(code(short.admit(&roots(), &next, now(4))), "bundle_expired_key");
}

#[test]
fn a_clock_that_is_set_back_or_not_believed_is_no_earlier_than_the_newest_paper_of_the_roots() {
    let old = signed(&Manifest { made: at(-40), not_after: at(-20), ..manifest(7) }, &[10]);
    let trusted = knowing();
    let admit = |now| code(trusted.admit(&roots(), &old, now));
    // The list of keys was made ten days ago; the clock says it were last year.
    assert_eq!(admit(now(-300)), "bundle_expired");
    assert_eq!(admit(None), "bundle_expired", "no clock at all");
    assert_eq!(code(trusted.admit(&roots(), &signed(&manifest(7), &[10]), None)), "taken");
    // Set forward and believed: nothing more is taken, and the reason names the date.
    assert_eq!(code(trusted.admit(&roots(), &signed(&manifest(7), &[10]), now(3_000))), "bundle_old_keys");
    // A stolen key says that it is the year 2100; no other key's papers age by it.
    let mut trusted = knowing();
    let far = Manifest { made: at(27_000), not_after: at(27_100), ..manifest(7) };
    trusted.took(&trusted.admit(&roots(), &signed(&far, &[10]), now(0)).unwrap());
    assert_eq!(code(trusted.admit(&roots(), &signed(&manifest(8), &[12]), now(0))), "taken");
}

#[test]
fn a_list_of_keys_needs_the_roots_and_new_roots_need_the_old_ones() {
    let learn =
        |trusted: &Trusted, list: &KeyList, signers: &[u8]| trusted.learn(&roots(), &[paper(list, signers)], None);
    let empty = Trusted::default();
    assert_eq!(code(learn(&empty, &list(1), &[1, 2])), "taken");
    for signers in [&[][..], &[1], &[1, 1], &[1, 10], &[10, 11, 12], &[1, 99]] {
        assert_eq!(code(learn(&empty, &list(1), signers)), "bundle_roots_unsigned", "{signers:?}");
    }
    let trusted = knowing();
    let turned = KeyList { roots: [4, 5, 6].map(|letter| key(letter).public()).to_vec(), ..list(2) };
    for signers in [&[4, 5, 6][..], &[1, 2], &[1, 4, 5], &[1, 2, 4]] {
        assert_eq!(code(learn(&trusted, &turned, signers)), "bundle_roots_unsigned", "{signers:?}");
    }
    let after = learn(&trusted, &turned, &[1, 2, 4, 5]).unwrap();
    // From now on the new ones sign, and the old ones do not.
    assert_eq!(code(learn(&after, &KeyList { version: 3, ..turned.clone() }, &[1, 2])), "bundle_roots_unsigned");
    assert_eq!(code(learn(&after, &KeyList { version: 3, ..turned.clone() }, &[5, 6])), "taken");
    // A box that has slept through it takes both lists from one stick, whatever their order.
    let third = KeyList { version: 3, ..turned.clone() };
    let both = [paper(&third, &[5, 6]), paper(&turned, &[1, 2, 4, 5])];
    assert_eq!(code(empty.learn(&roots(), &both, None)), "taken");
    assert_eq!(
        code(learn(&trusted, &Box::new(KeyList { version: 1, made: at(-2), ..list(1) }), &[1, 2])),
        "bundle_twice_numbered"
    );
    assert_eq!(
        code(learn(&empty, &KeyList { place: place("vn.p02"), keys: vec![], ..list(1) }, &[1, 2])),
        "bundle_other_place"
    );
    // One root alone is never enough, and a root signs nothing else.
    for bad in [
        KeyList { needed: 1, ..list(1) },
        KeyList { needed: 4, ..list(1) },
        KeyList { roots: vec![key(1).public(), key(1).public(), key(2).public()], ..list(1) },
        KeyList { keys: vec![known(1, "x", &[Purpose::Schedule], "vn.p01")], ..list(1) },
        KeyList { keys: vec![known(9, "x", &[Purpose::Schedule], "vn")], ..list(1) },
        KeyList { format: 2, ..list(1) },
        KeyList { kind: "revoked".to_owned(), ..list(1) },
    ] {
        assert_ne!(code(learn(&empty, &bad, &[1, 2, 3])), "taken", "{bad:?}");
    }
    // Other roots in loa.toml: what the old ones said is void, and the numbers of the keys stay.
    let mut trusted = knowing();
    trusted.took(&trusted.admit(&roots(), &signed(&manifest(7), &[10]), now(0)).unwrap());
    let others = BundleRoots { keys: turned.roots.iter().map(|key| key.as_str().to_owned()).collect(), ..roots() };
    assert_eq!(code(trusted.under(&others).admit(&others, &signed(&manifest(8), &[10]), now(0))), "bundle_no_keys");
    assert_eq!(trusted.under(&others).versions().count(), 1);
}

#[test]
fn what_was_revoked_once_stays_so() {
    let trusted = knowing();
    let learn = |trusted: &Trusted, paper: &Endorsed| trusted.learn(&roots(), &[], Some(paper));
    assert_eq!(code(learn(&trusted, &revoked(2, &[10], &[1]))), "bundle_roots_unsigned");
    let after = learn(&trusted, &revoked(2, &[10], &[1, 3])).unwrap();
    assert_eq!(why(&after, &signed(&manifest(7), &[10])), "bundle_revoked_key");
    // An older paper, a newer one that forgets it, a list that names it again.
    for paper in [revoked(1, &[], &[1, 2]), revoked(3, &[], &[1, 2])] {
        assert_eq!(why(&learn(&after, &paper).unwrap(), &signed(&manifest(7), &[10])), "bundle_revoked_key");
    }
    let named = after.learn(&roots(), &[paper_of(&list(5), &[1, 2])], None).unwrap();
    assert_eq!(why(&named, &signed(&manifest(7), &[10])), "bundle_revoked_key");
    assert_eq!(code(learn(&after, &revoked(2, &[11], &[1, 3]))), "bundle_twice_numbered");
    // A root that was revoked signs no list any more.
    let fewer = learn(&after, &revoked(4, &[1], &[2, 3])).unwrap();
    assert_eq!(code(fewer.learn(&roots(), &[paper_of(&list(6), &[1, 2])], None)), "bundle_roots_unsigned");
}

#[test]
fn a_manifest_that_could_not_be_is_none() {
    let file = |path: &str| BundleFile { path: path.to_owned(), ..manifest(1).files[0].clone() };
    let sound = |facts: SoundFacts| BundleFile { sound: Some(facts), ..file("audio/a.mp3") };
    let facts = SoundFacts { frames: 48_000, rate: 48_000, channels: 1, codec: "mp3".to_owned(), loudness: None };
    let of = |files: Vec<BundleFile>| Manifest { files, ..manifest(1) };
    let read = |manifest: &Manifest| Manifest::read(&serde_json::to_string(manifest).unwrap());
    assert_eq!(
        code(read(&of(vec![file("schedules/a.toml"), sound(facts.clone())]))),
        "bundle_foreign",
        "one content, two lengths or kinds"
    );
    let mut other = sound(facts.clone());
    other.sha256 = sha256(b"x");
    assert_eq!(code(read(&of(vec![file("schedules/a.toml"), other.clone()]))), "taken");
    for (files, why) in [
        (vec![file("schedules/../loa.toml")], "a way out"),
        (vec![file("loa.toml")], "the station"),
        (vec![file("schedules/a.toml"), file("schedules/a.toml")], "twice"),
        (vec![file("schedules/a.toml"), file("schedules/A.toml")], "twice on a stick"),
        (vec![file("audio/a.mp3")], "a sound of which nothing is said"),
        (vec![BundleFile { sound: Some(facts.clone()), ..file("schedules/a.toml") }], "a schedule that sounds"),
        (vec![BundleFile { sha256: "0".to_owned(), ..file("schedules/a.toml") }], "no digest"),
        (vec![BundleFile { sha256: sha256(b"x").to_uppercase(), ..file("schedules/a.toml") }], "another digest"),
        (vec![BundleFile { bytes: 3 << 20, ..file("schedules/a.toml") }], "a schedule too large"),
        (vec![BundleFile { sound: Some(SoundFacts { rate: 0, ..facts.clone() }), ..other.clone() }], "no rate"),
        (vec![BundleFile { sound: Some(SoundFacts { frames: u64::MAX, ..facts }), ..other.clone() }], "for ever"),
    ] {
        assert_ne!(code(read(&of(files))), "taken", "{why}");
    }
    let large: Vec<BundleFile> = (0..3)
        .map(|at| BundleFile {
            bytes: 2_000_000_000,
            path: format!("audio/{at}.mp3"),
            sha256: sha256(&[at]),
            ..other.clone()
        })
        .collect();
    assert_eq!(code(read(&of(large))), "bundle_too_large");
    let huge = |at: u8| BundleFile {
        bytes: u64::MAX,
        path: format!("audio/{at}.mp3"),
        sha256: sha256(&[at]),
        ..other.clone()
    };
    assert_eq!(code(read(&of(vec![huge(1), huge(2)]))), "bundle_too_large");
    for bad in [
        Manifest { scope: vec![], ..manifest(1) },
        Manifest { scope: vec![place("vn.p02")], ..manifest(1) },
        Manifest { purposes: [].into(), ..manifest(1) },
        Manifest { not_after: at(-2), ..manifest(1) },
        Manifest { not_after: at(500), ..manifest(1) },
        Manifest { kind: "keys".to_owned(), ..manifest(1) },
        Manifest { title: "x".repeat(500), ..manifest(1) },
        manifest(0),
    ] {
        assert_eq!(code(read(&bad)), "bundle_foreign", "{bad:?}");
    }
    assert_eq!(code(read(&Manifest { format: 2, ..manifest(1) })), "bundle_new_form");
    // A key that stands twice, of which two readers might take two.
    let twice = serde_json::to_string(&manifest(1)).unwrap().replacen("{\"format\"", "{\"version\":1,\"format\"", 1);
    assert_eq!(code(Manifest::read(&twice)), "bundle_foreign");
}

mod archive {
    use std::io::Cursor;

    use super::*;

    const TEXT: &[u8] = b"[[broadcast]]\n";

    fn freight() -> Freight {
        Freight {
            manifest: signed(&manifest(7), &[10]),
            keys: vec![paper(&list(1), &[1, 2])],
            revoked: Some(revoked(1, &[], &[1, 2])),
        }
    }

    fn packed() -> Vec<u8> {
        let mut bytes = Vec::new();
        pack(&mut bytes, &freight(), |_| Ok(Cursor::new(TEXT))).unwrap();
        bytes
    }

    /// All that is in it, in the way an installer reads it.
    fn read(bytes: &[u8]) -> Result<(Freight, Vec<u8>), Rejection> {
        let (freight, mut parcel) = Parcel::open(bytes)?;
        let mut out = Vec::new();
        for file in Manifest::read(&freight.manifest.text)?.contents() {
            parcel.take(file, &mut out).map_err(|why| match why {
                Unpacked::Bundle(why) => why,
                Unpacked::Disk(error) => panic!("{error}"),
            })?;
        }
        parcel.end()?;
        Ok((freight, out))
    }

    #[test]
    fn a_bundle_is_a_tar_archive_and_reads_back() {
        let bytes = packed();
        let (back, out) = read(&bytes).unwrap();
        assert_eq!((back, out.as_slice()), (freight(), TEXT));
        let mut archive = tar::Archive::new(&bytes[..]);
        let names: Vec<String> =
            archive.entries().unwrap().map(|entry| entry.unwrap().path().unwrap().display().to_string()).collect();
        let last = format!("files/{}", sha256(TEXT));
        let wanted =
            ["manifest.json", "manifest.sig", "keys-1.json", "keys-1.sig", "revoked.json", "revoked.sig", &last];
        assert_eq!(names, wanted);
    }

    #[test]
    fn one_that_is_cut_off_anywhere_or_changed_anywhere_is_refused() {
        let bytes = packed();
        let trusted = knowing();
        for end in 0..bytes.len() {
            let why = code(read(&bytes[..end]));
            assert!(matches!(why, "bundle_truncated" | "bundle_none"), "{end}: {why}");
        }
        let mut longer = bytes.clone();
        longer.push(0);
        assert_eq!(code(read(&longer)), "bundle_foreign");
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 0x20;
            // What can be read is not signed any more, or only a signature beside the true ones is another.
            let admitted = read(&changed).and_then(|(freight, out)| {
                assert_eq!(out, TEXT, "{place}");
                trusted.learn(&roots(), &freight.keys, freight.revoked.as_ref())?;
                trusted.admit(&roots(), &freight.manifest, now(0))
            });
            if let Ok(admitted) = admitted {
                assert_eq!(admitted.manifest, manifest(7), "{place}");
            }
        }
    }

    #[test]
    fn entries_that_no_bundle_has_are_refused() {
        let freight = freight();
        let signatures = serde_json::to_string(&freight.manifest.signatures).unwrap();
        let build = |fill: &dyn Fn(&mut tar::Builder<Vec<u8>>)| {
            let mut builder = tar::Builder::new(Vec::new());
            fill(&mut builder);
            builder.into_inner().unwrap()
        };
        let add = |builder: &mut tar::Builder<Vec<u8>>, name: &str, bytes: &[u8], kind: tar::EntryType| {
            let mut header = tar::Header::new_ustar();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            header.set_entry_type(kind);
            let as_bytes = name.as_bytes();
            header.as_mut_bytes()[..as_bytes.len()].copy_from_slice(as_bytes);
            header.set_cksum();
            builder.append(&header, bytes).unwrap();
        };
        let file = tar::EntryType::Regular;
        // Made by another program, with the very same papers: not in the one form that there is.
        let foreign = build(&|builder| {
            add(builder, "manifest.json", freight.manifest.text.as_bytes(), file);
            add(builder, "manifest.sig", signatures.as_bytes(), file);
        });
        assert_eq!(code(read(&foreign)), "bundle_none");
        // Behind true papers: a way out, a link, a device, a second manifest, a file that nobody named.
        let bytes = packed();
        let end = bytes.len() - 1024;
        let content = end - 1024;
        for (name, kind) in [
            ("../../etc/cron.d/x", file),
            ("/etc/passwd", file),
            ("manifest.json", file),
            ("manifest.sig", file),
            ("files/x", tar::EntryType::Symlink),
            ("files/x", tar::EntryType::Link),
            ("files/x", tar::EntryType::Char),
            ("files/x", tar::EntryType::Fifo),
            ("files/x", tar::EntryType::Directory),
            ("autorun.inf", file),
        ] {
            let more = build(&|builder| add(builder, name, b"", kind));
            for at in [content, end] {
                let mut bad = bytes[..at].to_vec();
                bad.extend(&more[..512]);
                bad.extend(&bytes[at..]);
                assert_eq!(code(read(&bad)), "bundle_foreign", "{name} {kind:?} at {at}");
            }
        }
        // The content twice.
        let mut twice = bytes[..end].to_vec();
        twice.extend(&bytes[content..]);
        assert_eq!(code(read(&twice)), "bundle_foreign");
    }

    #[test]
    fn lengths_that_promise_more_than_there_is_cost_nothing() {
        let bytes = packed();
        // Eight gigabytes of manifest, of signatures.
        for at in [0, 512 + freight().manifest.text.len().next_multiple_of(512)] {
            let mut bad = bytes.clone();
            bad[at + 124..at + 135].copy_from_slice(b"77777777777");
            let block = &mut bad[at..at + 512];
            block[148..156].fill(b' ');
            let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
            block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
            assert_eq!(code(read(&bad)), "bundle_too_large", "{at}");
        }
        assert_eq!(code(read(b"")), "bundle_truncated");
        assert_eq!(code(read(&[0; 4096])), "bundle_none");
        assert_eq!(code(read(&[0xff; 4096])), "bundle_none");
    }

    #[test]
    fn another_signature_is_put_on_without_touching_what_is_in_it() {
        let bytes = packed();
        let (mut freight, mut parcel) = Parcel::open(&bytes[..]).unwrap();
        freight.manifest.sign(Signing::Manifest, &key(11));
        let mut out = Vec::new();
        repack(&mut out, &freight, &mut parcel).unwrap();
        let (back, content) = read(&out).unwrap();
        assert_eq!((back.manifest.signers(Signing::Manifest).len(), content.as_slice()), (2, TEXT));
    }
}

/// [`paper`], where a paper of another kind has its name.
fn paper_of(list: &KeyList, signers: &[u8]) -> Endorsed {
    paper(list, signers)
}

fn alarms(version: u64, place_of: &str, signers: &[u8], change: impl FnOnce(&mut AlarmPaper)) -> Endorsed {
    let alarm = CentreAlarm {
        id: "a1".to_owned(),
        title: "Lũ".to_owned(),
        sound: "canh-bao-lu".to_owned(),
        times: 3,
        tone: true,
        made: at(0),
        expires: UtcSecond::of(Wall::from_secs(NOW + 3_600)),
    };
    let (format, kind) = (FORMAT, "alarms".to_owned());
    let mut paper = AlarmPaper { format, kind, place: place(place_of), version, made: at(0), alarms: vec![alarm] };
    change(&mut paper);
    let mut paper = Endorsed::new(serde_json::to_string(&paper).unwrap());
    for letter in signers {
        paper.sign(Signing::Alarms, &key(*letter));
    }
    paper
}

#[test]
fn alarms_count_by_a_key_for_emergencies_for_this_place_and_by_the_newest_number() {
    let (trusted, here) = (knowing(), place("vn.p01.c003"));
    let seen = (7, sha256(b"another"));
    let why = |paper: &Endorsed, seen: Option<&(u64, String)>| {
        code(trusted.admit_alarms(&roots(), paper, &here, now(0), seen))
    };
    let good = alarms(8, "vn.p01.c003", &[12], |_| {});
    assert_eq!(why(&good, Some(&seen)), "taken");
    assert_eq!(why(&good, Some(&(8, sha256(good.text.as_bytes())))), "taken");
    for (paper, code) in [
        (alarms(8, "vn.p01.c003", &[], |_| {}), "bundle_unsigned"),
        (alarms(8, "vn.p01.c003", &[10], |_| {}), "bundle_wrong_purpose"),
        (alarms(8, "vn.p01.c003", &[99], |_| {}), "bundle_unknown_key"),
        (alarms(8, "vn.p01.c003", &[1, 2], |_| {}), "bundle_unknown_key"),
        (alarms(8, "vn.p02.c003", &[12], |_| {}), "bundle_wrong_scope"),
        (alarms(8, "vn.p01.c004", &[12], |_| {}), "bundle_other_place"),
        (alarms(6, "vn.p01.c003", &[12], |_| {}), "bundle_older"),
        (alarms(7, "vn.p01.c003", &[12], |_| {}), "bundle_twice_numbered"),
    ] {
        assert_eq!(why(&paper, Some(&seen)), code);
    }
    // A signature of a schedule is none of an alarm.
    let mut other = alarms(8, "vn.p01.c003", &[], |_| {});
    other.sign(Signing::Manifest, &key(12));
    assert_eq!(why(&other, None), "bundle_unsigned");
    assert_eq!(code(trusted.admit_alarms(&roots(), &good, &here, now(301), None)), "bundle_old_keys");
    assert_eq!(code(Trusted::default().admit_alarms(&roots(), &good, &here, now(0), None)), "bundle_no_keys");
    let barred = trusted.learn(&roots(), &[], Some(&revoked(1, &[12], &[1, 2]))).unwrap();
    assert_eq!(code(barred.admit_alarms(&roots(), &good, &here, now(0), None)), "bundle_revoked_key");
}

#[test]
fn a_paper_of_alarms_that_could_not_be_is_none() {
    let changes: [fn(&mut AlarmPaper); 11] = [
        |paper| paper.kind = "bundle".to_owned(),
        |paper| paper.version = 0,
        |paper| paper.alarms.push(paper.alarms[0].clone()),
        |paper| paper.alarms[0].id = "a 1".to_owned(),
        |paper| paper.alarms[0].id = String::new(),
        |paper| paper.alarms[0].title = " ".to_owned(),
        |paper| paper.alarms[0].sound = "../loa".to_owned(),
        |paper| paper.alarms[0].times = 21,
        |paper| paper.alarms[0].times = 0,
        |paper| paper.alarms[0].expires = paper.alarms[0].made,
        |paper| paper.alarms[0].expires = at(2),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let paper = alarms(8, "vn.p01.c003", &[12], change);
        assert!(AlarmPaper::read(&paper.text).is_err(), "{number}: {}", paper.text);
    }
    let newer = alarms(8, "vn.p01.c003", &[12], |paper| paper.format = 2);
    assert_eq!(AlarmPaper::read(&newer.text), Err(Rejection::NewForm(2)));
}

#[test]
fn a_letter_has_the_schedules_and_no_sound_and_is_refused_when_it_is_cut_off_anywhere() {
    let (text, sound) = (b"[[broadcast]]\n".to_vec(), vec![7; 40_000]);
    let mut with_sound = manifest(7);
    with_sound.files.push(BundleFile {
        path: "audio/tin.wav".to_owned(),
        bytes: sound.len() as u64,
        sha256: sha256(&sound),
        sound: Some(SoundFacts { frames: 1, rate: 48_000, channels: 1, codec: "pcm".to_owned(), loudness: None }),
    });
    let freight = Freight { manifest: signed(&with_sound, &[10]), keys: vec![paper(&list(1), &[1, 2])], revoked: None };
    let contents = [text.clone(), sound];
    let mut whole = Vec::new();
    let open = |file: &BundleFile| Ok(contents.iter().find(|bytes| sha256(bytes) == file.sha256).unwrap().as_slice());
    pack(&mut whole, &freight, open).unwrap();
    let (freight, mut parcel) = Parcel::open(whole.as_slice()).unwrap();
    let mut sent = Vec::new();
    letter(&mut sent, &freight, &mut parcel).unwrap();
    assert!(sent.len() < 10_000, "{}", sent.len());
    let read = |bytes: &[u8]| {
        let (freight, parcel) = Parcel::open(bytes)?;
        texts(&Manifest::read(&freight.manifest.text)?, parcel)
    };
    assert_eq!(read(&sent).unwrap(), [(sha256(&text), text)].into());
    for end in (0..sent.len()).step_by(97) {
        assert!(read(&sent[..end]).is_err(), "{end}");
    }
    assert!(read(&whole).is_err(), "a whole bundle is none");
}

#[test]
fn what_does_not_begin_as_a_bundle_is_none_however_short() {
    let why = |bytes: &[u8]| Parcel::open(bytes).err().unwrap().code();
    for other in [&b"x"[..], b"PK\x03\x04", b"manifest.txt\0", &[b'a'; 511], &[b'a'; 600], &[0; 600]] {
        assert_eq!(why(other), "bundle_none", "{}", other.len());
    }
    for cut in [&b""[..], b"mani", b"manifest.json\0\0"] {
        assert_eq!(why(cut), "bundle_truncated", "{}", cut.len());
    }
}
