//! The way of orders into the loop, beside the way of everything else. A stop and the end go first and
//! are never kept out by what others send; an alert goes before a say; no account can fill it for
//! another. What waits here is still its sender's: see [`super::ticket`].

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::ticket::{Stub, Ticket, ticket};
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
        let own = queue.iter().filter(|handed| handed.account == account).count();
        if own >= OF_ONE || queue.len() >= OF_ALL {
            return Err(Turned::Full);
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
    pub(super) fn next(&self, answers: &mut Answers) -> Option<Event> {
        let mut desk = self.desk();
        answers.take(&mut desk.alerts).or_else(|| answers.take(&mut desk.others))
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
            Event::Request(Request { class: Class::Emergency, .. }) => &mut self.alerts,
            _ => &mut self.others,
        }
    }

    fn close(&mut self) {
        self.closed = true;
        for queue in [&mut self.stops, &mut self.alerts, &mut self.others] {
            queue.clear();
        }
    }
}

/// The answers that the loop owes, by the order's number.
#[derive(Debug, Default)]
pub(super) struct Answers(BTreeMap<u64, Stub>);

impl Answers {
    fn take(&mut self, queue: &mut VecDeque<Handed>) -> Option<Event> {
        while let Some(handed) = queue.pop_front() {
            if handed.stub.take() {
                self.0.insert(handed.number, handed.stub);
                return Some(handed.event);
            }
        }
        None
    }

    /// Tell those who wait how their orders stand.
    pub(super) fn tell(&mut self, stands: &[OrderStand]) {
        for stand in stands {
            let Some(stub) = self.0.get(&stand.ticket) else { continue };
            if !stub.tell(stand) || stand.is_decided() {
                self.0.remove(&stand.ticket);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::station::ZoneIx;

    fn say(ticket: u64, class: Class) -> Event {
        Event::Request(Request { class, ticket, ..Request::of("a", vec![ZoneIx(0)]) })
    }

    fn stop(ticket: u64) -> Event {
        Event::Stop { zones: vec![ZoneIx(0)], by: "A".to_owned(), ticket }
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
        assert_eq!(number(orders.next(&mut answers)), Some(2));
        assert_eq!(number(orders.next(&mut answers)), Some(1));
    }

    #[test]
    fn a_flood_of_one_account_keeps_neither_another_s_alert_out_nor_any_stop_nor_the_end() {
        let (orders, mut answers) = (Orders::default(), Answers::default());
        let mut tickets = Vec::new();
        let mut refused = 0;
        for _ in 0..10_000 {
            match orders.hand(1, |ticket| say(ticket, Class::Emergency)) {
                Ok(ticket) => tickets.push(ticket),
                Err(turned) => {
                    assert_eq!(turned, Turned::Full);
                    refused += 1;
                }
            }
        }
        assert_eq!((tickets.len(), refused), (OF_ONE, 10_000 - OF_ONE));
        let _other = orders.hand(2, |ticket| say(ticket, Class::Emergency)).expect("another account's place is free");
        let _stop = orders.hand(1, stop).expect("a stop has a way of its own");
        assert!(matches!(orders.urgent(&mut answers), Some(Event::Stop { .. })));
        orders.end();
        assert!(matches!(orders.urgent(&mut answers), Some(Event::Shutdown)), "the end goes before what waits");
        assert!(orders.next(&mut answers).is_none(), "and nothing is taken behind it");
        assert_eq!(orders.hand(3, stop).err(), Some(Turned::Ending));
    }

    #[test]
    fn what_its_sender_took_back_is_passed_over() {
        let (orders, mut answers) = (Orders::default(), Answers::default());
        let gone = orders.hand(1, |ticket| say(ticket, Class::Emergency)).unwrap();
        let _kept = orders.hand(1, |ticket| say(ticket, Class::Emergency)).unwrap();
        drop(gone);
        assert_eq!(number(orders.next(&mut answers)), Some(2));
        assert!(orders.next(&mut answers).is_none());
    }
}
