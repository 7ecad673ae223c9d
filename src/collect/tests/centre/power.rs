//! Power cuts at the centre: the image of its disk is copied under the running server and collector, and both go on from the copy, as they
//! do when the power is back. Needs the right to mount an image; without it, it says SKIPPED.

use std::path::{Path, PathBuf};
use std::process::Command;

use async_nats::jetstream;
use loa_collect::ledger::Ledger as _;
use loa_core::uplink::SentRow;
use serde_json::json;

use crate::kit::{OTHER, PATH, World, ZONES, journal, send, within};
use crate::nats::{Nats, Node};

const SIZE: u64 = 64 << 20;

/// A file system in a file.
struct Disk {
    dir: tempfile::TempDir,
}

impl Disk {
    fn new() -> Option<Self> {
        let disk = Self { dir: tempfile::tempdir().unwrap() };
        let image = disk.dir.path().join("image");
        std::fs::File::create(&image).unwrap().set_len(SIZE).unwrap();
        std::fs::create_dir(disk.path()).unwrap();
        // All of it now, so that the kernel has nothing to write later.
        let make = ["-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", image.to_str().unwrap()];
        let made = has_run("mkfs.ext4", &make) && disk.mount(&image);
        if !made {
            eprintln!("SKIPPED: needs mkfs.ext4 and the right to mount an image");
        }
        made.then_some(disk)
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("disk")
    }

    fn mount(&self, image: &Path) -> bool {
        has_run("mount", &["-o", "loop", image.to_str().unwrap(), self.path().to_str().unwrap()])
    }

    fn unmount(&self) -> bool {
        has_run("umount", &["-l", self.path().to_str().unwrap()])
    }

    /// What a power cut would leave: what has reached the disk, and nothing that the kernel still holds. Two copies that are alike, since it
    /// may write while one is made.
    fn cut(&self, name: &str) -> PathBuf {
        let read = || std::fs::read(self.dir.path().join("image")).unwrap();
        let mut image = read();
        loop {
            let again = read();
            if again == image {
                break;
            }
            image = again;
        }
        let path = self.dir.path().join(name);
        std::fs::write(&path, image).unwrap();
        path
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.unmount();
    }
}

fn has_run(program: &str, words: &[&str]) -> bool {
    Command::new(program).args(words).output().is_ok_and(|output| output.status.success())
}

/// An image, and what was promised when it was made.
struct Cut {
    image: PathBuf,
    /// So many messages had the server acknowledged to the box, each with five rows.
    acknowledged: u64,
    /// The last row that the box was told to be in the database.
    told: u64,
}

/// A box sends its journal; the power is cut four times.
async fn live(world: &World, disk: &Disk, rows: &[SentRow]) -> Vec<Cut> {
    world.collector(|_| true).await.unwrap().prepare().await.unwrap();
    let client = world.client(PATH).await;
    let mut cuts = Vec::new();
    let sent = async {
        for (number, part) in rows.chunks(5).enumerate() {
            assert!(send(&client, PATH, "e1", part, &format!("{number}")).await, "message {number}");
            if number % 13 == 12 {
                let told = world.watermark(PATH).await.map_or(0, |mark| mark.row);
                world.nats.freeze();
                let image = disk.cut(&format!("image-{number}"));
                world.nats.thaw();
                cuts.push(Cut { image, acknowledged: number as u64 + 1, told });
            }
        }
    };
    let collector = world.collector(|_| true).await.unwrap();
    within(Box::pin(collector.run(sent))).await.expect("all is sent").unwrap();
    cuts
}

/// The server and the collector on a disk of their own, which the power leaves four times; after each the box goes on from where it is told
/// to. Says how many acknowledged messages each cut has taken from the server; none where there is nothing to try it with.
fn cut_four_times(sync: &str) -> Option<Vec<u64>> {
    let nodes = [Node { path: PATH, zones: &ZONES }, Node { path: OTHER, zones: &ZONES[..3] }];
    crate::nats::program()?;
    let disk = Disk::new()?;
    let store = json!({ "store_dir": disk.path().join("js"), "max_mem": 64 << 20, "max_file": 32_u64 << 30, "sync_interval": sync });
    let nats = Nats::start_with(&nodes, &json!({ "jetstream": store }))?;
    let mut world = World { nats, dir: tempfile::tempdir_in(disk.path()).unwrap() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let rows = journal(260, "Bản tin");
    let cuts = runtime.block_on(live(&world, &disk, &rows));
    let mut gone = Vec::new();
    for cut in cuts {
        world.nats.kill();
        assert!(disk.unmount() && disk.mount(&cut.image));
        world.nats.restart();
        runtime.block_on(async {
            let held = world.ledger().journals().unwrap().first().map_or(0, |journal| journal.watermark);
            assert!(held >= cut.told, "the box was told of row {}, and the database holds {held}", cut.told);
            let js = jetstream::new(world.client("collector").await);
            let kept = match js.get_stream("LOA_LOG").await {
                Ok(stream) => stream.cached_info().state.last_sequence,
                Err(_) => 0,
            };
            gone.push(cut.acknowledged.saturating_sub(kept));
            // The box goes on behind what it is told of, which the collector tells again where the server has lost it.
            let client = world.client(PATH).await;
            let collector = world.collector(|_| true).await.unwrap();
            let whole = async {
                while world.watermark(PATH).await.is_none_or(|mark| mark.row < cut.told) {
                    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                }
                let mark = world.watermark(PATH).await.unwrap().row;
                for part in rows[mark as usize..].chunks(7) {
                    while !send(&client, PATH, "e1", part, &format!("again-{}", part[0].seq)).await {}
                }
                while world.ledger().journals().unwrap().first().is_none_or(|journal| journal.watermark < 260) {
                    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                }
            };
            within(Box::pin(collector.run(whole))).await.expect("all of it").unwrap();
            let journals = world.ledger().journals().unwrap();
            assert_eq!((journals.len(), journals[0].rows, journals[0].watermark), (1, 260, 260));
            assert!(world.ledger().findings().unwrap().is_empty());
        });
    }
    Some(gone)
}

#[test]
#[ignore = "long"]
fn a_power_cut_takes_no_row_that_a_server_of_ours_has_acknowledged() {
    let Some(gone) = cut_four_times("always") else { return };
    assert_eq!(gone, [0; 4]);
}

#[test]
#[ignore = "long"]
fn what_a_power_cut_takes_from_a_server_that_does_not_wait_for_its_disk_the_box_sends_again() {
    let Some(gone) = cut_four_times("2m") else { return };
    if gone == [0; 4] {
        eprintln!("NOT JUDGED: the kernel had written all of it by the time of each cut");
    }
}
