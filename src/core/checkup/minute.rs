/// `2026-12-01T05:30:00.000+07:00` as people say it: `05:30 01/12/2026`.
pub(super) fn minute(instant: &str) -> String {
    let part = |range| instant.get(range).unwrap_or("?");
    format!("{} {}/{}/{}", part(11..16), part(8..10), part(5..7), part(0..4))
}
