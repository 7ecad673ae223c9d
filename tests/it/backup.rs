//! `loa backup` and `loa restore`: a station that goes on elsewhere, and archives that are not what they say.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use loa::fact::{Entry, EntryKind};

use crate::kit::strain::Mount;
use crate::kit::{Said, Station, broadcast_at, whole_second_in};

const STATION: &str = "name = \"Xã Đông Giang\"\n[zones.thon-1]\noutput = \"null\"\nloudness = \"off\"\n";

fn station() -> Station {
    let station = Station::new();
    station
        .write("loa.toml", STATION)
        .write("schedules/sang.toml", "# giữ nguyên\n[[broadcast]]\nid = \"sang\"\nat = \"05:30\"\nplay = \"tin\"\n");
    station.tone("tin.wav", 2.0, 440.0).tone("họp thôn.wav", 1.0, 440.0);
    station
}

fn backup(station: &Station, file: &Path) -> Said {
    station.loa(&["backup", file.to_str().unwrap()])
}

fn restore(station: &Station, file: &Path, dir: &Path) -> Said {
    station.loa(&["restore", file.to_str().unwrap(), "--dir", dir.to_str().unwrap()])
}

#[test]
#[ignore = "long"]
fn a_running_station_goes_on_elsewhere_with_all_it_had() {
    let station = station();
    let second = whole_second_in(2);
    let rules = "[rules]\nhours = [\"00:00-24:00\"]\n";
    station.write("schedules/nay.toml", &format!("{rules}{}", broadcast_at("nay", second, "\"tin\"", "")));
    let daemon = station.run();
    daemon.wait_until("the broadcast is heard", || {
        station.loa(&["journal", "--json"]).rows().iter().any(|row| row["outcome"] == "played")
    });
    let elsewhere = tempfile::tempdir().unwrap();
    let (file, new) = (elsewhere.path().join("dai.tar"), elsewhere.path().join("moi"));
    let said = backup(&station, &file);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains("Xã Đông Giang") && said.out.contains("journal ends with row"), "{}", said.out);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(daemon.end(), 0);

    let told = station.loa(&["backup", file.to_str().unwrap(), "--verify", "--json"]).json();
    let row = told["journal"]["row"].as_u64().unwrap();
    assert!(row > 0, "{told}");
    let said = restore(&station, &file, &new);
    assert_eq!(said.code, 0, "{said:?}");
    for name in ["loa.toml", "schedules/sang.toml", "schedules/nay.toml", "audio/tin.wav", "audio/họp thôn.wav"] {
        assert_eq!(fs::read(new.join(name)).unwrap(), fs::read(station.path(name)).unwrap(), "{name}");
    }
    // The chain is whole, says itself that it goes on from a copy, and holds every row that was there.
    let there = |arguments: &[&str]| station.loa(&[arguments, &["--dir", new.to_str().unwrap()]].concat());
    let head = format!("{row}:{}", told["journal"]["hash"].as_str().unwrap());
    let verified = there(&["journal", "verify", "--against", &head]);
    assert_eq!(verified.code, 0, "{verified:?}");
    let rows = there(&["journal", "--json"]).rows();
    assert_eq!(rows.len() as u64, row + 1);
    assert!(rows.last().unwrap()["reason"].as_str().unwrap().starts_with("station_restored: "), "{rows:?}");
    assert_eq!(there(&["check"]).code, 0);
    assert!(!new.join(".loa-restore").exists() && !new.join("state/loa.sock").exists());
}

#[test]
fn a_station_is_set_up_in_an_empty_place_only() {
    let (station, elsewhere) = (station(), tempfile::tempdir().unwrap());
    let file = elsewhere.path().join("dai.tar");
    assert_eq!(backup(&station, &file).code, 0);
    let refused = restore(&station, &file, station.dir());
    assert!(refused.code == 2 && refused.err.contains("empty place"), "{refused:?}");
    assert!(station.path("audio/tin.wav").exists());
    // What a power cut left of an earlier try is cleared away.
    let new = elsewhere.path().join("moi");
    fs::create_dir_all(new.join(".loa-restore/audio")).unwrap();
    fs::write(new.join(".loa-restore/audio/tin.wav"), "half").unwrap();
    assert_eq!(restore(&station, &file, &new).code, 0);
    assert_eq!(fs::read(new.join("audio/tin.wav")).unwrap(), fs::read(station.path("audio/tin.wav")).unwrap());
}

#[test]
fn a_backup_that_was_cut_or_changed_anywhere_is_refused_and_nothing_is_unpacked() {
    let (station, elsewhere) = (station(), tempfile::tempdir().unwrap());
    let file = elsewhere.path().join("dai.tar");
    assert_eq!(backup(&station, &file).code, 0);
    let whole = fs::read(&file).unwrap();
    let (broken, new) = (elsewhere.path().join("hong.tar"), elsewhere.path().join("moi"));
    let mut tried = Vec::new();
    for tenth in 0..10 {
        tried.push(whole[..whole.len() * tenth / 10].to_vec());
    }
    // A bit in the middle of the sound, in a name, in the list.
    let at = |part: &[u8]| whole.windows(part.len()).position(|one| one == part).unwrap();
    for place in [at(b"RIFF") + 5_000, at(b"audio/"), at(b"\"sha256\"") + 20] {
        let mut other = whole.clone();
        other[place] ^= 1;
        tried.push(other);
    }
    for (ix, bytes) in tried.iter().enumerate() {
        fs::write(&broken, bytes).unwrap();
        let said = restore(&station, &broken, &new);
        assert!(said.code == 1 && !said.err.is_empty(), "{ix}: {said:?}");
        assert!(!new.exists(), "{ix}");
        assert_eq!(station.loa(&["backup", broken.to_str().unwrap(), "--verify"]).code, 1, "{ix}");
    }
}

/// What puts something into an archive.
type Fill = fn(&mut tar::Builder<fs::File>);

#[test]
fn an_archive_that_leads_out_of_the_station_is_refused() {
    let (station, elsewhere) = (station(), tempfile::tempdir().unwrap());
    let (file, new) = (elsewhere.path().join("la.tar"), elsewhere.path().join("moi"));
    let fills: [(&str, Fill); 4] = [
        ("upwards", |archive| add(archive, "audio/../../etc/x")),
        ("absolute", |archive| add(archive, "/etc/x")),
        ("elsewhere", |archive| add(archive, "photos/x.jpg")),
        ("a link", |archive| {
            let mut header = tar::Header::new_gnu();
            header.set_entry_type(tar::EntryType::Symlink);
            header.set_size(0);
            archive.append_link(&mut header, "audio/x.wav", "/etc/passwd").unwrap();
        }),
    ];
    for (what, fill) in fills {
        let mut archive = tar::Builder::new(fs::File::create(&file).unwrap());
        add(&mut archive, "loa.toml");
        fill(&mut archive);
        archive.finish().unwrap();
        let said = restore(&station, &file, &new);
        assert!(said.code == 1 && !new.exists(), "{what}: {said:?}");
    }
}

/// A small file of this name, which the library would refuse to name so itself.
fn add(archive: &mut tar::Builder<fs::File>, name: &str) {
    let mut header = tar::Header::new_gnu();
    header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_size(1);
    header.set_mode(0o644);
    header.set_cksum();
    archive.append(&header, &b"x"[..]).unwrap();
}

#[test]
fn a_backup_is_written_over_nothing_but_a_backup_and_takes_no_link_along() {
    let (station, elsewhere) = (station(), tempfile::tempdir().unwrap());
    let photo = elsewhere.path().join("anh.tar");
    fs::write(&photo, "no archive").unwrap();
    let refused = backup(&station, &photo);
    assert!(refused.code == 2 && fs::read_to_string(&photo).unwrap() == "no archive", "{refused:?}");
    assert_eq!(backup(&station, &elsewhere.path().join("dai.zip")).code, 2);
    assert_eq!(backup(&station, &station.path("audio/dai.tar")).code, 2);
    fs::create_dir(station.path("state")).unwrap();
    symlink("/etc/passwd", station.path("state/passwd")).unwrap();
    let file = elsewhere.path().join("dai.tar");
    for _ in 0..2 {
        let said = backup(&station, &file);
        assert!(said.code == 0, "{said:?}");
    }
    let left: Vec<_> = fs::read_dir(elsewhere.path()).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn beside_a_backup_nothing_is_left_of_the_copies_of_databases() {
    let (station, elsewhere) = (station(), tempfile::tempdir().unwrap());
    fs::create_dir(station.path("state")).unwrap();
    let (now, tz) = (loa::instant::Wall::from_secs(1_796_000_000), jiff::tz::TimeZone::UTC);
    let mut journal = loa::journal::Journal::open(&station.path("state/journal.db"), now, &tz).unwrap().journal;
    journal.note(&Entry { kind: EntryKind::Note, written: now, title: "x".to_owned(), ..Entry::default() }).unwrap();
    let file = elsewhere.path().join("dai.tar");
    let said = backup(&station, &file);
    assert!(said.code == 0 && said.out.contains("journal ends with row 1"), "{said:?}");
    let left: Vec<_> = fs::read_dir(elsewhere.path()).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert_eq!(left, ["dai.tar"]);
}

#[test]
fn a_damaged_journal_is_taken_along_as_it_is() {
    let (station, elsewhere) = (station(), tempfile::tempdir().unwrap());
    fs::create_dir(station.path("state")).unwrap();
    station.write("state/journal.db", &"no database at all ".repeat(1_000));
    let (file, new) = (elsewhere.path().join("dai.tar"), elsewhere.path().join("moi"));
    let said = backup(&station, &file);
    assert!(said.code == 0 && said.out.contains("is damaged"), "{said:?}");
    assert_eq!(restore(&station, &file, &new).code, 0);
    assert_eq!(fs::read(new.join("state/journal.db")).unwrap(), fs::read(station.path("state/journal.db")).unwrap());
}

#[test]
fn what_the_link_goes_by_is_in_the_backup_and_what_lies_elsewhere_is_named() {
    let station = station();
    let elsewhere = tempfile::tempdir().unwrap();
    let (file, new) = (elsewhere.path().join("dai.tar"), elsewhere.path().join("moi"));
    let link = |ca: &str| {
        format!(
            "{STATION}[link]\nservers = [\"tls://c003.example.vn:4222\"]\ncredentials = \"link.creds\"\nca = \"{ca}\"\n"
        )
    };
    station.write("loa.toml", &link("ca.crt")).write("link.creds", "SEED").write("ca.crt", "CERTIFICATE");
    let said = backup(&station, &file);
    assert!(said.code == 0 && said.out.contains("keep it as one keeps keys"), "{said:?}");
    assert_eq!(restore(&station, &file, &new).code, 0);
    for name in ["link.creds", "ca.crt"] {
        assert_eq!(fs::read(new.join(name)).unwrap(), fs::read(station.path(name)).unwrap(), "{name}");
    }
    // All that loa.toml names is as good as lost without them.
    let rest = "[relays.dai-tinh]\nurl = \"https://a.example.vn/live\"\nca = \"dai-tinh.pem\"\n[console]\ncert = \"trang.pem\"\nkey = \"trang.key\"\n\
                [cap]\nfeeds = [\"https://b.example.vn/cap\"]\nca = \"kttv-ca.pem\"\n[cap.senders.kttv]\nsender = \"a@b\"\nkey = \"kttv.pem\"\n";
    station.write("loa.toml", &(link("ca.crt") + rest));
    let named = ["dai-tinh.pem", "trang.pem", "trang.key", "kttv-ca.pem", "kttv.pem"];
    for name in named {
        station.write(name, name);
    }
    let (file, new) = (elsewhere.path().join("dai-3.tar"), elsewhere.path().join("moi-3"));
    assert_eq!(backup(&station, &file).code, 0);
    assert_eq!(restore(&station, &file, &new).code, 0);
    for name in named {
        assert_eq!(fs::read_to_string(new.join(name)).unwrap(), name);
    }
    station.write("loa.toml", &link("/etc/loa-ca/ca.crt"));
    let other = elsewhere.path().join("dai-2.tar");
    let said = backup(&station, &other);
    assert!(said.out.contains("NOT in it: /etc/loa-ca/ca.crt"), "{said:?}");
}

#[test]
fn a_link_that_leads_out_is_left_out_and_named_whoever_made_it() {
    let (station, elsewhere) = (station(), tempfile::tempdir().unwrap());
    let secret = elsewhere.path().join("secret.toml");
    fs::write(&secret, "root:x:0").unwrap();
    symlink(&secret, station.path("schedules/sh.toml")).unwrap();
    symlink(elsewhere.path(), station.path("audio/khác")).unwrap();
    symlink("sang.toml", station.path("schedules/cũ.toml")).unwrap();
    let file = elsewhere.path().join("dai.tar");
    let said = backup(&station, &file);
    assert!(said.code == 0, "{said:?}");
    for named in ["Left out schedules/sh.toml:", "Left out audio/khác:"] {
        assert!(said.out.contains(named), "{named}: {said:?}");
    }
    let names: Vec<_> = tar::Archive::new(fs::File::open(&file).unwrap())
        .entries()
        .unwrap()
        .map(|entry| entry.unwrap().path().unwrap().to_string_lossy().into_owned())
        .collect();
    assert!(!names.iter().any(|name| name.contains("sh.toml") || name.contains("khác")), "{names:?}");
    assert!(names.iter().any(|name| name == "schedules/cũ.toml"), "one that leads to its neighbour: {names:?}");
    // As the disk of the sounds may be another one.
    fs::rename(station.path("audio"), elsewhere.path().join("audio")).unwrap();
    symlink(elsewhere.path().join("audio"), station.path("audio")).unwrap();
    assert_eq!(backup(&station, &file).code, 0);
    let listed = station.loa(&["backup", file.to_str().unwrap(), "--verify", "--json"]).json();
    assert_eq!(listed["files"], 5, "{listed}");
}

#[test]
#[ignore = "long"]
fn a_disk_that_is_too_small_is_told_before_anything_is_written_to_it() {
    let (station, elsewhere) = (station(), tempfile::tempdir().unwrap());
    let file = elsewhere.path().join("dai.tar");
    assert_eq!(backup(&station, &file).code, 0);
    let small = elsewhere.path().join("nhỏ");
    fs::create_dir(&small).unwrap();
    let Some(_mount) = Mount::new(&small, "size=1m") else { return };
    for dir in [small.clone(), small.join("dài")] {
        let said = restore(&station, &file, &dir);
        assert!(said.code == 74 && said.err.contains("there is no room on the disk"), "{said:?}");
        assert_eq!(fs::read_dir(&small).unwrap().count(), 0);
    }
}
