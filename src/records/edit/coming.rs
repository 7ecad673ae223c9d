use crate::diag::{Text, text};
use crate::instant::Wall;
use crate::plan::{Plain, Verdict};
use crate::station::ZoneIx;

/// As the plan calls it.
const NOT_APPROVED: &str = "not_approved";

/// One of the next airings, the zones joined where they hear the same.
#[derive(Clone, PartialEq, Debug)]
pub struct Coming {
    /// When it is due.
    pub scheduled: Wall,
    /// When it starts, or would have.
    pub start: Wall,
    /// When it ends.
    pub end: Wall,
    /// Where.
    pub zones: Vec<ZoneIx>,
    /// What becomes of it.
    pub verdict: Verdict,
    /// A stable code, where there is something to say.
    pub reason: Option<&'static str>,
    /// The plan's own sentence, with the cure.
    pub because: Option<Plain>,
    /// It is refused all the same as long as nobody approves what was written; what stands above comes of it then.
    pub to_approve: Option<ToApprove>,
    /// When it could start without being in anybody's way, where it does not start at its time.
    pub free: Option<Wall>,
}

/// That somebody has to approve it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ToApprove {
    /// Nothing that counts was decided on it.
    First,
    /// Something was, and it is another since.
    Again,
}

impl Coming {
    /// What becomes of it as things stand, with its code.
    pub fn as_it_stands(&self) -> (Verdict, Option<&'static str>) {
        match self.to_approve {
            Some(_) => (Verdict::Refuse, Some(NOT_APPROVED)),
            None => (self.verdict, self.reason),
        }
    }

    /// That it has to be approved, or approved again; without a full stop.
    pub fn to_be_approved(&self) -> Option<Text> {
        Some(match self.to_approve? {
            ToApprove::First => {
                text!("cần duyệt, chưa duyệt thì không phát", "to be approved; it does not play before")
            }
            ToApprove::Again => {
                text!("cần duyệt lại, chưa duyệt thì không phát", "to be approved again; it does not play before")
            }
        })
    }
}
