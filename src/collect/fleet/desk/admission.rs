use std::time::Duration;

use loa_core::signature::{Locality, UtcSecond};

use super::super::key::letters;
use super::super::register::{FleetPlace, Invitation, PlaceHolder, is_deep};
use super::super::token::credentials;
use super::super::{FleetError, FleetKey, JoinCode, JoinRequest, KeyKind};
use super::{Desk, Issued};

/// A code is good for three days: a fitter who is held up by the weather comes the day after.
const CODE_GOOD: Duration = Duration::from_hours(72);

/// Who is let in.
impl Desk {
    /// Make a key and its paper for a box that cannot make its own: whoever carries the file carries the secret.
    pub fn issue(&mut self, path: &Locality) -> Result<Issued, FleetError> {
        self.issue_into(path, |_| Ok(()))
    }

    /// The same, where the register has it only once `keep` has put the paper where it is wanted. A code that is out is good no more.
    pub fn issue_into<E: From<FleetError>>(
        &mut self,
        path: &Locality,
        keep: impl FnOnce(&Issued) -> Result<(), E>,
    ) -> Result<Issued, E> {
        let place = self.known(path)?;
        if place.holder.is_some() {
            return Err(FleetError::Held(path.clone()).into());
        }
        Self::is_for_a_box(path)?;
        let key = FleetKey::make(KeyKind::User)?;
        let zones = place.zones.clone();
        let paper = self.authority.box_token(path, &zones, &key.public(), self.now)?;
        let holder = PlaceHolder { key: key.public(), since: self.now };
        let issued = Issued { text: credentials(&paper, &key.seed()?), key: key.public() };
        keep(&issued)?;
        self.change(path, |place| {
            place.holder = Some(holder);
            place.uninvite();
        })?;
        Ok(issued)
    }

    /// Whether a box can stand there: a commune has none.
    pub fn is_for_a_box(path: &Locality) -> Result<(), FleetError> {
        if is_deep(path) { Ok(()) } else { Err(FleetError::NoStation(path.clone())) }
    }

    /// A code with which a box may ask for this place, once and for three days; an earlier one is good no more.
    pub fn invite(&mut self, path: &Locality) -> Result<(JoinCode, UtcSecond), FleetError> {
        if self.known(path)?.holder.is_some() {
            return Err(FleetError::Held(path.clone()));
        }
        Self::is_for_a_box(path)?;
        let code = JoinCode::make()?;
        let until = UtcSecond::of(self.now.wall() + CODE_GOOD);
        let invitation = Invitation { proof: code.proof(), until };
        self.change(path, |place| {
            place.invitation = Some(invitation);
            place.waiting = None;
        })?;
        Ok((code, until))
    }

    /// Take a box's request in: it waits then until somebody accepts it. Tells the letters that its key begins with.
    pub fn take(&mut self, request: &JoinRequest) -> Result<String, FleetError> {
        let (path, now) = (&request.path, self.now);
        let known = self.known(path)?;
        if known.waiting.as_ref().is_some_and(|waiting| waiting.key == request.key) {
            return Err(FleetError::Waits(path.clone()));
        }
        let invitation = known.invitation.clone();
        let good = invitation.filter(|invitation| now <= invitation.until);
        let invitation = good.ok_or_else(|| FleetError::CodeOver(path.clone()))?;
        if !request.knows(&invitation.proof) {
            return Err(FleetError::WrongProof(path.clone()));
        }
        // Nowhere: a key that was lost at one place is not good at another.
        if self.revoked().contains_key(&request.key) {
            return Err(FleetError::FormerKey(path.clone()));
        }
        self.holds_no_other(path, &request.key)?;
        let holder = PlaceHolder { key: request.key.clone(), since: now };
        self.change(path, |place| {
            place.invitation = None;
            place.waiting = Some(holder);
        })?;
        Ok(letters(&request.key))
    }

    /// Let the box in that waits, once the letters were compared with those that stand on it. Its paper holds no secret: the seed never
    /// left the box. A box that holds the place by an older paper gets a new one, for the same key.
    pub fn accept(&mut self, path: &Locality, seen: &str) -> Result<Issued, FleetError> {
        self.accept_into(path, seen, |_| Ok(()))
    }

    /// The same, where the register has it only once `keep` has put the paper where it is wanted.
    pub fn accept_into<E: From<FleetError>>(
        &mut self,
        path: &Locality,
        seen: &str,
        keep: impl FnOnce(&Issued) -> Result<(), E>,
    ) -> Result<Issued, E> {
        let place = self.known(path)?;
        let held = place.holder.clone();
        if held.is_some() && !place.old_paper {
            return Err(FleetError::Held(path.clone()).into());
        }
        let waiting = place.waiting.clone().map(|waiting| PlaceHolder { since: self.now, ..waiting });
        if let Some(waiting) = &waiting {
            self.holds_no_other(path, &waiting.key)?;
        }
        let Some(holder) = held.or(waiting) else { return Err(FleetError::NobodyWaits(path.clone()).into()) };
        let plain =
            |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
        if plain(seen) != plain(&letters(&holder.key)) {
            return Err(FleetError::WrongLetters(path.clone()).into());
        }
        let zones = place.zones.clone();
        let paper = self.authority.box_token(path, &zones, &holder.key, self.now)?;
        let issued = Issued { text: paper + "\n", key: holder.key.clone() };
        keep(&issued)?;
        self.change(path, |place| {
            place.waiting = None;
            place.old_paper = false;
            place.holder = Some(holder);
        })?;
        Ok(issued)
    }

    /// One key is one box: a key that holds another place would be cut off there too once it is revoked here.
    fn holds_no_other(&self, path: &Locality, key: &str) -> Result<(), FleetError> {
        let is_its = |place: &FleetPlace| place.holder.as_ref().is_some_and(|holder| holder.key == key);
        match self.register.places.iter().find(|(known, place)| *known != path && is_its(place)) {
            Some((other, _)) => Err(FleetError::HeldElsewhere(path.clone(), other.clone())),
            None => Ok(()),
        }
    }
}
