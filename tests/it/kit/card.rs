//! Sound cards of the test's own: an ALSA plug-in (`card.c` says what it does) that is compiled with what building
//! loa needs anyway. It plays into a file, and stands, swallows, goes and comes back as it is told.

use std::fs::{self, File};
use std::path::PathBuf;

use super::library;

/// Channels of every card.
pub(crate) const CHANNELS: usize = 2;

/// Several cards, and the ALSA configuration that names them.
pub(crate) struct Cards {
    directory: tempfile::TempDir,
}

/// One of them.
pub(crate) struct Card {
    directory: PathBuf,
}

impl Cards {
    /// Cards of these names, at 48 kHz, all playing; `None` where there is no C compiler, after saying so.
    pub(crate) fn new(names: &[&str]) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let library = library::compiled("card.c", "-lasound", directory.path())?;
        let mut config = vec![format!("pcm_type.testcard {{ lib \"{}\" }}\n", library.display())];
        let cards = Self { directory };
        for name in names {
            let card = cards.card(name);
            fs::create_dir(&card.directory).unwrap();
            card.mood("plays").rate(48_000).speed(100);
            let at = card.directory.display();
            let shown = "hint { show on description \"a card for tests\" }";
            config.push(format!("pcm.{name} {{ type testcard directory \"{at}\" {shown} }}\n"));
        }
        fs::write(cards.directory.path().join("asound.conf"), config.concat()).unwrap();
        Some(cards)
    }

    /// What a program needs in its environment to find the cards.
    pub(crate) fn environment(&self) -> [(&'static str, String); 1] {
        [("ALSA_CONFIG_PATH", self.directory.path().join("asound.conf").display().to_string())]
    }

    pub(crate) fn card(&self, name: &str) -> Card {
        Card { directory: self.directory.path().join(name) }
    }
}

impl Card {
    /// From now on it `plays`, `stands`, `swallows` or is `gone`.
    pub(crate) fn mood(&self, word: &str) -> &Self {
        self.write("mood", word)
    }

    /// The only rate that it knows from its next opening on.
    pub(crate) fn rate(&self, hz: u32) -> &Self {
        self.write("rate", &hz.to_string())
    }

    /// How fast it truly plays, in percent of its rate.
    pub(crate) fn speed(&self, percent: u32) -> &Self {
        self.write("speed", &percent.to_string())
    }

    /// Another program has it, until the value is dropped.
    pub(crate) fn held(&self) -> File {
        let file = File::options().create(true).truncate(false).write(true).open(self.directory.join("held")).unwrap();
        file.try_lock().expect("nobody else has it");
        file
    }

    /// The first channel of all that it was given, over all openings.
    pub(crate) fn heard(&self) -> Vec<f32> {
        let bytes = fs::read(self.directory.join("heard")).unwrap_or_default();
        let samples = bytes.chunks_exact(4).map(|four| f32::from_le_bytes(four.try_into().unwrap()));
        samples.step_by(CHANNELS).collect()
    }

    /// In one piece, since the card may look at any time.
    fn write(&self, name: &str, word: &str) -> &Self {
        let draft = self.directory.join("draft");
        fs::write(&draft, word).unwrap();
        fs::rename(draft, self.directory.join(name)).unwrap();
        self
    }
}
