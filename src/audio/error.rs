use crate::plan::Fault;

/// Why sound cannot be had. Each reads on after "failed to play: ".
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum AudioError {
    /// A file of the programme cannot play.
    #[error("{file}: {}", .fault.message)]
    Sound {
        /// Its name in `audio/`.
        file: String,
        /// What is wrong with it, and the cure.
        fault: Fault,
    },
    /// The programme names sounds that are not loaded.
    #[error("no sound is loaded for {}", .0.join(", "))]
    Missing(Vec<String>),
    /// The output's rate is beyond what loa handles.
    #[error("an output at {0} Hz is not supported")]
    Rate(u32),
    /// The resampler refused.
    #[error("cannot change the sample rate: {0}")]
    Resample(String),
}

impl AudioError {
    /// The message and the cure for a person, where the sound itself is at fault.
    pub fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Sound { fault, .. } => Some(fault),
            _ => None,
        }
    }
}
