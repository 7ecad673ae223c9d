//! What no accident may do: lose a row that was reported as written, break a chain, or let anything be
//! heard twice. `docs/reliability.md` says what is promised and how to run the long forms.

mod cuts;
mod damage;
mod disk;
mod kill;
mod mutate;
mod soak;

/// The number in this variable, for the long form of a test.
fn long_form(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|number| number.parse().ok())
}

/// A small, fast, repeatable chance: xorshift64 (Marsaglia, 2003).
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most.max(1) as u64) as usize
    }
}
