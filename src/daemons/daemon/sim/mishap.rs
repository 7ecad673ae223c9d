use std::time::Duration;

use jiff::SignedDuration;

use crate::diag::{Text, text};
use crate::plan;
use crate::player::Event;
use crate::schedule::Class;

/// What happens to a simulated station from outside.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "a simulation has a few of them")]
pub enum Mishap {
    /// Somebody, or the files, say something.
    Event(Event),
    /// The wall clock steps; or the machine was suspended for so long, which is the same to it.
    Step(SignedDuration),
    /// The sound device goes away.
    DeviceLost,
    /// The power goes, for so long. The journal stays as the disk has it.
    PowerCut(Duration),
}

impl Mishap {
    /// What it is, for a person.
    pub fn text(&self) -> Text {
        match self {
            Self::Event(Event::Stop { .. }) => text!("có người bấm dừng", "somebody says stop"),
            Self::Event(Event::Request(request)) => {
                let name = &request.name;
                match request.class {
                    Class::Emergency => text!("báo khẩn cấp «{name}»", "an alert: {name}"),
                    _ => text!("có người phát ngay «{name}»", "somebody says {name}"),
                }
            }
            Self::Event(Event::Clock { trust, .. }) if trust.believed => {
                text!("đồng hồ trở nên đáng tin", "the clock comes to be believed")
            }
            Self::Event(Event::Clock { .. }) => text!("đồng hồ không còn đáng tin", "the clock is doubted"),
            Self::Event(Event::Confirm { .. }) => text!("có người xác nhận giờ đúng", "somebody confirms the clock"),
            Self::Event(_) => text!("tệp của đài thay đổi", "the station's files change"),
            Self::Step(by) => {
                let Text { vi, en } = length(by.unsigned_abs());
                if by.is_negative() {
                    text!("đồng hồ lùi {vi}", "the clock goes back {en}")
                } else {
                    text!("đồng hồ tiến {vi}", "the clock goes forward {en}")
                }
            }
            Self::DeviceLost => text!("mất thiết bị âm thanh", "the sound device goes away"),
            Self::PowerCut(off) => {
                let Text { vi, en } = length(*off);
                text!("mất điện trong {vi}", "the power goes for {en}")
            }
        }
    }
}

/// A length in words, to the millisecond below a second, in days from two of them on.
fn length(length: Duration) -> Text {
    const DAY: u64 = 86_400;
    if length < Duration::from_secs(1) {
        let millis = length.as_millis();
        return text!("{millis} mili giây", "{millis} ms");
    }
    let days = length.as_secs() / DAY;
    if days < 2 {
        return plan::length(length);
    }
    let rest = length.saturating_sub(Duration::from_secs(days * DAY));
    if rest < Duration::from_secs(1) {
        return text!("{days} ngày", "{days} days");
    }
    let Text { vi, en } = plan::length(rest);
    text!("{days} ngày {vi}", "{days} days {en}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_of_the_clock_is_told_by_its_direction_and_length_in_each_language() {
        let table = [
            (-1_200_000, "đồng hồ lùi 20 phút", "the clock goes back 20 min"),
            (7_200_000, "đồng hồ tiến 2 giờ", "the clock goes forward 2 h"),
            (-90_500, "đồng hồ lùi 1 phút 30 giây", "the clock goes back 1 min 30 s"),
            (350, "đồng hồ tiến 350 mili giây", "the clock goes forward 350 ms"),
            (-31_536_000_000, "đồng hồ lùi 365 ngày", "the clock goes back 365 days"),
            (180_000_000, "đồng hồ tiến 2 ngày 2 giờ", "the clock goes forward 2 days 2 h"),
        ];
        for (millis, vi, en) in table {
            let told = Mishap::Step(SignedDuration::from_millis(millis)).text();
            assert_eq!((told.vi.as_str(), told.en.as_str()), (vi, en));
        }
        let told = Mishap::PowerCut(Duration::from_mins(3)).text();
        assert_eq!((told.vi.as_str(), told.en.as_str()), ("mất điện trong 3 phút", "the power goes for 3 min"));
    }
}
