use std::io::{self, Write as _};
use std::path::Path;

use crate::bundle::{PublicKey, SecretKey};
use crate::diag::{Text, shown, text};
use crate::site::Folder;

/// A key is one line.
const FILE_MOST: u64 = 1_000;
/// Nobody but whoever made it reads it.
const SECRET_MODE: u32 = 0o600;
const SECRET: &str = "key";
const PUBLIC: &str = "pub";

/// A key that was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MadeKey {
    /// Its public half.
    pub public: PublicKey,
    /// Nobody but whoever made it may read the secret half; false on a stick, which has no owners.
    pub is_closed: bool,
}

/// Make a key: `NAME.key`, to be kept in a safe, and `NAME.pub`, for everybody. What is there is never written over.
pub fn make_key(path: &Path) -> io::Result<MadeKey> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|_| io::Error::other("no random numbers"))?;
    let key = SecretKey::of(random);
    let above = path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = Folder::open(above)?;
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy().into_owned();
    let mut secret = folder.draft(format!("{name}.{SECRET}"), SECRET_MODE)?;
    secret.file().write_all(key.line().as_bytes())?;
    let is_closed = secret.is_closed()?;
    secret.place_new()?;
    let mut public = folder.draft_of_a_person(format!("{name}.{PUBLIC}"))?;
    public.file().write_all(key.public().line().as_bytes())?;
    public.place_new()?;
    Ok(MadeKey { public: key.public(), is_closed })
}

/// The secret key in this file.
pub fn secret_of(path: &Path) -> Result<SecretKey, Text> {
    let name = shown(&path.to_string_lossy());
    SecretKey::read(&line(path)?).ok_or_else(|| {
        text!(
            "«{name}» không phải tệp khóa bí mật (.key) của loa",
            "\"{name}\" is no file of a secret key (.key) that loa has made"
        )
    })
}

/// The public key in this file, or in these digits.
pub fn public_of(written: &str) -> Result<PublicKey, Text> {
    if let Some(key) = PublicKey::read(written) {
        return Ok(key);
    }
    let name = shown(written);
    PublicKey::read(&line(Path::new(written))?).ok_or_else(|| {
        text!(
            "«{name}» không phải tệp khóa công khai (.pub) của loa",
            "\"{name}\" is no file of a public key (.pub) that loa has made"
        )
    })
}

fn line(path: &Path) -> Result<String, Text> {
    use std::io::Read as _;
    let name = shown(&path.to_string_lossy());
    let mut bytes = Vec::new();
    let read = crate::site::open(path).and_then(|file| Ok(file.take(FILE_MOST).read_to_end(&mut bytes)?));
    read.map_err(|refused| text!(why = refused.text(); "«{name}»: {why}", "\"{name}\": {why}"))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
