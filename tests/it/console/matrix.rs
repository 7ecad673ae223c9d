//! Who may do what, asked of the real page: every address in every role, and every link and form that is drawn.

use std::collections::{BTreeMap, BTreeSet};

use loa::console::gate::{Need, has_secrets};
use loa::console::role::{Right, Role};
use loa::console::routes::{Ask, routes};

use super::kit::PASSWORD;
use super::people::station;
use super::{Browser, Console};

/// One of each role; the hamlet head in one of two hamlets.
fn one_of_each(console: &Console<'_>) -> BTreeMap<&'static str, Browser> {
    Role::ALL
        .into_iter()
        .map(|role| {
            let zones: &[&str] = if role == Role::Operator { &["thon-1"] } else { &[] };
            (role.name(), console.person(&format!("Người {}", role.name()), role.name(), zones))
        })
        .collect()
}

fn may(role: Option<Role>, need: Need) -> bool {
    match need {
        Need::Nothing => true,
        Need::Person => role.is_some(),
        Need::Right(right) => role.is_some_and(|role| role.may(right)),
    }
}

/// A path with something that is not there in each of its places.
fn filled(path: &str) -> String {
    let word = |part: &str| if part.starts_with('{') { "999".to_owned() } else { part.to_owned() };
    path.split('/').map(word).collect::<Vec<_>>().join("/")
}

#[test]
fn every_address_answers_each_role_as_the_table_of_rights_says() {
    let station = station();
    let console = Console::start(&station);
    let mut people = one_of_each(&console);
    let mut wrong = Vec::new();
    // Whoever logs out is nobody from then on.
    let (last, first): (Vec<_>, Vec<_>) = routes().partition(|route| route.path == "/logout");
    assert!(first.len() > 15, "{}", first.len());
    for route in first.into_iter().chain(last) {
        let path = filled(route.path);
        for role in Role::ALL.into_iter().map(Some).chain([None]) {
            let mut nobody = console.browser();
            let browser = role.and_then(|role| people.get_mut(role.name())).unwrap_or(&mut nobody);
            let answer = match route.ask {
                Ask::Get => browser.get(&path),
                Ask::Post => browser.post(&path, &[]),
            };
            // A form of somebody who is not logged in any more comes back with what was typed.
            let keeps_the_form = answer.status == 401 && answer.body.contains("name=\"own-name\"");
            let asks_who = match route.ask {
                Ask::Post if has_secrets(&path) => answer.status == 303 && answer.to() == "/login?next=%2F",
                // An alarm is read once more before it is sent.
                Ask::Post if path.ends_with("/go") => answer.status == 303 && answer.to().starts_with("/login?next="),
                Ask::Get => answer.status == 303 && answer.to().starts_with("/login?next="),
                Ask::Post => keeps_the_form,
            };
            let turned_away = asks_who || answer.status == 403;
            let as_it_should = match (may(role, route.need), role) {
                // What watches the station is told by the status that something will be silent.
                (true, _) if path == "/healthz" => [200, 503].contains(&answer.status),
                (true, _) => !turned_away && answer.status != 405 && answer.status < 500,
                (false, Some(_)) => answer.status == 403,
                (false, None) => asks_who,
            };
            // Without a daemon an order fails; that is no matter of rights.
            let is_order = may(role, route.need) && route.ask == Ask::Post && answer.status >= 500;
            if !as_it_should && !is_order {
                wrong.push(format!("{role:?} {:?} {path}: {} {}", route.ask, answer.status, answer.to()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
#[ignore = "long"]
fn no_other_way_of_asking_gets_past_the_table_of_rights() {
    let station = station();
    let console = Console::start(&station);
    let mut people = one_of_each(&console);
    let mut wrong = Vec::new();
    let from_here = [("Sec-Fetch-Site", "same-origin")];
    for route in routes() {
        let path = filled(route.path);
        for role in Role::ALL.into_iter().map(Some).chain([None]) {
            let mut nobody = console.browser();
            let browser = role.and_then(|role| people.get_mut(role.name())).unwrap_or(&mut nobody);
            let mut ask = |method: &str| {
                let answer = browser.ask(method, &path, &from_here, b"");
                (answer.status, answer.status == 303 && answer.to().starts_with("/login?next="))
            };
            // What is looked at is asked by its head in the same way; nothing but a form changes anything.
            let head = (route.ask == Ask::Get).then(|| ask("HEAD"));
            let head_is_right = head.is_none_or(|(status, asks_who)| match (may(role, route.need), role) {
                (true, _) => !asks_who && ![401, 403, 405].contains(&status) && (status < 500 || path == "/healthz"),
                (false, Some(_)) => status == 403,
                (false, None) => asks_who,
            });
            let others = ["PATCH", "DELETE"].map(&mut ask);
            let others_are_right = others.iter().all(|(status, asks_who)| *asks_who || (400..500).contains(status));
            if !head_is_right || !others_are_right {
                wrong.push(format!("{role:?} {:?} {path}: {head:?} {others:?}", route.ask));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    // The one address that is gone on with by PATCH is as its row says.
    let reviewer = people.get_mut("reviewer").unwrap();
    assert_eq!(reviewer.ask("PATCH", "/sounds/upload/999", &from_here, b"x").status, 403);
    let nobody = console.browser().ask("PATCH", "/sounds/upload/999", &from_here, b"x");
    assert!(nobody.status == 401 || nobody.to().starts_with("/login?next="), "{}", nobody.status);
}

/// Whether a path is one that `pattern` has.
fn is_of(pattern: &str, path: &str) -> bool {
    let (mut these, mut those) = (pattern.split('/'), path.split('/'));
    loop {
        match (these.next(), those.next()) {
            (None, None) => return true,
            (Some(part), Some(_)) if part.starts_with("{*") => return true,
            (Some(part), Some(own)) if part.starts_with('{') || part == own => {}
            _ => return false,
        }
    }
}

/// What an address needs, where the table has it. A path that is written out goes before one with places.
fn need(ask: Ask, path: &str) -> Option<Need> {
    let mut found: Vec<_> = routes().filter(|route| route.ask == ask && is_of(route.path, path)).collect();
    found.sort_by_key(|route| route.path.matches('{').count());
    found.first().map(|route| route.need)
}

/// Pages of one kind that are looked at.
const MOST_OF_A_KIND: u32 = 3;

/// An address without its numbers, and without the values of what is asked.
fn kind(path: &str) -> String {
    let (path, asked) = path.split_once('?').unwrap_or((path, ""));
    let keys: Vec<&str> = asked.split('&').filter_map(|pair| pair.split('=').next()).collect();
    let path: String = path.chars().filter(|c| !c.is_ascii_digit()).collect();
    format!("{path}?{}", keys.join("&"))
}

#[test]
fn what_a_role_may_not_do_is_not_drawn_on_any_page() {
    let station = station();
    let console = Console::start(&station);
    let mut people = one_of_each(&console);
    let mut wrong = BTreeSet::new();
    for role in Role::ALL {
        let browser = people.get_mut(role.name()).unwrap();
        let mut to_see: Vec<String> = routes()
            .filter(|route| route.ask == Ask::Get && !route.path.contains('{') && may(Some(role), route.need))
            // No page: a line for whatever watches the station.
            .filter(|route| route.path != "/healthz")
            .map(|route| route.path.to_owned())
            .collect();
        let (mut seen, mut linked) = (BTreeSet::new(), BTreeSet::new());
        let mut of_kind: BTreeMap<String, u32> = BTreeMap::new();
        while let Some(path) = to_see.pop() {
            // Links lead on and on (weeks, days, rows): a few of each kind are looked at.
            let count = of_kind.entry(kind(&path)).or_default();
            if *count == MOST_OF_A_KIND || !seen.insert(path.clone()) {
                continue;
            }
            *count += 1;
            let page = browser.get(&path);
            // What the table has may be empty here, as a certificate; what a page leads to is there.
            if (page.status == 404 && linked.contains(&path)) || page.status >= 500 {
                wrong.insert(format!("{}: {path} leads to {}", role.name(), page.status));
            }
            if !page.header("content-type").starts_with("text/html") {
                continue;
            }
            // What is sent twice does its work once: each form has a word by which it is known.
            let forms: Vec<&str> =
                page.body.split("<form").skip(1).filter_map(|rest| rest.split("</form>").next()).collect();
            let is_nameless = |form: &&&str| {
                let (tag, inside) = form.split_once('>').unwrap_or((form, ""));
                let does = tag.contains("method=\"post\"") && !tag.contains("enctype");
                does && !inside.starts_with("<input type=\"hidden\" name=\"once\" value=\"")
            };
            if let Some(form) = forms.iter().find(is_nameless) {
                wrong.insert(format!("{path} has a form without a word: {form}"));
            }
            let drawn = page.values("href").into_iter().map(|link| (Ask::Get, link));
            let drawn = drawn.chain(page.values("action").into_iter().map(|link| (Ask::Post, link)));
            let drawn: Vec<_> =
                drawn.chain(page.values("formaction").into_iter().map(|link| (Ask::Post, link))).collect();
            for (ask, link) in drawn.into_iter().filter(|(_, link)| link.starts_with('/')) {
                let target = link.split(['?', '#']).next().unwrap();
                // A form that only asks has the address of a page.
                let (ask, need) = match need(ask, target) {
                    Some(need) => (ask, Some(need)),
                    None => (Ask::Get, need(Ask::Get, target)),
                };
                if need.is_some_and(|need| !may(Some(role), need)) {
                    wrong.insert(format!("{}: {path} draws {link}", role.name()));
                } else if ask == Ask::Get && need.is_some() {
                    linked.insert(link.replace("&amp;", "&"));
                    to_see.push(link.replace("&amp;", "&"));
                }
            }
        }
        assert!(seen.contains("/me"), "{seen:?}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
#[ignore = "long"]
fn another_role_and_being_put_out_count_from_the_next_tap() {
    let station = station();
    let console = Console::start(&station);
    let mut people = one_of_each(&console);
    assert!(Role::Official.may(Right::Machine) && !Role::Official.may(Right::People));
    assert_eq!(people.get_mut("official").unwrap().get("/people").status, 403);
    let admin = people.get_mut("admin").unwrap();
    let list = admin.get("/people");
    let path = list
        .values("href")
        .into_iter()
        .rfind(|link| list.body.contains(&format!("{link}\"><strong>Người official")))
        .unwrap();
    let path = path.to_owned();
    // A program that acts in that name stands on the page, and is sent away from it.
    let made = station.loa(&["--json", "user", "token", "Người official", "--for", "máy tỉnh", "--role", "reviewer"]);
    let bearer = format!("Bearer {}", made.json()["token"].as_str().unwrap());
    let asks = || console.browser().ask("GET", "/api/v1/journal", &[("Authorization", &bearer)], b"").status;
    assert_eq!(asks(), 200);
    let page = admin.get(&path);
    let number = page.body.split("name=\"token\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let number = number.unwrap_or_else(|| panic!("{}", page.body)).to_owned();
    assert!(
        page.body.contains("máy tỉnh") && page.body.contains("Chưa dùng lần nào")
            || page.body.contains("Dùng lần cuối"),
        "{}",
        page.body
    );
    assert!(people.get_mut("official").unwrap().get("/me").body.contains("máy tỉnh"));
    let admin = people.get_mut("admin").unwrap();
    assert_eq!(admin.post(&format!("{path}/token"), &[("token", &number)]).status, 303);
    assert_eq!(asks(), 401);
    assert!(!admin.get(&path).body.contains("máy tỉnh"));
    assert_eq!(admin.post(&path, &[("role", "admin")]).status, 303);
    assert_eq!(people.get_mut("official").unwrap().get("/people").status, 200);
    assert_eq!(people.get_mut("admin").unwrap().post(&format!("{path}/end"), &[("sure", "1")]).status, 303);
    assert_eq!(people.get_mut("official").unwrap().get("/people").to(), "/login?next=%2Fpeople");
    let mut again = console.browser();
    assert_eq!(again.post("/login", &[("name", "Người official"), ("password", PASSWORD)]).status, 401);
}
