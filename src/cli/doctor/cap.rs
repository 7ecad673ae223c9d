use super::Look;
use crate::checkup::Finding;
use crate::cli::cap::believed;
use crate::diag::{Text, figure, shown, text};
use crate::instant::Wall;
use crate::site::Site;
use crate::station::{CapSource, Station};
use crate::warning::{CapStanding, FeedStanding, key_findings};

/// Dead links of one feed, or files of one directory that are not read, that are told.
const DEAD_MOST: usize = 3;
/// So many hours it is told that the record of alarms was damaged.
const DAMAGE_TOLD: i64 = 7 * 24;

/// Alarms from outside, where `loa.toml` takes some: keys, directories, feeds that do not answer.
pub(super) fn look(site: &Site, station: &Station, now: Wall) -> Option<Look> {
    if !station.cap.is_written() {
        return None;
    }
    let today = now.zoned(&station.timezone).date();
    let mut findings: Vec<Finding> = key_findings(site, &station.cap, today).iter().map(Finding::from).collect();
    for source in &station.cap.feeds {
        let CapSource::Directory(path) = source else { continue };
        if !site.dir().join(path).exists() {
            let name = shown(&path.display().to_string());
            findings.push(Finding::warning(
                "cap_directory",
                text!("không có thư mục báo động «{name}»", "there is no directory of alarms \"{name}\""),
                text!("tạo nó: mkdir {name}", "make it: mkdir {name}"),
            ));
        }
    }
    let standing = CapStanding::read(site);
    let believed = believed(site, station, now);
    findings.extend(standing.lost_finding(believed));
    findings.extend(standing.finding(station, believed));
    findings.extend(standing.feeds.iter().flat_map(|(feed, told)| of_feed(feed, told)));
    if let Some(at) = standing.damaged.filter(|at| now.since(Wall::from(*at)).as_hours() < DAMAGE_TOLD) {
        let Text { vi, en } = figure::moment(Wall::from(at), &station.timezone);
        findings.push(Finding::warning(
            "cap_record",
            text!(
                "sổ báo động từ ngoài bị hỏng, phát hiện lúc {vi}; bản hỏng để riêng trong state/cap",
                "the record of alarms from outside was damaged, as was found at {en}; it was set aside in state/cap"
            ),
            text!(
                "xem trang Báo khẩn cấp còn việc nào chờ không, và ổ đĩa có hỏng không: loa doctor",
                "see whether anything waits on the emergency page, and whether the disk is failing: loa doctor"
            ),
        ));
    }
    let (senders, known) = (station.cap.senders.len(), standing.alarms.len());
    let seen =
        text!("tin {senders} nơi gửi, nhớ {known} bản tin", "{senders} senders count, {known} alarms are remembered");
    Some(Look::new(text!("Báo động từ ngoài", "Alarms from outside"), seen, findings))
}

/// What a feed, or a directory, has that is not read, and whether it answers.
fn of_feed(feed: &str, told: &FeedStanding) -> Vec<Finding> {
    let feed = shown(feed);
    let mut findings: Vec<Finding> = told
        .dead
        .iter()
        .take(DEAD_MOST)
        .map(|(what, why)| {
            let (what, Text { vi, en }) = (shown(what), Text::from(why.clone()));
            if told.is_directory() {
                return Finding::warning(
                    "cap_directory",
                    text!(
                        "trong thư mục báo động {feed} có {what}, không đọc: {vi}",
                        "{what} in the directory of alarms {feed} is not read: {en}"
                    ),
                    text!(
                        "nếu là báo động thì chép lại chính tệp ấy, tên kết thúc bằng .xml; không thì cất đi",
                        "if it is an alarm, copy the file itself again under a name that ends in .xml; else put it away"
                    ),
                );
            }
            Finding::warning(
                "cap_link",
                text!(
                    "nguồn báo động {feed} dẫn đến {what}, không lấy được: {vi}",
                    "the feed of alarms {feed} leads to {what}, which cannot be fetched: {en}"
                ),
                text!(
                    "báo cho nơi giữ nguồn ấy; những bản tin khác trong nguồn vẫn được lấy",
                    "tell whoever keeps that feed; the other alarms in it are fetched all the same"
                ),
            )
        })
        .collect();
    if told.left > 0 {
        let left = told.left;
        findings.push(Finding::warning(
            "cap_link",
            text!(
                "nguồn báo động {feed} dài: còn {left} bản tin chưa lấy",
                "the feed of alarms {feed} is long: {left} alarms that it names are not fetched yet"
            ),
            text!(
                "chúng được lấy dần, mới nhất trước; bảo nơi giữ nguồn ấy bỏ bớt bản tin cũ",
                "they come some at a time, the newest first; ask whoever keeps that feed to take old ones out"
            ),
        ));
    }
    if let Some((_, words)) = &told.hindered {
        let Text { vi, en } = Text::from(words.clone());
        findings.push(Finding::warning(
            "cap_silent",
            text!("không lấy được gì từ nguồn báo động {feed}: {vi}", "the feed of alarms {feed} gives nothing: {en}"),
            text!(
                "xem mạng của máy, và địa chỉ ấy trong feeds",
                "look at the network of the machine, and at that address in feeds"
            ),
        ));
    }
    findings
}
