use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::full::LostCap;
use super::stage::{CapDeed, CapStage};
use crate::cap::{CapIdentity, CapTimes};
use crate::checkup::{Finding, Words};
use crate::diag::{Text, figure, shown, text};
use crate::instant::Wall;
use crate::site::{Folder, Site};
use crate::station::{CapAct, Station};

/// How alarms from outside stand: those that came, what became of them, and whether the feeds answer.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct CapStanding {
    /// Alarms that came, truly signed; the oldest first.
    #[serde(default)]
    pub alarms: Vec<KnownCap>,
    /// By feed.
    #[serde(default)]
    pub feeds: BTreeMap<String, FeedStanding>,
    /// Documents that were refused, as nobody whose alarms count stands behind them.
    #[serde(default)]
    pub refused: u64,
    /// Documents that were truly signed, and of which not even the beginning could be read.
    #[serde(default)]
    pub unread: u64,
    /// Alarms that would have sounded or asked, and that were not taken, as no other could be given up for them; the last ones.
    #[serde(default)]
    pub lost: Vec<LostCap>,
    /// When this record was found damaged, and begun anew.
    #[serde(default)]
    pub damaged: Option<Timestamp>,
}

/// Whether a feed answers.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct FeedStanding {
    /// When it last did.
    #[serde(default)]
    pub heard: Option<Timestamp>,
    /// Why it does not, since when.
    #[serde(default)]
    pub hindered: Option<(Timestamp, Words)>,
    /// Addresses that it names and where no alarm could be fetched, and why; of a directory the files in it that are not read.
    #[serde(default)]
    pub dead: BTreeMap<String, Words>,
    /// So many of the alarms that it names are not fetched yet: they come some at a time, the newest first.
    #[serde(default)]
    pub left: usize,
}

/// An alarm that came.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct KnownCap {
    /// What it is known by.
    pub identity: CapIdentity,
    /// Whose key has signed it: his id in `loa.toml`.
    pub from: String,
    /// What people call him.
    pub sender: String,
    /// SHA-256 of what was signed.
    pub digest: String,
    /// In a sentence.
    pub title: String,
    /// What its sender says to those who pass it on.
    #[serde(default)]
    pub note: String,
    /// When it came.
    pub came: Timestamp,
    /// When the last of it is over.
    pub until: Timestamp,
    /// Why nothing is done about it; then it has no parts.
    #[serde(default)]
    pub nothing: Option<Words>,
    /// What is done about it, in which zones.
    #[serde(default)]
    pub parts: Vec<KnownPart>,
}

/// What is done about an alarm, in zones where that is the same.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct KnownPart {
    /// By this it is found in the journal.
    pub mark: String,
    /// What is done.
    pub act: CapAct,
    /// Why.
    pub why: Words,
    /// The alarm of `[emergency]` that it plays.
    #[serde(default)]
    pub preset: Option<String>,
    /// Ids of its zones.
    pub zones: Vec<String>,
    /// In a sentence, in a language of these zones.
    pub title: String,
    /// What it says, and what to do.
    pub words: String,
    /// From when on it holds.
    pub from: Timestamp,
    /// When it is over.
    pub until: Timestamp,
    /// How far it has come.
    pub stage: CapStage,
    /// It sounded by itself, not by a person's hand.
    #[serde(default)]
    pub by_itself: bool,
    /// Whoever sent it has taken it back, or sent another one in its place: where it still sounds by itself it is to end.
    #[serde(default)]
    pub ends: bool,
    /// Zones in which an order that was given before is the same, and sounds for it: the zone, that order.
    #[serde(default)]
    pub shared: Vec<(String, String)>,
    /// The order's id in the journal.
    #[serde(default)]
    pub order: Option<String>,
    /// When the order was given last.
    #[serde(default)]
    pub given: Option<Timestamp>,
    /// Why it was not taken, as was told last.
    #[serde(default)]
    pub refused: Option<Words>,
    /// Where nobody heard it: ids of zones, once that is known.
    #[serde(default)]
    pub unheard: Vec<String>,
}

impl KnownCap {
    /// Whether it is there to be read, and for nothing else.
    pub(super) fn is_shown(&self) -> bool {
        self.parts.iter().all(|part| part.stage == CapStage::Shown)
    }
}

impl KnownPart {
    /// What is done about it now, while it is open; `now` is none where the clock is not believed.
    pub(super) fn deed(&self, sent: Timestamp, now: Option<Timestamp>) -> CapDeed {
        CapDeed::of(self.act, &CapTimes { sent, from: self.from, until: self.until }, now)
    }

    /// What sounds for it: in which zone, by which order.
    pub fn sounds(&self) -> Vec<(&str, &str)> {
        let shared = |zone: &str| self.shared.iter().find(|(own, _)| own == zone).map(|(_, order)| order.as_str());
        let by = |zone: &str| shared(zone).or(self.order.as_deref());
        self.zones.iter().filter_map(|zone| Some((zone.as_str(), by(zone)?))).collect()
    }

    /// Whether a person is asked: now, or since it cannot be decided by the clock.
    pub fn asks(&self, sent: Timestamp, now: Option<Timestamp>) -> bool {
        let deed = self.deed(sent, now);
        let is_refused = deed != CapDeed::Over && self.refused.is_some();
        self.stage == CapStage::Open && (deed.is_asked() || is_refused)
    }
}

impl CapStanding {
    /// That alarms were not taken for want of room and still hold; none where there is none.
    pub fn lost_finding(&self, now: Option<Timestamp>) -> Option<Finding> {
        LostCap::finding(&self.lost, now)
    }

    /// Where it lies, in `state/cap`.
    pub(super) const FILE: &'static str = "cap.json";
    /// Where it is set aside once it is damaged.
    pub(super) const DAMAGED: &'static str = "cap-damaged.json";
    /// Some hundred alarms.
    pub(super) const MOST: u64 = 16 << 20;

    /// As it lies on the disk; nothing where it cannot be read.
    pub fn read(site: &Site) -> Self {
        let bytes = Folder::open(site.cap()).ok().and_then(|folder| folder.read(Self::FILE, Self::MOST).ok());
        bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    /// What waits for a person, the newest first.
    pub fn waiting(&self, now: Option<Timestamp>) -> Vec<(&KnownCap, &KnownPart)> {
        let all = self.alarms.iter().rev().flat_map(|alarm| alarm.parts.iter().map(move |part| (alarm, part)));
        all.filter(|(alarm, part)| part.asks(alarm.identity.sent, now)).collect()
    }

    /// That alarms wait for a person: how many, since when, and where they are decided; none where none does.
    pub fn finding(&self, station: &Station, now: Option<Timestamp>) -> Option<Finding> {
        let mut waiting: Vec<&KnownCap> = self.waiting(now).into_iter().map(|(alarm, _)| alarm).collect();
        waiting.dedup_by(|one, other| std::ptr::eq(*one, *other));
        let since = waiting.iter().map(|alarm| alarm.came).min()?;
        let since = figure::moment(Wall::from(since), &station.timezone);
        let (count, alarms) = (waiting.len(), figure::count(waiting.len(), "alarm"));
        let title = shown(&waiting.first()?.title);
        Some(Finding::warning(
            "cap_waits",
            text!(
                since = since;
                "{count} báo động từ ngoài CHƯA PHÁT, chờ người quyết định từ {since}; mới nhất: «{title}»",
                "{alarms} from outside NOT SOUNDED, waiting for a person since {since}; the newest: \"{title}\""
            ),
            text!(
                "quyết định trên trang Báo khẩn cấp của đài; xem từng báo động: loa cap --status",
                "decide on the station's page Emergency; to see each of them: loa cap --status"
            ),
        ))
    }

    /// For `loa cap --status`, one thing a line: all that waits for a person, and so many others. `now` is none where the clock is
    /// not believed.
    pub fn lines(&self, station: &Station, now: Option<Timestamp>, most: usize) -> Vec<Text> {
        let when = |at: Timestamp| figure::moment(Wall::from(at), &station.timezone);
        let mut lines: Vec<Text> = self.feeds.iter().flat_map(|(name, feed)| feed.lines(name, station)).collect();
        if let Some(at) = self.damaged {
            let (at, file) = (when(at), Self::DAMAGED);
            lines.push(text!(
                at = at;
                "Sổ báo động bị hỏng, phát hiện lúc {at}; bản hỏng để riêng ở state/cap/{file}. Bản tin cũ nào đã phát thì nhật ký còn biết",
                "The record of alarms was damaged, as was found at {at}; it was set aside as state/cap/{file}. What has sounded the journal knows"
            ));
        }
        lines.extend(self.lost.iter().map(|lost| lost.line(station)));
        if self.alarms.is_empty() {
            lines.push(text!("Báo động từ ngoài: chưa có", "Alarms from outside: none yet"));
        }
        // What waits is told first, and all of it.
        let waits = |alarm: &&KnownCap| alarm.parts.iter().any(|part| part.asks(alarm.identity.sent, now));
        let (waiting, rest): (Vec<&KnownCap>, Vec<&KnownCap>) = self.alarms.iter().rev().partition(waits);
        for alarm in waiting.into_iter().chain(rest.into_iter().take(most)) {
            let (title, sender, came) = (shown(&alarm.title), shown(&alarm.sender), when(alarm.came));
            lines.push(text!(came = came; "{came}: «{title}» của {sender}", "{came}: \"{title}\" of {sender}"));
            if let Some(nothing) = &alarm.nothing {
                let Text { vi, en } = Text::from(nothing.clone());
                lines.push(text!("  chỉ để xem: {vi}", "  to be read only: {en}"));
            }
            lines.extend(alarm.parts.iter().map(|part| part.line(station, alarm.identity.sent, now)));
            lines.extend(alarm.parts.iter().filter_map(|part| part.unheard_line(station)));
        }
        if self.refused > 0 {
            let refused = self.refused;
            lines.push(text!(
                "Đã bỏ {refused} bản tin không được tin; nhật ký nói vì sao",
                "Dropped {refused} documents that are not believed; the journal says why"
            ));
        }
        if self.unread > 0 {
            let unread = self.unread;
            lines.push(text!(
                "{unread} bản tin ký đúng mà không đọc được, CHƯA PHÁT: hỏi nơi gửi; nhật ký nói vì sao",
                "{unread} documents were truly signed and could not be read, NOT SOUNDED: ask their senders; the journal says why"
            ));
        }
        lines
    }
}

impl FeedStanding {
    /// Whether it is a directory: that is asked nothing, and never answers.
    pub const fn is_directory(&self) -> bool {
        self.heard.is_none() && self.hindered.is_none()
    }

    /// Whether it answers, and what it has that is not read; of a directory only that.
    fn lines(&self, name: &str, station: &Station) -> Vec<Text> {
        let when = |at: Timestamp| figure::moment(Wall::from(at), &station.timezone);
        let (name, mut lines) = (shown(name), Vec::new());
        match (&self.hindered, self.heard) {
            (Some((since, words)), _) => {
                let (Text { vi, en }, since) = (Text::from(words.clone()), when(*since));
                lines.push(text!(
                    since = since;
                    "Nguồn {name}: không lấy được gì từ {since}: {vi}",
                    "Feed {name}: gives nothing since {since}: {en}"
                ));
            }
            (None, Some(at)) => {
                let at = when(at);
                lines.push(text!(at = at; "Nguồn {name}: trả lời lúc {at}", "Feed {name}: answered at {at}"));
            }
            (None, None) => {}
        }
        if self.left > 0 {
            let left = self.left;
            lines.push(text!(
                "  còn {left} bản tin trong nguồn chưa lấy: lấy dần, mới nhất trước",
                "  {left} alarms that it names are not fetched yet: some at a time, the newest first"
            ));
        }
        for (what, why) in &self.dead {
            let (what, Text { vi, en }) = (shown(what), Text::from(why.clone()));
            lines.push(if self.is_directory() {
                text!("Thư mục {name}: không đọc {what}: {vi}", "Directory {name}: {what} is not read: {en}")
            } else {
                text!("  không lấy được {what}: {vi}", "  {what} cannot be fetched: {en}")
            });
        }
        lines
    }
}

impl KnownPart {
    /// `Thôn 1, Thôn 2: CHƯA PHÁT, chờ người quyết định`.
    pub fn line(&self, station: &Station, sent: Timestamp, now: Option<Timestamp>) -> Text {
        let zones = titles(&self.zones, station);
        let deed = self.deed(sent, now);
        // The watch may not have looked at it since.
        let stage = if self.stage == CapStage::Open && deed == CapDeed::Over { CapStage::Expired } else { self.stage };
        let Text { vi, en } = match stage {
            CapStage::Open if !self.asks(sent, now) => {
                text!("chưa phát, sẽ tự phát", "not sounded yet, will sound by itself")
            }
            CapStage::Open => text!("CHƯA PHÁT, chờ người quyết định", "NOT SOUNDED, waits for a person"),
            CapStage::Ordering => text!("đang ra lệnh phát", "is being ordered"),
            CapStage::Ordered | CapStage::Settled if self.ends => text!(
                "đã ra lệnh phát, rồi nơi gửi đã hủy hoặc thay",
                "was ordered, then taken back or replaced by its sender"
            ),
            CapStage::Ordered | CapStage::Settled => text!("đã ra lệnh phát", "was ordered"),
            CapStage::Expired => text!("hết hạn, không phát", "over, not sounded"),
            CapStage::Withdrawn => {
                text!("nơi gửi đã hủy hoặc thay, không phát", "taken back or replaced by its sender, not sounded")
            }
            CapStage::Declined => text!("có người quyết định không phát", "a person decided that it does not sound"),
            CapStage::Shown => text!("chỉ để xem", "to be read only"),
        };
        let Text { vi: why_vi, en: why_en } = self.reason(sent, now);
        text!("  {zones}: {vi} ({why_vi})", "  {zones}: {en} ({why_en})")
    }

    /// Why it stands as it does: what a rule says is no reason why it does not sound.
    pub fn reason(&self, sent: Timestamp, now: Option<Timestamp>) -> Text {
        let deed = self.deed(sent, now);
        let hindered = if self.stage == CapStage::Open && deed != CapDeed::Over { deed.why() } else { None };
        let why = self.refused.clone().map(Text::from).or(hindered);
        why.unwrap_or_else(|| Text::from(self.why.clone()))
    }

    /// `không nghe được: Thôn 3 (ông Năm, 0912 345 678)`.
    pub(super) fn unheard_line(&self, station: &Station) -> Option<Text> {
        if self.unheard.is_empty() {
            return None;
        }
        let whom = |id: &String| {
            let zone = station.zones.iter().find(|zone| zone.id == *id);
            let Some(zone) = zone else { return shown(id) };
            let call: Vec<&str> =
                [zone.contact.as_str(), zone.phone.as_str()].into_iter().filter(|part| !part.is_empty()).collect();
            let title = shown(&zone.title);
            if call.is_empty() { title } else { format!("{title} ({})", call.join(", ")) }
        };
        let all = self.unheard.iter().map(whom).collect::<Vec<_>>().join("; ");
        Some(text!("  KHÔNG NGHE ĐƯỢC, cần báo bằng cách khác: {all}", "  NOT HEARD, to be told by other means: {all}"))
    }
}

/// What people call these zones.
pub(super) fn titles(zones: &[String], station: &Station) -> String {
    let title = |id: &String| {
        let zone = station.zones.iter().find(|zone| zone.id == *id);
        shown(zone.map_or(id.as_str(), |zone| &zone.title))
    };
    zones.iter().map(title).collect::<Vec<_>>().join(", ")
}
