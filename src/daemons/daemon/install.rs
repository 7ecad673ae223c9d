//! A bundle that the link has brought is installed by a process of its own, under the daemon's account, behind the sound: the
//! link may not write what the station remembers of bundles, and the daemon reads no byte of one.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tokio::sync::oneshot;

use super::background::Rank;
use super::handle::Handle;
use super::not_done::NotDone;
use super::protocol::Reply;
use crate::diag::{Text, shown, system, text};
use crate::site::Site;

/// Install it, and answer with its delivery. Who asks twice waits twice: the installer has a lock of its own.
pub(super) async fn install(handle: &Handle) -> Reply {
    let site = Site::new(handle.station_dir());
    let brought = site.brought();
    if !brought.exists() {
        return refused(text!("không có gói tin nào được mang đến", "no bundle has been brought"));
    }
    let (tell, told) = oneshot::channel();
    let dir = site.dir().to_owned();
    let started = std::thread::Builder::new().name("install".to_owned()).spawn(move || {
        // What is started from here on stands behind the sound.
        Rank::Tuning.take();
        let _ = tell.send(run(&dir, &brought));
    });
    let ended = match started {
        Ok(_) => told.await.unwrap_or_else(|_| Err(io::ErrorKind::Interrupted.into())),
        Err(error) => Err(error),
    };
    match ended {
        Err(error) => refused(system(&error)),
        Ok(output) => match serde_json::from_slice::<Value>(&output.stdout) {
            Ok(status) => Reply::Done { status },
            Err(_) => refused(last_words(&output)),
        },
    }
}

fn run(dir: &Path, brought: &PathBuf) -> io::Result<Output> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--lang", "vi", "--json", "--dir"]).arg(dir).args(["bundle", "install"]).arg(brought);
    command.env("MALLOC_ARENA_MAX", "1").stdin(Stdio::null()).output()
}

/// Why it was not even judged: what the installer said last.
fn last_words(output: &Output) -> Text {
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().rev().map(str::trim).find(|line| !line.is_empty());
    let said = shown(last.map_or("?", |line| line.trim_start_matches("loa: ")));
    text!("không cài được gói tin: {said}", "the bundle could not be installed: {said}")
}

fn refused(text: Text) -> Reply {
    NotDone::from(text).reply()
}
