use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{MissedTickBehavior, interval};

use super::spoken::{PageVoice, broken};
use crate::act;
use crate::app::App;
use crate::connections::OneConnection;
use crate::daemon::protocol::{Command, TalkNews};
use crate::daemon::receipt::{Receipt, State as ZoneState};
use crate::diag::{Text, text};
use crate::gate::{self, Who};
use crate::role::Right;
use crate::sentence::sentence;
use crate::shell;

/// The longest piece: a browser sends some hundred bytes, and after a pause some thousand.
const PIECE_MOST: usize = 64 * 1_024;
/// How often it is looked whether the phone is there.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Looks without a word from a phone that speaks: after a second and a quarter it is gone. It says that it is there each 0.4 s.
const STILL_MOST: u32 = 5;
/// The same of one that does not speak: ten minutes. It comes again when somebody presses.
const IDLE_MOST: u32 = 2_400;
/// Zones in one order.
const ZONES_MOST: usize = 1_000;

/// What a browser says.
#[derive(Debug, Deserialize)]
#[serde(tag = "does", rename_all = "lowercase", deny_unknown_fields)]
enum TalkAsk {
    /// Somebody holds the button.
    Press {
        /// Where he is to be heard.
        zones: Vec<String>,
        /// What his browser records.
        kind: String,
    },
    /// He has let go.
    Release,
    /// He has not, and nothing more is recorded: his microphone is gone.
    Lost,
    /// It is there.
    Alive,
}

/// What a browser is told.
#[derive(Debug, Serialize)]
struct TalkTold {
    /// `taken`, `refused`, `on` (out of a horn), `unheard` (out of none), `howl`, `silent`, `well`, `over`.
    talk: &'static str,
    /// Sentences for the person.
    said: Vec<String>,
}

/// The line of one phone.
pub(super) async fn open(
    State(app): State<App>,
    who: Who,
    connection: Option<Extension<OneConnection>>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let Ok(upgrade) = upgrade else {
        let why = text!("đây là đường tiếng của trang Nói trực tiếp", "this is the line of the page for speaking live");
        return shell::refused(&app, &who, &why);
    };
    // No page from elsewhere speaks with this browser's session.
    if !is_own(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let Ok(place) = app.streams().clone().try_acquire_owned() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let session = gate::token(&headers).map(str::to_owned);
    let connection = connection.map(|one| one.0);
    let line = TalkLine { app, who, session, voice: None, taken: None, _place: place, _connection: connection };
    upgrade.max_message_size(PIECE_MOST).max_frame_size(PIECE_MOST).on_upgrade(|socket| line.run(socket))
}

fn is_own(headers: &HeaderMap) -> bool {
    let of = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let origin = of(ORIGIN).and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    origin.is_some_and(|origin| of(HOST) == Some(origin))
}

struct TalkLine {
    app: App,
    who: Who,
    session: Option<String>,
    voice: Option<PageVoice>,
    /// What he was answered when he pressed last.
    taken: Option<Receipt>,
    _place: OwnedSemaphorePermit,
    _connection: Option<OneConnection>,
}

impl TalkLine {
    async fn run(mut self, mut socket: WebSocket) {
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut still = 0;
        loop {
            tokio::select! {
                message = socket.recv() => {
                    still = 0;
                    let told = match message {
                        Some(Ok(Message::Text(text))) => self.said(text.as_str()).await,
                        Some(Ok(Message::Binary(piece))) => {
                            if let Some(voice) = &mut self.voice {
                                voice.push(piece);
                            }
                            None
                        }
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => None,
                        Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                    };
                    if let Some(told) = told
                        && tell(&mut socket, &told).await.is_none()
                    {
                        break;
                    }
                }
                news = heard(&mut self.voice) => {
                    let told = self.told(news);
                    if tell(&mut socket, &told).await.is_none() {
                        break;
                    }
                }
                _ = look.tick() => {
                    still += 1;
                    let is_held = self.voice.as_ref().is_some_and(PageVoice::is_held);
                    let most = if is_held { STILL_MOST } else { IDLE_MOST };
                    if still > most {
                        break;
                    }
                }
            }
        }
        // Whoever has let go was done, and what he said before is on its way.
        if let Some(voice) = self.voice.as_mut().filter(|voice| voice.is_held()) {
            voice.fail(text!("điện thoại mất kết nối", "the phone is out of reach"));
        }
    }

    async fn said(&mut self, said: &str) -> Option<TalkTold> {
        match serde_json::from_str::<TalkAsk>(said) {
            Ok(TalkAsk::Press { zones, kind }) if self.voice.is_none() => Some(match self.press(zones, kind).await {
                Ok(told) => told,
                Err(why) => self.refused(&why),
            }),
            Ok(TalkAsk::Release) => {
                if let Some(voice) = &mut self.voice {
                    voice.release();
                }
                None
            }
            Ok(TalkAsk::Lost) => {
                if let Some(voice) = &mut self.voice {
                    voice.fail(text!("micrô ngừng đưa tiếng ra", "the microphone gives no more sound"));
                }
                None
            }
            Ok(TalkAsk::Press { .. } | TalkAsk::Alive) => None,
            Err(_) => Some(self.refused(&text!(
                "trang gửi điều đài không hiểu",
                "the page says what the station does not understand"
            ))),
        }
    }

    /// Give the order. The person is asked for again: whoever was put out since the page was opened does not speak.
    async fn press(&mut self, zones: Vec<String>, kind: String) -> Result<TalkTold, Text> {
        let now = self.app.now();
        let session = self.session.as_deref().and_then(|token| self.app.people().session(token, now).ok().flatten());
        self.who.person = session.map(|session| session.person).filter(|person| person.may(Right::Say));
        if self.who.person.is_none() {
            return Err(text!(
                "tài khoản này không nói ra loa được; xin đăng nhập lại",
                "this account may not speak; log in again"
            ));
        }
        if zones.is_empty() || zones.len() > ZONES_MOST {
            return Err(text!("xin chọn ít nhất một cụm loa", "choose at least one zone"));
        }
        let station = self.app.station();
        let zones = act::zones_of(&self.who, Right::Say, &station, zones).map_err(|undone| undone.text().clone())?;
        let command = Command::Talk { zones, by: self.who.person().name.clone() };
        let (receipt, answers) = self.app.door().begin(command).await?;
        if receipt.zones.iter().all(|zone| zone.state == ZoneState::Silent) {
            return Ok(TalkTold { talk: "refused", said: self.lines(&receipt) });
        }
        let voice = PageVoice::begin(answers, kind, self.app.clock().clone()).map_err(|error| broken(&error))?;
        self.voice = Some(voice);
        // Where he is not heard he is told at once.
        let said = if receipt.is_missing_somewhere() { self.lines(&receipt) } else { Vec::new() };
        self.taken = Some(receipt);
        Ok(TalkTold { talk: "taken", said })
    }

    /// Where he is heard, while he speaks.
    fn on_air(&self) -> Vec<String> {
        self.taken.iter().map(|receipt| receipt.on_air().get(self.who.lang).to_owned()).collect()
    }

    fn lines(&self, receipt: &Receipt) -> Vec<String> {
        receipt.lines().iter().map(|line| line.get(self.who.lang).to_owned()).collect()
    }

    fn refused(&self, why: &Text) -> TalkTold {
        TalkTold { talk: "refused", said: vec![sentence(why.get(self.who.lang))] }
    }

    fn told(&mut self, news: Option<TalkNews>) -> TalkTold {
        let (talk, said) = match news {
            Some(TalkNews::On) => {
                let is_heard = self.taken.as_ref().is_some_and(Receipt::is_heard);
                (if is_heard { "on" } else { "unheard" }, self.on_air())
            }
            Some(TalkNews::Howl) => ("howl", Vec::new()),
            Some(TalkNews::Silent) => ("silent", Vec::new()),
            Some(TalkNews::Well) => ("well", self.on_air()),
            Some(TalkNews::Over { receipt, why, .. }) => {
                self.voice = None;
                let why = why.map(|words| Text { vi: words.vi, en: words.en });
                let why = why.iter().map(|why| sentence(why.get(self.who.lang)));
                ("over", why.chain(self.lines(&receipt)).collect())
            }
            None => {
                self.voice = None;
                let why = text!("đài đã ngắt", "the station hung up");
                ("over", vec![sentence(why.get(self.who.lang))])
            }
        };
        TalkTold { talk, said }
    }
}

/// What he who speaks is told next; waits for ever where nobody speaks.
async fn heard(voice: &mut Option<PageVoice>) -> Option<TalkNews> {
    match voice {
        Some(voice) => voice.news.recv().await,
        None => std::future::pending().await,
    }
}

async fn tell(socket: &mut WebSocket, told: &TalkTold) -> Option<()> {
    let text = serde_json::to_string(told).ok()?;
    socket.send(Message::Text(text.into())).await.ok()
}
