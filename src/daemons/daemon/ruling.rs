use super::typed::{on_word_of, person, said};
use crate::approval::{ApprovalDigest, Said};
use crate::diag::{Text, text};
use crate::player::{DecisionOrder, signed};

/// It may sound. Where it was signed on paper, `by` is who signed it, and the account is that of who entered it.
pub(super) fn approved(
    broadcast: String,
    digest: &str,
    [by, account]: [&str; 2],
    entered_by: Option<&str>,
) -> Result<DecisionOrder, Text> {
    match entered_by {
        None => {
            let by = signed(&on_word_of(by, account)?, account);
            decided(broadcast, digest, by, Said::Approved { entered_by: None })
        }
        Some(entered_by) => {
            let entered_by = signed(&on_word_of(entered_by, account)?, account);
            decided(broadcast, digest, person(by, "--by")?, Said::Approved { entered_by: Some(entered_by) })
        }
    }
}

/// It may not, and this is to be changed.
pub(super) fn returned(
    broadcast: String,
    digest: &str,
    [by, account]: [&str; 2],
    note: &str,
) -> Result<DecisionOrder, Text> {
    let note = said(note, "--return")?;
    decided(broadcast, digest, signed(&on_word_of(by, account)?, account), Said::Returned { note })
}

fn decided(broadcast: String, digest: &str, by: String, said: Said) -> Result<DecisionOrder, Text> {
    let digest = ApprovalDigest::read(digest).ok_or_else(|| {
        text!(
            "mã của mục phát không đúng dạng: hãy xem lại danh sách chờ duyệt",
            "that is no digest of a broadcast: look at the list of what waits"
        )
    })?;
    Ok(DecisionOrder { broadcast, digest, said, by, ticket: 0 })
}
