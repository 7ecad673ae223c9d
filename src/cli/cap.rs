//! `loa cap`: alarms from outside, how they stand, and what the station would make of one.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::page::Page;
use super::{Context, Exit, Failure, child, files};
use crate::cap::DOCUMENT_MOST;
use crate::clock::{Clock, ClockVerdict};
use crate::daemon::look_at_clock;
use crate::diag::{Text, text};
use crate::disk;
use crate::instant::Wall;
use crate::machine::MachineClock;
use crate::site::{self, Site};
use crate::station::Station;
use crate::warning::{self, CapOpinion, CapPace, CapStanding, CapWatch};

/// So many alarms are told of; the rest is in the journal.
const TOLD_MOST: usize = 20;

/// `loa cap`.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct CapArgs {
    /// Chỉ xem: những báo động đã nhận, đã làm gì, nơi nào không nghe được. | Only tell what came, what was done, who did not hear.
    #[arg(long)]
    status: bool,
    /// Tắt khi đầu vào đóng, tức là khi loa run tắt. | End when the input is closed: when loa run has ended.
    #[arg(long, hide = true)]
    with_daemon: bool,
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Subcommand, Clone, Debug)]
enum Action {
    /// Xét một bản tin: ai ký, ở đâu, đài sẽ làm gì. Không phát gì. | Judge a document: who signed it, where, what would be done.
    Show {
        /// Tệp của bản tin CAP. | The file of the alarm.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

pub(super) fn run(context: &Context, args: &CapArgs) -> anyhow::Result<ExitCode> {
    files::is_station(context)?;
    let (site, station) = (Site::new(&context.dir), disk::station::load(&context.dir).0);
    if let Some(Action::Show { file }) = &args.action {
        return show(context, &site, &station, file);
    }
    if args.status {
        return status(context, &site, &station);
    }
    if !station.cap.is_written() {
        return Err(Failure::new(
            Exit::Configuration,
            text!(
                "loa.toml chưa nói nhận báo động nào từ ngoài: viết [cap] với feeds, và [cap.senders.…] với khóa của nơi gửi",
                "loa.toml takes no alarms from outside: write [cap] with feeds, and [cap.senders.…] with the key of who sends them"
            ),
        )
        .into());
    }
    child::end_with(args.with_daemon)?;
    let (clock, lang): (Arc<dyn Clock>, _) = (Arc::new(MachineClock), context.lang);
    let log = Box::new(move |said: &Text| Page::aside(format_args!("loa cap: {}", said.get(lang))));
    let feeds = station.cap.feeds.len();
    let watch = CapWatch { site, station, clock, pace: CapPace::default(), log };
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    // Each feed may wait for its server by itself.
    let runtime = runtime.enable_all().max_blocking_threads(feeds + 1).build()?;
    runtime.block_on(warning::run(&watch)).map_err(|why| Failure::new(Exit::Io, why.text()))?;
    Ok(ExitCode::SUCCESS)
}

fn show(context: &Context, site: &Site, station: &Station, file: &std::path::Path) -> anyhow::Result<ExitCode> {
    let bytes = site::read(file, DOCUMENT_MOST as u64 + 1).map_err(|why| {
        let (name, Text { vi, en }) = (crate::diag::shown(&file.display().to_string()), why.text());
        Failure::new(Exit::Io, text!("không đọc được {name}: {vi}", "{name} cannot be read: {en}"))
    })?;
    let (trust, unusable) = warning::trusted(site, &station.cap);
    for key in unusable {
        Page::aside(key.why.get(context.lang));
    }
    let opinion = CapOpinion::of(&bytes, &trust, station, believed(site, station, MachineClock.wall()));
    if context.json {
        Page::data(serde_json::to_string_pretty(&opinion)? + "\n");
    } else {
        for line in opinion.lines(station) {
            Page::line(line.get(context.lang));
        }
        Page::line(text!("(Chỉ xét, không phát gì.)", "(Only judged: nothing sounds.)").get(context.lang));
    }
    Ok(if opinion.is_trusted() { ExitCode::SUCCESS } else { Exit::Findings.into() })
}

fn status(context: &Context, site: &Site, station: &Station) -> anyhow::Result<ExitCode> {
    let standing = CapStanding::read(site);
    if context.json {
        Page::data(serde_json::to_string_pretty(&standing)? + "\n");
        return Ok(ExitCode::SUCCESS);
    }
    for line in standing.lines(station, believed(site, station, MachineClock.wall()), TOLD_MOST) {
        Page::line(line.get(context.lang));
    }
    Ok(ExitCode::SUCCESS)
}

/// The time, where the station believes its clock.
pub(super) fn believed(site: &Site, station: &Station, now: Wall) -> Option<Timestamp> {
    let (_, verdict) = look_at_clock(site.dir(), station, now);
    matches!(verdict, ClockVerdict::Trusted(_)).then(|| now.timestamp())
}
