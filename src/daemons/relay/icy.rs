use std::io::{self, Read};

/// More between two titles is none of Icecast's.
const EVERY_MOST: usize = 1 << 20;

/// Takes the titles out of a stream that has some between its sound (`icy-metaint`): so many bytes of sound, a byte that
/// says how long the title is in sixteens, the title.
pub(super) struct IcyReader<R> {
    inner: R,
    /// Bytes of sound between two titles; none: there are no titles.
    every: Option<usize>,
    left: usize,
}

impl<R: Read> IcyReader<R> {
    pub(super) fn new(inner: R, every: usize) -> Self {
        let every = Some(every).filter(|every| (1..=EVERY_MOST).contains(every));
        Self { inner, every, left: every.unwrap_or(0) }
    }

    fn pass_title(&mut self) -> io::Result<bool> {
        let mut length = [0];
        if self.inner.read(&mut length)? == 0 {
            return Ok(false);
        }
        let most = u64::from(length[0]) * 16;
        io::copy(&mut (&mut self.inner).take(most), &mut io::sink()).map(|passed| passed == most)
    }
}

impl<R: Read> Read for IcyReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let Some(every) = self.every else { return self.inner.read(out) };
        if out.is_empty() {
            return Ok(0);
        }
        if self.left == 0 {
            if !self.pass_title()? {
                return Ok(0);
            }
            self.left = every;
        }
        let most = self.left.min(out.len());
        let count = self.inner.read(&mut out[..most])?;
        self.left -= count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_taken_out_wherever_they_fall_and_a_cut_one_is_the_end() {
        let mut sent = Vec::new();
        for (at, length) in [0_u8, 2, 0, 255, 1].into_iter().enumerate() {
            sent.extend([at as u8; 7]);
            sent.push(length);
            sent.extend(vec![b'\''; usize::from(length) * 16]);
        }
        let sound: Vec<u8> = (0..5).flat_map(|at| [at; 7]).collect();
        for cut in 0..sent.len() {
            let mut heard = Vec::new();
            IcyReader::new(&sent[..cut], 7).read_to_end(&mut heard).unwrap();
            assert!(sound.starts_with(&heard) && heard.len() <= cut, "{cut}");
        }
        let mut heard = Vec::new();
        IcyReader::new(&sent[..], 7).read_to_end(&mut heard).unwrap();
        assert_eq!(heard, sound);
        heard.clear();
        IcyReader::new(&sent[..], 0).read_to_end(&mut heard).unwrap();
        assert_eq!(heard, sent);
    }
}
