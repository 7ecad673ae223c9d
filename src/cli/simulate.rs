use std::io::Write as _;
use std::process::ExitCode;

use clap::Args;

use super::{Context, files, journal, when};
use crate::clock::Clock;
use crate::daemon::{Sim, turn};
use crate::diag::text;
use crate::instant::Wall;
use crate::journal::export::JsonWriter;
use crate::journal::{Filter, Journal};
use crate::output::Counting;
use crate::player::{Now, Player, World};

/// `loa simulate`.
#[derive(Args, Debug)]
pub(super) struct SimulateArgs {
    /// Từ lúc nào; mặc định là bây giờ. From when; default: now.
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    from: Option<String>,
    /// Đến lúc nào; mặc định là 24 giờ sau. Until when; default: 24 hours later.
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    to: Option<String>,
}

pub(super) fn run(context: &Context, clock: &dyn Clock, args: &SimulateArgs) -> anyhow::Result<ExitCode> {
    let world = files::world(context, clock)?;
    let (from, to) = when::window(args.from.as_deref(), args.to.as_deref(), clock.wall(), &world.station.timezone)?;
    let journal = simulate(&world, from, to)?;
    let verified = journal.verify()?;
    anyhow::ensure!(verified.is_sound(), "the simulated journal does not verify: {:?}", verified.breaches);
    let entries = journal.select(&Filter::default())?;
    let tz = &world.station.timezone;
    let mut out = std::io::stdout().lock();
    if context.json {
        let mut array = JsonWriter::new(&mut out, tz);
        entries.iter().try_for_each(|entry| array.write(entry))?;
        array.finish()?;
    } else {
        writeln!(out, "{}", journal::tabulate(context.lang, &entries, tz))?;
        let rows = verified.rows;
        writeln!(
            out,
            "{}",
            text!("Chuỗi nhật ký nguyên vẹn: {rows} dòng.", "The chain verifies: {rows} rows.").get(context.lang)
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Run the daemon's loop over `[from, to)` on the simulated clock; returns the journal it wrote.
/// What starts within the window is heard to its end.
pub(super) fn simulate(world: &World, from: Wall, to: Wall) -> anyhow::Result<Journal> {
    let mut journal = Journal::in_memory(from, &world.station.timezone)?;
    let lanes = files::lanes(&world.station);
    let mut output = Counting::new(from, lanes);
    let start = Now { wall: from, mono: crate::instant::Mono::default() };
    let mut player = Player::new_until(world.clone(), start, Wall::MIN, to);
    player.assume_heard_as_planned(from);
    let mut sim = Sim::new(from, None, &mut output, &mut journal);
    turn(&mut player, &mut sim);
    sim.finish()?;
    Ok(journal)
}
