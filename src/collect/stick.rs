use std::io;
use std::path::Path;

use loa_core::diag::{Text, shown, text};
use loa_core::instant::Wall;
use loa_core::signature::{Locality, PublicKey};
use loa_core::uplink::{BoxVouch, REPORT_MOST, ROWS_FILE_MOST, StationReport, is_epoch};
use loa_site::Folder;

use crate::CollectError;
use crate::fleet::{FleetKey, Register};
use crate::ledger::{Haul, Ledger, RefusedMessages, Way};

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

/// Whose reports count.
#[derive(Clone, Copy, Debug, Default)]
pub struct StickTrust<'a> {
    /// Who belongs to the fleet; where nobody knows, the first key of a station that comes is believed.
    pub register: Option<&'a Register>,
    /// A key that somebody has compared with the one that its station shows: whole, or as people read it.
    pub confirmed: Option<&'a str>,
}

/// Take in what the boxes have given a courier. A report counts where its signature holds and its key is that of the box which the register has at
/// this place; rows count where the report names their file by its digest. Files that are missing leave gaps, as anywhere. What is not believed is
/// told, here and in the standing of the fleet, and nothing of it is taken.
pub fn take_stick(
    stick: &Path,
    trust: StickTrust<'_>,
    ledger: &mut dyn Ledger,
    now: Wall,
) -> io::Result<Result<Vec<StickIntake>, CollectError>> {
    let all = match Folder::open(stick.join("loa")) {
        Ok(all) => all,
        // A stick that no box has given anything to.
        Err(error) if error.kind() == io::ErrorKind::NotFound && stick.is_dir() => return Ok(Ok(Vec::new())),
        Err(error) => return Err(error),
    };
    let mut names: Vec<String> = (all.entries(BOXES_MOST)?.into_iter())
        .filter(|entry| !entry.link)
        .filter_map(|entry| entry.name.into_string().ok())
        .collect();
    names.sort();
    let mut intakes = Vec::new();
    for name in names {
        let Ok(own) = Folder::open(all.path().join(&name)) else { continue };
        match take_box(name, &own, trust, ledger, now) {
            Ok(intake) => intakes.push(intake),
            Err(error) => return Ok(Err(error)),
        }
    }
    Ok(Ok(intakes))
}

impl StickTrust<'_> {
    /// Whether a report of this station counts by this key; else why not. The key by which the centre lets the box in stands by it: the register knows
    /// that one. Of a box that has none somebody compares the key once, and again after another box has stood there.
    fn judge(
        self,
        station: &Locality,
        (report, key): (&StationReport, &PublicKey),
        ledger: &mut dyn Ledger,
        now: Wall,
    ) -> Result<Result<(), Text>, CollectError> {
        let known = ledger.signer(station)?;
        let is_known = known.as_ref().is_some_and(|(known, _)| known == key.as_str());
        let (own, is_confirmed) = (key.name(), self.confirmed.is_some_and(|said| is_called(key, said)));
        let changed = |known: &str| {
            let known = PublicKey::read(known).map_or_else(|| known.to_owned(), |key| key.name());
            text!(
                "báo cáo ký bằng khóa {own}, không phải khóa {known} của đài này từ trước: không nhận",
                "the report is signed with the key {own}, not with {known}, which this station has always had: it is not taken"
            )
        };
        let Some(register) = self.register else {
            match known {
                Some(_) if is_known => {}
                Some((known, _)) => return Ok(Err(changed(&known))),
                None => ledger.believe(station, key.as_str(), now)?,
            }
            return Ok(Ok(()));
        };
        let nowhere = text!(
            "sổ của mạng không có nơi {station}: không nhận",
            "the register has no place {station}: it is not taken"
        );
        let Some(place) = register.places.get(station) else { return Ok(Err(nowhere)) };
        let vouched = report.vouch.as_ref().filter(|vouch| {
            let text = BoxVouch::text(&report.place, key);
            FleetKey::has_signed(&vouch.key, text.as_bytes(), &vouch.signature)
        });
        let is_of = |held: &str| vouched.is_some_and(|vouch| vouch.key == held);
        if place.former.iter().any(|former| is_of(&former.key)) {
            return Ok(Err(text!(
                "báo cáo của máy đã bị thu khóa ở {station}: không nhận",
                "the report is of a box whose key at {station} is good no more: it is not taken"
            )));
        }
        let revoked = place.former.iter().map(|former| former.until.wall()).max();
        let still = known.filter(|(_, since)| revoked.is_none_or(|revoked| *since > revoked));
        let is_held = place.holder.as_ref().is_some_and(|holder| is_of(&holder.key));
        let refusal = match &still {
            Some(_) if is_known => return Ok(Ok(())),
            Some((known, _)) => changed(known),
            None => text!(
                "chưa biết khóa {own} có phải của đài này: gọi người giữ máy đọc khóa của máy (loa journal seal --key); đúng thì gõ lại, thêm --key {own}",
                "nobody knows yet whether the key {own} is this station's: have it read there (loa journal seal --key); if it is the same, type again with --key {own}"
            ),
        };
        if !is_held && !is_confirmed {
            return Ok(Err(refusal));
        }
        ledger.believe(station, key.as_str(), now)?;
        // What was told of this key before ends with that.
        let cured = [nowhere, refusal].map(|why| RefusedMessages::written(&why));
        if ledger.refused()?.iter().any(|told| told.station == station.as_str() && cured.contains(&told.why)) {
            let why = text!("khóa {own} nay được tin", "the key {own} is believed now");
            ledger.forgive(station.as_str(), "loa collect stick", &RefusedMessages::written(&why), now)?;
        }
        Ok(Ok(()))
    }
}

/// Whether somebody who writes this means this key: whole or as people read it, in whatever letters.
fn is_called(key: &PublicKey, written: &str) -> bool {
    let bare = |said: &str| said.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
    PublicKey::read(written).as_ref() == Some(key) || bare(written) == bare(&key.name())
}

fn take_box(
    folder: String,
    own: &Folder,
    trust: StickTrust<'_>,
    ledger: &mut dyn Ledger,
    now: Wall,
) -> Result<StickIntake, CollectError> {
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
    if let Err(why) = trust.judge(&station, (&report, &key), ledger, now)? {
        // The same stick once more is no second trouble.
        let written = RefusedMessages::written(&why);
        if !ledger.refused()?.iter().any(|known| known.station == station.as_str() && known.why == written) {
            ledger.refuse(station.as_str(), &written, now)?;
        }
        intake.wrong.push(why);
        intake.wrong.extend(trust.confirmed.filter(|said| !is_called(&key, said)).map(|said| {
            let (said, own) = (shown(said), key.name());
            text!(
                "khóa gõ ở --key ({said}) không phải khóa {own} đã ký báo cáo này: nhờ người giữ máy đọc lại",
                "the key that was typed with --key ({said}) is not {own}, which signed this report: have it read again there"
            )
        }));
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
            let haul = Haul {
                station: station.clone(),
                epoch: report.epoch.clone(),
                rows: rows.to_vec(),
                way: Way::Stick,
                heard: None,
            };
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
