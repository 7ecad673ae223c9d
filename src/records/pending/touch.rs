use crate::diag::{Text, is_same_name, text};
use crate::edit::How;

/// Somebody has changed a broadcast, or put one of its sounds there, since it was approved last.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Touch {
    /// A person's name; of what was done on the machine, its account.
    pub who: String,
    /// It is the name of an account.
    pub is_account: bool,
}

impl Touch {
    /// Of a version of the schedules; `None` where nobody knows who it was.
    pub(super) fn of(who: &str, how: How) -> Option<Self> {
        (!who.is_empty()).then(|| Self { who: who.to_owned(), is_account: matches!(how, How::ByHand | How::Found) })
    }
}

/// Who wants to approve something.
#[derive(Clone, Debug)]
pub struct Approver {
    /// As the journal will name him.
    pub name: String,
    /// The accounts of the machine that he is at; none on the page, whose account is everybody's.
    pub accounts: Vec<String>,
}

impl Approver {
    /// Why he may not, where he has touched it himself.
    pub fn objection(&self, touches: &[Touch]) -> Option<Text> {
        let is_own = |touch: &Touch| {
            let is_account = touch.is_account && self.accounts.contains(&touch.who);
            is_account || is_same_name(&touch.who, &self.name)
        };
        touches.iter().any(is_own).then(|| {
            text!(
                "Người đã sửa mục này không tự duyệt được. Xin nhờ người khác.",
                "Who has changed this cannot approve it himself. Ask somebody else."
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_touched_it_is_known_by_name_and_at_the_machine_by_account() {
        let approver =
            |name: &str, account: &str| Approver { name: name.to_owned(), accounts: vec![account.to_owned()] };
        let touches = [Touch::of("Trần Văn Nam", How::Form).unwrap(), Touch::of("hoa", How::ByHand).unwrap()];
        let may = |name, account| approver(name, account).objection(&touches).is_none();
        assert!(may("Bà Hai", "lan"));
        assert!(!may("tran van nam", "lan") && !may("Bà Hai", "hoa") && !may("Hoa", "lan"));
        assert!(Approver { accounts: Vec::new(), ..approver("Bà Hai", "") }.objection(&touches).is_none());
        assert_eq!(Touch::of("", How::ByHand), None);
    }
}
