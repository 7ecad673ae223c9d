use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::time::Duration;

use super::background::Rank;
use super::handle::Handle;
use super::log::Log;
use crate::clock::Clock;
use crate::diag::{Text, text};
use crate::fact::AudioRef;
use crate::incoming::SentPart;
use crate::instant::Wall;
use crate::kept::{Keeper, KeptNews};
use crate::player::Event;
use crate::reason::{Reason, RelayStretch, Trouble};
use crate::site::Site;
use crate::station::Station;

/// Parts that wait, a hundredth of a second each: a disk may stand still for half a minute.
const WAITING_MOST: usize = 3_000;
/// While something is kept, it looks so often whether that is over.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Otherwise it only sees that there is room.
const REST: Duration = Duration::from_mins(1);

/// Where what is to be kept goes in, and where it comes out.
pub(super) fn channel() -> (SyncSender<SentPart>, Receiver<SentPart>) {
    mpsc::sync_channel(WAITING_MOST)
}

/// Start the thread that keeps what is sent of relays, behind all that makes sound. The journal is told of each file.
pub(super) fn start(
    site: &Site,
    station: &Arc<Station>,
    clock: &Arc<dyn Clock>,
    (handle, log): (&Handle, &Log),
    parts: Receiver<SentPart>,
) -> io::Result<()> {
    let (dir, station, clock) = (site.kept(), Arc::clone(station), Arc::clone(clock));
    let (handle, log) = (handle.clone(), log.clone());
    std::thread::Builder::new().name("kept".to_owned()).spawn(move || {
        Rank::Tuning.take();
        let tell = |news| tell(news, &station, (&handle, &log));
        let mut keeper = Keeper::new(dir, station.kept, station.timezone.clone(), clock.as_ref(), &tell);
        loop {
            let patience = if keeper.is_recording() { LOOK_EVERY } else { REST };
            match parts.recv_timeout(patience) {
                Ok(part) => keeper.take(&part),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            keeper.look();
        }
    })?;
    Ok(())
}

fn tell(news: KeptNews, station: &Station, (handle, log): (&Handle, &Log)) {
    let titled = |relay: &str| station.relay(relay).map_or_else(|| relay.to_owned(), |relay| relay.title.clone());
    match news {
        KeptNews::Kept { relay, file, sha256, from, to } => {
            let title = titled(&relay);
            let name = if relay.is_empty() { file.clone() } else { relay };
            let reason = Reason::RelayKept(stretch(name, (from, to), station));
            handle.send(Event::Kept { reason, title, audio: AudioRef { file, sha256 } });
        }
        KeptNews::Refused { relay, why } => {
            let (title, Text { vi, en }) = (titled(&relay), &why);
            log.warn(&text!(
                "không giữ được tiếng tiếp sóng «{title}» để nghe lại: {vi}",
                "what is relayed of \"{title}\" is not kept: {en}"
            ));
            handle.send(Event::Note { reason: Reason::RelayUnkept(Trouble::from(&why)), title });
        }
    }
}

/// To the nearest second, as the journal tells what was heard.
fn stretch(relay: String, (from, to): (Wall, Wall), station: &Station) -> RelayStretch {
    let second = |at: Wall| (at + Duration::from_millis(500)).zoned(&station.timezone).datetime();
    RelayStretch { relay, from: second(from), to: second(to), instead: String::new(), why: None }
}
