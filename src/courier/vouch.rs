use std::path::Path;

use nkeys::KeyPair;

use crate::site::read;
use crate::uplink::BoxVouch;

/// Credentials are a paper and a seed.
const CREDENTIALS_MOST: u64 = 64 * 1024;

/// The key in this file, by which the centre lets the box in, stands by the one that signs the reports of the station at `place`. None where there
/// is no such file yet, or no key in it.
pub fn vouch(credentials: &Path, place: &str, signer: &str) -> Option<BoxVouch> {
    let bytes = read(credentials, CREDENTIALS_MOST).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let key = text
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("SU"))
        .find_map(|line| KeyPair::from_seed(line).ok())?;
    let signature = key.sign(BoxVouch::text(place, signer).as_bytes()).ok()?;
    let signature = signature.iter().fold(String::new(), |written, byte| written + &format!("{byte:02x}"));
    Some(BoxVouch { key: key.public_key(), signature })
}
