//! Which names a station has: its parts, and the files beside them that its `loa.toml` names.

use std::path::{Component, Path};

use super::{LIST, PARTS};

/// A name that lies in a part of a station, by plain steps downwards.
pub(super) fn is_own(path: &Path) -> bool {
    let mut steps = path.components();
    let first = steps.next().is_some_and(|step| PARTS.iter().any(|part| step.as_os_str() == *part));
    first && steps.all(|step| matches!(step, Component::Normal(_)))
}

/// A plain file's name at the top of a station, besides what every station has there.
pub(super) fn is_beside(path: &Path) -> bool {
    let mut steps = path.components();
    let is_plain = matches!(steps.next(), Some(Component::Normal(step)) if !step.to_string_lossy().starts_with('.'));
    is_plain && steps.next().is_none() && !PARTS.iter().any(|part| path == Path::new(part)) && path != Path::new(LIST)
}

/// Either of them.
pub(super) fn is_taken_along(path: &Path) -> bool {
    is_own(path) || is_beside(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_out_of_a_station_or_hides_in_it_is_no_name_of_it() {
        for own in ["loa.toml", "state/link.creds", "audio/a b.mp3", "ca.pem", "link.creds"] {
            assert!(is_taken_along(Path::new(own)), "{own}");
        }
        for foreign in ["/etc/passwd", "../ca.pem", ".ssh", "keys/ca.pem", "audio/../../x", "loa-backup.json", ""] {
            assert!(!is_taken_along(Path::new(foreign)), "{foreign}");
        }
    }
}
