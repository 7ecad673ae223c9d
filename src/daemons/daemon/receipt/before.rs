//! Orders of before the daemon was started: the player does not remember them, the journal does.

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::left::LeftReceipt;
use super::{Receipt, why};
use crate::diag::{Text, figure, plain, shown, text};
use crate::fact::{Entry, EntryKind};
use crate::instant::Wall;
use crate::journal::{Filter, Reader, export};
use crate::site::Site;

/// An order has its last row by then: an alert waits for twelve hours at most, and a clock may have been set meanwhile.
const OVER_WITHIN: Duration = Duration::from_hours(48);

/// Rows in which an order is sought: more in two days is a program that runs wild.
const ROWS_MOST: u32 = 2_000;

impl Receipt {
    /// The same, where what a stop does not know is looked up in the journal. Reads a file: not for the loop.
    pub(in crate::daemon) fn looked_back(mut self, site: &Site, tz: &TimeZone) -> Self {
        let unknown = self.left.iter_mut().filter(|left| left.is_unknown());
        for left in unknown {
            if let Some(rows) = given(&left.order, tz).and_then(|at| rows(site, &left.order, at)) {
                left.why = why(LeftReceipt::OVER, over(&left.order, &rows, tz), false);
            }
        }
        self
    }

    /// A stop names an order that nobody remembers.
    pub(in crate::daemon) fn is_to_look_back(&self) -> bool {
        self.left.iter().any(LeftReceipt::is_unknown)
    }
}

/// When an order was given, by its id: `20261128-101432-7`.
fn given(id: &str, tz: &TimeZone) -> Option<Wall> {
    let (at, _) = id.rsplit_once('-')?;
    let at = DateTime::strptime("%Y%m%d-%H%M%S", at).ok()?;
    Some(at.to_zoned(tz.clone()).ok()?.timestamp().into())
}

/// Its rows in the journal; `None` where there are none.
fn rows(site: &Site, id: &str, at: Wall) -> Option<Vec<Entry>> {
    let reader = Reader::open(&site.journal()).ok()??;
    let window = Filter {
        from: Some(at - Duration::from_secs(1)),
        to: Some(at + OVER_WITHIN),
        orders: true,
        limit: Some(ROWS_MOST),
        ..Filter::default()
    };
    let rows = reader.select(&window).ok()?.into_iter().filter(|row| row.order.as_deref() == Some(id));
    let rows: Vec<Entry> = rows.collect();
    (!rows.is_empty()).then_some(rows)
}

/// `lệnh 20261128-101432-7 («canh-bao-lu») đã xong từ trước khi loa khởi động lại; nhật ký: bị lỡ (mất điện)`.
fn over(id: &str, rows: &[Entry], tz: &TimeZone) -> Text {
    let mut told: Vec<Text> = Vec::new();
    for row in rows.iter().filter(|row| row.kind == EntryKind::Airing) {
        let became = became(row, tz);
        if !told.contains(&became) {
            told.push(became);
        }
    }
    let (id, title) = (shown(id), rows.first().map(|row| plain(&row.title).into_owned()).unwrap_or_default());
    if told.is_empty() {
        return text!(
            "lệnh {id} («{title}») có từ trước khi loa khởi động lại; nhật ký không có lượt phát nào của nó, không còn gì để dừng",
            "the order {id} (\"{title}\") was given before loa was started; the journal has no airing of it: nothing to stop"
        );
    }
    let join = |of: fn(&Text) -> &str| told.iter().map(of).collect::<Vec<_>>().join("; ");
    let (vi, en) = (join(|text| &text.vi), join(|text| &text.en));
    text!(
        "lệnh {id} («{title}») đã xong từ trước khi loa khởi động lại, không còn gì để dừng; nhật ký: {vi}",
        "the order {id} (\"{title}\") was over before loa was started: nothing to stop; the journal: {en}"
    )
}

/// `đã phát, hết lúc 10:15 ngày 28/11/2026`, `bị lỡ`.
fn became(row: &Entry, tz: &TimeZone) -> Text {
    let Text { vi, en } = row.outcome.map_or_else(|| text!("chưa rõ", "not known"), export::outcome);
    match row.ended {
        Some(ended) => {
            let ended = figure::moment(ended, tz);
            Text { vi: format!("{vi}, hết lúc {}", ended.vi), en: format!("{en}, until {}", ended.en) }
        }
        None => Text { vi, en },
    }
}
