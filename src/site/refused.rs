use std::io;

use crate::diag::{Text, system, text};

/// Why the bytes of a file are not at hand.
#[derive(Debug, thiserror::Error)]
pub enum ReadRefused {
    /// The system said no.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// A link, which may lead anywhere by the time it is followed.
    #[error("a link")]
    Link,
    /// A directory.
    #[error("a directory")]
    Directory,
    /// A pipe, a socket or a device: reading one may wait for ever, or never end.
    #[error("no ordinary file")]
    Special,
    /// More bytes than this.
    #[error("over {0} bytes")]
    TooLarge(u64),
}

impl ReadRefused {
    /// There is nothing of that name.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::NotFound)
    }

    /// The account that asks has no right to it.
    pub fn is_forbidden(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::PermissionDenied)
    }

    /// In words, as an answer to "what is wrong with this file".
    pub fn text(&self) -> Text {
        match self {
            Self::Io(error) if error.kind() == io::ErrorKind::NotFound => {
                text!("không có tệp này", "there is no such file")
            }
            Self::Io(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                text!("không được phép đọc tệp này", "this file may not be read")
            }
            // Nobody is told so who only reads.
            Self::Io(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::ReadOnlyFilesystem
                ) =>
            {
                text!(error = system(error); "không ghi được ({error})", "it cannot be written ({error})")
            }
            Self::Io(error) => text!(
                error = system(error);
                "không đọc được tệp này ({error})",
                "this file cannot be read ({error})"
            ),
            Self::Link => text!("đây là một liên kết, không phải chính tệp ấy", "this is a link, not the file itself"),
            Self::Directory => text!("đây là một thư mục", "this is a directory"),
            Self::Special => {
                text!("đây không phải là một tệp thường", "this is not an ordinary file")
            }
            Self::TooLarge(limit) => {
                let limit = limit / 1024 / 1024;
                text!("tệp này lớn hơn {limit} MiB nên không đọc", "this file is over {limit} MiB and is not read")
            }
        }
    }
}

impl From<ReadRefused> for io::Error {
    fn from(refused: ReadRefused) -> Self {
        match refused {
            ReadRefused::Io(error) => error,
            other => Self::new(io::ErrorKind::InvalidInput, other.to_string()),
        }
    }
}
