use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use serde::{Deserialize, Serialize};

use super::centre::NoAnswer;
use super::running::Running;
use crate::digest::RunningDigest;
use crate::site::{Folder, OWN_DIR_MODE};
use crate::uplink::SOUND_STREAM;

/// A chunk of a sound as the centre stores it is 16 KiB; one of some other maker may be larger.
const CHUNK_MOST: usize = 512 * 1024;
/// It is written down where a fetch stands after so many chunks: a power cut costs half a minute on the slowest link.
const NOTE_EVERY: u32 = 16;
/// A note of a few numbers.
const NOTE_MOST: u64 = 64 * 1024;
/// Bytes at a time.
const PIECE: usize = 128 * 1024;

/// What the centre says of a sound that it stores.
#[derive(Deserialize)]
struct StoredSound {
    nuid: String,
    size: u64,
}

/// How far a sound has been fetched.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct FetchNote {
    /// Under which name its chunks lie there.
    nuid: String,
    /// Where to look for the next one.
    next: u64,
    /// Bytes that lie here.
    bytes: u64,
}

/// Why a sound could not be fetched.
#[derive(Debug)]
pub(super) enum Unfetched {
    /// The link went, or is too slow: it goes on from here later.
    Link,
    /// The centre does not have it.
    Absent,
    /// What the centre has under its name is something else.
    Other,
    /// The disk refused.
    Disk(io::Error),
}

impl From<io::Error> for Unfetched {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

impl Running<'_> {
    /// Where sounds lie that were fetched and belong to nothing yet.
    pub(super) fn fetched(&self) -> io::Result<Folder> {
        Folder::make(self.link.site.link().join("sounds"), OWN_DIR_MODE)
    }

    /// Fetch a sound by its SHA-256, chunk by chunk, from where an earlier attempt was broken off. It then lies in
    /// [`fetched`](Self::fetched) under its SHA-256.
    pub(super) async fn fetch_sound(&self, sha256: &str, bytes: u64) -> Result<(), Unfetched> {
        let folder = self.fetched()?;
        if folder.file(sha256).is_ok() {
            return Ok(());
        }
        let (part, note) = (format!("{sha256}.part"), format!("{sha256}.json"));
        let about = format!("$JS.API.DIRECT.GET.{SOUND_STREAM}.$O.AUDIO.M.{}", URL_SAFE.encode(sha256));
        let stored = self.fetch_one(about, Vec::new()).await?.payload;
        let stored: StoredSound = serde_json::from_slice(&stored).map_err(|_| Unfetched::Other)?;
        let is_plain = stored.nuid.bytes().all(|byte| byte.is_ascii_alphanumeric()) && stored.nuid.len() <= 64;
        if stored.size != bytes || !is_plain {
            return Err(Unfetched::Other);
        }
        let known = folder.read(&note, NOTE_MOST).ok().and_then(|note| serde_json::from_slice::<FetchNote>(&note).ok());
        let mut file = folder.make_file(&part).map_err(io::Error::from)?;
        let there = file.metadata()?.len();
        let mut at = known
            .filter(|known| known.nuid == stored.nuid && known.bytes <= there && known.bytes <= bytes)
            .unwrap_or(FetchNote { nuid: stored.nuid, next: 1, bytes: 0 });
        file.set_len(at.bytes)?;
        file.seek(SeekFrom::Start(at.bytes))?;
        let mut count = 0;
        while at.bytes < bytes {
            let wanted = serde_json::json!({ "seq": at.next, "next_by_subj": format!("$O.AUDIO.C.{}", at.nuid) });
            let subject = format!("$JS.API.DIRECT.GET.{SOUND_STREAM}");
            let answer = match self.fetch_one(subject, wanted.to_string().into_bytes()).await {
                Ok(answer) => answer,
                Err(why) => {
                    file.sync_all()?;
                    remark(&folder, &note, &at)?;
                    return Err(why);
                }
            };
            let (Some(sequence), chunk) = (answer.sequence, answer.payload) else { return Err(Unfetched::Other) };
            if chunk.is_empty() || chunk.len() > CHUNK_MOST || at.bytes + chunk.len() as u64 > bytes {
                return Err(Unfetched::Other);
            }
            file.write_all(&chunk)?;
            at.bytes += chunk.len() as u64;
            at.next = sequence + 1;
            count += 1;
            if count % NOTE_EVERY == 0 {
                // What lies on the disk first, then the word that it does.
                file.sync_all()?;
                remark(&folder, &note, &at)?;
            }
        }
        file.sync_all()?;
        drop(file);
        folder.remove(&note)?;
        if sum(&folder, &part)? != sha256 {
            folder.remove(&part)?;
            return Err(Unfetched::Other);
        }
        folder.rename(&part, sha256)?;
        Ok(folder.sync()?)
    }

    async fn fetch_one(&self, subject: String, wanted: Vec<u8>) -> Result<super::centre::CentreAnswer, Unfetched> {
        let answer = self.centre.ask(subject, &[], wanted, self.link.pace.answer).await;
        answer.inspect(|_| self.heard()).map_err(|why| match why {
            NoAnswer::Down | NoAnswer::Silent => Unfetched::Link,
            NoAnswer::Absent => Unfetched::Absent,
        })
    }

    /// Take away what was fetched: it lies in its place now.
    pub(super) fn clear_fetched(&self) {
        let Ok(folder) = self.fetched() else { return };
        for entry in folder.entries(usize::MAX).unwrap_or_default() {
            // What stays costs room, and is found again.
            let _ = folder.remove(&entry.name);
        }
    }
}

fn remark(folder: &Folder, note: &str, at: &FetchNote) -> io::Result<()> {
    folder.replace(note, &serde_json::to_vec(at).map_err(io::Error::from)?)
}

/// SHA-256 of a file; nothing where there is none that can be read.
pub(super) fn sum(folder: &Folder, name: &str) -> io::Result<String> {
    let mut file = folder.file(name).map_err(io::Error::from)?;
    let (mut sum, mut piece) = (RunningDigest::new(), vec![0; PIECE]);
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Ok(sum.written()),
            Ok(count) => sum.add(&piece[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
