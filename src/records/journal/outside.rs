use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use rusqlite::{Connection, OptionalExtension as _};
use serde::{Deserialize, Serialize};

use super::belief::{HEAD_ENTRY, HEAD_MARK};
use super::chain::{Head, ORIGIN};
use super::error::JournalError;
use super::{schema, seal};
use crate::diag::{Text, text};
use crate::instant::Wall;
use crate::site::{DAEMON_LOCK, Folder};

/// Behind the journal's name without its ending: `state/journal.head`.
const ENDING: &str = "head";
/// It is some 400 bytes; what is much longer was not written by loa.
const MOST: u64 = 8_192;
const MODE: u32 = 0o640;

/// The head of the journal, kept in a file of its own beside it (`state/journal.head`): how many rows there
/// were and which the last ones were. Written when the journal is opened, after each write, and when the
/// station ends. A journal that was cut, emptied, put back from an older copy or made anew does not fit it.
///
/// It is no secret and no signature: who may write both files can make both fit. What proves against that
/// is a head that somebody else keeps.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Outside {
    /// The journal's own name.
    pub epoch: String,
    /// Number and hash of the last entry.
    pub rows: u64,
    /// Hash of the last entry.
    pub head: String,
    /// Number of the last mark.
    pub marks: u64,
    /// Hash of the last mark.
    pub mark_head: String,
    /// When this was written down.
    pub written: String,
    /// The station ended in order: nothing was written behind this.
    pub ended: bool,
}

impl Outside {
    /// The head of the journal that `conn` holds, as it stands.
    pub(super) fn of(conn: &Connection, now: Wall, tz: &TimeZone, ended: bool) -> Result<Self, JournalError> {
        let (entries, marks) = (Head::of(conn, HEAD_ENTRY)?, Head::of(conn, HEAD_MARK)?);
        Ok(Self {
            epoch: schema::epoch(conn)?,
            rows: entries.number,
            head: entries.hash,
            marks: marks.number,
            mark_head: marks.hash,
            written: now.rfc3339(tz),
            ended,
        })
    }

    /// What was kept of the journal at `path`; `None` where nothing was, or nothing that can be read.
    pub fn read(path: &Path) -> Option<Self> {
        let file = place(path);
        // Neither a link nor something that would be waited for.
        fs::symlink_metadata(&file).ok().filter(fs::Metadata::is_file)?;
        let mut text = String::new();
        File::open(file).ok()?.take(MOST).read_to_string(&mut text).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Whether it is gone where it has to be, or cannot be read, which a hand can bring about as well: a station that has
    /// run here has kept it from its first row on. A journal that was copied elsewhere, or came out of a backup, has
    /// nothing of what only a run leaves behind.
    pub fn is_gone(path: &Path) -> bool {
        let is_there = |file: &Path| fs::symlink_metadata(file).is_ok();
        is_there(&path.with_file_name(DAEMON_LOCK)) && Self::read(path).is_none()
    }

    /// Keep it for the journal at `path`: written beside, synced, renamed.
    pub(super) fn write(&self, path: &Path) -> std::io::Result<()> {
        let (file, new) = (place(path), place(path).with_extension("head.new"));
        let (Some(name), Some(new)) = (file.file_name(), new.file_name()) else { return Ok(()) };
        let folder =
            Folder::open(path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new(".")))?;
        // One that a cut has left behind; a link is removed, not followed.
        let _ = folder.remove(new);
        let mut out = folder.new_file(new, MODE)?;
        out.write_all(serde_json::to_string(self)?.as_bytes())?;
        out.sync_all()?;
        // The name need not be on the disk at once: an older head is one that lags behind.
        folder.rename(new, name)
    }

    /// That all of what was kept is gone, for people.
    pub fn gone(&self) -> Text {
        let (last, rows, when) = (seal(self.rows, &self.head), self.rows, &self.written);
        text!(
            "Nhật ký đã mất: lúc {when} còn {rows} dòng, dòng cuối {last}",
            "The journal is gone: at {when} it had {rows} entries, the last {last}"
        )
    }

    /// Where the journal that `conn` holds does not fit what was kept of it.
    pub(super) fn compare(&self, conn: &Connection) -> Result<Option<OutsideMisfit>, JournalError> {
        let epoch = schema::epoch(conn)?;
        let entries = Head::of(conn, HEAD_ENTRY)?;
        let marks = Head::of(conn, HEAD_MARK)?;
        let hash = |sql: &str, number: u64| -> Result<Option<String>, JournalError> {
            Ok(conn.query_row(sql, [number as i64], |row| row.get(0)).optional()?)
        };
        let at_entry = hash("SELECT hash FROM entry WHERE seq = ?1", self.rows)?.unwrap_or_else(|| ORIGIN.to_owned());
        let at_mark = hash("SELECT hash FROM mark WHERE id = ?1", self.marks)?.unwrap_or_else(|| ORIGIN.to_owned());
        let kind = if entries.number < self.rows || marks.number < self.marks {
            Kind::Shorter
        } else if at_entry != self.head || at_mark != self.mark_head {
            Kind::Changed
        } else if epoch != self.epoch {
            Kind::Renamed
        } else if self.ended && (entries.number > self.rows || marks.number > self.marks) {
            Kind::Longer
        } else {
            return Ok(None);
        };
        Ok(Some(OutsideMisfit { kind, kept: self.clone(), found: entries.number }))
    }
}

/// How a journal does not fit what was kept of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct OutsideMisfit {
    kind: Kind,
    kept: Outside,
    found: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Shorter,
    Changed,
    Renamed,
    Longer,
}

impl OutsideMisfit {
    /// For the note in the journal itself: `shorter: kept 873 4f2a…: found 870`.
    pub(super) fn code(&self) -> String {
        let kind = match self.kind {
            Kind::Shorter => "shorter",
            Kind::Changed => "changed",
            Kind::Renamed => "renamed",
            Kind::Longer => "longer",
        };
        format!("{kind}: kept {} {}: found {}", self.kept.rows, self.kept.head, self.found)
    }

    /// For people.
    pub(super) fn text(&self) -> Text {
        let (kept, found) = (seal(self.kept.rows, &self.kept.head), self.found);
        let rows = self.kept.rows;
        let when = &self.kept.written;
        match self.kind {
            Kind::Shorter => text!(
                "Phần cuối nhật ký đã mất: lúc {when} nhật ký có {rows} dòng (dòng cuối {kept}), nay có {found} dòng: bị cắt, hoặc bị thay bằng bản cũ",
                "The end of the journal is gone: at {when} it had {rows} entries (the last {kept}), now it has {found}: it was cut, or an older copy was put in its place"
            ),
            Kind::Changed => text!(
                "Nhật ký không khớp với mã đã cất riêng lúc {when} ({kept}): dòng {rows}, hoặc những dòng trước đó, đã bị sửa hay làm lại",
                "The journal does not fit the head that was kept at {when} ({kept}): row {rows}, or rows before it, were changed or made anew"
            ),
            Kind::Renamed => text!(
                "Mã nhật ký đã bị đổi từ sau {when}: không còn là nhật ký ấy, hoặc có người sửa",
                "The journal's id is another than at {when}: it is another journal, or somebody changed it"
            ),
            Kind::Longer => text!(
                "Sau khi đài tắt lúc {when} (dòng cuối {kept}) có dòng được thêm vào mà đài không chạy: nay có {found} dòng",
                "Rows were added after the station had ended at {when} (the last {kept}) and while it did not run: there are {found} now"
            ),
        }
    }
}

fn place(path: &Path) -> PathBuf {
    let mut name = OsString::from(path.file_stem().unwrap_or_default());
    name.push(".");
    name.push(ENDING);
    path.with_file_name(name)
}
