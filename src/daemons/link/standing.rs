use std::collections::BTreeMap;

use serde::Serialize;

use super::hindrance::HinderedAt;
use super::memory::LinkMemory;
use crate::bundle::UtcSecond;
use crate::courier::BundleState;
use crate::diag::{Text, figure, shown, text};
use crate::journal::Reader;
use crate::site::Site;
use crate::station::Station;

/// How the link of a box stands, in three facts: when the centre last answered, which schedules are held, how much of
/// the journal the centre has.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct LinkStanding {
    /// When the centre last answered; none where it never has.
    pub heard: Option<UtcSecond>,
    /// By sender: title and number of the bundle that the station goes by, and since when.
    pub held: Vec<HeldSchedule>,
    /// Rows of the journal.
    pub rows: u64,
    /// Up to which row the centre has it.
    pub received: u64,
    /// Messages that were not truly signed, or not for this box.
    pub refused: u64,
    /// Whether it has a list of keys: without one no schedule and no alarm of the centre can be judged.
    pub keys: bool,
    /// By place: when alarms came that could not be judged for want of that list.
    pub unjudged: BTreeMap<String, UtcSecond>,
    /// Why there was no contact the last time when there was none, and since when.
    pub hindered: Option<HinderedAt>,
    /// Since when the centre's server is there and nobody on it takes rows: their stream is gone, or was never made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unserved: Option<UtcSecond>,
    /// Since when the centre's server has no room for more rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full: Option<UtcSecond>,
}

/// A bundle that the station goes by.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct HeldSchedule {
    /// Who sent it.
    pub place: String,
    /// What people call it.
    pub title: String,
    /// Its number.
    pub version: u64,
    /// Since when.
    pub since: UtcSecond,
}

impl LinkStanding {
    /// As it lies on the disk.
    pub fn read(site: &Site) -> Self {
        let memory = LinkMemory::read(site);
        let reader = Reader::open(&site.journal()).ok().flatten();
        let epoch = reader.as_ref().and_then(|reader| reader.epoch().ok()).unwrap_or_default();
        let rows = reader.and_then(|reader| reader.head().ok()).map_or(0, |(rows, _)| rows);
        let state = BundleState::read(site).unwrap_or_default();
        let (keys, held) = (state.trusted.list().is_some(), state.held.into_iter());
        let held = held.map(|(place, held)| HeldSchedule {
            place: place.to_string(),
            title: held.title,
            version: held.version,
            since: held.at,
        });
        let received = if memory.epoch == epoch { memory.received.min(rows) } else { 0 };
        Self {
            heard: memory.heard,
            held: held.collect(),
            rows,
            received,
            refused: memory.refused,
            keys,
            unjudged: memory.unjudged.into_iter().map(|(place, came)| (place.to_string(), came)).collect(),
            hindered: memory.hindered,
            unserved: memory.unserved,
            full: memory.full,
        }
    }

    /// Why the centre's server takes no rows though it is there, and since when.
    pub fn untaken(&self) -> Option<(UtcSecond, Text)> {
        let absent = self.unserved.map(|at| (at, unserved()));
        absent.or_else(|| self.full.map(|at| (at, full())))
    }

    /// The three facts, one a line.
    pub fn lines(&self, station: &Station) -> Vec<Text> {
        let when = |at: UtcSecond| figure::moment(at.wall(), &station.timezone);
        let mut lines = vec![match self.heard.map(when) {
            None => text!("Trung tâm: chưa lần nào liên lạc được", "Centre: never reached yet"),
            Some(at) => text!(at = at; "Trung tâm: trả lời lần cuối lúc {at}", "Centre: last answered at {at}"),
        }];
        if let Some(HinderedAt { why, at }) = &self.hindered {
            let (at, Text { vi, en }) = (when(*at), why.text());
            lines.push(text!(
                at = at;
                "Lần gần nhất không liên lạc được, từ {at}: {vi}",
                "No contact the last time, since {at}: {en}"
            ));
        }
        if !self.keys {
            lines.push(text!(
                "Danh sách khóa: chưa có, nên chưa nhận được lịch và báo động của trung tâm: báo trung tâm gửi một gói có danh sách khóa",
                "List of keys: none yet, so that no schedule and no alarm of the centre can be taken: ask the centre for a bundle with the list"
            ));
        }
        for (place, came) in &self.unjudged {
            let came = when(*came);
            lines.push(text!(
                came = came;
                "CHƯA PHÁT báo động gửi cho {place}, đến lúc {came}: chưa có danh sách khóa để xét chữ ký",
                "NOT SOUNDED: an alarm sent to {place} came at {came}, and there is no list of keys to judge its signature by"
            ));
        }
        if self.held.is_empty() {
            lines.push(text!("Lịch từ trung tâm: chưa có", "Schedules from the centre: none yet"));
        }
        for held in &self.held {
            let (title, place, version) = (shown(&held.title), &held.place, held.version);
            let since = when(held.since);
            lines.push(text!(
                since = since;
                "Lịch từ trung tâm: «{title}» của {place}, số {version}, từ {since}",
                "Schedules from the centre: \"{title}\" of {place}, number {version}, since {since}"
            ));
        }
        let (rows, received) = (self.rows, self.received);
        lines.push(text!(
            "Nhật ký: trung tâm đã nhận {received} trên {rows} dòng",
            "Journal: the centre has {received} of {rows} rows"
        ));
        if let Some((at, Text { vi, en })) = self.untaken() {
            lines.push(text!(at = when(at); "Từ {at}: {vi}", "Since {at}: {en}"));
        }
        if self.refused > 0 {
            let refused = self.refused;
            lines.push(text!(
                "Đã bỏ {refused} tin không có chữ ký đúng hoặc không dành cho đài này",
                "Dropped {refused} messages that were not truly signed or not for this station"
            ));
        }
        lines
    }
}

/// The server answers, and has no stream of rows.
pub(super) fn unserved() -> Text {
    text!(
        "máy chủ của trung tâm có đó nhưng không có nơi nhận nhật ký: báo trung tâm chạy loa collect run; nhật ký giữ ở đây, có nơi nhận thì tự gửi",
        "the centre's server is there and has nowhere to take the journal: tell the centre to run loa collect run; rows stay here, and go up by themselves once they are taken"
    )
}

/// The server answers, and keeps nothing more.
pub(super) fn full() -> Text {
    text!(
        "máy chủ của trung tâm không còn chỗ cho nhật ký: báo trung tâm xem loa collect status; nhật ký giữ ở đây, có chỗ thì tự gửi",
        "the centre's server has no room for the journal: tell the centre to look at loa collect status; rows stay here, and go up by themselves once there is room"
    )
}
