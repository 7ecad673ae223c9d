use std::io::{Error, ErrorKind};

use super::{Text, text};

/// What the machine says when something fails: its own name or words for it, then ours. The first that fits counts.
///
/// The names are those of errno(3), as ALSA gives them, and the words those of the C library, of SQLite, of the sound
/// libraries and of those that speak to servers.
const WORDS: &[(&[&str], &str, &str)] = &[
    (&["EACCES", "EPERM", "Permission denied", "Operation not permitted"], "không có quyền", "permission denied"),
    (&["ENOENT", "No such file or directory"], "không có tệp hay thư mục ấy", "no such file or directory"),
    (&["EPIPE", "Broken pipe"], "đầu bên kia đã đóng", "the other end has closed"),
    (&["ENOSPC", "No space left on device"], "ổ đĩa đã đầy", "the disk is full"),
    (&["EDQUOT", "quota exceeded"], "đã hết phần ổ đĩa được dùng", "the disk quota is used up"),
    (&["EROFS", "Read-only file system"], "ổ đĩa chỉ cho đọc, không cho ghi", "the disk is read-only"),
    (&["readonly database"], "tệp chỉ cho đọc, không cho ghi", "the file is read-only"),
    (
        &["failed to lookup address information", "host not found"],
        "không tìm thấy máy chủ theo tên, máy chưa có mạng hay tên sai",
        "no server is found by its name, there is no network or the name is wrong",
    ),
    (
        &[
            "ENETUNREACH",
            "ENETDOWN",
            "Network is unreachable",
            "Network unreachable",
            "Network is down",
            "Network down",
        ],
        "máy chưa có mạng",
        "there is no network",
    ),
    (
        &["EHOSTUNREACH", "EHOSTDOWN", "No route to host", "Host unreachable", "Host is down"],
        "không có đường tới máy kia",
        "there is no way to the other machine",
    ),
    (&["UnknownIssuer"], "không biết nơi cấp chứng nhận của máy chủ", "nobody here knows who has certified the server"),
    (&["CaUsedAsEndEntity"], "máy chủ dùng chứng nhận tự ký", "the server has certified itself"),
    (
        &["not valid for name"],
        "chứng nhận của máy chủ cấp cho tên khác",
        "the server's certificate is for another name",
    ),
    (
        &["certificate expired", "NotValidYet", "certificate not valid yet"],
        "chứng nhận của máy chủ không đúng hạn, hay đồng hồ sai",
        "the server's certificate has expired or is not valid yet, or the clock is wrong",
    ),
    (&["peer certificate"], "chứng nhận của máy chủ không dùng được", "the server's certificate is no good"),
    (&["corrupt message"], "ở địa chỉ này máy chủ không mã hóa", "the server does not encrypt at this address"),
    (
        &["received fatal alert", "peer is incompatible", "peer misbehaved"],
        "không thỏa thuận được cách mã hóa với máy chủ",
        "no way to encrypt is agreed on with the server",
    ),
    (&["ETIMEDOUT", "timed out", "time out"], "chờ quá lâu không thấy trả lời", "no answer in time"),
    (&["EAGAIN", "temporarily unavailable"], "đang bận, chưa trả lời kịp", "it is busy and did not answer in time"),
    (&["EBUSY", "resource busy", "Device busy"], "đang có chương trình khác dùng", "another program is using it"),
    (&["ENODEV", "No such device"], "không còn thiết bị ấy", "there is no such device"),
    (&["ENXIO"], "không còn thiết bị ấy", "there is no such device"),
    (&["EIO", "Input/output error", "disk I/O error"], "thiết bị hay ổ đĩa báo lỗi đọc ghi", "input/output error"),
    (&["EINVAL", "Invalid argument"], "thiết bị không nhận thiết lập này", "it does not take this setting"),
    (&["ENOMEM", "Cannot allocate memory", "out of memory"], "máy hết bộ nhớ", "the machine is out of memory"),
    (&["EMFILE", "ENFILE", "Too many open files"], "đang mở quá nhiều tệp", "too many files are open"),
    (&["EEXIST", "File exists"], "đã có sẵn", "it is there already"),
    (&["ENOTDIR", "Not a directory"], "đó không phải là thư mục", "that is not a directory"),
    (&["EISDIR", "Is a directory"], "đó là thư mục, không phải tệp", "that is a directory, not a file"),
    (&["ENOTEMPTY", "Directory not empty"], "thư mục không trống", "the directory is not empty"),
    (&["ENAMETOOLONG", "File name too long"], "tên tệp quá dài", "the file's name is too long"),
    (&["ELOOP", "Too many levels of symbolic links"], "liên kết vòng quanh", "links lead in a circle"),
    (&["EFBIG", "File too large"], "tệp quá lớn", "the file is too large"),
    (&["ECONNREFUSED", "Connection refused"], "bên kia không nhận", "the other side refuses"),
    (
        &["ECONNRESET", "Connection reset", "Peer disconnected", "peer closed connection"],
        "bên kia đã ngắt",
        "the other side has hung up",
    ),
    (&["EADDRINUSE", "Address already in use", "Address in use"], "đã có chương trình khác giữ chỗ", "it is taken"),
    (&["EINTR", "Interrupted system call"], "bị ngắt giữa chừng", "it was interrupted"),
    (&["ESTRPIPE"], "thiết bị âm thanh đang ngủ", "the sound device is suspended"),
    (&["ESTALE", "Stale file handle"], "ổ đĩa mạng không còn tệp ấy", "the network disk no longer has the file"),
    (&["ETXTBSY", "Text file busy"], "tệp đang được chạy", "the file is being run"),
    (&["EXDEV"], "nằm trên hai ổ đĩa khác nhau", "it lies on another disk"),
    (&["EMLINK", "ENOSYS", "EOPNOTSUPP", "not supported", "ENOTSUP"], "máy không làm được việc này", "not supported"),
    (&["malformed", "not a database"], "nội dung bị hỏng", "its content is damaged"),
    (&["database is locked", "table is locked"], "đang bị chương trình khác giữ", "another program holds it"),
    (&["unable to open database"], "không mở được tệp", "the file cannot be opened"),
    (&["database or disk is full"], "ổ đĩa đã đầy", "the disk is full"),
    (&["no such table", "no such column"], "thiếu phần bên trong", "a part of it is missing"),
    (&["stream did not contain valid UTF-8"], "nội dung không phải là chữ", "it is not text"),
    (&["unexpected end of file", "failed to fill whole buffer"], "tệp bị cụt", "the file ends too early"),
    (
        &["device is no longer available", "DeviceNotAvailable", "device has been disconnected"],
        "không còn thiết bị ấy",
        "the device is gone",
    ),
    (
        &["configuration is not supported", "not supported by the device", "StreamConfigNotSupported"],
        "thiết bị không nhận thiết lập này",
        "the device does not take this setting",
    ),
];

/// Kinds that come without the C library's words: made in the program, or by a library.
const KINDS: &[(ErrorKind, &str)] = &[
    (ErrorKind::NotFound, "ENOENT"),
    (ErrorKind::PermissionDenied, "EACCES"),
    (ErrorKind::BrokenPipe, "EPIPE"),
    (ErrorKind::StorageFull, "ENOSPC"),
    (ErrorKind::QuotaExceeded, "EDQUOT"),
    (ErrorKind::ReadOnlyFilesystem, "EROFS"),
    (ErrorKind::TimedOut, "ETIMEDOUT"),
    (ErrorKind::WouldBlock, "EAGAIN"),
    (ErrorKind::ResourceBusy, "EBUSY"),
    (ErrorKind::OutOfMemory, "ENOMEM"),
    (ErrorKind::AlreadyExists, "EEXIST"),
    (ErrorKind::NotADirectory, "ENOTDIR"),
    (ErrorKind::IsADirectory, "EISDIR"),
    (ErrorKind::DirectoryNotEmpty, "ENOTEMPTY"),
    (ErrorKind::InvalidFilename, "ENAMETOOLONG"),
    (ErrorKind::FileTooLarge, "EFBIG"),
    (ErrorKind::ConnectionRefused, "ECONNREFUSED"),
    (ErrorKind::ConnectionReset, "ECONNRESET"),
    (ErrorKind::AddrInUse, "EADDRINUSE"),
    (ErrorKind::Interrupted, "EINTR"),
    (ErrorKind::InvalidInput, "EINVAL"),
    (ErrorKind::UnexpectedEof, "unexpected end of file"),
    (ErrorKind::Unsupported, "ENOSYS"),
    (ErrorKind::CrossesDevices, "EXDEV"),
    (ErrorKind::ExecutableFileBusy, "ETXTBSY"),
    (ErrorKind::StaleNetworkFileHandle, "ESTALE"),
];

/// What an error of the system means, in words that fit into parentheses or behind a colon: no full stop, no capital.
///
/// A complaint that is not known here keeps its number in Vietnamese, so that somebody can look it up.
pub fn system(error: &Error) -> Text {
    let said = error.to_string();
    if let Some(known) = known(&said) {
        return known;
    }
    // Before its kind, what a library took the trouble to say itself.
    if let Some(own) = error.get_ref() {
        return foreign(&own.to_string());
    }
    let of_kind = KINDS.iter().find(|(kind, _)| *kind == error.kind()).and_then(|(_, name)| known(name));
    of_kind.unwrap_or_else(|| match error.raw_os_error() {
        Some(number) => {
            let en = said.split(" (os error").next().unwrap_or_default().to_lowercase();
            text!("lỗi hệ thống số {number}", "{en}, error {number}")
        }
        None => foreign(&said),
    })
}

/// What another program or library complains of, in the same way. Words that are not known stay as they are, marked
/// as its own.
pub fn foreign(said: &str) -> Text {
    known(said).unwrap_or_else(|| {
        let said = super::shown(said.trim().trim_end_matches('.'));
        text!("máy báo: «{said}»", "{said}")
    })
}

fn known(said: &str) -> Option<Text> {
    let lower = said.to_lowercase();
    let fits = |word: &&str| {
        if word.chars().all(|c| c.is_ascii_uppercase()) {
            // A name of errno(3) is a whole word: ENOENT, 'EPIPE', but not the end of another.
            said.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| part == *word)
        } else {
            lower.contains(&word.to_lowercase())
        }
    };
    let (_, vi, en) = WORDS.iter().find(|(words, ..)| words.iter().any(fits))?;
    Some(Text { vi: (*vi).to_owned(), en: (*en).to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_error_of_the_system_reaches_a_person_as_a_number_in_english() {
        // Every number that Linux has.
        for number in 1..134 {
            let told = system(&Error::from_raw_os_error(number));
            for text in [&told.vi, &told.en] {
                assert!(!text.contains("(os error") && !text.is_empty(), "{number}: {text}");
            }
            let english = ["denied", "such file", "error", "failed", "the ", "directory", "device"];
            assert!(!english.iter().any(|word| told.vi.contains(word)), "{number}: {}", told.vi);
        }
    }

    #[test]
    fn what_people_meet_has_its_own_words() {
        for (number, vi) in [
            (13, "không có quyền"),
            (1, "không có quyền"),
            (2, "không có tệp hay thư mục ấy"),
            (28, "ổ đĩa đã đầy"),
            (30, "ổ đĩa chỉ cho đọc, không cho ghi"),
            (32, "đầu bên kia đã đóng"),
            (11, "đang bận, chưa trả lời kịp"),
            (16, "đang có chương trình khác dùng"),
            (110, "chờ quá lâu không thấy trả lời"),
        ] {
            assert_eq!(system(&Error::from_raw_os_error(number)).vi, vi, "{number}");
        }
        for (kind, _) in KINDS {
            assert!(!system(&Error::from(*kind)).vi.contains("máy báo"), "{kind:?}");
        }
    }

    #[test]
    fn a_library_that_wraps_the_machines_words_is_understood() {
        for (said, vi) in [
            ("ALSA function 'snd_pcm_avail_delay' failed with error 'EPIPE: Broken pipe'", "đầu bên kia đã đóng"),
            ("ALSA function 'snd_pcm_open' failed with error 'ENODEV'", "không còn thiết bị ấy"),
            ("unable to open database file: state/journal.db", "không mở được tệp"),
            ("database disk image is malformed", "nội dung bị hỏng"),
            ("Resource temporarily unavailable (os error 11)", "đang bận, chưa trả lời kịp"),
            (
                "failed to lookup address information: Temporary failure in name resolution",
                "không tìm thấy máy chủ theo tên, máy chưa có mạng hay tên sai",
            ),
            (
                "failed to lookup address information: Name or service not known",
                "không tìm thấy máy chủ theo tên, máy chưa có mạng hay tên sai",
            ),
            ("Network is unreachable (os error 101)", "máy chưa có mạng"),
            ("No route to host (os error 113)", "không có đường tới máy kia"),
            ("IO error: invalid peer certificate: UnknownIssuer", "không biết nơi cấp chứng nhận của máy chủ"),
            (
                "invalid peer certificate: certificate not valid for name \"a.vn\"; certificate is only valid for b.vn",
                "chứng nhận của máy chủ cấp cho tên khác",
            ),
            ("received corrupt message of type InvalidContentType", "ở địa chỉ này máy chủ không mã hóa"),
            ("received fatal alert: HandshakeFailure", "không thỏa thuận được cách mã hóa với máy chủ"),
            ("Peer disconnected", "bên kia đã ngắt"),
            ("something else.", "máy báo: «something else»"),
        ] {
            assert_eq!(foreign(said).vi, vi, "{said}");
        }
        // EIO is a word of its own, not the middle of another.
        assert_eq!(foreign("VEIOX").vi, "máy báo: «VEIOX»");
    }
}
