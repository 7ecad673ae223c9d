//! Every bound on what comes from outside, with its reason.

use std::ops::RangeInclusive;
use std::time::Duration;

/// Largest sound file in bytes. An hour of CD-quality stereo WAV is 635 MB and belongs in an MP3;
/// anything bigger would be read twice (digest, decode) from an SD card for minutes.
pub const FILE_BYTES: u64 = 512 * 1024 * 1024;

/// Most that is held in memory of sounds that an alert may want: a dozen sirens and spoken warnings as MP3, and a
/// twentieth of the smallest machine's memory.
pub const HELD_BYTES: u64 = 24 * 1024 * 1024;

/// Largest file whose bytes are taken into memory before it plays, so that it plays to its end whatever is written over
/// it: a quarter of an hour at 64 kbit/s. Of larger ones the sound ends where somebody writes to the file.
pub const LENT_FILE_BYTES: u64 = 8 * 1024 * 1024;

/// Most that is in memory of all sounds that play at one time: four of the largest, and a twentieth of the smallest
/// machine's memory.
pub const LENT_BYTES: u64 = 32 * 1024 * 1024;

/// Longest sound: no lawful session comes near it, and it bounds a measurement's time.
pub const LENGTH: Duration = Duration::from_hours(4);

/// Most channels in a file: 7.1 is the most that any phone, camera or recorder makes.
pub const CHANNELS: usize = 8;

/// Sample rates in Hz, of files and of outputs: from below a telephone to above any sound card.
pub const RATES: RangeInclusive<u32> = 4_000..=192_000;

/// Most frames that one packet may decode to: four seconds at the highest rate. Codecs make at most
/// 8,192 (Vorbis) or 65,535 (FLAC); the rest is a hostile header.
pub const PACKET_FRAMES: usize = 768_000;

/// Packets at the very start that may fail to decode without anything being missing: the first frames of an MP3 cut
/// from a longer one lack their bit reservoir.
pub const BAD_PACKETS: u64 = 4;

/// Longest tag, and largest picture, that is taken into memory while a file is opened. The only one
/// that is read (`iTunSMPB`) has 120 bytes.
pub const TAG_BYTES: usize = 64 * 1024;

/// Packets of other tracks, or without sound, in a row before the file is given up: a video has
/// a few hundred pictures between two packets of sound at the very worst.
pub const SOUNDLESS_PACKETS: u32 = 100_000;

/// How much shorter than its container's claim a sound may decode: less than a syllable, more than
/// any codec's rounding.
pub const SHORTFALL: Duration = Duration::from_millis(100);

/// A WAV or AIFF that promises more bytes than this was written by a recorder that never went back to
/// fill in its length (it leaves 2 or 4 GiB less a few): nothing that loa takes is a fourth as big.
pub const PLACEHOLDER_BYTES: u64 = 2_000_000_000;

/// Samples beyond this (18 dB over full scale) are held at it: no codec overshoots so far, and a
/// hostile file of floats would make the measurements infinite.
pub const LOUDEST: f32 = 8.0;

/// Peak below which a sound counts as silence: -80 dBFS, under the noise of any microphone, above
/// the dither of an empty recording.
pub const SILENCE_PEAK: f32 = 1.0e-4;

/// Most files looked at in `audio/`; ten years of daily bulletins. It bounds memory and start-up. Those that are
/// planned go first.
pub const FILES: usize = 20_000;

/// Most names read in `audio/` to find those that are planned; the rest is only counted.
pub const NAMES: usize = 200_000;

/// Most files of which is kept why they are passed over: nobody reads more.
pub const ASIDE: usize = 200;

/// A file that was written to so shortly ago may still be in the middle of being copied: the longest pause of a USB
/// stick that is read, and the two seconds that a stick's own dates are exact to.
pub const SETTLE: Duration = Duration::from_secs(3);

/// Largest `state/facts.json`, and largest `state/facts.log`, that is read back: [`FILES`] entries of half a kilobyte,
/// twice.
pub const CACHE_BYTES: u64 = 20 * 1024 * 1024;

/// Most boxes looked at in an MP4, so that a hostile one ends: four hours in fragments of a second have half of it.
pub const MP4_BOXES: u32 = 65_536;

/// Largest header of a fragment that is read: a minute of frames has some tens of kilobytes.
pub const MP4_FRAGMENT: u64 = 1024 * 1024;

/// How much is compared of how a track is coded: a description has some hundreds of bytes.
pub const MP4_DESCRIPTION: u64 = 4_096;

/// As much padding may be missing at the end: phones leave room for titles there.
pub const MP4_PADDING: u64 = 16 * 1024 * 1024;

/// Most elements looked at in a Matroska, so that a hostile one ends: four hours in blocks of 20 ms have 720,000.
pub const MATROSKA_ELEMENTS: u32 = 2_000_000;

/// Time stamps further apart than the sound between them tell of a loss: Matroska's are exact to a thousandth of a
/// second, and a fragment's to its own ticks; recorders jitter by less than this.
pub const GAP: Duration = Duration::from_millis(100);

/// Most lines of an edit list that are followed: a film cut by hand has some dozens.
pub const MP4_EDITS: u32 = 1_000;

/// Work on one sound, in sound decoded: parts that are heard twice are decoded twice.
pub const WORK: Duration = Duration::from_hours(12);

/// Largest packet that a table may ask for: some seconds of samples as they are.
pub const PACKET_BYTES: u64 = 4 * 1024 * 1024;

/// Most frames that one damaged place may hide, or the positions around it are wrong: [`LENGTH`] at the highest rate.
pub const LOST_FRAMES: u64 = 4 * 3_600 * 192_000;

/// As much sound missing at one place is a word, and the announcement another.
pub const LOST_AT_ONCE: Duration = Duration::from_millis(500);

/// As much missing in all is no stumbling any more.
pub const LOST_IN_ALL: Duration = Duration::from_secs(2);

/// Places of damage that are remembered.
pub const LOST_PLACES: usize = 64;
