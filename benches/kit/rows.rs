//! A journal of as many rows as wanted, made by plain SQL.

use std::path::Path;

use jiff::tz::TimeZone;
use loa::clock::Clock;
use loa::journal::Journal;
use loa::machine::MachineClock;
use rusqlite::Connection;

/// Rows as a station writes them that runs without a restart: an hour of five airings each, and no word on the clock
/// but the first. The chain is left out: no start follows it in a file of this size.
pub(crate) fn fill(path: &Path, rows: u64) {
    let now = MachineClock.wall();
    let journal = Journal::open_loose(path, now, &TimeZone::UTC).expect("a journal").journal;
    drop(journal);
    let mut conn = Connection::open(path).expect("opened");
    conn.pragma_update(None, "synchronous", "OFF").expect("set");
    let first = now.nanos() / 1_000_000_000 - i64::try_from(rows).expect("fits") * 720;
    let tx = conn.transaction().expect("begun");
    {
        let mut insert = tx.prepare("INSERT INTO entry (seq, body, hash) VALUES (?1, ?2, ?3)").expect("prepared");
        for seq in 1..=rows {
            let at = jiff::Timestamp::from_second(first + i64::try_from(seq).expect("fits") * 720).expect("a time");
            let reason = if seq == 1 { "\"clock_trusted: always\"" } else { "null" };
            let (kind, broadcast) = if seq == 1 { ("note", "null") } else { ("airing", "\"ban-tin\"") };
            let body = format!(
                "{{\"seq\":{seq},\"written\":\"{at}\",\"prev\":\"{seq:064x}\",\"marks\":\"{seq:064x}\",\"kind\":\"{kind}\",\
                 \"zone\":\"thon-1\",\"broadcast\":{broadcast},\"title\":\"Bản tin\",\"class\":\"normal\",\"planned\":\"{at}\",\
                 \"started\":\"{at}\",\"ended\":\"{at}\",\"start_error_ms\":0.1,\"seconds_planned\":60,\"seconds_played\":60,\
                 \"outcome\":\"played\",\"reason\":{reason},\"audio\":[],\"campaign\":null,\"order\":null,\"approved_by\":null}}"
            );
            insert.execute((i64::try_from(seq).expect("fits"), body, format!("{seq:064x}"))).expect("inserted");
        }
    }
    tx.commit().expect("written");
}
