use std::path::{Path, PathBuf};
use std::time::Duration;

use loa_core::diag::{Text, system, text};
use loa_site::Folder;

use super::super::{CentreExit, CentreGround, Failed};
use crate::rollout::RolloutRecord;

/// Somebody else may be at it.
const LOCK_MOST: Duration = Duration::from_secs(20);
/// Who may read the letters that wait: nothing of them is secret.
const ROLLOUTS_MODE: u32 = 0o750;

/// One at a time: two who carry the same roll-out out would both write down where it stands.
pub(super) fn lock(ground: &CentreGround) -> Result<loa_site::Lock, Failed> {
    let folder = Folder::open(&ground.dir)?;
    folder.lock("rollout.lock", LOCK_MOST).map_err(|_| {
        Failed::new(
            CentreExit::Findings,
            text!("một người khác đang triển khai: chờ một lát", "somebody else carries a roll-out out: wait a moment"),
        )
    })
}

pub(super) fn kept(ground: &CentreGround, record: &RolloutRecord, name: &str) -> PathBuf {
    ground.dir.join("rollouts").join(&record.id).join(name)
}

pub(super) fn keep(ground: &CentreGround, record: &RolloutRecord, name: &str, letter: &[u8]) -> Result<(), Failed> {
    let path = kept(ground, record, name);
    let above = path.parent().unwrap_or(Path::new("."));
    let done = Folder::make(above, ROLLOUTS_MODE).and_then(|folder| folder.replace(name, letter));
    done.map_err(|error| {
        let Text { vi, en } = system(&error);
        Failed::new(
            CentreExit::Io,
            text!("không ghi được rollouts/{name}: {vi}", "rollouts/{name} cannot be written: {en}"),
        )
    })
}
