use std::collections::BTreeMap;

use loa_core::diag::{Text, text};
use loa_core::reason::{Reason, untaken};
use loa_core::signature::{Locality, UtcSecond};
use serde::{Deserialize, Serialize};

use super::{BoxFacts, BoxStage, RolloutRecord, RolloutView, stage};
use crate::ledger::{BookKind, BookPage, Ledger, LedgerError};

/// How a roll-out stands at a box, as the book has it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RolloutBoxRecord {
    /// Which roll-out.
    pub rollout: String,
    /// The box, by its path.
    pub station: Locality,
    /// In which wave it is, from 0.
    pub wave: usize,
    /// How it stands there.
    pub state: BoxStage,
    /// Why not: a code.
    pub code: String,
    /// The same for people, in Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
    /// Since when it stands so.
    pub since: UtcSecond,
    /// When it was last heard.
    pub heard: Option<UtcSecond>,
}

impl RolloutBoxRecord {
    /// Of every box, as it is now; what stands as before keeps its beginning.
    pub fn of_all(
        ledger: &mut dyn Ledger,
        record: &RolloutRecord,
        view: &RolloutView,
        now: UtcSecond,
    ) -> Result<Vec<Self>, LedgerError> {
        let pages = ledger.pages(BookKind::RolloutBox, &format!("{} ", record.id))?;
        let known: BTreeMap<Locality, Self> =
            pages.iter().filter_map(BookPage::read::<Self>).map(|known| (known.station.clone(), known)).collect();
        let one = |(station, facts): (&Locality, &BoxFacts)| {
            let state = stage(record, facts, now);
            let code = if state == BoxStage::Refused { why(facts) } else { String::new() };
            let Text { vi, en } = words(&code);
            let before = known.get(station).filter(|known| known.state == state);
            let since = before.map_or(now, |known| known.since);
            let (rollout, station) = (record.id.clone(), station.clone());
            Self { rollout, station, wave: facts.wave, state, code, vi, en, since, heard: facts.heard }
        };
        Ok(view.stations.iter().zip(&view.facts).map(one).collect())
    }

    /// To be written.
    pub fn page(&self, now: UtcSecond) -> BookPage {
        BookPage::of(BookKind::RolloutBox, format!("{} {}", self.rollout, self.station), self, now.wall())
    }

    /// For people.
    pub fn text(&self) -> Text {
        match self.state {
            BoxStage::Unknown => text!("chưa biết", "not known"),
            BoxStage::Received => text!("đã nhận, chờ buổi phát đầu tiên", "received, waits for its first session"),
            BoxStage::Used => text!("đang dùng, buổi phát đầu tốt", "in use, its first session was good"),
            BoxStage::Refused => {
                let Text { vi, en } = Text { vi: self.vi.clone(), en: self.en.clone() };
                text!("KHÔNG ĐƯỢC: {vi}", "NO GOOD: {en}")
            }
            BoxStage::Overdue => text!("quá hạn", "overdue"),
        }
    }
}

fn why(facts: &BoxFacts) -> String {
    match &facts.session {
        Some(Err(code)) => code.clone(),
        _ => facts.refusal.clone().unwrap_or_default(),
    }
}

/// What a code means: of an airing, or of a bundle.
fn words(code: &str) -> Text {
    if code.is_empty() {
        return Text { vi: String::new(), en: String::new() };
    }
    if code.starts_with("bundle_") {
        let why = untaken(code).unwrap_or_else(|| text!("xem loa explain {code}", "see loa explain {code}"));
        return text!(why = why; "đài không nhận gói tin: {why}", "the station does not take the bundle: {why}");
    }
    let Text { vi, en } = Reason::from(code).words();
    text!("buổi phát đầu có lỗi mới: {vi}", "its first session had a new fault: {en}")
}
