use std::io::{self, Read};

use crate::digest::RunningDigest;

/// Sums and counts what is read through it.
pub struct Summing<R> {
    from: R,
    sum: RunningDigest,
    count: u64,
}

impl<R> Summing<R> {
    /// Of what comes out of `from`.
    pub fn of(from: R) -> Self {
        Self { from, sum: RunningDigest::new(), count: 0 }
    }

    /// Bytes that were read, and their SHA-256.
    pub fn finish(self) -> (u64, String) {
        (self.count, self.sum.written())
    }
}

impl<R: Read> Read for Summing<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.from.read(into)?;
        self.sum.add(&into[..count]);
        self.count += count as u64;
        Ok(count)
    }
}
