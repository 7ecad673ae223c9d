//! A province with its servers, its keys, its collector, and boxes in two communes.

use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::command::command;
use crate::fleet::Fleet;
use crate::kit::locality;
use crate::office::Office;
use crate::village::{BoxState, Conduct, SimulatedBox};

pub(crate) struct Province {
    pub(crate) fleet: Fleet,
    pub(crate) office: Office,
    pub(crate) runtime: tokio::runtime::Handle,
    _stop: oneshot::Sender<()>,
    collector: Option<Child>,
}

impl Province {
    /// With boxes at these places, the streams made, and whom the boxes believe known.
    pub(crate) fn start(paths: &[&str]) -> Option<Self> {
        let fleet = Fleet::start(1, false)?;
        let office = Office::open(fleet.dir.path());
        let own = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let runtime = own.handle().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        // The boxes live while the test waits for a command.
        std::thread::spawn(move || own.block_on(stopped));
        let mut desk = fleet.desk(0);
        for path in paths {
            desk.place(&locality(path), Some(&format!("Thôn {path}")), &[]).unwrap();
            let issued = desk.issue(&locality(path)).unwrap();
            std::fs::write(fleet.dir.path().join(format!("{path}.creds")), issued.text).unwrap();
        }
        drop(desk);
        runtime.block_on(fleet.prepare());
        let province = Self { fleet, office, runtime, _stop: stop, collector: None };
        province.office.introduce(province.dir());
        Some(province)
    }

    pub(crate) fn dir(&self) -> &Path {
        self.fleet.dir.path()
    }

    /// The collector, as the unit runs it.
    pub(crate) fn collect(&mut self) {
        let mut command = command(self.dir(), &["collect", "run"]);
        self.collector = Some(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    }

    /// A box begins to live.
    pub(crate) fn wake(&self, path: &str, conduct: Conduct) -> (Arc<Mutex<BoxState>>, JoinHandle<()>) {
        let creds = self.fleet.read(&format!("{path}.creds"));
        let (client, _) = self.runtime.block_on(self.fleet.node(path, &creds));
        let own = SimulatedBox::new(path, client, conduct);
        let state = own.state();
        (state, self.runtime.spawn(own.live()))
    }

    /// Until it is so.
    pub(crate) fn until(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        let waiting = async {
            while !is_so() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let done = self.runtime.block_on(async { tokio::time::timeout(Duration::from_mins(1), waiting).await });
        assert!(done.is_ok(), "{what}");
    }
}

impl Drop for Province {
    fn drop(&mut self) {
        if let Some(collector) = &mut self.collector {
            let _ = collector.kill();
            let _ = collector.wait();
        }
    }
}
