//! Alarms: whether what they are made of is recorded, and whether a drill was held this month.

use std::path::Path;
use std::time::Duration;

use super::Look;
use crate::audio::library;
use crate::checkup::Finding;
use crate::checkup::alarms;
use crate::cli::files;
use crate::clock::Clock;
use crate::diag::{Text, figure, text};
use crate::instant::Wall;
use crate::journal::Reader;
use crate::plan::{Library, Wanted, is_version, without_ending};
use crate::site::Site;
use crate::station::Station;

/// Sounds that nobody has examined yet are examined for this long; the rest is left to `loa check`.
const EXAMINE_MOST: Duration = Duration::from_secs(1);

/// What alarms, corrections and drills cannot be had without. A station that has written nothing of alarms is told what it
/// lacks, and is not warned.
pub(super) fn recorded(dir: &Path, station: &Station, clock: &dyn Clock) -> Look {
    let library = library(dir, station, clock);
    let missing = alarms::unrecorded(station, &library);
    let is_written = station.emergency.is_written;
    let (count, all) = (missing.len(), station.emergency.sounds().filter(|sound| sound.role.is_needed()).count());
    let seen = match count {
        0 => text!("đủ bản ghi", "all is recorded"),
        _ if is_written => text!("thiếu {count} trên {all} bản ghi", "{count} of {all} sounds are missing"),
        _ => text!(
            "loa.toml chưa có [emergency]; thiếu {count} trên {all} bản ghi mà báo động cần",
            "loa.toml has no [emergency]; {count} of the {all} sounds that alarms need are missing"
        ),
    };
    let findings = alarms::finding(&missing).into_iter().filter(|_| is_written).collect();
    let is_open = count > 0 && !is_written;
    Look { is_open, ..Look::new(text!("Báo khẩn cấp", "Emergencies"), seen, findings) }
}

/// The sounds, those of alarms examined.
fn library(dir: &Path, station: &Station, clock: &dyn Clock) -> Library {
    let (mut library, unexamined) = library::known(dir, &Wanted::default());
    let is_wanted = |file: &&String| {
        let stem = without_ending(file).unwrap_or(file);
        station.emergency.sounds().any(|sound| is_version(stem, sound.name))
    };
    let began = clock.mono();
    for file in unexamined.iter().filter(is_wanted) {
        let sound = if clock.mono().after(began) < EXAMINE_MOST {
            files::sound(dir, clock, file)
        } else {
            library::unexamined(file)
        };
        library.sounds.insert(file.clone(), sound);
    }
    library
}

/// When a drill was last heard this month, where the station means to hold one every month.
pub(super) fn drill(dir: &Path, station: &Station, now: Wall) -> Option<Look> {
    if !station.emergency.is_written {
        return None;
    }
    let tz = &station.timezone;
    let first = now.zoned(tz).first_of_month().and_then(|first| first.start_of_day()).ok()?;
    let reader = Reader::open(&Site::new(dir).journal()).ok()??;
    let (seen, findings) = if let Some(at) = reader.last_drill(first.timestamp().into()).ok()? {
        let Text { vi, en } = figure::moment(at, tz);
        (text!("lần cuối {vi}", "last held {en}"), Vec::new())
    } else {
        let said = text!(
            "tháng này chưa có buổi diễn tập báo động nào kêu ra loa",
            "no drill of an alarm came out of the horns this month"
        );
        let help = text!(
            "trên trang của đài: Diễn tập, trong giờ được phép phát, ở một cụm có loa",
            "on the station's page: Drill, within the lawful hours, in a zone with a horn"
        );
        (text!("chưa có trong tháng này", "none this month"), vec![Finding::warning("no_drill", said, help)])
    };
    Some(Look::new(text!("Diễn tập báo động", "Drill"), seen, findings))
}
