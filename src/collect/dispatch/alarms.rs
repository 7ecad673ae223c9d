use jiff::tz::TimeZone;
use loa_core::bundle::{AlarmPaper, CentreAlarm, Endorsed, FORMAT};
use loa_core::diag::{Text, figure, shown, shown_whole, text};
use loa_core::instant::Wall;
use loa_core::signature::{Locality, UtcSecond};
use loa_core::uplink::{AlarmHeard, ZoneHeard};
use serde::{Deserialize, Serialize};

use super::{CentreTrust, DispatchError};

/// An alarm of the centre, as the book has it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AlarmRecord {
    /// By it boxes know it.
    pub id: String,
    /// Where it was given.
    pub places: Vec<Locality>,
    /// What people call the danger.
    pub title: String,
    /// Its sound, as boxes have it.
    pub sound: String,
    /// How many times it is heard.
    pub times: u32,
    /// The tone is heard first.
    pub tone: bool,
    /// When it was given.
    pub made: UtcSecond,
    /// After this nobody hears it.
    pub expires: UtcSecond,
    /// When it was taken back; none where it was not.
    pub ended: Option<UtcSecond>,
    /// Who gave it.
    pub by: String,
    /// The second person; empty where there is none yet.
    #[serde(default)]
    pub second: String,
    /// Somebody has to stand by it until then: one person alone gave it to a whole commune.
    #[serde(default)]
    pub second_until: Option<UtcSecond>,
    /// Why; and why alone, where two persons are asked for.
    pub why: String,
    /// Whose signatures count.
    pub signed_by: Vec<String>,
    /// The boxes that it was meant for, by their paths.
    pub stations: Vec<Locality>,
}

/// What a box has said of an alarm, as the book has it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HeardRecord {
    /// The box, by its path.
    pub station: Locality,
    /// When it came here.
    pub came: UtcSecond,
    /// What it said.
    #[serde(flatten)]
    pub heard: AlarmHeard,
}

impl HeardRecord {
    /// Its id in the book.
    pub fn page_id(&self) -> String {
        format!("{} {}", self.heard.alarm, self.station)
    }

    /// A zone of it sounds, or has sounded, where somebody hears it. That samples are counted somewhere is not enough.
    pub fn is_sounding(&self) -> bool {
        self.heard.fate == "ordered" && self.heard.zones.iter().any(ZoneHeard::is_heard)
    }

    /// For whoever waits: what became of it there.
    pub fn text(&self) -> Text {
        let heard = &self.heard;
        let late = heard.late_seconds / 60;
        let late =
            if late >= 5 { text!(" (đến muộn {late} phút)", " ({late} minutes late)") } else { text!("", "") };
        match heard.fate.as_str() {
            "ordered" if self.is_sounding() => {
                let on = heard.zones.iter().filter(|zone| zone.is_heard()).count();
                let silent: Vec<&ZoneHeard> = heard.zones.iter().filter(|zone| !zone.is_heard()).collect();
                let Text { vi, en } = zones(&silent);
                let joined = heard.zones.iter().filter(|zone| zone.is_heard() && !zone.same_as.is_empty()).count();
                let same = if joined == 0 {
                    text!("", "")
                } else {
                    text!(
                        "; {joined} cụm loa đang kêu cùng báo động ấy từ trước, không kêu thêm",
                        "; zones where the same alarm sounds already, and nothing is added: {joined}"
                    )
                };
                text!(
                    late = late, same = same;
                    "đang kêu ở {on} cụm loa{late}{same}{vi}",
                    "sounds in zones: {on}{late}{same}{en}"
                )
            }
            "ordered" => {
                let all: Vec<&ZoneHeard> = heard.zones.iter().collect();
                let Text { vi, en } = zones(&all);
                if all.iter().any(|zone| zone.is_unheard()) {
                    return text!(
                        late = late;
                        "đã nhận, KHÔNG AI NGHE{late}{vi}",
                        "received, NOBODY HEARS IT{late}{en}"
                    );
                }
                text!(late = late; "đã nhận, chưa kêu{late}{vi}", "received, does not sound yet{late}{en}")
            }
            "expired" => text!("đến khi đã hết hạn, không phát", "came when it was over and was not sounded"),
            _ => {
                let (vi, en) = (shown_whole(&heard.vi), shown_whole(&heard.en));
                text!("không phát được: {vi}", "not sounded: {en}")
            }
        }
    }
}

/// Those that do not sound, and why.
fn zones(silent: &[&ZoneHeard]) -> Text {
    let each = |why: &dyn Fn(Text) -> String| {
        let title = |zone: &ZoneHeard| shown(if zone.title.is_empty() { &zone.zone } else { &zone.title });
        let said = silent.iter().map(|zone| format!("; {}: {}", title(zone), shown_whole(&why(zone.why()))));
        said.collect::<String>()
    };
    Text { vi: each(&|why| why.vi), en: each(&|why| why.en) }
}

/// What is to change in the alarms of a place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AlarmChange {
    /// One more holds.
    Give(CentreAlarm),
    /// One holds no more.
    End(String),
}

/// The next paper of a place: all alarms that hold there after the change. What is over is left out; the number rises whatever the clock says.
/// Refused where the same alarm holds already, which is said, and where one that is to end does not hold there.
pub fn change_alarms(
    lying: Option<&AlarmPaper>,
    place: &Locality,
    change: &AlarmChange,
    is_again: bool,
    now: Wall,
    tz: &TimeZone,
) -> Result<AlarmPaper, DispatchError> {
    let now = UtcSecond::of(now);
    let held = lying.into_iter().flat_map(|paper| &paper.alarms).filter(|alarm| alarm.expires >= now);
    let mut alarms: Vec<CentreAlarm> = held.cloned().collect();
    match change {
        AlarmChange::Give(alarm) => {
            let is_same = |known: &&CentreAlarm| known.sound == alarm.sound && known.title == alarm.title;
            if let Some(known) = alarms.iter().find(is_same).filter(|_| !is_again) {
                let (title, id) = (shown(&known.title), &known.id);
                let (made, until) = (figure::moment(known.made.wall(), tz), figure::moment(known.expires.wall(), tz));
                return Err(DispatchError::Refused(text!(
                    made = made, until = until;
                    "{place} đang có báo động «{title}» (số {id}), phát lúc {made}, còn đến {until}: đài đã nhận sẽ không phát hai lần. Muốn phát thêm một lần nữa thì thêm --again",
                    "the alarm \"{title}\" ({id}) holds in {place} since {made} until {until}: stations that have had it sound it once. To have it sounded once more, add --again"
                )));
            }
            alarms.push(alarm.clone());
        }
        AlarmChange::End(id) => {
            let before = alarms.len();
            alarms.retain(|alarm| alarm.id != *id);
            if alarms.len() == before {
                let id = shown(id);
                return Err(DispatchError::Refused(text!(
                    "báo động số {id} không còn hiệu lực ở {place}: đã kết thúc hay hết hạn",
                    "the alarm {id} does not hold in {place} any more: it was ended, or is over"
                )));
            }
        }
    }
    let seconds = u64::try_from(now.seconds()).unwrap_or(0);
    let version = lying.map_or(0, |paper| paper.version).saturating_add(1).max(seconds);
    let paper =
        AlarmPaper { format: FORMAT, kind: "alarms".to_owned(), place: place.clone(), version, made: now, alarms };
    let written = serde_json::to_string(&paper).unwrap_or_default();
    AlarmPaper::read(&written).map_err(|_| {
        DispatchError::Refused(text!(
            "báo động không lập được: tên và bản ghi dưới 200 byte, phát 1 đến 20 lần, hết hạn trong 24 giờ, không quá 16 báo động cùng lúc ở một nơi",
            "the alarm cannot be made: title and sound under 200 bytes, sounded 1 to 20 times, over within 24 hours, no more than 16 of one place at a time"
        ))
    })
}

/// Whether boxes of a place will believe a signed paper; whose signatures count.
pub fn admit_paper(
    trust: &CentreTrust,
    paper: &Endorsed,
    place: &Locality,
    lying: Option<&(u64, String)>,
    now: Wall,
    tz: &TimeZone,
) -> Result<Vec<String>, DispatchError> {
    let title = text!("báo động", "the alarm");
    let refused = |why| CentreTrust::refusal(&title.vi, &why, tz);
    let trusted = trust.trusted_at(place, None).map_err(refused)?;
    let admitted = trusted.admit_alarms(&trust.roots_at(place), paper, place, Some(now), lying);
    Ok(admitted.map_err(refused)?.by.into_iter().map(|(_, name)| name).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_796_000_000;

    fn at(seconds: i64) -> Wall {
        Wall::from_secs(NOW + seconds)
    }

    fn alarm(id: &str, title: &str, from: i64, until: i64) -> CentreAlarm {
        CentreAlarm {
            id: id.to_owned(),
            title: title.to_owned(),
            sound: "canh-bao-lu".to_owned(),
            times: 3,
            tone: true,
            made: UtcSecond::of(at(from)),
            expires: UtcSecond::of(at(until)),
        }
    }

    fn change(
        lying: Option<&AlarmPaper>,
        change: &AlarmChange,
        again: bool,
        now: i64,
    ) -> Result<AlarmPaper, DispatchError> {
        let place = Locality::read("vn.p01.c003").unwrap();
        change_alarms(lying, &place, change, again, at(now), &TimeZone::UTC)
    }

    fn ids(paper: &AlarmPaper) -> Vec<&str> {
        paper.alarms.iter().map(|alarm| alarm.id.as_str()).collect()
    }

    #[test]
    fn a_paper_says_all_that_holds_and_its_number_rises_whatever_the_clock_says() {
        let one = change(None, &AlarmChange::Give(alarm("a", "Lũ", 0, 600)), false, 0).unwrap();
        assert_eq!((one.version, ids(&one)), (NOW as u64, vec!["a"]));
        // The clock was set back.
        let two = change(Some(&one), &AlarmChange::Give(alarm("b", "Bão", -50, 900)), false, -50).unwrap();
        assert_eq!((two.version, ids(&two)), (NOW as u64 + 1, vec!["a", "b"]));
        let three = change(Some(&two), &AlarmChange::End("a".to_owned()), false, 10).unwrap();
        assert_eq!(ids(&three), ["b"]);
        // What is over is said no more.
        let four = change(Some(&two), &AlarmChange::Give(alarm("c", "Cháy", 700, 900)), false, 700).unwrap();
        assert_eq!(ids(&four), ["b", "c"]);
        let none = change(Some(&three), &AlarmChange::End("b".to_owned()), false, 20).unwrap();
        assert!(none.alarms.is_empty() && none.version > three.version);
    }

    #[test]
    fn the_same_alarm_twice_says_so_and_one_that_is_over_cannot_be_ended() {
        let one = change(None, &AlarmChange::Give(alarm("a", "Lũ", 0, 600)), false, 0).unwrap();
        let twice = change(Some(&one), &AlarmChange::Give(alarm("b", "Lũ", 5, 600)), false, 5);
        assert!(twice.unwrap_err().text().vi.contains("đang có báo động «Lũ» (số a)"));
        assert!(change(Some(&one), &AlarmChange::Give(alarm("b", "Lũ", 5, 600)), true, 5).is_ok());
        assert!(change(Some(&one), &AlarmChange::Give(alarm("b", "Lũ", 700, 900)), false, 700).is_ok());
        for (id, now) in [("x", 5), ("a", 601)] {
            assert!(change(Some(&one), &AlarmChange::End(id.to_owned()), false, now).is_err(), "{id} {now}");
        }
        // Longer than a day.
        assert!(change(None, &AlarmChange::Give(alarm("a", "Lũ", 0, 90_000)), false, 0).is_err());
        // One id twice.
        assert!(change(Some(&one), &AlarmChange::Give(alarm("a", "Bão", 0, 60)), true, 0).is_err());
    }
}
