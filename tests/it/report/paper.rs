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
    let said = vi(station, &["report", period[0], period[1], "--html", &html, "--docx", &docx, "--xlsx", &xlsx,
    ]);
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

#[test]
fn the_week_is_printed_on_pages() {
    let station = super::station();
    let (_held, room) = room("week");
    papers(&station, ["--week", "2026-W41"], &room);
    printed(&room);
}

#[test]
fn the_month_is_printed_on_pages() {
    let station = super::station();
    let (_held, room) = room("month");
    papers(&station, ["--month", "2026-10"], &room);
    printed(&room);
}
