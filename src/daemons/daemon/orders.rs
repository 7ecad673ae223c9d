//! The way of orders into the loop, beside the way of everything else. A stop and the end go first and
//! are never kept out by what others send; an alert goes before a say; no account can fill it for
//! another. An alert is never turned away for those that wait: the oldest of its account's goes for it.
//! What waits here is still its sender's: see [`super::ticket`].

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::pace::{self, Pace};
use super::ticket::{Stub, Ticket, ticket};
use crate::diag::{Text, text};
use crate::instant::Mono;
use crate::player::{Event, OrderStand, Request};
use crate::schedule::Class;

/// Orders of one account that wait for the loop, which takes each within a millisecond or two: more is a
/// program that runs wild.
const OF_ONE: usize = 16;

/// Orders of all accounts that wait for it. A station has a handful of people.
const OF_ALL: usize = 256;

/// The way in; cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct Orders(Arc<Mutex<Desk>>);

#[derive(Debug, Default)]
struct Desk {
    last: u64,
    /// The loop was called and has not looked yet.
    called: bool,
    /// Nothing is taken any more.
    closed: bool,
    /// The end was asked for.
    ending: bool,
    stops: VecDeque<Handed>,
    alerts: VecDeque<Handed>,
    /// How fast the alerts of an account came of late.
    paces: BTreeMap<u32, Pace>,
    others: VecDeque<Handed>,
}

#[derive(Debug)]
struct Handed {
    account: u32,
    number: u64,
    event: Event,
    stub: Stub,
}

/// Why an order is not taken here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Turned {
    /// Too many wait.
    Full,
    /// A newer alert of the same account took its place.
    Replaced,
    /// The station is ending.
    Ending,
}

impl Orders {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the loop has to be called, which it has not been since it looked last.
    pub(super) fn call(&self) -> bool {
        !std::mem::replace(&mut self.desk().called, true)
    }

    /// Hand an order over for an account; `event` is made with its number.
    pub(super) fn hand(&self, account: u32, event: impl FnOnce(u64) -> Event) -> Result<Ticket, Turned> {
        let mut desk = self.desk();
        if desk.closed || desk.ending {
            return Err(Turned::Ending);
        }
        let number = desk.last + 1;
        let event = event(number);
        let queue = desk.queue(&event);
        let of = |account: u32| queue.iter().filter(|handed| handed.account == account).count();
        let own = of(account);
        if own >= OF_ONE || queue.len() >= OF_ALL {
            if !is_alert(&event) {
                return Err(Turned::Full);
            }
            let accounts = queue.iter().map(|handed| handed.account);
            let fullest = if own >= OF_ONE { Some(account) } else { accounts.max_by_key(|account| of(*account)) };
            let oldest = queue.iter().position(|handed| Some(handed.account) == fullest);
            if let Some(oldest) = oldest.and_then(|place| queue.remove(place)) {
                oldest.stub.replace();
            }
        }
        let (ticket, stub) = ticket();
        queue.push_back(Handed { account, number, event, stub });
        desk.last = number;
        Ok(ticket)
    }

    /// The station is to end: before all else, and whatever waits.
    pub(super) fn end(&self) {
        self.desk().ending = true;
    }

    /// The end, once it was asked for, or a stop.
    pub(super) fn urgent(&self, answers: &mut Answers) -> Option<Event> {
        let mut desk = self.desk();
        desk.called = false;
        if desk.ending && !desk.closed {
            desk.close();
            return Some(Event::Shutdown);
        }
        answers.take(&mut desk.stops)
    }

    /// The next order that was not taken back.
    pub(super) fn next(&self, answers: &mut Answers, now: Mono) -> Option<Event> {
        let mut desk = self.desk();
        desk.alert(answers, now).or_else(|| answers.take(&mut desk.others))
    }

    /// How long the first alert is still held back of those that come too fast; `None` where none is.
    pub(super) fn held(&self, now: Mono) -> Option<Duration> {
        let desk = self.desk();
        desk.alerts.iter().filter_map(|handed| Some(desk.paces.get(&handed.account)?.held(now))).min()
    }

    /// Take nothing any more, and let go of what waits: its senders are told.
    pub(super) fn close(&self) {
        self.desk().close();
    }
}

impl Desk {
    fn queue(&mut self, event: &Event) -> &mut VecDeque<Handed> {
        match event {
            Event::Stop { .. } => &mut self.stops,
            event if is_alert(event) => &mut self.alerts,
            _ => &mut self.others,
        }
    }

    /// The next alert. Of an account that has given too many at once the newest is taken, one a second; those before it
    /// are told that a newer one took their place.
    fn alert(&mut self, answers: &mut Answers, now: Mono) -> Option<Event> {
        self.alerts.retain(|handed| !handed.stub.is_revoked());
        self.paces.retain(|_, pace| !pace.is_rested(now));
        loop {
            let left = |account: u32| self.paces.get(&account).map_or(pace::BURST, |pace| pace.left(now));
            let place = self.alerts.iter().position(|handed| left(handed.account) > 0)?;
            let account = self.alerts[place].account;
            let waiting = self.alerts.iter().filter(|handed| handed.account == account).count();
            let in_time = waiting <= left(account) as usize;
            let handed = self.alerts.remove(place)?;
            if !in_time {
                handed.stub.replace();
            } else if let Some(event) = answers.keep(handed) {
                self.paces.entry(account).or_insert_with(|| Pace::rested(now)).spend(now);
                return Some(event);
            }
        }
    }

    fn close(&mut self) {
        self.closed = true;
        for queue in [&mut self.stops, &mut self.alerts, &mut self.others] {
            queue.clear();
        }
    }
}

const fn is_alert(event: &Event) -> bool {
    matches!(event, Event::Request(Request { class: Class::Emergency, .. }))
}

/// The answers that the loop owes, by the order's number.
#[derive(Debug, Default)]
pub(super) struct Answers(BTreeMap<u64, Stub>);

impl Answers {
    fn take(&mut self, queue: &mut VecDeque<Handed>) -> Option<Event> {
        while let Some(handed) = queue.pop_front() {
            if let Some(event) = self.keep(handed) {
                return Some(event);
            }
        }
        None
    }

    /// Take an order, unless it was taken back, and owe its answer.
    fn keep(&mut self, Handed { number, event, stub, .. }: Handed) -> Option<Event> {
        stub.take().then(|| {
            self.0.insert(number, stub);
            event
        })
    }

    /// Tell those who wait how their orders stand.
    pub(super) fn tell(&mut self, stands: &[OrderStand]) {
        for stand in stands {
            let Some(stub) = self.0.get(&stand.ticket) else { continue };
            if !stub.tell(stand) || stand.is_last() {
                self.0.remove(&stand.ticket);
            }
        }
    }
}

/// What to say of an order that was not taken.
pub(super) fn turned(why: Turned) -> Text {
    match why {
        Turned::Full => text!(
            "loa đang quá bận nên không nhận lệnh này, và lệnh này sẽ không phát về sau: hãy thử lại; «loa stop» vẫn dừng được",
            "loa is too busy and has not taken this order; it will not sound later: try again; \"loa stop\" still works"
        ),
        Turned::Replaced => text!(
            "tài khoản này ra quá nhiều lệnh khẩn cấp cùng lúc: lệnh mới hơn được nhận; lệnh này thì không, và sẽ không phát về sau",
            "this account gives too many alerts at once: a newer one is taken; this one is not, and will not sound later"
        ),
        Turned::Ending => text!(
            "loa đang tắt nên không nhận lệnh này: hãy thử lại khi loa chạy lại",
            "loa is ending and has not taken this order: try again once it runs"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::station::ZoneIx;

    const NOW: Mono = Mono::from_origin(Duration::ZERO);

    fn say(ticket: u64, class: Class) -> Event {
        Event::Request(Request { class, ticket, ..Request::of("a", vec![ZoneIx(0)]) })
    }

    fn stop(ticket: u64) -> Event {
        Event::Stop { zones: vec![ZoneIx(0)], by: "A".to_owned(), orders: Vec::new(), ticket }
    }

    fn number(event: Option<Event>) -> Option<u64> {
        match event? {
            Event::Request(request) => Some(request.ticket),
            Event::Stop { ticket, .. } => Some(ticket),
            _ => None,
        }
    }

    #[test]
    fn a_stop_goes_first_then_alerts_then_says() {
        let (orders, mut answers) = (Orders::default(), Answers::default());
        let _tickets: Vec<Ticket> = [
            orders.hand(1, |ticket| say(ticket, Class::Normal)),
            orders.hand(1, |ticket| say(ticket, Class::Emergency)),
            orders.hand(2, stop),
        ]
        .into_iter()
        .map(Result::unwrap)
        .collect();
        assert_eq!(number(orders.urgent(&mut answers)), Some(3));
        assert!(orders.urgent(&mut answers).is_none());
        assert_eq!(number(orders.next(&mut answers, NOW)), Some(2));
        assert_eq!(number(orders.next(&mut answers, NOW)), Some(1));
    }

    #[test]
    fn a_flood_of_one_account_keeps_neither_another_s_alert_out_nor_any_stop_nor_the_end() {
        let (orders, mut answers) = (Orders::default(), Answers::default());
        let alert = |account| orders.hand(account, |ticket| say(ticket, Class::Emergency));
        let tickets: Vec<Ticket> = (0..10_000).map(|_| alert(1).expect("an alert is never turned away")).collect();
        let replaced = tickets.iter().take_while(|ticket| ticket.was_replaced()).count();
        assert_eq!(replaced, 10_000 - OF_ONE, "the oldest go, and are told");
        let says: Vec<_> = (0..10_000).map(|_| orders.hand(1, |ticket| say(ticket, Class::Normal))).collect();
        let turned = says.iter().filter(|said| said.as_ref().err() == Some(&Turned::Full)).count();
        assert_eq!(turned, 10_000 - OF_ONE);
        let _other = alert(2).expect("another account's place is free");
        let _stop = orders.hand(1, stop).expect("a stop has a way of its own");
        assert!(matches!(orders.urgent(&mut answers), Some(Event::Stop { .. })));
        orders.end();
        assert!(matches!(orders.urgent(&mut answers), Some(Event::Shutdown)), "the end goes before what waits");
        assert!(orders.next(&mut answers, NOW).is_none(), "and nothing is taken behind it");
        assert_eq!(orders.hand(3, stop).err(), Some(Turned::Ending));
    }

    #[test]
    fn however_many_accounts_wait_an_alert_is_let_in_and_the_fullest_account_gives_way() {
        let orders = Orders::default();
        let alert = |account| orders.hand(account, |ticket| say(ticket, Class::Emergency)).unwrap();
        let crowd: Vec<Ticket> = (0..OF_ALL).map(|at| alert((at / OF_ONE) as u32)).collect();
        let _new = alert(1_000);
        assert_eq!(crowd.iter().filter(|ticket| ticket.was_replaced()).count(), 1);
    }

    #[test]
    fn of_an_account_whose_alerts_never_end_the_newest_is_taken_each_second_and_another_s_at_once() {
        let (orders, mut answers) = (Orders::default(), Answers::default());
        let alert = |account| orders.hand(account, |ticket| say(ticket, Class::Emergency)).unwrap();
        let after = |millis| Mono::from_origin(Duration::from_millis(millis));
        let mut one_at_once = || {
            let ticket = alert(1);
            assert!(orders.next(&mut answers, NOW).is_some(), "a bad night is no flood");
            ticket
        };
        let burst: Vec<Ticket> = (0..pace::BURST).map(|_| one_at_once()).collect();
        let flood: Vec<Ticket> = (0..5).map(|_| alert(1)).collect();
        assert!(orders.next(&mut answers, NOW).is_none());
        assert_eq!(orders.held(after(250)), Some(Duration::from_millis(750)));
        let _other = alert(2);
        assert_eq!(number(orders.next(&mut answers, after(300))), Some(u64::from(pace::BURST) + 6));
        // The newest of them, and the rest is told.
        assert_eq!(number(orders.next(&mut answers, after(1000))), Some(u64::from(pace::BURST) + 5));
        assert!(flood[..4].iter().all(Ticket::was_replaced) && !flood[4].was_replaced());
        assert!(!burst.iter().any(Ticket::was_replaced) && orders.held(after(1000)).is_none());
    }

    #[test]
    fn what_its_sender_took_back_is_passed_over() {
        let (orders, mut answers) = (Orders::default(), Answers::default());
        let gone = orders.hand(1, |ticket| say(ticket, Class::Emergency)).unwrap();
        let _kept = orders.hand(1, |ticket| say(ticket, Class::Emergency)).unwrap();
        drop(gone);
        assert_eq!(number(orders.next(&mut answers, NOW)), Some(2));
        assert!(orders.next(&mut answers, NOW).is_none());
    }
}
