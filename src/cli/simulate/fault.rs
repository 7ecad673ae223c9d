//! What shall go wrong in a simulation, as people type it, in the time that a right watch shows.

use std::time::Duration;

use clap::Args;
use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::super::{Exit, Failure, when};
use crate::daemon::{Chance, Mishap};
use crate::diag::{Text, text};
use crate::instant::Wall;
use crate::player::World;

/// The most faults of one simulation: thirty a day for a year. More is a slip of the keyboard.
const FAULTS_MOST: usize = 10_000;

/// The longest step of the clock. A box without a battery wakes up decades back; the rules for a year
/// are those for decades.
const STEP_MOST: SignedDuration = SignedDuration::from_hours(366 * 24);

/// Faults by chance for each day of the window, where no number is given.
const FAULTS_A_DAY: u64 = 3;

/// The faults that `loa simulate` is asked for.
#[derive(Args, Debug)]
pub(super) struct Faults {
    /// Mất điện từ A đến B; nhiều lần được. | The power is gone from A to B; may be repeated.
    #[arg(long, value_name = "A..B", allow_hyphen_values = true)]
    power_cut: Vec<String>,
    /// Đồng hồ nhảy tới hay lui lúc AT (giờ của một đồng hồ đúng), hoặc máy ngủ chừng ấy. | The clock steps at AT (by a right watch, whatever stepped before), or the machine sleeps.
    #[arg(long, value_name = "AT+DUR|AT-DUR", allow_hyphen_values = true)]
    clock_step: Vec<String>,
    /// Thêm sự cố ngẫu nhiên; cùng số thì cùng kết quả. | Add faults by chance; same seed, same result.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Bao nhiêu sự cố ngẫu nhiên; mặc định 3 mỗi ngày. | How many by chance; default: 3 a day.
    #[arg(long = "faults", value_name = "N", requires = "seed")]
    count: Option<usize>,
}

impl Faults {
    /// The seed, where chance has a hand in it.
    pub(super) const fn seed(&self) -> Option<u64> {
        self.seed
    }

    /// All of them, in order, by how long after `from` they happen.
    pub(super) fn mishaps(&self, from: Wall, to: Wall, world: &World) -> Result<Vec<(Duration, Mishap)>, Failure> {
        let tz = &world.station.timezone;
        let usage = |text: Text| Failure::new(Exit::Usage, text);
        let span = to.after(from);
        let by_chance = match self.seed {
            None => 0,
            Some(_) => self.count.unwrap_or((FAULTS_A_DAY * span.as_secs()).div_ceil(86_400) as usize),
        };
        if self.power_cut.len() + self.clock_step.len() + by_chance > FAULTS_MOST {
            return Err(usage(text!(
                "nhiều sự cố quá: tối đa {FAULTS_MOST} lần; hãy giảm --faults hoặc rút ngắn --from, --to",
                "too many faults: at most {FAULTS_MOST}; lower --faults, or bring --from and --to closer"
            )));
        }
        let mut found = cuts(&self.power_cut, from, to, tz).map_err(usage)?;
        for written in &self.clock_step {
            found.push(step(written, from, to, tz).map_err(usage)?);
        }
        found.extend(self.seed.map(|seed| Chance::new(seed).mishaps(by_chance, span, world)).unwrap_or_default());
        found.sort_by_key(|(at, _)| *at);
        Ok(found)
    }
}

fn cuts(written: &[String], from: Wall, to: Wall, tz: &TimeZone) -> Result<Vec<(Duration, Mishap)>, Text> {
    let mut spans: Vec<(Wall, Wall, &String)> = Vec::with_capacity(written.len());
    for written in written {
        let Some((begin, end)) = written.split_once("..") else {
            return Err(text!(
                "--power-cut «{written}» thiếu hai dấu chấm: hãy viết như 05:31..05:34",
                "--power-cut \"{written}\" lacks the two dots: write it like 05:31..05:34"
            ));
        };
        let (begin, end) = (when::parse(begin, from, tz)?, when::parse(end, from, tz)?);
        if begin >= end {
            return Err(text!(
                "--power-cut «{written}»: lúc có điện lại phải sau lúc mất điện; hãy đổi chỗ hoặc viết cả ngày",
                "--power-cut \"{written}\": the power must come back after it went; swap them, or write the dates"
            ));
        }
        within(written, begin, end, from, to, tz)?;
        spans.push((begin, end, written));
    }
    spans.sort_by_key(|(begin, ..)| *begin);
    for pair in spans.windows(2) {
        if pair[1].0 < pair[0].1 {
            let (one, other) = (pair[0].2, pair[1].2);
            return Err(text!(
                "hai lần mất điện chồng lên nhau: {one} và {other}; hãy gộp thành một hoặc sửa giờ",
                "two power cuts overlap: {one} and {other}; make them one, or change the times"
            ));
        }
    }
    Ok(spans.iter().map(|(begin, end, _)| (begin.after(from), Mishap::PowerCut(end.after(*begin)))).collect())
}

fn step(written: &str, from: Wall, to: Wall, tz: &TimeZone) -> Result<(Duration, Mishap), Text> {
    // A date and an offset hold the signs too: the last sign that a length follows is the step's.
    let signs = written.char_indices().rev().filter(|(_, sign)| matches!(sign, '+' | '-'));
    let read = signs.filter_map(|(place, sign)| {
        let length = length(written[place + 1..].trim()).filter(|_| place > 0)?;
        Some((&written[..place], if sign == '+' { length } else { -length }))
    });
    let Some((at, by)) = read.into_iter().next() else {
        return Err(text!(
            "không hiểu --clock-step «{written}»: hãy viết như 05:15+2h hoặc 05:15-90s",
            "cannot read --clock-step \"{written}\": write it like 05:15+2h or 05:15-90s"
        ));
    };
    if by.is_zero() || by.abs() > STEP_MOST {
        return Err(text!(
            "--clock-step «{written}»: đồng hồ phải nhảy ít nhất 1ns và nhiều nhất 366 ngày (366d)",
            "--clock-step \"{written}\": the clock must step by something, and by at most 366 days (366d)"
        ));
    }
    let at = when::parse(at, from, tz)?;
    within(written, at, at, from, to, tz)?;
    Ok((at.after(from), Mishap::Step(by)))
}

/// `2h`, `90s`, `1h 30m`, and `365d`.
fn length(written: &str) -> Option<SignedDuration> {
    let days =
        || SignedDuration::try_from_hours(written.strip_suffix('d')?.trim().parse::<i64>().ok()?.checked_mul(24)?);
    written.parse().ok().or_else(days)
}

fn within(written: &str, begin: Wall, end: Wall, from: Wall, to: Wall, tz: &TimeZone) -> Result<(), Text> {
    if from <= begin && end <= to {
        return Ok(());
    }
    let time = |at: Wall| at.zoned(tz).strftime("%FT%T").to_string();
    let (from, to) = (time(from), time(to));
    Err(text!(
        "«{written}» nằm ngoài khoảng mô phỏng {from}..{to}: hãy sửa giờ, hoặc nới --from, --to",
        "\"{written}\" is outside the simulated window {from}..{to}: change it, or widen --from and --to"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tz() -> TimeZone {
        TimeZone::get("Asia/Ho_Chi_Minh").unwrap()
    }

    fn window() -> (Wall, Wall) {
        let at = |written| when::parse(written, Wall::from_secs(0), &tz()).unwrap();
        (at("2026-12-01T04:00"), at("2026-12-02T04:00"))
    }

    #[test]
    fn a_step_is_read_behind_any_instant() {
        let (from, to) = window();
        let table = [
            ("05:15+2h", Some((4_500, 7_200))),
            ("05:15-2h", Some((4_500, -7_200))),
            ("2026-12-01T05:15-1h30m", Some((4_500, -5_400))),
            ("2026-12-01T05:15:00+07:00+90s", Some((4_500, 90))),
            ("+10m+5s", Some((600, 5))),
            ("05:15+365d", Some((4_500, 31_536_000))),
            ("05:15+400d", None),
            ("05:15", None),
            ("2026-12-01", None),
            ("05:15+0s", None),
            ("05:15+9000h", None),
            ("05:15+2 trâu", None),
            ("+2h", None),
            ("03:00+2h", None),
        ];
        for (written, expected) in table {
            let read = step(written, from, to, &tz()).ok();
            let read = read.map(|(at, what)| match what {
                Mishap::Step(by) => (at.as_secs(), by.as_secs()),
                other => panic!("{other:?}"),
            });
            assert_eq!(read, expected, "{written}");
        }
    }

    #[test]
    fn cuts_are_in_order_in_the_window_and_apart() {
        let (from, to) = window();
        let read = |written: &[&str]| {
            let written: Vec<String> = written.iter().map(|one| (*one).to_owned()).collect();
            cuts(&written, from, to, &tz()).map(|cuts| cuts.len()).map_err(|text| text.en)
        };
        assert_eq!(read(&["06:00..07:00", "05:31..05:34"]), Ok(2));
        for (wrong, says) in [
            (&["05:31"][..], "two dots"),
            (&["05:34..05:31"], "must come back after it went"),
            (&["03:00..05:00"], "outside the simulated window"),
            (&["05:00..+25h"], "outside the simulated window"),
            (&["05:00..05:30", "05:20..06:00"], "overlap"),
            (&["05:00..sáng"], "cannot read the instant"),
        ] {
            let said = read(wrong).unwrap_err();
            assert!(said.contains(says), "{wrong:?}: {said}");
        }
    }
}
