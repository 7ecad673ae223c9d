/// An address that stands in an answer of `base`.
pub(super) fn joined(base: &str, named: &str) -> Option<String> {
    if ["http://", "https://"].iter().any(|scheme| named.to_ascii_lowercase().starts_with(scheme)) {
        return Some(named.to_owned());
    }
    let (scheme, rest) = base.split_once("://")?;
    if let Some(rest) = named.strip_prefix("//") {
        return Some(format!("{scheme}://{rest}"));
    }
    let rest = rest.split(['?', '#']).next()?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    if named.starts_with('/') {
        return Some(format!("{scheme}://{host}{named}"));
    }
    let (name, query) = named.find('?').map_or((named, ""), |at| named.split_at(at));
    if name.contains("://") {
        return None;
    }
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in name.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    Some(format!("{scheme}://{host}/{}{query}", parts.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_joined_as_browsers_do() {
        let base = "https://dai.vn:8443/live/tinh/list.m3u8?x=1";
        for (named, whole) in [
            ("a.ts", "https://dai.vn:8443/live/tinh/a.ts"),
            ("../b/a.ts?k=/", "https://dai.vn:8443/live/b/a.ts?k=/"),
            ("/c.ts", "https://dai.vn:8443/c.ts"),
            ("//cdn.vn/d", "https://cdn.vn/d"),
            ("HTTP://cdn.vn/e", "HTTP://cdn.vn/e"),
            ("f.ts?of=http://cdn.vn/", "https://dai.vn:8443/live/tinh/f.ts?of=http://cdn.vn/"),
        ] {
            assert_eq!(joined(base, named).as_deref(), Some(whole));
        }
        assert_eq!(joined(base, "file:///etc/passwd"), None);
    }
}
