use std::time::Duration;

use jiff::SignedDuration;

use crate::diag::{Text, text};
use crate::player::Event;
use crate::schedule::Class;

/// What happens to a simulated station from outside.
#[derive(Clone, Debug)]
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
                let by = format!("{by:+#}");
                text!("đồng hồ nhảy {by}", "the clock steps by {by}")
            }
            Self::DeviceLost => text!("mất thiết bị âm thanh", "the sound device goes away"),
            Self::PowerCut(off) => {
                let off = format!("{:#}", SignedDuration::try_from(*off).unwrap_or(SignedDuration::MAX));
                text!("mất điện trong {off}", "the power goes for {off}")
            }
        }
    }
}
