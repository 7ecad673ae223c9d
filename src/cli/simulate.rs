mod fault;
mod told;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;

use self::fault::Faults;
use super::page::Page;
use super::{Context, files, render, when};
use crate::audio::Sounds;
use crate::audio::chain::GainSearch;
use crate::audio::library::audio_dir;
use crate::clock::Clock;
use crate::daemon::{Mishap, Rendering, Sim};
use crate::diag::{figure, text};
use crate::instant::{Rate, Wall};
use crate::journal::export::JsonWriter;
use crate::journal::{Filter, Journal};
use crate::output::{self, Counting, Offline, OutputLane};
use crate::player::World;
use crate::station::{Channel, ZoneIx};

/// `loa simulate`.
#[derive(Args, Debug)]
pub(super) struct SimulateArgs {
    /// Từ lúc nào; mặc định là bây giờ. | From when; default: now.
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    from: Option<String>,
    /// Đến lúc nào; mặc định là 24 giờ sau. | Until when; default: 24 hours later.
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    to: Option<String>,
    #[command(flatten)]
    faults: Faults,
    /// Chỉ cụm loa này: mã hoặc tên. | This zone only.
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// Ghi tiếng của cụm loa ra tệp này. | Write what the zone sends to this file.
    #[arg(long, value_name = "F.wav")]
    out: Option<PathBuf>,
}

pub(super) fn run(context: &Context, clock: &dyn Clock, args: &SimulateArgs) -> anyhow::Result<ExitCode> {
    let mut world = files::world(context, clock)?;
    let (from, to) = when::window(args.from.as_deref(), args.to.as_deref(), clock.wall(), &world.station.timezone)?;
    let mut zone = None;
    if args.zone.is_some() || args.out.is_some() {
        let only = files::zone(&world.station, args.zone.as_deref())?;
        world = render::only(&world, only);
        zone = Some(only);
    }
    let mishaps = args.faults.mishaps(from, to, &world)?;
    let journal = match (&args.out, zone) {
        (Some(out), Some(zone)) => {
            render::fits(from, to)?;
            render_to(out, &context.dir, &world, zone, (from, to), mishaps.clone())?
        }
        _ => simulate(&world, from, to, mishaps.clone())?,
    };
    let verified = journal.verify()?;
    anyhow::ensure!(verified.is_sound(), "the simulated journal does not verify: {:?}", verified.breaches);
    let entries = journal.select(&Filter::default())?;
    let tz = &world.station.timezone;
    let mut out = std::io::BufWriter::new(Page);
    if let Some(seed) = args.faults.seed() {
        let said = text!(
            "Sự cố ngẫu nhiên theo số {seed} (--seed {seed})",
            "Faults by chance after the number {seed} (--seed {seed})"
        );
        if context.json {
            Page::aside(format_args!("loa: {}", said.get(context.lang)));
        } else {
            writeln!(out, "{}", said.get(context.lang))?;
        }
    }
    if context.json {
        let mut array = JsonWriter::new(&mut out, tz);
        entries.iter().try_for_each(|entry| array.write(entry))?;
        array.finish()?;
    } else {
        for (after, mishap) in &mishaps {
            let at = figure::stamp(from + *after, tz);
            writeln!(out, "{}  {}", at.get(context.lang), mishap.text().get(context.lang))?;
        }
        write!(out, "{}", told::table(&entries, &world.station, context.lang))?;
        let (rows, en) = (verified.rows, figure::count(verified.rows as usize, "row"));
        writeln!(
            out,
            "{}",
            text!("Chuỗi nhật ký nguyên vẹn: {rows} dòng.", "The chain verifies: {en}.").get(context.lang)
        )?;
        if let Some(file) = &args.out {
            let file = file.display();
            writeln!(out, "{}", text!("Đã ghi {file}.", "Wrote {file}.").get(context.lang))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Run the daemon's loop over `[from, to)` on the simulated clock; returns the journal it wrote.
/// What starts within the window is heard to its end. Nothing is read from or written to `state/`.
fn simulate(world: &World, from: Wall, to: Wall, mishaps: Vec<(Duration, Mishap)>) -> anyhow::Result<Journal> {
    let mut journal = Journal::in_memory(from, &world.station.timezone)?;
    let mut output = Counting::new(from, files::lanes(&world.station));
    Sim::new(from, None, &mut output, &mut journal).with_mishaps(mishaps).live(world, to)?;
    Ok(journal)
}

/// The same with every sample, in a file that is exactly as long as the window: silence while the
/// station is off, and the clock's steps change nothing in its length.
fn render_to(
    path: &Path,
    dir: &Path,
    world: &World,
    zone: ZoneIx,
    (from, to): (Wall, Wall),
    mishaps: Vec<(Duration, Mishap)>,
) -> anyhow::Result<Journal> {
    let rate = Rate::STANDARD;
    let lane =
        OutputLane { channel: Channel::One(1), ..OutputLane::of(zone, &world.station.zones[usize::from(zone.0)]) };
    let mut wav = render::create(dir, path, rate)?;
    let mut journal = Journal::in_memory(from, &world.station.timezone)?;
    let mut left = rate.frames(to.after(from)).0 as usize;
    let mut written = Ok(());
    let mut hear = |samples: &[f32]| {
        let count = left.min(samples.len());
        left -= count;
        if written.is_ok() {
            written = wav.write(&samples[..count]);
        }
    };
    let open = output::open_programmes(&Sounds::new(audio_dir(dir)), &world.station, &GainSearch::patient(dir));
    let mut output = Rendering { output: Offline::new(from, rate, vec![lane], open), hear: &mut hear };
    Sim::new(from, None, &mut output, &mut journal).with_mishaps(mishaps).live(world, to)?;
    let silence = crate::instant::Frames(left as u64);
    written.and_then(|()| wav.pad(silence)).and_then(|()| wav.save()).with_context(|| path.display().to_string())?;
    Ok(journal)
}
