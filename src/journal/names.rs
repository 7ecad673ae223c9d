use std::collections::BTreeMap;

/// What people call the zones and the campaigns whose ids stand in the journal. What has no name here, such as
/// a zone that is gone from `loa.toml`, is called by its id.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Names {
    /// By zone id.
    pub zones: BTreeMap<String, String>,
    /// By campaign id.
    pub campaigns: BTreeMap<String, String>,
}

impl Names {
    /// What the zone `id` is called.
    pub fn zone<'a>(&'a self, id: &'a str) -> &'a str {
        named(&self.zones, id)
    }

    /// What the campaign `id` is called.
    pub fn campaign<'a>(&'a self, id: &'a str) -> &'a str {
        named(&self.campaigns, id)
    }
}

fn named<'a>(names: &'a BTreeMap<String, String>, id: &'a str) -> &'a str {
    names.get(id).map(String::as_str).filter(|name| !name.is_empty()).unwrap_or(id)
}
