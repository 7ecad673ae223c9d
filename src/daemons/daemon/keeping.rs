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
use crate::kept::{Keeper, KeptNews, is_kept_of};
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
            // What a power cut left tells by its name whose it is.
            let relay = if relay.is_empty() { whose(&file, station).unwrap_or_default() } else { &relay }.to_owned();
            let title = titled(&relay);
            let name = if relay.is_empty() { file.clone() } else { relay };
            let reason = Reason::RelayKept(stretch(name, (from, to), station));
            handle.send(Event::Kept { reason, title, order: None, audio: AudioRef { file, sha256 } });
        }
        KeptNews::Erased { files } => {
            handle.send(erased(&files));
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

/// The relay that a file is of, by its name; none where that is none of the station's, or could be several.
fn whose<'a>(file: &str, station: &'a Station) -> Option<&'a str> {
    let mut found = station.relays.keys().filter(|id| is_kept_of(file, id));
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// The note that these were taken away.
pub(super) fn erased(files: &[String]) -> Event {
    let (count, first) = (files.len(), files.first().map_or("", String::as_str));
    let last = files.last().filter(|last| *last != first).map(|last| format!(" … {last}")).unwrap_or_default();
    Event::Note { reason: Reason::KeptErased(format!("{count}: {first}{last}")), title: "bản giữ lại".to_owned() }
}

/// To the nearest second, as the journal tells what was heard.
fn stretch(relay: String, (from, to): (Wall, Wall), station: &Station) -> RelayStretch {
    let second = |at: Wall| (at + Duration::from_millis(500)).zoned(&station.timezone).datetime();
    RelayStretch { relay, from: second(from), to: second(to), instead: String::new(), why: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::SourceFile;

    #[test]
    fn what_a_power_cut_left_of_a_relay_is_told_with_the_title_of_its_station() {
        let text = "[relays.r-chain0]\ntitle = \"Đài tỉnh\"\nurl = \"http://127.0.0.1/live\"\n".to_owned();
        let (station, found) = crate::station::check(&SourceFile { path: "loa.toml".to_owned(), text });
        let whose = |file| whose(file, &station);
        assert_eq!(whose("2026-11-29-203000-r-chain0.opus"), Some("r-chain0"), "{found:?}");
        assert_eq!(station.relay("r-chain0").unwrap().title, "Đài tỉnh");
        assert_eq!(whose("2026-11-29-203000-khac.opus"), None);
    }

    #[test]
    fn what_was_erased_is_named_by_its_first_and_its_last() {
        let said = |files: &[&str]| match erased(&files.iter().map(|&file| file.to_owned()).collect::<Vec<_>>()) {
            Event::Note { reason, .. } => reason.to_string(),
            event => panic!("{event:?}"),
        };
        assert_eq!(said(&["a.opus"]), "kept_erased: 1: a.opus");
        assert_eq!(said(&["a.opus", "b.opus", "c.opus"]), "kept_erased: 3: a.opus … c.opus");
    }
}
