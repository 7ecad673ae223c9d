use std::io::Write as _;

use ed25519_dalek::{Signer as _, SigningKey};
use jiff::tz::TimeZone;

use super::signed::{Signed, digits, written};
use crate::diag::{Text, system, text};
use crate::fact::Entry;
use crate::instant::Wall;
use crate::site::{Folder, OWN_DIR_MODE, ReadRefused, SEAL_KEY, Site};

/// What the public half is called in `state/`.
const PUBLIC: &str = "seal.pub";
/// Nobody but the station's own account reads it.
const SECRET_MODE: u32 = 0o600;
/// Who may read the journal may know what its seals are signed with.
const PUBLIC_MODE: u32 = 0o640;
/// What begins each file, with the version of its form.
const SECRET_MARK: &str = "loa-secret:1";
const PUBLIC_MARK: &str = "LOA-KEY:1";
/// Each is a line of some eighty characters.
const FILE_MOST: u64 = 1_000;

/// The key that the station signs the heads of its journal with (Ed25519, RFC 8032). Made once, at the first start, and
/// kept in `state/seal.key`, which only the station's own account reads; it is never printed, logged or sent. Beside it
/// lies the public half, `state/seal.pub`.
pub struct StationKey(SigningKey);

impl std::fmt::Debug for StationKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StationKey({})", self.public())
    }
}

/// Why there is no key to sign with.
#[derive(Debug)]
pub enum NoKey {
    /// It was never made.
    Absent,
    /// This account may not read it.
    Forbidden,
    /// The file is none that loa has written.
    Broken,
    /// The disk, or whatever stands in the place of the file.
    Unread(ReadRefused),
}

impl NoKey {
    /// What to tell a person, with the way out; without its full stop.
    pub fn text(&self) -> Text {
        match self {
            Self::Absent => text!(
                "đài chưa có khóa: khóa được tạo khi đài chạy lần đầu bằng bản loa này (loa run)",
                "the station has no key yet: it is made when this version of loa first runs (loa run)"
            ),
            Self::Forbidden => text!(
                "tài khoản này không được đọc khóa của đài (state/seal.key)",
                "this account may not read the station's key (state/seal.key)"
            ),
            Self::Broken => text!(
                "state/seal.key không phải là khóa do loa ghi: cất tệp ấy sang chỗ khác rồi khởi động lại đài để có khóa mới",
                "state/seal.key is no key that loa has written: put it aside and start the station again for a new one"
            ),
            Self::Unread(why) => {
                text!(why = why.text(); "không đọc được khóa của đài: {why}", "the station's key cannot be read: {why}")
            }
        }
    }
}

impl StationKey {
    /// The station's key, where it has one and this account may read it.
    pub fn read(site: &Site) -> Result<Self, NoKey> {
        let read =
            Folder::open(site.state()).map_err(ReadRefused::from).and_then(|state| state.read(SEAL_KEY, FILE_MOST));
        let bytes = read.map_err(|why| match why {
            why if why.is_absent() => NoKey::Absent,
            why if why.is_forbidden() => NoKey::Forbidden,
            why => NoKey::Unread(why),
        })?;
        let line = std::str::from_utf8(&bytes).ok().and_then(|text| text.trim().strip_prefix(SECRET_MARK));
        let secret = line.and_then(|hex| digits::<32>(hex.trim())).ok_or(NoKey::Broken)?;
        Ok(Self(SigningKey::from_bytes(&secret)))
    }

    /// The station's key; one is made where there is none. It has its name only when it lies on the disk whole, and one
    /// that is there, broken or not, is never written over. True where it was made now.
    pub fn read_or_make(site: &Site) -> Result<(Self, bool), Text> {
        match Self::read(site) {
            Ok(key) => return Ok((key, false)),
            Err(NoKey::Absent) => {}
            Err(why) => return Err(why.text()),
        }
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|_| {
            text!("máy không cho số ngẫu nhiên để làm khóa", "the machine gives no random numbers to make a key of")
        })?;
        let key = Self(SigningKey::from_bytes(&secret));
        let failed = |error: std::io::Error| text!(error = system(&error); "không ghi được khóa của đài: {error}", "the station's key cannot be written: {error}");
        let state = Folder::make(site.state(), OWN_DIR_MODE).map_err(failed)?;
        let mut draft = state.draft(SEAL_KEY, SECRET_MODE).map_err(failed)?;
        writeln!(draft.file(), "{SECRET_MARK} {}", written(&secret)).map_err(failed)?;
        match draft.place_new() {
            Ok(()) => {}
            // Somebody else has made it meanwhile.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                return Self::read(site).map(|key| (key, false)).map_err(|why| why.text());
            }
            Err(error) => return Err(failed(error)),
        }
        // What cannot be written now is written at the next start.
        key.show(&state).map_err(failed)?;
        Ok((key, true))
    }

    /// See that the public half lies beside it.
    fn show(&self, state: &Folder) -> std::io::Result<()> {
        let line = format!("{PUBLIC_MARK} {}\n", self.public());
        if state.read(PUBLIC, FILE_MOST).is_ok_and(|known| known == line.as_bytes()) {
            return Ok(());
        }
        let mut draft = state.draft(PUBLIC, PUBLIC_MODE)?;
        draft.file().write_all(line.as_bytes())?;
        draft.place()
    }

    /// See that the public half lies beside it; where that fails, it is tried again at the next start.
    pub fn shown(&self, site: &Site) {
        if let Ok(state) = Folder::open(site.state()) {
            let _ = self.show(&state);
        }
    }

    /// The public half, in capital hexadecimal digits: what seals are checked with.
    pub fn public(&self) -> String {
        written(self.0.verifying_key().as_bytes())
    }

    /// Sign a message of another kind; it begins as no seal does. In small hexadecimal digits.
    pub fn sign(&self, message: &[u8]) -> String {
        written(&self.0.sign(message).to_bytes()).to_ascii_lowercase()
    }

    /// Sign that the journal `epoch` had this row at `at`.
    pub fn seal(&self, epoch: &str, row: &Entry, at: Wall, tz: &TimeZone) -> Signed {
        let time = at.zoned(tz).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
        let mut signed = Signed {
            epoch: epoch.to_ascii_uppercase(),
            row: row.seq,
            hash: row.hash.to_ascii_uppercase(),
            time,
            key: self.public(),
            signature: String::new(),
        };
        signed.signature = written(&self.0.sign(signed.message().as_bytes()).to_bytes());
        signed
    }
}

/// The public half of the station's key, for those who may not read the other: as `state/seal.pub` has it.
pub fn public_key(site: &Site) -> Option<String> {
    let bytes = Folder::open(site.state()).ok()?.read(PUBLIC, FILE_MOST).ok()?;
    let line = std::str::from_utf8(&bytes).ok()?.trim().strip_prefix(PUBLIC_MARK)?.trim().to_owned();
    digits::<32>(&line).map(|key| written(&key))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_key_is_made_once_and_only_its_account_reads_it() {
        let dir = tempfile::tempdir().unwrap();
        let site = Site::new(dir.path());
        assert!(matches!(StationKey::read(&site), Err(NoKey::Absent)));
        let (first, made) = StationKey::read_or_make(&site).unwrap();
        let (again, made_again) = StationKey::read_or_make(&site).unwrap();
        assert!(made && !made_again && first.public() == again.public());
        assert_eq!(public_key(&site), Some(first.public()));
        let mode = |name: &str| std::fs::metadata(site.state().join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(SEAL_KEY), mode(PUBLIC) & 0o007), (0o600, 0));
        assert!(!format!("{first:?}").contains(&written(&first.0.to_bytes())), "a secret is not shown");
        // One that is broken is left as it is.
        std::fs::write(site.state().join(SEAL_KEY), "x").unwrap();
        assert!(StationKey::read_or_make(&site).unwrap_err().vi.contains("state/seal.key"));
        assert_eq!(std::fs::read(site.state().join(SEAL_KEY)).unwrap(), b"x");
    }

    #[test]
    fn a_seal_holds_for_its_row_and_for_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let (key, _) = StationKey::read_or_make(&Site::new(dir.path())).unwrap();
        let row = Entry { seq: 1_284, hash: "4f2a91c077ab03de".repeat(4), ..Entry::default() };
        let tz = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        let signed = key.seal("00aa11bb22cc33dd", &row, Wall::from_secs(1_796_000_000), &tz);
        let line = signed.to_string();
        assert!(line.starts_with("LOA-SEAL:1 00AA11BB22CC33DD 1284 4F2A91C077AB03DE"), "{line}");
        assert!(line.contains(" 2026-11-30T07:53:20+07:00 "), "{line}");
        let read = Signed::read(&line).unwrap();
        assert!(read == signed && read.holds());
        // A scanner may have broken it into lines, and a person made small letters of it.
        let typed = line.to_lowercase().replace(' ', "\n");
        assert_eq!(Signed::read(&typed), Some(signed.clone()));
        for other in [
            Signed { row: 1_285, ..signed.clone() },
            Signed { time: "2026-11-30T07:53:21+07:00".into(), ..signed.clone() },
            Signed { hash: signed.hash.replacen('4', "5", 1), ..signed.clone() },
            Signed { epoch: "FF".repeat(8), ..signed.clone() },
            Signed { signature: signed.signature.replacen(|c: char| c != '0', "0", 1), ..signed.clone() },
        ] {
            assert!(!other.holds(), "{other}");
        }
    }
}
