/// Why it cannot be said whether an airing was heard.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ProofDoubt {
    /// Too little was sent.
    Short,
    /// It was heard for a part of the time only.
    Partly,
    /// Nothing came from the microphone, or with holes.
    Missing,
    /// The microphone is silent: it has not even its own hiss.
    Silent,
    /// The microphone is too loud.
    Clipped,
    /// There is too much noise.
    Noise,
    /// It is heard at another lag than the one that was learnt: another horn, or another way.
    Elsewhere,
    /// Nobody has let it learn the lag of this horn.
    Unlearnt,
}

impl ProofDoubt {
    /// All of them, by the code under which the journal has them.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::Short, "short"),
        (Self::Partly, "partly"),
        (Self::Missing, "missing"),
        (Self::Silent, "silent"),
        (Self::Clipped, "clipped"),
        (Self::Noise, "noise"),
        (Self::Elsewhere, "elsewhere"),
        (Self::Unlearnt, "unlearnt"),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_doubt_has_its_place_and_its_code() {
        for (place, (doubt, code)) in ProofDoubt::ALL.iter().enumerate() {
            assert_eq!(*doubt as usize, place, "{code}");
        }
    }
}
