//! What a sound card's failures mean to the people of a station, in both languages.

use cpal::ErrorKind;

use super::device_name::DeviceName;
use crate::diag::{Text, foreign, text};

/// Names shown at most where one is not known.
const NAMES_SHOWN: usize = 8;

pub(super) fn cannot_open(name: &DeviceName, error: &cpal::Error) -> Text {
    let written = name.written();
    match error.kind() {
        ErrorKind::DeviceBusy => text!(
            "thiết bị âm thanh «{written}» đang được chương trình khác dùng; hãy tắt chương trình đó",
            "the sound device \"{written}\" is in use by another program; close that program",
        ),
        ErrorKind::PermissionDenied => text!(
            "không có quyền dùng thiết bị âm thanh «{written}»; hãy thêm người dùng chạy loa vào nhóm «audio» rồi khởi động lại máy",
            "no right to use the sound device \"{written}\"; add the user that runs loa to the group \"audio\", then restart the machine",
        ),
        ErrorKind::HostUnavailable => text!(
            error = foreign(&error.to_string());
            "hệ thống âm thanh của «{written}» không chạy ({error}); hãy khởi động dịch vụ âm thanh hoặc khởi động lại máy",
            "the sound system of \"{written}\" is not running ({error}); start the sound service, or restart the machine",
        ),
        ErrorKind::DeviceNotAvailable if name.is_default() => no_default(name),
        ErrorKind::DeviceNotAvailable => text!(
            "thiết bị âm thanh «{written}» không có trên máy này; hãy cắm card âm thanh, hoặc sửa `output` trong loa.toml (lệnh `loa devices` in tên các thiết bị)",
            "the sound device \"{written}\" is not on this machine; plug the sound card in, or change `output` in loa.toml (`loa devices` lists the names)",
        ),
        // ALSA's own answer where there is no card at all is a bare I/O error or "invalid argument".
        _ if name.is_default() => text!(
            error = foreign(&error.to_string());
            "không mở được thiết bị âm thanh mặc định ({error}): có thể máy này không có card âm thanh; hãy cắm card âm thanh, hoặc đặt `output = \"wav:TỆP\"` hay `\"null\"` trong loa.toml",
            "the default sound device cannot be opened ({error}): this machine may have no sound card; plug one in, or set `output = \"wav:FILE\"` or `\"null\"` in loa.toml",
        ),
        _ => text!(
            error = foreign(&error.to_string());
            "không mở được thiết bị âm thanh «{written}» ({error}); hãy kiểm tra dây và tên thiết bị trong loa.toml",
            "the sound device \"{written}\" cannot be opened ({error}); check the cable and the name in loa.toml",
        ),
    }
}

pub(super) fn no_default(name: &DeviceName) -> Text {
    let written = name.written();
    text!(
        "máy này không có card âm thanh, hoặc chưa chọn thiết bị mặc định («{written}»); hãy cắm card âm thanh, hoặc đặt `output = \"wav:TỆP\"` hay `\"null\"` trong loa.toml",
        "this machine has no sound card, or no default device is set (\"{written}\"); plug a sound card in, or set `output = \"wav:FILE\"` or `\"null\"` in loa.toml",
    )
}

pub(super) fn unknown(name: &DeviceName, known: &[cpal::DeviceId]) -> Text {
    let written = name.written();
    let names: Vec<_> = known.iter().take(NAMES_SHOWN).map(|id| format!("«{}»", id.id())).collect();
    if names.is_empty() {
        return text!(
            "không có thiết bị âm thanh «{written}», và máy này không có card âm thanh nào; hãy cắm card âm thanh",
            "there is no sound device \"{written}\", and no sound card at all on this machine; plug one in",
        );
    }
    let more = if known.len() > NAMES_SHOWN { ", …" } else { "" };
    let names = names.join(", ") + more;
    text!(
        "không có thiết bị âm thanh «{written}»; máy này có: {names}. Hãy sửa `output` trong loa.toml",
        "there is no sound device \"{written}\"; this machine has: {names}. Change `output` in loa.toml",
    )
}

#[cfg(not(feature = "pulseaudio"))]
pub(super) fn without_pulse(sink: &str) -> Text {
    text!(
        "bản loa này không nói chuyện được với PulseAudio nên không dùng được «pulse:{sink}»; hãy đặt `output = \"device:pulse\"` (cần gói libasound2-plugins), hoặc dùng bản loa có tính năng `pulseaudio`",
        "this build of loa cannot talk to PulseAudio, so \"pulse:{sink}\" cannot be used; set `output = \"device:pulse\"` (needs the package libasound2-plugins), or use a build with the feature `pulseaudio`",
    )
}

pub(super) fn too_few_channels(name: &DeviceName, most: u16, needed: u16) -> Text {
    let written = name.written();
    text!(
        "thiết bị âm thanh «{written}» chỉ có {most} kênh, nhưng loa.toml dùng kênh {needed}; hãy sửa `channel` trong loa.toml",
        "the sound device \"{written}\" has {most} channel(s), but loa.toml uses channel {needed}; change `channel` in loa.toml",
    )
}

pub(super) fn no_format(name: &DeviceName) -> Text {
    let written = name.written();
    text!(
        "thiết bị âm thanh «{written}» không nhận dạng âm thanh nào mà loa biết; hãy thử tên bắt đầu bằng «plughw:» trong loa.toml",
        "the sound device \"{written}\" takes no format that loa knows; try its name that begins with \"plughw:\" in loa.toml",
    )
}

pub(super) fn gone(error: &cpal::Error) -> Text {
    text!(
        error = foreign(&error.to_string());
        "thiết bị âm thanh đã biến mất ({error}); hãy kiểm tra dây cắm",
        "the sound device went away ({error}); check its cable",
    )
}
