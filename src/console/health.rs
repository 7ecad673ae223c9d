//! Whether something that is planned will be silent, and when: what `/healthz` says, judged by what `loa doctor` judges by.
//! Everybody may ask, so that it names codes and times, and neither files nor people nor titles.

use std::time::Duration;

use super::look::Look;
use super::one_for_all::Ages;
use crate::diag::{Text, figure, text};
use crate::disk;
use crate::fact::{Entry, EntryKind, Outcome};
use crate::instant::Wall;
use crate::journal::{Bookmark, JournalError, Reader};
use crate::plan::{Airing, Cause, PlanContext, Verdict};
use crate::reason::Reason;
use crate::report::UncountedRows;
use crate::site::Site;
use crate::status::Status;

/// So long one answer serves everybody who asks: nobody can make the station plan again and again.
pub(super) const HEALTH_AGES: Ages = Ages { good: Duration::from_secs(15), given: Duration::from_secs(30) };

/// How far it looks ahead: to tomorrow morning, whenever it is asked.
const AHEAD: Duration = Duration::from_hours(24);

/// How far it looks back for a day on which nothing was heard.
const BEHIND: Duration = Duration::from_hours(24);

/// Rows of the journal that are looked at for that: a day of 64 zones with 100 airings each.
const ROWS_MOST: u32 = 10_000;

/// What keeps something that is planned from sounding.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Silence {
    /// A stable code, as `loa explain` knows it.
    pub(super) code: String,
    /// What it is, without names.
    pub(super) said: Text,
    /// When it is silent first; none where it is silent from now on.
    pub(super) at: Option<Wall>,
    /// At how many times within a day; none where all is.
    pub(super) times: Option<usize>,
}

/// How it stands.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Health {
    /// What is wrong, what comes first first.
    pub(super) silences: Vec<Silence>,
    /// When something sounds next, as things stand.
    pub(super) next: Option<Wall>,
}

impl Health {
    /// By the files, by what the program that plays says of itself, by the journal, and by the room on the disk.
    pub(super) fn judge(look: &Look, status: Option<&Status>, (site, now): (&Site, Wall)) -> Self {
        let world = &look.world;
        let ground = PlanContext::new(&world.schedule, &world.station, &world.library, now);
        let airings = ground.plan(now, now + AHEAD);
        let next = airings.iter().filter(|one| sounds(one)).map(|one| one.start).min();
        // Where nothing sounds at all, it is missed first when something is due first.
        let due = airings.iter().filter(|one| !is_called_off(one)).map(|one| one.scheduled).min();
        let mut silences = standing(status, due);
        if look.diagnostics.iter().any(|one| one.code == "not_set_up") {
            let said = text!("đài chưa được cài đặt", "the station was never set up");
            silences.push(Silence { code: "not_set_up".to_owned(), said, at: None, times: None });
        }
        if !world.station.zones.is_empty() && !world.station.has_horns() {
            let said =
                text!("đài chưa nối loa nào, phát gì cũng không ai nghe", "no zone has a horn: nobody hears anything");
            silences.push(Silence { code: "no_horn".to_owned(), said, at: None, times: None });
        }
        silences.extend(behind(site, now));
        let short = disk::space::short(&disk::space::disks(site)).into_iter().filter(crate::checkup::Finding::is_error);
        silences.extend(short.map(|one| Silence { code: one.code, said: one.message, at: due, times: None }));
        for airing in airings.iter().filter(|one| !sounds(one)) {
            let Some(cause) = airing.reason.as_deref().filter(|_| !is_called_off(airing)) else { continue };
            let code = cause.code();
            match silences.iter_mut().find(|known| known.code == code) {
                Some(known) => {
                    known.times = known.times.map(|times| times + 1);
                    known.at = known.at.map(|at| at.min(airing.scheduled));
                }
                None => silences.push(Silence {
                    code: code.to_owned(),
                    said: Reason::from(code.to_owned()).brief(),
                    at: Some(airing.scheduled),
                    times: Some(1),
                }),
            }
        }
        // What has an hour first: that is when somebody has to act.
        silences.sort_by_key(|one| (one.at.is_none(), one.at));
        Self { silences, next }
    }

    /// Nothing keeps anything from sounding.
    pub(super) fn is_well(&self) -> bool {
        self.silences.is_empty()
    }

    /// In a line: that all is well, or when it is silent first, and why.
    pub(super) fn sentence(&self, tz: &jiff::tz::TimeZone) -> Text {
        let clock = |at: Wall| figure::moment(at, tz);
        match (self.silences.first(), self.next) {
            (None, None) => text!("ổn; 24 giờ tới không có lượt phát nào", "well; nothing is planned within 24 hours"),
            (None, Some(next)) => {
                text!(next = clock(next); "ổn; lượt phát tới lúc {next}", "well; the next airing is at {next}")
            }
            (Some(Silence { said: Text { vi, en }, at: Some(at), .. }), _) => {
                text!(at = clock(*at); "sẽ im lúc {at}: {vi}", "will be silent at {at}: {en}")
            }
            (Some(Silence { said: Text { vi, en }, at: None, .. }), _) => {
                text!("không ổn: {vi}", "not well: {en}")
            }
        }
    }
}

/// Somebody wants it so.
fn is_called_off(airing: &Airing) -> bool {
    matches!(airing.reason.as_deref(), Some(Cause::Mourning(_) | Cause::Cancelled(_)))
}

fn sounds(airing: &Airing) -> bool {
    matches!(airing.verdict, Verdict::Play | Verdict::Wait)
}

/// What the journal of the day behind says: that there is none, or that nothing was heard of all that was planned.
fn behind(site: &Site, now: Wall) -> Option<Silence> {
    let from = now - BEHIND;
    let mut rows: Vec<Entry> = Vec::new();
    let read = Reader::open(&site.journal()).and_then(|reader| {
        let Some(reader) = reader else { return Ok(false) };
        reader.back(from, Bookmark::before(now), ROWS_MOST, |row| {
            rows.push(Entry { audio: Vec::new(), ..row });
            true
        })?;
        Ok::<_, JournalError>(true)
    });
    let all = |code: &str, said: Text| Silence { code: code.to_owned(), said, at: None, times: None };
    match read {
        Err(_) => Some(all("journal_unreadable", text!("không đọc được nhật ký", "the journal cannot be read"))),
        Ok(false) => Some(all("journal_missing", text!("không có nhật ký", "there is no journal"))),
        Ok(true) => {
            let unheard = unheard(&rows)?;
            let said = text!(
                "24 giờ qua định phát {unheard} lượt mà không lượt nào được nghe",
                "nothing was heard within 24 hours, of so many airings: {unheard}"
            );
            Some(Silence { times: Some(unheard), ..all("silent_day", said) })
        }
    }
}

/// How many airings were to be heard, where not one was. What somebody called off or stopped was not to be; a test and a drill
/// show that a horn sounds, and are no programme.
fn unheard(rows: &[Entry]) -> Option<usize> {
    let uncounted = UncountedRows::of(rows);
    let counts = |row: &&Entry| {
        let is_wanted = matches!(
            row.reason,
            Some(
                Reason::Mourning
                    | Reason::CancelledDay(_)
                    | Reason::Cancelled
                    | Reason::Stopped(_)
                    | Reason::Superseded(_)
            )
        );
        row.kind == EntryKind::Airing && row.outcome.is_some() && !is_wanted && uncounted.find(row).is_none()
    };
    let all: Vec<&Entry> = rows.iter().filter(counts).collect();
    let was_heard = |row: &&Entry| matches!(row.outcome, Some(Outcome::Played | Outcome::Partial));
    (!all.is_empty() && !all.iter().any(was_heard)).then_some(all.len())
}

/// What the program that plays says of itself, or that there is none.
fn standing(status: Option<&Status>, next: Option<Wall>) -> Vec<Silence> {
    let all = |code: &str, said: Text| Silence { code: code.to_owned(), said, at: next, times: None };
    let Some(status) = status else {
        return vec![all(
            "not_running",
            text!(
                "chương trình phát không chạy hoặc không trả lời",
                "the program that plays does not run, or does not answer"
            ),
        )];
    };
    let mut found = Vec::new();
    if !status.clock.trusted {
        found.push(all(
            "clock_untrusted",
            text!("đồng hồ của máy chưa đáng tin", "the machine's clock is not believed"),
        ));
    }
    if status.journal.writes == Some(false) {
        // It sounds all the same.
        let said = text!("nhật ký chưa ghi được, loa vẫn phát", "the journal cannot be written; sound goes on");
        found.push(Silence { at: None, ..all("journal_waiting", said) });
    }
    let silent = status.zones.iter().filter(|zone| zone.trouble.is_some()).count();
    if silent > 0 {
        let said = text!("{silent} cụm loa không ra tiếng", "zones that do not sound: {silent}");
        found.push(all("zone_trouble", said));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::{ClockStatus, JournalStatus};

    #[test]
    fn a_day_on_which_nothing_was_heard_is_told_and_one_that_somebody_wanted_quiet_is_not() {
        let row = |outcome, reason: &str| Entry {
            kind: EntryKind::Airing,
            outcome: Some(outcome),
            reason: (!reason.is_empty()).then(|| reason.into()),
            ..Entry::default()
        };
        let (lost, heard) = (row(Outcome::Missed, "power_lost"), row(Outcome::Partial, "power_lost"));
        let test = row(Outcome::Played, "test_tone: hoa");
        let called_off = row(Outcome::Refused, "mourning");
        assert_eq!(unheard(&[]), None);
        assert_eq!(unheard(&[lost.clone(), test, called_off.clone()]), Some(1));
        assert_eq!(unheard(&[lost, heard]), None);
        assert_eq!(unheard(&[called_off, row(Outcome::Missed, "stopped: bà Hai")]), None);
    }

    #[test]
    fn each_thing_that_silences_a_station_has_its_code_and_a_station_that_is_well_none() {
        let well = Status { clock: ClockStatus { trusted: true, ..ClockStatus::default() }, ..Status::default() };
        let codes =
            |status: Option<&Status>| standing(status, None).into_iter().map(|one| one.code).collect::<Vec<_>>();
        assert!(codes(Some(&well)).is_empty());
        assert_eq!(codes(None), ["not_running"]);
        let journal = JournalStatus { writes: Some(false), ..JournalStatus::default() };
        assert_eq!(codes(Some(&Status { journal, ..Status::default() })), ["clock_untrusted", "journal_waiting"]);
    }
}
