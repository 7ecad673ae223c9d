use std::collections::BTreeMap;

use rusqlite::Connection;

use super::batch::ALIVE;
use super::belief;
use super::decisions;
use super::error::JournalError;
use super::findings::{Breach, MAX_BREACHES, MAX_OPEN, Verified, VerifyFindings};
use super::judged::beside;
use super::schema;
use super::select;
use super::times::Times;
use super::walk::{ENTRIES, MARKS};
use crate::diag::{foreign, text};
use crate::instant::Wall;

/// Notes in which a start says that the journal was not as it had left it.
const TOLD: &str =
    "SELECT seq, body, hash FROM entry INDEXED BY entry_broadcast WHERE broadcast IS NULL AND kind = 'note'
  AND (reason LIKE 'journal_altered:%' OR reason LIKE 'journal_gone:%') ORDER BY at LIMIT ?1";

/// Follow both chains. Only a failure to read at all is an error; whatever the file holds is a finding. What SQLite itself finds
/// takes longer than the chains: over a second connection, where there is one, both are looked at together.
pub(super) fn verify(
    conn: &Connection,
    now: Option<Wall>,
    other: Option<Connection>,
) -> Result<Verified, JournalError> {
    let follow = || follow(conn, now);
    let (pages, verified) = match other {
        Some(other) => beside(move || pages(&other), follow),
        None => (pages(conn), follow()),
    };
    let mut verified = verified?;
    verified.breaches.splice(0..0, pages);
    verified.breaches.truncate(MAX_BREACHES);
    Ok(verified)
}

fn follow(conn: &Connection, now: Option<Wall>) -> Result<Verified, JournalError> {
    // One transaction, so that a daemon that goes on writing does not pull the two chains apart.
    let snapshot = conn.unchecked_transaction()?;
    let mut findings = VerifyFindings { times: now.map(Times::until), ..VerifyFindings::default() };
    findings.definitions(&snapshot)?;
    let entries = findings.chain(&snapshot, &ENTRIES);
    for (seq, what) in findings.times.take().into_iter().flat_map(Times::end) {
        findings.add(seq, what);
    }
    let marks = findings.chain(&snapshot, &MARKS);
    findings.told(&snapshot)?;
    findings.decisions(&snapshot);
    if !findings.is_full() {
        findings.open(&snapshot);
    }
    Ok(Verified { rows: entries.rows, head: entries.hash, marks: marks.rows, breaches: findings.breaches })
}

/// What SQLite itself finds wrong with the file's pages, and with the indexes: a row that an index
/// does not have is a row that a filter does not show.
fn pages(conn: &Connection) -> Vec<Breach> {
    let found = conn.prepare("PRAGMA integrity_check(5)").and_then(|mut statement| {
        statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()
    });
    let found = found.unwrap_or_else(|error| vec![error.to_string()]);
    let found = found.iter().filter(|found| *found != "ok");
    found.map(|found| Breach::new(0, text!("Tệp bị hỏng: {found}", "The file is damaged: {found}"))).collect()
}

impl VerifyFindings {
    /// Tables and triggers that are not as loa made them.
    fn definitions(&mut self, conn: &Connection) -> Result<(), JournalError> {
        let expected: BTreeMap<_, _> = schema::expected()?.into_iter().collect();
        let mut actual: BTreeMap<_, _> = match schema::definitions(conn) {
            Ok(actual) => actual.into_iter().collect(),
            Err(error) => {
                self.add(
                    0,
                    text!(
                        error = foreign(&error.to_string());
                        "Không đọc được cấu trúc tệp: {error}",
                        "The file's tables cannot be read: {error}"
                    ),
                );
                return Ok(());
            }
        };
        for (name, sql) in expected {
            match actual.remove(&name) {
                None => self.add(
                    0,
                    text!(
                        "Chốt chống sửa «{name}» của tệp đã bị gỡ",
                        "\"{name}\", which keeps the journal append-only, was removed"
                    ),
                ),
                Some(found) if found != sql => {
                    self.add(0, text!("Phần «{name}» của tệp đã bị sửa", "\"{name}\" was changed"));
                }
                Some(_) => {}
            }
        }
        for name in actual.keys() {
            self.add(0, text!("Tệp có phần lạ «{name}» không phải do loa tạo", "\"{name}\" was not made by loa"));
        }
        Ok(())
    }

    /// What a start has found wrong with the journal stays found: it stands in the journal itself.
    fn told(&mut self, conn: &Connection) -> Result<(), JournalError> {
        if self.is_full() {
            return Ok(());
        }
        let mut statement = conn.prepare(TOLD)?;
        let mut rows = statement.query([MAX_BREACHES as i64])?;
        while let Some(row) = rows.next()? {
            let Ok(entry) = select::read(row) else { continue };
            let Some(reason) = &entry.reason else { continue };
            let (seq, what) = (entry.seq, reason.words());
            let (vi, en) = (what.vi, what.en);
            let what = text!(
                "Dòng {seq} do đài ghi lúc khởi động: {vi}",
                "Row {seq}, written by the station at a start: {en}"
            );
            self.breaches.push(Breach { is_told: true, ..Breach::new(seq, what) });
        }
        Ok(())
    }

    /// Decisions are found by a list of their rows, without which an old one would count for the newest.
    fn decisions(&mut self, conn: &Connection) {
        if self.is_full() {
            return;
        }
        let kept = decisions::kept(conn).unwrap_or_default();
        let own = std::mem::take(&mut self.decided);
        // A journal that was begun by an older loa has notes of another journal without a place in the list.
        let first = kept.first().copied();
        for seq in own.difference(&kept).filter(|seq| first.is_none_or(|first| **seq > first)) {
            self.add(
                *seq,
                text!(
                    "Dòng {seq} là một lần duyệt hay trả lại mà danh sách phê duyệt không còn: danh sách đã bị sửa",
                    "Row {seq} is a decision that the list of decisions does not have: the list was changed"
                ),
            );
        }
        for seq in kept.difference(&own) {
            self.add(
                *seq,
                text!(
                    "Danh sách phê duyệt nhắc đến dòng {seq}, dòng ấy không phải một lần duyệt hay trả lại",
                    "The list of decisions names row {seq}, which is none"
                ),
            );
        }
    }

    /// Airings without an end must be those that the daemon knows to be under way.
    fn open(&mut self, conn: &Connection) {
        let known =
            conn.prepare("SELECT key FROM position WHERE key NOT IN (?2, ?3) LIMIT ?1").and_then(|mut statement| {
                let bounds = rusqlite::params![MAX_OPEN as i64, ALIVE, belief::KEY];
                statement.query_map(bounds, |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()
            });
        let known = match known {
            Ok(known) => known,
            Err(error) => {
                return self.add(
                    0,
                    text!(
                        error = foreign(&error.to_string());
                        "Không đọc được các lượt đang phát: {error}",
                        "The airings under way cannot be read: {error}"
                    ),
                );
            }
        };
        for key in known {
            if self.under_way.remove(&key).is_none() {
                self.add(
                    0,
                    text!(
                        "Lượt {key} được ghi là đang phát nhưng không có ý định phát",
                        "{key} is said to be under way, but no intent was written"
                    ),
                );
            }
        }
        for (key, id) in std::mem::take(&mut self.under_way) {
            self.add(
                0,
                text!("Dấu {id}: lượt phát {key} không có kết quả", "Mark {id}: nothing says what became of {key}"),
            );
        }
    }
}
