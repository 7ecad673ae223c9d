//! Numbers as they are said: `1.250.000` is a million and something, `3,5%` three and a half of a hundred, `0912345678` one
//! figure after the other. Small whole numbers are left: whatever reads says them well. Pure.

const ONES: [&str; 10] = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];
/// What stands behind each group of three figures, from the last; behind a milliard it begins anew.
const GROUPS: [&str; 3] = ["", " nghìn", " triệu"];
/// Groups of the longest number that is said: more is no sum of money.
const MOST_GROUPS: usize = 6;
/// Figures of a telephone number: with as many and a nought before them it is read figure by figure.
const PHONE: std::ops::RangeInclusive<usize> = 8..=12;

/// What is written without a blank behind a number, and how it is said.
const UNITS: [(&str, &str); 8] = [
    ("đồng", "đồng"),
    ("VND", "đồng"),
    ("VNĐ", "đồng"),
    ("vnđ", "đồng"),
    ("đ", "đồng"),
    ("kg", "ki-lô-gam"),
    ("km", "ki-lô-mét"),
    ("ha", "héc-ta"),
];

/// Of these the sign may stand behind a blank.
const MONEY: [&str; 4] = ["VND", "VNĐ", "vnđ", "đ"];
/// Figures of the smallest sum before a "đ" behind a blank: with fewer it may be the letter of a clause.
const SUM_LEAST: usize = 3;

/// For each of what: `đ/kg`, `km/h`. Any other word is left as it is written.
const EACH: [(&str, &str); 8] = [
    ("kg", "ki-lô-gam"),
    ("km", "ki-lô-mét"),
    ("ha", "héc-ta"),
    ("h", "giờ"),
    ("s", "giây"),
    ("m2", "mét vuông"),
    ("m3", "mét khối"),
    ("l", "lít"),
];

/// Signs of a telephone number with brackets that are looked at, and the figures in the brackets.
const BRACKETED_MOST: usize = 64;
const AREA: std::ops::RangeInclusive<usize> = 2..=5;

/// A number at the beginning of `text`, as it is said, and its bytes; none where it may be left as it is.
pub(super) fn number(text: &str) -> Option<(String, usize)> {
    bracketed(text).or_else(|| phone(text)).or_else(|| amount(text, false))
}

/// The same of what is counted. A dash and a second one may follow the first of two.
pub(super) fn amount(text: &str, is_first: bool) -> Option<(String, usize)> {
    grouped(text, is_first).or_else(|| part(text, is_first))
}

/// `(0263) 3822123`, `(+84) 263 3822123`: as without its brackets.
fn bracketed(text: &str) -> Option<(String, usize)> {
    let inner = text.strip_prefix('(')?;
    let (area, behind) = inner.get(..inner.find(')').filter(|at| AREA.contains(at))?).map(|area| {
        let behind = &inner[area.len() + 1..];
        (area, behind.trim_start_matches([' ', '.', '-']))
    })?;
    if !area.trim_start_matches('+').bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let plain = format!("{area} {}", behind.chars().take(BRACKETED_MOST).collect::<String>());
    let (said, length) = phone(&plain)?;
    // Behind the brackets it goes on with the same bytes.
    let length = length.checked_sub(area.len() + 1).filter(|length| *length > 0)?;
    Some((said, text.len() - behind.len() + length))
}

/// `0912345678`, `0912.345.678`, `0912-345-678`, `+84 912 345 678`, `1900 6068`: figure by figure, a breath between the groups.
fn phone(text: &str) -> Option<(String, usize)> {
    let (mut said, begin, figures) = if text.starts_with("+84") {
        ("cộng tám bốn".to_owned(), 3, 8..=11)
    } else if text.starts_with('0') {
        (String::new(), 0, PHONE)
    } else if text.starts_with("1900") || text.starts_with("1800") {
        (String::new(), 0, 8..=10)
    } else {
        return None;
    };
    // Two years with a dash between them have as many figures as a number for everybody.
    let is_year = text.starts_with('1');
    let (mut end, mut count, mut gap) = (begin, 0, begin > 0);
    for (at, sign) in text[begin..].char_indices() {
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
            (count, gap, end) = (count + 1, false, begin + at + 1);
        } else if (matches!(sign, '.' | ' ') || sign == '-' && !is_year) && (!gap || end == begin) {
            gap = true;
        } else {
            break;
        }
        if count > *figures.end() {
            return None;
        }
    }
    let another = || text[end..].strip_prefix('/').is_some_and(|next| phone(next).is_some());
    (figures.contains(&count) && (ends(&text[end..], false) || another())).then_some((said, end))
}

/// `1.250.000`, and behind a comma as in `part`; `1,250,000`.
fn grouped(text: &str, is_first: bool) -> Option<(String, usize)> {
    let first = figures(text);
    if !(1..=3).contains(&first) || text.starts_with('0') {
        return None;
    }
    let groups = |mark: char| {
        let (mut end, mut groups) = (first, text[..first].to_owned());
        let mut count = 1;
        while text[end..].starts_with(mark) && figures(&text[end + 1..]) == 3 {
            groups.push_str(&text[end + 1..end + 4]);
            (end, count) = (end + 4, count + 1);
        }
        (groups, end, count)
    };
    let (mut whole, mut end, mut count) = groups('.');
    // With two commas none of them is a decimal one.
    let english = groups(',');
    if count < 2 && english.2 > 2 {
        (whole, end, count) = english;
    }
    if !(2..=MOST_GROUPS).contains(&count) {
        return None;
    }
    let whole = whole.parse::<u64>().ok()?;
    let (behind, length) = decimals(&text[end..]).unwrap_or_default();
    let (unit, more) = unit(&text[end + length..], true);
    let all = end + length + more;
    let (each, last) = if more > 0 { each(&text[all..]) } else { (String::new(), 0) };
    ends(&text[all..], is_first).then(|| (format!("{}{behind}{unit}{each}", in_words(whole)), all + last))
}

/// `3,5`, `30%`: what has a comma or a per cent.
fn part(text: &str, is_first: bool) -> Option<(String, usize)> {
    let first = figures(text);
    if !(1..=9).contains(&first) {
        return None;
    }
    let (behind, length) = decimals(&text[first..]).unwrap_or_default();
    let (unit, more) = unit(&text[first + length..], first >= SUM_LEAST);
    let all = first + length + more;
    let (each, last) = if more > 0 { each(&text[all..]) } else { (String::new(), 0) };
    (all > first && ends(&text[all..], is_first))
        .then(|| (format!("{}{behind}{unit}{each}", &text[..first]), all + last))
}

fn figures(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn decimals(text: &str) -> Option<(String, usize)> {
    let count = figures(text.strip_prefix(',')?);
    (1..=3).contains(&count).then(|| (format!(" phẩy {}", &text[1..=count]), count + 1))
}

/// What a number counts, where it stands at once behind it, and its bytes; of a sum, behind a blank too.
fn unit(text: &str, is_sum: bool) -> (String, usize) {
    if text.starts_with('%') {
        return (" phần trăm".to_owned(), 1);
    }
    if let Some((word, said)) = whole_word(text, &UNITS) {
        return (format!(" {said}"), word.len());
    }
    let money = text.strip_prefix([' ', '\u{a0}']).and_then(|text| whole_word(text, &UNITS));
    match money.filter(|(word, _)| MONEY.contains(word) && (is_sum || *word != "đ")) {
        Some((word, said)) => {
            let blank = text.chars().next().map_or(0, char::len_utf8);
            (format!(" {said}"), blank + word.len())
        }
        None => (String::new(), 0),
    }
}

/// `/kg`, `/người` behind what a number counts: "một ki-lô-gam"; of a word that is no unit the word itself is left.
fn each(text: &str) -> (String, usize) {
    let Some(of) = text.strip_prefix('/').filter(|of| of.starts_with(char::is_alphabetic)) else {
        return (String::new(), 0);
    };
    match whole_word(of, &EACH) {
        Some((word, said)) => (format!(" một {said}"), 1 + word.len()),
        None => (" một ".to_owned(), 1),
    }
}

fn whole_word<'w>(text: &str, words: &[(&'w str, &'w str)]) -> Option<(&'w str, &'w str)> {
    let is_whole = |word: &str| text.strip_prefix(word).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
    words.iter().find(|(word, _)| is_whole(word)).copied()
}

/// No figure, and no letter, goes on here; a dash may behind the first of two.
fn ends(text: &str, is_first: bool) -> bool {
    let mut next = text.chars();
    match next.next() {
        Some('-') if is_first => true,
        Some('.' | ',' | '/' | ':' | '-') => !next.next().is_some_and(|sign| sign.is_ascii_digit()),
        Some(sign) => !sign.is_alphanumeric(),
        None => true,
    }
}

/// A whole number in words, as it is said in the north.
fn in_words(number: u64) -> String {
    const MILLIARD: u64 = 1_000_000_000;
    let (high, low) = (number / MILLIARD, number % MILLIARD);
    if high == 0 {
        let said = below_a_milliard(low, true);
        return if said.is_empty() { ONES[0].to_owned() } else { said };
    }
    let low = if low == 0 { String::new() } else { format!(" {}", below_a_milliard(low, false)) };
    format!("{} tỷ{low}", in_words(high))
}

/// Nothing of nothing; with its noughts, where something stands before it.
fn below_a_milliard(number: u64, is_first: bool) -> String {
    let mut said = String::new();
    for (place, name) in GROUPS.iter().enumerate().rev() {
        let group = (number / 1_000_u64.pow(place as u32) % 1_000) as usize;
        if group == 0 {
            continue;
        }
        let whole = !is_first || !said.is_empty();
        if !said.is_empty() {
            said.push(' ');
        }
        said.push_str(&below_a_thousand(group, whole));
        said.push_str(name);
    }
    said
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
            ("3,5kg", "3 phẩy 5 ki-lô-gam"),
            (
                "1.234.567.890.123",
                "một nghìn hai trăm ba mươi tư tỷ năm trăm sáu mươi bảy triệu tám trăm chín mươi nghìn một trăm hai mươi ba",
            ),
            ("2.000.000.005.000", "hai nghìn tỷ không trăm linh năm nghìn"),
            ("12,5%,", "12 phẩy 5 phần trăm"),
            ("0912345678", "không chín một hai ba bốn năm sáu bảy tám"),
            ("0234.3.822.222", "không hai ba bốn, ba, tám hai hai, hai hai hai"),
            ("(0263) 3822123", "không hai sáu ba, ba tám hai hai một hai ba"),
            ("(0263)3.822.123", "không hai sáu ba, ba, tám hai hai, một hai ba"),
            ("(+84) 263 3822123", "cộng tám bốn, hai sáu ba, ba tám hai hai một hai ba"),
            ("0263 3822123", "không hai sáu ba, ba tám hai hai một hai ba"),
            ("0263.3822.123", "không hai sáu ba, ba tám hai hai, một hai ba"),
            ("10.500.000 đ", "mười triệu năm trăm nghìn đồng"),
            ("5.000 đ/kg", "năm nghìn đồng một ki-lô-gam"),
            ("500đ/m2", "500 đồng một mét vuông"),
            ("2.500 VNĐ", "hai nghìn năm trăm đồng"),
            ("2.500 VND", "hai nghìn năm trăm đồng"),
            ("30km/h", "30 ki-lô-mét một giờ"),
        ] {
            let (got, length) = number(written).unwrap_or_else(|| panic!("{written} is left"));
            assert_eq!(got, said, "{written}");
            assert!(length <= written.len());
        }
        for left in [
            "12",
            "2026",
            "1.2",
            "1.25",
            "12.3456",
            "1.234.5",
            "0123",
            "1,2,3",
            "a",
            "",
            "1.250.000đ2",
            "0.5",
            "5 đ",
            "(12) 345",
            "(0263)",
            "(a",
        ] {
            assert_eq!(number(left), None, "{left}");
        }
    }
}
