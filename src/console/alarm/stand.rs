use super::record::{Alarm, AlarmKind, millis};
use crate::checkup::alarms::of_an_alarm;
use crate::daemon::receipt::{State, ZoneReceipt};
use crate::diag::{Text, text};
use crate::instant::Wall;
use crate::schedule::Class;
use crate::station::{EmergencyRole, Station};
use crate::status::{OrderSort, OrderState, OrderStatus, OrderZone, Status};

/// Silence between the repeats of an alert, in seconds.
const GAP_S: f64 = 2.0;

/// How one zone of an alarm stands.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct ZoneState {
    pub(crate) id: String,
    pub(crate) title: String,
    /// It is heard now.
    pub(crate) sounds: bool,
    /// It was heard, and is not any more.
    pub(crate) is_over: bool,
    /// Nothing of the alarm is under way there any more, whether it was heard or not.
    pub(crate) is_done: bool,
    /// In words.
    pub(crate) said: Text,
}

/// How an alarm stands, by what the daemon says now and said before.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct AlarmStand {
    pub(crate) zones: Vec<ZoneState>,
    /// Which repeat is heard, and of how many; none in the tone before the first, and where nothing is heard.
    pub(crate) round: Option<(u32, u32)>,
    /// The tone is heard, and no word yet.
    pub(crate) in_tone: bool,
}

impl AlarmStand {
    pub(crate) fn of(alarm: &Alarm, status: Option<&Status>, station: &Station, now: Wall) -> Self {
        if status.is_none() {
            return Self::unknown(alarm, station);
        }
        let orders: Vec<&OrderStatus> =
            status.iter().flat_map(|status| &status.orders).filter(|order| is_of(alarm, order)).collect();
        let zones = alarm.zones.iter().map(|id| {
            let live = orders.iter().find_map(|order| order.zones.iter().find(|zone| zone.zone == *id));
            zone(alarm, id, live, station, now)
        });
        let mut stand = Self { zones: zones.collect(), round: None, in_tone: false };
        stand.hear(&orders, now);
        stand
    }

    /// The daemon does not answer: nobody here knows what is heard.
    fn unknown(alarm: &Alarm, station: &Station) -> Self {
        let state = |id: &String| {
            let title = station.zones.iter().find(|zone| zone.id == *id).map_or(id, |zone| &zone.title).clone();
            let said = text!("không rõ, đài không trả lời", "not known, the station does not answer");
            ZoneState { id: id.clone(), title, sounds: false, is_over: false, is_done: false, said }
        };
        Self { zones: alarm.zones.iter().map(state).collect(), round: None, in_tone: false }
    }

    /// Which repeat it is, by the zone that began first.
    fn hear(&mut self, orders: &[&OrderStatus], now: Wall) {
        let own = |zone: &&OrderZone| self.zones.iter().any(|known| known.id == zone.zone);
        let all = orders.iter().flat_map(|order| order.zones.iter().filter(own).map(move |zone| (*order, zone)));
        (self.in_tone, self.round) = heard_round(all, now);
    }

    /// In how many zones it was heard, so far.
    pub(crate) fn heard(&self) -> usize {
        self.zones.iter().filter(|zone| zone.sounds || zone.is_over).count()
    }

    /// Zones that have heard nothing.
    pub(crate) fn unheard(&self) -> impl Iterator<Item = &ZoneState> {
        self.zones.iter().filter(|zone| !zone.sounds && !zone.is_over)
    }
}

/// Whether the tone of an order is heard in the zone that began first, else which repeat of how many.
pub(super) fn heard_round<'a>(
    zones: impl Iterator<Item = (&'a OrderStatus, &'a OrderZone)>,
    now: Wall,
) -> (bool, Option<(u32, u32)>) {
    let heard = zones.filter_map(|(order, zone)| {
        let started = zone.started.as_deref()?.parse::<jiff::Timestamp>().ok()?;
        Some((started, order, zone.seconds))
    });
    let Some((started, order, seconds)) = heard.min_by_key(|(started, ..)| *started) else { return (false, None) };
    let passed = (millis(now) - started.as_millisecond()).max(0) as f64 / 1_000.0 - order.tone;
    if passed < 0.0 {
        return (true, None);
    }
    let times = f64::from(order.times.max(1));
    let one = (seconds - order.tone - GAP_S * (times - 1.0)) / times;
    let done = if one > 0.0 { (passed / (one + GAP_S)).floor() } else { 0.0 };
    (false, Some((done.min(times - 1.0) as u32 + 1, order.times.max(1))))
}

/// What real alarm is on, if one is: of this page, of the command line, or of the schedule. A correction is none.
pub(crate) fn real_on(alarms: &[Alarm], status: Option<&Status>, station: &Station) -> Option<Text> {
    let status = status?;
    let told = |order: &OrderStatus| alarms.iter().find(|alarm| has_given(alarm, order));
    for order in status.orders.iter().filter(|order| order.kind == Some(OrderSort::Alert)) {
        match told(order) {
            Some(alarm) if alarm.kind != AlarmKind::Real => {}
            Some(alarm) => return Some(alarm.title()),
            None => return Some(called(station, &order.title)),
        }
    }
    let mut playing = status.zones.iter().filter_map(|zone| zone.playing.as_ref());
    let written = playing.find(|playing| playing.class == Class::Emergency && playing.order.is_none())?;
    Some(Text { vi: written.title.clone(), en: written.title.clone() })
}

/// What people call the danger that a sound is for; the name of the sound where it is for none.
pub(super) fn called(station: &Station, sound: &str) -> Text {
    match of_an_alarm(station, sound).map(|known| known.role) {
        Some(EmergencyRole::Alarm(preset) | EmergencyRole::DrillOf(preset)) => preset.title.clone(),
        Some(role) => role.title(),
        None => Text { vi: sound.to_owned(), en: sound.to_owned() },
    }
}

/// Whether the daemon's order is one by which the alarm is heard: its own, or the same of somebody else.
pub(super) fn is_of(alarm: &Alarm, order: &OrderStatus) -> bool {
    alarm.orders.iter().any(|own| own.id == order.order)
}

/// Whether the daemon's order was given by this alarm.
pub(super) fn has_given(alarm: &Alarm, order: &OrderStatus) -> bool {
    alarm.orders.iter().any(|own| own.id == order.order && !own.is_others)
}

fn zone(alarm: &Alarm, id: &str, live: Option<&OrderZone>, station: &Station, now: Wall) -> ZoneState {
    let known = station.zones.iter().find(|zone| zone.id == id);
    let title = known.map_or(id, |zone| zone.title.as_str()).to_owned();
    let has_horn = station.is_horn(id);
    let begun = alarm.begun.get(id).map(|at| {
        let at = super::record::instant(*at).zoned(&station.timezone);
        (at.strftime("%H:%M:%S").to_string(), has_horn)
    });
    let is_done = live.is_none() && alarm.is_settled_in(id, now);
    let state =
        |sounds, is_over, said| ZoneState { id: id.to_owned(), title: title.clone(), sounds, is_over, is_done, said };
    let why = live.and_then(|live| live.why.as_ref());
    let hornless = || text!("không có loa nào ở đây, không ai nghe", "no horn here, nobody hears it");
    match (live.map(|live| live.state), &begun) {
        (Some(OrderState::Sounding), Some((at, _))) if alarm.met_in(id) => state(
            true,
            false,
            text!(
                "đang kêu từ {at} theo lệnh phát trước, lệnh này không phát thêm",
                "heard since {at} by an order given before; this one adds nothing"
            ),
        ),
        (Some(OrderState::Sounding), Some((at, _))) => {
            state(true, false, text!("đang kêu từ {at}", "heard since {at}"))
        }
        (Some(OrderState::Sounding), None) => state(true, false, text!("đang kêu", "heard")),
        (Some(OrderState::Unheard), _) | (None, Some((_, false))) => state(false, false, hornless()),
        (Some(OrderState::Accepted | OrderState::Waits | OrderState::Silent), _) if !has_horn => {
            state(false, false, hornless())
        }
        (Some(OrderState::Accepted), _) => state(false, false, text!("đang chuẩn bị kêu", "about to be heard")),
        (Some(OrderState::Waits | OrderState::Silent), _) => state(
            false,
            false,
            match why {
                Some(why) => {
                    let (vi, en) = (&why.vi, &why.en);
                    text!("chưa kêu: {vi}", "not heard yet: {en}")
                }
                None => text!("chưa kêu", "not heard yet"),
            },
        ),
        // The answer to the order says so; the daemon's own word of it comes a moment later.
        (None, Some((at, true))) if !is_done => state(true, false, text!("đang kêu từ {at}", "heard since {at}")),
        (None, Some((at, true))) => {
            state(false, true, text!("đã kêu từ {at}, nay đã thôi", "heard from {at} on, and over"))
        }
        (None, None) => state(false, false, answered(alarm, id)),
    }
}

/// The daemon's last answer for a zone.
fn last<'a>(alarm: &'a Alarm, id: &str) -> Option<&'a ZoneReceipt> {
    alarm.orders.iter().rev().find_map(|order| order.zones.iter().find(|zone| zone.zone == id))
}

/// Whether the daemon has refused to sound it there, and why: that goes before everything else that keeps it from being heard.
pub(crate) fn refused(alarm: &Alarm, id: &str) -> Option<Text> {
    let receipt = last(alarm, id).filter(|receipt| matches!(receipt.state, State::Silent))?;
    let why = receipt.why.as_ref().map(|why| Text { vi: why.words.vi.clone(), en: why.words.en.clone() });
    Some(why.unwrap_or_else(|| text!("đài không nhận", "refused by the station")))
}

/// What the daemon answered to the order, where it says no more of it.
pub(crate) fn answered(alarm: &Alarm, id: &str) -> Text {
    if let Some(Text { vi, en }) = refused(alarm, id) {
        return text!("KHÔNG KÊU: {vi}", "NOT HEARD: {en}");
    }
    match last(alarm, id) {
        Some(_) => text!("chưa thấy kêu", "not known to be heard"),
        None => text!("chưa có trong lệnh", "not in the order yet"),
    }
}
