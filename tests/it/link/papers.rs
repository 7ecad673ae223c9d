//! What a link goes by can be another while it runs: it is begun anew by itself.

use loa::link::LinkHindrance;

use super::village::{NODE, hamlet, let_in, standing, start, whole};
use crate::console::until;
use crate::courier::Office;
use crate::kit::nats::Nats;

#[test]
#[ignore = "long"]
fn a_link_that_runs_takes_a_new_paper_and_a_new_address_by_itself() {
    let Some(mut nats) = Nats::start(&[NODE]) else { return };
    let office = Office::new();
    let station = hamlet(&office, &[&nats]);
    let hindered = || standing(&station).hindered.map(|hindered| hindered.why);
    // Called back: the server knows this key no more.
    station.write("link.nk", &format!("{}\n", nkeys::KeyPair::new_user().seed().unwrap()));
    let _link = start(&station);
    until("it is not let in", || (hindered() == Some(LinkHindrance::Denied)).then_some(()));
    assert_eq!(standing(&station).heard, None);
    let_in(&station, &nats);
    until("the centre answers to the new paper", || standing(&station).heard.map(|_| ()));
    // The centre goes elsewhere.
    let second = nats.beside(&[NODE]);
    nats.kill();
    until("nobody is there any more", || (hindered() == Some(LinkHindrance::Refused)).then_some(()));
    let before = standing(&station).heard;
    let toml = whole(&station).replace(&nats.address(), &second.address());
    station.write("link.part", "");
    station.write("loa.toml", &toml);
    until("the centre answers where it is now", || (standing(&station).heard > before).then_some(()));
    // What is no paper ends no session that is well.
    let before = standing(&station).heard;
    station.write("link.nk", "SUA\n");
    until("it goes on with what it has", || (standing(&station).heard > before).then_some(()));
}
