use std::time::Duration;

use jiff::tz::TimeZone;

use super::Look;
use crate::checkup::Finding;
use crate::courier::{BundleState, Unfit};
use crate::diag::{Text, figure, shown, text};
use crate::instant::Wall;
use crate::site::Site;
use crate::station::Station;

/// Who makes a new list of keys needs so long to bring it to the last box.
const KEYS_SOON: Duration = Duration::from_hours(30 * 24);

/// Signed bundles: whether one is half installed, whether the next one could be taken. Nothing where the station takes
/// none, or where this account may not read what it remembers of them.
pub(super) fn look(site: &Site, station: &Station, now: Wall) -> Option<Look> {
    if station.bundle.keys.is_empty() && !site.bundle().exists() {
        return None;
    }
    let state = match BundleState::read(site) {
        Ok(state) => state,
        Err(why @ Unfit::State) => {
            let help = text!(
                "sudo mv state/bundle.json state/bundle.json.hong",
                "sudo mv state/bundle.json state/bundle.json.broken"
            );
            let seen = text!("không rõ", "unknown");
            return Some(Look::new(
                what(),
                seen,
                vec![Finding::warning(why.code(), why.text(&station.timezone), help)],
            ));
        }
        Err(_) => return None,
    };
    let (count, tz) = (state.held.len(), &station.timezone);
    let seen = text!("{count} nơi gửi", "senders: {count}");
    Some(Look::new(what(), seen, judge(&state, now, tz)))
}

fn what() -> Text {
    text!("Gói tin có chữ ký", "Signed bundles")
}

fn judge(state: &BundleState, now: Wall, tz: &TimeZone) -> Vec<Finding> {
    let mut findings = Vec::new();
    if state.is_underway() {
        findings.push(Finding::warning(
            "bundle_unfinished",
            text!("một gói tin còn cài dở", "a bundle is half installed"),
            text!(
                "sudo systemctl restart loa, hoặc cắm lại USB",
                "sudo systemctl restart loa, or put the stick in again"
            ),
        ));
    }
    for (place, held) in &state.held {
        let Some(end) = held.not_after.filter(|end| end.wall() < now) else { continue };
        let (title, Text { vi, en }) = (shown(&held.title), figure::date(end.wall(), tz));
        findings.push(Finding::warning(
            "bundle_ended",
            text!(
                "gói «{title}» của {place} đã quá hạn {vi} mà chưa có gói mới; lịch trong đó vẫn phát",
                "\"{title}\" of {place} ended {en} and no newer one has come; what it brought still plays"
            ),
            text!("hỏi {place} đã gửi gói mới chưa", "ask {place} whether a newer one was sent"),
        ));
    }
    if let Some(list) = state.trusted.list().filter(|list| list.not_after.wall() < now + KEYS_SOON) {
        let Text { vi, en } = figure::date(list.not_after.wall(), tz);
        findings.push(Finding::warning(
            "bundle_old_keys",
            text!(
                "danh sách khóa chỉ dùng đến {vi}; sau đó đài không nhận gói nào",
                "the list of keys is good until {en}; after that no bundle is taken"
            ),
            text!("xin gói có danh sách khóa mới", "ask for a bundle with a new list of keys"),
        ));
    }
    findings
}
