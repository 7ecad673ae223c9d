use serde_json::{Value, json};

use super::handle::Handle;
use crate::checkup::PowerStanding;
use crate::player::{Snapshot, Stand, ZoneStand};
use crate::reason::codes;
use crate::station::ZoneIx;

/// How the station stands, as `loa status --json` has it. Its keys only become more.
pub(super) fn status(snapshot: &Snapshot, handle: &Handle) -> Value {
    let (now, condition, standing) = (handle.now(), handle.condition(), handle.standing());
    let station = &snapshot.world.station;
    let tz = &snapshot.world.station.timezone;
    let zones: Vec<Value> = snapshot
        .zones
        .iter()
        .zip(&station.zones)
        .map(|(zone, known)| {
            json!({
                "zone": zone.zone,
                "title": known.title,
                "playing": zone.playing.as_ref().map(|playing| json!({
                    "broadcast": playing.broadcast,
                    "title": playing.title,
                    "class": playing.class,
                    "started": playing.started.rfc3339(tz),
                    "seconds": playing.length.as_secs_f64(),
                })),
                "next": zone.next.as_ref().map(|next| json!({
                    "broadcast": next.broadcast,
                    "title": next.title,
                    "start": next.start.rfc3339(tz),
                })),
                "waiting": zone.waiting,
                "underruns": zone.underruns,
                "tried": zone.tried,
                "trouble": zone.trouble.as_ref().map(|(why, since)| json!({
                    "vi": why.vi,
                    "en": why.en,
                    "since": since.rfc3339(tz),
                })),
            })
        })
        .collect();
    let drift = snapshot.drift.as_ref().map(ToString::to_string);
    json!({
        "name": snapshot.world.station.name,
        "at": now.rfc3339(tz),
        "clock": match &snapshot.distrust {
            None => json!({"trusted": true, "because": codes(&snapshot.trust.because), "drift": drift}),
            Some(why) => json!({"trusted": false, "why": why.to_string(), "drift": drift}),
        },
        "journal": condition.json(),
        "broadcasts": snapshot.world.schedule.broadcasts.len(),
        "sounds": snapshot.world.library.sounds.len(),
        "zones": zones,
        "orders": orders(snapshot),
        "amplifiers": amplifiers(snapshot),
        "broken": standing.broken,
        "problems": standing.problems,
        "problems_more": standing.problems_more,
        "restart_needed": standing.restart_needed,
        "sounds_left_out": standing.sounds_left_out,
        "rehearsal": standing.rehearsal,
        "sound_warnings": standing.sound_warnings,
    })
}

fn amplifiers(snapshot: &Snapshot) -> Vec<PowerStanding> {
    let station = &snapshot.world.station;
    let zone = |zone: &ZoneIx| station.zones.get(usize::from(zone.0));
    let each = snapshot.amplifiers.iter().map(|look| PowerStanding {
        switch: look.name.clone(),
        zones: look.zones.iter().filter_map(zone).map(|zone| zone.id.clone()).collect(),
        on: look.on,
        since: look.since.map(|since| since.rfc3339(&station.timezone)),
        why: look.trouble.clone().map(Into::into),
    });
    each.collect()
}

/// Orders by hand that are under way: where each sounds, and where it waits.
fn orders(snapshot: &Snapshot) -> Vec<Value> {
    let station = &snapshot.world.station;
    let zone = |zone: &ZoneStand| {
        let state = match &zone.stand {
            Stand::Sounds { .. } => "sounding",
            Stand::Waits { .. } => "waits",
            Stand::Begins => "accepted",
            Stand::Hindered { .. } | Stand::Copied { .. } => "silent",
            // Over, refused, or a stop: nothing is under way.
            _ => return None,
        };
        let known = station.zones.get(usize::from(zone.zone.0))?;
        let start = match &zone.stand {
            Stand::Waits { start, .. } => Some(start.rfc3339(&station.timezone)),
            _ => None,
        };
        Some(json!({"zone": known.id, "state": state, "start": start, "seconds": zone.seconds}))
    };
    let each = snapshot.orders.iter().filter_map(|order| {
        let zones: Vec<Value> = order.zones.iter().filter_map(zone).collect();
        let at = order.at.rfc3339(&station.timezone);
        (!zones.is_empty()).then(|| json!({"order": order.id, "title": order.title, "at": at, "zones": zones}))
    });
    each.collect()
}
