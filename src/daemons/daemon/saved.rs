//! What became of the files that people saved, as one page of text in `state/result/`, for whoever works over a shared folder
//! and sees no terminal. Written where somebody has made that directory (`deploy/share`), and only when something changed.
//! It lies beside the files and not among them: what lies in `schedules/` is read as a schedule, and members may write there.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;

use crate::diag::{Colours, Diagnostic, Lang, SourceFile, Text, figure, render, text};
use crate::instant::Wall;
use crate::plan::{self, HeardSoFar, Library};
use crate::player::World;
use crate::schedule::{Loaded, Schedule};
use crate::site::{self, Site};

/// What people see in the folder.
const NAME: &str = "KET-QUA.txt";

/// So far ahead what is saved is tried; `loa check` looks further.
const AHEAD: Duration = Duration::from_hours(7 * 24);

/// Problems on the page; who has more mends these first.
const PROBLEMS_MOST: usize = 50;

/// Notepad needs the first to know the letters, and both for its lines.
const MARK: &str = "\u{feff}";
const LINE_END: &str = "\r\n";

/// What the page was last written of.
#[derive(Debug, Default)]
pub(super) struct Saved {
    last: Option<Basis>,
}

/// The same again makes the same page.
#[derive(Clone, Debug)]
struct Basis {
    day: Date,
    saved: Vec<(String, Option<Wall>)>,
    schedule: Arc<Schedule>,
    library: Arc<Library>,
    diagnostics: Vec<Diagnostic>,
}

impl PartialEq for Basis {
    fn eq(&self, other: &Self) -> bool {
        self.day == other.day
            && self.saved == other.saved
            && Arc::ptr_eq(&self.schedule, &other.schedule)
            && Arc::ptr_eq(&self.library, &other.library)
            && self.diagnostics == other.diagnostics
    }
}

impl Saved {
    /// Write the page where it is wanted and is another than before. `station` is what is wrong with `loa.toml`.
    pub(super) fn tell(
        &mut self,
        dir: &Path,
        world: &World,
        loaded: &Loaded,
        station: &[Diagnostic],
        (now, lang): (Wall, Lang),
    ) {
        let place = Site::new(dir).result();
        if !place.is_dir() {
            self.last = None;
            return;
        }
        let saved = loaded
            .sources
            .iter()
            .map(|source| (source.path.clone(), site::saved_at(&dir.join(&source.path)).map(Wall::from_secs)))
            .collect();
        let basis = Basis {
            day: now.zoned(&world.station.timezone).date(),
            saved,
            schedule: world.schedule.clone(),
            library: world.library.clone(),
            diagnostics: station.iter().chain(&loaded.diagnostics).cloned().collect(),
        };
        if self.last.as_ref() == Some(&basis) {
            return;
        }
        let ahead =
            plan::findings_knowing(&world.schedule, &world.station, &world.library, &HeardSoFar::at(now), now + AHEAD);
        let found: Vec<Diagnostic> = basis.diagnostics.iter().chain(&ahead).cloned().collect();
        let page = page(world, &basis.saved, &found, &loaded.sources, lang);
        // Where it cannot be written doctor tells of the disk; what was saved plays all the same.
        if site::replace(&place.join(NAME), page.as_bytes()).is_ok() {
            self.last = Some(basis);
        }
    }
}

fn page(
    world: &World,
    saved: &[(String, Option<Wall>)],
    found: &[Diagnostic],
    sources: &[SourceFile],
    lang: Lang,
) -> String {
    let mut lines = Vec::new();
    let mut say = |said: &Text| lines.push(said.get(lang).to_owned());
    let name = &world.station.name;
    say(&text!("KẾT QUẢ LƯU TỆP: {name}", "WHAT BECAME OF THE FILES: {name}"));
    say(&text!(
        "Loa viết lại trang này sau mỗi lần lưu tệp. Sửa ở đây không có tác dụng.",
        "loa writes this page anew whenever a file is saved. Changing it has no effect."
    ));
    say(&text!("", ""));
    say(&text!("ĐÃ ĐỌC", "READ"));
    for (path, at) in saved {
        let count =
            world.schedule.broadcasts.iter().filter(|one| one.place().is_some_and(|place| place.file == *path)).count();
        let tz = &world.station.timezone;
        let at = at.map_or_else(|| text!("?", "?"), |at| figure::moment(at, tz));
        say(&text!(
            at = at;
            "  {path}: {count} mục phát dùng được (lưu lúc {at})",
            "  {path}: usable broadcasts: {count} (saved at {at})"
        ));
    }
    if saved.is_empty() {
        say(&text!("  chưa có tệp lịch nào", "  there is no schedule yet"));
    }
    say(&text!("", ""));
    let errors = found.iter().filter(|one| one.is_error()).count();
    let warnings = found.len() - errors;
    if found.is_empty() {
        say(&text!("KHÔNG CÓ GÌ SAI trong bảy ngày tới.", "NOTHING IS WRONG in the next seven days."));
    } else {
        say(&text!(
            "CẦN SỬA: {errors} lỗi, {warnings} cảnh báo",
            "TO BE MENDED: errors: {errors}, warnings: {warnings}"
        ));
        let shown = &found[..found.len().min(PROBLEMS_MOST)];
        lines.push(String::new());
        lines.extend(render(shown, sources, lang, Colours::Plain).lines().map(str::to_owned));
        let more = found.len() - shown.len();
        if more > 0 {
            lines.push(text!("Còn {more} chỗ nữa.", "And {more} more.").get(lang).to_owned());
        }
    }
    format!("{MARK}{}{LINE_END}", lines.join(LINE_END))
}
