use loa_board::{AlarmAnswer, SentAlarm};
use loa_core::bundle::{AlarmPaper, CentreAlarm};
use loa_core::diag::Text;
use loa_core::signature::{Endorsed, Locality, UtcSecond};
use serde::{Deserialize, Serialize};

use crate::dispatch::{AlarmRecord, HeardRecord};

/// Letters of what a box says for people.
const SAID_MOST: usize = 500;

/// An alarm as it lies in the stream, whoever has given it: as the book has it where nobody wrote more down.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct GivenAlarm {
    /// By it boxes know it.
    pub(crate) id: String,
    /// What people call the danger.
    pub(crate) title: String,
    /// Where it was given.
    pub(crate) places: Vec<Locality>,
    /// When.
    pub(crate) made: UtcSecond,
    /// After this nobody hears it.
    pub(crate) expires: UtcSecond,
}

impl GivenAlarm {
    /// Those of a message of the stream. Whether it is truly signed is for boxes to judge; nobody but the centre writes there.
    pub(crate) fn read(said: &[u8]) -> Vec<Self> {
        let paper = Endorsed::read(said).and_then(|paper| AlarmPaper::read(&paper.text).ok());
        let Some(AlarmPaper { place, alarms, .. }) = paper else { return Vec::new() };
        let one = |CentreAlarm { id, title, made, expires, .. }| Self {
            id,
            title,
            places: vec![place.clone()],
            made,
            expires,
        };
        alarms.into_iter().map(one).collect()
    }

    /// Of the book, with who gave it. One that was taken back is over.
    pub(crate) fn of(record: &AlarmRecord) -> Self {
        let expires = record.ended.map_or(record.expires, |ended| record.expires.min(ended));
        let (id, title, places) = (record.id.clone(), record.title.clone(), record.places.clone());
        Self { id, title, places, made: record.made, expires }
    }

    /// As the board names it: its places have no country before them.
    pub(crate) fn sent(&self) -> SentAlarm {
        let bare = |place: &Locality| place.as_str().strip_prefix("vn.").and_then(Locality::read);
        SentAlarm {
            id: self.id.clone(),
            places: self.places.iter().map(|place| bare(place).unwrap_or_else(|| place.clone())).collect(),
            title: clipped(&self.title),
            made: self.made.wall(),
            expires: self.expires.wall(),
        }
    }
}

/// Heard in every zone that it was meant for; else why not, in the box's own words.
pub(crate) fn answered(record: &HeardRecord) -> AlarmAnswer {
    let heard = &record.heard;
    let silent = heard.zones.iter().filter(|zone| !zone.is_heard());
    let (mut vi, mut en) = (heard.vi.clone(), heard.en.clone());
    for zone in silent.clone() {
        let title = if zone.title.is_empty() { &zone.zone } else { &zone.title };
        let Text { vi: why, en: why_en } = zone.why();
        let join = if vi.is_empty() { "" } else { "; " };
        vi = format!("{vi}{join}{title}: {why}");
        en = format!("{en}{join}{title}: {why_en}");
    }
    let sounds = heard.fate == "ordered" && !heard.zones.is_empty() && silent.count() == 0;
    AlarmAnswer {
        alarm: clipped(&heard.alarm),
        path: record.station.clone(),
        at: record.came.wall(),
        sounds,
        fate: clipped(&heard.fate),
        vi: clipped(&vi),
        en: clipped(&en),
    }
}

fn clipped(said: &str) -> String {
    said.chars().take(SAID_MOST).collect()
}

#[cfg(test)]
mod tests {
    use loa_core::instant::Wall;
    use loa_core::uplink::{AlarmHeard, ZoneHeard};

    use super::*;

    fn zone(id: &str, state: &str) -> ZoneHeard {
        let (zone, state) = (id.to_owned(), state.to_owned());
        ZoneHeard { zone, title: String::new(), state, started: None, vi: String::new(), en: String::new() }
    }

    #[test]
    fn an_alarm_was_heard_where_it_sounds_in_every_zone_and_else_it_is_told_where_not() {
        let of = |fate: &str, zones: Vec<ZoneHeard>| {
            let heard = AlarmHeard {
                alarm: "a1".to_owned(),
                at: String::new(),
                late_seconds: 0,
                fate: fate.to_owned(),
                order: String::new(),
                zones,
                vi: String::new(),
                en: String::new(),
            };
            let station = Locality::read("p01.c003.h1").unwrap();
            let answer = answered(&HeardRecord { station, came: UtcSecond::of(Wall::from_secs(1)), heard });
            (answer.sounds, answer.vi)
        };
        assert_eq!(of("ordered", vec![zone("t1", "sounding")]), (true, String::new()));
        let bare = of("ordered", vec![zone("t1", "unheard")]);
        assert_eq!(bare, (false, "t1: phát mà không nối với loa nào".to_owned()), "nobody hears what is only counted");
        let both = vec![zone("t1", "sounding"), zone("t2", "unheard")];
        assert_eq!(of("ordered", both), (false, "t2: phát mà không nối với loa nào".to_owned()));
        assert!(!of("ordered", Vec::new()).0, "nobody has said that it sounds");
        assert!(!of("expired", vec![zone("t1", "sounding")]).0);
    }
}
