//! SHA-256 as it is written down: sixty-four lower-case hexadecimal digits. By it rows are chained, sounds are known
//! again, and it is seen that somebody else has changed a file meanwhile.

use sha2::{Digest as _, Sha256};

/// Bytes in lower-case hexadecimal digits, two for each.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    halves.map(|half| char::from(DIGITS[usize::from(half)])).collect()
}

/// SHA-256 of these bytes.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// SHA-256 of bytes that come piece by piece.
#[derive(Default, Debug)]
pub struct RunningDigest(Sha256);

impl RunningDigest {
    /// Of none yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// These bytes come next.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Of all that came.
    pub fn written(self) -> String {
        hex(&self.0.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_that_of_the_standard_however_its_bytes_come() {
        // FIPS 180-4, example for "abc".
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let mut running = RunningDigest::new();
        running.add(b"a");
        running.add(b"bc");
        assert_eq!((sha256(b"abc"), running.written()), (abc.to_owned(), abc.to_owned()));
        assert_eq!(hex(&[0, 0x0f, 0xa0, 0xff]), "000fa0ff");
    }
}
