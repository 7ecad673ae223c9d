use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::wire::SentRow;
use crate::diag::{Text, shown, text};
use crate::digest::sha256;
use crate::signature::{Endorsed, PublicKey, Signing, UtcSecond};

/// Ten thousand rows in one file, as long as they come.
pub const ROWS_FILE_MOST: u64 = 64 << 20;
/// A report with a hundred deliveries.
pub const REPORT_MOST: u64 = 8 << 20;

/// Of two files, the one that the report of this number is in: the other one stays whole meanwhile.
pub fn slot(number: u64) -> String {
    format!("bao-cao-{}.json", number % 2 + 1)
}

/// What a box tells of itself, as it signs it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct StationReport {
    /// The form of this paper.
    pub format: u32,
    /// `report`.
    pub kind: String,
    /// What people call the station.
    pub station: String,
    /// Where it stands.
    pub place: String,
    /// Rises with each report of this box.
    pub number: u64,
    /// When, by its clock.
    pub made: UtcSecond,
    /// Whether it believes its clock.
    pub clock_trusted: bool,
    /// The journal's own name; empty where there is none yet.
    pub epoch: String,
    /// How many rows it has, and the hash of the last.
    pub rows: u64,
    /// The hash of its last row.
    pub head: String,
    /// The files of its rows.
    pub files: Vec<RowFile>,
    /// Which bundles it goes by, and what came of those that were brought.
    pub bundles: Value,
    /// How it stands, where it runs.
    pub status: Option<Value>,
    /// The key by which the centre lets this box in stands by the one that signs this; none where the box has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vouch: Option<BoxVouch>,
}

/// The key by which a centre lets a box in, and its signature over [`BoxVouch::text`]: whoever knows that key believes the one that signs the
/// box's reports.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BoxVouch {
    /// As the centre's register has it: `U…`.
    pub key: String,
    /// Ed25519, in digits of sixteen.
    pub signature: String,
}

impl BoxVouch {
    /// What it signs: at this place reports are signed with this key.
    pub fn text(place: &str, signer: &PublicKey) -> String {
        format!("loa-box:1 {place} {}", signer.as_str())
    }
}

/// A file of rows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RowFile {
    /// Beside the report.
    pub name: String,
    /// Its first row.
    pub first: u64,
    /// Its last row.
    pub last: u64,
    /// How long it is.
    pub bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

impl StationReport {
    /// What such a paper calls itself.
    pub const KIND: &str = "report";

    /// Out of a file, with the key by which its signature holds; none where it is no report, or not truly signed.
    pub fn read(bytes: &[u8]) -> Option<(Self, PublicKey)> {
        let paper = Endorsed::read(bytes)?;
        let key = paper.signers(Signing::Report).into_iter().next().cloned()?;
        let report = serde_json::from_str::<Self>(&paper.text).ok()?;
        (report.kind == Self::KIND).then_some((report, key))
    }

    /// Of the two files in which a box writes in turn the newer report whose signature holds, with its key; `read` gives the
    /// bytes of a file, none where there is none. Beside it what is not truly signed.
    pub fn newest(read: impl Fn(&str) -> Option<Vec<u8>>) -> (Option<(Self, PublicKey)>, Vec<Text>) {
        let (mut newest, mut wrong) = (None::<(Self, PublicKey)>, Vec::new());
        for name in [slot(0), slot(1)] {
            let Some(bytes) = read(&name) else { continue };
            match Self::read(&bytes) {
                Some(found) => {
                    if newest.as_ref().is_none_or(|(known, _)| known.number < found.0.number) {
                        newest = Some(found);
                    }
                }
                None => {
                    wrong.push(text!("{name} không đúng chữ ký, bỏ qua", "{name} is not truly signed and is left out"));
                }
            }
        }
        (newest, wrong)
    }

    /// What to say of a row that does not fit the one before it.
    pub fn broken_at(row: u64) -> Text {
        text!("chuỗi nhật ký đứt ở dòng {row}", "the journal's chain is broken at row {row}")
    }
}

impl RowFile {
    /// The rows in these bytes; none where they are not the ones that the report names. What is no row ends them.
    pub fn rows(&self, bytes: &[u8]) -> Option<Vec<SentRow>> {
        if sha256(bytes) != self.sha256 {
            return None;
        }
        let said = String::from_utf8_lossy(bytes);
        Some(said.lines().map_while(|line| serde_json::from_str(line).ok()).collect())
    }

    /// What to say where its rows are not there.
    pub fn missing(&self) -> Text {
        let (name, first, last) = (shown(&self.name), self.first, self.last);
        text!(
            "chưa nhận dòng {first} đến {last}: thiếu hay hỏng {name}",
            "rows {first} to {last} have not come: {name} is missing or damaged"
        )
    }
}
