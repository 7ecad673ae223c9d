//! What lies at addresses. Nothing is believed of a server: what it gives counts by its signature. A redirect is not followed, an
//! alarm is fetched from the feed's own server only, and nothing is sent but the question.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::mpsc;
use ureq::Agent;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

use super::running::{Brought, Watching};
use crate::cap::{DOCUMENT_MOST, links};
use crate::checkup::Words;
use crate::diag::{Text, foreign, shown, text};
use crate::site::{Site, read};
use crate::station::CapSettings;

/// A feed of some hundred entries.
const FEED_MOST: u64 = 4 << 20;
/// Alarms that are fetched at one time; the rest come the next time.
const FETCHED_MOST: usize = 50;
/// An alarm that could not be believed is fetched again after so many times that the feed was asked: it may have been mended.
const AGAIN_EVERY: u32 = 60;

/// Whose certificates of servers are believed.
pub(super) type Authorities = RootCerts;

/// Some certificates in PEM.
const AUTHORITIES_MOST: u64 = 256 * 1024;

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
        // Addresses that the feed names, and how often it was asked since they were fetched.
        let mut known: BTreeMap<String, u32> = BTreeMap::new();
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

    /// Bring what a feed names; whether all of it was there.
    async fn named(
        &self,
        agent: &Agent,
        feed: &str,
        bytes: Vec<u8>,
        known: &mut BTreeMap<String, u32>,
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
        if addresses.len() < found.len() {
            self.say_once(
                &format!("{feed} elsewhere"),
                &text!(
                    "nguồn {feed} dẫn đến máy chủ khác; những bản tin ấy không được lấy",
                    "the feed {feed} leads to another server; those alarms are not fetched"
                ),
            );
        }
        known.retain(|address, _| addresses.contains(address));
        let mut fetched = 0_usize;
        for address in addresses {
            let times = known.entry(address.clone()).and_modify(|times| *times += 1).or_default();
            if !times.is_multiple_of(AGAIN_EVERY) {
                continue;
            }
            if fetched == FETCHED_MOST {
                known.remove(&address);
                return false;
            }
            fetched += 1;
            match get(agent, &address, None, DOCUMENT_MOST as u64 + 1).await {
                Ok(Answer::Bytes(bytes, _)) => {
                    let _ = bring.send(Brought { whence: shown(&address), bytes, is_whole: true }).await;
                }
                Ok(Answer::Same) => {}
                Err(why) => {
                    known.remove(&address);
                    let (at, Text { vi, en }) = (shown(&address), &why);
                    self.say_once(&address, &text!("không lấy được {at}: {vi}", "{at} cannot be fetched: {en}"));
                    return false;
                }
            }
        }
        true
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

/// Of `loa.toml`: those of `ca` alone, where it is written.
pub(super) fn authorities(site: &Site, settings: &CapSettings) -> Result<Authorities, Text> {
    let Some(path) = &settings.ca else { return Ok(RootCerts::WebPki) };
    let name = shown(&path.display().to_string());
    let bytes = read(&site.dir().join(path), AUTHORITIES_MOST).map_err(|why| {
        let Text { vi, en } = why.text();
        text!("[cap] ca: không đọc được {name}: {vi}", "[cap] ca: {name} cannot be read: {en}")
    })?;
    let certificate = |item| if let Ok(PemItem::Certificate(one)) = item { Some(one) } else { None };
    let all: Vec<_> = parse_pem(&bytes).filter_map(certificate).collect();
    if all.is_empty() {
        return Err(text!(
            "[cap] ca: {name} không có chứng nhận nào (PEM)",
            "[cap] ca: {name} has no certificate in PEM"
        ));
    }
    Ok(RootCerts::from(all))
}

/// Why a server was not asked.
fn failed(error: &ureq::Error) -> Text {
    let said = error.to_string();
    if said.contains("UnknownIssuer") {
        return text!(
            "không biết nơi cấp chứng nhận của máy chủ: xin họ chứng nhận gốc (PEM), ghi vào [cap] ca",
            "nobody here knows who has certified the server: ask them for the certificate of their authority (PEM), and write it in [cap] ca"
        );
    }
    if said.contains("certificate") && said.to_lowercase().contains("expired") {
        return text!(
            "chứng nhận của máy chủ đã hết hạn, hoặc đồng hồ đài sai",
            "the server's certificate has expired, or the station's clock is wrong"
        );
    }
    if said.contains("certificate") && said.contains("NotValidYet") {
        return text!(
            "chứng nhận của máy chủ chưa đến ngày dùng: đồng hồ đài chậm",
            "the server's certificate is not valid yet: the station's clock is behind"
        );
    }
    foreign(&said)
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
    let mut answer = question.call().map_err(|error| failed(&error))?;
    match answer.status().as_u16() {
        200 => {}
        304 => return Ok(Answer::Same),
        moved @ 300..400 => {
            let to = answer.headers().get("location").and_then(|to| to.to_str().ok()).map(shown).unwrap_or_default();
            return Err(text!(
                "máy chủ chỉ sang địa chỉ khác ({moved}): nếu tin được, ghi vào feeds: \"{to}\"",
                "the server points to another address ({moved}): if that is right, write it in feeds: \"{to}\""
            ));
        }
        other => return Err(text!("máy chủ trả lời {other}", "the server answers {other}")),
    }
    let newer = answer.headers().get("etag").and_then(|tag| tag.to_str().ok()).map(str::to_owned);
    let bytes = answer.body_mut().with_config().limit(most).read_to_vec();
    Ok(Answer::Bytes(bytes.map_err(|error| foreign(&error.to_string()))?, newer))
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
}
