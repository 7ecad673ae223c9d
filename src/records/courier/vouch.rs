use std::path::Path;

use nkeys::KeyPair;

use crate::bundle::PublicKey;
use crate::site::read;
use crate::uplink::BoxVouch;

/// Credentials are a paper and a seed.
const CREDENTIALS_MOST: u64 = 64 * 1024;

/// The key in this file, by which the centre lets the box in, stands by the one that signs the reports of the station at `place`. None where there
/// is no such file yet, or no key in it.
pub fn vouch(credentials: &Path, place: &str, signer: &PublicKey) -> Option<BoxVouch> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::StationKey;

    #[test]
    fn what_a_box_says_of_its_key_is_what_the_centre_asks_for() {
        let dir = tempfile::tempdir().unwrap();
        let own = KeyPair::new_user();
        let credentials = dir.path().join("box.creds");
        std::fs::write(&credentials, format!("-----\neyJ\n-----\n{}\n-----\n", own.seed().unwrap())).unwrap();
        let (station, _) = StationKey::read_or_make(&crate::site::Site::new(dir.path())).unwrap();
        // As the report has it, in capitals; read as the centre reads it.
        let signer = PublicKey::read(&station.public()).unwrap();
        let vouch = vouch(&credentials, "vn.p01.c003.h00077", &signer).unwrap();
        assert_eq!(vouch.key, own.public_key());
        let text = format!("loa-box:1 vn.p01.c003.h00077 {}", station.public().to_ascii_lowercase());
        let signature: Vec<u8> =
            (0..64).map(|at| u8::from_str_radix(&vouch.signature[at * 2..at * 2 + 2], 16).unwrap()).collect();
        assert!(own.verify(text.as_bytes(), &signature).is_ok());
    }
}
