use std::path::Path;
use std::time::Duration;

use async_nats::header::HeaderMap;
use async_nats::{Client, ConnectOptions, Event, Request, RequestErrorKind, StatusCode, Subscriber};
use futures_util::StreamExt as _;
use tokio::sync::watch;

use super::authority::{encryption, known_time};
use super::centre_link::CentreLink;
use super::chance::chance;
use super::hindrance::LinkHindrance;
use super::pace::LinkPace;
use crate::diag::{Text, shown, system, text};
use crate::site::{self, ReadRefused};

/// A file of credentials is under a kilobyte.
pub(super) const CREDENTIALS_MOST: u64 = 64 * 1024;
/// What waits to be read of one subject: a letter is a megabyte at most, and the newest is fetched anyway.
const WAITING_MOST: usize = 16;

/// The connection to the servers of the centre; there is one, whichever of them it leads to now.
pub(super) struct Centre {
    client: Client,
    up: watch::Receiver<LinkState>,
    hindrance: watch::Sender<Option<LinkHindrance>>,
}

/// Whether there is a connection, and how many there have been.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct LinkState {
    pub(super) is_up: bool,
    pub(super) times: u64,
}

/// What came back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct CentreAnswer {
    pub(super) payload: Vec<u8>,
    /// Where it lies in its stream, if it lies in one.
    pub(super) sequence: Option<u64>,
}

/// Why nothing came back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum NoAnswer {
    /// There is no connection.
    Down,
    /// Nobody answers: it is not allowed, or slower than it may be.
    Silent,
    /// There is none.
    Absent,
}

/// Why there can be no link, whatever the servers do.
#[derive(Debug)]
pub enum Unlinked {
    /// The file of credentials cannot be read.
    Credentials(String, ReadRefused),
    /// It holds none.
    NoCredentials(String),
    /// The certificate by which the servers are known cannot be read.
    Authority(String, ReadRefused),
    /// It is none.
    NoAuthority(String),
    /// The client refused.
    Client(String),
    /// There is one already.
    Runs,
    /// It cannot keep what it has to remember.
    Disk(std::io::Error),
}

impl Unlinked {
    /// Why, and what to do; without its full stop.
    pub fn text(&self) -> Text {
        match self {
            Self::Credentials(path, why) => {
                let (path, Text { vi, en }) = (shown(path), why.text());
                text!(
                    "không đọc được giấy vào mạng «{path}» ghi ở [link] credentials: {vi}",
                    "the credentials \"{path}\" that [link] names cannot be read: {en}"
                )
            }
            Self::NoCredentials(path) => {
                let path = shown(path);
                text!(
                    "«{path}» không phải giấy vào mạng của loa: chép lại tệp mà trung tâm đã cấp cho đài này",
                    "\"{path}\" holds no credentials: copy the file again that the centre issued to this station"
                )
            }
            Self::Authority(path, why) => {
                let (path, Text { vi, en }) = (shown(path), why.text());
                text!(
                    "không đọc được chứng nhận của trung tâm «{path}» ghi ở [link] ca: {vi}",
                    "the centre's certificate \"{path}\" that [link] ca names cannot be read: {en}"
                )
            }
            Self::NoAuthority(path) => {
                let path = shown(path);
                text!(
                    "«{path}» ghi ở [link] ca không phải chứng nhận: chép lại tệp mà trung tâm đã giao",
                    "\"{path}\" that [link] ca names is no certificate: copy the file again that the centre gave out"
                )
            }
            Self::Runs => text!(
                "đường về trung tâm của đài này đang chạy rồi; xem: loa link --status",
                "the link of this station runs already; see: loa link --status"
            ),
            Self::Disk(error) => {
                let Text { vi, en } = system(error);
                text!("không ghi được vào state/link: {vi}", "state/link cannot be written: {en}")
            }
            Self::Client(why) => {
                let why = shown(why);
                text!("không mở được đường về trung tâm: {why}", "the link to the centre cannot be opened: {why}")
            }
        }
    }
}

impl Unlinked {
    /// What `loa link --status` says of it; none where another link of this station does well.
    pub(super) const fn hindrance(&self) -> Option<LinkHindrance> {
        match self {
            Self::Credentials(..) | Self::NoCredentials(_) => Some(LinkHindrance::NoCredentials),
            Self::Authority(..) | Self::NoAuthority(_) => Some(LinkHindrance::NoAuthority),
            Self::Client(_) => Some(LinkHindrance::Unreachable),
            Self::Runs | Self::Disk(_) => None,
        }
    }
}

impl Centre {
    /// Begin to connect, in the background and for ever: a centre that is not there is the usual case of a village.
    pub(super) async fn open(link: &CentreLink) -> Result<Self, Unlinked> {
        let (settings, dir, path, pace) = (&link.station.link, link.site.dir(), link.address.path.as_str(), link.pace);
        let (tell, up) = watch::channel(LinkState::default());
        let (hindrance, _) = watch::channel(None);
        let (on_event, on_failure, own) = (hindrance.clone(), hindrance.clone(), path.to_owned());
        let mut options = credentials(&dir.join(&settings.credentials))?
            .name(format!("loa {path}"))
            .custom_inbox_prefix(format!("_INBOX.{path}"))
            .retry_on_initial_connect()
            .max_reconnects(None)
            .retain_servers_order()
            .ignore_discovered_servers()
            .ping_interval(pace.ping)
            .connection_timeout(pace.connect)
            .request_timeout(Some(pace.answer))
            .subscription_capacity(WAITING_MOST)
            .reconnect_delay_callback(move |attempts| pause(pace, attempts))
            .event_callback(move |event| {
                match event {
                    Event::Connected => {
                        tell.send_modify(|state| {
                            *state = LinkState { is_up: true, times: state.times + 1 };
                        });
                        // Who is let in and may say nothing has no contact: an answer alone ends that.
                        on_event.send_if_modified(|why| {
                            let is_over = why.is_some_and(|why| why != LinkHindrance::OtherPlace);
                            if is_over {
                                *why = None;
                            }
                            is_over
                        });
                    }
                    Event::Disconnected | Event::Closed => tell.send_modify(|state| state.is_up = false),
                    Event::ServerError(error) if LinkHindrance::is_other_place(&error.to_string(), &own) => {
                        on_event.send_replace(Some(LinkHindrance::OtherPlace));
                    }
                    _ => {}
                }
                std::future::ready(())
            })
            // Called before each round of attempts, with what became of the last one. Which server comes next is left as it is.
            .reconnect_to_server_callback(move |servers, _| {
                let said = servers.iter().filter_map(|server| server.last_error.as_deref());
                if let Some(why) = said.map(LinkHindrance::of).min() {
                    on_failure.send_replace(Some(why));
                }
                std::future::ready(None)
            });
        if let Some(ca) = &settings.ca {
            let ca = dir.join(ca);
            let name = ca.display().to_string();
            let pem = site::read(&ca, CREDENTIALS_MOST).map_err(|why| Unlinked::Authority(name.clone(), why))?;
            let encryption = encryption(&pem, known_time(link)).ok_or(Unlinked::NoAuthority(name))?;
            options = options.require_tls(true).tls_client_config(encryption);
        }
        let client = options.connect(settings.servers.as_slice()).await;
        let client = client.map_err(|error| Unlinked::Client(error.to_string()))?;
        Ok(Self { client, up, hindrance })
    }

    /// Why there is no contact, to wait for changes.
    pub(super) fn hindered(&self) -> watch::Receiver<Option<LinkHindrance>> {
        self.hindrance.subscribe()
    }

    /// An answer has come: nothing hinders any more.
    pub(super) fn answered(&self) {
        self.hindrance.send_if_modified(|why| why.take().is_some());
    }

    /// Whether the centre lets this box in and lets it say nothing.
    pub(super) fn is_denied(&self) -> bool {
        *self.hindrance.borrow() == Some(LinkHindrance::OtherPlace)
    }

    /// Whether there is a connection, to wait for changes.
    pub(super) fn up(&self) -> watch::Receiver<LinkState> {
        self.up.clone()
    }

    /// Ask, and wait for the answer. Nothing is kept for later where there is no connection: it would come late.
    pub(super) async fn ask(
        &self,
        subject: String,
        headers: &[(&'static str, String)],
        payload: Vec<u8>,
        within: Duration,
    ) -> Result<CentreAnswer, NoAnswer> {
        if !self.up.borrow().is_up {
            return Err(NoAnswer::Down);
        }
        let mut request = Request::new().payload(payload.into()).timeout(Some(within));
        if !headers.is_empty() {
            request = request.headers(header_map(headers));
        }
        let answer = self.client.send_request(subject, request).await.map_err(|error| match error.kind() {
            RequestErrorKind::NoResponders => NoAnswer::Absent,
            _ => NoAnswer::Silent,
        })?;
        match answer.status {
            None | Some(StatusCode::OK) => {}
            Some(_) => return Err(NoAnswer::Absent),
        }
        let header = |name: &str| answer.headers.as_ref()?.get(name)?.as_str().parse().ok();
        Ok(CentreAnswer { sequence: header("Nats-Sequence"), payload: answer.payload.to_vec() })
    }

    /// Say something that nobody answers, where there is a connection.
    pub(super) async fn say(&self, subject: String, payload: String) {
        if self.up.borrow().is_up {
            // What cannot be said now is said by the next one, or by the journal.
            let _ = self.client.publish(subject, payload.into()).await;
        }
    }

    /// Listen to a subject, over every connection to come.
    pub(super) async fn listen(&self, subject: String) -> Result<Listening, Unlinked> {
        let subscriber = self.client.subscribe(subject).await;
        Ok(Listening(subscriber.map_err(|error| Unlinked::Client(error.to_string()))?))
    }
}

/// What comes under one subject.
pub(super) struct Listening(Subscriber);

impl Listening {
    /// The next message; none where the client has ended.
    pub(super) async fn next(&mut self) -> Option<Vec<u8>> {
        self.0.next().await.map(|message| message.payload.to_vec())
    }
}

/// Soon at first, since another server may be there; then spread, so that a server that comes back is not run down.
fn pause(pace: LinkPace, attempts: usize) -> Duration {
    let share = f64::from(u8::try_from(attempts.min(6)).unwrap_or(6)) / 6.0;
    pace.spread.mul_f64(share * chance())
}

fn header_map(headers: &[(&'static str, String)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(*name, value.as_str());
    }
    map
}

/// A user's token and key, as a centre with accounts issues them; or the seed of a key alone, as a single server knows it.
pub(super) fn credentials(path: &Path) -> Result<ConnectOptions, Unlinked> {
    let name = path.display().to_string();
    let bytes = site::read(path, CREDENTIALS_MOST).map_err(|why| Unlinked::Credentials(name.clone(), why))?;
    let text = String::from_utf8(bytes).map_err(|_| Unlinked::NoCredentials(name.clone()))?;
    if text.contains("BEGIN NATS USER JWT") {
        return ConnectOptions::with_credentials(&text).map_err(|_| Unlinked::NoCredentials(name));
    }
    let seed = text.trim();
    if seed.starts_with("SU") && seed.len() == 58 && seed.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(ConnectOptions::with_nkey(seed.to_owned()));
    }
    Err(Unlinked::NoCredentials(name))
}
