use super::command::{on_word_of, person, said};
use crate::approval::{Digest, Said};
use crate::diag::{Text, text};
use crate::player::{Ruling, signed};

/// What a person is let decide: as it was handed in, by this account.
pub(super) struct Handed<'a> {
    pub(super) broadcast: String,
    pub(super) digest: &'a str,
    pub(super) by: &'a str,
    pub(super) account: &'a str,
}

impl Handed<'_> {
    /// It may sound. Where it was signed on paper, `by` is who signed it, and the account is that of who entered it.
    pub(super) fn approved(self, entered_by: Option<&str>) -> Result<Ruling, Text> {
        match entered_by {
            None => {
                let said = Said::Approved { entered_by: None };
                let by = signed(&on_word_of(self.by, self.account)?, self.account);
                self.ruling(by, said)
            }
            Some(entered_by) => {
                let entered_by = signed(&on_word_of(entered_by, self.account)?, self.account);
                let by = person(self.by, "--by")?;
                self.ruling(by, Said::Approved { entered_by: Some(entered_by) })
            }
        }
    }

    /// It may not, and this is to be changed.
    pub(super) fn returned(self, note: &str) -> Result<Ruling, Text> {
        let note = said(note, "--return")?;
        let by = signed(&on_word_of(self.by, self.account)?, self.account);
        self.ruling(by, Said::Returned { note })
    }

    fn ruling(self, by: String, said: Said) -> Result<Ruling, Text> {
        let digest = Digest::read(self.digest).ok_or_else(|| {
            text!(
                "mã của mục phát không đúng dạng: hãy xem lại danh sách chờ duyệt",
                "that is no digest of a broadcast: look at the list of what waits"
            )
        })?;
        Ok(Ruling { broadcast: self.broadcast, digest, said, by, ticket: 0 })
    }
}
