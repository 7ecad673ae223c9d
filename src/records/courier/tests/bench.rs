use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Cursor};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::bundle::{
    BundleFile, Endorsed, FORMAT, Freight, KeyList, KnownKey, Locality, Manifest, PublicKey, Purpose, SecretKey,
    Signing, SoundFacts, UtcSecond, is_audio, pack,
};
use crate::courier::{Delivery, Installer, Steps, Unfit, whole};
use crate::diag::SourceFile;
use crate::digest::sha256;
use crate::instant::Wall;
use crate::plan::Library;
use crate::site::Site;
use crate::station::{self, Station};

/// 2026-11-30.
pub(super) const NOW: Wall = Wall::from_secs(1_796_000_000);
pub(super) const HERE: &str = "vn.p01.c003.h00077";
pub(super) const COMMUNE: &str = "vn.p01.c003";

pub(super) fn key(letter: u8) -> SecretKey {
    SecretKey::of([letter; 32])
}

fn place(written: &str) -> Locality {
    Locality::read(written).unwrap()
}

/// A station with a schedule and a sound of its own.
pub(super) struct Bench {
    _dir: TempDir,
    pub(super) site: Site,
    pub(super) station: Station,
}

impl Bench {
    pub(super) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let roots: Vec<String> = [1, 2, 3].map(|letter| key(letter).public().as_str().to_owned()).to_vec();
        let text = format!(
            "name = \"Thôn Một\"\n[zones.thon-1]\noutput = \"null\"\n[bundle]\nplace = \"{HERE}\"\nroots = {roots:?}\nneeded = 2\n"
        );
        fs::write(dir.path().join("loa.toml"), &text).unwrap();
        for name in ["schedules", "audio", "state"] {
            fs::create_dir(dir.path().join(name)).unwrap();
        }
        fs::write(dir.path().join("schedules/thon.toml"), broadcast("thon", "17:30", "thon")).unwrap();
        fs::write(dir.path().join("audio/thon.mp3"), "the hamlet's own").unwrap();
        let (station, found) = station::check(&SourceFile { path: "loa.toml".to_owned(), text });
        assert!(found.is_empty(), "{found:?}");
        let site = Site::new(dir.path());
        Self { _dir: dir, site, station }
    }

    /// The same station as it lies there now, in another directory.
    pub(super) fn copy(&self) -> Self {
        let dir = tempfile::tempdir().unwrap();
        copy(self.site.dir(), dir.path());
        Self { site: Site::new(dir.path()), station: self.station.clone(), _dir: dir }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.site.dir().join(name)
    }

    pub(super) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| format!("{name}: {error}"))
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// What people see: the files of both directories, without what is hidden.
    pub(super) fn seen(&self) -> BTreeMap<String, String> {
        let mut seen = BTreeMap::new();
        for name in ["schedules", "audio"] {
            for entry in fs::read_dir(self.path(name)).unwrap() {
                let entry = entry.unwrap();
                let own = entry.file_name().into_string().unwrap();
                if !own.starts_with('.') {
                    seen.insert(format!("{name}/{own}"), String::from_utf8(fs::read(entry.path()).unwrap()).unwrap());
                }
            }
        }
        seen
    }

    pub(super) fn with<T>(&self, steps: &Steps<'_>, run: impl FnOnce(&Installer<'_>) -> T) -> T {
        let mut library = Library::default();
        library.sounds.insert("thon.mp3".to_owned(), sound("thon.mp3", "the hamlet's own"));
        let (site, station, library) = (&self.site, &self.station, &library);
        run(&Installer { site, station, library, now: NOW, believed: true, steps })
    }

    pub(super) fn install(&self, bundle: &[u8]) -> Result<Delivery, Unfit> {
        self.with(&whole, |installer| installer.install(bundle, "tuan.loa"))
    }

    /// The code of what became of it.
    pub(super) fn code(&self, bundle: &[u8]) -> String {
        match self.install(bundle) {
            Ok(delivery) if delivery.code.is_empty() => {
                serde_json::to_value(delivery.fate).unwrap().as_str().unwrap().to_owned()
            }
            Ok(delivery) => delivery.code,
            Err(why) => format!("{why:?}"),
        }
    }
}

fn sound(name: &str, text: &str) -> crate::plan::Sound {
    crate::plan::Sound { file: name.to_owned(), facts: Ok(facts().facts(&sha256(text.as_bytes()))) }
}

fn facts() -> SoundFacts {
    SoundFacts { frames: 480_000, rate: 48_000, channels: 1, codec: "mp3".to_owned(), loudness: Some((-16.0, -1.0)) }
}

pub(super) fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let there = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&there).unwrap();
            copy(&entry.path(), &there);
        } else if entry.file_type().unwrap().is_file() {
            fs::copy(entry.path(), there).unwrap();
        }
    }
}

pub(super) fn broadcast(id: &str, at: &str, play: &str) -> String {
    format!("[[broadcast]]\nid = \"{id}\"\nat = \"{at}\"\nplay = \"{play}\"\n")
}

/// A bundle in the making.
pub(super) struct Made {
    pub(super) version: u64,
    pub(super) place: &'static str,
    pub(super) scope: &'static str,
    pub(super) purposes: BTreeSet<Purpose>,
    pub(super) signer: u8,
    pub(super) files: Vec<(String, String)>,
}

impl Made {
    pub(super) fn new(version: u64, files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        Self { version, place: COMMUNE, scope: COMMUNE, purposes: [Purpose::Schedule].into(), signer: 10, files }
    }

    pub(super) fn manifest(&self) -> Manifest {
        let files = self.files.iter().map(|(path, text)| BundleFile {
            path: path.clone(),
            bytes: text.len() as u64,
            sha256: sha256(text.as_bytes()),
            sound: is_audio(path).then(facts),
        });
        Manifest {
            format: FORMAT,
            kind: "bundle".to_owned(),
            title: format!("Tuần {}", self.version),
            place: place(self.place),
            scope: vec![place(self.scope)],
            purposes: self.purposes.clone(),
            version: self.version,
            made: UtcSecond::of(Wall::from_secs(1_796_000_000 - 86_400 + (self.version % 80_000) as i64)),
            not_after: UtcSecond::of(Wall::from_secs(1_796_000_000 + 30 * 86_400)),
            files: files.collect(),
        }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut manifest = Endorsed::new(serde_json::to_string(&self.manifest()).unwrap());
        manifest.sign(Signing::Manifest, &key(self.signer));
        let freight = Freight { manifest, keys: vec![keys()], revoked: None };
        let mut bytes = Vec::new();
        let open = |file: &BundleFile| {
            let (_, text) = self.files.iter().find(|(path, _)| *path == file.path).unwrap();
            Ok(Cursor::new(text.clone().into_bytes()))
        };
        pack(&mut bytes, &freight, open).unwrap();
        bytes
    }
}

/// The commune's key is 10, the district's 11; 12 may sign all.
fn keys() -> Endorsed {
    let known = |letter: u8, name: &str, may: &[Purpose], scope: &str| KnownKey {
        name: name.to_owned(),
        key: key(letter).public(),
        may: may.iter().copied().collect(),
        scope: vec![place(scope)],
        not_after: None,
    };
    let roots: Vec<PublicKey> = [1, 2, 3].map(|letter| key(letter).public()).to_vec();
    let list = KeyList {
        format: FORMAT,
        kind: "keys".to_owned(),
        place: place("vn.p01"),
        version: 1,
        made: UtcSecond::of(Wall::from_secs(1_795_000_000)),
        not_after: UtcSecond::of(Wall::from_secs(1_820_000_000)),
        roots,
        needed: 2,
        signers: BTreeMap::new(),
        keys: vec![
            known(10, "Ủy ban xã", &[Purpose::Schedule], COMMUNE),
            known(11, "Đài huyện", &[Purpose::Schedule], "vn.p01"),
            known(12, "Tỉnh", &[Purpose::Schedule, Purpose::Rules, Purpose::Emergency], "vn.p01"),
        ],
    };
    let mut paper = Endorsed::new(serde_json::to_string(&list).unwrap());
    paper.sign(Signing::Keys, &key(1));
    paper.sign(Signing::Keys, &key(3));
    paper
}

/// Steps that end at the `last`: nothing is written any more, as if the power had gone, or the stick were out.
pub(super) struct Cut {
    left: Cell<usize>,
}

impl Cut {
    pub(super) const fn before(step: usize) -> Self {
        Self { left: Cell::new(step) }
    }

    pub(super) fn step(&self, what: &str) -> io::Result<()> {
        match self.left.get() {
            0 => Err(io::Error::other(format!("cut before {what}"))),
            left => {
                self.left.set(left - 1);
                Ok(())
            }
        }
    }
}
