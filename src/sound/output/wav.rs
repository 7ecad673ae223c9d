use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek, SeekFrom, Write};
use std::path::Path;

use crate::instant::{Frames, Rate};
use crate::site;
use crate::station::{WAV_HEADER, WAV_MARK, is_loas_wav};

/// Bytes of the RIFF, `fmt `, `LIST` and `data` headers of a PCM file (RIFF 1991, "WAVE form").
const HEADER: u64 = WAV_HEADER as u64;
/// RIFF counts bytes in 32 bits; a file stops a little short of that.
const DATA_LIMIT: u64 = (u32::MAX - 1024) as u64;

/// A growing 16-bit WAV file.
///
/// Its header is brought up to date by [`Wav::save`] and on drop, after the samples that it counts:
/// whatever moment the power goes, the file opens and holds everything up to the last save.
#[derive(Debug)]
pub struct Wav {
    file: BufWriter<File>,
    rate: Rate,
    channels: u16,
    frames: u64,
}

impl Wav {
    /// A new, empty file at `path`. One that is there is begun anew if loa wrote it; anything else is left as it
    /// is ([`io::ErrorKind::AlreadyExists`]), and no link is followed.
    pub fn create(path: &Path, rate: Rate, channels: u16) -> io::Result<Self> {
        let mut file = site::make_file(path)?;
        let mut head = Vec::new();
        (&mut file).take(HEADER).read_to_end(&mut head)?;
        if !is_loas_wav(&head) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        file.set_len(0)?;
        file.seek(SeekFrom::Start(0))?;
        let mut wav = Self { file: BufWriter::new(file), rate, channels: channels.max(1), frames: 0 };
        wav.write_header()?;
        Ok(wav)
    }

    /// Bring the header of a file that was cut off up to date with what stands behind it; how many frames that is.
    /// Only of one that loa wrote.
    pub fn mend(path: &Path) -> io::Result<Frames> {
        let mut file = site::make_file(path)?;
        let mut head = Vec::new();
        (&mut file).take(HEADER).read_to_end(&mut head)?;
        let [.., low, high] = head.get(..24).unwrap_or_default() else { return Ok(Frames(0)) };
        if head.len() < WAV_HEADER {
            return Ok(Frames(0));
        }
        if !is_loas_wav(&head) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let of_frame = u64::from(u16::from_le_bytes([*low, *high]).max(1)) * 2;
        let frames = (file.metadata()?.len() - HEADER).min(DATA_LIMIT) / of_frame;
        let data = frames * of_frame;
        file.set_len(HEADER + data)?;
        for (at, bytes) in [(4, data + HEADER - 8), (HEADER - 4, data)] {
            file.seek(SeekFrom::Start(at))?;
            file.write_all(&(bytes as u32).to_le_bytes())?;
        }
        file.sync_all()?;
        Ok(Frames(frames))
    }

    /// Samples per frame.
    pub fn channels(&self) -> u16 {
        self.channels
    }

    /// Frames written so far.
    pub fn frames(&self) -> Frames {
        Frames(self.frames)
    }

    /// Whether `more` frames still fit.
    pub fn has_room(&self, more: Frames) -> bool {
        self.frames.saturating_add(more.0).saturating_mul(self.frame_bytes()) <= DATA_LIMIT
    }

    /// Append interleaved samples, whole frames of them; beyond ±1 they are clipped.
    pub fn write(&mut self, samples: &[f32]) -> io::Result<()> {
        for sample in samples {
            // By 2^15, as decoders divide: what was 16-bit comes out bit for bit. `as` saturates.
            let level = (sample * 32_768.0).round() as i16;
            self.file.write_all(&level.to_le_bytes())?;
        }
        self.frames += (samples.len() / usize::from(self.channels)) as u64;
        Ok(())
    }

    /// Append silence. It takes no room on disks that know holes.
    pub fn pad(&mut self, silence: Frames) -> io::Result<()> {
        self.frames += silence.0;
        self.file.flush()?;
        let end = HEADER + self.frames * self.frame_bytes();
        self.file.get_ref().set_len(end)?;
        self.file.seek(SeekFrom::Start(end))?;
        Ok(())
    }

    /// Bring the header up to date with what has been written.
    pub fn save(&mut self) -> io::Result<()> {
        self.file.flush()?;
        self.file.seek(SeekFrom::Start(0))?;
        self.write_header()?;
        self.file.seek(SeekFrom::Start(HEADER + self.frames * self.frame_bytes()))?;
        Ok(())
    }

    fn frame_bytes(&self) -> u64 {
        u64::from(self.channels) * 2
    }

    fn write_header(&mut self) -> io::Result<()> {
        let bytes = (self.frames * self.frame_bytes()) as u32;
        let per_second = self.rate.hz() * self.frame_bytes() as u32;
        let mut header = Vec::with_capacity(HEADER as usize);
        header.extend_from_slice(b"RIFF");
        header.extend_from_slice(&(bytes + HEADER as u32 - 8).to_le_bytes());
        header.extend_from_slice(b"WAVEfmt ");
        header.extend_from_slice(&16_u32.to_le_bytes());
        header.extend_from_slice(&1_u16.to_le_bytes());
        header.extend_from_slice(&self.channels.to_le_bytes());
        header.extend_from_slice(&self.rate.hz().to_le_bytes());
        header.extend_from_slice(&per_second.to_le_bytes());
        header.extend_from_slice(&(self.channels * 2).to_le_bytes());
        header.extend_from_slice(&16_u16.to_le_bytes());
        header.extend_from_slice(WAV_MARK);
        header.extend_from_slice(b"data");
        header.extend_from_slice(&bytes.to_le_bytes());
        self.file.write_all(&header)?;
        self.file.flush()
    }
}

impl Drop for Wav {
    fn drop(&mut self) {
        // Nobody is left to tell; the file stays good up to the last save.
        let _ = self.save();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &Path) -> Vec<i16> {
        let reader = hound::WavReader::open(path).expect("a wav file");
        reader.into_samples().collect::<Result<_, _>>().expect("samples")
    }

    #[test]
    fn samples_and_silence_come_back_as_written() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("a.wav");
        let mut wav = Wav::create(&path, Rate::STANDARD, 2).expect("created");
        wav.write(&[0.5, -0.5, 1.0, -2.0]).expect("written");
        wav.pad(Frames(2)).expect("padded");
        wav.write(&[0.25, 0.0]).expect("written");
        assert_eq!(wav.frames(), Frames(5));
        drop(wav);
        assert_eq!(read(&path), [16_384, -16_384, 32_767, -32_768, 0, 0, 0, 0, 8_192, 0]);
    }

    #[test]
    fn the_file_opens_at_any_moment_and_holds_what_was_saved() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("a.wav");
        let mut wav = Wav::create(&path, Rate::STANDARD, 1).expect("created");
        assert_eq!(read(&path), [0; 0]);
        wav.write(&[0.5; 1000]).expect("written");
        wav.save().expect("saved");
        wav.write(&vec![0.25; 100_000]).expect("written");
        assert_eq!(read(&path).len(), 1000);
    }

    #[test]
    fn a_file_that_was_cut_off_is_mended_to_all_that_stands_in_it() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("a.wav");
        let mut wav = Wav::create(&path, Rate::STANDARD, 2).expect("created");
        wav.write(&[0.5; 1000]).expect("written");
        drop(wav);
        let mut bytes = std::fs::read(&path).expect("a file");
        bytes[4..8].fill(0);
        bytes[WAV_HEADER - 4..WAV_HEADER].fill(0);
        // The last frame is half there.
        bytes.truncate(bytes.len() - 3);
        std::fs::write(&path, &bytes).expect("a file");
        assert_eq!(Wav::mend(&path).expect("mended"), Frames(499));
        assert_eq!(read(&path), [16_384; 998]);
        std::fs::write(&path, &bytes[..20]).expect("a file");
        assert_eq!(Wav::mend(&path).expect("mended"), Frames(0));
        std::fs::write(&path, [0; 100]).expect("a file");
        assert_eq!(Wav::mend(&path).expect_err("refused").kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn loas_own_file_is_begun_anew_and_nothing_else_is_written_over() {
        let dir = tempfile::tempdir().expect("a directory");
        let (path, other, link) = (dir.path().join("a.wav"), dir.path().join("b.wav"), dir.path().join("c.wav"));
        for _ in 0..2 {
            let mut wav = Wav::create(&path, Rate::STANDARD, 1).expect("created");
            wav.write(&[0.5]).expect("written");
            drop(wav);
            assert_eq!(read(&path), [16_384]);
        }
        std::fs::write(&other, "SQLite format 3").expect("a file");
        std::os::unix::fs::symlink(&other, &link).expect("a link");
        let refused = |path: &Path| Wav::create(path, Rate::STANDARD, 1).expect_err("refused");
        assert_eq!(refused(&other).kind(), io::ErrorKind::AlreadyExists);
        refused(&link);
        refused(dir.path());
        assert_eq!(std::fs::read(&other).expect("a file"), b"SQLite format 3");
    }

    #[test]
    fn a_file_stops_before_its_byte_count_overflows() {
        let dir = tempfile::tempdir().expect("a directory");
        let wav = Wav::create(&dir.path().join("a.wav"), Rate::STANDARD, 2).expect("created");
        assert!(wav.has_room(Frames(48_000 * 3_600 * 6)));
        assert!(!wav.has_room(Frames(48_000 * 3_600 * 7)));
    }
}
