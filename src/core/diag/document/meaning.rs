use jiff::civil::Date;

/// What the owner of a kind of file knows of its words, so that a cure can be written out; the tree itself has no
/// opinion on what the keys mean.
#[derive(Clone, Copy, Debug)]
pub struct Meaning {
    /// The key that somebody means by a word: `giờ` is `at`.
    pub key: fn(&str) -> Option<&'static str>,
    /// The key that it is where ranges of hours stand under it: `giờ` is `hours` then.
    pub ranged: fn(&str) -> Option<&'static str>,
    /// The header that somebody means by the word between brackets: `phát` is `[[broadcast]]`.
    pub header: fn(&str) -> Option<&'static str>,
    /// How a value that stands without quotes under a key is written, where it is more than a text in quotes.
    pub value: fn(&str, &str, Date) -> Option<String>,
    /// Whether a key takes a list, so that a comma in its value parts two of them.
    pub is_list: fn(&str) -> bool,
    /// What a day without a year is counted from.
    pub today: Date,
}

impl Meaning {
    /// Of a file whose words nobody knows.
    pub const NONE: Self = Self {
        key: |_| None,
        ranged: |_| None,
        header: |_| None,
        value: |_, _, _| None,
        is_list: |_| false,
        today: Date::ZERO,
    };
}
