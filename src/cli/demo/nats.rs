use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::Context as _;

use super::boxes::Held;
use crate::cli::{Exit, Failure};
use crate::clock::Clock;
use crate::diag::text;
use crate::digest::sha256;

/// As `deploy/setup fleet` leaves it, below the cache of whoever ran it.
const FILE: &str = "loa/nats-server-2.15.1";
/// What it is known by, on x86_64 and on aarch64.
const DIGESTS: [&str; 2] = [
    "dd9b8a99f78955e35108355176d2fe61269efb909698eb9fce3d5d81a70e2bda",
    "343009a85281846edd8cf8b31227617b5d9ba068b1b09a4821179ea334345d8f",
];
/// The leaves' port is so far above that of the boxes, as `loa fleet init` lays it out.
const LEAF_ABOVE: u16 = 3_200;
/// How long a server takes to begin.
const START: Duration = Duration::from_secs(20);
const LOOK: Duration = Duration::from_millis(100);

/// The server's program: the very one that is brought, and no other.
pub(super) fn program() -> Result<PathBuf, Failure> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")));
    let path = cache.map(|cache| cache.join(FILE));
    let found = path.and_then(|path| Some((fs::read(&path).ok()?, path)));
    let good = found.filter(|(bytes, _)| DIGESTS.contains(&sha256(bytes).as_str()));
    good.map(|(_, path)| path).ok_or_else(|| {
        Failure::new(
            Exit::Configuration,
            text!(
                "máy này chưa có nats-server 2.15.1: trong thư mục mã nguồn của loa hãy gõ deploy/setup fleet, rồi chạy lại",
                "this machine lacks nats-server 2.15.1: in loa's own directory type deploy/setup fleet, then run again"
            ),
        )
    })
}

/// A port that is free, and the one that leaves take.
pub(super) fn free_port() -> anyhow::Result<u16> {
    for _ in 0..50 {
        let one = std::net::TcpListener::bind("127.0.0.1:0")?;
        let port = one.local_addr()?.port();
        if let Some(leaf) = port.checked_add(LEAF_ABOVE).filter(|leaf| *leaf < u16::MAX - LEAF_ABOVE)
            && std::net::TcpListener::bind(("127.0.0.1", leaf)).is_ok()
        {
            return Ok(port);
        }
    }
    anyhow::bail!("no free port")
}

/// Start the server that `loa fleet init` has made the files of, for this machine alone; until it takes connections.
pub(super) fn start(program: &Path, dir: &Path, port: u16, clock: &dyn Clock) -> anyhow::Result<Held> {
    let conf = dir.join("nats.conf");
    let written = fs::read_to_string(&conf).context("nats.conf")?;
    fs::write(&conf, written.replace("0.0.0.0:", "127.0.0.1:")).context("nats.conf")?;
    let log = fs::File::create(dir.join("nats.log"))?;
    let mut command = Command::new(program);
    command.args(["-c", "nats.conf"]).current_dir(dir).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
    let server = Held::start(&mut command).context("nats-server")?;
    for _ in 0..START.as_millis() / LOOK.as_millis() {
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Ok(server);
        }
        clock.wait(LOOK);
    }
    anyhow::bail!("nats-server: {}", fs::read_to_string(dir.join("nats.log")).unwrap_or_default())
}

/// The way of one station to the server, which can be cut: what comes to its port is handed on while it is open.
pub(super) struct Cable {
    /// Where it begins.
    pub(super) port: u16,
    is_open: tokio::sync::watch::Sender<bool>,
}

impl Cable {
    /// Lay it.
    pub(super) fn lay(server: u16) -> anyhow::Result<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let (is_open, watch) = tokio::sync::watch::channel(true);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        std::thread::Builder::new().name("cable".to_owned()).spawn(move || {
            runtime.block_on(async move {
                let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
                while let Ok((mut near, _)) = listener.accept().await {
                    let mut watch = watch.clone();
                    tokio::spawn(async move {
                        if !*watch.borrow_and_update() {
                            return;
                        }
                        let Ok(mut far) = tokio::net::TcpStream::connect(("127.0.0.1", server)).await else { return };
                        tokio::select! {
                            _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                            _ = watch.changed() => {}
                        }
                    });
                }
            });
        })?;
        Ok(Self { port, is_open })
    }

    /// Cut it, or mend it.
    pub(super) fn be(&self, is_open: bool) {
        self.is_open.send_replace(is_open);
    }
}
