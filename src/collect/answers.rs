use std::collections::{BTreeMap, BTreeSet};

use loa_board::{AlarmAnswer, SentAlarm};
use loa_core::bundle::{AlarmPaper, CentreAlarm};
use loa_core::diag::{Text, text};
use loa_core::signature::{Locality, UtcSecond};
use serde::{Deserialize, Serialize};

use crate::dispatch::{Addressee, AlarmOutcome, AlarmRecord};
use crate::fleet::Register;
use crate::ledger::{BookKind, BookPage, Ledger, LedgerError};

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
    /// Its sound, as boxes have it.
    #[serde(default)]
    pub(crate) sound: String,
    /// How many times it is heard.
    #[serde(default)]
    pub(crate) times: u32,
    /// The tone is heard first.
    #[serde(default)]
    pub(crate) tone: bool,
    /// Where it was ended, and when: the paper of that place names it no more.
    #[serde(default)]
    pub(crate) ended: BTreeMap<Locality, UtcSecond>,
}

impl GivenAlarm {
    /// Those that hold by a paper of the stream. Whether it is truly signed is for boxes to judge; nobody but the centre writes there.
    pub(crate) fn all(paper: &AlarmPaper) -> impl Iterator<Item = Self> {
        paper.alarms.iter().map(|alarm| {
            let CentreAlarm { id, title, sound, times, tone, made, expires } = alarm.clone();
            let (places, ended) = (vec![paper.place.clone()], BTreeMap::new());
            Self { id, title, places, made, expires, sound, times, tone, ended }
        })
    }

    /// What the next paper of a place says of it. One that was made before it, or once it was over, does not name it for another reason.
    pub(crate) fn hear(&mut self, paper: &AlarmPaper) {
        let AlarmPaper { place, made, .. } = paper;
        if paper.alarms.iter().any(|alarm| alarm.id == self.id) {
            self.ended.remove(place);
            if !self.places.contains(place) {
                self.places.push(place.clone());
            }
        } else if self.places.contains(place) && (self.made..=self.expires).contains(made) {
            self.ended.entry(place.clone()).or_insert(*made);
        }
    }

    /// When it was ended in the last of its places; none while it holds in one.
    fn ended(&self) -> Option<UtcSecond> {
        let is_over = self.places.iter().all(|place| self.ended.contains_key(place));
        self.ended.values().max().copied().filter(|_| is_over)
    }

    /// Of the book, with who gave it. One that was taken back is over.
    pub(crate) fn of(record: &AlarmRecord) -> Self {
        let expires = record.ended.map_or(record.expires, |ended| record.expires.min(ended));
        let (id, title, places) = (record.id.clone(), record.title.clone(), record.places.clone());
        let (sound, times, tone) = (record.sound.clone(), record.times, record.tone);
        Self { id, title, places, made: record.made, expires, sound, times, tone, ended: BTreeMap::new() }
    }

    /// As the book would have it. Who gave it, and why, stands in no stream; whom it was meant for, in the register.
    fn record(self, register: Option<&Register>) -> AlarmRecord {
        let hears = |place: &Locality| {
            register.map_or_else(Vec::new, |register| Addressee::of(register, place.clone()).stations)
        };
        let stations: BTreeSet<Locality> = self.places.iter().flat_map(hears).collect();
        let ended = self.ended();
        let Self { id, title, places, made, expires, sound, times, tone, .. } = self;
        AlarmRecord {
            id,
            places,
            title,
            sound,
            times,
            tone,
            made,
            expires,
            ended,
            by: String::new(),
            second: String::new(),
            second_until: None,
            why: String::new(),
            signed_by: Vec::new(),
            stations: stations.into_iter().collect(),
        }
    }

    /// As the board names it: its places have no country before them.
    pub(crate) fn sent(&self) -> SentAlarm {
        let bare = |place: &Locality| place.as_str().strip_prefix("vn.").and_then(Locality::read);
        SentAlarm {
            id: self.id.clone(),
            places: self.places.iter().map(|place| bare(place).unwrap_or_else(|| place.clone())).collect(),
            title: clipped(&self.title),
            made: self.made.wall(),
            expires: self.ended().map_or(self.expires, |ended| ended.min(self.expires)).wall(),
        }
    }
}

/// Every alarm that is known of, by its id: as the book has it; those that nobody wrote down, or whose book was lost, as the stream has them. One was
/// ended where either says so.
pub(crate) fn alarms(
    ledger: &mut dyn Ledger,
    register: Option<&Register>,
) -> Result<BTreeMap<String, AlarmRecord>, LedgerError> {
    let (given, written) = (ledger.pages(BookKind::Given, "")?, ledger.pages(BookKind::Alarm, "")?);
    let given = given.iter().filter_map(BookPage::read::<GivenAlarm>).map(|given| given.record(register));
    let mut all: BTreeMap<String, AlarmRecord> = given.map(|record| (record.id.clone(), record)).collect();
    for mut record in written.iter().filter_map(BookPage::read::<AlarmRecord>) {
        record.ended = record.ended.or(all.get(&record.id).and_then(|given| given.ended));
        all.insert(record.id.clone(), record);
    }
    Ok(all)
}

/// Heard in every zone that it was meant for; else why not, as whoever looks at the centre is told. None where nothing is known.
pub(crate) fn answered(record: &AlarmRecord, path: &Locality, outcome: &AlarmOutcome) -> Option<AlarmAnswer> {
    let said = outcome.said.as_ref();
    let is_in_journal = !outcome.zones.is_empty();
    let fate = if is_in_journal { "journal" } else { said?.heard.fate.as_str() };
    let sounds = outcome.is_heard();
    let Text { vi, en } = if sounds { text!("", "") } else { outcome.text(false) };
    Some(AlarmAnswer {
        alarm: clipped(&record.id),
        path: path.clone(),
        at: said.map_or(record.made, |said| said.came).wall(),
        sounds,
        fate: clipped(fate),
        vi: clipped(&vi),
        en: clipped(&en),
    })
}

fn clipped(said: &str) -> String {
    said.chars().take(SAID_MOST).collect()
}

#[cfg(test)]
mod tests {
    use loa_core::bundle::FORMAT;
    use loa_core::instant::Wall;
    use loa_core::uplink::{AlarmHeard, ZoneHeard};

    use super::*;
    use crate::dispatch::HeardRecord;

    fn zone(id: &str, state: &str) -> ZoneHeard {
        let (zone, state) = (id.to_owned(), state.to_owned());
        ZoneHeard {
            zone,
            title: String::new(),
            state,
            started: None,
            same_as: String::new(),
            vi: String::new(),
            en: String::new(),
        }
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
            let at = UtcSecond::of(Wall::from_secs(1));
            let (id, title, sound) = ("a1".to_owned(), "Lũ".to_owned(), "lu".to_owned());
            let (places, ended) = (Vec::new(), BTreeMap::new());
            let given = GivenAlarm { id, title, places, made: at, expires: at, sound, times: 1, tone: false, ended };
            let said = Some(HeardRecord { station: station.clone(), came: at, heard });
            let outcome = AlarmOutcome { said, ..AlarmOutcome::default() };
            let answer = answered(&given.record(None), &station, &outcome).unwrap();
            (answer.sounds, answer.vi)
        };
        assert_eq!(of("ordered", vec![zone("t1", "sounding")]), (true, String::new()));
        let bare = of("ordered", vec![zone("t1", "unheard")]);
        let words = "đã nhận, KHÔNG AI NGHE; t1: phát mà không nối với loa nào";
        assert_eq!(bare, (false, words.to_owned()), "nobody hears what is only counted");
        let both = vec![zone("t1", "sounding"), zone("t2", "unheard")];
        let (sounds, why) = of("ordered", both);
        assert!(!sounds && why == "đang kêu ở 1 cụm loa; t2: phát mà không nối với loa nào", "{why}");
        assert!(!of("ordered", Vec::new()).0, "nobody has said that it sounds");
        assert!(!of("expired", vec![zone("t1", "sounding")]).0);
    }

    #[test]
    fn an_alarm_is_ended_once_the_newest_paper_of_each_of_its_places_names_it_no_more() {
        let at = |seconds| UtcSecond::of(Wall::from_secs(1_796_000_000 + seconds));
        let alarm = CentreAlarm {
            id: "a1".to_owned(),
            title: "Lũ".to_owned(),
            sound: "lu".to_owned(),
            times: 1,
            tone: false,
            made: at(0),
            expires: at(600),
        };
        let paper = |place: &str, made: i64, alarms: &[CentreAlarm]| AlarmPaper {
            format: FORMAT,
            kind: "alarms".to_owned(),
            place: Locality::read(place).unwrap(),
            version: 1,
            made: at(made),
            alarms: alarms.to_vec(),
        };
        let (one, other) = ("vn.p01.c003", "vn.p01.c004");
        let holds = std::slice::from_ref(&alarm);
        let mut given = GivenAlarm::all(&paper(one, 0, holds)).next().unwrap();
        given.hear(&paper(other, 0, holds));
        // Of before it was given, of another place, and of when it was over by itself.
        for said in [paper(one, -5, &[]), paper("vn.p01", 30, &[]), paper(other, 601, &[])] {
            given.hear(&said);
        }
        assert_eq!((given.places.len(), given.ended()), (2, None));
        given.hear(&paper(one, 60, &[]));
        assert_eq!(given.ended(), None, "it holds in the other place");
        given.hear(&paper(other, 90, &[]));
        given.hear(&paper(other, 120, &[]));
        assert_eq!((given.ended(), given.sent().expires), (Some(at(90)), at(90).wall()));
        assert_eq!(given.clone().record(None).ended, Some(at(90)));
        given.hear(&paper(other, 120, holds));
        assert_eq!(given.ended(), None, "its end went to a server that lost it");
    }
}
