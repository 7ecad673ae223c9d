use std::process::ExitCode;

use loa_core::diag::{shown, text};
use loa_core::signature::UtcSecond;
use serde_json::json;

use super::super::{CentreExit, CentreGround, Failed, Screen};
use crate::fleet::Register;
use crate::ledger::Ledger;
use crate::rollout::{BoxStage, RolloutBoxRecord, RolloutRecord, RolloutView};
use crate::watch;

/// How far it is, and every box that does not use it, with whom to call.
pub(super) fn status(
    ground: &CentreGround,
    ledger: &mut dyn Ledger,
    record: &RolloutRecord,
) -> Result<ExitCode, Failed> {
    let now = watch::now();
    let view = RolloutView::gather(ledger, record, now)?;
    let boxes = RolloutBoxRecord::of_all(ledger, record, &view, UtcSecond::of(now))?;
    if ground.json {
        Screen::data(format!("{:#}\n", json!({ "rollout": record, "boxes": boxes })));
    } else {
        lines(ground, record, &boxes);
    }
    let is_good = boxes.iter().all(|one| one.state == BoxStage::Used);
    Ok(if is_good { ExitCode::SUCCESS } else { CentreExit::Findings.into() })
}

fn lines(ground: &CentreGround, record: &RolloutRecord, boxes: &[RolloutBoxRecord]) {
    let shown_as = record.shown(boxes);
    Screen::line(shown_as.sentence(&ground.tz).get(ground.lang));
    for wave in &shown_as.waves {
        Screen::line(format_args!("  {}", wave.sentence(&ground.tz).get(ground.lang)));
    }
    let register = Register::read(&ground.dir).ok();
    let call = |one: &RolloutBoxRecord| {
        let place = register.as_ref().and_then(|register| register.places.get(&one.station));
        place.map(|place| shown(&place.call)).filter(|call| !call.is_empty()).unwrap_or_default()
    };
    for one in boxes.iter().filter(|one| matches!(one.state, BoxStage::Refused | BoxStage::Overdue)) {
        let (station, said, call) = (&one.station, one.text(), call(one));
        let call = if call.is_empty() { text!("", "") } else { text!(" — gọi {call}", " — call {call}") };
        let line = text!(said = said, call = call; "  {station}: {said}{call}", "  {station}: {said}{call}");
        Screen::line(line.get(ground.lang));
    }
}
