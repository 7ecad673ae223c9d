use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::audio::Resampler;
use crate::fact::AudioRef;
use crate::instant::Rate;
use crate::output::Wav;
use crate::site::{self, Folder, Site};

/// What is kept is for the ear of an inspector: 32 kB a second, and all that a horn gives.
const KEPT_HZ: u32 = 16_000;
/// What is kept of all talks: five hours and a half. The oldest go.
const BYTES_MOST: u64 = 640 << 20;
/// Files that are looked at.
const FILES_MOST: usize = 10_000;
/// With less room on the disk nothing is kept.
const ROOM_LEAST: u64 = 256 << 20;
/// Pieces that wait for the disk: some twenty seconds of sound.
const WAITING_MOST: usize = 256;
/// So long whoever has spoken waits for his last piece to be on the tape.
const PATIENCE: Duration = Duration::from_secs(1);

/// What somebody speaks live, written down by a thread of its own as it is heard: a disk that hangs keeps nobody waiting.
pub(super) struct TalkTape {
    send: SyncSender<Vec<i16>>,
    done: oneshot::Receiver<Option<AudioRef>>,
    /// The disk did not follow: what is there has a hole, and counts as nothing.
    is_torn: bool,
}

impl TalkTape {
    /// A new one for this order; none where the machine has no thread for it.
    pub(super) fn begin(station_dir: &Path, order: &str) -> Option<Self> {
        let folder = Site::new(station_dir).kept();
        let name = format!("noi-{order}.wav");
        let (send, pieces) = sync_channel(WAITING_MOST);
        let (tell, done) = oneshot::channel();
        let work = move || {
            // Whoever waited may be gone; the file is there all the same.
            let _ = tell.send(write(&folder, &name, &pieces).ok().flatten());
        };
        std::thread::Builder::new().name("loa-tape".to_owned()).spawn(work).ok()?;
        Some(Self { send, done, is_torn: false })
    }

    /// More of it, at 48,000 samples a second.
    pub(super) fn put(&mut self, samples: Vec<i16>) {
        if !samples.is_empty() && self.send.try_send(samples).is_err() {
            self.is_torn = true;
        }
    }

    /// That was all: the file, where there is one.
    pub(super) async fn end(self) -> Option<AudioRef> {
        let Self { send, done, is_torn } = self;
        drop(send);
        if is_torn {
            return None;
        }
        timeout(PATIENCE, done).await.ok()?.ok()?
    }
}

fn write(folder: &Path, name: &str, pieces: &Receiver<Vec<i16>>) -> io::Result<Option<AudioRef>> {
    // Before the first sample nothing was heard.
    let Ok(first) = pieces.recv() else { return Ok(None) };
    site::make_dir(folder)?;
    make_room(folder)?;
    let path: PathBuf = folder.join(name);
    let (from, to) = (Rate::STANDARD, Rate::new(KEPT_HZ).unwrap_or(Rate::STANDARD));
    let mut resampler = Resampler::new(from, to).map_err(io::Error::other)?;
    let mut wav = Wav::create(&path, to, 1)?;
    let mut ready = Vec::new();
    for piece in std::iter::once(first).chain(pieces.iter()) {
        let samples: Vec<f32> = piece.iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
        ready.clear();
        resampler.push(&samples, &mut ready).map_err(io::Error::other)?;
        wav.write(&ready)?;
    }
    ready.clear();
    resampler.finish(&mut ready).map_err(io::Error::other)?;
    wav.write(&ready)?;
    wav.save()?;
    drop(wav);
    let bytes = site::read(&path, BYTES_MOST).map_err(|why| io::Error::other(why.to_string()))?;
    Ok(Some(AudioRef { file: name.to_owned(), sha256: crate::digest::sha256(&bytes) }))
}

/// The oldest go where there is no room for more.
fn make_room(folder: &Path) -> io::Result<()> {
    let here = Folder::open(folder)?;
    let mut files: Vec<(i64, u64, String)> = Vec::new();
    for entry in here.entries(FILES_MOST)? {
        let Some(name) = entry.name.to_str().filter(|name| name.starts_with("noi-")) else { continue };
        let Ok(bytes) = here.file(name).map_err(drop).and_then(|file| file.metadata().map_err(drop)) else { continue };
        files.push((site::saved_at(&folder.join(name)).unwrap_or_default(), bytes.len(), name.to_owned()));
    }
    files.sort();
    let mut whole: u64 = files.iter().map(|(_, bytes, _)| bytes).sum();
    for (_, bytes, name) in files {
        let is_tight = site::room(folder).is_some_and(|room| room < ROOM_LEAST);
        if whole <= BYTES_MOST && !is_tight {
            return Ok(());
        }
        here.remove(&name)?;
        whole -= bytes;
    }
    match site::room(folder) {
        Some(room) if room < ROOM_LEAST => Err(io::ErrorKind::StorageFull.into()),
        _ => Ok(()),
    }
}
