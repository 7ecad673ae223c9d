use comfy_table::{ContentArrangement, Table, presets};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr};

use crate::diag::plain_lines;

/// Columns of a table that goes into a file or a pipe, where `COLUMNS` says nothing: as wide as a page laid across.
const FILE_COLUMNS: usize = 120;

/// Narrower than this no table can be read, however narrow the terminal.
const LEAST_COLUMNS: usize = 40;

/// A zone whose name is no wider than this stays on one line: `Thôn 12–14`.
const NAME_BOUND: usize = 12;

/// What is left over is shared by what the columns want up to this: a sentence of two lines.
const FAIR: usize = 40;

/// A column never gets narrower than this: a time of day, most of a word.
const LEAST_CELL: usize = 5;

/// A blank that no line breaks at, as in `T2 07/12/2026`; shown as any other.
const BINDING: char = '\u{a0}';

/// A table for people, laid out to fit where it is shown: long cells are wrapped between words, and only where that is
/// not enough inside an id (behind a hyphen). No line is longer than the terminal.
pub(super) struct Sheet {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Sheet {
    /// With these headings.
    pub(super) fn new<const N: usize>(head: [&str; N]) -> Self {
        Self { head: head.map(str::to_owned).to_vec(), rows: Vec::new() }
    }

    /// The same of what has as many columns as it comes with.
    pub(super) fn of(head: Vec<String>, rows: &[Vec<String>]) -> Self {
        let plain = |row: &Vec<String>| row.iter().map(|cell| plain_lines(cell).into_owned()).collect();
        Self { head, rows: rows.iter().map(plain).collect() }
    }

    /// Add a row, with a cell for each heading.
    #[expect(clippy::needless_pass_by_value, reason = "cells are made where they are handed over")]
    pub(super) fn row<const N: usize>(&mut self, cells: [String; N]) {
        debug_assert_eq!(N, self.head.len());
        self.rows.push(cells.iter().map(|cell| plain_lines(cell).into_owned()).collect());
    }

    /// The whole table in so many columns, with its last line ended.
    pub(super) fn text(&self, columns: usize) -> String {
        let count = self.head.len();
        // A line at each side of each column, and a blank at each side of each cell.
        let room = columns.max(LEAST_COLUMNS).saturating_sub(3 * count + 1);
        let widths = widths(&self.head, &self.rows, room);
        let wrapped = |cells: &[String]| -> Vec<String> {
            cells.iter().zip(&widths).map(|(cell, width)| wrap(cell, *width).join("\n")).collect()
        };
        let mut table = Table::new();
        table.load_style(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(wrapped(&self.head));
        for row in &self.rows {
            table.add_row(wrapped(row));
        }
        format!("{table}\n").replace(BINDING, " ")
    }
}

/// A few words that stay on one line.
pub(super) fn bound(words: &str) -> String {
    words.replace(' ', "\u{a0}")
}

/// Names with commas between them, the short ones each on one line.
pub(super) fn names(listed: &str) -> String {
    let name = |name: &str| if name.width() <= NAME_BOUND { bound(name) } else { name.to_owned() };
    listed.split(", ").map(name).collect::<Vec<_>>().join(", ")
}

/// How wide a table may be: the terminal's width, else what `COLUMNS` says, else a page.
pub(super) fn columns() -> usize {
    text_columns().unwrap_or(FILE_COLUMNS)
}

/// How wide running text may be: only a terminal limits it. In a file a sentence stays on its line, where a search
/// finds it.
pub(super) fn text_columns() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(rustix::stdio::stdout()).ok();
    let said = || std::env::var("COLUMNS").ok()?.parse().ok();
    size.map(|size| usize::from(size.ws_col)).filter(|columns| *columns > 0).or_else(said)
}

/// A sentence behind `first`, its further lines behind as many blanks, in so many columns.
pub(super) fn paragraph(first: &str, said: &str, columns: Option<usize>) -> String {
    let Some(columns) = columns else { return format!("{first}{said}\n") };
    let indent = first.width();
    let lines = wrap(said, columns.max(LEAST_COLUMNS).saturating_sub(indent));
    let blanks = " ".repeat(indent);
    let mut out = String::new();
    for (row, line) in lines.iter().enumerate() {
        out += if row == 0 { first } else { &blanks };
        out += line;
        out.push('\n');
    }
    out
}

/// How wide each column is, all together at most `room`.
fn widths(head: &[String], rows: &[Vec<String>], room: usize) -> Vec<usize> {
    let most = |of: &dyn Fn(&str) -> usize| -> Vec<usize> {
        let cells = |place: usize| rows.iter().map(move |row| row[place].as_str());
        (0..head.len())
            .map(|place| cells(place).chain([head[place].as_str()]).map(of).max().unwrap_or(0).max(1))
            .collect()
    };
    let natural = most(&|cell| cell.lines().map(UnicodeWidthStr::width).max().unwrap_or(0));
    let longest = |parts: &mut dyn Iterator<Item = &str>| parts.map(UnicodeWidthStr::width).max().unwrap_or(0);
    let unbroken = most(&|cell| longest(&mut words(cell)));
    let pieces = most(&|cell| longest(&mut words(cell).flat_map(pieces)));
    let fits = |widths: &[usize]| widths.iter().sum::<usize>() <= room;
    let mut widths = if fits(&unbroken) { unbroken } else { pieces };
    // Not even pieces of words fit: the widest column gives way.
    while !fits(&widths) {
        let Some(widest) = widths.iter_mut().max_by_key(|width| **width).filter(|width| **width > LEAST_CELL) else {
            break;
        };
        *widest -= 1;
    }
    // What is left goes first to those who want least, but only where it fills their want: half a date more is
    // no gain. The rest shares by what it wants.
    let mut left = room.saturating_sub(widths.iter().sum());
    let want = |widths: &[usize], place: usize| natural[place].saturating_sub(widths[place]);
    let mut order: Vec<usize> = (0..widths.len()).collect();
    order.sort_by_key(|place| want(&widths, *place));
    for (rank, place) in order.iter().enumerate() {
        let wanted = want(&widths, *place);
        if wanted <= left / (order.len() - rank) {
            widths[*place] += wanted;
            left -= wanted;
        }
    }
    // One long sentence in one row is not what a column wants.
    for most in [FAIR, usize::MAX] {
        let want = |widths: &[usize], place: usize| natural[place].min(most).saturating_sub(widths[place]);
        let (spare, all) = (left, order.iter().map(|place| want(&widths, *place)).sum::<usize>());
        for place in order.iter().rev() {
            let wanted = want(&widths, *place);
            // Rounded up: a column left over is no use to anybody.
            let share = (spare * wanted).div_ceil(all.max(1)).min(wanted).min(left);
            widths[*place] += share;
            left -= share;
        }
    }
    widths
}

/// What a line may be broken between.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() && c != BINDING).filter(|word| !word.is_empty())
}

/// `ban-tin-sang` in `ban-`, `tin-`, `sang`. Dates, times and what is bound stay whole.
fn pieces(word: &str) -> impl Iterator<Item = &str> {
    let dashed = word.chars().any(char::is_alphabetic) && !word.contains(BINDING);
    word.split_inclusive(move |c| dashed && matches!(c, '-' | '_' | '/' | '.' | ','))
}

/// A text in lines of at most `width` columns.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in words(paragraph) {
            let blank = usize::from(!line.is_empty());
            if line.width() + blank + word.width() <= width {
                line.extend((blank == 1).then_some(' '));
                line += word;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for piece in pieces(word) {
                if line.width() + piece.width() > width && !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                }
                for c in piece.chars() {
                    if line.width() + c.width().unwrap_or(0) > width && !line.is_empty() {
                        lines.push(std::mem::take(&mut line));
                    }
                    line.push(c);
                }
            }
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> Sheet {
        let mut sheet = Sheet::new(["Ngày (âm lịch)", "Bắt đầu", "Cụm loa", "Mục phát", "Kết luận"]);
        sheet.row([
            "T2 07/12/2026 (29/10)".to_owned(),
            "17:00:20".to_owned(),
            "Thôn 1–4, Chợ trung tâm".to_owned(),
            "Hướng dẫn nộp hồ sơ trực tuyến (nop-ho-so-truc-tuyen)".to_owned(),
            "chờ (1)".to_owned(),
        ]);
        sheet
    }

    #[test]
    fn no_line_is_longer_than_the_terminal_and_no_word_is_broken_where_there_is_room() {
        for columns in [60, 80, 100, 120, 200] {
            let text = sheet().text(columns);
            let widest = text.lines().map(UnicodeWidthStr::width).max().unwrap();
            assert!(widest <= columns, "{columns}: {widest}\n{text}");
            if columns >= 80 {
                for word in ["07/12/2026", "17:00:20", "(nop-ho-so-truc-tuyen)", "(29/10)"] {
                    assert!(text.contains(word), "{columns}: {word}\n{text}");
                }
            }
        }
        assert_eq!(sheet().text(200).lines().count(), 5, "all on one line each");
    }

    #[test]
    fn an_id_breaks_behind_its_hyphens_before_anything_else_does() {
        assert_eq!(wrap("nop-ho-so-truc-tuyen", 8), ["nop-ho-", "so-truc-", "tuyen"]);
        assert_eq!(pieces("07/12/2026").count(), 1);
        assert_eq!(pieces(&bound("T2 07/12/2026")).count(), 1);
        assert_eq!(wrap("một hai ba", 7), ["một hai", "ba"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("", 3), [""]);
    }

    #[test]
    fn a_title_moves_no_cursor_and_turns_no_writing_round() {
        let mut sheet = Sheet::new(["A"]);
        sheet.row(["x\u{1b}[31m\u{202e}y\t".to_owned()]);
        let text = sheet.text(80);
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}') && !text.contains('\t'), "{text:?}");
    }

    #[test]
    fn a_sentence_is_wrapped_under_its_beginning_on_a_terminal_only() {
        let said = "bốn chữ ở đây và thêm nữa cho đủ dài hơn bốn mươi cột";
        let text = paragraph("  → ", said, Some(40));
        assert!(text.starts_with("  → bốn") && text.lines().count() == 2, "{text}");
        assert!(text.lines().all(|line| line.width() <= 40) && text.contains("\n    "), "{text}");
        assert_eq!(paragraph("  → ", said, None), format!("  → {said}\n"));
    }
}
