//! What a village has beside the page: a folder that it shares with machines of Windows, and the page that tells what became of
//! a file that was saved there.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::kit::Station;

#[test]
fn the_shared_folders_are_those_of_the_station_and_no_link_is_followed() {
    let printed =
        Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/share")).arg("--print").output().unwrap();
    assert!(printed.status.success());
    let text = String::from_utf8(printed.stdout).unwrap();
    for (folder, path, writes) in [
        ("lich", "/var/lib/loa/schedules", true),
        ("am-thanh", "/var/lib/loa/audio", true),
        ("ket-qua", "/var/lib/loa/state/result", false),
    ] {
        let section = text.split(&format!("[{folder}]")).nth(1).unwrap().split("\n[").next().unwrap();
        assert!(section.contains(&format!("path = {path}\n")), "{section}");
        assert_eq!(section.contains("read only = no"), writes, "{section}");
        assert_eq!(section.contains("read only = yes"), !writes, "{section}");
        assert!(section.contains("valid users = @loa") && section.contains("follow symlinks = no"), "{section}");
    }
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("smb.conf");
    fs::write(&file, &text).unwrap();
    match Command::new("testparm").arg("-s").arg(&file).stdin(Stdio::null()).output() {
        Ok(read) => {
            let complaint = String::from_utf8_lossy(&read.stderr).into_owned();
            let is_odd = complaint.contains("Unknown parameter") || complaint.contains("Ignoring");
            assert!(read.status.success() && !is_odd, "{complaint}");
        }
        Err(error) => eprintln!("SKIPPED: what Samba reads needs testparm ({error})"),
    }
}

#[test]
fn whoever_saves_a_file_reads_beside_it_what_became_of_it() {
    let station = Station::new();
    station
        .tone("tin.wav", 1.0, 440.0)
        .write("loa.toml", "name = \"Xã A\"\nlanguage = \"vi\"\n[zones.thon-1]\noutput = \"null\"\n");
    let page = station.path("state/result/KET-QUA.txt");
    let daemon = station.start(
        Command::new(env!("CARGO_BIN_EXE_loa"))
            .args(["--dir"])
            .arg(station.dir())
            .arg("run")
            .stderr(fs::File::create(station.path("daemon.log")).unwrap()),
    );
    let good = "[[broadcast]]\nid = \"a\"\ntitle = \"A\"\nat = \"05:30\"\nplay = [\"tin\"]\n";
    station.write("schedules/a.toml", good);
    assert!(!page.exists(), "nobody has asked for it");
    fs::create_dir(station.path("state/result")).unwrap();
    station.write("schedules/a.toml", &good.replace("05:30", "5h30 sang"));
    let read = || fs::read_to_string(&page).unwrap_or_default();
    daemon.wait_until("the mistake is told", || read().contains("CẦN SỬA: 1 lỗi"));
    let text = read();
    assert!(
        text.starts_with('\u{feff}') && text.contains("\r\n") && !text.replace("\r\n", "").contains('\n'),
        "{text}"
    );
    assert!(text.contains("schedules/a.toml:4") && text.contains("cách sửa:"), "{text}");
    station.write("schedules/a.toml", good);
    daemon.wait_until("it is right", || read().contains("KHÔNG CÓ GÌ SAI"));
    assert!(read().contains("schedules/a.toml: 1 mục phát dùng được (lưu lúc"), "{}", read());
    // What will not sound is told although the file is well written.
    station.write("schedules/a.toml", &good.replace("\"tin\"", "\"chua-co\""));
    daemon.wait_until("the missing sound is told", || read().contains("chua-co"));
    // Saved as it was: the time tells that it was read.
    let inode = || fs::metadata(&page).map(|file| std::os::unix::fs::MetadataExt::ino(&file)).ok();
    let before = inode();
    station.write("schedules/a.toml", &good.replace("05:30", "05:31"));
    daemon.wait_until("it is written anew", || inode() != before && read().contains("KHÔNG CÓ GÌ SAI"));
    // loa's own check does not stumble over it.
    let found = station.loa(&["check", "--json"]).rows();
    assert!(found.iter().all(|row| !row["file"].as_str().unwrap_or_default().contains("KET-QUA")), "{found:?}");
}
