use super::*;
use crate::player::{Stand, ZoneStand};
use crate::voice::{Ending, VoiceId};

/// A player whose outputs are played by hand.
pub(super) struct Bench {
    pub(super) player: Player,
    pub(super) now: Now,
    pub(super) did: Vec<Action>,
    pub(super) ticket: u64,
}

impl Bench {
    pub(super) fn new(world: World, at: &str) -> Self {
        let now = Now { wall: clock(at), mono: Mono::default() };
        Self { player: Player::new(world, now, Wall::MIN), now, did: Vec::new(), ticket: 0 }
    }

    pub(super) fn pass(&mut self, time: Duration) {
        self.now = Now { wall: self.now.wall + time, mono: self.now.mono + time };
        self.tell(Event::Tick);
    }

    pub(super) fn tell(&mut self, event: Event) {
        let did = self.player.handle(self.now, event);
        self.did.extend(did);
    }

    pub(super) fn order(&mut self, request: Request) -> Vec<ZoneStand> {
        self.ticket += 1;
        self.tell(Event::Request(Request { ticket: self.ticket, account: "hoa".to_owned(), ..request }));
        self.stands(self.ticket).expect("it is answered in its own turn")
    }

    pub(super) fn alert(&mut self, name: &str, zones: &[u16]) -> Vec<ZoneStand> {
        let zones = zones.iter().copied().map(ZoneIx).collect();
        let (by, why) = ("ông Năm".to_owned(), "lũ".to_owned());
        self.order(Request { class: Class::Emergency, by, why, ..Request::of(name, zones) })
    }

    pub(super) fn say(&mut self, name: &str, zones: &[u16]) -> Vec<ZoneStand> {
        let zones = zones.iter().copied().map(ZoneIx).collect();
        self.order(Request { by: "hoa".to_owned(), ..Request::of(name, zones) })
    }

    pub(super) fn stop(&mut self, zones: &[u16]) -> Vec<ZoneStand> {
        self.ticket += 1;
        let zones = zones.iter().copied().map(ZoneIx).collect();
        self.tell(Event::Stop { zones, by: "hoa".to_owned(), orders: Vec::new(), ticket: self.ticket });
        self.stands(self.ticket).expect("a stop is answered in its own turn")
    }

    pub(super) fn stands(&self, ticket: u64) -> Option<Vec<ZoneStand>> {
        let snapshot = self.player.snapshot(self.now);
        snapshot.orders.into_iter().find(|order| order.ticket == ticket).map(|order| order.zones)
    }

    pub(super) fn stand(&self, ticket: u64) -> Stand {
        self.stands(ticket).expect("it is not over")[0].stand.clone()
    }

    /// The newest voice of a zone.
    pub(super) fn voice(&self, zone: u16) -> VoiceId {
        self.last_voice(zone).expect("a voice is prepared")
    }

    pub(super) fn last_voice(&self, zone: u16) -> Option<VoiceId> {
        self.did.iter().rev().find_map(|action| match action {
            Action::Voice(voice, VoiceOrder::Prepare { zone: at, .. }) if *at == ZoneIx(zone) => Some(*voice),
            _ => None,
        })
    }

    /// Let the newest voice of a zone be heard.
    pub(super) fn sound(&mut self, zone: u16) {
        let voice = self.voice(zone);
        self.tell(Event::Notice(Notice::Ready(voice)));
        self.tell(Event::Notice(Notice::Started(voice, self.now.wall)));
    }

    pub(super) fn end(&mut self, voice: VoiceId, played: Duration, ending: Ending) {
        self.tell(Event::Notice(Notice::Ended { voice, at: self.now.wall, played, start_error: None, ending }));
    }

    pub(super) fn notes(&self) -> Vec<&Entry> {
        let notes = self.did.iter().filter_map(|action| match action {
            Action::Record(Record::Note(entry)) => Some(&**entry),
            _ => None,
        });
        notes.collect()
    }

    pub(super) fn reasons(&self) -> Vec<String> {
        self.notes().into_iter().filter_map(Entry::reason_text).collect()
    }

    pub(super) fn rows(&self) -> Vec<&Entry> {
        let rows = self.did.iter().filter_map(|action| match action {
            Action::Record(Record::Finish { entry, .. }) => Some(&**entry),
            _ => None,
        });
        rows.collect()
    }
}
