//! The page in a real browser: everything a person can reach, on a phone and on a wide screen, in both languages, light and
//! dark. What he would trip over is found by `look.js`; [`LEAVES_PICTURES`] leaves what each page looks like in
//! `target/screens`.

mod alarm;
mod axe;
mod day;
mod day_bare;
mod day_keyboard;
mod day_lost;
mod day_official;
mod day_operator;
mod day_reviewer;
mod district;
mod driver;
mod pictures;
mod record;
mod talk;
mod village;
mod wire;
mod words;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::PathBuf;

use loa::console::role::{Right, Role};

use self::axe::Rules;
use self::day::Login;
use self::driver::Driver;
use crate::console::Console;
use crate::kit::Station;

const LOOK: &str = include_str!("look.js");

/// Pages of one person: many times more than there are kinds of pages.
const PAGES_MOST: usize = 60;

/// Set to have a picture of every page left in `target/screens`.
const LEAVES_PICTURES: &str = "LOA_WALK";

/// One way of looking: language, dark or light, width and height.
type Way = (&'static str, bool, u32, u32);

/// Every page at both widths, in both languages, in both lights; and as a wide screen at 200 % shows it.
const WAYS: [Way; 9] = [
    ("vi", false, 360, 800),
    ("vi", true, 360, 800),
    ("vi", false, 1280, 900),
    ("vi", true, 1280, 900),
    ("vi", false, 320, 400),
    ("en", true, 360, 800),
    ("en", false, 360, 800),
    ("en", true, 1280, 900),
    ("en", false, 1280, 900),
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

/// Whether a page of somebody who is logged in has the stop; nothing where nobody is, and where it is asked for already.
const STOP: &str = "
const has = document.querySelector('form.stop button.stop');
return document.querySelector('details.menu') && location.pathname !== '/stop' ? Boolean(has) : null;
";

/// What axe-core is asked at this width: all of it on a phone; elsewhere, what the other light changes.
const fn rules(width: u32) -> Option<Rules> {
    match width {
        360 => Some(Rules::All),
        320 => None,
        _ => Some(Rules::Colours),
    }
}

/// Look at one page in ways that differ in their light only; what was found, each with where.
fn look(driver: &Driver, (root, path): (&str, &str), who: &str, ways: &[Way]) -> Vec<String> {
    let mut all = Vec::new();
    let may_stop = Role::ALL.into_iter().any(|role| role.name() == who && role.may(Right::Stop));
    for (number, (lang, is_dark, width, height)) in ways.iter().copied().enumerate() {
        driver.be(width, height, is_dark);
        if number == 0 {
            driver.open(&format!("{root}{path}"));
        }
        let theme = if is_dark { "dark" } else { "light" };
        let place = format!("{who} {path} {width} {lang} {theme}");
        let told = driver.run(LOOK);
        let told = told.as_array().unwrap_or_else(|| panic!("{place}: {told}"));
        let mut found: Vec<String> = told.iter().map(|what| what.as_str().unwrap_or_default().to_owned()).collect();
        if driver.run(STOP).as_bool().is_some_and(|has| has != may_stop) {
            found.push(format!("the stop is on every page of those who may, and of nobody else: {may_stop}"));
        }
        if let Some(rules) = rules(width) {
            found.extend(driver.axe(rules));
        }
        found.extend(driver.complaints().into_iter().map(|what| format!("console: {what}")));
        if std::env::var_os(LEAVES_PICTURES).is_some() {
            let name = kind(path).trim_matches('/').replace('/', "-");
            let name = if name.is_empty() { "today" } else { &name };
            // What is drawn only where somebody comes to it.
            driver.run("scrollTo(0, 9999); await new Promise(done => setTimeout(done, 200)); scrollTo(0, 0)");
            picture(driver, &format!("{who}-{name}-{width}-{lang}-{theme}"), width);
        }
        all.extend(found.into_iter().map(|what| format!("{place}: {what}")));
    }
    all
}

/// Look at one page on a phone, in both languages and both lights.
fn look_on_a_phone(driver: &Driver, page: (&str, &str), who: &str) -> Vec<String> {
    let ways: Vec<Way> = WAYS.into_iter().filter(|(_, _, width, _)| *width == 360).collect();
    let mut found = Vec::new();
    for ways in ways.chunk_by(is_one_load) {
        driver.keep(page.0, "lang", ways[0].0);
        found.extend(look(driver, page, who, ways));
    }
    found
}

/// Whether a page that was loaded for one of them need only be lit otherwise for the other.
fn is_one_load(one: &Way, other: &Way) -> bool {
    (one.0, one.2) == (other.0, other.2)
}

/// Look at every page that somebody reaches from his first one by links, one of each kind, in these ways.
fn walk(driver: &Driver, root: &str, who: &str, ways: &[Way]) -> BTreeSet<String> {
    const LINKS: &str = "return [...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))";
    let mut found = BTreeSet::new();
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for (number, ways) in ways.chunk_by(is_one_load).enumerate() {
        driver.keep(root, "lang", ways[0].0);
        if number > 0 {
            found.extend(known.values().flat_map(|path| look(driver, (root, path), who, ways)));
            continue;
        }
        let mut ahead: VecDeque<String> = VecDeque::from(["/".to_owned()]);
        while let Some(path) = ahead.pop_front() {
            let kind = kind(&path);
            // A download shows nothing.
            let file = path.split('?').next().unwrap_or_default();
            // A sheet of paper is the same in every language, and is looked at by the tests of the book.
            let is_table = [".csv", ".xlsx", ".docx"].iter().any(|ending| file.ends_with(ending))
                || file.starts_with("/report/paper/");
            if known.contains_key(&kind) || is_table || known.len() >= PAGES_MOST {
                continue;
            }
            found.extend(look(driver, (root, &path), who, ways));
            let links = driver.run(LINKS);
            let links = links.as_array().unwrap().iter().filter_map(|link| link.as_str());
            ahead.extend(links.filter(|link| link.starts_with('/')).map(str::to_owned));
            known.insert(kind, path);
        }
    }
    found
}

#[test]
#[ignore = "long"]
fn nobody_trips_over_a_page_on_any_screen_in_any_language() {
    let Some(driver) = Driver::start() else { return };
    let village = village::village();
    let daemon = village.station.run();
    let console = Console::start(&village.station);
    let root = format!("http://{}", console.address);
    village.sounds(&daemon, &console);
    axe::is_awake(&driver);
    let mut found = BTreeSet::new();
    found.extend(look_on_a_phone(&driver, (&root, "/login"), "nobody"));
    for (name, role, zones, ways) in [
        ("Trần Thị Hai", "admin", &[][..], &WAYS[..]),
        // She sees what the administrator does, without the people.
        ("K'Brĕo Văn Tư", "official", &[], &AGAIN[..1]),
        ("Lê Văn Ba", "reviewer", &[], &AGAIN[..]),
        ("Nguyễn Văn Năm", "operator", &["thon-1"], &AGAIN),
    ] {
        driver.be(360, 800, false);
        driver.keep(&root, "lang", "vi");
        Login::new(&driver, &root, &console.link(name, role, zones));
        found.extend(walk(&driver, &root, role, ways));
        if ways.len() < WAYS.len() {
            found.extend(look_on_a_phone(&driver, (&root, "/"), role));
        }
    }
    drop(daemon);
    let told: Vec<String> = found.into_iter().collect();
    assert!(told.is_empty(), "{} findings:\n{}", told.len(), told.join("\n"));
}

#[test]
#[ignore = "long"]
fn a_title_of_two_hundred_letters_breaks_no_page_and_a_row_shows_three_lines_of_it() {
    const LINES: &str = "const one = document.querySelector('.week .title'); \
                         return Math.round(one.offsetHeight / parseFloat(getComputedStyle(one).lineHeight))";
    let Some(driver) = Driver::start() else { return };
    let (station, title) = (Station::new(), "Ư".repeat(200));
    station.write("loa.toml", "[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"null\"\n");
    station.write(
        "schedules/a.toml",
        &format!("[[broadcast]]\nid = \"dai\"\ntitle = \"{title}\"\nat = \"05:30\"\nplay = [\"tin\"]\n"),
    );
    station.tone("tin.wav", 1.0, 440.0);
    let console = Console::start(&station);
    let root = format!("http://{}", console.address);
    driver.be(360, 800, false);
    driver.keep(&root, "lang", "vi");
    let hai = Login::new(&driver, &root, &console.link("Trần Thị Hai", "official", &[]));
    hai.sits_down();
    for path in ["/", "/schedule", "/schedule?week=2030-01-07", "/schedule/broadcast?id=dai", "/sounds/tin.wav"] {
        driver.open(&format!("{root}{path}"));
        let wide = driver.run("return document.documentElement.scrollWidth - innerWidth").as_i64().unwrap();
        assert!(wide <= 0, "{path}: {wide} too wide");
    }
    driver.open(&format!("{root}/schedule?week=2030-01-07"));
    assert_eq!(driver.run(LINES), 3);
    driver.open(&format!("{root}/schedule/broadcast?id=dai"));
    assert_eq!(driver.run("return document.querySelector('input[name=title]').value"), title.as_str());
}
