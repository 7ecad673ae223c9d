//! The board in a file, and by numbers.

use rusqlite::StatementStatus;

use crate::district::{Consequence, FleetAlarmState, FleetCause, FleetTrouble, FleetView, NotHandled};
use crate::instant::Wall;
use crate::signature::Locality;
use crate::{Board, BoardError, sample};

const NOW: Wall = Wall::from_secs(1_796_000_000);

fn place(written: &str) -> Locality {
    Locality::read(written).unwrap()
}

#[test]
fn what_was_written_is_read_by_another_process_and_there_is_none_where_none_was_made() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(Board::find(dir.path()), Err(BoardError::Absent)));
    let mut board = Board::open(dir.path()).unwrap();
    sample::fill(&mut board, 200, NOW).unwrap();
    let mut other = Board::find(dir.path()).unwrap();
    let fleet = other.fleet().unwrap();
    assert_eq!((fleet.facts.len(), fleet.beat, fleet.name.as_str()), (200, Some(NOW), "Tỉnh 01"));
    assert_eq!(fleet.names[&place("p01.c003")], "Xã Ba Tơ");
    assert_eq!(fleet, board.fleet().unwrap());
    let view = FleetView::judge(fleet.facts, &fleet.wanted, NOW);
    for one in Consequence::ALL {
        assert!(view.boxes.iter().any(|own| own.consequence == one), "the sample has every state: {one:?}");
    }
    let station = other.station(&place("p01.c000.h00003")).unwrap().unwrap();
    assert_eq!((station.rows.len(), station.rows[0].seq, station.facts.title.as_str()), (3, 20, "Thôn 4"));
    assert!(other.station(&place("p01.c999.h1")).unwrap().is_none());
    std::fs::write(dir.path().join("board/board.db"), "another program's").unwrap();
    assert!(Board::find(dir.path()).is_err());
}

#[test]
fn looking_at_three_thousand_boxes_costs_a_line_each_and_no_more() {
    let steps = |count: usize| {
        let mut board = Board::in_memory().unwrap();
        sample::fill(&mut board, count, NOW).unwrap();
        let mut statement = board.db.prepare(crate::reading::BOXES).unwrap();
        let rows = statement.query_map([], |_| Ok(())).unwrap().count();
        assert_eq!(rows, count);
        let (steps, sorts) =
            (statement.get_status(StatementStatus::VmStep), statement.get_status(StatementStatus::Sort));
        assert_eq!(sorts, 0);
        steps
    };
    let (few, many) = (steps(300), steps(3_000));
    assert!(many < 12 * few, "it grows as the boxes do: {few} {many}");
    assert!(many < 60 * 3_000, "{many}");
    // One station, one alarm: by their keys.
    let mut board = Board::in_memory().unwrap();
    sample::fill(&mut board, 3_000, NOW).unwrap();
    for query in ["SELECT * FROM station WHERE path = 'p01.c001.h00021'", "SELECT * FROM alarm WHERE id = 3"] {
        let mut statement = board.db.prepare(query).unwrap();
        statement.query_map([], |_| Ok(())).unwrap().count();
        assert_eq!(statement.get_status(StatementStatus::FullscanStep), 0, "{query}");
    }
}

#[test]
fn an_alarm_is_taken_closed_and_raised_anew_and_nothing_of_that_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let mut board = Board::open(dir.path()).unwrap();
    let trouble = |cause| {
        let boxes = vec![place("p01.c1.h1"), place("p01.c1.h2")];
        FleetTrouble { area: place("p01.c1"), cause, boxes, since: NOW }
    };
    let outage = trouble(FleetCause::Outage);
    assert_eq!(board.keep_troubles(std::slice::from_ref(&outage), NOW).unwrap(), 1);
    assert_eq!(board.keep_troubles(std::slice::from_ref(&outage), NOW).unwrap(), 0, "the same again is no news");
    let id = board.open_alarms().unwrap()[0].id;
    let later = NOW + std::time::Duration::from_hours(2);
    let refused = board.close_alarm(id, "bà Hai", "xong", NOW);
    assert!(matches!(refused, Err(BoardError::NotHandled(NotHandled::StillThere))));
    board.take_alarm(id, "bà Hai", later, "đã gọi điện lực", NOW).unwrap();
    let mut again = Board::find(dir.path()).unwrap();
    let alarm = again.alarm(id).unwrap();
    assert_eq!((alarm.state(NOW), alarm.taken.unwrap().why.as_str()), (FleetAlarmState::Taken, "đã gọi điện lực"));
    assert_eq!(again.keep_troubles(&[], later).unwrap(), 1);
    assert_eq!(again.alarm(id).unwrap().state(later), FleetAlarmState::Over);
    board.close_alarm(id, "bà Hai", "có điện lại lúc 6 giờ", later).unwrap();
    assert!(board.open_alarms().unwrap().is_empty());
    assert_eq!(board.closed_alarms().unwrap()[0].closed.as_ref().unwrap().2, "có điện lại lúc 6 giờ");
    board.keep_troubles(&[outage, trouble(FleetCause::Break)], later).unwrap();
    let open = board.open_alarms().unwrap();
    assert!(open.len() == 2 && open.iter().all(|alarm| alarm.id != id), "it is another one now");
    assert!(matches!(board.take_alarm(999, "bà Hai", later, "x", NOW), Err(BoardError::NoAlarm)));
    // What a journal shows stays so: closed on the page, it is to be closed where the rows are.
    let broken = open.iter().find(|alarm| alarm.cause == FleetCause::Break).unwrap();
    board.close_alarm(broken.id, "bà Hai", "đã thay thẻ nhớ", later).unwrap();
    let unsettled = board.unsettled().unwrap();
    let told: Vec<_> = unsettled.iter().map(|one| (one.id, one.boxes.len())).collect();
    assert_eq!(told, [(id, 0), (broken.id, 2)]);
    board.settle(&[id, broken.id]).unwrap();
    assert!(board.unsettled().unwrap().is_empty());
}

#[test]
fn who_did_not_hear_is_whoever_has_not_said_that_it_sounds_and_the_journal_has_the_last_word() {
    let mut board = Board::in_memory().unwrap();
    sample::fill(&mut board, 60, NOW).unwrap();
    let alarm = board.sent().unwrap().remove(0);
    let (unheard, heard) = board.unheard(&alarm).unwrap();
    assert_eq!((unheard.len(), heard), (9, 11), "of the twenty of that commune");
    assert_eq!(unheard.iter().filter(|own| own.answer.is_none()).count(), 6);
    assert!(unheard.iter().all(|own| own.path.as_str().starts_with("p01.c001.")));
    let mut answer = unheard.iter().find_map(|own| own.answer.clone()).unwrap();
    (answer.sounds, answer.fate) = (true, "journal".to_owned());
    board.keep_answers(std::slice::from_ref(&answer)).unwrap();
    (answer.sounds, answer.fate) = (false, "ordered".to_owned());
    board.keep_answers(std::slice::from_ref(&answer)).unwrap();
    assert_eq!(board.unheard(&alarm).unwrap().1, 12, "an answer takes nothing back");
    answer.fate = "journal".to_owned();
    board.keep_answers(&[answer]).unwrap();
    assert_eq!(board.unheard(&alarm).unwrap().1, 11, "the journal does");
}
