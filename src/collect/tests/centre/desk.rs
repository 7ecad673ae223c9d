//! The register and its papers, without a server.

use std::collections::BTreeMap;
use std::path::Path;

use loa_collect::fleet::{Desk, FleetError, FleetKey, JoinCode, JoinRequest, KeyKind, Register};
use loa_core::instant::Wall;
use loa_core::signature::Locality;

fn place(written: &str) -> Locality {
    Locality::read(written).unwrap()
}

fn desk(dir: &Path, at: i64) -> Desk {
    let now = Wall::from_secs(1_796_000_000 + at);
    if Register::read(dir).is_ok() {
        Desk::open(dir, now).unwrap()
    } else {
        Desk::init(dir, "Tỉnh 01", place("p01"), &["127.0.0.1".to_owned()], false, now).unwrap()
    }
}

#[test]
fn a_place_is_held_by_one_box_and_keeps_its_name_when_the_box_is_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let mut desk = desk(dir.path(), 0);
    let path = place("p01.c003.h00077");
    desk.place(&path, Some("Thôn 7"), &[place("vn.p01.g_school")]).unwrap();
    let zones: Vec<&str> = desk.register.places[&path].zones.iter().map(Locality::as_str).collect();
    assert_eq!(zones, ["vn", "vn.p01", "vn.p01.c003", "vn.p01.c003.h00077", "vn.p01.g_school"]);
    let first = desk.issue(&path).unwrap();
    assert!(matches!(desk.issue(&path), Err(FleetError::Held(_))));
    assert_eq!(desk.revoke(&path, true).unwrap(), first.key);
    assert!(matches!(desk.revoke(&path, true), Err(FleetError::Vacant(_))));
    let second = desk.issue(&path).unwrap();
    assert_ne!(second.key, first.key);
    let known = &desk.register.places[&path];
    assert_eq!((known.title.as_str(), known.former.len(), known.former[0].lost), ("Thôn 7", 1, true));
    assert!(desk.register.revoked().contains_key(&first.key));
    for wrong in ["p02.c1.h1", "p01", "vn.p01.c1"] {
        assert!(matches!(desk.place(&place(wrong), None, &[]), Err(FleetError::Elsewhere(..))), "{wrong}");
    }
}

#[test]
fn a_box_asks_with_the_code_once_and_waits_until_the_letters_are_compared() {
    let dir = tempfile::tempdir().unwrap();
    let path = place("p01.c003.h00077");
    let (key, stranger) = (FleetKey::make(KeyKind::User).unwrap(), FleetKey::make(KeyKind::User).unwrap());
    let (code, late) = {
        let mut desk = desk(dir.path(), 0);
        desk.place(&path, None, &[]).unwrap();
        let (old, _) = desk.invite(&path).unwrap();
        let request = JoinRequest::of(path.clone(), &key, &old);
        let (code, until) = desk.invite(&path).unwrap();
        assert!(matches!(desk.take(&request), Err(FleetError::WrongProof(_))), "the older code is good no more");
        (code, until.seconds() - 1_796_000_000 + 1)
    };
    let request = JoinRequest::of(path.clone(), &key, &code);
    assert!(matches!(desk(dir.path(), late).take(&request), Err(FleetError::CodeOver(_))));
    let mut desk = desk(dir.path(), 60);
    let letters = desk.take(&request).unwrap();
    assert!(matches!(desk.take(&request), Err(FleetError::Waits(_))), "once: it waits already");
    let other = JoinRequest::of(path.clone(), &stranger, &code);
    assert!(matches!(desk.take(&other), Err(FleetError::CodeOver(_))));
    assert!(matches!(desk.accept(&path, "AAAA-AAAA"), Err(FleetError::WrongLetters(_))));
    let issued = desk.accept(&path, &letters.to_lowercase()).unwrap();
    assert_eq!(issued.key, key.public());
    assert!(!issued.text.contains("SEED"), "the seed stays in the box");
    assert!(matches!(desk.accept(&path, &letters), Err(FleetError::Held(_))));
    // It hears a group more: the same key gets a new paper, once, by the same letters.
    desk.place(&path, None, &[place("vn.p01.g_school")]).unwrap();
    assert!(matches!(desk.accept(&path, "AAAA-AAAA"), Err(FleetError::WrongLetters(_))));
    let since = desk.register.places[&path].holder.clone();
    let newer = desk.accept(&path, &letters).unwrap();
    assert!(newer.key == issued.key && newer.text != issued.text && desk.register.places[&path].holder == since);
    assert!(matches!(desk.accept(&path, &letters), Err(FleetError::Held(_))));
    // Once it is revoked, a key is no box's any more, wherever it asks.
    desk.revoke(&path, true).unwrap();
    let elsewhere = place("p01.c003.h00078");
    desk.place(&elsewhere, None, &[]).unwrap();
    for path in [path, elsewhere] {
        let (code, _) = desk.invite(&path).unwrap();
        let again = desk.take(&JoinRequest::of(path.clone(), &key, &code));
        assert!(matches!(again, Err(FleetError::FormerKey(_))), "{again:?}");
        desk.take(&JoinRequest::of(path.clone(), &FleetKey::make(KeyKind::User).unwrap(), &code)).unwrap();
    }
}

#[test]
fn a_key_that_holds_a_place_is_let_in_at_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let mut desk = desk(dir.path(), 0);
    let (own, other, third) = (place("p01.c003.h00077"), place("p01.c003.h00078"), place("p01.c003.h00079"));
    let key = FleetKey::make(KeyKind::User).unwrap();
    let ask = |desk: &mut Desk, path: &Locality, key: &FleetKey| {
        desk.place(path, None, &[]).unwrap();
        let (code, _) = desk.invite(path).unwrap();
        desk.take(&JoinRequest::of(path.clone(), key, &code))
    };
    let letters = ask(&mut desk, &own, &key).unwrap();
    // It asked at the wrong place first: what it holds counts, not where it waits.
    ask(&mut desk, &other, &key).unwrap();
    desk.accept(&own, &letters).unwrap();
    let second = desk.accept(&other, &letters).err().unwrap();
    assert!(matches!(&second, FleetError::HeldElsewhere(place, held) if (place, held) == (&other, &own)), "{second:?}");
    assert!(second.text().vi.contains("--new-key") && second.text().vi.contains(own.as_str()), "{second:?}");
    assert!(matches!(ask(&mut desk, &third, &key), Err(FleetError::HeldElsewhere(..))));
    ask(&mut desk, &third, &FleetKey::make(KeyKind::User).unwrap()).unwrap();
    // As a centre of before let it in at two places: both are cut off, and the other one is named.
    let holder = desk.register.places[&own].holder.clone();
    desk.register.places.get_mut(&other).unwrap().holder = holder;
    desk.revoke(&own, false).unwrap();
    assert_eq!(desk.revived(), [other]);
}

#[test]
fn secrets_are_their_owners_and_a_second_fleet_does_not_overwrite_the_first() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    drop(desk(dir.path(), 0));
    for file in ["fleet.json", "keys/operator.seed", "creds/collector.creds", "servers/p01-n1/nats.conf"] {
        let mode = std::fs::metadata(dir.path().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{file}");
    }
    let now = Wall::from_secs(1_796_000_000);
    let again = Desk::init(dir.path(), "x", place("p01"), &["127.0.0.1".to_owned()], false, now);
    assert!(matches!(again, Err(FleetError::There)));
    for hosts in [&["a", "b"][..], &["a", "a", "b"], &["a b"], &["a:0"], &["a:65000"], &["a;}"]] {
        let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
        let empty = tempfile::tempdir().unwrap();
        let made = Desk::init(empty.path(), "x", place("p01"), &hosts, false, now);
        assert!(matches!(made, Err(FleetError::Servers | FleetError::BadServer(_))), "{hosts:?}");
    }
    let empty = tempfile::tempdir().unwrap();
    let named = Desk::init(empty.path(), "x", place("01"), &["a".to_owned()], false, now);
    assert!(matches!(named, Err(FleetError::Province(_))));
}

#[test]
fn a_code_is_typed_as_people_do_and_a_request_is_good_for_its_place_key_and_code_alone() {
    let code = JoinCode::make().unwrap();
    let shown = code.to_string();
    assert_eq!((shown.len(), JoinCode::read(&shown)), (14, Some(code.clone())));
    assert_eq!(JoinCode::read(&shown.to_lowercase().replace('-', " ").replace('0', "o")), Some(code.clone()));
    for wrong in ["", "7K3M-9QXA", "7K3M-9QXA-T2WB-X", "UUUU-UUUU-UUUU", "ăăăăăăăăăăăă"] {
        assert_eq!(JoinCode::read(wrong), None, "{wrong}");
    }
    let (path, key) = (Locality::read("p01.c003.h1").unwrap(), FleetKey::make(KeyKind::User).unwrap());
    let request = JoinRequest::of(path, &key, &code);
    let line = request.to_string();
    assert!(
        !line.contains(&shown) && !line.contains(&shown.replace('-', "")) && !line.contains(&code.proof()),
        "no secret in it"
    );
    let read = JoinRequest::read(&line.replace(' ', "\n")).unwrap();
    assert!(read == request && read.knows(&code.proof()));
    let other = JoinCode::make().unwrap();
    assert!(!read.knows(&other.proof()));
    let stranger = FleetKey::make(KeyKind::User).unwrap().public();
    for forged in [line.replace("h1", "h2"), line.replace(&key.public(), &stranger)] {
        assert!(!JoinRequest::read(&forged).unwrap().knows(&code.proof()), "{forged}");
    }
    for wrong in ["", "LOA-JOIN:2 a b c", &line.replace("p01", "P 01"), &line.replace(" U", " A")] {
        assert!(JoinRequest::read(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_commune_is_no_station_and_a_place_that_was_a_mistake_is_taken_out_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut desk = desk(dir.path(), 0);
    let (commune, own, other) = (place("p01.c003"), place("p01.c003.h00077"), place("p01.c003.h00078"));
    desk.place(&commune, Some("Xã Đông Giang"), &[]).unwrap();
    assert_eq!(desk.register.stations().count(), 0, "named before any hamlet");
    for path in [&own, &other] {
        desk.place(path, None, &[]).unwrap();
        desk.issue(path).unwrap();
    }
    assert_eq!(desk.register.stations().count(), 2);
    let targets = loa_collect::dispatch::targets(&desk.register, &["p01.c003".to_owned()]).unwrap();
    assert!(targets[0].stations == [own.clone(), other.clone()] && !targets[0].is_wide(), "one commune is one commune");
    // A box stands in a hamlet; a number is written as those beside it are.
    assert!(matches!(desk.invite(&commune), Err(FleetError::NoStation(_))));
    assert!(matches!(Desk::is_for_a_box(&place("p01.c3")), Err(FleetError::NoStation(_))));
    for slip in ["p01.c003.h0007", "p01.c003.h000770", "p01.c03"] {
        assert!(matches!(desk.place(&place(slip), None, &[]), Err(FleetError::Unlike(..))), "{slip}");
    }
    for fine in ["p01.c003.h00079", "p01.c004.h1", "p01.c003.truong-hoc"] {
        desk.place(&place(fine), None, &[]).unwrap();
    }
    let mistake = place("p01.c003.h00079");
    desk.invite(&mistake).unwrap();
    assert!(matches!(desk.remove(&mistake, true), Err(FleetError::Used(_))), "its journal has come");
    desk.remove(&mistake, false).unwrap();
    assert!(!desk.register.places.contains_key(&mistake));
    desk.revoke(&own, false).unwrap();
    assert!(matches!(desk.remove(&own, false), Err(FleetError::Used(_))), "a box stood there");
    let kept = desk.remove(&commune, false).unwrap_err();
    assert!(matches!(&kept, FleetError::Inhabited(_, inner) if *inner == [own.clone(), other.clone()]), "{kept:?}");
    assert!(kept.text().vi.contains("p01.c003.h00078"), "{}", kept.text().vi);
    // One without a box in it was a name, and no more.
    let empty = place("p01.c004");
    desk.place(&empty, Some("Xã ghi nhầm"), &[]).unwrap();
    desk.remove(&empty, false).unwrap();
    assert!(desk.register.places.contains_key(&commune));
    assert_eq!(Register::read(dir.path()).unwrap().stations().count(), 4);
}

#[test]
fn a_code_that_is_out_ends_with_the_key_that_is_issued_or_revoked() {
    let dir = tempfile::tempdir().unwrap();
    let mut desk = desk(dir.path(), 0);
    let path = place("p01.c003.h00077");
    desk.place(&path, None, &[]).unwrap();
    let (code, _) = desk.invite(&path).unwrap();
    let old = JoinRequest::of(path.clone(), &FleetKey::make(KeyKind::User).unwrap(), &code);
    desk.issue(&path).unwrap();
    assert!(matches!(desk.take(&old), Err(FleetError::CodeOver(_))), "it was issued by hand");
    desk.revoke(&path, true).unwrap();
    assert!(matches!(desk.take(&old), Err(FleetError::CodeOver(_))), "it was revoked");
    // A slip that an earlier loa has left with a holder.
    desk.issue(&path).unwrap();
    let file = dir.path().join("fleet.json");
    let mut register: serde_json::Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let until = loa_core::signature::UtcSecond::of(Wall::from_secs(1_796_000_900));
    register["places"][path.as_str()]["invitation"] = serde_json::json!({ "proof": code.proof(), "until": until });
    std::fs::write(&file, register.to_string()).unwrap();
    drop(desk);
    let mut desk = self::desk(dir.path(), 60);
    desk.revoke(&path, true).unwrap();
    assert!(matches!(desk.take(&old), Err(FleetError::CodeOver(_))), "its slip ended with it");
}

#[test]
fn a_key_that_cannot_be_written_holds_no_place() {
    let dir = tempfile::tempdir().unwrap();
    let mut desk = desk(dir.path(), 0);
    let path = place("p01.c003.h00077");
    desk.place(&path, None, &[]).unwrap();
    let failed = desk.issue_into(&path, |_| Err(FleetError::NoRequest));
    assert!(matches!(failed, Err(FleetError::NoRequest)));
    assert!(Register::read(dir.path()).unwrap().places[&path].holder.is_none());
    desk.issue(&path).unwrap();
}

#[test]
fn an_older_register_that_is_put_back_takes_no_revocation_back() {
    let dir = tempfile::tempdir().unwrap();
    let path = place("p01.c003.h00077");
    let (lost, older) = {
        let mut desk = desk(dir.path(), 0);
        desk.place(&path, None, &[]).unwrap();
        (desk.issue(&path).unwrap().key, std::fs::read(dir.path().join("fleet.json")).unwrap())
    };
    desk(dir.path(), 60).revoke(&path, true).unwrap();
    std::fs::write(dir.path().join("fleet.json"), &older).unwrap();
    let mut desk = desk(dir.path(), 120);
    assert!(!desk.register.revoked().contains_key(&lost), "the older register knows nothing of it");
    assert_eq!(desk.remember(&BTreeMap::new()).unwrap(), std::slice::from_ref(&lost));
    assert_eq!(desk.revived(), [path]);
    let nodes = |desk: &Desk| {
        let papers = desk.papers().unwrap();
        let claims = papers.iter().map(|(_, paper)| paper.split('.').nth(1).unwrap().to_owned());
        let read = |claims: String| data_encoding::BASE64URL_NOPAD.decode(claims.as_bytes()).unwrap();
        claims.map(|claims| String::from_utf8(read(claims)).unwrap()).collect::<String>()
    };
    assert!(nodes(&desk).contains(&lost), "the servers are told of it all the same");
    // What the servers alone know: the whole directory is an older copy.
    let other = FleetKey::make(KeyKind::User).unwrap().public();
    let held = [(other.clone(), loa_core::signature::UtcSecond::of(Wall::from_secs(1_796_000_000)))];
    assert_eq!(desk.remember(&BTreeMap::from(held)).unwrap().len(), 2);
    assert!(nodes(&desk).contains(&other));
    drop(desk);
    assert!(nodes(&self::desk(dir.path(), 180)).contains(&other), "it is kept");
}
