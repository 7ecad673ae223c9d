//! The papers themselves: their parts, their measures, their pages.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::vi;
use crate::kit::Station;

/// Where the papers go: a directory that is gone with the test, or, to be looked at, `target/screens/report`.
fn room(name: &str) -> (Option<tempfile::TempDir>, PathBuf) {
    if std::env::var_os("LOA_WALK").is_some() {
        let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screens/report").join(name);
        let _ = std::fs::remove_dir_all(&kept);
        std::fs::create_dir_all(&kept).unwrap();
        return (None, kept);
    }
    let room = tempfile::tempdir().unwrap();
    let path = room.path().to_owned();
    (Some(room), path)
}

/// A paper of this period in every form: `so.html`, `so.docx`, `so.xlsx`.
fn papers(station: &Station, period: [&str; 2], room: &Path) {
    let file = |end: &str| room.join(format!("so.{end}")).to_str().unwrap().to_owned();
    let (html, docx, xlsx) = (file("html"), file("docx"), file("xlsx"));
    let said = vi(station, &["report", period[0], period[1], "--html", &html, "--docx", &docx, "--xlsx", &xlsx]);
    assert_eq!(said.code, 0, "{}", said.err);
    if std::env::var_os("LOA_WALK").is_some() {
        // To be looked at, and tried with.
        let _ = Command::new("cp").arg("-r").arg(station.dir()).arg(room.join("station")).status();
    }
}

/// As the browser prints it; nothing where there is none here.
fn printed(room: &Path) -> Option<PathBuf> {
    let (page, pdf) = (room.join("so.html"), room.join("so.pdf"));
    let run = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"])
        .arg(format!("--user-data-dir={}", room.join("browser").display()))
        .arg(format!("--print-to-pdf={}", pdf.display()))
        .arg(format!("file://{}", page.display()))
        .output();
    let Ok(done) = run else {
        eprintln!("SKIPPED: no chromium here, the paper was not printed");
        return None;
    };
    assert!(pdf.exists(), "{}", String::from_utf8_lossy(&done.stderr));
    Some(pdf)
}

/// The text of a page of what was printed, line by line; nothing where no program here reads it.
fn page(pdf: &Path, number: usize) -> Option<String> {
    let number = number.to_string();
    let read = Command::new("pdftotext").args(["-f", &number, "-l", &number, "-layout"]).arg(pdf).arg("-").output();
    let Ok(done) = read else {
        eprintln!("SKIPPED: no pdftotext here, the pages were not read");
        return None;
    };
    Some(String::from_utf8(done.stdout).unwrap())
}

/// Pages until there are no more.
fn pages(pdf: &Path) -> Option<Vec<String>> {
    let mut all = Vec::new();
    while let Some(text) = Some(page(pdf, all.len() + 1)?).filter(|text| !text.is_empty()) {
        all.push(text);
    }
    Some(all)
}

/// What stands alone on the first line.
fn number_of(page: &str) -> Option<usize> {
    page.lines().find(|line| !line.trim().is_empty())?.trim().parse().ok()
}

#[test]
#[ignore = "long"]
fn the_week_is_printed_on_pages_that_are_numbered_from_the_second_and_break_no_row() {
    let station = super::station();
    let (_held, room) = room("week");
    papers(&station, ["--week", "2026-W41"], &room);
    let Some(pages) = printed(&room).and_then(|pdf| pages(&pdf)) else { return };
    assert!((7..=10).contains(&pages.len()), "{}", pages.len());
    assert_eq!(number_of(&pages[0]), None, "{}", pages[0]);
    for (place, page) in pages.iter().enumerate().skip(1) {
        assert_eq!(number_of(page), Some(place + 1), "{page}");
    }
    // The head of the table and its numbers stand on every page that it goes over.
    for page in &pages[..pages.len() - 1] {
        assert!(page.contains("Dự") && page.contains("(12)"), "{page}");
    }
    let all = pages.concat();
    assert!(
        all.contains("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM") && all.contains("Từ ngày 05 tháng 10 đến ngày 11 tháng 10")
    );
    assert!(all.contains("NGƯỜI TRỰC") && all.contains("CHỦ TỊCH") && all.contains("Trần Thị Hai"), "{all}");
}

#[test]
#[ignore = "long"]
fn the_month_stands_upright_and_its_annexes_lie_across_and_count_for_themselves() {
    let station = super::station();
    let (_held, room) = room("month");
    papers(&station, ["--month", "2026-10"], &room);
    let Some(pages) = printed(&room).and_then(|pdf| pages(&pdf)) else { return };
    let numbers: Vec<Option<usize>> = pages.iter().map(|page| number_of(page)).collect();
    assert_eq!(numbers, [None, Some(2), None, Some(2), None], "{pages:?}");
    assert!(pages[0].contains("BÁO CÁO") && pages[0].contains("Số: ……/BC-UBND") && pages[0].contains("III. SỰ CỐ"));
    assert!(pages[2].contains("Phụ lục I") && pages[4].contains("CÁC LƯỢT KHÔNG PHÁT ĐỦ"));
}

/// A part of a file of Word or Excel, which are stored as they are.
fn part(file: &Path, name: &str) -> String {
    let done = Command::new("python3")
        .args(["-c", "import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))"])
        .arg(file)
        .arg(name)
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

#[test]
fn the_document_for_word_is_as_the_decree_wants_it() {
    const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    let station = super::station();
    let (_held, room) = room("word");
    papers(&station, ["--month", "2026-10"], &room);
    let file = room.join("so.docx");
    let text = part(&file, "word/document.xml");
    let document = roxmltree::Document::parse(&text).unwrap();
    let all = |name: &'static str| document.descendants().filter(move |node| node.has_tag_name((W, name)));
    let value = |node: roxmltree::Node<'_, '_>, name: &str| node.attribute((W, name)).unwrap_or("-").to_owned();
    // 20 mm above, below and right, 30 mm left, in twentieths of a point.
    for margins in all("pgMar") {
        let found = ["top", "right", "bottom", "left"].map(|side| value(margins, side));
        assert_eq!(found, ["1133", "1133", "1133", "1700"]);
    }
    let sizes: Vec<_> = all("pgSz").map(|size| (value(size, "w"), value(size, "orient"))).collect();
    let (upright, across) = (("11906".to_owned(), "-".to_owned()), ("16838".to_owned(), "landscape".to_owned()));
    assert_eq!(sizes, [upright, across.clone(), across]);
    assert_eq!(
        (all("titlePg").count(), all("pgNumType").filter(|type_| value(*type_, "start") == "1").count()),
        (3, 3)
    );
    // The first page has no number, the others the field of one, centred.
    assert!(!part(&file, "word/header2.xml").contains("PAGE"));
    let header = part(&file, "word/header1.xml");
    assert!(header.contains(" PAGE ") && header.contains("w:val=\"center\""));
    assert!(part(&file, "word/styles.xml").contains("Times New Roman"));
    // Rows are not broken, heads are repeated, and a table is as wide as its columns.
    for table in all("tbl") {
        let grid: u32 = table
            .descendants()
            .filter(|node| node.has_tag_name((W, "gridCol")))
            .map(|column| value(column, "w").parse::<u32>().unwrap())
            .sum();
        let wide = table.descendants().find(|node| node.has_tag_name((W, "tblW"))).unwrap();
        assert_eq!(value(wide, "w"), grid.to_string());
        for row in table.children().filter(|node| node.has_tag_name((W, "tr"))) {
            assert!(row.descendants().any(|node| node.has_tag_name((W, "cantSplit"))));
        }
    }
    assert!(all("tblHeader").count() >= 8);
    // What people wrote stands as they wrote it.
    let said: String = document.descendants().filter(roxmltree::Node::is_text).filter_map(|node| node.text()).collect();
    for words in ["BÁO CÁO", "Kính gửi: Phòng Văn hóa, Khoa học và Thông tin", "- Lưu: VT, VHXH.", "tháng 10 năm 2026"]
    {
        assert!(said.contains(words), "no {words}");
    }
    // The line under the motto is as long as its words: bold Times of 13 points, 53 mm, in a room of 98.
    let line = all("p").find(|p| p.descendants().any(|node| node.has_tag_name((W, "pBdr")))).unwrap();
    assert!(line.descendants().any(|node| node.has_tag_name((W, "ind"))));
}

#[test]
#[ignore = "long"]
fn the_workbook_has_numbers_that_are_numbers_and_prints_as_it_is() {
    let station = super::station();
    let (_held, room) = room("excel");
    papers(&station, ["--week", "2026-W41"], &room);
    let file = room.join("so.xlsx");
    for sheet in 1..=3 {
        let text = part(&file, &format!("xl/worksheets/sheet{sheet}.xml"));
        roxmltree::Document::parse(&text).unwrap();
        assert!(
            text.contains("paperSize=\"9\" orientation=\"landscape\"") && text.contains("differentFirst"),
            "{sheet}"
        );
    }
    let totals = part(&file, "xl/worksheets/sheet2.xml");
    // 7 days of 8 broadcasts in 4 zones, and the alert.
    assert!(totals.contains("<v>228</v>"), "{totals}");
    assert!(part(&file, "xl/workbook.xml").contains("Sổ nhật ký"));
}
