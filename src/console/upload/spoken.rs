//! A text as it is said: dates, times of day, numbers, the short forms of offices, and the words of the station's own list,
//! written out before a machine reads them. Pure.

use super::counted;
use super::dated::{self, Before};
use super::roman;

/// What stands for more than it says. A machine spells it or takes it for English.
const SHORT: &[(&str, &str)] = &[
    ("UBND", "Ủy ban nhân dân"),
    ("HĐND", "Hội đồng nhân dân"),
    ("UBMTTQ", "Ủy ban Mặt trận Tổ quốc"),
    ("MTTQ", "Mặt trận Tổ quốc"),
    ("BCĐ", "Ban chỉ đạo"),
    ("BCHQS", "Ban Chỉ huy quân sự"),
    ("CHQS", "Chỉ huy quân sự"),
    ("QS", "quân sự"),
    ("PTDS", "phòng thủ dân sự"),
    ("PCLB", "phòng chống lụt bão"),
    ("CNCH", "cứu nạn cứu hộ"),
    ("GD&ĐT", "Giáo dục và Đào tạo"),
    ("GD & ĐT", "Giáo dục và Đào tạo"),
    ("GD-ĐT", "Giáo dục và Đào tạo"),
    ("GD - ĐT", "Giáo dục và Đào tạo"),
    ("GD và ĐT", "Giáo dục và Đào tạo"),
    ("GDĐT", "Giáo dục và Đào tạo"),
    ("SGDĐT", "Sở Giáo dục và Đào tạo"),
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
    ("SĐT", "số điện thoại"),
    ("TP", "thành phố"),
];

/// What a document is called behind its number, and whose it is.
const DOCUMENTS: &[(&str, &str)] = &[
    ("NĐ", "nghị định"),
    ("CP", "Chính phủ"),
    ("TTg", "Thủ tướng Chính phủ"),
    ("QH", "Quốc hội"),
    ("CT", "chỉ thị"),
    ("CĐ", "công điện"),
    ("CV", "công văn"),
    ("KH", "kế hoạch"),
    ("TB", "thông báo"),
    ("TT", "thông tư"),
    ("TTr", "tờ trình"),
    ("BC", "báo cáo"),
    ("GM", "giấy mời"),
    ("HD", "hướng dẫn"),
];
/// Figures of such a number, and the short forms behind it.
const NUMBER_MOST: usize = 5;
const PARTS_MOST: usize = 6;

/// "BCH" before these is a command, and before those a committee. Before anything else it is left: one is not the other.
const COMMANDS: &[&str] = &[
    "pctt",
    "pclb",
    "ptds",
    "pccc",
    "cnch",
    "tkcn",
    "qs",
    "quân sự",
    "phòng thủ",
    "phòng chống",
    "phòng, chống",
    "phòng cháy",
    "ứng phó",
    "tìm kiếm",
    "thống nhất",
    "công trường",
    "chiến dịch",
];
const COMMITTEES: &[&str] = &[
    "đảng",
    "đoàn",
    "hội",
    "chi bộ",
    "chi đoàn",
    "chi hội",
    "công đoàn",
    "liên đoàn",
    "lđlđ",
    "lhpn",
    "ccb",
    "phụ nữ",
    "nông dân",
    "cựu chiến binh",
    "thanh niên",
    "trung ương",
    "tw",
    "lâm thời",
    "khóa",
    "khoá",
];
/// Letters that are looked at behind it.
const LOOKED_AT: usize = 24;

/// Before these "ĐT" is a road of the province.
const ROADS: [&str; 4] = ["đường", "tuyến", "lộ", "trục"];

/// Words between dates that belong together: `28/11 đến 2/12`.
const BETWEEN: [&str; 6] = ["đến", "tới", "và", "hoặc", "hay", "hết"];

/// Bytes of such a word with its blanks.
const BETWEEN_MOST: usize = 16;

/// `text` as it is said; `own` are the station's words, each with what it stands for, which go before all others.
pub(crate) fn written_out(text: &str, own: &[(String, String)]) -> String {
    let text: String = text.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text.as_str();
    let mut before = ' ';
    // Where what was written out last ends, if that was a date.
    let mut dated: Option<usize> = None;
    while let Some(first) = rest.chars().next() {
        let is_start = first == '(' || !(before.is_alphanumeric() || first.is_ascii_digit() && is_joint(&out));
        let found = is_start.then(|| written(rest, &out, dated, own)).flatten();
        let taken = if let Some(length) = joins(rest, &out) {
            out.truncate(out.trim_end_matches(' ').len());
            out.push_str(" và ");
            length
        } else if let Some(Found { said, length, is_date }) = found {
            // Many write the day's name before the date themselves.
            let said = said.strip_prefix("ngày ").filter(|_| ends_with_day(&out)).unwrap_or(&said);
            out.push_str(said);
            dated = is_date.then_some(out.len());
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

/// What stands for more than it says.
struct Found {
    said: String,
    /// Bytes of the text that it takes the place of.
    length: usize,
    is_date: bool,
}

/// What stands for more than it says at the beginning of `rest`, behind what was said.
fn written(rest: &str, said: &str, dated: Option<usize>, own: &[(String, String)]) -> Option<Found> {
    let own = || own.iter().map(|(word, said)| (word.as_str(), said.as_str()));
    let found = |is_date: bool| move |(said, length)| Found { said, length, is_date };
    let word = last_word(said);
    let long = |part: &str| {
        let exact = |(word, said): (&str, &str)| (word == part).then(|| said.to_owned());
        own().find_map(exact).or_else(|| DOCUMENTS.iter().chain(SHORT).copied().find_map(exact))
    };
    let since = dated.map(|end| &said[end..]).filter(|since| since.len() <= BETWEEN_MOST);
    let goes_on = since.is_some_and(|since| BETWEEN.contains(&since.trim().to_lowercase().as_str()));
    let before = Before { word: &word, goes_on, is_first: false };
    short(rest, own())
        .map(found(false))
        .or_else(|| document(rest, &word, &long).map(found(false)))
        .or_else(|| roman::number(rest, said).map(found(false)))
        .or_else(|| board(rest).map(found(false)))
        .or_else(|| phone_or_road(rest, said, &word).map(found(false)))
        .or_else(|| span(rest, before))
        .or_else(|| dated::date(rest, before).map(found(true)))
        .or_else(|| dated::time(rest, before).map(found(false)))
        .or_else(|| counted::number(rest).map(found(false)))
        .or_else(|| short(rest, SHORT.iter().copied()).map(found(false)))
}

/// The bytes of "&", and of the blanks behind it, where it stands between two words.
fn joins(rest: &str, said: &str) -> Option<usize> {
    let behind = rest.strip_prefix('&')?.trim_start_matches(' ');
    let is_between = said.trim_end_matches(' ').ends_with(char::is_alphanumeric);
    (is_between && behind.starts_with(char::is_alphanumeric)).then(|| rest.len() - behind.len())
}

/// `12/2026/QĐ-UBND`, `05/KH-UBND`, and behind "số" `12/UBND`: the number, the year, and each short form behind a comma; one
/// that nobody knows letter by letter.
fn document(rest: &str, word: &str, long: &dyn Fn(&str) -> Option<String>) -> Option<(String, usize)> {
    let figures = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let mut at = figures(rest);
    if !(1..=NUMBER_MOST).contains(&at) {
        return None;
    }
    let mut said = rest[..at].to_owned();
    let year = rest[at..].strip_prefix('/')?;
    if figures(year) == 4 {
        said = format!("{said} năm {}", &year[..4]);
        at += 5;
    }
    let behind = rest[at..].strip_prefix('/')?;
    let end = behind.find(|sign: char| !sign.is_alphanumeric() && sign != '-').unwrap_or(behind.len());
    let letters = behind[..end].trim_end_matches('-');
    let parts: Vec<&str> = letters.split('-').take(PARTS_MOST + 1).collect();
    let is_short = |part: &&str| part.chars().count() > 1 && part.chars().take(2).all(char::is_uppercase);
    if parts.len() > PARTS_MOST || !parts.iter().all(is_short) || parts.len() == 1 && word != "số" {
        return None;
    }
    for part in parts {
        let name = part.trim_end_matches(|sign: char| sign.is_ascii_digit());
        let letter_by_letter = || name.chars().map(String::from).collect::<Vec<_>>().join(" ");
        said = format!("{said}, {}", long(name).unwrap_or_else(letter_by_letter));
        if name.len() < part.len() {
            said = format!("{said} {}", &part[name.len()..]);
        }
    }
    Some((said, at + 1 + letters.len()))
}

/// "BCH": which of the two it is stands behind it.
fn board(rest: &str) -> Option<(String, usize)> {
    const BOARD: &str = "BCH";
    let behind = rest.strip_prefix(BOARD)?.strip_prefix(' ')?;
    let next = behind.trim_start_matches(' ').chars().take(LOOKED_AT).collect::<String>().to_lowercase();
    let is_one_of = |words: &[&str]| {
        let is_next = |word: &&str| next.strip_prefix(*word).is_some_and(|end| !end.starts_with(char::is_alphanumeric));
        words.iter().any(is_next)
    };
    let said = if is_one_of(COMMANDS) {
        "Ban Chỉ huy"
    } else if is_one_of(COMMITTEES) {
        "Ban Chấp hành"
    } else {
        return None;
    };
    Some((said.to_owned(), BOARD.len()))
}

/// "ĐT": a road of the province before its number, else a telephone.
fn phone_or_road(rest: &str, said: &str, word: &str) -> Option<(String, usize)> {
    let behind = rest.strip_prefix("ĐT").filter(|behind| !behind.starts_with(char::is_alphabetic))?;
    let length = rest.len() - behind.len();
    let number = behind.strip_prefix('.').unwrap_or(behind).trim_start_matches(' ');
    let is_told = said.trim_end_matches(' ').ends_with("ường tỉnh");
    let is_joined = behind.starts_with(|sign: char| sign.is_ascii_digit());
    if is_road(number, is_told || ROADS.contains(&word), is_joined) {
        let name = match word {
            _ if is_told => "",
            "đường" => "tỉnh ",
            _ => "đường tỉnh ",
        };
        return Some((name.to_owned(), rest.len() - number.len()));
    }
    if is_joined {
        return behind.starts_with('0').then(|| ("điện thoại ".to_owned(), length));
    }
    let (name, more) = match behind.chars().next() {
        Some(':') => ("điện thoại:", 1),
        Some('.') => ("điện thoại ", 1),
        _ => ("điện thoại", 0),
    };
    Some((name.to_owned(), length + more))
}

/// Whether the number of a road stands here: three figures, and a letter perhaps. Those of whoever is called in need are
/// none, unless the word before them says so.
fn is_road(text: &str, is_told: bool, is_joined: bool) -> bool {
    let count = text.bytes().take_while(u8::is_ascii_digit).count();
    let behind = text[count..].strip_prefix(['A', 'B', 'C', 'D', 'E']).unwrap_or(&text[count..]);
    if text.starts_with('0') || behind.starts_with(char::is_alphanumeric) {
        return false;
    }
    if is_told {
        return (2..=4).contains(&count);
    }
    let mut next = behind.chars();
    let goes_on = matches!(next.next(), Some(' ' | '.' | '-')) && next.next().is_some_and(|sign| sign.is_ascii_digit());
    count == 3 && !goes_on && (is_joined || !text.starts_with("11"))
}

/// From one until another: `7h30-11h30`, `2-4/12/2026`, `5%-10%`. Both are said, or neither.
fn span(rest: &str, before: Before<'_>) -> Option<Found> {
    let (first, second) = (Before { is_first: true, ..before }, Before { goes_on: true, ..before });
    let joined = |left: (String, usize), right: &dyn Fn(&str) -> Option<(String, usize)>, is_date| {
        let (left, begin) = left;
        let dash = dash(&rest[begin..])?;
        let (right, length) = right(&rest[begin + dash..])?;
        Some(Found { said: format!("{left} đến {right}"), length: begin + dash + length, is_date })
    };
    let date = |text: &str| dated::date(text, second);
    let time = |text: &str| dated::time(text, second);
    dated::date(rest, first)
        .and_then(|left| joined(left, &date, true))
        .or_else(|| dated::day_alone(rest).and_then(|left| joined(left, &date, true)))
        .or_else(|| dated::time(rest, first).and_then(|left| joined(left, &time, false)))
        .or_else(|| {
            counted::amount(rest, true).and_then(|left| joined(left, &|text| counted::amount(text, false), false))
        })
}

/// The bytes of a dash, and of the blanks round it.
fn dash(text: &str) -> Option<usize> {
    let inner = text.trim_start_matches(' ');
    let behind = inner.strip_prefix(['-', '–', '—'])?;
    Some(text.len() - behind.trim_start_matches(' ').len())
}

/// The last word, in small letters; empty behind a full stop.
fn last_word(said: &str) -> String {
    let said = said.trim_end_matches(' ');
    let begin = said
        .rfind(|c: char| !c.is_alphabetic())
        .map_or(0, |at| at + said[at..].chars().next().map_or(1, char::len_utf8));
    said[begin..].to_lowercase()
}

/// Whether a number goes on here: `1.` of a longer one.
fn is_joint(said: &str) -> bool {
    let mut last = said.chars().rev();
    matches!(last.next(), Some('.' | ',' | ':' | '/' | '-')) && last.next().is_some_and(|c| c.is_ascii_digit())
}

fn ends_with_day(out: &str) -> bool {
    matches!(last_word(out).as_str(), "ngày" | "mùng" | "mồng") && out.ends_with(' ')
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
            ("pha thuốc theo tỷ lệ 1:10", "pha thuốc theo tỷ lệ 1:10"),
            ("pha 1:20 lít nước, tỷ lệ 10:20", "pha 1:20 lít nước, tỷ lệ 10:20"),
            ("tỷ số 2:15", "tỷ số 2:15"),
            ("lúc 5:30 và 05:45", "lúc 5 giờ 30 và 5 giờ 45"),
            ("nhà số 20/10 đường Trần Phú", "nhà số 20/10 đường Trần Phú"),
            ("đạt 16/12 chỉ tiêu", "đạt 16/12 chỉ tiêu"),
            ("đã có 28/12 hộ nộp", "đã có 28/12 hộ nộp"),
            ("hẻm 25/12, ngõ 30/4", "hẻm 25/12, ngõ 30/4"),
            ("ngày 2/12, mùng 8/3", "ngày 2 tháng 12, mùng 8 tháng 3"),
            ("từ ngày 28/11 đến 2/12", "từ ngày 28 tháng 11 đến ngày 2 tháng 12"),
            ("báo cáo tháng 12/2026", "báo cáo tháng 12 năm 2026"),
            ("hạn 2026-11-30, 28/11/26", "hạn ngày 30 tháng 11 năm 2026, ngày 28 tháng 11 năm 2026"),
            ("7h30-11h30, 13h30 – 17h", "7 giờ 30 đến 11 giờ 30, 13 giờ 30 đến 17 giờ"),
            ("từ 05:30-06:30", "từ 5 giờ 30 đến 6 giờ 30"),
            ("từ 1.000.000-2.000.000 đồng", "từ một triệu đến hai triệu đồng"),
            ("từ 2-4/12/2026", "từ ngày 2 đến ngày 4 tháng 12 năm 2026"),
            ("28/11/2026-2/12/2026", "ngày 28 tháng 11 năm 2026 đến ngày 2 tháng 12 năm 2026"),
            ("tăng 5%-10%", "tăng 5 phần trăm đến 10 phần trăm"),
            ("thu 100.000đ/người", "thu một trăm nghìn đồng một người"),
            ("150.000VND, 1.500kg", "một trăm năm mươi nghìn đồng, một nghìn năm trăm ki-lô-gam"),
            (
                "1.234.567.890.123.456.789.000 và 1,250,000",
                "1.234.567.890.123.456.789.000 và một triệu hai trăm năm mươi nghìn",
            ),
            (
                "gọi 0912-345-678/0987654321",
                "gọi không chín một hai, ba bốn năm, sáu bảy tám/không chín tám bảy sáu năm bốn ba hai một",
            ),
            ("+84 912 345 678", "cộng tám bốn, chín một hai, ba bốn năm, sáu bảy tám"),
            ("giai đoạn 1900-1975", "giai đoạn 1900-1975"),
            ("tổng đài 1900 6068", "tổng đài một chín không không, sáu không sáu tám"),
            ("giá 1.250.000 đồng", "giá một triệu hai trăm năm mươi nghìn đồng"),
            ("giảm 3,5%, còn 12 hộ", "giảm 3 phẩy 5 phần trăm, còn 12 hộ"),
            ("SĐT 0912.345.678", "số điện thoại không chín một hai, ba bốn năm, sáu bảy tám"),
            ("TP Huế", "thành phố Huế"),
            ("32/13/2026", "32/13/2026"),
            ("25:99", "25:99"),
            ("QĐ số 12/QĐ-UBND", "quyết định số 12, quyết định, Ủy ban nhân dân"),
            ("QĐ số 12/2026/QĐ-UBND.", "quyết định số 12 năm 2026, quyết định, Ủy ban nhân dân."),
            ("theo 15/2026/NĐ-CP và 59/2020/QH14-X", "theo 15 năm 2026, nghị định, Chính phủ và 59/2020/QH14-X"),
            ("Luật số 59/2020/QH14", "Luật số 59 năm 2020, Quốc hội 14"),
            ("số 7/2026/TT-BYT", "số 7 năm 2026, thông tư, B Y T"),
            (
                "BCH PCTT&TKCN xã, BCH quân sự, BCH QS",
                "Ban Chỉ huy phòng chống thiên tai và tìm kiếm cứu nạn xã, Ban Chỉ huy quân sự, Ban Chỉ huy quân sự",
            ),
            ("BCH Phòng thủ dân sự, BCH PTDS", "Ban Chỉ huy Phòng thủ dân sự, Ban Chỉ huy phòng thủ dân sự"),
            ("BCH Đảng bộ, BCH Hội Nông dân", "Ban Chấp hành Đảng bộ, Ban Chấp hành Hội Nông dân"),
            ("BCH xã họp", "BCH xã họp"),
            ("văn hóa & thể thao, A&B", "văn hóa và thể thao, A và B"),
            ("Sở GD&ĐT, Phòng GD-ĐT, GDĐT", "Sở Giáo dục và Đào tạo, Phòng Giáo dục và Đào tạo, Giáo dục và Đào tạo"),
            ("đường ĐT 725, tuyến ĐT.723", "đường tỉnh 725, tuyến đường tỉnh 723"),
            ("cấm ĐT725 và đường tỉnh ĐT 725B", "cấm đường tỉnh 725 và đường tỉnh 725B"),
            ("ĐT 114, đường ĐT 114", "điện thoại 114, đường tỉnh 114"),
            (
                "ĐT 0263 3822123, ĐT (0263) 3822123",
                "điện thoại không hai sáu ba, ba tám hai hai một hai ba, điện thoại không hai sáu ba, ba tám hai hai một hai ba",
            ),
            ("phí 5.000 đ/kg, 100.000đ/tháng", "phí năm nghìn đồng một ki-lô-gam, một trăm nghìn đồng một tháng"),
            ("chạy 30km/h, lúc 7h00', 7h30'", "chạy 30 ki-lô-mét một giờ, lúc 7 giờ, 7 giờ 30"),
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
