use super::journal_file::RestoredJournal;
use super::set_aside::SetAside;
use crate::diag::Text;
use crate::fact::Entry;

/// What the writer's thread reports.
#[derive(Clone, PartialEq, Debug)]
pub enum WriterEvent {
    /// These are on the disk now.
    Written {
        /// Keys of airings that may sound: their intents are written.
        intents: Vec<String>,
        /// Entries, with number and hash.
        entries: Vec<Entry>,
    },
    /// The disk fails; what is to be written waits in memory, and is tried again.
    Failing {
        /// Why.
        why: Text,
        /// Records that wait.
        waiting: usize,
    },
    /// The disk works again, or has caught up, and what waited is written.
    Recovered {
        /// Records for which there was no room meanwhile. A note in the journal says where its hole is.
        lost: u64,
    },
    /// The journal was found damaged, or could not be opened before, and a new one took its place.
    SetAside(Box<SetAside>),
    /// The journal is not as the station had left it: rows are gone, changed or added. It goes on in it.
    Misfit(Text),
    /// The file was taken away, or another put in its place, while it was open; it is in its place again.
    Restored(RestoredJournal),
    /// Why it cannot be put in its place.
    Unrestored {
        /// Why.
        why: Text,
    },
    /// A reader that does not end keeps the log from being folded in; so large is it. `None`: no longer.
    LogHeld(Option<u64>),
    /// One record makes no sense, and is left out. A bug.
    Unfit {
        /// Why.
        why: Text,
    },
}
