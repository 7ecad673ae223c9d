use crate::bundle::UtcSecond;
use crate::status::{OrderState, OrderStatus};
use crate::uplink::{AlarmHeard, ZoneHeard};

/// An alarm that was ordered and does not sound in every zone yet: its amplifier warms up, its card is slow to open, another alarm goes before it.
pub(super) struct AwaitedAlarm {
    /// What the centre was told of it last.
    pub(super) said: AlarmHeard,
    /// After this nobody waits for it.
    pub(super) until: UtcSecond,
}

impl AwaitedAlarm {
    /// Whether there is anything to wait for in what the centre was told.
    pub(super) fn is_awaited(said: &AlarmHeard) -> bool {
        said.zones.iter().any(is_open)
    }
}

/// It may begin there yet.
fn is_open(zone: &ZoneHeard) -> bool {
    !zone.is_heard() && !zone.is_unheard()
}

/// How an order stands in a zone: its own, or the one before that is the same; none where nothing of it is under way.
fn state(order: &str, zone: &ZoneHeard, orders: &[OrderStatus]) -> Option<(OrderState, Option<String>)> {
    let order = if zone.same_as.is_empty() { order } else { zone.same_as.as_str() };
    let known = orders.iter().find(|known| known.order == order)?;
    let stand = known.zones.iter().find(|stand| stand.zone == zone.zone)?;
    Some((stand.state, stand.started.clone()))
}

/// Mark the zones where it has begun to play since; whether there is one.
pub(super) fn begin(said: &mut AlarmHeard, orders: &[OrderStatus]) -> bool {
    let AlarmHeard { order, zones, .. } = said;
    let mut has_begun = false;
    for zone in zones.iter_mut().filter(|zone| is_open(zone)) {
        let (word, started) = match state(order, zone, orders) {
            Some((OrderState::Sounding, started)) => ("sounding", started),
            Some((OrderState::Unheard, started)) => ("unheard", started),
            _ => continue,
        };
        word.clone_into(&mut zone.state);
        zone.started = started;
        zone.vi.clear();
        zone.en.clear();
        has_begun = true;
    }
    has_begun
}

/// It is to begin in a zone yet. Where it is not, its row tells what became of it.
pub(super) fn is_under_way(said: &AlarmHeard, orders: &[OrderStatus]) -> bool {
    said.zones.iter().any(|zone| is_open(zone) && state(&said.order, zone, orders).is_some())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn orders(state: &str) -> Vec<OrderStatus> {
        let zone = json!({ "zone": "t1", "state": state, "seconds": 5.0, "started": "2026-12-01T02:00:06+07:00" });
        let orders = json!([{ "order": "7", "title": "Lũ", "at": "2026-12-01T02:00:00+07:00", "zones": [zone] }]);
        serde_json::from_value(orders).unwrap()
    }

    #[test]
    fn an_alarm_that_begins_later_is_told_once_more_by_its_order_or_by_the_one_that_it_joined() {
        for (order, same_as) in [("7", ""), ("8", "7")] {
            let zone = |zone: &str| {
                json!({
                    "zone": zone, "title": "", "state": "waits", "started": null, "same_as": same_as,
                    "vi": "tăng âm đang khởi động", "en": "the amplifier warms up",
                })
            };
            let said = json!({
                "alarm": "a1", "at": "", "late_seconds": 0, "fate": "ordered", "order": order,
                "zones": [zone("t1"), zone("t2")], "vi": "", "en": "",
            });
            let mut said: AlarmHeard = serde_json::from_value(said).unwrap();
            for waits in ["waits", "accepted", "silent"] {
                assert!(!begin(&mut said, &orders(waits)) && is_under_way(&said, &orders(waits)), "{waits}");
            }
            assert!(!is_under_way(&said, &[]), "nothing of it is under way any more");
            assert!(begin(&mut said, &orders("sounding")));
            assert!(said.zones[0].is_heard() && said.zones[0].vi.is_empty() && said.zones[0].started.is_some());
            assert!(!said.zones[1].is_heard() && !said.zones[1].vi.is_empty());
            assert!(!begin(&mut said, &orders("sounding")), "once");
            assert!(!is_under_way(&said, &orders("sounding")));
        }
    }
}
