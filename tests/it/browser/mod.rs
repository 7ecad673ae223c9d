//! The page in a real browser: everything a person can reach, on a phone and on a wide screen, in both languages, light and
//! dark. What he would trip over is found by `look.js`; [`LEAVES_PICTURES`] leaves what each page looks like in
//! `target/screens`.

mod axe;
mod day;
mod day_bare;
mod day_keyboard;
mod day_lost;
mod day_official;
mod day_operator;
mod day_reviewer;
mod driver;
mod pictures;
mod village;
mod wire;
mod words;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::PathBuf;

use self::axe::Rules;
use self::day::Login;
use self::driver::Driver;
use crate::console::Console;

const LOOK: &str = include_str!("look.js");

/// Pages of one person: many times more than there are kinds of pages.
const PAGES_MOST: usize = 60;

/// Set to have a picture of every page left in `target/screens`.
const LEAVES_PICTURES: &str = "LOA_WALK";

/// One way of looking: language, dark or light, width and height.
type Way = (&'static str, bool, u32, u32);

/// Every page at both widths, in both languages, in both lights; and as a wide screen at 200 % shows it.
const WAYS: [Way; 5] = [
    ("vi", false, 360, 800),
    ("en", true, 360, 800),
    ("vi", true, 1280, 900),
    ("en", false, 1280, 900),
    ("vi", false, 320, 400),
];

/// The same pages again for somebody else: what differs is seen.
const AGAIN: [Way; 2] = [("vi", false, 360, 800), ("en", true, 1280, 900)];

/// Where the pictures go.
fn screens() -> PathBuf {
    let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("../screens");
    fs::create_dir_all(&place).unwrap();
    place
}

/// A page without what tells one of its kind from another: `/journal/row/873?at=5` is `/journal/row/N`.
fn kind(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let parts = path.split('/').enumerate().map(|(ix, part)| {
        // `/schedule/show/tin-sang`: the third part is whose page it is.
        if ix > 2 || part.contains('.') || part.starts_with(|c: char| c.is_ascii_digit()) { "N" } else { part }
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Every page that a person can reach from his first one by links, one of each kind.
fn reachable(driver: &Driver, root: &str) -> Vec<String> {
    const LINKS: &str = "return [...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))";
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    let mut ahead: VecDeque<String> = VecDeque::from(["/".to_owned()]);
    while let Some(path) = ahead.pop_front() {
        let kind = kind(&path);
        // A download shows nothing.
        if known.contains_key(&kind) || path.contains("/table.") || known.len() >= PAGES_MOST {
            continue;
        }
        driver.open(&format!("{root}{path}"));
        known.insert(kind, path);
        let links = driver.run(LINKS);
        let links = links.as_array().unwrap().iter().filter_map(|link| link.as_str());
        ahead.extend(links.filter(|link| link.starts_with('/')).map(str::to_owned));
    }
    known.into_values().collect()
}

fn picture(driver: &Driver, name: &str, width: u32) {
    let bytes = decoded(&driver.picture(width));
    fs::write(screens().join(format!("{name}.png")), bytes).unwrap();
}

/// Base 64 (RFC 4648 §4).
fn decoded(text: &str) -> Vec<u8> {
    let value = |letter: u8| match letter {
        b'A'..=b'Z' => Some(letter - b'A'),
        b'a'..=b'z' => Some(letter - b'a' + 26),
        b'0'..=b'9' => Some(letter - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut held, mut bits) = (0_u32, 0);
    for letter in text.bytes().filter_map(value) {
        held = (held << 6) | u32::from(letter);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    bytes
}

/// Look at every page of somebody in these ways; what was found, each with where.
fn walk(driver: &Driver, root: &str, who: &str, ways: &[Way]) -> BTreeSet<String> {
    driver.be(1280, 900, false);
    let pages = reachable(driver, root);
    let mut found = BTreeSet::new();
    for (number, (lang, is_dark, width, height)) in ways.iter().enumerate() {
        // Once in each language, for who sees most; after that only what is light or dark differs.
        let rules = if number == 0 || (number == 1 && ways.len() > 2) { Rules::All } else { Rules::Colours };
        driver.keep(root, "lang", lang);
        driver.be(*width, *height, *is_dark);
        let theme = if *is_dark { "dark" } else { "light" };
        for path in &pages {
            driver.open(&format!("{root}{path}"));
            let place = format!("{who} {path} {width} {lang} {theme}");
            let told = driver.run(LOOK);
            found.extend(driver.axe(rules).into_iter().map(|what| format!("{place}: {what}")));
            let told = told.as_array().unwrap_or_else(|| panic!("{place}: {told}"));
            found.extend(told.iter().map(|what| format!("{place}: {}", what.as_str().unwrap_or_default())));
            found.extend(driver.complaints().into_iter().map(|what| format!("{place}: console: {what}")));
            if std::env::var_os(LEAVES_PICTURES).is_some() {
                let name = kind(path).trim_matches('/').replace('/', "-");
                let name = if name.is_empty() { "today" } else { &name };
                driver.run("scrollTo(0, 9999); await new Promise(done => setTimeout(done, 200)); scrollTo(0, 0)");
                picture(driver, &format!("{who}-{name}-{width}-{lang}-{theme}"), *width);
            }
        }
    }
    found
}

#[test]
fn nobody_trips_over_a_page_on_any_screen_in_any_language() {
    let Some(driver) = Driver::start() else { return };
    let village = village::village();
    let daemon = village.station.run();
    let console = Console::start(&village.station);
    let root = format!("http://{}", console.address);
    village.sounds(&daemon, &console);
    axe::is_awake(&driver);
    let mut found = BTreeSet::new();
    driver.be(360, 800, false);
    driver.open(&format!("{root}/login"));
    found.extend(driver.run(LOOK).as_array().unwrap().iter().map(|what| format!("/login: {what}")));
    for (name, role, zones, ways) in [
        ("Trần Thị Hai", "admin", &[][..], &WAYS[..]),
        ("K'Brĕo Văn Tư", "official", &[], &AGAIN),
        ("Lê Văn Ba", "reviewer", &[], &AGAIN),
        ("Nguyễn Văn Năm", "operator", &["thon-1"], &AGAIN),
    ] {
        driver.be(360, 800, false);
        driver.keep(&root, "lang", "vi");
        Login::new(&driver, &root, &console.link(name, role, zones));
        found.extend(walk(&driver, &root, role, ways));
    }
    drop(daemon);
    let told: Vec<String> = found.into_iter().collect();
    assert!(told.is_empty(), "{} findings:\n{}", told.len(), told.join("\n"));
}
