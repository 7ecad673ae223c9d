//! Somebody who speaks live: over the socket, from the command line, and over the page's own line.

mod command;
mod line;
mod socket;
mod web_socket;

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use loa::incoming::wire::WireFrame;
use serde_json::{Value, json};

use crate::kit::{Mic, Station};

const ANY_HOUR: &str = "[rules]\nhours = [\"00:00-24:00\"]\n";

/// Two hamlets whose horns are files.
fn station(more: &str) -> Station {
    let station = Station::new();
    station.tone("tin.wav", 4.0, 1_000.0);
    station.write(
        "loa.toml",
        &format!(
            "[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"wav:thon-1.wav\"\n[zones.thon-2]\ntitle = \"Thôn 2\"\noutput = \"wav:thon-2.wav\"\n[clock]\ntrust = \"always\"\n{more}"
        ),
    );
    station.write("schedules/a.toml", ANY_HOUR);
    station
}

/// The rows of the journal with this in their reason.
fn rows(station: &Station, reason: &str) -> Vec<Value> {
    let all = station.loa(&["journal", "--json"]).rows();
    all.into_iter().filter(|row| row["reason"].as_str().is_some_and(|own| own.contains(reason))).collect()
}

/// The row of what sounded by an order, once it is written.
fn outcome(station: &Station, order: &str) -> Option<Value> {
    let all = station.loa(&["journal", "--json"]).rows();
    all.into_iter().find(|row| row["kind"] == "airing" && row["order"] == order)
}

/// The same, waited for: the journal's disk comes behind the sound.
fn written(station: &Station, order: &str) -> Value {
    crate::console::until("its row is written", || outcome(station, order))
}

/// When what a row tells of was over.
fn ended(row: &Value) -> jiff::Timestamp {
    row["ended"].as_str().unwrap_or_else(|| panic!("{row}")).parse().unwrap()
}

/// The files that a row says were kept, each as it was vouched for, in seconds.
fn kept(station: &Station, row: &Value) -> Vec<f64> {
    let audio = row["audio"].as_array().unwrap_or_else(|| panic!("{row}"));
    let seconds = |audio: &Value| {
        let path = station.path("state/kept").join(audio["file"].as_str().unwrap());
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(loa::digest::sha256(&bytes), audio["sha256"].as_str().unwrap(), "{row}");
        let wav = hound::WavReader::new(&bytes[..]).unwrap();
        f64::from(wav.duration()) / f64::from(wav.spec().sample_rate)
    };
    audio.iter().map(seconds).collect()
}

/// A talk over the socket.
struct Talk {
    stream: UnixStream,
    answers: BufReader<UnixStream>,
    receipt: Value,
}

impl Talk {
    /// Order it, and hear whether it was taken.
    fn begin(station: &Station, zones: &[&str], by: &str) -> Self {
        let mut stream = UnixStream::connect(station.path("state/loa.sock")).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        writeln!(stream, "{}", json!({"command": "talk", "zones": zones, "by": by})).unwrap();
        let mut answers = BufReader::new(stream.try_clone().unwrap());
        let mut line = String::new();
        answers.read_line(&mut line).unwrap();
        let answer: Value = serde_json::from_str(&line).unwrap();
        Self { stream, answers, receipt: answer["status"].clone() }
    }

    fn order(&self) -> String {
        self.receipt["order"].as_str().unwrap_or_else(|| panic!("{}", self.receipt)).to_owned()
    }

    /// Speak for so long, or until nobody listens.
    fn speak(&mut self, seconds: f64) {
        let mut stream = &self.stream;
        Mic::speak(seconds, |piece| WireFrame::Samples(piece.to_vec()).write(&mut stream).is_ok());
    }

    fn say(&self, frame: &WireFrame) {
        frame.write(&mut &self.stream).unwrap();
    }

    /// What it is told, up to the last.
    fn told(&mut self) -> Vec<Value> {
        let mut all = Vec::new();
        loop {
            let mut line = String::new();
            // Where it was ended with something of its own on the way, the line breaks behind the last word.
            if self.answers.read_line(&mut line).unwrap_or(0) == 0 {
                return all;
            }
            all.push(serde_json::from_str(&line).unwrap());
        }
    }
}

fn words(told: &[Value]) -> Vec<&str> {
    told.iter().map(|news| news["talk"].as_str().unwrap()).collect()
}
