//! A nats-server of the test's own, on a free port: the centre's account (CORE) and the boxes' (NODES), with the
//! permissions of a box as docs/fleet.md has them, and keys made for this one run. It can be killed, frozen and started
//! again on the same port. Killed on drop.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, mpsc};
use std::time::Duration;

use nkeys::KeyPair;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// The server as `deploy/setup fleet` fetches it, below the cache of whoever ran it, and what it is known by on x86_64 and
/// on aarch64.
const FILE: &str = "loa/nats-server-2.15.1";
const DIGESTS: [&str; 2] = [
    "dd9b8a99f78955e35108355176d2fe61269efb909698eb9fce3d5d81a70e2bda",
    "343009a85281846edd8cf8b31227617b5d9ba068b1b09a4821179ea334345d8f",
];
/// Longer than any start of a server.
const START_LIMIT: Duration = Duration::from_secs(30);

/// The program; none where it was not fetched, which is said once.
pub(crate) fn program() -> Option<&'static Path> {
    static PROGRAM: OnceLock<Option<PathBuf>> = OnceLock::new();
    let find = || {
        let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
        let cache = cache.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")))?;
        let path = cache.join(FILE);
        let bytes = fs::read(&path).ok()?;
        let digest = Sha256::digest(bytes).iter().fold(String::new(), |mut all, byte| {
            let _ = write!(all, "{byte:02x}");
            all
        });
        assert!(DIGESTS.contains(&digest.as_str()), "{} is not what `deploy/setup fleet` fetches", path.display());
        Some(path)
    };
    let program = PROGRAM.get_or_init(|| {
        let program = find();
        if program.is_none() {
            eprintln!("SKIPPED: needs nats-server 2.15.1, which `deploy/setup fleet` fetches");
        }
        program
    });
    program.as_deref()
}

/// A box as the server knows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'a> {
    /// Its place: `p01.c003.h00077`.
    pub(crate) path: &'a str,
    /// What it hears: `vn`, `vn.p01`, `vn.p01.c003.h00077`.
    pub(crate) zones: &'a [&'a str],
}

impl Node<'_> {
    /// What it may say and hear: itself upwards, its zones downwards, and never read back what it can write.
    fn permissions(self) -> Value {
        let Node { path, zones } = self;
        let mut publish = vec![
            format!("loa.log.{path}"),
            format!("loa.hb.{path}"),
            format!("loa.ack.{path}"),
            format!("$JS.API.DIRECT.GET.LOA_WM.loa.wm.{path}"),
            "$JS.API.DIRECT.GET.OBJ_AUDIO".to_owned(),
            "$JS.API.DIRECT.GET.OBJ_AUDIO.$O.AUDIO.M.*".to_owned(),
        ];
        let mut subscribe = vec![format!("_INBOX.{path}.>")];
        for zone in zones {
            publish.push(format!("$JS.API.DIRECT.GET.LOA_SCHED.loa.sched.{zone}"));
            publish.push(format!("$JS.API.DIRECT.GET.LOA_EM.loa.em.{zone}"));
            subscribe.push(format!("loa.em.{zone}"));
            subscribe.push(format!("loa.sched.{zone}"));
        }
        json!({ "publish": { "allow": publish }, "subscribe": { "allow": subscribe } })
    }
}

/// A running server.
pub(crate) struct Nats {
    directory: tempfile::TempDir,
    /// The seed of each user's key, by its name: a box by its path, the centre by [`Self::CENTRE`].
    seeds: BTreeMap<String, String>,
    /// The configuration, without the address.
    config: Value,
    port: u16,
    process: Option<Child>,
    log: Arc<Mutex<String>>,
}

#[allow(dead_code, reason = "not every program of tests has a use for all of it")]
impl Nats {
    /// Who speaks for the centre: publishes schedules and alarms, collects, makes the streams. All of account CORE.
    pub(crate) const CENTRE: [&'static str; 2] = ["dispatcher", "collector"];

    /// Start one with these boxes; none where there is no server to be had, which is said.
    pub(crate) fn start(nodes: &[Node<'_>]) -> Option<Self> {
        Self::start_with(nodes, &json!({}))
    }

    /// The same with more in its configuration: `tls`, say.
    pub(crate) fn start_with(nodes: &[Node<'_>], more: &Value) -> Option<Self> {
        Self::begin(nodes, more, BTreeMap::new())
    }

    /// Another one, with streams of its own, that knows everybody by the same keys.
    pub(crate) fn beside(&self, nodes: &[Node<'_>]) -> Self {
        Self::begin(nodes, &json!({}), self.seeds.clone()).expect("there is one already")
    }

    fn begin(nodes: &[Node<'_>], more: &Value, mut seeds: BTreeMap<String, String>) -> Option<Self> {
        program()?;
        let directory = tempfile::tempdir().expect("a directory");
        let mut user = |name: &str| {
            let pair = match seeds.get(name) {
                Some(seed) => KeyPair::from_seed(seed).expect("a seed of ours"),
                None => KeyPair::new_user(),
            };
            seeds.insert(name.to_owned(), pair.seed().expect("a new key has a seed"));
            pair.public_key()
        };
        let centre: Vec<Value> = Self::CENTRE.iter().map(|name| json!({ "nkey": user(name) })).collect();
        let nodes: Vec<Value> =
            nodes.iter().map(|node| json!({ "nkey": user(node.path), "permissions": node.permissions() })).collect();
        let services = ["loa.log.>", "loa.hb.>", "loa.ack.>", "$JS.API.DIRECT.GET.>"];
        let streams = ["loa.em.>", "loa.sched.>"];
        let exports = streams.iter().map(|subject| json!({ "stream": subject }));
        let exports: Vec<Value> = exports.chain(services.iter().map(|subject| json!({ "service": subject }))).collect();
        let from_core = |subject: &&str| json!({ "account": "CORE", "subject": subject });
        let imports = streams.iter().map(|subject| json!({ "stream": from_core(subject) }));
        let imports: Vec<Value> =
            imports.chain(services.iter().map(|subject| json!({ "service": from_core(subject) }))).collect();
        let mut config = json!({
            "server_name": "test",
            "jetstream": {
                "store_dir": directory.path().join("js"),
                "max_mem": 64 << 20,
                "max_file": 32_u64 << 30,
                "sync_interval": "always",
            },
            "accounts": {
                "CORE": { "jetstream": "enabled", "users": centre, "exports": exports },
                "NODES": { "users": nodes, "imports": imports },
                "SYS": { "users": [] },
            },
            "system_account": "SYS",
        });
        for (key, value) in more.as_object().into_iter().flatten() {
            config[key] = value.clone();
        }
        let mut nats = Self { directory, seeds, config, port: 0, process: None, log: Arc::default() };
        nats.restart();
        Some(nats)
    }

    /// `127.0.0.1:4222`.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Where it keeps everything.
    pub(crate) fn store(&self) -> PathBuf {
        self.directory.path().join("js")
    }

    /// Where it keeps a stream of the centre's account.
    pub(crate) fn stored(&self, stream: &str) -> PathBuf {
        self.directory.path().join("js/jetstream/CORE/streams").join(stream)
    }

    /// The seed of a user's key, `SU…`.
    pub(crate) fn seed(&self, name: &str) -> &str {
        self.seeds.get(name).unwrap_or_else(|| panic!("no user {name}"))
    }

    /// What it has said.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// End it as a power cut does: at once.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Let it stand still: its connections stay open and nobody answers.
    pub(crate) fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// Let it go on.
    pub(crate) fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    /// Start it, again on its own port with what it has stored. Returns once it serves.
    pub(crate) fn restart(&mut self) {
        self.kill();
        let listen = if self.port == 0 { "127.0.0.1:-1".to_owned() } else { self.address() };
        self.config["listen"] = json!(listen);
        let path = self.directory.path().join("nats.conf");
        fs::write(&path, self.config.to_string()).expect("its configuration");
        let program = program().expect("it was there");
        let mut process = Command::new(program)
            .arg("-c")
            .arg(&path)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("nats-server starts");
        let lines = BufReader::new(process.stderr.take().expect("its log is piped")).lines();
        self.process = Some(process);
        let (tell, told) = mpsc::channel();
        let log = Arc::clone(&self.log);
        std::thread::spawn(move || {
            // To the end, so that the server never waits for a reader.
            for line in lines.map_while(Result::ok) {
                let is_ready = line.contains("Server is ready");
                let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
                let _ = writeln!(log, "{line}");
                drop(log);
                if is_ready {
                    let _ = tell.send(());
                }
            }
        });
        assert!(told.recv_timeout(START_LIMIT).is_ok(), "nats-server does not start: {}", self.log());
        if self.port == 0 {
            self.port = self.port_found();
        }
    }

    /// It says which port it has found.
    fn port_found(&self) -> u16 {
        let log = self.log();
        let said = log.lines().find_map(|line| line.split_once("Listening for client connections on 127.0.0.1:"));
        said.and_then(|(_, port)| port.trim().parse().ok()).unwrap_or_else(|| panic!("no port: {log}"))
    }

    fn signal(&self, signal: Signal) {
        let pid = self.process.as_ref().and_then(|process| Pid::from_raw(process.id().cast_signed()));
        kill_process(pid.expect("it runs"), signal).expect("it is a process of this test");
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        self.kill();
    }
}
