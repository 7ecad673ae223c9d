use crate::diag::Text;
use crate::edit::Refusal;

/// Why something was not done.
#[derive(Debug)]
pub(crate) enum Undone {
    /// This person may not.
    NotAllowed(Text),
    /// There is nothing like that, or not any more.
    Gone(Text),
    /// What was asked for cannot be done as it is.
    Wrong(Text),
    /// It would have consequences that somebody has to say yes to.
    Asks(Text),
    /// The files do not take it.
    Refused(Box<Refusal>),
    /// The station refuses it, or does not answer.
    Station(Text),
    /// The machine failed.
    Failed(Text),
}

impl From<Refusal> for Undone {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl Undone {
    /// What a person is told.
    pub(crate) fn text(&self) -> &Text {
        match self {
            Self::NotAllowed(why)
            | Self::Gone(why)
            | Self::Wrong(why)
            | Self::Asks(why)
            | Self::Station(why)
            | Self::Failed(why) => why,
            Self::Refused(refusal) => &refusal.message,
        }
    }
}
