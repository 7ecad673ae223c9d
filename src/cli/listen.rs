//! `loa listen`: a sound as a zone would hear it, in a file to be played on any computer: nothing goes to the horns.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;

use super::page::Page;
use super::{Context, Exit, Failure, files, render};
use crate::audio::chain::{GainSearch, Treatment};
use crate::audio::library::audio_dir;
use crate::audio::{LiveDecoder, ProgrammeStream, Sounds};
use crate::clock::Clock;
use crate::diag::{Text, text};
use crate::instant::Rate;
use crate::kept::{is_kept_name, is_talk_name};
use crate::plan::{self, Programme, SoundIndex, ZoneVoices};
use crate::schedule::Play;
use crate::site::{self, Site};

/// Enough to judge a sound by, unless all of it is asked for. What is kept is evidence: of that always all is written.
const SAMPLE: Duration = Duration::from_secs(30);

/// Samples written at a time.
const BLOCK: usize = 4_800;

/// `loa listen`.
#[derive(Args, Debug)]
pub(super) struct ListenArgs {
    /// Tên âm thanh trong audio/, hay tệp tiếp sóng, tệp nói trực tiếp mà nhật ký ghi. | A sound in audio/, or a file of what was relayed or spoken live, by its name in the journal.
    name: String,
    /// Như cụm loa này sẽ phát. | As this zone would play it.
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// Ghi vào tệp này. | Write this file.
    #[arg(long, value_name = "F.wav")]
    out: Option<PathBuf>,
    /// Cả âm thanh, không chỉ 30 giây đầu (bản đã tiếp sóng, đã nói trực tiếp thì luôn cả bản). | All of it, and not only the first 30 seconds (of what was relayed or spoken live it is always all).
    #[arg(long)]
    whole: bool,
}

pub(super) fn run(context: &Context, clock: &dyn Clock, args: &ListenArgs) -> anyhow::Result<ExitCode> {
    let in_kept = kept_name(&args.name);
    if let Some(name) = &in_kept {
        // Without its ending it may be a sound that somebody has called so.
        let is_there = || site::open_here(&Site::new(&context.dir).kept().join(name)).is_ok();
        if *name == args.name || is_there() {
            return kept(context, args, name);
        }
    }
    let world = files::world(context, clock)?;
    let zone = match &args.zone {
        Some(id) => files::zone(&world.station, Some(id))?,
        // They differ in tone and language at most; the first one will do.
        None => crate::station::ZoneIx(0),
    };
    let zone = &world.station.zones[usize::from(zone.0)];
    let shelf = SoundIndex::new(&world.library, &world.station);
    let programme = Programme::new(&[Play::Sound(args.name.clone())], ZoneVoices::speaking(&zone.languages), &shelf);
    if !programme.is_playable() {
        // A name that nothing has was typed wrongly; a sound that cannot play is something that is wrong with it.
        let is_named = !shelf.find(&args.name, &zone.languages).faulty.is_empty();
        if let Some(name) = in_kept.filter(|_| !is_named) {
            return kept(context, args, &name);
        }
        let exit = if is_named { Exit::Findings } else { Exit::Usage };
        return Err(Failure::new(exit, silence(&args.name, &shelf, &zone.languages)).into());
    }
    let stem = plan::without_ending(&args.name).unwrap_or(&args.name);
    let out = out_file(args, stem)?;
    let rate = Rate::STANDARD;
    let tuning = Treatment::new(zone.tone, GainSearch::patient(&context.dir));
    let mut reel =
        ProgrammeStream::open(&Sounds::new(audio_dir(&context.dir)), &programme, rate, Duration::ZERO, &tuning)
            .map_err(|error| Failure::new(Exit::Findings, error.text()))?;
    let mut wav = render::create(&context.dir, &out, rate)?;
    let most = if args.whole { programme.length } else { programme.length.min(SAMPLE) };
    let mut left = rate.frames(most).0 as usize;
    let mut block = vec![0.0; BLOCK];
    while left > 0 {
        let asked = left.min(BLOCK);
        let count = reel.fill(&mut block[..asked]);
        if count == 0 {
            break;
        }
        wav.write(&block[..count])?;
        left -= count;
    }
    wav.save().with_context(|| out.display().to_string())?;
    let (file, seconds) = (out.display().to_string(), rate.length(wav.frames()).as_secs_f64());
    if context.json {
        let said =
            serde_json::json!({ "file": file, "zone": zone.id, "seconds": seconds, "whole": most == programme.length });
        Page::data(format_args!("{said}\n"));
        return Ok(ExitCode::SUCCESS);
    }
    let (title, rounded) = (&zone.title, seconds.round());
    let (of_vi, of_en) = if most < programme.length {
        let Text { vi, en } = plan::length(programme.length);
        (format!(" đầu của {vi} (cả âm thanh: --whole)"), format!(" of {en} (all of it: --whole)"))
    } else {
        (String::new(), String::new())
    };
    let said = text!(
        "Đã ghi {file}: {rounded} giây{of_vi} như {title} sẽ nghe. Chép sang máy khác để nghe; loa không phát gì ra cụm loa.",
        "Wrote {file}: {rounded} s{of_en} as {title} would hear it. Copy it to another computer to listen; nothing went to the horns."
    );
    Page::line(crate::diag::plain(said.get(context.lang)));
    Ok(ExitCode::SUCCESS)
}

/// Where it is written.
fn out_file(args: &ListenArgs, stem: &str) -> Result<PathBuf, Failure> {
    let out = args.out.clone().unwrap_or_else(|| PathBuf::from(format!("nghe-{}.wav", stem.replace('/', "-"))));
    if args.out.is_none() && out.exists() {
        let shown = out.display();
        return Err(Failure::new(
            Exit::Usage,
            text!(
                "đã có tệp {shown}; hãy chọn tên khác: --out TỆP.wav",
                "there is a file {shown} already; choose another: --out FILE.wav"
            ),
        ));
    }
    Ok(out)
}

/// The name of a file in `state/kept`, with its ending or without; none where it is no such name.
fn kept_name(written: &str) -> Option<String> {
    let names = ["", ".opus", ".wav"].map(|ending| format!("{written}{ending}"));
    names.into_iter().find(|name| is_kept_name(name) || is_talk_name(name))
}

/// What was relayed or spoken live, as it is kept: by the name that stands in the journal.
fn kept(context: &Context, args: &ListenArgs, name: &str) -> anyhow::Result<ExitCode> {
    let is_talk = is_talk_name(name);
    let gone = || {
        if is_talk {
            text!(
                "state/kept không có {name}: bản cũ nhất được bỏ bớt khi các bản nói trực tiếp quá 640 MB",
                "state/kept has no {name}: the oldest go where talks take more than 640 MB"
            )
        } else {
            text!(
                "state/kept không có {name}: đã quá số ngày giữ, hoặc bị bỏ bớt cho đủ chỗ",
                "state/kept has no {name}: its days were over, or room was needed"
            )
        }
    };
    let file = site::open_here(&Site::new(&context.dir).kept().join(name)).map_err(|why| {
        // What is there and is not for this account is not gone.
        let Text { vi, en } = why.text();
        let unread = || text!("state/kept/{name}: {vi}", "state/kept/{name}: {en}");
        Failure::new(Exit::Findings, if why.is_absent() { gone() } else { unread() })
    })?;
    let out = out_file(args, plan::without_ending(name).unwrap_or(name))?;
    let rate = Rate::STANDARD;
    let unheard = |why| Failure::new(Exit::Findings, why);
    let mut decoder = LiveDecoder::open(file, if is_talk { "wav" } else { "ogg" }).map_err(unheard)?;
    let mut wav = render::create(&context.dir, &out, rate)?;
    let (mut samples, mut is_more) = (Vec::new(), true);
    while is_more {
        samples.clear();
        is_more = decoder.read(&mut samples).map_err(unheard)?;
        let block: Vec<f32> = samples.iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
        wav.write(&block)?;
    }
    wav.save().with_context(|| out.display().to_string())?;
    let (file, length) = (out.display().to_string(), rate.length(wav.frames()));
    if context.json {
        let seconds = length.as_secs_f64();
        Page::data(format_args!("{}\n", serde_json::json!({ "file": file, "seconds": seconds, "whole": true })));
        return Ok(ExitCode::SUCCESS);
    }
    let Text { vi, en } = plan::length(Duration::from_secs(length.as_secs_f64().round() as u64));
    let said = if is_talk {
        text!(
            "Đã ghi {file}: {vi} nói trực tiếp, cả bản. Chép sang máy khác để nghe; loa không phát gì ra cụm loa.",
            "Wrote {file}: {en} of what was spoken live, all of it. Copy it to another computer to listen; nothing went to the horns."
        )
    } else {
        text!(
            "Đã ghi {file}: {vi} đã tiếp sóng, cả bản. Chép sang máy khác để nghe; loa không phát gì ra cụm loa.",
            "Wrote {file}: {en} of what was relayed, all of it. Copy it to another computer to listen; nothing went to the horns."
        )
    };
    Page::line(crate::diag::plain(said.get(context.lang)));
    Ok(ExitCode::SUCCESS)
}

/// Why there is nothing to listen to.
fn silence(name: &str, shelf: &SoundIndex<'_>, languages: &[String]) -> Text {
    let found = shelf.find(name, languages);
    if let Some((file, fault)) = found.faulty.iter().find_map(|sound| Some((&sound.file, sound.facts.as_ref().err()?)))
    {
        let (vi, en) = (&fault.message.vi, &fault.message.en);
        return text!("không nghe được audio/{file}. {vi}", "audio/{file} cannot be heard. {en}");
    }
    let cure = plan::missing_cure(name, shelf);
    let (vi, en) = (cure.vi, cure.en);
    text!("không có âm thanh «{name}»: {vi}", "there is no sound \"{name}\": {en}")
}
