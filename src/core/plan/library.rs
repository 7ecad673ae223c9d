use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Duration;

use crate::approval::Approvals;

/// What is known of the sounds in `audio/`, and which of what is written may sound: all that the plan needs, and nothing it
/// could open.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Library {
    /// File name in `audio/` (as on disk) to what is known of it.
    pub sounds: BTreeMap<String, Sound>,
    /// What was last found of files that are being written to or examined now: an alert does not wait for them.
    pub former: BTreeMap<String, Facts>,
    /// Files that are not looked at although somebody may miss them, by name, and why not.
    pub aside: BTreeMap<String, Aside>,
    /// How many further files there are than loa looks at.
    pub left_out: usize,
    /// What a second person has let sound, where the station asks for that: nothing else does.
    pub approvals: Approvals,
    /// Made when it is first asked for.
    pub names: NameIndex,
}

/// The names of a library's sounds as [`Library::around`] looks them up. Says nothing that the sounds do not.
#[derive(Debug, Default)]
pub struct NameIndex(OnceLock<BTreeMap<String, Vec<String>>>);

impl Clone for NameIndex {
    fn clone(&self) -> Self {
        // The copy may be changed.
        Self::default()
    }
}

impl PartialEq for NameIndex {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Library {
    /// The sounds that `name` could mean in any language: all that an order for it needs. What it costs does not grow
    /// with the library, once [`Self::prepare`] was called.
    #[must_use]
    pub fn around(&self, name: &str) -> Self {
        let name = lowered(name);
        let versions = format!("{name}.");
        let near = self.names().range(versions.clone()..).take_while(|(lower, _)| lower.starts_with(&versions));
        let files = self.names().get(&name).into_iter().chain(near.take(NEAR_MOST).map(|(_, files)| files)).flatten();
        let sounds = files.filter_map(|file| Some((file.clone(), self.sounds.get(file)?.clone())));
        Self { sounds: sounds.collect(), ..Self::default() }
    }

    /// The same for an alert: of a file that is being written to or examined, what it was when it was last whole. Those
    /// bytes are held in memory, or are still in the file, or they do not play.
    #[must_use]
    pub fn around_at_once(&self, name: &str) -> Self {
        let mut near = self.around(name);
        let (name, versions) = (lowered(name), format!("{}.", lowered(name)));
        // As many as are being written to at a time: a handful.
        let is_near = |file: &str| {
            let lower = lowered(file);
            lower == name || lower.starts_with(&versions)
        };
        for (file, facts) in self.former.iter().filter(|(file, _)| is_near(file)) {
            near.sounds.insert(file.clone(), Sound { file: file.clone(), facts: Ok(facts.clone()) });
        }
        near
    }

    /// All sounds as an alert has them: see [`Self::around_at_once`].
    pub fn at_once(&self) -> Cow<'_, Self> {
        if self.former.is_empty() {
            return Cow::Borrowed(self);
        }
        let former =
            self.former.iter().map(|(file, facts)| (file, Sound { file: file.clone(), facts: Ok(facts.clone()) }));
        let mut all = self.clone();
        all.sounds.extend(former.map(|(file, sound)| (file.clone(), sound)));
        Cow::Owned(all)
    }

    /// Make what [`Self::around`] needs, before somebody waits for it.
    pub fn prepare(&self) {
        self.names();
    }

    fn names(&self) -> &BTreeMap<String, Vec<String>> {
        self.names.0.get_or_init(|| {
            let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for file in self.sounds.keys() {
                names.entry(lowered(file)).or_default().push(file.clone());
            }
            names
        })
    }
}

/// More versions than this are not one sound in several languages.
const NEAR_MOST: usize = 256;

/// A name as a phone and a laptop, in capitals or not, write it alike.
pub fn lowered(name: &str) -> String {
    super::named::composed(name).to_lowercase()
}

/// Why a file in `audio/` is not looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Aside {
    /// By its name, a download or a copy that is not finished.
    Unfinished,
    /// A link, which may lead anywhere.
    Link,
    /// Its name is in an old code page.
    OldName {
        /// What a shell calls it by.
        pattern: String,
    },
}

/// A file in `audio/`.
#[derive(Clone, PartialEq, Debug)]
pub struct Sound {
    /// The file's name in `audio/`, as on disk: `nop-ho-so.vi.mp3`.
    pub file: String,
    /// What was measured, or why it cannot play.
    pub facts: Result<Facts, Fault>,
}

impl Sound {
    /// It is still being copied.
    pub fn is_changing(&self) -> bool {
        self.facts.as_ref().is_err_and(|fault| fault.code == Fault::CHANGING)
    }
}

/// What a full decode of a file found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Facts {
    /// SHA-256 of the file's bytes, lower-case hex.
    pub sha256: String,
    /// Decoded length in frames at `rate`, after codec delay and padding are trimmed.
    pub frames: u64,
    /// The file's own sample rate in Hz.
    pub rate: u32,
    /// The file's own channels.
    pub channels: u16,
    /// The codec's short name: `mp3`, `vorbis`, `aac`, `opus`, `flac`, `pcm`.
    pub codec: String,
    /// How loud it is; `None` where an older loa measured it.
    pub loudness: Option<Loudness>,
}

/// How loud a sound is as horns get it, folded to one channel. Kept in hundredths, as it is written down,
/// so that facts are equal or are not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Loudness {
    lufs: i32,
    peak: i32,
}

impl Loudness {
    /// From LUFS and dBTP.
    pub fn new(lufs: f64, peak_dbtp: f64) -> Self {
        let hundredths = |value: f64| (value * 100.0).round() as i32;
        Self { lufs: hundredths(lufs), peak: hundredths(peak_dbtp) }
    }

    /// Integrated loudness by EBU R128; of a sound too short for that, its power on the same scale.
    pub fn lufs(self) -> f64 {
        f64::from(self.lufs) / 100.0
    }

    /// True peak (ITU-R BS.1770-4, annex 2): the highest point between the samples.
    pub fn peak_dbtp(self) -> f64 {
        f64::from(self.peak) / 100.0
    }
}

impl Facts {
    /// Decoded length.
    pub fn length(&self) -> Duration {
        Duration::from_nanos((u128::from(self.frames) * 1_000_000_000 / u128::from(self.rate.max(1))) as u64)
    }
}

impl Fault {
    /// The code of a file that is still being copied: it may be fine in a moment.
    pub const CHANGING: &str = "changing";

    /// It may be gone with the file unchanged: when the copying is over, or the cable right.
    pub fn passes(&self) -> bool {
        [Self::CHANGING, "unreadable"].contains(&self.code.as_str())
    }
}

/// Why a file cannot play.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// A stable name: `not_audio`, `no_frames`, `truncated`, `unsupported`, `unreadable`, `too_long`.
    pub code: String,
    /// What is wrong, and the cure.
    pub message: crate::diag::Text,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::SoundIndex;
    use crate::plan::sample::library;

    #[test]
    fn what_lies_around_a_name_means_the_same_as_the_whole_library() {
        let many: Vec<String> = (0..10_000).map(|number| format!("tin-{number}.mp3")).collect();
        let mut files: Vec<(&str, u64)> = many.iter().map(|file| (file.as_str(), 5)).collect();
        files.extend([
            ("Lũ.MP3", 5),
            ("lu\u{303}.kho.mp3", 5),
            ("hop.vi.mp3", 5),
            ("hop.mp3", 0),
            ("hop.wav", 3),
            ("tin.mp3", 3),
        ]);
        let library = library(&files);
        library.prepare();
        let languages = ["vi".to_owned(), "kho".to_owned()];
        let mut station = crate::station::Station::default();
        station.zones[0].languages = languages.to_vec();
        for name in ["lũ", "LŨ.mp3", "hop", "hop.mp3", "hop.vi", "tin-77", "tin-77.mp3", "tin", "không-có", "", "."]
        {
            let near = library.around(name);
            assert!(near.sounds.len() <= 3, "{name}: {}", near.sounds.len());
            let find = |library: &Library| -> Vec<String> {
                let shelf = SoundIndex::new(library, &station);
                shelf.find(name, &languages).playable.iter().map(|(sound, _)| sound.file.clone()).collect()
            };
            assert_eq!(find(&near), find(&library), "{name}");
        }
        assert_eq!(library.clone(), library);
    }
}
