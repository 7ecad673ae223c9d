use super::signed::Signed;
use crate::diag::{Text, shown, text};

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

/// What somebody has written down of a row: its number, and how its hash begins; or the whole seal, as the picture on a
/// printed book has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sealed {
    /// The row's number.
    pub number: u64,
    /// The beginning of its hash, in lower case.
    pub begins: String,
    /// The station's signature, where it was read out of the picture.
    pub signed: Option<Box<Signed>>,
}

impl Sealed {
    /// Read `873:4F2A-91C0-…` as a person types it from paper, with the words that stand before it there or without; or
    /// what a phone reads out of the picture. `Err` says what is wrong with it.
    pub fn parse(written: &str) -> Result<Self, Text> {
        if let Some(signed) = Signed::read(written) {
            let (number, begins) = (signed.row, signed.hash.to_ascii_lowercase());
            return Ok(Self { number, begins, signed: Some(Box::new(signed)) });
        }
        if written.trim_start().to_ascii_uppercase().starts_with("LOA-SEAL") {
            return Err(text!(
                "chữ đọc từ ô vuông bị thiếu hay thừa: hãy quét lại cả ô, hoặc gõ mã in bên cạnh, dạng 873:4F2A-91C0",
                "what was read out of the picture is not all of it, or more: scan it again, or type the code beside it, such as 873:4F2A-91C0"
            ));
        }
        let shown = shown(written);
        let bad = || {
            text!(
                "không hiểu «{shown}»: hãy viết số dòng, dấu hai chấm rồi mã băm trong sổ, ít nhất 4 chữ, ví dụ 873:4F2A-91C0",
                "cannot read \"{shown}\": write the row's number, a colon, and the hash of the book, at least 4 digits, such as 873:4F2A-91C0"
            )
        };
        // `Lập từ nhật ký máy, dòng 873 đến 1284, mã kiểm tra 1284:4F2A-…`: the code is the last of it.
        let (number, hash) = written.rsplit_once(':').ok_or_else(bad)?;
        let number = number.split_whitespace().next_back().unwrap_or_default();
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        let number = number.parse().ok().filter(|number| is_number && *number > 0).ok_or_else(bad)?;
        let hash = hash.trim().trim_end_matches(['.', '…', ',']);
        let digits: String = hash.chars().filter(|c| !matches!(c, '-' | '–' | '_') && !c.is_whitespace()).collect();
        if let Some(wrong) = digits.chars().find(|digit| !digit.is_ascii_hexdigit()).filter(|_| digits.len() >= LEAST) {
            return Err(no_digit(wrong).unwrap_or_else(bad));
        }
        if !(LEAST..=64).contains(&digits.len()) {
            return Err(bad());
        }
        Ok(Self { number, begins: digits.to_ascii_lowercase(), signed: None })
    }
}

/// A letter that looks like a digit of a hash.
fn no_digit(wrong: char) -> Option<Text> {
    const ALIKE: [(&str, char); 6] = [("oOQ", '0'), ("iIlL|", '1'), ("sS", '5'), ("zZ", '2'), ("gG", '6'), ("tT", '7')];
    let (_, meant) = ALIKE.iter().find(|(letters, _)| letters.contains(wrong))?;
    Some(text!(
        "mã chỉ có chữ số 0-9 và chữ A-F, không có «{wrong}»: xem lại trong sổ, có lẽ đó là số {meant}",
        "the code has the digits 0-9 and the letters A-F only, and no \"{wrong}\": look at the book again, it may be a {meant}"
    ))
}

/// A slip of the pen or of a finger, by the place of the digit, from 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum DigitSlip {
    /// This one is another.
    Wrong(usize),
    /// This one and the next have changed places.
    Swapped(usize),
}

/// How what was written down differs from a hash, where it does so as people make slips. None where it is another hash, or
/// the same.
pub(super) fn slip(begins: &str, hash: &str) -> Option<DigitSlip> {
    /// Of fewer, one digit is too large a part.
    const DIGITS: usize = 8;
    if begins.len() < DIGITS || hash.len() < begins.len() {
        return None;
    }
    let (own, other) = (begins.as_bytes(), hash.as_bytes());
    let wrong: Vec<usize> = (0..own.len()).filter(|place| own[*place] != other[*place]).collect();
    match wrong[..] {
        [one] => Some(DigitSlip::Wrong(one + 1)),
        [one, next] if next == one + 1 && own[one] == other[next] && own[next] == other[one] => {
            Some(DigitSlip::Swapped(one + 1))
        }
        _ => None,
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
        let sentence = "Lập từ nhật ký máy, dòng 800 đến 873, mã kiểm tra 873:4F2A-91C0-77AB-03DE.";
        assert_eq!(Sealed::parse(sentence).unwrap().number, 873);
        for wrong in ["873", "873:", "873:4F2", "873:xyzw", "0:4F2A", "-1:4F2A", "4F2A:873x", ""] {
            assert!(Sealed::parse(wrong).is_err(), "{wrong}");
        }
    }
    #[test]
    fn a_letter_that_looks_like_a_digit_is_told_and_so_is_a_slip_of_the_pen() {
        for (typed, meant) in [("873:4F2A-91CO", '0'), ("873:4F2A-9IC0", '1'), ("873:S F2A 91C0", '5')] {
            let told = Sealed::parse(typed).unwrap_err().vi;
            assert!(told.contains(&format!("có lẽ đó là số {meant}")), "{typed}: {told}");
        }
        let hash = "4f2a91c077ab03de";
        assert_eq!(slip("4f2a91c0", hash), None, "the same");
        assert_eq!(slip("4f2b91c0", hash), Some(DigitSlip::Wrong(4)));
        assert_eq!(slip("4f2a19c0", hash), Some(DigitSlip::Swapped(5)));
        assert_eq!(slip("4f2b91c1", hash), None, "another");
        assert_eq!(slip("4f2b", hash), None, "too short to tell");
        let told = Sealed::parse("LOA-SEAL:1 00AA 12").unwrap_err().vi;
        assert!(told.contains("quét lại"), "{told}");
    }
}
