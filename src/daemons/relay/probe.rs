use std::io::{self, Read as _, Write as _};
use std::time::Duration;

use crate::clock::Clock;
use crate::diag::{Text, system, text};
use crate::incoming::fetcher_hangs;
use crate::incoming::wire::{WireFrame, WireReader};
use crate::site::{Site, connect_socket};

/// So long somebody who asks waits for the first sound.
const PATIENCE: Duration = Duration::from_secs(8);
const LOOK: Duration = Duration::from_millis(500);

/// Whether the sound of a relay can be had now; else why not.
pub fn probe(site: &Site, id: &str, clock: &dyn Clock) -> Result<(), Text> {
    hear(site, id, clock).unwrap_or_else(|error| {
        let Text { vi, en } = system(&error);
        Err(text!(
            "phần lấy tiếng không chạy ({vi}): nơi cài dịch vụ thì gõ sudo systemctl enable --now loa-relay; chạy tay thì loa run hay loa relay",
            "nothing fetches it ({en}): as a service sudo systemctl enable --now loa-relay; by hand loa run or loa relay"
        ))
    })
}

fn hear(site: &Site, id: &str, clock: &dyn Clock) -> io::Result<Result<(), Text>> {
    let mut stream = connect_socket(&site.relay_socket())?;
    stream.set_read_timeout(Some(LOOK))?;
    stream.write_all(format!("{id}\n").as_bytes())?;
    let (began, mut reader, mut bytes) = (clock.mono(), WireReader::default(), vec![0; 16_384]);
    let (mut has_answered, mut why) = (false, None);
    while clock.mono().after(began) < PATIENCE {
        match stream.read(&mut bytes) {
            Ok(0) => break,
            Ok(count) => {
                has_answered = true;
                reader.push(&bytes[..count]);
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {}
            Err(error) => return Err(error),
        }
        while let Some(frame) = reader.frame()? {
            match frame {
                WireFrame::Samples(_) => return Ok(Ok(())),
                WireFrame::Trouble(said) => why = Some(said),
                WireFrame::Hold(_) | WireFrame::Alive | WireFrame::Over => {}
            }
        }
    }
    let silent =
        || if has_answered { text!("chưa nhận được tiếng", "no sound comes") } else { fetcher_hangs() };
    Ok(Err(why.unwrap_or_else(silent)))
}
