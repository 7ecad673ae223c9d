//! Who belongs to the fleet, and what its servers let them do: keys and papers of the operator and the two accounts ([`Authority`]),
//! the servers' configuration ([`server_config`]), the register of places and their present holders ([`Register`]), and enrolment by a code
//! that is good once ([`JoinCode`]). A place has the name; the key is only its present holder, and goes when the box dies or is stolen.
//! It writes files in one directory, and speaks to servers only to tell them of a revocation. It needs no tool of NATS.

mod authority;
mod certificate;
mod desk;
mod error;
mod join;
mod key;
mod push;
mod register;
mod revoked;
mod server;
mod spelling;
mod token;

pub use authority::{Authority, CentreRole};
pub use desk::{Desk, Issued};
pub use error::FleetError;
pub use join::{JoinCode, JoinRequest};
pub use key::{FleetKey, KeyKind, letters};
pub use push::{Pushed, connect_options, push, revoked_at, telling};
pub use register::{FleetPlace, FleetServer, FormerHolder, Invitation, PlaceHolder, Register};
pub use server::{ServerNeeds, server_config};

/// The centre's paper and the box's own key, once both lie at the box.
pub fn joined(paper: &str, key: &FleetKey) -> Result<String, FleetError> {
    if !token::is_of(paper, &key.public()) {
        return Err(FleetError::OtherPaper);
    }
    Ok(token::credentials(paper, &key.seed()?))
}
