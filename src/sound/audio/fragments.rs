use std::collections::BTreeMap;

use super::limit;

/// What the fragments of an MP4 (ISO/IEC 14496-12 §8.8) say of their times, which symphonia does not compare: where the
/// next one should begin and begins later, one is missing.
#[derive(Default)]
pub(super) struct Fragments {
    tracks: BTreeMap<u32, Times>,
    count: u32,
    has_places: bool,
}

/// The times of one track, in its ticks.
#[derive(Default)]
struct Times {
    /// Of a sample for which nothing else is written.
    usual: u64,
    /// Where the next fragment should begin; `None` before the first.
    next: Option<u64>,
    /// Ticks of all samples so far.
    sum: u64,
    /// Where in that sum something is missing, and how much.
    gaps: Vec<(u64, u64)>,
}

impl Fragments {
    /// Reads a `trex` box: what holds where a fragment is silent.
    pub(super) fn expect(&mut self, body: &[u8]) {
        if let (Some(id), Some(usual)) = (word(body, 4), word(body, 12)) {
            self.tracks.entry(id).or_default().usual = u64::from(usual);
        }
    }

    /// Reads a `moof` box.
    pub(super) fn take(&mut self, body: &[u8]) {
        self.count += 1;
        for (_, body) in boxes(body).filter(|(name, _)| name == b"traf") {
            let mut id = None;
            let (mut usual, mut begin, mut ticks) = (None, None, 0_u64);
            for (name, body) in boxes(body) {
                match &name {
                    b"tfhd" => {
                        let flags = word(body, 0).unwrap_or(0);
                        id = word(body, 4);
                        self.has_places |= flags & 1 != 0;
                        let skip = if flags & 1 != 0 { 8 } else { 0 } + if flags & 2 != 0 { 4 } else { 0 };
                        usual = word(body, 8 + skip).filter(|_| flags & 8 != 0);
                    }
                    b"tfdt" => begin = time(body),
                    b"trun" => {
                        let times = id.and_then(|id| self.tracks.get(&id)).map_or(0, |times| times.usual);
                        ticks = ticks.saturating_add(run(body, usual.map_or(times, u64::from)));
                    }
                    _ => {}
                }
            }
            if let Some(id) = id {
                self.tracks.entry(id).or_default().add(begin, ticks);
            }
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether they say where in the file their samples lie, so that they cannot be moved in it.
    pub(super) const fn have_places(&self) -> bool {
        self.has_places
    }

    /// Ticks of all samples of a track.
    pub(super) fn length(&self, id: u32) -> u64 {
        self.tracks.get(&id).map_or(0, |times| times.sum)
    }

    /// What is missing of a track: at which ticks of what is there, and how many.
    pub(super) fn gaps(&self, id: u32) -> &[(u64, u64)] {
        self.tracks.get(&id).map_or(&[], |times| &times.gaps)
    }
}

impl Times {
    fn add(&mut self, begin: Option<u64>, ticks: u64) {
        let next = self.next.or(begin).unwrap_or(0);
        // One that begins earlier is of another recording.
        let begin = begin.unwrap_or(next);
        if begin > next && self.gaps.len() < limit::LOST_PLACES {
            self.gaps.push((self.sum, begin - next));
        }
        self.sum = self.sum.saturating_add(ticks);
        self.next = Some(begin.saturating_add(ticks));
    }
}

/// The boxes that stand one behind the other in these bytes, with their names.
fn boxes(mut bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let size = usize::try_from(word(bytes, 0)?).ok().filter(|size| *size >= 8)?;
        let name = word(bytes, 4)?.to_be_bytes();
        let body = bytes.get(8..size)?;
        bytes = &bytes[size..];
        Some((name, body))
    })
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// Where a fragment begins (`tfdt`).
fn time(body: &[u8]) -> Option<u64> {
    let first = u64::from(word(body, 4)?);
    if body[0] == 0 { Some(first) } else { Some(first << 32 | u64::from(word(body, 8)?)) }
}

/// Ticks of a run of samples (`trun`), each as long as is written or as usual.
fn run(body: &[u8], usual: u64) -> u64 {
    let (Some(flags), Some(count)) = (word(body, 0), word(body, 4)) else { return 0 };
    if flags & 0x100 == 0 {
        return usual.saturating_mul(u64::from(count));
    }
    let front = 8 + [1, 4].iter().filter(|flag| flags & **flag != 0).count() * 4;
    let step = [0x100, 0x200, 0x400, 0x800].iter().filter(|flag| flags & **flag != 0).count() * 4;
    (0..count as usize).map_while(|number| word(body, front + number * step)).map(u64::from).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(name: [u8; 4], words: &[u32]) -> Vec<u8> {
        let body: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        [&(body.len() as u32 + 8).to_be_bytes()[..], &name, &body].concat()
    }

    /// A fragment of three samples of track 1 that begins at a time.
    fn fragment(begin: u32) -> Vec<u8> {
        let parts =
            [boxed(*b"tfhd", &[0x8, 1, 1_024]), boxed(*b"tfdt", &[0, begin]), boxed(*b"trun", &[0, 3])].concat();
        let size = parts.len() as u32 + 8;
        [&size.to_be_bytes()[..], b"traf", &parts].concat()
    }

    #[test]
    fn a_fragment_that_is_missing_is_found_by_the_time_of_the_next() {
        let mut fragments = Fragments::default();
        for begin in [9_000, 12_072, 18_216, 500] {
            fragments.take(&fragment(begin));
        }
        assert_eq!(fragments.gaps(1), [(6_144, 3_072)]);
        assert!(!fragments.is_empty() && !fragments.have_places() && fragments.gaps(2).is_empty());
    }

    #[test]
    fn each_sample_of_a_run_may_have_its_own_length() {
        assert_eq!(run(&boxed(*b"trun", &[0x301, 2, 77, 1_000, 9, 24, 9])[8..], 5), 1_024);
        assert_eq!(run(&boxed(*b"trun", &[0x200, 3, 9, 9, 9])[8..], 5), 15);
        assert_eq!(run(b"", 5), 0);
    }
}
