use std::sync::Arc;
use std::time::Duration;

use loa_core::diag::Text;

/// How a collector works.
#[derive(Clone, Debug)]
pub struct CollectorSettings {
    /// The province whose rows it collects: `p01`.
    pub province: String,
    /// How many servers hold each stream.
    pub replicas: usize,
    /// Messages of one transaction.
    pub pull: usize,
    /// How long to wait for a message at a time.
    pub wait: Duration,
    /// After how long a server gives a message again that was not acknowledged.
    pub ack_wait: Duration,
    /// About how often it is looked whether somebody else collects.
    pub look: Duration,
}

impl CollectorSettings {
    /// For a province, on so many servers.
    pub fn of(province: &str, replicas: usize) -> Self {
        let (wait, ack_wait, look) = (Duration::from_secs(5), Duration::from_secs(10), Duration::from_mins(1));
        Self { province: province.to_owned(), replicas, pull: 500, wait, ack_wait, look }
    }
}

/// What the collector tells and asks on its way.
#[derive(Clone)]
pub struct CollectorEar {
    /// What happens, in words.
    pub say: Arc<dyn Fn(Text) + Send + Sync>,
    /// Asked between two steps; `false` ends the collector there, as a power cut would.
    pub step: Arc<dyn Fn(&'static str) -> bool + Send + Sync>,
}
