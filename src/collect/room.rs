use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use loa_core::diag::{Text, shown, text};
use loa_core::instant::Wall;
use serde::{Deserialize, Serialize};

use crate::ledger::{BookKind, BookPage, Ledger, LedgerError};

/// Of a hundred: from here on somebody has to make room before the stream refuses.
const NEAR: u8 = 90;

/// How full a stream is that takes nothing over its limit, as the book has it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RoomRecord {
    /// Of a hundred.
    pub percent: u8,
    /// Since when it is nearly full, in RFC 3339; none where it has room.
    pub since: Option<String>,
}

impl RoomRecord {
    /// Note how full each stream is. Says which have come near their limit since the last look.
    pub(crate) fn note(
        ledger: &mut dyn Ledger,
        filled: &BTreeMap<String, u8>,
        now: Wall,
    ) -> Result<Vec<Text>, LedgerError> {
        let known = Self::standing(ledger)?;
        let (mut pages, mut said) = (Vec::new(), Vec::new());
        for (name, percent) in filled.iter().map(|(name, percent)| (name, *percent)) {
            let before = known.get(name);
            let is_near = percent >= NEAR;
            if before.map_or(!is_near, |before| before.percent == percent) {
                continue;
            }
            let since = before.and_then(|before| before.since.clone());
            let since = since.unwrap_or_else(|| now.rfc3339(&TimeZone::UTC));
            let record = Self { percent, since: is_near.then_some(since) };
            said.extend(before.is_none().then(|| record.text(name)));
            pages.push(BookPage::of(BookKind::Room, name.as_str(), &record, now));
        }
        if !pages.is_empty() {
            ledger.write_pages(&pages)?;
        }
        Ok(said)
    }

    /// Those that are nearly full, by their names.
    pub(crate) fn standing(ledger: &mut dyn Ledger) -> Result<BTreeMap<String, Self>, LedgerError> {
        let pages = ledger.pages(BookKind::Room, "")?;
        let all = pages.iter().filter_map(|page| Some((page.id.clone(), page.read::<Self>()?)));
        Ok(all.filter(|(_, record)| record.since.is_some()).collect())
    }

    /// Since when it is known.
    pub(crate) fn since(&self) -> Option<Wall> {
        self.since.as_ref()?.parse::<jiff::Timestamp>().ok().map(Wall::from)
    }

    /// For whoever looks after the collector.
    pub(crate) fn text(&self, name: &str) -> Text {
        let (name, percent) = (shown(name), self.percent);
        text!(
            "SỰ CỐ: luồng «{name}» trên máy chủ đã đầy {percent}%. Đầy hẳn thì máy chủ không nhận thêm: nhật ký chờ ở các đài, âm thanh mới không gửi được. Xem ổ đĩa của máy chủ còn chỗ, rồi nới giới hạn: nats stream edit {name} --max-bytes SỐ",
            "TROUBLE: the stream \"{name}\" on the server is {percent}% full. Once it is full the server takes no more: rows wait at the stations, new sounds cannot be sent. See that the server's disk has room, then raise the limit: nats stream edit {name} --max-bytes NUMBER"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::SqliteLedger;

    #[test]
    fn a_stream_near_its_limit_is_told_once_and_stands_until_it_has_room() {
        let dir = tempfile::tempdir().unwrap();
        let mut ledger = SqliteLedger::open(&dir.path().join("collect.db")).unwrap();
        let now = Wall::from_secs(1_796_000_000);
        let mut look = |percent: u8| {
            let said = RoomRecord::note(&mut ledger, &BTreeMap::from([("LOA_LOG".to_owned(), percent)]), now).unwrap();
            let open = RoomRecord::standing(&mut ledger).unwrap();
            (said.len(), open.get("LOA_LOG").map(|record| record.percent))
        };
        assert_eq!([look(0), look(89)], [(0, None), (0, None)]);
        assert_eq!([look(90), look(90), look(99)], [(1, Some(90)), (0, Some(90)), (0, Some(99))]);
        assert_eq!([look(40), look(95)], [(0, None), (1, Some(95))]);
    }
}
