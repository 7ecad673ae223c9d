use crate::diag::document::{KeyValue, Table, TomlValue};
use crate::diag::{Findings, text};

const KEYS: [&str; 11] =
    ["superior", "issuer", "place", "symbol", "to", "recipients", "keeper", "checker", "authority", "post", "signer"];

/// One line of a head or a signature: what is longer does not fit half a page.
const LINE_MOST: usize = 120;
/// Whom a paper goes to: a handful.
const RECIPIENTS_MOST: usize = 12;

/// What stands round a printed page of this station: `[report]` of `loa.toml`, and what follows from its name where
/// nothing is written (Decree 30/2020/NĐ-CP, Appendix I).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Letterhead {
    /// The body above the one that issues: `UBND XÃ ĐÔNG GIANG`.
    pub superior: String,
    /// The body that issues: `ĐÀI TRUYỀN THANH XÃ`.
    pub issuer: String,
    /// Where it is signed: `Đông Giang`; empty where it is not known, and left for the pen.
    pub place: String,
    /// What stands behind the number: `BC-UBND`. The number itself is the registry's.
    pub symbol: String,
    /// Whom a report is addressed to; none where it is left for the pen.
    pub to: Vec<String>,
    /// Whom it goes to, as the list at its end has it.
    pub recipients: Vec<String>,
    /// Who keeps the book: a name under his signature, where it is written.
    pub keeper: String,
    /// Who checks it, likewise.
    pub checker: String,
    /// For whom the last one signs: `TM. ỦY BAN NHÂN DÂN`.
    pub authority: String,
    /// What he is: `CHỦ TỊCH`.
    pub post: String,
    /// His name, without titles.
    pub signer: String,
}

/// Communes as they are called now, and towns of before.
const COMMUNES: [&str; 4] = ["xã", "phường", "thị trấn", "đặc khu"];

impl Letterhead {
    /// What follows from the name of a station: `Đài truyền thanh xã Đông Giang`.
    pub fn of(name: &str) -> Self {
        let commune = COMMUNES.iter().find_map(|kind| {
            let begins = format!("{kind} ");
            let lower = name.to_lowercase();
            // The letters of Vietnamese have small forms of the same length, so that a place in one is a place in the other.
            let at =
                lower.match_indices(&begins).map(|(at, _)| at).find(|at| *at == 0 || lower[..*at].ends_with(' '))?;
            let place = name.get(at + begins.len()..)?.trim();
            (!place.is_empty()).then(|| (*kind, name.get(..at).unwrap_or_default().trim(), place.to_owned()))
        });
        let (superior, issuer, place) = match commune {
            Some((kind, before, place)) => (
                format!("UBND {} {}", kind.to_uppercase(), place.to_uppercase()),
                format!("{} {}", before.to_uppercase(), kind.to_uppercase()).trim().to_owned(),
                place,
            ),
            None => (String::new(), name.to_uppercase(), String::new()),
        };
        Self {
            superior,
            issuer,
            place,
            symbol: "BC-UBND".to_owned(),
            to: Vec::new(),
            recipients: vec!["Như trên".to_owned(), "Lưu: VT, VHXH".to_owned()],
            keeper: String::new(),
            checker: String::new(),
            authority: "TM. ỦY BAN NHÂN DÂN".to_owned(),
            post: "CHỦ TỊCH".to_owned(),
            signer: String::new(),
        }
    }
}

/// Check `[report]`; what is not written follows from the station's name.
pub(super) fn letterhead(findings: &mut Findings<'_>, table: &Table, name: &str) -> Letterhead {
    findings.unknown_keys(table, &KEYS);
    let mut head = Letterhead::of(name);
    for entry in table.entries.iter().filter(|entry| !entry.broken) {
        let line = match entry.key.as_str() {
            "superior" => &mut head.superior,
            "issuer" => &mut head.issuer,
            "place" => &mut head.place,
            "symbol" => &mut head.symbol,
            "keeper" => &mut head.keeper,
            "checker" => &mut head.checker,
            "authority" => &mut head.authority,
            "post" => &mut head.post,
            "signer" => &mut head.signer,
            "to" => {
                if let Some(lines) = lines(findings, entry, "\"Phòng Văn hóa, Khoa học và Thông tin\"") {
                    head.to = lines;
                }
                continue;
            }
            "recipients" => {
                if let Some(lines) = lines(findings, entry, "[\"Như trên\", \"Lưu: VT, VHXH\"]") {
                    head.recipients = lines;
                }
                continue;
            }
            _ => continue,
        };
        if is_left_out(entry) {
            line.clear();
        } else if let Some(written) = findings.caption(entry, LINE_MOST, example(&entry.key)) {
            *line = written;
        }
    }
    // The number is the registry's: what people write before the letters is not taken over.
    if let Some(letters) = head.symbol.rsplit('/').next().map(str::trim).filter(|letters| !letters.is_empty()) {
        head.symbol = letters.to_owned();
    }
    head
}

/// `superior = ""`: nothing is to stand there.
fn is_left_out(entry: &KeyValue) -> bool {
    matches!(&entry.node.value, TomlValue::Text(written) if written.trim().is_empty())
}

fn example(key: &str) -> &'static str {
    match key {
        "superior" => "\"UBND XÃ ĐÔNG GIANG\"",
        "issuer" => "\"ĐÀI TRUYỀN THANH XÃ\"",
        "place" => "\"Đông Giang\"",
        "symbol" => "\"BC-UBND\"",
        "authority" => "\"TM. ỦY BAN NHÂN DÂN\"",
        "post" => "\"CHỦ TỊCH\"",
        _ => "\"Nguyễn Văn An\"",
    }
}

/// One line, or a list of them.
fn lines(findings: &mut Findings<'_>, entry: &KeyValue, example: &str) -> Option<Vec<String>> {
    let TomlValue::List(items) = &entry.node.value else {
        if is_left_out(entry) {
            return Some(Vec::new());
        }
        return findings.caption(entry, LINE_MOST, example).map(|line| vec![line]);
    };
    let mut lines = Vec::new();
    for item in items {
        let line = findings.text_node(&entry.key, item, example)?;
        // People write the dash that the paper has.
        let line = line.trim_start_matches(['-', ' ']).trim_end_matches(['.', ';', ' ']);
        lines.push(line.chars().filter(|c| !c.is_control()).take(LINE_MOST).collect());
    }
    lines.retain(|line: &String| !line.is_empty());
    if lines.len() > RECIPIENTS_MOST {
        let key = &entry.key;
        let message = text!(
            "«{key}» có quá {RECIPIENTS_MOST} dòng; các dòng sau bị bỏ qua",
            "`{key}` has more than {RECIPIENTS_MOST} lines; the rest is left out"
        );
        findings.warning("too_many_lines", &entry.node.span, message).help = Some(text!(
            "giữ lại nhiều nhất {RECIPIENTS_MOST} dòng; nơi khác ghi tay trên bản in",
            "keep {RECIPIENTS_MOST} lines at most; write others on the print by hand"
        ));
        lines.truncate(RECIPIENTS_MOST);
    }
    Some(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_follows_from_the_name_of_the_station() {
        for (name, superior, issuer, place) in [
            ("Đài truyền thanh xã Đông Giang", "UBND XÃ ĐÔNG GIANG", "ĐÀI TRUYỀN THANH XÃ", "Đông Giang"),
            ("Đài truyền thanh phường Bảo Lộc 1", "UBND PHƯỜNG BẢO LỘC 1", "ĐÀI TRUYỀN THANH PHƯỜNG", "Bảo Lộc 1"),
            ("Xã A", "UBND XÃ A", "XÃ", "A"),
            // No commune is named: nothing is made up.
            ("Đài truyền thanh", "", "ĐÀI TRUYỀN THANH", ""),
            ("Trường Xãnh", "", "TRƯỜNG XÃNH", ""),
            ("", "", "", ""),
        ] {
            let head = Letterhead::of(name);
            assert_eq!(
                (head.superior.as_str(), head.issuer.as_str(), head.place.as_str()),
                (superior, issuer, place),
                "{name}"
            );
        }
    }
}
