//! The other end of the socket, for processes that wait for more than one thing at a time: one command, one answer.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::time::timeout;

use super::protocol::{Command, Reply};
use super::socket::unanswered;
use crate::diag::Text;
use crate::site::SocketAddress;

/// A status of thousands of zones is under this.
const REPLY_MOST: u64 = 16 << 20;

/// Why there is no answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unanswered {
    /// No daemon runs: nothing was said to anybody.
    Absent,
    /// This account may not give orders: nothing was said to anybody.
    Forbidden,
    /// It was understood, and is not done; why.
    Refused(Text),
    /// It was said, and nobody here knows what was done.
    Unclear,
}

/// Say one thing to the daemon behind `socket` and return its answer.
pub async fn ask(socket: &Path, command: &Command, patience: Duration) -> Result<Value, Unanswered> {
    let address = SocketAddress::of(socket);
    let stream = UnixStream::connect(address.path()).await.map_err(|error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::ConnectionRefused => Unanswered::Absent,
        ErrorKind::PermissionDenied => Unanswered::Forbidden,
        _ => Unanswered::Unclear,
    })?;
    let answer = timeout(patience, converse(stream, command)).await.map_err(|_| Unanswered::Unclear)?;
    let answer = answer.map_err(|_| Unanswered::Unclear)?;
    match serde_json::from_str(&answer).map_err(|_| Unanswered::Unclear)? {
        Reply::Done { status } => Ok(status),
        Reply::Refused { vi, en, .. } => match (Text { vi, en }) {
            // It is no refusal: it may sound yet.
            why if why == unanswered() => Err(Unanswered::Unclear),
            why => Err(Unanswered::Refused(why)),
        },
    }
}

async fn converse(mut stream: UnixStream, command: &Command) -> std::io::Result<String> {
    let mut line = serde_json::to_string(command)?;
    line.push('\n');
    stream.write_all(line.as_bytes()).await?;
    let mut answer = String::new();
    BufReader::new(stream.take(REPLY_MOST)).read_line(&mut answer).await?;
    Ok(answer)
}
