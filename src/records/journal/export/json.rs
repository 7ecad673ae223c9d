use std::io::{self, Write};

use jiff::tz::TimeZone;
use serde::Serialize;

use crate::fact::body::Thousandths;
use crate::fact::{AudioRef, Entry, EntryKind, Outcome};
use crate::instant::Wall;
use crate::schedule::Class;

/// The shape that programs get. Stable: keys are never taken away, and `null` where absent. A note has no sound that began:
/// what is told of it began when it was written down, unless it says itself when it was.
#[derive(Serialize)]
struct Row<'a> {
    seq: u64,
    zone: Option<&'a str>,
    broadcast: Option<&'a str>,
    title: &'a str,
    class: Option<Class>,
    kind: EntryKind,
    planned: Option<String>,
    started: Option<String>,
    ended: Option<String>,
    start_error_ms: Option<Thousandths>,
    seconds_planned: Option<Thousandths>,
    seconds_played: Option<Thousandths>,
    outcome: Option<Outcome>,
    reason: Option<String>,
    audio: &'a [AudioRef],
    campaign: Option<&'a str>,
    order: Option<&'a str>,
    approved_by: Option<&'a str>,
    hash: &'a str,
}

/// `entry` as one JSON object on one line, with instants in `tz`.
pub fn json(entry: &Entry, tz: &TimeZone) -> Result<String, serde_json::Error> {
    let instant = |at: Option<Wall>| at.map(|at| at.rfc3339(tz));
    serde_json::to_string(&Row {
        seq: entry.seq,
        zone: entry.zone.as_deref(),
        broadcast: entry.broadcast.as_deref(),
        title: &entry.title,
        class: entry.class,
        kind: entry.kind,
        planned: instant(entry.planned),
        started: instant(began(entry)),
        ended: instant(entry.ended),
        start_error_ms: entry.start_error_ms.and_then(Thousandths::nearest),
        seconds_planned: entry.seconds_planned.and_then(Thousandths::nearest),
        seconds_played: entry.seconds_played.and_then(Thousandths::nearest),
        outcome: entry.outcome,
        reason: entry.reason_text(),
        audio: &entry.audio,
        campaign: entry.campaign.as_deref(),
        order: entry.order.as_deref(),
        approved_by: entry.approved_by.as_deref(),
        hash: &entry.hash,
    })
}

/// When a row's sound began; a note that names no instant, when it was written.
fn began(entry: &Entry) -> Option<Wall> {
    let is_bare = entry.kind == EntryKind::Note && entry.ended.is_none();
    entry.started.or_else(|| is_bare.then_some(entry.written))
}

/// Entries as one JSON array, an object a line.
#[derive(Debug)]
pub struct JsonWriter<'a, W: Write> {
    out: W,
    tz: &'a TimeZone,
    written: u64,
}

impl<'a, W: Write> JsonWriter<'a, W> {
    /// An array that goes to `out`, with instants in `tz`.
    pub fn new(out: W, tz: &'a TimeZone) -> Self {
        Self { out, tz, written: 0 }
    }

    /// One more object.
    pub fn write(&mut self, entry: &Entry) -> io::Result<()> {
        let before = if self.written == 0 { "[" } else { ",\n " };
        self.written += 1;
        write!(self.out, "{before}{}", json(entry, self.tz)?)
    }

    /// The end of the array.
    pub fn finish(mut self) -> io::Result<()> {
        let before = if self.written == 0 { "[" } else { "" };
        writeln!(self.out, "{before}]")?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_is_the_one_that_is_promised() {
        let tz = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        let entry = Entry {
            seq: 2,
            kind: EntryKind::Airing,
            zone: Some("thon-1".into()),
            broadcast: Some("nop-ho-so".into()),
            title: "Nộp hồ sơ".into(),
            class: Some(Class::Normal),
            planned: Some(Wall::from_secs(1_796_000_000)),
            start_error_ms: Some(0.25),
            seconds_planned: Some(60.0),
            outcome: Some(Outcome::Missed),
            reason: Some("no_sound".into()),
            audio: vec![AudioRef { file: "a.mp3".into(), sha256: "00".into() }],
            campaign: Some("cai-cach".into()),
            order: Some("7".into()),
            hash: "ff".into(),
            ..Entry::default()
        };
        let mut out = Vec::new();
        let mut array = JsonWriter::new(&mut out, &tz);
        array.write(&entry).unwrap();
        array.write(&Entry { written: Wall::from_secs(1_796_000_000), ..Entry::default() }).unwrap();
        array.finish().unwrap();
        let expected = concat!(
            r#"[{"seq":2,"zone":"thon-1","broadcast":"nop-ho-so","title":"Nộp hồ sơ","class":"normal","kind":"airing","#,
            r#""planned":"2026-11-30T07:53:20.000+07:00","started":null,"ended":null,"start_error_ms":0.25,"#,
            r#""seconds_planned":60,"seconds_played":null,"outcome":"missed","reason":"no_sound","#,
            r#""audio":[{"file":"a.mp3","sha256":"00"}],"campaign":"cai-cach","order":"7","approved_by":null,"hash":"ff"},"#,
            "\n ",
            r#"{"seq":0,"zone":null,"broadcast":null,"title":"","class":null,"kind":"note","#,
            r#""planned":null,"started":"2026-11-30T07:53:20.000+07:00","ended":null,"start_error_ms":null,"#,
            r#""seconds_planned":null,"seconds_played":null,"outcome":null,"reason":null,"#,
            r#""audio":[],"campaign":null,"order":null,"approved_by":null,"hash":""}]"#,
            "\n",
        );
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn no_entries_are_an_empty_array() {
        let mut out = Vec::new();
        JsonWriter::new(&mut out, &TimeZone::UTC).finish().unwrap();
        assert_eq!(out, b"[]\n");
    }
}
