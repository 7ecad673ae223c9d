use std::io;

use axum::http::StatusCode;

use crate::audio::limit;
use crate::diag::figure::bytes;
use crate::diag::{Text, system, text};
use crate::site::ReadRefused;

/// Why a recording does not come in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UploadError {
    /// There is nothing in it.
    #[error("no bytes")]
    Empty,
    /// It is larger than any sound that is taken.
    #[error("{0} bytes")]
    TooLarge(u64),
    /// More came than was promised.
    #[error("more than {0} bytes")]
    Beyond(u64),
    /// This person has too many on the way.
    #[error("too many of one person")]
    ManyOfOne,
    /// Everybody has.
    #[error("too many")]
    Many,
    /// The disk is nearly full.
    #[error("no room")]
    NoRoom,
    /// There is no such recording, or it is another's.
    #[error("no such upload")]
    Gone,
    /// So much has come, and not what the phone thinks.
    #[error("the offset is {0}")]
    Elsewhere(u64),
    /// The same recording goes on in another place.
    #[error("another request goes on with it")]
    Overtaken,
    /// All has come already.
    #[error("it is whole")]
    Done,
    /// This one may not be handed in by this person.
    #[error("{0}")]
    NotAllowed(Text),
    /// A sound of this name is there, and nobody has said that this one may take its place.
    #[error("there is a sound {0}")]
    Taken(String),
    /// Something else has to be typed or done first.
    #[error("{0}")]
    Asks(Text),
    /// The request is not understood.
    #[error("not understood")]
    Unclear,
    /// The line was silent for too long, or broke.
    #[error("the line broke")]
    Broken,
    /// The disk.
    #[error("{0}")]
    Disk(#[from] io::Error),
    /// The file.
    #[error("{0}")]
    File(#[from] ReadRefused),
}

impl UploadError {
    /// What a program is told.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Empty | Self::Unclear => StatusCode::BAD_REQUEST,
            Self::TooLarge(_) | Self::Beyond(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::ManyOfOne | Self::Many => StatusCode::TOO_MANY_REQUESTS,
            Self::NoRoom => StatusCode::INSUFFICIENT_STORAGE,
            Self::Gone => StatusCode::NOT_FOUND,
            Self::Elsewhere(_) | Self::Overtaken | Self::Done | Self::Taken(_) => StatusCode::CONFLICT,
            Self::NotAllowed(_) => StatusCode::FORBIDDEN,
            Self::Asks(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Broken => StatusCode::REQUEST_TIMEOUT,
            Self::Disk(error) if is_full(error) => StatusCode::INSUFFICIENT_STORAGE,
            Self::Disk(_) | Self::File(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What is said of a file that is too large before anybody knows how large it is.
    pub(crate) fn large() -> Text {
        text!(
            most = bytes(limit::FILE_BYTES);
            "Tệp này nặng quá, đài nhận đến {most}. Xin chọn tệp nhẹ hơn, hoặc chỉ gửi phần tiếng (mp3, m4a).",
            "This file is too large, the station takes up to {most}. Choose a smaller one, or send the sound alone (mp3, m4a)."
        )
    }

    /// What a person is told, with the way out.
    pub(crate) fn text(&self) -> Text {
        let most = bytes(limit::FILE_BYTES);
        match self {
            Self::Empty => text!(
                "Tệp này trống, không có gì bên trong. Xin ghi lại hoặc chọn tệp khác.",
                "This file is empty. Record it again, or choose another."
            ),
            Self::TooLarge(length) => text!(
                length = bytes(*length), most = most;
                "Tệp này nặng {length}, đài nhận đến {most}. Xin chọn tệp nhẹ hơn, hoặc chỉ gửi phần tiếng (mp3, m4a).",
                "This file has {length}, the station takes up to {most}. Choose a smaller one, or send the sound alone (mp3, m4a)."
            ),
            Self::Beyond(_) => text!(
                "Tệp gửi lên dài hơn lúc bắt đầu. Xin chọn lại tệp và gửi lại.",
                "More came than was promised. Choose the file again and send it again."
            ),
            Self::ManyOfOne => text!(
                "Máy còn đang nhận và nghe thử những bản ghi trước của tài khoản này. Xin đợi một lát rồi gửi tiếp, hoặc bỏ bớt bản gửi dở ở trang Bản ghi.",
                "The machine is still taking and examining earlier recordings of this account. Wait a moment and send again, or drop half ones on the page Sounds."
            ),
            Self::Many => text!(
                "Nhiều người đang gửi bản ghi cùng lúc. Xin thử lại sau ít phút.",
                "Many people are sending recordings. Try again in some minutes."
            ),
            Self::NoRoom => full(),
            Self::Gone => text!(
                "Không thấy bản ghi này: đã bỏ, đã quá một ngày, hoặc của người khác. Xin gửi lại từ đầu.",
                "There is no such recording: it was dropped, is over a day old, or is another's. Send it from the beginning."
            ),
            Self::Elsewhere(_) => text!(
                "Máy đã nhận đến chỗ khác với điện thoại. Xin chọn lại tệp; phần đã nhận vẫn còn.",
                "The station has received another part than the phone thinks. Choose the file again; what has come stays."
            ),
            Self::Overtaken => {
                text!("Bản ghi này đang được gửi tiếp ở một trang khác.", "This recording goes on in another page.")
            }
            Self::Done => text!("Máy đã nhận đủ bản ghi này.", "The station has all of this recording."),
            Self::NotAllowed(why) | Self::Asks(why) => why.clone(),
            Self::Taken(sound) => text!(
                "Đã có bản ghi «{sound}». Xin đặt tên khác, hoặc đánh dấu ô thay bản ghi cùng tên.",
                "There is a sound \"{sound}\" already. Give another name, or tick to replace it."
            ),
            Self::Unclear => text!(
                "Máy không hiểu yêu cầu này. Xin tải lại trang rồi gửi lại.",
                "The station does not understand this. Load the page again, and send again."
            ),
            Self::Broken => text!(
                "Mất mạng giữa chừng. Phần đã nhận vẫn còn trong máy; xin gửi tiếp.",
                "The line broke. What has come stays; go on sending."
            ),
            Self::Disk(error) if is_full(error) => full(),
            Self::Disk(error) => told(&system(error)),
            Self::File(refused) => told(&refused.text()),
        }
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

fn full() -> Text {
    text!(
        "Ổ đĩa của đài gần đầy nên chưa nhận thêm bản ghi. Xin báo người quản trị dọn ổ đĩa; lịch phát không bị ảnh hưởng.",
        "The station's disk is nearly full and takes no more recordings. Tell the administrator to make room; the schedule goes on."
    )
}

fn told(why: &Text) -> Text {
    let Text { vi, en } = why;
    text!(
        "Máy không ghi được bản ghi ({vi}). Xin báo người quản trị.",
        "The station cannot write the recording ({en}). Tell the administrator."
    )
}

/// The name may have become a word of the schedule meanwhile.
pub(crate) fn bad_name() -> Text {
    text!(
        "Tên này không dùng được. Xin đặt tên bằng chữ và số, không có dấu gạch chéo, không quá dài. Ví dụ: lịch tiêm chủng",
        "This name cannot be used. Give one of letters and digits, without slashes and not too long. Example: vaccination"
    )
}
