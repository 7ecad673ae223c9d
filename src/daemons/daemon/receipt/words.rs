//! A receipt in words, for the command line and for the page: what was taken, and per hamlet what became of it.

use std::time::Duration;

use super::{OrderKind, Receipt, State, ZoneReceipt};
use crate::diag::{Lang, Text, figure, shown, text};
use crate::plan;

impl Receipt {
    /// What was taken; nothing of a stop.
    pub fn head(&self) -> Option<Text> {
        head(self)
    }

    /// What is told to whoever speaks live, while he does: where that comes out of horns, or that it does nowhere.
    pub fn on_air(&self) -> Text {
        if !self.is_heard() {
            return text!(
                "Đang nói, nhưng ở đây không có loa: không ai nghe.",
                "Speaking, but there is no horn here: nobody hears it."
            );
        }
        let heard = self.zones.iter().filter(|zone| is_heard(zone)).map(|zone| shown(&zone.title)).collect::<Vec<_>>();
        let titles = figure::joined(heard.iter().map(String::as_str));
        text!("ĐANG NÓI RA LOA: {titles}.", "ON AIR: {titles}.")
    }

    /// Whether it comes out of a horn anywhere.
    pub fn is_heard(&self) -> bool {
        self.zones.iter().any(is_heard)
    }

    /// Whether there is a zone in which it does not.
    pub fn is_missing_somewhere(&self) -> bool {
        !self.zones.iter().all(is_heard)
    }

    /// What became of it, a sentence for all zones of which the same is to be said.
    pub fn lines(&self) -> Vec<Text> {
        let is_of_some = !self.orders.is_empty();
        let zones = groups(self).into_iter().map(|(titles, zone)| match zone.state {
            State::Stopped if is_of_some && zone.ended.is_empty() => {
                text!("{titles}: không có gì của lệnh ấy đang phát.", "{titles}: nothing of that order was sounding.")
            }
            _ => line(self.kind, &titles, zone),
        });
        let left = self.left.iter().map(|left| {
            let (vi, en) = (&left.why.words.vi, &left.why.words.en);
            text!("Lệnh dừng: {vi}.", "The stop: {en}.")
        });
        zones.chain(left).collect()
    }
}

const fn is_heard(zone: &ZoneReceipt) -> bool {
    !matches!(zone.state, State::Silent | State::Unheard)
}

fn head(receipt: &Receipt) -> Option<Text> {
    let (name, times) = (shown(&receipt.name), receipt.times);
    let longest = receipt.zones.iter().map(|zone| zone.seconds).fold(0.0, f64::max);
    let Text { vi, en } = plan::length(Duration::try_from_secs_f64(longest.round()).unwrap_or_default());
    // Under a second there is nothing that a person could say about its length.
    let (vi, en) =
        if longest.round() < 1.0 { (String::new(), String::new()) } else { (format!(" ({vi}"), format!(" ({en}")) };
    let (more_vi, more_en) = match (times > 1, vi.is_empty()) {
        (true, true) => (format!(" ({times} lần)"), format!(" ({times} times)")),
        (true, false) => (format!(", {times} lần)"), format!(", {times} times)")),
        (false, true) => (String::new(), String::new()),
        (false, false) => (")".to_owned(), ")".to_owned()),
    };
    Some(match receipt.kind {
        OrderKind::Alert => {
            text!("Đã nhận lệnh khẩn cấp «{name}»{vi}{more_vi}.", "Emergency order \"{name}\" taken{en}{more_en}.")
        }
        OrderKind::Say => text!("Đã nhận lệnh phát «{name}»{vi}{more_vi}.", "Taken: \"{name}\"{en}{more_en}."),
        OrderKind::Test => text!("Phát tiếng thử{vi}{more_vi}.", "Test tones{en}{more_en}."),
        OrderKind::Drill => {
            text!("Đã nhận lệnh diễn tập «{name}»{vi}{more_vi}.", "Drill taken: \"{name}\"{en}{more_en}.")
        }
        OrderKind::Approve => text!("Đã duyệt «{name}».", "Approved: \"{name}\"."),
        OrderKind::Return => text!("Đã trả lại «{name}».", "Returned: \"{name}\"."),
        OrderKind::Talk => text!("Nói trực tiếp.", "Speaking live."),
        OrderKind::Stop => return None,
    })
}

/// Zones of which the same is to be said, in order, by their titles.
fn groups(receipt: &Receipt) -> Vec<(String, &ZoneReceipt)> {
    let mut groups: Vec<(Vec<String>, &ZoneReceipt)> = Vec::new();
    for zone in &receipt.zones {
        let same = |other: &ZoneReceipt| {
            (other.state, other.partial, &other.why, &other.same_as, &other.ended, &other.interrupts, &other.dropped)
                == (zone.state, zone.partial, &zone.why, &zone.same_as, &zone.ended, &zone.interrupts, &zone.dropped)
        };
        let title = shown(&zone.title);
        match groups.iter_mut().find(|(_, first)| same(first)) {
            Some((titles, _)) => titles.push(title),
            None => groups.push((vec![title], zone)),
        }
    }
    groups.into_iter().map(|(titles, zone)| (titles.join(", "), zone)).collect()
}

fn line(kind: OrderKind, titles: &str, zone: &ZoneReceipt) -> Text {
    let Text { vi, en } = state(kind, zone);
    let (why_vi, why_en) = match &zone.why {
        Some(why) if matches!(zone.state, State::Silent | State::Unheard) => {
            (format!(" ({})", why.words.vi), format!(" ({})", why.words.en))
        }
        Some(why) => (format!(", {}", why.words.vi), format!(", {}", why.words.en)),
        None => (String::new(), String::new()),
    };
    let (same_vi, same_en) = match &zone.same_as {
        Some(order) => (
            format!(" (chính là lệnh {order} chưa phát xong, không phát thêm lần nữa)"),
            format!(" (the same as order {order}, not at its end yet; not heard once more)"),
        ),
        None => (String::new(), String::new()),
    };
    let (cut_vi, cut_en) = match zone.interrupts.as_deref().map(shown) {
        Some(title) => {
            (format!("; «{title}» tạm ngừng, phát tiếp sau"), format!("; \"{title}\" pauses and goes on afterwards"))
        }
        None => (String::new(), String::new()),
    };
    let (drop_vi, drop_en) = if zone.dropped.is_empty() {
        (String::new(), String::new())
    } else {
        let (vi, en) = both(&zone.dropped);
        (
            format!("; thôi lệnh cũ nhất {vi}, vì tài khoản này có quá nhiều lệnh khẩn cấp chưa phát xong ở đây"),
            format!("; the oldest, {en}, ends: too many alerts of this account are not at their end here"),
        )
    };
    text!("{titles}: {vi}{why_vi}{same_vi}{cut_vi}{drop_vi}.", "{titles}: {en}{why_en}{same_en}{cut_en}{drop_en}.")
}

fn state(kind: OrderKind, zone: &ZoneReceipt) -> Text {
    let tried = zone.why.as_ref().is_some_and(|why| why.tried_again);
    match (kind, zone.state) {
        (OrderKind::Alert, State::Sounding) => text!("đang kêu", "sounding"),
        (OrderKind::Alert, State::Waits) => text!("chưa kêu", "not yet"),
        (OrderKind::Alert, State::Silent) if tried => text!("CHƯA KÊU", "NOT SOUNDING YET"),
        (OrderKind::Alert, State::Silent) => text!("KHÔNG KÊU", "DOES NOT SOUND"),
        (OrderKind::Alert, State::Unheard) => text!("không có loa nào kêu ở đây", "no horn sounds here"),
        (_, State::Unheard) => text!("không có loa, không ai nghe", "no horn, nobody hears it"),
        (_, State::Sounding) => text!("đang phát", "sounding"),
        (_, State::Sounded) if zone.partial => text!("phát một phần", "partly played"),
        (_, State::Sounded) => text!("đã phát", "has sounded"),
        (_, State::Waits) => text!("sẽ phát", "will sound"),
        (_, State::Accepted) => text!("đã nhận, đang chuẩn bị phát", "taken, being got ready"),
        (OrderKind::Stop, State::Silent) => text!("chưa im hẳn", "not quiet yet"),
        (_, State::Silent) if tried => text!("chưa phát", "not sounding yet"),
        (_, State::Silent) => text!("không phát", "does not sound"),
        (_, State::Stopped) if zone.ended.is_empty() => text!("không có gì đang phát", "nothing was sounding"),
        (_, State::Stopped) => {
            let (vi, en) = both(&zone.ended);
            text!("đã dừng {vi}", "stopped {en}")
        }
    }
}

/// Titles in both languages.
fn both(titles: &[String]) -> (String, String) {
    let said = |lang| figure::titles(titles.iter().map(String::as_str), lang);
    (said(Lang::Vi), said(Lang::En))
}
