use std::time::Duration;

use super::Look;
use crate::approval::Approvals;
use crate::audio::{library, stray};
use crate::checkup::Finding;
use crate::checkup::coming::ComingDays;
use crate::cli::Context;
use crate::cli::files;
use crate::cli::files::{Gathered, gather};
use crate::clock::Clock;
use crate::daemon::heard_so_far;
use crate::diag::{Diagnostic, figure, text};
use crate::instant::Wall;
use crate::journal::{Reader, key_name, public_key};
use crate::plan::{Library, Wanted};
use crate::schedule::Schedule;
use crate::site::Site;
use crate::station::Station;

/// How far it looks ahead: to tomorrow morning, whenever it is asked.
const AHEAD: Duration = Duration::from_hours(24);

/// Sounds that nobody has examined yet are examined for this long; the rest is left to `loa check`.
const EXAMINE_MOST: Duration = Duration::from_secs(1);

/// A journal of some years is followed from end to end in a second; a larger one is left to `loa journal
/// verify`.
const VERIFY_MOST: u64 = 32 << 20;

/// Mistakes in the files that are shown here; `loa check` shows all.
const ERRORS_MOST: usize = 10;

/// Warnings that change what plays, or by which law.
const TOLD: [&str; 10] = [
    "not_set_up",
    "empty_file",
    "no_schedules",
    "no_station",
    "hidden_ending",
    "not_read",
    "last_good_kept",
    "rules_kept",
    "rules_gone",
    "hours_never",
];

/// The station's directory, read once.
pub(super) struct Files {
    dir: std::path::PathBuf,
    approvals: Approvals,
    pub(super) station: Station,
    schedule: Schedule,
    read: usize,
    findings: Vec<Finding>,
    /// The newest instant in the journal.
    pub(super) newest: Option<Wall>,
    journal: Vec<Finding>,
    rows: Option<u64>,
}

impl Files {
    pub(super) fn read(context: &Context, clock: &dyn Clock) -> Self {
        let Gathered { station, loaded, diagnostics, sources } = gather(context, clock.wall());
        let told = |one: &&Diagnostic| one.is_error() || TOLD.contains(&one.code);
        let mut files = Self {
            dir: context.dir.clone(),
            approvals: files::approvals(context, &station),
            station,
            schedule: loaded.schedule,
            read: sources.len(),
            findings: diagnostics.iter().filter(told).take(ERRORS_MOST).map(Finding::from).collect(),
            newest: None,
            journal: Vec::new(),
            rows: None,
        };
        files.open_journal();
        files
    }

    /// The files as people wrote them.
    pub(super) fn look(&self) -> Look {
        let (read, broadcasts) = (self.read, self.schedule.broadcasts.len());
        let en = [figure::count(read, "file"), figure::count(broadcasts, "broadcast")].join(", ");
        let seen = text!("{read} tệp, {broadcasts} mục phát dùng được", "{en}");
        Look::new(text!("Tệp của đài", "The station's files"), seen, self.findings.clone())
    }

    /// The higher stations that it relays, where it does.
    pub(super) fn relays(&self, clock: &dyn Clock) -> Option<Look> {
        super::relay::look(&Site::new(&self.dir), &self.station, &self.schedule, clock)
    }

    /// The microphones that listen to its horns, where it has any.
    pub(super) fn microphones(&self, is_playing: bool, clock: &dyn Clock) -> Option<Look> {
        super::relay::microphones(&Site::new(&self.dir), &self.station, is_playing, clock)
    }

    /// What is planned until tomorrow, and its sounds.
    pub(super) fn coming(&self, clock: &dyn Clock) -> Look {
        let now = clock.wall();
        let known = heard_so_far(&self.dir, &self.station, now);
        let plan =
            |library: &Library| ComingDays::new(&self.schedule, &self.station, library, known.clone(), now + AHEAD);
        let (mut library, unexamined) = library::known(&self.dir, &Wanted::new(&self.schedule, &self.station));
        library.approvals = self.approvals.clone();
        let first = plan(&library);
        let is_due = |file: &&String| {
            first.unknown.iter().any(|name| {
                let stem = file.get(..name.len()).filter(|stem| stem.eq_ignore_ascii_case(name));
                stem.is_some() && file.get(name.len()..).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        };
        let (began, mut left, mut others) = (clock.mono(), 0, 0);
        let (due, later): (Vec<&String>, Vec<&String>) = unexamined.iter().partition(is_due);
        for file in due {
            let sound = if clock.mono().after(began) < EXAMINE_MOST {
                files::sound(&self.dir, clock, file)
            } else {
                left += 1;
                library::unexamined(file)
            };
            library.sounds.insert(file.clone(), sound);
        }
        for file in later {
            if clock.mono().after(began) < EXAMINE_MOST {
                library.sounds.insert(file.clone(), files::sound(&self.dir, clock, file));
            } else {
                others += 1;
            }
        }
        let coming = plan(&library);
        let mut findings = coming.findings;
        let wanted = Wanted::new(&self.schedule, &self.station);
        findings.extend(stray::strays(&library, &wanted).iter().map(Finding::from));
        if left > 0 {
            findings.push(Finding::warning(
                "sound_unexamined",
                text!(
                    "còn {left} âm thanh sắp phát chưa được kiểm tra",
                    "sounds that are due and not examined: {left}"
                ),
                text!("kiểm tra hết: loa check", "examine them all: loa check"),
            ));
        } else if others > 0 {
            findings.push(Finding::warning(
                "sound_unexamined",
                text!(
                    "còn {others} tệp trong audio/ chưa được kiểm tra",
                    "files of audio/ that are not examined: {others}"
                ),
                text!("kiểm tra hết: loa check", "examine them all: loa check"),
            ));
        }
        let (airings, sounds) = (coming.airings, coming.files.len());
        let en = [figure::count(airings, "airing"), figure::count(sounds, "sound")].join(", ");
        let seen = match coming.first.map(|at| figure::moment(at, &self.station.timezone)) {
            None => text!("chưa có lượt phát nào", "nothing is planned"),
            Some(first) => text!(
                first = first;
                "{airings} lượt phát, {sounds} âm thanh; lượt đầu lúc {first}",
                "{en}; the first at {first}"
            ),
        };
        Look::new(text!("24 giờ tới", "The next 24 hours"), seen, findings)
    }

    /// The journal.
    pub(super) fn journal(&self) -> Look {
        let seen = match self.rows {
            Some(rows) => text!("{rows} dòng, không dòng nào bị sửa", "{rows} rows, none of them changed"),
            None if self.newest.is_some() => {
                text!("đọc được; kiểm tra kỹ bằng «loa journal verify»", "readable; \"loa journal verify\" follows it")
            }
            None => text!("chưa có", "none yet"),
        };
        // What printed books are signed with.
        let seen = match public_key(&Site::new(&self.dir)).as_deref().map(key_name) {
            Some(name) => text!(seen = seen; "{seen}; khóa ký {name}", "{seen}; signing key {name}"),
            None => seen,
        };
        Look::new(text!("Nhật ký", "Journal"), seen, self.journal.clone())
    }

    fn open_journal(&mut self) {
        let path = Site::new(&self.dir).journal();
        let verify = || text!("xem từng chỗ: loa journal verify", "see each: loa journal verify");
        let reader = match Reader::open(&path) {
            Ok(Some(reader)) => reader,
            Ok(None) => return,
            Err(error) if error.is_permission() => {
                // Its words are the cure.
                return self.journal.push(Finding::error("journal_denied", error.text(), text!("", "")));
            }
            Err(error) => {
                let help = text!(
                    "sao lưu thư mục state/ rồi báo người phụ trách máy",
                    "copy state/ and tell who looks after the machine"
                );
                self.journal.push(Finding::error("journal_unreadable", error.text(), help));
                return;
            }
        };
        self.newest = reader.newest().ok().flatten();
        if super::machine::size_of(&path) > VERIFY_MOST {
            return;
        }
        match reader.verify() {
            Ok(verified) if verified.is_sound() => self.rows = Some(verified.rows),
            Ok(verified) => {
                let count = verified.breaches.len();
                let message = text!(
                    "nhật ký có {count} chỗ bị sửa hoặc bị hỏng",
                    "places where the journal was changed or damaged: {count}"
                );
                self.journal.push(Finding::warning("journal_broken", message, verify()));
            }
            Err(error) => self.journal.push(Finding::error("journal_unreadable", error.text(), verify())),
        }
    }
}
