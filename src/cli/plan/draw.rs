use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use super::super::destination::{Destination, Product};
use super::super::page::Page;
use super::super::{Context, Exit, Failure, files, when};
use super::Question;
use crate::daemon::heard_so_far;
use crate::diag::{Text, text};
use crate::instant::Wall;
use crate::picture::{self, AIRINGS_MAX, ROWS_MAX, Subject, TooMuch};
use crate::plan::{Audience, PlanContext};
use crate::player::World;

/// `loa plan --svg F`.
pub(super) fn run(
    context: &Context,
    world: &World,
    question: &Question,
    file: &Path,
    now: Wall,
) -> anyhow::Result<ExitCode> {
    let (from, to) = when::window(question.from.as_deref(), question.to.as_deref(), now, &world.station.timezone)?;
    let svg = picture(context, world, question, (from, to), now)?;
    if from < now {
        let said = text!(
            "loa: bức vẽ là theo lịch; phần đã qua thật sự phát những gì: loa plan, loa journal",
            "loa: the picture is of the schedule; what of the past was really heard: loa plan, loa journal"
        );
        Page::aside(said.get(context.lang));
    }
    if file == Path::new("-") {
        Page::data(svg);
        return Ok(ExitCode::SUCCESS);
    }
    let destination = Destination::new(&context.dir, file, Product::Picture)?;
    let mut draft = destination.draft()?;
    let written = draft.file().write_all(svg.as_bytes()).and_then(|()| draft.place());
    written.map_err(|error| destination.failure(&error))?;
    let file = file.display();
    Page::line(text!("Đã vẽ vào {file}.", "Drawn into {file}.").get(context.lang));
    Ok(ExitCode::SUCCESS)
}

fn picture(
    context: &Context,
    world: &World,
    question: &Question,
    (from, to): (Wall, Wall),
    now: Wall,
) -> anyhow::Result<String> {
    let World { station, schedule, library } = world;
    let zones = files::zones(station, question.zone.as_deref())?;
    let ground = PlanContext::knowing(schedule, station, library, heard_so_far(&context.dir, station, now));
    let airings = ground.plan(from, to);
    let subject = Subject {
        airings: &airings,
        ground: &ground,
        zones: &zones,
        from,
        to,
        lang: context.lang,
        reader: Audience::Files,
        now: None,
    };
    Ok(picture::draw(&subject).map_err(|much| Failure::new(Exit::Usage, too_much(much)))?)
}

fn too_much(much: TooMuch) -> Text {
    let TooMuch { rows, airings } = much;
    text!(
        "bức vẽ có {rows} hàng, {airings} lượt phát, nhiều hơn {ROWS_MAX} hàng hoặc {AIRINGS_MAX} lượt thì không ai xem nổi; hãy thu ngắn --from, --to hoặc chọn --zone",
        "the picture would have {rows} rows and {airings} airings; more than {ROWS_MAX} rows or {AIRINGS_MAX} airings cannot be looked at: bring --from and --to closer, or choose a --zone"
    )
}
