use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::io::MediaSource;

use super::cut::EditList;
use super::demuxer::Demuxer;
use super::disk::SoundFile;
use super::reader::{self, Blocks, Bytes, Caf, Demuxed, Flac, FrameReader, Ogg, Packets, Wave};
use super::{fault, kind};
use crate::plan::Fault;

/// An open sound file: packets of its first track with sound, and what the container says of them.
pub(super) struct Container {
    inside: Inside,
    endings: &'static [&'static str],
}

/// How it is read.
enum Inside {
    /// Samples or ADPCM, in WAV, AIFF or CAF.
    Blocks(Blocks),
    /// Packets in a CAF.
    Caf(Packets, Box<Bytes>),
    /// MP3, Layer II or AAC without a container, or wrapped in a WAV.
    Frames(Box<FrameReader>),
    Ogg(Box<Ogg>),
    Flac(Box<Flac>),
    /// MP4, Matroska.
    Demuxer(Box<Demuxer>),
}

impl Container {
    /// Finds out what kind of file it is, by content alone.
    pub(super) fn open(source: impl MediaSource + 'static) -> Result<Self, Fault> {
        let unreadable = |error: std::io::Error| fault::unreadable(&error);
        let mut bytes = Bytes::new(Box::new(source)).map_err(unreadable)?;
        reader::strip(&mut bytes).map_err(unreadable)?;
        let beginning = bytes.take(bytes.range().start, kind::ENOUGH).map_err(unreadable)?;
        if beginning.is_empty() {
            return Err(kind::refusal(&beginning));
        }
        let of = |inside, endings| Ok(Self { inside, endings });
        match kind::family(&beginning) {
            kind::Family::Wave => match reader::read_wave(&mut bytes)? {
                Wave::Blocks(layout) => of(Inside::Blocks(Blocks::new(bytes, layout)), &["wav"]),
                Wave::Mpeg(range) => {
                    bytes.narrow(range.start, range.end);
                    let frames = FrameReader::open(bytes)?.map_err(|_| fault::damaged())?;
                    of(Inside::Frames(Box::new(frames)), &["wav"])
                }
            },
            kind::Family::Aiff => {
                let layout = reader::read_aiff(&mut bytes)?;
                of(Inside::Blocks(Blocks::new(bytes, layout)), &["aiff", "aif"])
            }
            kind::Family::Caf => match reader::read_caf(bytes)? {
                (Caf::Blocks(layout), bytes) => of(Inside::Blocks(Blocks::new(bytes, layout)), &["caf"]),
                (Caf::Packets(packets), bytes) => of(Inside::Caf(packets, Box::new(bytes)), &["caf"]),
            },
            kind::Family::Ogg => {
                let ogg = Ogg::open(bytes, &beginning)?;
                let endings: &[&str] = if ogg.is_opus() { &["opus", "ogg"] } else { &["ogg", "oga"] };
                of(Inside::Ogg(Box::new(ogg)), endings)
            }
            kind::Family::Flac => of(Inside::Flac(Box::new(Flac::open(bytes)?)), &["flac"]),
            kind::Family::Film => {
                let demuxer = Demuxer::open(bytes, &beginning)?;
                let endings = demuxer.endings(&beginning);
                of(Inside::Demuxer(Box::new(demuxer)), endings)
            }
            kind::Family::Other => {
                if let Some(fault) = kind::wrapped(&beginning) {
                    return Err(fault);
                }
                let frames = FrameReader::open(bytes)?.map_err(|_| kind::refusal(&beginning))?;
                let endings = frames.endings();
                of(Inside::Frames(Box::new(frames)), endings)
            }
        }
    }

    /// What the decoder needs to know of the track.
    pub(super) fn params(&self) -> AudioCodecParameters {
        match &self.inside {
            Inside::Blocks(blocks) => blocks.params(),
            Inside::Caf(packets, _) => packets.params.clone(),
            Inside::Frames(frames) => frames.params(),
            Inside::Ogg(ogg) => ogg.params(),
            Inside::Flac(flac) => flac.params(),
            Inside::Demuxer(demuxer) => demuxer.params(),
        }
    }

    /// What comes next; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Demuxed>, Fault> {
        match &mut self.inside {
            Inside::Blocks(blocks) => blocks.next(),
            Inside::Caf(packets, bytes) => packets.next(bytes),
            Inside::Frames(frames) => frames.next(),
            Inside::Ogg(ogg) => ogg.next(),
            Inside::Flac(flac) => flac.next(),
            Inside::Demuxer(demuxer) => demuxer.next(),
        }
    }

    /// Which of the decoded frames are to be heard, beside what each packet says of itself.
    pub(super) fn edit(&self, rate: u32) -> EditList {
        match &self.inside {
            Inside::Blocks(_) | Inside::Flac(_) => EditList::from(0),
            Inside::Caf(packets, _) => packets.edit.clone(),
            Inside::Frames(frames) => frames.edit(),
            Inside::Ogg(ogg) => ogg.edit(),
            Inside::Demuxer(demuxer) => demuxer.edit(rate),
        }
    }

    /// Goes back to the beginning, for an edit that plays what it has passed. False where that cannot be.
    pub(super) fn rewind(&mut self) -> Result<bool, Fault> {
        match &mut self.inside {
            Inside::Demuxer(demuxer) => demuxer.rewind(),
            _ => Ok(false),
        }
    }

    /// The number of frames that the container promises to decode to, before [`Self::edit`]; `None`
    /// where it says nothing.
    pub(super) fn claim(&self) -> Option<u64> {
        match &self.inside {
            Inside::Blocks(blocks) => Some(blocks.frames()),
            Inside::Frames(frames) => frames.claim(),
            Inside::Flac(flac) => flac.claim(),
            Inside::Demuxer(demuxer) => demuxer.claim(),
            Inside::Caf(..) | Inside::Ogg(_) => None,
        }
    }

    /// The same as far as it is known, at the rate of what is decoded, once the file has turned out to be cut off.
    pub(super) fn length(&self, rate: u32) -> Option<u64> {
        match &self.inside {
            Inside::Demuxer(demuxer) => self.claim().or_else(|| demuxer.length(rate)),
            _ => self.claim(),
        }
    }

    /// Whether that promise is the last word on where the sound ends: not where the file itself ends with its last
    /// whole packet, or the reader has compared the two.
    pub(super) fn is_bound_by_claim(&self) -> bool {
        matches!(&self.inside, Inside::Demuxer(_))
    }

    /// Whether the file ends in the middle of a packet, and nothing says how much should follow.
    pub(super) fn is_cut(&self) -> bool {
        match &self.inside {
            Inside::Frames(frames) => frames.is_cut(),
            Inside::Flac(flac) => flac.is_doubtful(),
            Inside::Demuxer(demuxer) => demuxer.is_doubtful(),
            _ => false,
        }
    }

    /// File name endings that say truly what this is, the usual one first.
    pub(super) fn endings(&self) -> &'static [&'static str] {
        self.endings
    }

    /// Whether its time stamps run twice as fast as samples at `rate`: AAC with replication that
    /// nobody announced.
    pub(super) fn runs_double(&self, rate: u32) -> bool {
        matches!(&self.inside, Inside::Demuxer(demuxer) if demuxer.runs_double(rate))
    }
}

impl MediaSource for SoundFile {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.stamp().size)
    }
}
