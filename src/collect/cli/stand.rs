use loa_board::{Board, BoardError, BoardFleet};
use loa_core::diag::{Text, figure, shown, text};
use loa_core::district::{
    Consequence, FleetView, JudgedBox, alarm_sentence, box_lines, consequence_sentence, sentence,
};

use super::{CentreGround, Failed};
use crate::watch;

/// Boxes that a status names: the worst.
const WORST_MOST: usize = 20;

/// The first sentence of the district's page, then the worst boxes, each with whom to call.
pub(super) fn stand(ground: &CentreGround) -> Result<Option<String>, Failed> {
    let mut board = match Board::find(&ground.dir) {
        Ok(board) => board,
        Err(BoardError::Absent) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let fleet = board.fleet()?;
    let now = watch::now();
    let view = FleetView::judge(fleet.facts, &fleet.wanted, now);
    let alarms = board.open_alarms()?;
    let standing = alarms.iter().filter(|alarm| alarm.over.is_none());
    let mut lines = vec![sentence(&view.counts(), standing.clone().count()).get(ground.lang).to_owned() + "."];
    if BoardFleet::is_stopped(fleet.beat, now) {
        let never = || text!("trước đến nay", "the beginning");
        let since = fleet.beat.map_or_else(never, |at| figure::moment(at, &ground.tz));
        let said = text!(
            since = since;
            "Trung tâm không ghi gì từ {since}: những gì dưới đây đã cũ; hãy chạy loa collect run",
            "The centre has written nothing since {since}: what follows is old; run loa collect run"
        );
        lines.push(said.get(ground.lang).to_owned());
    }
    lines.extend(standing.map(|alarm| {
        let Text { vi, en } = alarm_sentence(alarm, &fleet.names, &ground.tz);
        text!("SỰ CỐ {vi}", "TROUBLE {en}").get(ground.lang).to_owned()
    }));
    let is_told = |own: &&JudgedBox| !matches!(own.consequence, Consequence::Well | Consequence::Vacant);
    lines.extend(view.boxes.iter().filter(is_told).take(WORST_MOST).map(|own| {
        let facts = &own.facts;
        let said = consequence_sentence(own, &ground.tz);
        let three = box_lines(own, &ground.tz).map(|line| line.get(ground.lang).to_owned()).join("; ");
        let call = [shown(&facts.contact), shown(&facts.phone)].join(" ");
        let (place, title) = (&facts.place, shown(&facts.title));
        format!("{place} {title}: {}; {three}. {}", said.get(ground.lang), call.trim())
    }));
    Ok(Some(lines.join("\n")))
}
