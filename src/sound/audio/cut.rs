use std::collections::VecDeque;

/// Which parts of a decoded sound are to be heard, one after the other.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct EditList {
    parts: VecDeque<CutPart>,
}

/// A stretch of what is heard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum CutPart {
    /// Nothing, for so many frames.
    Silence(u64),
    /// Frames of the sound from here on: so many, or all that follow.
    Sound {
        /// The first.
        from: u64,
        /// How many; `None` for all.
        length: Option<u64>,
    },
}

impl EditList {
    /// These parts, in order.
    pub(super) fn of(parts: impl IntoIterator<Item = CutPart>) -> Self {
        Self { parts: parts.into_iter().collect() }
    }

    /// All but the first `skip` frames, or `keep` of them.
    pub(super) fn between(skip: u64, keep: Option<u64>) -> Self {
        Self::of([CutPart::Sound { from: skip, length: keep }])
    }

    /// All but the first `skip` frames.
    pub(super) fn from(skip: u64) -> Self {
        Self::between(skip, None)
    }
}

/// An edit being followed.
pub(super) struct Cut {
    left: VecDeque<CutPart>,
    /// Frame of the sound that is decoded next.
    at: u64,
}

impl Cut {
    pub(super) fn new(edit: EditList) -> Self {
        Self { left: edit.parts, at: 0 }
    }

    /// Frame of the sound that is decoded next.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// Whether nothing more is to be heard.
    pub(super) fn is_over(&self) -> bool {
        self.left.is_empty()
    }

    /// Whether the sound has to be decoded again from its beginning.
    pub(super) fn is_behind(&self) -> bool {
        matches!(self.left.front(), Some(CutPart::Sound { from, .. }) if *from < self.at)
    }

    /// It is at its beginning again.
    pub(super) fn rewind(&mut self) {
        self.at = 0;
    }

    /// Frames of silence that come next, at most so many; zero where sound does.
    pub(super) fn silence(&mut self, most: u64) -> u64 {
        let Some(CutPart::Silence(left)) = self.left.front_mut() else { return 0 };
        let now = most.min(*left);
        *left -= now;
        if *left == 0 {
            self.left.pop_front();
        }
        now
    }

    /// Takes decoded frames in, and appends those that are heard. What follows a silence or lies behind is left for a
    /// second decoding: then [`Self::is_behind`].
    pub(super) fn push(&mut self, frames: &[f32], channels: usize, out: &mut Vec<f32>) {
        let count = (frames.len() / channels) as u64;
        let first = self.at;
        self.at += count;
        while let Some(CutPart::Sound { from, length }) = self.left.front_mut() {
            if *from < first || *from >= first + count {
                return;
            }
            let begin = *from - first;
            let now = (count - begin).min(length.unwrap_or(u64::MAX));
            out.extend_from_slice(&frames[begin as usize * channels..(begin + now) as usize * channels]);
            *from += now;
            match length {
                Some(left) if *left == now => drop(self.left.pop_front()),
                Some(left) => *left -= now,
                None => {}
            }
        }
    }

    /// So many frames could not be decoded: how many of them would have been heard.
    pub(super) fn lose(&mut self, count: u64) -> u64 {
        let first = self.at;
        self.at += count;
        let Some(CutPart::Sound { from, length }) = self.left.front_mut() else { return 0 };
        if *from < first || *from >= first + count {
            return 0;
        }
        let now = (count - (*from - first)).min(length.unwrap_or(u64::MAX));
        *from += now;
        match length {
            Some(left) if *left == now => drop(self.left.pop_front()),
            Some(left) => *left -= now,
            None => {}
        }
        now
    }

    /// The sound is over. Frames of the present part that were to be heard and did not come; what follows it comes
    /// next.
    pub(super) fn end(&mut self) -> u64 {
        match self.left.pop_front() {
            Some(CutPart::Sound { length: Some(missing), .. }) => missing,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays frames 0 to 9, each its own number, in packets of `size`.
    fn played(parts: impl IntoIterator<Item = CutPart>, size: usize) -> Vec<i32> {
        let sound: Vec<f32> = (0..10_u8).map(f32::from).collect();
        let mut cut = Cut::new(EditList::of(parts));
        let mut out = Vec::new();
        let mut packets = sound.chunks(size);
        while !cut.is_over() {
            let silence = cut.silence(100);
            if silence > 0 {
                out.extend(vec![-1.0; silence as usize]);
            } else if cut.is_behind() {
                cut.rewind();
                packets = sound.chunks(size);
            } else if let Some(packet) = packets.next() {
                cut.push(packet, 1, &mut out);
            } else {
                cut.end();
            }
        }
        out.into_iter().map(|sample| sample as i32).collect()
    }

    fn sound(from: u64, length: u64) -> CutPart {
        CutPart::Sound { from, length: Some(length) }
    }

    #[test]
    fn parts_are_heard_in_their_order_as_often_as_they_stand_there() {
        for size in [1, 3, 4, 10] {
            assert_eq!(played([CutPart::Sound { from: 7, length: None }], size), [7, 8, 9]);
            assert_eq!(played([sound(2, 2), sound(6, 2)], size), [2, 3, 6, 7]);
            assert_eq!(played([sound(4, 3), sound(4, 2)], size), [4, 5, 6, 4, 5]);
            assert_eq!(played([sound(8, 2), CutPart::Silence(2), sound(0, 1)], size), [8, 9, -1, -1, 0]);
            assert_eq!(played([sound(1, 1), CutPart::Silence(1), sound(2, 1)], size), [1, -1, 2]);
        }
    }

    #[test]
    fn what_is_promised_and_does_not_come_is_counted() {
        let mut cut = Cut::new(EditList::between(2, Some(20)));
        let mut out = Vec::new();
        cut.push(&[0.0; 10], 1, &mut out);
        assert_eq!(cut.lose(4), 4);
        assert_eq!((out.len(), cut.end()), (8, 8));
        assert!(cut.is_over());
    }
}
