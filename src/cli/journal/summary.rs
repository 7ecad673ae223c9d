//! `loa journal --summary`: how many airings of each day and zone were heard, and why the others were not; and the
//! sentence about today that `loa status` begins with.

use std::io::Write;

use comfy_table::{ContentArrangement, Table, presets};
use serde_json::json;

use super::{Known, each};
use crate::checkup::Words;
use crate::cli::Context;
use crate::diag::{Lang, Text, plain, text};
use crate::fact::{EntryKind, Outcome};
use crate::instant::Wall;
use crate::journal::{Filter, Reader, Summary, Tally, looking_back, today};
use crate::reason::Reason;
use crate::site::Site;
use crate::status::JournalStatus;

/// The narrowest terminal that people use.
const WIDTH: u16 = 80;
const OUTCOMES: [Outcome; 4] = [Outcome::Played, Outcome::Partial, Outcome::Missed, Outcome::Refused];

pub(super) fn print(
    context: &Context,
    reader: Option<&Reader>,
    filter: &Filter,
    known: &Known<'_>,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let tz = &known.station.timezone;
    let from = filter.from.unwrap_or(Wall::MIN);
    let uncounted = reader.map(|reader| reader.uncounted(from)).transpose()?.unwrap_or_default();
    let mut summary = Summary::default();
    each(reader, &Filter { kind: Some(EntryKind::Airing), ..filter.clone() }, |entry| {
        summary.add(entry, tz, &uncounted);
        Ok(())
    })?;
    if context.json {
        let lines: Vec<_> = summary
            .days()
            .map(|(date, zone, tally)| {
                let reasons: Vec<_> = OUTCOMES
                    .iter()
                    .flat_map(|outcome| {
                        tally.reasons(*outcome).into_iter().map(move |(code, count)| (*outcome, code, count))
                    })
                    .map(|(outcome, code, count)| json!({"outcome": outcome, "reason": code, "count": count}))
                    .collect();
                json!({
                    "date": date.to_string(), "zone": zone, "airings": tally.total(),
                    "played": tally.with(Outcome::Played), "partial": tally.with(Outcome::Partial),
                    "missed": tally.with(Outcome::Missed), "refused": tally.with(Outcome::Refused),
                    "reasons": reasons,
                })
            })
            .collect();
        writeln!(out, "{}", serde_json::to_string_pretty(&lines)?)?;
        return Ok(());
    }
    let lang = context.lang;
    let whole = summary.whole();
    if whole.total() == 0 {
        let nothing = text!("Không có lượt phát nào trong khoảng ấy.", "There are no airings in that time.");
        writeln!(out, "{}", nothing.get(lang))?;
        return Ok(());
    }
    let names = known.names();
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(WIDTH);
    table.set_header(match lang {
        Lang::Vi => ["Ngày", "Cụm loa", "Lượt", "Phát đủ", "Một phần", "Lỡ", "Từ chối", "Vì sao"],
        Lang::En => ["Day", "Zone", "All", "Played", "Partly", "Missed", "Refused", "Why"],
    });
    for (date, zone, tally) in summary.days() {
        let date = date.strftime(if lang == Lang::Vi { "%d/%m/%Y" } else { "%Y-%m-%d" }).to_string();
        let [played, partial, missed, refused] = OUTCOMES.map(|outcome| tally.with(outcome).to_string());
        let row = [
            date,
            plain(names.zone(zone)).into_owned(),
            tally.total().to_string(),
            played,
            partial,
            missed,
            refused,
            why(lang, tally),
        ];
        table.add_row(row);
    }
    writeln!(out, "{table}")?;
    let Text { vi, en } = whole.sentence();
    let said = text!("Cộng: {vi}.", "All together: {en}.");
    writeln!(out, "{}", said.get(lang))?;
    Ok(())
}

/// `mất điện 2, trễ giờ 1`: each reason once, whatever came of it, the most frequent first.
fn why(lang: Lang, tally: &Tally) -> String {
    let mut told: Vec<(String, u32)> = Vec::new();
    for outcome in [Outcome::Partial, Outcome::Missed, Outcome::Refused] {
        for (code, count) in tally.reasons(outcome).into_iter().filter(|(code, _)| !code.is_empty()) {
            let brief = Reason::from(code).brief().get(lang).to_owned();
            match told.iter_mut().find(|(known, _)| *known == brief) {
                Some((_, all)) => *all += count,
                None => told.push((brief, count)),
            }
        }
    }
    told.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    told.iter().map(|(brief, count)| format!("{brief} {count}")).collect::<Vec<_>>().join(", ")
}

/// What came of the airings of the day of `at` (RFC 3339, as the station's status has it) so far, in one sentence;
/// `None` where there were none, or no journal can be read.
pub fn look_back(context: &Context, at: &str) -> Option<Text> {
    let now: Wall = at.parse::<jiff::Timestamp>().ok()?.into();
    let (station, ..) = crate::disk::station::load(&context.dir);
    let reader = Reader::open(&Site::new(&context.dir).journal()).ok().flatten()?;
    let from = today(now, &station.timezone);
    let (mut entries, horns) = (reader.airings(from, now).ok()?, reader.horns(from).ok()?);
    for entry in &mut entries {
        horns.mark(entry);
    }
    looking_back(&entries, &reader.uncounted(from).ok()?, now, &station.timezone)
}

/// What the status of a running station says of its journal beside whether it can be written: that its file was
/// taken away, and that a reader holds it.
pub fn trouble(journal: &JournalStatus) -> Vec<Text> {
    let mut said = Vec::new();
    if let Some(Words { vi, en }) = &journal.misfit {
        said.push(text!(
            "Lúc đài mở lại, nhật ký không còn như lúc đài ghi. {vi}. Hãy chép thư mục state/ sang nơi khác làm bằng chứng; xem loa journal verify.",
            "When the station opened it, the journal was not as it had been left. {en}. Copy state/ elsewhere as evidence; see loa journal verify."
        ));
    }
    match journal.restored.map(|restored| restored.whole) {
        Some(true) => said.push(text!(
            "Tệp nhật ký đã bị lấy đi khi loa đang chạy; đã lập lại đủ mọi dòng. Hãy tìm xem ai xóa hay chuyển thư mục state/.",
            "The journal's file was taken away while loa runs; it was put back with all its rows. Find out who deleted or moved state/."
        )),
        Some(false) => said.push(text!(
            "Tệp nhật ký đã bị lấy đi khi loa đang chạy; đã bắt đầu nhật ký mới. Hãy tìm xem ai xóa hay chuyển thư mục state/.",
            "The journal's file was taken away while loa runs; a new one was begun. Find out who deleted or moved state/."
        )),
        None => {}
    }
    if let Some(bytes) = journal.log_bytes {
        let mb = bytes >> 20;
        said.push(text!(
            "Có chương trình đọc nhật ký mãi không xong: journal.db-wal đã lên {mb} MB. Hãy tắt chương trình đó (xem bằng: fuser state/journal.db).",
            "A program reads the journal without ever ending: journal.db-wal has grown to {mb} MB. End that program (see it with: fuser state/journal.db)."
        ));
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Entry, UncountedRows};

    #[test]
    fn a_reason_stands_once_in_a_cell_whatever_came_of_it() {
        let mut tally = Tally::default();
        for (outcome, reason, count) in [
            (Outcome::Partial, "stopped: ông Năm: họp", 2),
            (Outcome::Missed, "power_lost", 3),
            (Outcome::Missed, "stopped: bà Hai: nghỉ", 4),
            (Outcome::Partial, "", 1),
        ] {
            for _ in 0..count {
                let reason = (!reason.is_empty()).then(|| reason.into());
                tally.add(
                    &Entry { kind: EntryKind::Airing, outcome: Some(outcome), reason, ..Entry::default() },
                    &UncountedRows::default(),
                );
            }
        }
        assert_eq!(why(Lang::Vi, &tally), "có lệnh dừng 6, mất điện 3");
        assert_eq!(why(Lang::En, &tally), "stopped by order 6, power lost 3");
    }
}
