//! What is ordered by hand, as those who order meet it.

mod answer;
mod flood;
mod night;
mod turn;

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::kit::{Daemon, Said, Station};

const ANY_HOUR: &str = "[rules]\nhours = [\"00:00-24:00\"]\n";
const ZONES: &str = "[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"null\"\n[zones.thon-2]\ntitle = \"Thôn 2\"\noutput = \"wav:thon-2.wav\"\n";
const LOST: &str = "[zones.thon-3]\ntitle = \"Thôn 3\"\noutput = \"device:nonexistent\"\n";

fn station(zones: &str) -> Station {
    let station = Station::new();
    station
        .tone("lu.wav", 2.0, 440.0)
        .tone("vo-dap.wav", 1.0, 880.0)
        .write("loa.toml", zones)
        .write("schedules/a.toml", ANY_HOUR);
    station
}

/// A daemon that knows the station's sounds: on a busy machine that takes a while.
fn run(station: &Station) -> Daemon<'_> {
    let daemon = station.run();
    daemon.wait_until("it knows the sounds", || station.loa(&["status", "--json"]).json()["sounds"] == 2);
    daemon
}

/// `loa` in Vietnamese.
fn vi(station: &Station, arguments: &[&str]) -> Said {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_loa"));
    let output = command.args(["--lang", "vi", "--dir"]).arg(station.dir()).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { out: text(output.stdout), err: text(output.stderr), code: output.status.code().unwrap_or(-1) }
}

/// So often that it lasts a minute.
const LONG: [&str; 2] = ["--repeat", "16"];

fn alert(station: &Station, name: &str, more: &[&str]) -> Said {
    station.loa(&[&["alert", name, "--by", "Nguyễn Văn A", "--why", "lũ về"], more].concat())
}

/// The zones of a receipt: id, state, the code of its reason.
fn states(receipt: &Value) -> Vec<(String, String, String)> {
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let zones = receipt["zones"].as_array().unwrap_or_else(|| panic!("{receipt}"));
    zones.iter().map(|zone| (word(&zone["zone"]), word(&zone["state"]), word(&zone["why"]["code"]))).collect()
}

fn owned(zones: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    zones.iter().map(|(zone, state, why)| ((*zone).to_owned(), (*state).to_owned(), (*why).to_owned())).collect()
}

fn entries(station: &Station) -> Vec<Value> {
    station.loa(&["journal", "--json"]).rows()
}

/// Reasons of the notes, and of the airings with their broadcast.
fn journal(station: &Station) -> (Vec<String>, Vec<(String, String)>) {
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let (airings, notes): (Vec<Value>, Vec<Value>) =
        entries(station).into_iter().partition(|row| row["kind"] == "airing");
    let airings = airings.iter().map(|row| (word(&row["broadcast"]), word(&row["reason"])));
    (notes.iter().map(|row| word(&row["reason"])).collect(), airings.collect())
}

fn connect(dir: &Path) -> UnixStream {
    let socket = UnixStream::connect(dir.join("state/loa.sock")).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    socket
}

/// One line to the socket, one line back; `None` where it hangs up.
fn talk(dir: &Path, line: &str) -> Option<Value> {
    let mut socket = connect(dir);
    writeln!(socket, "{line}").ok()?;
    let mut said = String::new();
    BufReader::new(socket).read_line(&mut said).ok()?;
    serde_json::from_str(&said).ok()
}

fn playing(station: &Station, zone: usize) -> Value {
    station.loa(&["status", "--json"]).json()["zones"][zone]["playing"]["broadcast"].clone()
}

/// The account that runs the tests.
fn account() -> String {
    let name = std::process::Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(name.stdout).unwrap().trim().to_owned()
}
