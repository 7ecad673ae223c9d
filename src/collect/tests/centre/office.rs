//! Whoever signs: three roots, a commune's key for schedules, a province's for alarms and for the law, and a thief's.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use loa_core::bundle::{
    BundleFile, Endorsed, FORMAT, Freight, KeyList, KnownKey, Manifest, Purpose, SecretKey, Signing, SoundFacts,
    UtcSecond, pack,
};
use loa_core::digest::sha256;
use loa_core::instant::Wall;

use crate::command::good;
use crate::kit::locality;

/// Keys by what they are for.
pub(crate) const XA: u8 = 10;
pub(crate) const BAO: u8 = 11;
pub(crate) const BAO_HAI: u8 = 12;
pub(crate) const LUAT: u8 = 13;
pub(crate) const LUAT_HAI: u8 = 14;
pub(crate) const TINH: u8 = 15;
pub(crate) const LA: u8 = 66;

/// Everything lies in one directory.
pub(crate) struct Office {
    dir: PathBuf,
    keys: Endorsed,
}

/// What a bundle is to be.
#[derive(Clone)]
pub(crate) struct Packed<'a> {
    pub(crate) name: &'a str,
    pub(crate) sender: &'a str,
    pub(crate) scope: &'a str,
    pub(crate) version: u64,
    pub(crate) purpose: Purpose,
    pub(crate) signed: &'a [u8],
    pub(crate) text: &'a str,
    pub(crate) sounds: &'a [(&'a str, Vec<u8>)],
}

impl Default for Packed<'_> {
    fn default() -> Self {
        Self {
            name: "goi.loa",
            sender: "vn.p01",
            scope: "vn.p01",
            version: 1,
            purpose: Purpose::Schedule,
            signed: &[TINH],
            text: "[[broadcast]]\nid = \"tin\"\nat = \"05:30\"\nplay = \"tin\"\n",
            sounds: &[],
        }
    }
}

pub(crate) fn key(letter: u8) -> SecretKey {
    SecretKey::of([letter; 32])
}

/// Now, by the machine: the commands go by it.
#[expect(clippy::disallowed_methods, reason = "what is signed here is judged by a program of its own")]
pub(crate) fn wall() -> Wall {
    Wall::from(jiff::Timestamp::now())
}

pub(crate) fn now() -> UtcSecond {
    UtcSecond::of(wall())
}

pub(crate) fn later(days: i64) -> UtcSecond {
    UtcSecond::of(Wall::from_secs(now().seconds() + days * 86_400))
}

impl Office {
    pub(crate) fn open(dir: &Path) -> Self {
        let dir = dir.join("office");
        std::fs::create_dir_all(&dir).unwrap();
        for letter in [1, 2, 3] {
            std::fs::write(dir.join(format!("{letter}.pub")), key(letter).public().line()).unwrap();
        }
        for letter in [XA, BAO, BAO_HAI, LUAT, LUAT_HAI, TINH, LA] {
            std::fs::write(dir.join(format!("{letter}.key")), key(letter).line()).unwrap();
        }
        let office = Self { dir, keys: Self::list() };
        std::fs::write(office.file("keys.json"), office.keys.line()).unwrap();
        office
    }

    pub(crate) fn file(&self, name: &str) -> String {
        self.dir.join(name).display().to_string()
    }

    /// Tell the centre whom the boxes believe.
    pub(crate) fn introduce(&self, centre: &Path) {
        let roots = ["1.pub", "2.pub", "3.pub"].map(|name| self.file(name));
        let keys = self.file("keys.json");
        let mut words = vec!["fleet", "roots"];
        words.extend(roots.iter().map(String::as_str));
        words.extend(["--keys", &keys]);
        good(centre, &words);
    }

    /// Who may sign what, signed by two of three roots.
    fn list() -> Endorsed {
        let known = |letter: u8, name: &str, may: Purpose, scope: &str| KnownKey {
            name: name.to_owned(),
            key: key(letter).public(),
            may: BTreeSet::from([may]),
            scope: vec![locality(scope)],
            not_after: None,
        };
        let list = KeyList {
            format: FORMAT,
            kind: "keys".to_owned(),
            place: locality("vn.p01"),
            version: 1,
            made: later(-10),
            not_after: later(300),
            roots: [1, 2, 3].map(|letter| key(letter).public()).to_vec(),
            needed: 2,
            signers: [].into(),
            keys: vec![
                known(XA, "UBND xã", Purpose::Schedule, "vn.p01.c003"),
                known(BAO, "Ban phòng chống lụt bão", Purpose::Emergency, "vn.p01"),
                known(BAO_HAI, "Phó ban", Purpose::Emergency, "vn.p01"),
                known(LUAT, "Sở", Purpose::Rules, "vn.p01"),
                known(LUAT_HAI, "Phó sở", Purpose::Rules, "vn.p01"),
                known(TINH, "Tỉnh", Purpose::Schedule, "vn.p01"),
            ],
        };
        let mut paper = Endorsed::new(serde_json::to_string(&list).unwrap());
        for letter in [1, 3] {
            paper.sign(Signing::Keys, &key(letter));
        }
        paper
    }

    /// A bundle, as `loa bundle make` makes it.
    pub(crate) fn pack(&self, what: &Packed<'_>) -> String {
        let text = what.text.as_bytes().to_vec();
        let mut files = vec![BundleFile {
            path: "schedules/xa.toml".to_owned(),
            bytes: text.len() as u64,
            sha256: sha256(&text),
            sound: None,
        }];
        let facts = SoundFacts { frames: 48_000, rate: 48_000, channels: 1, codec: "mp3".to_owned(), loudness: None };
        files.extend(what.sounds.iter().map(|(name, bytes)| BundleFile {
            path: format!("audio/{name}"),
            bytes: bytes.len() as u64,
            sha256: sha256(bytes),
            sound: Some(facts.clone()),
        }));
        let manifest = Manifest {
            format: FORMAT,
            kind: "bundle".to_owned(),
            title: format!("Lịch {}", what.version),
            place: locality(what.sender),
            scope: vec![locality(what.scope)],
            purposes: BTreeSet::from([what.purpose]),
            version: what.version,
            made: now(),
            not_after: later(30),
            files,
        };
        let mut paper = Endorsed::new(serde_json::to_string(&manifest).unwrap());
        for letter in what.signed {
            paper.sign(Signing::Manifest, &key(*letter));
        }
        let freight = Freight { manifest: paper, keys: vec![self.keys.clone()], revoked: None };
        let mut out = Vec::new();
        pack(&mut out, &freight, |file| {
            let sound = what.sounds.iter().find(|(_, bytes)| sha256(bytes) == file.sha256);
            Ok(std::io::Cursor::new(sound.map_or_else(|| text.clone(), |(_, bytes)| bytes.clone())))
        })
        .unwrap();
        std::fs::write(self.file(what.name), out).unwrap();
        self.file(what.name)
    }
}
