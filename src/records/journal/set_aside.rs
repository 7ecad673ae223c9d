use std::path::PathBuf;

use super::salvage::Salvage;
use crate::diag::Text;

/// A journal that could not go on, and was put out of the way. Nothing of it is deleted.
#[derive(Clone, PartialEq, Debug)]
pub struct SetAside {
    /// Where it is now, with its log (`-wal`) beside it.
    pub file: PathBuf,
    /// What was wrong with it.
    pub why: Text,
    /// What could still be read.
    pub left: Salvage,
}
