//! A hamlet's station with its link, in this process: so that it can be more impatient than in a village.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use loa::clock::Clock;
use loa::diag::{SourceFile, Text};
use loa::instant::{Mono, Wall};
use loa::link::{CentreLink, LinkAddress, LinkEnd, LinkPace, LinkStanding};
use loa::machine::MachineClock;
use loa::site::Site;
use tokio::sync::oneshot;

use crate::courier::{Office, RULES};
use crate::kit::Station;
use crate::kit::nats::{Nats, Node};

/// Where the hamlet stands.
pub(super) const PATH: &str = "p01.c003.h1";
pub(super) const NODE: Node<'static> = Node { path: PATH, zones: &["vn", "vn.p01", "vn.p01.c003", "vn.p01.c003.h1"] };

/// What `loa.toml` has of the way to the centre, apart: these tests start the link themselves, and `loa run` none.
const LINK: &str = "link.part";

/// A hamlet that believes the office, with the way to these servers.
pub(super) fn hamlet(office: &Office, servers: &[&Nats]) -> Station {
    let station = office.hamlet("");
    station.write("schedules/thon.toml", RULES);
    let servers: Vec<String> = servers.iter().map(|nats| format!("nats://{}", nats.address())).collect();
    station.write(LINK, &format!("[link]\nservers = {servers:?}\ncredentials = \"link.nk\"\n"));
    station
}

/// `loa.toml` of a hamlet with its way to the centre.
pub(super) fn whole(station: &Station) -> String {
    let read = |name: &str| std::fs::read_to_string(station.path(name)).unwrap();
    read("loa.toml") + &read(LINK)
}

/// Write the way to the centre into `loa.toml`: then `loa run` starts a link too.
pub(super) fn write_link(station: &Station) {
    station.write("loa.toml", &whole(station));
}

/// How its link stands.
pub(super) fn standing(station: &Station) -> LinkStanding {
    LinkStanding::read(&Site::new(station.dir()))
}

/// Give the station the key by which this server knows it.
pub(super) fn let_in(station: &Station, nats: &Nats) {
    station.write("link.nk", &format!("{}\n", nats.seed(PATH)));
}

/// As impatient as a test.
pub(super) const PACE: LinkPace = LinkPace {
    ping: Duration::from_millis(400),
    connect: Duration::from_secs(2),
    spread: Duration::from_millis(200),
    answer: Duration::from_secs(2),
    sweep: Duration::from_secs(2),
    look: Duration::from_millis(100),
    pulse: Duration::from_millis(500),
    again: Duration::from_millis(200),
};

/// The machine's clock, on which what takes minutes takes seconds; the wall clock is moved by so many seconds.
struct Hurried(i64);

impl Clock for Hurried {
    fn wall(&self) -> Wall {
        Wall::from_nanos(MachineClock.wall().nanos() + self.0 * 1_000_000_000)
    }

    fn mono(&self) -> Mono {
        Mono::from_origin(MachineClock.mono().since_origin() * 120)
    }

    fn wait(&self, length: Duration) {
        MachineClock.wait(length / 120);
    }
}

/// A link that runs; dropped it is gone at once, as in a power cut.
pub(super) struct RunningLink {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Start the link of a station.
pub(super) fn start(station: &Station) -> RunningLink {
    start_at(station, 0)
}

/// The same where it is so many seconds later.
pub(super) fn start_at(station: &Station, later: i64) -> RunningLink {
    begin(station, later, PACE)
}

/// The same at another pace.
pub(super) fn start_with(station: &Station, pace: LinkPace) -> RunningLink {
    begin(station, 0, pace)
}

fn begin(station: &Station, later: i64, pace: LinkPace) -> RunningLink {
    let dir = station.dir().to_owned();
    let link = move || {
        let site = Site::new(&dir);
        let read = |name: &str| std::fs::read_to_string(dir.join(name)).unwrap();
        let source = SourceFile { path: "loa.toml".to_owned(), text: read("loa.toml") + &read(LINK) };
        let station = loa::station::check(&source).0;
        let address = LinkAddress::of(&station).unwrap();
        let log = Box::new(|said: &Text| eprintln!("link: {}", said.en));
        CentreLink { site, station, address, clock: Arc::new(Hurried(later)), pace, log }
    };
    let mut now = link();
    let (stop, mut stopped) = oneshot::channel();
    let thread = std::thread::spawn(move || {
        loop {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let ended = runtime.block_on(async {
                tokio::select! {
                    ended = loa::link::run(&now) => Some(ended.unwrap()),
                    _ = &mut stopped => None,
                }
            });
            // As `loa link` does where what it goes by is another.
            match ended {
                Some(LinkEnd::Changed) => now = link(),
                Some(LinkEnd::Over) | None => return,
            }
        }
    });
    RunningLink { stop: Some(stop), thread: Some(thread) }
}

impl Drop for RunningLink {
    fn drop(&mut self) {
        drop(self.stop.take());
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
