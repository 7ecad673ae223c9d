use std::io::{self, Read as _};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::fetch::fetch;
use super::listener::RelayListener;
use crate::clock::Clock;
use crate::diag::{Text, text};
use crate::disk;
use crate::incoming::wire::{ID_MOST, WireFrame};
use crate::site::{Site, bind_socket, make_dir};

/// Conversations at once: each relay of a station, and as many again that are about to notice that they are over.
const MOST: usize = 32;
/// Whoever has not said by then what it wants wants nothing.
const PATIENCE: Duration = Duration::from_secs(2);
/// A write that takes longer has nobody at its other end.
const WRITE_PATIENCE: Duration = Duration::from_secs(3);

/// Listens for `loa run` and fetches what it asks for, until the process ends. `log` is told how each relay fares.
pub fn serve(site: &Site, clock: &Arc<dyn Clock>, log: &Arc<dyn Fn(&Text) + Send + Sync>) -> io::Result<()> {
    let path = site.relay_socket();
    if let Some(dir) = path.parent() {
        make_dir(dir)?;
    }
    let listener = bind_socket(&path)?;
    let alive = Arc::new(AtomicUsize::new(0));
    for stream in listener.incoming() {
        let stream = stream?;
        if alive.fetch_add(1, Ordering::AcqRel) >= MOST {
            alive.fetch_sub(1, Ordering::AcqRel);
            continue;
        }
        let (site, clock, log, place) = (site.clone(), clock.clone(), log.clone(), alive.clone());
        let work = move || {
            // Who hangs up before he has said anything harms nobody.
            let _ = converse(stream, &site, clock, log.as_ref());
            place.fetch_sub(1, Ordering::AcqRel);
        };
        if std::thread::Builder::new().name("relay".to_owned()).spawn(work).is_err() {
            alive.fetch_sub(1, Ordering::AcqRel);
        }
    }
    Ok(())
}

fn converse(
    mut stream: UnixStream,
    site: &Site,
    clock: Arc<dyn Clock>,
    log: &(dyn Fn(&Text) + Send + Sync),
) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(WRITE_PATIENCE))?;
    let id = asked(&mut stream)?;
    let listener = RelayListener::new(stream, clock);
    let beat = listener.clone();
    std::thread::Builder::new().name("beat".to_owned()).spawn(move || beat.keep_alive())?;
    // As it is written now: whoever changes loa.toml need not start this anew.
    let station = disk::station::load(site.dir()).0;
    if let Some(relay) = station.source(&id) {
        fetch(site, relay, &listener, log);
    } else {
        let id = crate::diag::shown(&id);
        let why = text!("loa.toml không có đài «{id}»", "loa.toml names no relay \"{id}\"");
        listener.say(&WireFrame::Trouble(why));
        listener.wait(PATIENCE);
    }
    listener.end();
    Ok(())
}

/// The line that says which relay is wanted.
fn asked(stream: &mut UnixStream) -> io::Result<String> {
    let mut line = Vec::new();
    let mut byte = [0];
    while line.len() <= ID_MOST {
        match stream.read(&mut byte)? {
            1 if byte[0] != b'\n' => line.push(byte[0]),
            1 => return String::from_utf8(line).map_err(|_| io::ErrorKind::InvalidData.into()),
            _ => return Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
    Err(io::ErrorKind::InvalidData.into())
}
