//! loa's own readers of containers: from a file's bytes to packets for a decoder, and to what is missing
//! between them. They read what recorders, phones and broken sticks leave behind, where a strict reader would
//! refuse it or pass over a loss: wrong lengths in WAV, AIFF and CAF, tags behind the sound, Ogg without an end
//! mark, holes in MP3 and AAC, a stream that changes its shape, several files in one. They decode nothing and judge nothing. Called by
//! [`super::container`].

mod adts;
mod aiff;
mod blocks;
mod caf;
mod flac;
mod frames;
mod head;
mod header;
mod joined;
mod mpeg;
mod ogg;
mod page;
mod run;
mod step;
mod tag;
mod voice;
mod wave;
mod window;

pub(super) use blocks::{Blocks, Layout};
pub(super) use caf::{Caf, Packets};
pub(super) use flac::Flac;
pub(super) use frames::FrameReader;
pub(super) use ogg::Ogg;
pub(super) use step::{Coded, Demuxed};
pub(super) use tag::strip;
pub(super) use wave::Wave;
pub(super) use window::{Bytes, Padding};

pub(super) use aiff::read as read_aiff;
pub(super) use caf::read as read_caf;
pub(super) use joined::begins as file_begins;
pub(super) use wave::read as read_wave;
