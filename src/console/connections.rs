//! Connections: how many there may be, of everybody and of one address, and who gives way when there is no room. Whoever
//! is logged in stays. Of strangers the one goes whose request has been on its way for longest, of the address that has
//! most of them: half a request holds nobody else out, however many there are.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use super::entry::counted;

/// Connections at once: fifty phones with six each, and an event stream.
const CONNECTIONS_MOST: usize = 512;

/// Connections of one address at once, so that no machine takes the room of all. Phones behind one address have six each.
const OF_ONE_ADDRESS_MOST: usize = 128;

/// Forms of strangers that are longer than a log-in, at once: people who were logged out while they typed, each with what
/// was typed, and the page that shows it again. Some megabytes.
const LONG_FORMS_MOST: usize = 16;

/// Every connection that there is.
#[derive(Debug, Default)]
pub(super) struct Connections(Mutex<Room>);

#[derive(Debug, Default)]
struct Room {
    /// Counts whatever comes in, so that older is less.
    last: u64,
    connections: BTreeMap<u64, Sitter>,
}

/// What is known of one connection.
#[derive(Debug)]
struct Sitter {
    address: String,
    /// When it came, or was answered last.
    since: u64,
    /// Somebody who is logged in has asked over it.
    is_known: bool,
    /// Its request is here whole, and is being answered.
    is_served: bool,
    /// It has sent a long form, or does.
    has_long_form: bool,
    leave: Arc<Notify>,
}

impl Sitter {
    const fn may_stay(&self) -> bool {
        self.is_known || self.is_served
    }
}

/// One connection; its place is free once nobody holds it any more.
#[derive(Clone, Debug)]
pub(super) struct OneConnection(Arc<Held>);

#[derive(Debug)]
struct Held {
    connections: Arc<Connections>,
    number: u64,
    leave: Arc<Notify>,
}

impl Room {
    fn count(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// Let the one go whose request has been on its way for longest, of the address that has most of those who may be let
    /// go; whether there was one.
    fn give_way(&mut self, may_go: impl Fn(&Sitter) -> bool) -> bool {
        let candidates = || self.connections.iter().filter(|(_, sitter)| !sitter.may_stay() && may_go(sitter));
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for (_, sitter) in candidates() {
            *counts.entry(&sitter.address).or_default() += 1;
        }
        let most = counts.values().max().copied().unwrap_or_default();
        let oldest = candidates()
            .filter(|(_, sitter)| counts.get(sitter.address.as_str()) == Some(&most))
            .min_by_key(|(_, sitter)| sitter.since)
            .map(|(number, _)| *number);
        let Some(sitter) = oldest.and_then(|number| self.connections.remove(&number)) else { return false };
        sitter.leave.notify_one();
        true
    }
}

impl Connections {
    fn with<R>(&self, work: impl FnOnce(&mut Room) -> R) -> R {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A place for a connection from `ip`; none where all are taken by people who are logged in.
    pub(super) fn enter(self: &Arc<Self>, ip: IpAddr) -> Option<OneConnection> {
        let (address, leave) = (counted(ip), Arc::new(Notify::new()));
        let number = self.with(|room| {
            let own = room.connections.values().filter(|sitter| sitter.address == address).count();
            let has_room = match (own < OF_ONE_ADDRESS_MOST, room.connections.len() < CONNECTIONS_MOST) {
                (true, true) => true,
                (false, _) => room.give_way(|sitter| sitter.address == address),
                (true, false) => room.give_way(|_| true),
            };
            has_room.then(|| {
                let number = room.count();
                let sitter = Sitter {
                    address,
                    since: number,
                    is_known: false,
                    is_served: false,
                    has_long_form: false,
                    leave: leave.clone(),
                };
                room.connections.insert(number, sitter);
                number
            })
        })?;
        Some(OneConnection(Arc::new(Held { connections: self.clone(), number, leave })))
    }
}

impl OneConnection {
    fn change(&self, work: impl FnOnce(&mut Sitter)) {
        self.0.connections.with(|room| room.connections.get_mut(&self.0.number).map(work));
    }

    /// The head of a request has come.
    pub(super) fn asked(&self) {
        self.change(|sitter| sitter.has_long_form = false);
    }

    /// Somebody who is logged in asks over it.
    pub(super) fn known(&self) {
        self.change(|sitter| sitter.is_known = true);
    }

    /// A request is here whole.
    pub(super) fn served(&self) {
        self.change(|sitter| sitter.is_served = true);
    }

    /// It was answered; the answer may still be on its way.
    pub(super) fn answered(&self) {
        self.0.connections.with(|room| {
            let since = room.count();
            if let Some(sitter) = room.connections.get_mut(&self.0.number) {
                (sitter.since, sitter.is_served) = (since, false);
            }
        });
    }

    /// A stranger sends more than a log-in has. Where too many do, one of them goes.
    pub(super) fn long_form(&self) {
        self.0.connections.with(|room| {
            let many = room.connections.values().filter(|sitter| sitter.has_long_form).count();
            if many >= LONG_FORMS_MOST {
                room.give_way(|sitter| sitter.has_long_form);
            }
            if let Some(sitter) = room.connections.get_mut(&self.0.number) {
                sitter.has_long_form = true;
            }
        });
    }

    /// Until it has to go.
    pub(super) async fn gives_way(&self) {
        self.0.leave.notified().await;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.connections.with(|room| room.connections.remove(&self.number));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(last: u8) -> IpAddr {
        IpAddr::from([10, 0, 0, last])
    }

    fn is_there(connection: &OneConnection) -> bool {
        connection.0.connections.with(|room| room.connections.contains_key(&connection.0.number))
    }

    #[test]
    fn a_stranger_gives_way_to_a_newcomer_and_whoever_is_logged_in_stays() {
        let connections = Arc::new(Connections::default());
        let phone = connections.enter(ip(200)).unwrap();
        phone.known();
        let waiting = connections.enter(ip(201)).unwrap();
        let flood: Vec<OneConnection> = (0..600)
            .map(|number: usize| connections.enter(ip((number % 5) as u8)).expect("there is always room"))
            .collect();
        assert_eq!(connections.with(|room| room.connections.len()), CONNECTIONS_MOST);
        assert!(!is_there(&flood[0]) && is_there(&flood[599]));
        assert!(is_there(&phone) && is_there(&waiting), "those who have most of all give way");
        let newcomer = connections.enter(ip(202)).unwrap();
        assert!(is_there(&newcomer) && is_there(&waiting));
    }

    #[test]
    fn one_address_has_its_share_and_its_own_give_way() {
        let connections = Arc::new(Connections::default());
        let held: Vec<OneConnection> = (0..OF_ONE_ADDRESS_MOST).map(|_| connections.enter(ip(9)).unwrap()).collect();
        held[0].served();
        held[1].answered();
        let one = connections.enter(ip(9)).unwrap();
        assert_eq!(held.iter().map(is_there).filter(|is| !is).count(), 1);
        assert!(is_there(&held[0]) && is_there(&held[1]) && !is_there(&held[2]), "the one that has waited longest");
        held.iter().for_each(OneConnection::known);
        one.known();
        assert!(connections.enter(ip(9)).is_none(), "all of them are people");
        assert!(connections.enter(ip(8)).is_some());
        drop((held, one));
        assert!(connections.with(|room| room.connections.is_empty()));
    }

    #[test]
    fn long_forms_of_strangers_have_their_own_room() {
        let connections = Arc::new(Connections::default());
        let long: Vec<OneConnection> = (0..LONG_FORMS_MOST).map(|_| connections.enter(ip(9)).unwrap()).collect();
        long.iter().for_each(OneConnection::long_form);
        let typed = connections.enter(ip(8)).unwrap();
        typed.long_form();
        assert!(is_there(&typed) && !is_there(&long[0]) && is_there(&long[1]));
        typed.asked();
        let next = connections.enter(ip(8)).unwrap();
        next.long_form();
        assert!(is_there(&long[1]), "a form that was answered takes no room once something else is asked");
    }
}
