use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::audio::Resampler;
use crate::diag::{Text, system, text};
use crate::fact::{AudioRef, Entry};
use crate::instant::Rate;
use crate::kept::{UNFINISHED, is_talk_name};
use crate::output::Wav;
use crate::player::Event;
use crate::reason::{Ordered, Reason};
use crate::site::{self, Folder, Site};

/// What is kept is for the ear of an inspector: 32 kB a second, and all that a horn gives.
const KEPT_HZ: u32 = 16_000;
/// What is kept of all talks: five hours and a half. The oldest go.
const BYTES_MOST: u64 = 640 << 20;
/// Files that are looked at.
const FILES_MOST: usize = 10_000;
/// With less room on the disk nothing more is kept.
const ROOM_LEAST: u64 = 256 << 20;
/// Pieces that wait for the disk: some twenty seconds of sound.
const WAITING_MOST: usize = 256;
/// So long whoever has spoken waits for his last piece to be on the tape.
const PATIENCE: Duration = Duration::from_secs(1);
/// How the title of a talk begins, before the name of whoever spoke.
const TITLED: &str = "Nói trực tiếp: ";

/// What has become of what was spoken.
#[derive(Debug)]
pub(super) enum TapeNews {
    /// It is kept as this file.
    Kept(AudioRef),
    /// It is not, and why.
    Unkept(Text),
    /// The oldest were taken away, so that all together stay within their bound.
    Erased(Vec<String>),
}

/// What somebody speaks live, written down by a thread of its own as it is heard: a disk that hangs keeps nobody waiting.
pub(super) struct TalkTape {
    send: SyncSender<Vec<i16>>,
    done: oneshot::Receiver<()>,
    /// The disk did not follow: what is there has a hole, and counts as nothing.
    is_torn: Arc<AtomicBool>,
}

impl TalkTape {
    /// A new one for this order. `tell` is told what has become of it, also where that takes long.
    pub(super) fn begin(
        station_dir: &Path,
        order: &str,
        tell: impl Fn(TapeNews) + Send + 'static,
    ) -> Result<Self, Text> {
        let shelf = TalkShelf { dir: Site::new(station_dir).kept(), room: site::room };
        let name = format!("noi-{order}.wav");
        let (send, pieces) = sync_channel(WAITING_MOST);
        let (ended, done) = oneshot::channel();
        let is_torn = Arc::new(AtomicBool::new(false));
        let torn = Arc::clone(&is_torn);
        let work = move || {
            match shelf.keep(&name, (&pieces, &torn), &tell) {
                Ok(Some(audio)) => tell(TapeNews::Kept(audio)),
                Ok(None) => {}
                Err(why) => tell(TapeNews::Unkept(why)),
            }
            // Whoever waited may be gone.
            let _ = ended.send(());
        };
        std::thread::Builder::new().name("loa-tape".to_owned()).spawn(work).map_err(|error| system(&error))?;
        Ok(Self { send, done, is_torn })
    }

    /// More of it, at 48,000 samples a second.
    pub(super) fn put(&mut self, samples: Vec<i16>) {
        if !samples.is_empty() && self.send.try_send(samples).is_err() {
            self.is_torn.store(true, Ordering::Release);
        }
    }

    /// That was all. Waits a moment for the file, so that the row of the talk can name it.
    pub(super) async fn end(self) {
        let Self { send, done, .. } = self;
        drop(send);
        let _ = timeout(PATIENCE, done).await;
    }
}

/// Where talks are kept.
struct TalkShelf {
    dir: PathBuf,
    /// How many bytes a disk still takes.
    room: fn(&Path) -> Option<u64>,
}

impl TalkShelf {
    /// Write down what comes; nothing where nothing was heard.
    fn keep(
        &self,
        name: &str,
        (pieces, torn): (&Receiver<Vec<i16>>, &AtomicBool),
        tell: &dyn Fn(TapeNews),
    ) -> Result<Option<AudioRef>, Text> {
        // Before the first sample nothing was heard.
        let Ok(first) = pieces.recv() else { return Ok(None) };
        site::make_dir(&self.dir).map_err(|error| system(&error))?;
        self.make_room(tell)?;
        let draft = format!("{name}{UNFINISHED}");
        let written = self.write(&draft, first, pieces).map_err(|error| system(&error));
        let is_whole = if torn.load(Ordering::Acquire) { Err(too_slow()) } else { written };
        let kept = is_whole.and_then(|()| self.place(name).map_err(|error| system(&error)));
        if kept.is_err()
            && let Ok(folder) = Folder::open(&self.dir)
        {
            // Should it stay, the next start takes it up.
            let _ = folder.remove(&draft);
        }
        kept.map(Some)
    }

    fn write(&self, draft: &str, first: Vec<i16>, pieces: &Receiver<Vec<i16>>) -> io::Result<()> {
        let (from, to) = (Rate::STANDARD, Rate::new(KEPT_HZ).unwrap_or(Rate::STANDARD));
        let mut resampler = Resampler::new(from, to).map_err(io::Error::other)?;
        let mut wav = Wav::create(&self.dir.join(draft), to, 1)?;
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
        wav.save()
    }

    /// Give what was written its name.
    fn place(&self, name: &str) -> io::Result<AudioRef> {
        let draft = format!("{name}{UNFINISHED}");
        let bytes = site::read(&self.dir.join(&draft), BYTES_MOST).map_err(|why| io::Error::other(why.to_string()))?;
        let folder = Folder::open(&self.dir)?;
        folder.rename(&draft, name)?;
        folder.sync()?;
        Ok(AudioRef { file: name.to_owned(), sha256: crate::digest::sha256(&bytes) })
    }

    /// The oldest go where there is more than there may be. For a disk that is full nothing goes: the new one is not kept.
    fn make_room(&self, tell: &dyn Fn(TapeNews)) -> Result<(), Text> {
        if (self.room)(&self.dir).is_some_and(|room| room < ROOM_LEAST) {
            return Err(no_room());
        }
        let erased = self.erase_oldest().map_err(|error| system(&error))?;
        if !erased.is_empty() {
            tell(TapeNews::Erased(erased));
        }
        Ok(())
    }

    fn erase_oldest(&self) -> io::Result<Vec<String>> {
        let here = Folder::open(&self.dir)?;
        let mut files: Vec<(i64, u64, String)> = Vec::new();
        for entry in here.entries(FILES_MOST)? {
            let Some(name) = entry.name.to_str().filter(|name| is_talk_name(name)) else { continue };
            let Ok(bytes) = here.file(name).map_err(drop).and_then(|file| file.metadata().map_err(drop)) else {
                continue;
            };
            files.push((site::saved_at(&self.dir.join(name)).unwrap_or_default(), bytes.len(), name.to_owned()));
        }
        files.sort();
        let (mut whole, mut erased) = (files.iter().map(|(_, bytes, _)| bytes).sum::<u64>(), Vec::new());
        for (_, bytes, name) in files {
            if whole <= BYTES_MOST {
                break;
            }
            here.remove(&name)?;
            whole -= bytes;
            erased.push(name);
        }
        Ok(erased)
    }

    /// What the last life had begun and not ended.
    fn unfinished(&self) -> Vec<String> {
        let entries = Folder::open(&self.dir).and_then(|folder| folder.entries(FILES_MOST)).unwrap_or_default();
        let name = |name: &std::ffi::OsStr| {
            let name = name.to_str()?.strip_suffix(UNFINISHED)?;
            is_talk_name(name).then(|| name.to_owned())
        };
        entries.iter().filter(|entry| !entry.link).filter_map(|entry| name(&entry.name)).collect()
    }

    /// End it; nothing where no sample had reached the disk.
    fn take_up(&self, name: &str) -> io::Result<Option<AudioRef>> {
        let draft = format!("{name}{UNFINISHED}");
        if Wav::mend(&self.dir.join(&draft))?.0 == 0 {
            Folder::open(&self.dir)?.remove(&draft)?;
            return Ok(None);
        }
        self.place(name).map(Some)
    }
}

/// Who spoke by which order, of rows of the journal.
pub(super) fn speakers<'a>(rows: impl Iterator<Item = &'a Entry>) -> HashMap<String, String> {
    let speaker = |row: &Entry| Some((row.order.clone()?, row.title.strip_prefix(TITLED)?.to_owned()));
    rows.filter_map(speaker).collect()
}

/// Talks that the last life had not ended, as after a power cut: each is made whole and told, by a thread of its own. What is
/// there is looked for before this comes back, while nobody speaks yet.
pub(super) fn take_up(
    station_dir: &Path,
    speakers: HashMap<String, String>,
    tell: impl Fn(Event) + Send + 'static,
) -> io::Result<()> {
    let shelf = TalkShelf { dir: Site::new(station_dir).kept(), room: site::room };
    let names = shelf.unfinished();
    if names.is_empty() {
        return Ok(());
    }
    let work = move || {
        for name in names {
            let order = name.trim_start_matches("noi-").trim_end_matches(".wav").to_owned();
            let by = speakers.get(&order).map_or("", String::as_str);
            if let Some(event) = taken_up(shelf.take_up(&name), order, by) {
                tell(event);
            }
        }
    };
    std::thread::Builder::new().name("loa-tape".to_owned()).spawn(work).map(drop)
}

fn taken_up(found: io::Result<Option<AudioRef>>, order: String, by: &str) -> Option<Event> {
    let by = Ordered::by(by);
    match found {
        Ok(audio) => {
            let (reason, title) = (Reason::TalkKept(by), "tiếng nói trực tiếp".to_owned());
            Some(Event::Kept { reason, title, order: Some(order), audio: audio? })
        }
        Err(error) => Some(unkept(&system(&error), by, "tiếng nói trực tiếp".to_owned(), order)),
    }
}

/// The note that a talk is not kept.
pub(super) fn unkept(why: &Text, by: Ordered, title: String, order: String) -> Event {
    let reason = Reason::TalkUnkept(Ordered { why: why.vi.clone(), ..by });
    Event::Mark { reason, title, order: Some(order) }
}

fn no_room() -> Text {
    text!(
        "ổ đĩa còn dưới 256 MB; các bản cũ vẫn còn, hãy dọn bớt ổ đĩa",
        "the disk has less than 256 MB left; what was kept before stays, make room on the disk"
    )
}

fn too_slow() -> Text {
    text!("ổ đĩa ghi không kịp", "the disk did not follow")
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    const NAME: &str = "noi-20261129-203000-7.wav";

    /// What becomes of a second that is spoken, and what is told on the way.
    fn keep(shelf: &TalkShelf, is_torn: bool) -> (Result<Option<AudioRef>, Text>, usize) {
        let told = RefCell::new(0);
        let (send, pieces) = sync_channel(WAITING_MOST);
        (0..10).for_each(|_| send.send(vec![9_000; 4_800]).unwrap());
        drop(send);
        let kept = shelf.keep(NAME, (&pieces, &AtomicBool::new(is_torn)), &|news| {
            assert!(matches!(news, TapeNews::Erased(_)), "{news:?}");
            *told.borrow_mut() += 1;
        });
        (kept, told.into_inner())
    }

    fn names(shelf: &TalkShelf) -> Vec<String> {
        let mut names: Vec<String> = Folder::open(&shelf.dir)
            .unwrap()
            .entries(FILES_MOST)
            .unwrap()
            .into_iter()
            .map(|entry| entry.name.into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_disk_that_is_full_keeps_the_talks_it_has_and_says_why_the_next_is_not_kept() {
        let dir = tempfile::tempdir().unwrap();
        let shelf = TalkShelf { dir: dir.path().join("kept"), room: |_| Some(ROOM_LEAST - 1) };
        site::make_dir(&shelf.dir).unwrap();
        let old = "noi-20261101-203000-1.wav";
        std::fs::write(shelf.dir.join(old), "x").unwrap();
        let (kept, told) = keep(&shelf, false);
        assert!(kept.unwrap_err().vi.contains("256 MB"));
        assert_eq!((names(&shelf), told), (vec![old.to_owned()], 0));
        // There is room again.
        let shelf = TalkShelf { room: |_| Some(ROOM_LEAST), ..shelf };
        let audio = keep(&shelf, false).0.unwrap().unwrap();
        assert_eq!((audio.file.as_str(), names(&shelf).len()), (NAME, 2));
    }

    #[test]
    fn what_has_a_hole_is_not_kept_and_why_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let shelf = TalkShelf { dir: dir.path().join("kept"), room: |_| None };
        assert_eq!(keep(&shelf, true).0.unwrap_err().vi, "ổ đĩa ghi không kịp");
        assert!(names(&shelf).is_empty());
        let event = unkept(&too_slow(), Ordered::by("Ông Năm"), "x".to_owned(), "7".to_owned());
        let Event::Mark { reason, .. } = event else { panic!() };
        assert_eq!(reason.to_string(), "talk_unkept: Ông Năm: ổ đĩa ghi không kịp");
    }

    #[test]
    fn above_their_bound_the_oldest_talk_goes_and_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let shelf = TalkShelf { dir: dir.path().join("kept"), room: |_| None };
        site::make_dir(&shelf.dir).unwrap();
        for name in ["noi-20261101-203000-1.wav", "noi-20261102-203000-2.wav"] {
            // A hole of the disk: it takes no room.
            std::fs::File::create(shelf.dir.join(name)).unwrap().set_len(BYTES_MOST / 2 + 1).unwrap();
        }
        let (kept, told) = keep(&shelf, false);
        assert!(kept.unwrap().is_some());
        assert_eq!((names(&shelf).len(), told), (2, 1));
        assert_eq!(names(&shelf)[0], "noi-20261102-203000-2.wav");
    }

    #[test]
    fn a_talk_that_a_power_cut_left_is_made_whole_and_told_with_who_spoke() {
        let dir = tempfile::tempdir().unwrap();
        let shelf = TalkShelf { dir: Site::new(dir.path()).kept(), room: |_| None };
        site::make_dir(&shelf.dir).unwrap();
        let draft = shelf.dir.join(format!("{NAME}{UNFINISHED}"));
        let mut wav = Wav::create(&draft, Rate::new(KEPT_HZ).unwrap(), 1).unwrap();
        wav.write(&vec![0.25; 16_000]).unwrap();
        wav.save().unwrap();
        drop(wav);
        // As it stands while it grows: the head knows of nothing.
        let mut bytes = std::fs::read(&draft).unwrap();
        let head = bytes.len() - 32_000;
        bytes[4..8].copy_from_slice(&[0; 4]);
        bytes[head - 4..head].copy_from_slice(&[0; 4]);
        std::fs::write(&draft, bytes).unwrap();

        let row = Entry {
            title: format!("{TITLED}Ông Năm"),
            order: Some("20261129-203000-7".to_owned()),
            ..Entry::default()
        };
        let (send, told) = std::sync::mpsc::channel();
        take_up(dir.path(), speakers([&row].into_iter()), move |event| send.send(event).unwrap()).unwrap();
        let Event::Kept { reason, order, audio, .. } = told.recv().unwrap() else { panic!() };
        assert_eq!((reason.to_string(), order), ("talk_kept: Ông Năm".to_owned(), row.order));
        let bytes = std::fs::read(shelf.dir.join(NAME)).unwrap();
        assert_eq!((audio.file.as_str(), audio.sha256), (NAME, crate::digest::sha256(&bytes)));
        assert_eq!(hound::WavReader::new(&bytes[..]).unwrap().duration(), 16_000);
        // At the start after that there is nothing more to tell.
        assert!(told.recv().is_err() && shelf.unfinished().is_empty());
    }
}
