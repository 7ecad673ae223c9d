use std::path::PathBuf;

/// The way to the centre: `[link]` of `loa.toml`. Without servers there is none.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LinkSettings {
    /// Where to connect to, the nearest first: `tls://HOST:PORT`.
    pub servers: Vec<String>,
    /// What the box shows there, from the station's directory.
    pub credentials: PathBuf,
    /// By whose certificate the servers are known, in PEM, from the station's directory.
    pub ca: Option<PathBuf>,
    /// Groups of boxes that it is in (`vn.p01.g_school`), and the ids of the zones that hear what is meant for them; places in
    /// the tree that only some of its zones belong to stand here too.
    pub zones: Vec<(String, Vec<String>)>,
    /// It is written, and something in it is wrong, so that there is no way to the centre.
    pub is_wrong: bool,
}

impl LinkSettings {
    /// Whether there is a way to the centre.
    pub fn is_written(&self) -> bool {
        !self.servers.is_empty()
    }

    /// The files that it goes by: credentials, and the authority's certificate where there is one.
    pub fn files(&self) -> impl Iterator<Item = &PathBuf> {
        std::iter::once(&self.credentials).filter(|_| self.is_written()).chain(&self.ca)
    }
}
