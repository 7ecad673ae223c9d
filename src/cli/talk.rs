//! `loa talk`: somebody at this machine speaks to the horns, over a microphone or a line-in of it, until he is done.

use std::io::{BufRead as _, IsTerminal as _};
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;

use super::page::Page;
use super::{Context, Exit, Failure, door, order};
use crate::daemon::protocol::{Command, TalkNews};
use crate::daemon::receipt::{Receipt, State};
use crate::diag::{Lang, Text, text};
use crate::machine::MachineClock;
use crate::relay::{SpokenInput, SpokenVoice};

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
    let failed = |why| anyhow::Error::from(Failure::new(Exit::Io, why));
    // No horn sounds, not even the chime, before something comes that could be heard.
    let input = if args.from == INPUT {
        std::io::stdin().lock().fill_buf().map(<[u8]>::is_empty).is_ok_and(|is_over| !is_over).then_some(None)
    } else {
        Some(Some(SpokenVoice::open(&args.from, Arc::new(MachineClock)).map_err(failed)?))
    };
    let Some(input) = input else {
        return Err(failed(text!("không có tiếng nào ở đầu vào", "nothing comes in")));
    };
    let voice = input.as_ref().map(|(voice, _)| voice.clone());
    let spoken = speak(context, args, input);
    if let Some(voice) = voice {
        voice.stop();
    }
    spoken
}

/// Give the order and hand over what comes.
fn speak(context: &Context, args: &TalkArgs, input: Option<(SpokenVoice, SpokenInput)>) -> anyhow::Result<ExitCode> {
    let command = Command::Talk { zones: args.zone.clone(), by: String::new() };
    let (status, answers) = door::begin(context, &command)?;
    let receipt: Receipt = serde_json::from_value(status.clone())?;
    if receipt.zones.iter().all(|zone| zone.state == State::Silent) {
        return order::told(context, status, &args.zone);
    }
    let lines = answers.into_inner().into_inner();
    lines.set_read_timeout(None)?;
    let (voice, input) = match input {
        Some((voice, input)) => {
            voice.hand_over(lines.try_clone()?)?;
            (voice, Some(input))
        }
        None => (SpokenVoice::begin(lines.try_clone()?, Arc::new(MachineClock))?, None),
    };
    let (heard, lang, has_failed) = (voice.clone(), context.lang, Arc::new(AtomicBool::new(false)));
    let own = has_failed.clone();
    // Where he is not heard he is told before he speaks.
    if receipt.is_missing_somewhere() {
        for line in receipt.lines() {
            Page::aside(line.get(lang));
        }
    }
    let on_air = receipt.on_air();
    let news =
        std::thread::Builder::new().name("news".to_owned()).spawn(move || hear(lines, &heard, &own, &on_air, lang))?;
    Page::aside(text!("Tiếng chuông trước, rồi nói.", "A chime first, then speak.").get(lang));
    let handed = match input {
        None => voice.samples(std::io::stdin().lock()),
        Some(input) => {
            ends_by_key(&voice, lang)?;
            input.ended()
        }
    };
    // Whoever is done, or was ended, hears why from the daemon.
    match handed {
        Err(why) if !voice.is_over() => {
            has_failed.store(true, Ordering::Release);
            voice.fail(why.clone());
            let _ = news.join();
            return Err(Failure::new(Exit::Io, why).into());
        }
        _ => voice.end(),
    }
    match news.join().ok().flatten() {
        Some((receipt, is_broken)) => {
            // Where no horn is fed, nobody has heard him.
            let has_sounded = receipt.is_heard() && !is_broken;
            let code = order::told(context, serde_json::to_value(receipt)?, &args.zone)?;
            Ok(if has_sounded { code } else { Exit::Findings.into() })
        }
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

/// What is told while he speaks, to the last: what became of it, and whether it broke off. Why it ended here is told here, and
/// once.
fn hear(
    lines: UnixStream,
    voice: &SpokenVoice,
    has_failed: &AtomicBool,
    on_air: &Text,
    lang: Lang,
) -> Option<(Receipt, bool)> {
    let mut last = None;
    for line in std::io::BufReader::new(lines).lines() {
        let Ok(line) = line else { break };
        let Ok(news) = serde_json::from_str::<TalkNews>(&line) else { continue };
        let is_told = matches!(news, TalkNews::Over { .. }) && has_failed.load(Ordering::Acquire);
        if let Some(said) = said(&news, on_air).filter(|_| !is_told) {
            Page::aside(said.get(lang));
        }
        if let TalkNews::Over { receipt, is_broken, .. } = news {
            last = Some((*receipt, is_broken));
            break;
        }
    }
    voice.stop();
    last
}

/// What a person is told.
fn said(news: &TalkNews, on_air: &Text) -> Option<Text> {
    Some(match news {
        TalkNews::On => on_air.clone(),
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
