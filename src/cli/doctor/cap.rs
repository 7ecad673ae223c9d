use super::Look;
use crate::checkup::Finding;
use crate::cli::cap::believed;
use crate::diag::{Text, figure, shown, text};
use crate::instant::Wall;
use crate::site::Site;
use crate::station::{CapSource, Station};
use crate::warning::{CapStanding, trusted};

/// Dead links of one feed that are told.
const DEAD_MOST: usize = 3;
/// So many hours it is told that the record of alarms was damaged.
const DAMAGE_TOLD: i64 = 7 * 24;
/// A key that ends within so many days is to be renewed now.
const KEY_SOON: i64 = 30;

/// Alarms from outside, where `loa.toml` takes some: keys, directories, feeds that do not answer.
pub(super) fn look(site: &Site, station: &Station, now: Wall) -> Option<Look> {
    if !station.cap.is_written() {
        return None;
    }
    let mut findings = Vec::new();
    let (_, unusable) = trusted(site, &station.cap);
    for key in unusable {
        findings.push(Finding::warning(
            "cap_key",
            key.why,
            text!(
                "sửa key trong [cap.senders.…], rồi thử: loa cap show BẢN-TIN.xml",
                "mend key in [cap.senders.…], then try: loa cap show ALARM.xml"
            ),
        ));
    }
    let today = now.zoned(&station.timezone).date();
    for sender in &station.cap.senders {
        let Some(last) = sender.not_after else { continue };
        let left = (last - today).get_days();
        if i64::from(left) < KEY_SOON {
            let (title, last) = (shown(&sender.title), written(last));
            let (vi, en) = (last.vi, last.en);
            findings.push(Finding::warning(
                "cap_key_over",
                text!(
                    "khóa của «{title}» chỉ dùng được đến {vi}; sau đó báo động của họ không được tin",
                    "the key of \"{title}\" counts until {en}; after that its alarms are not believed"
                ),
                text!(
                    "xin họ khóa mới, ghi vào key và not_after",
                    "ask them for the new one, and write it in key and not_after"
                ),
            ));
        }
    }
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
    findings.extend(standing.finding(station, believed(site, station, now)));
    for (feed, told) in &standing.feeds {
        for (address, why) in told.dead.iter().take(DEAD_MOST) {
            let (feed, address, Text { vi, en }) = (shown(feed), shown(address), Text::from(why.clone()));
            findings.push(Finding::warning(
                "cap_link",
                text!(
                    "nguồn báo động {feed} dẫn đến {address}, không lấy được: {vi}",
                    "the feed of alarms {feed} leads to {address}, which cannot be fetched: {en}"
                ),
                text!(
                    "báo cho nơi giữ nguồn ấy; những bản tin khác trong nguồn vẫn được lấy",
                    "tell whoever keeps that feed; the other alarms in it are fetched all the same"
                ),
            ));
        }
        let Some((_, words)) = &told.hindered else { continue };
        let (feed, Text { vi, en }) = (shown(feed), Text::from(words.clone()));
        findings.push(Finding::warning(
            "cap_silent",
            text!("không lấy được gì từ nguồn báo động {feed}: {vi}", "the feed of alarms {feed} gives nothing: {en}"),
            text!(
                "xem mạng của máy, và địa chỉ ấy trong feeds",
                "look at the network of the machine, and at that address in feeds"
            ),
        ));
    }
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

fn written(day: jiff::civil::Date) -> Text {
    let (vi, en) = (day.strftime("%d/%m/%Y").to_string(), day.strftime("%F").to_string());
    text!("{vi}", "{en}")
}
