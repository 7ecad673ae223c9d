//! `loa doctor`: every reason why tomorrow's 05:00 could fail, each with its cure, and what was looked at
//! where there is none. Works before and after the installation, with and without a daemon, and as
//! another user; changes nothing. What is a finding, [`crate::checkup`] says; here the facts are
//! gathered: [`station`] from the station's directory, [`machine`], [`card`] and [`amplifier`] from the machine.

mod alarms;
mod amplifier;
mod back;
mod bundle;
mod cap;
mod card;
mod link;
mod machine;
mod page;
mod relay;
mod rights;
mod station;

use std::process::ExitCode;

use super::page::Page;
use super::quiet::without_noise;
use super::{Context, Exit, door, files, sheet};
use crate::checkup::unit::Service;
use crate::checkup::{self, Finding, clock, sleep, space};
use crate::clock::Clock;
use crate::daemon::look_at_clock;
use crate::daemon::protocol::Command;
use crate::diag::{Lang, Text, figure, plain, text};
use crate::disk;
use crate::instant::Wall;
use crate::reason::{Reason, codes};
use crate::site::Site;
use crate::status::{JournalStatus, Status};

/// One thing that was looked at.
struct Look {
    what: Text,
    seen: Text,
    findings: Vec<Finding>,
    /// Nothing was asked of it, so that it is neither well nor wrong.
    is_open: bool,
    /// What is wrong with it was said of something before it: whether it is an error.
    is_told: Option<bool>,
}

impl Look {
    const fn new(what: Text, seen: Text, findings: Vec<Finding>) -> Self {
        Self { what, seen, findings, is_open: false, is_told: None }
    }
}

/// `loa doctor`: exit 1 if something planned will fail.
pub(super) fn run(context: &Context, clock: &dyn Clock) -> anyhow::Result<ExitCode> {
    files::is_station(context)?;
    let looks = examine(context, clock);
    let findings: Vec<Finding> = looks.iter().flat_map(|look| look.findings.clone()).collect();
    if context.json {
        Page::data(checkup::json(&findings, context.lang)? + "\n");
    } else {
        Page::text(told(&looks, context.lang, sheet::text_columns()));
    }
    let bad = findings.iter().any(Finding::is_error);
    Ok(if bad { Exit::Findings.into() } else { ExitCode::SUCCESS })
}

/// Look at everything, in the order in which a person would.
fn examine(context: &Context, clock: &dyn Clock) -> Vec<Look> {
    let service = machine::service_station(&context.dir).then(machine::service).flatten();
    let status =
        door::ask(context, &Command::Status).map(|status| serde_json::from_value::<Status>(status).unwrap_or_default());
    let playing = status.as_ref().is_ok_and(is_playing);
    // Where the service's station is, its account plays, whatever somebody did to the files.
    let by_service = machine::service_station(&context.dir).then(machine::service_account).flatten();
    let account = by_service.or_else(|| machine::player_account(&context.dir));
    let files = station::Files::read(context, clock);
    let mut looks = vec![files.look(), files.coming(clock)];
    looks.push(the_clock(context, &files, status.as_ref().ok(), clock.wall()));
    looks.push(without_noise(|| card::look(&files.station, playing, account.as_ref())));
    looks.extend(amplifier::look(&files.station, account.as_ref()));
    looks.push(disks(context));
    looks.extend(account.map(|account| {
        let name = &account.name;
        let seen = text!("tài khoản {name}", "the account {name}");
        Look::new(text!("Quyền đọc và ghi", "Rights"), seen, rights::look(&context.dir, &account))
    }));
    looks.push(files.journal());
    looks.extend(bundle::look(&Site::new(&context.dir), &files.station, clock.wall()));
    looks.extend(link::look(&Site::new(&context.dir), &files.station, clock.wall()));
    looks.extend(cap::look(&Site::new(&context.dir), &files.station, clock.wall()));
    looks.extend(files.relays(clock));
    looks.extend(files.microphones(playing, clock));
    looks.push(alarms::recorded(&context.dir, &files.station, clock));
    looks.extend(alarms::drill(&context.dir, &files.station, clock.wall()));
    looks.extend(back::look(&context.dir, clock.wall(), &files.station.timezone));
    // Where nothing runs, that is said once.
    let page = files.station.console.zip(status.as_ref().ok());
    let page = page.map(|(listen, status)| {
        let (site, told) = (Site::new(&context.dir), status.standing.page.as_ref());
        page::look(&site, &files.station, clock.wall(), listen, told)
    });
    looks.push(running(context, status, service.as_ref()));
    looks.extend(page);
    if let Some(habits) = machine::habits() {
        let seen = text!("không tự ngủ, không tự khởi động lại", "does not sleep or restart by itself");
        looks.push(Look::new(text!("Máy", "Machine"), seen, sleep::judge(&habits)));
    }
    // What is seen in the files the daemon says too.
    let mut told = std::collections::HashSet::new();
    for look in &mut looks {
        let worst = worst(&look.findings);
        look.findings.retain(|one| told.insert((one.code.clone(), one.message.en.clone())));
        look.is_told = worst.filter(|_| look.findings.is_empty());
    }
    looks
}

fn is_playing(status: &Status) -> bool {
    status.zones.iter().any(|zone| zone.playing.is_some())
}

/// The clock: what the files know, what speaks for it, and what the daemon has decided.
fn the_clock(context: &Context, files: &station::Files, status: Option<&Status>, now: Wall) -> Look {
    let tz = &files.station.timezone;
    let mut findings = clock::judge(now, files.newest, tz);
    let (_, verdict) = look_at_clock(&context.dir, &files.station, now);
    let asked = || {
        text!(
            "xem cơ sở của giờ máy: loa clock; nếu giờ máy đúng, gõ: loa clock confirm",
            "see what speaks for the clock: loa clock; if it is right, type: loa clock confirm"
        )
    };
    let cure = verdict.cure();
    // The daemon's word goes before what is found here.
    let (doubted, believed) = match status.map(|status| &status.clock) {
        Some(told) => (told.why.as_deref().map(Reason::from), told.because.clone()),
        None if cure.is_some() => (Some(verdict.note()), None),
        None => (None, Some(codes(&verdict.reasons()))),
    };
    let why = doubted.as_ref().map(Reason::words);
    if let Some(why) = &why
        && (status.is_some() || findings.is_empty())
    {
        findings = vec![clock::distrusted(why, cure.unwrap_or_else(asked))];
    }
    let why = why.unwrap_or_else(|| Reason::from(format!("clock_trusted: {}", believed.unwrap_or_default())).words());
    let now = figure::moment(now, tz);
    let zone = tz.iana_name().unwrap_or("?");
    let (vi, en) = (&why.vi, &why.en);
    Look::new(
        text!("Đồng hồ", "Clock"),
        text!(now = now; "{now}, múi giờ {zone}; {vi}", "{now}, time zone {zone}; {en}"),
        findings,
    )
}

fn disks(context: &Context) -> Look {
    let site = Site::new(&context.dir);
    let disks = disk::space::disks(&site);
    let least = disks.iter().map(|disk| disk.left.bytes).min();
    let mut findings = disk::space::short(&disks);
    findings.extend(space::wear(machine::size_of(&site.state())));
    let left = figure::bytes(least.unwrap_or(0));
    Look::new(text!("Ổ đĩa", "Disk"), text!(left = left; "còn {left}", "{left} left"), findings)
}

/// What the daemon says of a journal that it cannot write.
fn unwritten(journal: &JournalStatus) -> Option<Finding> {
    let (Some(false), Some(why), waiting) = (journal.writes, &journal.why, journal.waiting) else { return None };
    let (vi, en) = (&why.vi, &why.en);
    Some(Finding::error(
        "journal_waiting",
        text!(
            "nhật ký chưa ghi được, {waiting} dòng đang chờ: {vi}",
            "the journal cannot be written, {waiting} rows wait: {en}"
        ),
        text!(
            "chữa việc ấy; nếu có chương trình giữ nhật ký, xem là chương trình nào: sudo fuser -v state/journal.db",
            "cure that; where a program holds it, see which: sudo fuser -v state/journal.db"
        ),
    ))
}

/// Whether anybody would play it.
fn running(context: &Context, status: anyhow::Result<Status>, service: Option<&Service>) -> Look {
    let what = text!("Chương trình", "Program");
    let mut findings = service.map(Service::findings).unwrap_or_default();
    let by_service = service.is_some_and(Service::is_installed);
    let Ok(status) = status else {
        let reach = door::reach(context);
        let (finding, seen) = without_answer(context, reach);
        // Why none runs the service says better.
        if reach != door::Reach::Absent || findings.is_empty() {
            findings.push(finding);
        }
        return Look::new(what, seen, findings);
    };
    findings.extend(unwritten(&status.journal));
    let standing = status.standing;
    findings.extend(standing.findings());
    if !by_service && machine::has_systemd() {
        findings.push(Finding::warning(
            "no_service",
            text!(
                "loa đang được chạy bằng tay: khởi động lại máy là không còn chạy",
                "loa was started by hand: it is gone when the machine restarts"
            ),
            text!("cài thành dịch vụ: sudo deploy/install", "install it as a service: sudo deploy/install"),
        ));
    }
    let rehearsal = standing.rehearsal.map_or_else(
        || text!("đang chạy", "running"),
        |done| {
            let (sounds, en) = (done.sounds, figure::count(done.sounds, "sound"));
            text!("đang chạy; diễn tập đêm qua: {sounds} âm thanh", "running; last rehearsal: {en}")
        },
    );
    Look::new(what, rehearsal, findings)
}

/// Of a daemon that has not answered: what is wrong, and what was seen.
fn without_answer(context: &Context, reach: door::Reach) -> (Finding, Text) {
    use door::Reach::{Absent, Deaf, Forbidden, Hidden, Silent};
    let restart = || {
        text!(
            "khởi động lại loa: sudo systemctl restart loa; nếu chạy bằng tay, tắt rồi mở lại «loa run»",
            "restart loa: sudo systemctl restart loa; where it was started by hand, end it and start \"loa run\" again"
        )
    };
    match reach {
        Forbidden => (
            Finding::warning(
                "socket_denied",
                text!(
                    "tài khoản này không được hỏi chương trình đang chạy",
                    "this account may not ask the running program"
                ),
                door::admission(context),
            ),
            text!("không được hỏi", "may not be asked"),
        ),
        Hidden => (
            Finding::warning("socket_denied", door::unreached(context, reach), text!("", "")),
            text!("không biết có đang chạy không", "nobody here can tell whether it runs"),
        ),
        Silent => (
            Finding::error(
                "no_answer",
                text!(
                    "loa đang chạy nhưng không trả lời: không biết đến giờ có phát không, lệnh dừng và khẩn cấp chưa dùng được",
                    "loa runs and does not answer: nobody knows whether it will play, and stop and alert do not work"
                ),
                restart(),
            ),
            text!("đang chạy, không trả lời", "runs, does not answer"),
        ),
        Deaf => (
            Finding::error(
                "no_socket",
                text!(
                    "loa đang chạy và phát theo lịch, nhưng không nhận lệnh được: state/loa.sock không mở được, nên «loa stop», «loa alert», «loa say» chưa dùng được",
                    "loa runs and plays its schedule, but takes no orders: state/loa.sock cannot be reached, so \"loa stop\", \"loa alert\" and \"loa say\" do not work"
                ),
                text!(
                    "nếu vừa mở loa, chờ nửa phút rồi xem lại; nếu không, xem state/ có ghi được không (ổ đĩa chỉ đọc, đầy, sai quyền), rồi khởi động lại loa",
                    "where loa was started just now, wait half a minute and look again; else see whether state/ can be written (a disk that can only be read, is full, or wrong rights), then restart loa"
                ),
            ),
            text!("đang chạy, không nhận lệnh", "runs, takes no orders"),
        ),
        Absent => (
            Finding::error(
                "not_running",
                text!("loa không chạy: đến giờ sẽ không có gì phát", "loa is not running: nothing will play"),
                text!(
                    "chạy «loa run», hoặc cài thành dịch vụ: sudo deploy/install",
                    "start \"loa run\", or install it as a service: sudo deploy/install"
                ),
            ),
            text!("chưa chạy", "not running"),
        ),
    }
}

/// Whether one of them is an error; none where there are none.
fn worst(findings: &[Finding]) -> Option<bool> {
    (!findings.is_empty()).then(|| findings.iter().any(Finding::is_error))
}

/// For people: a line for each thing, its findings with their cures below, and a conclusion.
fn told(looks: &[Look], lang: Lang, columns: Option<usize>) -> String {
    let mut out = String::new();
    for look in looks {
        let mark = match worst(&look.findings).or(look.is_told) {
            None if look.is_open => '·',
            None => '✓',
            Some(true) => '✗',
            Some(false) => '!',
        };
        out += &sheet::paragraph(&format!("{mark} {}: ", look.what.get(lang)), &plain(look.seen.get(lang)), columns);
        for one in &look.findings {
            let mark = if one.is_error() { '✗' } else { '!' };
            out += &sheet::paragraph(&format!("    {mark} "), &plain(one.message.get(lang)), columns);
            if !one.help.vi.is_empty() {
                out += &sheet::paragraph("      → ", &plain(one.help.get(lang)), columns);
            }
        }
    }
    let all = || looks.iter().flat_map(|look| &look.findings);
    let errors = all().filter(|one| one.is_error()).count();
    let warnings = all().count() - errors;
    let conclusion = match (errors, warnings) {
        (0, 0) => text!("Không thấy gì cản trở các lượt phát tới.", "Nothing stands in the way of what comes."),
        (0, _) => text!(
            "Sẽ phát được; có {warnings} chỗ nên xem (dấu !).",
            "It will play; look at what is marked with ! ({warnings})."
        ),
        (_, 0) => text!(
            "Phải chữa {errors} chỗ (dấu ✗) thì mới chắc phát được.",
            "Cure what is marked with ✗ ({errors}), or it will not play."
        ),
        _ => text!(
            "Phải chữa {errors} chỗ (dấu ✗) thì mới chắc phát được; {warnings} chỗ nên xem (dấu !).",
            "Cure what is marked with ✗ ({errors}), or it will not play; look at what is marked with ! ({warnings})."
        ),
    };
    out + &sheet::paragraph("", conclusion.get(lang), columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_break_in_a_name_makes_no_line() {
        let forged = || text!("schedules/n\n✓ FORGED.toml: x", "schedules/n\n✓ FORGED.toml: x");
        let found = vec![Finding::error("x", forged(), forged())];
        let said = told(&[Look::new(text!("Tệp", "Files"), forged(), found)], Lang::En, None);
        assert_eq!(said.lines().filter(|line| line.starts_with("✓ FORGED")).count(), 0, "{said}");
        assert_eq!(said.lines().count(), 4, "{said}");
    }

    #[test]
    fn people_see_what_was_looked_at_and_the_cure_below_each_finding() {
        let look = |vi, en| Look::new(text!("Ổ đĩa", "Disk"), Text { vi, en }, Vec::new());
        let told_above =
            Look { is_told: Some(false), ..look("không mở được".to_owned(), "does not open".to_owned()) };
        assert!(
            told(&[told_above], Lang::En, None).starts_with("! Disk: does not open\n"),
            "no tick beside what is wrong"
        );
        let open = Look { is_open: true, ..look("thiếu 8".to_owned(), "8 missing".to_owned()) };
        assert!(told(&[open], Lang::En, None).starts_with("· Disk: 8 missing\n"), "no tick beside what is missing");
        let fine = look("còn 9 MB".to_owned(), "9 MB left".to_owned());
        assert_eq!(told(&[fine], Lang::Vi, None), "✓ Ổ đĩa: còn 9 MB\nKhông thấy gì cản trở các lượt phát tới.\n");
        let found = vec![
            Finding::error("x", text!("hỏng", "broken"), text!("chữa", "cure it")),
            Finding::warning("y", text!("lạ", "odd"), text!("xem", "look")),
        ];
        let bad = Look::new(text!("Máy", "Machine"), text!("-", "-"), found);
        assert_eq!(
            told(&[bad], Lang::En, None),
            "✗ Machine: -\n    ✗ broken\n      → cure it\n    ! odd\n      → look\nCure what is marked with ✗ (1), or it will not play; look at what is marked with ! (1).\n"
        );
    }
}
