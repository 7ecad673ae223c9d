use std::collections::BTreeMap;
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::stream::{Config, DiscardPolicy, Info, StorageType};
use futures_util::future::join_all;
use loa_core::uplink::{LOG_STREAM, WATERMARK_STREAM};

use crate::CollectError;

const DAY: Duration = Duration::from_hours(24);
/// What the stream of rows may hold: ninety days of three thousand boxes with sixty rows a day, each sent alone, of 800 bytes: thirteen
/// billion. What was collected lies there for its ninety days too. A full one refuses, and the boxes keep their rows.
const LOG_BYTES: i64 = 16 << 30;
/// What one message of rows may hold, in bytes: four times what a box sends.
const ROWS_BYTES: i32 = 256 << 10;
/// Sounds.
const AUDIO_BYTES: i64 = 8 << 30;
/// Servers of 2.15 allow a thousand consumers; here nobody needs more than a few, and each box that made one would cost all.
const CONSUMERS: i32 = 16;

/// Sounds, as an object store has them.
pub(crate) const SOUNDS: &str = "OBJ_AUDIO";
/// Heartbeats.
pub(crate) const PULSES: &str = "LOA_HB";
/// What became of alarms: for whoever looks later than it was said.
pub(crate) const ANSWERS: &str = "LOA_ACK";
/// What becomes of an alarm is told a few times by each box.
const ANSWERS_MOST: i64 = 64;
const ANSWER_BYTES: i64 = 64 << 20;

/// The streams of a province, as `docs/fleet.md` has them.
pub(crate) fn wanted(province: &str, replicas: usize) -> Vec<Config> {
    let stream = |name: &str, subjects: &[String]| Config {
        name: name.to_owned(),
        subjects: subjects.to_vec(),
        storage: StorageType::File,
        num_replicas: replicas,
        ..Config::default()
    };
    vec![
        Config {
            max_messages_per_subject: 5,
            deny_delete: true,
            allow_direct: true,
            ..stream("LOA_SCHED", &["loa.sched.>".to_owned()])
        },
        Config {
            max_messages_per_subject: 8,
            max_age: DAY,
            allow_direct: true,
            ..stream("LOA_EM", &[format!("loa.em.vn.{province}"), format!("loa.em.vn.{province}.>")])
        },
        Config {
            discard: DiscardPolicy::New,
            allow_rollup: true,
            allow_direct: true,
            max_bytes: AUDIO_BYTES,
            ..stream(SOUNDS, &["$O.AUDIO.C.>".to_owned(), "$O.AUDIO.M.>".to_owned()])
        },
        Config {
            max_age: 90 * DAY,
            max_bytes: LOG_BYTES,
            discard: DiscardPolicy::New,
            duplicate_window: Duration::from_mins(2),
            max_consumers: CONSUMERS,
            // A box sends 64 KiB at a time.
            max_message_size: ROWS_BYTES,
            ..stream(LOG_STREAM, &[format!("loa.log.{province}.>")])
        },
        Config {
            max_messages_per_subject: 1,
            allow_direct: true,
            ..stream(WATERMARK_STREAM, &[format!("loa.wm.{province}.>")])
        },
        Config {
            storage: StorageType::Memory,
            num_replicas: 1,
            max_messages_per_subject: 1,
            max_age: Duration::from_hours(1),
            ..stream(PULSES, &[format!("loa.hb.{province}.>")])
        },
        Config {
            storage: StorageType::Memory,
            num_replicas: 1,
            max_messages_per_subject: ANSWERS_MOST,
            max_bytes: ANSWER_BYTES,
            max_age: DAY,
            ..stream(ANSWERS, &[format!("loa.ack.{province}.>")])
        },
    ]
}

/// What is known of the streams.
pub(crate) struct StreamsSeen {
    /// The number of the newest message of each that answered: it only rises while a stream lives.
    pub(crate) last: BTreeMap<String, u64>,
    /// Of a hundred, how full those are that take nothing over their limit.
    pub(crate) filled: BTreeMap<String, u8>,
    /// Why one of the others cannot be had.
    pub(crate) missing: Option<CollectError>,
}

/// Make those that are not there. One that is there stays as it is. All are asked at once: where servers choose who leads, each may take its time.
pub(crate) async fn ensure(js: &Context, province: &str, replicas: usize) -> StreamsSeen {
    let asked = wanted(province, replicas).into_iter().map(async |config| {
        let name = config.name.clone();
        let stream = js.get_or_create_stream(config).await;
        (name, stream.map(|stream| (stream.cached_info().state.last_sequence, filled(stream.cached_info()))))
    });
    let mut seen = StreamsSeen { last: BTreeMap::new(), filled: BTreeMap::new(), missing: None };
    for (name, stream) in join_all(asked).await {
        match stream {
            Ok((last, percent)) => {
                seen.filled.extend(percent.map(|percent| (name.clone(), percent)));
                seen.last.insert(name, last);
            }
            Err(error) => seen.missing = Some(CollectError::Stream(name, error.to_string())),
        }
    }
    seen
}

/// Of a hundred, how full a stream is; none where it has no limit, or lets the oldest go for what is new.
fn filled(info: &Info) -> Option<u8> {
    let most = u64::try_from(info.config.max_bytes).ok().filter(|most| *most > 0)?;
    let percent = u8::try_from(info.state.bytes.saturating_mul(100) / most).unwrap_or(100);
    (info.config.discard == DiscardPolicy::New).then_some(percent.min(100))
}
