use std::path::Path;
use std::time::Duration;

use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::DirectGetErrorKind;
use async_nats::jetstream::{self, Context};
use async_nats::{Client, Subscriber};
use futures_util::StreamExt as _;
use loa_core::instant::Wall;
use loa_core::uplink::ALARM_STREAM;
use serde::Deserialize;

use super::DispatchError;
use crate::fleet::connect_options;

/// A server far away may take that long.
const ANSWER_MOST: Duration = Duration::from_secs(10);

/// What time it is is asked before an alarm is given: nobody waits for it longer.
const TIME_MOST: Duration = Duration::from_secs(3);

/// When a server has answered, as it says itself.
#[derive(Deserialize)]
struct Answered {
    #[serde(default)]
    ts: Option<jiff::Timestamp>,
}

/// The connection by which the centre sends.
#[derive(Clone)]
pub struct Dispatcher {
    client: Client,
    js: Context,
}

/// What lies in a stream under a subject, the newest.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredMessage {
    /// Its number in the stream.
    pub sequence: u64,
    /// What it says.
    pub payload: Vec<u8>,
}

/// Why something was not stored.
#[derive(Debug)]
pub enum PutError {
    /// Something else lies there by now.
    Changed,
    /// It went out, and no server has said that it keeps it: who listens may have it all the same, and nobody else.
    Unstored(String),
    /// No server, or it refuses.
    Link(String),
}

impl From<PutError> for DispatchError {
    fn from(error: PutError) -> Self {
        match error {
            PutError::Changed => Self::Link("it changes all the time".to_owned()),
            PutError::Unstored(why) => Self::Unstored(why),
            PutError::Link(why) => Self::Link(why),
        }
    }
}

fn link(error: &dyn std::fmt::Display) -> DispatchError {
    DispatchError::Link(error.to_string())
}

impl Dispatcher {
    /// Connect to the first of the servers that answers; at once or not at all: somebody waits.
    pub async fn connect(servers: &[String], credentials: &str, ca: Option<&Path>) -> Result<Self, DispatchError> {
        let options = connect_options(credentials, ca).map_err(|error| DispatchError::Unset(error.text()))?;
        Self::with(servers, options).await
    }

    /// The same with options of one's own.
    pub async fn with(servers: &[String], options: async_nats::ConnectOptions) -> Result<Self, DispatchError> {
        let connecting = tokio::time::timeout(2 * ANSWER_MOST, options.connect(servers));
        let client = connecting.await.map_err(|error| link(&error))?.map_err(|error| link(&error))?;
        let mut js = jetstream::new(client.clone());
        js.set_timeout(ANSWER_MOST);
        Ok(Self { client, js })
    }

    /// What time it is at the server; none where it does not say.
    pub(super) async fn time(&self) -> Option<Wall> {
        let asked = self.js.request(format!("STREAM.INFO.{ALARM_STREAM}"), &());
        let answered: Answered = tokio::time::timeout(TIME_MOST, asked).await.ok()?.ok()?;
        answered.ts.map(Wall::from)
    }

    /// The newest under a subject; none where nothing lies there.
    pub async fn newest(&self, stream: &str, subject: &str) -> Result<Option<StoredMessage>, DispatchError> {
        let stream = self.js.get_stream_no_info(stream).await.map_err(|error| link(&error))?;
        match stream.direct_get_last_for_subject(subject).await {
            Ok(message) => Ok(Some(StoredMessage { sequence: message.sequence, payload: message.payload.to_vec() })),
            Err(error) if matches!(error.kind(), DirectGetErrorKind::NotFound) => Ok(None),
            Err(error) => Err(link(&error)),
        }
    }

    /// Store it where the newest under this subject is still `after` (0: where nothing lies there). Returns its number.
    pub async fn put(&self, subject: &str, payload: Vec<u8>, after: u64) -> Result<u64, PutError> {
        let message = PublishMessage::build().payload(payload.into()).expected_last_subject_sequence(after);
        self.publish(subject, message).await
    }

    /// Store it in the place of all that lie under this subject.
    pub(super) async fn put_alone(&self, subject: &str, payload: Vec<u8>) -> Result<u64, PutError> {
        let message = PublishMessage::build().payload(payload.into()).header("Nats-Rollup", "sub");
        self.publish(subject, message).await
    }

    async fn publish(&self, subject: &str, message: PublishMessage) -> Result<u64, PutError> {
        let failed = |error: async_nats::jetstream::context::PublishError| match error.kind() {
            PublishErrorKind::WrongLastSequence => PutError::Changed,
            PublishErrorKind::TimedOut | PublishErrorKind::Other => PutError::Unstored(error.to_string()),
            _ => PutError::Link(error.to_string()),
        };
        let sent = self.js.send_publish(subject.to_owned(), message).await.map_err(failed)?;
        let stored = sent.await.map_err(failed)?;
        Ok(stored.sequence)
    }

    /// How many messages lie under one subject.
    pub(super) async fn count(&self, stream: &str, subject: &str) -> Result<u64, DispatchError> {
        let stream = self.js.get_stream_no_info(stream).await.map_err(|error| link(&error))?;
        let mut subjects = stream.info_with_subjects(subject).await.map_err(|error| link(&error))?;
        match subjects.next().await {
            None => Ok(0),
            Some(Ok((_, count))) => Ok(count as u64),
            Some(Err(error)) => Err(link(&error)),
        }
    }

    /// Take away all that lies under one subject.
    pub async fn clear(&self, stream: &str, subject: &str) -> Result<(), DispatchError> {
        let stream = self.js.get_stream_no_info(stream).await.map_err(|error| link(&error))?;
        stream.purge().filter(subject).await.map(|_| ()).map_err(|error| link(&error))
    }

    /// Listen from now on.
    pub async fn listen(&self, subject: &str) -> Result<AlarmAnswers, DispatchError> {
        let subscriber = self.client.subscribe(subject.to_owned()).await.map_err(|error| link(&error))?;
        tokio::time::timeout(ANSWER_MOST, self.client.flush())
            .await
            .map_err(|error| link(&error))?
            .map_err(|error| link(&error))?;
        Ok(AlarmAnswers(subscriber))
    }
}

/// What is heard under a subject.
pub struct AlarmAnswers(Subscriber);

impl AlarmAnswers {
    /// The next: under which subject, and what; none where the connection has ended.
    pub async fn next(&mut self) -> Option<(String, Vec<u8>)> {
        self.0.next().await.map(|message| (message.subject.to_string(), message.payload.to_vec()))
    }
}
