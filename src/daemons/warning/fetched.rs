//! What lies at addresses. Nothing is believed of a server: what it gives counts by its signature. A redirect is not followed, an
//! alarm is fetched from the feed's own server only, and nothing is sent but the question.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::sync::mpsc;
use ureq::Agent;
use ureq::tls::TlsConfig;

use super::running::{Brought, CA_KEY, Watching};
use crate::authority::{Authorities, unanswered};
use crate::cap::{DOCUMENT_MOST, links};
use crate::checkup::Words;
use crate::diag::{Text, foreign, shown, text};

/// A feed of some ten thousand entries.
const FEED_MOST: u64 = 4 << 20;
/// Alarms that are fetched at one time; the rest come the next time.
const FETCHED_MOST: usize = 50;
/// An alarm that could not be believed is fetched again after so many times that the feed was asked: it may have been mended.
const AGAIN_EVERY: u32 = 60;
/// Addresses where nothing could be fetched that are tried again at one time, last of all: each may take its server's time.
const DEAD_MOST: usize = 5;

/// Links to other servers that are named, of one feed.
const ELSEWHERE_MOST: usize = 20;
/// Links that lead nowhere that are remembered, of one feed.
const DEAD_NAMED_MOST: usize = 200;

/// What is known of an address that a feed names: how often the feed was asked since it was fetched, and since it failed.
#[derive(Clone, Copy, Default)]
struct FeedLink {
    times: u32,
    failed: Option<u32>,
}

/// What is fetched at one time of what a feed names.
#[derive(PartialEq, Eq, Debug)]
struct DueLinks {
    addresses: Vec<String>,
    /// So many that were never fetched wait for the next time.
    left: usize,
    /// There is nothing else to do.
    is_whole: bool,
}

/// What a server answered.
enum Answer {
    /// This, with what it calls this version of it.
    Bytes(Vec<u8>, Option<String>),
    /// Nothing new.
    Same,
}

impl Watching<'_> {
    /// Ask a feed again and again, and bring each alarm that it names.
    pub(super) async fn fetch(&self, feed: &str, bring: &mpsc::Sender<Brought>) {
        let agent = agent(self.watch.pace.answer, self.authorities.clone());
        let mut version: Option<String> = None;
        let mut known: BTreeMap<String, FeedLink> = BTreeMap::new();
        loop {
            match get(&agent, feed, version.clone(), FEED_MOST).await {
                Ok(Answer::Same) => self.answered(feed),
                Ok(Answer::Bytes(bytes, newer)) => {
                    self.answered(feed);
                    let is_whole = self.named(&agent, feed, bytes, &mut known, bring).await;
                    // What was not fetched is asked for again.
                    version = newer.filter(|_| is_whole);
                }
                Err(why) => self.hindered(feed, &why),
            }
            tokio::time::sleep(self.watch.station.cap.every).await;
        }
    }

    /// Bring what a feed names; whether all of it was there. What cannot be fetched keeps nothing else waiting.
    async fn named(
        &self,
        agent: &Agent,
        feed: &str,
        bytes: Vec<u8>,
        known: &mut BTreeMap<String, FeedLink>,
        bring: &mpsc::Sender<Brought>,
    ) -> bool {
        let found = match links(&bytes) {
            Ok(found) => found,
            Err(why) => {
                // The address leads to an alarm itself, or to nothing that is known here.
                if !String::from_utf8_lossy(&bytes).contains("urn:oasis:names:tc:emergency:cap:1.2") {
                    self.hindered(feed, &why.text());
                }
                let _ = bring.send(Brought { whence: shown(feed), bytes, is_whole: true }).await;
                return true;
            }
        };
        let addresses: Vec<String> = found.iter().filter_map(|link| resolved(feed, link)).collect();
        let elsewhere: Vec<&String> = found.iter().filter(|link| resolved(feed, link).is_none()).collect();
        if !elsewhere.is_empty() {
            self.say_once(
                &format!("{feed} elsewhere"),
                &text!(
                    "nguồn {feed} dẫn đến máy chủ khác; những bản tin ấy không được lấy",
                    "the feed {feed} leads to another server; those alarms are not fetched"
                ),
            );
        }
        let named: BTreeSet<&String> = addresses.iter().collect();
        known.retain(|address, _| named.contains(address));
        let DueLinks { addresses: due, left, mut is_whole } = due(&addresses, known);
        let mut dead: BTreeMap<String, Words> = self.memory().feed(feed).dead.clone();
        dead.retain(|address, _| known.contains_key(address));
        let why = text!("ở máy chủ khác với nguồn tin", "it is on another server than the feed");
        dead.extend(elsewhere.iter().take(ELSEWHERE_MOST).map(|link| (shown(link), Words::from(&why))));
        for address in due {
            let link = known.entry(address.clone()).or_default();
            match get(agent, &address, None, DOCUMENT_MOST as u64 + 1).await {
                Ok(Answer::Bytes(bytes, _)) => {
                    link.failed = None;
                    dead.remove(&address);
                    let _ = bring.send(Brought { whence: shown(&address), bytes, is_whole: true }).await;
                }
                Ok(Answer::Same) => {}
                Err(why) => {
                    link.failed = Some(0);
                    is_whole = false;
                    let (at, Text { vi, en }) = (shown(&address), &why);
                    self.say_once(&address, &text!("không lấy được {at}: {vi}", "{at} cannot be fetched: {en}"));
                    if dead.len() < DEAD_NAMED_MOST {
                        dead.insert(address, Words::from(&why));
                    }
                }
            }
        }
        let is_known = {
            let mut memory = self.memory();
            let standing = memory.feed(feed);
            standing.dead == dead && standing.left == left
        };
        if !is_known {
            self.remember(|memory| {
                let standing = memory.feed(feed);
                (standing.dead, standing.left) = (dead, left);
            });
        }
        is_whole
    }

    fn answered(&self, feed: &str) {
        let now = self.now();
        let mut was_hindered = false;
        // Once a minute at most: it lies on a card that wears out.
        let is_new = self.memory().feed(feed).heard.is_none_or(|heard| now.duration_since(heard).abs().as_secs() >= 60);
        let is_hindered = self.memory().feed(feed).hindered.is_some();
        if is_new || is_hindered {
            self.remember(|memory| {
                let standing = memory.feed(feed);
                standing.heard = Some(now);
                was_hindered = standing.hindered.take().is_some();
            });
        }
        if was_hindered {
            self.say(&text!("nguồn {feed} đã trả lời lại", "the feed {feed} answers again"));
        }
    }

    fn hindered(&self, feed: &str, why: &Text) {
        let now = self.now();
        let words = Words::from(why);
        let is_known = self.memory().feed(feed).hindered.as_ref().is_some_and(|(_, known)| *known == words);
        if is_known {
            return;
        }
        self.remember(|memory| {
            let since = memory.feed(feed).hindered.as_ref().map_or(now, |(since, _)| *since);
            memory.feed(feed).hindered = Some((since, words));
        });
        let Text { vi, en } = why;
        self.say(&text!("nguồn {feed}: {vi}", "feed {feed}: {en}"));
    }
}

fn agent(patience: Duration, authorities: Authorities) -> Agent {
    let config = Agent::config_builder()
        .timeout_global(Some(patience))
        .max_redirects(0)
        .http_status_as_error(false)
        .user_agent("loa")
        .tls_config(TlsConfig::builder().root_certs(authorities).build())
        .max_idle_connections(1);
    config.build().new_agent()
}

/// Ask once, on a thread that may wait.
async fn get(agent: &Agent, address: &str, version: Option<String>, most: u64) -> Result<Answer, Text> {
    let (agent, address) = (agent.clone(), address.to_owned());
    let asked = tokio::task::spawn_blocking(move || asked(&agent, &address, version.as_deref(), most)).await;
    asked.unwrap_or_else(|_| Err(text!("việc hỏi đã dừng", "asking has ended")))
}

fn asked(agent: &Agent, address: &str, version: Option<&str>, most: u64) -> Result<Answer, Text> {
    let mut question = agent.get(address);
    if let Some(version) = version {
        question = question.header("If-None-Match", version);
    }
    let mut answer = question.call().map_err(|error| failed(&error, most))?;
    match answer.status().as_u16() {
        200 => {}
        304 => return Ok(Answer::Same),
        moved @ 300..400 => {
            let to = answer.headers().get("location").and_then(|to| to.to_str().ok());
            let Some(to) = to.and_then(|to| whole(address, to)).map(|to| shown(&to)) else {
                return Err(text!(
                    "máy chủ chỉ sang địa chỉ khác ({moved}) mà không nói địa chỉ nào",
                    "the server points to another address ({moved}), and does not say which"
                ));
            };
            return Err(text!(
                "máy chủ chỉ sang địa chỉ khác ({moved}): nếu tin được, ghi vào feeds: \"{to}\"",
                "the server points to another address ({moved}): if that is right, write it in feeds: \"{to}\""
            ));
        }
        other => return Err(text!("máy chủ trả lời {other}", "the server answers {other}")),
    }
    let newer = answer.headers().get("etag").and_then(|tag| tag.to_str().ok()).map(str::to_owned);
    let bytes = answer.body_mut().with_config().limit(most).read_to_vec();
    Ok(Answer::Bytes(bytes.map_err(|error| failed(&error, most))?, newer))
}

/// Why there is no answer, or no whole one of `most` bytes at most.
fn failed(error: &ureq::Error, most: u64) -> Text {
    if let Some(why) = unanswered(error, CA_KEY) {
        return why;
    }
    match error {
        ureq::Error::Timeout(_) => {
            text!("máy chủ không trả lời xong trong thời gian chờ", "the server did not end its answer in time")
        }
        ureq::Error::BodyExceedsLimit(_) => {
            let most = most >> 20;
            text!("máy chủ trả về dài quá {most} MiB", "the server's answer is longer than {most} MiB")
        }
        ureq::Error::Protocol(_) | ureq::Error::Http(_) => {
            text!("máy chủ không nói HTTP", "the server does not speak HTTP")
        }
        ureq::Error::Io(error) => crate::diag::system(error),
        other => foreign(&other.to_string()),
    }
}

/// Which of the addresses that a feed names are fetched now: those that never were, in its order, before those that are looked at
/// again. Those that failed come last, the one that was left alone longest first.
fn due(addresses: &[String], known: &mut BTreeMap<String, FeedLink>) -> DueLinks {
    let (mut fresh, mut again, mut dead) = (Vec::new(), Vec::new(), Vec::new());
    for address in addresses {
        let Some(link) = known.get_mut(address) else {
            fresh.push(address.clone());
            continue;
        };
        if let Some(since) = &mut link.failed {
            *since += 1;
            dead.push((*since, address.clone()));
            continue;
        }
        link.times += 1;
        if link.times >= AGAIN_EVERY {
            again.push(address.clone());
        }
    }
    dead.sort_by_key(|(since, _)| Reverse(*since));
    let left = fresh.len().saturating_sub(FETCHED_MOST);
    fresh.append(&mut again);
    let is_whole = fresh.len() <= FETCHED_MOST && dead.len() <= DEAD_MOST;
    fresh.truncate(FETCHED_MOST);
    known.extend(fresh.iter().map(|address| (address.clone(), FeedLink::default())));
    dead.truncate(DEAD_MOST);
    fresh.extend(dead.into_iter().map(|(_, address)| address));
    DueLinks { addresses: fresh, left, is_whole }
}

/// A whole address for what stands in an answer of `from`, on whatever server.
fn whole(from: &str, to: &str) -> Option<String> {
    if let Some(rest) = to.strip_prefix("//") {
        return from.split_once("://").map(|(scheme, _)| format!("{scheme}://{rest}"));
    }
    if to.contains("://") { Some(to.to_owned()) } else { resolved(from, to) }
}

/// Where a link of a feed leads; none where that is another server.
fn resolved(feed: &str, link: &str) -> Option<String> {
    let (scheme, rest) = feed.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    let origin = format!("{scheme}://{host}");
    if let Some((other, rest)) = link.split_once("://") {
        let there = rest.split(['/', '?', '#']).next()?;
        let is_same = other.eq_ignore_ascii_case(scheme) && there.eq_ignore_ascii_case(host);
        return is_same.then(|| link.to_owned());
    }
    if link.starts_with("//") || link.contains(char::is_whitespace) {
        return None;
    }
    if link.starts_with('/') {
        return Some(format!("{origin}{link}"));
    }
    let path = rest.get(host.len()..).unwrap_or_default();
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let above = path.rsplit_once('/').map_or("", |(above, _)| above);
    Some(format!("{origin}{above}/{link}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_the_feeds_own_server_or_nowhere() {
        let feed = "https://a.vn:8443/cap/atom.xml?x=1";
        for (link, leads) in [
            ("1.xml", Some("https://a.vn:8443/cap/1.xml")),
            ("/1.xml", Some("https://a.vn:8443/1.xml")),
            ("https://A.vn:8443/1.xml", Some("https://A.vn:8443/1.xml")),
            ("https://a.vn/1.xml", None),
            ("http://a.vn:8443/1.xml", None),
            ("https://a.vn:8443@thief.vn/1.xml", None),
            ("//thief.vn/1.xml", None),
            ("file:///etc/passwd", None),
            ("a b", None),
        ] {
            assert_eq!(resolved(feed, link).as_deref(), leads, "{link}");
        }
        assert_eq!(resolved("http://a.vn", "1.xml").as_deref(), Some("http://a.vn/1.xml"));
    }

    #[test]
    fn an_address_that_a_server_points_to_is_told_whole() {
        let feed = "http://a.vn:8080/cap/atom.xml";
        for (to, told) in [
            ("/atom2.xml", "http://a.vn:8080/atom2.xml"),
            ("atom2.xml", "http://a.vn:8080/cap/atom2.xml"),
            ("//b.vn/x", "http://b.vn/x"),
            ("https://a.vn/cap/atom.xml", "https://a.vn/cap/atom.xml"),
        ] {
            assert_eq!(whole(feed, to).as_deref(), Some(told), "{to}");
        }
    }

    #[test]
    fn dead_links_come_last_few_at_a_time_and_each_in_its_turn() {
        let names =
            |from: usize, to: usize| (from..to).map(|number| format!("http://a.vn/{number}")).collect::<Vec<_>>();
        let (all, mut known) = (names(0, 10), BTreeMap::new());
        assert_eq!(due(&all, &mut known), DueLinks { addresses: all.clone(), left: 0, is_whole: true });
        for dead in &all[..8] {
            known.get_mut(dead).unwrap().failed = Some(0);
        }
        let later = names(0, 11);
        let DueLinks { addresses: first, left, is_whole } = due(&later, &mut known);
        assert_eq!((first.len(), &first[0], left, is_whole), (1 + DEAD_MOST, &later[10], 0, false));
        for dead in &first[1..] {
            known.get_mut(dead).unwrap().failed = Some(0);
        }
        let second = due(&later, &mut known).addresses;
        assert_eq!(second[..3], all[DEAD_MOST..8], "those that were left out");
    }

    #[test]
    fn of_a_long_feed_all_is_fetched_and_what_is_known_keeps_nothing_new_waiting() {
        let names = |count: usize| (0..count).map(|number| format!("http://a.vn/{number}")).collect::<Vec<_>>();
        let (many, mut known) = (names(9 * FETCHED_MOST), BTreeMap::new());
        for turn in 1..=9 {
            let found = due(&many, &mut known);
            let (addresses, left) =
                (many[(turn - 1) * FETCHED_MOST..turn * FETCHED_MOST].to_vec(), (9 - turn) * FETCHED_MOST);
            assert_eq!(found, DueLinks { addresses, left, is_whole: left == 0 });
        }
        let newer = names(9 * FETCHED_MOST + 1);
        let found = due(&newer, &mut known);
        assert_eq!(found, DueLinks { addresses: newer[9 * FETCHED_MOST..].to_vec(), left: 0, is_whole: true });
        let looked_at: usize = (0..70).map(|_| due(&newer, &mut known).addresses.len()).sum();
        assert_eq!(looked_at, newer.len(), "each is looked at once more");
    }
}
