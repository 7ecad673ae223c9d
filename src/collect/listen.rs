use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_nats::Client;
use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use async_nats::jetstream::{self, Message};
use futures_util::StreamExt as _;
use loa_board::{AlarmAnswer, SentAlarm};
use loa_core::instant::Wall;
use loa_core::signature::{Endorsed, Locality, UtcSecond};
use loa_core::uplink::{ALARM_STREAM, AlarmHeard, Pulse};
use serde::Deserialize;

use crate::streams::{ANSWERS, PULSES};
use crate::watch;

/// After a stream was lost.
const AGAIN: Duration = Duration::from_secs(5);
/// Boxes whose words are kept until somebody takes them.
const PULSES_MOST: usize = 200_000;
/// Answers, and alarms, that are kept so long.
const ANSWERS_MOST: usize = 100_000;
const SENT_MOST: usize = 1_000;
/// A box's word, and a paper of sixteen alarms.
const WORD_MOST: usize = 64 * 1024;
/// Letters of what a box says for people.
const SAID_MOST: usize = 500;

/// What boxes have said of themselves, and the centre to them, since somebody last took it.
#[derive(Debug, Default)]
pub(crate) struct BoxWords {
    pub(crate) pulses: BTreeMap<Locality, (Pulse, Wall)>,
    pub(crate) answers: Vec<AlarmAnswer>,
    pub(crate) sent: Vec<SentAlarm>,
}

/// Where boxes' words lie until the board takes them.
#[derive(Clone, Debug, Default)]
pub struct WordBox(Arc<Mutex<BoxWords>>);

/// A paper of alarms, as far as the board names them. Whether it is truly signed is for boxes to judge; nobody but the centre writes there.
#[derive(Deserialize)]
struct AlarmPaper {
    place: String,
    alarms: Vec<PaperAlarm>,
}

#[derive(Deserialize)]
struct PaperAlarm {
    id: String,
    title: String,
    made: UtcSecond,
    expires: UtcSecond,
}

impl WordBox {
    fn open(&self) -> MutexGuard<'_, BoxWords> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All of it.
    pub(crate) fn take(&self) -> BoxWords {
        std::mem::take(&mut *self.open())
    }

    /// What could not be written down is there again; what came meanwhile is newer.
    pub(crate) fn put_back(&self, words: BoxWords) {
        let mut own = self.open();
        for (place, pulse) in words.pulses {
            own.pulses.entry(place).or_insert(pulse);
        }
        let newer = std::mem::take(&mut own.answers);
        own.answers = words.answers.into_iter().chain(newer).take(ANSWERS_MOST).collect();
        own.sent.extend(words.sent);
        own.sent.truncate(SENT_MOST);
    }

    /// Listen for ever: to what lies in the streams, and to what comes.
    pub async fn listen(self, client: Client) {
        let js = jetstream::new(client);
        tokio::join!(
            self.follow(&js, (PULSES, "loa.hb.>"), DeliverPolicy::LastPerSubject, Self::pulse),
            self.follow(&js, (ALARM_STREAM, "loa.em.>"), DeliverPolicy::All, Self::alarm),
            self.follow(&js, (ANSWERS, "loa.ack.>"), DeliverPolicy::All, Self::answer),
        );
    }

    async fn follow(
        &self,
        js: &jetstream::Context,
        (stream, filter): (&str, &str),
        deliver_policy: DeliverPolicy,
        each: fn(&Self, &Locality, &[u8], Wall),
    ) {
        loop {
            // A stream that is not there yet, or no more, is looked for again.
            if let Ok(stream) = js.get_stream(stream).await {
                // The last word of each subject is given to whoever names the subjects.
                let filter_subject = filter.to_owned();
                let config = pull::OrderedConfig { deliver_policy, filter_subject, ..pull::OrderedConfig::default() };
                if let Ok(consumer) = stream.create_consumer(config).await
                    && let Ok(mut messages) = consumer.messages().await
                {
                    while let Some(Ok(message)) = messages.next().await {
                        if let Some(place) = place(&message)
                            && message.payload.len() <= WORD_MOST
                        {
                            each(self, &place, &message.payload, came(&message));
                        }
                    }
                }
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    fn pulse(&self, place: &Locality, said: &[u8], came: Wall) {
        let Ok(pulse) = serde_json::from_slice::<Pulse>(said) else { return };
        let mut own = self.open();
        if own.pulses.len() < PULSES_MOST || own.pulses.contains_key(place) {
            own.pulses.insert(place.clone(), (pulse, came));
        }
    }

    fn answer(&self, place: &Locality, said: &[u8], came: Wall) {
        let Ok(heard) = serde_json::from_slice::<AlarmHeard>(said) else { return };
        let mut own = self.open();
        if own.answers.len() < ANSWERS_MOST {
            own.answers.push(answered(place, &heard, came));
        }
    }

    fn alarm(&self, _: &Locality, said: &[u8], _: Wall) {
        let Some(paper) = Endorsed::read(said) else { return };
        let Ok(paper) = serde_json::from_str::<AlarmPaper>(&paper.text) else { return };
        // The board's places have no country before them.
        let written = paper.place.strip_prefix("vn.").unwrap_or(&paper.place);
        let Some(place) = Locality::read(written) else { return };
        let mut own = self.open();
        for PaperAlarm { id, title, made, expires } in paper.alarms {
            if own.sent.len() < SENT_MOST {
                let (title, made, expires) = (clipped(&title), made.wall(), expires.wall());
                own.sent.push(SentAlarm { id, place: place.clone(), title, made, expires });
            }
        }
    }
}

/// Heard in every zone that it was meant for; else why not, in the box's own words.
fn answered(place: &Locality, heard: &AlarmHeard, at: Wall) -> AlarmAnswer {
    // A station without any horn is being tried out, and counts like one that sounds.
    let is_tried = heard.zones.iter().all(|zone| zone.state == "unheard");
    let silent = heard.zones.iter().filter(|zone| match zone.state.as_str() {
        "sounding" | "sounded" => false,
        "unheard" => !is_tried,
        _ => true,
    });
    let (mut vi, mut en) = (heard.vi.clone(), heard.en.clone());
    for zone in silent.clone() {
        let title = if zone.title.is_empty() { &zone.zone } else { &zone.title };
        let (why, why_en) = match (zone.state.as_str(), zone.vi.is_empty()) {
            (_, false) => (zone.vi.as_str(), zone.en.as_str()),
            ("unheard", _) => ("phát mà không nối với loa nào", "plays where there is no horn"),
            ("waits" | "accepted", _) => ("đang chờ tới lượt", "waits for its turn"),
            _ => ("không kêu", "does not sound"),
        };
        let join = if vi.is_empty() { "" } else { "; " };
        vi = format!("{vi}{join}{title}: {why}");
        en = format!("{en}{join}{title}: {why_en}");
    }
    let sounds = heard.fate == "ordered" && !heard.zones.is_empty() && silent.count() == 0;
    AlarmAnswer {
        alarm: clipped(&heard.alarm),
        path: place.clone(),
        at,
        sounds,
        fate: clipped(&heard.fate),
        vi: clipped(&vi),
        en: clipped(&en),
    }
}

fn clipped(said: &str) -> String {
    said.chars().take(SAID_MOST).collect()
}

/// The place that a subject names: what stands behind `loa.hb.`, `loa.em.`, `loa.ack.`.
fn place(message: &Message) -> Option<Locality> {
    Locality::read(message.subject.as_str().splitn(3, '.').nth(2)?)
}

/// When the server got it.
fn came(message: &Message) -> Wall {
    let published = message.info().ok().map(|info| info.published.unix_timestamp());
    published.map_or_else(watch::now, |at| Wall::from_secs(at).min(watch::now()))
}

#[cfg(test)]
mod tests {
    use loa_core::uplink::ZoneHeard;

    use super::*;

    fn zone(id: &str, state: &str) -> ZoneHeard {
        let (zone, state) = (id.to_owned(), state.to_owned());
        ZoneHeard { zone, title: String::new(), state, started: None, vi: String::new(), en: String::new() }
    }

    #[test]
    fn an_alarm_was_heard_where_it_sounds_in_every_zone_and_else_it_is_told_where_not() {
        let place = Locality::read("p01.c003.h1").unwrap();
        let heard = |fate: &str, zones: Vec<ZoneHeard>| AlarmHeard {
            alarm: "a1".to_owned(),
            at: String::new(),
            late_seconds: 0,
            fate: fate.to_owned(),
            order: String::new(),
            zones,
            vi: String::new(),
            en: String::new(),
        };
        let of = |heard: &AlarmHeard| {
            let answer = answered(&place, heard, Wall::from_secs(1));
            (answer.sounds, answer.vi)
        };
        assert_eq!(of(&heard("ordered", vec![zone("t1", "sounding")])), (true, String::new()));
        assert!(of(&heard("ordered", vec![zone("t1", "unheard")])).0, "without any horn: it is being tried out");
        let both = heard("ordered", vec![zone("t1", "sounding"), zone("t2", "unheard")]);
        assert_eq!(of(&both), (false, "t2: phát mà không nối với loa nào".to_owned()));
        assert!(!of(&heard("ordered", Vec::new())).0, "nobody has said that it sounds");
        assert!(!of(&heard("expired", vec![zone("t1", "sounding")])).0);
    }
}
