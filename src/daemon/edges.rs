//! The loop's edges, served by tokio on a thread of their own: the socket and the signals.

use std::io;
use std::path::PathBuf;

use tokio::signal::unix::{SignalKind, signal};

use super::handle::Handle;
use super::socket;
use crate::player::Event;

/// Start to serve. Returns once the socket is bound, so that "ready" is true when it is said.
pub(super) fn start(socket: PathBuf, handle: Handle) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (bound, answer) = std::sync::mpsc::channel();
    std::thread::Builder::new().name("edges".to_owned()).spawn(move || {
        runtime.block_on(async move {
            let listener = match socket::bind(&socket) {
                Ok(listener) => listener,
                Err(error) => {
                    let _ = bound.send(Err(error));
                    return;
                }
            };
            let _ = bound.send(Ok(()));
            tokio::spawn(socket::serve(listener, handle.clone()));
            if let Err(error) = obey_signals(&handle).await {
                eprintln!("loa: signals: {error}");
            }
        });
    })?;
    answer.recv().unwrap_or_else(|_| Err(io::Error::other("the edge thread died")))
}

/// SIGTERM and SIGINT end cleanly; SIGHUP reads the files again.
async fn obey_signals(handle: &Handle) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    loop {
        let event = tokio::select! {
            _ = terminate.recv() => Event::Shutdown,
            _ = interrupt.recv() => Event::Shutdown,
            _ = hang_up.recv() => Event::Reload,
        };
        handle.send(event);
    }
}
