use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use super::page::Page;
use super::quiet::without_noise;
use super::{Context, Exit, door, order, sheet};
use crate::checkup::ProofStanding;
use crate::clock::Clock;
use crate::daemon::protocol::Command;
use crate::daemon::receipt::{Receipt, State};
use crate::diag::{Text, figure, shown, text};
use crate::disk;
use crate::output::{DeviceName, Playable, playable};
use crate::station::{self, Station};
use crate::status::Status;

/// A microphone says within so long what it has learnt by test tones; how often it is asked.
const LEARNT_MOST: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// A device as `loa devices --json` prints it.
#[derive(Serialize)]
struct Row {
    /// As in `loa.toml`: `device:plughw:CARD=Device,DEV=0`.
    output: String,
    title: String,
    channels: u16,
    /// In Hz.
    rates: Vec<u32>,
    /// Zones that play on it.
    zones: Vec<String>,
    /// What to paste under `[zones.ID]`.
    line: String,
    /// Why it cannot be played on at present.
    trouble: Option<String>,
}

/// `loa devices`.
#[derive(Args, Debug)]
pub(super) struct DevicesArgs {
    /// Phát tiếng thử ba giây ở các cụm loa này, giờ nào cũng được. | Three seconds of test tones in these zones, at any hour.
    #[arg(long, value_name = "ZONE", num_args = 1..)]
    test: Vec<String>,
}

/// `loa devices --test ZONE`: the running daemon lets the zones be heard; else what there is to play on. Exit 1 where a zone
/// does not sound, and where a microphone listens to it that does not hear it.
pub(super) fn run(context: &Context, clock: &dyn Clock, args: &DevicesArgs) -> anyhow::Result<ExitCode> {
    if args.test.is_empty() {
        return show(context);
    }
    let before = learning(context);
    let status = door::ask(context, &Command::Test { zones: args.test.clone(), by: String::new(), wait: true })?;
    let sounds: Vec<String> = serde_json::from_value::<Receipt>(status.clone())
        .map(|receipt| {
            receipt.zones.into_iter().filter(|zone| zone.state != State::Silent).map(|zone| zone.zone).collect()
        })
        .unwrap_or_default();
    let code = order::told(context, status, &args.test)?;
    // A program has its answer, and asks for the status where it wants to know more.
    if context.json {
        return Ok(code);
    }
    let listening = before.into_iter().filter(|one| sounds.contains(&one.zone)).collect();
    Ok(if is_heard(context, clock, listening) { code } else { Exit::Findings.into() })
}

/// How the microphones stand that listen to the horns of this station.
fn learning(context: &Context) -> Vec<ProofStanding> {
    let status = door::ask(context, &Command::Status).ok();
    let status = status.and_then(|status| serde_json::from_value::<Status>(status).ok());
    status.map(|status| status.standing.proof).unwrap_or_default()
}

/// Say of the microphones that hear the tones what they have learnt by them, once they say so. Whether all of them heard them.
fn is_heard(context: &Context, clock: &dyn Clock, mut waiting: Vec<ProofStanding>) -> bool {
    let (began, mut is_heard) = (clock.mono(), true);
    let say = |said: &Text| Page::text(sheet::paragraph("", said.get(context.lang), sheet::text_columns()));
    while !waiting.is_empty() && clock.mono().after(began) < LEARNT_MOST {
        clock.wait(LOOK_EVERY);
        for now in learning(context) {
            let is_it = |one: &ProofStanding| one.zone == now.zone && one.tested != now.tested;
            if waiting.iter().any(is_it) {
                waiting.retain(|one| one.zone != now.zone);
                is_heard &= now.has_heard_test();
                say(&now.words_of_test());
            }
        }
    }
    for one in &waiting {
        let (zone, input, most) = (shown(&one.title), shown(&one.input), LEARNT_MOST.as_secs());
        say(&text!(
            "{zone}: sau {most} giây micro «{input}» vẫn chưa cho biết có nghe thấy tiếng thử không: xem «loa status»",
            "{zone}: after {most} s the microphone \"{input}\" has not said whether it heard the test tones: see \"loa status\""
        ));
    }
    is_heard && waiting.is_empty()
}

/// `loa devices`: what this machine can play on, which zone uses it, and the line to paste into
/// `loa.toml`; exit 1 if there is nothing, or a zone's device is not there.
fn show(context: &Context) -> anyhow::Result<ExitCode> {
    // A machine that has no station yet is asked for its devices first.
    let (station, ..) = disk::station::load(&context.dir);
    let rows = without_noise(|| rows(&station, context));
    let wrong = rows.is_empty() || rows.iter().any(|row| row.trouble.is_some() && !row.zones.is_empty());
    if context.json {
        Page::data(serde_json::to_string_pretty(&rows)? + "\n");
    } else if rows.is_empty() {
        Page::text(sheet::paragraph("", nothing().get(context.lang), sheet::text_columns()));
    } else {
        print(&rows, context);
    }
    Ok(if wrong { Exit::Findings.into() } else { ExitCode::SUCCESS })
}

/// What is found, and what the zones name beside it.
fn rows(station: &Station, context: &Context) -> Vec<Row> {
    let mut found = playable();
    let mut missing = Vec::new();
    for name in station.zones.iter().filter_map(|zone| DeviceName::of(&zone.output)) {
        if found.iter().chain(&missing).any(|known: &Playable| known.name == name) {
            continue;
        }
        // Where no file was written, the default is nobody's choice: it is there or it is not.
        match Playable::ask(name.clone()) {
            Ok(other) => found.push(other),
            Err(why) => missing.push(Playable {
                name,
                title: String::new(),
                channels: 0,
                rates: Vec::new(),
                trouble: Some(why),
            }),
        }
    }
    if found.iter().all(|one| one.trouble.is_some()) && *station == Station::default() {
        return Vec::new();
    }
    let row = |one: Playable| Row {
        zones: users(station, &one.name),
        output: one.name.written(),
        title: one.title,
        channels: one.channels,
        rates: one.rates,
        line: format!("output = \"{}\"", one.name.written()),
        trouble: one.trouble.map(|why| why.get(context.lang).to_owned()),
    };
    found.into_iter().chain(missing).map(row).collect()
}

fn users(station: &Station, name: &DeviceName) -> Vec<String> {
    let uses = |zone: &&station::Zone| DeviceName::of(&zone.output).as_ref() == Some(name);
    station.zones.iter().filter(uses).map(|zone| zone.id.clone()).collect()
}

fn nothing() -> Text {
    text!(
        "Máy này không có thiết bị âm thanh nào phát được. Hãy cắm card âm thanh (USB cũng được) rồi chạy lại lệnh này; \
         nếu card đã cắm mà vẫn không thấy, hãy thêm người dùng chạy loa vào nhóm «audio» và khởi động lại máy. \
         Chưa có card thì vẫn chạy thử được: đặt output = \"wav:loa.wav\" hoặc output = \"null\" trong loa.toml.",
        "This machine has no sound device that can be played on. Plug a sound card in (a USB one will do) and run this \
         again; if a card is plugged in and still not listed, add the user that runs loa to the group \"audio\" and \
         restart the machine. Without a card the station can be tried: set output = \"wav:loa.wav\" or output = \"null\" \
         in loa.toml.",
    )
}

/// A device is named, then comes the line to paste, which must stay in one piece however narrow the terminal.
fn print(rows: &[Row], context: &Context) {
    let lang = context.lang;
    let heading = text!(
        "Dán một dòng output vào [zones.MÃ-CỤM] trong loa.toml:",
        "Paste a line that begins with output under [zones.ID] in loa.toml:"
    );
    Page::line(heading.get(lang));
    for row in rows {
        let said = told(row);
        Page::text(format_args!("\n{}", sheet::paragraph("", said.get(lang), sheet::text_columns())));
        Page::line(format_args!("    {}", row.line));
        if let Some(why) = &row.trouble {
            Page::text(sheet::paragraph("    ! ", why, sheet::text_columns()));
        }
    }
}

/// `USB Audio: 2 kênh, 44100, 48000 Hz; đang dùng cho thon-1`.
fn told(row: &Row) -> Text {
    let Row { output, title, channels, rates, zones, .. } = row;
    let name = if title.is_empty() { output } else { title };
    let rates = rates.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    let mut said = text!("{name}", "{name}");
    let mut add = |more: Text| {
        said.vi += &more.vi;
        said.en += &more.en;
    };
    if *channels > 0 {
        add(text!(": {channels} kênh", ": channels: {channels}"));
    }
    if !rates.is_empty() {
        add(text!(", {rates} Hz", ", {rates} Hz"));
    }
    if !zones.is_empty() {
        let zones = figure::joined(zones.iter().map(String::as_str));
        add(text!("; đang dùng cho {zones}", "; used by {zones}"));
    }
    said
}
