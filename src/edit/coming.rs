use crate::instant::Wall;
use crate::plan::{Plain, Verdict};
use crate::station::ZoneIx;

/// One of the next airings, the zones joined where they hear the same.
#[derive(Clone, PartialEq, Debug)]
pub struct Coming {
    /// When it is due.
    pub scheduled: Wall,
    /// When it starts, or would have.
    pub start: Wall,
    /// When it ends.
    pub end: Wall,
    /// Where.
    pub zones: Vec<ZoneIx>,
    /// What becomes of it.
    pub verdict: Verdict,
    /// A stable code, where there is something to say.
    pub reason: Option<&'static str>,
    /// The plan's own sentence, with the cure.
    pub because: Option<Plain>,
    /// When it could start without being in anybody's way, where it does not start at its time.
    pub free: Option<Wall>,
}
