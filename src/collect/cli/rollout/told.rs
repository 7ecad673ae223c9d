use std::process::ExitCode;

use loa_core::diag::{Text, figure, shown, text};
use loa_core::signature::UtcSecond;
use serde_json::json;

use super::super::{CentreExit, CentreGround, Failed, Screen};
use crate::fleet::Register;
use crate::ledger::Ledger;
use crate::rollout::{BoxStage, RolloutBoxRecord, RolloutRecord, RolloutState, RolloutView};
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
    let (id, title, version) = (&record.id, shown(&record.title), record.version);
    let until = figure::moment(record.until.wall(), &ground.tz);
    let state = state(record);
    let said = text!(
        state = state, until = until;
        "Triển khai «{title}» số {version} ({id}): {state}; kết thúc {until}.",
        "Roll-out of \"{title}\", number {version} ({id}): {state}; it ends at {until}."
    );
    Screen::line(said.get(ground.lang));
    for (number, wave) in record.waves.iter().enumerate() {
        let count = |is: BoxStage| boxes.iter().filter(|one| one.wave == number && one.state == is).count();
        let (name, all) = (wave_name(&wave.name), wave.stations.len());
        let (used, received, refused) = (count(BoxStage::Used), count(BoxStage::Received), count(BoxStage::Refused));
        let sent = match wave.sent {
            Some(at) => text!(at = figure::moment(at.wall(), &ground.tz); "gửi {at}", "sent {at}"),
            None => text!("chưa gửi", "not sent"),
        };
        let back = if wave.back { text!(", đã lùi", ", gone back") } else { text!("", "") };
        let said = text!(
            name = name, sent = sent, back = back;
            "  Đợt {name}: {all} đài, {sent}{back}; đang dùng {used}, đã nhận {received}, không được {refused}",
            "  RolloutWave {name}: stations: {all}, {sent}{back}; in use: {used}, received: {received}, no good: {refused}"
        );
        Screen::line(said.get(ground.lang));
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

fn state(record: &RolloutRecord) -> Text {
    let why = shown(&record.why);
    match record.state {
        RolloutState::Running => text!("đang chạy", "under way"),
        RolloutState::Stopping => text!("đang dừng ({why})", "is being stopped ({why})"),
        RolloutState::Stopped => text!("đã dừng ({why})", "stopped ({why})"),
        RolloutState::Done => text!("xong, mọi đài đang dùng", "done, in use everywhere"),
        RolloutState::Superseded => text!("đã có lịch mới hơn thay", "a newer one has taken its place"),
        RolloutState::Over => text!("hết hạn", "its time is over"),
    }
}

/// `test`, `commune`, `tenth`, `all`.
pub(super) fn wave_name(name: &str) -> Text {
    match name {
        "test" => text!("đài thử", "of test boxes"),
        "commune" => text!("một xã", "of one commune"),
        "tenth" => text!("một phần mười", "of a tenth"),
        _ => text!("tất cả", "of all"),
    }
}
