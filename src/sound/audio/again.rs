use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::disk::{Links, SoundFile};
use crate::site::Site;

/// The very bytes of a sound that was played once. Should the file be changed while it is read, reading fails.
pub struct PlayedBytes(SoundFile);

impl PlayedBytes {
    /// How many bytes there are.
    pub fn size(&self) -> u64 {
        self.0.stamp().size
    }
}

impl Read for PlayedBytes {
    fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
        self.0.read(block)
    }
}

impl Seek for PlayedBytes {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

/// The sound that was called `file` and had this digest: in `audio/`, where it was put when another took its place, or where
/// what was relayed or spoken live is kept.
/// `None` where no such bytes are there any more.
pub fn again(station_dir: &Path, file: &str, sha256: &str) -> Option<PlayedBytes> {
    // A name in one of these, whatever stands in a journal.
    if file.is_empty() || file.starts_with('.') || file.contains(['/', '\0']) {
        return None;
    }
    let site = Site::new(station_dir);
    [site.audio(), site.replaced(), site.replaced_beside(), site.kept()].into_iter().find_map(|place| {
        let mut found = SoundFile::open(&place.join(file), Links::Refuse).ok()?;
        found.vouch(sha256).ok()?.then_some(PlayedBytes(found))
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::digest::sha256;

    #[test]
    fn what_was_played_is_found_where_it_was_put_and_nothing_else_in_its_place() {
        let dir = tempfile::tempdir().unwrap();
        let site = Site::new(dir.path());
        for (place, bytes) in [(site.audio(), "mới"), (site.replaced(), "cũ")] {
            fs::create_dir_all(&place).unwrap();
            fs::write(place.join("ban-tin.mp3"), bytes).unwrap();
        }
        for (bytes, is_there) in [("mới", true), ("cũ", true), ("cũ hơn", false)] {
            let found = again(dir.path(), "ban-tin.mp3", &sha256(bytes.as_bytes()));
            let read = found.map(|mut found| {
                let mut read = String::new();
                found.read_to_string(&mut read).unwrap();
                read
            });
            assert_eq!(read.as_deref(), is_there.then_some(bytes));
        }
        fs::write(dir.path().join("secret"), "x").unwrap();
        for name in ["../secret", "/etc/passwd", "", ".", ".."] {
            assert!(again(dir.path(), name, &sha256(b"x")).is_none(), "{name}");
        }
    }
}
