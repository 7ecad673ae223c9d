//! Passwords that whoever wants in tries first: one letter again and again, letters in a row, a few letters repeated, and
//! those that lists of stolen passwords have at their top, in this country too.

use crate::diag::fold;

/// Words that many choose, alone or with some digits or signs behind them. In small letters, without accents.
const WORDS: [&str; 132] = [
    "password",
    "passw0rd",
    "p@ssword",
    "p@ssw0rd",
    "pass",
    "matkhau",
    "mat khau",
    "admin",
    "administrator",
    "root",
    "user",
    "guest",
    "test",
    "demo",
    "login",
    "welcome",
    "default",
    "secret",
    "changeme",
    "letmein",
    "letmein!",
    "master",
    "server",
    "system",
    "access",
    "hello",
    "iloveyou",
    "ilovey",
    "love",
    "lovely",
    "loveme",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "batman",
    "dragon",
    "monkey",
    "shadow",
    "michael",
    "jennifer",
    "charlie",
    "trustno1",
    "whatever",
    "starwars",
    "computer",
    "internet",
    "samsung",
    "iphone",
    "google",
    "facebook",
    "zalo",
    "youtube",
    "viettel",
    "mobifone",
    "vinaphone",
    "vnpt",
    "vietnam",
    "viet nam",
    "hanoi",
    "ha noi",
    "saigon",
    "sai gon",
    "hochiminh",
    "danang",
    "haiphong",
    "anhyeuem",
    "anh yeu em",
    "emyeuanh",
    "em yeu anh",
    "yeuem",
    "yeuanh",
    "iloveu",
    "anhyeu",
    "emyeu",
    "nhoem",
    "nhoanh",
    "toiyeuem",
    "chuyentinh",
    "giadinh",
    "gia dinh",
    "contraibo",
    "mevabe",
    "bome",
    "hanhphuc",
    "khongcho",
    "khongbiet",
    "khongco",
    "tuyetvoi",
    "xinchao",
    "xin chao",
    "ngoclan",
    "thanhcong",
    "congchua",
    "hoangtu",
    "qwerty",
    "qwertyui",
    "qwertyuiop",
    "qwert",
    "qazwsx",
    "qazwsxedc",
    "asdf",
    "asdfgh",
    "asdfghjk",
    "asdfghjkl",
    "zxcvbn",
    "zxcvbnm",
    "1qaz2wsx",
    "zaq12wsx",
    "1q2w3e4r",
    "1q2w3e4r5t",
    "q1w2e3r4",
    "q1w2e3r4t5",
    "a1b2c3d4",
    "abc123",
    "abcd1234",
    "a123456",
    "aa123456",
    "qwe123",
    "asd123",
    "xyz123",
    "loa",
    "truyenthanh",
    "truyen thanh",
    "dai truyen thanh",
    "loaphuong",
    "loa phuong",
    "ubnd",
    "uyban",
    "phatthanh",
    "canbo",
];

/// So much behind a word makes it no secret: a year, a row of digits, a sign.
const BEHIND_MOST: usize = 9;

/// Whether a password is one that is tried first.
pub(crate) fn is_weak(password: &str) -> bool {
    let written = password.trim().to_lowercase();
    let letters: Vec<char> = written.chars().collect();
    repeats(&letters) || in_a_row(&letters) || is_word(&written) || is_word(&fold(&written))
}

/// One to four letters again and again: `aaaaaaaa`, `12121212`, `12341234`.
fn repeats(letters: &[char]) -> bool {
    (1..=4).any(|unit| letters.len() >= 2 * unit && letters.iter().zip(letters.iter().skip(unit)).all(|(a, b)| a == b))
}

/// Each the next of the one before, or the one before it: `12345678`, `87654321`, `abcdefgh`, `7890123`.
fn in_a_row(letters: &[char]) -> bool {
    let steps: Vec<i64> =
        letters.windows(2).map(|two| i64::from(u32::from(two[1])) - i64::from(u32::from(two[0]))).collect();
    // Behind the nine comes the nought.
    let is_step = |step: i64, by: i64| step == by || step == -9 * by;
    [1, -1].into_iter().any(|by| !steps.is_empty() && steps.iter().all(|step| is_step(*step, by)))
}

/// A word of the list, with no more than digits and signs around it.
fn is_word(said: &str) -> bool {
    let bare = said.trim_matches(|c: char| !c.is_alphabetic());
    let around = said.chars().count() - bare.chars().count();
    let whole = said.trim_end_matches(|c: char| !c.is_alphanumeric());
    let close = said.trim_end_matches(|c: char| c.is_ascii_digit() || !c.is_alphanumeric());
    WORDS.contains(&said)
        || WORDS.contains(&whole)
        || (around <= BEHIND_MOST && (WORDS.contains(&bare) || WORDS.contains(&close)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_tries_first_is_no_password_and_what_people_make_up_is_one() {
        for weak in [
            "12345678",
            "87654321",
            "0123456789",
            "1234567890",
            "11111111",
            "aaaaaaaa",
            "abcdefgh",
            "12121212",
            "12341234",
            "password",
            "Password1!",
            "matkhau123",
            "Mật khẩu 2026",
            "qwertyuiop",
            "1qaz2wsx",
            "anhyeuem",
            "iloveyou2",
            "admin123456",
            "vietnam2026",
            "truyenthanh1",
        ] {
            assert!(is_weak(weak), "{weak}");
        }
        for good in ["trâu đen ăn cỏ", "ba con vit xoe", "Nhà7mái-ngói", "correct horse", "k3nhMuong9d"] {
            assert!(!is_weak(good), "{good}");
        }
    }
}
