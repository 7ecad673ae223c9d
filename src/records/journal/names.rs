use std::collections::BTreeMap;

use super::export;
use crate::diag::{Lang, Text};
use crate::fact::Entry;
use crate::reason::{OwnAccounts, Reason};

/// What people call the zones, the campaigns and the sounds whose names stand in the journal. What has no name here, such as
/// a zone that is gone from `loa.toml`, is called by its id.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Names {
    /// By zone id.
    pub zones: BTreeMap<String, String>,
    /// By campaign id.
    pub campaigns: BTreeMap<String, String>,
    /// By the name that `play` has for a sound: what is ordered by hand has it as its title.
    pub sounds: BTreeMap<String, Text>,
    /// Titles, by the ids of broadcasts.
    pub broadcasts: BTreeMap<String, String>,
    /// The station's own accounts: beside a name they go without saying.
    pub own: OwnAccounts,
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

    /// What a sound is called, by its name or the name of one of its files; that name without its ending where it is no alarm's.
    /// Which broadcast plays it today says nothing of what it was when it was played, or handed in.
    pub fn sound(&self, name: &str, lang: Lang) -> String {
        let stem = name.split('.').next().unwrap_or(name);
        if let Some(known) = self.sounds.get(name).or_else(|| self.sounds.get(stem)) {
            return known.get(lang).to_owned();
        }
        stem.to_owned()
    }

    /// What a reason says to people: names in place of ids and files, and of the station's own accounts.
    pub fn why(&self, reason: &Reason) -> Text {
        let of = |brief: Text, what: Option<[String; 2]>| match what {
            Some([vi, en]) => Text { vi: format!("{} «{vi}»", brief.vi), en: format!("{} \"{en}\"", brief.en) },
            None => brief,
        };
        match reason {
            Reason::Waits(id) | Reason::WaitExpired(id) | Reason::Interrupted(id) => {
                of(reason.brief(), self.broadcasts.get(id).map(|title| [title.clone(), title.clone()]))
            }
            Reason::Changed(file) => of(reason.brief(), Some([self.sound(file, Lang::Vi), self.sound(file, Lang::En)])),
            Reason::Superseded(_) => reason.brief(),
            reason => self.own.words(reason),
        }
    }

    /// What a row is about: the sound of an alarm by its danger, everything else as it was written then ([`export::title`]).
    pub fn title(&self, entry: &Entry, lang: Lang) -> String {
        let said = export::title(entry, lang);
        self.sounds.get(&said).map_or(said, |known| known.get(lang).to_owned())
    }
}

fn named<'a>(names: &'a BTreeMap<String, String>, id: &'a str) -> &'a str {
    names.get(id).map(String::as_str).filter(|name| !name.is_empty()).unwrap_or(id)
}
