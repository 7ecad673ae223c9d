// Bytes as a file that people write: as a schedule, and as loa.toml. Nothing brings the reading down; what is told
// has a place in the file and can be shown in both languages; what is good can be planned.

use std::time::Duration;

use loa_core::diag::{Colours, Diagnostic, Lang, SourceFile, render};
use loa_core::instant::Wall;
use loa_core::plan::{Library, plan};
use loa_core::schedule::{self, Reading};
use loa_core::station::{self, Station};

fn source(path: &str, bytes: &[u8]) -> SourceFile {
    SourceFile { path: path.to_owned(), text: String::from_utf8_lossy(bytes).into_owned() }
}

fn show(found: &[Diagnostic], source: &SourceFile) {
    let lines = source.text.lines().count();
    for one in found {
        assert!(one.line <= lines + 1, "{one:?} in {lines} lines");
        assert!(!one.message.vi.is_empty() && !one.message.en.is_empty(), "{one:?}");
    }
    let first = &found[..found.len().min(20)];
    for lang in [Lang::Vi, Lang::En] {
        render(first, std::slice::from_ref(source), lang, Colours::Plain);
    }
}

/// As `schedules/a.toml`.
pub(crate) fn schedule(bytes: &[u8]) {
    let station = Station::default();
    let file = source("schedules/a.toml", bytes);
    let reading = Reading { today: jiff::civil::date(2026, 12, 1) };
    let (schedule, found) = schedule::check(std::slice::from_ref(&file), &station, reading);
    show(&found, &file);
    // 2026-12-01T05:00+07:00, for a quarter of an hour: a cron of every second is lawful.
    let from = Wall::from_secs(1_796_076_000);
    for airing in plan(&schedule, &station, &Library::default(), from, from + Duration::from_mins(15)) {
        assert!(airing.start >= airing.scheduled, "{airing:?}");
    }
}

/// As `loa.toml`.
pub(crate) fn loa_toml(bytes: &[u8]) {
    let file = source("loa.toml", bytes);
    let (station, found) = station::check(&file);
    assert!(!station.zones.is_empty(), "a station has a zone, whatever its file says");
    show(&found, &file);
}
