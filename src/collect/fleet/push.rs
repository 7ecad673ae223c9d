use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_nats::{ConnectOptions, Event};
use loa_core::diag::{Text, foreign, shown, text};
use loa_core::instant::Wall;
use loa_core::signature::UtcSecond;
use serde_json::Value;

use super::{FleetError, token};

/// A server far away may take that long.
const ANSWER_MOST: Duration = Duration::from_secs(10);
/// What a server holds is in its memory.
const LOOKUP_MOST: Duration = Duration::from_secs(3);

/// How to connect with these credentials, believing this authority where there is one.
pub fn connect_options(credentials: &str, authority: Option<&Path>) -> Result<ConnectOptions, FleetError> {
    let options = ConnectOptions::with_credentials(credentials).map_err(|_| FleetError::Key)?;
    let options =
        options.connection_timeout(ANSWER_MOST).ping_interval(Duration::from_secs(20)).ignore_discovered_servers();
    Ok(match authority {
        Some(path) => options.add_root_certificates(path.to_owned()).require_tls(true),
        None => options,
    })
}

/// The same, saying at once which server could not be reached and why, once for each change, and when one can be again.
pub fn telling(options: ConnectOptions, say: &Arc<dyn Fn(Text) + Send + Sync>) -> ConnectOptions {
    let said: Arc<Mutex<BTreeMap<String, String>>> = Arc::default();
    let (on_event, on_failure, known) = (Arc::clone(say), Arc::clone(say), Arc::clone(&said));
    options
        .event_callback(move |event| {
            let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
            match event {
                Event::Connected if !known.is_empty() => {
                    known.clear();
                    on_event(text!("đã nối được máy chủ", "connected to a server"));
                }
                Event::Disconnected => {
                    known.insert(String::new(), String::new());
                    on_event(text!(
                        "mất kết nối với máy chủ, đang nối lại",
                        "the connection to the server is gone; it is made again"
                    ));
                }
                _ => {}
            }
            std::future::ready(())
        })
        // Called before each round of attempts, with what became of the last one.
        .reconnect_to_server_callback(move |servers, _| {
            let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
            for server in servers {
                let Some(why) = server.last_error else { continue };
                let address = format!("{}:{}", server.addr.host(), server.addr.port());
                if said.insert(address.clone(), why.clone()).is_none_or(|before| before != why) {
                    let (address, why) = (shown(&address), foreign(&why));
                    on_failure(text!(
                        why = why;
                        "không nối được máy chủ {address}: {why}",
                        "the server {address} cannot be reached: {why}"
                    ));
                }
            }
            std::future::ready(None)
        })
}

/// What the servers hold as revoked now, by these accounts' papers; nothing of a server that cannot be reached or does not say.
pub async fn revoked_at(
    servers: &[String],
    credentials: &str,
    authority: Option<&Path>,
    papers: &[(String, String)],
) -> Result<BTreeMap<String, UtcSecond>, FleetError> {
    let mut revoked = BTreeMap::new();
    for server in servers {
        let options = connect_options(credentials, authority)?;
        let Ok(Ok(client)) = tokio::time::timeout(ANSWER_MOST, options.connect(server)).await else { continue };
        for (account, _) in papers {
            let asked = client.request(format!("$SYS.REQ.ACCOUNT.{account}.CLAIMS.LOOKUP"), "".into());
            let Ok(Ok(answer)) = tokio::time::timeout(LOOKUP_MOST, asked).await else { continue };
            for (key, since) in token::revocations(&String::from_utf8_lossy(&answer.payload)) {
                let since = UtcSecond::of(Wall::from_secs(since));
                let known = revoked.entry(key).or_insert(since);
                *known = since.max(*known);
            }
        }
    }
    Ok(revoked)
}

/// Which servers have the papers now.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Pushed {
    /// Those that have said so.
    pub taken: Vec<String>,
    /// Those that could not be reached, or refused: why.
    pub left: Vec<(String, String)>,
}

/// Give the accounts' papers to each of the servers; they cut whom the papers shut out. An error where none has taken them.
pub async fn push(
    servers: &[String],
    credentials: &str,
    authority: Option<&Path>,
    papers: &[(String, String)],
) -> Result<Pushed, FleetError> {
    let mut pushed = Pushed::default();
    for server in servers {
        match push_to(server, credentials, authority, papers).await {
            Ok(()) => pushed.taken.push(server.clone()),
            Err(FleetError::Push(why)) => pushed.left.push((server.clone(), why)),
            Err(error) => return Err(error),
        }
    }
    if pushed.taken.is_empty() {
        let whys: Vec<String> = pushed.left.into_iter().map(|(server, why)| format!("{server}: {why}")).collect();
        return Err(FleetError::Push(whys.join("; ")));
    }
    Ok(pushed)
}

async fn push_to(
    server: &str,
    credentials: &str,
    authority: Option<&Path>,
    papers: &[(String, String)],
) -> Result<(), FleetError> {
    let failed = |error: &dyn std::fmt::Display| FleetError::Push(error.to_string());
    let options = connect_options(credentials, authority)?;
    let connecting = tokio::time::timeout(ANSWER_MOST, options.connect(server));
    let client = connecting.await.map_err(|error| failed(&error))?.map_err(|error| failed(&error))?;
    for (_, paper) in papers {
        let asked = client.request("$SYS.REQ.CLAIMS.UPDATE", paper.clone().into());
        let answer = tokio::time::timeout(ANSWER_MOST, asked).await.map_err(|error| failed(&error))?;
        let answer = answer.map_err(|error| failed(&error))?;
        let said: Value = serde_json::from_slice(&answer.payload).unwrap_or_default();
        if said["data"]["code"] != 200 {
            return Err(failed(&said["error"]["description"].as_str().unwrap_or("refused")));
        }
    }
    Ok(())
}
