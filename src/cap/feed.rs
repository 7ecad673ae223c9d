//! Where a feed says that alarms lie: Atom (RFC 4287) and RSS 2.0. A feed is signed by nobody; all that is taken from it is
//! addresses, at which something may lie that is signed.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use loa_core::diag::{Text, text};
use quick_xml::de::from_str;
use serde::Deserialize;

/// A feed that is longer is none. It has no other limit: an entry that is left out may be the alarm.
const FEED_MOST: usize = 4 << 20;
/// An address.
const ADDRESS_MOST: usize = 2_000;

/// Why something is no feed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BadFeed {
    /// It is too long, or no text.
    Bytes,
    /// It is neither Atom nor RSS.
    Form,
}

#[derive(Deserialize, Default)]
struct Atom {
    #[serde(default)]
    entry: Vec<AtomEntry>,
}

#[derive(Deserialize)]
struct AtomEntry {
    #[serde(default)]
    link: Vec<AtomLink>,
    #[serde(default)]
    updated: Vec<String>,
}

#[derive(Deserialize)]
struct AtomLink {
    #[serde(rename = "@href", default)]
    href: String,
    #[serde(rename = "@type", default)]
    kind: String,
    #[serde(rename = "@rel", default)]
    rel: String,
}

#[derive(Deserialize)]
struct Rss {
    channel: RssChannel,
}

#[derive(Deserialize)]
struct RssChannel {
    #[serde(default)]
    item: Vec<RssItem>,
}

#[derive(Deserialize)]
struct RssItem {
    #[serde(default)]
    link: Vec<String>,
    #[serde(default)]
    enclosure: Vec<RssEnclosure>,
    #[serde(rename = "pubDate", default)]
    published: Vec<String>,
}

#[derive(Deserialize)]
struct RssEnclosure {
    #[serde(rename = "@url", default)]
    url: String,
    #[serde(rename = "@type", default)]
    kind: String,
}

/// The addresses of alarms that a feed names, as written there, each once: the newest first, and those that say no time last,
/// in the feed's order.
pub fn links(bytes: &[u8]) -> Result<Vec<String>, BadFeed> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= FEED_MOST).ok_or(BadFeed::Bytes)?;
    let text = text.trim_start_matches('\u{feff}');
    let mut found: Vec<(Option<Timestamp>, String)> = match root(text) {
        Some("feed") => {
            let feed: Atom = from_str(text).map_err(|_| BadFeed::Form)?;
            feed.entry.iter().filter_map(|entry| Some((when(&entry.updated), atom(entry)?))).collect()
        }
        Some("rss") => {
            let feed: Rss = from_str(text).map_err(|_| BadFeed::Form)?;
            feed.channel.item.iter().filter_map(|item| Some((when(&item.published), rss(item)?))).collect()
        }
        _ => return Err(BadFeed::Form),
    };
    // None is before every instant.
    found.sort_by_key(|(at, _)| Reverse(*at));
    let mut seen = BTreeSet::new();
    let mut links: Vec<String> = found.into_iter().map(|(_, address)| address).collect();
    links.retain(|address| (1..=ADDRESS_MOST).contains(&address.len()) && seen.insert(address.clone()));
    Ok(links)
}

/// As Atom has a time (RFC 3339), or RSS (RFC 2822), where a wrong name of the day is no harm.
fn when(written: &[String]) -> Option<Timestamp> {
    let said = written.first()?.trim();
    said.parse().ok().or_else(|| DateTimeParser::new().relaxed_weekday(true).parse_timestamp(said).ok())
}

/// The one that says that it is an alarm; else the one that the entry is about.
fn atom(entry: &AtomEntry) -> Option<String> {
    let is_cap = |link: &&AtomLink| link.kind.starts_with("application/cap+xml");
    let is_own = |link: &&AtomLink| matches!(link.rel.as_str(), "" | "alternate");
    let found = entry.link.iter().find(is_cap).or_else(|| entry.link.iter().find(is_own));
    found.map(|link| link.href.trim().to_owned())
}

fn rss(item: &RssItem) -> Option<String> {
    let enclosed = item.enclosure.iter().find(|one| one.kind.starts_with("application/cap+xml"));
    let found = enclosed.map(|one| &one.url).or_else(|| item.link.first());
    found.map(|address| address.trim().to_owned())
}

/// What the first element is called, without its prefix.
fn root(text: &str) -> Option<&str> {
    let mut rest = text;
    loop {
        let (_, after) = rest.split_once('<')?;
        if after.starts_with(['?', '!']) {
            rest = after.split_once('>')?.1;
            continue;
        }
        let end = after.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/'))?;
        let name = after.get(..end)?;
        return Some(name.rsplit(':').next().unwrap_or(name));
    }
}

impl BadFeed {
    /// Why, as a sentence without its full stop.
    pub fn text(self) -> Text {
        match self {
            Self::Bytes => {
                text!("nguồn tin dài quá 4 MiB, hoặc không phải chữ", "the feed is longer than 4 MiB, or no text")
            }
            Self::Form => text!(
                "không phải nguồn tin Atom hay RSS; nếu địa chỉ dẫn thẳng đến một bản tin CAP thì cũng được",
                "it is no feed in Atom or RSS; an address that leads to an alarm itself will do too"
            ),
        }
    }
}
