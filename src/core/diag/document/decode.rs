use crate::diag::{Diagnostic, Severity, SourceFile, text};

/// Bytes of a file to its text; with a diagnostic where they are no text.
///
/// UTF-8 is taken as it is, byte-order mark included. Notepad's UTF-16 is known by its mark and
/// decoded. Anything else (Windows-1258, TCVN3, VNI, a picture) is an error at its first bad byte; the
/// text then holds U+FFFD in place of what could not be read, so that the line can be shown.
pub fn decode(path: String, bytes: &[u8]) -> (SourceFile, Option<Diagnostic>) {
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(path, rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(path, rest, u16::from_be_bytes),
        _ => utf8(path, bytes),
    }
}

fn utf8(path: String, bytes: &[u8]) -> (SourceFile, Option<Diagnostic>) {
    let fault = match std::str::from_utf8(bytes) {
        Ok(whole) if !whole.contains('\0') => return (SourceFile { path, text: whole.to_owned() }, None),
        Ok(_) => None,
        Err(bad) => Some(bad.valid_up_to()),
    };
    let file = SourceFile { path, text: String::from_utf8_lossy(bytes).into_owned() };
    let zero = bytes.iter().position(|byte| *byte == 0);
    let (Some(at), None) = (fault, zero) else {
        let found = no_text(&file.path, bytes);
        return (file, Some(found));
    };
    let found = Diagnostic::at(
        &file,
        at..at + char::REPLACEMENT_CHARACTER.len_utf8(),
        Severity::Error,
        "not_utf8",
        text!(
            "chữ có dấu ở dòng này không phải mã UTF-8 (có lẽ tệp được lưu bằng bảng mã cũ như Windows-1258, TCVN3, VNI)",
            "the accented letters on this line are not UTF-8 (the file was probably saved in an old code page such as Windows-1258, TCVN3 or VNI)"
        ),
    );
    (file, Some(found.with_help(save_as_utf8())))
}

/// How files begin that no editor of plain text saves.
const OFFICE: [(&[u8], &str); 4] =
    [(b"PK", "Word, Excel, zip"), (b"\xd0\xcf\x11\xe0", "Word, Excel"), (b"%PDF", "PDF"), (b"{\\rtf", "WordPad, RTF")];

/// A file that holds something else than plain text, with what helps against that kind.
fn no_text(path: &str, bytes: &[u8]) -> Diagnostic {
    let found = |message| Diagnostic::of_file(path, Severity::Error, "not_text", message);
    match OFFICE.iter().find(|(start, _)| bytes.starts_with(start)) {
        Some((_, kind)) => found(text!(
            "tệp này là tệp {kind}, không phải văn bản thường; đổi đuôi tên không làm nó thành văn bản",
            "this is a file of {kind} and no plain text; another ending does not make it one"
        ))
        .with_help(text!(
            "mở tệp bằng chương trình đã tạo ra nó, chép chữ sang Notepad, rồi lưu thành tệp .toml mới; rồi chuyển tệp này đi chỗ khác",
            "open it in the program that made it, copy the words into Notepad and save them as a new .toml; then move this one away"
        )),
        None if bytes.iter().all(|byte| *byte == 0) => found(text!(
            "tệp này chỉ còn toàn số 0, không còn chữ nào: thường do mất điện trong lúc ghi",
            "this file holds zeros and no letter: mostly the power failed while it was written"
        ))
        .with_help(copy_again()),
        None if bytes.iter().take(SEEN).filter(|byte| **byte == 0).count() * 4 > bytes.len().min(SEEN) => {
            found(text!("tệp này không phải là văn bản", "this file is not text")).with_help(save_as_utf8())
        }
        None => found(text!("tệp này không phải là văn bản", "this file is not text")).with_help(copy_again()),
    }
}

fn copy_again() -> crate::diag::Text {
    text!("chép lại tệp từ bản gốc, hoặc chuyển nó đi chỗ khác", "copy it again from the original, or move it away")
}

/// Enough of a file to see whether every other byte is zero, as in UTF-16 without its mark.
const SEEN: usize = 1024;

fn utf16(path: String, bytes: &[u8], unit: fn([u8; 2]) -> u16) -> (SourceFile, Option<Diagnostic>) {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut whole = rest.is_empty();
    let text = char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .map(|one| {
            one.unwrap_or_else(|_| {
                whole = false;
                char::REPLACEMENT_CHARACTER
            })
        })
        .collect::<String>();
    whole &= !text.contains('\0');
    let file = SourceFile { path, text };
    let found = (!whole).then(|| {
        Diagnostic::of_file(
            &file.path,
            Severity::Error,
            "not_text",
            text!("tệp này không đọc được trọn vẹn thành văn bản", "this file cannot be read as text in full"),
        )
        .with_help(save_as_utf8())
    });
    (file, found)
}

fn save_as_utf8() -> crate::diag::Text {
    text!(
        "mở tệp bằng Notepad, chọn «Lưu thành» (Save As), ở ô «Mã hóa» (Encoding) chọn UTF-8, rồi lưu lại",
        "open it in Notepad, choose Save As, set Encoding to UTF-8, and save it again"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (String, Option<(&'static str, usize)>) {
        let (file, found) = decode("x.toml".to_owned(), bytes);
        (file.text, found.map(|one| (one.code, one.line)))
    }

    #[test]
    fn notepads_utf16_is_read() {
        let text = "title = \"Đài\"\r\n";
        let mut little = vec![0xff, 0xfe];
        little.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        let mut big = vec![0xfe, 0xff];
        big.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
        assert_eq!(read(&little), (text.to_owned(), None));
        assert_eq!(read(&big), (text.to_owned(), None));
        little.pop();
        assert_eq!(read(&little).1, Some(("not_text", 0)));
        assert_eq!(read(&[0xff, 0xfe, 0x00, 0xd8]).1, Some(("not_text", 0)));
    }

    #[test]
    fn an_old_code_page_is_an_error_at_its_line() {
        let (text, found) = read(b"id = \"x\"\ntitle = \"Th\xf4ng b\xe1o\"\n");
        assert_eq!(found, Some(("not_utf8", 2)));
        assert!(text.contains("Th\u{fffd}ng"));
    }

    #[test]
    fn utf8_stays_as_it_is_and_zeros_are_no_text() {
        assert_eq!(read("\u{feff}a = 1\r\n".as_bytes()), ("\u{feff}a = 1\r\n".to_owned(), None));
        assert_eq!(read(b"PK\x03\x04\0\0").1, Some(("not_text", 0)));
        assert_eq!(read(b"i\0d\0").1, Some(("not_text", 0)));
        // What a power cut leaves of a file: nothing that another encoding would bring back.
        let found = decode("x.toml".to_owned(), &[0; 4_096]).1.unwrap();
        let help = found.help.unwrap();
        assert!(found.message.vi.contains("mất điện") && !help.vi.contains("UTF-8"), "{help:?}");
    }
}
