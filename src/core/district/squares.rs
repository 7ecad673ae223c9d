use std::fmt::Write as _;

use super::judged::{Consequence, JudgedBox};

/// How far one square is from the next, in the picture's own units.
const STEP: usize = 12;
/// Squares of one row.
const ROW: usize = 10;

/// How a box is drawn: a shape as well as a colour, since a tenth of all men does not tell red from green.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum SquareMark {
    /// A triangle: it did not play, will not, or nothing is known of it.
    Red,
    /// A diamond: its journal or its schedule is not as it should be.
    Amber,
    /// A ring: out of reach; all that is known of it is good.
    Grey,
    /// A dot: nobody has heard of a box there.
    Vacant,
    /// A full square.
    Well,
}

impl SquareMark {
    /// All of them, the worst first.
    pub const ALL: [Self; 5] = [Self::Red, Self::Amber, Self::Grey, Self::Vacant, Self::Well];

    /// Of what comes of how a box stands.
    pub const fn of(consequence: Consequence) -> Self {
        match consequence {
            Consequence::SilentNext | Consequence::DidNotPlay | Consequence::Unknown | Consequence::Lost => Self::Red,
            Consequence::Unproven | Consequence::OldSchedule | Consequence::RowsMissing => Self::Amber,
            Consequence::OutOfReach => Self::Grey,
            Consequence::Vacant => Self::Vacant,
            Consequence::Well => Self::Well,
        }
    }

    /// What it is called in the style sheet.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Red => "q-red",
            Self::Amber => "q-amber",
            Self::Grey => "q-grey",
            Self::Vacant => "q-vacant",
            Self::Well => "q-well",
        }
    }

    /// The shape, from the upper left corner of its place.
    pub const fn shape(self) -> &'static str {
        match self {
            Self::Red => "l5 10h-10z",
            Self::Amber => "l5 5-5 5-5-5z",
            Self::Grey => "a4 4 0 1 0 .1 0z",
            Self::Vacant => "h2v2h-2z",
            Self::Well => "h8v8h-8z",
        }
    }

    /// Where the shape begins within its place.
    pub const fn begin(self) -> (usize, usize) {
        match self {
            Self::Red | Self::Amber => (6, 1),
            Self::Grey => (6, 2),
            Self::Vacant => (5, 5),
            Self::Well => (2, 2),
        }
    }
}

/// The boxes of a commune as one picture: a path for each mark that is there. Sized by its `width` and `height`, so that all squares of
/// a page are equally large.
pub fn squares(boxes: &[&JudgedBox]) -> String {
    let rows = boxes.len().div_ceil(ROW).max(1);
    let (width, height) = (ROW.min(boxes.len().max(1)) * STEP, rows * STEP);
    let mut svg =
        format!("<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" aria-hidden=\"true\">");
    for mark in SquareMark::ALL {
        let mut path = String::new();
        let (dx, dy) = mark.begin();
        for (place, _) in boxes.iter().enumerate().filter(|(_, own)| SquareMark::of(own.consequence) == mark) {
            let (x, y) = (place % ROW * STEP + dx, place / ROW * STEP + dy);
            let _ = write!(path, "M{x} {y}{}", mark.shape());
        }
        if !path.is_empty() {
            let _ = write!(svg, "<path class=\"{}\" d=\"{path}\"/>", mark.class());
        }
    }
    svg + "</svg>"
}
