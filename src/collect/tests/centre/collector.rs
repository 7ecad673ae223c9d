use std::time::Duration;

use async_nats::jetstream;
use futures_util::StreamExt as _;
use loa_collect::ledger::{BookKind, JournalState, Ledger as _, LedgerError, LedgerFindingKind, SqliteLedger};
use loa_collect::{BoardKeeper, CollectError, FleetRows};
use loa_core::district::FleetCause;
use loa_core::uplink::{Pulse, pulse_subject};

use crate::kit::{OTHER, PATH, World, journal, locality, send, stop_at, within};
use crate::office::wall;

fn has(rows: u64) -> impl Fn(&[JournalState]) -> bool {
    move |journals| journals.iter().map(|journal| journal.rows).sum::<u64>() == rows
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// All of `rows` in messages of `size`, as a box sends them.
async fn send_all(world: &World, rows: &[loa_core::uplink::SentRow], size: usize, generation: u32) {
    let client = world.client(PATH).await;
    for rows in rows.chunks(size) {
        let name = format!("{PATH}.e1.{}.{}.{generation}", rows[0].seq, rows.last().unwrap().seq);
        assert!(send(&client, PATH, "e1", rows, &name).await, "row {}", rows[0].seq);
    }
}

#[test]
fn a_collector_that_dies_between_any_two_steps_loses_no_row_and_doubles_none() {
    let Some(world) = World::start() else { return };
    runtime().block_on(async {
        world.collector(|_| true).await.unwrap().prepare().await.unwrap();
        let rows = journal(300, "Bản tin");
        let steps = ["pulled", "taken", "one acknowledged", "acknowledged", "told"];
        for (place, step) in steps.into_iter().enumerate() {
            let own = &rows[place * 50..(place + 1) * 50];
            send_all(&world, own, 5, 0).await;
            let collector = world.collector(stop_at(step)).await.unwrap();
            let ended = collector.run(std::future::pending()).await;
            assert!(matches!(ended, Err(CollectError::Stopped(at)) if at == step), "{step} {ended:?}");
        }
        send_all(&world, &rows[250..], 5, 0).await;
        world.collect_until(has(300)).await;
        let journals = world.ledger().journals().unwrap();
        assert_eq!((journals.len(), journals[0].watermark, journals[0].rows), (1, 300, 300));
        assert!(world.ledger().findings().unwrap().is_empty());
    });
}

#[test]
fn the_box_is_told_of_rows_once_they_are_in_the_database_and_again_by_the_next_collector() {
    let Some(world) = World::start() else { return };
    runtime().block_on(async {
        world.collector(|_| true).await.unwrap().prepare().await.unwrap();
        let rows = journal(20, "Bản tin");
        send_all(&world, &rows, 10, 0).await;
        assert_eq!(world.watermark(PATH).await, None);
        // It dies once it has told the server and before it tells the box.
        let collector = world.collector(stop_at("acknowledged")).await.unwrap();
        assert!(collector.run(std::future::pending()).await.is_err());
        assert_eq!((world.watermark(PATH).await, world.ledger().journals().unwrap()[0].watermark), (None, 20));
        let collector = world.collector(|_| true).await.unwrap();
        let told = async {
            while world.watermark(PATH).await.is_none() {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        within(Box::pin(collector.run(told))).await.unwrap().unwrap();
        let mark = world.watermark(PATH).await.unwrap();
        assert_eq!((mark.epoch.as_str(), mark.row, mark.hash.as_str()), ("e1", 20, rows[19].hash.as_str()));
    });
}

#[test]
#[ignore = "long"]
fn a_server_that_is_killed_while_rows_come_loses_none() {
    let Some(mut world) = World::start() else { return };
    runtime().block_on(async {
        world.collector(|_| true).await.unwrap().prepare().await.unwrap();
        let rows = journal(60, "Bản tin");
        send_all(&world, &rows[..30], 5, 0).await;
        let collector = world.collector(|_| true).await.unwrap();
        let work = async {
            world.nats.kill();
            world.nats.restart();
            send_all(&world, &rows[30..], 5, 0).await;
            while world.ledger().journals().unwrap().first().is_none_or(|journal| journal.watermark < 60) {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        within(Box::pin(collector.run(work))).await.expect("all of it").unwrap();
        assert_eq!(world.ledger().journals().unwrap()[0].rows, 60);
    });
}

#[test]
fn a_consumer_that_was_deleted_and_a_stream_that_was_lost_are_made_anew() {
    let Some(world) = World::start() else { return };
    runtime().block_on(async {
        world.collector(|_| true).await.unwrap().prepare().await.unwrap();
        let rows = journal(40, "Bản tin");
        send_all(&world, &rows[..10], 5, 0).await;
        world.collect_until(has(10)).await;
        let js = jetstream::new(world.client("dispatcher").await);
        // While it works.
        let collector = world.collector(|_| true).await.unwrap();
        let name = collector.name().to_owned();
        let ledger = || world.ledger().journals().unwrap();
        let work = async {
            js.get_stream("LOA_LOG").await.unwrap().delete_consumer(&name).await.unwrap();
            send_all(&world, &rows[10..20], 5, 0).await;
            while ledger()[0].watermark < 20 {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            // A power cut has taken all that was stored; the box sends again, under other names.
            js.delete_stream("LOA_LOG").await.unwrap();
            js.delete_stream("LOA_WM").await.unwrap();
            let client = world.client(PATH).await;
            while !send(&client, PATH, "e1", &rows[15..30], "again").await {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            while ledger()[0].watermark < 30 || world.watermark(PATH).await.is_none_or(|mark| mark.row < 30) {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        within(Box::pin(collector.run(work))).await.expect("it recovers").unwrap();
        assert_eq!(ledger()[0].rows, 30);
    });
}

#[test]
#[ignore = "long"]
fn what_the_server_has_lost_of_what_was_sent_is_told_and_its_streams_are_made_anew() {
    let Some(mut world) = World::start() else { return };
    runtime().block_on(async {
        let collector = world.collector(|_| true).await.unwrap();
        collector.prepare().await.unwrap();
        let js = jetstream::new(world.client("dispatcher").await);
        js.publish("loa.sched.vn.p01.c003", "x".into()).await.unwrap().await.unwrap();
        let file = world.dir.path().join("collect.db");
        let ledger = || SqliteLedger::open(&file).unwrap();
        let seen = || ledger().pages(BookKind::Stream, "LOA_SCHED").unwrap();
        let told = || {
            let known = FleetRows::gather(&mut ledger(), None, wall()).unwrap();
            (known.is_alarm(), known.text(loa_core::diag::Lang::Vi, &jiff::tz::TimeZone::UTC, false))
        };
        let done = async {
            while !seen().first().is_some_and(|page| page.body.contains("\"last\":1")) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            assert!(!told().0);
            // Rows come on, and nothing fails: it is looked for.
            js.delete_stream("LOA_SCHED").await.unwrap();
            while !told().0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            // Heartbeats lie in memory, which a server begins without.
            world.nats.kill();
            world.nats.restart();
            while js.get_stream("LOA_HB").await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        within(Box::pin(collector.run(done))).await.expect("it is noticed").unwrap();
        let (_, said) = told();
        assert!(said.contains("LOA_SCHED") && said.contains("loa collect close LOA_SCHED"), "{said}");
        assert!(js.get_stream("LOA_SCHED").await.is_ok());
    });
}

#[test]
fn rows_twice_out_of_order_and_of_two_journals_are_each_there_once() {
    let Some(world) = World::start() else { return };
    runtime().block_on(async {
        world.collector(|_| true).await.unwrap().prepare().await.unwrap();
        let (old, new) = (journal(30, "Bản tin"), journal(12, "Sau khi hỏng đĩa"));
        let client = world.client(PATH).await;
        let mut names = 0..;
        for (first, last, epoch, rows) in [
            (21, 30, "e1", &old),
            (1, 10, "e1", &old),
            (5, 14, "e1", &old),
            (1, 12, "e2", &new),
            (1, 10, "e1", &old),
            (5, 5, "e2", &new),
        ] {
            let name = format!("{}", names.next().unwrap());
            assert!(send(&client, PATH, epoch, &rows[first - 1..last], &name).await);
        }
        world.collect_until(has(36)).await;
        let mut ledger = world.ledger();
        let journals = ledger.journals().unwrap();
        let of = |epoch: &str| journals.iter().find(|journal| journal.epoch == epoch).unwrap().clone();
        assert_eq!((of("e1").watermark, of("e2").watermark), (14, 12));
        assert_eq!(ledger.gaps(of("e1").id).unwrap(), [(15, 20)]);
        assert!(ledger.findings().unwrap().is_empty());
    });
}

#[test]
#[ignore = "long"]
fn nobody_sends_rows_in_anothers_name_and_a_broken_chain_is_told() {
    let Some(world) = World::start() else { return };
    runtime().block_on(async {
        world.collector(|_| true).await.unwrap().prepare().await.unwrap();
        let (own, made_anew) = (journal(20, "Bản tin"), journal(20, "Bản tin đã sửa"));
        let thief = world.client(OTHER).await;
        assert!(!send(&thief, PATH, "e1", &own[..5], "forged").await, "the server lets it in");
        let client = world.client(PATH).await;
        assert!(send(&client, PATH, "e1", &own[..10], "1").await);
        assert!(send(&client, PATH, "e1", &made_anew[10..], "2").await, "from another history");
        assert!(send(&client, PATH, "e1", &made_anew[4..6], "3").await, "over rows that are there");
        // A message that holds no rows keeps nobody waiting.
        client.publish(format!("loa.log.{PATH}"), "rác".into()).await.unwrap();
        client.flush().await.unwrap();
        assert!(send(&thief, OTHER, "e9", &own[..3], "4").await);
        // The rubbish lies in nobody's way any more.
        let mut stream = jetstream::new(world.client("collector").await).get_stream("LOA_LOG").await.unwrap();
        let collector = world.collector(|_| true).await.unwrap();
        let done = async {
            while !has(23)(&world.ledger().journals().unwrap()) || stream.info().await.unwrap().state.messages != 4 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        within(collector.run(done)).await.expect("all but the rubbish stays in the stream").unwrap();
        let mut ledger = world.ledger();
        let journals = ledger.journals().unwrap();
        assert_eq!(journals.iter().map(|journal| journal.watermark).collect::<Vec<_>>(), [20, 3]);
        let found: Vec<_> = ledger.findings().unwrap().into_iter().map(|one| (one.kind, one.seq)).collect();
        for expected in [(LedgerFindingKind::Break, 11), (LedgerFindingKind::Other, 5), (LedgerFindingKind::Other, 6)] {
            assert!(found.contains(&expected), "{found:?}");
        }
        assert_eq!(found.len(), 3);
        let refused = ledger.refused().unwrap();
        assert_eq!((refused[0].station.as_str(), refused[0].count), (PATH, 1));
        assert!(refused[0].words().vi.starts_with("tin không ghi"), "{:?}", refused[0].words());
        let long = client.request(format!("loa.log.{PATH}"), vec![b'x'; 300 * 1024].into()).await.unwrap();
        assert!(String::from_utf8_lossy(&long.payload).contains("\"error\""), "longer than any box sends: {long:?}");
    });
}

#[test]
fn a_database_that_is_deleted_ends_the_collector_and_the_next_one_gets_all_again() {
    let Some(world) = World::start() else { return };
    runtime().block_on(async {
        world.collector(|_| true).await.unwrap().prepare().await.unwrap();
        let rows = journal(40, "Bản tin");
        send_all(&world, &rows[..20], 5, 0).await;
        world.collect_until(has(20)).await;
        let file = world.dir.path().join("collect.db");
        // While it waits; and between the rows and their acknowledgement.
        let collector = world.collector(|_| true).await.unwrap();
        std::fs::remove_file(&file).unwrap();
        let ended = within(collector.run(std::future::pending())).await.expect("it ends");
        assert!(matches!(ended, Err(CollectError::Ledger(LedgerError::Gone(_)))), "{ended:?}");
        world.collect_until(has(20)).await;
        send_all(&world, &rows[20..], 5, 0).await;
        let own = file.clone();
        let at_pull = move |step: &'static str| step != "pulled" || std::fs::remove_file(&own).is_ok();
        let ended = within(world.collector(at_pull).await.unwrap().run(std::future::pending())).await.expect("it ends");
        assert!(matches!(ended, Err(CollectError::Ledger(LedgerError::Gone(_)))), "{ended:?}");
        assert!(!file.exists());
        world.collect_until(has(40)).await;
        assert_eq!(world.ledger().journals().unwrap()[0].watermark, 40);
    });
}

#[test]
#[ignore = "long"]
fn a_consumer_whose_file_cannot_be_written_any_more_is_followed_by_the_next_name() {
    let Some(world) = World::start() else { return };
    runtime().block_on(async {
        world.collector(|_| true).await.unwrap().prepare().await.unwrap();
        let rows = journal(20, "Bản tin");
        let node = world.client(PATH).await;
        assert!(send(&node, PATH, "e1", &rows, "m1").await);
        // What a power cut leaves: something that is no directory where the consumer's is to be.
        let consumers = world.nats.stored("LOA_LOG").join("obs");
        std::fs::create_dir_all(&consumers).unwrap();
        let collector = world.collector(|_| true).await.unwrap();
        let name = collector.name().to_owned();
        std::fs::write(consumers.join(&name), "x").unwrap();
        // The box is told after the rows are in.
        let told = async {
            while world.watermark(PATH).await.map(|mark| mark.row) != Some(20) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        Box::pin(within(collector.run(told))).await.expect("it goes on").unwrap();
        assert_eq!(world.ledger().journals().unwrap()[0].rows, 20);
        assert!(consumers.join(format!("{name}-2")).is_dir(), "it goes by the second name");
    });
}

#[test]
fn a_damaged_database_ends_the_collector_with_the_cure_and_the_cure_works() {
    let Some(world) = World::start() else { return };
    runtime().block_on(async {
        world.collector(|_| true).await.unwrap().prepare().await.unwrap();
        let rows = journal(40, "Bản tin");
        send_all(&world, &rows[..20], 5, 0).await;
        world.collect_until(has(20)).await;
        let file = world.dir.path().join("collect.db");
        let mut bytes = std::fs::read(&file).unwrap();
        // All but the head and the list of tables: what a dying card leaves.
        let page = usize::from(u16::from_be_bytes([bytes[16], bytes[17]]));
        bytes[page..].fill(0xA5);
        std::fs::write(&file, bytes).unwrap();
        send_all(&world, &rows[20..], 5, 0).await;
        let why = match world.collector(|_| true).await {
            Ok(collector) => within(collector.run(std::future::pending())).await.expect("it ends").unwrap_err(),
            Err(why) => why,
        };
        assert!(why.text().vi.contains("dời nó cùng các tệp -wal và -shm"), "{why}");
        for name in ["collect.db", "collect.db-wal", "collect.db-shm"] {
            let _ = std::fs::rename(world.dir.path().join(name), world.dir.path().join(format!("hong-{name}")));
        }
        world.collect_until(has(40)).await;
    });
}

#[test]
fn a_second_collector_on_one_database_is_refused_and_the_next_one_is_not() {
    let Some(world) = World::start() else { return };
    runtime().block_on(async {
        let first = world.collector(|_| true).await.unwrap();
        let second = world.collector(|_| true).await;
        let why = second.err().expect("the first one collects").text();
        assert!(why.vi.contains("một loa collect run khác đang thu"), "{why}");
        // Whoever looks is let in.
        assert!(world.ledger().journals().unwrap().is_empty());
        drop(first);
        assert!(world.collector(|_| true).await.is_ok());
    });
}

#[test]
fn two_collectors_with_two_databases_get_all_rows_each_and_are_told_of_each_other() {
    let Some(world) = World::start() else { return };
    runtime().block_on(async {
        let first = world.collector(|_| true).await.unwrap();
        first.prepare().await.unwrap();
        let rows = journal(60, "Bản tin");
        send_all(&world, &rows[..30], 5, 0).await;
        // Another machine, another database: nothing on the server says so but its consumer.
        let other = || SqliteLedger::open(&world.dir.path().join("another.db")).unwrap();
        let second = world.collector_into(other(), |_| true).await.unwrap();
        assert_ne!(first.name(), second.name());
        let told = |ledger: &mut SqliteLedger| {
            let known = FleetRows::gather(ledger, None, wall()).unwrap();
            let said = known.text(loa_core::diag::Lang::Vi, &jiff::tz::TimeZone::UTC, false);
            (known.is_alarm() && said.contains("một chương trình thu khác"), said)
        };
        let done = async {
            send_all(&world, &rows[30..], 5, 0).await;
            let all = |ledger: &mut SqliteLedger| has(60)(&ledger.journals().unwrap());
            while !(all(&mut world.ledger()) && all(&mut other())) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            while !(told(&mut world.ledger()).0 && told(&mut other()).0) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        within(Box::pin(async {
            tokio::select! {
                ended = Box::pin(first.run(std::future::pending())) => panic!("{ended:?}"),
                ended = Box::pin(second.run(std::future::pending())) => panic!("{ended:?}"),
                () = done => {}
            }
        }))
        .await
        .expect("each has all rows, and knows of the other");
        assert!(told(&mut world.ledger()).1.contains("another.db"), "which one it is");
        // The page says it too, as the province's own alarm.
        let mut keeper = BoardKeeper::open(world.dir.path()).unwrap();
        keeper.keep(&mut world.ledger(), None, wall()).unwrap();
        let alarms = loa_board::Board::find(world.dir.path()).unwrap().open_alarms().unwrap();
        assert_eq!(alarms.iter().filter(|alarm| alarm.cause == FleetCause::TwoCollectors).count(), 1, "{alarms:?}");
        // It passes once the other one has ended.
        keeper.keep(&mut world.ledger(), None, wall() + Duration::from_mins(11)).unwrap();
        let alarms = loa_board::Board::find(world.dir.path()).unwrap().open_alarms().unwrap();
        assert!(alarms.iter().all(|alarm| alarm.over.is_some() || alarm.cause != FleetCause::TwoCollectors));
    });
}

#[test]
fn another_collector_that_is_never_seen_waiting_is_told_of_by_what_it_takes() {
    let Some(world) = World::start() else { return };
    runtime().block_on(async {
        let own = world.collector(|_| true).await.unwrap();
        own.prepare().await.unwrap();
        send_all(&world, &journal(400, "Bản tin"), 1, 0).await;
        // It asks for no more than there is, and writes it down for a while: busy with a year of rows, or in step with this one.
        let js = jetstream::new(world.client("collector").await);
        let config = jetstream::consumer::pull::Config {
            durable_name: Some("collector-of-another-room".to_owned()),
            description: Some("phòng khác".to_owned()),
            ..Default::default()
        };
        let other = js.get_stream("LOA_LOG").await.unwrap().create_consumer(config).await.unwrap();
        let takes = async {
            loop {
                let mut messages = other.fetch().max_messages(1).messages().await.unwrap();
                while let Some(Ok(message)) = messages.next().await {
                    message.ack().await.unwrap();
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let told = async {
            let rivals = || FleetRows::gather(&mut world.ledger(), None, wall()).unwrap().rivals;
            while rivals().is_empty() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            assert_eq!(rivals()[0].database, "phòng khác");
        };
        within(Box::pin(async {
            tokio::select! {
                ended = Box::pin(own.run(std::future::pending())) => panic!("{ended:?}"),
                () = takes => {}
                () = told => {}
            }
        }))
        .await
        .expect("it is told");
    });
}

#[test]
fn a_database_that_was_put_back_from_an_older_copy_gets_what_came_since() {
    let Some(world) = World::start() else { return };
    runtime().block_on(async {
        world.collector(|_| true).await.unwrap().prepare().await.unwrap();
        let rows = journal(40, "Bản tin");
        send_all(&world, &rows[..20], 5, 0).await;
        world.collect_until(has(20)).await;
        let (file, copy) = (world.dir.path().join("collect.db"), world.dir.path().join("ban-sao.db"));
        // The last to let go of it folds its log in.
        assert!(!world.dir.path().join("collect.db-wal").exists());
        std::fs::copy(&file, &copy).unwrap();
        send_all(&world, &rows[20..], 5, 0).await;
        world.collect_until(has(40)).await;
        // All that came was given out and acknowledged; the disk died, and the copy is put back.
        for name in ["collect.db-wal", "collect.db-shm"] {
            let _ = std::fs::remove_file(world.dir.path().join(name));
        }
        std::fs::rename(&copy, &file).unwrap();
        assert_eq!(world.ledger().journals().unwrap()[0].rows, 20);
        world.collect_until(has(40)).await;
    });
}

#[test]
#[ignore = "long"]
fn two_boxes_with_one_key_are_told_by_their_heartbeats_and_a_living_box_is_not_silent() {
    let Some(world) = World::start() else { return };
    runtime().block_on(async {
        let node = world.client(PATH).await;
        let pulse = |epoch: &str, rows: u64| {
            let pulse = Pulse { epoch: epoch.to_owned(), rows, ..Pulse::default() };
            let said = serde_json::to_string(&pulse).unwrap();
            let (node, subject) = (node.clone(), pulse_subject(&locality(PATH)));
            async move {
                node.publish(subject, said.into()).await.unwrap();
                node.flush().await.unwrap();
            }
        };
        let collector = world.collector(|_| true).await.unwrap();
        let done = async {
            // Nobody is two who has lost his journal once.
            for (epoch, rows) in [("a", 5), ("b", 1), ("a", 6)] {
                let seen = || world.ledger().pages(BookKind::Pulse, PATH).unwrap();
                while !seen()
                    .first()
                    .is_some_and(|page| page.body.contains(&format!("\"epoch\":\"{epoch}\",\"rows\":{rows}")))
                {
                    pulse(epoch, rows).await;
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                let twins = world.ledger().pages(BookKind::Twin, "").unwrap();
                assert_eq!(twins.len(), usize::from(rows == 6), "{epoch} {rows}");
            }
        };
        within(Box::pin(collector.run(done))).await.expect("it is heard").unwrap();
        let rows = FleetRows::gather(&mut world.ledger(), None, wall()).unwrap();
        let own = rows.stations.iter().find(|own| own.station == PATH).unwrap();
        assert!(own.is_twin && rows.is_alarm() && !own.is_silent && own.pulsed.is_some());
        assert!(
            rows.text(loa_core::diag::Lang::Vi, &jiff::tz::TimeZone::UTC, false)
                .contains("hai máy dùng chung một khóa")
        );
    });
}
