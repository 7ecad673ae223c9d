//! The loop's edges, served by tokio on a thread of their own: the socket and the signals.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::net::UnixListener;
use tokio::signal::unix::{SignalKind, signal};

use super::handle::Handle;
use super::log::Log;
use super::socket;
use crate::clock::Clock;
use crate::diag::{Text, system, text};
use crate::player::Event;
use crate::site::Identity;

/// A socket that cannot be bound is tried again this often.
const BIND_AGAIN: Duration = Duration::from_secs(30);

/// At the end those who wait for an answer get half a second to hear it.
const LAST_LOOK: Duration = Duration::from_millis(10);
const LAST_LOOKS: u32 = 50;
/// It is looked this often whether the socket is still in its place: who deletes or moves `state/` takes it along.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Start to serve. Returns once the socket is bound, so that "ready" is true when it is said; or once it
/// is known that it cannot be, on a disk that is full or may not be written: sound does not wait for it.
pub(super) fn start(socket: PathBuf, handle: Handle, log: Log) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (bound, answer) = std::sync::mpsc::channel();
    std::thread::Builder::new().name("edges".to_owned()).spawn(move || {
        runtime.block_on(async move {
            match socket::bind(&socket) {
                Ok(listener) => drop(tokio::spawn(serve_in_place(socket, listener, handle.clone(), log.clone()))),
                Err(error) => {
                    log.fail(&unbound(&socket, &error));
                    tokio::spawn(serve_later(socket, handle.clone(), log.clone()));
                }
            }
            let _ = bound.send(Ok(()));
            if let Err(error) = obey_signals(&handle).await {
                log.fail(&text!(
                    error = system(&error);
                    "không nhận được tín hiệu ({error})",
                    "no signals can be taken ({error})"
                ));
            }
        });
    })?;
    answer.recv().unwrap_or_else(|_| Err(io::Error::other("the edge thread died")))
}

async fn serve_later(socket: PathBuf, handle: Handle, log: Log) {
    loop {
        tokio::time::sleep(BIND_AGAIN).await;
        if let Ok(listener) = socket::bind(&socket) {
            return serve_in_place(socket, listener, handle, log).await;
        }
    }
}

/// At the end: let those who wait for an answer hear it, for a moment.
pub(super) fn last_answers(handle: &Handle, clock: &dyn Clock) {
    for _ in 0..LAST_LOOKS {
        if handle.serving().load(Ordering::Acquire) == 0 {
            return;
        }
        clock.wait(LAST_LOOK);
    }
}

/// Serve; and where the socket is no longer in its place, bind it there again.
async fn serve_in_place(socket: PathBuf, mut listener: UnixListener, handle: Handle, log: Log) {
    loop {
        let place = Identity::of(&socket);
        tokio::select! {
            () = socket::serve(listener, handle.clone()) => return,
            () = gone(&socket, place) => {}
        }
        // At the end loa takes it away itself.
        if handle.snapshot().ending {
            return;
        }
        listener = loop {
            // The journal's writer makes the directory again.
            match socket::bind(&socket) {
                Ok(listener) => break listener,
                Err(_) => tokio::time::sleep(LOOK_EVERY).await,
            }
        };
        log.warn(&bound_again(&socket));
    }
}

/// Wait until `socket` is no longer the one at its place.
async fn gone(socket: &Path, place: Option<Identity>) {
    while Identity::of(socket) == place {
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn bound_again(socket: &Path) -> Text {
    let path = socket.display();
    text!(
        "{path} đã bị lấy đi khi loa đang chạy: đã mở lại, «loa status», «loa alert» dùng được như trước",
        "{path} was taken away while loa runs: it is bound again, \"loa status\" and \"loa alert\" work as before"
    )
}

fn unbound(socket: &Path, error: &io::Error) -> Text {
    let path = socket.display();
    text!(
        error = system(error);
        "không mở được {path} ({error}): loa vẫn phát theo lịch, nhưng «loa status», «loa say», «loa alert» chưa dùng được; hãy kiểm tra ổ đĩa",
        "cannot bind {path} ({error}): the schedule plays on, but \"loa status\", \"loa say\" and \"loa alert\" do not work; check the disk"
    )
}

/// SIGTERM and SIGINT end cleanly; SIGHUP reads the files again. SIGUSR1 and SIGUSR2, with which other programs write their logs
/// anew, ask for nothing here, and must not end what sounds.
async fn obey_signals(handle: &Handle) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    let mut user_1 = signal(SignalKind::user_defined1())?;
    let mut user_2 = signal(SignalKind::user_defined2())?;
    loop {
        tokio::select! {
            _ = terminate.recv() => handle.end(),
            _ = interrupt.recv() => handle.end(),
            // Where the loop is too busy to hear of it, the watch on the files will tell the same.
            _ = hang_up.recv() => drop(handle.send(Event::Reload)),
            _ = user_1.recv() => {}
            _ = user_2.recv() => {}
        }
    }
}
