use std::io::{self, Read as _};
use std::path::Path;

use super::steps::Steps;
use crate::bundle::Summing;
use crate::site::{Folder, ReadRefused, Site};

/// What a sound is called beside its place until it has its name. Hidden, so that nobody plays it.
const ENDING: &str = ".goi";
/// More entries of `audio/` than this are not looked through.
const ENTRIES_MOST: usize = 200_000;
/// Whoever installs, the daemon reads it, and the next member of the group may replace it.
pub(super) const SOUND_MODE: u32 = 0o664;
/// A directory that the next member of the group may write in.
pub(super) const DIR_MODE: u32 = 0o775;
/// Of what is kept when a sound takes its place.
const KEPT_MODE: u32 = 0o640;

/// The name that content of this digest has beside its place.
pub(super) fn waiting(sha256: &str) -> String {
    format!(".{sha256}{ENDING}")
}

/// Take away what waits there and is under way no more.
pub(super) fn clear(audio: &Folder, steps: &Steps<'_>) -> io::Result<()> {
    for entry in audio.entries(ENTRIES_MOST)? {
        let name = entry.name.to_string_lossy();
        let stem = name.strip_prefix('.').and_then(|name| name.strip_suffix(ENDING));
        if stem.is_some_and(|stem| stem.len() == 64 && stem.bytes().all(|byte| byte.is_ascii_hexdigit())) {
            steps("audio: clear")?;
            audio.remove(&entry.name)?;
        }
    }
    Ok(())
}

/// The digest of a file, if it is one.
pub(super) fn digest(folder: &Folder, name: &str) -> Option<String> {
    let mut reading = Summing::of(folder.file(name).ok()?);
    let mut piece = vec![0; 128 * 1024];
    while reading.read(&mut piece).ok()? > 0 {}
    Some(reading.finish().1)
}

/// Keep a sound that another one takes the place of: one generation back, as `loa load --replace` does.
pub(super) fn keep(site: &Site, audio: &Folder, name: &str) -> io::Result<()> {
    let put = |place: &Path| {
        let mut from = match audio.file(name) {
            Ok(file) => file,
            Err(ReadRefused::Io(error)) => return Err(error),
            // Nothing that could be kept.
            Err(_) => return Ok(()),
        };
        let place = Folder::make(place, 0o750)?;
        let mut draft = place.draft(name, KEPT_MODE)?;
        io::copy(&mut from, draft.file())?;
        draft.place()
    };
    put(&site.replaced()).or_else(|_| put(&site.replaced_beside()))
}
