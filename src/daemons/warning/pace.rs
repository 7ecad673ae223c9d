use std::time::Duration;

/// How patient the watch on alarms is. Tests are less so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CapPace {
    /// Directories are looked into so often: an alarm that was laid there is heard within two of these and a second.
    pub look: Duration,
    /// What could not be done (the daemon does not run, the sound is not there) is tried again, ever more seldom.
    pub again: Duration,
    /// So long a feed may take to answer.
    pub answer: Duration,
}

impl Default for CapPace {
    fn default() -> Self {
        Self { look: Duration::from_millis(300), again: Duration::from_secs(10), answer: Duration::from_secs(30) }
    }
}
