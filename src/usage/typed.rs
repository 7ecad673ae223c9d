use std::path::Path;

use loa_core::diag::plain;

/// What a shell makes nothing else of.
const BARE: &str = "/._-+,:@%=";

/// A sentence whose commands name the directory `dir` that somebody has named: typed as they are told, they do what is meant. `is_meant` says of what
/// follows `loa ` whether it is such a command.
pub fn with_dir(said: &str, dir: &Path, is_meant: impl Fn(&str) -> bool) -> String {
    const PROGRAM: &str = "loa ";
    let dir = typed(&dir.to_string_lossy());
    let (mut out, mut rest) = (String::with_capacity(said.len()), said);
    while let Some(at) = rest.find(PROGRAM) {
        let (before, after) = rest.split_at(at + PROGRAM.len());
        out.push_str(before);
        // A path or a word may end so.
        let stands_alone =
            !said[..said.len() - rest.len() + at].ends_with(|c: char| c.is_alphanumeric() || "/._-".contains(c));
        if stands_alone && is_meant(after) {
            out.push_str("--dir ");
            out.push_str(&dir);
            out.push(' ');
        }
        rest = after;
    }
    out + rest
}

/// The name of a file or directory as a shell reads it.
pub fn typed(name: &str) -> String {
    let name = plain(name);
    if !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || BARE.contains(c)) {
        return name.into_owned();
    }
    format!("'{}'", name.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_is_told_names_the_directory_and_what_is_none_does_not() {
        let told = |said: &str, dir: &str| with_dir(said, Path::new(dir), |rest| rest.starts_with("fleet "));
        let push = told("cụm loa im: loa fleet push, loa doctor", "/m/p01");
        assert_eq!(push, "cụm loa im: loa --dir /m/p01 fleet push, loa doctor");
        assert_eq!(told("loa fleet push", "mạng p01's"), "loa --dir 'mạng p01'\\''s' fleet push");
        assert_eq!(told("loa ", "x"), "loa ");
        assert_eq!(told("xem /m/xa/loa fleet x", "y"), "xem /m/xa/loa fleet x");
    }
}
