//! Alarms from outside: CAP 1.2 documents (OASIS, 1 July 2010), as text. Who signed one ([`verify`], [`CapTrust`]: the key is pinned, what the
//! document says of keys is not read), what it says ([`CapAlert`], read from the very tree that was verified), whether
//! it is meant for a zone and what is to be done about it ([`judge`]), and where a feed says that such documents lie
//! ([`links`]). It opens no file and no socket and asks for no time; whoever calls it brings bytes, keys and instants.

mod alert;
mod canonical;
mod drill;
mod event;
mod feed;
mod info;
mod judgement;
mod key;
mod place;
mod refusal;
mod said;
mod signed;
mod time;
mod tree;
mod trust;

pub use alert::{CapAlert, CapIdentity, CapMessage, CapScope, CapStatus};
pub use feed::{BadFeed, links};
pub use info::{CapArea, CapInfo, CapResource, CapShape};
pub use judgement::{CapJudgement, CapNothing, CapVerdict, CapWhy, judge};
pub use key::{BadCapKey, CapKey};
pub use place::is_in_area;
pub use refusal::{BadCap, BadXml, Untrusted};
pub use signed::{DOCUMENT_MOST, VerifiedCap, unverified, verify};
pub use time::{CapMoment, CapTimes};
pub use trust::CapTrust;

#[cfg(test)]
mod tests;
