//! The Unix socket `state/loa.sock`: whoever may write to it (rights 0660) may ask how things stand
//! and order stop, say and alert. One command a connection, bounded in size and time.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};

use super::command::{answer, is_being_examined};
use super::handle::Handle;
use super::protocol::{Command, LINE_MOST, Reply};
use crate::diag::text;

/// A client that has not sent its line by then is dropped.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often, and how far apart, a sound that is being examined is asked for again.
const LOOKS: u32 = 30;
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Connections served at once; more wait in the kernel's queue.
const AT_ONCE: usize = 16;

/// Bind the socket. A dead one left by a crash is replaced; the lock has shown that no one lives.
pub(super) fn bind(path: &Path) -> io::Result<UnixListener> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o660))?;
    Ok(listener)
}

/// Serve until the runtime ends.
pub(super) async fn serve(listener: UnixListener, handle: Handle) {
    let places = std::sync::Arc::new(tokio::sync::Semaphore::new(AT_ONCE));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let handle = handle.clone();
                tokio::spawn(async move {
                    // A client that hangs up or dawdles harms nobody but itself.
                    let _ = tokio::time::timeout(PATIENCE, converse(stream, &handle)).await;
                    drop(place);
                });
            }
            // Out of file descriptors, most likely: let some close.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

/// A sound that was copied in a moment ago is being examined: wait for that rather than let somebody
/// with an alert type it again.
async fn patient_answer(command: Command, handle: &Handle, who: &str) -> Reply {
    for _ in 0..LOOKS {
        if !is_being_examined(&command, handle) {
            break;
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    answer(command, handle, who)
}

async fn converse(mut stream: UnixStream, handle: &Handle) -> io::Result<()> {
    let who = stream.peer_cred().map_or_else(|_| "?".to_owned(), |peer| super::peer::name_of(peer.uid()));
    let (reading, mut writing) = stream.split();
    let mut line = String::new();
    BufReader::new(reading.take(LINE_MOST)).read_line(&mut line).await?;
    let reply = match serde_json::from_str::<Command>(&line) {
        Ok(command) => patient_answer(command, handle, &who).await,
        Err(error) => {
            let why = error.to_string();
            let text = text!("không hiểu lệnh: {why}", "cannot read the command: {why}");
            Reply::Refused { vi: text.vi, en: text.en }
        }
    };
    let mut line = serde_json::to_string(&reply)?;
    line.push('\n');
    writing.write_all(line.as_bytes()).await
}
