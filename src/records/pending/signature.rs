use crate::diag::{Text, fold, is_same_name, shown, text};

/// Somebody who is known at the station, as far as it matters for a paper.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KnownPerson {
    /// As people call him.
    pub name: String,
    /// He is marked as one who approves.
    pub approves: bool,
}

/// A slip of paper that comes back signed: three names stand on it.
#[derive(Clone, Copy, Debug)]
pub struct SlipSignature<'a> {
    /// Who printed it, and has seen its code.
    pub printed_by: &'a str,
    /// Who types the code.
    pub entered_by: &'a str,
    /// Who has signed it.
    pub signed_by: &'a str,
}

impl SlipSignature<'_> {
    /// Why it lets nothing sound, where people are marked as those who approve: they alone approve, and a leader who does not
    /// log in. Nobody else signs, and nobody else makes a paper all by himself. Without a full stop.
    pub fn objection(&self, people: &[KnownPerson]) -> Option<Text> {
        if !people.iter().any(|known| known.approves) {
            return None;
        }
        let is_marked = |name: &str| people.iter().any(|known| known.approves && is_same_name(&known.name, name));
        if let Some(known) = people.iter().find(|known| is_called(self.signed_by, &known.name))
            && !known.approves
            && !is_marked(self.signed_by)
        {
            let name = shown(&known.name);
            return Some(text!(
                "{name} chưa được ghi là người duyệt của đài nên không ký phiếu được",
                "{name} is not marked as one who approves, and signs no slip"
            ));
        }
        if is_same_name(self.printed_by, self.entered_by) && !is_marked(self.entered_by) {
            let name = shown(self.entered_by);
            return Some(text!(
                "{name} đã in phiếu này nên không tự nhập mã được: xin nhờ người khác nhập, hay nhờ người được duyệt",
                "{name} printed this slip and does not enter its code: ask somebody else to, or one who approves"
            ));
        }
        None
    }
}

/// Whether somebody's name is typed, also with a title before it: `Ông Trần Văn Nam`.
fn is_called(typed: &str, name: &str) -> bool {
    let bare = |word: &str| fold(word).chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let words = |name: &str| name.split_whitespace().map(bare).filter(|word| !word.is_empty()).collect::<Vec<_>>();
    let (typed_words, name_words) = (words(typed), words(name));
    // One word alone is half the village's name.
    is_same_name(typed, name) || name_words.len() > 1 && typed_words.ends_with(&name_words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_people_are_marked_nobody_else_makes_a_paper_alone_or_signs_one() {
        let known = |name: &str, approves| KnownPerson { name: name.to_owned(), approves };
        let people = [known("Trần Thị Hai", true), known("Trần Văn Nam", false), known("Lò Thị Lan", false)];
        let may = |printed_by, entered_by, signed_by| {
            SlipSignature { printed_by, entered_by, signed_by }.objection(&people).is_none()
        };
        let (nam, lan, hai, chief) = ("Trần Văn Nam", "Lò Thị Lan", "Trần Thị Hai", "Bà Chủ tịch");
        assert!(!may(nam, nam, chief) && !may(nam, "tran van nam", chief), "one person alone");
        assert!(!may(nam, nam, hai), "nor in the name of who is marked");
        assert!(may(nam, lan, chief) && may(lan, nam, chief), "two of them, for a leader");
        assert!(may(hai, hai, chief) && may(hai, hai, hai), "who may approve needs nobody");
        assert!(may(nam, hai, chief) && may(hai, nam, chief));
        for own in [nam, lan, "tran van nam", "Ông Trần Văn Nam", "cô Lo Thi Lan"] {
            assert!(!may(nam, lan, own) && !may(hai, hai, own), "{own} signs");
        }
        let nobody = [known(nam, false)];
        assert!(SlipSignature { printed_by: nam, entered_by: nam, signed_by: nam }.objection(&nobody).is_none());
    }
}
