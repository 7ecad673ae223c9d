//! The board follows from the rows and from what boxes say, whatever dies in between.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use loa_board::Board;
use loa_collect::dispatch::{AlarmRecord, SentRecord};
use loa_collect::fleet::Desk;
use loa_collect::ledger::{BookKind, BookPage, Haul, Ledger as _, SqliteLedger, Way};
use loa_collect::rollout::{BoxStage, RolloutBoxRecord, RolloutRecord, RolloutRules, RolloutState, RolloutWave};
use loa_collect::{BoardKeeper, PulseRecord, TwinRecord};
use loa_core::bundle::{AlarmPaper, CentreAlarm, Endorsed, FORMAT};
use loa_core::district::{Consequence, FleetAlarmState, FleetCause, FleetView, HeardBy};
use loa_core::instant::Wall;
use loa_core::signature::UtcSecond;
use loa_core::uplink::{AlarmHeard, Pulse, PulseStanding, SentRow, ZoneHeard, heard_subject, pulse_subject};

use crate::kit::{OTHER, PATH, World, journal, locality, within};
use crate::office::wall;

const NOW: Wall = Wall::from_secs(1_796_100_000);

fn haul(path: &str, rows: &[SentRow], way: Way) -> Haul {
    Haul { station: locality(path), epoch: "e1".to_owned(), rows: rows.to_vec(), way, heard: None }
}

/// A round of the keeper, as a process of its own would do it.
fn keep(dir: &std::path::Path, ledger: &mut SqliteLedger, now: Wall) -> usize {
    BoardKeeper::open(dir).unwrap().keep(ledger, None, now).unwrap()
}

#[test]
fn the_board_has_what_the_rows_say_and_is_made_anew_where_it_was_lost() {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = SqliteLedger::open(&dir.path().join("collect.db")).unwrap();
    let rows = journal(30, "Bản tin");
    ledger.take(&[haul(PATH, &rows[..20], Way::Network), haul(OTHER, &rows[..5], Way::Stick)], NOW).unwrap();
    assert_eq!(keep(dir.path(), &mut ledger, NOW), 2);
    assert_eq!(keep(dir.path(), &mut ledger, NOW), 0, "what is known is no news");
    let fleet = |dir: &std::path::Path| Board::find(dir).unwrap().fleet().unwrap();
    let facts: BTreeMap<String, _> =
        fleet(dir.path()).facts.into_iter().map(|own| (own.place.to_string(), own)).collect();
    let own = &facts[PATH];
    assert_eq!((own.journal.received, own.journal.known, own.journal.reaches), (20, 20, Some(1_796_000_020)));
    assert_eq!((own.heard.unwrap().by, facts[OTHER].heard.unwrap().by), (HeardBy::Network, HeardBy::Stick));
    assert!(!own.session.as_ref().unwrap().has_failed() && own.proofs["thon-1"] == 1_796_000_020);
    // A gap, and a chain that does not hold.
    let other = journal(30, "Bản khác");
    ledger.take(&[haul(PATH, &rows[24..26], Way::Network), haul(PATH, &other[26..28], Way::Network)], NOW).unwrap();
    keep(dir.path(), &mut ledger, NOW);
    let own = Board::find(dir.path()).unwrap().station(&locality(PATH)).unwrap().unwrap();
    assert_eq!((own.facts.journal.gaps.as_slice(), own.facts.journal.breaks.as_slice()), (&[(21, 24)][..], &[27][..]));
    assert_eq!(own.rows[0].seq, 28, "the newest first");
    let mut board = Board::find(dir.path()).unwrap();
    let alarm = board.open_alarms().unwrap().remove(0);
    assert_eq!(alarm.cause, FleetCause::Break);
    // Closed on the page, it is closed where the rows are, and does not come again.
    board.close_alarm(alarm.id, "bà Hai", "đã thay thẻ nhớ", NOW).unwrap();
    keep(dir.path(), &mut ledger, NOW);
    assert!(ledger.findings().unwrap().is_empty());
    assert!(board.open_alarms().unwrap().is_empty() && board.unsettled().unwrap().is_empty());
    // The board is lost: all of it but people's words is there again.
    let before = fleet(dir.path());
    drop(board);
    std::fs::remove_dir_all(dir.path().join("board")).unwrap();
    keep(dir.path(), &mut ledger, NOW);
    assert_eq!(fleet(dir.path()).facts, before.facts);
    // The rows that were missing come: the gap is no more.
    ledger.take(&[haul(PATH, &rows[20..24], Way::Network)], NOW).unwrap();
    keep(dir.path(), &mut ledger, NOW);
    let healed = fleet(dir.path()).facts.into_iter().find(|own| own.place.as_str() == PATH).unwrap();
    assert!(healed.journal.gaps.is_empty() && healed.journal.received == 28);
    assert_eq!(healed.journal.reaches, Some(1_796_000_028), "of that very row, and not of what came last");
}

#[test]
fn what_boxes_say_over_a_real_server_stands_on_the_board_and_a_cut_is_an_alarm() {
    let Some(world) = World::start() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let collector = world.collector(|_| true).await.unwrap();
        collector.prepare().await.unwrap();
        // Said before anybody listens: it lies in the stream.
        let client = world.client(PATH).await;
        let standing = PulseStanding {
            runs: true,
            next: Some("2026-12-01T05:00:00.000+07:00".to_owned()),
            silent: vec!["zone_trouble".to_owned()],
            zones: 2,
            dumb_zones: 1,
            bare_zones: 0,
            free_bytes: Some(1 << 30),
        };
        let pulse = Pulse {
            clock_trusted: true,
            epoch: "e1".to_owned(),
            rows: 7,
            standing: Some(standing),
            ..Pulse::default()
        };
        client.publish(pulse_subject(&locality(PATH)), serde_json::to_string(&pulse).unwrap().into()).await.unwrap();
        client.flush().await.unwrap();
        let collecting = collector.run(std::future::pending());
        let looking = async {
            let mut ledger = world.ledger();
            let mut keeper = BoardKeeper::open(world.dir.path()).unwrap();
            let mut find = async |is: &dyn Fn(&FleetView) -> bool| {
                within(async {
                    loop {
                        keeper.keep(&mut ledger, None, wall()).unwrap();
                        let fleet = Board::find(world.dir.path()).unwrap().fleet().unwrap();
                        let now =
                            fleet.facts.iter().filter_map(|own| own.heard).map(|heard| heard.at).max().unwrap_or(NOW);
                        let view = FleetView::judge(fleet.facts, &fleet.wanted, now);
                        if is(&view) {
                            return view;
                        }
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                })
                .await
                .expect("it stands on the board")
            };
            let view = find(&|view| !view.boxes.is_empty()).await;
            assert_eq!((view.boxes[0].consequence, view.boxes[0].code()), (Consequence::SilentNext, "zone_trouble"));
            // The next word makes it good, live.
            let well = Pulse { standing: Some(PulseStanding { runs: true, ..PulseStanding::default() }), ..pulse };
            client.publish(pulse_subject(&locality(PATH)), serde_json::to_string(&well).unwrap().into()).await.unwrap();
            client.flush().await.unwrap();
            let view = find(&|view| view.boxes[0].consequence == Consequence::Well).await;
            assert_eq!(view.boxes.len(), 1);
            let alarm = Board::find(world.dir.path()).unwrap().open_alarms().unwrap().remove(0);
            assert_eq!(alarm.state(NOW), FleetAlarmState::Over, "it has passed by itself, and waits for a person");
            // What is answered to an alarm is kept by the server until somebody asks.
            let zone = ZoneHeard {
                zone: "t1".into(),
                title: "Thôn 1".into(),
                state: "sounding".into(),
                started: None,
                same_as: String::new(),
                vi: String::new(),
                en: String::new(),
            };
            let heard = AlarmHeard {
                alarm: "a1".into(),
                at: String::new(),
                late_seconds: 0,
                fate: "ordered".into(),
                order: String::new(),
                zones: vec![zone],
                vi: String::new(),
                en: String::new(),
            };
            client
                .publish(heard_subject(&locality(PATH)), serde_json::to_string(&heard).unwrap().into())
                .await
                .unwrap();
            client.flush().await.unwrap();
            // The alarm was given to two communes, and stands in the book.
            let given = given();
            world.ledger().write_pages(&[BookPage::of(BookKind::Alarm, "a1", &given, wall())]).unwrap();
            let mut board = Board::find(world.dir.path()).unwrap();
            board.keep_places("x", &[place(PATH), place(OTHER)]).unwrap();
            find(&|_| board_heard(world.dir.path()) == 1).await;
            let sent = board.sent().unwrap().remove(0);
            assert_eq!(sent.places, [locality("p01.c009"), locality("p01.c003")]);
            let (unheard, _) = board.unheard(&sent).unwrap();
            assert_eq!(unheard.iter().map(|own| own.path.as_str()).collect::<Vec<_>>(), [OTHER]);
        };
        tokio::select! {
            ended = collecting => panic!("{ended:?}"),
            () = looking => {}
        }
    });
}

#[test]
fn an_alarm_that_nobody_wrote_down_is_on_the_board_by_the_stream_with_all_its_places() {
    let Some(world) = World::start() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let collector = world.collector(|_| true).await.unwrap();
        collector.prepare().await.unwrap();
        let dispatcher = async_nats::jetstream::new(world.client("dispatcher").await);
        for place in ["vn.p01.c003", "vn.p01.c004"] {
            let (made, expires) = (UtcSecond::of(wall()), UtcSecond::of(wall() + Duration::from_hours(1)));
            let alarm = CentreAlarm {
                id: "a9".into(),
                title: "Lũ".into(),
                sound: "lu".into(),
                times: 1,
                tone: false,
                made,
                expires,
            };
            let paper = AlarmPaper {
                format: FORMAT,
                kind: "alarms".into(),
                place: locality(place),
                version: 1,
                made,
                alarms: vec![alarm],
            };
            let said = Endorsed::new(serde_json::to_string(&paper).unwrap()).line();
            dispatcher.publish(format!("loa.em.{place}"), said.into()).await.unwrap().await.unwrap();
        }
        let mut ledger = world.ledger();
        let mut keeper = BoardKeeper::open(world.dir.path()).unwrap();
        let seen = async {
            loop {
                keeper.keep(&mut ledger, None, wall()).unwrap();
                let sent = Board::find(world.dir.path()).unwrap().sent().unwrap();
                if sent.first().is_some_and(|sent| sent.places.len() == 2) {
                    return sent;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let sent = tokio::select! {
            ended = Box::pin(collector.run(std::future::pending())) => panic!("{ended:?}"),
            sent = within(seen) => sent.expect("it stands on the board"),
        };
        assert_eq!((sent.len(), sent[0].id.as_str(), sent[0].title.as_str()), (1, "a9", "Lũ"));
        assert_eq!(sent[0].places, [locality("p01.c003"), locality("p01.c004")]);
    });
}

#[test]
fn a_roll_out_and_two_boxes_with_one_key_stand_on_the_board_by_the_book() {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = SqliteLedger::open(&dir.path().join("collect.db")).unwrap();
    ledger.take(&[haul(PATH, &journal(3, "Bản tin"), Way::Network)], NOW).unwrap();
    let stations = vec![locality(PATH), locality(OTHER)];
    let wave = |name: &str, sent| RolloutWave {
        name: name.to_owned(),
        places: vec![locality("vn.p01")],
        stations: stations.clone(),
        sent,
        back: false,
    };
    let mut record = RolloutRecord {
        id: "vn.p01-50".to_owned(),
        title: "Tuần 50".to_owned(),
        sender: locality("vn.p01"),
        place: locality("vn.p01"),
        version: 50,
        sha256: String::new(),
        previous: None,
        state: RolloutState::Running,
        why: String::new(),
        wave: 0,
        waves: vec![wave("test", Some(UtcSecond::of(NOW))), wave("all", None)],
        rules: RolloutRules::default(),
        made: UtcSecond::of(NOW),
        until: UtcSecond::of(NOW + Duration::from_hours(48)),
        by: "Sở".to_owned(),
        signed_by: Vec::new(),
        after: Vec::new(),
    };
    let one = RolloutBoxRecord {
        rollout: record.id.clone(),
        station: locality(OTHER),
        wave: 0,
        state: BoxStage::Refused,
        code: "no_sound".to_owned(),
        vi: "thiếu bản ghi".to_owned(),
        en: "a recording is missing".to_owned(),
        since: UtcSecond::of(NOW),
        heard: None,
    };
    let twin =
        TwinRecord { since: String::new(), epochs: Vec::new(), closed: None, by: String::new(), why: String::new() };
    let id = record.id.clone();
    ledger
        .write_pages(&[
            one.page(UtcSecond::of(NOW)),
            BookPage::of(BookKind::Rollout, id.clone(), &record, NOW),
            BookPage::of(BookKind::Twin, PATH, &twin, NOW),
        ])
        .unwrap();
    let mut keeper = BoardKeeper::open(dir.path()).unwrap();
    keeper.keep(&mut ledger, None, NOW).unwrap();
    let mut board = Board::find(dir.path()).unwrap();
    let shown = board.rollouts().unwrap().remove(0);
    assert!(shown.is_under_way() && shown.sentence(&jiff::tz::TimeZone::UTC).vi.contains("«Tuần 50» số 50"));
    assert_eq!((shown.waves[0].refused, shown.waves[1].sent, shown.boxes[0].place.as_str()), (1, None, OTHER));
    let alarm = board.open_alarms().unwrap().remove(0);
    assert_eq!((alarm.cause.clone(), alarm.boxes.as_slice()), (FleetCause::Twin, &[locality(PATH)][..]));
    // What changes is read; what people close on the page is closed in the book.
    record.state = RolloutState::Done;
    ledger.write_pages(&[BookPage::of(BookKind::Rollout, id, &record, NOW + Duration::from_secs(1))]).unwrap();
    board.close_alarm(alarm.id, "bà Hai", "đã thu khóa của máy kia", NOW).unwrap();
    keeper.keep(&mut ledger, None, NOW + Duration::from_secs(3)).unwrap();
    assert!(!board.rollouts().unwrap()[0].is_under_way());
    let twin = ledger.pages(BookKind::Twin, PATH).unwrap()[0].read::<TwinRecord>().unwrap();
    assert_eq!(twin.by, "bà Hai");
    assert!(board.open_alarms().unwrap().is_empty());
}

/// To two communes.
fn given() -> AlarmRecord {
    let (made, expires) = (UtcSecond::of(wall()), UtcSecond::of(wall() + Duration::from_hours(1)));
    AlarmRecord {
        id: "a1".into(),
        places: vec![locality("vn.p01.c009"), locality("vn.p01.c003")],
        title: "Lũ".into(),
        sound: "lu".into(),
        times: 3,
        tone: true,
        made,
        expires,
        ended: None,
        by: "A".into(),
        second: String::new(),
        second_until: None,
        why: "nước lên".into(),
        signed_by: Vec::new(),
        stations: vec![locality(PATH), locality(OTHER)],
    }
}

fn board_heard(dir: &std::path::Path) -> usize {
    let board = Board::find(dir).unwrap();
    board.sent().unwrap().first().map_or(0, |sent| board.unheard(sent).unwrap().1)
}

fn place(path: &str) -> loa_board::BoardPlace {
    let (title, contact, phone) = (String::new(), String::new(), String::new());
    loa_board::BoardPlace { path: locality(path), title, contact, phone, is_held: true, is_area: false, lost: None }
}

#[test]
fn closing_one_trouble_closes_no_other_and_a_stolen_box_is_said_to_be_stolen() {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = SqliteLedger::open(&dir.path().join("collect.db")).unwrap();
    let (own, other) = (journal(20, "Bản tin"), journal(20, "Bản khác"));
    // A chain that does not hold, a row that came twice, and a stick that was not believed: three troubles of one station.
    ledger.take(&[haul(PATH, &own[..10], Way::Network), haul(PATH, &other[10..12], Way::Network)], NOW).unwrap();
    ledger.take(&[haul(PATH, &other[4..5], Way::Network)], NOW).unwrap();
    ledger.refuse(PATH, "chưa biết khóa | the key is not known", NOW).unwrap();
    let hosts = ["127.0.0.1".to_owned()];
    let mut desk = Desk::init(dir.path(), "Tỉnh 01", locality("p01"), &hosts, false, NOW).unwrap();
    desk.place(&locality(PATH), Some("Thôn 7"), &[]).unwrap();
    desk.issue(&locality(PATH)).unwrap();
    let mut keeper = BoardKeeper::open(dir.path()).unwrap();
    keeper.keep(&mut ledger, Some(&desk.register), NOW).unwrap();
    let mut board = Board::find(dir.path()).unwrap();
    let causes = |board: &Board| {
        let open = board.open_alarms().unwrap().into_iter();
        open.filter(|alarm| alarm.over.is_none()).map(|alarm| alarm.cause).collect::<BTreeSet<_>>()
    };
    let all = BTreeSet::from([FleetCause::Break, FleetCause::Other, FleetCause::Rubbish]);
    assert_eq!(causes(&board), all);
    let close = |board: &mut Board, cause: &FleetCause| {
        let alarm = board.open_alarms().unwrap().into_iter().find(|alarm| alarm.cause == *cause).unwrap();
        board.close_alarm(alarm.id, "bà Hai", "đã gọi", NOW).unwrap();
    };
    close(&mut board, &FleetCause::Break);
    keeper.keep(&mut ledger, Some(&desk.register), NOW + Duration::from_secs(3)).unwrap();
    assert_eq!(causes(&board), BTreeSet::from([FleetCause::Other, FleetCause::Rubbish]));
    assert_eq!(ledger.findings().unwrap().len(), 1, "that one alone is closed where the rows are");
    close(&mut board, &FleetCause::Rubbish);
    keeper.keep(&mut ledger, Some(&desk.register), NOW + Duration::from_secs(6)).unwrap();
    assert_eq!(causes(&board), BTreeSet::from([FleetCause::Other]));
    // Stolen, and not well any more.
    desk.revoke(&locality(PATH), true).unwrap();
    keeper.keep(&mut ledger, Some(&desk.register), NOW + Duration::from_secs(9)).unwrap();
    let fleet = board.fleet().unwrap();
    let view = FleetView::judge(fleet.facts, &fleet.wanted, NOW);
    assert!(view.boxes[0].consequence == Consequence::Lost && view.boxes[0].consequence.is_red());
}

#[test]
fn a_box_whose_wave_has_not_come_wants_no_schedule_yet() {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = SqliteLedger::open(&dir.path().join("collect.db")).unwrap();
    let hosts = ["127.0.0.1".to_owned()];
    let mut desk = Desk::init(dir.path(), "Tỉnh 01", locality("p01"), &hosts, false, NOW).unwrap();
    for path in [PATH, OTHER] {
        desk.place(&locality(path), None, &[]).unwrap();
        desk.issue(&locality(path)).unwrap();
    }
    let sent = |place: &str, version: u64| SentRecord {
        place: locality(place),
        sender: locality("vn.p01"),
        title: "Tuần".to_owned(),
        version,
        sha256: String::new(),
        signed_by: Vec::new(),
        keys: Vec::new(),
        by: "Sở".to_owned(),
        at: UtcSecond::of(NOW),
        sequence: version,
    };
    let pulse = |version: u64| {
        let bundles = BTreeMap::from([("vn.p01".to_owned(), version)]);
        let pulse = Pulse { clock_trusted: true, epoch: "e1".to_owned(), bundles, ..Pulse::default() };
        PulseRecord::after(None, pulse, NOW).0
    };
    let pages = |first: u64| {
        [
            BookPage::of(BookKind::Sent, "vn.p01", &sent("vn.p01", 49), NOW),
            BookPage::of(BookKind::Sent, format!("vn.{PATH}"), &sent(&format!("vn.{PATH}"), 50), NOW),
            BookPage::of(BookKind::Pulse, PATH, &pulse(first), NOW),
            BookPage::of(BookKind::Pulse, OTHER, &pulse(49), NOW),
        ]
    };
    let mut keeper = BoardKeeper::open(dir.path()).unwrap();
    let mut wanting = |ledger: &mut SqliteLedger, first: u64, later: u64| {
        let now = NOW + Duration::from_secs(later);
        let mut pages = pages(first);
        for page in &mut pages {
            page.changed = now;
        }
        ledger.write_pages(&pages).unwrap();
        keeper.keep(ledger, Some(&desk.register), now).unwrap();
        let fleet = Board::find(dir.path()).unwrap().fleet().unwrap();
        let view = FleetView::judge(fleet.facts, &fleet.wanted, now);
        let wanting = view.boxes.iter().filter(|own| !own.wanted.is_empty());
        wanting.map(|own| own.facts.place.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(wanting(&mut ledger, 49, 0), [PATH], "it was sent to the first alone");
    assert!(wanting(&mut ledger, 50, 5).is_empty());
}

#[test]
fn what_a_box_refused_before_a_letter_was_sent_is_no_word_of_that_letter() {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = SqliteLedger::open(&dir.path().join("collect.db")).unwrap();
    let hosts = ["127.0.0.1".to_owned()];
    let mut desk = Desk::init(dir.path(), "Tỉnh 01", locality("p01"), &hosts, false, NOW).unwrap();
    desk.place(&locality(PATH), None, &[]).unwrap();
    desk.issue(&locality(PATH)).unwrap();
    let mut refused = |number: Option<u64>, sent: Wall| {
        let named = "vn.p01".to_owned();
        let letter = SentRecord {
            place: locality(&named),
            sender: locality(&named),
            title: "Gói C".to_owned(),
            version: 50,
            sha256: String::new(),
            signed_by: Vec::new(),
            keys: Vec::new(),
            by: "Sở".to_owned(),
            at: UtcSecond::of(sent),
            sequence: 1,
        };
        let refused_numbers = number.map(|number| (named.clone(), number)).into_iter().collect();
        let refused = BTreeMap::from([(named, "bundle_name_taken".to_owned())]);
        let pulse = Pulse { clock_trusted: true, refused, refused_numbers, ..Pulse::default() };
        let pages = [
            BookPage::of(BookKind::Sent, "vn.p01", &letter, NOW),
            BookPage::of(BookKind::Pulse, PATH, &PulseRecord::after(None, pulse, NOW).0, NOW),
        ];
        ledger.write_pages(&pages).unwrap();
        BoardKeeper::open(dir.path()).unwrap().keep(&mut ledger, Some(&desk.register), NOW).unwrap();
        let own = Board::find(dir.path()).unwrap().station(&locality(PATH)).unwrap().unwrap();
        own.facts.refused.len()
    };
    let minute = Duration::from_mins(1);
    assert_eq!([refused(None, NOW - minute), refused(Some(50), NOW - minute)], [1, 1]);
    assert_eq!([refused(None, NOW + minute), refused(Some(49), NOW - minute)], [0, 0]);
}
