//! Numbers in Roman figures as they are said, behind the words that take them: `Chương II`, `thế kỷ XXI`, `quý III/2026`. Behind
//! any other word they may be letters, and are left. Pure.

/// Behind these a number stands.
const TAKE: &[&str] = &[
    "chương",
    "điều",
    "khoản",
    "mục",
    "phần",
    "phụ lục",
    "khóa",
    "khoá",
    "kỳ",
    "quý",
    "thế kỷ",
    "đại hội",
    "lần",
    "thứ",
    "bậc",
    "cấp",
    "hạng",
    "vùng",
    "khu",
];
/// These end like one of them, and take none.
const TAKE_NONE: &[&str] = &["cổ phần", "cung cấp"];
/// Between two numbers behind one word: `chương I, II và III`.
const JOINS: [&str; 7] = [",", "-", "–", "và", "đến", "hoặc", "hay"];
/// Letters that are looked at before a number: more than the longest of these words.
const LOOKED_AT: usize = 12;

/// C, D and M are no figures here: a part C, a class D. Nobody counts so far.
const TENS: [&str; 9] = ["", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX"];
const ONES: [&str; 10] = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"];
/// Figures of the longest: LXXXVIII.
const FIGURES_MOST: usize = 8;
/// Bytes of a year behind a stroke.
const YEAR: usize = 5;

/// A number in Roman figures at the beginning of `text`, behind what was said: as it is said, and its bytes.
pub(super) fn number(text: &str, said: &str) -> Option<(String, usize)> {
    let (number, length) = figures(text)?;
    let near = said.trim_end_matches(' ');
    // A letter alone may be the first of a name, but right behind such a word.
    let before = if length == 1 { near } else { before_list(near) };
    if !ends_with(before, TAKE) || ends_with(before, TAKE_NONE) {
        return None;
    }
    let name = match number {
        1 if ends_with(before, &["thứ"]) => "nhất".to_owned(),
        4 if ends_with(before, &["thứ", "quý"]) => "tư".to_owned(),
        _ => number.to_string(),
    };
    Some(match year(&text[length..]) {
        Some(year) => (format!("{name} năm {year}"), length + YEAR),
        None => (name, length),
    })
}

/// Roman figures as they are rightly written, and their bytes.
fn figures(text: &str) -> Option<(usize, usize)> {
    let length = text.bytes().take_while(|byte| b"IVXL".contains(byte)).count();
    let written = &text[..length];
    let mut behind = text[length..].chars();
    let goes_on = match behind.next() {
        Some('.') => behind.next().is_some_and(char::is_alphabetic),
        next => next.is_some_and(char::is_alphanumeric),
    };
    if !(1..=FIGURES_MOST).contains(&length) || goes_on || written == "L" {
        return None;
    }
    let is_it = |number: &usize| written.strip_prefix(TENS[number / 10]) == Some(ONES[number % 10]);
    (1..TENS.len() * ONES.len()).find(is_it).map(|number| (number, length))
}

/// `/2026`
fn year(text: &str) -> Option<&str> {
    let year = text.strip_prefix('/')?.get(..YEAR - 1)?;
    let is_year = year.bytes().all(|byte| byte.is_ascii_digit()) && matches!(&year[..2], "19" | "20");
    (is_year && !text[YEAR..].starts_with(char::is_alphanumeric)).then_some(year)
}

/// What stands before the numbers of `chương 1, 2 và`: `chương`.
fn before_list(mut said: &str) -> &str {
    while let Some(list) = JOINS.iter().find_map(|join| said.strip_suffix(*join)) {
        let list = list.trim_end_matches(' ');
        let before = list.trim_end_matches(|sign: char| sign.is_ascii_digit());
        if before.len() == list.len() {
            break;
        }
        said = before.trim_end_matches(' ');
    }
    said
}

/// Whether one of these words stands last.
fn ends_with(said: &str, words: &[&str]) -> bool {
    let begin = said.char_indices().rev().nth(LOOKED_AT).map_or(0, |(at, _)| at);
    let last = said[begin..].to_lowercase();
    let is_last = |word: &&str| last.strip_suffix(*word).is_some_and(|before| !before.ends_with(char::is_alphanumeric));
    words.iter().any(is_last)
}

#[cfg(test)]
mod tests {
    use super::super::spoken::written_out;

    #[test]
    fn roman_figures_are_numbers_behind_the_words_that_take_them_and_letters_elsewhere() {
        for (written, said) in [
            ("Chương II, khóa XV", "Chương 2, khóa 15"),
            ("khoá X, nhiệm kỳ III", "khoá 10, nhiệm kỳ 3"),
            ("QUÝ III, Quý IV", "QUÝ 3, Quý tư"),
            ("quý III/2026.", "quý 3 năm 2026."),
            ("thế kỷ XXI", "thế kỷ 21"),
            ("Điều IV, Khoản V, mục VI.2, phần I.", "Điều 4, Khoản 5, mục 6.2, phần 1."),
            ("Đại hội XIII", "Đại hội 13"),
            ("Đại hội Đảng bộ xã lần thứ XIV", "Đại hội Đảng bộ xã lần thứ 14"),
            ("lần thứ I, lần thứ IV, lần thứ XL", "lần thứ nhất, lần thứ tư, lần thứ 40"),
            ("giáo viên hạng III bậc IX vùng V", "giáo viên hạng 3 bậc 9 vùng 5"),
            ("Quân khu V, trường cấp I, II và III", "Quân khu 5, trường cấp 1, 2 và 3"),
            ("chương II-IV", "chương 2-4"),
            // Letters, and what is written as no number is.
            ("phần C, mục D, khu L, hạng M", "phần C, mục D, khu L, hạng M"),
            ("nhóm X và ông V. ở tổ I", "nhóm X và ông V. ở tổ I"),
            ("chương IIII, khóa VX, quý IIa", "chương IIII, khóa VX, quý IIa"),
            ("HIV, COVID, VIP, xã VI", "HIV, COVID, VIP, xã VI"),
            ("khóa XV, X. Đông Giang", "khóa 15, X. Đông Giang"),
            ("quý V.I.P, cổ phần VI, cung cấp X", "quý V.I.P, cổ phần VI, cung cấp X"),
            ("Chương: II. Thứ: I", "Chương: II. Thứ: I"),
        ] {
            assert_eq!(written_out(written, &[]), said, "{written}");
        }
    }
}
