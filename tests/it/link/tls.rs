//! The way to the centre is encrypted, and led to no server but the centre's own.

use std::fs;

use loa::clock::Clock as _;
use loa::link::LinkHindrance;
use loa::machine::MachineClock;
use serde_json::json;

use super::village::{NODE, hamlet, let_in, standing, start, start_at, whole};
use crate::console::until;
use crate::courier::Office;
use crate::kit::Station;
use crate::kit::nats::Nats;

/// An authority, and a certificate of its for this machine.
fn certificate(station: &Station) {
    let made = station.loa(&["--json", "console", "cert", "--name", "127.0.0.1"]);
    assert_eq!(made.code, 0, "{}", made.err);
}

/// Where a clock that was never set stands: 1970.
const NEVER_SET: i64 = 5;

#[test]
fn a_box_whose_clock_was_never_set_connects_all_the_same() {
    let office = Office::new();
    certificate(&office.station);
    let file = |name: &str| office.station.path("state/cert").join(name);
    let tls = json!({ "tls": { "cert_file": file("page.crt"), "key_file": file("page.key"), "timeout": 10 } });
    let Some(nats) = Nats::start_with(&[NODE], &tls) else { return };
    let station = hamlet(&office, &[&nats]);
    let_in(&station, &nats);
    fs::copy(file("ca.crt"), station.path("ca.pem")).unwrap();
    let toml = whole(&station).replace("nats://", "tls://").replace("credentials =", "ca = \"ca.pem\"\ncredentials =");
    station.write("link.part", "");
    station.write("loa.toml", &toml);
    let _link = start_at(&station, NEVER_SET - MachineClock.wall().nanos() / 1_000_000_000);
    until("the centre answers", || standing(&station).heard.map(|_| ()));
}

#[test]
fn a_server_is_believed_by_the_authority_of_the_centre_and_by_no_other() {
    let office = Office::new();
    certificate(&office.station);
    let file = |name: &str| office.station.path("state/cert").join(name);
    let tls = json!({ "tls": { "cert_file": file("page.crt"), "key_file": file("page.key"), "timeout": 10 } });
    let Some(nats) = Nats::start_with(&[NODE], &tls) else { return };
    let stranger = Office::new().station;
    certificate(&stranger);
    for (is_own, of) in [(true, &office.station), (false, &stranger)] {
        let station = hamlet(&office, &[&nats]);
        let_in(&station, &nats);
        let toml = whole(&station).replace("nats://", "tls://");
        fs::copy(of.path("state/cert/ca.crt"), station.path("ca.pem")).unwrap();
        station.write("link.part", "");
        station.write("loa.toml", &toml.replace("credentials =", "ca = \"ca.pem\"\ncredentials ="));
        let before = nats.log().matches("TLS handshake error").count();
        let link = start(&station);
        let heard = || standing(&station).heard.is_some();
        if is_own {
            until("the centre answers", || heard().then_some(()));
            assert_eq!(nats.log().matches("TLS handshake error").count(), before);
        } else {
            let refusals = || nats.log().matches("TLS handshake error").count();
            until("the box hangs up", || (refusals() > before + 1).then_some(()));
            assert!(!heard());
            let hindered = || standing(&station).hindered.map(|hindered| hindered.why);
            until("it knows why", || (hindered() == Some(LinkHindrance::WrongAuthority)).then_some(()));
            fs::remove_file(station.path("ca.pem")).unwrap();
            drop(link);
            let said = station.loa(&["link"]);
            assert!(said.code == 74 && said.err.contains("[link] ca names cannot be read"), "{said:?}");
            let said = station.loa(&["link", "--status"]);
            assert!(said.out.contains("the centre's certificate that [link] ca names is missing"), "{said:?}");
            return;
        }
        drop(link);
    }
}
