//! The page for people: a process of its own (`loa console`), for a phone on the box's own Wi-Fi. It reads the station's
//! files, reads the journal, writes `schedules/` and `audio/` through `site` and `edit`, and gives orders over the daemon's
//! socket (`door`). It decides nothing about sound, keeps nothing of the station, and nothing of it is loaded from
//! elsewhere. Which address does what, and for whom, is one table ([`routes`]); who may do what is another ([`role`]).
//! Called by `cli`.

pub mod address;
mod app;
mod asset;
mod day;
mod door;
mod encryption;
mod entry;
mod fields;
mod flow;
pub mod gate;
mod link;
mod look;
mod one_for_all;
mod page;
mod past_week;
mod people;
mod receipts;
pub mod role;
mod route;
pub mod routes;
mod sentence;
mod server;
mod shell;
pub mod tls;
mod typed;
mod upload;
mod waiting;
mod who;

pub use app::App;
pub use encryption::Encryption;
pub use people::{Invite, NewPerson, People, PeopleError, Person, Phone, Session};
pub use server::{ServeError, serve};

/// Who handed in a sound on the page, by the digest of its bytes.
pub fn handed_in(site: &crate::site::Site) -> impl Fn(&str) -> Option<String> + use<> {
    let handed = upload::Uploads::new(site).handed();
    move |sha256| handed.iter().rev().find(|one| one.sha256 == sha256).map(|one| one.person.clone())
}
pub use upload::handed::handlers;
