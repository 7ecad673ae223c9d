use std::path::PathBuf;

use super::{LinkSettings, Station};
use crate::diag::document::{KeyValue, Table, TomlValue};
use crate::diag::{Findings, shown, text};

/// Servers of one box: its commune's and three of its province, and some to spare.
const SERVERS_MOST: usize = 8;
/// An address.
const SERVER_MOST: usize = 255;
/// Groups that a box is in, beside where it stands.
const GROUPS_MOST: usize = 16;
const SERVERS_EXAMPLE: &str = "[\"tls://c003.example.vn:4222\"]";
/// Where `loa fleet join` leaves it.
const CREDENTIALS_EXAMPLE: &str = "\"state/link.creds\"";
const ZONES_EXAMPLE: &str = "[\"thon-1\"]";
/// Where such servers listen, unless somebody wants it otherwise.
const PORT_USUAL: u16 = 4222;
/// How an address may begin.
const SCHEMES: [&str; 2] = ["tls://", "nats://"];

/// Check `[link]`. What is wrong in it takes nothing for granted: then there is no link.
pub(super) fn link(findings: &mut Findings<'_>, table: &Table, station: &Station) -> LinkSettings {
    findings.unknown_keys(table, &["servers", "credentials", "ca", "zones"]);
    let get = |key: &str| table.get(key).filter(|entry| !entry.broken);
    let servers = get("servers").and_then(|entry| servers(findings, entry));
    let mut path = |key, example| {
        let entry = get(key)?;
        let path = findings.text(entry, example)?;
        (!path.trim().is_empty()).then(|| PathBuf::from(path.as_str()))
    };
    let (credentials, ca) = (path("credentials", CREDENTIALS_EXAMPLE), path("ca", "\"ca.crt\""));
    let zones = get("zones").map(|entry| zones(findings, entry, station)).unwrap_or_default();
    let missing = |findings: &mut Findings<'_>, key: &str, example: &str| {
        let span = table.entries.first().map(|entry| entry.key_span.clone()).unwrap_or_default();
        findings.error("missing_key", &span, text!("[link] thiếu «{key}»", "[link] has no `{key}`")).help =
            Some(text!("viết thêm: {key} = {example}", "add: {key} = {example}"));
    };
    if table.get("servers").is_none() {
        missing(findings, "servers", SERVERS_EXAMPLE);
    }
    if table.get("credentials").is_none() {
        missing(findings, "credentials", CREDENTIALS_EXAMPLE);
    }
    let (Some(servers), Some(credentials)) = (servers, credentials) else { return wrong() };
    let is_bare = servers.iter().any(|server| !server.starts_with(SCHEMES[0]));
    if (is_bare && ca.is_some()) || (table.get("ca").is_some() && ca.is_none()) {
        let span = table.get("servers").map(|entry| entry.node.span.clone()).unwrap_or_default();
        findings
            .error(
                "bad_server",
                &span,
                text!(
                    "có «ca» thì mọi máy chủ phải được mã hóa; chưa nối về trung tâm",
                    "with `ca` every server has to be encrypted; there is no link to the centre"
                ),
            )
            .help = Some(text!("viết: servers = {SERVERS_EXAMPLE}", "write: servers = {SERVERS_EXAMPLE}"));
        return wrong();
    }
    LinkSettings { servers, credentials, ca, zones, is_wrong: false }
}

fn wrong() -> LinkSettings {
    LinkSettings { is_wrong: true, ..LinkSettings::default() }
}

fn servers(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<Vec<String>> {
    let TomlValue::List(items) = &entry.node.value else {
        let wanted = text!("một danh sách chữ", "a list of words");
        findings.wrong_type(&entry.key, &entry.node, &wanted, SERVERS_EXAMPLE);
        return None;
    };
    let mut servers: Vec<String> = Vec::new();
    for item in items {
        let server = findings.text_node(&entry.key, item, SERVERS_EXAMPLE)?;
        if is_server(&server) && !servers.contains(&server) && servers.len() < SERVERS_MOST {
            servers.push(server);
            continue;
        }
        let server = shown(&server);
        if let Some(whole) = without_port(&server) {
            let message = text!("«{server}» thiếu số cổng", "\"{server}\" has no port");
            let help = text!("viết: servers = [\"{whole}\"]", "write: servers = [\"{whole}\"]");
            findings.error("bad_server", &item.span, message).help = Some(help);
            return None;
        }
        findings
            .error(
                "bad_server",
                &item.span,
                text!(
                    "«{server}» không phải địa chỉ máy chủ, hoặc ghi hai lần, hoặc quá {SERVERS_MOST} máy chủ",
                    "\"{server}\" is no address of a server, or stands there twice, or is one of more than {SERVERS_MOST}"
                ),
            )
            .help = Some(text!("viết: servers = {SERVERS_EXAMPLE}", "write: servers = {SERVERS_EXAMPLE}"));
        return None;
    }
    if servers.is_empty() {
        findings.error("bad_server", &entry.node.span, text!("chưa ghi máy chủ nào", "no server is written")).help =
            Some(text!("viết: servers = {SERVERS_EXAMPLE}", "write: servers = {SERVERS_EXAMPLE}"));
        return None;
    }
    Some(servers)
}

/// An address to which nothing but its port is missing, with the usual one.
fn without_port(written: &str) -> Option<String> {
    let whole = format!("{written}:{PORT_USUAL}");
    (!is_server(written) && is_server(&whole)).then_some(whole)
}

/// `tls://HOST:PORT`: a host's name or number and a port, no user and no secret in it.
fn is_server(written: &str) -> bool {
    let Some(address) = SCHEMES.iter().find_map(|scheme| written.strip_prefix(scheme)) else { return false };
    let Some((host, port)) = address.rsplit_once(':') else { return false };
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_host = match bare {
        Some(number) => number.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte)),
    };
    written.len() <= SERVER_MOST && is_host && port.parse::<u16>().is_ok_and(|port| port > 0)
}

fn zones(findings: &mut Findings<'_>, entry: &KeyValue, station: &Station) -> Vec<(String, Vec<String>)> {
    let Some(table) = findings.table(entry, "[link.zones]") else { return Vec::new() };
    let mut zones: Vec<(String, Vec<String>)> = Vec::new();
    for entry in table.entries.iter().filter(|entry| !entry.broken) {
        if !super::bundle::is_place(&entry.key) || zones.len() == GROUPS_MOST {
            findings
                .error(
                    "bad_place",
                    &entry.key_span,
                    text!(
                        "nơi nhận viết bằng chữ thường không dấu và số, cách nhau bằng dấu chấm, nhiều nhất {GROUPS_MOST} nơi",
                        "who hears it is written in small letters and digits, with points between, {GROUPS_MOST} at most"
                    ),
                )
                .help = Some(text!("viết: \"vn.p01.g_school\" = {ZONES_EXAMPLE}", "write: \"vn.p01.g_school\" = {ZONES_EXAMPLE}"));
            continue;
        }
        let mut own = Vec::new();
        for node in entry.node.items() {
            let Some(name) = findings.text_node(&shown(&entry.key), node, ZONES_EXAMPLE) else { continue };
            match station.find(&name) {
                Ok(found) => own.extend(found),
                Err(unknown) => {
                    findings.error("unknown_zone", &node.span, unknown.text).help = Some(text!(
                        "ghi tên cụm hoặc nhóm có trong loa.toml",
                        "write a zone or a group that stands in loa.toml"
                    ));
                }
            }
        }
        own.sort_unstable();
        own.dedup();
        if !own.is_empty() {
            let ids = own.iter().filter_map(|zone| station.zones.get(usize::from(zone.0)));
            zones.push((entry.key.clone(), ids.map(|zone| zone.id.clone()).collect()));
        }
    }
    zones
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::SourceFile;
    use crate::station::check;

    fn read(written: &str) -> (LinkSettings, Vec<&'static str>) {
        let text = format!("[zones.thon-1]\n[zones.thon-2]\n{written}");
        let (station, found) = check(&SourceFile { path: "loa.toml".to_owned(), text });
        let codes = found.into_iter().map(|one| one.code).filter(|code| *code != "shared_output");
        (station.link, codes.collect())
    }

    #[test]
    fn the_way_to_the_centre_is_read_whole_or_not_at_all() {
        let (link, found) = read(
            "[link]\nservers = [\"tls://c003.example.vn:4222\", \"tls://[2001:db8::1]:4222\"]\ncredentials = \"link.creds\"\nca = \"ca.pem\"\n\
             [link.zones]\n\"vn.p01.g_school\" = [\"thon-2\"]\n",
        );
        assert!(found.is_empty(), "{found:?}");
        assert_eq!((link.servers.len(), link.is_written()), (2, true));
        assert_eq!(link.zones, [("vn.p01.g_school".to_owned(), vec!["thon-2".to_owned()])]);
        let whole = "[link]\nservers = [\"nats://127.0.0.1:4222\"]\ncredentials = \"x\"\n";
        assert!(read(whole).0.is_written() && !read("").0.is_written());
        for (written, code) in [
            ("[link]\nservers = [\"nats://127.0.0.1:4222\"]\n", "missing_key"),
            ("[link]\ncredentials = \"x\"\n", "missing_key"),
            ("[link]\nservers = []\ncredentials = \"x\"\n", "bad_server"),
            ("[link]\nservers = \"tls://a:1\"\ncredentials = \"x\"\n", "wrong_type"),
            ("[link]\nservers = [\"tls://user:secret@a:1\"]\ncredentials = \"x\"\n", "bad_server"),
            ("[link]\nservers = [\"http://a:1\"]\ncredentials = \"x\"\n", "bad_server"),
            ("[link]\nservers = [\"tls://a\"]\ncredentials = \"x\"\n", "bad_server"),
            ("[link]\nservers = [\"tls://a:0\"]\ncredentials = \"x\"\n", "bad_server"),
            ("[link]\nservers = [\"tls://a:1\", \"tls://a:1\"]\ncredentials = \"x\"\n", "bad_server"),
            ("[link]\nservers = [\"nats://a:1\"]\ncredentials = \"x\"\nca = \"ca.pem\"\n", "bad_server"),
        ] {
            let (link, found) = read(written);
            assert_eq!((found.first(), link.is_written()), (Some(&code), false), "{written}: {found:?}");
        }
        for (more, code) in [
            ("[link.zones]\n\"vn.*\" = [\"thon-1\"]\n", "bad_place"),
            ("[link.zones]\n\"vn.p01\" = [\"thon-9\"]\n", "unknown_zone"),
            ("port = 4222\n", "unknown_key"),
        ] {
            let (link, found) = read(&format!("{whole}{more}"));
            assert_eq!((found.first(), link.is_written(), link.zones.len()), (Some(&code), true, 0), "{more}");
        }
    }
}
