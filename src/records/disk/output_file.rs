use std::path::{Component, Path, PathBuf};

use crate::diag::{Diagnostic, Severity, SourceFile, Text, plain, text};
use crate::site::{Folder, ReadRefused, Site};
use crate::station::{OutputName, Station, WAV_HEADER, is_loas_wav};

/// Outputs that would write over something are left silent, and told.
pub(super) fn check(station: &mut Station, dir: &Path, source: &SourceFile) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for zone in &mut station.zones {
        let OutputName::Wav(path) = &zone.output else { continue };
        let written = path.to_string_lossy();
        let (severity, (code, message, help)) = match (judge(dir, path), unmade(path)) {
            (Some(fault), _) => (Severity::Error, fault),
            (None, Some(doubt)) => (Severity::Warning, doubt),
            (None, None) => continue,
        };
        let begin = source.text.find(&format!("wav:{written}")).or_else(|| source.text.find(&*written));
        let fault = match begin {
            Some(begin) => Diagnostic::at(source, begin..begin + written.len(), severity, code, message),
            None => Diagnostic::of_file(&source.path, severity, code, message),
        };
        found.push(fault.with_help(help));
        if severity == Severity::Error {
            zone.output = OutputName::Unusable;
        }
    }
    found
}

/// A folder outside of the station that is not there: loa makes it, where its account may.
fn unmade(written: &Path) -> Option<(&'static str, Text, Text)> {
    let folder = written.parent().filter(|folder| written.is_absolute() && is_gone(folder))?;
    let shown = folder.to_string_lossy();
    let shown = plain(&shown);
    let message = text!(
        "chưa có thư mục «{shown}»: loa sẽ tạo khi phát; nếu tài khoản của loa không được tạo thì cụm này không ra tiếng",
        "there is no folder \"{shown}\" yet: loa makes it to play; where its account may not, this zone is silent"
    );
    let help = text!(
        "tạo thư mục ấy cho tài khoản của loa, hoặc sửa đường dẫn",
        "make that folder for loa's account, or mend the path"
    );
    Some(("output_folder", message, help))
}

fn is_gone(folder: &Path) -> bool {
    Folder::open(folder).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
}

fn judge(dir: &Path, written: &Path) -> Option<(&'static str, Text, Text)> {
    let path = lexical(&dir.join(written));
    let shown = written.to_string_lossy();
    let shown = plain(&shown);
    let elsewhere = || {
        text!(
            "chọn một chỗ riêng, ví dụ: output = \"wav:thu/thon-1.wav\"",
            "choose a place of its own, such as: output = \"wav:out/thon-1.wav\""
        )
    };
    if !path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("wav")) {
        let message = text!(
            "tệp âm thanh «{shown}» phải có đuôi .wav; cụm này không ra tiếng",
            "the sound file \"{shown}\" must end in .wav; this zone is silent"
        );
        return Some(("bad_output_file", message, elsewhere()));
    }
    let site = Site::new(dir);
    let whole = |path: &Path| lexical(&path.canonicalize().unwrap_or_else(|_| path.to_owned()));
    let at = path.parent().map_or_else(|| path.clone(), whole);
    let own = [("state/", site.state()), ("audio/", site.audio()), ("schedules/", site.schedules())];
    if let Some((name, _)) = own.iter().find(|(_, own)| path.starts_with(lexical(own)) || at.starts_with(whole(own))) {
        let message = text!(
            "{name} là chỗ của đài, không ghi âm thanh ra đó được («{shown}»); cụm này không ra tiếng",
            "{name} is the station's own, and no sound is written there (\"{shown}\"); this zone is silent"
        );
        return Some(("bad_output_file", message, elsewhere()));
    }
    let name = path.file_name()?;
    // What cannot be looked at now is looked at again when it is opened.
    let folder = Folder::open(path.parent()?).ok()?;
    let why = match folder.file(name) {
        Ok(file) => {
            let mut head = Vec::new();
            std::io::Read::read_to_end(&mut std::io::Read::take(file, WAV_HEADER as u64), &mut head).ok()?;
            if is_loas_wav(&head) {
                return None;
            }
            text!("không phải tệp do loa ghi", "was not written by loa")
        }
        Err(ReadRefused::Io(_)) => return None,
        Err(other) => other.text(),
    };
    let Text { vi, en } = why;
    let message = text!(
        "«{shown}» đã có sẵn, và {vi}; loa không ghi đè, nên cụm này không ra tiếng",
        "\"{shown}\" is there already, and {en}; loa does not write over it, so this zone is silent"
    );
    Some((
        "output_taken",
        message,
        text!("đổi tên khác, hoặc dời tệp ấy đi", "choose another name, or move that file away"),
    ))
}

/// The path without `.` and `..`.
fn lexical(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if out.file_name().is_some() => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::station::load;

    fn codes(dir: &Path, output: &str) -> Vec<(&'static str, usize)> {
        let text = format!("name = \"x\"\n[zones.a]\noutput = {output:?}\n");
        std::fs::write(dir.join("loa.toml"), text).unwrap();
        let (station, found, _) = load(dir);
        assert_eq!(found.is_empty(), matches!(station.zones[0].output, OutputName::Wav(_)), "{output}");
        found.iter().map(|one| (one.code, one.line)).collect()
    }

    #[test]
    fn an_output_has_a_place_of_its_own_and_is_written_over_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        for name in ["state", "audio", "schedules", "out"] {
            std::fs::create_dir(at(name)).unwrap();
        }
        std::os::unix::fs::symlink("audio", at("link")).unwrap();
        std::os::unix::fs::symlink(at("loa.toml"), at("link.wav")).unwrap();
        std::fs::write(
            at("speech.wav"),
            b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\xbb\0\0\0\x77\x01\0\x02\0\x10\0data",
        )
        .unwrap();
        std::fs::write(at("empty.wav"), "").unwrap();
        let absolute = format!("wav:{}", at("state/x.wav").display());
        let bad = [
            "wav:state/journal.db",
            "wav:state/x.wav",
            "wav:./out/../audio/x.wav",
            "wav:link/x.wav",
            "wav:loa.toml",
            "wav:schedules/a.toml",
            &absolute,
            "wav:out",
            "wav:/dev/null",
        ];
        for output in bad {
            assert_eq!(codes(dir.path(), output), [("bad_output_file", 3)], "{output}");
        }
        for output in ["wav:speech.wav", "wav:link.wav"] {
            assert_eq!(codes(dir.path(), output), [("output_taken", 3)], "{output}");
        }
        let outside = tempfile::tempdir().unwrap();
        let outside = format!("wav:{}", outside.path().join("x.wav").display());
        for output in ["wav:x.wav", "wav:X.WAV", "wav:out/x.wav", "wav:not-made-yet/x.wav", "wav:empty.wav", &outside] {
            assert_eq!(codes(dir.path(), output), [], "{output}");
        }
        std::fs::write(at("loa.toml"), "name = \"x\"\n[zones.a]\noutput = \"wav:/nonexist/dir/x.wav\"\n").unwrap();
        let (station, found, _) = load(dir.path());
        assert!(matches!(station.zones[0].output, OutputName::Wav(_)), "it may be made yet");
        assert_eq!((found[0].code, found[0].severity, found[0].line), ("output_folder", Severity::Warning, 3));
    }
}
