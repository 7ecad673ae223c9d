//! What an alarm says, as CAP 1.2 has it (§3.2). Read from the tree that was verified; what is not needed to judge or to show it is
//! left in the document. What is odd in it costs it no hearing: it is read as far as it goes, and the rest is a doubt, about which
//! a person is asked. Only who sent it, its name, when, whether it is meant and what kind of message it is have to be there.

use std::str::FromStr;

use jiff::Timestamp;
use roxmltree::Node;

use crate::info::CapInfo;
use crate::refusal::BadCap;
use crate::said::{NAME_MOST, WORDS_MOST, instant, limited, many, needed, one_of, optional, plain};

/// Languages times hazards: an alarm for a country has some tens.
const INFOS_MOST: usize = 64;
/// Alarms that one message takes back or renews.
const REFERENCES_MOST: usize = 100;

/// What an alarm is known by (§3.2.1): whoever wants it to be heard a second time gives it another name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
pub struct CapIdentity {
    /// Who sent it, as he calls himself.
    pub sender: String,
    /// What he calls it.
    pub identifier: String,
    /// When he sent it.
    pub sent: Timestamp,
}

/// Whether it is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CapStatus {
    /// It is.
    Actual,
    /// A drill.
    Exercise,
    /// Between programs.
    System,
    /// A test.
    Test,
    /// Nothing yet.
    Draft,
}

/// What kind of message it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CapMessage {
    /// A new alarm.
    Alert,
    /// In the place of earlier ones.
    Update,
    /// Earlier ones are taken back.
    Cancel,
    /// Somebody has taken one.
    Ack,
    /// Somebody has refused one.
    Error,
}

/// Whom it is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CapScope {
    /// Everybody.
    Public,
    /// Those whom a rule names.
    Restricted,
    /// Those whom it names.
    Private,
}

/// An alarm.
#[derive(Clone, PartialEq, Debug)]
pub struct CapAlert {
    /// What it is known by.
    pub identity: CapIdentity,
    /// Whether it is meant.
    pub status: CapStatus,
    /// What kind of message it is.
    pub message: CapMessage,
    /// Whom it is for.
    pub scope: CapScope,
    /// What is said to those who pass it on.
    pub note: String,
    /// The earlier ones that it is about, as far as they could be read.
    pub references: Vec<CapIdentity>,
    /// What it says, one for each language and danger.
    pub infos: Vec<CapInfo>,
    /// What is written otherwise than CAP has it, above what it says of a danger.
    pub doubts: Vec<BadCap>,
}

impl CapAlert {
    /// Read an `alert` from its tree.
    pub(crate) fn read(root: Node<'_, '_>) -> Result<Self, BadCap> {
        let mut doubts = Vec::new();
        let sent = instant("sent", &needed(root, "sent", NAME_MOST)?)?;
        doubts.extend(sent.doubt("sent"));
        let identity = CapIdentity {
            sender: plain("sender", needed(root, "sender", NAME_MOST)?)?,
            identifier: plain("identifier", needed(root, "identifier", NAME_MOST)?)?,
            sent: sent.means,
        };
        let status = one_of(root, "status", STATUSES)?;
        let message = one_of(root, "msgType", MESSAGES)?;
        doubts.extend(status.doubt("status").into_iter().chain(message.doubt("msgType")));
        // Whoever is not said to be everybody is somebody.
        let scope = one_of(root, "scope", SCOPES);
        doubts.extend(scope.as_ref().map_or_else(|why| Some(why.clone()), |scope| scope.doubt("scope")));
        let mut references = Vec::new();
        match optional(root, "references", WORDS_MOST) {
            Ok(said) => {
                for written in said.unwrap_or_default().split_whitespace() {
                    match written.parse() {
                        Ok(identity) => references.push(identity),
                        Err(why) => doubts.push(why),
                    }
                }
            }
            Err(why) => doubts.push(why),
        }
        limited("references", references.len(), REFERENCES_MOST)?;
        let infos = many(root, "info", INFOS_MOST)?;
        Ok(Self {
            identity,
            status: status.means,
            message: message.means,
            scope: scope.map_or(CapScope::Restricted, |scope| scope.means),
            note: optional(root, "note", WORDS_MOST).ok().flatten().unwrap_or_default(),
            references,
            infos: infos.into_iter().map(|info| CapInfo::read(info, sent.means)).collect(),
            doubts,
        })
    }
}

const STATUSES: &[(&str, CapStatus)] = &[
    ("Actual", CapStatus::Actual),
    ("Exercise", CapStatus::Exercise),
    ("System", CapStatus::System),
    ("Test", CapStatus::Test),
    ("Draft", CapStatus::Draft),
];
const MESSAGES: &[(&str, CapMessage)] = &[
    ("Alert", CapMessage::Alert),
    ("Update", CapMessage::Update),
    ("Cancel", CapMessage::Cancel),
    ("Ack", CapMessage::Ack),
    ("Error", CapMessage::Error),
];
const SCOPES: &[(&str, CapScope)] =
    &[("Public", CapScope::Public), ("Restricted", CapScope::Restricted), ("Private", CapScope::Private)];

impl FromStr for CapIdentity {
    type Err = BadCap;
    /// `sender,identifier,sent`, as `references` has it.
    fn from_str(written: &str) -> Result<Self, BadCap> {
        let parts: Vec<&str> = written.split(',').collect();
        let [sender, identifier, sent] = parts.as_slice() else {
            return Err(BadCap::Value("references", written.to_owned()));
        };
        Ok(Self {
            sender: (*sender).to_owned(),
            identifier: (*identifier).to_owned(),
            sent: instant("references", sent).map_err(|_| BadCap::Value("references", written.to_owned()))?.means,
        })
    }
}
