use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, Statement};

use super::chain::{Head, ORIGIN};
use super::decisions;
use super::findings::{MAX_OPEN, VerifyFindings};
use super::judged::{JudgedRow, JudgedText, Judges};
use super::mark::{DraftEntry, Mark, MarkStep};
use super::times::Dated;
use crate::diag::{Text, foreign, text};
use crate::fact::EntryKind;
use crate::fact::RowBody;
use crate::fact::body::read_instant;
use crate::instant::Wall;
use crate::reason::Reason;

/// So many references to rows that are not there are looked for to the very end of the other chain.
const MAX_LOST: usize = 20;

/// One chain, and how it holds on to the other.
pub(super) struct Chain {
    /// All rows, by number.
    rows: &'static str,
    /// Number and hash of the other chain's rows behind a number.
    other: &'static str,
    /// What must hold of one body, the chain aside.
    read: fn(&str) -> Result<Link, String>,
    /// The row's name, for people.
    name: fn(u64) -> Text,
    /// The number in a [`Breach`](super::findings::Breach).
    seq: fn(u64) -> u64,
}

pub(super) const ENTRIES: Chain = Chain {
    rows: "SELECT seq, body, hash FROM entry ORDER BY seq",
    other: "SELECT id, hash FROM mark WHERE id > ?1 ORDER BY id",
    read: entry_link,
    name: |seq| text!("Dòng {seq}", "Row {seq}"),
    seq: |seq| seq,
};

pub(super) const MARKS: Chain = Chain {
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
    step: Option<(MarkStep, String)>,
    /// For entries: when, and what, it says it is.
    dated: Option<(EntryKind, Option<Reason>, String, Wall)>,
    /// For entries: it is one of those that are found by their number in `meta`.
    decided: bool,
    /// For an end: the number of its entry, which is the other chain's head then.
    entry: Option<u64>,
}

/// The end that a walk has come to.
pub(super) struct End {
    pub(super) rows: u64,
    pub(super) hash: String,
}

impl VerifyFindings {
    /// Follow one chain. Stops where the file can no longer be read.
    pub(super) fn chain(&mut self, conn: &Connection, chain: &Chain) -> End {
        let mut end = End { rows: 0, hash: ORIGIN.to_owned() };
        if let Err(error) = self.follow(conn, chain, &mut end) {
            let last = end.rows;
            self.add(
                0,
                text!(
                    error = foreign(&error.to_string());
                    "Không đọc tiếp được sau {last} dòng: {error}",
                    "Cannot be read after {last} rows: {error}"
                ),
            );
        }
        end
    }

    fn follow(&mut self, conn: &Connection, chain: &Chain, end: &mut End) -> Result<(), rusqlite::Error> {
        let mut statement = conn.prepare(chain.rows)?;
        let mut other = Cursor::at_origin(conn.prepare(chain.other)?);
        let mut last = Head::origin();
        Judges::with(chain.read, |judges| {
            let mut rows = statement.query([])?;
            let mut read = Ok(());
            while !self.is_full() {
                let back = match rows.next().and_then(|row| row.map(|row| judges.hand(row)).transpose()) {
                    Ok(Some(back)) => back,
                    Ok(None) => break,
                    Err(error) => {
                        read = Err(error);
                        break;
                    }
                };
                self.rows(chain, back, (&mut last, &mut other, end))?;
            }
            // Those before the place where it cannot be read are told first.
            loop {
                let back = judges.rest();
                if back.is_empty() {
                    return read;
                }
                self.rows(chain, back, (&mut last, &mut other, end))?;
            }
        })
    }

    /// Rows behind the last ones, each judged for itself.
    fn rows(
        &mut self,
        chain: &Chain,
        rows: Vec<JudgedRow<Link>>,
        (last, other, end): (&mut Head, &mut Cursor, &mut End),
    ) -> Result<(), rusqlite::Error> {
        for JudgedRow { number, text } in rows {
            if self.is_full() {
                return Ok(());
            }
            let seq = (chain.seq)(number);
            self.gap(chain, last.number, number);
            last.number = number;
            end.rows += 1;
            let Some(JudgedText { hash, fits, link }) = text else {
                let Text { vi, en } = (chain.name)(number);
                self.add(seq, text!("{vi} không phải là chữ", "{en} is not text"));
                last.hash.clear();
                continue;
            };
            if !fits {
                let Text { vi, en } = (chain.name)(number);
                self.add(
                    seq,
                    text!("{vi}: nội dung đã bị sửa (mã băm không khớp)", "{en} was changed (its hash does not fit)"),
                );
            }
            match link {
                Err(what) => {
                    let Text { vi, en } = (chain.name)(number);
                    self.add(seq, text!("{vi} không do loa ghi: {what}", "{en} was not written by loa: {what}"));
                }
                Ok(link) => {
                    self.place(chain, number, &link, last, other)?;
                    self.date(number, &link);
                }
            }
            end.hash.clone_from(&hash);
            last.hash = hash;
        }
        Ok(())
    }

    /// Whether a body says of its place what is true.
    fn place(
        &mut self,
        chain: &Chain,
        number: u64,
        link: &Link,
        last: &Head,
        other: &mut Cursor,
    ) -> Result<(), rusqlite::Error> {
        let seq = (chain.seq)(number);
        let name = || (chain.name)(number);
        if link.number != number {
            let Text { vi, en } = name();
            let said = link.number;
            self.add(seq, text!("{vi} mang số {said}: đã bị đổi chỗ", "{en} says it is {said}: it was moved"));
        }
        if link.prev != last.hash {
            let Text { vi, en } = name();
            self.add(
                seq,
                text!(
                    "{vi} không nối với dòng trước: có dòng bị sửa, xóa, chèn hoặc đổi chỗ",
                    "{en} does not follow the row before it: one was changed, removed, inserted or moved"
                ),
            );
        }
        match other.reach(&link.other)? {
            Reach::Here(place) if link.entry.is_some_and(|entry| entry != place) => {
                let Text { vi, en } = name();
                self.add(seq, text!("{vi} nhắc đến nhầm dòng {place}", "{en} refers to the wrong row, {place}"));
            }
            Reach::Here(_) | Reach::NotAsked => {}
            Reach::Gone => {
                let Text { vi, en } = name();
                self.add(
                    seq,
                    text!(
                        "{vi} nhắc đến một dòng của chuỗi kia không còn ở đó: phần cuối có thể đã bị cắt",
                        "{en} refers to a row of the other chain that is not there: its end may have been cut off"
                    ),
                );
            }
        }
        self.step(number, link.step.as_ref());
        Ok(())
    }

    fn date(&mut self, seq: u64, link: &Link) {
        self.decided.extend(link.decided.then_some(seq));
        let Some((kind, reason, written, at)) = &link.dated else { return };
        let row = Dated { seq, kind: *kind, reason: reason.as_ref(), written, at: *at };
        if let Some((seq, what)) = self.times.as_mut().and_then(|times| times.row(&row)) {
            self.add(seq, what);
        }
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

    fn step(&mut self, id: u64, step: Option<&(MarkStep, String)>) {
        match step {
            None => {}
            Some((MarkStep::Intent, key)) if self.under_way.len() < MAX_OPEN => {
                self.under_way.insert(key.clone(), id);
            }
            Some((MarkStep::Intent, _)) => {
                self.add(0, text!("Quá nhiều lượt phát chưa kết thúc", "Too many airings without an end"));
            }
            Some((MarkStep::Start, key)) if self.under_way.contains_key(key) => {}
            Some((MarkStep::End, key)) if self.under_way.remove(key).is_some() => {}
            Some((_, key)) => self.add(
                0,
                text!(
                    "Dấu {id}: lượt phát {key} không có ý định phát trước đó",
                    "Mark {id}: no intent came before, for {key}"
                ),
            ),
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

    /// Move on to the row whose hash is `hash`. Where it is not at or behind this place, stay.
    fn reach(&mut self, hash: &str) -> Result<Reach, rusqlite::Error> {
        if self.here.hash == hash {
            return Ok(Reach::Here(self.here.number));
        }
        if self.lost >= MAX_LOST {
            return Ok(Reach::NotAsked);
        }
        let mut rows = self.behind.query([self.here.number as i64])?;
        while let Some(row) = rows.next()? {
            if column(row, 1) == Some(hash) {
                self.here = Head { number: row.get::<_, i64>(0)?.unsigned_abs(), hash: hash.to_owned() };
                return Ok(Reach::Here(self.here.number));
            }
        }
        self.lost += 1;
        Ok(Reach::Gone)
    }
}

/// What became of a search in the other chain.
enum Reach {
    /// It is the row of this number.
    Here(u64),
    /// There is no such row, or it stands before one that was referred to earlier.
    Gone,
    /// Too many were gone already.
    NotAsked,
}

fn column<'a>(row: &'a Row, ix: usize) -> Option<&'a str> {
    match row.get_ref(ix) {
        Ok(value @ ValueRef::Text(_)) => value.as_str().ok(),
        _ => None,
    }
}

fn entry_link(text: &str) -> Result<Link, String> {
    let body = RowBody::read(text)?;
    let (number, prev, other, written) = (body.seq, body.prev.clone(), body.marks.clone(), body.written.clone());
    let entry = body.entry(String::new()).map_err(str::to_owned)?;
    let decided = decisions::name_of(entry.kind, entry.broadcast.as_deref(), entry.reason.as_ref()).is_some();
    let dated = Some((entry.kind, entry.reason, written, entry.written));
    Ok(Link { number, prev, other, step: None, dated, decided, entry: None })
}

fn mark_link(text: &str) -> Result<Link, String> {
    let mark: Mark = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if serde_json::to_string(&mark).ok().as_deref() != Some(text) {
        return Err("not canonical".to_owned());
    }
    read_instant(&mark.written).ok_or("written")?;
    mark.airing.as_ref().map_or(Some(1), DraftEntry::version).ok_or("campaign, order")?;
    let step = Some((mark.step, mark.key));
    Ok(Link {
        number: mark.id,
        prev: mark.prev,
        other: mark.entries,
        step,
        dated: None,
        decided: false,
        entry: mark.entry,
    })
}
