use super::{Mono, Wall};

/// Both clocks, read together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Now {
    /// What the village's clock says; it may step.
    pub wall: Wall,
    /// What never steps.
    pub mono: Mono,
}
