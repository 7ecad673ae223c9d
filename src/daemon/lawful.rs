use std::time::Duration;

use crate::diag::{Text, text};
use crate::instant::Wall;
use crate::plan::{self, Guards, Programme, Reason, Setting, Shelf, Tally};
use crate::player::{Event, Request, Snapshot, World};
use crate::schedule::{Class, Play};
use crate::station::ZoneIx;

/// What the player will refuse of an order that was just sent, in words for the person who gave it;
/// `None` where the law has nothing against it.
pub(super) fn refused(event: &Event, snapshot: &Snapshot, now: Wall) -> Option<Text> {
    let Event::Request(request) = event else { return None };
    if request.class == Class::Emergency {
        return None;
    }
    let world = &snapshot.world;
    let guards = Guards::new(&world.schedule.rules, &world.station);
    let against: Vec<(ZoneIx, Reason)> = request
        .zones
        .iter()
        .filter_map(|zone| Some((*zone, objection(request, *zone, snapshot, &guards, now)?)))
        .collect();
    let (_, first) = against.first()?;
    let why = sentence(first);
    if against.len() == request.zones.len() {
        return Some(why);
    }
    let titles: Vec<&str> =
        against.iter().map(|(zone, _)| world.station.zones[usize::from(zone.0)].title.as_str()).collect();
    let (titles, vi, en) = (titles.join(", "), why.vi, why.en);
    Some(text!("các cụm khác có phát; riêng {titles}: {vi}", "the other zones play it; in {titles}: {en}"))
}

/// What the law of a zone has against it, as far as can be known before its turn comes.
fn objection(request: &Request, zone: ZoneIx, snapshot: &Snapshot, guards: &Guards, now: Wall) -> Option<Reason> {
    let stands = snapshot.zones.get(usize::from(zone.0))?;
    let playing = stands.playing.as_ref();
    // It waits for what sounds.
    let at = playing.map_or(now, |playing| now.max(playing.started + playing.length));
    let ordinary = playing.is_some_and(|playing| playing.class != Class::Emergency);
    let tally = stands.tally.map(|tally| if ordinary { Tally::until(tally, at) } else { tally });
    guards.of(zone).objection(tally.as_ref(), at, length(request, zone, &snapshot.world))
}

fn length(request: &Request, zone: ZoneIx, world: &World) -> Duration {
    let play = [Play::Sound(request.name.clone())];
    let languages = &world.station.zones[usize::from(zone.0)].languages;
    Programme::new(&play, Setting::speaking(languages), &Shelf::new(&world.library)).length
}

fn sentence(reason: &Reason) -> Text {
    let why = match reason {
        Reason::PastHours => text!("phát bây giờ thì quá giờ được phép phát", "it would run past the lawful hours"),
        Reason::SessionTooLong(most) => {
            let most = plan::length(*most);
            let (vi, en) = (most.vi, most.en);
            text!("buổi phát sẽ dài quá {vi}", "the session would be longer than {en}")
        }
        Reason::TooManySessions(most) => {
            text!("hôm nay đã đủ {most} buổi phát", "the day has had its {most} sessions")
        }
        Reason::Cancelled(cancel) => {
            let (vi, en) = match cancel.why.as_str() {
                "" => (String::new(), String::new()),
                why => (format!(" («{why}»)"), format!(" (\"{why}\")")),
            };
            text!("hôm nay nghỉ phát{vi}", "the day is called off{en}")
        }
        _ => text!("ngoài giờ được phép phát", "outside the lawful hours"),
    };
    let (vi, en) = (why.vi, why.en);
    text!(
        "{vi} nên không phát, và nhật ký ghi là bị từ chối; việc khẩn cấp thì dùng «loa alert»",
        "{en}, so it does not sound and the journal says refused; for an emergency use \"loa alert\""
    )
}
