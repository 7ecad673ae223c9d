//! What stands at the other end: streams as docs/fleet.md has them, schedules and alarms to send, and a collector in its
//! simplest form.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_nats::{Client, ConnectOptions};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use futures_util::StreamExt as _;
use loa::digest::sha256;
use loa::uplink::{Collected, RowBatch, Watermark};
use serde_json::{Value, json};

use crate::kit::nats::Nats;

const PATIENCE: Duration = Duration::from_secs(30);
/// As a centre stores sounds.
pub(super) const CHUNK: usize = 16 * 1024;

/// The centre: speaks as the dispatcher, on a runtime of its own.
pub(super) struct Centre {
    runtime: tokio::runtime::Runtime,
    client: Client,
    heard: Arc<Mutex<Vec<Value>>>,
}

impl Centre {
    /// With its streams made.
    pub(super) fn begin(nats: &Nats) -> Self {
        let centre = Self::again(nats);
        for (name, subjects, more) in [
            ("LOA_SCHED", json!(["loa.sched.>"]), json!({ "max_msgs_per_subject": 5, "deny_delete": true })),
            ("LOA_EM", json!(["loa.em.>"]), json!({ "max_msgs_per_subject": 8 })),
            ("OBJ_AUDIO", json!(["$O.AUDIO.C.>", "$O.AUDIO.M.>"]), json!({ "allow_rollup_hdrs": true })),
            ("LOA_LOG", json!(["loa.log.>"]), json!({ "discard": "new" })),
            ("LOA_WM", json!(["loa.wm.>"]), json!({ "max_msgs_per_subject": 1 })),
        ] {
            let mut config = json!({ "name": name, "subjects": subjects, "allow_direct": true });
            for (key, value) in more.as_object().unwrap() {
                config[key] = value.clone();
            }
            let answer = centre.api(&format!("STREAM.CREATE.{name}"), &config);
            assert!(answer["error"].is_null(), "{answer}");
        }
        centre
    }

    /// The same on a server that has them, as one of [`Nats::CENTRE`].
    pub(super) fn again(nats: &Nats) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let heard: Arc<Mutex<Vec<Value>>> = Arc::default();
        let options = ConnectOptions::with_nkey(nats.seed("dispatcher").to_owned())
            .reconnect_delay_callback(|_| Duration::from_millis(50));
        let client = runtime.block_on(options.connect(nats.address())).unwrap();
        let (listener, own) = (client.clone(), heard.clone());
        let mut answers = runtime.block_on(async move { listener.subscribe("loa.ack.>").await }).unwrap();
        runtime.spawn(async move {
            while let Some(message) = answers.next().await {
                let said = serde_json::from_slice(&message.payload).unwrap();
                own.lock().unwrap_or_else(PoisonError::into_inner).push(said);
            }
        });
        runtime.block_on(client.flush()).unwrap();
        Self { runtime, client, heard }
    }

    /// What boxes have said of alarms.
    pub(super) fn heard(&self) -> Vec<Value> {
        // The connection lives only while somebody waits for it.
        self.runtime.block_on(async { tokio::time::sleep(Duration::from_millis(50)).await });
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Store it.
    pub(super) fn publish(&self, subject: &str, bytes: impl Into<Vec<u8>>) {
        let answer = self.ask(subject, bytes.into());
        assert!(answer["error"].is_null() && answer["stream"].is_string(), "{subject}: {answer}");
    }

    /// What somebody with the stolen key of a box can do to the others on his server: let the server's word about his own
    /// rows go to the place where they listen.
    pub(super) fn misdirect(nats: &Nats, thief: &str, to: &str) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let options = ConnectOptions::with_nkey(nats.seed(thief).to_owned());
            let client = options.connect(nats.address()).await.unwrap();
            let own = format!("loa.log.{thief}");
            client.publish_with_reply(own, to.to_owned(), "{}".into()).await.unwrap();
            client.flush().await.unwrap();
            client.drain().await.unwrap();
        });
    }

    /// A sound as the centre has it: so many of its chunks, from one on.
    pub(super) fn store_sound(&self, bytes: &[u8], from: usize, count: usize) {
        let name = sha256(bytes);
        let nuid = &name[..22];
        for chunk in bytes.chunks(CHUNK).skip(from).take(count) {
            self.publish(&format!("$O.AUDIO.C.{nuid}"), chunk);
        }
        let about = json!({ "name": name, "bucket": "AUDIO", "nuid": nuid, "size": bytes.len(), "chunks": bytes.len().div_ceil(CHUNK) });
        self.publish(&format!("$O.AUDIO.M.{}", URL_SAFE.encode(&name)), about.to_string());
    }

    /// Take away all chunks of a sound that are there.
    pub(super) fn drop_chunks(&self, bytes: &[u8]) {
        let filter = format!("$O.AUDIO.C.{}", &sha256(bytes)[..22]);
        let answer = self.api("STREAM.PURGE.OBJ_AUDIO", &json!({ "filter": filter }));
        assert_eq!(answer["success"], true, "{answer}");
    }

    /// The number of the last message with rows that the server has stored.
    pub(super) fn stored_rows(&self) -> u64 {
        self.api("STREAM.INFO.LOA_LOG", &json!({}))["state"]["last_seq"].as_u64().unwrap()
    }

    /// Let the stream of rows hold so many bytes; -1: as many as come.
    pub(super) fn limit_rows(&self, bytes: i64) {
        let config = json!({
            "name": "LOA_LOG", "subjects": ["loa.log.>"], "allow_direct": true, "discard": "new", "max_bytes": bytes,
        });
        let answer = self.api("STREAM.UPDATE.LOA_LOG", &config);
        assert!(answer["error"].is_null(), "{answer}");
    }

    /// Forget all rows that came, as a server that was not synced does in a power cut.
    pub(super) fn forget_rows(&self) {
        assert_eq!(self.api("STREAM.PURGE.LOA_LOG", &json!({}))["success"], true);
    }

    /// Read what lies in the stream into the database, and publish how far it has come.
    pub(super) fn collect(&self, path: &str, from: &mut u64, database: &mut Collected) {
        loop {
            let get = json!({ "seq": *from + 1, "next_by_subj": format!("loa.log.{path}") });
            let get = get.to_string().into_bytes();
            let request = self.client.request("$JS.API.DIRECT.GET.LOA_LOG", get.into());
            let Ok(answer) = self.runtime.block_on(request) else { return };
            let Some(headers) = &answer.headers else { return };
            let header = |name: &str| headers.get(name).map(async_nats::HeaderValue::as_str);
            let Some(sequence) = header("Nats-Sequence").and_then(|number| number.parse().ok()) else { return };
            *from = sequence;
            let batch = RowBatch::read(header, &answer.payload).unwrap();
            let rows = batch.rows().map(|row| row.mark().expect("a row that loa wrote"));
            let arrived = database.take(rows);
            assert!(arrived.others.is_empty(), "{arrived:?}");
            let (row, hash) = (database.watermark(), batch.head.clone());
            let hash = if row == batch.last() { hash } else { String::new() };
            let mark = Watermark { epoch: batch.epoch, row, hash };
            self.publish(&format!("loa.wm.{path}"), mark.line());
        }
    }

    fn api(&self, call: &str, body: &Value) -> Value {
        self.ask(&format!("$JS.API.{call}"), body.to_string().into_bytes())
    }

    fn ask(&self, subject: &str, body: Vec<u8>) -> Value {
        let request = async_nats::Request::new().payload(body.into()).timeout(Some(PATIENCE));
        let answer = self.runtime.block_on(self.client.send_request(subject.to_owned(), request)).unwrap();
        serde_json::from_slice(&answer.payload).unwrap()
    }
}
