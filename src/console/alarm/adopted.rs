use std::collections::BTreeMap;
use std::time::Duration;

use super::record::{Alarm, AlarmKind, AlarmOrder, AlarmProgress, AlarmSign, millis};
use super::stand::{called, has_given};
use crate::app::App;
use crate::checkup::alarms::of_an_alarm;
use crate::diag::Text;
use crate::instant::Wall;
use crate::station::{EmergencyRole, Scope, Station};
use crate::status::{OrderSort, OrderStatus, Status};
use crate::warning::{CapStanding, KnownPart};

/// Nobody of this page gave it.
const NOBODY: i64 = i64::MIN;

/// An alarm of this page has the station's answer by then; what nobody has claimed was given elsewhere.
const CLAIMED_WITHIN: Duration = Duration::from_secs(2);

/// Keep the alarms that were given on the machine, or by a program, as those of this page are: with how long they are on, where
/// they were not heard, and what takes them back.
pub(super) fn adopt(app: &App, status: &Status, station: &Station, now: Wall) {
    let alarms = app.alarms();
    for order in status.orders.iter().filter(|order| order.kind == Some(OrderSort::Alert)) {
        let at = order.at.parse::<jiff::Timestamp>().map_or(now, Wall::from);
        if now.after(at) < CLAIMED_WITHIN {
            continue;
        }
        // One that is on its way may be this very order.
        let is_on_its_way = |alarm: &Alarm| alarm.step == AlarmProgress::Going || alarm.unclear && alarm.is_open();
        let may_be_own = |alarm: &Alarm| has_given(alarm, order) || is_on_its_way(alarm);
        if alarms.last(may_be_own, 1).is_empty() && !is_from_outside(app, station, order) {
            alarms.make(of(order, station, at));
        }
    }
}

/// An order that an alarm from outside was sounded by has its own page.
fn is_from_outside(app: &App, station: &Station, order: &OrderStatus) -> bool {
    let marked = |part: &KnownPart| order.why.contains(&part.mark);
    station.cap.is_written() && CapStanding::read(app.site()).alarms.iter().any(|alarm| alarm.parts.iter().any(marked))
}

/// Who gave one that was taken in so.
pub(super) fn given_by(alarm: &Alarm) -> Option<&str> {
    let sent = alarm.sent.as_ref()?;
    (sent.person == NOBODY && !sent.name.is_empty()).then_some(&sent.name)
}

fn of(order: &OrderStatus, station: &Station, at: Wall) -> Alarm {
    let sign = AlarmSign { name: order.by.clone(), person: NOBODY, at: millis(at) };
    let kind = match of_an_alarm(station, &order.title).map(|known| known.role) {
        Some(EmergencyRole::Correction) => AlarmKind::Correction,
        Some(EmergencyRole::Lifted) => AlarmKind::Lifted,
        _ => AlarmKind::Real,
    };
    // Of what danger it speaks is said where it was given.
    let why = Text { vi: order.why.clone(), en: order.why.clone() };
    let title = if kind == AlarmKind::Real || order.why.is_empty() { called(station, &order.title) } else { why };
    Alarm {
        token: order.order.clone(),
        form: format!("order {}", order.order),
        kind,
        of: None,
        outside: None,
        vi: title.vi,
        en: title.en,
        sound: order.title.clone(),
        between: None,
        zones: order.zones.iter().map(|zone| zone.zone.clone()).collect(),
        times: order.times,
        // Who may give it there needs nobody else.
        scope: Scope::Alone,
        made: sign.clone(),
        step: AlarmProgress::Sent,
        unsent_told: false,
        failed: None,
        unclear: false,
        wanted: None,
        sent: Some(sign),
        orders: vec![AlarmOrder { id: order.order.clone(), zones: Vec::new(), is_others: false }],
        second: None,
        alone: None,
        ended: None,
        taken: None,
        seen: true,
        over: None,
        begun: BTreeMap::new(),
        measured: false,
        read: None,
        remarks: Vec::new(),
    }
}
