use crate::instant::Wall;

/// A place in the stream, known as a frame or still as an instant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// As soon as it can be.
    Now,
    /// On this frame.
    Frame(u64),
    /// On the frame heard at this instant, worked out as late as possible.
    Wall(Wall),
}

impl When {
    /// Whether it lies behind `other`; false where they are told in different ways.
    pub(super) fn is_after(self, other: Self) -> bool {
        match (self, other) {
            (Self::Frame(own), Self::Frame(other)) => own > other,
            (Self::Wall(own), Self::Wall(other)) => own > other,
            (Self::Frame(_) | Self::Wall(_), Self::Now) => true,
            _ => false,
        }
    }
}
