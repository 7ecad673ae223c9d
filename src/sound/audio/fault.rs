use crate::diag::{Lang, Text, text};
use crate::plan::Fault;

/// What to do about nearly everything, in both languages.
const CURE_VI: &str = "hãy nhờ người có máy tính đổi sang MP3, hoặc thu lại bằng ứng dụng ghi âm";
const CURE_EN: &str = "ask somebody with a computer to turn it into an MP3, or record it again with a recorder app";

fn fault(code: &str, message: Text) -> Fault {
    Fault { code: code.to_owned(), message }
}

/// Nothing in the file looks like sound.
pub(crate) fn not_audio() -> Fault {
    fault(
        "not_audio",
        text!(
            "Đây không phải tệp âm thanh loa đọc được; {CURE_VI}, hoặc đưa tệp này ra khỏi thư mục audio",
            "This is not a sound file that loa can read; {CURE_EN}, or move this file out of audio/"
        ),
    )
}

/// A file of zero bytes.
pub(crate) fn empty() -> Fault {
    fault(
        "not_audio",
        text!(
            "Tệp trống (0 byte), có lẽ chép dở dang; hãy chép lại tệp gốc, rồi tháo USB an toàn",
            "The file is empty (0 bytes), probably a half-done copy; copy the original again and eject the USB stick safely"
        ),
    )
}

/// Nothing but zeros where a file says what it is.
pub(crate) fn blank() -> Fault {
    fault(
        "not_audio",
        text!(
            "Phần đầu của tệp bị mất (chỉ toàn số 0), nên không biết đây là tệp gì; hãy chép lại từ tệp gốc, hoặc thu lại",
            "The beginning of the file is gone (nothing but zeros), so that nothing says what it is; copy it again from the original, \
             or record it again"
        ),
    )
}

/// Something that is no sound and whose name is known; `what` reads on after "this is".
pub(crate) fn other_thing(what: &Text) -> Fault {
    let Text { vi, en } = what;
    fault(
        "not_audio",
        text!(
            "Đây là {vi}, không phải âm thanh; hãy chọn đúng tệp ghi âm (MP3, M4A, WAV), và đưa tệp này ra khỏi thư mục audio nếu nó nằm ở đó",
            "This is {en}, not sound; choose the recording itself (MP3, M4A, WAV), and move this file out of audio/ if it is there"
        ),
    )
}

/// A sound file in which no sound could be decoded.
pub(crate) fn no_frames() -> Fault {
    fault(
        "no_frames",
        text!(
            "Tệp không chứa tiếng nào (độ dài bằng 0); {CURE_VI}",
            "The file holds no sound (zero length); {CURE_EN}"
        ),
    )
}

/// The sound stops before the length that the file itself states, or has no end.
pub(crate) fn truncated() -> Fault {
    fault(
        "truncated",
        text!(
            "Tệp bị cụt: tiếng hết trước độ dài ghi trong tệp, có lẽ chép dở dang; hãy chép lại tệp gốc, rồi tháo USB an toàn",
            "The file is cut off: its sound ends before the length written in it, probably a half-done copy; \
             copy the original again and eject the USB stick safely"
        ),
    )
}

/// The same where it is known how much is missing, and perhaps how much there is; both in seconds.
pub(crate) fn cut_off(missing: f64, have: Option<f64>) -> Fault {
    let (lost_vi, lost_en) = (about(missing, Lang::Vi), about(missing, Lang::En));
    let Text { vi: there_vi, en: there_en } = have
        .map(clock)
        .map_or_else(|| text!("", ""), |clock| text!(" (chỉ có {clock} đầu)", " (only the first {clock} are there)"));
    fault(
        "truncated",
        text!(
            "Tệp bị cụt: thiếu {lost_vi} ở cuối{there_vi}, có lẽ chép dở dang; hãy chép lại tệp gốc, rồi tháo USB an toàn",
            "The file is cut off: {lost_en} missing at its end{there_en}, probably a half-done copy; copy the original again and \
             eject the USB stick safely"
        ),
    )
}

/// So much sound, in seconds, is missing inside, first at this place.
pub(crate) fn holed(missing: f64, at: f64, places: usize) -> Fault {
    let (lost_vi, lost_en, at) = (about(missing, Lang::Vi), about(missing, Lang::En), clock(at));
    let Text { vi, en } = if places > 1 {
        text!("ở {places} chỗ, chỗ đầu tiên ở phút {at}", "in {places} places, the first at {at}")
    } else {
        text!("ở phút {at}", "at {at}")
    };
    fault(
        "damaged",
        text!(
            "Tệp bị hỏng: thiếu {lost_vi} {vi}, người nghe sẽ mất lời ở đó; hãy chép lại từ tệp gốc, hoặc thu lại",
            "The file is damaged: {lost_en} missing {en}, so that words are lost there; copy it again from the original, or record it \
             again"
        ),
    )
}

/// "khoảng 3,7 giây", "about 3.7 s are".
pub(super) fn about(seconds: f64, lang: Lang) -> String {
    match lang {
        Lang::Vi if seconds >= 60.0 => format!("khoảng {}", clock(seconds)),
        Lang::En if seconds >= 60.0 => format!("about {} are", clock(seconds)),
        Lang::Vi => format!("khoảng {} giây", format!("{:.1}", seconds.max(0.1)).replace('.', ",")),
        Lang::En => format!("about {:.1} s are", seconds.max(0.1)),
    }
}

/// `3:07`, as a player shows it.
pub(super) fn clock(seconds: f64) -> String {
    let whole = seconds.max(0.0) as u64;
    format!("{}:{:02}", whole / 60, whole % 60)
}

/// Several files in one, of which only the first would be heard.
pub(crate) fn joined() -> Fault {
    fault(
        "joined",
        text!(
            "Đây là nhiều tệp âm thanh nối liền thành một, nên chỉ phần đầu được nghe; hãy nạp từng tệp gốc rồi ghi lần lượt trong lịch: \
             play = [\"phan-1\", \"phan-2\"], hoặc ghép lại bằng phần mềm sửa âm thanh và xuất thành MP3",
            "These are several sound files put together into one, of which only the first would be heard; load each of them and name \
             them one after the other in the schedule: play = [\"part-1\", \"part-2\"], or join them in a sound editor and export an MP3"
        ),
    )
}

/// More channels than can be decoded, in the codec of this name.
pub(crate) fn channels(codec: &str, channels: usize) -> Fault {
    let codec = if codec.is_empty() { String::new() } else { format!("{codec} ") };
    fault(
        "unsupported",
        text!(
            "loa không phát được âm thanh {codec}{channels} kênh; hãy nhờ người có máy tính xuất lại thành một kênh (mono), hoặc thu lại \
             bằng ứng dụng ghi âm",
            "loa cannot play {codec}sound with {channels} channels; ask somebody with a computer to export it as one channel (mono), \
             or record it again with a recorder app"
        ),
    )
}

/// A format or a codec that loa does not play; `what` names it.
pub(crate) fn unsupported(what: &Text) -> Fault {
    let Text { vi, en } = what;
    fault(
        "unsupported",
        text!(
            "loa không phát được loại âm thanh này ({vi}); {CURE_VI}",
            "loa cannot play this kind of sound ({en}); {CURE_EN}"
        ),
    )
}

/// AAC with spectral band replication, which would come out dull and half as fast.
pub(crate) fn he_aac() -> Fault {
    fault(
        "unsupported",
        text!(
            "Tệp dùng HE-AAC (AAC+), loa không phát đúng được; hãy thu lại với chất lượng cao, hoặc nhờ người có máy tính đổi sang MP3",
            "The file uses HE-AAC (AAC+), which loa cannot play correctly; record it again at high quality, or ask somebody with a \
             computer to turn it into an MP3"
        ),
    )
}

/// The file is so damaged that gaps would be heard, or a decoder broke on it.
pub(crate) fn damaged() -> Fault {
    fault(
        "damaged",
        text!(
            "Tệp bị hỏng, nhiều đoạn không giải mã được; {CURE_VI}",
            "The file is damaged, much of it cannot be decoded; {CURE_EN}"
        ),
    )
}

/// The operating system does not give the file out.
pub(crate) fn unreadable(error: &std::io::Error) -> Fault {
    let Text { vi, en } = match error.kind() {
        std::io::ErrorKind::NotFound => text!("không thấy tệp", "it is not there"),
        std::io::ErrorKind::PermissionDenied => text!("không có quyền đọc", "permission denied"),
        _ => text!("lỗi khi đọc đĩa", "the disk reports an error"),
    };
    fault(
        "unreadable",
        text!(
            "Không đọc được tệp ({vi}); hãy kiểm tra thẻ nhớ hoặc ổ đĩa và quyền đọc của tệp, rồi chép lại",
            "The file cannot be read ({en}); check the card or disk and the file's permissions, then copy it again"
        ),
    )
}

/// Longer than [`super::limit::LENGTH`].
pub(crate) fn too_long() -> Fault {
    let hours = super::limit::LENGTH.as_secs() / 3600;
    fault(
        "too_long",
        text!(
            "Âm thanh dài quá {hours} giờ; hãy chia thành nhiều tệp ngắn hơn",
            "The sound is longer than {hours} hours; split it into shorter files"
        ),
    )
}

/// Bigger than [`super::limit::FILE_BYTES`].
pub(crate) fn too_large() -> Fault {
    let mib = super::limit::FILE_BYTES / (1024 * 1024);
    fault("too_large", text!("Tệp lớn hơn {mib} MiB; {CURE_VI}", "The file is larger than {mib} MiB; {CURE_EN}"))
}

/// Nothing in it can be heard.
pub(crate) fn silent() -> Fault {
    fault(
        "silent",
        text!(
            "Tệp chỉ có im lặng, không nghe thấy gì; hãy kiểm tra micrô rồi thu lại",
            "The file is silent from end to end; check the microphone and record it again"
        ),
    )
}

/// Two channels of which one is the other upside down: on one horn nothing is left.
pub(crate) fn cancelled() -> Fault {
    fault(
        "cancelled",
        text!(
            "Hai kênh ngược pha nhau nên ra loa mất hẳn tiếng; hãy đổi dây micrô rồi thu lại, hoặc chỉ lấy một kênh khi xuất tệp",
            "The two channels are opposite and cancel out on the horns; change the microphone cable and record again, or export one \
             channel only"
        ),
    )
}

/// Nothing came out of it for minutes.
pub(crate) fn stalled() -> Fault {
    fault(
        "unreadable",
        text!(
            "Đọc tệp mãi không xong: thẻ nhớ, USB hoặc tệp có lẽ bị hỏng; hãy chép tệp sang máy khác rồi thử lại",
            "The file could not be read to its end in minutes: card, USB stick or file is probably broken; copy it by way of another \
             machine and try again"
        ),
    )
}

/// Written to while it was looked at.
pub(crate) fn changing() -> Fault {
    fault(
        "changing",
        text!(
            "Tệp đang được chép hoặc đang bị sửa; hãy đợi chép xong, loa sẽ tự đọc lại",
            "The file is still being copied or edited; wait until that is done, loa will read it again by itself"
        ),
    )
}

/// Written to while it played.
pub(crate) fn overwritten() -> Fault {
    fault(
        "changed",
        text!(
            "Tệp bị ghi đè trong lúc phát nên tiếng dừng ở đó; lần sau hãy nạp bản mới bằng loa load, đang phát cũng không bị cắt",
            "The file was overwritten while it played, and its sound ended there; take a new recording in with loa load, \
             which cuts nothing off"
        ),
    )
}

/// A link in `audio/`.
pub(crate) fn is_link() -> Fault {
    fault(
        "is_link",
        text!(
            "Đây là liên kết, không phải tệp, nên không được đọc; hãy chép chính tệp ấy vào audio/",
            "This is a link and no file, and is not read; copy the file itself into audio/"
        ),
    )
}

/// Not the sound that the plan (and the approval) named.
pub(crate) fn changed() -> Fault {
    fault(
        "changed",
        text!(
            "Nội dung tệp không còn là bản đã lên lịch (và đã duyệt); hãy đợi loa đọc lại, và duyệt lại nếu cần",
            "The file is no longer the one that was planned (and approved); wait until loa has read it again, and approve it again \
             where that is needed"
        ),
    )
}

/// Decodes to another length than the plan counted on.
pub(crate) fn wrong_length(file: &str) -> Fault {
    fault(
        "changed",
        text!(
            "Tệp «{file}» ngắn hơn độ dài đã lên lịch; có lẽ tệp bị sửa trong lúc phát, hãy chép lại",
            "The file \"{file}\" is shorter than planned; it was probably changed while it played, copy it again"
        ),
    )
}
