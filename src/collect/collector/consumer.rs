//! The consumer on the server: which one, what it has, and when another has to take its place.

use std::time::Duration;

use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, PullConsumer, pull};
use futures_util::StreamExt as _;
use loa_core::diag::{foreign, text};
use loa_core::uplink::LOG_STREAM;

use super::Collector;
use crate::CollectError;

/// A consumer that nobody has asked for so long is let go of by the server; what it held stays with the streams.
const UNUSED_MOST: Duration = Duration::from_hours(30 * 24);
/// The server says so where it cannot write a consumer down under this name any more.
const BROKEN_STORE: &str = "error creating store for consumer";
/// So often in a row it says so, and another name is taken.
const BROKEN_MOST: u32 = 3;
/// What a server may owe us at once.
const UNACKED_MOST: i64 = 10_000;

impl Collector {
    /// The consumer, made anew where the server has none; all from the beginning then, since the database knows what it has.
    pub(super) async fn consumer(&mut self) -> Result<PullConsumer, CollectError> {
        let name = if self.name == 1 { self.own.clone() } else { format!("{}-{}", self.own, self.name) };
        let seat = self.with_ledger(|ledger| ledger.seat()).await?;
        let broken = |error: String| CollectError::Stream(LOG_STREAM.to_owned(), error);
        let stream = self.js.get_stream(LOG_STREAM).await.map_err(|error| broken(error.to_string()))?;
        let config = pull::Config {
            durable_name: Some(name.clone()),
            description: Some(seat),
            inactive_threshold: UNUSED_MOST,
            ack_policy: AckPolicy::Explicit,
            deliver_policy: DeliverPolicy::All,
            ack_wait: self.settings.ack_wait,
            max_ack_pending: UNACKED_MOST,
            ..pull::Config::default()
        };
        match stream.get_or_create_consumer(&name, config).await {
            Ok(consumer) => {
                self.broken = 0;
                Ok(consumer)
            }
            Err(error) => {
                let said = error.to_string();
                if said.contains(BROKEN_STORE) {
                    self.broken += 1;
                }
                if self.broken >= BROKEN_MOST {
                    self.broken = 0;
                    self.name += 1;
                    (self.ear.say)(text!(
                        "máy chủ không ghi được nơi nhận «{name}» nữa: dùng tên tiếp theo",
                        "the server cannot keep the consumer \"{name}\" any more: the next name is taken"
                    ));
                }
                Err(broken(said))
            }
        }
    }

    /// What is there; where nothing is, wait for one.
    pub(super) async fn pull(&self, consumer: &PullConsumer) -> Result<Vec<Message>, CollectError> {
        let late = self.settings.wait + Duration::from_secs(5);
        let failed = |error: &dyn std::fmt::Display| CollectError::Messages(error.to_string());
        for is_waiting in [false, true] {
            let (wait, pull) = (self.settings.wait, self.settings.pull);
            let asked = async {
                if is_waiting {
                    return consumer.batch().max_messages(1).expires(wait).messages().await;
                }
                consumer.fetch().max_messages(pull).expires(wait).messages().await
            };
            let batch = tokio::time::timeout(late, asked).await.map_err(|error| failed(&error))?;
            let mut batch = batch.map_err(|error| failed(&error))?;
            let mut messages = Vec::new();
            loop {
                match tokio::time::timeout(late, batch.next()).await {
                    Ok(None) => break,
                    Ok(Some(Ok(message))) => messages.push(message),
                    // What has come is worked on; the next pull meets the trouble again.
                    Ok(Some(Err(_))) | Err(_) if !messages.is_empty() => break,
                    Ok(Some(Err(error))) => return Err(failed(&error)),
                    Err(error) => return Err(failed(&error)),
                }
            }
            if !messages.is_empty() {
                return Ok(messages);
            }
        }
        Ok(Vec::new())
    }

    /// Whether it points behind the end of its stream: a power cut has taken that, and what is written there now would never come.
    pub(super) async fn is_ahead(&self, consumer: &mut PullConsumer) -> Result<bool, CollectError> {
        self.standing(consumer).await.map(|(is_ahead, _)| is_ahead)
    }

    /// Whether nothing comes though there is something.
    pub(super) async fn is_stuck(&self, consumer: &mut PullConsumer) -> Result<bool, CollectError> {
        self.standing(consumer).await.map(|(is_ahead, waiting)| is_ahead || waiting > 0)
    }

    /// Whether it is ahead, and how many messages wait for it.
    async fn standing(&self, consumer: &mut PullConsumer) -> Result<(bool, u64), CollectError> {
        let broken = |error: String| CollectError::Stream(LOG_STREAM.to_owned(), error);
        let mut stream = self.js.get_stream(LOG_STREAM).await.map_err(|error| broken(error.to_string()))?;
        // First the consumer: what comes meanwhile is behind it.
        let (pulled, waiting) = {
            let info = consumer.info().await.map_err(|error| broken(error.to_string()))?;
            (info.delivered.stream_sequence, info.num_pending)
        };
        let last = stream.info().await.map_err(|error| broken(error.to_string()))?.state.last_sequence;
        Ok((pulled > last, waiting))
    }

    /// Take the consumer away, so that the next one gets all from the beginning.
    pub(super) async fn begin_anew(&self, consumer: &PullConsumer) -> Result<(), CollectError> {
        let name = consumer.cached_info().name.clone();
        (self.ear.say)(text!(
            "nơi nhận «{name}» đứng yên dù có tin, hay đứng sau chỗ luồng kết thúc: lập lại, nhận từ đầu",
            "the consumer \"{name}\" stands still though there are messages, or behind the end of its stream: it is made anew, from the beginning"
        ));
        let stream = self.js.get_stream(LOG_STREAM).await;
        let stream = stream.map_err(|error| CollectError::Stream(LOG_STREAM.to_owned(), error.to_string()))?;
        stream.delete_consumer(&name).await.map(|_| ()).map_err(|error| {
            let why = foreign(&error.to_string());
            CollectError::Stream(LOG_STREAM.to_owned(), format!("{name}: {why}"))
        })
    }
}
