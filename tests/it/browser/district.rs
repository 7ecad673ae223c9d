//! The district's page in a real browser: nobody trips over it, on a phone and on a wide screen, in both languages, light and dark; and an
//! alarm is taken by taps alone.

use std::collections::BTreeSet;

use super::axe;
use super::day::Login;
use super::driver::{By, Driver};
use super::{LOOK, WAYS, Way, is_one_load, look};
use crate::console::Console;
use crate::console::district::district;

/// What is looked at.
const PAGES: [&str; 6] = [
    "/district",
    "/district?show=silent",
    "/district?area=p01.c000",
    "/district/box/p01.c000.h00003",
    "/district/alarms",
    "/district/unheard/bao-lu-1",
];

/// The widest screen.
const WIDEST: Way = ("vi", false, 1440, 900);

/// The picture of the manual, made from a province that does not exist: `LOA_PICTURES=1 cargo test --test it browser::district`.
#[test]
fn the_picture_of_the_districts_page_is_made_from_a_province() {
    if std::env::var_os("LOA_PICTURES").is_none() {
        eprintln!("SKIPPED: LOA_PICTURES=1 makes the picture of the district's page anew");
        return;
    }
    let Some(driver) = Driver::start() else { return };
    let station = district(600);
    let console = Console::start(&station);
    let root = format!("http://{}", console.address);
    driver.be(1280, 1500, false);
    driver.keep(&root, "lang", "vi");
    Login::new(&driver, &root, &console.link("Trần Thị Hai", "official", &[]));
    driver.open(&format!("{root}/district"));
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pictures/huyen.png");
    std::fs::write(&file, super::decoded(&driver.shown(1280, 1500))).unwrap();
    // Fewer colours are seen by nobody, and are a third of the bytes.
    let squeezed = std::process::Command::new("convert")
        .arg(&file)
        .args(["-strip", "+dither", "-colors", "64", "-define", "png:compression-level=9"])
        .arg(&file)
        .status();
    assert!(squeezed.is_ok_and(|status| status.success()), "needs ImageMagick: convert");
}

#[test]
#[ignore = "long"]
fn nobody_trips_over_the_districts_page_on_any_screen_in_any_language() {
    let Some(driver) = Driver::start() else { return };
    let station = district(400);
    let console = Console::start(&station);
    let root = format!("http://{}", console.address);
    axe::is_awake(&driver);
    assert!(LOOK.len() > 100);
    driver.be(360, 800, false);
    driver.keep(&root, "lang", "vi");
    Login::new(&driver, &root, &console.link("Trần Thị Hai", "official", &[]));
    let mut found = BTreeSet::new();
    for ways in WAYS.chunk_by(is_one_load).chain([&[WIDEST][..]]) {
        driver.keep(&root, "lang", ways[0].0);
        found.extend(PAGES.iter().flat_map(|path| look(&driver, (&root, path), "official", ways)));
    }
    let told: Vec<String> = found.into_iter().collect();
    assert!(told.is_empty(), "{} findings:\n{}", told.len(), told.join("\n"));

    // By taps: the number of alarms, the alarm, what is done.
    driver.be(360, 800, false);
    driver.keep(&root, "lang", "vi");
    driver.open(&format!("{root}/district"));
    driver.press(By::Path("(//p[@class='numbers']//a)[last()]"));
    driver.reads("Cách chữa");
    driver.fill(By::Css("article input[name=why]"), "Đã gọi điện lực");
    driver.press(By::Path("(//article//form//button[.='Nhận'])[1]"));
    driver.reads("Trần Thị Hai nhận, đến");
    driver.open(&format!("{root}/district"));
    driver.press(By::Path("(//a[@class='commune'])[1]"));
    driver.reads("Xã Đông Giang");
    driver.press(By::Path("(//table//th//a)[1]"));
    driver.reads("Những dòng nhật ký mới nhất");
}
