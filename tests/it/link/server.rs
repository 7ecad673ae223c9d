//! The server of these tests itself: that it keeps what docs/fleet.md says it keeps, whoever asks.

use std::time::Duration;

use async_nats::{Client, ConnectOptions, RequestErrorKind};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::kit::nats::{Nats, Node};

const NEAR: Node<'static> =
    Node { path: "p01.c003.h00077", zones: &["vn", "vn.p01", "vn.p01.c003", "vn.p01.c003.h00077"] };
const FAR: Node<'static> = Node { path: "p01.c003.h00078", zones: &["vn", "vn.p01", "vn.p01.c003.h00078"] };
/// What is refused is not answered; what nobody serves would be, at once.
const SILENCE: Duration = Duration::from_millis(300);
const PATIENCE: Duration = Duration::from_secs(30);

async fn connect(nats: &Nats, name: &str) -> Client {
    let options = ConnectOptions::with_nkey(nats.seed(name).to_owned()).custom_inbox_prefix(format!("_INBOX.{name}"));
    options.connect(nats.address()).await.unwrap()
}

async fn ask(client: &Client, subject: &str, body: &str, within: Duration) -> Result<Vec<u8>, RequestErrorKind> {
    let request = async_nats::Request::new().payload(body.to_owned().into()).timeout(Some(within));
    let answer = client.send_request(subject.to_owned(), request).await;
    answer.map(|answer| answer.payload.to_vec()).map_err(|error| error.kind())
}

async fn stream(client: &Client, config: Value) {
    let name = config["name"].as_str().unwrap();
    let answer = ask(client, &format!("$JS.API.STREAM.CREATE.{name}"), &config.to_string(), PATIENCE).await.unwrap();
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    assert!(answer["error"].is_null(), "{answer}");
}

#[test]
fn a_box_hears_its_zones_and_writes_its_own_log_and_nothing_else_and_a_killed_server_has_it_all() {
    let Some(mut nats) = Nats::start(&[NEAR, FAR]) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let centre = connect(&nats, "dispatcher").await;
        stream(&centre, json!({ "name": "LOA_SCHED", "subjects": ["loa.sched.>"], "allow_direct": true })).await;
        stream(&centre, json!({ "name": "LOA_LOG", "subjects": ["loa.log.>"] })).await;
        for subject in ["loa.sched.vn.p01", "loa.sched.vn.p01.c003.h00078"] {
            ask(&centre, subject, "x", PATIENCE).await.unwrap();
        }
    });
    nats.kill();
    nats.restart();
    runtime.block_on(async {
        let near = connect(&nats, NEAR.path).await;
        let get = |subject: &str| format!("$JS.API.DIRECT.GET.LOA_SCHED.{subject}");
        assert_eq!(ask(&near, &get("loa.sched.vn.p01"), "", PATIENCE).await.unwrap(), b"x");
        let acknowledged = ask(&near, "loa.log.p01.c003.h00077", "rows", PATIENCE).await.unwrap();
        let acknowledged: Value = serde_json::from_slice(&acknowledged).unwrap();
        assert_eq!(acknowledged["stream"], "LOA_LOG");
        let neighbours = get("loa.sched.vn.p01.c003.h00078");
        let refused = [
            (neighbours.as_str(), ""),
            ("$JS.API.DIRECT.GET.LOA_LOG", "{\"seq\":1}"),
            ("loa.log.p01.c003.h00078", "forged"),
            ("loa.sched.vn.p01", "forged"),
            ("$JS.API.STREAM.INFO.LOA_LOG", ""),
            ("$JS.API.STREAM.DELETE.LOA_LOG", ""),
        ];
        let answers = join_all(refused.map(|(subject, body)| ask(&near, subject, body, SILENCE))).await;
        assert!(answers.iter().all(|answer| *answer == Err(RequestErrorKind::TimedOut)), "{answers:?}");
    });
}
