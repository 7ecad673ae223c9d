use std::collections::BTreeMap;
use std::time::Duration;

use async_nats::jetstream::{Context, Message};
use loa_core::diag::{Text, text};
use loa_core::instant::Wall;
use loa_core::signature::Locality;
use loa_core::uplink::{LOG_STREAM, RowBatch, log_subject, sender};

use crate::hearing::said_at;
use crate::ledger::{Haul, Way};

/// What one box may lay into the stream of rows in a day, in bytes: its rows of many years. Who has its key and lays more fills the stream for
/// nobody.
const LAID_MOST: u64 = 64 << 20;
/// So long it is counted.
const DAY: Duration = Duration::from_hours(24);

/// What boxes have laid into the stream of rows, and what of it is taken out again: what is none, and what is more than any box has.
#[derive(Debug, Default)]
pub(crate) struct LaidRows {
    since: Option<Wall>,
    bytes: BTreeMap<Locality, u64>,
}

impl LaidRows {
    /// So much more has come, and is in the database. Says which stations have laid more than any box has, once a day for each such measure.
    pub(crate) fn count(&mut self, came: impl IntoIterator<Item = (Locality, usize)>, now: Wall) -> Vec<Locality> {
        if self.since.is_none_or(|since| now < since || now.after(since) > DAY) {
            (self.since, self.bytes) = (Some(now), BTreeMap::new());
        }
        let mut over = Vec::new();
        for (station, bytes) in came {
            let own = self.bytes.entry(station.clone()).or_default();
            *own += bytes as u64;
            if *own > LAID_MOST {
                *own = 0;
                over.push(station);
            }
        }
        over
    }

    /// What is said of a station that has named more journals than any box has.
    pub(crate) fn too_many() -> Text {
        text!("kể quá nhiều nhật ký, hơn bất cứ máy nào có", "it names more journals than any box has")
    }

    /// What is said of one that has laid more.
    pub(crate) fn words() -> Text {
        let most = LAID_MOST >> 20;
        text!(
            "gửi hơn {most} MB nhật ký trong một ngày: có thể ai đó dùng khóa của máy này",
            "more than {most} MB of rows in a day: somebody may use this box's key"
        )
    }
}

/// The rows of a message, and when the server had it; else under which name it came, and what is wrong with it.
pub(crate) fn haul(message: &Message, now: Wall) -> Result<Haul, (String, Text)> {
    let subject = message.subject.as_str();
    let Some(station) = sender(subject) else {
        return Err((subject.to_owned(), text!("không ghi của đài nào", "it names no station")));
    };
    let header = |name: &str| {
        message.headers.as_ref().and_then(|headers| headers.get(name)).map(async_nats::HeaderValue::as_str)
    };
    let batch = RowBatch::read(header, &message.payload).map_err(|why| (station.to_string(), why.text()))?;
    let heard = Some(said_at(message, now));
    Ok(Haul { station, epoch: batch.epoch.clone(), rows: batch.rows().collect(), way: Way::Network, heard })
}

/// Take off the stream what lies in everybody's way: messages that hold no rows, and all of a station that has laid more than any box has, as far as
/// these messages go. The one is counted and told, the other is in the database. What cannot be taken off now is passed over.
pub(crate) async fn take_off(js: &Context, rubbish: &[&Message], over: &[Locality], all: &[Message]) {
    if rubbish.is_empty() && over.is_empty() {
        return;
    }
    let Ok(stream) = js.get_stream_no_info(LOG_STREAM).await else { return };
    let number = |message: &Message| message.info().ok().map(|info| info.stream_sequence);
    for message in rubbish.iter().filter_map(|message| number(message)) {
        let _ = stream.delete_message(message).await;
    }
    let newest = all.iter().filter_map(number).max().unwrap_or(0);
    for station in over {
        let _ = stream.purge().filter(log_subject(station)).sequence(newest.saturating_add(1)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_that_lays_more_than_any_has_is_told_and_a_year_of_one_is_not() {
        let place = |written: &str| Locality::read(written).unwrap();
        let (own, other) = (place("p01.c003.h1"), place("p01.c003.h2"));
        let mut laid = LaidRows::default();
        let at = Wall::from_secs(1_796_000_000);
        assert!(laid.count([(own.clone(), 12 << 20), (other.clone(), 60 << 20)], at).is_empty());
        assert_eq!(laid.count([(own.clone(), 1 << 20), (other.clone(), 5 << 20)], at), std::slice::from_ref(&other));
        assert!(laid.count([(own, 60 << 20)], at + DAY + Duration::from_secs(1)).is_empty(), "the next day");
    }
}
