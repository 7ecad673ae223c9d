use std::io::{self, Write as _};

use serde_json::{Value, json};

use super::staged::digest;
use super::state::BundleState;
use super::steps::Steps;
use crate::bundle::{Endorsed, Endorsement, PublicKey, Signing, UtcSecond};
use crate::digest::sha256;
use crate::instant::Wall;
use crate::journal::{JournalError, Reader, StationKey};
use crate::site::{Folder, Site};
use crate::uplink::{BoxVouch, REPORT_MOST, RowFile, SentRow, StationReport, slot};

/// Rows of one file: five megabytes, which a stick takes in a second. A file that is full never changes again.
pub(super) const ROWS: u64 = 10_000;

/// How the files of rows begin.
const ROWS_BEGIN: &str = "nhat-ky-";
/// Names in the directory of a box that are looked through.
const NAMES_MOST: usize = 10_000;

/// The files that the report in this slot names: it stays whole until the next one is.
fn earlier(own: &Folder, slot: &str) -> Vec<RowFile> {
    let report = own.read(slot, REPORT_MOST).ok().and_then(|bytes| StationReport::read(&bytes));
    report.map(|(report, _)| report.files).unwrap_or_default()
}

/// What a box gives a courier: its journal, and a report that it signs.
pub struct Outbox<'a> {
    /// Of this station.
    pub site: &'a Site,
    /// What people call it.
    pub station: &'a str,
    /// Where it stands; empty where `loa.toml` does not say.
    pub place: &'a str,
    /// Signs the report.
    pub key: &'a StationKey,
    /// When, by the machine's clock.
    pub now: Wall,
    /// Whether that clock is believed.
    pub believed: bool,
    /// How the station stands, where it runs.
    pub status: Option<Value>,
    /// By which the centre lets the box in, where it does: it stands by the key above.
    pub vouch: Option<BoxVouch>,
    /// Asked before each write.
    pub steps: &'a Steps<'a>,
}

/// Why nothing could be given.
#[derive(Debug)]
pub(super) enum Unsent {
    /// The stick refused: it is full, read-only, or gone.
    Stick(io::Error),
    /// The journal could not be read.
    Journal(JournalError),
}

impl From<io::Error> for Unsent {
    fn from(error: io::Error) -> Self {
        Self::Stick(error)
    }
}

impl From<JournalError> for Unsent {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

impl Outbox<'_> {
    /// The directory of this box on a stick.
    pub(super) fn folder(&self) -> String {
        if self.place.is_empty() {
            self.key.public().to_ascii_lowercase()[..16].to_owned()
        } else {
            self.place.to_owned()
        }
    }

    /// Write it; the report last, in the one of two files that the newest is not in: a stick that is pulled out in between
    /// holds the one before, whole.
    pub(super) fn write(&self, stick: &Folder, number: u64, state: &BundleState) -> Result<StationReport, Unsent> {
        (self.steps)("stick: directory")?;
        let own = stick.inner("loa")?.inner(self.folder())?;
        let reader = Reader::open(&self.site.journal())?;
        let (mut epoch, mut rows, mut head, mut files) = (String::new(), 0, String::new(), Vec::new());
        if let Some(reader) = &reader {
            epoch = reader.epoch()?;
            let mut first = 1;
            loop {
                let written = reader.as_written(first, ROWS as u32)?;
                let Some((last, _, hash)) = written.last() else { break };
                let last = *last;
                (rows, head) = (last, hash.clone());
                let mut text = String::new();
                let is_full = written.len() as u64 == ROWS;
                for (seq, body, hash) in written {
                    text.push_str(&serde_json::to_string(&SentRow { seq, body, hash }).map_err(io::Error::from)?);
                    text.push('\n');
                }
                let name = format!("{ROWS_BEGIN}{}-{first:09}-{last:09}.jsonl", epoch.get(..8).unwrap_or(&epoch));
                let file = RowFile { first, last, bytes: text.len() as u64, sha256: sha256(text.as_bytes()), name };
                // One that is full and there already is the same for ever.
                if digest(&own, &file.name).as_ref() != Some(&file.sha256) {
                    self.put(&own, &file.name, text.as_bytes())?;
                }
                files.push(file);
                if !is_full {
                    break;
                }
                first += ROWS;
            }
        }
        let bundles = json!({ "held": state.held, "deliveries": state.deliveries });
        let report = StationReport {
            format: crate::bundle::FORMAT,
            kind: StationReport::KIND.to_owned(),
            station: self.station.to_owned(),
            place: self.place.to_owned(),
            number,
            made: UtcSecond::of(self.now),
            clock_trusted: self.believed,
            epoch,
            rows,
            head,
            files,
            bundles,
            status: self.status.clone(),
            vouch: self.vouch.clone(),
        };
        let text = serde_json::to_string(&report).map_err(io::Error::from)?;
        let signature = self.key.sign(&Signing::Report.message(&text));
        let mut paper = Endorsed::new(text);
        if let Some(key) = PublicKey::read(&self.key.public()) {
            paper.signatures.push(Endorsement { key, signature });
        }
        let other = earlier(&own, &slot(number + 1));
        self.put(&own, &slot(number), paper.line().as_bytes())?;
        self.sweep(&own, &[&report.files, &other])?;
        Ok(report)
    }

    /// Take away the files of rows that neither report names any more, and what a pulled stick left half written.
    fn sweep(&self, own: &Folder, named: &[&[RowFile]]) -> io::Result<()> {
        for entry in own.entries(NAMES_MOST)? {
            let Some(name) = entry.name.to_str() else { continue };
            let is_named = named.iter().any(|files| files.iter().any(|file| file.name == name));
            if name.starts_with(ROWS_BEGIN) && !is_named {
                (self.steps)("stick: remove")?;
                own.remove(name)?;
            }
        }
        (self.steps)("stick: sweep")?;
        own.sweep();
        Ok(())
    }

    fn put(&self, folder: &Folder, name: &str, bytes: &[u8]) -> io::Result<()> {
        put(folder, name, bytes, self.steps)
    }
}

/// A file on a stick: under another name first, so that what has its name is whole.
pub(super) fn put(folder: &Folder, name: &str, bytes: &[u8], steps: &Steps<'_>) -> io::Result<()> {
    steps("stick: begin")?;
    let mut draft = folder.draft_of_a_person(name)?;
    // Half of it, and the stick is pulled out.
    let (first, second) = bytes.split_at(bytes.len() / 2);
    draft.file().write_all(first)?;
    steps("stick: half")?;
    draft.file().write_all(second)?;
    steps("stick: place")?;
    draft.place()
}
