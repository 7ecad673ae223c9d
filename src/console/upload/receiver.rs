use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::SignedDuration;

use super::refusal::UploadError;
use crate::instant::Wall;

/// How far the date of a recording that is whole is set back: what was written to a moment ago is taken for one that
/// still comes, and nothing comes any more.
const BACK: SignedDuration = SignedDuration::from_secs(-60);

/// What one request writes of a recording, while no later one writes.
#[derive(Debug)]
pub(crate) struct Receiver {
    file: File,
    turn: Arc<Mutex<u64>>,
    mine: u64,
    at: u64,
    length: u64,
}

impl Receiver {
    pub(super) const fn new(file: File, turn: Arc<Mutex<u64>>, mine: u64, at: u64, length: u64) -> Self {
        Self { file, turn, mine, at, length }
    }

    /// How much has come.
    pub(crate) const fn at(&self) -> u64 {
        self.at
    }

    /// Whether all has.
    pub(crate) const fn is_whole(&self) -> bool {
        self.at == self.length
    }

    /// Write what came next.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), UploadError> {
        if bytes.len() as u64 > self.length - self.at {
            return Err(UploadError::Beyond(self.length));
        }
        let turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if *turn != self.mine {
            return Err(UploadError::Overtaken);
        }
        self.file.write_all_at(bytes, self.at)?;
        self.at += bytes.len() as u64;
        Ok(())
    }

    /// All has come: let it reach the disk.
    pub(crate) fn finish(&self, now: Wall) -> Result<(), UploadError> {
        self.file.set_modified(now.moved(BACK).timestamp().into())?;
        Ok(self.file.sync_all()?)
    }
}
