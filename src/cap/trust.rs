use jiff::Timestamp;
use jiff::tz::TimeZone;
use loa_core::station::CapSender;

use crate::key::CapKey;
use crate::refusal::Untrusted;
use crate::signed::{VerifiedCap, verify};

/// Those whose alarms count, each with his key.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CapTrust {
    senders: Vec<(CapSender, CapKey)>,
}

impl CapTrust {
    /// Of these, in this order.
    pub const fn new(senders: Vec<(CapSender, CapKey)>) -> Self {
        Self { senders }
    }

    /// Whether nobody's alarms count.
    pub const fn is_empty(&self) -> bool {
        self.senders.is_empty()
    }

    /// Read a document that one of them has signed, under a name of his, by a key that still counts. `now` is none where the
    /// clock is not believed: then the alarm's own time says whether the key counted.
    pub fn admit(
        &self,
        bytes: &[u8],
        now: Option<Timestamp>,
        timezone: &TimeZone,
    ) -> Result<(VerifiedCap, &CapSender), Untrusted> {
        let keys: Vec<CapKey> = self.senders.iter().map(|(_, key)| key.clone()).collect();
        let verified = verify(bytes, &keys)?;
        let named = &verified.alert.identity.sender;
        let key = keys.get(verified.key);
        // Two entries may have one key: an office that writes under two names.
        let own = self.senders.iter().filter(|(_, own)| Some(own) == key).map(|(sender, _)| sender);
        let mut own = own.filter(|sender| sender.names.iter().any(|name| name == named));
        let Some(sender) = own.next() else { return Err(self.not_own(named, key)) };
        if let Some(last) = sender.not_after {
            let newest = now.map_or(verified.alert.identity.sent, |now| now.max(verified.alert.identity.sent));
            if newest.to_zoned(timezone.clone()).date() > last {
                return Err(Untrusted::KeyOver(last.to_string()));
            }
        }
        Ok((verified, sender))
    }

    /// Why a name does not count behind a key that does.
    fn not_own(&self, named: &str, key: Option<&CapKey>) -> Untrusted {
        let is_others = self.senders.iter().any(|(sender, _)| sender.names.iter().any(|name| name == named));
        let signer = self.senders.iter().find(|(_, own)| Some(own) == key).map(|(sender, _)| sender);
        match signer.filter(|_| is_others) {
            Some(signer) => Untrusted::Borrowed(named.to_owned(), signer.title.clone()),
            None => Untrusted::Sender(named.to_owned()),
        }
    }
}
