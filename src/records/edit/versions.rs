use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use rusqlite::types::Value as Sql;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension as _, Row, Transaction, params, params_from_iter};

use super::version::{Asked, How, Version};
use super::words::Part;
use super::{Digest, Of, Refusal};
use crate::diag::{Text, foreign, text};
use crate::instant::Wall;
use crate::site::{Folder, OWN_DIR_MODE};

/// A version is kept so long: whoever inspects a year wants the one before it beside it.
pub const KEEP: Duration = Duration::from_hours(24 * 800);
/// What was deleted can be put back so long.
pub const KEEP_DELETED: Duration = Duration::from_hours(24 * 90);
/// No more versions than these: ten changes a day for five years.
pub const VERSIONS_MOST: usize = 20_000;
/// The texts of whole files take no more than this together; of older versions the changed entries stay.
pub const WHOLE_BYTES_MOST: i64 = 32 * 1024 * 1024;
/// The lines of changed entries take no more than this together; the oldest versions go first.
pub const PART_BYTES_MOST: i64 = 32 * 1024 * 1024;
/// How long a statement waits for another process.
const BUSY: Duration = Duration::from_secs(5);

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS version (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, batch INTEGER NOT NULL, at INTEGER NOT NULL, who TEXT NOT NULL, how TEXT NOT NULL,
  file TEXT NOT NULL, before TEXT, after TEXT, done INTEGER NOT NULL, vi TEXT NOT NULL, en TEXT NOT NULL,
  bytes INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS version_file ON version (file, done, seq);
CREATE INDEX IF NOT EXISTS version_open ON version (done) WHERE done = 0;
CREATE TABLE IF NOT EXISTS part (
  seq INTEGER NOT NULL, number INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, title TEXT NOT NULL,
  before TEXT, after TEXT, behind TEXT, PRIMARY KEY (seq, number)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS part_name ON part (kind, name, seq);
CREATE INDEX IF NOT EXISTS part_gone ON part (seq) WHERE after IS NULL;
CREATE TABLE IF NOT EXISTS whole (digest TEXT PRIMARY KEY, text TEXT NOT NULL, seq INTEGER NOT NULL, bytes INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS whole_seq ON whole (seq);
";

/// What a version is made of.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct New<'a> {
    pub(super) at: Wall,
    pub(super) who: &'a str,
    pub(super) how: How,
    pub(super) file: &'a str,
    pub(super) before: Option<&'a str>,
    pub(super) after: Option<&'a str>,
    pub(super) told: &'a Text,
    pub(super) parts: &'a [Part],
    /// The file says so already.
    pub(super) done: bool,
}

#[cfg(test)]
thread_local! {
    /// How often the file was opened by this thread.
    pub(crate) static OPENED: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

/// Every change of the schedules, in `state/versions.db`.
#[derive(Debug)]
pub struct Versions {
    conn: Connection,
}

impl Versions {
    /// Open them at `path`, or begin them. What is no such file any more is set aside: history that is damaged must not
    /// keep anybody from mending a schedule.
    pub(super) fn open(path: &Path) -> Result<Self, Refusal> {
        #[cfg(test)]
        OPENED.with(|opened| opened.set(opened.get() + 1));
        match Self::open_as_is(path) {
            Err(error) if is_damaged(&error) => {
                set_aside(path).map_err(|error| refused(&foreign(&error.to_string())))?;
                Self::open_as_is(path).map_err(failed)
            }
            opened => opened.map_err(failed),
        }
    }

    fn open_as_is(path: &Path) -> rusqlite::Result<Self> {
        let (folder, name) = (path.parent().unwrap_or(Path::new(".")), path.file_name().unwrap_or_default());
        if let Err(error) = Folder::make(folder, OWN_DIR_MODE).and_then(|folder| folder.make_once(name)) {
            return Err(rusqlite::Error::ToSqlConversionFailure(Box::new(error)));
        }
        let flags =
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        let conn = Connection::open_with_flags(path, flags)?;
        conn.busy_timeout(BUSY)?;
        conn.pragma_update(None, "trusted_schema", false)?;
        conn.pragma_update(None, "cell_size_check", true)?;
        // What a commit has written, and that the journal beside it is gone, is on the disk when it returns.
        conn.pragma_update(None, "synchronous", "EXTRA")?;
        conn.execute_batch(TABLES)?;
        Ok(Self { conn })
    }

    /// Write these down together, with what is over the limits taken out; gives their numbers.
    pub(super) fn write(&mut self, new: &[New<'_>]) -> Result<Vec<i64>, Refusal> {
        let write = |conn: &mut Connection| -> rusqlite::Result<Vec<i64>> {
            let tx = conn.transaction()?;
            let last: i64 = tx.query_row("SELECT coalesce(max(batch), 0) FROM version", [], |row| row.get(0))?;
            let seqs = new.iter().map(|one| insert(&tx, last + 1, one)).collect::<rusqlite::Result<Vec<i64>>>()?;
            if let Some(newest) = new.iter().map(|one| one.at).max() {
                prune(&tx, newest)?;
            }
            tx.commit()?;
            Ok(seqs)
        };
        write(&mut self.conn).map_err(failed)
    }

    /// The files say so now.
    pub(super) fn done(&mut self, seqs: &[i64]) -> Result<(), Refusal> {
        self.each(seqs, "UPDATE version SET done = 1 WHERE seq = ?")
    }

    /// It never came to that.
    pub(super) fn forget(&mut self, seqs: &[i64]) -> Result<(), Refusal> {
        self.each(seqs, "DELETE FROM part WHERE seq = ?")?;
        self.each(seqs, "DELETE FROM version WHERE seq = ?")
    }

    fn each(&mut self, seqs: &[i64], statement: &str) -> Result<(), Refusal> {
        let run = |conn: &mut Connection| -> rusqlite::Result<()> {
            let tx = conn.transaction()?;
            for seq in seqs {
                tx.execute(statement, [seq])?;
            }
            tx.commit()
        };
        run(&mut self.conn).map_err(failed)
    }

    /// What was begun and not finished: a power cut came between.
    pub(super) fn open_ones(&self) -> Result<Vec<Version>, Refusal> {
        self.rows("SELECT * FROM version WHERE done = 0 ORDER BY seq", Vec::new())
    }

    /// The file as it was last written down; `None` for one that was never seen.
    pub(super) fn newest(&self, file: &str) -> Result<Option<Version>, Refusal> {
        let sql = "SELECT * FROM version WHERE file = ? AND done = 1 ORDER BY seq DESC LIMIT 1";
        Ok(self.rows(sql, vec![Sql::Text(file.to_owned())])?.pop())
    }

    /// Every file that was ever seen and is not known to be gone.
    pub(super) fn files(&self) -> Result<Vec<String>, Refusal> {
        let list = || -> rusqlite::Result<Vec<String>> {
            let mut statement = self.conn.prepare(
                "SELECT file FROM (SELECT file, after, max(seq) FROM version WHERE done = 1 GROUP BY file) WHERE after IS NOT NULL",
            )?;
            statement.query_map([], |row| row.get(0))?.collect()
        };
        list().map_err(failed)
    }

    /// The versions that were asked for, newest first, without the lines of their entries.
    pub fn list(&self, asked: &Asked) -> Result<Vec<Version>, Refusal> {
        let mut wheres = vec!["done = 1"];
        let mut given: Vec<Sql> = Vec::new();
        if let Some((of, name)) = &asked.entry {
            wheres.push("seq IN (SELECT seq FROM part WHERE kind = ? AND name = ?)");
            given.extend([Sql::Text(of.table().to_owned()), Sql::Text(name.clone())]);
        }
        if let Some(file) = &asked.file {
            wheres.push("file = ?");
            given.push(Sql::Text(file.clone()));
        }
        if let Some(before) = asked.before {
            wheres.push("seq < ?");
            given.push(Sql::Integer(before));
        }
        let most = asked.most.clamp(1, super::ROWS_MOST);
        let wheres = wheres.join(" AND ");
        let sql = format!("SELECT * FROM version WHERE {wheres} ORDER BY seq DESC LIMIT {most}");
        self.rows(&sql, given)
    }

    /// Those that people made up to an instant, by when they did, the last first: so many, and what was made at the instant of
    /// the last of them too.
    pub fn made_up_to(&self, until: Wall, most: usize) -> Result<Vec<Version>, Refusal> {
        let own = "done = 1 AND how <> ? AND at <= ?";
        let sql = format!(
            "SELECT * FROM version WHERE {own} AND at >= coalesce((SELECT at FROM version WHERE {own} ORDER BY at DESC LIMIT 1 OFFSET ?), {}) ORDER BY at DESC, seq DESC",
            i64::MIN
        );
        let which = || [Sql::Text(How::Found.code().to_owned()), Sql::Integer(until.nanos())];
        let before = i64::try_from(most.saturating_sub(1)).unwrap_or(i64::MAX);
        self.rows(&sql, which().into_iter().chain(which()).chain([Sql::Integer(before)]).collect())
    }

    /// One version, with the lines of the entries that changed.
    pub fn version(&self, seq: i64) -> Result<Option<Version>, Refusal> {
        let Some(version) = self.rows("SELECT * FROM version WHERE seq = ?", vec![Sql::Integer(seq)])?.pop() else {
            return Ok(None);
        };
        Ok(Some(Version { parts: self.parts(seq)?, ..version }))
    }

    /// What was changed together with a version, itself among it, each with the lines of the entries that changed.
    pub fn together(&self, seq: i64) -> Result<Vec<Version>, Refusal> {
        let sql =
            "SELECT * FROM version WHERE done = 1 AND batch = (SELECT batch FROM version WHERE seq = ?) ORDER BY seq";
        let versions = self.rows(sql, vec![Sql::Integer(seq)])?.into_iter();
        versions.map(|version| Ok(Version { parts: self.parts(version.seq)?, ..version })).collect()
    }

    /// When broadcasts were last added or changed, by id; those only that were since `from`.
    pub fn touched(&self, from: Wall) -> Result<BTreeMap<String, Wall>, Refusal> {
        let list = || -> rusqlite::Result<BTreeMap<String, Wall>> {
            let mut statement = self.conn.prepare(
                "SELECT part.name, max(version.at) FROM part JOIN version ON version.seq = part.seq
                 WHERE part.kind = ? AND version.done = 1 AND version.at >= ? GROUP BY part.name",
            )?;
            let one = |row: &Row<'_>| Ok((row.get(0)?, Wall::from_nanos(row.get(1)?)));
            statement.query_map(params![Of::Broadcast.table(), from.nanos()], one)?.collect()
        };
        list().map_err(failed)
    }

    /// What was deleted since `from` and can be put back, newest first: the version and the entry.
    pub fn deleted(&self, from: Wall) -> Result<Vec<(Version, Part)>, Refusal> {
        let sql = "SELECT * FROM version WHERE done = 1 AND at >= ? AND seq IN (SELECT seq FROM part WHERE after IS NULL) ORDER BY seq DESC LIMIT 200";
        let mut gone = Vec::new();
        for version in self.rows(sql, vec![Sql::Integer(from.nanos())])? {
            let parts = self.parts(version.seq)?.into_iter().filter(|part| part.after.is_none());
            gone.extend(parts.map(|part| (version.clone(), part)));
        }
        Ok(gone)
    }

    /// The text of a whole file, where it is still kept.
    pub fn whole(&self, digest: &Digest) -> Result<Option<String>, Refusal> {
        let found = self.conn.query_row("SELECT text FROM whole WHERE digest = ?", [digest.as_str()], |row| row.get(0));
        found.optional().map_err(failed)
    }

    fn parts(&self, seq: i64) -> Result<Vec<Part>, Refusal> {
        let list = || -> rusqlite::Result<Vec<Part>> {
            let mut statement = self.conn.prepare("SELECT * FROM part WHERE seq = ? ORDER BY number")?;
            let part = |row: &Row<'_>| {
                let kind: String = row.get("kind")?;
                Ok(Part {
                    of: Of::ALL.into_iter().find(|of| of.table() == kind).unwrap_or(Of::Broadcast),
                    name: row.get("name")?,
                    title: row.get("title")?,
                    before: row.get("before")?,
                    after: row.get("after")?,
                    behind: row.get("behind")?,
                })
            };
            statement.query_map([seq], part)?.collect()
        };
        list().map_err(failed)
    }

    fn rows(&self, sql: &str, given: Vec<Sql>) -> Result<Vec<Version>, Refusal> {
        let list = || -> rusqlite::Result<Vec<Version>> {
            let mut statement = self.conn.prepare(sql)?;
            let version = |row: &Row<'_>| {
                let digest = |digest: Option<String>| digest.map(|digest| Digest::written(&digest));
                Ok(Version {
                    seq: row.get("seq")?,
                    batch: row.get("batch")?,
                    at: Wall::from_nanos(row.get("at")?),
                    who: row.get("who")?,
                    how: How::of(&row.get::<_, String>("how")?),
                    file: row.get("file")?,
                    before: digest(row.get("before")?),
                    after: digest(row.get("after")?),
                    told: Text { vi: row.get("vi")?, en: row.get("en")? },
                    parts: Vec::new(),
                })
            };
            statement.query_map(params_from_iter(given), version)?.collect()
        };
        list().map_err(failed)
    }
}

fn insert(tx: &Transaction<'_>, batch: i64, new: &New<'_>) -> rusqlite::Result<i64> {
    let digest = |text: Option<&str>| text.map(|text| Digest::of(text.as_bytes()).as_str().to_owned());
    let lines = |part: &Part| part.before.as_ref().map_or(0, String::len) + part.after.as_ref().map_or(0, String::len);
    let bytes: usize = new.parts.iter().map(lines).sum();
    tx.execute(
        "INSERT INTO version (batch, at, who, how, file, before, after, done, vi, en, bytes) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        params![
            batch,
            new.at.nanos(),
            new.who,
            new.how.code(),
            new.file,
            digest(new.before),
            digest(new.after),
            new.done,
            new.told.vi,
            new.told.en,
            bytes as i64
        ],
    )?;
    let seq = tx.last_insert_rowid();
    for (number, part) in new.parts.iter().enumerate() {
        tx.execute(
            "INSERT INTO part VALUES (?,?,?,?,?,?,?,?)",
            params![seq, number as i64, part.of.table(), part.name, part.title, part.before, part.after, part.behind],
        )?;
    }
    for text in [new.before, new.after].into_iter().flatten() {
        tx.execute(
            "INSERT INTO whole VALUES (?,?,?,?) ON CONFLICT (digest) DO UPDATE SET seq = excluded.seq",
            params![Digest::of(text.as_bytes()).as_str(), text, seq, text.len() as i64],
        )?;
    }
    Ok(seq)
}

/// Take out what is too old, too many or too large. The newest version of a file, by which changes by hand are known,
/// stays as long as it is the newest.
fn prune(tx: &Transaction<'_>, now: Wall) -> rusqlite::Result<()> {
    let old = now.nanos().saturating_sub(i64::try_from(KEEP.as_nanos()).unwrap_or(i64::MAX));
    let count: i64 = tx.query_row("SELECT count(*) FROM version", [], |row| row.get(0))?;
    let bytes: i64 = tx.query_row("SELECT coalesce(sum(bytes), 0) FROM version", [], |row| row.get(0))?;
    let aged: bool = tx.query_row("SELECT EXISTS (SELECT 1 FROM version WHERE at < ?)", [old], |row| row.get(0))?;
    if count > VERSIONS_MOST as i64 || bytes > PART_BYTES_MOST || aged {
        let (over, heavy) = ((count - VERSIONS_MOST as i64).max(0), bytes - PART_BYTES_MOST);
        // The numbers of the first that are over, of those that hold too much, and of those that are too old.
        tx.execute(
            "DELETE FROM version WHERE seq NOT IN (SELECT max(seq) FROM version GROUP BY file) AND (at < ?1
               OR seq IN (SELECT seq FROM version ORDER BY seq LIMIT ?2)
               OR seq IN (SELECT seq FROM (SELECT seq, sum(bytes) OVER (ORDER BY seq) - bytes AS before FROM version) WHERE before < ?3))",
            params![old, over, heavy],
        )?;
        tx.execute("DELETE FROM part WHERE seq NOT IN (SELECT seq FROM version)", [])?;
    }
    let whole: i64 = tx.query_row("SELECT coalesce(sum(bytes), 0) FROM whole", [], |row| row.get(0))?;
    if whole > WHOLE_BYTES_MOST {
        // Somewhat more than is over, so that not every change has to do it.
        tx.execute(
            "DELETE FROM whole WHERE digest IN (SELECT digest FROM (
               SELECT digest, sum(bytes) OVER (ORDER BY seq, digest) - bytes AS before FROM whole) WHERE before < ?1)",
            [whole - WHOLE_BYTES_MOST + WHOLE_BYTES_MOST / 8],
        )?;
    }
    Ok(())
}

fn is_damaged(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt))
}

/// Give a damaged file another name, and what SQLite keeps beside it.
fn set_aside(path: &Path) -> std::io::Result<()> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Ok(()) };
    let (folder, name) = (Folder::open(folder)?, name.to_string_lossy());
    folder.rename(&*name, format!("{name}.damaged"))?;
    folder.remove(format!("{name}-journal"))
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` gives it away")]
fn failed(error: rusqlite::Error) -> Refusal {
    refused(&foreign(&error.to_string()))
}

fn refused(why: &Text) -> Refusal {
    Refusal::new(
        "no_history",
        text!(why = why; "không ghi được bản lưu các lần sửa ({why}), nên chưa đổi gì", "the history of changes cannot be written ({why}), so nothing was changed"),
        text!(
            "xem chỗ trống và quyền của thư mục state/: loa doctor",
            "look at the space and the rights of state/: loa doctor"
        ),
    )
}

#[cfg(test)]
impl Versions {
    /// How SQLite goes about a statement: for tests of how a list grows.
    pub(super) fn plan_of(&self, sql: &str) -> String {
        let mut statement = self.conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let rows = statement.query_map([], |row| row.get::<_, String>(3)).unwrap();
        rows.map(Result::unwrap).collect::<Vec<_>>().join("\n")
    }
}
