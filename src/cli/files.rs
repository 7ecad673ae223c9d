//! What most commands start from: the station's files as one [`World`].

use std::io::IsTerminal as _;
use std::sync::Arc;

use super::check::{Gathered, gather};
use super::{Context, Exit, Failure};
use crate::audio::library::{self, Progress};
use crate::clock::Clock;
use crate::diag::{SourceFile, text};
use crate::output::Lane;
use crate::plan::Library;
use crate::player::World;
use crate::station::{Station, ZoneIx};

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
        eprintln!("{}", said.get(context.lang));
    }
    for one in diagnostics.iter().filter(|one| TOLD.contains(&one.code)) {
        eprintln!("loa: {}", one.message.get(context.lang));
    }
    let library = sounds(context);
    let world = World { station: Arc::new(station), schedule: Arc::new(loaded.schedule), library: Arc::new(library) };
    Ok((world, sources))
}

/// The sounds of `audio/`, measuring those that are new.
pub(super) fn sounds(context: &Context) -> Library {
    let watched = std::io::stderr().is_terminal();
    library::scan(&context.dir, &mut |file, progress| {
        if watched && progress == Progress::Measuring {
            eprintln!("{}", text!("đang đo audio/{file}…", "measuring audio/{file}…").get(context.lang));
        }
    })
}

/// A directory that is not there is a slip of the keyboard, not an empty station.
pub(super) fn is_station(context: &Context) -> Result<(), Failure> {
    if context.dir.is_dir() {
        return Ok(());
    }
    let dir = context.dir.display();
    Err(Failure::new(
        Exit::Configuration,
        text!(
            "không có thư mục «{dir}»; hãy chỉ thư mục của đài: loa --dir THƯ-MỤC …",
            "there is no directory \"{dir}\"; name the station's: loa --dir DIR …"
        ),
    ))
}

/// The zone of this id; where none is named, the only one there is.
pub(super) fn zone(station: &Station, id: Option<&str>) -> Result<ZoneIx, Failure> {
    let known = || station.zones.iter().map(|zone| zone.id.as_str()).collect::<Vec<_>>().join(", ");
    let found = match id {
        Some(id) => station.zones.iter().position(|zone| zone.id == id),
        None if station.zones.len() == 1 => Some(0),
        None => {
            let known = known();
            return Err(Failure::new(
                Exit::Usage,
                text!("hãy chọn cụm loa bằng --zone: {known}", "choose the zone with --zone: {known}"),
            ));
        }
    };
    found.map(|place| ZoneIx(place as u16)).ok_or_else(|| {
        let (id, known) = (id.unwrap_or_default(), known());
        Failure::new(
            Exit::Usage,
            text!("không có cụm loa «{id}»; các cụm loa: {known}", "there is no zone \"{id}\"; the zones: {known}"),
        )
    })
}

/// Every zone as a lane of one output.
pub(super) fn lanes(station: &Station) -> Vec<Lane> {
    station.zones.iter().enumerate().map(|(place, zone)| Lane::of(ZoneIx(place as u16), zone)).collect()
}
