use std::io;
use std::path::Path;

use loa_core::diag::{Text, text};
use loa_core::instant::Wall;
use loa_core::signature::{Locality, PublicKey};
use loa_core::uplink::{REPORT_MOST, ROWS_FILE_MOST, StationReport, is_epoch};
use loa_site::Folder;

use crate::CollectError;
use crate::ledger::{Haul, Ledger, Way};

/// Boxes on one stick: a province's.
const BOXES_MOST: usize = 5_000;
/// Rows of one transaction.
const CHUNK: usize = 1_000;

/// What became of one box's rows on a stick.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StickIntake {
    /// Its directory on the stick.
    pub folder: String,
    /// Which box; none where its report does not say.
    pub station: Option<Locality>,
    /// Rows that were not there before.
    pub new: u64,
    /// Rows that were there.
    pub known: u64,
    /// The name of the key that its report is signed with.
    pub key_name: Option<String>,
    /// What is wrong; empty where all is well.
    pub wrong: Vec<Text>,
}

/// Take in what the boxes have given a courier. A report counts where its signature holds and is of the key that this station's reports
/// have always had; rows count where the report names their file by its digest. Files that are missing leave gaps, as anywhere.
pub fn take_stick(
    stick: &Path,
    ledger: &mut dyn Ledger,
    now: Wall,
) -> io::Result<Result<Vec<StickIntake>, CollectError>> {
    let all = Folder::open(stick.join("loa"))?;
    let mut names: Vec<String> = (all.entries(BOXES_MOST)?.into_iter())
        .filter(|entry| !entry.link)
        .filter_map(|entry| entry.name.into_string().ok())
        .collect();
    names.sort();
    let mut intakes = Vec::new();
    for name in names {
        let Ok(own) = Folder::open(all.path().join(&name)) else { continue };
        match take_box(name, &own, ledger, now) {
            Ok(intake) => intakes.push(intake),
            Err(error) => return Ok(Err(error)),
        }
    }
    Ok(Ok(intakes))
}

fn take_box(folder: String, own: &Folder, ledger: &mut dyn Ledger, now: Wall) -> Result<StickIntake, CollectError> {
    let mut intake = StickIntake { folder, station: None, new: 0, known: 0, key_name: None, wrong: Vec::new() };
    let (newest, wrong) = StationReport::newest(|name| own.read(name, REPORT_MOST).ok());
    intake.wrong = wrong;
    let Some((report, key)) = newest else {
        intake.wrong.push(text!("chưa có báo cáo nào có chữ ký đúng", "there is no report that is truly signed"));
        return Ok(intake);
    };
    // A place on a stick has its country before it.
    let path = report.place.strip_prefix("vn.").unwrap_or(&report.place);
    let Some(station) = Locality::read(path) else {
        intake.wrong.push(text!(
            "báo cáo không ghi đài ở đâu: hãy ghi [bundle] place trong loa.toml của đài ấy",
            "the report does not say where the station is: write [bundle] place in its loa.toml"
        ));
        return Ok(intake);
    };
    intake.station = Some(station.clone());
    let believed = ledger.signer(&station, key.as_str(), now)?;
    if believed != key.as_str() {
        let (known, came) = (PublicKey::read(&believed).map_or(believed, |key| key.name()), key.name());
        intake.wrong.push(text!(
            "báo cáo ký bằng khóa {came}, không phải khóa {known} của đài này từ trước: không nhận",
            "the report is signed with the key {came}, not with {known}, which this station has always had: it is not taken"
        ));
        return Ok(intake);
    }
    intake.key_name = Some(key.name());
    if report.epoch.is_empty() {
        return Ok(intake);
    }
    if !is_epoch(&report.epoch) || i64::try_from(report.rows).is_err() {
        intake.wrong.push(text!("báo cáo ghi sai tên nhật ký", "the report names no journal"));
        return Ok(intake);
    }
    ledger.announce(&station, &report.epoch, report.rows, now)?;
    for file in &report.files {
        let rows = own.read(&file.name, ROWS_FILE_MOST).ok().and_then(|bytes| file.rows(&bytes));
        let Some(rows) = rows else {
            intake.wrong.push(file.missing());
            continue;
        };
        let is_bearable = |seq: u64| seq > 0 && i64::try_from(seq).is_ok();
        let rows: Vec<_> = rows.into_iter().filter(|row| is_bearable(row.seq) && !row.body.contains('\0')).collect();
        for rows in rows.chunks(CHUNK) {
            let haul =
                Haul { station: station.clone(), epoch: report.epoch.clone(), rows: rows.to_vec(), way: Way::Stick };
            for taken in ledger.take(&[haul], now)? {
                intake.new += taken.arrived.new;
                intake.known += taken.arrived.known;
                intake.wrong.extend(taken.breaks.iter().copied().map(StationReport::broken_at));
                intake.wrong.extend(taken.arrived.others.iter().take(10).map(|seq| {
                    text!(
                        "dòng {seq} khác với dòng {seq} đã nhận; giữ dòng nhận trước",
                        "row {seq} differs from row {seq} that is there; the first one stays"
                    )
                }));
            }
        }
    }
    Ok(intake)
}
