use crate::diag::{Text, text};

/// Hexadecimal digits of a hash that a person copies: 64 bits.
const WRITTEN: usize = 16;
/// So few are taken, where somebody has written down no more.
const LEAST: usize = 4;

/// A row's number and the beginning of its hash, for a paper book: `873:4F2A-91C0-77AB-03DE`.
pub fn seal(number: u64, hash: &str) -> String {
    let digits: Vec<char> = hash.chars().take(WRITTEN).map(|digit| digit.to_ascii_uppercase()).collect();
    let groups: Vec<String> = digits.chunks(4).map(|group| group.iter().collect()).collect();
    format!("{number}:{}", groups.join("-"))
}

/// What somebody has written down of a row: its number, and how its hash begins.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sealed {
    /// The row's number.
    pub number: u64,
    /// The beginning of its hash, in lower case.
    pub begins: String,
}

impl Sealed {
    /// Read `873:4F2A-91C0-…` as a person types it from paper. `Err` says what is wrong with it.
    pub fn parse(written: &str) -> Result<Self, Text> {
        let bad = || {
            text!(
                "không hiểu «{written}»: hãy viết số dòng, dấu hai chấm rồi mã băm trong sổ, ít nhất 4 chữ, ví dụ 873:4F2A-91C0",
                "cannot read \"{written}\": write the row's number, a colon, and the hash of the book, at least 4 digits, such as 873:4F2A-91C0"
            )
        };
        let (number, hash) = written.split_once(':').ok_or_else(bad)?;
        let number = number.trim().parse().map_err(|_| bad())?;
        let hash = hash.trim().trim_end_matches(['.', '…']);
        let begins: String = hash.chars().filter(|c| !matches!(c, '-' | ' ')).map(|c| c.to_ascii_lowercase()).collect();
        let is_hash = (LEAST..=64).contains(&begins.len()) && begins.chars().all(|c| c.is_ascii_hexdigit());
        if number == 0 || !is_hash {
            return Err(bad());
        }
        Ok(Self { number, begins })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_can_be_typed_again_as_people_do() {
        let hash = "4f2a91c077ab03de5b".to_owned() + &"0".repeat(46);
        assert_eq!(seal(873, &hash), "873:4F2A-91C0-77AB-03DE");
        for typed in ["873:4F2A-91C0-77AB-03DE", " 873 : 4f2a 91c0", "873:4F2A…", "873:4f2a-...", "873:4F2A91C077"] {
            let read = Sealed::parse(typed).unwrap();
            assert!(read.number == 873 && hash.starts_with(&read.begins), "{typed}: {read:?}");
        }
        for wrong in ["873", "873:", "873:4F2", "873:xyzw", "0:4F2A", "-1:4F2A", "4F2A:873x", ""] {
            assert!(Sealed::parse(wrong).is_err(), "{wrong}");
        }
    }
}
