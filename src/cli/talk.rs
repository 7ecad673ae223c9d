//! `loa talk`: somebody at this machine speaks to the horns, over a microphone or a line-in of it, until he is done.

use std::io::{BufRead as _, IsTerminal as _};
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use super::page::Page;
use super::{Context, Exit, Failure, door, order};
use crate::daemon::protocol::{Command, TalkNews};
use crate::daemon::receipt::{Receipt, State};
use crate::diag::{Lang, Text, text};
use crate::machine::MachineClock;
use crate::relay::SpokenVoice;

/// What stands for the standard input.
const INPUT: &str = "-";

/// `loa talk`.
#[derive(Args, Debug)]
pub(super) struct TalkArgs {
    /// Chỉ các cụm loa hay nhóm này: mã hoặc tên, nhiều thì cách nhau dấu phẩy. | Only these zones or groups.
    #[arg(long, value_name = "ZONE")]
    zone: Vec<String>,
    /// Micrô hay ngõ vào, tên ALSA; «-»: mẫu thô 16 bit 48 kHz từ đầu vào. | ALSA device; "-": raw 16-bit 48 kHz mono.
    #[arg(long, value_name = "SOURCE", default_value = "default")]
    from: String,
}

pub(super) fn run(context: &Context, args: &TalkArgs) -> anyhow::Result<ExitCode> {
    let command = Command::Talk { zones: args.zone.clone(), by: String::new() };
    let (status, answers) = door::begin(context, &command)?;
    let receipt: Receipt = serde_json::from_value(status.clone())?;
    if receipt.zones.iter().all(|zone| zone.state == State::Silent) {
        return order::told(context, status, &args.zone);
    }
    let lines = answers.into_inner().into_inner();
    lines.set_read_timeout(None)?;
    let voice = SpokenVoice::begin(lines.try_clone()?, Arc::new(MachineClock))?;
    let (heard, lang) = (voice.clone(), context.lang);
    let news = std::thread::Builder::new().name("news".to_owned()).spawn(move || hear(lines, &heard, lang))?;
    Page::aside(text!("Tiếng chuông trước, rồi nói.", "A chime first, then speak.").get(lang));
    let handed = if args.from == INPUT {
        voice.samples(std::io::stdin().lock())
    } else {
        ends_by_key(&voice, lang)?;
        voice.line_in(&args.from)
    };
    // Whoever is done, or was ended, hears why from the daemon.
    match handed {
        Err(why) if !voice.is_over() => {
            voice.fail(why.clone());
            let _ = news.join();
            return Err(Failure::new(Exit::Io, why).into());
        }
        _ => voice.end(),
    }
    match news.join().ok().flatten() {
        Some(receipt) => order::told(context, serde_json::to_value(receipt)?, &args.zone),
        None => Err(Failure::new(
            Exit::Io,
            text!(
                "loa đã ngắt kết nối khi đang nói: xem «loa status»",
                "loa hung up in the middle: see \"loa status\""
            ),
        )
        .into()),
    }
}

/// What is told while he speaks, to the last: what became of it.
fn hear(lines: UnixStream, voice: &SpokenVoice, lang: Lang) -> Option<Receipt> {
    let mut last = None;
    for line in std::io::BufReader::new(lines).lines() {
        let Ok(line) = line else { break };
        let Ok(news) = serde_json::from_str::<TalkNews>(&line) else { continue };
        if let Some(said) = said(&news) {
            Page::aside(said.get(lang));
        }
        if let TalkNews::Over { receipt, .. } = news {
            last = Some(*receipt);
            break;
        }
    }
    voice.stop();
    last
}

/// What a person is told.
fn said(news: &TalkNews) -> Option<Text> {
    Some(match news {
        TalkNews::On => text!("ĐANG NÓI RA LOA.", "ON AIR."),
        TalkNews::Howl => text!(
            "Có tiếng hú: đưa micrô ra xa loa, hoặc quay micrô đi.",
            "Feedback: take the microphone away from the horns."
        ),
        TalkNews::Silent => text!("Không nghe thấy tiếng nào từ micrô.", "Nothing is heard from the microphone."),
        TalkNews::Well => text!("Đã ổn lại.", "All is well again."),
        TalkNews::Over { why, .. } => {
            let why = why.as_ref()?;
            let (vi, en) = (&why.vi, &why.en);
            text!("Đã dừng: {vi}.", "Ended: {en}.")
        }
    })
}

/// Enter ends it, where somebody sits at the keys.
fn ends_by_key(voice: &SpokenVoice, lang: Lang) -> std::io::Result<()> {
    if !std::io::stdin().is_terminal() {
        return Ok(());
    }
    Page::aside(text!("Bấm Enter khi nói xong.", "Press Enter when done.").get(lang));
    let voice = voice.clone();
    let work = move || {
        let _ = std::io::stdin().lock().read_line(&mut String::new());
        voice.stop();
    };
    std::thread::Builder::new().name("keys".to_owned()).spawn(work)?;
    Ok(())
}
