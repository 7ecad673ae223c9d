use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::diag::{Text, figure, shown, shown_whole, text};
use crate::instant::Wall;

/// A roll-out, as it is looked at.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FleetRollout {
    /// By it people know it.
    pub id: String,
    /// What people call the bundle.
    pub title: String,
    /// The place that all of it is for.
    pub place: String,
    /// The bundle's number.
    pub version: u64,
    /// `running`, `stopping`, `stopped`, `done`, `superseded`, `over`.
    pub state: String,
    /// Why it was stopped; empty where it was not.
    pub why: String,
    /// Who began it.
    pub by: String,
    /// When: in seconds since 1970.
    pub made: i64,
    /// It ends then, with a list.
    pub until: i64,
    /// Its waves, in order.
    pub waves: Vec<FleetRolloutWave>,
    /// Boxes that do not take it, or have not in time.
    pub boxes: Vec<FleetRolloutBox>,
}

/// A wave of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FleetRolloutWave {
    /// `test`, `commune`, `tenth`, `all`.
    pub name: String,
    /// Boxes in it.
    pub stations: usize,
    /// When it was sent: in seconds since 1970; none yet.
    pub sent: Option<i64>,
    /// The previous one was sent after it.
    pub back: bool,
    /// Boxes that use it.
    pub used: usize,
    /// Boxes that have received it and had no session yet.
    pub received: usize,
    /// Boxes that refuse it, or had a bad session.
    pub refused: usize,
}

/// A box that does not use it, and will not by itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FleetRolloutBox {
    /// Its path.
    pub place: String,
    /// Why not, for people, in Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
}

impl FleetRollout {
    /// It goes on, or is being stopped.
    pub fn is_under_way(&self) -> bool {
        matches!(self.state.as_str(), "running" | "stopping")
    }

    /// What goes where, how far it is, and until when.
    pub fn sentence(&self, tz: &TimeZone) -> Text {
        let (id, title, version) = (shown(&self.id), shown(&self.title), self.version);
        let state = self.state_words();
        if !self.is_under_way() {
            return text!(
                state = state;
                "Triển khai «{title}» số {version} ({id}): {state}.",
                "Roll-out of \"{title}\", number {version} ({id}): {state}."
            );
        }
        let until = figure::moment(Wall::from_secs(self.until), tz);
        text!(
            state = state, until = until;
            "Triển khai «{title}» số {version} ({id}): {state}; kết thúc {until}.",
            "Roll-out of \"{title}\", number {version} ({id}): {state}; it ends at {until}."
        )
    }

    fn state_words(&self) -> Text {
        let why = shown_whole(&self.why);
        match self.state.as_str() {
            "running" => text!("đang chạy", "under way"),
            "stopping" => text!("đang dừng ({why})", "is being stopped ({why})"),
            "stopped" => text!("đã dừng ({why})", "stopped ({why})"),
            "done" => text!("xong, mọi đài đang dùng", "done, in use everywhere"),
            "superseded" => text!("đã có lịch mới hơn thay", "a newer one has taken its place"),
            _ => text!("hết hạn", "its time is over"),
        }
    }
}

impl FleetRolloutWave {
    /// Which wave, when it was sent, and how many boxes stand how.
    pub fn sentence(&self, tz: &TimeZone) -> Text {
        let (name, all) = (self.name_words(), self.stations);
        let (used, received, refused) = (self.used, self.received, self.refused);
        let sent = match self.sent.map(Wall::from_secs) {
            Some(at) => text!(at = figure::moment(at, tz); "gửi {at}", "sent {at}"),
            None => text!("chưa gửi", "not sent"),
        };
        if self.back {
            return text!(
                name = name, sent = sent;
                "Đợt {name}: {all} đài, {sent}, đã gửi lại lịch trước",
                "Wave {name}: stations: {all}, {sent}, the one before was sent again"
            );
        }
        text!(
            name = name, sent = sent;
            "Đợt {name}: {all} đài, {sent}; đang dùng {used}, đã nhận {received}, không được {refused}",
            "Wave {name}: stations: {all}, {sent}; in use: {used}, received: {received}, no good: {refused}"
        )
    }

    fn name_words(&self) -> Text {
        match self.name.as_str() {
            "test" => text!("đài thử", "of test boxes"),
            "commune" => text!("một xã", "of one commune"),
            "tenth" => text!("một phần mười", "of a tenth"),
            _ => text!("tất cả", "of all"),
        }
    }
}
