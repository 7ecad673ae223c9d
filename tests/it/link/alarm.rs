//! Alarms of the centre: each is heard once, in time or not at all, and only if it is truly signed.

use std::fs;
use std::time::Duration;

use loa::bundle::{AlarmPaper, CentreAlarm, Endorsed, FORMAT, Locality, SecretKey, Signing, UtcSecond};
use loa::clock::Clock as _;
use loa::instant::Wall;
use loa::link::LinkPace;
use loa::machine::MachineClock;
use serde_json::Value;

use super::centre::Centre;
use super::down::THIEF;
use super::village::{NODE, PACE, hamlet, let_in, standing, start, start_with};
use crate::console::until;
use crate::courier::{Office, PLACE, RULES};
use crate::kit::nats::Nats;
use crate::kit::{Station, broadcast_at, whole_second_in};

fn seconds(from_now: i64) -> UtcSecond {
    UtcSecond::of(Wall::from_secs(MachineClock.wall().nanos() / 1_000_000_000 + from_now))
}

/// A flood that was told so many seconds ago and is over in so many.
fn flood(id: &str, made: i64, expires: i64) -> CentreAlarm {
    CentreAlarm {
        id: id.to_owned(),
        title: "Lũ về".to_owned(),
        sound: "canh-bao-lu".to_owned(),
        times: 1,
        tone: false,
        made: seconds(made),
        expires: seconds(expires),
    }
}

fn paper(office: &Office, key: &str, place: &str, version: u64, alarms: &[CentreAlarm]) -> String {
    let paper = AlarmPaper {
        format: FORMAT,
        kind: "alarms".to_owned(),
        place: Locality::read(place).unwrap(),
        version,
        made: seconds(0),
        alarms: alarms.to_vec(),
    };
    let mut paper = Endorsed::new(serde_json::to_string(&paper).unwrap());
    paper.sign(Signing::Alarms, &SecretKey::read(&fs::read_to_string(office.file(key)).unwrap()).unwrap());
    paper.line()
}

/// The orders that the journal has for this alarm; for every one where none is named.
fn orders(station: &Station, id: &str) -> Vec<Value> {
    let mark = if id.is_empty() { "[báo động số ".to_owned() } else { format!("[báo động số {id}]") };
    let rows = station.loa(&["journal", "--json"]).rows();
    let is_its =
        |row: &&Value| row["kind"] == "airing" && row["reason"].as_str().is_some_and(|reason| reason.contains(&mark));
    rows.iter().filter(is_its).cloned().collect()
}

/// A station that has its list of keys, by a stick.
fn knowing(office: &Office, nats: &[&Nats]) -> Station {
    let station = hamlet(office, nats);
    teach(office, &station);
    station.tone("canh-bao-lu.wav", 0.3, 440.0);
    station
}

/// Bring a station the list of keys, by a stick.
fn teach(office: &Office, station: &Station) {
    office.station.tone("tin.wav", 1.0, 440.0);
    office.station.write("schedules/gio.toml", RULES);
    office.station.write("schedules/xa.toml", &broadcast_at("tin-xa", whole_second_in(86_400), "\"tin\"", ""));
    let bundle = office.make_of(&["xa.toml"], "khoa.loa", 1, "xa.key");
    let said = station.loa(&["bundle", "install", bundle.to_str().unwrap()]);
    assert_eq!(said.code, 0, "{said:?}");
}

#[test]
#[ignore = "long"]
fn an_alarm_that_waits_for_its_amplifier_is_told_again_once_it_plays() {
    let Some(nats) = Nats::start(&[NODE]) else { return };
    let office = Office::new();
    let station = knowing(&office, &[&nats]);
    let_in(&station, &nats);
    let amplifier = "output = \"null\"\namplifier = { on = [\"true\"], off = [\"true\", \"off\"], warm_up = \"5s\", cool_down = \"1s\" }\n";
    let toml = fs::read_to_string(station.path("loa.toml")).unwrap();
    station.write("loa.toml", &toml.replace("output = \"null\"\n", amplifier)).tone("canh-bao-lu.wav", 5.0, 440.0);
    let centre = Centre::begin(&nats);
    let daemon = station.run();
    let link = start(&station);
    centre.publish(&format!("loa.em.{PLACE}"), paper(&office, "bao.key", PLACE, 5, &[flood("a1", 0, 600)]));
    let answers = || centre.heard().into_iter().filter(|one| one["alarm"] == "a1").collect::<Vec<_>>();
    let first = until("the box answers", || answers().into_iter().next());
    assert!(first["fate"] == "ordered" && first["zones"][0]["state"] != "unheard", "{first}");
    // Its output is no horn.
    let last = until("it answers again", || answers().into_iter().nth(1));
    assert_eq!((&last["order"], last["zones"][0]["state"].as_str()), (&first["order"], Some("unheard")), "{last}");
    drop((link, daemon));
}

#[test]
#[ignore = "long"]
fn an_alarm_is_heard_once_and_what_is_forged_replayed_or_over_is_not_heard() {
    let Some(nats) = Nats::start(&[NODE, THIEF]) else { return };
    let office = Office::new();
    let station = knowing(&office, &[&nats]);
    let_in(&station, &nats);
    let centre = Centre::begin(&nats);
    let subject = format!("loa.em.{PLACE}");
    let daemon = station.run();
    let link = start(&station);
    let one = paper(&office, "bao.key", PLACE, 5, &[flood("a1", 0, 600)]);
    centre.publish(&subject, one.clone());
    let heard = until("the box says that it is heard", || centre.heard().into_iter().find(|one| one["alarm"] == "a1"));
    assert_eq!((heard["fate"].as_str(), heard["zones"][0]["zone"].as_str()), (Some("ordered"), Some("thon-1")));
    // A second delivery, by another place, by another start, with others that hold meanwhile.
    centre.publish(&subject, one.clone());
    centre.publish("loa.em.vn.p01", paper(&office, "bao.key", "vn.p01", 1, &[flood("a1", 0, 600)]));
    drop(link);
    let link = start(&station);
    centre.publish(&subject, paper(&office, "bao.key", PLACE, 6, &[flood("a1", 0, 600), flood("a2", -1_500, 600)]));
    let late = until("the late one is heard", || centre.heard().into_iter().find(|one| one["alarm"] == "a2"));
    assert!(late["late_seconds"].as_u64().unwrap() >= 1_500, "{late}");
    let row = until("and stands in the journal", || orders(&station, "a2").pop());
    assert!(row["reason"].as_str().unwrap().contains("đến muộn 25 phút"), "{row}");
    // Over, by a key that may not, by nobody, an older paper, for another place, one number twice.
    for (version, key, alarm, place) in [
        (7, "xa.key", flood("b1", 0, 600), PLACE),
        (8, "la.key", flood("b2", 0, 600), PLACE),
        (9, "bao.key", flood("b3", 0, 600), "vn.p01.c004"),
        (5, "bao.key", flood("b4", 0, 600), PLACE),
        (6, "bao.key", flood("b5", 0, 600), PLACE),
    ] {
        let before = refused(&station);
        centre.publish(&subject, paper(&office, key, place, version, &[alarm]));
        until("it is refused", || (refused(&station) > before).then_some(()));
    }
    let before = refused(&station);
    Centre::misdirect(&nats, THIEF.path, &subject);
    until("what a thief leads to where it listens is refused", || (refused(&station) > before).then_some(()));
    centre.publish(&subject, paper(&office, "bao.key", PLACE, 10, &[flood("c1", -900, -60)]));
    let over = until("it is told as over", || centre.heard().into_iter().find(|one| one["alarm"] == "c1"));
    assert_eq!(over["fate"], "expired");
    // One whose sound comes later is heard then.
    let mut unready = flood("d1", 0, 600);
    unready.sound = "canh-bao-dap".to_owned();
    centre.publish(&subject, paper(&office, "bao.key", PLACE, 11, &[unready]));
    let said = until("why not is told", || centre.heard().into_iter().find(|one| one["alarm"] == "d1"));
    assert!(said["fate"] == "refused" && said["en"].as_str().unwrap().contains("canh-bao-dap"), "{said}");
    // It is asked for again and again, and why it is not taken stands in the journal once.
    let refusals = || {
        let rows = station.loa(&["journal", "--json"]).rows();
        rows.iter()
            .filter(|row| row["reason"].as_str().is_some_and(|why| why.contains("order_refused: no_sound")))
            .count()
    };
    assert_eq!(until("it stands there", || Some(refusals()).filter(|count| *count > 0)), 1);
    let answers = |id: &str| centre.heard().into_iter().filter(|one| one["alarm"] == id).count();
    assert_eq!((answers("d1"), refusals()), (1, 1));
    station.tone("canh-bao-dap.wav", 0.3, 440.0);
    until("it is heard", || centre.heard().into_iter().find(|one| one["alarm"] == "d1" && one["fate"] == "ordered"));
    assert_eq!(refusals(), 1, "it was asked for again meanwhile");
    for (id, count) in
        [("a1", 1), ("a2", 1), ("b1", 0), ("b2", 0), ("b3", 0), ("b4", 0), ("b5", 0), ("c1", 0), ("d1", 1)]
    {
        let rows = until("the journal has it", || Some(orders(&station, id)).filter(|rows| rows.len() >= count));
        assert_eq!(rows.len(), count, "{id}: {rows:?}");
    }
    assert_eq!(orders(&station, "").len(), 3, "and nothing else");
    drop((link, daemon));
}

fn refused(station: &Station) -> u64 {
    standing(station).refused
}

#[test]
#[ignore = "long"]
fn a_server_that_hangs_is_left_for_the_next_one_and_the_alarm_comes() {
    let Some(first) = Nats::start(&[NODE]) else { return };
    // Both know the box by one key, as the servers of one province do.
    let second = first.beside(&[NODE]);
    let office = Office::new();
    let station = knowing(&office, &[&first, &second]);
    let_in(&station, &first);
    let _streams = Centre::begin(&first);
    let centre = Centre::begin(&second);
    let daemon = station.run();
    let link = start(&station);
    until("the first one answers", || station.path("state/link/link.json").exists().then_some(()));
    first.freeze();
    centre.publish(&format!("loa.em.{PLACE}"), paper(&office, "bao.key", PLACE, 1, &[flood("a1", 0, 600)]));
    until("it is heard by way of the second", || centre.heard().into_iter().find(|one| one["alarm"] == "a1"));
    first.thaw();
    drop((link, daemon));
}

#[test]
#[ignore = "long"]
fn an_alarm_that_came_before_the_list_of_keys_is_heard_once_the_list_is_here() {
    let Some(nats) = Nats::start(&[NODE]) else { return };
    let office = Office::new();
    let station = hamlet(&office, &[&nats]);
    station.tone("canh-bao-lu.wav", 0.3, 440.0);
    let_in(&station, &nats);
    let centre = Centre::begin(&nats);
    centre.publish("loa.em.vn.p01", paper(&office, "bao.key", "vn.p01", 5, &[flood("a1", 0, 600)]));
    let daemon = station.run();
    // Nothing but the new keys makes it look again.
    let link = start_with(&station, LinkPace { sweep: Duration::from_hours(1), ..PACE });
    // What is no paper at all makes it fetch all that lies there, and stands behind the alarm: once it was refused twice, that one was judged.
    until("the link listens", || standing(&station).heard.map(|_| ()));
    centre.publish(&format!("loa.em.{PLACE}"), "{}".to_owned());
    until("the alarm was judged without keys", || (refused(&station) >= 2).then_some(()));
    let said = until("the centre is told why", || centre.heard().pop());
    assert!(said["alarm"] == "a1" && said["fate"] == "refused", "{said}");
    assert!(said["en"].as_str().unwrap().contains("no list of keys"), "{said}");
    let told = standing(&station);
    assert!(!told.keys && told.unjudged.contains_key("vn.p01"), "{told:?}");
    let lines = told.lines(&loa::station::Station::default());
    assert!(lines.iter().any(|line| line.en.contains("NOT SOUNDED: an alarm sent to vn.p01")), "{lines:?}");
    teach(&office, &station);
    let is_heard = |one: &Value| one["alarm"] == "a1" && one["fate"] == "ordered";
    until("the alarm is heard", || centre.heard().into_iter().find(is_heard));
    let told = standing(&station);
    assert!(told.keys && told.unjudged.is_empty(), "{told:?}");
    drop((link, daemon));
}
