use std::io::{self, Write};

use data_encoding::BASE64URL;
use loa_core::bundle::{BundleFile, Unpacked};
use loa_core::diag::{Text, shown, text};
use loa_core::uplink::SOUND_STREAM;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::{DispatchError, Dispatcher, OutgoingBundle, PutError};

/// As boxes fetch it: on a line of 32 KiB/s an alarm waits up to half a second behind one.
pub(crate) const CHUNK: usize = 16 * 1024;
/// Chunks that wait to be sent.
const WAITING_MOST: usize = 16;
/// It is told how far a sound is after so many chunks: a megabyte.
const TOLD_EVERY: u64 = 64;
/// How often an upload begins anew where somebody else sends the same sound.
const TRIES_MOST: u32 = 3;

/// What became of a sound.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SoundFate {
    /// The centre had it.
    There,
    /// So many bytes of it are sent by now.
    Going(u64),
    /// It is there now; so many bytes had been there from an attempt before.
    Sent(u64),
}

/// What the object store of NATS keeps of an object, as far as anybody here reads it.
#[derive(Serialize, Deserialize)]
struct StoredSound {
    name: String,
    bucket: String,
    nuid: String,
    size: u64,
    chunks: u64,
    digest: String,
    options: SoundOptions,
}

#[derive(Serialize, Deserialize)]
struct SoundOptions {
    max_chunk_size: usize,
}

/// Hand every sound of a bundle to the servers that they do not have yet, in chunks, by SHA-256. One that was broken off goes on where it was.
/// `tell` hears of each: its place among them, how many there are, and what became of it.
pub async fn send_sounds(
    dispatcher: &Dispatcher,
    bundle: &OutgoingBundle,
    tell: &mut (dyn FnMut(usize, usize, &BundleFile, SoundFate) + Send),
) -> Result<(), DispatchError> {
    let sounds: Vec<BundleFile> = bundle.sounds().cloned().collect();
    let mut missing = Vec::new();
    for (place, file) in sounds.iter().enumerate() {
        if is_there(dispatcher, file).await? {
            tell(place + 1, sounds.len(), file, SoundFate::There);
        } else {
            missing.push(file.sha256.clone());
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let (hand, mut chunks) = mpsc::channel::<Vec<u8>>(WAITING_MOST);
    let reading = {
        let (bundle, missing) = (bundle.clone(), missing.clone());
        tokio::task::spawn_blocking(move || read(&bundle, &missing, &hand))
    };
    let mut sent = Ok(());
    for (place, file) in sounds.iter().enumerate().filter(|(_, file)| missing.contains(&file.sha256)) {
        let mut told = |fate| tell(place + 1, sounds.len(), file, fate);
        sent = send(dispatcher, bundle, file, &mut chunks, &mut told).await;
        if sent.is_err() {
            break;
        }
    }
    drop(chunks);
    let read = reading.await.unwrap_or_else(|_| Err(bundle.changed()));
    sent.and(read)
}

/// The bytes of those sounds, one after the other, each in chunks of its own.
fn read(bundle: &OutgoingBundle, wanted: &[String], to: &mpsc::Sender<Vec<u8>>) -> Result<(), DispatchError> {
    let mut parcel = bundle.parcel()?;
    for file in bundle.manifest.contents() {
        let taken = if wanted.contains(&file.sha256) {
            let mut out = Chunks { to, chunk: Vec::with_capacity(CHUNK) };
            parcel.take(file, &mut out).and_then(|()| out.hand_over().map_err(Unpacked::Disk))
        } else {
            parcel.take(file, &mut io::sink())
        };
        match taken {
            Ok(()) => {}
            // Nobody sends any more: why is told by whoever did.
            Err(Unpacked::Disk(_)) => return Ok(()),
            Err(Unpacked::Bundle(_)) => return Err(bundle.changed()),
        }
    }
    Ok(())
}

/// Cuts what is written into chunks.
struct Chunks<'a> {
    to: &'a mpsc::Sender<Vec<u8>>,
    chunk: Vec<u8>,
}

impl Chunks<'_> {
    fn hand_over(&mut self) -> io::Result<()> {
        if self.chunk.is_empty() {
            return Ok(());
        }
        let chunk = std::mem::replace(&mut self.chunk, Vec::with_capacity(CHUNK));
        self.to.blocking_send(chunk).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

impl Write for Chunks<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(CHUNK - self.chunk.len());
        self.chunk.extend_from_slice(&bytes[..count]);
        if self.chunk.len() == CHUNK {
            self.hand_over()?;
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// One sound, its chunks as they come.
async fn send(
    dispatcher: &Dispatcher,
    bundle: &OutgoingBundle,
    file: &BundleFile,
    chunks: &mut mpsc::Receiver<Vec<u8>>,
    tell: &mut (dyn FnMut(SoundFate) + Send),
) -> Result<(), DispatchError> {
    let count = file.bytes.div_ceil(CHUNK as u64);
    let subject = chunk_subject(file);
    let mut there = begun(dispatcher, &subject, file.bytes).await?;
    let (first, mut tries) = (there.0, 0);
    for place in 0..count {
        // A chunk that ends too early: the file is another by now.
        let chunk = chunks.recv().await.ok_or_else(|| bundle.changed())?;
        // What another sender of the same sound has stored meanwhile is the same.
        while there.0 <= place {
            match dispatcher.put(&subject, chunk.clone(), there.1).await {
                Ok(sequence) => there = (place + 1, sequence),
                Err(PutError::Changed) if tries < TRIES_MOST => {
                    tries += 1;
                    there = begun(dispatcher, &subject, file.bytes).await?;
                    if there.0 < place {
                        return Err(busy(file));
                    }
                }
                Err(PutError::Changed) => return Err(busy(file)),
                Err(error) => return Err(error.into()),
            }
        }
        if (place + 1) % TOLD_EVERY == 0 {
            tell(SoundFate::Going((place + 1) * CHUNK as u64));
        }
    }
    let about = StoredSound {
        name: file.sha256.clone(),
        bucket: "AUDIO".to_owned(),
        nuid: file.sha256.clone(),
        size: file.bytes,
        chunks: count,
        digest: format!("SHA-256={}", BASE64URL.encode(&bytes_of(&file.sha256))),
        options: SoundOptions { max_chunk_size: CHUNK },
    };
    dispatcher.put_alone(&about_subject(file), serde_json::to_vec(&about).unwrap_or_default()).await?;
    tell(SoundFate::Sent((first * CHUNK as u64).min(file.bytes)));
    Ok(())
}

fn busy(file: &BundleFile) -> DispatchError {
    let path = shown(&file.path);
    DispatchError::Refused(text!(
        "người khác đang gửi âm thanh {path}: chờ vài phút rồi chạy lại",
        "somebody else sends the sound {path}: wait some minutes and run it again"
    ))
}

/// How many of the chunks of a sound of so many bytes lie there, and the number of the last in the stream. What is longer than it can be,
/// or was cut in other lengths, is taken away.
async fn begun(dispatcher: &Dispatcher, subject: &str, bytes: u64) -> Result<(u64, u64), DispatchError> {
    let count = dispatcher.count(SOUND_STREAM, subject).await?;
    let Some(newest) = (if count == 0 { None } else { dispatcher.newest(SOUND_STREAM, subject).await? }) else {
        return Ok((0, 0));
    };
    let before = (count - 1) * CHUNK as u64;
    let last = bytes.saturating_sub(before).min(CHUNK as u64);
    if last == 0 || newest.payload.len() as u64 != last {
        dispatcher.clear(SOUND_STREAM, subject).await?;
        return Ok((0, 0));
    }
    Ok((count, newest.sequence))
}

/// Whole, and of the length that was signed.
async fn is_there(dispatcher: &Dispatcher, file: &BundleFile) -> Result<bool, DispatchError> {
    let Some(about) = dispatcher.newest(SOUND_STREAM, &about_subject(file)).await? else { return Ok(false) };
    let Ok(about) = serde_json::from_slice::<StoredAbout>(&about.payload) else { return Ok(false) };
    let subject = format!("$O.AUDIO.C.{}", about.nuid);
    let is_plain = about.nuid.bytes().all(|byte| byte.is_ascii_alphanumeric()) && !about.nuid.is_empty();
    Ok(is_plain && about.size == file.bytes && dispatcher.count(SOUND_STREAM, &subject).await? == about.chunks)
}

/// What every store says of an object.
#[derive(Deserialize)]
struct StoredAbout {
    nuid: String,
    size: u64,
    #[serde(default)]
    chunks: u64,
}

fn about_subject(file: &BundleFile) -> String {
    format!("$O.AUDIO.M.{}", BASE64URL.encode(file.sha256.as_bytes()))
}

/// Under its own digest: whoever sends it again goes on where the first one was.
fn chunk_subject(file: &BundleFile) -> String {
    format!("$O.AUDIO.C.{}", file.sha256)
}

fn bytes_of(hex: &str) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap_or_default()
}

impl SoundFate {
    /// For whoever waits.
    pub fn text(self, place: usize, of: usize, file: &BundleFile) -> Text {
        let (path, size) = (shown(&file.path), loa_core::diag::figure::bytes(file.bytes));
        match self {
            Self::There => text!(
                size = size;
                "âm thanh {place}/{of} {path} ({size}): trung tâm đã có",
                "sound {place}/{of} {path} ({size}): the centre has it"
            ),
            Self::Going(bytes) => {
                let done = bytes.saturating_mul(100).checked_div(file.bytes).unwrap_or(100).min(100);
                text!(
                    size = size;
                    "âm thanh {place}/{of} {path} ({size}): {done} %",
                    "sound {place}/{of} {path} ({size}): {done} %"
                )
            }
            Self::Sent(0) => text!(
                size = size;
                "âm thanh {place}/{of} {path} ({size}): đã gửi",
                "sound {place}/{of} {path} ({size}): sent"
            ),
            Self::Sent(before) => {
                let before = loa_core::diag::figure::bytes(before);
                text!(
                    size = size, before = before;
                    "âm thanh {place}/{of} {path} ({size}): đã gửi, {before} đã có từ lần trước",
                    "sound {place}/{of} {path} ({size}): sent, {before} of it had been there"
                )
            }
        }
    }
}
