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
                    @if place > 0 { p.aside { (line) } }
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
                td.mid[column.centred] { (cell.shown()) }
            }
        }
    }
}
