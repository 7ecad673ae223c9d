//! A province that does not exist, in all the states that a box can be in: for tests, benches and pictures.

use std::collections::BTreeMap;

use crate::district::{BoxCondition, BoxJournal, BoxSession, FleetView, HeardBy, SessionZone, troubles};
use crate::instant::Wall;
use crate::line::{BoardLine, BoardPlace, RecentRow};
use crate::signature::Locality;
use crate::writing::seconds;
use crate::{AlarmAnswer, Board, BoardError, SentAlarm};

/// Boxes of a commune.
const EACH: usize = 20;

/// Names of communes.
const COMMUNES: [&str; 10] = [
    "Đông Giang",
    "Trung Lộc",
    "Sơn Hà",
    "Ba Tơ",
    "Trà Bồng",
    "Minh Long",
    "Nghĩa Hành",
    "Tây Trà",
    "Phước Sơn",
    "Nam Trà My",
];

/// So many boxes, in communes of twenty, as they stand at `now`; the first commune without power since an hour, an alarm sent to the second.
pub fn fill(board: &mut Board, count: usize, now: Wall) -> Result<(), BoardError> {
    let place = |written: &str| Locality::read(written).unwrap_or_else(|| unreachable!("{written}"));
    let mut places = Vec::new();
    for commune in 0..count.div_ceil(EACH) {
        let title = format!("Xã {}", COMMUNES[commune % COMMUNES.len()]);
        let title = if commune < COMMUNES.len() { title } else { format!("{title} {}", commune / COMMUNES.len() + 1) };
        let (contact, phone) = (String::new(), String::new());
        let path = place(&format!("p01.c{commune:03}"));
        places.push(BoardPlace { path, title, contact, phone, is_held: false, is_area: true, lost: None });
    }
    let paths: Vec<Locality> = (0..count).map(|n| place(&format!("p01.c{:03}.h{n:05}", n / EACH))).collect();
    places.extend(paths.iter().enumerate().map(|(n, path)| BoardPlace {
        path: path.clone(),
        title: format!("Thôn {}", n % EACH + 1),
        contact: if n % 7 == 3 { String::new() } else { "ông Năm, trưởng thôn".to_owned() },
        phone: if n % 7 == 3 { String::new() } else { format!("0905 {:03} {:03}", n % 1_000, n * 7 % 1_000) },
        is_held: n % 97 != 0,
        is_area: false,
        lost: (n % 150 == 147).then(|| seconds(now) - 5 * 86_400),
    }));
    board.keep_places("Tỉnh 01", &places)?;
    let lines: Vec<BoardLine> = (0..count).map(|n| line(n, now)).collect();
    let rows = rows(now);
    board.keep_lines(paths.iter().zip(&lines).map(|(path, line)| (path, line, rows.as_slice())), now)?;
    board.keep_sent(&[SentAlarm {
        id: "bao-lu-1".to_owned(),
        places: vec![place("p01.c001")],
        title: "Lũ quét".to_owned(),
        made: now - std::time::Duration::from_mins(30),
        expires: now + std::time::Duration::from_mins(90),
    }])?;
    let answers: Vec<AlarmAnswer> = paths
        .iter()
        .skip(EACH)
        .take(EACH - 6)
        .enumerate()
        .map(|(n, path)| {
            let sounds = n % 6 != 0;
            let (vi, en) =
                if sounds { ("", "") } else { ("Thôn: card âm thanh bị rút", "Thôn: sound card unplugged") };
            AlarmAnswer {
                alarm: "bao-lu-1".to_owned(),
                path: path.clone(),
                at: now - std::time::Duration::from_mins(29),
                sounds,
                fate: "ordered".to_owned(),
                vi: vi.to_owned(),
                en: en.to_owned(),
            }
        })
        .collect();
    board.keep_answers(&answers)?;
    let fleet = board.fleet()?;
    board.keep_troubles(&troubles(&FleetView::judge(fleet.facts, &fleet.wanted, now)), now)?;
    Ok(())
}

/// The last rows of a box.
fn rows(now: Wall) -> Vec<RecentRow> {
    let row = |seq: u64, outcome: &str, reason: &str| RecentRow {
        seq,
        at: seconds(now) - (20 - seq as i64) * 1_800,
        zone: "thon-1".to_owned(),
        title: "Bản tin sáng".to_owned(),
        outcome: outcome.to_owned(),
        reason: reason.to_owned(),
    };
    vec![row(18, "missed", "device_lost"), row(19, "partial", "power_lost"), row(20, "played", "")]
}

/// One box: well, or in one of the states that a box can be in.
fn line(n: usize, now: Wall) -> BoardLine {
    let at = seconds(now);
    let (minute, hour, day) = (60, 3_600, 86_400);
    let spread = (n as i64 * 37) % (5 * minute);
    let zones = |outcome, reason: &str| {
        BTreeMap::from([("thon-1".to_owned(), SessionZone { outcome, reason: reason.to_owned() })])
    };
    let played = loa_core::fact::Outcome::Played;
    let from = at - at.rem_euclid(day) - 2 * hour;
    let mut line = BoardLine {
        heard: Some(at - 20 - spread),
        by: Some(HeardBy::Network),
        journal: BoxJournal {
            received: 8_000 + n as u64,
            reaches: Some(at - hour),
            known: 8_000 + n as u64,
            ..BoxJournal::default()
        },
        epoch: "e1".to_owned(),
        looked: 8_000 + n as u64,
        bundles: BTreeMap::from([("vn.p01".to_owned(), 12)]),
        refused: BTreeMap::new(),
        state: Some(BoxCondition {
            came: at - 20 - spread,
            clock_trusted: true,
            told: true,
            runs: true,
            next: Some(at + 7 * hour),
            silent: Vec::new(),
            zones: 2,
            dumb_zones: 0,
            bare_zones: 0,
            free_bytes: Some(4 << 30),
        }),
        session: Some(BoxSession { from, to: from, zones: zones(played, "") }),
        proofs: BTreeMap::from([("thon-1".to_owned(), from), ("thon-2".to_owned(), from - 9 * day)]),
        bare: Vec::new(),
        is_tried: false,
        sent: None,
    };
    let state = line.state.get_or_insert_default();
    match n % 50 {
        // The first commune has no power.
        _ if n < EACH && n % 10 != 9 => line.heard = Some(at - hour - n as i64),
        3 => state.silent.push("clock_untrusted".to_owned()),
        7 => {
            state.silent.push("zone_trouble".to_owned());
            state.dumb_zones = 1;
        }
        11 => line.heard = Some(at - 40 * minute - spread),
        13 => (line.heard, line.by) = (Some(at - 9 * day), Some(HeardBy::Stick)),
        17 => drop(line.bundles.insert("vn.p01".to_owned(), 11)),
        23 => line.journal.gaps.push((900, 1_010)),
        29 if n % 4 == 1 => line.journal.breaks.push(17),
        31 => line.heard = Some(at - 3 * day),
        37 => {
            let failed = zones(loa_core::fact::Outcome::Missed, "device_lost");
            line.session = Some(BoxSession { from, to: from, zones: failed });
        }
        41 => line = BoardLine::default(),
        43 => drop(line.refused.insert("vn.p01".to_owned(), "rollback".to_owned())),
        _ => {}
    }
    line
}
