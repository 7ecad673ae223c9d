//! Numbers as they are said: `1.250.000` is a million and something, `3,5%` three and a half of a hundred, `0912345678` one
//! figure after the other. Small whole numbers are left: whatever reads says them well. Pure.

const ONES: [&str; 10] = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];
/// What stands behind each group of three figures, from the last; then it begins anew behind a milliard.
const GROUPS: [&str; 4] = ["", " nghìn", " triệu", " tỷ"];
/// Figures of a telephone number: with as many and a nought before them it is read figure by figure.
const PHONE: std::ops::RangeInclusive<usize> = 8..=12;

/// A number at the beginning of `text`, as it is said, and its bytes; none where it may be left as it is.
pub(super) fn number(text: &str) -> Option<(String, usize)> {
    phone(text).or_else(|| grouped(text)).or_else(|| part(text))
}

/// `0912345678`, `0912.345.678`, `0912 345 678`: figure by figure, a breath between the groups.
fn phone(text: &str) -> Option<(String, usize)> {
    if !text.starts_with('0') {
        return None;
    }
    let (mut said, mut end, mut count, mut gap) = (String::new(), 0, 0, false);
    for (at, sign) in text.char_indices() {
        if let Some(figure) = sign.to_digit(10) {
            let between = if said.is_empty() {
                ""
            } else if gap {
                ", "
            } else {
                " "
            };
            said.push_str(between);
            said.push_str(ONES[figure as usize]);
            (count, gap, end) = (count + 1, false, at + 1);
        } else if matches!(sign, '.' | ' ') && !gap {
            gap = true;
        } else {
            break;
        }
        if count > *PHONE.end() {
            return None;
        }
    }
    (PHONE.contains(&count) && ends(&text[end..])).then_some((said, end))
}

/// `1.250.000`, and behind a comma as in `part`.
fn grouped(text: &str) -> Option<(String, usize)> {
    let first = figures(text);
    if !(1..=3).contains(&first) || text.starts_with('0') {
        return None;
    }
    let (mut end, mut groups) = (first, vec![&text[..first]]);
    while text[end..].starts_with('.') && figures(&text[end + 1..]) == 3 {
        groups.push(&text[end + 1..end + 4]);
        end += 4;
    }
    if groups.len() < 2 || groups.len() > GROUPS.len() {
        return None;
    }
    let whole = groups.concat().parse::<u64>().ok()?;
    let (behind, length) = decimals(&text[end..]).unwrap_or_default();
    let (percent, more) = percent(&text[end + length..]);
    let all = end + length + more;
    ends(&text[all..]).then(|| (format!("{}{behind}{percent}", in_words(whole)), all))
}

/// `3,5`, `30%`: what has a comma or a per cent.
fn part(text: &str) -> Option<(String, usize)> {
    let first = figures(text);
    if !(1..=9).contains(&first) {
        return None;
    }
    let (behind, length) = decimals(&text[first..]).unwrap_or_default();
    let (percent, more) = percent(&text[first + length..]);
    let all = first + length + more;
    (all > first && ends(&text[all..])).then(|| (format!("{}{behind}{percent}", &text[..first]), all))
}

fn figures(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn decimals(text: &str) -> Option<(String, usize)> {
    let count = figures(text.strip_prefix(',')?);
    (1..=3).contains(&count).then(|| (format!(" phẩy {}", &text[1..=count]), count + 1))
}

fn percent(text: &str) -> (&'static str, usize) {
    if text.starts_with('%') { (" phần trăm", 1) } else { ("", 0) }
}

/// No figure, and no letter, goes on here.
fn ends(text: &str) -> bool {
    let mut next = text.chars();
    match next.next() {
        Some('.' | ',' | '/' | ':' | '-') => !next.next().is_some_and(|sign| sign.is_ascii_digit()),
        Some(sign) => !sign.is_alphanumeric(),
        None => true,
    }
}

/// A whole number below a thousand milliards in words, as it is said in the north.
fn in_words(number: u64) -> String {
    let mut groups = Vec::new();
    let mut rest = number;
    while rest > 0 {
        groups.push((rest % 1_000) as usize);
        rest /= 1_000;
    }
    let mut said = String::new();
    for (place, group) in groups.iter().enumerate().rev().filter(|(_, group)| **group > 0) {
        let is_first = said.is_empty();
        if !is_first {
            said.push(' ');
        }
        said.push_str(&below_a_thousand(*group, !is_first));
        said.push_str(GROUPS[place]);
    }
    if said.is_empty() { ONES[0].to_owned() } else { said }
}

/// `whole` where something stands before it: then the noughts are said too.
fn below_a_thousand(number: usize, whole: bool) -> String {
    let (hundreds, tens, ones) = (number / 100, number / 10 % 10, number % 10);
    let mut said = Vec::new();
    if hundreds > 0 || whole {
        said.push(format!("{} trăm", ONES[hundreds]));
    }
    match (tens, ones) {
        (0, 0) => {}
        (0, _) if said.is_empty() => said.push(ONES[ones].to_owned()),
        (0, _) => said.push(format!("linh {}", ONES[ones])),
        (1, 0) => said.push("mười".to_owned()),
        (1, 5) => said.push("mười lăm".to_owned()),
        (1, _) => said.push(format!("mười {}", ONES[ones])),
        (_, 0) => said.push(format!("{} mươi", ONES[tens])),
        (_, 1) => said.push(format!("{} mươi mốt", ONES[tens])),
        (_, 4) => said.push(format!("{} mươi tư", ONES[tens])),
        (_, 5) => said.push(format!("{} mươi lăm", ONES[tens])),
        _ => said.push(format!("{} mươi {}", ONES[tens], ONES[ones])),
    }
    said.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_as_people_say_them_and_small_ones_are_left() {
        for (written, said) in [
            ("1.250.000 đồng", "một triệu hai trăm năm mươi nghìn"),
            ("1.000", "một nghìn"),
            ("2.005.021", "hai triệu không trăm linh năm nghìn không trăm hai mươi mốt"),
            ("15.015.104", "mười lăm triệu không trăm mười lăm nghìn một trăm linh bốn"),
            ("3.000.000.000.", "ba tỷ"),
            ("1.500,5 ha", "một nghìn năm trăm phẩy 5"),
            ("3,5 tấn", "3 phẩy 5"),
            ("30%", "30 phần trăm"),
            ("12,5%,", "12 phẩy 5 phần trăm"),
            ("0912345678", "không chín một hai ba bốn năm sáu bảy tám"),
            ("0234.3.822.222", "không hai ba bốn, ba, tám hai hai, hai hai hai"),
        ] {
            let (got, length) = number(written).unwrap_or_else(|| panic!("{written} is left"));
            assert_eq!(got, said, "{written}");
            assert!(length <= written.len());
        }
        for left in
            ["12", "2026", "1.2", "1.25", "12.3456", "1.234.5", "0123", "3,5kg", "1,2,3", "a", "", "1.250.000đ2", "0.5"]
        {
            assert_eq!(number(left), None, "{left}");
        }
    }
}
