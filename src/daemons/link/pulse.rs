use std::collections::BTreeSet;
use std::time::Duration;

use super::chance::chance;
use super::running::Running;
use crate::courier::BundleState;
use crate::daemon::client;
use crate::daemon::protocol::Command;
use crate::journal::Reader;
use crate::status::Status;
use crate::uplink::{Pulse, PulseStanding, pulse_subject};

/// The daemon answers at once, or hangs.
const STATUS_MOST: Duration = Duration::from_secs(5);
/// With less than this the journal and the sounds have no room.
const FREE_LEAST: u64 = 64 << 20;

/// Where the centre denies what this box says, it is said ever more seldom: every quarter of an hour at last.
const DENIED_MOST: u32 = 4;

impl Running<'_> {
    /// Say every minute that the box is there, and what it goes by.
    pub(super) async fn tell_pulse(&self) {
        let mut denied = 0_u32;
        loop {
            let every = self.link.pace.pulse.saturating_mul(1 << denied);
            self.pause(every.mul_f64(0.75 + 0.5 * chance())).await;
            // Each one is a line in the server's log where it is denied.
            denied = if self.centre.is_denied() { (denied + 1).min(DENIED_MOST) } else { 0 };
            let standing = standing(self.status().await.as_ref(), self.link.site.room().map(|left| left.bytes));
            let pulse = Pulse { standing: Some(standing), ..self.pulse() };
            let said = serde_json::to_string(&pulse).unwrap_or_default();
            self.centre.say(pulse_subject(&self.link.address.path), said).await;
        }
    }

    /// What the daemon says of the station; none where it does not run, or hangs.
    pub(super) async fn status(&self) -> Option<Status> {
        let status = client::ask(&self.link.site.socket(), &Command::Status, STATUS_MOST).await;
        serde_json::from_value(status.ok()?).ok()
    }

    fn pulse(&self) -> Pulse {
        let reader = Reader::open(&self.link.site.journal()).ok().flatten();
        let state = BundleState::read(&self.link.site).unwrap_or_default();
        let memory = self.memory().clone();
        let refused = || memory.letters.iter().filter(|(_, letter)| !letter.taken);
        let numbers = refused().filter_map(|(place, letter)| Some((place.to_string(), letter.number?)));
        let epoch = reader.as_ref().and_then(|reader| reader.epoch().ok()).unwrap_or_default();
        Pulse {
            at: self.now().rfc3339(&self.link.station.timezone),
            clock_trusted: self.believed().is_some(),
            rows: reader.and_then(|reader| reader.head().ok()).map_or(0, |(rows, _)| rows),
            received: if memory.epoch == epoch { memory.received } else { 0 },
            epoch,
            bundles: state.held.iter().map(|(place, held)| (place.to_string(), held.version)).collect(),
            refused: refused().map(|(place, letter)| (place.to_string(), letter.code.clone())).collect(),
            refused_numbers: numbers.collect(),
            unsigned: memory.refused,
            standing: None,
        }
    }
}

/// What the daemon's word comes to: whether something will be silent, and when. A daemon that does not answer plays nothing.
fn standing(status: Option<&Status>, free_bytes: Option<u64>) -> PulseStanding {
    let is_full = free_bytes.is_some_and(|free| free < FREE_LEAST);
    let Some(status) = status else {
        let silent = std::iter::once("not_running").chain(is_full.then_some("disk_full"));
        let silent = silent.map(str::to_owned).collect();
        return PulseStanding { silent, free_bytes, ..PulseStanding::default() };
    };
    let count = |zones: usize| u32::try_from(zones).unwrap_or(u32::MAX);
    let dumb_zones = status.zones.iter().filter(|zone| zone.trouble.is_some()).count();
    let is_broken = status.standing.broken.iter().any(|file| !file.kept);
    let whole = [
        (!status.clock.trusted, "clock_untrusted"),
        (dumb_zones > 0, "zone_trouble"),
        (is_broken, "schedule_broken"),
        (is_full, "disk_full"),
    ];
    let mut silent: Vec<&str> = whole.into_iter().filter(|(is, _)| *is).map(|(_, code)| code).collect();
    let next = status.zones.iter().filter_map(|zone| zone.next.as_ref()).map(|next| &next.start);
    let wanting = status.zones.iter().filter_map(|zone| zone.silent.as_ref());
    let first = wanting.clone().map(|one| &one.start).min();
    // What hinders all of it hinders the very next; a recording that is missing hinders its own.
    let next = if silent.is_empty() && first.is_some() { first } else { next.chain(first).min() }.cloned();
    silent.extend(wanting.map(|one| one.code.as_str()).collect::<BTreeSet<_>>());
    PulseStanding {
        runs: true,
        next,
        silent: silent.into_iter().map(str::to_owned).collect(),
        zones: count(status.zones.len()),
        dumb_zones: count(dumb_zones),
        bare_zones: count(status.zones.iter().filter(|zone| zone.no_horn).count()),
        free_bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::{ClockStatus, NextStatus, SilentStatus, TroubleStatus, ZoneStatus};

    #[test]
    fn a_box_says_why_its_next_session_will_be_silent_and_when_that_is() {
        let next = |start: &str| {
            Some(NextStatus { broadcast: "tin".to_owned(), title: "Tin".to_owned(), start: start.to_owned() })
        };
        let zone = |start: &str| ZoneStatus { next: next(start), ..ZoneStatus::default() };
        let (early, late) = ("2026-12-01T05:00:00.000+07:00", "2026-12-01T17:00:00.000+07:00");
        let clock = ClockStatus { trusted: true, ..ClockStatus::default() };
        let mut status = Status { clock, zones: vec![zone(late), zone(early)], ..Status::default() };
        let well = standing(Some(&status), Some(FREE_LEAST));
        assert_eq!((well.runs, well.next.as_deref(), well.silent.len(), well.zones), (true, Some(early), 0, 2));
        // A recording that is missing tomorrow: then, and not at the session that comes before.
        let wanting = |code: &str| {
            let (broadcast, title) = ("xa".to_owned(), "Tin xã".to_owned());
            Some(SilentStatus { broadcast, title, start: late.to_owned(), code: code.to_owned() })
        };
        status.zones[0].silent = wanting("no_sound");
        status.zones[1].silent = wanting("no_sound");
        let missing = standing(Some(&status), Some(FREE_LEAST));
        assert_eq!((missing.next.as_deref(), missing.silent.as_slice()), (Some(late), &["no_sound".to_owned()][..]));
        status.clock.trusted = false;
        let why = crate::diag::text!("rút dây", "unplugged").into();
        status.zones[0].trouble = Some(TroubleStatus { why, since: early.to_owned() });
        let ill = standing(Some(&status), Some(0));
        assert_eq!(ill.silent, ["clock_untrusted", "zone_trouble", "disk_full", "no_sound"]);
        assert_eq!(ill.next.as_deref(), Some(early), "all of it is silent from the very next on");
        assert_eq!(ill.dumb_zones, 1);
        assert_eq!(standing(None, None).silent, ["not_running"]);
    }
}
