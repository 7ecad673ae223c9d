use std::io::{self, BufReader, Read};
use std::path::Path;

use super::installer::Installer;
use super::outbox::{Outbox, Unsent, put};
use super::underway::number_report;
use super::words;
use super::{BundleFate, Delivery, Unfit};
use crate::bundle::{Locality, Rejection, UtcSecond};
use crate::diag::{Text, system, text};
use crate::site::Folder;
use crate::uplink::StationReport;

/// Names on a stick that are looked through for bundles.
const NAMES_MOST: usize = 10_000;
/// Bundles of one stick.
const BUNDLES_MOST: usize = 1_000;
/// How the names of bundles end, whatever the case.
const ENDING: &str = ".loa";
/// Bytes at a time from a slow stick.
const BUFFER: usize = 1 << 20;

/// What a visit came to.
#[derive(Debug, Default)]
pub struct Visited {
    /// Each bundle that lay there, and what became of it.
    pub deliveries: Vec<Delivery>,
    /// What stopped it that is no fault of a bundle.
    pub failed: Option<Text>,
    /// The report that was written; none where the stick refused.
    pub report: Option<StationReport>,
    /// Why the report, or the page for people, could not be written.
    pub unwritten: Option<Text>,
    /// Files that were not looked at, since there were too many.
    pub passed_over: usize,
}

impl Visited {
    /// How it went, in a word for the `tell` program.
    pub fn word(&self) -> &'static str {
        let is_refused = |delivery: &Delivery| delivery.fate == BundleFate::Refused;
        if self.failed.is_some() || self.unwritten.is_some() {
            "failed"
        } else if self.deliveries.iter().any(is_refused) {
            "refused"
        } else {
            "done"
        }
    }
}

/// Codes of bundles that a key of the station's list has signed for it, though they were not taken.
const SIGNED_FOR_IT: [&str; 5] =
    ["bundle_older", "bundle_check_refuses", "bundle_name_taken", "bundle_no_room", "bundle_unsaid"];

/// Whether somebody who may send to this station has made it: nobody else's stick takes the journal along.
fn is_couriers(visited: &Visited) -> bool {
    visited.deliveries.iter().any(|one| {
        matches!(one.fate, BundleFate::Installed | BundleFate::Again) || SIGNED_FOR_IT.contains(&one.code.as_str())
    })
}

/// Codes of bundles that were changed on the way: the next older one of the same sender is tried.
const CHANGED: [&str; 3] = ["bundle_damaged", "bundle_truncated", "bundle_foreign"];

/// Take what a stick brings, and give it what it carries away. Nothing on it is run and no link is followed; it may be
/// pulled out at any moment. Where it was only `plugged` in, and nobody has asked, one that brings nothing that is signed
/// for this station takes nothing along, and one without any bundle is left as it is.
pub fn visit(
    stick: &Path,
    installer: &Installer<'_>,
    outbox: Option<&Outbox<'_>>,
    plugged: bool,
) -> io::Result<Visited> {
    let folder = Folder::open(stick)?;
    let mut visited = Visited::default();
    let (senders, passed_over) = wanted(&folder, installer);
    visited.passed_over = passed_over;
    for names in senders {
        if let Err(why) = take(names, &folder, installer, &mut visited.deliveries) {
            visited.failed = Some(why.text(&installer.station.timezone));
            break;
        }
    }
    if plugged && visited.deliveries.is_empty() && visited.failed.is_none() {
        return Ok(visited);
    }
    if let Some(outbox) = outbox.filter(|_| !plugged || is_couriers(&visited)) {
        match number_report(installer.site, installer.steps) {
            Ok((number, state)) => match outbox.write(&folder, number, &state) {
                Ok(report) => visited.report = Some(report),
                Err(Unsent::Stick(error)) => visited.unwritten = Some(unwritten(&error)),
                Err(Unsent::Journal(error)) => visited.unwritten = Some(error.text()),
            },
            Err(why) => visited.failed = visited.failed.or(Some(why.text(&installer.station.timezone))),
        }
    }
    let page = words::page(
        (&installer.station.name, &installer.station.bundle.place),
        (installer.now, &installer.station.timezone),
        installer.believed,
        &lines(&visited),
    );
    let page = words::with_before(&page, &folder);
    if let Err(error) = put(&folder, words::FILE, page.as_bytes(), installer.steps) {
        visited.unwritten = visited.unwritten.or(Some(unwritten(&error)));
    }
    Ok(visited)
}

/// Take the first of these that is whole, of one sender; of the others only those are told that were changed on the way.
fn take(
    names: Vec<String>,
    folder: &Folder,
    installer: &Installer<'_>,
    deliveries: &mut Vec<Delivery>,
) -> Result<(), Unfit> {
    let mut is_settled = false;
    for name in names {
        let Ok(file) = folder.file(&name) else { continue };
        let file = BufReader::with_capacity(BUFFER, file);
        if is_settled {
            deliveries.extend(installer.leave(file, &name)?);
        } else {
            let delivery = installer.install(file, &name)?;
            is_settled = !CHANGED.contains(&delivery.code.as_str());
            deliveries.push(delivery);
        }
    }
    Ok(())
}

/// Why a stick holds no report.
fn unwritten(error: &std::io::Error) -> Text {
    text!(
        error = system(error);
        "không ghi được lên USB ({error}): USB đầy, khóa ghi, hay rút ra quá sớm; nhật ký vẫn còn nguyên ở đài",
        "the stick cannot be written ({error}): it is full, locked, or was pulled out too soon; the journal is whole at the station"
    )
}

/// What is written for people.
fn lines(visited: &Visited) -> Vec<String> {
    let mut lines: Vec<String> = visited.deliveries.iter().map(words::line).collect();
    if visited.deliveries.is_empty() && visited.failed.is_none() {
        lines.push("Trên USB không có gói tin nào cho đài này.".to_owned());
    }
    if visited.passed_over > 0 {
        let (over, most) = (visited.passed_over, BUNDLES_MOST);
        lines.push(format!(
            "Còn {over} tệp gói tin chưa đọc: mỗi lần đọc {most} tệp đầu; xin bớt tệp trên USB rồi cắm lại."
        ));
    }
    if let Some(why) = &visited.failed {
        lines.push(format!("Chưa nhận được gói tin: {}.", why.vi));
    }
    if let Some(report) = &visited.report {
        lines.push(format!("Đã chép nhật ký ({} dòng) và báo cáo số {} lên USB.", report.rows, report.number));
    }
    if let Some(why) = &visited.unwritten {
        lines.push(format!("{}.", why.vi));
    }
    lines
}

/// The names of the bundles that are tried: of one sender those that would be taken, the newest first, and one by one all that would not, so that each
/// is told why.
fn wanted(folder: &Folder, installer: &Installer<'_>) -> (Vec<Vec<String>>, usize) {
    let entries = folder.entries(NAMES_MOST).unwrap_or_default();
    let mut names: Vec<String> = entries.into_iter().filter_map(|entry| entry.name.into_string().ok()).collect();
    // `._x.loa` is what a Mac leaves beside each file.
    names.retain(|name| !name.starts_with('.') && name.to_lowercase().ends_with(ENDING));
    names.sort();
    let passed_over = names.len().saturating_sub(BUNDLES_MOST);
    names.truncate(BUNDLES_MOST);
    let mut of_senders: Vec<(Locality, Vec<(UtcSecond, String)>)> = Vec::new();
    let mut wanted = Vec::new();
    for name in names {
        // A link, a pipe, a directory is no bundle.
        let Ok(file) = folder.file(&name) else { continue };
        match installer.look(BufReader::new(file.take(u64::MAX))) {
            Ok(seen) => {
                let (place, made) = (seen.admitted.manifest.place, seen.admitted.manifest.made);
                match of_senders.iter_mut().find(|(known, _)| *known == place) {
                    Some((_, own)) => own.push((made, name)),
                    None => of_senders.push((place, vec![(made, name)])),
                }
            }
            // An old one beside the new one is what sticks look like.
            Err(Unfit::Bundle(Rejection::Older(..))) if !of_senders.is_empty() => {}
            Err(_) => wanted.push(vec![name]),
        }
    }
    wanted.extend(of_senders.into_iter().map(|(_, mut own)| {
        own.sort_by_key(|(made, _)| std::cmp::Reverse(*made));
        own.into_iter().map(|(_, name)| name).collect()
    }));
    (wanted, passed_over)
}
