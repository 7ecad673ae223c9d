use maud::{DOCTYPE, Markup, html};

use super::book::Book;
use super::layout::paper;
use super::paper::{Block, Grid, GridRow, PaperHead, PrintedPaper, Section, Signature, Wide};
use super::picture;

/// How a paper looks, on the screen and in print.
pub const STYLE: &str = include_str!("asset/paper.css");

/// The paper as a page that stands alone: one file, to be opened and printed.
pub fn html(book: &Book) -> String {
    let paper = paper(book);
    let page = html! {
        (DOCTYPE)
        html lang="vi" {
            head {
                meta charset="utf-8";
                title { (paper.name) }
                // Its own words, and none of anybody else's.
                style { (maud::PreEscaped(STYLE)) }
            }
            (body(&paper, &html! {}))
        }
    };
    page.into_string()
}

/// The paper as the body of a page of the console, `bar` above it; its style is a file of its own ([`STYLE`]).
pub fn sheet(book: &Book, bar: &Markup) -> Markup {
    body(&paper(book), bar)
}

fn body(paper: &PrintedPaper, bar: &Markup) -> Markup {
    html! {
        body.paper {
            (bar)
            @for (place, section) in paper.sections.iter().enumerate() { (pages(section, place)) }
        }
    }
}

fn pages(section: &Section, place: usize) -> Markup {
    let direction = if section.across { "across" } else { "upright" };
    html! {
        section.(direction).{ "annex" (place) }[place > 0] {
            @for block in &section.blocks { (self::block(block)) }
        }
    }
}

fn block(block: &Block) -> Markup {
    match block {
        Block::Head(head) => heads(head),
        Block::Title { title, subject, ruled } => html! {
            div.title {
                h1 { (title) }
                @for (place, line) in subject.iter().enumerate() {
                    @if place > 0 { p.uncounted { (line) } }
                    @else if *ruled { p.about.ruled { span { (line) } } }
                    @else { p.about { (line) } }
                }
            }
        },
        Block::Address(lines) => html! {
            div.address {
                @match &lines[..] {
                    [] => p { "Kính gửi: ……………………………………………………" },
                    [one] => p { "Kính gửi: " (one) },
                    many => { p { "Kính gửi:" } @for line in many { p { "- " (line) ";" } } },
                }
            }
        },
        Block::Heading(said) => html! { h2 { (said) } },
        Block::Text(said) => html! { p.text { (said) } },
        Block::Blank => html! { div.blank {} },
        Block::Grid(grid) => self::grid(grid),
        Block::Foot { said, picture } => html! {
            div.foot {
                div { @for line in said { p { (line) } } }
                @if let Some((path, side)) = picture::path(picture) {
                    svg viewBox={ "0 0 " (side) " " (side) } role="img" aria-label=(picture) { path d=(path) {} }
                }
            }
        },
        Block::Signatures(all) => html! {
            div.signatures { @for one in all { (signature(one)) } }
        },
        Block::Closing { recipients, signature } => html! {
            div.closing {
                div.recipients {
                    p { b { "Nơi nhận:" } }
                    @for (place, line) in recipients.iter().enumerate() {
                        p { "- " (line) (if place + 1 == recipients.len() { "." } else { ";" }) }
                    }
                }
                (self::signature(signature))
            }
        },
    }
}

fn heads(head: &PaperHead) -> Markup {
    html! {
        div.head {
            div {
                @if !head.superior.is_empty() { p.superior { (head.superior) } }
                p.issuer.ruled { span { (head.issuer) } }
                @if let Some(number) = &head.number { p.number { (number) } }
            }
            div {
                p.country { "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" }
                p.motto { span { "Độc lập - Tự do - Hạnh phúc" } }
                @if let Some(dated) = &head.dated { p.dated { (dated) } }
            }
        }
    }
}

fn signature(signature: &Signature) -> Markup {
    html! {
        div.signature {
            @for line in &signature.lines { p.post { (line) } }
            p.how { "(Ký, ghi rõ họ tên)" }
            p.name { (signature.name) }
        }
    }
}

fn grid(grid: &Grid) -> Markup {
    html! {
        table {
            colgroup { @for column in &grid.columns { col.{ "mm" (column.width) }; } }
            thead {
                tr { @for column in &grid.columns { th scope="col" { (column.title) } } }
                @if grid.numbered {
                    tr.numbers { @for number in 1..=grid.columns.len() { th { "(" (number) ")" } } }
                }
            }
            tbody { @for row in &grid.rows { (self::row(row, grid)) } }
        }
    }
}

fn row(row: &GridRow, grid: &Grid) -> Markup {
    let (cells, class) = match row {
        GridRow::Full(kind, said) => {
            let class = match kind {
                Wide::Day => "day",
                Wide::Session => "session",
                Wide::Happening => "happening",
            };
            return html! { tr.(class) { td colspan=(grid.columns.len()) { (said) } } };
        }
        GridRow::Cells(cells) => (cells, "line"),
        GridRow::Sum(cells) => (cells, "sum"),
    };
    html! {
        tr.(class) {
            @for (cell, column) in cells.iter().zip(&grid.columns) {
                @let shown = cell.shown();
                td.mid[column.centred].figures[is_figures(&shown)] {
                    // Broken behind what stands between two numbers, and inside none.
                    @for (place, part) in breakable(&shown).into_iter().enumerate() { @if place > 0 { wbr; } (part) }
                }
            }
        }
    }
}

/// The parts of a cell between which it may be broken: behind a stroke between two numbers, and nowhere in a date.
fn breakable(shown: &str) -> Vec<&str> {
    let (mut parts, mut begins, mut at) = (Vec::new(), 0, 0);
    for word in shown.split_inclusive(' ') {
        let bare = word.trim_matches([' ', ',', ';', '.', '(', ')']);
        let is_date = bare.chars().all(|c| c.is_ascii_digit() || c == '/');
        for (place, stroke) in word.match_indices(['/', '–']).filter(|_| !is_date) {
            let end = at + place + stroke.len();
            parts.push(&shown[begins..end]);
            begins = end;
        }
        at += word.len();
    }
    parts.push(&shown[begins..]);
    parts.retain(|part| !part.is_empty());
    parts
}

/// Numbers, and what stands between them: a number that is broken over two lines is read as another.
fn is_figures(shown: &str) -> bool {
    !shown.is_empty() && shown.chars().all(|c| c.is_ascii_digit() || " :/–-.,%".contains(c))
}

#[cfg(test)]
mod tests {
    use super::super::table::COLUMNS;
    use super::*;
    use crate::report::cell::PaperCell;
    use crate::report::paper::{Column, column};

    #[test]
    fn what_is_of_figures_is_broken_between_them_only() {
        for (shown, is) in [
            ("0:15/0:32", true),
            ("10:54:30–10:54:32", true),
            ("1.284", true),
            ("", false),
            ("T2 30/11 (22/10)", false),
            ("Thôn 1", false),
        ] {
            assert_eq!(is_figures(shown), is, "{shown}");
        }
        let columns: Vec<Column> = vec![column("Thời lượng", 20)];
        let row = GridRow::Cells(vec![PaperCell::Text("0:15/0:32".to_owned())]);
        let grid = Grid { name: "x", columns, numbered: false, rows: Vec::new() };
        let drawn = super::row(&row, &grid).into_string();
        assert!(drawn.contains("class=\"mid figures\">0:15/<wbr>0:32<"), "{drawn}");
        for (shown, parts) in [
            ("23:59:59 30/11/2026", vec!["23:59:59 30/11/2026"]),
            ("duyệt: Bà Hai, 16:05 30/11/2026, Anh Nam", vec!["duyệt: Bà Hai, 16:05 30/11/2026, Anh Nam"]),
            ("10:54:30–10:54:32", vec!["10:54:30–", "10:54:32"]),
            ("", Vec::new()),
        ] {
            assert_eq!(breakable(shown), parts, "{shown}");
        }
    }

    #[test]
    fn the_columns_of_the_book_fill_the_page_and_each_number_has_room() {
        assert_eq!(COLUMNS.iter().map(|column| column.width).sum::<u32>(), 247);
        // In eleven points of the widest letters that are asked for: a figure is 2.25 mm, what stands between two 1.3 mm.
        let wide = |shown: &str| -> f64 { shown.chars().map(|c| if c.is_ascii_digit() { 2.25 } else { 1.3 }).sum() };
        for (column, longest) in [(2, "05:30:00"), (3, "10:54:30–"), (4, "0:15/0:32")] {
            let room = f64::from(COLUMNS[column].width) - 1.6;
            assert!(wide(longest) <= room, "{longest} in {}", COLUMNS[column].title);
        }
        for column in COLUMNS {
            let style = format!("col.mm{0} {{ width: {0}mm }}", column.width);
            assert!(STYLE.contains(&style), "{style}");
        }
    }
}
