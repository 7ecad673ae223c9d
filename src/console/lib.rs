//! The page for people: a process of its own (`loa console`), for a phone on the box's own Wi-Fi. It reads the station's
//! files, reads the journal, writes `schedules/` and `audio/` through `site` and `edit`, and gives orders over the daemon's
//! socket (`door`). It decides nothing about sound, keeps nothing of the station, and nothing of it is loaded from
//! elsewhere. Which address does what, and for whom, is one table ([`routes`]); who may do what is another ([`role`]).
//! Called by `cli`.

mod act;
mod acts;
pub mod address;
mod alarm;
pub mod api;
mod app;
mod asset;
mod body;
mod connections;
mod counts;
mod day;
mod door;
mod encryption;
mod entry;
mod escaped;
mod fields;
mod fleet;
mod flow;
pub mod gate;
mod health;
mod lock;
mod look;
mod once;
mod one_for_all;
mod page;
mod past_week;
mod patient;
mod people;
mod public_day;
mod receipts;
pub mod role;
mod route;
pub mod routes;
mod sent_forms;
mod sentence;
mod served;
mod server;
mod shell;
mod squeeze;
pub mod tls;
mod typed;
mod upload;
mod waiting;
mod who;

pub use app::App;
pub use encryption::Encryption;
pub use lock::{PageLock, PageRuns};
pub use people::{
    ApiToken, Deed, DoneByToken, Invite, KeptAct, LetInByToken, NewPerson, NewToken, PURPOSE_MOST, People, PeopleError,
    Person, Phone, Session,
};
pub use server::{ServeError, serve};

use loa_board as board;
use loa_core::{
    approval, calendar, checkup, clock, diag, digest, district, fact, instant, picture, plan, player, reason, schedule,
    signature, station, status,
};
use loa_daemons::{daemon, relay, warning};
use loa_records::{courier, disk, edit, journal, pending, report, setup};
use loa_site as site;
use loa_sound::audio;

/// Whether somebody of this name could log in.
pub fn is_name(name: &str) -> bool {
    !people::login_of(name).is_empty()
        && name.chars().count() <= people::NAME_MOST
        && !name.contains(crate::diag::is_deceptive)
}

/// Everybody who ever handed in a sound on the page, by the digest of its bytes; and whose bundle has brought it.
pub fn handed_in(site: &crate::site::Site) -> impl Fn(&str) -> Vec<String> + use<> {
    let handed = upload::Uploads::new(site).handed();
    // What cannot be read was brought by nobody: then it goes by whose the file is.
    let brought = crate::courier::BundleState::read(site).unwrap_or_default().held;
    move |sha256| {
        let persons = handed.iter().filter(|one| one.sha256 == sha256).map(|one| one.person.clone());
        let has = |files: &std::collections::BTreeMap<String, String>| files.values().any(|known| known == sha256);
        let bundles = brought.iter().filter(|(_, held)| has(&held.files)).map(|(place, _)| place.to_string());
        let mut all: Vec<String> = Vec::new();
        for who in persons.chain(bundles) {
            if !all.contains(&who) {
                all.push(who);
            }
        }
        all
    }
}
pub use upload::handed::handlers;
