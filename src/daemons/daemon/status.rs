use super::handle::Handle;
use crate::checkup::{PowerStanding, Standing};
use crate::diag::{Text, shown, text};
use crate::plan::ALARM_LENGTH;
use crate::player::{Snapshot, Stand, ZoneSnapshot, ZoneStand};
use crate::reason::codes;
use crate::schedule::{Broadcast, Chime, Class, Kind, Play};
use crate::station::{Station, Zone, ZoneIx};
use crate::status::{
    ClockStatus, NextStatus, OrderSort, OrderState, OrderStatus, OrderZone, PlayingStatus, SilentStatus, Status,
    StopStatus, TroubleStatus, ZoneStatus,
};
use crate::voice::{RelayHeard, RelayNews};

/// How the station stands.
pub(super) fn status(snapshot: &Snapshot, handle: &Handle) -> Status {
    let station = &snapshot.world.station;
    let zones = snapshot.zones.iter().zip(&station.zones);
    Status {
        name: station.name.clone(),
        at: handle.now().rfc3339(&station.timezone),
        clock: clock(snapshot),
        journal: handle.condition().status(),
        broadcasts: snapshot.world.schedule.broadcasts.len(),
        sounds: snapshot.world.library.sounds.len(),
        zones: zones.map(|(zone, known)| zone_status(zone, known, station)).collect(),
        orders: orders(snapshot),
        stops: stops(snapshot),
        standing: Standing { amplifiers: amplifiers(snapshot), ..handle.standing() },
    }
}

fn clock(snapshot: &Snapshot) -> ClockStatus {
    let believed = snapshot.distrust.is_none();
    ClockStatus {
        trusted: believed,
        because: believed.then(|| codes(&snapshot.trust.because)),
        why: snapshot.distrust.as_ref().map(ToString::to_string),
        drift: snapshot.drift.as_ref().map(ToString::to_string),
    }
}

fn zone_status(zone: &ZoneSnapshot, known: &Zone, station: &Station) -> ZoneStatus {
    let tz = &station.timezone;
    ZoneStatus {
        zone: zone.zone.clone(),
        title: Some(known.title.clone()),
        playing: zone.playing.as_ref().map(|playing| PlayingStatus {
            broadcast: playing.broadcast.clone(),
            title: playing.title.clone(),
            class: playing.class,
            order: playing.order.clone(),
            started: playing.started.rfc3339(tz),
            seconds: playing.length.as_secs_f64(),
            relay: playing.relay.as_ref().and_then(|news| relayed(news, station)).map(Into::into),
        }),
        next: zone.next.as_ref().map(|next| NextStatus {
            broadcast: next.broadcast.clone(),
            title: next.title.clone(),
            start: next.start.rfc3339(tz),
        }),
        silent: zone.silent.as_ref().map(|(silent, code)| SilentStatus {
            broadcast: silent.broadcast.clone(),
            title: silent.title.clone(),
            start: silent.start.rfc3339(tz),
            code: (*code).to_owned(),
        }),
        waiting: zone.waiting,
        underruns: zone.underruns,
        tried: Some(zone.tried),
        no_horn: !known.output.is_horn(),
        trouble: zone
            .trouble
            .as_ref()
            .map(|(why, since)| TroubleStatus { why: why.clone().into(), since: since.rfc3339(tz) }),
    }
}

/// What is heard of a higher station.
fn relayed(news: &RelayNews, station: &Station) -> Option<Text> {
    let title = shown(station.relay(&news.relay).map_or(&news.relay, |relay| &relay.title));
    match &news.heard {
        RelayHeard::Own => Some(text!("đang tiếp sóng {title}", "relaying {title}")),
        RelayHeard::Instead { what, why: Text { vi, en } } if what.is_empty() => {
            Some(text!("{title} không có tiếng ({vi}), đang im", "{title} has no sound ({en}), silence"))
        }
        RelayHeard::Instead { what, why: Text { vi, en } } => Some(text!(
            "{title} không có tiếng ({vi}), đang phát {what}",
            "{title} has no sound ({en}), {what} is heard"
        )),
        RelayHeard::Over => None,
    }
}

fn amplifiers(snapshot: &Snapshot) -> Vec<PowerStanding> {
    let station = &snapshot.world.station;
    let zone = |zone: &ZoneIx| station.zones.get(usize::from(zone.0));
    let each = snapshot.amplifiers.iter().map(|look| PowerStanding {
        switch: look.name.clone(),
        zones: look.zones.iter().filter_map(zone).map(|zone| zone.id.clone()).collect(),
        titles: look.zones.iter().filter_map(zone).map(|zone| zone.title.clone()).collect(),
        on: look.on,
        since: look.since.map(|since| since.rfc3339(&station.timezone)),
        failed: look.trouble.as_ref().map(|(on, _)| *on),
        why: look.trouble.clone().map(|(_, why)| why.into()),
    });
    each.collect()
}

/// Who has stopped what of late.
fn stops(snapshot: &Snapshot) -> Vec<StopStatus> {
    let tz = &snapshot.world.station.timezone;
    let each = snapshot.stops.iter().map(|stops| StopStatus {
        by: stops.by.clone(),
        times: stops.times,
        at: stops.last.rfc3339(tz),
        ended: stops.ended.clone(),
    });
    each.collect()
}

/// Orders by hand that are under way: where each sounds, and where it waits. What is the same as an order before sounds
/// once, and is told of that one.
pub(super) fn orders(snapshot: &Snapshot) -> Vec<OrderStatus> {
    let station = &snapshot.world.station;
    let is_horn = |zone: ZoneIx| station.zones.get(usize::from(zone.0)).is_none_or(|zone| zone.output.is_horn());
    let zone = |zone: &ZoneStand| {
        if zone.same_as.is_some() {
            return None;
        }
        let state = match &zone.stand {
            Stand::Sounds { .. } if !is_horn(zone.zone) => OrderState::Unheard,
            Stand::Sounds { .. } => OrderState::Sounding,
            Stand::Waits { .. } => OrderState::Waits,
            Stand::Begins => OrderState::Accepted,
            Stand::Hindered { .. } | Stand::Copied { .. } => OrderState::Silent,
            // Over, refused, or a stop: nothing is under way.
            _ => return None,
        };
        let known = station.zones.get(usize::from(zone.zone.0))?;
        let start = match &zone.stand {
            Stand::Waits { start, .. } => Some(start.rfc3339(&station.timezone)),
            _ => None,
        };
        let started = match &zone.stand {
            Stand::Sounds { started } => Some(started.rfc3339(&station.timezone)),
            _ => None,
        };
        let why = hindered(&zone.stand).map(Into::into);
        Some(OrderZone { zone: known.id.clone(), state, start, seconds: zone.seconds, started, why })
    };
    let each = snapshot.orders.iter().filter_map(|order| {
        let zones: Vec<OrderZone> = order.zones.iter().filter_map(zone).collect();
        let at = order.at.rfc3339(&station.timezone);
        let (id, title) = (order.id.clone(), order.title.clone());
        let broadcast = order.broadcast.as_deref();
        let given = broadcast.and_then(Broadcast::ordered);
        (!zones.is_empty()).then(|| OrderStatus {
            order: id,
            title,
            at,
            zones,
            kind: broadcast.map(kind),
            by: given.map(|order| order.by.clone()).unwrap_or_default(),
            why: given.map(|order| order.why.clone()).unwrap_or_default(),
            times: broadcast.map_or(1, times),
            tone: broadcast.map_or(0.0, tone),
        })
    });
    each.collect()
}

/// Why an order does not sound in a zone at present.
fn hindered(stand: &Stand) -> Option<Text> {
    match stand {
        Stand::Hindered { why, .. } => Some(why.clone()),
        Stand::Copied { .. } => {
            Some(text!("bản ghi còn đang được chép hoặc kiểm tra", "its sound is still being copied or examined"))
        }
        Stand::Waits { behind: Some(title), .. } => {
            let title = shown(title);
            Some(text!("chờ «{title}» phát xong", "waits for \"{title}\" to end"))
        }
        Stand::Waits { behind: None, .. } => Some(text!("tăng âm đang khởi động", "the amplifier warms up")),
        _ => None,
    }
}

fn kind(broadcast: &Broadcast) -> OrderSort {
    match (broadcast.class, broadcast.kind) {
        (Class::Emergency, _) => OrderSort::Alert,
        (_, Kind::Drill) => OrderSort::Drill,
        (_, Kind::Test) => OrderSort::Test,
        _ if broadcast.is_talk() => OrderSort::Talk,
        _ => OrderSort::Say,
    }
}

/// How many times its words are heard.
fn times(broadcast: &Broadcast) -> u32 {
    let said = broadcast.play.iter().filter(|play| matches!(play, Play::Sound(_))).count();
    if broadcast.kind == Kind::Drill { 1 } else { u32::try_from(said).unwrap_or(1).max(1) }
}

fn tone(broadcast: &Broadcast) -> f64 {
    let begins = matches!(broadcast.play.first(), Some(Play::Chime(Chime::Alarm)));
    if begins { ALARM_LENGTH.as_secs_f64() } else { 0.0 }
}
