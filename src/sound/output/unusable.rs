use super::OutputLane;
use super::card::{Card, Lost, OpenedCard};
use crate::diag::{Text, text};

/// What stands in `loa.toml` and cannot be used: it never opens, so that every order and every airing says so.
pub(super) struct Unusable;

impl Card for Unusable {
    fn open(&self, _: &[OutputLane], _: Lost) -> Result<OpenedCard, Text> {
        Err(text!(
            "dòng output hoặc channel của cụm này trong loa.toml không dùng được; «loa check» chỉ cách sửa, sửa xong hãy khởi động lại loa",
            "the output or channel of this zone in loa.toml cannot be used; \"loa check\" shows the cure, then restart loa"
        ))
    }
}
