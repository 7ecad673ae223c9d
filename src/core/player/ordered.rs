use std::sync::Arc;
use std::time::Duration;

use super::event::Request;
use super::run::{ALERT_GRACE, SAY_GRACE};
use crate::schedule::{Broadcast, Chime, Class, IfInterrupted, IfMissed, Kind, Order, Origin, Play, Recurrence};
use crate::station::Relay;

/// Silence between the repeats of an alert.
const REPEAT_GAP: Duration = Duration::from_secs(2);

/// How long a say may queue behind what is playing.
const SAY_WAIT: Duration = Duration::from_mins(10);

/// How long somebody who speaks live may wait for his zone's card. Nothing sounds there: else he was refused.
const TALK_WAIT: Duration = Duration::from_secs(5);

/// How long an alert may queue behind another alert, which may be twenty long repeats: it is not
/// dropped before somebody stops it.
const ALERT_WAIT: Duration = Duration::from_hours(12);

/// What an order plays is called by its sound; a test says of itself that it is one.
pub(super) fn name(request: &Request) -> &str {
    if request.talk.is_some() {
        return "noi-truc-tiep";
    }
    if request.test { "tieng-thu" } else { request.name.split('.').next().unwrap_or(&request.name) }
}

/// What carries out an order.
/// `learns` where a microphone listens to the horns: then test tones have the sweep by which it learns.
pub(super) fn broadcast(request: &Request, order: Order, learns: bool) -> Broadcast {
    let urgent = request.class == Class::Emergency;
    let mut play: Vec<Play> = Vec::new();
    // Whoever gave it by mistake ends it while this sounds, and no word is heard.
    play.extend((urgent && request.tone).then_some(Play::Chime(Chime::Alarm)));
    play.push(Play::Sound(request.name.clone()));
    for _ in 1..request.times {
        play.extend([Play::Pause(REPEAT_GAP), Play::Sound(request.name.clone())]);
    }
    if let Some(says_so) = &request.drill {
        // Whoever hears the beginning or the end of it knows what it is.
        play = vec![Play::Sound(says_so.clone())];
        if *says_so != request.name {
            play.extend([Play::Sound(request.name.clone()), Play::Sound(says_so.clone())]);
        }
    }
    let ordered = Broadcast {
        id: name(request).to_owned(),
        title: name(request).to_owned(),
        campaign: None,
        zones: request.zones.clone(),
        recurrence: Recurrence::Now,
        from: None,
        until: None,
        except: Vec::new(),
        except_at: Vec::new(),
        also: Vec::new(),
        only: Vec::new(),
        kind: if request.drill.is_some() { Kind::Drill } else { Kind::Bulletin },
        play,
        named: Vec::new(),
        chime: None,
        bed: None,
        class: request.class,
        warrant: None,
        order: 0,
        wait: if urgent { ALERT_WAIT } else { SAY_WAIT },
        // Somebody stands beside it: a sound that is still being copied is waited for.
        if_missed: IfMissed::Late(if urgent { ALERT_GRACE } else { SAY_GRACE }),
        if_interrupted: IfInterrupted::Resume,
        origin: Origin::Ordered(Arc::new(order)),
    };
    if let Some(talk) = &request.talk {
        let voice = Arc::new(Relay::of_voice(&talk.voice));
        let by = &request.by;
        // Whoever presses a button waits for a card at most, and speaks on to nobody after he was cut off.
        return Broadcast {
            title: format!("Nói trực tiếp: {by}"),
            play: vec![Play::Chime(Chime::Rising), Play::Relay(voice, talk.most)],
            wait: TALK_WAIT,
            if_interrupted: IfInterrupted::Drop,
            ..ordered
        };
    }
    if !request.test {
        return ordered;
    }
    // It waits for nothing and does not go on.
    Broadcast {
        title: "tiếng thử".to_owned(),
        kind: Kind::Test,
        play: [Play::Chime(Chime::Rising)].into_iter().chain(learns.then_some(Play::Chime(Chime::Sweep))).collect(),
        named: Vec::new(),
        wait: Duration::ZERO,
        if_interrupted: IfInterrupted::Drop,
        ..ordered
    }
}
