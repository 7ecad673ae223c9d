use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use symphonia::core::io::MediaSource;

/// What lacks at the end of a file and holds nothing that is wanted.
#[derive(Clone, Copy, Default)]
pub(in crate::audio) struct Padding {
    /// So many bytes.
    pub(in crate::audio) bytes: u64,
    /// Where the name of the box of an MP4 stands that they belong to, if its content is not to be read.
    pub(in crate::audio) name: Option<u64>,
}

/// The name of a box whose content is passed over.
const FREE: &[u8; 4] = b"free";

/// A part of a file as if it were the whole, with zeros for what lacks behind it.
pub(in crate::audio) struct Window {
    inner: Box<dyn MediaSource>,
    start: u64,
    end: u64,
    at: u64,
    padding: Padding,
}

impl Window {
    pub(in crate::audio) fn new(inner: Box<dyn MediaSource>, start: u64, end: u64, padding: Padding) -> Self {
        Self { inner, start, end: end.max(start), at: 0, padding }
    }

    fn len(&self) -> u64 {
        self.end - self.start + self.padding.bytes
    }
}

impl Read for Window {
    fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
        let left = self.len().saturating_sub(self.at);
        let most = block.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        if most == 0 {
            return Ok(0);
        }
        let there = (self.end - self.start).saturating_sub(self.at);
        if there == 0 {
            block[..most].fill(0);
            self.at += most as u64;
            return Ok(most);
        }
        let most = most.min(usize::try_from(there).unwrap_or(usize::MAX));
        self.inner.seek(SeekFrom::Start(self.start + self.at))?;
        let count = self.inner.read(&mut block[..most])?;
        if let Some(name) = self.padding.name {
            let first = self.start + self.at;
            for (place, letter) in (name..).zip(FREE) {
                let read = place.checked_sub(first).and_then(|at| block[..count].get_mut(at as usize));
                if let Some(byte) = read {
                    *byte = *letter;
                }
            }
        }
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Window {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(back) => self.len().checked_add_signed(back),
            SeekFrom::Current(step) => self.at.checked_add_signed(step),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

impl MediaSource for Window {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.len())
    }
}

/// Bytes read ahead: a packet of most codecs, several frames of an MP3.
const AHEAD: usize = 32 * 1024;

/// A file's bytes by their place, read through a buffer. A range narrows what counts as the file.
pub(in crate::audio) struct Bytes {
    reader: BufReader<Box<dyn MediaSource>>,
    at: u64,
    start: u64,
    end: u64,
}

impl Bytes {
    pub(in crate::audio) fn new(mut source: Box<dyn MediaSource>) -> io::Result<Self> {
        let end = source.seek(SeekFrom::End(0))?;
        source.seek(SeekFrom::Start(0))?;
        Ok(Self { reader: BufReader::with_capacity(AHEAD, source), at: 0, start: 0, end })
    }

    /// Where the file, or what is looked at of it, begins and ends.
    pub(in crate::audio) const fn range(&self) -> std::ops::Range<u64> {
        self.start..self.end
    }

    /// From now on only what lies between counts.
    pub(in crate::audio) fn narrow(&mut self, start: u64, end: u64) {
        self.end = end.min(self.end);
        self.start = start.clamp(self.start, self.end);
    }

    fn go(&mut self, at: u64) -> io::Result<()> {
        if at != self.at {
            let step = i64::try_from(i128::from(at) - i128::from(self.at)).map_err(|_| io::ErrorKind::InvalidInput)?;
            self.reader.seek_relative(step)?;
            self.at = at;
        }
        Ok(())
    }

    /// Fills `block` from place `at`, and says how many bytes there were.
    pub(in crate::audio) fn read(&mut self, at: u64, block: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.end.saturating_sub(at)).unwrap_or(usize::MAX).min(block.len());
        if most == 0 {
            return Ok(0);
        }
        self.go(at)?;
        let mut got = 0;
        while got < most {
            match self.reader.read(&mut block[got..most]) {
                Ok(0) => break,
                Ok(count) => {
                    got += count;
                    self.at += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(got)
    }

    /// `N` bytes from there; `None` beyond the end.
    pub(in crate::audio) fn array<const N: usize>(&mut self, at: u64) -> io::Result<Option<[u8; N]>> {
        let mut bytes = [0; N];
        Ok((self.read(at, &mut bytes)? == N).then_some(bytes))
    }

    /// As many of `count` bytes from there as the file has.
    pub(in crate::audio) fn take(&mut self, at: u64, count: usize) -> io::Result<Vec<u8>> {
        let left = usize::try_from(self.end.saturating_sub(at)).unwrap_or(usize::MAX);
        let mut bytes = vec![0; count.min(left)];
        let got = self.read(at, &mut bytes)?;
        bytes.truncate(got);
        Ok(bytes)
    }

    /// The first place from `at` on, before `until`, at which a byte satisfies `is`.
    pub(in crate::audio) fn find(
        &mut self,
        mut at: u64,
        until: u64,
        is: impl Fn(u8) -> bool,
    ) -> io::Result<Option<u64>> {
        let until = until.min(self.end);
        while at < until {
            self.go(at)?;
            let block = match self.reader.fill_buf() {
                Ok(block) => block,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if block.is_empty() {
                break;
            }
            let count = block.len().min(usize::try_from(until - at).unwrap_or(usize::MAX));
            if let Some(place) = block[..count].iter().position(|byte| is(*byte)) {
                return Ok(Some(at + place as u64));
            }
            at += count as u64;
        }
        Ok(None)
    }

    /// The same bytes for a reader that wants a file, with what lacks behind them.
    pub(in crate::audio) fn into_window(self, padding: Padding) -> Window {
        Window::new(self.reader.into_inner(), self.start, self.end, padding)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn bytes() -> Bytes {
        Bytes::new(Box::new(Cursor::new((0..100_u8).collect::<Vec<_>>()))).unwrap()
    }

    #[test]
    fn a_window_is_a_file_of_its_own_with_zeros_for_what_lacks() {
        let mut bytes = bytes();
        bytes.narrow(10, 18);
        let mut window = bytes.into_window(Padding { bytes: 2, name: Some(11) });
        let mut all = Vec::new();
        window.read_to_end(&mut all).unwrap();
        assert_eq!(all, [10, b'f', b'r', b'e', b'e', 15, 16, 17, 0, 0]);
        assert_eq!(window.seek(SeekFrom::End(-3)).unwrap(), 7);
        all.clear();
        window.read_to_end(&mut all).unwrap();
        assert_eq!(all, [17, 0, 0]);
        assert!(window.seek(SeekFrom::Current(-11)).is_err());
    }

    #[test]
    fn bytes_are_found_anywhere_and_none_beyond_the_end() {
        let mut bytes = bytes();
        assert_eq!(bytes.take(97, 10).unwrap(), [97, 98, 99]);
        assert_eq!(bytes.array::<2>(3).unwrap(), Some([3, 4]));
        assert_eq!(bytes.array::<2>(99).unwrap(), None);
        assert_eq!(bytes.find(5, 90, |byte| byte == 40).unwrap(), Some(40));
        assert_eq!(bytes.find(5, 40, |byte| byte == 40).unwrap(), None);
        bytes.narrow(0, 30);
        assert_eq!(bytes.take(29, 5).unwrap(), [29]);
        assert_eq!(bytes.take(u64::MAX, 5).unwrap(), [0; 0]);
    }
}
