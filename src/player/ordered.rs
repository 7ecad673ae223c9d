use std::time::Duration;

use super::event::Request;
use super::run::{ALERT_GRACE, SAY_GRACE};
use crate::schedule::{Broadcast, Chime, Class, DaySet, IfInterrupted, IfMissed, Kind, Place, Play, Recurrence};

/// Silence between the repeats of an alert.
const REPEAT_GAP: Duration = Duration::from_secs(2);

/// How long a say may queue behind what is playing.
const SAY_WAIT: Duration = Duration::from_mins(10);

/// How long an alert may queue behind another alert, which may be twenty long repeats: it is not
/// dropped before somebody stops it.
const ALERT_WAIT: Duration = Duration::from_hours(12);

/// The broadcast that an order amounts to.
pub(super) fn broadcast_of(request: &Request) -> Broadcast {
    if request.test {
        return test(request);
    }
    let mut play = vec![Play::Sound(request.name.clone())];
    for _ in 1..request.times {
        play.extend([Play::Pause(REPEAT_GAP), Play::Sound(request.name.clone())]);
    }
    let stem = request.name.split('.').next().unwrap_or(&request.name).to_owned();
    Broadcast {
        id: stem.clone(),
        title: stem,
        campaign: None,
        zones: request.zones.clone(),
        recurrence: Recurrence::At { times: Vec::new(), days: DaySet::Weekdays(0) },
        from: None,
        until: None,
        except: Vec::new(),
        except_at: Vec::new(),
        also: Vec::new(),
        only: Vec::new(),
        kind: Kind::Bulletin,
        play,
        chime: None,
        bed: None,
        class: request.class,
        warrant: None,
        order: 0,
        wait: if request.class == Class::Emergency { ALERT_WAIT } else { SAY_WAIT },
        // Somebody stands beside it: a sound that is still being copied is waited for.
        if_missed: IfMissed::Late(if request.class == Class::Emergency { ALERT_GRACE } else { SAY_GRACE }),
        if_interrupted: IfInterrupted::Resume,
        place: Place::default(),
    }
}

/// The broadcast that a test amounts to: it says of itself that it is one, waits for nothing and does not go on.
fn test(request: &Request) -> Broadcast {
    let ordinary = Request { test: false, ..request.clone() };
    Broadcast {
        id: "tieng-thu".to_owned(),
        title: "tiếng thử".to_owned(),
        kind: Kind::Test,
        play: vec![Play::Chime(Chime::Rising)],
        wait: Duration::ZERO,
        if_interrupted: IfInterrupted::Drop,
        ..broadcast_of(&ordinary)
    }
}
