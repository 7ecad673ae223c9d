use super::OutputLane;
use super::card::{Card, Lost, OpenedCard};
use crate::diag::Text;
use crate::station::unusable_output;

/// What stands in `loa.toml` and cannot be used: it never opens, so that every order and every airing says so.
pub(super) struct Unusable;

impl Card for Unusable {
    fn open(&self, _: &[OutputLane], _: Lost) -> Result<OpenedCard, Text> {
        Err(unusable_output())
    }
}
