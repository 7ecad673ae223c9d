//! `loa courier`: a stick that somebody carries from box to box: signed bundles in, the journal and a report out; and, at
//! the other end, what the boxes have given it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::page::Page;
use super::{Context, Exit, Failure, door, files};
use crate::bundle::PublicKey;
use crate::clock::{Clock, ClockVerdict};
use crate::courier::{self, BoxReport, BundleFate, Delivery, Installer, Outbox, Steps, Visited};
use crate::daemon::look_at_clock;
use crate::daemon::protocol::Command;
use crate::diag::{Text, shown, text};
use crate::fact::{Entry, EntryKind};
use crate::instant::Wall;
use crate::journal::{Journal, StationKey};
use crate::plan::{Library, Wanted};
use crate::reason::{Reason, Untaken};
use crate::site::{Folder, Site};
use crate::station::Station;

/// `loa courier`.
#[derive(Args, Debug)]
pub(super) struct CourierArgs {
    /// Thư mục của USB. | The stick's directory.
    #[arg(value_name = "DIR")]
    stick: PathBuf,
    /// USB vừa được cắm, không ai ra lệnh: USB không có gói ký cho đài này thì để yên. | Put in without an order.
    #[arg(long, conflicts_with = "read")]
    plugged: bool,
    /// Chỉ đọc và kiểm tra nhật ký các máy đã gửi trên USB ấy. | Only read and verify what boxes have given it.
    #[arg(long)]
    read: bool,
}

/// What an installer needs, gathered.
pub(super) struct CourierDesk {
    site: Site,
    station: Station,
    library: Library,
    now: Wall,
    believed: bool,
}

impl CourierDesk {
    pub(super) fn open(context: &Context, clock: &dyn Clock) -> anyhow::Result<Self> {
        let now = clock.wall();
        let site = Site::new(&context.dir);
        // What a power cut broke off first: what is read here is then what lies there.
        courier::finish(&site, &courier::whole).map_err(|why| super::bundle::unfit(context, &why))?;
        let gathered = super::files::gather(context, now);
        let wanted = Wanted::new(&gathered.loaded.schedule, &gathered.station);
        let library = files::sounds(context, clock, &wanted);
        let (_, verdict) = look_at_clock(&context.dir, &gathered.station, now);
        let believed = matches!(verdict, ClockVerdict::Trusted(_));
        Ok(Self { site, station: gathered.station, library, now, believed })
    }

    pub(super) fn installer<'a>(&'a self, _: &Context, steps: &'a Steps<'a>) -> Installer<'a> {
        let Self { site, station, library, now, believed } = self;
        Installer { site, station, library, now: *now, believed: *believed, steps }
    }
}

pub(super) fn run(context: &Context, clock: &dyn Clock, args: &CourierArgs) -> anyhow::Result<ExitCode> {
    if args.read {
        return read_back(context, args);
    }
    files::is_station(context)?;
    let tell = |station: &Station, word| {
        let Some(words) = &station.courier_tell else { return };
        let said = if !may_tell(&context.dir) {
            text!(
                "loa: không chạy lệnh [courier] tell: loa.toml phải là của root thì root mới chạy lệnh trong đó",
                "loa: the [courier] tell command is not run: root runs no command of a loa.toml that is not root's"
            )
        } else if !courier::tell(words, word, clock) {
            text!("loa: lệnh [courier] tell báo lỗi", "loa: the [courier] tell command failed")
        } else {
            return;
        };
        Page::aside(said.get(context.lang));
    };
    let desk = CourierDesk::open(context, clock)?;
    tell(&desk.station, "begin");
    let visited = visit(context, &desk, args);
    tell_journal(context, clock);
    if let Ok(Visited { report: Some(report), .. }) = &visited {
        let title = format!("Đã chép nhật ký đến dòng {} cho người đưa tin", report.rows);
        note(context, clock, Reason::ReportTaken(report.rows), &title);
    }
    tell(&desk.station, visited.as_ref().map_or("failed", Visited::word));
    say(context, &visited?)
}

/// Root runs no program that somebody else could have named.
fn may_tell(dir: &Path) -> bool {
    let owner = Folder::open(dir).ok().and_then(|top| top.owner_of("loa.toml"));
    Folder::own_account() != 0 || owner == Some(0)
}

fn visit(context: &Context, desk: &CourierDesk, args: &CourierArgs) -> anyhow::Result<Visited> {
    let status = door::is_running(context).then(|| door::ask(context, &Command::Status).ok()).flatten();
    let (key, _) = StationKey::read_or_make(&desk.site).map_err(|why| {
        let Text { vi, en } = why;
        let how = text!("{vi}; hãy chạy bằng quyền quản trị (sudo)", "{en}; run it as administrator (sudo)");
        Failure::new(Exit::Permission, how)
    })?;
    // A box that has joined and has no network keeps its key all the same.
    let link = &desk.station.link;
    let own = if link.is_written() { context.dir.join(&link.credentials) } else { desk.site.link_seed() };
    let vouch =
        PublicKey::read(&key.public()).and_then(|signer| courier::vouch(&own, &desk.station.bundle.place, &signer));
    let outbox = Outbox {
        site: &desk.site,
        station: &desk.station.name,
        place: &desk.station.bundle.place,
        key: &key,
        now: desk.now,
        believed: desk.believed,
        status,
        vouch,
        steps: &courier::whole,
    };
    let installer = desk.installer(context, &courier::whole);
    let visited = courier::visit(&args.stick, &installer, Some(&outbox), args.plugged);
    visited.map_err(|error| unread(args, &error).into())
}

/// It is the stick that cannot be read, and not the station's disk.
fn unread(args: &CourierArgs, error: &std::io::Error) -> Failure {
    let (dir, Text { vi, en }) = (shown(&args.stick.to_string_lossy()), crate::diag::system(error));
    let said = text!("không đọc được USB ở «{dir}»: {vi}", "the stick at \"{dir}\" cannot be read: {en}");
    Failure::new(Exit::Io, said)
}

fn say(context: &Context, visited: &Visited) -> anyhow::Result<ExitCode> {
    let refused = visited.deliveries.iter().any(|one| one.fate == BundleFate::Refused);
    let exit = match () {
        () if visited.failed.is_some() || visited.unwritten.is_some() => Exit::Io.into(),
        () if refused => Exit::Findings.into(),
        () => ExitCode::SUCCESS,
    };
    let lang = context.lang;
    if context.json {
        let said = json!({
            "deliveries": visited.deliveries,
            "report": visited.report.as_ref().map(|report| json!({ "number": report.number, "rows": report.rows })),
            "failed": visited.failed.as_ref().map(|why| why.get(lang)),
            "unwritten": visited.unwritten.as_ref().map(|why| why.get(lang)),
        });
        Page::data(serde_json::to_string_pretty(&said)? + "\n");
        return Ok(exit);
    }
    for delivery in &visited.deliveries {
        Page::line(format_args!("{}: {}.", shown(&delivery.file), delivery.text().get(lang)));
    }
    if visited.deliveries.is_empty() && visited.failed.is_none() {
        Page::line(text!("Trên USB không có gói tin nào.", "There is no bundle on the stick.").get(lang));
    }
    if let Some(report) = &visited.report {
        let (rows, number) = (report.rows, report.number);
        let said = text!(
            "Đã chép nhật ký ({rows} dòng) và báo cáo số {number} lên USB.",
            "Wrote the journal (rows: {rows}) and report {number} onto the stick."
        );
        Page::line(said.get(lang));
    }
    for why in [&visited.failed, &visited.unwritten].into_iter().flatten() {
        Page::aside(format_args!("loa: {}", why.get(lang)));
    }
    Ok(exit)
}

/// Tell the journal what it does not know of yet: through the daemon where it runs. What cannot be told now is told later.
pub(super) fn tell_journal(context: &Context, clock: &dyn Clock) {
    let site = Site::new(&context.dir);
    let told = courier::note(&site, |delivery| note(context, clock, reason(delivery), &delivery.text().vi));
    if let Err(why) = told {
        Page::aside(format_args!(
            "loa: {}",
            why.text(&crate::disk::station::load(&context.dir).0.timezone).get(context.lang)
        ));
    }
}

/// What the journal has of a bundle.
fn reason(delivery: &Delivery) -> Reason {
    let Delivery { version, place, signed_by, code, file, .. } = delivery;
    match delivery.fate {
        BundleFate::Refused | BundleFate::Elsewhere => {
            Reason::BundleRefused(Untaken(format!("{code}, {}", shown(file))))
        }
        BundleFate::Installed | BundleFate::Again => {
            Reason::BundleInstalled(format!("{version}, {place}, {}", shown(signed_by)))
        }
    }
}

fn note(context: &Context, clock: &dyn Clock, reason: Reason, title: &str) -> bool {
    if door::is_running(context) {
        let command = Command::Brought { reason: reason.to_string(), title: title.to_owned() };
        return door::ask(context, &command).is_ok();
    }
    let (now, path) = (clock.wall(), Site::new(&context.dir).journal());
    let tz = crate::disk::station::load(&context.dir).0.timezone;
    let entry = Entry {
        kind: EntryKind::Note,
        written: now,
        title: title.to_owned(),
        reason: Some(reason),
        ..Entry::default()
    };
    // A station that has never run has no journal; its first start finds what waits to be told.
    path.exists() && Journal::open(&path, now, &tz).and_then(|mut opened| opened.journal.note(&entry)).is_ok()
}

fn read_back(context: &Context, args: &CourierArgs) -> anyhow::Result<ExitCode> {
    let boxes = courier::read_back(&args.stick).map_err(|error| unread(args, &error))?;
    let good = boxes.iter().all(|one| one.wrong.is_empty());
    let exit = if good { ExitCode::SUCCESS } else { Exit::Findings.into() };
    let lang = context.lang;
    if context.json {
        let row = |one: &BoxReport| {
            let report = one.report.as_ref().map(|(report, key)| json!({ "key": key.as_str(), "report": report }));
            let wrong: Vec<&str> = one.wrong.iter().map(|why| why.get(lang)).collect();
            json!({ "folder": one.folder, "signed": report, "wrong": wrong })
        };
        Page::data(serde_json::to_string_pretty(&boxes.iter().map(row).collect::<Vec<_>>())? + "\n");
        return Ok(exit);
    }
    if boxes.is_empty() {
        Page::line(text!("Trên USB chưa có nhật ký của máy nào.", "No box has given this stick anything.").get(lang));
    }
    for one in &boxes {
        let folder = shown(&one.folder);
        if let Some((report, key)) = &one.report {
            let (station, rows, number, key) = (shown(&report.station), report.rows, report.number, key.name());
            let said = text!(
                "{folder}: {station}, {rows} dòng nhật ký, báo cáo số {number}, khóa {key}",
                "{folder}: {station}, rows {rows}, report {number}, key {key}"
            );
            Page::line(said.get(lang));
        }
        for why in &one.wrong {
            Page::line(format_args!("{folder}: {}", why.get(lang)));
        }
    }
    Ok(exit)
}
