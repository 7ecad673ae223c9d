use std::collections::BTreeMap;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, Statement};

use super::body::{Body, read_instant};
use super::chain::{Head, ORIGIN, digest};
use super::error::JournalError;
use super::mark::{Mark, Step};
use super::schema;
use crate::diag::{Text, text};

/// So many findings are told; a file with more is as well proved to be broken.
const MAX_BREACHES: usize = 100;
/// So many references to rows that are not there are looked for to the very end of the other chain.
const MAX_LOST: usize = 20;
/// Most airings under way at once: many times more than a station has zones.
const MAX_OPEN: usize = 10_000;

/// What following both chains from end to end has shown.
#[derive(Clone, PartialEq, Debug)]
pub struct Verified {
    /// Entries there are.
    pub rows: u64,
    /// Hash of the last entry; 64 zeros where there is none. Kept elsewhere, it proves later that
    /// nothing up to here was cut off.
    pub head: String,
    /// Marks there are.
    pub marks: u64,
    /// What does not hold, in order; the first hundred.
    pub breaches: Vec<Breach>,
}

impl Verified {
    /// Nothing was found.
    pub fn is_sound(&self) -> bool {
        self.breaches.is_empty()
    }
}

/// One thing that does not hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Breach {
    /// The entry's number; 0 where it is not about one entry.
    pub seq: u64,
    /// What, and what it means.
    pub what: Text,
}

/// Follow both chains. Only a failure to read at all is an error; whatever the file holds is a finding.
pub(super) fn verify(conn: &Connection) -> Result<Verified, JournalError> {
    // One transaction, so that a daemon that goes on writing does not pull the two chains apart.
    let snapshot = conn.unchecked_transaction()?;
    let mut findings = Findings::default();
    findings.pages(&snapshot);
    findings.definitions(&snapshot)?;
    let entries = findings.chain(&snapshot, &ENTRIES);
    let marks = findings.chain(&snapshot, &MARKS);
    findings.open(&snapshot);
    findings.breaches.truncate(MAX_BREACHES);
    Ok(Verified { rows: entries.rows, head: entries.hash, marks: marks.rows, breaches: findings.breaches })
}

/// One chain, and how it holds on to the other.
struct Chain {
    /// All rows, by number.
    rows: &'static str,
    /// Number and hash of the other chain's rows behind a number.
    other: &'static str,
    /// What must hold of one body, the chain aside.
    read: fn(&str) -> Result<Link, String>,
    /// The row's name, for people.
    name: fn(u64) -> Text,
    /// The number in a [`Breach`].
    seq: fn(u64) -> u64,
}

const ENTRIES: Chain = Chain {
    rows: "SELECT seq, body, hash FROM entry ORDER BY seq",
    other: "SELECT id, hash FROM mark WHERE id > ?1 ORDER BY id",
    read: entry_link,
    name: |seq| text!("Dòng {seq}", "Row {seq}"),
    seq: |seq| seq,
};

const MARKS: Chain = Chain {
    rows: "SELECT id, body, hash FROM mark ORDER BY id",
    other: "SELECT seq, hash FROM entry WHERE seq > ?1 ORDER BY seq",
    read: mark_link,
    name: |id| text!("Dấu {id}", "Mark {id}"),
    seq: |_| 0,
};

/// What a body says of its place.
struct Link {
    number: u64,
    prev: String,
    /// The other chain's head at that moment.
    other: String,
    /// For marks: what it does to the airings under way.
    step: Option<(Step, String)>,
}

/// The end that a walk has come to.
struct End {
    rows: u64,
    hash: String,
}

#[derive(Default)]
struct Findings {
    breaches: Vec<Breach>,
    /// Airings whose intent has been seen and whose end has not: key to the intent's number.
    under_way: BTreeMap<String, u64>,
}

impl Findings {
    fn add(&mut self, seq: u64, what: Text) {
        self.breaches.push(Breach { seq, what });
    }

    fn is_full(&self) -> bool {
        self.breaches.len() >= MAX_BREACHES
    }

    /// What SQLite itself finds wrong with the file's pages.
    fn pages(&mut self, conn: &Connection) {
        let found = conn.prepare("PRAGMA quick_check(5)").and_then(|mut statement| {
            statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()
        });
        let found = found.unwrap_or_else(|error| vec![error.to_string()]);
        for found in found.iter().filter(|found| *found != "ok") {
            self.add(0, text!("Tệp bị hỏng: {found}", "The file is damaged: {found}"));
        }
    }

    /// Tables and triggers that are not as loa made them.
    fn definitions(&mut self, conn: &Connection) -> Result<(), JournalError> {
        let expected: BTreeMap<_, _> = schema::expected()?.into_iter().collect();
        let mut actual: BTreeMap<_, _> = match schema::definitions(conn) {
            Ok(actual) => actual.into_iter().collect(),
            Err(error) => {
                self.add(0, text!("Không đọc được cấu trúc tệp: {error}", "The file's tables cannot be read: {error}"));
                return Ok(());
            }
        };
        for (name, sql) in expected {
            match actual.remove(&name) {
                None => self.add(
                    0,
                    text!("Phần «{name}» giữ cho nhật ký chỉ được ghi thêm đã bị gỡ bỏ", "\"{name}\", which keeps the journal append-only, was removed"),
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

    /// Follow one chain. Stops where the file can no longer be read.
    fn chain(&mut self, conn: &Connection, chain: &Chain) -> End {
        let mut end = End { rows: 0, hash: ORIGIN.to_owned() };
        if let Err(error) = self.follow(conn, chain, &mut end) {
            let last = end.rows;
            self.add(0, text!("Không đọc tiếp được sau {last} dòng: {error}", "Cannot be read after {last} rows: {error}"));
        }
        end
    }

    fn follow(&mut self, conn: &Connection, chain: &Chain, end: &mut End) -> Result<(), rusqlite::Error> {
        let mut statement = conn.prepare(chain.rows)?;
        let mut rows = statement.query([])?;
        let mut other = Cursor::at_origin(conn.prepare(chain.other)?);
        let mut last = Head::origin();
        while let Some(row) = rows.next()? {
            if self.is_full() {
                return Ok(());
            }
            let number = row.get::<_, i64>(0)?;
            let number = u64::try_from(number).unwrap_or(0);
            let (name, seq) = ((chain.name)(number), (chain.seq)(number));
            let (vi, en) = (name.vi, name.en);
            self.gap(chain, last.number, number);
            last.number = number;
            end.rows += 1;
            let (Some(body), Some(hash)) = (column(row, 1), column(row, 2)) else {
                self.add(seq, text!("{vi} không phải là chữ", "{en} is not text"));
                last.hash.clear();
                continue;
            };
            if digest(body) != hash {
                self.add(seq, text!("{vi}: nội dung đã bị sửa (mã băm không khớp)", "{en} was changed (its hash does not fit)"));
            }
            match (chain.read)(body) {
                Err(what) => self.add(seq, text!("{vi} không do loa ghi: {what}", "{en} was not written by loa: {what}")),
                Ok(link) => {
                    if link.number != number {
                        let said = link.number;
                        self.add(seq, text!("{vi} mang số {said}: đã bị đổi chỗ", "{en} says it is {said}: it was moved"));
                    }
                    if link.prev != last.hash {
                        self.add(seq, text!("{vi} không nối với dòng trước: có dòng bị sửa, xóa, chèn hoặc đổi chỗ", "{en} does not follow the row before it: one was changed, removed, inserted or moved"));
                    }
                    if !other.reach(&link.other)? {
                        self.add(seq, text!("{vi} nhắc đến một dòng của chuỗi kia không còn ở đó: phần cuối có thể đã bị cắt", "{en} refers to a row of the other chain that is not there: its end may have been cut off"));
                    }
                    self.step(number, link.step);
                }
            }
            hash.clone_into(&mut last.hash);
            end.hash.clone_from(&last.hash);
        }
        Ok(())
    }

    fn gap(&mut self, chain: &Chain, last: u64, number: u64) {
        let from = last + 1;
        if number == from {
            return;
        }
        let seq = (chain.seq)(from);
        if number < from {
            return self.add(0, text!("Có dòng mang số không hợp lệ", "A row has an impossible number"));
        }
        let name = (chain.name)(from);
        let (vi, en, until) = (name.vi, name.en, number - 1);
        if until == from {
            self.add(seq, text!("{vi} đã bị xóa", "{en} was removed"));
        } else {
            self.add(seq, text!("{vi} đến {until} đã bị xóa", "{en} up to {until} were removed"));
        }
    }

    fn step(&mut self, id: u64, step: Option<(Step, String)>) {
        match step {
            None => {}
            Some((Step::Intent, key)) if self.under_way.len() < MAX_OPEN => {
                self.under_way.insert(key, id);
            }
            Some((Step::Intent, _)) => self.add(0, text!("Quá nhiều lượt phát chưa kết thúc", "Too many airings without an end")),
            Some((Step::Start, key)) if self.under_way.contains_key(&key) => {}
            Some((Step::End, key)) if self.under_way.remove(&key).is_some() => {}
            Some((_, key)) => self.add(
                0,
                text!("Dấu {id}: lượt phát {key} không có ý định phát trước đó", "Mark {id}: no intent came before, for {key}"),
            ),
        }
    }

    /// Airings without an end must be those that the daemon knows to be under way.
    fn open(&mut self, conn: &Connection) {
        let known = conn.prepare("SELECT key FROM position LIMIT ?1").and_then(|mut statement| {
            statement.query_map([MAX_OPEN as i64], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()
        });
        let known = match known {
            Ok(known) => known,
            Err(error) => {
                return self.add(0, text!("Không đọc được các lượt đang phát: {error}", "The airings under way cannot be read: {error}"));
            }
        };
        for key in known {
            if self.under_way.remove(&key).is_none() {
                self.add(0, text!("Lượt {key} được ghi là đang phát nhưng không có ý định phát", "{key} is said to be under way, but no intent was written"));
            }
        }
        for (key, id) in std::mem::take(&mut self.under_way) {
            self.add(0, text!("Dấu {id}: lượt phát {key} không có kết quả", "Mark {id}: nothing says what became of {key}"));
        }
    }
}

/// A place in the other chain, which only moves on.
struct Cursor<'a> {
    behind: Statement<'a>,
    here: Head,
    lost: usize,
}

impl<'a> Cursor<'a> {
    fn at_origin(behind: Statement<'a>) -> Self {
        Self { behind, here: Head::origin(), lost: 0 }
    }

    /// Move on to the row whose hash is `hash`; false where it is not at or behind this place, which
    /// then stays.
    fn reach(&mut self, hash: &str) -> Result<bool, rusqlite::Error> {
        if self.here.hash == hash || self.lost >= MAX_LOST {
            return Ok(true);
        }
        let mut rows = self.behind.query([self.here.number as i64])?;
        while let Some(row) = rows.next()? {
            if column(row, 1) == Some(hash) {
                self.here = Head { number: row.get::<_, i64>(0)?.unsigned_abs(), hash: hash.to_owned() };
                return Ok(true);
            }
        }
        self.lost += 1;
        Ok(false)
    }
}

fn column<'a>(row: &'a Row, ix: usize) -> Option<&'a str> {
    match row.get_ref(ix) {
        Ok(value @ ValueRef::Text(_)) => value.as_str().ok(),
        _ => None,
    }
}

fn entry_link(text: &str) -> Result<Link, String> {
    let body: Body = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if body.text().ok().as_deref() != Some(text) {
        return Err("not canonical".to_owned());
    }
    let link = Link { number: body.seq, prev: body.prev.clone(), other: body.marks.clone(), step: None };
    body.entry(String::new()).map_err(str::to_owned)?;
    Ok(link)
}

fn mark_link(text: &str) -> Result<Link, String> {
    let mark: Mark = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if serde_json::to_string(&mark).ok().as_deref() != Some(text) {
        return Err("not canonical".to_owned());
    }
    read_instant(&mark.written).ok_or("written")?;
    Ok(Link { number: mark.id, prev: mark.prev, other: mark.entries, step: Some((mark.step, mark.key)) })
}
