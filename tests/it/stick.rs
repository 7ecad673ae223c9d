//! The courier on sticks as they are sold: FAT32 and exFAT by their own drivers, also pulled out in the middle.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::courier::Office;
use crate::kit::is_root;

/// Of a stick, in bytes: no FAT32 is smaller.
const SIZE: u64 = 64 << 20;
/// A driver that has not mounted by then never will.
const PATIENCE: u32 = 200;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum StickKind {
    Fat32,
    ExFat,
}

/// A stick that is nowhere plugged in.
struct Stick {
    kind: StickKind,
    dir: tempfile::TempDir,
}

/// One that is plugged in, served by its driver; pulled out with the value.
struct Plugged<'a> {
    stick: &'a Stick,
    at: PathBuf,
    driver: Child,
    device: Option<String>,
}

/// Whether that went well; nothing of what it says is shown.
fn done(program: &str, words: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

impl Stick {
    /// A new one; none, aloud, where this machine has no driver for its kind.
    fn new(kind: StickKind) -> Option<Self> {
        let stick = Self { kind, dir: tempfile::tempdir().unwrap() };
        fs::File::create(stick.image()).unwrap().set_len(SIZE).unwrap();
        let image = stick.image();
        let image = image.to_str().unwrap();
        let is_made = is_root()
            && Path::new("/dev/fuse").exists()
            && match kind {
                StickKind::Fat32 => done("which", &["fusefat"]) && done("mkfs.vfat", &["-F", "32", image]),
                StickKind::ExFat => done("which", &["mount.exfat-fuse"]) && done("mkfs.exfat", &[image]),
            };
        if !is_made {
            eprintln!("SKIPPED: {kind:?} needs root, /dev/fuse, fusefat and dosfstools, or exfat-fuse and exfatprogs");
            return None;
        }
        Some(stick)
    }

    fn image(&self) -> PathBuf {
        self.dir.path().join("image")
    }

    /// None, aloud, where this machine may not mount it.
    fn plug(&self, at: &Path) -> Option<Plugged<'_>> {
        let image = self.image();
        let image = image.to_str().unwrap();
        let mut device = None;
        let mut command = match self.kind {
            StickKind::Fat32 => {
                let mut command = Command::new("fusefat");
                command.args(["-f", "-o", "rw+", image]);
                command
            }
            StickKind::ExFat => {
                let made = Command::new("losetup").args(["--find", "--show", image]).output().unwrap();
                let name = String::from_utf8(made.stdout).unwrap().trim().to_owned();
                let mut command = Command::new("mount.exfat-fuse");
                command.args(["-d", &name]);
                device = Some(name);
                command
            }
        };
        let driver = command.arg(at).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let plugged = Plugged { stick: self, at: at.to_owned(), driver, device };
        for _ in 0..PATIENCE {
            if plugged.is_there() {
                return Some(plugged);
            }
            std::thread::park_timeout(Duration::from_millis(25));
        }
        eprintln!("SKIPPED: {:?} cannot be mounted here", self.kind);
        None
    }

    /// What somebody's computer does with one that was pulled out.
    fn repair(&self) {
        let image = self.image();
        let image = image.to_str().unwrap();
        match self.kind {
            StickKind::Fat32 => done("fsck.vfat", &["-a", "-w", image]),
            StickKind::ExFat => done("fsck.exfat", &["-p", image]),
        };
    }

    /// No file system check finds anything to mend.
    fn is_whole(&self) -> bool {
        let image = self.image();
        let image = image.to_str().unwrap();
        match self.kind {
            StickKind::Fat32 => done("fsck.vfat", &["-n", image]),
            StickKind::ExFat => done("fsck.exfat", &["-n", image]),
        }
    }
}

impl Plugged<'_> {
    fn is_there(&self) -> bool {
        let mounts = fs::read_to_string("/proc/self/mounts").unwrap();
        mounts.lines().any(|line| line.split(' ').nth(1) == self.at.to_str())
    }

    /// As one does who asks his computer first.
    fn eject(self) {
        assert!(done("umount", &[self.at.to_str().unwrap()]), "{:?}: nobody holds it", self.stick.kind);
    }

    /// As hands do: whatever is asked of it from now on fails.
    fn pull(&mut self) {
        self.driver.kill().unwrap();
        self.driver.wait().unwrap();
    }
}

impl Drop for Plugged<'_> {
    fn drop(&mut self) {
        if self.is_there() {
            done("umount", &["--lazy", self.at.to_str().unwrap()]);
        }
        let _ = self.driver.wait();
        if let Some(device) = &self.device {
            done("losetup", &["--detach", device]);
        }
    }
}

/// An office that packs one schedule with its sound.
fn office() -> Office {
    let office = Office::new();
    office.station.tone("tin.wav", 20.0, 440.0);
    office.station.write("schedules/xa.toml", "[[broadcast]]\nid = \"tin-xa\"\nat = \"05:30\"\nplay = \"tin\"\n");
    office
}

fn carried(kind: StickKind, name: &str) {
    let office = office();
    let Some(stick) = Stick::new(kind) else { return };
    let Some(plugged) = stick.plug(office.stick()) else { return };
    office.make(name, 1, "xa.key");
    // A stick knows no modes: the key is written all the same, and it is said who reads it there. fusefat calls what it serves closed.
    let key = office.on_stick("khoa moi");
    let said = office.good(&["bundle", "key", key.to_str().unwrap()]);
    assert!(kind == StickKind::Fat32 || said.err.contains("whoever holds it reads the key"), "{said:?}");
    let [secret, public] = ["key", "pub"].map(|half| fs::read(key.with_extension(half)).unwrap());
    assert!(!secret.is_empty() && !public.is_empty());
    plugged.eject();
    assert!(stick.is_whole());

    let hamlet = office.hamlet("");
    let plugged = stick.plug(office.stick()).unwrap();
    let said = office.visit(&hamlet);
    assert_eq!(said.code, 0, "{said:?}");
    plugged.eject();
    assert!(stick.is_whole());
    assert!(hamlet.path("schedules/xa.toml").exists() && hamlet.path("audio/tin.wav").exists());

    // At home again: what it tells is there, and the journal that it brings.
    let plugged = stick.plug(office.stick()).unwrap();
    assert!(office.page().contains("Đã nhận «Tuần 49», UBND xã ký"), "{}", office.page());
    let home = office.good(&["courier", office.stick().to_str().unwrap(), "--read", "--json"]).json();
    assert_eq!((home[0]["folder"].as_str(), home[0]["wrong"].as_array().unwrap().len()), (Some("vn.p01.c003.h1"), 0));
    plugged.eject();
}

fn pulled(kind: StickKind) {
    let office = office();
    let Some(stick) = Stick::new(kind) else { return };
    let hamlet = office.hamlet("");
    let mut broken_off = 0;
    for number in 1..9_u64 {
        let Some(mut plugged) = stick.plug(office.stick()) else { return };
        office.make("tuan.loa", number, "xa.key");
        let mut courier = hamlet
            .command(&["courier", office.stick().to_str().unwrap()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::park_timeout(Duration::from_millis(8 * number * number));
        broken_off += usize::from(courier.try_wait().unwrap().is_none());
        plugged.pull();
        // It ends by itself: what it waits for is gone.
        courier.wait().unwrap();
        drop(plugged);
        let written: Vec<_> = fs::read_dir(office.stick()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(written.is_empty(), "{number}: the stick is gone, and where it was stands {written:?}");
        assert_eq!(hamlet.loa(&["check", "--json"]).code, 0, "{number}");
        stick.repair();

        // Put in again: the bundle that was on it is taken, or packed again where the pull took it along.
        let plugged = stick.plug(office.stick()).unwrap();
        if office.station.loa(&["bundle", "show", office.stick().join("tuan.loa").to_str().unwrap()]).code != 0 {
            office.make("tuan.loa", number, "xa.key");
        }
        let said = office.visit(&hamlet);
        assert_eq!(said.code, 0, "{number}: {said:?}");
        let home = office.station.loa(&["courier", office.stick().to_str().unwrap(), "--read"]);
        assert_eq!(home.code, 0, "{number}: {home:?}");
        plugged.eject();
        let names: Vec<_> =
            fs::read_dir(hamlet.path("audio")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["tin.wav"], "{number}");
    }
    assert!(broken_off >= 2, "{broken_off}");
}

#[test]
#[ignore = "long"]
fn a_stick_of_fat32_carries_there_and_back() {
    carried(StickKind::Fat32, "tuan 49.loa");
}

#[test]
#[ignore = "long"]
fn a_stick_of_exfat_carries_there_and_back() {
    carried(StickKind::ExFat, "tuần 49 (mới).loa");
}

#[test]
#[ignore = "long"]
fn a_stick_of_fat32_that_is_pulled_out_leaves_the_old_or_the_new() {
    pulled(StickKind::Fat32);
}

#[test]
#[ignore = "long"]
fn a_stick_of_exfat_that_is_pulled_out_leaves_the_old_or_the_new() {
    pulled(StickKind::ExFat);
}
