//! A text as it is said: dates, times of day, numbers, the short forms of offices, and the words of the station's own list,
//! written out before a machine reads them. Pure.

use super::counted;

/// What stands for more than it says. A machine spells it or takes it for English.
const SHORT: [(&str, &str); 36] = [
    ("UBND", "Ủy ban nhân dân"),
    ("HĐND", "Hội đồng nhân dân"),
    ("UBMTTQ", "Ủy ban Mặt trận Tổ quốc"),
    ("MTTQ", "Mặt trận Tổ quốc"),
    ("BCĐ", "Ban chỉ đạo"),
    ("BCH", "Ban chấp hành"),
    ("BHXH", "bảo hiểm xã hội"),
    ("BHYT", "bảo hiểm y tế"),
    ("CCCD", "căn cước công dân"),
    ("CSGT", "cảnh sát giao thông"),
    ("PCCC", "phòng cháy chữa cháy"),
    ("PCTT", "phòng chống thiên tai"),
    ("TKCN", "tìm kiếm cứu nạn"),
    ("VSMT", "vệ sinh môi trường"),
    ("ATTP", "an toàn thực phẩm"),
    ("ATGT", "an toàn giao thông"),
    ("NTM", "nông thôn mới"),
    ("HTX", "hợp tác xã"),
    ("THCS", "trung học cơ sở"),
    ("THPT", "trung học phổ thông"),
    ("THSP", "trung học sư phạm"),
    ("TDTT", "thể dục thể thao"),
    ("KHHGĐ", "kế hoạch hóa gia đình"),
    ("QĐ", "quyết định"),
    ("NQ", "nghị quyết"),
    ("TW", "trung ương"),
    ("TP.HCM", "thành phố Hồ Chí Minh"),
    ("TPHCM", "thành phố Hồ Chí Minh"),
    ("TP.", "thành phố "),
    ("TX.", "thị xã "),
    ("TT.", "thị trấn "),
    ("ĐT:", "điện thoại:"),
    ("ĐT.", "điện thoại "),
    ("SĐT", "số điện thoại"),
    ("ĐT", "điện thoại"),
    ("TP", "thành phố"),
];

/// `text` as it is said; `own` are the station's words, each with what it stands for, which go before all others.
pub(crate) fn written_out(text: &str, own: &[(String, String)]) -> String {
    let text: String = text.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text.as_str();
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        let at_word = !before.is_alphanumeric();
        let found = at_word.then(|| written(rest, own)).flatten();
        let taken = if let Some((said, length)) = found {
            // Many write the day's name before the date themselves.
            let said = said.strip_prefix("ngày ").filter(|_| ends_with_day(&out)).unwrap_or(&said);
            out.push_str(said);
            length
        } else {
            if !(first == ' ' && out.ends_with(' ')) {
                out.push(first);
            }
            first.len_utf8()
        };
        before = out.chars().next_back().unwrap_or(' ');
        rest = &rest[taken..];
    }
    out.trim().to_owned()
}

/// What stands for more than it says at the beginning of `rest`, and its bytes.
fn written(rest: &str, own: &[(String, String)]) -> Option<(String, usize)> {
    let own = own.iter().map(|(word, said)| (word.as_str(), said.as_str()));
    short(rest, own)
        .or_else(|| date(rest))
        .or_else(|| time(rest))
        .or_else(|| counted::number(rest))
        .or_else(|| short(rest, SHORT.into_iter()))
}

fn ends_with_day(out: &str) -> bool {
    out.ends_with("ngày ") || out.ends_with("Ngày ")
}

/// Up to so many digits at the beginning, and how many.
fn number(text: &str, most: usize) -> Option<(u32, usize)> {
    let length = text.bytes().take(most + 1).take_while(u8::is_ascii_digit).count();
    (1..=most).contains(&length).then(|| text[..length].parse().ok().map(|number| (number, length))).flatten()
}

/// Nothing of a word or a number goes on here.
fn is_end(text: &str) -> bool {
    let mut next = text.chars();
    match next.next() {
        None => true,
        Some('/' | '-' | '.' | ',' | ':') => !next.next().is_some_and(|c| c.is_ascii_digit()),
        Some(c) => !c.is_alphanumeric(),
    }
}

/// `28/11/2026`, `28-11-2026`, `28.11.2026`; `28/11` where it can be nothing else.
fn date(text: &str) -> Option<(String, usize)> {
    let (day, one) = number(text, 2)?;
    let mark = text[one..].chars().next().filter(|c| matches!(c, '/' | '-' | '.'))?;
    let (month, two) = number(&text[one + 1..], 2)?;
    if !(1..=31).contains(&day) || !(1..=12).contains(&month) {
        return None;
    }
    let at = one + 1 + two;
    if text[at..].starts_with(mark)
        && let Some((year, four)) = number(&text[at + 1..], 4)
        && (1900..=2200).contains(&year)
        && is_end(&text[at + 1 + four..])
    {
        return Some((format!("ngày {day} tháng {month} năm {year}"), at + 1 + four));
    }
    // 1/2 may be a half: a day and a month have two digits where they are written alone.
    (mark == '/' && one == 2 && two == 2 && is_end(&text[at..])).then(|| (format!("ngày {day} tháng {month}"), at))
}

/// `05:30`, `5h30`, `17h`, `5g30`.
fn time(text: &str) -> Option<(String, usize)> {
    let (hour, one) = number(text, 2)?;
    let mark = text[one..].chars().next().filter(|c| matches!(c, ':' | 'h' | 'H' | 'g'))?;
    if hour > 24 {
        return None;
    }
    let after = &text[one + 1..];
    match number(after, 2) {
        Some((minute, 2)) if minute < 60 && is_end(&after[2..]) => {
            let said = if minute == 0 { format!("{hour} giờ") } else { format!("{hour} giờ {minute}") };
            Some((said, one + 3))
        }
        None if mark != ':' && mark != 'g' && is_end(after) => Some((format!("{hour} giờ"), one + 1)),
        _ => None,
    }
}

fn short<'w>(text: &str, mut words: impl Iterator<Item = (&'w str, &'w str)>) -> Option<(String, usize)> {
    let (word, said) = words.find(|(word, _)| {
        let word = *word;
        let rest = text.strip_prefix(word);
        rest.is_some_and(|rest| !word.ends_with(char::is_alphanumeric) || !rest.starts_with(char::is_alphanumeric))
    })?;
    Some((said.to_owned(), word.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_machine_would_stumble_over_is_written_out_and_the_rest_is_left() {
        for (written, said) in [
            ("UBND xã thông báo", "Ủy ban nhân dân xã thông báo"),
            ("Ngày 28/11/2026 họp", "Ngày 28 tháng 11 năm 2026 họp"),
            ("họp 28-11-2026.", "họp ngày 28 tháng 11 năm 2026."),
            ("từ 05/12 đến 07/12", "từ ngày 5 tháng 12 đến ngày 7 tháng 12"),
            ("lúc 05:30, 17h và 7h15", "lúc 5 giờ 30, 17 giờ và 7 giờ 15"),
            ("lúc 08:00 sáng", "lúc 8 giờ sáng"),
            ("1/2 số hộ", "1/2 số hộ"),
            ("tỉ số 3:2", "tỉ số 3:2"),
            ("giá 1.250.000 đồng", "giá một triệu hai trăm năm mươi nghìn đồng"),
            ("giảm 3,5%, còn 12 hộ", "giảm 3 phẩy 5 phần trăm, còn 12 hộ"),
            ("SĐT 0912.345.678", "số điện thoại không chín một hai, ba bốn năm, sáu bảy tám"),
            ("TP Huế", "thành phố Huế"),
            ("32/13/2026", "32/13/2026"),
            ("25:99", "25:99"),
            ("QĐ số 12/QĐ-UBND", "quyết định số 12/quyết định-Ủy ban nhân dân"),
            ("TP. Huế, TP.HCM", "thành phố Huế, thành phố Hồ Chí Minh"),
            ("ĐT: 0912345678", "điện thoại: không chín một hai ba bốn năm sáu bảy tám"),
            ("XUBND và UBNDX", "XUBND và UBNDX"),
            ("12h30p", "12h30p"),
            ("Đông\u{0}\u{7} ấm", "Đông ấm"),
            ("", ""),
        ] {
            assert_eq!(written_out(written, &[]), said, "{written}");
        }
    }

    #[test]
    fn the_stations_own_words_go_before_all_others() {
        let own = [("TT", "trung tâm"), ("UBND", "ủy ban"), ("A Lưới", "A Lới")];
        let own = own.map(|(word, said)| (word.to_owned(), said.to_owned()));
        let said = written_out("UBND mời đến TT A Lưới, TTX 28/11", &own);
        assert_eq!(said, "ủy ban mời đến trung tâm A Lới, TTX ngày 28 tháng 11");
    }

    #[test]
    fn a_long_text_costs_what_it_is_long() {
        let text = "UBND 28/11/2026 05:30 ".repeat(2_000);
        assert!(written_out(&text, &[]).starts_with("Ủy ban nhân dân ngày 28 tháng 11 năm 2026 5 giờ 30 Ủy ban"));
    }
}
