use unicode_normalization::is_nfc;

use crate::diag::is_deceptive;
use crate::plan::ENDINGS;

/// Bytes of a name: file systems take 255, and loa puts marks of its own around it.
const NAME_MOST: usize = 200;
/// What a stick, a shell or a web address trips over.
const UNSAFE: [char; 9] = ['/', '\\', ':', '*', '?', '"', '<', '>', '|'];
const SCHEDULES: &str = "schedules/";
const AUDIO: &str = "audio/";
/// Where the page writes what people type in it: no bundle takes its place.
const OF_THE_PAGE: &str = "trang-web.toml";

/// Whether it is the path of a file in `schedules/` that a bundle may bring.
pub fn is_schedule(path: &str) -> bool {
    path.strip_prefix(SCHEDULES).is_some_and(|name| {
        is_plain(name) && name.strip_suffix(".toml").is_some_and(|stem| !stem.is_empty()) && name != OF_THE_PAGE
    })
}

/// Whether it is the path of a file in `audio/` that a bundle may bring.
pub fn is_audio(path: &str) -> bool {
    path.strip_prefix(AUDIO).is_some_and(|name| {
        let ending = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, ending)| ending);
        is_plain(name) && ending.is_some_and(|ending| ENDINGS.contains(&ending))
    })
}

/// The name without its directory.
pub fn own_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A name and no way: it leads nowhere, hides nothing, and is one name on every disk.
fn is_plain(name: &str) -> bool {
    (1..=NAME_MOST).contains(&name.len())
        && is_nfc(name)
        && !name.starts_with(['.', ' ', '~', '-'])
        && !name.ends_with(['.', ' ', '~'])
        && name.chars().any(char::is_alphanumeric)
        && !name.chars().any(|c| c.is_control() || is_deceptive(c) || UNSAFE.contains(&c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_plain_name_in_one_of_two_directories() {
        for good in ["schedules/xã đông giang.toml", "schedules/a.b.toml"] {
            assert!(is_schedule(good) && !is_audio(good), "{good}");
        }
        for good in ["audio/bản tin 5.mp3", "audio/tin.tay.opus"] {
            assert!(is_audio(good) && !is_schedule(good), "{good}");
        }
        for bad in [
            "loa.toml",
            "schedules/../loa.toml",
            "schedules/a/../../loa.toml",
            "schedules/a/b.toml",
            "/etc/passwd",
            "schedules/.a.toml",
            "schedules/.toml",
            "schedules/a.toml ",
            "schedules/a.TOML",
            "schedules/a.toml.exe",
            "schedules/trang-web.toml",
            "schedules/a\u{202e}b.toml",
            "schedules/a\nb.toml",
            "schedules/a\0.toml",
            "schedules/xa\u{303}.toml",
            "schedules\\a.toml",
            "state/seal.key",
            "audio/../state/journal.db",
            "audio/.replaced/a.mp3",
            "audio/a",
            "audio/a.exe",
            "audio/.mp3",
            "audio/-rf.mp3",
            "audio/a:b.mp3",
            "",
        ] {
            assert!(!is_schedule(bad) && !is_audio(bad), "{bad:?}");
        }
        let long = format!("audio/{}.mp3", "a".repeat(300));
        assert!(!is_audio(&long));
    }
}
