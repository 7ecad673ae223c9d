use std::io;
use std::path::Path;

use crate::bundle::PublicKey;
use crate::diag::{Text, text};
use crate::site::Folder;
use crate::uplink::{ORIGIN, REPORT_MOST, ROWS_FILE_MOST, StationReport};

/// Boxes on one stick: a province's.
const BOXES_MOST: usize = 5_000;

/// What a stick holds of one box.
#[derive(Clone, PartialEq, Debug)]
pub struct BoxReport {
    /// Its directory on the stick.
    pub folder: String,
    /// The newest report whose signature is true, and with which key; none where there is none.
    pub report: Option<(StationReport, PublicKey)>,
    /// What does not fit; empty where all does.
    pub wrong: Vec<Text>,
}

/// Read what the boxes have given a courier, and verify it: signatures, digests, and each chain from end to end. Nothing is written: a stick that is
/// locked is read like any other.
pub fn read_back(stick: &Path) -> io::Result<Vec<BoxReport>> {
    let all = match Folder::open(stick)?.find("loa") {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        found => found?,
    };
    let mut names: Vec<String> = all
        .entries(BOXES_MOST)?
        .into_iter()
        .filter(|entry| !entry.link)
        .filter_map(|entry| entry.name.into_string().ok())
        .collect();
    names.sort();
    let mut boxes = Vec::new();
    for name in names {
        // A file that lies there is no box.
        if all.file(&name).is_ok() {
            continue;
        }
        if let Ok(own) = all.find(&name) {
            boxes.push(read_box(name, &own));
        }
    }
    Ok(boxes)
}

fn read_box(folder: String, own: &Folder) -> BoxReport {
    let (newest, mut wrong) = StationReport::newest(|name| own.read(name, REPORT_MOST).ok());
    match &newest {
        None => wrong.push(text!("chưa có báo cáo nào của máy này", "there is no report of this box")),
        Some((report, _)) => wrong.extend(chain(report, own)),
    }
    BoxReport { folder, report: newest, wrong }
}

/// What of the rows does not fit the report, or each other.
fn chain(report: &StationReport, own: &Folder) -> Option<Text> {
    let (mut before, mut next) = (ORIGIN.to_owned(), 1);
    for file in &report.files {
        let rows = own.read(&file.name, ROWS_FILE_MOST).ok().and_then(|bytes| file.rows(&bytes));
        let Some(rows) = rows else {
            return Some(file.missing());
        };
        for row in rows {
            if row.seq != next || row.mark().is_none_or(|mark| mark.prev != before) {
                return Some(StationReport::broken_at(next));
            }
            (before, next) = (row.hash, next + 1);
        }
    }
    let (rows, head) = (report.rows, report.rows == 0 || report.head == before);
    (next != rows + 1 || !head).then(|| {
        let last = next - 1;
        text!("báo cáo ghi {rows} dòng, có {last} dòng", "the report says {rows} rows, and there are {last}")
    })
}
