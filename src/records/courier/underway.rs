use std::io;
use std::time::Duration;

use super::staged::{DIR_MODE, SOUND_MODE, clear, digest, keep, waiting};
use super::state::BundleState;
use super::steps::Steps;
use super::{Delivery, Unfit};
use crate::diag::{Text, shown, text};
use crate::edit::Editor;
use crate::site::{Folder, Lock, OWN_DIR_MODE, Site};

/// Another one holds the lock while it copies a bundle; who comes second is told.
const LOCK_WAIT: Duration = Duration::from_secs(10);

/// One at a time, whoever installs.
pub(super) fn lock(site: &Site) -> Result<Lock, Unfit> {
    let state = Folder::make(site.state(), OWN_DIR_MODE)?;
    state.lock("bundle.lock", LOCK_WAIT).map_err(|why| match why {
        crate::site::Unlocked::Held(_) => Unfit::Busy,
        crate::site::Unlocked::Io(error) => Unfit::Disk(error),
    })
}

/// Finish what a power cut broke off; true where there was something. Called at every start, and before each bundle.
pub fn finish(site: &Site, steps: &Steps<'_>) -> Result<Option<Delivery>, Unfit> {
    if !site.bundle().exists() {
        return Ok(None);
    }
    if !BundleState::read(site)?.is_underway() {
        return Ok(None);
    }
    let lock = lock(site)?;
    let before = BundleState::read(site)?.underway.map(|underway| underway.delivery);
    finished(site, &lock, steps)?;
    Ok(before)
}

/// Hand what the journal has not been told yet to `tell`, the oldest first; what it takes is told once.
pub fn note(site: &Site, mut tell: impl FnMut(&Delivery) -> bool) -> Result<(), Unfit> {
    if !site.bundle().exists() || BundleState::read(site)?.unnoted.is_empty() {
        return Ok(());
    }
    let _lock = lock(site)?;
    let mut state = BundleState::read(site)?;
    let told = state.unnoted.iter().take_while(|delivery| tell(delivery)).count();
    if told > 0 {
        state.unnoted.drain(..told);
        state.write(site, &super::steps::whole)?;
    }
    Ok(())
}

/// Count one more report; its number.
pub(super) fn number_report(site: &Site, steps: &Steps<'_>) -> Result<(u64, BundleState), Unfit> {
    let held = lock(site)?;
    let mut state = finished(site, &held, steps)?;
    state.report += 1;
    state.write(site, steps)?;
    Ok((state.report, state))
}

/// What is remembered, once nothing is under way any more.
pub(super) fn finished(site: &Site, _held: &Lock, steps: &Steps<'_>) -> Result<BundleState, Unfit> {
    let mut state = BundleState::read(site)?;
    if state.underway.is_some() {
        let audio = Folder::make(site.audio(), DIR_MODE)?;
        // Whoever loads a sound now and this come one after the other.
        let _alone = audio.lock_itself(LOCK_WAIT);
        roll(site, &mut state, &audio, steps).map_err(|why| {
            // What the disk says has no time in it.
            Unfit::Unfinished(why.text(&jiff::tz::TimeZone::UTC))
        })?;
    }
    Ok(state)
}

/// Do what is under way, from wherever it stands; each step does nothing where it is done. A sound that waited beside its
/// place and is there no more, or is another by now, keeps nothing else back: it is told, and the same bundle brings it again.
pub(super) fn roll(site: &Site, state: &mut BundleState, audio: &Folder, steps: &Steps<'_>) -> Result<(), Unfit> {
    let Some(mut underway) = state.underway.clone() else { return Ok(()) };
    let mut lost: Vec<&str> = Vec::new();
    for (name, sha256) in &underway.sounds {
        if digest(audio, name).as_ref() == Some(sha256) {
            continue;
        }
        if digest(audio, &waiting(sha256)).as_ref() != Some(sha256) {
            lost.push(name);
            continue;
        }
        if audio.file(name).is_ok() {
            steps("audio: keep")?;
            keep(site, audio, name)?;
        }
        steps("audio: rename")?;
        // One content may have several names: the last one takes the file itself.
        let again =
            underway.sounds.iter().rev().find(|(_, other)| other == sha256).is_some_and(|(last, _)| last != name);
        if again {
            let mut from = audio.file(waiting(sha256)).map_err(io::Error::from)?;
            let mut draft = audio.draft(name, SOUND_MODE)?;
            io::copy(&mut from, draft.file())?;
            draft.place()?;
        } else {
            audio.rename(waiting(sha256), name)?;
        }
    }
    if !lost.is_empty() {
        (underway.delivery.vi, underway.delivery.en) = without(&lost);
    }
    audio.sync()?;
    for (name, sha256) in &underway.gone {
        if digest(audio, name).as_ref() == Some(sha256) {
            steps("audio: remove")?;
            audio.remove(name)?;
        }
    }
    steps("schedules")?;
    let editor = Editor::new(site.clone());
    let put = editor.put_files(&underway.schedules, &underway.held.signed_by, underway.held.at.wall());
    put.map_err(|refusal| Unfit::Schedules(refusal.message))?;
    let mut after = state.clone();
    after.held.insert(underway.place, underway.held);
    (after.trusted, after.underway) = (underway.trusted, None);
    after.told(underway.delivery);
    after.write(site, steps)?;
    *state = after;
    clear(audio, steps)?;
    Ok(())
}

/// What is told of sounds that somebody else has taken away while they waited.
fn without(lost: &[&str]) -> (String, String) {
    let names = lost.iter().map(|name| shown(name)).collect::<Vec<_>>().join(", ");
    let Text { vi, en } = text!(
        "lịch đã cài, nhưng thiếu bản ghi {names}: có việc khác ghi vào audio/ cùng lúc; cắm lại chính gói này thì có đủ",
        "the schedules are installed, but these sounds are missing: {names}; something else wrote into audio/ meanwhile; the same bundle once more brings them"
    );
    (vi, en)
}
