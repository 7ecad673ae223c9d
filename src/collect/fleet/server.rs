use std::fmt::Write as _;

use super::certificate::{SERVER, SERVER_KEY};
use super::{FleetServer, Register};

/// Where the servers of a cluster find each other, and where communes' servers come in: so far above the port of the boxes (4222,
/// 6222, 7422), so that several servers fit on one machine, to try it out.
const CLUSTER_ABOVE: u16 = 2_000;
const LEAF_ABOVE: u16 = 3_200;
/// The highest port that boxes may connect to.
pub(super) const PORT_MOST: u16 = u16::MAX - LEAF_ABOVE;

/// The papers that a server begins with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServerNeeds {
    /// The operator's.
    pub operator: String,
    /// The account that orders come from.
    pub system_account: String,
    /// Those of the accounts, by their keys.
    pub accounts: Vec<(String, String)>,
}

/// The configuration of one of the province's servers, as nats-server 2.15 reads it; paths are relative to where it is started.
pub fn server_config(register: &Register, server: &FleetServer, needs: &ServerNeeds) -> String {
    let FleetServer { name, port, .. } = server;
    let province = &register.province;
    let mut conf = format!(
        "# Made by `loa fleet`, and made anew by it: changes here are lost. Start: nats-server -c nats.conf, in this directory.\n\
         server_name: {name}\n\
         listen: \"0.0.0.0:{port}\"\n\
         pid_file: \"nats.pid\"\n\
         ping_interval: \"20s\"\n\
         max_payload: 1MB\n\
         # What was acknowledged is on the disk: a power cut takes nothing.\n\
         jetstream {{\n  store_dir: \"store\"\n  domain: {province}\n  max_mem: 256MB\n  max_file: 64GB\n  sync_interval: always\n}}\n\
         operator: {}\n\
         system_account: {}\n\
         # The accounts' papers, as the servers keep them and pass them on to each other.\n\
         resolver {{\n  type: full\n  dir: \"papers\"\n  allow_delete: false\n  interval: \"2m\"\n}}\n\
         resolver_preload {{\n",
        needs.operator, needs.system_account
    );
    for (key, paper) in &needs.accounts {
        let _ = writeln!(conf, "  {key}: {paper}");
    }
    conf.push_str("}\n");
    let tls = format!("tls {{ cert_file: \"{SERVER}\", key_file: \"{SERVER_KEY}\", timeout: 10 }}");
    if register.tls {
        conf.push_str(&tls);
        conf.push('\n');
    }
    let is_cluster = register.servers.len() > 1;
    // With one server there may be no second one beside it that takes these ports.
    let own_tls = if register.tls { format!("  {tls}\n") } else { String::new() };
    if is_cluster {
        let routes: Vec<String> = (register.servers.iter())
            .filter(|other| other.name != *name)
            .map(|other| format!("\"nats-route://{}:{}\"", other.host, other.port + CLUSTER_ABOVE))
            .collect();
        let (port, routes) = (port + CLUSTER_ABOVE, routes.join(", "));
        let _ = writeln!(
            conf,
            "cluster {{\n  name: {province}\n  listen: \"0.0.0.0:{port}\"\n  routes: [{routes}]\n{}}}",
            cluster_tls(register)
        );
    }
    let port = port + LEAF_ABOVE;
    let _ = writeln!(conf, "leafnodes {{\n  listen: \"0.0.0.0:{port}\"\n{own_tls}}}");
    conf
}

/// Routes: each side shows its certificate, so that nobody else joins the cluster.
fn cluster_tls(register: &Register) -> String {
    if register.tls {
        format!(
            "  tls {{ cert_file: \"{SERVER}\", key_file: \"{SERVER_KEY}\", ca_file: \"ca.crt\", verify: true, timeout: 10 }}\n"
        )
    } else {
        String::new()
    }
}

/// The configuration of a commune's own server: a leaf of the province's. There it is one among the boxes; here its link stands for the centre.
pub(super) fn leaf_config(register: &Register, commune: &str, account: &str, needs: &ServerNeeds) -> String {
    let scheme = if register.tls { "tls" } else { "nats-leaf" };
    let urls: Vec<String> = (register.servers.iter())
        .map(|server| format!("\"{scheme}://{}:{}\"", server.host, server.port + LEAF_ABOVE))
        .collect();
    let urls = urls.join(", ");
    let tls = if register.tls { "    tls { ca_file: \"ca.crt\" }\n" } else { "" };
    let domain = commune.replace('.', "-");
    let mut conf = format!(
        "# Made by `loa fleet commune`. Start: nats-server -c nats.conf, in this directory.\n\
         server_name: {domain}\n\
         listen: \"0.0.0.0:4222\"\n\
         pid_file: \"nats.pid\"\n\
         jetstream {{\n  store_dir: \"store\"\n  domain: {domain}\n  max_mem: 64MB\n  max_file: 32GB\n  sync_interval: always\n}}\n\
         operator: {}\n\
         system_account: {}\n\
         resolver: MEMORY\n\
         resolver_preload {{\n",
        needs.operator, needs.system_account
    );
    for (key, paper) in &needs.accounts {
        let _ = writeln!(conf, "  {key}: {paper}");
    }
    let _ = writeln!(
        conf,
        "}}\nleafnodes {{\n  remotes: [ {{\n    urls: [{urls}]\n    account: {account}\n    credentials: \"leaf.creds\"\n{tls}  }} ]\n}}"
    );
    conf
}
