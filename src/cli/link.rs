//! `loa link`: the way to the centre, and how it stands.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use super::page::Page;
use super::{Context, Exit, Failure, child, files};
use crate::clock::Clock;
use crate::diag::{Colours, Diagnostic, Text, render, text};
use crate::disk;
use crate::link::{self, CentreLink, LinkAddress, LinkEnd, LinkPace, LinkStanding};
use crate::machine::MachineClock;
use crate::site::Site;
use crate::station::Station;

/// `loa link`.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct LinkArgs {
    /// Chỉ xem: trung tâm trả lời lúc nào, đang giữ lịch nào, đã nhận bao nhiêu nhật ký. | Only tell how it stands.
    #[arg(long)]
    status: bool,
    /// Tắt khi đầu vào đóng, tức là khi loa run tắt. | End when the input is closed: when loa run has ended.
    #[arg(long, hide = true)]
    with_daemon: bool,
}

pub(super) fn run(context: &Context, args: &LinkArgs) -> anyhow::Result<ExitCode> {
    files::is_station(context)?;
    let (station, found, sources) = disk::station::load(&context.dir);
    let site = Site::new(&context.dir);
    if station.link.is_wrong {
        // What is wrong there, by line and with its cure, as the check says it.
        let errors: Vec<_> = found.into_iter().filter(Diagnostic::is_error).collect();
        Page::aside(render(&errors, &sources, context.lang, Colours::Plain));
        return Err(Failure::new(
            Exit::Configuration,
            text!(
                "[link] trong loa.toml còn lỗi nên chưa nối về trung tâm: sửa như trên rồi chạy lại",
                "[link] in loa.toml is wrong, so that there is no way to the centre: mend it as above, and start again"
            ),
        )
        .into());
    }
    if !station.link.is_written() {
        return Err(Failure::new(
            Exit::Configuration,
            text!(
                "loa.toml chưa ghi đường về trung tâm: viết [link] với servers và credentials mà trung tâm đã giao",
                "loa.toml names no way to the centre: write [link] with the servers and credentials that the centre gave out"
            ),
        )
        .into());
    }
    if args.status {
        return status(context, &site, &station);
    }
    let address = LinkAddress::of(&station).map_err(|why| Failure::new(Exit::Configuration, why))?;
    child::end_with(args.with_daemon)?;
    let (clock, lang): (Arc<dyn Clock>, _) = (Arc::new(MachineClock), context.lang);
    let log = Box::new(move |said: &Text| Page::aside(format_args!("loa link: {}", said.get(lang))));
    let mut link = CentreLink { site, station, address, clock, pace: LinkPace::default(), log };
    loop {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(2).build()?;
        match runtime.block_on(link::run(&link)).map_err(|why| Failure::new(Exit::Io, why.text()))? {
            LinkEnd::Over => return Ok(ExitCode::SUCCESS),
            LinkEnd::Changed => {}
        }
        match reread(context) {
            Some((station, address)) => (link.station, link.address) = (station, address),
            None => (link.log)(&context.told(&text!(
                "[link] hay [bundle] trong loa.toml không dùng được nữa, vẫn nối theo bản trước; xem: loa check",
                "[link] or [bundle] in loa.toml can be used no more, the link goes by what they were before; see: loa check"
            ))),
        }
    }
}

/// The station as `loa.toml` has it by now, where a way to the centre is still there and right.
fn reread(context: &Context) -> Option<(Station, LinkAddress)> {
    let (station, ..) = disk::station::load(&context.dir);
    if station.link.is_wrong || !station.link.is_written() {
        return None;
    }
    let address = LinkAddress::of(&station).ok()?;
    Some((station, address))
}

fn status(context: &Context, site: &Site, station: &Station) -> anyhow::Result<ExitCode> {
    let standing = LinkStanding::read(site);
    if context.json {
        Page::data(serde_json::to_string_pretty(&standing)? + "\n");
        return Ok(ExitCode::SUCCESS);
    }
    for line in standing.lines(station) {
        Page::line(line.get(context.lang));
    }
    Ok(ExitCode::SUCCESS)
}
