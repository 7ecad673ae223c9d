use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;

use super::destination::{Destination, Product};
use super::page::Page;
use super::{Context, Exit, Failure, files, when};
use crate::audio::Sounds;
use crate::audio::chain::GainSearch;
use crate::audio::library::audio_dir;
use crate::clock::Clock;
use crate::daemon::{Rendering, Sim, turn};
use crate::diag::{figure, text};
use crate::instant::{Mono, Rate, Wall};
use crate::journal::Journal;
use crate::output::{self, Offline, OutputLane, Wav};
use crate::plan::{self, Library, SoundIndex};
use crate::player::{Now, Player, World};
use crate::schedule::{Broadcast, Play};
use crate::station::{Channel, ZoneIx};

/// An airing that began before the window may still sound in it; none is longer than this.
const LONGEST: Duration = Duration::from_hours(12);

/// A WAV file counts its bytes in 32 bits, which is 12.4 h of one channel; a longer window would write a
/// file that nothing can open.
const WINDOW_MOST: Duration = Duration::from_hours(12);

/// `loa render`.
#[derive(Args, Debug)]
pub(super) struct RenderArgs {
    /// Từ thời điểm này. | From this instant.
    #[arg(long, value_name = "T")]
    from: String,
    /// Đến thời điểm này. | To this instant.
    #[arg(long, value_name = "T")]
    to: String,
    /// Cụm loa nào. | Which zone.
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// Ghi vào tệp này. | Write this file.
    #[arg(long, value_name = "F.wav")]
    out: PathBuf,
}

pub(super) fn run(context: &Context, clock: &dyn Clock, args: &RenderArgs) -> anyhow::Result<ExitCode> {
    let world = files::world(context, clock)?;
    let (from, to) = when::window(Some(&args.from), Some(&args.to), clock.wall(), &world.station.timezone)?;
    let zone = files::zone(&world.station, args.zone.as_deref())?;
    fits(from, to)?;
    let id = world.station.zones[usize::from(zone.0)].id.clone();
    let world = only(&world, zone);
    let begin = first_sound(&world, from);
    let relayed = relayed(&world);
    let rate = Rate::STANDARD;
    let lane =
        OutputLane { channel: Channel::One(1), ..OutputLane::of(zone, &world.station.zones[usize::from(zone.0)]) };
    let mut wav = create(&context.dir, &args.out, rate)?;
    let open = output::open_programmes(
        &Sounds::new(audio_dir(&context.dir)),
        &world.station,
        &GainSearch::patient(&context.dir),
    );
    let mut journal = Journal::in_memory(begin, &world.station.timezone)?;
    let mut before = rate.frames(from.after(begin)).0 as usize;
    let mut written = Ok(());
    let mut hear = |samples: &[f32]| {
        let skipped = before.min(samples.len());
        before -= skipped;
        if written.is_ok() {
            written = wav.write(&samples[skipped..]);
        }
    };
    let start = Now { wall: begin, mono: Mono::default() };
    let mut player = Player::new_until(world, start, Wall::MIN, to);
    player.assume_heard_as_planned(begin);
    let mut output = Rendering { output: Offline::new(begin, rate, vec![lane], open), hear: &mut hear };
    let mut sim = Sim::new(begin, Some(to), &mut output, &mut journal);
    turn(&mut player, &mut sim);
    sim.finish()?;
    written.and_then(|()| wav.save()).with_context(|| args.out.display().to_string())?;
    for name in relayed {
        Page::aside(
            text!(
                "Tiếp sóng «{name}»: trong tệp là tiếng phát thay, vì ở đây không lấy tiếng đài cấp trên.",
                "Relay \"{name}\": the file has what is heard instead, as no higher station is fetched here."
            )
            .get(context.lang),
        );
    }
    let (file, length) = (args.out.display(), to.after(from));
    let seconds = length.as_secs_f64();
    if context.json {
        let said = serde_json::json!({"file": args.out.to_string_lossy(), "zone": id, "seconds": seconds});
        Page::data(format_args!("{said}\n"));
    } else {
        Page::line(
            text!(length = figure::length_exact(length); "Đã ghi {file} ({length}).", "Wrote {file} ({length}).")
                .get(context.lang),
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// A new WAV file where a person wants one: over none but loa's own, and under no name that promises something else.
pub(super) fn create(station: &Path, path: &Path, rate: Rate) -> Result<Wav, Failure> {
    let destination = Destination::new(station, path, Product::Sound)?;
    destination.clear()?;
    Wav::create(path, rate, 1).map_err(|error| destination.failure(&error))
}

pub(super) fn fits(from: Wall, to: Wall) -> Result<(), Failure> {
    if to.after(from) <= WINDOW_MOST {
        return Ok(());
    }
    let hours = WINDOW_MOST.as_secs() / 3600;
    Err(Failure::new(
        Exit::Usage,
        text!(
            "một tệp WAV chứa được {hours} giờ: hãy cho --from và --to gần nhau hơn, ghi thành nhiều tệp",
            "a WAV file holds {hours} hours: bring --from and --to closer, and write several files"
        ),
    ))
}

/// The higher stations that its broadcasts relay.
fn relayed(world: &World) -> BTreeSet<String> {
    let plays = world.schedule.broadcasts.iter().flat_map(|broadcast| &broadcast.play);
    let names = plays.filter_map(|play| match play {
        Play::Relay(relay, _) => Some(relay.id.clone()),
        _ => None,
    });
    names.collect()
}

/// The same world as one zone hears it.
pub(super) fn only(world: &World, zone: ZoneIx) -> World {
    let mut schedule = (*world.schedule).clone();
    schedule.broadcasts.retain(|broadcast| broadcast.zones.contains(&zone));
    for broadcast in &mut schedule.broadcasts {
        *broadcast = Arc::new(Broadcast { zones: vec![zone], ..(**broadcast).clone() });
    }
    World { schedule: Arc::new(schedule), library: pinned(world), ..world.clone() }
}

/// The sounds, with every broadcast approved or not as the whole of it is.
fn pinned(world: &World) -> Arc<Library> {
    let World { schedule, station, library } = world;
    if !library.approvals.is_asked_for(station) {
        return Arc::clone(library);
    }
    let shelf = SoundIndex::new(library, station);
    let standings = schedule
        .broadcasts
        .iter()
        .map(|broadcast| (broadcast.id.clone(), plan::standing(broadcast, schedule, station, library, &shelf)));
    Arc::new(Library { approvals: library.approvals.pinned(standings), ..Library::clone(library) })
}

/// Where the simulation must begin so that `from` finds the zone as it would be: whole seconds before
/// `from`, so that frames stay aligned.
fn first_sound(world: &World, from: Wall) -> Wall {
    let before = plan::plan(&world.schedule, &world.station, &world.library, from - LONGEST, from);
    let first = before.iter().filter(|airing| airing.end > from).map(|airing| airing.scheduled).min().unwrap_or(from);
    // The player must see an airing come, not find that its time has passed.
    let lead = from.after(first).as_secs() + 60;
    from - Duration::from_secs(if first < from { lead } else { 0 })
}
