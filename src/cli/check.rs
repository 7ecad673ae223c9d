use std::process::ExitCode;
use std::sync::Arc;

use super::files::{self, Gathered, gather};
use super::page::Page;
use super::{Context, Exit};
use crate::clock::Clock;
use crate::daemon;
use crate::diag::figure::count;
use crate::diag::{Colours, Diagnostic, Text, json, render, text};
use crate::plan::Wanted;
use crate::player::World;
use crate::site::Site;
use crate::warning::key_findings;

/// `loa check`: print every problem of the station's files, and of the plan they make in the next 90
/// days; exit 1 if one is an error.
pub(super) fn run(context: &Context, clock: &dyn Clock) -> anyhow::Result<ExitCode> {
    files::is_station(context)?;
    let now = clock.wall();
    let mut gathered = gather(context, now);
    let wanted = Wanted::new(&gathered.loaded.schedule, &gathered.station);
    let mut library = files::sounds(context, clock, &wanted);
    library.approvals = files::approvals(context, &gathered.station);
    let (station, schedule) = (Arc::new(gathered.station.clone()), Arc::new(gathered.loaded.schedule.clone()));
    let world = World { station, schedule, library: Arc::new(library) };
    gathered.diagnostics.extend(daemon::checked(&context.dir, &world, now));
    let today = now.zoned(&world.station.timezone).date();
    gathered.diagnostics.extend(key_findings(&Site::new(&context.dir), &world.station.cap, today));
    Diagnostic::sort(&mut gathered.diagnostics);
    print(&gathered, context)
}

/// Print what was gathered, and turn it into the exit code.
pub(crate) fn print(gathered: &Gathered, context: &Context) -> anyhow::Result<ExitCode> {
    let found = &gathered.diagnostics;
    if context.json {
        Page::data(json(found, context.lang)? + "\n");
    } else {
        let colours = Page::is_watched() && std::env::var_os("NO_COLOR").is_none();
        let look = if colours { Colours::Colour } else { Colours::Plain };
        Page::data(render(found, &gathered.sources, context.lang, look));
        Page::line(summary(gathered).get(context.lang));
    }
    let bad = found.iter().any(Diagnostic::is_error);
    Ok(if bad { Exit::Findings.into() } else { ExitCode::SUCCESS })
}

/// The closing line: how much was read, and how much is wrong.
fn summary(gathered: &Gathered) -> Text {
    let errors = gathered.diagnostics.iter().filter(|one| one.is_error()).count();
    let warnings = gathered.diagnostics.len() - errors;
    let (files, zones) = (gathered.sources.len(), gathered.station.zones.len());
    let broadcasts = gathered.loaded.schedule.broadcasts.len();
    let vi = match (errors, warnings) {
        (0, 0) => "không có vấn đề gì".to_owned(),
        _ => format!("{errors} lỗi, {warnings} cảnh báo"),
    };
    let en = match (errors, warnings) {
        (0, 0) => "nothing is wrong".to_owned(),
        _ => format!("{}, {}", count(errors, "error"), count(warnings, "warning")),
    };
    let read = [count(files, "file"), count(broadcasts, "broadcast"), count(zones, "zone")].join(", ");
    text!("Đã đọc {files} tệp, {broadcasts} mục phát dùng được, {zones} cụm loa: {vi}.", "Read {read}: {en}.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Lang;
    use crate::instant::Wall;

    fn context(dir: &std::path::Path) -> Context {
        Context { dir: dir.to_owned(), lang: Lang::En, json: false }
    }

    #[test]
    fn everything_wrong_is_gathered_from_all_files_and_the_rest_is_read() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("schedules")).unwrap();
        std::fs::write(dir.path().join("loa.toml"), "nmae = \"x\"\n[zones.thon-1]\n").unwrap();
        std::fs::write(dir.path().join("schedules/a.toml"), "[[broadcast]]\nid = \"a\nat = \"05:30\"\n").unwrap();
        let good = "[[broadcast]]\nid = \"b\"\nat = \"05:30\"\nplay = \"b\"\nzones = \"thon-1\"\n";
        std::fs::write(dir.path().join("schedules/b.toml"), good).unwrap();
        let gathered = gather(&context(dir.path()), Wall::from_secs(1_796_000_000));
        let codes: Vec<_> = gathered.diagnostics.iter().map(|one| (one.file.as_str(), one.line, one.code)).collect();
        assert_eq!(codes, [("loa.toml", 1, "unknown_key"), ("schedules/a.toml", 2, "unclosed_string")]);
        assert_eq!(gathered.loaded.broken, ["schedules/a.toml"]);
        assert_eq!(gathered.loaded.schedule.broadcasts[0].id, "b");
        assert_eq!(summary(&gathered).en, "Read 3 files, 1 broadcast, 1 zone: 2 errors, 0 warnings.");
        assert_eq!(print(&gathered, &context(dir.path())).unwrap(), ExitCode::from(Exit::Findings));
    }

    #[test]
    fn an_empty_station_has_a_warning_and_no_error() {
        let dir = tempfile::tempdir().unwrap();
        let gathered = gather(&context(dir.path()), Wall::from_secs(1_796_000_000));
        assert_eq!(gathered.diagnostics.iter().map(|one| one.code).collect::<Vec<_>>(), ["no_schedules"]);
        assert_eq!(print(&gathered, &context(dir.path())).unwrap(), ExitCode::SUCCESS);
    }
}
