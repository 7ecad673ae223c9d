use crate::diag::{Text, text};
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
    /// The same for a person, with the cure.
    pub fn text(&self) -> Text {
        match self {
            Self::Sound { file, fault: Fault { message: Text { vi, en }, .. } } => {
                text!("Không phát được «{file}». {vi}", "\"{file}\" cannot play. {en}")
            }
            Self::Missing(names) => {
                let names = names.join(", ");
                text!(
                    "Chưa có tệp âm thanh cho: {names}; hãy chép tệp vào thư mục audio",
                    "No sound is loaded for: {names}; copy the file into audio/"
                )
            }
            Self::Rate(hz) => text!(
                "Thiết bị phát chạy ở {hz} Hz, loa không hỗ trợ; hãy đặt thiết bị ở 48000 Hz",
                "The output runs at {hz} Hz, which is not supported; set it to 48000 Hz"
            ),
            Self::Resample(cause) => text!(
                "Không đổi được tần số lấy mẫu ({cause}); hãy xuất lại tệp ở 48000 Hz",
                "The sample rate cannot be changed ({cause}); export the file again at 48000 Hz"
            ),
        }
    }

    /// The file that is not, or no longer, the one that was planned, where that is why.
    pub fn changed(&self) -> Option<&str> {
        match self {
            Self::Sound { file, fault } if fault.code == "changed" => Some(file),
            _ => None,
        }
    }

    /// The message and the cure for a person, where the sound itself is at fault.
    pub fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Sound { fault, .. } => Some(fault),
            _ => None,
        }
    }
}
