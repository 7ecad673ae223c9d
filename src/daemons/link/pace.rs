use std::time::Duration;

/// How patient the link is. Tests are less so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LinkPace {
    /// A server that does not answer for two of these is given up, and the next one is tried: one that hangs keeps an alarm
    /// away for so long. A few bytes each.
    pub ping: Duration,
    /// So long a connection may take: a slow link needs some.
    pub connect: Duration,
    /// Boxes that were cut off together come back spread over this time.
    pub spread: Duration,
    /// So long an answer may take: 32 KiB at 8 kB/s are four seconds, and others wait before it.
    pub answer: Duration,
    /// Everything that is meant for this box is looked for at least so often: a mirror can be old after its source comes back.
    pub sweep: Duration,
    /// The journal is looked at so often.
    pub look: Duration,
    /// So often the box says that it is there.
    pub pulse: Duration,
    /// What could not be done on the box (the daemon does not run, the sound of an alarm is not there) is tried again.
    pub again: Duration,
}

impl Default for LinkPace {
    fn default() -> Self {
        Self {
            ping: Duration::from_secs(20),
            connect: Duration::from_secs(20),
            spread: Duration::from_secs(30),
            answer: Duration::from_mins(1),
            sweep: Duration::from_mins(10),
            look: Duration::from_secs(5),
            pulse: Duration::from_mins(1),
            again: Duration::from_secs(10),
        }
    }
}
