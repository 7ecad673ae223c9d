use jiff::tz::TimeZone;

use super::{BundleFate, Delivery};
use crate::diag::{figure, shown};
use crate::instant::Wall;
use crate::site::Folder;

/// The file on the stick that people read.
pub(super) const FILE: &str = "KET-QUA-LOA.txt";
/// So much of what stood there before is kept: some hundred boxes.
const BEFORE_MOST: usize = 64 * 1024;
/// Notepad knows by it what letters these are.
const MARK: char = '\u{feff}';

/// What is written on top of the file, in Vietnamese: which box, when, and what became of each bundle.
pub(super) fn page(
    (station, place): (&str, &str),
    (now, tz): (Wall, &TimeZone),
    believed: bool,
    lines: &[String],
) -> String {
    let when = figure::stamp(now, tz).vi;
    let doubt = if believed { "" } else { " (giờ máy chưa đáng tin)" };
    let mut page = format!("{} ({})\nLúc {when}{doubt}\n", shown(station), shown(place));
    for line in lines {
        page.push_str("- ");
        page.push_str(line);
        page.push('\n');
    }
    page
}

/// What a bundle came to, as a line of it.
pub(super) fn line(delivery: &Delivery) -> String {
    let said = delivery.text().vi;
    let number = match delivery.fate {
        BundleFate::Installed | BundleFate::Again if delivery.version > 0 => format!(" (số {})", delivery.version),
        _ => String::new(),
    };
    format!("{}: {said}{number}.", shown(&delivery.file))
}

/// The whole file: the new page, and what stood there before.
pub(super) fn with_before(page: &str, stick: &Folder) -> String {
    let before = stick.read(FILE, 4 * BEFORE_MOST as u64).unwrap_or_default();
    let before = String::from_utf8_lossy(&before).replace([MARK, '\r'], "");
    let mut before: String = before.chars().filter(|c| *c == '\n' || !crate::diag::is_deceptive(*c)).collect();
    if before.len() > BEFORE_MOST {
        let mut at = BEFORE_MOST;
        while !before.is_char_boundary(at) {
            at -= 1;
        }
        before.truncate(at);
    }
    let rest = if before.trim().is_empty() { String::new() } else { format!("\n{}\n", before.trim()) };
    format!("{MARK}{}", format!("{page}{rest}").replace('\n', "\r\n"))
}
