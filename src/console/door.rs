//! The way to the daemon: orders over its socket, and its status as it changes. A daemon that is not there is no
//! failure of the page: it says so.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::clock::Clock;
use crate::daemon::protocol::{Command, Reply};
use crate::daemon::receipt::Receipt;
use crate::diag::{Text, text};
use crate::instant::Mono;
use crate::site::{SocketAddress, connect_socket};
use crate::status::Status;

/// The daemon answers in milliseconds, an order after two seconds at most; one that has not by now hangs.
const PATIENCE: Duration = Duration::from_secs(10);

/// A status of thousands of zones is under this.
const REPLY_MOST: u64 = 16 << 20;

/// How long until a daemon that was not there is looked for again.
const AGAIN: Duration = Duration::from_secs(1);

/// A daemon that is watched says something every five seconds; one that has not by now hangs.
const SILENCE_MOST: Duration = Duration::from_secs(75);

/// What was heard so long ago is no word of how it stands now.
const OLD: Duration = Duration::from_secs(15);

/// The daemon's socket, and how the station last stood.
#[derive(Clone)]
pub(super) struct Door {
    socket: PathBuf,
    status: watch::Receiver<Option<Arc<Status>>>,
    heard: Heard,
}

/// When the daemon was heard last.
type Heard = Arc<Mutex<Option<Mono>>>;

/// How old what the daemon said is by now.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Age(pub(super) Duration);

impl Age {
    /// Nobody can tell by it how the station stands now.
    pub(super) fn is_old(self) -> bool {
        self.0 > OLD
    }

    /// The same in milliseconds.
    pub(super) fn millis(self) -> u64 {
        u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX)
    }
}

impl Door {
    /// Begin to watch the daemon behind `socket`, as long as somebody holds the door.
    pub(super) fn open(socket: PathBuf, clock: Arc<dyn Clock>) -> Self {
        let (tell, status) = watch::channel(None);
        let heard = Heard::default();
        tokio::spawn(watch_over(socket.clone(), tell, clock, heard.clone()));
        Self { socket, status, heard }
    }

    /// How long ago the daemon was heard: nought where it does not answer at all, which is told otherwise.
    pub(super) fn age(&self, now: Mono) -> Age {
        let heard = *self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let heard = heard.filter(|_| self.status.borrow().is_some());
        Age(heard.map_or(Duration::ZERO, |heard| now.after(heard)))
    }

    /// How the station stands, where the daemon was heard a moment ago.
    pub(super) fn fresh(&self, now: Mono) -> Option<Arc<Status>> {
        self.status().filter(|_| !self.age(now).is_old())
    }

    /// How the station stands; none while the daemon does not answer.
    pub(super) fn status(&self) -> Option<Arc<Status>> {
        self.status.borrow().clone()
    }

    /// The same, to wait for changes.
    pub(super) fn watch(&self) -> watch::Receiver<Option<Arc<Status>>> {
        self.status.clone()
    }

    /// Give an order, and hear what became of it in each zone.
    pub(super) async fn order(&self, command: &Command) -> Result<Receipt, Text> {
        let answer = self.ask(command).await?;
        serde_json::from_value(answer).map_err(|_| unclear())
    }

    /// Say one thing to the daemon and return its answer, or why it refused.
    pub(super) async fn ask(&self, command: &Command) -> Result<Value, Text> {
        let line = timeout(PATIENCE, converse(&self.socket, command)).await;
        read(&line.map_err(|_| unclear())?.map_err(|error| unreached(&error))?)
    }

    /// Say what is to be written down, and whether the daemon took it; why not is of no use to anybody then.
    pub(super) async fn tell(&self, command: &Command) -> Telling {
        let line = timeout(PATIENCE, converse(&self.socket, command)).await;
        match line.map(|line| line.map(|line| serde_json::from_str(&line))) {
            Ok(Ok(Ok(Reply::Done { .. }))) => Telling::Taken,
            Ok(Ok(Ok(Reply::Refused { .. }))) => Telling::Refused,
            _ => Telling::Unanswered,
        }
    }

    /// Give an order that goes on: what came of it, and the conversation as it stands.
    pub(super) async fn begin(
        &self,
        command: Command,
    ) -> Result<(Receipt, io::BufReader<std::os::unix::net::UnixStream>), Text> {
        let socket = self.socket.clone();
        let begun = tokio::task::spawn_blocking(move || begin(&socket, &command)).await;
        let (line, answers) = begun.map_err(|_| unclear())?.map_err(|error| unreached(&error))?;
        let receipt = serde_json::from_value(read(&line)?).map_err(|_| unclear())?;
        Ok((receipt, answers))
    }
}

/// What became of something that the daemon was told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Telling {
    /// It is written down.
    Taken,
    /// Not this, and not now.
    Refused,
    /// Nobody knows.
    Unanswered,
}

fn read(line: &str) -> Result<Value, Text> {
    match serde_json::from_str(line).map_err(|_| unclear())? {
        Reply::Done { status } => Ok(status),
        Reply::Refused { vi, en, .. } => Err(Text { vi, en }),
    }
}

fn unreached(error: &io::Error) -> Text {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => text!(
            "đài không chạy nên không nhận lệnh; báo người quản trị khởi động lại loa",
            "the station is not running and takes no orders; tell the administrator to start loa"
        ),
        io::ErrorKind::PermissionDenied => text!(
            "trang này không có quyền ra lệnh cho đài; báo người quản trị: tài khoản chạy trang phải ở trong nhóm loa",
            "this page may not give orders to the station; tell the administrator: its account must be in the group loa"
        ),
        _ => unclear(),
    }
}

fn begin(socket: &Path, command: &Command) -> io::Result<(String, io::BufReader<std::os::unix::net::UnixStream>)> {
    use std::io::{BufRead as _, Read as _, Write as _};
    let stream = connect_socket(socket)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut line = serde_json::to_string(command)?;
    line.push('\n');
    (&stream).write_all(line.as_bytes())?;
    let mut answers = io::BufReader::new(stream);
    let mut answer = String::new();
    (&mut answers).take(REPLY_MOST).read_line(&mut answer)?;
    answers.get_ref().set_read_timeout(None)?;
    Ok((answer, answers))
}

/// Whether an order that failed so may have been taken all the same.
pub(super) fn is_unclear(why: &Text) -> bool {
    *why == unclear()
}

/// Nobody here knows what the daemon has done.
fn unclear() -> Text {
    text!(
        "đài chưa trả lời; xem lại trang Hôm nay trước khi bấm lần nữa",
        "the station has not answered; look at Today before trying again"
    )
}

async fn converse(socket: &Path, command: &Command) -> std::io::Result<String> {
    let mut stream = UnixStream::connect(SocketAddress::of(socket).path()).await?;
    let mut line = serde_json::to_string(command)?;
    line.push('\n');
    stream.write_all(line.as_bytes()).await?;
    let mut answer = String::new();
    BufReader::new(stream.take(REPLY_MOST)).read_line(&mut answer).await?;
    Ok(answer)
}

async fn watch_over(socket: PathBuf, tell: watch::Sender<Option<Arc<Status>>>, clock: Arc<dyn Clock>, heard: Heard) {
    while !tell.is_closed() {
        // However it ends, the daemon does not answer any more.
        let _ = listen(&socket, &tell, &*clock, &heard).await;
        tell.send_if_modified(|known| known.take().is_some());
        tokio::select! {
            () = tokio::time::sleep(AGAIN) => {}
            () = tell.closed() => {}
        }
    }
}

async fn listen(
    socket: &Path,
    tell: &watch::Sender<Option<Arc<Status>>>,
    clock: &dyn Clock,
    heard: &Heard,
) -> std::io::Result<()> {
    let mut stream = UnixStream::connect(SocketAddress::of(socket).path()).await?;
    let mut line = serde_json::to_string(&Command::Watch)?;
    line.push('\n');
    stream.write_all(line.as_bytes()).await?;
    let mut answers = BufReader::new(stream);
    loop {
        line.clear();
        let mut within = (&mut answers).take(REPLY_MOST);
        let read = within.read_line(&mut line);
        let read = tokio::select! {
            read = timeout(SILENCE_MOST, read) => read,
            () = tell.closed() => return Ok(()),
        };
        if read.map_err(|_| std::io::ErrorKind::TimedOut)?? == 0 {
            return Ok(());
        }
        let Ok(Reply::Done { status }) = serde_json::from_str(&line) else { return Ok(()) };
        let Ok(status) = serde_json::from_value::<Status>(status) else { return Ok(()) };
        *heard.lock().unwrap_or_else(PoisonError::into_inner) = Some(clock.mono());
        tell.send_replace(Some(Arc::new(status)));
    }
}
