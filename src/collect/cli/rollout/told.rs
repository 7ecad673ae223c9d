use std::process::ExitCode;

use loa_core::diag::{shown, text};
use loa_core::signature::{Locality, UtcSecond};
use serde_json::json;

use super::super::{CentreExit, CentreGround, Failed, Screen};
use crate::dispatch::place_of;
use crate::fleet::Register;
use crate::ledger::Ledger;
use crate::rollout::{BoxStage, RolloutBoxRecord, RolloutRecord, RolloutView, is_carried};
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
        lines(ground, record, &view, &boxes);
    }
    let is_good = boxes.iter().all(|one| one.state == BoxStage::Used);
    Ok(if is_good { ExitCode::SUCCESS } else { CentreExit::Findings.into() })
}

fn lines(ground: &CentreGround, record: &RolloutRecord, view: &RolloutView, boxes: &[RolloutBoxRecord]) {
    let shown_as = record.shown(boxes);
    Screen::line(shown_as.sentence(&ground.tz).get(ground.lang));
    for wave in &shown_as.waves {
        Screen::line(format_args!("  {}", wave.sentence(&ground.tz).get(ground.lang)));
    }
    let register = Register::read(&ground.dir).ok();
    let call = |station: &Locality| {
        let place = register.as_ref().and_then(|register| register.places.get(station));
        let call = place.map(|place| shown(&place.call)).filter(|call| !call.is_empty());
        call.map_or_else(|| text!("", ""), |call| text!(" — gọi {call}", " — call {call}"))
    };
    for one in boxes.iter().filter(|one| matches!(one.state, BoxStage::Refused | BoxStage::Overdue)) {
        let (station, said, call) = (&one.station, one.text(), call(&one.station));
        let line = text!(said = said, call = call; "  {station}: {said}{call}", "  {station}: {said}{call}");
        Screen::line(line.get(ground.lang));
    }
    let version = record.version;
    for (station, _) in view.stations.iter().zip(&view.facts).filter(|(_, facts)| is_carried(record, facts)) {
        let (place, call) = (place_of(station), call(station));
        let line = text!(
            call = call;
            "  {station}: đang giữ số {version}, nhận qua USB khi chưa tới đợt: mang gói để lùi tới đó, hay gõ loa fleet send LÙI.loa --to {place}{call}",
            "  {station}: has number {version}, brought on a stick ahead of its wave: take the bundle to go back with there, or type loa fleet send BACK.loa --to {place}{call}"
        );
        Screen::line(line.get(ground.lang));
    }
}
