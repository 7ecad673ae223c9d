//! What most commands start from: the station's files as one [`World`].

use std::path::Path;
use std::sync::Arc;

use super::page::Page;
use super::place::ChosenStation;
use super::{Context, Exit, Failure};
use crate::approval::Approvals;
use crate::audio::library::{self, Progress};
use crate::clock::Clock;
use crate::daemon::last_good;
use crate::diag::{Diagnostic, SourceFile, text};
use crate::disk;
use crate::instant::Wall;
use crate::journal;
use crate::output::OutputLane;
use crate::plan::{Library, Sound, Wanted};
use crate::player::World;
use crate::schedule::{Loaded, Reading};
use crate::site::Site;
use crate::station::{Approval, Station, Unknown, ZoneIx};

/// A station's files as read, and all that is wrong with them so far. What looks further (the plan of
/// the next days, the sounds) adds its findings to `diagnostics`.
pub(crate) struct Gathered {
    /// `loa.toml`.
    pub(crate) station: Station,
    /// `schedules/`; its own `diagnostics` and `sources` have moved into the fields below.
    pub(crate) loaded: Loaded,
    /// Every problem, in order of file and place.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The files, for showing the problems.
    pub(crate) sources: Vec<SourceFile>,
}

/// Read the station's files as at `now`, as the daemon would: what is broken is held against what was last
/// right, so that a preview shows what will sound.
pub(crate) fn gather(context: &Context, now: Wall) -> Gathered {
    let (last_station, held) = last_good(&context.dir);
    let disk::station::LoadedStation { station, mut diagnostics, mut sources, .. } =
        disk::station::load_or(&context.dir, last_station.as_deref());
    let reading = Reading { today: now.zoned(&station.timezone).date() };
    let mut loaded = disk::schedule::reload(&context.dir, &station, reading, &held, &Loaded::default());
    diagnostics.append(&mut loaded.diagnostics);
    sources.append(&mut loaded.sources);
    Gathered { station, loaded, diagnostics, sources }
}

/// What of the files makes a plan another than a reader of them would think.
const TOLD: [&str; 5] = ["schedule_copy", "rules_kept", "rules_gone", "rules_unread", "no_station"];

/// Read the station, its schedules and its sounds. Errors in the files do not stop a command that only
/// looks: it says that there are some, and goes on with what is good.
pub(super) fn world(context: &Context, clock: &dyn Clock) -> anyhow::Result<World> {
    Ok(read(context, clock)?.0)
}

/// The same, and the files as they are written.
pub(super) fn read(context: &Context, clock: &dyn Clock) -> anyhow::Result<(World, Vec<SourceFile>)> {
    is_station(context)?;
    let Gathered { station, loaded, diagnostics, sources } = gather(context, clock.wall());
    let errors = diagnostics.iter().filter(|one| one.is_error()).count();
    if errors > 0 {
        let said = text!(
            "loa: có {errors} lỗi trong các tệp của đài; «loa check» chỉ rõ từng lỗi",
            "loa: errors in the station's files: {errors}; \"loa check\" shows each"
        );
        Page::aside(said.get(context.lang));
    }
    for one in diagnostics.iter().filter(|one| TOLD.contains(&one.code)) {
        Page::aside(format_args!("loa: {}", crate::diag::plain(one.message.get(context.lang))));
    }
    tell_of_last_good(context, &loaded);
    let mut library = sounds(context, clock, &Wanted::new(&loaded.schedule, &station));
    library.approvals = approvals(context, &station);
    let world = World { station: Arc::new(station), schedule: Arc::new(loaded.schedule), library: Arc::new(library) };
    Ok((world, sources))
}

/// What people have let sound, where the station asks for that.
pub(super) fn approvals(context: &Context, station: &Station) -> Approvals {
    match station.approval {
        Approval::None => Approvals::default(),
        Approval::Required => journal::approvals(&Site::new(&context.dir).journal()),
    }
}

/// For a broken file its last good version stands in, as the station plays it: say so.
fn tell_of_last_good(context: &Context, loaded: &Loaded) {
    let (_, good) = last_good(&context.dir);
    let stands_in = |broken: &&str| good.files.iter().any(|good| good.path == **broken);
    let kept: Vec<&str> = loaded.broken.iter().map(String::as_str).filter(stands_in).collect();
    if kept.is_empty() {
        return;
    }
    let kept = kept.join(", ");
    let said = text!(
        "loa: {kept} đang hỏng: tính theo bản tốt gần nhất của tệp ấy, như đài vẫn phát",
        "loa: {kept} is broken: this goes by the last good version of it, as the station does"
    );
    Page::aside(said.get(context.lang));
}

/// The sounds of `audio/`, measuring those that are new. Of what was written to a moment ago it waits to see whether
/// somebody is still copying it.
pub(super) fn sounds(context: &Context, clock: &dyn Clock, wanted: &Wanted) -> Library {
    let watched = Page::is_aside_watched();
    let scan = library::scan(&context.dir, wanted, clock.wall(), &mut |file, progress| {
        if watched && progress == Progress::Measuring {
            Page::aside(text!("đang đo audio/{file}…", "measuring audio/{file}…").get(context.lang));
        }
    });
    let unrest = scan.unrest(clock.wall());
    if !unrest.is_zero() {
        clock.wait(unrest);
    }
    scan.settle()
}

/// One file of `audio/` as it is. What is still being copied would be found broken, so it is looked at again.
pub(super) fn sound(dir: &Path, clock: &dyn Clock, file: &str) -> Sound {
    let sound = library::examine(dir, file).sound;
    let path = library::audio_dir(dir).join(file);
    match library::unrest_of(&path, clock.wall()).filter(|_| sound.facts.is_err()) {
        Some(unrest) => {
            clock.wait(unrest);
            library::examine(dir, file).sound
        }
        None => sound,
    }
}

/// A directory that is not there, or that is something else, is a slip of the keyboard, not an empty station.
pub(super) fn is_station(context: &Context) -> Result<(), Failure> {
    ChosenStation::refusal(&context.dir).map_or(Ok(()), Err)
}

/// The one zone that `name` means; where none is named, the only one there is.
pub(super) fn zone(station: &Station, name: Option<&str>) -> Result<ZoneIx, Failure> {
    match name {
        Some(name) => station.find_one(name).map_err(unknown),
        None if station.zones.len() == 1 => Ok(ZoneIx(0)),
        None => {
            let known = station.zones.iter().map(|zone| zone.id.as_str()).collect::<Vec<_>>().join(", ");
            Err(Failure::new(
                Exit::Usage,
                text!("hãy chọn cụm loa bằng --zone: {known}", "choose the zone with --zone: {known}"),
            ))
        }
    }
}

/// The zones that `names` mean: ids, titles, groups, lists; where none are named, all.
pub(super) fn zones(station: &Station, names: Option<&str>) -> Result<Vec<ZoneIx>, Failure> {
    names.map_or_else(|| Ok(station.every_zone()), |names| station.find(names).map_err(unknown))
}

fn unknown(unknown: Unknown) -> Failure {
    Failure::new(Exit::Usage, unknown.text)
}

/// Every zone as a lane of one output.
pub(super) fn lanes(station: &Station) -> Vec<OutputLane> {
    station.zones.iter().enumerate().map(|(place, zone)| OutputLane::of(ZoneIx(place as u16), zone)).collect()
}
