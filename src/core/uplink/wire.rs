use std::fmt;

use serde::{Deserialize, Serialize};

use super::collected::RowMark;
use super::sending::ROWS_MOST;
use crate::diag::{Text, shown, text};
use crate::digest::sha256;
use crate::signature::Locality;

/// The stream that rows go up by.
pub const LOG_STREAM: &str = "LOA_LOG";
/// The stream in which each box finds how far the collector has its rows.
pub const WATERMARK_STREAM: &str = "LOA_WM";

/// What messages with rows have in their heads.
pub const EPOCH_HEADER: &str = "Loa-Epoch";
/// The number of the first row.
pub const FIRST_HEADER: &str = "Loa-First";
/// The number of the last row.
pub const LAST_HEADER: &str = "Loa-Last";
/// The hash of the last row, as the box has it.
pub const HEAD_HEADER: &str = "Loa-Head";

/// The name of a journal is sixteen hexadecimal digits; a later one may be longer.
const EPOCH_MOST: usize = 64;
/// Servers take a megabyte; one row with five hundred long names of files may be larger than a message should be.
const PAYLOAD_MOST: usize = 1024 * 1024;

/// Where a box sends its rows.
pub fn log_subject(path: &Locality) -> String {
    format!("loa.log.{path}")
}

/// Where it finds how far the collector has them.
pub fn watermark_subject(path: &Locality) -> String {
    format!("loa.wm.{path}")
}

/// Which box has sent what lies under this subject.
pub fn sender(log_subject: &str) -> Option<Locality> {
    Locality::read(log_subject.strip_prefix("loa.log.")?)
}

/// A row of a journal as it stands there. On a stick it is one line of JSON.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SentRow {
    /// Its number.
    pub seq: u64,
    /// Its bytes.
    pub body: String,
    /// Their SHA-256, as the box has it.
    pub hash: String,
}

impl SentRow {
    /// How it holds on to the row before it; none where it is no row of this number. What else it says may be of a version
    /// that is not known here.
    pub fn mark(&self) -> Option<RowMark> {
        let link = serde_json::from_str::<RowLink>(&self.body).ok()?;
        let fits = link.seq == self.seq && sha256(self.body.as_bytes()) == self.hash;
        fits.then(|| RowMark { seq: self.seq, prev: link.prev, hash: self.hash.clone() })
    }
}

/// What every row says of its place, whatever its version.
#[derive(Deserialize)]
struct RowLink {
    seq: u64,
    prev: String,
}

/// Rows of one journal that go up in one message: their bodies line by line, the rest in the message's head.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RowBatch {
    /// The journal's own name.
    pub epoch: String,
    /// The number of the first row.
    pub first: u64,
    /// The rows' bytes, in order. None has a line break.
    pub bodies: Vec<String>,
    /// The hash of the last one, as the box has it.
    pub head: String,
}

impl RowBatch {
    /// The number of the last row.
    pub fn last(&self) -> u64 {
        (self.first + self.bodies.len() as u64).saturating_sub(1)
    }

    /// What its message has in its head.
    pub fn headers(&self) -> [(&'static str, String); 4] {
        [
            (EPOCH_HEADER, self.epoch.clone()),
            (FIRST_HEADER, self.first.to_string()),
            (LAST_HEADER, self.last().to_string()),
            (HEAD_HEADER, self.head.clone()),
        ]
    }

    /// What the message says.
    pub fn payload(&self) -> String {
        self.bodies.join("\n")
    }

    /// Out of a message; `header` gives what stands in its head under a name.
    pub fn read<'a>(header: impl Fn(&str) -> Option<&'a str>, payload: &'a [u8]) -> Result<Self, NoBatch> {
        let epoch = header(EPOCH_HEADER).filter(|epoch| is_epoch(epoch)).ok_or(NoBatch::Epoch)?;
        let number = |name| header(name).and_then(|written| written.parse::<u64>().ok()).filter(|number| *number > 0);
        let (first, last) = number(FIRST_HEADER).zip(number(LAST_HEADER)).ok_or(NoBatch::Numbers)?;
        let count = last.checked_sub(first).map(|more| more + 1).ok_or(NoBatch::Numbers)?;
        // SQLite and PostgreSQL count to 2^63.
        if count > ROWS_MOST || last > i64::MAX as u64 {
            return Err(NoBatch::Numbers);
        }
        if payload.len() > PAYLOAD_MOST {
            return Err(NoBatch::Long(payload.len()));
        }
        let said = std::str::from_utf8(payload).map_err(|_| NoBatch::Bytes)?;
        let bodies: Vec<String> = said.split('\n').map(str::to_owned).collect();
        // No database keeps a zero in a text.
        if bodies.len() as u64 != count || said.contains('\0') {
            return Err(NoBatch::Bytes);
        }
        let is_hash =
            |head: &&str| head.len() == 64 && head.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let head = header(HEAD_HEADER).filter(is_hash).ok_or(NoBatch::Head)?.to_owned();
        Ok(Self { epoch: epoch.to_owned(), first, bodies, head })
    }

    /// The rows, each with the hash of its bytes; the last one with the hash that the box has, so that a row that was changed there
    /// is seen to be none.
    pub fn rows(&self) -> impl Iterator<Item = SentRow> {
        let last = self.last();
        (self.first..).zip(&self.bodies).map(move |(seq, body)| SentRow {
            seq,
            body: body.clone(),
            hash: if seq == last { self.head.clone() } else { sha256(body.as_bytes()) },
        })
    }
}

/// The name of a journal: a few letters and digits.
pub fn is_epoch(epoch: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=EPOCH_MOST).contains(&epoch.len()) && epoch.bytes().all(is_plain)
}

/// Why a message has no rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoBatch {
    /// It does not say of which journal they are.
    Epoch,
    /// It does not say which rows they are, or names too many.
    Numbers,
    /// It is longer than a server takes.
    Long(usize),
    /// They are not the text that was announced.
    Bytes,
    /// It does not have the hash of its last row.
    Head,
}

impl NoBatch {
    /// For whoever looks after the collector.
    pub fn text(self) -> Text {
        match self {
            Self::Epoch => text!("tin không ghi của nhật ký nào", "the message does not name its journal"),
            Self::Numbers => {
                text!("tin không ghi đúng từ dòng nào đến dòng nào", "the message does not say which rows it has")
            }
            Self::Long(bytes) => text!("tin quá dài ({bytes} byte)", "the message is too long ({bytes} bytes)"),
            Self::Bytes => text!(
                "nội dung tin không phải các dòng nhật ký đã báo",
                "what the message holds is not the rows that it announces"
            ),
            Self::Head => text!("tin không ghi mã băm của dòng cuối", "the message lacks the hash of its last row"),
        }
    }
}

/// How far the collector has the rows of a box: every row up to this one lies in its database.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Watermark {
    /// Of which journal: one that was begun anew counts anew.
    pub epoch: String,
    /// Up to which row.
    pub row: u64,
    /// The hash of that row; empty where there is none.
    pub hash: String,
}

impl Watermark {
    /// As a message has it: JSON.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice::<Self>(bytes).ok().filter(|mark| is_epoch(&mark.epoch))
    }

    /// The same, to be sent.
    pub fn line(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl fmt::Display for Watermark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", shown(&self.epoch), self.row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch() -> RowBatch {
        let bodies = vec!["{\"seq\":7}".to_owned(), "{\"seq\":8}".to_owned()];
        RowBatch { epoch: "a1".to_owned(), first: 7, head: sha256(bodies[1].as_bytes()), bodies }
    }

    fn read(batch: &RowBatch, change: (&str, Option<&str>), payload: &[u8]) -> Result<RowBatch, NoBatch> {
        let headers = batch.headers();
        let header = |name: &str| {
            if name == change.0 {
                return change.1;
            }
            headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
        };
        RowBatch::read(header, payload)
    }

    #[test]
    fn a_message_read_again_is_the_same_and_one_that_lies_is_none() {
        let batch = batch();
        let payload = batch.payload().into_bytes();
        assert_eq!(read(&batch, ("", None), &payload).as_ref(), Ok(&batch));
        assert_eq!(batch.rows().map(|row| row.seq).collect::<Vec<_>>(), [7, 8]);
        for (name, value, why) in [
            (EPOCH_HEADER, None, NoBatch::Epoch),
            (EPOCH_HEADER, Some("a b"), NoBatch::Epoch),
            (FIRST_HEADER, Some("0"), NoBatch::Numbers),
            (FIRST_HEADER, Some("9"), NoBatch::Numbers),
            (LAST_HEADER, Some("18446744073709551615"), NoBatch::Numbers),
            (LAST_HEADER, Some("x"), NoBatch::Numbers),
            (LAST_HEADER, Some("9"), NoBatch::Bytes),
            (HEAD_HEADER, Some("ab"), NoBatch::Head),
        ] {
            assert_eq!(read(&batch, (name, value), &payload), Err(why), "{name} {value:?}");
        }
        assert_eq!(read(&batch, ("", None), b"\xff\n"), Err(NoBatch::Bytes));
        assert_eq!(read(&batch, ("", None), b"a\n\0"), Err(NoBatch::Bytes));
        let changed = read(&batch, ("", None), b"{\"seq\":7}\n{\"seq\":9}").unwrap();
        assert_eq!(changed.rows().last().and_then(|row| row.mark()), None);
    }

    #[test]
    fn the_first_row_and_the_last_number_there_is_count_without_an_overflow() {
        let first = RowBatch { first: i64::MAX as u64, bodies: vec!["x".to_owned()], ..batch() };
        assert_eq!(first.last(), i64::MAX as u64);
        assert!(read(&first, ("", None), b"x").is_ok());
    }

    #[test]
    fn a_subject_names_one_box_and_nothing_else() {
        let path = Locality::read("p01.c003.h00077").unwrap();
        assert_eq!(sender(&log_subject(&path)), Some(path));
        for other in ["loa.log.", "loa.log.p01.>", "loa.hb.p01", "loa.log.p01..x"] {
            assert_eq!(sender(other), None, "{other}");
        }
    }

    #[test]
    fn a_row_that_no_loa_wrote_is_told() {
        let row = |body: &str| SentRow { seq: 1, body: body.to_owned(), hash: sha256(body.as_bytes()) };
        let good = row(r#"{"seq":1,"prev":"p","of a later version":{}}"#);
        assert_eq!(good.mark().map(|mark| mark.prev), Some("p".to_owned()));
        assert_eq!(SentRow { hash: "x".to_owned(), ..good.clone() }.mark(), None);
        assert_eq!(SentRow { seq: 2, ..good }.mark(), None);
        assert_eq!(row("{}").mark(), None);
    }
}
